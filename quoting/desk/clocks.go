package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// The clocks of approvals have no state of their own. Each look at them compares stored
// times, since when somebody was asked and what was sent, with the time that it is: a
// restart, a clock that jumps, or a second process loses and repeats nothing.

const (
	clocksEvery = time.Minute
	clocksPage  = 200
	clocksBeat  = "clocks" // in heartbeats
)

// lookAtClocks looks at every quote that waits for somebody's approval, and does what is due
// about it, a transaction each. What fails with one keeps no other waiting.
func (d *Desk) lookAtClocks(ctx context.Context) error { return d.ClocksAsOf(ctx, d.Now()) }

// ClocksAsOf is a look at the clocks as if it were another time: the demo lets days pass by
// it. What is done is noted with the time that it is.
func (d *Desk) ClocksAsOf(ctx context.Context, as time.Time) error {
	now := d.Now()
	var failed []error
	for after := quoting.QuoteID(0); ; {
		var page []store.WaitingQuote
		err := d.DB.InReadTx(ctx, store.Job, func(tx *store.Tx) (err error) {
			page, err = tx.WaitingQuotes(ctx, after, clocksPage)
			return err
		})
		if err != nil {
			return fmt.Errorf("clocks: %w", errors.Join(append(failed, err)...))
		}
		for _, w := range page {
			after = w.ID
			if !d.isDue(w, as) {
				continue
			}
			if err := d.doDue(ctx, w.ID, now, as); err != nil {
				failed = append(failed, fmt.Errorf("clocks of %s: %w", w.ID, err))
			}
		}
		if len(page) < clocksPage || ctx.Err() != nil {
			break
		}
	}
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Beat(ctx, clocksBeat, now) })
	if err == nil {
		d.metrics.clocks.Set(float64(now.Unix()))
	}
	return errors.Join(append(failed, err)...)
}

// isDue says whether something is to be done about a quote: something to send, or a step
// that nobody could take when it became its turn.
func (d *Desk) isDue(w store.WaitingQuote, as time.Time) bool {
	calendar := d.Policy.CalendarOf(w.Team)
	return slices.ContainsFunc(w.Version.Front(), func(step quoting.ApprovalStep) bool {
		return w.Timing.Clock(w.Version, step, calendar, as).AskedAt.IsZero() || d.Policy.DueNow(w.Timing, w.Version, step, calendar, as).Kind != quoting.NoNudge
	})
}

// doDue does what is due about a quote, judged once more while nobody else changes it.
func (d *Desk) doDue(ctx context.Context, id quoting.QuoteID, now, as time.Time) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.LockQuote(ctx, id)
		if err != nil {
			return err
		}
		w, waits, err := tx.WaitingQuote(ctx, id)
		if err != nil || !waits {
			return err
		}
		v, err := tx.Version(ctx, id, q.Current)
		if err != nil {
			return err
		}
		t, err := d.unasked(ctx, tx, q, now)
		if err != nil {
			return err
		}
		s, err := t.standing(ctx, tx, q, v, now)
		if err != nil {
			return err
		}
		calendar := d.Policy.CalendarOf(q.Team)
		for _, open := range s.OpenSteps(d.Policy, q.Quote, v) {
			clock := w.Timing.Clock(v, open.ApprovalStep, calendar, as)
			due := d.Policy.DueNow(w.Timing, v, open.ApprovalStep, calendar, as)
			sent := sentOf(v, open, due, now)
			switch {
			case clock.AskedAt.IsZero():
				err = t.askLate(ctx, q, v, open, s)
			case due.Kind == quoting.Remind:
				_, err = t.remind(ctx, q, v, open, s, sent)
			case due.Kind == quoting.Escalate:
				err = t.escalate(ctx, q, v, open, s, sent)
			default:
				continue
			}
			if err != nil {
				return err
			}
			if due.Kind != quoting.NoNudge {
				w.Timing.Sent = append(w.Timing.Sent, sent)
			}
		}
		return tx.Enqueue(ctx, t.jobs...)
	})
}

// sentOf is what is noted of a nudge.
func sentOf(v quoting.Version, open quoting.OpenStep, due quoting.Nudge, at time.Time) quoting.SentNudge {
	return quoting.SentNudge{Version: v.Number, Branch: open.Branch, Level: open.Level, Kind: due.Kind, Number: due.Reminded, At: at}
}

// unasked is a turn that nobody took. What it says is said to the quote's owner.
func (d *Desk) unasked(ctx context.Context, tx *store.Tx, q store.Quote, now time.Time) (*turn, error) {
	owner, err := tx.PersonByRow(ctx, q.OwnerRow)
	if err != nil {
		return nil, err
	}
	return d.turnOf(ctx, tx, owner, Arrival{Person: owner.ID, At: now, Correlation: clocksBeat})
}

// byItself is an event that nobody has caused, unless it is of somebody's turn.
func (t *turn) byItself(kind string, v quoting.Version, data map[string]any) store.Event {
	e := t.event(kind, v, data)
	if t.arrival.Activity == "" {
		e.Actor = 0
	}
	return e
}

// askLate asks for a step that nobody could take, as soon as somebody can.
func (t *turn) askLate(ctx context.Context, q store.Quote, v quoting.Version, open quoting.OpenStep, s standing) error {
	first, err := t.askAll(ctx, q, v, open.ApprovalStep, s.ToAsk(q.Quote, v, open), s)
	if err != nil || len(first) == 0 {
		return err
	}
	return t.touch(ctx, q.ID)
}

// remind reminds those of whom a step waits and who are there, once for each number. Who is
// asked is found out anew: somebody who stands in since is asked now. It returns who was
// reminded.
func (t *turn) remind(ctx context.Context, q store.Quote, v quoting.Version, open quoting.OpenStep, s standing, sent quoting.SentNudge) ([]quoting.Decider, error) {
	if fresh, err := t.tx.SaveNudge(ctx, q.ID, sent); err != nil || !fresh {
		return nil, err
	}
	people := s.ToAsk(q.Quote, v, open)
	first, err := t.askAll(ctx, q, v, open.ApprovalStep, people, s)
	if err != nil {
		return nil, err
	}
	reached, rows := first, rowsOf(first, s)
	n := t.reminder(q, v, open)
	for _, d := range s.Present(people) {
		if slices.Contains(s.NoChat, d.ID) || slices.Contains(rows, s.row(d.ID)) {
			continue
		}
		if err := t.notify(ctx, t.tx, s.row(d.ID), n, t.arrival.Correlation); err != nil {
			return nil, err
		}
		reached, rows = append(reached, d), append(rows, s.row(d.ID))
	}
	t.metrics.nudges.WithLabelValues(string(quoting.Remind)).Inc()
	data := map[string]any{"branch": open.Branch, "level": open.Level, "number": sent.Number, "of": rows}
	if err := t.tx.Record(ctx, t.byItself("approver_reminded", v, data)); err != nil || len(first) == 0 {
		return reached, err
	}
	return reached, t.touch(ctx, q.ID)
}

// rowsOf are the rows of people.
func rowsOf(people []quoting.Decider, s standing) []int64 {
	rows := make([]int64, len(people))
	for i, p := range people {
		rows[i] = s.row(p.ID)
	}
	return rows
}

// reminder is what somebody of whom a step waits is told.
func (t *turn) reminder(q store.Quote, v quoting.Version, open quoting.OpenStep) quoting.Notice {
	what := v.Priced.Total.Display()
	if open.Branch == quoting.EngineeringBranch {
		what = quoting.Count(len(v.Priced.Lines), "line")
	}
	n := quoting.Notice{Title: q.ID.String() + " waits for you", Text: fmt.Sprintf("%s v%d, %s for %s, still waits for your decision as %s.", q.ID, v.Number, what, nameOf(v), lower(open.Role)), Quote: q.ID, Version: v.Number}
	if v.Waits {
		n.Text += " The customer is waiting."
	}
	n.Choices = []quoting.Choice{{Title: "Open " + q.ID.String(), Command: quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: q.ID}}}}
	return n
}

// escalate brings a step before the next level as well, once, and takes it away from nobody.
func (t *turn) escalate(ctx context.Context, q store.Quote, v quoting.Version, open quoting.OpenStep, s standing, sent quoting.SentNudge) error {
	sent.Number = 1
	if fresh, err := t.tx.SaveNudge(ctx, q.ID, sent); err != nil || !fresh {
		return err
	}
	first, err := t.askAll(ctx, q, v, open.ApprovalStep, append(s.ToAsk(q.Quote, v, open), s.Higher(q.Quote, v, open, quoting.ByEscalation)...), s)
	if err != nil {
		return err
	}
	t.metrics.nudges.WithLabelValues(string(quoting.Escalate)).Inc()
	data := map[string]any{"branch": open.Branch, "level": open.Level, "to": rowsOf(first, s)}
	if err := t.tx.Record(ctx, t.byItself("approval_escalated", v, data)); err != nil {
		return err
	}
	waited := quoting.WaitsFor([]quoting.OpenStep{open})
	n := quoting.Notice{Text: fmt.Sprintf("%s v%d has waited long for %s. %s asked as well.", q.ID, v.Number, waited, were(names(first))), Quote: q.ID, Version: v.Number}
	if len(first) == 0 {
		n.Text = fmt.Sprintf("%s v%d has waited long for %s, and nobody above can be asked: whoever has the role was, or has a part in the quote. An admin enters somebody.", q.ID, v.Number, waited)
		if err := t.tellRoles(ctx, n, quoting.Admin); err != nil {
			return err
		}
	}
	if err := t.notice(ctx, n); err != nil {
		return err
	}
	return t.touch(ctx, q.ID)
}

func names(deciders []quoting.Decider) []string {
	all := make([]string, len(deciders))
	for i, d := range deciders {
		all[i] = d.Name
	}
	return all
}

// were is "Finn was" or "Finn and Vera were".
func were(names []string) string {
	if len(names) == 1 {
		return names[0] + " was"
	}
	return together(names) + " were"
}

// together is "Eve", "Eve and Finn" or "Eve, Finn and Vera".
func together(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

const (
	awayEvery   = 15 * time.Minute
	awayPeople  = 200 // of whom it is asked at most
	awayAtOnce  = 4
	awayTimeout = 20 * time.Second // of all together
	byGraph     = "graph"          // the source of an absence, beside said
	bySaying    = "said"
)

// readAbsences takes from the directory which of the people who decide are out of office. Of
// whom it does not answer nothing is known, and what was known stays.
func (d *Desk) readAbsences(ctx context.Context) error {
	if d.Directory == nil {
		return nil
	}
	var people []store.Person
	err := d.DB.InReadTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		people, err = tx.InOffice(ctx, awayPeople)
		return err
	})
	if err != nil {
		return fmt.Errorf("absences: %w", err)
	}
	type answer struct {
		person int64
		until  time.Time
		away   bool
	}
	asking, cancel := context.WithTimeout(ctx, awayTimeout)
	defer cancel()
	var group sync.WaitGroup
	var mu sync.Mutex
	var answers []answer
	todo := make(chan store.Person)
	for range awayAtOnce {
		group.Go(func() {
			for p := range todo {
				until, away, err := d.Directory.Away(asking, p.ID)
				if err != nil {
					continue
				}
				mu.Lock()
				answers = append(answers, answer{p.RowID, until, away})
				mu.Unlock()
			}
		})
	}
	for _, p := range people {
		if asking.Err() == nil {
			todo <- p
		}
	}
	close(todo)
	group.Wait()
	now := d.Now()
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		for _, a := range answers {
			var err error
			if a.away {
				err = tx.SayAway(ctx, a.person, byGraph, now, a.until, now)
			} else {
				_, err = tx.SayBack(ctx, a.person, byGraph)
			}
			if err != nil {
				return fmt.Errorf("absences: %w", err)
			}
		}
		return nil
	})
}

// ClocksLate says for how long nobody has looked at the clocks of approvals, as far as this
// process has lived to see it, and whether that is too long.
func (d *Desk) ClocksLate(ctx context.Context) (time.Duration, bool) {
	var last time.Time
	err := d.DB.InReadTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		last, err = tx.LastBeat(ctx, clocksBeat)
		return err
	})
	if err != nil {
		return 0, false // a database that does not answer is another matter
	}
	now := d.Now()
	if !last.IsZero() {
		d.metrics.clocks.Set(float64(last.Unix()))
	}
	if last.Before(d.started) || last.After(now) {
		last = d.started
	}
	late := now.Sub(last)
	return late, late > d.Policy.Clocks.Heartbeat
}

// watchEvery is how often a process looks whether anybody looks at the clocks.
const watchEvery = 30 * time.Second

// watchClocks says loudly, once each time, that nobody looks at the clocks any more, until ctx
// ends. It is no job: what keeps jobs from being worked must not keep it.
func (d *Desk) watchClocks(ctx context.Context) {
	for lapsed := false; ctx.Err() == nil; wait(ctx, watchEvery) {
		lapsed = d.watchOnce(ctx, lapsed)
	}
}

func (d *Desk) watchOnce(ctx context.Context, lapsed bool) bool {
	late, lapses := d.ClocksLate(ctx)
	if lapses && !lapsed {
		d.metrics.clockLapses.Inc()
		d.Log.Error("nobody looks at the clocks of approvals", zap.Duration("for", late.Round(time.Second)))
	}
	return lapses
}
