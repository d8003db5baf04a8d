package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// click does what a button asks for and returns what the card is to show then. It is
// judged by the stored state: the card's data says only what the person wants.
func (t *turn) click(ctx context.Context, cmd quoting.Command) (Content, error) {
	if !t.hasRole() {
		return Content{}, quoting.Errorf(quoting.Forbidden, "You have no role in Radio Quote yet. Ask your admin to add you.")
	}
	switch {
	case cmd.Intent == quoting.ReadNotice:
		return t.unseal(ctx, cmd)
	case cmd.Intent == quoting.ReleasePrices || cmd.Intent == quoting.RefusePrices:
		return t.clickHolds(ctx, cmd)
	case cmd.Intent == quoting.ConfirmProposal || cmd.Intent == quoting.RefuseProposal:
		return t.decideProposal(ctx, cmd)
	case cmd.Intent == quoting.TodaysPrice:
		return t.todaysPrice(cmd.Slots.SKU)
	case cmd.Intent == quoting.Delegate && cmd.Click != nil:
		return t.clickDelegate(ctx, cmd)
	}
	if cmd.Intent == quoting.CreateQuote {
		return t.clickCreate(ctx, cmd)
	}
	if cmd.Click == nil {
		return t.clickAsked(ctx, cmd)
	}
	q, err := t.tx.LockQuote(ctx, cmd.Click.Quote)
	if err != nil {
		return Content{}, err
	}
	v, err := t.tx.Version(ctx, q.ID, q.Current)
	if err != nil {
		return Content{}, err
	}
	approval := slices.Contains([]quoting.Intent{quoting.ApproveQuote, quoting.RejectQuote, quoting.AskChanges, quoting.Reassign, quoting.Consult}, cmd.Intent)
	if cmd.Intent == quoting.ShowQuote {
		if approval, err = t.decides(ctx, q, v); err != nil {
			return Content{}, err
		}
	}
	if err = t.quotesNoMore(q, cmd.Intent); err == nil && t.Fresh {
		switch cmd.Intent {
		case quoting.ReviseQuote:
			err = t.reprice(ctx, q, &v, cmd)
		case quoting.SubmitQuote:
			err = t.submit(ctx, q, &v, *cmd.Click)
		case quoting.ApproveQuote:
			err = t.decide(ctx, q, &v, cmd, quoting.Approve)
		case quoting.RejectQuote:
			err = t.decide(ctx, q, &v, cmd, quoting.Reject)
		case quoting.AskChanges:
			err = t.decide(ctx, q, &v, cmd, quoting.RequestChanges)
		case quoting.RecallQuote:
			err = t.recall(ctx, q, &v, *cmd.Click)
		case quoting.AcceptOffer:
			err = t.accept(ctx, q, &v, cmd)
		case quoting.Reassign, quoting.Consult:
			err = t.passOn(ctx, q, v, cmd)
		case quoting.GiveOpinion:
			err = t.opinion(ctx, q, v, cmd)
		case quoting.CustomerWaits:
			err = t.customerWaits(ctx, q, &v)
		case quoting.MarkOutcome:
			err = t.end(ctx, q, &v, cmd.Slots.Outcome, cmd.Slots.Reason)
		case quoting.CancelQuote:
			err = t.end(ctx, q, &v, quoting.Cancelled, cmd.Slots.Reason)
		case quoting.SyncQuote:
			err = t.retry(ctx, q, &v)
		case quoting.LinkCustomer:
			err = t.link(ctx, q, &v, cmd.Click.Customer)
		case quoting.ExplainQuote:
			err = t.explain(ctx, cmd)
		case quoting.CloneQuote:
			err = t.clone(ctx, cmd)
		case quoting.ExtendValidity:
			if cmd.Slots.Changes, err = t.extended(q, v, extendDays); err == nil {
				err = t.reprice(ctx, q, &v, cmd)
			}
		case quoting.ShareQuote:
			err = t.share(ctx, q, v, *cmd.Click)
		case quoting.UnshareQuote:
			err = t.unshare(ctx, q, v)
		case quoting.ShowQuote: // as it is
		default:
			err = quoting.Errorf(quoting.Invalid, "This button does nothing any more.")
		}
	} else if err == nil {
		t.metrics.repeats.Inc()
	}
	sentence, said := quoting.Sentence(err)
	if err != nil && !said {
		return Content{}, err
	}
	t.reason = refused(cmd, true, err)
	// What has changed is read again; what was refused has changed nothing.
	if q, err = t.tx.Quote(ctx, q.ID); err != nil {
		return Content{}, err
	}
	if v, err = t.tx.Version(ctx, q.ID, q.Current); err != nil {
		return Content{}, err
	}
	view, err := t.view(ctx, t.tx, q, v, t.Person, t.arrival.At)
	if err != nil {
		return Content{}, err
	}
	view.Banner, view.SignIn, view.Note = sentence, t.signIn, t.note
	approval = approval || view.CanOpine || cmd.Intent == quoting.GiveOpinion
	if approval && t.signIn == "" {
		view.Next, err = t.nextDecision(ctx, t.tx, view, v, t.Person, t.arrival.At)
	}
	return Content{View: &view, Approval: approval}, err
}

// ofOwners are what only the owner of a quote does with it, who quotes.
var ofOwners = map[quoting.Intent]bool{
	quoting.ReviseQuote: true, quoting.SubmitQuote: true, quoting.RecallQuote: true, quoting.AcceptOffer: true, quoting.CustomerWaits: true,
	quoting.MarkOutcome: true, quoting.CancelQuote: true, quoting.SyncQuote: true, quoting.ExtendValidity: true, quoting.ShareQuote: true,
}

// quotesNoMore is why somebody who owns a quote, and has had another role since, does nothing
// with it.
func (t *turn) quotesNoMore(q store.Quote, intent quoting.Intent) error {
	if q.Owner == t.Person.ID && ofOwners[intent] && !t.Person.MayQuote() {
		return quoting.Errorf(quoting.Forbidden, "Your role does not quote, so %s can be read and nothing else. Ask your admin if it should.", q.ID)
	}
	return nil
}

// stale is why a button of a card does nothing any more: the quote has a newer version.
func stale(q store.Quote, c quoting.Click) error {
	if c.Version != q.Current {
		return quoting.Errorf(quoting.Conflict, "%s is at version %d now; this card was version %d.", q.ID, q.Current, c.Version)
	}
	return nil
}

// nextDecision is what else has waited longest for somebody who has decided on a version, or
// taken a step of it; nil: nothing has. Of those that the person was asked for, a few are
// looked at: what was asked for may be somebody else's by now.
func (d *Desk) nextDecision(ctx context.Context, tx *store.Tx, view quoting.View, decided quoting.Version, viewer store.Person, now time.Time) (*quoting.NextDecision, error) {
	const looked = 5
	if view.CanDecide || !decided.DecidedBy(viewer.ID) {
		return nil, nil
	}
	asked, err := tx.AskedOf(ctx, viewer.RowID, decided.Quote)
	if err != nil {
		return nil, err
	}
	for i, id := range asked[:min(len(asked), looked)] {
		q, err := tx.Quote(ctx, id)
		if err != nil {
			return nil, err
		}
		v, err := tx.Version(ctx, id, q.Current)
		if err != nil {
			return nil, err
		}
		s, err := d.standing(ctx, tx, q, v, now)
		if err != nil {
			return nil, err
		}
		if len(quoting.Mine(s.OpenSteps(d.Policy, q.Quote, v), viewer.ID)) > 0 {
			title := fmt.Sprintf("%s · %s", id, nameOf(v))
			if viewer.SeesPricesOf(q.Quote) {
				title += " · " + v.Priced.Total.Display()
			}
			return &quoting.NextDecision{Quote: id, Title: title, Left: len(asked) - i}, nil
		}
	}
	return nil, nil
}

// clickCreate makes a quote of a button that carries a whole request. The quote's card is
// a message of its own; the button's card says which it became.
func (t *turn) clickCreate(ctx context.Context, cmd quoting.Command) (Content, error) {
	if !t.Fresh {
		t.metrics.repeats.Inc()
		return Content{Notice: &quoting.Notice{Text: "The quote is below."}}, nil
	}
	v, n, err := t.createVersion(ctx, cmd)
	switch {
	case err != nil:
		return Content{}, err
	case n != nil:
		return Content{Notice: n}, nil
	}
	t.askMissing(v)
	if err := t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: v.Quote, Version: v.Number}); err != nil {
		return Content{}, err
	}
	return Content{Notice: &quoting.Notice{Text: fmt.Sprintf("%s v%d is below.", v.Quote, v.Number), Quote: v.Quote, Version: v.Number}}, nil
}

// clickAsked does what a row or a button of a list asks for as if it had been said: the
// answer is a message of its own, and the list stays.
func (t *turn) clickAsked(ctx context.Context, cmd quoting.Command) (Content, error) {
	if !t.Fresh {
		t.metrics.repeats.Inc()
		return Content{Said: "It is below."}, nil
	}
	if t.Dialogue.Pending != "" { // it is answered by this tap
		if err := t.tx.KeepAsked(ctx, t.Conversation.RowID, t.Person.RowID, quoting.Dialogue{}, t.arrival.At); err != nil {
			return Content{}, err
		}
	}
	return Content{Said: "It is below."}, t.answer(ctx, cmd)
}

// reprice makes the next version of a card's inputs, in place: the card becomes the new
// version's.
func (t *turn) reprice(ctx context.Context, q store.Quote, v *quoting.Version, cmd quoting.Command) error {
	switch {
	case q.Owner != t.Person.ID:
		return quoting.Errorf(quoting.Forbidden, "%s is somebody else's; only its owner changes it.", q.ID)
	case q.State.Ended():
		return quoting.Errorf(quoting.Conflict, "%s is %s and cannot be changed.", q.ID, q.State)
	case cmd.Click.Version != q.Current:
		return quoting.Errorf(quoting.Conflict, "%s is at version %d now; this card was version %d.", q.ID, q.Current, cmd.Click.Version)
	}
	draft, err := t.edit(ctx, *v, cmd.Slots)
	if err != nil {
		return err
	}
	next, changed, err := t.nextVersion(ctx, q, *v, draft)
	if err != nil || !changed {
		return err
	}
	if err := t.tx.MoveCards(ctx, q.ID, v.Number, next.Number); err != nil {
		return err
	}
	*v = next
	t.askMissing(next)
	return t.touch(ctx, q.ID)
}

// submit sends a version to whoever must approve it. Where nothing fires it is approved at
// once if NetSuite has confirmed its prices, and by the price check when it has.
func (t *turn) submit(ctx context.Context, q store.Quote, v *quoting.Version, c quoting.Click) error {
	if err := stale(q, c); err != nil {
		return err
	}
	if err := quoting.SubmitProblem(t.Policy, q.Quote, *v, t.Person.ID, t.arrival.At); err != nil {
		return err
	}
	if moved, err := t.refresh(ctx, q, v); err != nil || moved {
		return err
	}
	v.State, v.Nonce, v.SubmittedAt = quoting.Pending, rand.Text(), t.arrival.At
	if err := t.tx.SaveSubmission(ctx, *v); err != nil {
		return err
	}
	data := map[string]any{"amount": v.Priced.Amount, "approvals": v.Approvals, "check": v.Check.State, "carried": len(v.Steps)}
	if err := t.tx.Record(ctx, t.event("quote_submitted", *v, data)); err != nil {
		return err
	}
	passed := v.Check.Passed(t.arrival.At, t.Policy.Prices.CheckGoodFor)
	if !passed {
		t.enqueue(verifyArgs{Quote: q.ID, Version: v.Number, Correlation: t.arrival.Correlation})
	}
	switch {
	case len(v.Waiting()) > 0:
		s, err := t.standing(ctx, t.tx, q, *v, t.arrival.At)
		if err != nil {
			return err
		}
		if err := t.askNext(ctx, q, *v, s); err != nil {
			return err
		}
	case passed:
		jobs, err := t.approveAlone(ctx, t.tx, q, v, t.event("quote_approved", *v, nil))
		if err != nil {
			return err
		}
		t.jobs = append(t.jobs, jobs...)
	}
	return t.touch(ctx, q.ID)
}

// refresh makes the next version of one that today's price book prices or judges otherwise:
// what is submitted is as of now.
func (t *turn) refresh(ctx context.Context, q store.Quote, v *quoting.Version) (bool, error) {
	book, err := t.Book()
	if err != nil || book.Snapshot == v.Snapshot {
		return false, err
	}
	next, changed, err := t.nextVersion(ctx, q, *v, *v)
	if err != nil || !changed {
		return false, err
	}
	if err := t.tx.MoveCards(ctx, q.ID, v.Number, next.Number); err != nil {
		return false, err
	}
	*v = next
	if err := t.touch(ctx, q.ID); err != nil {
		return false, err
	}
	return true, quoting.Errorf(quoting.Conflict, "Prices have moved meanwhile: this is %s v%d. Look at it and submit it again.", q.ID, v.Number)
}

// askApprover sends the approver a card of the version. Somebody who has no chat with us
// gets it with the first one.
func (t *turn) askApprover(ctx context.Context, q store.Quote, v quoting.Version, approver store.Person) error {
	chat, err := t.tx.PersonalChat(ctx, approver.RowID)
	if err != nil && !errors.Is(err, quoting.NotFound) {
		return err
	}
	if chat == 0 {
		n := quoting.Notice{Text: fmt.Sprintf("%s has not opened Radio Quote in Teams yet. The request waits there for the first time that happens.", approver.Name), Quote: q.ID, Version: v.Number}
		if err := t.notice(ctx, n); err != nil {
			return err
		}
		if err := t.withoutApp(ctx, approver); err != nil {
			return err
		}
	}
	return t.postTo(ctx, store.Message{Conversation: chat, Person: approver.RowID, Kind: store.ApprovalMessage, Quote: q.ID, Version: v.Number})
}

// approveAlone approves a version that needs nobody, with its whole trace, and leaves the
// job that writes the Estimate.
func (d *Desk) approveAlone(ctx context.Context, tx *store.Tx, q store.Quote, v *quoting.Version, event store.Event) ([]river.InsertManyParams, error) {
	state, ok := v.State.Next(quoting.Approve)
	if !ok {
		return nil, quoting.Errorf(quoting.Conflict, "%s v%d is %s.", q.ID, v.Number, v.State)
	}
	v.State, v.Decision = state, &quoting.Decision{Action: quoting.Approve, At: event.At}
	event.Data = map[string]any{"by": "policy", "limits": d.Policy.Approval, "amount": v.Priced.Amount, "margin": v.Priced.Margin.String(), "check": v.Check}
	return d.close(ctx, tx, q, *v, 0, 0, event)
}

// decide takes a click that decides. The first decision on a step is the one that counts; an
// Approve without NetSuite's confirmation of the prices decides nothing, and neither does a
// large one without its proof.
func (t *turn) decide(ctx context.Context, q store.Quote, v *quoting.Version, cmd quoting.Command, action quoting.Action) error {
	c := *cmd.Click
	if err := stale(q, c); err != nil {
		return err
	}
	s, err := t.standing(ctx, t.tx, q, *v, t.arrival.At)
	if err != nil {
		return err
	}
	open := s.OpenSteps(t.Policy, q.Quote, *v)
	if err := quoting.DecideProblem(q.Quote, *v, open, t.Person.Person, c.Nonce); err != nil {
		return err
	}
	reason := cmd.Slots.Reason
	offer, err := quoting.NewOffer(cmd.Slots)
	if err != nil {
		return err
	}
	if action != quoting.RequestChanges {
		offer = nil
	}
	if offer != nil && offer.OfTerms() && !t.Person.SeesPricesOf(q.Quote) {
		return quoting.Errorf(quoting.Forbidden, "Engineering asks for another system, and not for another price. Say what should change in it.")
	}
	if action != quoting.Approve && reason == "" && offer == nil {
		return quoting.Errorf(quoting.Invalid, "Please say why, so that %s is not left guessing.", "the rep")
	}
	if action == quoting.Approve && !v.Check.Passed(t.arrival.At, t.Policy.Prices.CheckGoodFor) {
		t.enqueue(verifyArgs{Quote: q.ID, Version: v.Number, Correlation: t.arrival.Correlation})
		return quoting.Errorf(quoting.Conflict, "NetSuite has not confirmed the prices yet, so nothing is decided. I keep asking; this card is updated when it has.")
	}
	if action == quoting.Approve && t.Policy.StepUp.Method == quoting.SignInAgain && t.Policy.Large(*v) && !t.proved {
		return t.stepUp(ctx, *v, cmd)
	}
	state, ok := v.State.Next(action)
	if !ok {
		return quoting.Errorf(quoting.Conflict, "%s v%d is %s.", q.ID, v.Number, v.State)
	}
	if err := t.keepShown(ctx, q, *v); err != nil {
		return err
	}
	as := quoting.Mine(open, t.Person.ID)[0].As(t.Person.ID).For
	if action == quoting.Approve {
		if whole, err := t.take(ctx, q, v, s); err != nil || !whole {
			return errors.Join(err, t.touch(ctx, q.ID))
		}
	}
	v.State = state
	v.Decision = &quoting.Decision{Action: action, By: t.Person.ID, Name: t.Person.Name, Reason: reason, At: t.arrival.At, For: as.ID, ForName: as.Name, Offer: offer}
	kind := map[quoting.Action]string{quoting.Approve: "quote_approved", quoting.Reject: "quote_rejected", quoting.RequestChanges: "quote_changes_requested"}[action]
	event := t.event(kind, *v, map[string]any{
		"approvals": v.Approvals, "amount": v.Priced.Amount, "check": v.Check, "reason_given": reason != "", "for": s.row(as.ID), "offer": v.Decision.Offer, "proved": t.proved,
	})
	jobs, err := t.close(ctx, t.tx, q, *v, t.Person.RowID, s.row(as.ID), event)
	if err != nil {
		return err
	}
	t.jobs = append(t.jobs, jobs...)
	if err := t.tellOwner(ctx, q, *v); err != nil {
		return err
	}
	return t.touch(ctx, q.ID)
}

// close writes a decision and what follows from it: an approved version becomes an
// Estimate.
func (d *Desk) close(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, who, instead int64, event store.Event) ([]river.InsertManyParams, error) {
	if err := tx.SaveDecision(ctx, v, who, instead); err != nil {
		return nil, err
	}
	if err := tx.SaveSubmission(ctx, v); err != nil {
		return nil, err
	}
	if err := tx.Record(ctx, event); err != nil {
		return nil, err
	}
	d.metrics.decisions.WithLabelValues(string(v.Decision.Action)).Inc()
	if v.State != quoting.Approved {
		return nil, nil
	}
	q.Estimate, q.Attention = quoting.Writing, ""
	if err := tx.SaveQuote(ctx, q.Quote); err != nil {
		return nil, err
	}
	return []river.InsertManyParams{{Args: estimateArgs{Quote: q.ID, Correlation: event.Correlation}}}, nil
}

// tellOwner writes a line to the owner's chat: a card far up is easily missed.
func (t *turn) tellOwner(ctx context.Context, q store.Quote, v quoting.Version) error {
	chat, err := t.tx.PersonalChat(ctx, q.OwnerRow)
	if errors.Is(err, quoting.NotFound) {
		return nil // the owner sees it on the card with the next chat
	}
	if err != nil {
		return err
	}
	n := quoting.Notice{Text: fmt.Sprintf("%s v%d is approved by %s.", q.ID, v.Number, v.Decision.Name), Quote: q.ID, Version: v.Number}
	switch v.State {
	case quoting.Rejected:
		n.Text = fmt.Sprintf("%s v%d is rejected by %s: %s", q.ID, v.Number, v.Decision.Name, v.Decision.Reason)
	case quoting.ChangesRequested:
		n.Text = fmt.Sprintf("%s asks for changes of %s v%d: %s", v.Decision.Name, q.ID, v.Number, v.Decision.Wish())
		if offer := v.Decision.Offer; offer != nil {
			n.Choices = []quoting.Choice{{
				Title: "Take it and submit", Command: quoting.Command{Intent: quoting.AcceptOffer, Click: &quoting.Click{Quote: q.ID, Version: v.Number}},
			}}
		}
	default:
	}
	return t.postTo(ctx, store.Message{Conversation: chat, Kind: store.NoticeMessage, Notice: &n})
}
