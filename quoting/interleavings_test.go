package quoting_test

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
)

// The life of one quote as a model: what the database holds, and everything that may happen
// to it, each with a budget. All orders of what may happen are walked, every one once, and
// each step is judged by rules that are written here once more, from what is promised and
// not from the code. A click is two events, the card that somebody sees and the click that
// arrives, so that every delay, double click and second device is among the orders.

// happening is a kind of event.
type happening int

const (
	submits happening = iota
	revises
	recalls
	accepts
	cancels
	expires
	staffs // the directory changes: roles are given and taken
	remanages
	delegates
	undelegates
	reassigns
	escalates
	verifies
	moves
	reprices
	repolicies
	happenings
)

var happeningNames = [...]string{"submit", "revise", "recall", "accept", "cancel", "expire", "staff", "remanage", "delegate", "undelegate", "reassign", "escalate", "verify", "move", "reprice", "repolicy"}

// actor is somebody of a story.
type actor struct {
	quoting.Person
	cards int // how many cards the person may look at
	acts  []quoting.Action
}

// story is a dealer, one quote, and how often each thing may happen to it.
type story struct {
	name      string
	people    []actor // the first owns the quote
	above     [][]int // whom the owner reports to, one after another change of the directory
	stands    [][2]int
	changes   []change // of the directory, each once
	policies  []*quoting.Policy
	contents  []func(*quoting.Version) // what a version may be: the first, revisions, and last what an offer makes of it
	offer     bool                     // a request for changes offers the last content
	unchecked bool                     // NetSuite has not confirmed a new version
	budget    map[happening]int8
}

type change struct {
	who   int
	roles []quoting.Role
}

// life is what the database holds, and what is on its way to it.
type life struct {
	policy   int // in force
	judged   int // the policy that the version was made under
	quote    quoting.QuoteState
	content  int
	version  *quoting.Version // shared by states until it is changed
	rounds   int
	changed  uint8 // of the directory's changes
	above    int
	standing uint8 // of the delegations
	asked    []quoting.StepRequest
	cards    []card
	proofs   []card
	seen     [8]int8 // cards that each may still look at
	left     [happenings]int8

	last *trail
}

// card is an approval's card in a chat, or a sign-in that proves a click on one.
type card struct {
	who     int
	version int
	nonce   string
	takes   string // the steps that were open to the person when it was made
	left    int8   // clicks
	acted   bool
}

// trail is how a state was reached, for the one who reads a failure.
type trail struct {
	event, what string
	who, to     int
	from        *trail
}

func (t *trail) String() string {
	var all []string
	for ; t != nil; t = t.from {
		all = append(all, fmt.Sprintf("%s(%d %d %s)", t.event, t.who, t.to, t.what))
	}
	slices.Reverse(all)
	return strings.Join(all, " → ")
}

// model walks a story.
type model struct {
	*testing.T
	story
	clicks    int8                // that may arrive from one card
	templates [][]quoting.Version // by policy and content
	cores     map[string]bool     // states that were looked at, without what is on its way
	live      map[string]bool
	organised map[[3]uint8]quoting.Organisation

	states, transitions, refused, acted, approved int
	interleavings                                 uint64
}

// stepName is a step as "c1" or "e1".
func stepName(branch quoting.Branch, level int) string {
	if branch == quoting.EngineeringBranch {
		return engineeringNames[level]
	}
	return commercialNames[level]
}

var commercialNames, engineeringNames = []string{"", "c1", "c2", "c3", "c4"}, []string{"", "e1"}

// whole is a version that may be submitted, of one line, with what its content changes.
func whole(p *quoting.Policy, change func(*quoting.Version)) quoting.Version {
	v := judgedAs(func(*quoting.Version) {})
	v.Quote, v.Number, v.State, v.Policy = 1001, 1, quoting.Draft, p.Version
	v.Request = quoting.Request{Users: 60, Sites: 3, Industry: "construction"}
	v.Priced.Lines = []quoting.Line{hardware("BAT-B", "10000.00", "10000.00", "4000")}
	v.Priced.Total = dollars("10000.00")
	v.PricesAt, v.ValidUntil, v.CreatedAt = noon, noon.AddDate(0, 0, 30), noon
	v.Check = quoting.Check{State: quoting.Verified, At: noon}
	change(&v)
	v.Approvals = quoting.Approvals(p, v)
	return v
}

func newModel(t *testing.T, s story, clicks int8) *model {
	m := &model{T: t, story: s, clicks: clicks, cores: map[string]bool{}, live: map[string]bool{}, organised: map[[3]uint8]quoting.Organisation{}}
	for _, p := range s.policies {
		var all []quoting.Version
		for _, content := range s.contents {
			v := whole(p, content)
			if s.unchecked {
				v.Check = quoting.Check{State: quoting.Unverified, At: noon}
			}
			all = append(all, v)
		}
		m.templates = append(m.templates, all)
	}
	return m
}

func (m *model) first() life {
	l := life{quote: quoting.Open, version: &m.templates[0][0]}
	for i, a := range m.people {
		l.seen[i] = int8(a.cards)
	}
	for h, n := range m.budget {
		l.left[h] = n
	}
	return l
}

func (l *life) asQuote() quoting.Quote {
	return quoting.Quote{ID: 1001, Owner: riley.ID, State: l.quote, Current: l.version.Number, Estimate: quoting.NoEstimate}
}

// person is somebody with the roles of this moment.
func (m *model) person(l *life, who int) quoting.Person {
	p := m.people[who].Person
	for i, c := range m.changes {
		if c.who == who && l.changed&(1<<i) != 0 {
			p.Roles = c.roles
		}
	}
	return p
}

func (m *model) index(id quoting.PersonID) int {
	return slices.IndexFunc(m.people, func(a actor) bool { return a.ID == id })
}

func (m *model) organisation(l *life) quoting.Organisation {
	key := [3]uint8{l.changed, uint8(l.above), l.standing}
	o, known := m.organised[key]
	if !known {
		for who := range m.people {
			if p := m.person(l, who); p.MayDecide() {
				o.People = append(o.People, p)
			}
		}
		for _, who := range m.above[l.above] {
			o.Above = append(o.Above, m.people[who].ID)
		}
		o.Delegations = m.delegations(l)
		m.organised[key] = o
	}
	o.Asked = l.asked
	return o
}

func (m *model) delegations(l *life) []quoting.Delegation {
	var all []quoting.Delegation
	for i, d := range m.stands {
		if l.standing&(1<<i) != 0 {
			all = append(all, quoting.Delegation{From: m.people[d[0]].ID, To: m.people[d[1]].ID, Since: noon, Until: noon.AddDate(0, 0, 5)})
		}
	}
	return all
}

// core is what decides what may happen, as a key: everything but what is on its way.
func (m *model) core(l *life, b []byte) []byte {
	v := l.version
	b = append(b, byte(l.policy), byte(l.judged), l.quote[0], byte(l.content), byte(v.Number), v.State[0], v.State[2], v.Check.State[0], byte(l.rounds), l.changed, byte(l.above), l.standing, '|')
	b = append(append(b, v.Nonce...), '|')
	for i := range 5 { // in one order, whichever was taken first
		for _, s := range v.Steps {
			if at := s.Level - 1; at == i && s.Branch == quoting.CommercialBranch || i == 4 && s.Branch == quoting.EngineeringBranch {
				same := byte(0)
				if s.SamePerson {
					same = 1
				}
				b = append(b, s.Branch[0], byte(s.Level), byte(m.index(s.By)), byte(m.index(s.For)), byte(s.CarriedFrom), same)
			}
		}
	}
	b = append(b, '|')
	for _, s := range v.Setters {
		b = append(append(b, s.What...), byte(m.index(s.By)))
	}
	b = append(b, '|')
	if d := v.Decision; d != nil {
		b = append(b, d.Action[2], byte(m.index(d.By)), byte(m.index(d.For)))
	}
	b = append(b, '|')
	for _, r := range l.asked {
		b = append(b, r.Branch[0], byte(r.Level), byte(m.index(r.Person)), r.Via[0])
	}
	return b
}

func (m *model) key(l *life) string {
	b := append(m.core(l, make([]byte, 0, 160)), '#')
	for _, cards := range [][]card{l.cards, l.proofs} {
		for _, c := range cards {
			acted := byte(c.left)
			if c.acted {
				acted |= 0x80
			}
			b = append(append(b, byte(c.who), byte(c.version), acted), c.nonce...)
		}
		b = append(b, '#')
	}
	for _, n := range l.seen {
		b = append(b, byte(n))
	}
	for _, n := range l.left {
		b = append(b, byte(n))
	}
	return string(b)
}

func (l *life) clone() *life {
	n := *l
	n.asked, n.cards, n.proofs = slices.Clip(l.asked), slices.Clone(l.cards), slices.Clone(l.proofs)
	return &n
}

// change is the version to be changed, shared with no other state.
func (l *life) change() *quoting.Version {
	v := *l.version
	v.Steps = slices.Clip(v.Steps)
	l.version = &v
	return l.version
}

// The desk, in short.

func (m *model) submit(l *life) bool {
	p, q := m.policies[l.policy], l.asQuote()
	if quoting.SubmitProblem(p, q, *l.version, q.Owner, noon) != nil {
		return false
	}
	v := l.change()
	to, ok := v.State.Next(quoting.Submit)
	if !ok {
		m.Fatalf("%s: a submit without a problem has no state to go to", l.last)
	}
	l.rounds++
	v.State, v.Nonce, v.SubmittedAt = to, fmt.Sprintf("r%d", l.rounds), noon
	m.settle(l)
	return true
}

// settle approves what needs nobody and has its prices confirmed.
func (m *model) settle(l *life) {
	if to, ok := l.version.State.Next(quoting.Approve); ok && l.version.WaitsForPrices() && l.version.Check.Passed(noon, time.Minute) {
		v := l.change()
		v.State, v.Decision = to, &quoting.Decision{Action: quoting.Approve, At: noon}
	}
}

// renew makes the next version.
func (m *model) renew(l *life, content int, by quoting.PersonID) bool {
	old := l.version
	if _, ok := old.State.Next(quoting.Supersede); !ok {
		return false
	}
	draft, as := *old, m.templates[l.policy][content]
	draft.State, draft.Number = quoting.Draft, old.Number+1
	draft.Request, draft.System, draft.Priced, draft.Approvals, draft.Policy, draft.Check = as.Request, as.System, as.Priced, as.Approvals, as.Policy, as.Check
	next := draft.After(m.policies[l.policy], l.asQuote(), *old, by)
	l.version = &next
	l.content, l.judged, l.asked = content, l.policy, nil
	return true
}

func (m *model) click(l *life, c *card, action quoting.Action, proved bool) {
	p, q, v := m.policies[l.policy], l.asQuote(), l.version
	if c.version != q.Current {
		return
	}
	o, by := m.organisation(l), m.person(l, c.who)
	open := o.OpenSteps(p, q, *v)
	if quoting.DecideProblem(q, *v, open, by, c.nonce) != nil {
		return
	}
	if action == quoting.Approve && !v.Check.Passed(noon, time.Minute) {
		return
	}
	if action == quoting.Approve && p.StepUp.Method == quoting.SignInAgain && p.Large(*v) && !proved {
		l.proofs = append(l.proofs, card{who: c.who, version: c.version, nonce: c.nonce, takes: c.takes, left: 1})
		return
	}
	to, ok := v.State.Next(action)
	if !ok {
		m.Fatalf("%s: a decision without a problem has no state to go to", l.last)
	}
	c.acted, v = true, l.change()
	as := quoting.Mine(open, by.ID)[0].As(by.ID).For
	if action == quoting.Approve {
		v.Steps = append(v.Steps, o.Take(p, q, *v, by.ID, noon)...)
		if len(v.Waiting()) > 0 {
			return
		}
	}
	v.State, v.Decision = to, &quoting.Decision{Action: action, By: by.ID, Name: by.Name, At: noon, For: as.ID}
	if action == quoting.RequestChanges && m.offer {
		v.Decision.Offer = &quoting.Offered{}
	}
}

// sees is the card that somebody would see now; false where it has no buttons that decide.
func (m *model) sees(l *life, who int) (card, bool) {
	p, q, v := m.policies[l.policy], l.asQuote(), *l.version
	if v.State != quoting.Pending {
		return card{}, false
	}
	open := m.organisation(l).OpenSteps(p, q, v)
	by := m.person(l, who)
	mine := quoting.Mine(open, by.ID)
	nonce := v.DecisionNonce(mine)
	if len(mine) == 0 || quoting.DecideProblem(q, v, open, by, nonce) != nil {
		return card{}, false
	}
	var takes []string
	for _, s := range mine {
		takes = append(takes, stepName(s.Branch, s.Level))
	}
	return card{who: who, version: v.Number, nonce: nonce, takes: strings.Join(takes, " "), left: m.clicks}, true
}

// each hands over every state that may follow.
func (m *model) each(l *life, follows func(*life)) {
	try := func(h happening, who, to int, do func(*life) bool) {
		if l.left[h] == 0 {
			return
		}
		n := l.clone()
		n.left[h]--
		n.last = &trail{happeningNames[h], "", who, to, l.last}
		if do(n) {
			m.judge(l, n, nil, "")
			follows(n)
		}
	}
	q, v := l.asQuote(), *l.version
	try(submits, 0, 0, m.submit)
	for content := range m.contents {
		if content != l.content || v.State != quoting.Draft {
			try(revises, 0, content, func(n *life) bool { return !l.quote.Ended() && m.renew(n, content, q.Owner) })
		}
	}
	try(recalls, 0, 0, func(n *life) bool {
		to, ok := v.State.Next(quoting.Recall)
		if may := quoting.RecallProblem(q, v, q.Owner) == nil; !may || !ok {
			if may {
				m.Fatalf("%s: a recall without a problem has no state to go to", n.last)
			}
			return false
		}
		n.change().State = to
		return true
	})
	try(accepts, 0, 0, func(n *life) bool {
		if quoting.AcceptProblem(q, v, q.Owner) != nil {
			return false
		}
		by, last := q.Owner, len(m.contents)-1
		if m.templates[l.policy][last].Priced.Total.Cmp(v.Priced.Total) < 0 {
			by = v.Decision.By
		}
		if !m.renew(n, last, by) {
			return false
		}
		m.submit(n) // or it stays a draft
		return true
	})
	try(cancels, 0, 0, func(n *life) bool {
		n.quote = quoting.Cancelled
		return quoting.EndProblem(q, v, quoting.Cancelled, q.Owner, "it is over") == nil
	})
	try(expires, 0, 0, func(n *life) bool {
		n.quote = quoting.Expired
		return !l.quote.Ended()
	})
	for i, c := range m.changes {
		if l.changed&(1<<i) == 0 {
			try(staffs, c.who, i, func(n *life) bool { n.changed |= 1 << i; return true })
		}
	}
	try(remanages, 0, 0, func(n *life) bool { n.above++; return n.above < len(m.above) })
	for i, d := range m.stands {
		try(delegates, d[0], d[1], func(n *life) bool {
			n.standing |= 1 << i
			return quoting.DelegationProblem(m.policies[l.policy], m.person(l, d[0]), m.person(l, d[1]), noon, noon.AddDate(0, 0, 5), m.delegations(l)) == nil && n.standing != l.standing
		})
		try(undelegates, d[0], d[1], func(n *life) bool { n.standing &^= 1 << i; return n.standing != l.standing })
	}
	m.eachAsked(l, try)
	try(verifies, 0, 0, func(n *life) bool {
		n.change().Check = quoting.Check{State: quoting.Verified, At: noon}
		m.settle(n)
		return (v.State == quoting.Draft || v.State == quoting.Pending) && !l.quote.Ended() && v.Check.State != quoting.Verified
	})
	try(moves, 0, 0, func(n *life) bool {
		moved := n.change()
		moved.Check = quoting.Check{State: quoting.Moved, At: noon}
		if to, ok := v.State.Next(quoting.HandBack); ok {
			moved.State, moved.Nonce, moved.SubmittedAt = to, "", time.Time{}
		}
		return (v.State == quoting.Draft || v.State == quoting.Pending) && !l.quote.Ended()
	})
	try(reprices, 0, 0, func(n *life) bool {
		return !l.quote.Ended() && v.State == quoting.Draft && v.Check.State == quoting.Moved && m.renew(n, min(1, len(m.contents)-1), q.Owner)
	})
	try(repolicies, 0, 0, func(n *life) bool { n.policy++; return n.policy < len(m.policies) })
	m.eachClick(l, follows)
}

// eachAsked has a step passed on and escalated.
func (m *model) eachAsked(l *life, try func(happening, int, int, func(*life) bool)) {
	if l.left[reassigns] == 0 && l.left[escalates] == 0 || l.version.State != quoting.Pending || l.quote.Ended() {
		return
	}
	p, q, v, o := m.policies[l.policy], l.asQuote(), *l.version, m.organisation(l)
	open := o.OpenSteps(p, q, v)
	ask := func(n *life, step quoting.ApprovalStep, who quoting.PersonID, via quoting.Via) bool {
		for _, r := range l.asked {
			if r.Branch == step.Branch && r.Level == step.Level && r.Person == who {
				return false
			}
		}
		n.asked = append(n.asked, quoting.StepRequest{Branch: step.Branch, Level: step.Level, Person: who, Via: via})
		return true
	}
	for who := range m.people {
		if _, may := m.sees(l, who); !may {
			continue
		}
		step := quoting.Mine(open, m.people[who].ID)[0].ApprovalStep
		for to := range m.people {
			try(reassigns, who, to, func(n *life) bool {
				return o.ReassignProblem(q, v, step, m.person(l, to)) == nil && ask(n, step, m.people[to].ID, quoting.ByReassignment)
			})
		}
	}
	for _, s := range open {
		try(escalates, 0, s.Level, func(n *life) bool {
			asked := false
			for _, p := range o.Higher(q, v, s, quoting.ByEscalation) {
				asked = ask(n, s.ApprovalStep, p.ID, quoting.ByEscalation) || asked
			}
			return asked
		})
	}
}

// eachClick has cards looked at and clicks arrive.
func (m *model) eachClick(l *life, follows func(*life)) {
	for who := range m.people {
		if l.seen[who] == 0 {
			continue
		}
		if c, ok := m.sees(l, who); ok {
			n := l.clone()
			n.seen[who]--
			n.cards = append(n.cards, c)
			sortCards(n.cards)
			n.last = &trail{"see", c.nonce, who, 0, l.last}
			m.judge(l, n, nil, "")
			follows(n)
		}
	}
	for i, c := range l.cards {
		if c.left == 0 || i > 0 && l.cards[i-1] == c {
			continue
		}
		for _, action := range m.people[c.who].acts {
			n := l.clone()
			n.cards[i].left--
			n.last = &trail{string(action), c.nonce, c.who, 0, l.last}
			m.click(n, &n.cards[i], action, false)
			m.judge(l, n, &c, action)
			sortCards(n.cards)
			sortCards(n.proofs)
			follows(n)
		}
	}
	for i, c := range l.proofs {
		if c.left == 0 || i > 0 && l.proofs[i-1] == c {
			continue
		}
		n := l.clone()
		n.proofs[i].left--
		n.last = &trail{"prove", c.nonce, c.who, 0, l.last}
		m.click(n, &n.proofs[i], quoting.Approve, true)
		m.judge(l, n, &c, quoting.Approve)
		sortCards(n.proofs)
		follows(n)
	}
}

func sortCards(cards []card) {
	slices.SortFunc(cards, func(a, b card) int {
		if a.who != b.who {
			return a.who - b.who
		}
		if a.version != b.version {
			return a.version - b.version
		}
		if c := strings.Compare(a.nonce, b.nonce); c != 0 {
			return c
		}
		if a.left != b.left {
			return int(a.left - b.left)
		}
		return map[bool]int{true: 1}[a.acted] - map[bool]int{true: 1}[b.acted]
	})
}

// What is promised.

// lawful are the states that a version may pass to, beside staying as it is.
var lawful = map[quoting.VersionState][]quoting.VersionState{
	quoting.Draft:   {quoting.Pending, quoting.Approved}, // approved at once: nobody has to
	quoting.Pending: {quoting.Approved, quoting.Rejected, quoting.ChangesRequested, quoting.Recalled, quoting.Draft},
}

var levelOf = map[quoting.Role]int{quoting.SalesManager: 1, quoting.Finance: 2, quoting.VP: 3, quoting.Owner: 4}

// holds says whether roles have the level of a step.
func holds(p quoting.Person, branch quoting.Branch, level int) bool {
	return slices.ContainsFunc(p.Roles, func(r quoting.Role) bool {
		if branch == quoting.EngineeringBranch {
			return r == quoting.Engineering
		}
		return levelOf[r] >= level
	})
}

// hasPart says whether somebody may not decide on a version whatever the role: by a part in
// it, or as an admin.
func hasPart(v quoting.Version, p quoting.Person) bool {
	return p.ID == riley.ID || p.Has(quoting.Admin) || slices.ContainsFunc(v.Setters, func(s quoting.Setter) bool { return s.By == p.ID })
}

// wants are the steps that a version needs, by its rules.
func wants(v quoting.Version) (steps []string) {
	highest, engineering := 0, false
	for _, n := range v.Approvals {
		if n.Branch == quoting.EngineeringBranch {
			engineering = true
		} else {
			highest = max(highest, n.Level)
		}
	}
	for level := range highest {
		steps = append(steps, fmt.Sprint("c", level+1))
	}
	if engineering {
		steps = append(steps, "e1")
	}
	return steps
}

func names(steps []quoting.StepDecision) (all []string) {
	for _, s := range steps {
		all = append(all, stepName(s.Branch, s.Level))
	}
	return all
}

// judge holds what happened to what is promised. With a click, from is its card.
func (m *model) judge(l, n *life, from *card, action quoting.Action) {
	m.transitions++
	wrong := func(format string, args ...any) {
		m.Helper()
		m.Fatalf("%s: %s", n.last, fmt.Sprintf(format, args...))
	}
	was, is := l.version, n.version
	if l.quote != quoting.Open && (n.quote != l.quote || was.State != is.State || len(was.Steps) != len(is.Steps) || was.Number != is.Number) {
		wrong("something happened to a quote that is %s", l.quote)
	}
	if was == is {
		if from != nil {
			m.refused++
		}
		return
	}
	if is.Number != was.Number {
		m.judgeRenewal(*was, *is, wrong)
	} else {
		if is.State != was.State && !slices.Contains(lawful[was.State], is.State) {
			wrong("a version that was %s is %s", was.State, is.State)
		}
		if was.State == quoting.Draft && is.State == quoting.Pending && was.Check.State == quoting.Moved {
			wrong("it was submitted at prices that have moved")
		}
		if was.Decision != nil && is.Decision != was.Decision {
			wrong("a version is decided twice")
		}
		taken := is.Steps[min(len(was.Steps), len(is.Steps)):]
		if !slices.Equal(is.Steps[:len(is.Steps)-len(taken)], was.Steps) {
			wrong("a step that was taken is another one")
		}
		if len(taken) > 0 && from == nil {
			wrong("a step was taken without a click")
		}
		m.judgeTaken(l, n, from, taken, wrong)
	}
	for i, name := range names(is.Steps) {
		if slices.Index(names(is.Steps), name) != i {
			wrong("%s was taken twice", name)
		}
		if p := m.person(n, m.index(is.Steps[i].By)); p.ID == riley.ID || slices.ContainsFunc(is.Setters, func(s quoting.Setter) bool { return s.By == p.ID }) {
			wrong("%s was taken by %s, who has a part in it", name, p.Name)
		}
	}
	if is.State == quoting.Approved && was.State != quoting.Approved {
		m.approved++
		have := names(is.Steps)
		for _, step := range wants(*is) {
			if !slices.Contains(have, step) {
				wrong("it is approved without %s", step)
			}
		}
		if is.Check.State != quoting.Verified {
			wrong("it is approved at prices that are %s", is.Check.State)
		}
	}
	if from == nil {
		return
	}
	m.acted++
	if from.acted {
		wrong("a card that has decided decides again")
	}
	if action == quoting.Approve && is.State == quoting.Pending {
		for _, s := range quoting.Mine(m.organisation(n).OpenSteps(m.policies[n.policy], n.asQuote(), *is), m.people[from.who].ID) {
			if slices.Contains(names(is.Steps[len(was.Steps):]), stepName(s.Branch, s.Level-1)) {
				wrong("who took the step before is asked for %s as well", stepName(s.Branch, s.Level))
			}
		}
	}
	if action != quoting.Approve && (is.Decision == nil || is.Decision.By != m.people[from.who].ID) {
		wrong("a %s is by somebody else", action)
	}
	if first := strings.Fields(from.takes)[0]; from.version != is.Number || !strings.HasPrefix(from.nonce, was.Nonce+".") || slices.Contains(names(was.Steps), first) {
		wrong("a card of version %d, %s, took something of version %d, %s", from.version, from.nonce, is.Number, was.Nonce)
	}
	decider := m.person(l, from.who)
	if hasPart(*was, decider) || !slices.ContainsFunc(strings.Fields(from.takes), func(s string) bool {
		return holds(decider, map[byte]quoting.Branch{'c': quoting.CommercialBranch, 'e': quoting.EngineeringBranch}[s[0]], int(s[1]-'0'))
	}) {
		wrong("%s decided without the right to", decider.Name)
	}
}

// judgeTaken holds the steps that a click took to what its card showed and its clicker may.
func (m *model) judgeTaken(l, n *life, from *card, taken []quoting.StepDecision, wrong func(string, ...any)) {
	v := *n.version
	for i, s := range taken {
		name := stepName(s.Branch, s.Level)
		by := m.person(l, m.index(s.By))
		switch {
		case s.By != m.people[from.who].ID:
			wrong("%s was taken by somebody else than clicked", name)
		case hasPart(v, by):
			wrong("%s was taken by %s, who has a part in it or is an admin", name, by.Name)
		case !holds(by, s.Branch, s.Level):
			wrong("%s was taken by %s, whose roles are %v", name, by.Name, by.Roles)
		case s.CarriedFrom != 0:
			wrong("%s was taken by a click and is carried", name)
		}
		if s.For != (quoting.PersonID{}) {
			instead := m.person(l, m.index(s.For))
			inForce := slices.ContainsFunc(m.delegations(l), func(d quoting.Delegation) bool { return d.From == s.For && d.To == s.By })
			if !inForce || hasPart(v, instead) || !holds(instead, s.Branch, s.Level) {
				wrong("%s was taken for %s, whose roles are %v: in force %t", name, instead.Name, instead.Roles, inForce)
			}
		}
		if s.Branch == quoting.CommercialBranch && s.Level > 1 && !slices.Contains(names(v.Steps[:len(v.Steps)-len(taken)+i]), stepName(s.Branch, s.Level-1)) {
			wrong("%s was taken before the level below", name)
		}
		if follows := i > 0 && taken[i-1].Branch == s.Branch; s.SamePerson != follows || follows && taken[i-1].Level != s.Level-1 {
			wrong("%s was passed over: %t", name, s.SamePerson)
		} else if !follows && !slices.Contains(strings.Fields(from.takes), name) {
			wrong("%s was taken by a card that was made for %s", name, from.takes)
		}
		if p := m.policies[l.policy]; p.StepUp.Method == quoting.SecondApprover && p.Large(v) && slices.ContainsFunc(v.Steps[:len(v.Steps)-len(taken)+i], func(d quoting.StepDecision) bool { return d.By == s.By }) {
			wrong("%s was taken by %s, who has taken a step of this large quote already", name, by.Name)
		}
	}
}

// judgeRenewal holds a new version to what it may have of the one before: approvals alone.
func (m *model) judgeRenewal(was, is quoting.Version, wrong func(string, ...any)) {
	if is.Number != was.Number+1 || is.Decision != nil && is.State != quoting.Approved {
		wrong("version %d follows version %d, decided by %+v", is.Number, was.Number, is.Decision)
	}
	if is.State == quoting.Draft && (is.Nonce != "" || !is.SubmittedAt.IsZero()) || is.State != quoting.Draft && is.Nonce == was.Nonce {
		wrong("a new version that is %s has the buttons of the round %q", is.State, is.Nonce)
	}
	for _, s := range is.Steps {
		i := slices.IndexFunc(was.Steps, func(d quoting.StepDecision) bool { return d.Branch == s.Branch && d.Level == s.Level })
		if i < 0 || was.Steps[i].By != s.By || s.CarriedFrom != max(was.Steps[i].CarriedFrom, was.Number) && s.CarriedFrom != was.Steps[i].CarriedFrom || s.CarriedFrom == 0 {
			wrong("%+v was carried from %+v", s, was.Steps)
		}
	}
}

// look holds a state to what is promised of every one: who else may not decide, that the
// order of the branches does not matter, and that there is a way on.
func (m *model) look(l *life) {
	core := string(m.core(l, nil))
	if m.cores[core] {
		return
	}
	m.cores[core] = true
	if l.version.State != quoting.Pending || l.quote != quoting.Open {
		return
	}
	p, q, v, o := m.policies[l.policy], l.asQuote(), *l.version, m.organisation(l)
	open := o.OpenSteps(p, q, v)
	nonces := []string{v.Nonce, "", "r0.c1"}
	for who := range m.people {
		nonces = append(nonces, v.DecisionNonce(quoting.Mine(open, m.people[who].ID)))
	}
	for who := range m.people {
		by := m.person(l, who)
		for _, nonce := range nonces {
			if quoting.DecideProblem(q, v, open, by, nonce) != nil {
				continue
			}
			may := slices.ContainsFunc(open, func(s quoting.OpenStep) bool { return holds(by, s.Branch, s.Level) })
			if hasPart(v, by) || !may || nonce == v.Nonce || !strings.HasPrefix(nonce, v.Nonce+".") {
				m.Fatalf("%s: %s, %v, may decide with %q", l.last, by.Name, by.Roles, nonce)
			}
		}
	}
	m.lookAtTurns(open, v)
	m.lookAtOrder(l)
	if m.canBeApproved(l) {
		return
	}
	steps := v.Waiting()
	if m.manned(l, steps, nil) {
		m.Fatalf("%s: it waits for %d steps that can be taken, and cannot be approved: %s", l.last, len(steps), quoting.WaitsFor(open))
	}
}

// lookAtTurns holds the steps that are open to the first of each branch that is not taken.
func (m *model) lookAtTurns(open []quoting.OpenStep, v quoting.Version) {
	have, turns := names(v.Steps), map[byte]string{}
	for _, step := range wants(v) {
		if turns[step[0]] == "" && !slices.Contains(have, step) {
			turns[step[0]] = step
		}
	}
	for _, s := range open {
		if name := stepName(s.Branch, s.Level); turns[name[0]] != name {
			m.Fatalf("it is the turn of %s, with %v of %v taken", name, have, wants(v))
		}
	}
	if len(open) != len(turns) {
		m.Fatalf("%d steps are open, want %v", len(open), turns)
	}
}

// lookAtOrder has two people take a commercial and an engineering step, either first.
func (m *model) lookAtOrder(l *life) {
	after := func(first, second card) string {
		n := l.clone()
		n.change().Check = quoting.Check{State: quoting.Verified, At: noon}
		m.click(n, &first, quoting.Approve, true)
		m.click(n, &second, quoting.Approve, true)
		got := names(n.version.Steps)
		slices.Sort(got)
		return fmt.Sprint(n.version.State, got)
	}
	for who := range m.people {
		for other := range m.people {
			a, mayA := m.sees(l, who)
			b, mayB := m.sees(l, other)
			if mayA && mayB && a.takes[0] == 'c' && b.takes[0] == 'e' && !strings.Contains(a.takes, "e") {
				if one, two := after(a, b), after(b, a); one != two {
					m.Fatalf("%s: %s or %s, by which branch comes first", l.last, one, two)
				}
			}
		}
	}
}

// manned says whether each of the steps has somebody who could take it, by the roles and
// parts alone; where nobody takes two, all different.
func (m *model) manned(l *life, steps []quoting.ApprovalStep, taken []quoting.PersonID) bool {
	if len(steps) == 0 {
		return true
	}
	p, v := m.policies[l.policy], *l.version
	second := p.StepUp.Method == quoting.SecondApprover && p.Large(v)
	if taken == nil && second {
		for _, s := range v.Steps {
			taken = append(taken, s.By)
		}
	}
	step := steps[0]
	for who := range m.people {
		by := m.person(l, who)
		managerElsewhere := step.Level == 1 && step.Branch == quoting.CommercialBranch && !slices.Contains(m.above[l.above], who) && !holds(by, step.Branch, 2)
		if hasPart(v, by) || !holds(by, step.Branch, step.Level) || managerElsewhere || second && slices.Contains(taken, by.ID) {
			continue
		}
		if m.manned(l, steps[1:], append(slices.Clip(taken), by.ID)) {
			return true
		}
	}
	return false
}

// canBeApproved says whether there is a way on from a state to an approved version: by
// looking at cards that are up to date, escalations and proofs.
func (m *model) canBeApproved(l *life) bool {
	if l.version.State == quoting.Approved {
		return true
	}
	core := string(m.core(l, nil))
	if live, known := m.live[core]; known {
		return live
	}
	m.live[core] = false
	n := l.clone()
	n.change().Check = quoting.Check{State: quoting.Verified, At: noon}
	m.settle(n)
	live := n.version.State == quoting.Approved
	for who := 0; who < len(m.people) && !live; who++ {
		if c, ok := m.sees(n, who); ok {
			after := n.clone()
			m.click(after, &c, quoting.Approve, true)
			live = m.canBeApproved(after)
		}
	}
	n.left[reassigns], n.left[escalates] = 0, 1
	m.eachAsked(n, func(h happening, _, _ int, do func(*life) bool) {
		if after := n.clone(); h == escalates && !live && do(after) {
			live = m.canBeApproved(after)
		}
	})
	m.live[core] = live
	return live
}

// walk visits every state of a story, level by level: each event takes one unit of a budget,
// so that no order leads back.
func (m *model) walk() {
	type reached struct {
		life
		orders uint64
	}
	first := m.first()
	level := map[string]*reached{m.key(&first): {first, 1}}
	for len(level) > 0 {
		next := map[string]*reached{}
		for _, r := range level {
			m.states++
			m.look(&r.life)
			ends := true
			m.each(&r.life, func(n *life) {
				ends = false
				key := m.key(n)
				known, ok := next[key]
				if !ok {
					next[key] = &reached{*n, r.orders}
					return
				}
				var carry uint64
				if known.orders, carry = bits.Add64(known.orders, r.orders, 0); carry != 0 {
					m.Fatal("more orders than can be counted")
				}
			})
			if ends {
				var carry uint64
				if m.interleavings, carry = bits.Add64(m.interleavings, r.orders, 0); carry != 0 {
					m.Fatal("more orders than can be counted")
				}
			}
		}
		level = next
	}
}

func named(name string, roles ...quoting.Role) quoting.Person {
	return quoting.Person{ID: quoting.PersonID{Tenant: "t", Object: name}, Name: name, Roles: roles}
}

var decides, approves = []quoting.Action{quoting.Approve, quoting.Reject, quoting.RequestChanges}, []quoting.Action{quoting.Approve}

// stories are the quotes whose lives are walked.
func stories(t *testing.T) []story {
	normal := demoPolicy(t)
	second, strict, trusting := *normal, *normal, *normal
	second.StepUp.Method = quoting.SecondApprover
	strict.Approval.Amount = decimals("40000.00 80000.00 250000.00 500000.00")

	trusting.StepUp.Amount, trusting.StepUp.Margin = decimals("900000.00")[0], decimals("1")[0]

	owner := actor{Person: riley}
	amount := func(text string) func(*quoting.Version) {
		return func(v *quoting.Version) { v.Priced.Amount = dollars(text) }
	}
	terms := func(days string) func(*quoting.Version) {
		return func(v *quoting.Version) { v.Request.Terms.Payment = quoting.PaymentTerms(days) }
	}
	booster := func(v *quoting.Version) {
		v.System.Findings = []quoting.Finding{{Rule: "L12", Sentence: "A booster.", Engineering: true}}
	}
	off := func(percent, net string) func(*quoting.Version) {
		return func(v *quoting.Version) {
			v.Request.Terms.Header = &quoting.HeaderDiscount{Percent: numberOf(percent)}
			v.Priced.Lines[0].Extended, v.Priced.Lines[0].Unit = dollars(net), dollars(net)
			v.Priced.Total = dollars(net)
		}
	}
	both := func(all ...func(*quoting.Version)) func(*quoting.Version) {
		return func(v *quoting.Version) {
			for _, change := range all {
				change(v)
			}
		}
	}
	morgan := actor{Person: named("Morgan", quoting.SalesManager), cards: 1, acts: decides}
	kim := actor{Person: named("Kim", quoting.SalesManager), cards: 1, acts: decides}
	finn := actor{Person: named("Finn", quoting.Finance), cards: 1, acts: approves}
	gail := actor{Person: named("Gail", quoting.Finance), cards: 1, acts: approves}
	vera := actor{Person: named("Vera", quoting.VP), cards: 1, acts: approves}
	eve := actor{Person: named("Eve", quoting.Engineering), cards: 1, acts: decides}
	with := func(a actor, cards int, acts ...quoting.Action) actor { a.cards, a.acts = cards, acts; return a }
	all := []story{
		{
			name:   "two managers, a step that is passed on, another manager, and a role that is taken away",
			people: []actor{owner, with(morgan, 2, quoting.Approve, quoting.Reject), with(kim, 1, quoting.Approve), {Person: named("Ada", quoting.Admin), cards: 1, acts: approves}},
			above:  [][]int{{1, 2}, {2}}, policies: []*quoting.Policy{normal}, contents: []func(*quoting.Version){amount("60000"), amount("60001")},
			changes: []change{{1, []quoting.Role{quoting.Rep}}, {2, []quoting.Role{quoting.Admin}}},
			budget:  map[happening]int8{submits: 2, revises: 1, recalls: 1, reassigns: 1, remanages: 1, staffs: 1},
		},
		{
			name:   "two of finance and a delegate",
			people: []actor{owner, with(morgan, 1, quoting.Approve), with(finn, 1, quoting.Approve, quoting.Reject), gail, {Person: named("Dora", quoting.VP), cards: 2, acts: approves}},
			above:  [][]int{{1}}, stands: [][2]int{{1, 4}, {2, 4}, {4, 2}}, policies: []*quoting.Policy{normal}, contents: []func(*quoting.Version){terms("NET60")},
			changes: []change{{2, []quoting.Role{quoting.Auditor}}, {1, []quoting.Role{}}},
			budget:  map[happening]int8{submits: 1, delegates: 2, undelegates: 1, staffs: 1},
		},
		{
			name:   "one person of the levels 1, 2 and 4, and another of level 3",
			people: []actor{owner, {Person: named("Alex", quoting.SalesManager, quoting.Finance, quoting.Owner), cards: 3, acts: approves}, with(vera, 2, quoting.Approve, quoting.RequestChanges)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{&trusting}, contents: []func(*quoting.Version){both(amount("600000"), terms("NET60")), both(amount("600000"), terms("NET45"))},
			budget: map[happening]int8{submits: 2, revises: 1, recalls: 1, cancels: 1},
		},
		{
			name:   "levels 1 and 3 of one person and finance between them, carried or not",
			people: []actor{owner, {Person: named("Alex", quoting.SalesManager, quoting.VP), cards: 3, acts: approves}, with(finn, 1, quoting.Approve), with(gail, 1, quoting.Reject)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{&trusting}, contents: []func(*quoting.Version){both(amount("260000"), terms("NET60")), both(amount("260000"), terms("NET90")), both(amount("300000"), terms("NET60"))},
			budget: map[happening]int8{submits: 2, revises: 1, expires: 1},
		},
		{
			name:   "engineering beside the commercial branch",
			people: []actor{owner, with(morgan, 1, quoting.Approve, quoting.Reject), with(finn, 1, quoting.Approve), with(eve, 2, quoting.Approve, quoting.RequestChanges), with(actor{Person: named("Erin", quoting.Engineering)}, 1, quoting.Approve)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{normal}, contents: []func(*quoting.Version){both(terms("NET60"), booster), terms("NET60")},
			changes: []change{{3, []quoting.Role{quoting.Rep}}},
			budget:  map[happening]int8{submits: 2, revises: 1, staffs: 1},
		},
		{
			name:   "an offer of an approver, who then has a part in it",
			people: []actor{owner, with(morgan, 2, quoting.Approve, quoting.RequestChanges), with(kim, 2, quoting.Approve, quoting.RequestChanges), {Person: named("Dora", quoting.SalesManager), cards: 1, acts: approves}},
			above:  [][]int{{1, 2}}, stands: [][2]int{{1, 3}, {2, 3}}, policies: []*quoting.Policy{normal},
			contents: []func(*quoting.Version){both(off("6", "9400.00")), both(off("5.5", "9450.00")), both(off("10", "9000.00"))}, offer: true,
			budget: map[happening]int8{submits: 1, revises: 1, accepts: 2, delegates: 1, cancels: 1},
		},
		{
			name:   "prices that move while it waits",
			people: []actor{owner, with(morgan, 2, quoting.Approve, quoting.Reject), finn},
			above:  [][]int{{1}}, policies: []*quoting.Policy{normal}, contents: []func(*quoting.Version){both(terms("NET60")), both(terms("NET60"), amount("60000")), amount("100")}, unchecked: true,
			budget: map[happening]int8{submits: 2, verifies: 2, moves: 1, reprices: 1, revises: 1},
		},
		{
			name:   "a large quote that is proved by a sign-in, and a policy that changes",
			people: []actor{owner, with(morgan, 2, quoting.Approve), with(finn, 1, quoting.Approve), with(actor{Person: named("Max", quoting.SalesManager, quoting.Finance)}, 1, quoting.Approve)},
			above:  [][]int{{1}, {3}}, policies: []*quoting.Policy{normal, &second, &strict}, contents: []func(*quoting.Version){amount("120000")},
			changes: []change{{1, []quoting.Role{quoting.Rep}}},
			budget:  map[happening]int8{submits: 1, repolicies: 2, staffs: 1, remanages: 1},
		},
		{
			name:   "a limit that becomes stricter between two versions",
			people: []actor{owner, with(morgan, 2, quoting.Approve), with(finn, 2, quoting.Approve)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{normal, &strict}, contents: []func(*quoting.Version){amount("90000"), amount("90001"), amount("45000")},
			budget: map[happening]int8{submits: 3, repolicies: 1, revises: 2, recalls: 1},
		},
		{
			name:   "nobody of finance, and an escalation",
			people: []actor{owner, with(morgan, 1, quoting.Approve), vera, with(actor{Person: named("Olga", quoting.Owner)}, 1, quoting.Approve)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{&trusting}, contents: []func(*quoting.Version){both(terms("NET60"), amount("90000")), both(terms("NET60"), amount("260000"))},
			changes: []change{{1, []quoting.Role{}}, {2, []quoting.Role{quoting.Admin}}, {3, []quoting.Role{quoting.Auditor}}},
			budget:  map[happening]int8{submits: 2, escalates: 1, staffs: 2, revises: 1},
		},
		{
			name:   "a bit of everything",
			people: []actor{owner, with(morgan, 1, quoting.Approve, quoting.RequestChanges), with(kim, 1, quoting.Approve), with(finn, 1, quoting.Approve), with(eve, 1, quoting.Approve)},
			above:  [][]int{{1, 2}, {2}}, stands: [][2]int{{1, 3}}, policies: []*quoting.Policy{normal, &second},
			contents: []func(*quoting.Version){both(off("13", "8700.00"), booster), both(off("14", "8600.00"), booster)}, offer: true,
			changes: []change{{1, []quoting.Role{}}},
			budget:  map[happening]int8{submits: 1, accepts: 1, delegates: 1, staffs: 1, remanages: 1, repolicies: 1, cancels: 1},
		},
		{
			name:   "a second approver instead of a sign-in",
			people: []actor{owner, with(morgan, 1, quoting.Approve), with(actor{Person: named("Max", quoting.SalesManager, quoting.Finance, quoting.VP)}, 1, quoting.Approve), with(finn, 2, quoting.Approve)},
			above:  [][]int{{2, 1}, {1}}, policies: []*quoting.Policy{&second}, contents: []func(*quoting.Version){amount("120000"), amount("119000")},
			changes: []change{{2, []quoting.Role{quoting.Finance}}},
			budget:  map[happening]int8{submits: 2, revises: 1, staffs: 1, escalates: 1},
		},
		{
			name:   "a second approver, and somebody of both branches",
			people: []actor{owner, with(actor{Person: named("Dual", quoting.SalesManager, quoting.Engineering)}, 2, quoting.Approve), with(finn, 1, quoting.Approve), with(eve, 1, quoting.Approve)},
			above:  [][]int{{1}}, policies: []*quoting.Policy{&second, normal}, contents: []func(*quoting.Version){both(amount("120000"), booster)},
			budget: map[happening]int8{submits: 1, repolicies: 1, cancels: 1},
		},
	}
	return all
}

// TestEachStateLeadsWhereIsPromisedAndNowhereElse has every action in every state.
func TestEachStateLeadsWhereIsPromisedAndNowhereElse(t *testing.T) {
	t.Parallel()
	promised := map[quoting.VersionState]string{
		quoting.Draft:            "submit→pending supersede→superseded",
		quoting.Pending:          "approve→approved reject→rejected request_changes→changes_requested recall→recalled hand_back→draft supersede→superseded",
		quoting.Approved:         "supersede→superseded",
		quoting.ChangesRequested: "supersede→superseded",
		quoting.Rejected:         "supersede→superseded",
		quoting.Recalled:         "supersede→superseded",
		quoting.Superseded:       "",
		"":                       "",
	}
	for state, want := range promised {
		for _, action := range []quoting.Action{quoting.Submit, quoting.Approve, quoting.Reject, quoting.RequestChanges, quoting.Recall, quoting.HandBack, quoting.Supersede, ""} {
			to, ok := state.Next(action)
			leads := slices.Contains(strings.Fields(want), fmt.Sprintf("%s→%s", string(action), string(to)))
			if ok != leads || ok && to == "" || !ok && to != "" {
				t.Errorf("%s of %q leads to %q, %t", action, string(state), string(to), ok)
			}
		}
	}
}

// small is the story in which nothing happens more than twice.
func (s story) small() story {
	s.budget = maps.Clone(s.budget)
	for h, n := range s.budget {
		s.budget[h] = min(n, 2)
	}
	return s
}

// TestNoOrderOfEventsBreaksAPromise walks every order in which the events of each story can
// happen. Under -short the stories are small, and of one click a card.
func TestNoOrderOfEventsBreaksAPromise(t *testing.T) {
	t.Parallel()
	for _, s := range stories(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			began, clicks := time.Now(), int8(2)
			if testing.Short() {
				s, clicks = s.small(), 1
			}
			m := newModel(t, s, clicks)
			m.walk()
			t.Logf("%d states, %d transitions, %d interleavings; clicks: %d acted, %d changed nothing; %d ways into an approval; %d states that were looked at on their own; %s",
				m.states, m.transitions, m.interleavings, m.acted, m.refused, m.approved, len(m.cores), time.Since(began).Round(time.Millisecond))
			if m.acted == 0 || m.refused == 0 || m.approved == 0 {
				t.Error("nothing was tried")
			}
		})
	}
}
