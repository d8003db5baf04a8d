package desk_test

import (
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

func TestTheBookIsFollowedAgainAfterALostConnection(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.eventually(1, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%snapshot%'`)
	o.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%snapshot%'`)
	if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "232.00"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Sync(t.Context(), "test"); err != nil { // nobody may be listening now
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if v, err := o.Preview(small); err == nil && v.Priced.Lines[0].Unit.Text() == "232.00" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the book in force is the old one")
		}
	}
}

func TestActivitiesAreForgottenWhenTeamsDoesNotSendThemAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	o.say(sam, small)
	o.sql(`UPDATE inbox SET received_at = received_at - interval '73 hours' WHERE conversation = 'a:riley'`)
	o.sql(`INSERT INTO river_job (kind, args, queue, max_attempts) VALUES ('tidy', '{}', 'sync', 3)`)
	o.eventually(0, `SELECT count(*) FROM inbox WHERE conversation = 'a:riley'`)
	if n := o.count(`SELECT count(*) FROM inbox`); n != 1 {
		t.Errorf("%d activities are remembered, want the one of today", n)
	}
}

func TestACheckThatNetSuiteRefusesLeavesTheQuoteUnverifiedAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
	o.say(riley, small)
	v := o.shown(riley, "the quote unverified", func(v quoting.View) bool { return v.Check.State == quoting.Unverified })
	if v.Priced.Total.IsZero() {
		t.Error("the card has no price")
	}
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'verify' AND metadata ? 'snoozes'`)
	o.netsuite.ClearFaults()
	o.hurry()
	o.shown(riley, "the quote verified", func(v quoting.View) bool { return v.Check.State == quoting.Verified })
}

// A NetSuite that says when to come again is not asked before.
func TestAJobComesAgainWhenNetSuiteAsksForIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.TooManyRequests("40")})
	o.say(riley, small)
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'verify' AND state = 'scheduled' AND scheduled_at > now() + interval '25 seconds'`)
}
