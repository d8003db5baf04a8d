package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// inTurnPause is how long a message waits for the one before it in its conversation.
const inTurnPause = 50 * time.Millisecond

// deliver sends a message of the outbox, once. It is marked as being sent before it is: a
// message that is found so was interrupted, and nobody knows whether Teams has it, so it
// is not sent again. The card shows the quote as it is at this moment.
func (d *Desk) deliver(ctx context.Context, id int64) error {
	var m store.Outgoing
	var content Content
	ready := false
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		ready = false
		if m, err = tx.LockMessage(ctx, id); err != nil {
			return err
		}
		switch {
		case m.State == store.Sending:
			return errors.Join(d.giveUp(ctx, tx, m, store.Ambiguous), d.ownUp(ctx, tx, m))
		case m.State != store.Queued:
			return nil
		case m.Gone:
			return d.giveUp(ctx, tx, m, store.Dead)
		case m.Earlier:
			return river.JobSnooze(inTurnPause)
		}
		if content, err = d.content(ctx, tx, m); err != nil {
			return err
		}
		ready = true
		return tx.SetMessageState(ctx, id, store.Sending)
	})
	if err != nil || !ready {
		return err
	}
	activity, sendErr := d.Teams.Send(ctx, Chat{ID: m.TeamsID, ServiceURL: m.ServiceURL}, content)
	// The outcome is noted even when the service is being stopped. A dying database server
	// may lose this note, but not the one above: the message is ambiguous then, and not sent
	// twice.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return d.DB.InQuickTx(ctx, store.Job, func(tx *store.Tx) error {
		switch {
		case sendErr == nil:
			d.metrics.deliveries.WithLabelValues("sent").Inc()
			due, err := tx.MarkShown(ctx, m, activity, d.Now())
			if err != nil || !due {
				return err
			}
			return tx.Enqueue(ctx, river.InsertManyParams{Args: updateArgs{Message: id, Correlation: m.Correlation}})
		case errors.Is(sendErr, quoting.OutcomeUnknown):
			return d.giveUp(ctx, tx, m, store.Ambiguous)
		case errors.Is(sendErr, quoting.Refused):
			return d.giveUp(ctx, tx, m, store.Dead)
		case !errors.Is(sendErr, quoting.Unavailable):
			d.logFailure("send message", m.Correlation, sendErr)
			return d.giveUp(ctx, tx, m, store.Dead)
		default: // nothing was sent
			return errors.Join(tx.SetMessageState(ctx, id, store.Queued), d.requeue(ctx, tx, m, sendErr))
		}
	})
}

// requeue has a message that was not sent tried again later, in the transaction that says
// it was not sent: a job's own retry would have to be told apart from an interruption.
func (d *Desk) requeue(ctx context.Context, tx *store.Tx, m store.Outgoing, cause error) error {
	after := retryNetwork
	if later, ok := errors.AsType[*Later](cause); ok {
		after = max(later.After, 10*time.Millisecond)
	}
	d.metrics.deliveries.WithLabelValues("later").Inc()
	return tx.Enqueue(ctx, river.InsertManyParams{
		Args:       deliverArgs{Message: m.RowID, Correlation: m.Correlation},
		InsertOpts: &river.InsertOpts{ScheduledAt: time.Now().Add(after)},
	})
}

// giveUp notes that a message is not sent, or not known to be: an operator sees it in the
// metrics and in the audit log.
func (d *Desk) giveUp(ctx context.Context, tx *store.Tx, m store.Outgoing, state store.MessageState) error {
	d.metrics.deliveries.WithLabelValues(string(state)).Inc()
	if err := tx.SetMessageState(ctx, m.RowID, state); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "message_" + string(state), Quote: m.Quote, Version: m.Version, Correlation: m.Correlation,
		Data: map[string]any{"message": m.RowID},
	})
}

// ownUp tells the person of a message that was interrupted: it is not sent again, and may
// not have arrived. A quote can be opened from here.
func (d *Desk) ownUp(ctx context.Context, tx *store.Tx, m store.Outgoing) error {
	n := quoting.Notice{Text: "I was interrupted while I answered. If you do not see the answer, please write it again."}
	if m.Quote != 0 {
		n = quoting.Notice{
			Text: fmt.Sprintf("I was interrupted while I sent you %s v%d. It is saved; if you do not see its card, open it here.", m.Quote, m.Version), Quote: m.Quote, Version: m.Version,
			Choices: []quoting.Choice{{
				Title:   "Open " + m.Quote.String(),
				Command: quoting.Command{Intent: quoting.ShowQuote, Click: &quoting.Click{Quote: m.Quote, Version: m.Version}},
			}},
		}
	}
	id, err := tx.Post(ctx, store.Message{Conversation: m.Conversation, Kind: store.NoticeMessage, Notice: &n, Correlation: m.Correlation, CreatedAt: d.Now()})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, river.InsertManyParams{Args: deliverArgs{Message: id, Correlation: m.Correlation}})
}

// update replaces a card that Teams has by the quote as it is at this moment. Several
// changes that came together, or while an update was on its way, are one update.
func (d *Desk) update(ctx context.Context, id int64) error {
	if _, busy := d.updating.LoadOrStore(id, true); busy {
		return river.JobSnooze(inTurnPause)
	}
	defer d.updating.Delete(id)
	var m store.Outgoing
	var content Content
	due := false
	err := d.DB.InQuickTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		due = false
		if m, err = tx.LockMessage(ctx, id); err != nil {
			return err
		}
		switch {
		case m.State == store.Sending:
			return river.JobSnooze(inTurnPause)
		case m.State != store.Delivered || m.Shown >= m.Wanted || m.Gone:
			return nil
		}
		content, err = d.content(ctx, tx, m)
		due = err == nil
		return err
	})
	if err != nil || !due {
		return err
	}
	err = d.Teams.Update(ctx, Chat{ID: m.TeamsID, ServiceURL: m.ServiceURL}, m.ActivityID, content)
	if errors.Is(err, quoting.Refused) {
		d.metrics.deliveries.WithLabelValues("update refused").Inc()
		return nil // the card was deleted, or the chat is gone
	}
	if err != nil {
		return err
	}
	d.metrics.deliveries.WithLabelValues("updated").Inc()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return d.DB.InQuickTx(ctx, store.Job, func(tx *store.Tx) error {
		due, err := tx.MarkShown(ctx, m, m.ActivityID, d.Now())
		if err != nil || !due {
			return err
		}
		return tx.Enqueue(ctx, river.InsertManyParams{Args: updateArgs{Message: id, Correlation: m.Correlation}})
	})
}

// content is what a message shows now.
func (d *Desk) content(ctx context.Context, tx *store.Tx, m store.Outgoing) (Content, error) {
	switch m.Kind {
	case store.NoticeMessage:
		return Content{Locale: m.Locale, Notice: m.Notice}, nil
	case store.SealedMessage:
		return sealed(ctx, tx, m)
	case store.RoomMessage:
		return roomContent(ctx, tx, m)
	case store.QuoteMessage, store.ApprovalMessage:
	}
	q, err := tx.Quote(ctx, m.Quote)
	if err != nil {
		return Content{}, err
	}
	v, err := tx.Version(ctx, m.Quote, m.Version)
	if err != nil {
		return Content{}, err
	}
	viewer, err := tx.PersonByRow(ctx, m.Person)
	if err != nil {
		return Content{}, err
	}
	view, err := d.view(ctx, tx, q, v, viewer, d.Now())
	c := Content{Locale: m.Locale, View: &view, Approval: m.Kind == store.ApprovalMessage}
	switch {
	case err != nil:
	case c.Approval:
		view.Next, err = d.nextDecision(ctx, tx, view, v, viewer, d.Now())
	default:
		c.Hints = view.Hints()
	}
	return c, err
}
