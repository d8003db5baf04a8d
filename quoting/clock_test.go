package quoting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// asked is a clock of a sales manager's step on a small quote.
func asked(at time.Time, edits ...func(*quoting.Clock)) quoting.Clock {
	c := quoting.Clock{Branch: quoting.CommercialBranch, Level: 1, Amount: quoting.MustMoney("60000.00", quoting.USD), AskedAt: at}
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func atLevel(level int) func(*quoting.Clock) { return func(c *quoting.Clock) { c.Level = level } }

func ofAmount(text string) func(*quoting.Clock) {
	return func(c *quoting.Clock) { c.Amount = quoting.MustMoney(text, quoting.USD) }
}

func waitingCustomer(c *quoting.Clock) { c.CustomerWaits = true }

func byEngineering(c *quoting.Clock) { c.Branch, c.Level = quoting.EngineeringBranch, 1 }

func nudged(reminders, today int) func(*quoting.Clock) {
	return func(c *quoting.Clock) { c.Reminded, c.NudgesToday = reminders, today }
}

// nudge is a nudge as a row of a table reads it: "remind 2", "escalate to finance (2)".
func nudge(n quoting.Nudge) string {
	switch n.Kind {
	case quoting.Remind:
		return fmt.Sprintf("remind %d", n.Reminded)
	case quoting.Escalate:
		return fmt.Sprintf("escalate to %s (%d)", n.Role, n.Level)
	default:
		return "nothing"
	}
}

// done is the clock after a nudge.
func done(c quoting.Clock, n quoting.Nudge) quoting.Clock {
	c.Reminded, c.Escalated = n.Reminded, n.Kind == quoting.Escalate
	c.NudgesToday++
	return c
}

// happened is a nudge at a time.
type happened struct {
	At    time.Time
	Nudge quoting.Nudge
}

// run looks at a clock whenever it asks for it, and as late as a service that is away at
// times does, until nothing is to come.
func run(t rapid.TB, p *quoting.Policy, c quoting.Clock, cal quoting.Calendar, late func() time.Duration) []happened {
	t.Helper()
	var all []happened
	now, today := c.AskedAt, quoting.DateOf(c.AskedAt.In(cal.Zone))
	for range 100 {
		if day := quoting.DateOf(now.In(cal.Zone)); day != today {
			today, c.NudgesToday = day, 0
		}
		n, next := p.Due(c, cal, now)
		if n.Kind != quoting.NoNudge {
			all = append(all, happened{now, n})
			c = done(c, n)
		}
		if next.IsZero() {
			return all
		}
		if !next.After(now) {
			t.Fatalf("at %s the next look is at %s", now, next)
		}
		now = next.Add(late())
	}
	t.Fatalf("no end after %v", all)
	return nil
}

func onTime() time.Duration { return 0 }

func TestAnApprovalThatWaitsNudgesInTime(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	cal := policy.CalendarOf("midwest")
	for _, tc := range []struct {
		name  string
		at    string
		clock func(*quoting.Clock)
		want  []string
	}{
		{"a small quote on a Monday morning", "2026-06-01 08:00", atLevel(1), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2", "Mon 16:00 escalate to finance (2)"}},
		{"the limit itself is small", "2026-06-01 08:00", ofAmount("100000.00"), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2", "Mon 16:00 escalate to finance (2)"}},
		{"a cent more is large", "2026-06-01 08:00", ofAmount("100000.01"), []string{"Mon 12:00 remind 1", "Tue 14:00 escalate to finance (2)"}},
		{"from finance it goes to the VP", "2026-06-01 08:00", atLevel(2), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2", "Mon 16:00 escalate to vp (3)"}},
		{"from the VP to the owner", "2026-06-01 08:00", atLevel(3), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2", "Mon 16:00 escalate to owner (4)"}},
		{"from the owner to nobody", "2026-06-01 08:00", atLevel(4), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2"}},
		{"engineering is reminded once and nobody is above it", "2026-06-01 08:00", byEngineering, []string{"Wed 12:00 remind 1"}},
		{"a customer who waits halves the waits", "2026-06-01 08:00", waitingCustomer, []string{"Mon 09:00 remind 1", "Mon 10:00 remind 2", "Mon 12:00 escalate to finance (2)"}},
		{"engineering's too", "2026-06-01 08:00", func(c *quoting.Clock) { byEngineering(c); waitingCustomer(c) }, []string{"Tue 10:00 remind 1"}},
		{"asked on a Friday afternoon", "2026-06-05 17:00", atLevel(1), []string{"Mon 09:00 remind 1", "Mon 11:00 remind 2", "Mon 15:00 escalate to finance (2)"}},
		{"asked before the weekend that loses an hour", "2026-03-06 17:00", atLevel(1), []string{"Mon 09:00 remind 1", "Mon 11:00 remind 2", "Mon 15:00 escalate to finance (2)"}},
		{"asked in the night", "2026-06-02 02:00", atLevel(1), []string{"Tue 10:00 remind 1", "Tue 12:00 remind 2", "Tue 16:00 escalate to finance (2)"}},
		{"asked on the last afternoon of the year", "2026-12-31 16:00", atLevel(1), []string{"Thu 18:00 remind 1", "Mon 10:00 remind 2", "Mon 14:00 escalate to finance (2)"}},
		{"a level that there is not", "2026-06-01 08:00", atLevel(0), []string{"Mon 10:00 remind 1", "Mon 12:00 remind 2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, h := range run(t, policy, asked(when(t, cal, tc.at), tc.clock), cal, onTime) {
				got = append(got, h.At.In(cal.Zone).Format("Mon 15:04 ")+nudge(h.Nudge))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWhatIsDueAtATime(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	cal := policy.CalendarOf("")
	monday := when(t, cal, "2026-06-01 08:00")
	for _, tc := range []struct {
		name  string
		clock quoting.Clock
		now   string
		want  string
		next  string // empty: never
	}{
		{"nothing was asked", asked(time.Time{}), "2026-06-01 12:00", "nothing", ""},
		{"a minute too early", asked(monday), "2026-06-01 09:59", "nothing", "2026-06-01 10:00"},
		{"on the minute", asked(monday), "2026-06-01 10:00", "remind 1", "2026-06-01 12:00"},
		{"of two missed reminders the last is sent", asked(monday), "2026-06-01 13:00", "remind 2", "2026-06-01 16:00"},
		{"an escalation stands for the reminders before it", asked(monday), "2026-06-03 09:00", "escalate to finance (2)", ""},
		{"after it nothing is to come", asked(monday, func(c *quoting.Clock) { c.Escalated = true }), "2026-06-03 09:00", "nothing", ""},
		{"in quiet hours it waits for the morning", asked(monday), "2026-06-01 21:00", "nothing", "2026-06-02 07:00"},
		{"and is sent then, before business hours", asked(monday), "2026-06-02 07:00", "escalate to finance (2)", ""},
		{"an escalation waits for the end of a weekend", asked(monday, nudged(2, 0)), "2026-06-06 12:00", "nothing", "2026-06-08 07:00"},
		{"the third nudge of a day", asked(monday, nudged(1, 2)), "2026-06-01 12:00", "remind 2", "2026-06-01 16:00"},
		{"the fourth waits for the next day", asked(monday, nudged(2, 3)), "2026-06-01 17:00", "nothing", "2026-06-02 07:00"},
		{"or for Monday", asked(when(t, cal, "2026-06-05 08:00"), nudged(2, 3)), "2026-06-05 17:00", "nothing", "2026-06-08 07:00"},
		{"a clock that went back before the last reminder", asked(monday, nudged(1, 1)), "2026-06-01 09:00", "nothing", "2026-06-01 12:00"},
		{"a clock that went back before the question", asked(monday), "2026-05-20 09:00", "nothing", "2026-06-01 10:00"},
		{"more reminders than there are", asked(monday, nudged(7, 0)), "2026-06-01 12:00", "nothing", "2026-06-01 16:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			due, next := policy.Due(tc.clock, cal, when(t, cal, tc.now))
			text := ""
			if !next.IsZero() {
				text = next.In(cal.Zone).Format("2006-01-02 15:04")
			}
			if nudge(due) != tc.want || text != tc.next {
				t.Errorf("%s, next %s; want %s, next %s", nudge(due), text, tc.want, tc.next)
			}
		})
	}
}

func TestAReminderDueAtClosingTimeWaitsWhereTheEveningIsQuietFromThenOn(t *testing.T) {
	t.Parallel()
	policy := edited(t, `quiet_from: "20:00"`, `quiet_from: "18:00"`)
	cal := policy.CalendarOf("")
	due, next := policy.Due(asked(when(t, cal, "2026-06-01 16:00")), cal, when(t, cal, "2026-06-01 16:30"))
	if want := when(t, cal, "2026-06-02 07:00"); due.Kind != quoting.NoNudge || !next.Equal(want) {
		t.Errorf("%s, next %s, want %s", nudge(due), next, want)
	}
}

// drawClock is a step that nobody was nudged for.
func drawClock(t *rapid.T, cal quoting.Calendar) quoting.Clock {
	c := asked(drawTime(t, cal, "asked"), ofAmount(rapid.SampledFrom([]string{"1.00", "100000.00", "100000.01"}).Draw(t, "amount")), atLevel(rapid.IntRange(1, 4).Draw(t, "level")))
	c.CustomerWaits = rapid.Bool().Draw(t, "customer waits")
	if rapid.IntRange(0, 3).Draw(t, "branch") == 0 {
		byEngineering(&c)
	}
	return c
}

func TestNudgesComeInOrderAndNeverTooOften(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		cal := drawCalendar(t)
		c := drawClock(t, cal)
		away := rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 1).Draw(t, "away")*rapid.IntRange(0, 4000).Draw(t, "minutes")) * time.Minute
		})
		limits := policy.Clocks.Small
		switch {
		case c.Branch == quoting.EngineeringBranch:
			limits = policy.Clocks.Engineering
		case c.Amount.Amount.Cmp(policy.Clocks.Amount) > 0:
			limits = policy.Clocks.Large
		}
		_, _, escalates := c.Above()
		last, aDay := 0, map[quoting.Date]int{}
		all := run(t, policy, c, cal, func() time.Duration { return away.Draw(t, "late") })
		for i, h := range all {
			n := h.Nudge
			if n.Reminded < last || n.Reminded > len(limits.Remind) || n.Kind == quoting.Remind && n.Reminded == last {
				t.Fatalf("%v after reminder %d", n, last)
			}
			if cal.Quiet(h.At) {
				t.Fatalf("%v in quiet hours, at %s", n, h.At)
			}
			if n.Kind == quoting.Escalate && (i != len(all)-1 || !escalates) {
				t.Fatalf("%v is nudge %d of %v", n, i+1, all)
			}
			day := quoting.DateOf(h.At.In(cal.Zone))
			if aDay[day]++; aDay[day] > policy.Clocks.NudgesADay {
				t.Fatalf("%d nudges on %v", aDay[day], day)
			}
			last = n.Reminded
		}
		if last != len(limits.Remind) || escalates != (all[len(all)-1].Nudge.Kind == quoting.Escalate) {
			t.Fatalf("it ends with %v", all)
		}
	})
}

func TestWhatIsDueStaysDueAndSoonerForACustomerWhoWaits(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rank := func(n quoting.Nudge) int {
		if n.Kind == quoting.Escalate {
			return 100
		}
		return n.Reminded
	}
	rapid.Check(t, func(t *rapid.T) {
		cal := drawCalendar(t)
		c := drawClock(t, cal)
		now := drawLater(t, c.AskedAt, 10, "now").Add(-24 * time.Hour)
		due, next := policy.Due(c, cal, now)
		if !next.IsZero() && !next.After(now) {
			t.Fatalf("at %s the next look is at %s", now, next)
		}
		again := drawLater(t, now, 10, "again")
		if after, _ := policy.Due(c, cal, again); !cal.Quiet(again) && rank(after) < rank(due) {
			t.Fatalf("%v at %s, %v at %s", due, now, after, again)
		}
		c.CustomerWaits = false
		patient, _ := policy.Due(c, cal, now)
		c.CustomerWaits = true
		if waiting, _ := policy.Due(c, cal, now); rank(waiting) < rank(patient) {
			t.Fatalf("%v, but %v for a customer who waits", patient, waiting)
		}
	})
}

func TestATeamWorksInItsZone(t *testing.T) {
	t.Parallel()
	p := edited(t, "zones: {} ", "zones: {pacific: America/Los_Angeles} ")
	for team, want := range map[string]string{"": "America/Chicago", "midwest": "America/Chicago", "pacific": "America/Los_Angeles"} {
		if got := p.CalendarOf(team).Zone.String(); got != want {
			t.Errorf("team %q works in %s, want %s", team, got, want)
		}
	}
	changes, err := quoting.DiffPolicies(demoPolicy(t), p)
	if err != nil || len(changes) != 1 || changes[0].String() != "clocks.zones.pacific: none → America/Los_Angeles" {
		t.Errorf("%v, %v", changes, err)
	}
}

func TestClocksThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	text := string(demoPolicy(t).Text)
	for _, tc := range []struct{ name, from, to, says string }{
		{"an unknown zone", "zone: America/Chicago ", "zone: America/Chicgo ", `clocks.zone is the unknown time zone "America/Chicgo"`},
		{"no zone", "  zone: America/Chicago ", "  # ", `clocks.zone is the unknown time zone ""`},
		{"the machine's zone", "zone: America/Chicago ", "zone: Local ", `clocks.zone is the unknown time zone "Local"`},
		{"an unknown zone of a team", "zones: {} ", "zones: {pacific: Pacific} ", `clocks.zones.pacific is the unknown time zone "Pacific"`},
		{"no opening", `  opens: "08:00" `, "  # ", `clocks.opens is no time of day; they read like "08:00"`},
		{"a closing at no time", `closes: "18:00"`, `closes: "25:00"`, "clocks.closes is no time of day"},
		{"a closing before the opening", `closes: "18:00"`, `closes: "08:00"`, "clocks.closes is not after opens"},
		{"a quiet afternoon", `quiet_from: "20:00"`, `quiet_from: "17:59"`, "clocks.quiet_from is before closes"},
		{"a quiet morning", `quiet_to: "07:00"`, `quiet_to: "08:01"`, "clocks.quiet_to is after opens"},
		{"a holiday on no day", "2026-02-16", "2026-02-30", "clocks.holidays[2] is no date; they read like 2026-07-04"},
		{"holidays in no order", "2026-02-16", "2026-01-19", "clocks.holidays[2] is not after the one before it"},
		{"no amount", `amount: "100000.00"      # above: large`, `amount: "0"`, "clocks.amount is 0; it is above 0"},
		{"no reminders", "small: {remind: [2h, 4h]", "small: {remind: []", "clocks.small.remind has no time"},
		{"a reminder at once", "small: {remind: [2h, 4h]", "small: {remind: [0s, 4h]", "clocks.small.remind[0] is 0s; it is above 0s"},
		{"reminders in no order", "small: {remind: [2h, 4h]", "small: {remind: [4h, 4h]", "clocks.small.remind[1] is 4h0m0s; it is above 4h0m0s"},
		{"an escalation with the last reminder", "escalate: 8h", "escalate: 4h", "clocks.small.escalate is 4h0m0s; it is above 4h0m0s"},
		{"no escalation", ", escalate: 16h", "", "clocks.large.escalate is 0s"},
		{"large quotes before small ones", "escalate: 8h", "escalate: 17h", "clocks.large.escalate is before small.escalate"},
		{"an escalation of engineering", "{remind: [24h]}", "{remind: [24h], escalate: 48h}", "clocks.engineering.escalate is given; nobody is above engineering"},
		{"engineering that is not reminded", "{remind: [24h]}", "{}", "clocks.engineering.remind has no time"},
		{"waits that grow", "waiting_percent: 50", "waiting_percent: 101", "clocks.waiting_percent is 101; it is a percentage of 1 to 100"},
		{"waits of nothing", "waiting_percent: 50", "waiting_percent: 0", "clocks.waiting_percent is 0"},
		{"no nudges", "nudges_a_day: 3", "nudges_a_day: 0", "clocks.nudges_a_day is 0; it is at least 1"},
		{"no heartbeat", "heartbeat: 5m", "heartbeat: 0s", "clocks.heartbeat is 0s; it is above 0"},
		{"no amount for a second proof", `amount: "100000.00"      # above` + "\n  margin", `amount: "0"` + "\n  margin", "step_up.amount is 0; it is above 0"},
		{"no margin for one", `margin: "22"  `, `margin: "-1"  `, "step_up.margin is -1; it is above 0"},
		{"an unknown proof", "method: sign_in", "method: hope", `step_up.method is the unknown "hope"`},
		{"an unknown context", "context: c1", "context: c100", `step_up.context is "c100"; it is c1 to c99`},
		{"a sign-in of any age", "max_age: 5m", "max_age: -5m", "step_up.max_age is -5m0s; it is above 0"},
		{"a link that is dead", "lives: 10m", "lives: 0s", "step_up.lives is 0s; it is above 0"},
		{"no delegation", "max_days: 30", "max_days: 0", "delegation.max_days is 0; it is at least 1"},
		{"no wait after a change", "policy_favours_hours: 24", "policy_favours_hours: 0", "policy_favours_hours is 0; it is at least 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(text, tc.from) {
				t.Fatalf("the policy has no %q", tc.from)
			}
			_, err := quoting.ParsePolicy([]byte(strings.Replace(text, tc.from, tc.to, 1)))
			if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) || !strings.Contains(sentence, "line ") {
				t.Errorf("%v, want an error of kind Invalid that says %q", err, tc.says)
			}
		})
	}
	if second := edited(t, "method: sign_in", "method: second_approver"); second.StepUp.Method != quoting.SecondApprover {
		t.Errorf("method = %s", second.StepUp.Method)
	}
}
