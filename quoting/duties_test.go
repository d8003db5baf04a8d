package quoting_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// often tries a property of small things thirty times for each of rapid's.
func often(property func(*rapid.T)) func(*rapid.T) {
	return func(t *rapid.T) {
		for range 30 {
			property(t)
		}
	}
}

// drawStaff is some people with any roles, admins who approve among them.
func drawStaff(t *rapid.T) []quoting.Person {
	roles := rapid.SampledFrom([]quoting.Role{
		quoting.Rep, quoting.SalesManager, quoting.SalesManager, quoting.Finance, quoting.Finance, quoting.VP, quoting.Owner, quoting.Engineering, quoting.Admin, quoting.Auditor,
	})
	staff := make([]quoting.Person, rapid.IntRange(2, 7).Draw(t, "people"))
	for i := range staff {
		staff[i] = named(string(rune('a'+i)), rapid.SliceOfNDistinct(roles, 0, 3, rapid.ID).Draw(t, "roles")...)
	}
	for i := range staff {
		if rapid.Bool().Draw(t, "reports") {
			staff[i].Manager = drawOne(t, staff).ID // himself too, and in circles
		}
	}
	return staff
}

func drawOne(t *rapid.T, staff []quoting.Person) quoting.Person {
	return rapid.SampledFrom(staff).Draw(t, "person")
}

// organised is the staff as an organisation for a quote of somebody: as the store reads it,
// with a line of managers that may go in circles.
func organised(staff []quoting.Person, owner quoting.PersonID) quoting.Organisation {
	var o quoting.Organisation
	find := func(id quoting.PersonID) quoting.Person {
		i := slices.IndexFunc(staff, func(p quoting.Person) bool { return p.ID == id })
		if i < 0 {
			return quoting.Person{}
		}
		return staff[i]
	}
	for _, p := range staff {
		if p.MayDecide() {
			o.People = append(o.People, p)
		}
	}
	for at := find(owner); len(o.Above) < 20 && at.Manager != (quoting.PersonID{}); {
		at = find(at.Manager)
		o.Above = append(o.Above, at.ID)
	}
	return o
}

// drawOrganisation is the staff with delegations in chains and circles, absences, people who
// are barred, and requests of every kind.
func drawOrganisation(t *rapid.T, staff []quoting.Person, owner quoting.PersonID) quoting.Organisation {
	o := organised(staff, owner)
	for range rapid.IntRange(0, 10).Draw(t, "delegations") {
		from, to := drawOne(t, staff).ID, drawOne(t, staff).ID
		if from != to {
			o.Delegations = append(o.Delegations, quoting.Delegation{From: from, To: to, Since: noon, Until: noon.AddDate(0, 0, 7)})
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "asked") {
		step := drawStep(t)
		via := rapid.SampledFrom([]quoting.Via{quoting.ByChain, quoting.ByAbsence, quoting.ByEscalation, quoting.ByDelegation, quoting.ByReassignment}).Draw(t, "via")
		o.Asked = append(o.Asked, quoting.StepRequest{Branch: step.Branch, Level: step.Level, Person: drawOne(t, staff).ID, Via: via})
	}
	if rapid.IntRange(0, 3).Draw(t, "barred") == 0 {
		o.Barred = append(o.Barred, drawOne(t, staff).ID)
	}
	if rapid.Bool().Draw(t, "away") {
		o.Away = append(o.Away, quoting.Absence{Person: drawOne(t, staff).ID})
	}
	return o
}

func drawStep(t *rapid.T) quoting.ApprovalStep {
	level := rapid.IntRange(0, 4).Draw(t, "level")
	if level == 0 {
		return quoting.ApprovalStep{Branch: quoting.EngineeringBranch, Level: 1, Role: quoting.Engineering}
	}
	return quoting.ApprovalStep{Branch: quoting.CommercialBranch, Level: level, Role: []quoting.Role{quoting.SalesManager, quoting.Finance, quoting.VP, quoting.Owner}[level-1]}
}

// drawPending is a version that waits for steps of both branches, with setters, large or not.
func drawPending(t *rapid.T, staff []quoting.Person) quoting.Version {
	v := judgedAs(func(v *quoting.Version) {
		v.Priced.Amount = dollars(rapid.SampledFrom([]string{"100", "100000.01"}).Draw(t, "amount"))
	})
	v.Quote, v.Number, v.State, v.Nonce = 1001, 1, quoting.Pending, "round"
	for range rapid.IntRange(1, 4).Draw(t, "needs") {
		step := drawStep(t)
		v.Approvals = append(v.Approvals, quoting.ApprovalNeed{Rule: "rule", Branch: step.Branch, Level: step.Level, Role: step.Role})
	}
	for range rapid.IntRange(0, 2).Draw(t, "setters") {
		v.Setters = append(v.Setters, quoting.Setter{What: "price", By: drawOne(t, staff).ID})
	}
	for _, step := range quoting.Chain(v.Approvals) {
		if rapid.IntRange(0, 3).Draw(t, "taken") == 0 {
			v.Steps = append(v.Steps, quoting.StepDecision{Branch: step.Branch, Level: step.Level, By: drawOne(t, staff).ID})
		}
	}
	return v
}

// mayTake are those who may take a step, as it is promised and beside the code: by a right of
// their own, and by a delegation of somebody who has one.
func mayTake(o quoting.Organisation, q quoting.Quote, v quoting.Version, step quoting.ApprovalStep) (own, instead []quoting.PersonID) {
	out := func(p quoting.Person) bool {
		return p.ID == q.Owner || p.Has(quoting.Admin) || slices.Contains(o.Barred, p.ID) || slices.ContainsFunc(v.Setters, func(s quoting.Setter) bool { return s.By == p.ID })
	}
	may := func(id quoting.PersonID) bool {
		return slices.ContainsFunc(o.People, func(p quoting.Person) bool { return p.ID == id && !out(p) && holds(p, step.Branch, step.Level) })
	}
	role := func(id quoting.PersonID, role quoting.Role) bool {
		return slices.ContainsFunc(o.People, func(p quoting.Person) bool { return p.ID == id && !out(p) && p.Has(role) })
	}
	if step.Branch == quoting.EngineeringBranch {
		for _, p := range o.People {
			if may(p.ID) {
				own = append(own, p.ID)
			}
		}
	} else {
		if i := slices.IndexFunc(o.Above, func(id quoting.PersonID) bool { return role(id, quoting.SalesManager) }); step.Level == 1 && i >= 0 {
			own = append(own, o.Above[i])
		}
		for level := max(step.Level, 2); level <= 4 && len(own) == 0; level++ {
			for _, p := range o.People {
				if role(p.ID, []quoting.Role{quoting.Finance, quoting.VP, quoting.Owner}[level-2]) {
					own = append(own, p.ID)
				}
			}
		}
	}
	for _, r := range o.Asked {
		asked := r.Via == quoting.ByAbsence || r.Via == quoting.ByEscalation || r.Via == quoting.ByReassignment
		if asked && r.Branch == step.Branch && r.Level == step.Level && may(r.Person) && !slices.Contains(own, r.Person) {
			own = append(own, r.Person)
		}
	}
	for _, d := range o.Delegations {
		if slices.Contains(own, d.From) && may(d.To) && !slices.Contains(own, d.To) && !slices.Contains(instead, d.To) {
			instead = append(instead, d.To)
		}
	}
	return own, instead
}

func byObject(a, b quoting.PersonID) int { return strings.Compare(a.Object, b.Object) }

// TestWhoTakesAStepIsWhoMay draws organisations of all kinds: those who may take a step are
// exactly those whom the promises name, and a delegate decides for somebody who may.
func TestWhoTakesAStepIsWhoMay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, often(func(t *rapid.T) {
		staff := drawStaff(t)
		q := quoting.Quote{ID: 1001, Owner: drawOne(t, staff).ID, State: quoting.Open, Current: 1}
		v, o, step := drawPending(t, staff), drawOrganisation(t, staff, q.Owner), drawStep(t)
		own, instead := mayTake(o, q, v, step)
		var got []quoting.PersonID
		for _, d := range o.Deciders(q, v, step) {
			got = append(got, d.ID)
			if slices.Contains(own, d.ID) != (d.For.ID == quoting.PersonID{}) || slices.Contains(own, d.ID) == (d.Via == quoting.ByDelegation) {
				t.Fatalf("%s decides for %q, by %s", d.Name, d.For.Name, d.Via)
			}
			delegated := func(given quoting.Delegation) bool { return given.From == d.For.ID && given.To == d.ID }
			if d.Via == quoting.ByDelegation && (!slices.Contains(own, d.For.ID) || !slices.ContainsFunc(o.Delegations, delegated)) {
				t.Fatalf("%s decides for %s, who may not or has not said so", d.Name, d.For.Name)
			}
		}
		want := slices.Concat(own, instead)
		slices.SortFunc(want, byObject)
		slices.SortFunc(got, byObject)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s %d of a quote of %s: -want +got\n%s", step.Branch, step.Level, q.Owner.Object, diff)
		}
		to := drawOne(t, staff)
		if o.ReassignProblem(q, v, step, to) != nil {
			return
		}
		if slices.Contains(want, to.ID) || to.Has(quoting.Admin) || !holds(to, step.Branch, step.Level) || slices.Contains(append(v.Parties(q), o.Barred...), to.ID) {
			t.Fatalf("%s %d is passed on to %s, %v", step.Branch, step.Level, to.Name, to.Roles)
		}
		o.Asked = append(o.Asked, quoting.StepRequest{Branch: step.Branch, Level: step.Level, Person: to.ID, Via: quoting.ByReassignment})
		if own, _ := mayTake(o, q, v, step); !slices.Contains(own, to.ID) || len(o.Deciders(q, v, step)) < len(want)+1 {
			t.Fatalf("%s %d was passed on to %s, who may not take it", step.Branch, step.Level, to.Name)
		}
	}))
}

// TestNobodyElsePassesAndWithNobodyItWaits tries everybody, in the organisation or not, with
// every nonce that there is.
func TestNobodyElsePassesAndWithNobodyItWaits(t *testing.T) {
	t.Parallel()
	normal := demoPolicy(t)
	second := *normal
	second.StepUp.Method = quoting.SecondApprover
	rapid.Check(t, often(func(t *rapid.T) {
		staff := drawStaff(t)
		q := quoting.Quote{ID: 1001, Owner: drawOne(t, staff).ID, State: quoting.Open, Current: 1}
		v, o := drawPending(t, staff), drawOrganisation(t, staff, q.Owner)
		p := rapid.SampledFrom([]*quoting.Policy{normal, &second}).Draw(t, "policy")
		open := o.OpenSteps(p, q, v)
		nonces := []string{"", "round", "round.", "round.c1", "round.e1", "round.c1.e1"}
		for _, person := range staff {
			nonces = append(nonces, v.DecisionNonce(quoting.Mine(open, person.ID)))
		}
		for _, s := range open {
			own, instead := mayTake(o, q, v, s.ApprovalStep)
			if len(own) == 0 && len(s.Deciders) > 0 || len(own)+len(instead) < len(s.Deciders) {
				t.Fatalf("%s %d: %d may, %d do", s.Branch, s.Level, len(own)+len(instead), len(s.Deciders))
			}
		}
		for _, person := range append(staff, named("stranger", quoting.Roles...)) {
			var steps strings.Builder
			for _, s := range open {
				own, instead := mayTake(o, q, v, s.ApprovalStep)
				tookOne := slices.ContainsFunc(v.Steps, func(d quoting.StepDecision) bool { return d.By == person.ID })
				if slices.Contains(slices.Concat(own, instead), person.ID) && !(p == &second && p.Large(v) && tookOne) {
					steps.WriteString("." + stepName(s.Branch, s.Level))
				}
			}
			for _, nonce := range nonces {
				problem := quoting.DecideProblem(q, v, open, person, nonce)
				if may := steps.String() != "" && nonce == "round"+steps.String(); may != (problem == nil) {
					t.Fatalf("%s, who may take %q, with %q: %v", person.Name, steps.String(), nonce, problem)
				}
				if problem != nil && !errors.Is(problem, quoting.Forbidden) && !errors.Is(problem, quoting.Conflict) {
					t.Fatalf("%v", problem)
				}
			}
		}
	}))
}

// TestAnEscalationAddsHigherLevelsAndTakesNobodyAway asks those whom an escalation adds.
func TestAnEscalationAddsHigherLevelsAndTakesNobodyAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, often(func(t *rapid.T) {
		staff := drawStaff(t)
		q := quoting.Quote{ID: 1001, Owner: drawOne(t, staff).ID, State: quoting.Open, Current: 1}
		v, o, step := drawPending(t, staff), drawOrganisation(t, staff, q.Owner), drawStep(t)
		before := o.Deciders(q, v, step)
		added := o.Higher(q, v, quoting.OpenStep{ApprovalStep: step, Deciders: before}, quoting.ByEscalation)
		if step.Branch == quoting.EngineeringBranch && len(added) > 0 {
			t.Fatalf("%d stand above engineering", len(added))
		}
		for _, p := range added {
			if !holds(p.Person, step.Branch, step.Level+1) || slices.ContainsFunc(before, func(d quoting.Decider) bool { return d.ID == p.ID }) {
				t.Fatalf("%s, %v, is added to level %d", p.Name, p.Roles, step.Level)
			}
			o.Asked = append(o.Asked, quoting.StepRequest{Branch: step.Branch, Level: step.Level, Person: p.ID, Via: quoting.ByEscalation})
		}
		after := o.Deciders(q, v, step)
		for _, p := range append(added, before...) {
			if !slices.ContainsFunc(after, func(d quoting.Decider) bool { return d.ID == p.ID }) {
				t.Fatalf("%s may not decide after the escalation", p.Name)
			}
		}
	}))
}

// TestDelegationsMakeNoChainsAndLastNoLongerThanThePolicySays proposes delegations in any
// order and keeps those that are allowed.
func TestDelegationsMakeNoChainsAndLastNoLongerThanThePolicySays(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rapid.Check(t, often(func(t *rapid.T) {
		staff := drawStaff(t)
		longest := time.Duration(policy.Delegation.MaxDays) * 24 * time.Hour
		var inForce []quoting.Delegation
		for range rapid.IntRange(1, 12).Draw(t, "proposals") {
			from, to := drawOne(t, staff), drawOne(t, staff)
			lasts := rapid.SampledFrom([]time.Duration{-time.Hour, 0, time.Second, time.Hour, longest - time.Second, longest, longest + time.Second, 100 * longest}).Draw(t, "lasts")
			err := quoting.DelegationProblem(policy, from, to, noon, noon.Add(lasts), inForce)
			switch {
			case err == nil && (lasts <= 0 || lasts > longest):
				t.Fatalf("a delegation of %s", lasts)
			case err == nil && (from.Has(quoting.Admin) || to.Has(quoting.Admin) || from.ID == to.ID):
				t.Fatalf("%v may stand in for %v", to, from)
			case err == nil:
				inForce = append(inForce, quoting.Delegation{From: from.ID, To: to.ID, Since: noon, Until: noon.Add(lasts)})
			case !errors.Is(err, quoting.Invalid) && !errors.Is(err, quoting.Forbidden):
				t.Fatal(err)
			}
			for level := range 4 { // whoever stands in has every level that is passed on
				if err == nil && from.Has([]quoting.Role{quoting.SalesManager, quoting.Finance, quoting.VP, quoting.Owner}[level]) && !holds(to, quoting.CommercialBranch, level+1) {
					t.Fatalf("%v stands in for %v", to.Roles, from.Roles)
				}
			}
			if err == nil && from.Has(quoting.Engineering) && !to.Has(quoting.Engineering) {
				t.Fatalf("%v stands in for %v", to.Roles, from.Roles)
			}
		}
		for _, a := range inForce {
			for _, b := range inForce {
				if a.To == b.From {
					t.Fatalf("%s stands in for %s and has passed on to %s", a.To.Object, a.From.Object, b.To.Object)
				}
			}
		}
	}))
}

// history is what people do to quotes, and who really set what of their prices.
type history struct {
	*rapid.T
	policy   *quoting.Policy
	staff    []quoting.Person
	q        quoting.Quote
	versions []quoting.Version
	authors  []map[string]quoting.PersonID // of each version's prices
	asked    []quoting.StepRequest
	given    []quoting.Delegation
	barred   []quoting.PersonID
	rounds   int
	decided  int
}

func (h *history) v() *quoting.Version { return &h.versions[len(h.versions)-1] }

func (h *history) organisation() quoting.Organisation {
	o := organised(h.staff, h.q.Owner)
	o.Asked, o.Delegations, o.Barred = h.asked, h.given, h.barred
	return o
}

// prices names what a person has set of the terms, beside the code.
func prices(t quoting.Terms) (all []string) {
	if h := t.Header; h != nil && h.Percent != nil {
		all = append(all, "header "+h.Percent.String()+"%")
	} else if h != nil {
		all = append(all, "header $"+h.Amount.String())
	}
	for _, d := range t.Discounts {
		all = append(all, fmt.Sprint(d.Scope, " ", d.Percent.String()))
	}
	for _, l := range t.Locked {
		all = append(all, l.SKU+" at "+l.Unit.String())
	}
	return all
}

// drawOwnTerms is a few prices that an owner may set.
func drawOwnTerms(t *rapid.T) (terms quoting.Terms) {
	n := number(rapid.Int64Range(1, 4).Draw(t, "percent"))
	switch rapid.IntRange(0, 4).Draw(t, "terms") {
	case 0:
	case 1:
		terms.Locked = []quoting.LockedPrice{{SKU: "BAT-B", Unit: n}}
	case 2:
		terms.Discounts = []quoting.LineDiscount{{Scope: "radios", Percent: n}}
		fallthrough
	default:
		terms.Header = &quoting.HeaderDiscount{Percent: &n}
	}
	return terms
}

// priced prices terms as a dealer might: a percent is a hundred, a locked price a thousand.
// Everything needs some level.
func (h *history) priced(v quoting.Version) quoting.Version {
	off := decimal.MustParse("0")
	for _, what := range append(v.Request.Terms.Discounts, quoting.LineDiscount{}) {
		off, _ = off.Add(what.Percent.Decimal)
	}
	if header := v.Request.Terms.Header; header != nil {
		off, _ = off.Add(header.Percent.Decimal)
	}
	hundreds, _ := off.Mul(decimal.Hundred)
	v.Priced.Total = quoting.Money{Amount: decimal.MustParse("100000.00"), Currency: quoting.USD}
	v.Priced.Total, _ = v.Priced.Total.Sub(quoting.Money{Amount: hundreds, Currency: quoting.USD})
	v.Approvals = nil
	for range rapid.IntRange(1, 2).Draw(h.T, "needs") {
		step := drawStep(h.T)
		v.Approvals = append(v.Approvals, quoting.ApprovalNeed{Rule: "rule", Branch: step.Branch, Level: step.Level, Role: step.Role, Measured: "1"})
	}
	return v
}

// add makes the next version of a draft, whose prices are by who where they stood in none of
// those that it comes from.
func (h *history) add(draft quoting.Version, who quoting.PersonID, from ...map[string]quoting.PersonID) {
	old := *h.v()
	draft.State, draft.Number = quoting.Draft, old.Number+1
	h.versions = append(h.versions, h.priced(draft).After(h.policy, h.q, old, who))
	h.authored(who, from...)
	h.q.Current, h.asked = draft.Number, nil
}

func (h *history) authored(who quoting.PersonID, from ...map[string]quoting.PersonID) {
	authors := map[string]quoting.PersonID{}
	for _, what := range prices(h.v().Request.Terms) {
		authors[what] = who
		for _, earlier := range slices.Backward(from) {
			if by, stands := earlier[what]; stands {
				authors[what] = by
			}
		}
	}
	h.authors = append(h.authors, authors)
}

func (h *history) submit() {
	v := h.v()
	if to, ok := v.State.Next(quoting.Submit); ok && h.q.State == quoting.Open {
		h.rounds++
		v.State, v.Nonce = to, fmt.Sprint("round", h.rounds)
	}
}

// clean says that somebody has no part in the current version.
func (h *history) clean(id quoting.PersonID, as string) {
	for what, by := range h.authors[len(h.authors)-1] {
		if by == id {
			h.Fatalf("%s of v%d was set by %s, who decides on it %s", what, h.v().Number, id.Object, as)
		}
	}
	i := slices.IndexFunc(h.staff, func(p quoting.Person) bool { return p.ID == id })
	if id == h.q.Owner || i < 0 || h.staff[i].Has(quoting.Admin) || slices.Contains(h.barred, id) {
		h.Fatalf("%s decides on v%d %s: the owner, barred, an admin or a stranger", id.Object, h.v().Number, as)
	}
}

func (h *history) decide(by quoting.Person, nonce string, action quoting.Action) {
	v, o := h.v(), h.organisation()
	open := o.OpenSteps(h.policy, h.q, *v)
	if quoting.DecideProblem(h.q, *v, open, by, nonce) != nil {
		return
	}
	h.decided++
	h.clean(by.ID, "by right")
	as := quoting.Mine(open, by.ID)[0].As(by.ID)
	if action == quoting.Approve {
		for _, s := range o.Take(h.policy, h.q, *v, by.ID, noon) {
			if !holds(by, s.Branch, s.Level) || s.By != by.ID {
				h.Fatalf("%s, %v, takes %s %d", by.Name, by.Roles, s.Branch, s.Level)
			}
			if s.For != (quoting.PersonID{}) {
				h.clean(s.For, "through "+by.Name)
			}
			v.Steps = append(v.Steps, s)
		}
		if len(v.Waiting()) > 0 {
			return
		}
	}
	v.State, _ = v.State.Next(action)
	v.Decision = &quoting.Decision{Action: action, By: by.ID, Name: by.Name, At: noon, For: as.For.ID}
	if action == quoting.RequestChanges {
		n := number(rapid.Int64Range(0, 6).Draw(h.T, "offer"))
		offer, err := quoting.NewOffer(quoting.Slots{DiscountPct: &n})
		if err != nil {
			h.Fatal(err)
		}
		v.Decision.Offer = offer
	}
}

// TestNoSequenceLetsAnybodyDecideOnTheirOwnWork has people revise, undo, clone, take offers,
// stand in for each other, pass steps on, escalate and change roles, in any order.
func TestNoSequenceLetsAnybodyDecideOnTheirOwnWork(t *testing.T) {
	t.Parallel()
	policy, decided := demoPolicy(t), 0
	rapid.Check(t, func(t *rapid.T) {
		h := &history{T: t, policy: policy, staff: drawStaff(t)}
		h.staff = append(h.staff, named("manager", quoting.SalesManager, quoting.Rep), named("money", quoting.Finance, quoting.SalesManager), named("head", quoting.VP), named("engineer", quoting.Engineering))
		for i := range h.staff[:len(h.staff)-4] {
			if rapid.Bool().Draw(t, "under the manager") {
				h.staff[i].Manager = named("manager").ID
			}
		}
		h.q = quoting.Quote{ID: 1001, Owner: drawOne(t, h.staff).ID, State: quoting.Open, Current: 1}
		first := judgedAs(func(*quoting.Version) {})
		first.Quote, first.Number, first.State = 1001, 1, quoting.Draft
		first.Request.Terms = drawOwnTerms(t)
		first = h.priced(first)
		first.SetBy(nil, h.q.Owner)
		h.versions = []quoting.Version{first}
		h.authored(h.q.Owner)
		last := func() map[string]quoting.PersonID { return h.authors[len(h.authors)-1] }
		withTerms := func(terms quoting.Terms) quoting.Version { v := *h.v(); v.Request.Terms = terms; return v }
		mine := func(p quoting.Person) string {
			return h.v().DecisionNonce(quoting.Mine(h.organisation().OpenSteps(policy, h.q, *h.v()), p.ID))
		}
		who := func(t *rapid.T) quoting.Person { // most times one who may, if there is one
			h.T = t
			open := h.organisation().OpenSteps(policy, h.q, *h.v())
			may := slices.DeleteFunc(slices.Clone(h.staff), func(p quoting.Person) bool {
				return quoting.DecideProblem(h.q, *h.v(), open, p, mine(p)) != nil
			})
			if len(may) == 0 || rapid.IntRange(0, 3).Draw(t, "anybody") == 0 {
				return drawOne(t, h.staff)
			}
			return drawOne(t, may)
		}
		t.Repeat(map[string]func(*rapid.T){
			"revise and submit": func(t *rapid.T) { h.T = t; h.add(withTerms(drawOwnTerms(t)), h.q.Owner, last()); h.submit() },
			"submit":            func(t *rapid.T) { h.T = t; h.submit() },
			"approve": func(t *rapid.T) {
				by := who(t)
				h.decide(by, mine(by), quoting.Approve)
			},
			"approve with somebody's button": func(t *rapid.T) {
				by := who(t)
				h.decide(drawOne(t, h.staff), mine(by), quoting.Approve)
			},
			"offer": func(t *rapid.T) {
				by := who(t)
				h.decide(by, mine(by), quoting.RequestChanges)
			},
			"take the offer": func(t *rapid.T) {
				h.T = t
				if quoting.AcceptProblem(h.q, *h.v(), h.q.Owner) != nil {
					t.Skip()
				}
				offer, by := h.v().Decision.Offer, h.v().Decision.By
				request, err := h.v().Request.Apply(offer.Changes, h.v().System)
				if err != nil {
					t.Fatal(err)
				}
				setter := h.q.Owner
				if h.priced(withTerms(request.Terms)).Priced.Total.Cmp(h.v().Priced.Total) < 0 {
					setter = by
				}
				h.add(withTerms(request.Terms), setter, last())
				h.submit()
			},
			"recall": func(t *rapid.T) {
				h.T = t
				if quoting.RecallProblem(h.q, *h.v(), h.q.Owner) == nil {
					h.v().State = quoting.Recalled
				}
			},
			"undo": func(t *rapid.T) {
				h.T = t
				back := rapid.IntRange(0, len(h.versions)-1).Draw(t, "to")
				draft := withTerms(h.versions[back].Request.Terms)
				draft.Setters = append(slices.Clone(h.versions[back].Setters), h.v().Setters...)
				h.add(draft, h.q.Owner, h.authors[back], last())
				h.submit()
			},
			"clone": func(t *rapid.T) {
				h.T = t
				by := drawOne(t, h.staff)
				if !by.MayQuote() {
					t.Skip()
				}
				old := *h.v()
				v := judgedAs(func(*quoting.Version) {})
				v.Quote, v.Number, v.State, v.Request.Terms = old.Quote+1, 1, quoting.Draft, old.Request.Terms
				v = h.priced(v)
				v.SetBy(old.Setters, by.ID)
				from := last()
				h.q, h.versions, h.asked = quoting.Quote{ID: v.Quote, Owner: by.ID, State: quoting.Open, Current: 1}, []quoting.Version{v}, nil
				h.authors = nil
				h.authored(by.ID, from)
				h.submit()
			},
			"stand in": func(t *rapid.T) {
				h.T = t
				from, to := drawOne(t, h.staff), drawOne(t, h.staff)
				if quoting.DelegationProblem(policy, from, to, noon, noon.AddDate(0, 0, 5), h.given) == nil {
					h.given = append(h.given, quoting.Delegation{From: from.ID, To: to.ID, Since: noon, Until: noon.AddDate(0, 0, 5)})
				}
			},
			"pass on": func(t *rapid.T) {
				by := who(t)
				o, to := h.organisation(), drawOne(t, h.staff)
				open := o.OpenSteps(policy, h.q, *h.v())
				if quoting.DecideProblem(h.q, *h.v(), open, by, mine(by)) != nil {
					t.Skip()
				}
				step := quoting.Mine(open, by.ID)[0].ApprovalStep
				if o.ReassignProblem(h.q, *h.v(), step, to) == nil {
					h.asked = append(h.asked, quoting.StepRequest{Branch: step.Branch, Level: step.Level, Person: to.ID, Via: quoting.ByReassignment})
				}
			},
			"escalate": func(t *rapid.T) {
				h.T = t
				o := h.organisation()
				for _, s := range o.OpenSteps(policy, h.q, *h.v()) {
					for _, p := range o.Higher(h.q, *h.v(), s, quoting.ByEscalation) {
						h.asked = append(h.asked, quoting.StepRequest{Branch: s.Branch, Level: s.Level, Person: p.ID, Via: quoting.ByEscalation})
					}
				}
			},
			"change roles": func(t *rapid.T) {
				h.T = t
				h.staff[rapid.IntRange(0, len(h.staff)-1).Draw(t, "of")].Roles = quoting.Exclusive(drawStaff(t)[0].Roles)
			},
			"bar": func(t *rapid.T) {
				h.T = t
				if len(h.barred) < 1 {
					h.barred = append(h.barred, drawOne(t, h.staff).ID)
				}
			},
			"": func(t *rapid.T) {
				for _, s := range h.v().Steps {
					for what, by := range last() {
						if by == s.By {
							t.Fatalf("%s %d of v%d stands by %s, who set %s", s.Branch, s.Level, h.v().Number, s.By.Object, what)
						}
					}
				}
			},
		})
		decided += h.decided
	})
	if t.Logf("%d decisions", decided); decided == 0 {
		t.Error("nobody decided anything")
	}
}

// TestWhoSetAPriceHasSetItUntilItIsAnother has prices of several people stand, go and come.
func TestWhoSetAPriceHasSetItUntilItIsAnother(t *testing.T) {
	t.Parallel()
	rapid.Check(t, often(func(t *rapid.T) {
		var v quoting.Version
		authors := map[string]quoting.PersonID{}
		for range rapid.IntRange(1, 5).Draw(t, "versions") {
			who := named(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "who")).ID
			before := v.Setters
			v.Request.Terms = drawOwnTerms(t)
			if h := v.Request.Terms.Header; h != nil && rapid.Bool().Draw(t, "in dollars") {
				h.Amount, h.Percent = h.Percent, nil
			}
			v.SetBy(before, who)
			stand := map[string]quoting.PersonID{}
			for _, what := range prices(v.Request.Terms) {
				stand[what] = who
				if by, stood := authors[what]; stood {
					stand[what] = by
				}
			}
			authors = stand
			var want, got []string
			for _, by := range stand {
				want = append(want, by.Object)
			}
			for _, s := range v.Setters {
				got = append(got, s.By.Object)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%v are by %+v: -want +got\n%s", authors, v.Setters, diff)
			}
		}
	}))
}

// TestNobodyTakesTwoStepsOfALargeVersionWithoutASignIn has people of many roles approve in
// any order, where the policy wants a second approver.
func TestNobodyTakesTwoStepsOfALargeVersionWithoutASignIn(t *testing.T) {
	t.Parallel()
	second := *demoPolicy(t)
	second.StepUp.Method = quoting.SecondApprover
	rapid.Check(t, often(func(t *rapid.T) {
		staff := drawStaff(t)
		q := quoting.Quote{ID: 1001, Owner: drawOne(t, staff).ID, State: quoting.Open, Current: 1}
		v, o := drawPending(t, staff), drawOrganisation(t, staff, q.Owner)
		v.Priced.Amount, v.Steps = dollars("100000.01"), nil
		for range 12 {
			by := drawOne(t, staff)
			open := o.OpenSteps(&second, q, v)
			if quoting.DecideProblem(q, v, open, by, v.DecisionNonce(quoting.Mine(open, by.ID))) == nil {
				v.Steps = append(v.Steps, o.Take(&second, q, v, by.ID, noon)...)
			}
		}
		for i, s := range v.Steps {
			for _, other := range v.Steps[:i] {
				if other.By == s.By {
					t.Fatalf("%s took %s %d and %s %d", s.Name, other.Branch, other.Level, s.Branch, s.Level)
				}
			}
		}
	}))
}

// drawMeasured is a version of which every rule of the matrix may fire, of one line that
// another one can be worse than.
func drawMeasured(t *rapid.T) quoting.Version {
	draw := func(name string, from, to int) string {
		n := rapid.IntRange(from, to).Draw(t, name)
		return fmt.Sprintf("%d.%02d", n/100, n%100)
	}
	v := judgedAs(func(v *quoting.Version) {
		v.Number = 1
		v.Priced.Amount = dollars(draw("amount", 4_000_000, 60_000_000))
		v.Priced.Margin.Percent = decimal.MustParse(draw("margin", 1000, 3500))
		v.Priced.Lines = []quoting.Line{hardware("BAT-B", draw("book", 1_000_000, 1_400_000), "10000.00", draw("cost", 700_000, 1_010_000))}
		v.Request.Terms.Payment = rapid.SampledFrom([]quoting.PaymentTerms{"", "NET30", "NET45", "NET60", "NET90"}).Draw(t, "terms")
		v.Request.Terms.ValidDays = rapid.SampledFrom([]int{0, 30, 45, 60, 75, 90, 120}).Draw(t, "validity")
		if rapid.Bool().Draw(t, "deposit") {
			v.Request.Terms.Deposit = numberOf("0")
		}
	})
	return v
}

// measure is one of the things that the matrix looks at, and how to move it.
type measure struct {
	rule string
	move func(*quoting.Version, *rapid.T, bool)
}

// measures move one measured value, to the worse or to the better, at the same lines and at
// no lower a price.
func measures() []measure {
	step := func(t *rapid.T) quoting.Money {
		return dollars(rapid.SampledFrom([]string{"0.01", "1.00", "5000.00", "150000.00"}).Draw(t, "step"))
	}
	percent := func(t *rapid.T) decimal.Decimal {
		return decimal.MustParse(rapid.SampledFrom([]string{"0.01", "1.00", "4.00", "9.00"}).Draw(t, "step"))
	}
	return []measure{
		{"amount", func(v *quoting.Version, t *rapid.T, worse bool) {
			by := step(t)
			if !worse {
				by = by.Neg()
			}
			v.Priced.Amount, _ = v.Priced.Amount.Add(by)
		}},
		{"margin", func(v *quoting.Version, t *rapid.T, worse bool) {
			by := percent(t)
			if worse {
				by = by.Neg()
			}
			v.Priced.Margin.Percent, _ = v.Priced.Margin.Percent.Add(by)
		}},
		{"line margin", func(v *quoting.Version, t *rapid.T, worse bool) {
			by := decimal.MustParse(rapid.SampledFrom([]string{"1.00", "100.00", "600.00"}).Draw(t, "step"))
			if !worse {
				by = by.Neg()
			}
			v.Priced.Lines = slices.Clone(v.Priced.Lines)
			v.Priced.Lines[0].Cost.Decimal, _ = v.Priced.Lines[0].Cost.Decimal.Add(by)
		}},
		{"discount", func(v *quoting.Version, t *rapid.T, worse bool) { // the list price moves, what is charged does not
			by := dollars(rapid.SampledFrom([]string{"2.00", "100.00", "800.00"}).Draw(t, "step"))
			if !worse {
				by = by.Neg()
			}
			v.Priced.Lines = slices.Clone(v.Priced.Lines)
			v.Priced.Lines[0].Book, _ = v.Priced.Lines[0].Book.Add(by)
		}},
		{"terms", func(v *quoting.Version, t *rapid.T, worse bool) {
			days, _ := v.Request.Terms.Payment.Days()
			by := rapid.IntRange(1, 40).Draw(t, "step")
			if !worse {
				by = -min(by, days)
			}
			v.Request.Terms.Payment = quoting.PaymentTerms(fmt.Sprint("NET", days+by))
		}},
		{"validity", func(v *quoting.Version, t *rapid.T, worse bool) {
			by := rapid.IntRange(1, 40).Draw(t, "step")
			if !worse {
				by = -min(by, v.Request.Terms.ValidDays)
			}
			v.Request.Terms.ValidDays += by
		}},
	}
}

func stepOf(needs []quoting.ApprovalNeed, rule string) string {
	for _, n := range needs {
		if n.Rule == rule {
			return stepName(n.Branch, n.Level)
		}
	}
	return ""
}

// TestWhatGotWorseIsDecidedAgainAndNothingElse moves one measured value of a version on which
// everybody has decided.
func TestWhatGotWorseIsDecidedAgainAndNothingElse(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rapid.Check(t, often(func(t *rapid.T) {
		old := drawMeasured(t)
		old.Approvals = quoting.Approvals(policy, old)
		for i, step := range quoting.Chain(old.Approvals) {
			old.Steps = append(old.Steps, quoting.StepDecision{Branch: step.Branch, Level: step.Level, By: named(string(rune('a' + i))).ID, At: noon})
		}
		moved := rapid.SampledFrom(measures()).Draw(t, "measure")
		worse := rapid.Bool().Draw(t, "worse")
		v := old
		v.Number, v.Steps = 2, nil
		moved.move(&v, t, worse)
		v.Approvals = quoting.Approvals(policy, v)
		kept := v.Carried(policy, quoting.Quote{ID: 1001, Owner: riley.ID}, old)

		have := names(kept)
		was, is := stepOf(old.Approvals, moved.rule), stepOf(v.Approvals, moved.rule)
		if cmp.Diff(old.Approvals, v.Approvals) == "" { // it was within the limits, and is, or below what is measured
			was, is, worse = "", "", false
		}
		if worse && slices.Contains(have, is) {
			t.Fatalf("%s of %v is worse, and %s stands", moved.rule, v.Approvals, is)
		}
		if worse && slices.Contains(have, was) {
			t.Fatalf("%s was %v and is %v, and %s, which decided on it, stands", moved.rule, old.Approvals, v.Approvals, was)
		}
		if policy.Large(v) && !policy.Large(old) {
			if len(kept) > 0 {
				t.Fatalf("%v stand on a version that has become large", have)
			}
			return
		}
		for _, step := range quoting.Chain(v.Approvals) {
			name := stepName(step.Branch, step.Level)
			concerned := name == is || name == was || len(step.Why) == 0 && worse
			if !slices.Contains(have, name) && (!worse || !concerned) && slices.Contains(names(old.Steps), name) {
				t.Fatalf("%s got no worse for %s (%s → %s), which is decided again", moved.rule, name, was, is)
			}
		}
		for _, s := range kept {
			i := slices.IndexFunc(old.Steps, func(d quoting.StepDecision) bool { return d.Branch == s.Branch && d.Level == s.Level })
			want := old.Steps[i]
			want.CarriedFrom = 1
			if diff := cmp.Diff(want, s); diff != "" {
				t.Fatalf("-want +got\n%s", diff)
			}
		}
	}))
}

// TestNothingIsCarriedOverOtherPiecesOrLowerPrices changes what is sold, to whom or for how
// much, or makes an approver a party.
func TestNothingIsCarriedOverOtherPiecesOrLowerPrices(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	old := whole(policy, func(v *quoting.Version) {
		v.Number, v.Priced.Amount = 3, dollars("60000")
		v.Request.Terms.Deposit = numberOf("0")
		v.Priced.Lines = append(v.Priced.Lines, hardware("DUP-U", "500.00", "500.00", "300"))
	})
	old.Steps = []quoting.StepDecision{
		{Branch: quoting.CommercialBranch, Level: 1, By: morgan.ID, Name: morgan.Name, At: noon},
		{Branch: quoting.CommercialBranch, Level: 2, By: named("Finn").ID, Name: "Finn", At: noon, CarriedFrom: 1},
	}
	line := func(change func(*quoting.Line)) func(*quoting.Version) {
		return func(v *quoting.Version) { change(&v.Priced.Lines[1]) }
	}
	for _, tc := range []struct {
		name   string
		change func(*quoting.Version)
		want   []string
	}{
		{"as it was", func(*quoting.Version) {}, []string{"c1", "c2"}},
		{"dearer", line(func(l *quoting.Line) { l.Unit, l.Extended = dollars("501.00"), dollars("501.00") }), []string{"c1", "c2"}},
		{"a line in two", func(v *quoting.Version) {
			half := v.Priced.Lines[1]
			half.Extended, half.Qty = dollars("250.00"), 0
			v.Priced.Lines[1].Extended = dollars("250.00")
			v.Priced.Lines = append(v.Priced.Lines, half)
		}, []string{"c1", "c2"}},
		{"the lines in another order", func(v *quoting.Version) { slices.Reverse(v.Priced.Lines) }, []string{"c1", "c2"}},
		{"a cent cheaper", line(func(l *quoting.Line) { l.Extended = dollars("499.99") }), nil},
		{"a cent more of the discount", line(func(l *quoting.Line) { l.Share = dollars("0.01") }), nil},
		{"one piece more at the same sum", line(func(l *quoting.Line) { l.Qty = 2 }), nil},
		{"one piece less", line(func(l *quoting.Line) { l.Qty = 0 }), nil},
		{"another item", line(func(l *quoting.Line) { l.SKU = "DUP-V" }), nil},
		{"a line more", func(v *quoting.Version) {
			v.Priced.Lines = append(v.Priced.Lines, hardware("BAT-C", "1.00", "1.00", "0.10"))
		}, nil},
		{"a line less", func(v *quoting.Version) { v.Priced.Lines = v.Priced.Lines[:1] }, nil},
		{"another customer", func(v *quoting.Version) { v.Customer.ID++ }, nil},
		{"a prospect of another name", func(v *quoting.Version) { v.Customer.Name = "Acme" }, nil},
		{"another technology", func(v *quoting.Version) { v.System.Technology = quoting.PoC }, nil},
		{"the manager set a price", func(v *quoting.Version) { v.Setters = []quoting.Setter{{What: "price", By: morgan.ID}} }, []string{"c2"}},
		{"finance set a price", func(v *quoting.Version) { v.Setters = []quoting.Setter{{What: "price", By: named("Finn").ID}} }, []string{"c1"}},
		{"a deposit, so that finance is not asked", func(v *quoting.Version) { v.Request.Terms.Deposit = nil }, []string{"c1"}},
		{"a level more", func(v *quoting.Version) { v.Request.Terms.ValidDays = 91 }, []string{"c1", "c2"}},
		{"a rule more of a level that was", func(v *quoting.Version) { v.Customer.CreditHold = true }, []string{"c1"}},
		{"a rule more of a level that was on the way", func(v *quoting.Version) { v.Request.Terms.ValidDays = 31 }, []string{"c2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := old
			v.Number, v.Steps, v.Priced.Lines = 4, nil, slices.Clone(old.Priced.Lines)
			tc.change(&v)
			v.Approvals = quoting.Approvals(policy, v)
			kept := v.Carried(policy, quoting.Quote{ID: 1001, Owner: riley.ID}, old)
			if diff := cmp.Diff(tc.want, names(kept)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if next := v.After(policy, quoting.Quote{ID: 1001, Owner: riley.ID}, old, riley.ID); v.Setters == nil && cmp.Diff(kept, next.Steps) != "" {
				t.Errorf("the next version has %+v", next.Steps)
			}
			for _, s := range kept {
				if want := map[int]int{1: 3, 2: 1}[s.Level]; s.CarriedFrom != want {
					t.Errorf("level %d is carried from v%d, want v%d", s.Level, s.CarriedFrom, want)
				}
			}
		})
	}
}

func TestASecondApproverIsAskedInEachBranch(t *testing.T) {
	t.Parallel()
	second := *demoPolicy(t)
	second.StepUp.Method = quoting.SecondApprover
	dual := named("Dual", quoting.SalesManager, quoting.Engineering)
	v := judgedAs(func(v *quoting.Version) { v.Priced.Amount = dollars("100000.01") })
	v.Number, v.State, v.Nonce = 1, quoting.Pending, "n"
	v.Approvals = []quoting.ApprovalNeed{{Branch: quoting.CommercialBranch, Level: 1}, {Branch: quoting.EngineeringBranch, Level: 1}}
	q := quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: 1}
	if got := names(deciding(dual).Take(&second, q, v, dual.ID, noon)); len(got) != 1 {
		t.Errorf("one click of one person takes %v", got)
	}
}

// reworked is a version after one that has all its steps taken by one person each, or all by
// the same.
func reworked(t *testing.T, policy *quoting.Policy, by func(level int) quoting.StepDecision, old, now func(*quoting.Version)) (quoting.Version, []quoting.StepDecision) {
	t.Helper()
	was := whole(policy, old)
	for _, step := range quoting.Chain(was.Approvals) {
		d := by(step.Level)
		d.Branch, d.Level, d.At = step.Branch, step.Level, noon
		was.Steps = append(was.Steps, d)
	}
	if len(was.Steps) == 0 {
		t.Fatal("nothing was approved before")
	}
	v := whole(policy, now)
	v.Number = 2
	return v, v.Carried(policy, quoting.Quote{ID: 1001, Owner: riley.ID, Current: 2}, was)
}

func TestAMeasureThatGetsWorseIsDecidedAgainByWhoDecidedOnIt(t *testing.T) {
	t.Parallel()
	morgans := func(int) quoting.StepDecision { return quoting.StepDecision{By: morgan.ID} }
	_, kept := reworked(t, demoPolicy(t), morgans,
		func(v *quoting.Version) { v.Priced.Amount, v.Request.Terms.Payment = dollars("99000.00"), "NET45" },
		func(v *quoting.Version) { v.Priced.Amount, v.Request.Terms.Payment = dollars("240000.00"), "NET45" })
	if len(kept) > 0 {
		t.Errorf("who approved 99,000.00 has approved 240,000.00: %+v", kept)
	}
}

func TestAStepForSomebodyWhoThenSetsAPriceIsNotCarried(t *testing.T) {
	t.Parallel()
	doras := func(int) quoting.StepDecision {
		return quoting.StepDecision{By: named("Dora").ID, For: morgan.ID, ForName: morgan.Name}
	}
	late := func(v *quoting.Version) { v.Request.Terms.Payment = "NET45" }
	_, kept := reworked(t, demoPolicy(t), doras, late, func(v *quoting.Version) { late(v); v.Setters = []quoting.Setter{{What: "price", By: morgan.ID}} })
	if len(kept) > 0 {
		t.Errorf("a step in the place of who set a price stands: %+v", kept)
	}
}

func TestTwoStepsOfOnePersonAreNotCarriedOntoALargeVersion(t *testing.T) {
	t.Parallel()
	morgans := func(level int) quoting.StepDecision {
		return quoting.StepDecision{By: morgan.ID, SamePerson: level > 1}
	}
	small := *demoPolicy(t)
	small.StepUp.Method, small.StepUp.Amount = quoting.SecondApprover, decimal.MustParse("48000.00")
	v, kept := reworked(t, &small, morgans,
		func(v *quoting.Version) { v.Priced.Amount, v.Request.Terms.Payment = dollars("49000.00"), "NET60" },
		func(v *quoting.Version) { v.Priced.Amount, v.Request.Terms.Payment = dollars("49500.00"), "NET60" })
	if !small.Large(v) || len(kept) != 1 {
		t.Errorf("a large version has %+v", kept)
	}
}

func TestOtherMonthsAreOtherPieces(t *testing.T) {
	t.Parallel()
	morgans := func(int) quoting.StepDecision { return quoting.StepDecision{By: morgan.ID} }
	service := func(units, months int) func(*quoting.Version) {
		return func(v *quoting.Version) {
			l := hardware("VIS-SUB-M", "27.00", "27.00", "10")
			l.Type, l.Qty, l.Units, l.Months, l.Extended = quoting.Service, units*months, units, months, dollars("648.00")
			v.Request.Terms.Payment, v.Priced.Lines = "NET45", []quoting.Line{l}
		}
	}
	if _, kept := reworked(t, demoPolicy(t), morgans, service(2, 12), service(1, 24)); len(kept) > 0 {
		t.Errorf("who approved two radios for a year has approved one for two: %+v", kept)
	}
}
