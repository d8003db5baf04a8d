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

// checkBefore asks NetSuite once more, for at most as long as a person waits, before a
// click that needs fresh prices. It decides nothing: the click looks at what is stored.
// Without an answer nothing is stored; if the click needs one, it leaves a job that asks.
func (d *Desk) checkBefore(ctx context.Context, c quoting.Click) {
	ctx, cancel := context.WithTimeout(ctx, d.Policy.Prices.CheckWait)
	defer cancel()
	v, due, err := d.toCheck(ctx, c.Quote, c.Version)
	if err == nil && due {
		var check quoting.Check
		if check, err = d.check(ctx, v); err == nil {
			err = d.storeCheck(ctx, v, check, "")
		}
	}
	if err != nil && !errors.Is(err, quoting.Unavailable) && !errors.Is(err, quoting.NotFound) && ctx.Err() == nil {
		d.logFailure("check before click", "", err)
	}
}

// verify compares the current version of a quote with NetSuite's live prices and stores
// what came of it. A check that still holds good is not repeated. The error is
// quoting.Unavailable while NetSuite does not answer: the version is marked unverified
// then, and the caller tries again.
func (d *Desk) verify(ctx context.Context, id quoting.QuoteID, number int, correlation string) error {
	v, due, err := d.toCheck(ctx, id, number)
	if err != nil || !due {
		return err
	}
	check, failed := d.check(ctx, v)
	if err := d.storeCheck(ctx, v, check, correlation); err != nil {
		return err
	}
	if failed != nil && !errors.Is(failed, quoting.Unavailable) {
		d.logFailure("price check", correlation, failed)
		return &Later{After: time.Minute, Err: failed}
	}
	if check.Problem != "" { // somebody has to mend it
		return &Later{After: syncEvery, Err: errors.New(check.Problem)}
	}
	return failed
}

// toCheck reads a version and says whether it is one to ask NetSuite about.
func (d *Desk) toCheck(ctx context.Context, id quoting.QuoteID, number int) (v quoting.Version, due bool, err error) {
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.Quote(ctx, id)
		if err != nil {
			return err
		}
		v, err = tx.Version(ctx, id, number)
		due = err == nil && d.checkDue(q.Quote, v)
		return err
	})
	return v, due, err
}

// check compares a version with NetSuite's prices of this moment. With an error the check
// is Unverified.
func (d *Desk) check(ctx context.Context, v quoting.Version) (check quoting.Check, err error) {
	defer func() { d.metrics.checks.WithLabelValues(string(check.State)).Inc() }()
	unverified := quoting.Check{State: quoting.Unverified, At: v.Check.At}
	live, err := d.NetSuite.Check(ctx, v.Basket(d.Now()), d.method())
	if err != nil {
		return unverified, err
	}
	if check, err = v.Compare(live); err != nil {
		return unverified, err
	}
	if check.State == quoting.Verified && live.Method == quoting.ByPriceRows && !d.rowsDecide() {
		check.State, check.Problem = quoting.Unverified, "This NetSuite account's price rules need its own pricing engine, which does not answer for this quote."
	}
	check.At = d.Now() // by the clock that its age is measured with
	return check, nil
}

// method is the way to check prices that the account is known to answer; NetSuite's own
// engine until it was probed.
func (d *Desk) method() quoting.CheckMethod {
	if can := d.capabilities(); can.At.IsZero() || can.CreateForm {
		return quoting.ByCreateForm
	}
	return quoting.ByPriceRows
}

// rowsDecide says whether price rows that agree are a passed check.
func (d *Desk) rowsDecide() bool {
	can := d.capabilities()
	return can.At.IsZero() || can.RowsDecide
}

// checkDue says whether the version is one to ask NetSuite about.
func (d *Desk) checkDue(q quoting.Quote, v quoting.Version) bool {
	live := v.State == quoting.Draft || v.State == quoting.Pending || v.State == quoting.Approved && q.Estimate == quoting.Writing
	return live && v.Number == q.Current && !q.State.Ended() && v.System.Review == "" &&
		!v.Check.Passed(d.Now(), d.Policy.Prices.CheckGoodFor)
}

// storeCheck stores a check with what follows from it: a submitted version that waited
// for it alone is approved; one whose prices moved is handed back and priced again.
func (d *Desk) storeCheck(ctx context.Context, checked quoting.Version, check quoting.Check, correlation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.LockQuote(ctx, checked.Quote)
		if err != nil {
			return err
		}
		v, err := tx.Version(ctx, checked.Quote, checked.Number)
		if err != nil {
			return err
		}
		if !d.checkDue(q.Quote, v) {
			return nil
		}
		if check.State == v.Check.State && check.State == quoting.Unverified && check.Problem == v.Check.Problem {
			return nil // it was so before, and the cards say it
		}
		v.Check = check
		if err := tx.SaveCheck(ctx, v); err != nil {
			return err
		}
		event := store.Event{
			At: d.Now(), Kind: "prices_checked", Quote: v.Quote, Version: v.Number, Policy: v.Policy, Snapshot: v.Snapshot,
			Correlation: correlation, Data: map[string]any{"check": check},
		}
		if err := tx.Record(ctx, event); err != nil {
			return err
		}
		jobs, err := d.afterCheck(ctx, tx, q, v, event)
		if err != nil {
			return err
		}
		updates, err := touch(ctx, tx, v.Quote, correlation)
		if err != nil {
			return err
		}
		return tx.Enqueue(ctx, append(jobs, updates...)...)
	})
}

func (d *Desk) afterCheck(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, event store.Event) ([]river.InsertManyParams, error) {
	switch {
	case v.Check.State == quoting.Verified && v.WaitsForPrices():
		event.Kind = "quote_approved"
		return d.approveAlone(ctx, tx, q, &v, event)
	case v.Check.State == quoting.Moved && v.State == quoting.Pending:
		v.State, v.Nonce, v.SubmittedAt = quoting.Draft, "", time.Time{}
		if err := tx.SaveSubmission(ctx, v); err != nil {
			return nil, err
		}
		event.Kind, event.Data = "quote_handed_back", map[string]any{"moved": v.Check.Moved}
		if err := tx.Record(ctx, event); err != nil {
			return nil, err
		}
		fallthrough
	case v.Check.State == quoting.Moved && v.State == quoting.Draft:
		return []river.InsertManyParams{
			{Args: syncArgs{Correlation: event.Correlation}},
			{Args: repriceArgs{Quote: v.Quote, Version: v.Number, Correlation: event.Correlation}},
		}, nil
	}
	return nil, nil
}

// clockSkew is how far NetSuite's clock, which price books are dated by, and ours may be
// apart.
const clockSkew = 10 * time.Second

// reprice makes the next version of a draft whose prices moved, from a book that is newer
// than the check that saw it. It says false while there is no such book yet. A draft that
// a newer book prices as before stays as it is, marked as moved: NetSuite's engine and its
// price rows say different things, and somebody has to look. NetSuite is asked again after
// the next sync, for as long as the draft is valid.
func (d *Desk) reprice(ctx context.Context, id quoting.QuoteID, number int, correlation string) (done bool, err error) {
	book, err := d.Book()
	if err != nil {
		return false, err
	}
	done = true
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.LockQuote(ctx, id)
		if err != nil {
			return err
		}
		old, err := tx.Version(ctx, id, number)
		if err != nil {
			return err
		}
		if number != q.Current || old.State != quoting.Draft || old.Check.State != quoting.Moved || q.State.Ended() {
			return nil
		}
		if book.TakenAt.Add(clockSkew).Before(old.Check.At) {
			done = false
			return nil
		}
		draft := old
		draft.Reading = ""
		v, err := d.work(ctx, tx, q.Quote, draft, d.Now())
		if err != nil {
			return err
		}
		if v.Changes = v.ChangesSince(old); len(v.Changes) == 0 {
			done = book.TakenAt.After(old.Check.At.Add(clockSkew)) // else it may still be the old book
			if !done || d.Now().After(old.ValidUntil) {
				return nil
			}
			return tx.Enqueue(ctx, river.InsertManyParams{
				Args:       verifyArgs{Quote: id, Version: number, Correlation: correlation},
				InsertOpts: &river.InsertOpts{ScheduledAt: time.Now().Add(syncEvery)},
			})
		}
		v = v.After(d.Policy, q.Quote, old, q.Owner)
		event := store.Event{
			At: d.Now(), Kind: "quote_repriced", Quote: v.Quote, Version: v.Number, Policy: v.Policy, Snapshot: v.Snapshot,
			Correlation: correlation, Data: versionData(v),
		}
		if err := d.writeVersion(ctx, tx, q, v, correlation, event); err != nil {
			return err
		}
		if err := tx.MoveCards(ctx, id, old.Number, v.Number); err != nil {
			return err
		}
		jobs, err := touch(ctx, tx, id, correlation)
		if err != nil {
			return err
		}
		jobs = append(jobs, river.InsertManyParams{Args: verifyArgs{Quote: id, Version: v.Number, Correlation: correlation}})
		return tx.Enqueue(ctx, jobs...)
	})
	if _, cannot := quoting.Sentence(err); cannot || d.recordDisagreement(ctx, Arrival{At: d.Now(), Correlation: correlation}, err) {
		return true, nil // it cannot be priced today: the draft stays, marked as moved
	}
	if err != nil {
		return false, fmt.Errorf("re-price %s: %w", id, err)
	}
	return done, nil
}
