package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

var fran = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "fran"}, Name: "Fran Finance", Roles: []quoting.Role{quoting.Finance}}

// together runs acts at once, on real rows, and wants none of them to fail.
func (o *office) together(acts ...func() error) {
	o.t.Helper()
	var all sync.WaitGroup
	failed := make([]error, len(acts))
	start := make(chan struct{})
	for i, act := range acts {
		all.Go(func() {
			<-start
			failed[i] = act()
		})
	}
	close(start)
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		o.t.Error(err)
	}
}

// presses is a click that arrives as an activity of its own.
func (o *office) presses(who quoting.Person, cmd quoting.Command, views *[]quoting.View, mu *sync.Mutex) func() error {
	a := o.arrival(who)
	return func() error {
		c, err := o.Click(o.t.Context(), a, cmd)
		if err != nil || c.View == nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		*views = append(*views, *c.View)
		return nil
	}
}

// once says that one quote was decided once, and how: its version's state, and the rows.
func (o *office) once(steps int, states ...quoting.VersionState) {
	o.t.Helper()
	for table, want := range map[string]int{"decisions": 1, "approval_steps": steps} {
		n := o.count(fmt.Sprintf(`SELECT count(*) FROM %s WHERE quote_id = 1001`, table))
		if n > want || n < want && o.count(`SELECT count(*) FROM quotes q JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current WHERE q.id = 1001 AND v.state = 'approved'`) > 0 {
			o.t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	if n := o.count(`SELECT count(*) FROM quote_versions WHERE quote_id = 1001 AND state = 'approved'`); n > 1 {
		o.t.Errorf("%d versions are approved", n)
	}
	var found string
	o.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(o.t.Context(), `SELECT v.state FROM quote_versions v JOIN quotes q ON q.id = v.quote_id AND q.current = v.version WHERE q.id = 1001`).Scan(&found)
	})
	for _, s := range states {
		if found == string(s) {
			return
		}
	}
	o.t.Errorf("it is %s, want one of %v", found, states)
}

func TestTenClicksOnSeveralDevicesDecideOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	card := on(o.asked(morgan), quoting.ApproveQuote)
	var views []quoting.View
	var mu sync.Mutex
	var acts []func() error
	for range 10 {
		acts = append(acts, o.presses(morgan, card, &views, &mu))
	}
	o.together(acts...)
	refused := 0
	for _, v := range views {
		if v.Banner != "" {
			refused++
		}
	}
	if refused != 9 {
		t.Errorf("%d of 10 clicks are told that it is decided, want 9", refused)
	}
	o.once(1, quoting.Approved)
	o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	if n := o.netsuite.EstimateCount(); n != 1 {
		t.Errorf("%d Estimates", n)
	}
}

func TestOfTwoWhoMayTheFirstDecides(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		second quoting.Intent
		states []quoting.VersionState
	}{
		{"both approve", quoting.ApproveQuote, []quoting.VersionState{quoting.Approved}},
		{"one approves, one rejects", quoting.RejectQuote, []quoting.VersionState{quoting.Approved, quoting.Rejected}},
		{"one approves, one sends back", quoting.AskChanges, []quoting.VersionState{quoting.Approved, quoting.ChangesRequested}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.staffed(finn, fran)
			o.verified(riley, small)
			o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"})
			v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
			o.click(riley, on(v, quoting.SubmitQuote))
			o.approves(morgan)
			yes, other := on(o.asked(finn), quoting.ApproveQuote), on(o.asked(fran), row.second)
			other.Slots.Reason = "Too long."
			var views []quoting.View
			var mu sync.Mutex
			o.together(o.presses(finn, yes, &views, &mu), o.presses(fran, other, &views, &mu))
			o.once(2, row.states...)
			told := 0
			for _, v := range views {
				if v.Banner != "" {
					told++
				}
			}
			if told != 1 {
				t.Errorf("%d of two are told that the other was first, want 1", told)
			}
		})
	}
}

func TestWhatHappensDuringADecisionLeavesOneOutcome(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		beside func(*office, quoting.View) func() error
		states []quoting.VersionState
	}{
		{"the rep revises", func(o *office, v quoting.View) func() error {
			a := o.arrival(riley)
			cmd := quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1001, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}}
			return func() error {
				return o.Message(o.t.Context(), a, func(quoting.Dialogue) quoting.Command { return cmd })
			}
		}, []quoting.VersionState{quoting.Draft}},
		{"the rep recalls", func(o *office, v quoting.View) func() error {
			a := o.arrival(riley)
			return func() error {
				_, err := o.Click(o.t.Context(), a, on(v, quoting.RecallQuote))
				return err
			}
		}, []quoting.VersionState{quoting.Approved, quoting.Recalled}},
		{"the rep cancels the quote", func(o *office, v quoting.View) func() error {
			a, cmd := o.arrival(riley), on(v, quoting.CancelQuote)
			cmd.Slots.Reason = "They went elsewhere."
			return func() error {
				_, err := o.Click(o.t.Context(), a, cmd)
				return err
			}
		}, []quoting.VersionState{quoting.Approved, quoting.Pending}},
		{"the role is revoked", func(o *office, _ quoting.View) func() error {
			return func() error {
				o.sql(`UPDATE people SET roles = '{rep}' WHERE object_id = 'morgan'`)
				return nil
			}
		}, []quoting.VersionState{quoting.Approved, quoting.Pending}},
		{"the approver passes it on", func(o *office, v quoting.View) func() error {
			a := o.arrival(morgan)
			cmd := on(v, quoting.Reassign)
			cmd.Slots.DelegateTo = "Finn"
			return func() error {
				_, err := o.Click(o.t.Context(), a, cmd)
				return err
			}
		}, []quoting.VersionState{quoting.Approved}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.staffed(finn)
			v := o.pendingForManager()
			card := on(o.asked(morgan), quoting.ApproveQuote)
			var views []quoting.View
			var mu sync.Mutex
			act, late := row.beside(o, v), time.Duration(rand.IntN(60))*time.Millisecond // a decision asks NetSuite first
			beside := func() error {
				time.Sleep(late)
				return act()
			}
			o.together(o.presses(morgan, card, &views, &mu), beside, o.presses(morgan, card, &views, &mu))
			o.once(1, row.states...)
			if n := o.count(`SELECT (SELECT count(*) FROM decisions) + (SELECT count(*) FROM quotes WHERE state = 'cancelled')`); row.name == "the rep cancels the quote" && n == 0 {
				t.Error("it is neither decided nor cancelled")
			}
			if n := o.count(`SELECT count(*) FROM decisions d JOIN quote_versions v USING (quote_id, version) WHERE (d.action = 'approve') <> (v.state IN ('approved', 'superseded'))`); n != 0 {
				t.Errorf("%d decisions say other than their versions", n)
			}
		})
	}
}
