package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// standing is who decides on a version at a moment, and the rows of those people.
type standing struct {
	quoting.Organisation
	rows map[quoting.PersonID]int64
}

// standing reads who decides on a version now.
func (d *Desk) standing(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, at time.Time) (standing, error) {
	if len(v.Approvals) == 0 {
		return standing{}, nil // nobody has to
	}
	o, rows, err := tx.Organisation(ctx, q.OwnerRow, q.ID, v.Number, at)
	o.Barred = d.barred(v, at)
	return standing{o, rows}, err
}

// row is the row of somebody; 0: of nobody.
func (s standing) row(id quoting.PersonID) int64 { return s.rows[id] }

// find is somebody of these rows, by the id in the directory.
func find(rows []store.Person, id quoting.PersonID) (store.Person, bool) {
	i := slices.IndexFunc(rows, func(p store.Person) bool { return p.ID == id })
	if i < 0 {
		return store.Person{}, false
	}
	return rows[i], true
}

func people(rows []store.Person) []quoting.Person {
	all := make([]quoting.Person, len(rows))
	for i, row := range rows {
		all[i] = row.Person
	}
	return all
}

// myOpen are the steps that a version waits for and the person may take.
func (t *turn) myOpen(ctx context.Context, q store.Quote, v quoting.Version) ([]quoting.OpenStep, error) {
	if v.State != quoting.Pending {
		return nil, nil // a draft only says who would
	}
	s, err := t.standing(ctx, t.tx, q, v, t.arrival.At)
	return quoting.Mine(s.OpenSteps(t.Policy, q.Quote, v), t.Person.ID), err
}

// decides says whether the person is one of those who take a step that a version waits for.
func (t *turn) decides(ctx context.Context, q store.Quote, v quoting.Version) (bool, error) {
	mine, err := t.myOpen(ctx, q, v)
	return len(mine) > 0, err
}

// askNext asks whoever takes the steps that a version waits for now. Somebody who is out of
// office is asked only where nobody else is there; if nobody stands in, the next level is
// asked as well. Where nobody can decide, finance and the admins are told, and the quote
// waits.
func (t *turn) askNext(ctx context.Context, q store.Quote, v quoting.Version, s standing) (err error) {
	for _, open := range s.OpenSteps(t.Policy, q.Quote, v) {
		if len(open.Deciders) == 0 {
			err = t.unmanned(ctx, q, v, open)
		} else {
			_, err = t.askAll(ctx, q, v, open.ApprovalStep, s.ToAsk(q.Quote, v, open), s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askAll asks people for a step, and says who is asked for the first time.
func (t *turn) askAll(ctx context.Context, q store.Quote, v quoting.Version, step quoting.ApprovalStep, people []quoting.Decider, s standing) (first []quoting.Decider, err error) {
	for _, d := range people {
		asked, err := t.askDecider(ctx, q, v, step, d, s)
		if err != nil {
			return nil, err
		}
		if asked {
			first = append(first, d)
		}
	}
	return first, nil
}

// askDecider asks one person for a step, once.
func (t *turn) askDecider(ctx context.Context, q store.Quote, v quoting.Version, step quoting.ApprovalStep, d quoting.Decider, s standing) (first bool, err error) {
	first, err = t.tx.Ask(ctx, v, step, s.row(d.ID), d.Via, s.row(d.For.ID), t.arrival.At)
	if err != nil || !first {
		return false, err
	}
	return true, t.askApprover(ctx, q, v, store.Person{RowID: s.row(d.ID), Person: d.Person})
}

// unmanned says that nobody can take a step: to the owner, to finance, and to the admins.
func (t *turn) unmanned(ctx context.Context, q store.Quote, v quoting.Version, step quoting.OpenStep) error {
	t.metrics.unmanned.Inc()
	if err := t.tx.Record(ctx, t.event("quote_unmanned", v, map[string]any{"branch": step.Branch, "level": step.Level})); err != nil {
		return err
	}
	n := quoting.Notice{
		Text: fmt.Sprintf("Nobody can decide on %s v%d as %s: whoever has the role has a part in the quote, or nobody has it. It waits; an admin enters somebody.", q.ID, v.Number, lower(step.Role)), Quote: q.ID, Version: v.Number,
	}
	if err := t.notice(ctx, n); err != nil {
		return err
	}
	return t.tellRoles(ctx, n, quoting.Finance, quoting.Admin)
}

// tellRoles writes a notice to everybody who holds one of the roles but the person of the
// turn; who has no chat gets it with the first one. An admin sees no quote, so that it names
// none of its content.
func (t *turn) tellRoles(ctx context.Context, n quoting.Notice, roles ...quoting.Role) error {
	told := map[int64]bool{t.Person.RowID: true}
	for _, role := range roles {
		holders, err := t.tx.Holding(ctx, role)
		if err != nil {
			return err
		}
		for _, p := range holders {
			if told[p.RowID] {
				continue
			}
			told[p.RowID] = true
			if err := t.notify(ctx, t.tx, p.RowID, n, t.arrival.Correlation); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes the steps that the person may, and asks whoever is next. It says whether the
// whole version is approved by it.
func (t *turn) take(ctx context.Context, q store.Quote, v *quoting.Version, s standing) (whole bool, err error) {
	for _, step := range s.Take(t.Policy, q.Quote, *v, t.Person.ID, t.arrival.At) {
		if err := t.tx.SaveStep(ctx, *v, step, t.Person.RowID, s.row(step.For)); err != nil {
			return false, err
		}
		v.Steps = append(v.Steps, step)
		data := map[string]any{"branch": step.Branch, "level": step.Level, "amount": v.Priced.Amount, "check": v.Check, "for": s.row(step.For), "same_person": step.SamePerson}
		if err := t.tx.Record(ctx, t.event("quote_step_approved", *v, data)); err != nil {
			return false, err
		}
		t.metrics.decisions.WithLabelValues("step").Inc()
	}
	if len(v.Waiting()) == 0 {
		return true, nil
	}
	return false, t.askNext(ctx, q, *v, s)
}
