package desk_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
	"go.uber.org/zap/zaptest/observer"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

var vera = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "vera"}, Name: "Vera Vice", Roles: []quoting.Role{quoting.VP}}

// newOfficeAt is an office in which it is a time of the team's zone, in 2026: a zone that is as
// far from UTC as that takes, since NetSuite goes by the clocks of the real world. Its first look
// at the clocks, which the jobs begin with, is over: the others are the test's.
func newOfficeAt(t *testing.T, at string, change ...func(*quoting.Policy)) *office {
	t.Helper()
	o := newOffice(t, append(change, itIs(t, at))...)
	o.hasLooked()
	return o
}

// hasLooked waits until the first look at the clocks, which the jobs begin with, is over.
func (o *office) hasLooked() {
	o.t.Helper()
	o.eventually(1, `SELECT count(*) FROM heartbeats WHERE name = 'clocks'`)
}

// itIs has the team's zone be the one in which it is this time now.
func itIs(t *testing.T, at string) func(*quoting.Policy) {
	t.Helper()
	return func(p *quoting.Policy) {
		ahead := time.Until(moment(t, at, time.UTC))
		p.Clocks.Zone = quoting.Zone{Name: "the team's", Location: time.FixedZone("team", int(math.Ceil(ahead.Seconds())))}
	}
}

// moment is a time of a zone, in 2026: "Wed 2 Dec 09:00".
func moment(t testing.TB, text string, zone *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("Mon 2 Jan 15:04 2006", text+" 2026", zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// set makes it a time of the team's zone.
func (o *office) set(at string) {
	o.t.Helper()
	o.clock.advance(moment(o.t, at, o.Policy.CalendarOf("").Zone).Sub(o.clock.now()))
}

// look looks at the clocks at a time and waits until what came of it is delivered.
func (o *office) look(at string) {
	o.t.Helper()
	o.set(at)
	o.lookNow()
}

func (o *office) lookNow() {
	o.t.Helper()
	if err := o.LookAtClocks(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	o.eventually(0, `SELECT count(*) FROM messages WHERE state IN ('queued', 'sending')`)
}

// notices are the notices in somebody's chat that hold a text.
func (o *office) notices(p quoting.Person, text string) []quoting.Notice {
	var found []quoting.Notice
	for _, m := range o.teams.in("a:" + p.ID.Object) {
		if n := m.content.Notice; n != nil && strings.Contains(n.Title+" "+n.Text, text) {
			found = append(found, *n)
		}
	}
	return found
}

const reminded = "still waits for your decision"

// requests are how many cards ask somebody to decide.
func (o *office) requests(p quoting.Person) int {
	n := 0
	for _, m := range o.teams.in("a:" + p.ID.Object) {
		if m.content.View != nil && m.content.Approval {
			n++
		}
	}
	return n
}

func (o *office) wantReminders(p quoting.Person, want int) {
	o.t.Helper()
	if got := len(o.notices(p, reminded)); got != want {
		o.t.Errorf("%s was reminded %d times, want %d", p.Name, got, want)
	}
}

func (o *office) wantRequests(p quoting.Person, want int) {
	o.t.Helper()
	if got := o.requests(p); got != want {
		o.t.Errorf("%s was asked %d times, want %d", p.Name, got, want)
	}
}

func TestWhoDoesNotDecideIsRemindedAndThenTheNextLevelIsAskedAsWell(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	o.look("Wed 2 Dec 10:55")
	o.wantReminders(morgan, 0)
	for range 3 {
		o.look("Wed 2 Dec 11:05")
	}
	o.wantReminders(morgan, 1)
	n := o.notices(morgan, reminded)[0]
	if len(n.Choices) != 1 || n.Choices[0].Command.Intent != quoting.ApproveQuote || n.Choices[0].Command.Click != nil {
		t.Errorf("the reminder offers %+v", n.Choices)
	}
	before := o.requests(morgan)
	o.click(morgan, n.Choices[0].Command)
	o.eventually(0, `SELECT count(*) FROM messages WHERE state IN ('queued', 'sending')`)
	o.wantRequests(morgan, before+1)
	o.look("Wed 2 Dec 13:05")
	o.wantReminders(morgan, 2)
	o.wantRequests(finn, 0)
	o.look("Wed 2 Dec 17:05")
	o.wantReminders(morgan, 2)
	o.wantRequests(finn, 1)
	if told := o.notices(riley, "Finn Finance was asked as well"); len(told) != 1 {
		t.Errorf("the owner was told %+v", told)
	}
	o.look("Fri 4 Dec 10:00")
	o.wantRequests(finn, 1)
	o.wantReminders(morgan, 2)
	o.wantReminders(finn, 0)
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind IN ('approver_reminded', 'approval_escalated') AND actor_id IS NULL`); n != 3 {
		t.Errorf("%d events", n)
	}
	for _, who := range []quoting.Person{morgan, finn} {
		o.shown(who, "a way to decide", func(v quoting.View) bool { return v.CanDecide && v.Approver == "Morgan Manager or Finn Finance" })
	}
}

func TestNothingIsSentInQuietHoursOrTwiceOrForWhatWasMissed(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 16:30")
	o.staffed(finn)
	o.submitted()
	o.look("Wed 2 Dec 22:00") // an hour and a half of business
	o.look("Thu 3 Dec 06:00")
	o.wantReminders(morgan, 0)
	o.look("Thu 3 Dec 08:35")
	o.wantReminders(morgan, 1)
	o.look("Mon 7 Dec 03:00") // over since Thursday evening, and nobody has looked
	o.wantRequests(finn, 0)
	o.look("Mon 7 Dec 08:00")
	o.wantReminders(morgan, 1)
	o.wantRequests(finn, 1)
}

func TestARestartAndAClockThatJumpsLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	o.look("Wed 2 Dec 11:05")
	o.look("Tue 1 Dec 11:05") // the day before it was submitted
	o.look("Wed 2 Dec 09:30")
	o.look("Wed 2 Dec 11:10")
	o.wantReminders(morgan, 1)
	o.stop()
	o.Desk = o.beside()
	o.work()
	o.look("Wed 2 Dec 11:15")
	o.wantReminders(morgan, 1)
	o.look("Wed 2 Dec 13:05")
	o.wantReminders(morgan, 2)
}

// beside is another process on the same database.
func (o *office) beside(log ...*zap.Logger) *desk.Desk {
	o.t.Helper()
	config := o.Config
	config.Metrics = prometheus.NewRegistry()
	config.Log = zaptest.NewLogger(o.t, zaptest.Level(zap.WarnLevel))
	if len(log) > 0 {
		config.Log = log[0]
	}
	d := desk.New(config)
	if err := d.Load(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return d
}

func TestTwoProcessesThatLookAtOnceSendOnce(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	other := o.beside()
	for _, at := range []string{"Wed 2 Dec 11:05", "Wed 2 Dec 13:05", "Wed 2 Dec 17:05"} {
		o.set(at)
		var looking sync.WaitGroup
		for i := range 6 {
			looking.Go(func() {
				d := o.Desk
				if i%2 == 1 {
					d = other
				}
				if err := d.LookAtClocks(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		looking.Wait()
	}
	o.lookNow()
	o.wantReminders(morgan, 2)
	o.wantRequests(finn, 1)
	if n := o.count(`SELECT count(*) FROM nudges`); n != 3 {
		t.Errorf("%d nudges", n)
	}
}

func TestWhoIsAskedIsFoundOutAnewAtEachReminder(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn, vera)
	o.submitted()
	o.away(morgan, "Wed 2 Dec 10:00")
	o.away(finn, "Wed 2 Dec 10:00")
	o.look("Wed 2 Dec 11:05")
	o.wantReminders(morgan, 0) // nobody is reminded who is away
	o.wantRequests(finn, 0)
	o.wantRequests(vera, 1) // the nearest level at which somebody is there
	o.sql(`DELETE FROM absences`)
	o.look("Wed 2 Dec 13:05")
	o.wantReminders(morgan, 1)
	o.wantReminders(vera, 1)
	o.wantRequests(vera, 1)
	o.look("Wed 2 Dec 17:05")
	o.wantRequests(finn, 1)
}

// away has somebody out of office since a time, as if it was said.
func (o *office) away(p quoting.Person, since string) {
	o.t.Helper()
	from := moment(o.t, since, o.Policy.CalendarOf("").Zone)
	o.sql(`INSERT INTO absences (person_id, source, since, seen_at) SELECT id, 'said', $2, $2 FROM people WHERE object_id = $1`, p.ID.Object, from)
}

func TestAStepThatNobodyCouldTakeIsAskedForAsSoonAsSomebodyCan(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	o.submitted()
	o.sql(`UPDATE people SET roles = '{admin}' WHERE object_id = 'morgan'`)
	o.sql(`DELETE FROM approval_requests`)
	o.sql(`UPDATE people SET roles = '{rep}' WHERE object_id = 'finn'`)
	o.look("Wed 2 Dec 12:00")
	o.wantRequests(finn, 0)
	o.sql(`UPDATE people SET roles = '{finance}' WHERE object_id = 'finn'`)
	o.look("Wed 2 Dec 12:01")
	o.look("Wed 2 Dec 12:02")
	o.wantRequests(finn, 1)
}

func TestWhatIsDecidedIsRemindedOfNoMore(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	card := o.submitted()
	no := on(card, quoting.RejectQuote)
	no.Slots.Reason = "too cheap"
	o.click(morgan, no)
	o.look("Thu 3 Dec 17:05")
	o.wantReminders(morgan, 0)
	o.wantRequests(finn, 0)
}

func TestACustomerWhoWaitsHalvesTheClocks(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	v := o.submitted()
	o.click(riley, quoting.Command{Intent: quoting.CustomerWaits, Click: &quoting.Click{Quote: v.Quote, Version: v.Version}})
	o.look("Wed 2 Dec 10:05")
	o.wantReminders(morgan, 1)
	if n := o.notices(morgan, reminded); len(n) == 1 && !strings.Contains(n[0].Text, "The customer is waiting.") {
		t.Errorf("%q", n[0].Text)
	}
	o.look("Wed 2 Dec 13:05")
	o.wantRequests(finn, 1)
}

func TestAnEscalationSaysWhoWasAskedOrThatNobodyCanBe(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", []quoting.Person{finn, fay, vera})
	asked, alone := s.waitsFor(1, "morgan", 0), s.waitsFor(3, "vera", 0) // nobody is above Vera
	s.set("Wed 2 Dec 17:05")
	if err := s.LookAtClocks(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		who  quoting.Person
		says string
	}{
		{riley, asked.Quote.String() + " v1 has waited long for Morgan Manager. Fay Finance and Finn Finance were asked as well."},
		{riley, alone.Quote.String() + " v1 has waited long for Vera Vice, and nobody above can be asked: whoever has the role was, or has a part in the quote. An admin enters somebody."},
		{ada, alone.Quote.String() + " v1 has waited long for Vera Vice, and nobody above can be asked: whoever has the role was, or has a part in the quote. An admin enters somebody."},
	} {
		if n := s.count(`
			SELECT count(*)
			FROM messages m
			LEFT JOIN conversations c ON c.id = m.conversation_id
			WHERE m.notice ->> 'text' = $1
			  AND coalesce(m.person_id, c.person_id) = $2`, tc.says, s.rows[tc.who.ID.Object]); n != 1 {
			t.Errorf("%s reads %d times %q", tc.who.Name, n, tc.says)
		}
	}
}

func TestALapseOfTheClocksIsSaidOnce(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	core, logged := observer.New(zap.ErrorLevel)
	d := o.beside(zap.New(core))
	lapsed := false
	watch := func(after time.Duration) {
		o.clock.advance(after)
		lapsed = d.WatchClocks(t.Context(), lapsed)
	}
	watch(time.Minute)
	if late, lapses := d.ClocksLate(t.Context()); lapses || late < time.Minute {
		t.Errorf("a minute after the start: %s, %t", late, lapses)
	}
	watch(5 * time.Minute)
	watch(5 * time.Minute)
	if late, lapses := d.ClocksLate(t.Context()); !lapses || late < 11*time.Minute || logged.Len() != 1 {
		t.Errorf("eleven minutes after the start: %s, %t, %d lines", late, lapses, logged.Len())
	}
	if err := o.LookAtClocks(t.Context()); err != nil { // by another process
		t.Fatal(err)
	}
	watch(time.Minute)
	if _, lapses := d.ClocksLate(t.Context()); lapses || lapsed {
		t.Error("looked at, and late")
	}
	watch(6 * time.Minute)
	if logged.Len() != 2 {
		t.Errorf("%d lines for two lapses", logged.Len())
	}
	// Down for a weekend, and started just now.
	o.clock.advance(48 * time.Hour)
	if late, lapses := o.beside().ClocksLate(t.Context()); lapses {
		t.Errorf("just started: late by %s", late)
	}
}

// graph is a directory that knows who is away and who has which roles, and nothing else.
type graph struct {
	desk.Directory
	away  map[quoting.PersonID]time.Time
	roles map[quoting.PersonID][]quoting.Role
	fail  bool
}

func (g *graph) Roles(_ context.Context, id quoting.PersonID) ([]quoting.Role, error) {
	return g.roles[id], nil
}

func (g *graph) Away(_ context.Context, id quoting.PersonID) (time.Time, bool, error) {
	if g.fail {
		return time.Time{}, false, errors.Join(quoting.Unavailable, errors.New("no answer"))
	}
	until, away := g.away[id]
	return until, away, nil
}

func TestAutomaticRepliesAreRead(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00")
	o.staffed(finn)
	until := o.clock.now().Add(48 * time.Hour)
	g := &graph{away: map[quoting.PersonID]time.Time{morgan.ID: until, finn.ID: {}}}
	d := o.beside()
	d.Directory = g
	read := func() {
		t.Helper()
		if err := d.ReadAbsences(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	const away = `SELECT count(*) FROM absences WHERE source = 'graph'`
	read()
	read()
	if n := o.count(away + ` AND until IS NULL`); n != 1 || o.count(away) != 2 {
		t.Errorf("%d without an end, %d together", n, o.count(away))
	}
	g.fail = true
	read()
	if n := o.count(away); n != 2 {
		t.Errorf("%d absences after no answer", n)
	}
	g.fail = false
	g.away = nil
	read()
	if n := o.count(away); n != 0 {
		t.Errorf("%d absences after everybody is back", n)
	}
	g.away = map[quoting.PersonID]time.Time{morgan.ID: until}
	read()
	o.verified(riley, large)
	v := o.shown(riley, "a draft", func(v quoting.View) bool { return v.CanSubmit })
	if !slices.ContainsFunc(v.Chain, func(s quoting.ChainStep) bool { return len(s.Away) == 1 && s.Away[0].Name == morgan.Name }) {
		t.Errorf("before the submit: %+v", v.Chain)
	}
	o.click(riley, on(v, quoting.SubmitQuote))
	o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide })
}

func TestADelegateDecidesNothingForSomebodyWhoseRoleIsGone(t *testing.T) {
	t.Parallel()
	o := newOfficeAt(t, "Wed 2 Dec 09:00", withoutSignIn)
	o.staffed(finn)
	o.submitted()
	o.click(morgan, o.notice(morgan, letDecide("Finn", "Friday")).Choices[0].Command)
	card := o.shown(finn, "a request", func(v quoting.View) bool { return v.CanDecide && v.As == morgan.Name })
	d := o.beside()
	d.Directory = &graph{roles: map[quoting.PersonID][]quoting.Role{finn.ID: finn.Roles, morgan.ID: {quoting.Rep}}}
	c, err := d.Click(t.Context(), o.arrival(finn), on(card, quoting.ApproveQuote))
	if err != nil || c.View.State == quoting.Approved && c.View.Decision.ForName == morgan.Name {
		t.Errorf("%+v, %v", c.View, err)
	}
	if n := o.count(`SELECT count(*) FROM people WHERE object_id = 'morgan' AND roles = '{rep}'`); n != 1 {
		t.Error("Morgan's roles were not read again")
	}
}
