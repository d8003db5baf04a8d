package quoting

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var amount = regexp.MustCompile(`\$|[0-9]\.[0-9]{2}`)

// commercial says whether a change of a version is of its price or its terms.
func commercial(change string) bool {
	for _, of := range []string{"Discount: ", "Payment: ", "Valid until: ", "Deposit: ", "Total: "} {
		if strings.HasPrefix(change, of) {
			return true
		}
	}
	return amount.MatchString(change) || strings.Contains(change, " passed over: ")
}

// onlyTechnical takes out of a view what the quote costs, and the words that may speak of it:
// what is left is what engineering decides on. The commercial reasons go, and what others wrote
// to their decision; who decided stays.
func (v *View) onlyTechnical(reader PersonID) {
	lines := make([]Line, len(v.Priced.Lines))
	for i, l := range v.Priced.Lines {
		lines[i] = Line{
			Item: l.Item, SKU: l.SKU, Name: l.Name, Type: l.Type, Category: l.Category,
			Qty: l.Qty, Units: l.Units, Months: l.Months, Weeks: l.Weeks, Reason: l.Reason, Stock: l.Stock,
		}
	}
	v.Priced = Priced{Lines: lines}
	v.Request.Terms, v.Request.Overrides = Terms{}, nil
	v.Customer = Customer{ID: v.Customer.ID, EntityID: v.Customer.EntityID, Name: v.Customer.Name}
	v.MarginBand, v.Reading, v.Check.Moved, v.ValidUntil = "", "", nil, time.Time{}
	if v.Attention != "" {
		v.Attention = "Its owner sees why."
	}
	v.Changes = slices.DeleteFunc(slices.Clone(v.Changes), commercial)
	findings := v.System.Findings
	v.System.Findings = nil
	for _, f := range findings {
		f.Remedies = nil
		if !f.Commercial && (f.Overridden == "" || f.Engineering) { // whoever passed it over wrote the reason for engineering
			v.System.Findings = append(v.System.Findings, f)
		}
	}
	v.Approvals = slices.DeleteFunc(slices.Clone(v.Approvals), func(n ApprovalNeed) bool { return n.Branch != EngineeringBranch })
	if v.Decision != nil && v.Decision.By != reader {
		decision := *v.Decision
		decision.Reason, decision.Offer = "", nil
		v.Decision = &decision
	}
}
