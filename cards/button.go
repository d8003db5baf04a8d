package cards

import (
	"strconv"

	"radioquote/quoting"
)

// verbs are the names by which a button says what it stands for. They are on cards that
// stay in chats for years, so that a verb never changes its meaning.
var verbs = map[string]quoting.Intent{
	"create":  quoting.CreateQuote,
	"reprice": quoting.ReviseQuote,
	"submit":  quoting.SubmitQuote,
	"approve": quoting.ApproveQuote,
	"reject":  quoting.RejectQuote,
	"status":  quoting.QuoteStatus,
	"sync":    quoting.SyncQuote,
	"outcome": quoting.MarkOutcome,
	"cancel":  quoting.CancelQuote,
	"link":    quoting.LinkCustomer,
	"explain": quoting.ExplainQuote,
	"extend":  quoting.ExtendValidity,
	"clone":   quoting.CloneQuote,
	"release": quoting.ReleasePrices,
	"refuse":  quoting.RefusePrices,
	"view":    quoting.ShowQuote,
	"search":  quoting.SearchQuotes,
	"queue":   quoting.ListApprovals,
	"history": quoting.AuditHistory,
	"compare": quoting.CompareVersions,
	"price":   quoting.PriceLookup,
	"stock":   quoting.StockCheck,
	"metrics": quoting.ReportMetrics,
	"why":     quoting.ExplainApproval,
	"moved":   quoting.ExplainPrices,
	"recall":  quoting.RecallQuote,
	"changes": quoting.AskChanges,
	"nudge":   quoting.NudgeApprover,
	"send":    quoting.SendDocument,
	"help":    quoting.Help,
	"share":   quoting.ShareQuote,
	"unshare": quoting.UnshareQuote,
	"read":    quoting.ReadNotice,
	"today":   quoting.TodaysPrice,

	"confirm":         quoting.ConfirmProposal,
	"refuse_proposal": quoting.RefuseProposal,

	"accept":   quoting.AcceptOffer,
	"reassign": quoting.Reassign,
	"consult":  quoting.Consult,
	"opinion":  quoting.GiveOpinion,
	"waits":    quoting.CustomerWaits,
	"delegate": quoting.Delegate,
}

// verbOf is the verb of an intent; false for small talk and other intents that ask for
// nothing.
func verbOf(intent quoting.Intent) (string, bool) {
	for verb, of := range verbs {
		if of == intent {
			return verb, true
		}
	}
	return "", false
}

// press is the data of a button: the command that it stands for and, once it is pressed,
// the inputs beside it, by their ids.
type press struct {
	Verb       string          `json:"verb"`
	Quote      quoting.QuoteID `json:"quote,omitzero"`
	Version    int             `json:"version,omitempty"`
	Nonce      string          `json:"nonce,omitempty"`
	Holds      []int64         `json:"holds,omitempty"`
	HoldsTo    int64           `json:"holds_to,omitempty"`
	Proposal   int64           `json:"proposal,omitempty"`
	Message    int64           `json:"message,omitempty"` // a sealed notice
	Person     string          `json:"person,omitempty"`  // who alone may press it
	Outcome    string          `json:"outcome,omitempty"`
	Link       int64           `json:"link,omitempty"` // the customer that a new one is
	Slots      quoting.Slots   `json:"slots,omitzero"`
	Sites      entry           `json:"sites,omitempty"`
	Industry   entry           `json:"industry,omitempty"`
	Customer   entry           `json:"customer,omitempty"`
	CustomerID entry           `json:"customer_id,omitempty"`
	Reason     entry           `json:"reason,omitempty"`
	Why        entry           `json:"why,omitempty"`  // a rule is passed over
	Wish       entry           `json:"wish,omitempty"` // what an approver wants changed
	Discount   entry           `json:"discount,omitempty"`
	Colleague  entry           `json:"colleague,omitempty"`
}

// Whether a button sends the inputs of the card along. An input that is required holds
// up every button that sends it.
const (
	withInputs    = ""
	withoutInputs = "none"
)

// execute is a button. Clients that know no Action.Execute send the same data as a
// message.
func execute(title, inputs string, p press) action {
	a := action{Type: "Action.Execute", Title: plain(title, maxTitle), Data: encode(p), AssociatedInputs: inputs}
	fallback := a
	fallback.Type = "Action.Submit"
	a.Verb, a.Fallback = p.Verb, &fallback
	return a
}

// on is the press of a button about what the card shows: this version of this quote, in
// this round of approval.
func on(v quoting.View, verb string) press {
	return press{Verb: verb, Quote: v.Quote, Version: v.Version, Nonce: v.Nonce}
}

// pressOf is the press that stands for a command; false for an intent without a verb.
func pressOf(c quoting.Command) (press, bool) {
	verb, ok := verbOf(c.Intent)
	p := press{Verb: verb, Slots: c.Slots, Outcome: string(c.Slots.Outcome)}
	if c.Click != nil {
		p.Person = c.Click.Person
		p.Link, p.HoldsTo, p.Proposal = int64(c.Click.Customer), c.Click.HoldsTo, c.Click.Proposal
		p.Quote, p.Version, p.Nonce, p.Holds = c.Click.Quote, c.Click.Version, c.Click.Nonce, c.Click.Holds
	}
	if c.Slots.CustomerID != 0 {
		p.CustomerID = entry(strconv.FormatInt(int64(c.Slots.CustomerID), 10))
	}
	return p, ok
}

// typed is a button that writes a message into the chat, as if the person had typed it.
func typed(message string) action {
	type imBack struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	message = plain(message, maxRun)
	return action{
		Type: "Action.Submit", Title: plain(message, maxTitle),
		Data: encode(map[string]imBack{"msteams": {Type: "imBack", Value: message}}),
	}
}
