package quoting

import "slices"

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
	v.Request.Terms = Terms{}
	v.MarginBand, v.Reading, v.Changes, v.Check.Moved = "", "", nil, nil
	v.System.Findings = slices.DeleteFunc(slices.Clone(v.System.Findings), func(f Finding) bool {
		return f.Rule == "budget" || f.Rule == "locked price"
	})
	v.Approvals = slices.DeleteFunc(slices.Clone(v.Approvals), func(n ApprovalNeed) bool { return n.Branch != EngineeringBranch })
	if v.Decision != nil && v.Decision.By != reader {
		decision := *v.Decision
		decision.Reason, decision.Offer = "", nil
		v.Decision = &decision
	}
}
