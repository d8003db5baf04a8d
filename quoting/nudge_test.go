package quoting_test

import (
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
)

// staff is a sales manager, two of finance, a VP, an owner and an engineer, without a part in
// anything.
func staff(away ...string) (quoting.Organisation, quoting.Quote, quoting.Version) {
	id := func(name string) quoting.PersonID { return quoting.PersonID{Tenant: "t", Object: name} }
	person := func(name string, role quoting.Role) quoting.Person {
		return quoting.Person{ID: id(name), Name: name, Roles: []quoting.Role{role}}
	}
	o := quoting.Organisation{
		People: []quoting.Person{
			person("Morgan", quoting.SalesManager), person("Finn", quoting.Finance), person("Fay", quoting.Finance),
			person("Vera", quoting.VP), person("Olga", quoting.Owner), person("Eve", quoting.Engineering),
		},
		Above: []quoting.PersonID{id("Morgan")},
	}
	for _, name := range away {
		o.Away = append(o.Away, quoting.Absence{Person: id(name), Name: name})
	}
	q := quoting.Quote{ID: 1001, Owner: id("Riley"), Current: 1, State: quoting.Open}
	v := quoting.Version{Quote: 1001, Number: 1, State: quoting.Pending, Nonce: "n", Approvals: []quoting.ApprovalNeed{
		{Rule: "amount", Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager},
		{Rule: "L1", Branch: quoting.EngineeringBranch, Level: 1, Role: quoting.Engineering},
	}}
	v.Priced.Amount = quoting.MustMoney("60000.00", quoting.USD)
	return o, q, v
}

// askedNames are the names of some deciders, and why each is asked where that is not the chain.
func askedNames(all []quoting.Decider) string {
	var names []string
	for _, d := range all {
		name := d.Name
		if d.Via != quoting.ByChain {
			name += " (" + string(d.Via) + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func TestWhoIsAskedIsWhoIsThere(t *testing.T) {
	t.Parallel()
	p, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name      string
		away      []string
		asked     string // of the first step
		escalated string
		edit      func(*quoting.Organisation)
	}{
		{name: "everybody is there", asked: "Morgan", escalated: "Finn (escalation), Fay (escalation)"},
		{name: "the manager is away", away: []string{"Morgan"}, asked: "Morgan, Finn (absence), Fay (absence)", escalated: "Finn (escalation), Fay (escalation)"},
		{name: "one of the next level is away too", away: []string{"Morgan", "Finn"}, asked: "Morgan, Fay (absence)", escalated: "Fay (escalation)"},
		{name: "the whole next level is away too", away: []string{"Morgan", "Finn", "Fay"}, asked: "Morgan, Vera (absence)", escalated: "Vera (escalation)"},
		{name: "everybody is away", away: []string{"Morgan", "Finn", "Fay", "Vera", "Olga"}, asked: "Morgan", escalated: "Finn (escalation), Fay (escalation)"},
		{
			name: "somebody stands in for the manager who is away", away: []string{"Morgan"}, asked: "Finn (delegation)", escalated: "Fay (escalation)",
			edit: func(o *quoting.Organisation) {
				o.Delegations = []quoting.Delegation{{From: o.People[0].ID, To: o.People[1].ID}}
			},
		},
		{
			name: "the next level was asked", asked: "Morgan, Finn (escalation), Fay (escalation)", escalated: "Vera (escalation)",
			edit: func(o *quoting.Organisation) {
				for _, i := range []int{1, 2} {
					o.Asked = append(o.Asked, quoting.StepRequest{Branch: quoting.CommercialBranch, Level: 1, Person: o.People[i].ID, Via: quoting.ByEscalation})
				}
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o, q, v := staff(tc.away...)
			if tc.edit != nil {
				tc.edit(&o)
			}
			open := o.OpenSteps(p, q, v)
			if got := askedNames(o.ToAsk(q, v, open[0])); got != tc.asked {
				t.Errorf("asked: %s, want %s", got, tc.asked)
			}
			if got := askedNames(o.Higher(q, v, open[0], quoting.ByEscalation)); got != tc.escalated {
				t.Errorf("escalated to: %s, want %s", got, tc.escalated)
			}
			if got := askedNames(o.Higher(q, v, open[1], quoting.ByEscalation)); got != "" {
				t.Errorf("beside engineering: %s", got)
			}
		})
	}
}

func TestWhatIsDueComesOfWhatIsStored(t *testing.T) {
	t.Parallel()
	p, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	c := p.CalendarOf("")
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.December, day, hour, minute, 0, 0, c.Zone) // the 2nd is a Wednesday
	}
	sent := func(kind quoting.NudgeKind, number int, at time.Time) quoting.SentNudge {
		return quoting.SentNudge{Version: 1, Branch: quoting.CommercialBranch, Level: 1, Kind: kind, Number: number, At: at}
	}
	_, _, v := staff()
	step := v.Front()[0]
	asked := []quoting.StepAsked{
		{Branch: quoting.CommercialBranch, Level: 1, At: at(2, 12, 0)}, // somebody was asked later as well
		{Branch: quoting.CommercialBranch, Level: 1, At: at(2, 9, 0)},
		{Branch: quoting.EngineeringBranch, Level: 1, At: at(1, 9, 0)},
	}
	for _, tc := range []struct {
		name string
		sent []quoting.SentNudge
		now  time.Time
		want string
	}{
		{"nothing before two hours", nil, at(2, 10, 59), "nothing"},
		{"a reminder after two", nil, at(2, 11, 0), "remind 1"},
		{"not twice", []quoting.SentNudge{sent(quoting.Remind, 1, at(2, 11, 0))}, at(2, 11, 1), "nothing"},
		{"not for what another version was sent", []quoting.SentNudge{{Version: 2, Branch: quoting.CommercialBranch, Level: 1, Kind: quoting.Remind, Number: 1, At: at(1, 11, 0)}}, at(2, 11, 1), "remind 1"},
		{"a second one that somebody sent early", []quoting.SentNudge{sent(quoting.Remind, 1, at(2, 9, 30))}, at(2, 13, 0), "remind 2"},
		{"an escalation", []quoting.SentNudge{sent(quoting.Remind, 1, at(2, 11, 0)), sent(quoting.Remind, 2, at(2, 13, 0))}, at(2, 17, 0), "escalate to finance (2)"},
		{"nothing after it", []quoting.SentNudge{sent(quoting.Escalate, 1, at(2, 17, 0))}, at(9, 17, 0), "nothing"},
		{"no fourth one on a day", []quoting.SentNudge{sent(quoting.Remind, 1, at(2, 9, 1)), sent(quoting.Remind, 2, at(2, 9, 2)), sent(quoting.Remind, 3, at(2, 9, 3))}, at(2, 17, 0), "nothing"},
		{"on the next day it goes on", []quoting.SentNudge{sent(quoting.Remind, 1, at(2, 9, 1)), sent(quoting.Remind, 2, at(2, 9, 2)), sent(quoting.Remind, 3, at(2, 9, 3))}, at(3, 8, 0), "escalate to finance (2)"},
		{"a wish before its time", []quoting.SentNudge{sent(quoting.Wished, 1, at(2, 10, 30))}, at(2, 10, 29), "nothing"},
		{"a wish at its time", []quoting.SentNudge{sent(quoting.Wished, 1, at(2, 10, 30))}, at(2, 10, 30), "remind 1"},
		{"a wish that was granted", []quoting.SentNudge{sent(quoting.Wished, 1, at(2, 10, 30)), sent(quoting.Remind, 1, at(2, 10, 30))}, at(2, 10, 31), "nothing"},
		{"a wish goes before an escalation", []quoting.SentNudge{sent(quoting.Remind, 2, at(2, 13, 0)), sent(quoting.Wished, 3, at(2, 17, 0))}, at(2, 17, 0), "remind 3"},
		{"a wish after an escalation", []quoting.SentNudge{sent(quoting.Escalate, 1, at(2, 17, 0)), sent(quoting.Wished, 3, at(3, 8, 0))}, at(3, 8, 0), "remind 3"},
		{"a wish in quiet hours", []quoting.SentNudge{sent(quoting.Escalate, 1, at(2, 17, 0)), sent(quoting.Wished, 3, at(2, 18, 0))}, at(2, 21, 0), "nothing"},
		{"the day before it was asked for", nil, at(1, 17, 0), "nothing"},
	} {
		if got := nudge(p.DueNow(quoting.Timing{Asked: asked, Sent: tc.sent}, v, step, c, tc.now)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
	if got := nudge(p.DueNow(quoting.Timing{}, v, step, c, at(9, 9, 0))); got != "nothing" {
		t.Errorf("nobody was asked: %s", got)
	}
	clock := quoting.Timing{Asked: asked}.Clock(v, step, c, at(2, 10, 0))
	if when, ok := p.EscalatesAt(clock, c); !ok || !when.Equal(at(2, 17, 0)) {
		t.Errorf("escalated at %s, %t", when, ok)
	}
	clock.CustomerWaits = true
	if when, _ := p.EscalatesAt(clock, c); !when.Equal(at(2, 13, 0)) {
		t.Errorf("escalated for a customer who waits at %s", when)
	}
	clock.Escalated = true
	if _, ok := p.EscalatesAt(clock, c); ok {
		t.Error("escalated twice")
	}
}
