package desk

import (
	"slices"
	"strings"

	"radioquote/quoting"
	"radioquote/store"
)

const technicalOnly = "Engineering sees what a quote is made of, and not what it costs. Its owner or finance can tell you."

// pricesFor refuses a command whose answer is prices, or orders quotes by them, to whom
// engineering alone opens what it is about. The error is of kind Forbidden.
func (t *turn) pricesFor(cmd quoting.Command) error {
	s, p, may := cmd.Slots, t.Person, true
	switch cmd.Intent {
	case quoting.PriceLookup:
		may = p.SeesPrices()
	case quoting.ReportMetrics:
		may = p.SeesAllPrices()
	case quoting.SearchQuotes, quoting.ListApprovals:
		may = p.SeesAllPrices() || s.AmountMin == nil && s.AmountMax == nil && !strings.HasPrefix(s.Sort, "amount")
	default:
	}
	if p.Has(quoting.Engineering) && !may {
		return quoting.Errorf(quoting.Forbidden, technicalOnly)
	}
	return nil
}

// pricesOf does the same for a command about one quote.
func (t *turn) pricesOf(q store.Quote, cmd quoting.Command) error {
	s, asks := cmd.Slots, false
	switch cmd.Intent {
	case quoting.ExplainPrices, quoting.CompareVersions, quoting.AuditHistory:
		asks = true
	case quoting.ExplainApproval:
		_, aimed := s.Target()
		asks = s.Simulate || aimed
	case quoting.QuoteStatus, quoting.ShowQuote:
		asks = slices.ContainsFunc(s.Aspect, func(a string) bool { return a == "margin" || a == "discount" || a == "terms" })
	default:
	}
	if asks && t.Person.Has(quoting.Engineering) && !t.Person.SeesPricesOf(q.Quote) {
		return quoting.Errorf(quoting.Forbidden, technicalOnly)
	}
	return nil
}

// value is what a quote comes to as a row of a list says it; nothing to who sees no prices of it.
func (t *turn) value(f store.Found) string {
	if !t.Person.SeesPricesOf(f.Quote.Quote) {
		return ""
	}
	return f.Version.Priced.Total.Display()
}
