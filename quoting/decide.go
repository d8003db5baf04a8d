package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// OpenStep is a step that waits to be taken now, and those of whom one may.
type OpenStep struct {
	ApprovalStep
	Deciders []Decider
}

// Front are the steps that a version waits for now: the first of each branch that is not
// taken, side by side.
func (v Version) Front() []ApprovalStep {
	var front []ApprovalStep
	for _, step := range v.Waiting() {
		if !slices.ContainsFunc(front, func(s ApprovalStep) bool { return s.Branch == step.Branch }) {
			front = append(front, step)
		}
	}
	return front
}

// OpenSteps are the steps that a version waits for now, with who may take them. Where the
// policy wants a second approver instead of a sign-in, nobody takes two steps of a large
// decision.
func (o Organisation) OpenSteps(p *Policy, q Quote, v Version) []OpenStep {
	var open []OpenStep
	for _, step := range v.Front() {
		deciders := o.Deciders(q, v, step)
		if p.StepUp.Method == SecondApprover && p.Large(v) {
			deciders = slices.DeleteFunc(deciders, func(d Decider) bool {
				return slices.ContainsFunc(v.Steps, func(taken StepDecision) bool {
					return taken.By == d.ID
				})
			})
		}
		open = append(open, OpenStep{step, deciders})
	}
	return open
}

// isOf says whether somebody has taken the step, or another in that person's place.
func (s StepDecision) isOf(who PersonID) bool { return s.By == who || s.For == who }

// Mine are those of the open steps that a person may take.
func Mine(open []OpenStep, who PersonID) []OpenStep {
	return slices.DeleteFunc(slices.Clone(open), func(s OpenStep) bool {
		return !slices.ContainsFunc(s.Deciders, func(d Decider) bool { return d.ID == who })
	})
}

// As is how a person takes the step.
func (s OpenStep) As(who PersonID) Decider {
	i := slices.IndexFunc(s.Deciders, func(d Decider) bool { return d.ID == who })
	if i < 0 {
		return Decider{}
	}
	return s.Deciders[i]
}

// AllDeciders are the deciders of all open steps, each once.
func AllDeciders(open []OpenStep) []Decider {
	var all []Decider
	for _, s := range open {
		for _, d := range s.Deciders {
			if !slices.ContainsFunc(all, func(known Decider) bool { return known.ID == d.ID }) {
				all = append(all, d)
			}
		}
	}
	return all
}

// WaitsFor is for whom the open steps wait: "Finn or Vera, and Eve".
func WaitsFor(open []OpenStep) string {
	var names []string
	for _, s := range open {
		who := make([]Person, len(s.Deciders))
		for i, d := range s.Deciders {
			who[i] = d.Person
		}
		names = append(names, orSomebody(Either(who)))
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, " or ") }) {
		return strings.Join(names, ", and ")
	}
	return strings.Join(names, " and ")
}

func waitsFor(open []OpenStep) string {
	if !slices.ContainsFunc(open, func(s OpenStep) bool { return len(s.Deciders) > 0 }) {
		return ""
	}
	return WaitsFor(open)
}

// ChainStep is a step as a card shows it: who takes it, or took it. It has no reasons, which
// not everybody may read.
type ChainStep struct {
	ApprovalStep
	Taken  *StepDecision
	Open   bool // it is this one's turn
	Who    []Decider
	Away   []Absence // of those who would take it
	NoChat []string  // who has not opened the service yet, by name
}

// Preview is the whole chain of a version: who has taken which step, and who would take the
// others.
func (o Organisation) Preview(p *Policy, q Quote, v Version) []ChainStep {
	front := o.OpenSteps(p, q, v)
	var all []ChainStep
	for _, step := range Chain(v.Approvals) {
		s := ChainStep{ApprovalStep: ApprovalStep{Branch: step.Branch, Level: step.Level, Role: step.Role}}
		if s.Taken = v.taken(step); s.Taken != nil {
			all = append(all, s)
			continue
		}
		s.Who = o.Deciders(q, v, step)
		if i := slices.IndexFunc(front, func(f OpenStep) bool { return f.Branch == step.Branch && f.Level == step.Level }); i >= 0 {
			s.Open, s.Who = true, front[i].Deciders
		}
		for _, d := range s.Who {
			if until, away := o.IsAway(d.ID); away {
				s.Away = append(s.Away, Absence{Person: d.ID, Name: d.Name, Until: until.In(p.CalendarOf(q.Team).zone())})
			}
			if slices.Contains(o.NoChat, d.ID) {
				s.NoChat = append(s.NoChat, d.Name)
			}
		}
		all = append(all, s)
	}
	return all
}

// RecallProblem says why somebody cannot take a version back from approval, as an error of
// kind Forbidden or Conflict.
func RecallProblem(q Quote, v Version, by PersonID) error {
	switch {
	case by != q.Owner:
		return Errorf(Forbidden, "Only the owner of %s can take it back.", q.ID)
	case v.Number != q.Current || q.State != Open || v.State != Pending:
		return Errorf(Conflict, "%s v%d is %s; only what waits for approval can be taken back.", q.ID, v.Number, v.State)
	}
	return nil
}

// AcceptProblem says why somebody cannot take the condition of an approver, as an error of
// kind Forbidden or Conflict.
func AcceptProblem(q Quote, v Version, by PersonID) error {
	switch {
	case by != q.Owner:
		return Errorf(Forbidden, "Only the owner of %s can take that.", q.ID)
	case v.Number != q.Current || q.State != Open || v.State != ChangesRequested || v.Decision == nil || v.Decision.Offer == nil:
		return Errorf(Conflict, "%s v%d is %s; there is no offer on it any more.", q.ID, v.Number, v.State)
	}
	return nil
}

// NewOffer is the condition that a command states; nil where it states none. What passes a
// rule over, or goes back, is no condition: the error is of kind Invalid.
func NewOffer(s Slots) (*Offered, error) {
	changes := s.Changes
	if s.DiscountPct != nil {
		changes = append(slices.Clone(changes), Change{Op: "set", Field: "discount_pct", Value: *s.DiscountPct})
	}
	for _, c := range changes {
		if c.Op == "override" || c.Op == "revert" {
			return nil, Errorf(Invalid, "That cannot be a condition. Say what should change, such as a discount, a number or a part.")
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return &Offered{Changes: changes}, nil
}

// OfTerms says whether a part of the condition is a price, a discount or how it is paid.
func (o Offered) OfTerms() bool {
	return slices.ContainsFunc(o.Changes, func(c Change) bool {
		return strings.HasPrefix(c.Field, "target_") ||
			slices.Contains([]string{"price", "payment_terms", "discount_pct", "discount_amount", "deposit_pct", "valid_days"}, c.Field)
	})
}

// String is the condition in a few words: "8% off".
func (o Offered) String() string {
	var parts []string
	for _, c := range o.Changes {
		if percent, ok := c.Value.(Number); ok && c.Op == "set" && c.Field == "discount_pct" && c.Scope == "" && percent.IsZero() {
			parts = append(parts, "no discount")
			continue
		}
		parts = append(parts, c.words())
	}
	return strings.Join(parts, ", ")
}

// Wish is what the approver asks for, in a sentence: the condition and the reason.
func (d Decision) Wish() string {
	switch {
	case d.Offer == nil:
		return d.Reason
	case d.Reason == "":
		return Capital(d.Offer.String()) + " instead."
	}
	return Capital(d.Offer.String()) + " instead. " + d.Reason
}

// DecisionNonce is what a person's buttons on a version carry: this round of approval, and
// the steps that they take. A button of an earlier step takes no later one.
func (v Version) DecisionNonce(mine []OpenStep) string {
	var nonce strings.Builder
	nonce.WriteString(v.Nonce)
	for _, s := range mine {
		fmt.Fprintf(&nonce, ".%c%d", s.Branch[0], s.Level)
	}
	return nonce.String()
}

// DecideProblem says why this person cannot decide on the version: a part in it (Forbidden),
// somebody else's to decide (Forbidden), or a state, version or nonce that has moved on
// (Conflict). Nil where the person can.
func DecideProblem(q Quote, v Version, open []OpenStep, by Person, nonce string) error {
	mine := Mine(open, by.ID)
	switch {
	case by.ID == q.Owner:
		return Errorf(Forbidden, "Nobody decides on a quote of their own. %s waits for %s.", q.ID, WaitsFor(open))
	case v.Number != q.Current:
		return Errorf(Conflict, "%s is at version %d now. This was version %d.", q.ID, q.Current, v.Number)
	case v.Decision != nil && v.Decision.Name != "":
		return Errorf(Conflict, "%s v%d is already %s, by %s at %s UTC.", q.ID, v.Number, v.State, v.Decision.Name, v.Decision.At.UTC().Format("15:04"))
	case q.State != Open:
		return Errorf(Conflict, "%s is %s.", q.ID, q.State)
	case v.State != Pending || v.Nonce == "":
		return Errorf(Conflict, "%s v%d is %s.", q.ID, v.Number, v.State)
	case by.Has(Admin):
		return Errorf(Forbidden, "Admins decide on no quotes. %s waits for %s.", q.ID, WaitsFor(open))
	case slices.Contains(v.Parties(q), by.ID):
		return Errorf(Forbidden, "You set a price or a discount that stands in %s, so somebody else decides: %s.", q.ID, WaitsFor(open))
	case len(mine) == 0:
		if taken := v.takenBy(by.ID); taken != nil {
			return Errorf(Conflict, "You approved %s v%d already, at %s UTC. It waits for %s.", q.ID, v.Number, taken.At.UTC().Format("15:04"), WaitsFor(open))
		}
		if first := v.takenInstead(by); first != nil {
			return Errorf(Forbidden, "%s approved that step of %s at %s UTC. It waits for %s.", first.Name, q.ID, first.At.UTC().Format("15:04"), WaitsFor(open))
		}
		return Errorf(Forbidden, "%s is not yours to decide. It waits for %s.", q.ID, WaitsFor(open))
	case v.DecisionNonce(mine) != nonce:
		return Errorf(Conflict, "%s v%d has moved on since this card was made. This is how it stands; look again and decide here.", q.ID, v.Number)
	}
	return nil
}

// DecidedBy says whether somebody has decided on the version, or taken a step of it.
func (v Version) DecidedBy(who PersonID) bool {
	return v.Decision != nil && v.Decision.By == who || v.takenBy(who) != nil
}

// takenInstead is the step that somebody of the person's role took before; nil: none.
func (v Version) takenInstead(who Person) *StepDecision {
	for _, step := range Chain(v.Approvals) {
		if !who.Has(step.Role) {
			continue
		}
		for i, s := range v.Steps {
			if s.Branch == step.Branch && s.Level == step.Level && s.By != who.ID && s.CarriedFrom == 0 {
				return &v.Steps[i]
			}
		}
	}
	return nil
}

func (v Version) takenBy(who PersonID) *StepDecision {
	for i, s := range slices.Backward(v.Steps) {
		if s.By == who && s.CarriedFrom == 0 {
			return &v.Steps[i]
		}
	}
	return nil
}

// Take is the steps that a person's approval takes: each of theirs that is open, and those
// that follow in the same branch for as long as the same person may take them too. A step
// that is carried, or anybody else's, ends the run.
func (o Organisation) Take(p *Policy, q Quote, v Version, by PersonID, at time.Time) []StepDecision {
	var taken []StepDecision
	for _, mine := range Mine(o.OpenSteps(p, q, v), by) {
		ahead := v
		ahead.Steps = append(slices.Clone(v.Steps), taken...)
		for same := false; ; same = true {
			open := Mine(o.OpenSteps(p, q, ahead), by)
			i := slices.IndexFunc(open, func(s OpenStep) bool { return s.Branch == mine.Branch })
			if i < 0 || same && open[i].Level != taken[len(taken)-1].Level+1 {
				break
			}
			as := open[i].As(by)
			step := StepDecision{Branch: mine.Branch, Level: open[i].Level, By: by, Name: as.Name, For: as.For.ID, ForName: as.For.Name, At: at, SamePerson: same}
			taken = append(taken, step)
			ahead.Steps = append(slices.Clone(ahead.Steps), step)
		}
	}
	return taken
}

// Carried are the approvals of an earlier version that hold for the next one: those of steps
// of whose rules none measures worse than it did, on the same customer and the same pieces
// at no lower a price, by and for people who have no part in the new version. Each keeps the
// version on which it was given. A version that has become large is decided on anew, so that
// it is proved.
func (v Version) Carried(p *Policy, q Quote, old Version) []StepDecision {
	if p.Large(v) && !p.Large(old) {
		return nil
	}
	if v.Customer.ID != old.Customer.ID || v.Customer.Name != old.Customer.Name || v.System.Technology != old.System.Technology || !noCheaper(old.Priced.Lines, v.Priced.Lines) {
		return nil
	}
	var kept []StepDecision
	for _, step := range Chain(v.Approvals) {
		was := old.taken(step)
		if was == nil || !noWorse(step, old.Approvals, v.Approvals) {
			continue
		}
		s := *was
		twice := p.StepUp.Method == SecondApprover && p.Large(v) && slices.ContainsFunc(kept, func(k StepDecision) bool { return k.By == s.By })
		if twice || slices.ContainsFunc(v.Parties(q), s.isOf) {
			continue
		}
		s.CarriedFrom = cmp.Or(s.CarriedFrom, old.Number)
		kept = append(kept, s)
	}
	return kept
}

// noWorse says whether no rule of a step measures worse than before, one that it decided on
// then and a higher step does now among them. A step without rules of its own is on the way to
// higher ones, and stands or falls with them.
func noWorse(step ApprovalStep, before, now []ApprovalNeed) bool {
	for _, was := range before {
		if was.Branch == step.Branch && was.Level == step.Level &&
			slices.ContainsFunc(now, func(n ApprovalNeed) bool { return n.Rule == was.Rule && n.Branch == was.Branch && n.worseThan(was) }) {
			return false
		}
	}
	concerned := step.Why
	if len(concerned) == 0 {
		for _, n := range now {
			if n.Branch == step.Branch && n.Level > step.Level {
				concerned = append(concerned, n)
			}
		}
	}
	return !slices.ContainsFunc(concerned, func(n ApprovalNeed) bool {
		return !slices.ContainsFunc(before, func(was ApprovalNeed) bool {
			return was.Rule == n.Rule && was.Branch == n.Branch && was.Level >= n.Level && !n.worseThan(was)
		})
	})
}

// worseThan compares what the same rule measured. What is no number is worse when it is
// another.
func (n ApprovalNeed) worseThan(was ApprovalNeed) bool {
	now, err := decimal.Parse(n.Measured)
	before, errBefore := decimal.Parse(was.Measured)
	if err != nil || errBefore != nil {
		days, isDays := PaymentTerms(n.Measured).Days()
		daysBefore, wasDays := PaymentTerms(was.Measured).Days()
		if isDays && wasDays {
			return days > daysBefore
		}
		return n.Measured != was.Measured || n.Sentence != was.Sentence
	}
	switch n.Rule {
	case "margin", "line margin":
		return now.Cmp(before) < 0
	case "amount", "discount", "validity":
		return now.Cmp(before) > 0
	}
	return now.Cmp(before) != 0 || n.Sentence != was.Sentence
}

// noCheaper says whether now has the same pieces as before, none of them at a lower net.
func noCheaper(before, now []Line) bool {
	type kind struct {
		sku           string
		months, weeks int
	}
	type piece struct {
		qty int
		net decimal.Decimal
	}
	sum := func(lines []Line) (map[kind]piece, bool) {
		all := map[kind]piece{}
		for _, l := range lines {
			net, err := l.Net()
			if err != nil {
				return nil, false
			}
			k := kind{l.SKU, l.Months, l.Weeks}
			p := all[k]
			total, err := p.net.Add(net.Amount)
			if err != nil {
				return nil, false
			}
			all[k] = piece{p.qty + l.Qty, total}
		}
		return all, true
	}
	was, ok := sum(before)
	is, okNow := sum(now)
	if !ok || !okNow || len(was) != len(is) {
		return false
	}
	for k, p := range is {
		if old, there := was[k]; !there || old.qty != p.qty || p.net.Cmp(old.net) < 0 {
			return false
		}
	}
	return true
}

// Large says whether a decision on a version has to be proved by a sign-in: its amount is
// over, or its margin under, what the policy says. A margin that nobody knows is under.
func (p *Policy) Large(v Version) bool {
	margin := v.Priced.Margin
	return v.Priced.Amount.Amount.Cmp(p.StepUp.Amount) > 0 || !margin.Known || margin.Percent.Cmp(p.StepUp.Margin) < 0
}

// Opinion is what somebody was asked about a version, who decides nothing by it.
type Opinion struct {
	Of      PersonID
	Name    string
	AskedBy string // display name
	By      PersonID
	Text    string // empty: not given yet
	AskedAt time.Time
}

// favoursNone are the parts of a policy whose change makes no quote need fewer approvals, and
// the matrix, which is compared.
var favoursNone = []string{
	"approval.", "prices.", "quarantine.", "drift.", "expiry.", "netsuite.", "limits.", "clocks.", "step_up.", "delegation.", "policy_favours_hours",
}

// FavoursAny says whether a change of the policy may favour any version: one of what sizes,
// prices, judges or compares a quote does, since what it would have been before is not worked
// out; so does one that lets lines be further off what is sized, or that cannot be read.
func FavoursAny(before, now *Policy) bool {
	changes, err := DiffPolicies(before, now)
	return err != nil || now.Approval.Engineering.OffSized > before.Approval.Engineering.OffSized || slices.ContainsFunc(changes, func(c PolicyChange) bool {
		return !slices.ContainsFunc(favoursNone, func(part string) bool { return strings.HasPrefix(c.Path, part) })
	})
}

// Favours says whether a version needs fewer approvals by the policy that made it than by the
// one before, by the matrix and by what engineering looks at.
func Favours(before, now *Policy, v Version) bool {
	was, is := before.Approval.Engineering, now.Approval.Engineering
	if users := v.Request.Users; users > was.Users && users <= is.Users {
		return true
	}
	if sites := v.Request.sites(); v.System.RepeatersPerSite > 0 && sites > was.LinkedSites && sites <= is.LinkedSites {
		return true
	}
	return slices.ContainsFunc(Chain(Approvals(before, v)), func(was ApprovalStep) bool {
		return !slices.ContainsFunc(Chain(v.Approvals), func(s ApprovalStep) bool { return s.Branch == was.Branch && s.Level == was.Level })
	})
}
