package desk

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// asksForPrices says whether the answer to a command is prices, or orders quotes by them:
// neither is for who sees technical lines alone.
func asksForPrices(cmd quoting.Command) bool {
	s := cmd.Slots
	switch cmd.Intent {
	case quoting.PriceLookup, quoting.ExplainPrices, quoting.CompareVersions, quoting.ReportMetrics, quoting.AuditHistory:
		return true
	case quoting.ExplainApproval:
		_, aimed := s.Target()
		return s.Simulate || aimed
	case quoting.SearchQuotes, quoting.ListApprovals:
		return s.AmountMin != nil || s.AmountMax != nil || strings.HasPrefix(s.Sort, "amount")
	case quoting.QuoteStatus, quoting.ShowQuote:
		return slices.ContainsFunc(s.Aspect, func(a string) bool { return a == "margin" || a == "discount" || a == "terms" })
	default:
		return false
	}
}

// value is what a quote comes to as a row of a list says it; nothing to who sees no prices.
func (t *turn) value(v quoting.Version) string {
	if !t.Person.SeesPrices() {
		return ""
	}
	return v.Priced.Total.Display()
}
