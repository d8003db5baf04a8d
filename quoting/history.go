package quoting

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Event is what was done to a quote, of the audit log.
type Event struct {
	At      time.Time
	Kind    string
	Who     string // display name; empty: the service itself
	Version int    // 0: none
	Data    map[string]json.RawMessage
	Changes []string // of the version against the one before
	Total   Money    // of the version
	Margin  Margin   // likewise
	Reason  string   // that somebody gave
}

// told says which parts of a quote the kinds of events are about: what a question about one
// part is answered with. Kinds that are not here have no sentence.
var told = map[string][]string{
	"quote_created":           {"lines", "discount"},
	"quote_cloned":            {"lines", "discount"},
	"quote_revised":           {"lines", "discount", "terms"},
	"quote_repriced":          {"lines"},
	"quote_reopened":          {"lines", "approvals"},
	"quote_submitted":         {"approvals", "approval_chain"},
	"quote_step_approved":     {"approvals", "approval_chain", "margin"},
	"quote_approved":          {"approvals", "approval_chain", "margin"},
	"quote_rejected":          {"approvals", "approval_chain"},
	"quote_changes_requested": {"approvals", "approval_chain"},
	"quote_recalled":          {"approvals"},
	"quote_reassigned":        {"approvals"},
	"quote_unmanned":          {"approvals"},
	"opinion_asked":           {"approvals"},
	"opinion_given":           {"approvals"},
	"customer_waits":          {"approvals"},
	"approver_reminded":       {"approvals"},
	"approval_escalated":      {"approvals"},
	"step_up_asked":           nil,
	"step_up_refused":         nil,
	"step_up_passed":          nil,
	"quote_won":               nil,
	"quote_lost":              nil,
	"quote_cancelled":         nil,
	"quote_expired":           {"terms"},
	"quote_explained":         {"margin"},
	"margin_shown":            {"margin"},
	"quote_shared":            nil,
	"quote_unshared":          nil,
	"evidence_exported":       nil,
	"approval_simulated":      {"approvals"},
	"quotes_conflict":         nil,
	"prices_checked":          nil,
	"estimate_synced":         nil,
	"estimate_retried":        nil,
	"estimate_ordered":        nil,
	"estimate_lost":           nil,
	"estimate_none":           nil,
	"prospect_made":           nil,
	"prospect_decided":        nil,
	"message_ambiguous":       nil,
	"message_dead":            nil,

	"estimate_needs_attention": nil,
}

// Tells says whether an event of the kind has a sentence of its own.
func (e Event) Tells() bool { _, ok := told[e.Kind]; return ok }

// Concerns says whether the event is about one of the parts, or a change to the field; with
// neither it is.
func (e Event) Concerns(aspects []string, field string) bool {
	if field != "" {
		return len(e.changed(field)) > 0
	}
	if len(aspects) == 0 {
		return true
	}
	about := slices.ContainsFunc(aspects, func(a string) bool { return slices.Contains(told[e.Kind], a) })
	if e.edits() {
		return about && slices.ContainsFunc(aspects, func(a string) bool { return a == "lines" || a == "approvals" || len(e.changed(a)) > 0 })
	}
	return about
}

// fieldNames are how changes name the fields and parts of a quote.
var fieldNames = map[string][]string{
	"users": {"Users: "}, "sites": {"Sites: "}, "industry": {"Industry: "}, "technology": {"System: "}, "customer": {"Customer: "},
	"discount_pct": {"Discount: "}, "discount_amount": {"Discount: "}, "payment_terms": {"Payment: "}, "valid_days": {"Valid until: "}, "deposit_pct": {"Deposit: "},
	"discount": {"Discount: "}, "terms": {"Payment: ", "Valid until: ", "Deposit: "}, "target_total": {"Total: "}, "price": {"Total: "},
}

// edits says whether the event made its version of the one before.
func (e Event) edits() bool {
	return e.Kind == "quote_revised" || e.Kind == "quote_reopened" || e.Kind == "quote_repriced"
}

// changed are the changes of the event's version to a field or a part; a discount also
// shows in the prices of lines.
func (e Event) changed(field string) []string {
	if !e.edits() {
		return nil
	}
	var found []string
	for _, c := range e.Changes {
		named := slices.ContainsFunc(fieldNames[field], func(name string) bool { return strings.HasPrefix(c, name) })
		priced := strings.HasPrefix(field, "discount") && strings.Contains(c, "→ $") && !strings.HasPrefix(c, "Total: ")
		if named || priced {
			found = append(found, c)
		}
	}
	return found
}

// Sentence says what was done and by whom. Margins are for who sees margins.
func (e Event) Sentence(aspects []string, field string, margins bool) string {
	who := cmp.Or(e.Who, "Radio Quote")
	version := fmt.Sprintf("v%d", e.Version)
	at := ""
	if margins && e.Margin.Known {
		at = fmt.Sprintf(" at a margin of %s", e.Margin)
	}
	changes := e.Changes
	if field != "" {
		changes = e.changed(field)
	} else if len(aspects) == 1 && len(e.changed(aspects[0])) > 0 {
		changes = e.changed(aspects[0])
	}
	switch e.Kind {
	case "quote_created":
		return fmt.Sprintf("%s made it: %s.", who, e.Total.Display())
	case "quote_cloned":
		return fmt.Sprintf("%s copied it from another quote: %s.", who, e.Total.Display())
	case "quote_revised":
		return fmt.Sprintf("%s made %s. %s", who, version, enough(changes))
	case "quote_repriced":
		return fmt.Sprintf("%s re-priced it as %s, since NetSuite's prices had moved. %s", who, version, enough(changes))
	case "quote_reopened":
		return fmt.Sprintf("%s re-opened it as %s: prices moved too far for the old approval. %s", who, version, enough(changes))
	case "quote_submitted":
		return fmt.Sprintf("%s submitted %s: %s.", who, version, e.Total.Display())
	case "quote_step_approved":
		return fmt.Sprintf("%s approved %s%s%s.", who, version, e.step(), at)
	case "quote_approved":
		if e.Who == "" || e.text("by") == "policy" {
			return fmt.Sprintf("%s was approved by itself%s: within all limits.", version, at)
		}
		return fmt.Sprintf("%s approved %s%s.", who, version, at)
	case "quote_rejected":
		return fmt.Sprintf("%s rejected %s%s", who, version, because(e.Reason))
	case "quote_changes_requested":
		return fmt.Sprintf("%s asked for changes of %s%s", who, version, because(e.Reason))
	case "quote_recalled":
		return fmt.Sprintf("%s took %s back from approval.", who, version)
	case "quote_reassigned":
		return fmt.Sprintf("%s asked somebody else to decide on %s as well.", who, version)
	case "quote_unmanned":
		return fmt.Sprintf("Nobody could decide on %s; finance and the admins were told.", version)
	case "opinion_asked":
		return fmt.Sprintf("%s asked for an opinion on %s.", who, version)
	case "opinion_given":
		return fmt.Sprintf("%s gave an opinion on %s.", who, version)
	case "customer_waits":
		return fmt.Sprintf("%s said that the customer is waiting.", who)
	case "approver_reminded":
		return fmt.Sprintf("%s reminded whoever %s waited for.", who, version)
	case "approval_escalated":
		return fmt.Sprintf("%s had waited too long%s; %s asked the next level as well.", version, e.step(), who)
	case "step_up_asked":
		return fmt.Sprintf("%s was asked to prove a decision on %s by signing in.", who, version)
	case "step_up_refused":
		return fmt.Sprintf("A sign-in of %s for %s did not hold; nothing was decided by it.", who, version)
	case "step_up_passed":
		return fmt.Sprintf("%s proved a decision on %s by signing in.", who, version)
	case "quote_won", "quote_lost", "quote_cancelled":
		return fmt.Sprintf("%s marked it %s%s", who, strings.TrimPrefix(e.Kind, "quote_"), because(e.Reason))
	case "quote_expired":
		return "It expired."
	case "quote_explained":
		return fmt.Sprintf("%s looked at why it is as it is.", who)
	case "quote_shared":
		return fmt.Sprintf("%s showed %s to a chat.", who, version)
	case "quote_unshared":
		return fmt.Sprintf("%s hid it from a chat again.", who)
	case "evidence_exported":
		return "An operator exported its evidence."
	case "margin_shown":
		return fmt.Sprintf("%s looked at the margin.", who)
	case "approval_simulated":
		return fmt.Sprintf("%s asked what would change its approval.", who)
	case "quotes_conflict":
		return "Another rep was found to quote the same customer; both were told."
	case "prices_checked":
		return "NetSuite was asked for today's prices of " + version + e.check()
	case "estimate_synced":
		return fmt.Sprintf("The Estimate %sis in NetSuite and agrees line by line.", spaced(e.text("number")))
	case "estimate_needs_attention":
		return "The Estimate in NetSuite needs attention."
	case "estimate_retried":
		return fmt.Sprintf("%s had NetSuite tried again.", who)
	case "estimate_ordered":
		return fmt.Sprintf("The sales order %sis in NetSuite.", spaced(e.text("sales_order")))
	case "estimate_lost":
		return "NetSuite has closed the Estimate."
	case "estimate_none":
		return "There was no Estimate in NetSuite to close."
	case "prospect_made":
		return "NetSuite has the new customer now."
	case "prospect_decided":
		return fmt.Sprintf("%s decided which customer a new one is.", who)
	case "message_ambiguous":
		return "Teams did not say whether a card about it arrived."
	case "message_dead":
		return "A card about it could not be sent."
	}
	return fmt.Sprintf("%s: %s.", who, strings.ReplaceAll(e.Kind, "_", " "))
}

// enough is the first few of some changes as one text.
func enough(changes []string) string {
	const most = 4
	text := strings.Join(changes[:min(len(changes), most)], "; ")
	if left := len(changes) - most; left > 0 {
		text += fmt.Sprintf("; and %d more", left)
	}
	if text == "" {
		return "Nothing that counts differs."
	}
	return text + "."
}

func because(reason string) string {
	if reason == "" {
		return "."
	}
	return ": " + strings.TrimRight(reason, ".") + "."
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return s + " "
}

func (e Event) text(key string) string {
	var s string
	_ = json.Unmarshal(e.Data[key], &s) // what is no text is none
	return s
}

// step is which approval of several an event is.
func (e Event) step() string {
	var level int
	if err := json.Unmarshal(e.Data["level"], &level); err != nil || level < 1 || level > len(levels) {
		return ""
	}
	if e.text("branch") == string(EngineeringBranch) {
		return " for engineering"
	}
	return " as " + strings.ToLower(levels[level-1].Words())
}

// check is what a check came to.
func (e Event) check() string {
	var check Check
	_ = json.Unmarshal(e.Data["check"], &check) // what is no check has no state
	switch check.State {
	case Verified:
		return ": they hold."
	case Moved:
		return fmt.Sprintf(": %s moved.", Count(len(check.Moved), "price"))
	case Unverified:
		return ": no answer that confirms them."
	default:
		return "."
	}
}
