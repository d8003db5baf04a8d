package desk

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// claimFor is how long a job may be the only one that writes a quote's Estimate: longer
// than any job lives.
const claimFor = 2 * jobTimeout

// claimed runs fn as the only job that writes to NetSuite about a quote. Two would
// overwrite each other's work in an order that nobody chose.
func (d *Desk) claimed(ctx context.Context, id quoting.QuoteID, fn func() error) error {
	taken := false
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		now := time.Now()
		taken, err = tx.ClaimEstimate(ctx, id, now, now.Add(claimFor))
		return err
	})
	if err != nil {
		return err
	}
	if !taken {
		return river.JobSnooze(retryNetwork)
	}
	err = fn()
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, d.DB.InQuickTx(release, store.Job, func(tx *store.Tx) error { return tx.ReleaseEstimate(release, id) }))
}

// end takes the owner's word on how a quote ended. What NetSuite has to hear of it is a job.
func (t *turn) end(ctx context.Context, q store.Quote, v *quoting.Version, to quoting.QuoteState, reason string) error {
	if err := quoting.EndProblem(q.Quote, *v, to, t.Person.ID, reason); err != nil {
		return err
	}
	q.State = to
	if err := errors.Join(t.tx.SaveQuote(ctx, q.Quote), t.tx.SaveEnding(ctx, q.ID, reason)); err != nil {
		return err
	}
	if err := t.tx.Record(ctx, t.event("quote_"+string(to), *v, map[string]any{"total": v.Priced.Total, "reason_given": reason != ""})); err != nil {
		return err
	}
	t.metrics.decisions.WithLabelValues(string(to)).Inc()
	if q.Estimate != quoting.NoEstimate {
		t.enqueue(endArgs{Quote: q.ID, Correlation: t.arrival.Correlation})
	}
	return t.touch(ctx, q.ID)
}

// retry takes the owner's word that what NetSuite refused is mended.
func (t *turn) retry(ctx context.Context, q store.Quote, v *quoting.Version) error {
	if err := quoting.RetryProblem(q.Quote, *v, t.Person.ID); err != nil {
		return err
	}
	if err := t.tx.Record(ctx, t.event("estimate_retried", *v, nil)); err != nil {
		return err
	}
	if q.State.Ended() {
		t.enqueue(endArgs{Quote: q.ID, Correlation: t.arrival.Correlation})
		return nil
	}
	return t.writeAgain(ctx, q)
}

// tellEnding tells NetSuite how a quote ended: won, its Estimate becomes a sales order;
// otherwise it gets the account's lost status. It is never deleted. Both are read before
// they are written, and read back.
func (d *Desk) tellEnding(ctx context.Context, id quoting.QuoteID, correlation string) error {
	var q store.Quote
	var v quoting.Version
	var read store.StoredEstimate
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		if q, err = tx.Quote(ctx, id); err != nil {
			return err
		}
		if v, err = tx.Version(ctx, id, q.Current); err != nil {
			return err
		}
		read, _, err = tx.EstimateOf(ctx, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case q.State == quoting.Won && (read.SalesOrder == "" || q.Estimate == quoting.NeedsAttention):
		return d.order(ctx, q, v, correlation)
	case q.State.Ended() && q.State != quoting.Won:
		return d.lose(ctx, q, v, correlation)
	}
	return nil
}

// lose gives the Estimate of a quote that was not won the account's lost status. There may
// be none, though one was to be written.
func (d *Desk) lose(ctx context.Context, q store.Quote, v quoting.Version, correlation string) error {
	external := d.Prefix + v.Quote.String()
	there, found, err := d.NetSuite.ReadEstimate(ctx, external)
	if err == nil && found && !there.Lost {
		switch err := d.NetSuite.MarkEstimateLost(ctx, external); {
		case errors.Is(err, quoting.Refused):
			d.logFailure("estimate not marked as lost", correlation, err)
			return d.told(ctx, v, lost, "", "NetSuite did not take the Estimate as lost. An admin sees the reason under reference "+correlation+".", correlation)
		case errors.Is(err, quoting.OutcomeUnknown):
			return river.JobSnooze(retryNetwork)
		case err != nil:
			return err
		}
		there, found, err = d.NetSuite.ReadEstimate(ctx, external)
	}
	switch {
	case err != nil:
		return err
	case !found && q.Estimate == quoting.NoEstimate:
		return nil // as it is noted
	case !found:
		return d.told(ctx, v, none, "", "", correlation)
	case !there.Lost:
		return d.told(ctx, v, lost, "", "NetSuite accepted the Estimate as lost but does not show it so.", correlation)
	}
	return d.told(ctx, v, lost, "", "", correlation)
}

// order makes the sales order of a quote that was won.
func (d *Desk) order(ctx context.Context, q store.Quote, v quoting.Version, correlation string) error {
	external, orderID := d.Prefix+q.ID.String(), d.Prefix+"SO-"+q.ID.String()
	book, err := d.Book()
	if err != nil {
		return river.JobSnooze(retryNetwork)
	}
	freight, _ := book.Item(d.Policy.Freight.Item)
	want := v.Estimate(external, freight.ID, v.Decision.At, correlation)
	made, found, err := d.NetSuite.ReadSalesOrder(ctx, orderID)
	if err != nil {
		return err
	}
	if !found {
		there, exists, err := d.NetSuite.ReadEstimate(ctx, external)
		if err != nil {
			return err
		}
		if v.Customer.New() {
			want.Customer = there.Customer
		}
		if differences := quoting.CompareEstimates(want, there); !exists || len(differences) > 0 {
			return d.told(ctx, v, ordered, "", "The Estimate was changed in NetSuite, so no sales order was made of it.", correlation)
		}
		switch err := d.NetSuite.MakeSalesOrder(ctx, there.ID, orderID); {
		case errors.Is(err, quoting.Refused):
			d.logFailure("sales order refused", correlation, err)
			return d.told(ctx, v, ordered, "", "NetSuite refused the sales order. An admin sees the reason under reference "+correlation+".", correlation)
		case errors.Is(err, quoting.OutcomeUnknown):
			return river.JobSnooze(retryNetwork) // the next attempt reads first
		case err != nil:
			return err
		}
		if made, found, err = d.NetSuite.ReadSalesOrder(ctx, orderID); err != nil {
			return err
		}
	}
	if v.Customer.New() {
		want.Customer = made.Customer
	}
	switch differences := quoting.CompareEstimates(want, made); {
	case !found:
		return d.told(ctx, v, ordered, "", "NetSuite accepted the sales order but does not have it.", correlation)
	case len(differences) > 0:
		return d.told(ctx, v, ordered, made.Number, "The sales order is not equal to the quote: "+differences[0].String()+".", correlation)
	}
	return d.told(ctx, v, ordered, made.Number, "", correlation)
}

// What may become of a quote's Estimate when the quote ends.
const (
	ordered = "ordered"
	lost    = "lost"
	none    = "none" // there was none to be lost
)

// told notes what became of the Estimate of a quote that has ended, with the number of the
// sales order; or why it needs attention.
func (d *Desk) told(ctx context.Context, v quoting.Version, became, order, attention, correlation string) error {
	state := quoting.Synced
	switch {
	case attention != "":
		state, became = quoting.NeedsAttention, string(quoting.NeedsAttention)
	case became == none:
		state = quoting.NoEstimate
	}
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.LockQuote(ctx, v.Quote)
		if err != nil {
			return err
		}
		q.Estimate, q.Attention = state, attention
		if err := errors.Join(tx.SaveQuote(ctx, q.Quote), tx.SaveSalesOrder(ctx, v.Quote, order)); err != nil {
			return err
		}
		event := store.Event{
			At: d.Now(), Kind: "estimate_" + became, Quote: v.Quote, Version: v.Number, Policy: v.Policy, Correlation: correlation,
			Data: map[string]any{"sales_order": order},
		}
		if err := tx.Record(ctx, event); err != nil {
			return err
		}
		updates, err := touch(ctx, tx, v.Quote, correlation)
		if err != nil {
			return err
		}
		return tx.Enqueue(ctx, updates...)
	})
	if err == nil {
		d.metrics.estimates.WithLabelValues(became).Inc()
	}
	return err
}
