package desk

import (
	"context"
	"crypto/rand"
	"slices"

	"radioquote/quoting"
	"radioquote/store"
)

// deciders are the people of whom one takes the next step on a version: for the first
// commercial level the owner's sales manager, for the others everybody of the role but the
// owner and admins. None: there is nobody, and the quote waits.
func deciders(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version) ([]store.Person, error) {
	waiting := v.Waiting()
	if len(waiting) == 0 || waiting[0].Role == quoting.SalesManager {
		approver, found, err := tx.Approver(ctx, q.OwnerRow)
		if err != nil || !found {
			return nil, err
		}
		return []store.Person{approver}, nil
	}
	holders, err := tx.Holding(ctx, waiting[0].Role)
	return slices.DeleteFunc(holders, func(p store.Person) bool { return p.RowID == q.OwnerRow || p.Has(quoting.Admin) }), err
}

func people(rows []store.Person) []quoting.Person {
	all := make([]quoting.Person, len(rows))
	for i, row := range rows {
		all[i] = row.Person
	}
	return all
}

// decides says whether the person is one of those who take the next step on a version.
func (t *turn) decides(ctx context.Context, q store.Quote, v quoting.Version) (bool, error) {
	all, err := deciders(ctx, t.tx, q, v)
	return slices.ContainsFunc(all, func(p store.Person) bool { return p.RowID == t.Person.RowID }), err
}

// step takes one approval of several, and asks whoever is next.
func (t *turn) step(ctx context.Context, q store.Quote, v *quoting.Version) error {
	step := v.Waiting()[0]
	taken := quoting.StepDecision{Branch: step.Branch, Level: step.Level, By: t.Person.ID, Name: t.Person.Name, At: t.arrival.At}
	if err := t.tx.SaveStep(ctx, *v, taken, t.Person.RowID); err != nil {
		return err
	}
	v.Steps, v.Nonce = append(v.Steps, taken), rand.Text()
	if err := t.tx.SaveSubmission(ctx, *v); err != nil {
		return err
	}
	data := map[string]any{"branch": step.Branch, "level": step.Level, "amount": v.Priced.Amount, "check": v.Check}
	if err := t.tx.Record(ctx, t.event("quote_step_approved", *v, data)); err != nil {
		return err
	}
	t.metrics.decisions.WithLabelValues("step").Inc()
	next, err := deciders(ctx, t.tx, q, *v)
	if err != nil {
		return err
	}
	for _, p := range next {
		if err := t.askApprover(ctx, q, *v, p); err != nil {
			return err
		}
	}
	return t.touch(ctx, q.ID)
}

// unmanned is the first step of a version's chain that nobody could take; false where
// somebody can take each.
func (t *turn) unmanned(ctx context.Context, q store.Quote, v quoting.Version) (quoting.Role, bool, error) {
	for _, step := range quoting.Chain(v.Approvals) {
		ahead := v
		ahead.Approvals, ahead.Steps = []quoting.ApprovalNeed{{Branch: step.Branch, Level: step.Level, Role: step.Role}}, nil
		for level := 1; level < step.Level; level++ {
			ahead.Steps = append(ahead.Steps, quoting.StepDecision{Branch: step.Branch, Level: level})
		}
		all, err := deciders(ctx, t.tx, q, ahead)
		if err != nil || len(all) == 0 {
			return step.Role, err == nil, err
		}
	}
	return "", false, nil
}
