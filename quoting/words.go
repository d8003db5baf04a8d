package quoting

import (
	"fmt"
	"strings"
)

// Unsure says whether words of the message were made nothing of, so that the reading is
// repeated to the person.
func (c Command) Unsure() bool { return len(c.Unread) > 0 && c.Confidence < Sure }

// Reading is what a message was taken for, and the words of it that were left out, as it
// goes on after "I read:".
func (c Command) Reading() string {
	if !c.Unsure() || c.Guessed {
		return c.Words()
	}
	const shown = 5
	left := make([]string, 0, shown)
	for _, word := range c.Unread[:min(len(c.Unread), shown)] {
		left = append(left, fmt.Sprintf("%q", word))
	}
	return fmt.Sprintf("%s. I made nothing of %s.", c.Words(), strings.Join(left, ", "))
}

// Words is what a command says, in one line and in the order of a quote's card: how a
// reading is repeated to the person, and told from another.
func (c Command) Words() string {
	var parts []string
	say := func(format string, values ...any) { parts = append(parts, fmt.Sprintf(format, values...)) }
	s := c.Slots
	switch c.Intent {
	case CreateQuote, ReviseQuote:
	default:
		say("%s", strings.ReplaceAll(string(c.Intent), "_", " "))
	}
	if s.QuoteID != 0 {
		say("%s", s.QuoteID)
	}
	for _, v := range s.Versions {
		say("v%d", v)
	}
	switch {
	case s.Users != nil:
		say("%s", Count(*s.Users, "radio"))
	case s.UsersMin != nil && s.UsersMax != nil:
		say("%s to %s", Thousands(*s.UsersMin), Count(*s.UsersMax, "radio"))
	}
	if s.UsersPerSite != nil {
		say("%s a site", Thousands(*s.UsersPerSite))
	}
	if s.Sites != nil {
		say("%s", Count(*s.Sites, "site"))
	}
	for _, code := range []string{string(s.Industry), string(s.Technology), string(s.Band), s.Item, s.Preference, s.QuoteType, s.Status, s.Period, s.Metric, s.Focus, s.Field, s.Sort} {
		if code != "" {
			say("%s", strings.ReplaceAll(code, "_", " "))
		}
	}
	if s.IntrinsicallySafe {
		say("intrinsically safe")
	}
	for _, wish := range s.Items {
		if wish.Qty == nil {
			say("%s", ItemName(wish.Item))
		} else {
			say("%s %s", Thousands(*wish.Qty), ItemName(wish.Item))
		}
	}
	for _, feature := range s.Features {
		say("%s", strings.ReplaceAll(feature, "_", " "))
	}
	for _, n := range []struct {
		count *int
		unit  string
	}{{s.Shifts, "shift"}, {s.RentalWeeks, "week"}, {s.TermMonths, "month"}, {s.Qty, "piece"}, {s.Limit, "result"}} {
		if n.count != nil {
			say("%s", Count(*n.count, n.unit))
		}
	}
	if s.ValidDays != nil {
		say("valid for %s", Count(*s.ValidDays, "day"))
	}
	if s.ExpiringWithinDays != nil {
		say("expiring within %s", Count(*s.ExpiringWithinDays, "day"))
	}
	for _, n := range []struct {
		format string
		amount *Number
	}{
		{"%s%% off", s.DiscountPct}, {"$%s off", s.DiscountAmount}, {"$%s in all", s.TargetTotal}, {"at most $%s", s.TargetTotalMax}, {"$%s each", s.TargetUnitPrice},
		{"a margin of %s%%", s.TargetMarginPct}, {"a budget of $%s", s.BudgetMax}, {"%s%% down", s.DepositPct}, {"from $%s", s.AmountMin}, {"up to $%s", s.AmountMax}, {"%s sq ft", s.AreaSqft},
	} {
		if n.amount != nil {
			say(n.format, n.amount)
		}
	}
	for _, change := range s.Changes {
		say("%s", change.words())
	}
	for _, text := range []string{s.SKU, s.PaymentTerms, s.Rep, s.Approver, s.RefText} {
		if text != "" {
			say("%s", text)
		}
	}
	if s.Customer != "" {
		say("for %s", s.Customer)
	}
	if s.Location != "" {
		say("in %s", s.Location)
	}
	return strings.Join(parts, ", ")
}

// words is a change as a person would say it: "users to 45", "5 more users", "without repeater".
func (c Change) words() string {
	what := c.SKU
	switch {
	case c.Field == "price" && c.SKU != "":
		what = "price of " + c.SKU
	case c.Field != "":
		what = strings.ReplaceAll(c.Field, "_", " ")
	case what == "":
		what = ItemName(c.Item)
	}
	amount := c.Value
	if c.Qty != nil {
		amount = *c.Qty
	}
	switch {
	case c.Field == "discount_pct" && amount != nil:
		return c.discountWords(amount)
	case c.Op == "remove":
		return "without " + what
	case amount == nil:
		return c.Op + " " + what
	case c.Op == "set":
		return fmt.Sprintf("%s to %v", what, amount)
	case c.Op == "dec":
		return fmt.Sprintf("%v fewer %s", amount, what)
	}
	return fmt.Sprintf("%v more %s", amount, what)
}

// discountWords is a discount and what it is on: "8% off", "2% more off accessories".
func (c Change) discountWords(percent any) string {
	if n, ok := percent.(Number); ok {
		percent = n.Trim(0)
	}
	text := fmt.Sprintf("%v%% off", percent)
	switch c.Op {
	case "inc":
		text = fmt.Sprintf("%v%% more off", percent)
	case "dec":
		text = fmt.Sprintf("%v%% less off", percent)
	}
	if c.Scope != "" {
		text += " " + strings.ReplaceAll(c.Scope, "_", " ")
	}
	return text
}
