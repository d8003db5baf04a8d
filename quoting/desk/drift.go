package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// driftPage is how many open quotes are compared in one transaction.
const driftPage = 200

// driftWorker compares for longer than other jobs may take: ten thousand quotes.
type driftWorker struct {
	river.WorkerDefaults[driftArgs]
	desk *Desk
}

func (w *driftWorker) Timeout(*river.Job[driftArgs]) time.Duration { return 5 * time.Minute }

func (w *driftWorker) Work(ctx context.Context, job *river.Job[driftArgs]) error {
	return w.desk.drift(ctx, job.Args.Snapshot, job.Args.Correlation)
}

// drift compares the open quotes that a published snapshot concerns with its prices. What
// has to be approved again becomes the next version, a draft at today's prices; then every
// owner gets one card, and every manager one with the exposure of their reps. A page that
// was compared is not compared again to any effect, and nobody is told twice.
func (d *Desk) drift(ctx context.Context, id quoting.SnapshotID, correlation string) error {
	book, err := d.Book()
	if err == nil && book.Snapshot < id {
		err = d.RefreshBook(ctx)
		if err == nil {
			book, err = d.Book()
		}
	}
	if err != nil || book.Snapshot < id {
		return errors.Join(err, river.JobSnooze(time.Second))
	}
	for after := quoting.QuoteID(0); ; {
		last := after
		err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
			last = after
			page, err := tx.OpenQuotesOf(ctx, id, after, driftPage)
			if err != nil {
				return err
			}
			for _, open := range page {
				if err := d.driftOf(ctx, tx, book, id, open, correlation); err != nil {
					return err
				}
				last = open.ID
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("drift: %w", err)
		}
		if last == after {
			return d.tellDrifts(ctx, id, correlation)
		}
		after = last
	}
}

// driftOf notes how far one quote is from today's prices, and opens its approval again
// where it is too far. A quote that cannot be priced today any more is one of those: its
// next check or change says why.
func (d *Desk) driftOf(ctx context.Context, tx *store.Tx, book *quoting.PriceBook, id quoting.SnapshotID, open store.OpenQuote, correlation string) error {
	v, today := open.Version, open.Version
	if v.System.Review != "" || v.State == quoting.Draft && v.Check.State == quoting.Moved {
		return nil // it has no price, or is priced again already
	}
	drift := quoting.PriceDrift{Quote: v.Quote, Version: v.Number, Class: quoting.DriftTell, Before: v.Priced.Total, Now: v.Priced.Total}
	err := today.Work(d.Policy, book)
	sentence, cannot := quoting.Sentence(err)
	switch {
	case cannot:
		drift.Why = sentence
	case err != nil:
		return err
	default:
		drift = v.DriftSince(d.Policy, today)
	}
	if drift.Class == quoting.DriftQuiet {
		return nil
	}
	if err := tx.SaveDrift(ctx, id, drift, d.Now()); err != nil {
		return err
	}
	if drift.Class != quoting.DriftReopen || open.Quote.State != quoting.Open || v.State != quoting.Pending && v.State != quoting.Approved {
		return nil
	}
	return d.reopen(ctx, tx, open.Quote, v, correlation, map[string]any{"why": drift.Why, "before": drift.Before, "now": drift.Now})
}

// reopen makes the next version of a quote at today's prices, a draft: what was pending or
// approved can do nothing any more.
func (d *Desk) reopen(ctx context.Context, tx *store.Tx, q store.Quote, old quoting.Version, correlation string, why map[string]any) error {
	q, err := tx.LockQuote(ctx, q.ID)
	if err != nil || q.Current != old.Number {
		return err
	}
	draft := old
	draft.Reading = ""
	v, err := d.work(ctx, tx, q.Quote, draft, d.Now())
	if err != nil {
		return err
	}
	v.Changes = v.ChangesSince(old)
	v = v.After(d.Policy, q.Quote, old, q.Owner)
	event := store.Event{
		At: d.Now(), Kind: "quote_reopened", Quote: v.Quote, Version: v.Number, Policy: v.Policy, Snapshot: v.Snapshot, Correlation: correlation, Data: why,
	}
	if err := d.writeVersion(ctx, tx, q, v, correlation, event); err != nil {
		return err
	}
	if err := tx.MoveCards(ctx, q.ID, old.Number, v.Number); err != nil {
		return err
	}
	jobs, err := touch(ctx, tx, q.ID, correlation)
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, append(jobs, river.InsertManyParams{Args: verifyArgs{Quote: v.Quote, Version: v.Number, Correlation: correlation}})...)
}

// shownDrifts is how many quotes an alert names.
const shownDrifts = 5

// tellDrifts sends each owner one card about their quotes, and each manager one about what
// the move means for all of their reps.
func (d *Desk) tellDrifts(ctx context.Context, id quoting.SnapshotID, correlation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		first, err := tx.TakeDriftAlert(ctx, id, d.Now())
		if err != nil || !first {
			return err
		}
		drifts, err := tx.Drifts(ctx, id)
		if err != nil {
			return err
		}
		owned := map[int64][]store.OwnedDrift{}
		var owners []int64
		for _, drift := range drifts {
			if owned[drift.Owner] == nil {
				owners = append(owners, drift.Owner)
			}
			owned[drift.Owner] = append(owned[drift.Owner], drift)
		}
		teams := map[int64][]store.OwnedDrift{}
		var managers []int64
		for _, owner := range owners {
			if err := d.notify(ctx, tx, owner, driftNotice(owned[owner]), correlation); err != nil {
				return err
			}
			manager, found, err := tx.Approver(ctx, owner)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			if teams[manager.RowID] == nil {
				managers = append(managers, manager.RowID)
			}
			teams[manager.RowID] = append(teams[manager.RowID], owned[owner]...)
		}
		for _, manager := range managers {
			if err := d.notify(ctx, tx, manager, exposureNotice(teams[manager]), correlation); err != nil {
				return err
			}
		}
		return nil
	})
}

// notify writes a notice into somebody's chat; who has none gets it with the first.
func (d *Desk) notify(ctx context.Context, tx *store.Tx, person int64, n quoting.Notice, correlation string) error {
	chat, err := tx.PersonalChat(ctx, person)
	if err != nil && !errors.Is(err, quoting.NotFound) {
		return err
	}
	id, err := tx.Post(ctx, store.Message{Conversation: chat, Person: person, Kind: store.NoticeMessage, Notice: &n, Correlation: correlation, CreatedAt: d.Now()})
	if err != nil || chat == 0 {
		return err
	}
	return tx.Enqueue(ctx, river.InsertManyParams{Args: deliverArgs{Message: id, Correlation: correlation}})
}

// driftNotice is a rep's card after prices moved: before and after of each quote, and what
// to type to take today's prices.
func driftNotice(drifts []store.OwnedDrift) quoting.Notice {
	n := quoting.Notice{Title: "NetSuite's prices moved", Text: "This is what they do to your open quotes. A tap re-prices one, as its next version:"}
	for i, drift := range drifts {
		if i == shownDrifts {
			n.Points = append(n.Points, fmt.Sprintf("and %s more", quoting.Thousands(len(drifts)-i)))
			break
		}
		point := drift.String() + ", " + drift.Why
		switch {
		case drift.Class == quoting.DriftReopen:
			point += "; what was asked or approved has to be approved again"
		case drift.Cheaper():
			point += "; you can offer the lower price"
		}
		n.Points = append(n.Points, point+".")
		n.Examples = append(n.Examples, "reprice "+drift.Quote.String())
	}
	return n
}

// exposureNotice is a manager's card after prices moved: what it means for all quotes that
// are open.
func exposureNotice(drifts []store.OwnedDrift) quoting.Notice {
	before, now := map[quoting.Currency]quoting.Money{}, map[quoting.Currency]quoting.Money{}
	reopened := 0
	n := quoting.Notice{Title: "NetSuite's prices moved"}
	for i, drift := range drifts {
		currency := drift.Now.Currency
		if sum, err := before[currency].Add(drift.Before); err == nil {
			before[currency] = sum
		}
		if sum, err := now[currency].Add(drift.Now); err == nil {
			now[currency] = sum
		}
		if drift.Class == quoting.DriftReopen {
			reopened++
		}
		if i < shownDrifts {
			n.Points = append(n.Points, drift.String()+", "+drift.Why+".")
		}
	}
	n.Text = fmt.Sprintf("%s of your team's open quotes would cost something else today.", quoting.Thousands(len(drifts)))
	for _, currency := range slices.Sorted(maps.Keys(before)) {
		n.Text += fmt.Sprintf(" %s → %s.", before[currency].Display(), now[currency].Display())
	}
	if reopened > 0 {
		n.Text += fmt.Sprintf(" %s moved so far that approval opens again.", quoting.Thousands(reopened))
	}
	return n
}
