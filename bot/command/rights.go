package command

import (
	"slices"

	"radioquote/quoting"
)

// roleWords are how roles are called.
var roleWords = map[string]quoting.Role{
	"rep": quoting.Rep, "reps": quoting.Rep, "sales rep": quoting.Rep,
	"manager": quoting.SalesManager, "managers": quoting.SalesManager, "sales manager": quoting.SalesManager,
	"finance": quoting.Finance, "accounting": quoting.Finance,
	"vp": quoting.VP, "vps": quoting.VP, "owner": quoting.Owner, "owners": quoting.Owner,
	"engineering": quoting.Engineering, "engineer": quoting.Engineering, "engineers": quoting.Engineering,
	"admin": quoting.Admin, "admins": quoting.Admin, "administrator": quoting.Admin, "administrators": quoting.Admin,
	"auditor": quoting.Auditor, "auditors": quoting.Auditor,
}

// rights reads whose role it is and which: "make Finn finance", "what can Sam do".
func (r *reading) rights() {
	s := &r.slots
	for i := len(r.terms) - 1; i >= 0 && s.Role == ""; i-- {
		if t := &r.terms[i]; t.kind != tagName {
			s.Role = roleWords[t.norm]
			if s.Role == "" {
				continue
			}
			r.take(i, "role")
			if r.at(i-1).norm == "sales" {
				r.take(i-1, "role")
			}
		}
	}
	for i := range r.terms {
		if slices.Contains([]string{"me", "myself", "i", "my", "im"}, r.terms[i].norm) && r.terms[i].kind == tagWord {
			s.Person = "me"
			r.take(i, "person")
			return
		}
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.kind != tagName && !(t.kind == tagWord && (t.given || t.isStrange())) || r.isTaken(i) || t.norm == "grant" && i == 0 {
			continue
		}
		if who, n := r.person(i); n > 0 {
			s.Person = who
			r.takeAll(i, i+n, "person")
			return
		}
	}
}

// smallestAmount is how many digits a number has that is an amount of money by itself: a
// quote's number has fewer.
const smallestAmount = 5

// ofAmount reads the amount of "who can approve 120k".
func (r *reading) ofAmount() {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagMoney || t.kind == tagNumber && (t.number.thousand || t.number.digits >= smallestAmount) {
			r.slots.AmountMin = slotNumber(t.amount)
			r.take(i, "amount_min")
			return
		}
	}
}
