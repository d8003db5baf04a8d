package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"radioquote/quoting"
	"radioquote/store"
)

// recall takes a version back from approval. Any change makes the next one of it.
func (t *turn) recall(ctx context.Context, q store.Quote, v *quoting.Version, c quoting.Click) error {
	if err := stale(q, c); err != nil {
		return err
	}
	if err := quoting.RecallProblem(q.Quote, *v, t.Person.ID); err != nil {
		return err
	}
	v.State = quoting.Recalled
	if err := t.tx.SaveSubmission(ctx, *v); err != nil {
		return err
	}
	t.metrics.decisions.WithLabelValues("recall").Inc()
	return errors.Join(t.tx.Record(ctx, t.event("quote_recalled", *v, nil)), t.touch(ctx, q.ID))
}

// accept takes the condition of an approver: the next version has it, and is submitted. The
// condition is the approver's own price where it is lower than the owner's was; somebody
// else decides then.
func (t *turn) accept(ctx context.Context, q store.Quote, v *quoting.Version, cmd quoting.Command) error {
	if cmd.Click.Version != q.Current {
		return quoting.Errorf(quoting.Conflict, "%s is at version %d now; this offer was on version %d.", q.ID, q.Current, cmd.Click.Version)
	}
	if err := quoting.AcceptProblem(q.Quote, *v, t.Person.ID); err != nil {
		return err
	}
	offer, by := v.Decision.Offer, v.Decision.By
	draft, err := t.edit(ctx, *v, quoting.Slots{Changes: offer.Changes})
	if err != nil {
		return err
	}
	worked, err := t.work(ctx, t.tx, q.Quote, draft, t.arrival.At)
	if err != nil {
		return err
	}
	worked.Changes = worked.ChangesSince(*v)
	setter := t.Person.ID
	if worked.Request.Terms.CheaperThan(v.Request.Terms) {
		setter = by
	}
	next, err := t.addVersion(ctx, q, worked.After(t.Policy, q.Quote, *v, setter), "quote_revised")
	if err != nil {
		return err
	}
	if err := t.tx.MoveCards(ctx, q.ID, v.Number, next.Number); err != nil {
		return err
	}
	q.Current, *v = next.Number, next
	return t.submit(ctx, q, v, quoting.Click{Quote: q.ID, Version: next.Number})
}

// takenUp says whether a version was recalled, sent back or rejected: it is taken up again,
// even as it is.
func takenUp(v quoting.Version) bool {
	return v.State == quoting.Recalled || v.State == quoting.ChangesRequested || v.State == quoting.Rejected
}

// passOn asks a colleague for a step in the approver's place, or for an opinion.
func (t *turn) passOn(ctx context.Context, q store.Quote, v quoting.Version, cmd quoting.Command) error {
	s, err := t.standing(ctx, t.tx, q, v, t.arrival.At)
	if err != nil {
		return err
	}
	open := s.OpenSteps(t.Policy, q.Quote, v)
	if err := quoting.DecideProblem(q.Quote, v, open, t.Person.Person, v.DecisionNonce(quoting.Mine(open, t.Person.ID))); err != nil {
		return err
	}
	name := cmd.Slots.DelegateTo
	if name == "" {
		return quoting.Errorf(quoting.Invalid, "To whom? Write a colleague's name.")
	}
	to, err := t.colleague(ctx, name)
	if err != nil {
		return err
	}
	if cmd.Intent == quoting.Consult {
		return t.consult(ctx, q, v, to)
	}
	mine := quoting.Mine(open, t.Person.ID)[0].ApprovalStep
	if problem := s.ReassignProblem(q.Quote, v, mine, to.Person); problem != nil {
		return problem
	}
	d := quoting.Decider{Person: to.Person, Via: quoting.ByReassignment, For: t.Person.Person}
	s.rows[to.ID], s.rows[t.Person.ID] = to.RowID, t.Person.RowID
	if _, err := t.askDecider(ctx, q, v, mine, d, s); err != nil {
		return err
	}
	data := map[string]any{"branch": mine.Branch, "level": mine.Level, "to": to.RowID}
	t.note = fmt.Sprintf("%s is asked as well; you can still decide yourself.", to.Name)
	return errors.Join(t.tx.Record(ctx, t.event("quote_reassigned", v, data)), t.touch(ctx, q.ID))
}

// consult asks somebody for an opinion, which decides nothing.
func (t *turn) consult(ctx context.Context, q store.Quote, v quoting.Version, to store.Person) error {
	switch {
	case to.RowID == t.Person.RowID:
		return quoting.Errorf(quoting.Invalid, "That is you. Name a colleague.")
	case len(to.Roles) == 0 || to.Has(quoting.Admin):
		return quoting.Errorf(quoting.Invalid, "%s may not see quotes.", to.Name)
	}
	first, err := t.tx.Consult(ctx, v, t.Person.RowID, to.RowID, t.arrival.At)
	if err != nil {
		return err
	}
	if !first {
		return quoting.Errorf(quoting.Conflict, "%s was asked already.", to.Name)
	}
	if err := t.tx.Record(ctx, t.event("opinion_asked", v, map[string]any{"of": to.RowID})); err != nil {
		return err
	}
	t.note = fmt.Sprintf("%s is asked for an opinion. You decide.", to.Name)
	return errors.Join(t.askApprover(ctx, q, v, to), t.touch(ctx, q.ID))
}

// opinion takes what somebody who was asked thinks of a version.
func (t *turn) opinion(ctx context.Context, q store.Quote, v quoting.Version, cmd quoting.Command) error {
	text := strings.TrimSpace(cmd.Slots.Reason)
	if text == "" {
		return quoting.Errorf(quoting.Invalid, "Write what you think of it first.")
	}
	asked, err := t.tx.AnswerConsult(ctx, q.ID, v.Number, t.Person.RowID, text, t.arrival.At)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		return quoting.Errorf(quoting.Conflict, "Nobody waits for your opinion on %s v%d any more.", q.ID, v.Number)
	}
	n := quoting.Notice{Text: fmt.Sprintf("%s on %s v%d: %s", t.Person.Name, q.ID, v.Number, text), Quote: q.ID, Version: v.Number}
	for _, row := range asked {
		if err := t.notify(ctx, t.tx, row, n, t.arrival.Correlation); err != nil {
			return err
		}
	}
	return errors.Join(t.tx.Record(ctx, t.event("opinion_given", v, nil)), t.touch(ctx, q.ID))
}

// customerWaits has the clocks of a version run faster.
func (t *turn) customerWaits(ctx context.Context, q store.Quote, v *quoting.Version) error {
	switch {
	case q.Owner != t.Person.ID:
		return quoting.Errorf(quoting.Forbidden, "Only the owner of %s can say that.", q.ID)
	case v.State != quoting.Pending && v.State != quoting.Draft:
		return quoting.Errorf(quoting.Conflict, "%s v%d is %s.", q.ID, v.Number, v.State)
	case v.Waits:
		return nil
	}
	v.Waits = true
	return errors.Join(t.tx.SaveWaits(ctx, *v), t.tx.Record(ctx, t.event("customer_waits", *v, nil)), t.touch(ctx, q.ID))
}

// keepShown keeps what the approver sees of a version at the moment of the decision: the data
// of the card.
func (t *turn) keepShown(ctx context.Context, q store.Quote, v quoting.Version) error {
	view, err := t.view(ctx, t.tx, q, v, t.Person, t.arrival.At)
	if err != nil {
		return err
	}
	view.Banner, view.Nonce = "", ""
	data, err := json.Marshal(view)
	if err != nil {
		return fmt.Errorf("card of %s: %w", view.Quote, err)
	}
	return t.tx.SaveShown(ctx, view, t.Person.RowID, data, t.arrival.At)
}

func lower(role quoting.Role) string { return strings.ToLower(role.Words()) }
