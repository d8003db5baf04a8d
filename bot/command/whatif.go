package command

// whatIf reads what a question about approval supposes: another price, discount or size.
// Nothing of it is changed.
func (r *reading) whatIf() {
	s := &r.slots
	r.money()
	size := sizing{reading: r}
	size.sites()
	size.users()
	r.errors = nil
	supposed := s.DiscountPct != nil || s.DiscountAmount != nil || s.TargetTotal != nil || s.TargetTotalMax != nil || s.TargetUnitPrice != nil || s.TargetMarginPct != nil || s.BudgetMax != nil || s.PaymentTerms != "" || s.Users != nil || s.Sites != nil
	for i := range r.terms {
		next := r.at(i + 1).norm
		switch r.terms[i].norm {
		case "if":
			supposed = supposed || r.at(i-1).norm == "what"
		case "avoid", "avoids", "skip", "stay", "keep":
			supposed = supposed || r.near(i, 5, 0, "would", "could", "can", "how", "does")
		case "doesnt", "dont", "wont", "without", "before":
			supposed = supposed || r.near(i, 12, 0, "what", "whats", "how", "which", "would", "can", "could", "will")
		case "hypothetically", "theoretically", "supposing", "suppose":
			supposed = true
		case "what", "how":
			supposed = supposed || next == "discount" || next == "price"
		}
	}
	s.Simulate = supposed
}
