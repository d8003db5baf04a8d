package quoting

import (
	"slices"
	"strings"
	"time"
)

// Organisation is who decides at a dealer at a moment, as far as one quote needs it. It
// refuses to guess: whoever is not in it decides nothing.
type Organisation struct {
	People      []Person     // everybody who holds a role that decides
	Above       []PersonID   // whom the quote's owner reports to, the nearest first
	Delegations []Delegation // who decides in whose place, in force
	Away        []Absence    // who is out of office, now
	NoChat      []PersonID   // who has not opened the service in Teams yet
	Barred      []PersonID   // who may not decide on this quote although they have no part in it
	Asked       []StepRequest
}

// Delegation lets somebody decide in another's place for a time. The other may still act.
type Delegation struct {
	ID    int64
	From  PersonID
	To    PersonID
	Since time.Time
	Until time.Time
}

// Absence says that somebody is out of office. A zero Until is until it is said otherwise.
type Absence struct {
	Person PersonID
	Name   string // display name
	Until  time.Time
}

// StepRequest asks somebody for a step beyond those whom the chain asks by itself: the next
// level after an absence or an escalation, or whom the step was passed on to.
type StepRequest struct {
	Branch Branch
	Level  int
	Person PersonID
	Via    Via
}

// Via is why somebody was asked for a step.
type Via string

const (
	ByChain        Via = "chain"
	ByAbsence      Via = "absence"
	ByEscalation   Via = "escalation"
	ByDelegation   Via = "delegation"
	ByReassignment Via = "reassignment"
)

// Decider is somebody who may take a step: by a right of their own, or in the place of
// somebody who has it.
type Decider struct {
	Person
	For Person // in whose place; the zero Person: in nobody's
	Via Via
}

func (o Organisation) person(id PersonID) (Person, bool) {
	return find(o.People, id)
}

// IsAway says whether somebody is out of office, and until when.
func (o Organisation) IsAway(id PersonID) (until time.Time, away bool) {
	i := slices.IndexFunc(o.Away, func(a Absence) bool { return a.Person == id })
	if i < 0 {
		return time.Time{}, false
	}
	return o.Away[i].Until, true
}

// reaches says whether a person's roles have the level of a step, or a higher one of its
// branch.
func reaches(p Person, step ApprovalStep) bool {
	if step.Branch == EngineeringBranch {
		return p.Has(Engineering)
	}
	return slices.ContainsFunc(levels[step.Level-1:], p.Has)
}

// Deciders are those of whom one takes a step of a version, each once. A right of one's own
// goes before somebody else's. Nobody decides who has a part in the quote, neither by right
// nor for another, and no admin does. None: nobody can, and the quote waits.
func (o Organisation) Deciders(q Quote, v Version, step ApprovalStep) []Decider {
	parties := append(v.Parties(q), o.Barred...)
	barred := func(p Person) bool { return p.Has(Admin) || slices.Contains(parties, p.ID) }
	var all []Decider
	add := func(p Person, instead Person, via Via) {
		if !barred(p) && !slices.ContainsFunc(all, func(d Decider) bool { return d.ID == p.ID }) {
			all = append(all, Decider{Person: p, For: instead, Via: via})
		}
	}
	for _, p := range o.natural(step, barred) {
		add(p, Person{}, ByChain)
	}
	for _, r := range o.Asked {
		p, known := o.person(r.Person)
		if known && r.Branch == step.Branch && r.Level == step.Level && r.Via != ByDelegation && r.Via != ByChain && reaches(p, step) {
			add(p, Person{}, r.Via)
		}
	}
	for _, own := range slices.Clone(all) {
		for _, d := range o.Delegations {
			if to, known := o.person(d.To); d.From == own.ID && known && reaches(to, step) {
				add(to, own.Person, ByDelegation)
			}
		}
	}
	return all
}

// natural are those whom the chain asks for a step: the nearest above the owner who holds the
// role of the first level, or everybody of the role. Where a part in the quote bars all of
// them, the next level up decides.
func (o Organisation) natural(step ApprovalStep, barred func(Person) bool) []Person {
	if step.Branch == EngineeringBranch {
		return o.holding(Engineering, barred)
	}
	for level := step.Level; level <= len(levels); level++ {
		if level == 1 {
			for _, id := range o.Above {
				if p, ok := o.person(id); ok && p.Has(SalesManager) && !barred(p) {
					return []Person{p}
				}
			}
			continue
		}
		if found := o.holding(levels[level-1], barred); len(found) > 0 {
			return found
		}
	}
	return nil
}

// holding are the people of a role who are not barred, by name.
func (o Organisation) holding(role Role, barred func(Person) bool) []Person {
	var found []Person
	for _, p := range o.People {
		if p.Has(role) && !barred(p) {
			found = append(found, p)
		}
	}
	return found
}

// Parties are those who have a part in a version: its owner, and whoever set a price or a
// discount that stands in it. None of them decides on it.
func (v Version) Parties(q Quote) []PersonID {
	parties := []PersonID{q.Owner}
	for _, s := range v.Setters {
		if !slices.Contains(parties, s.By) {
			parties = append(parties, s.By)
		}
	}
	return parties
}

// Setter is who set a price or a discount.
type Setter struct {
	What string   `json:"what"` // which, with its value
	By   PersonID `json:"by"`
}

// SetBy notes on a version who set what of its prices and discounts: whoever did before where
// it stands as it was, and else the person who makes the version.
func (v *Version) SetBy(before []Setter, who PersonID) {
	v.Setters = nil
	for _, what := range v.Request.Terms.prices() {
		by := who
		if i := slices.IndexFunc(before, func(s Setter) bool { return s.What == what }); i >= 0 {
			by = before[i].By
		}
		v.Setters = append(v.Setters, Setter{What: what, By: by})
	}
}

// prices names each price and discount that a person has set, with its value.
func (t Terms) prices() []string {
	var all []string
	if h := t.Header; h != nil && h.Percent != nil {
		all = append(all, "discount "+h.Percent.Trim(0).String()+"%")
	} else if h != nil && h.Amount != nil {
		all = append(all, "discount $"+h.Amount.Trim(0).String())
	}
	for _, d := range t.Discounts {
		all = append(all, "discount "+d.Percent.Trim(0).String()+"% on "+string(d.Scope))
	}
	for _, l := range t.Locked {
		all = append(all, "price "+l.Unit.Trim(0).String()+" of "+l.SKU)
	}
	return all
}

// DelegationProblem says why somebody may not let another decide in their place, as an
// error of kind Invalid or Forbidden; nil where they may. inForce are the delegations of
// everybody. A delegate has the level; nobody passes on what was passed to them.
func DelegationProblem(p *Policy, from, to Person, since, until time.Time, inForce []Delegation) error {
	switch {
	case !from.MayDecide() || from.Has(Admin):
		return Errorf(Forbidden, "You approve nothing, so there is nothing to pass on.")
	case from.ID == to.ID:
		return Errorf(Invalid, "You cannot stand in for yourself. Name a colleague.")
	case to.Has(Admin) || !standsIn(from, to):
		return Errorf(Invalid, "%s does not have your level and cannot decide in your place.", to.Name)
	case !until.After(since):
		return Errorf(Invalid, "That is over already. Say until when, like \"until Monday\".")
	case until.Sub(since) > time.Duration(p.Delegation.MaxDays)*24*time.Hour:
		return Errorf(Invalid, "A delegation lasts %d days at most. For longer, ask your admin to change the directory.", p.Delegation.MaxDays)
	}
	for _, d := range inForce {
		switch {
		case d.To == from.ID:
			return Errorf(Invalid, "You stand in for somebody yourself until %s, and that cannot be passed on.", d.Until.Format("2 January"))
		case d.From == to.ID:
			return Errorf(Invalid, "%s has passed approvals on as well. Name somebody who is there.", to.Name)
		}
	}
	return nil
}

// standsIn says whether somebody has every level that another has, or a higher one.
func standsIn(from, to Person) bool {
	if from.Has(Engineering) && !to.Has(Engineering) {
		return false
	}
	for i, role := range levels {
		if from.Has(role) && !reaches(to, ApprovalStep{Branch: CommercialBranch, Level: i + 1}) {
			return false
		}
	}
	return true
}

// ReassignProblem says why a step cannot be passed on to somebody, as an error of kind
// Invalid; nil where it can.
func (o Organisation) ReassignProblem(q Quote, v Version, step ApprovalStep, to Person) error {
	switch {
	case slices.ContainsFunc(o.Deciders(q, v, step), func(d Decider) bool { return d.ID == to.ID }):
		return Errorf(Invalid, "%s can decide on %s already.", to.Name, q.ID)
	case to.Has(Admin) || !reaches(to, step):
		return Errorf(Invalid, "%s does not have the level for this: it needs %s or higher.", to.Name, strings.ToLower(step.Role.Words()))
	case slices.Contains(append(v.Parties(q), o.Barred...), to.ID):
		return Errorf(Invalid, "%s has a part in %s and cannot decide on it.", to.Name, q.ID)
	}
	return nil
}
