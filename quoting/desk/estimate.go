package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// writeEstimate makes the approved version of a quote its Estimate in NetSuite, and says
// synced only after NetSuite's copy was read back and is equal line by line. It reads
// before it writes: an attempt before this one may have been done although its answer was
// lost, and what a person edited in NetSuite is never overwritten. Nothing is written of a
// quote that has ended: the job that tells NetSuite of its end sees to what there is. The error is
// quoting.Unavailable while NetSuite does not answer.
func (d *Desk) writeEstimate(ctx context.Context, id quoting.QuoteID, correlation string) error {
	q, v, err := d.approved(ctx, id)
	switch {
	case err != nil:
		return err
	case q.State.Ended() && q.Estimate == quoting.NoEstimate:
		return d.tellEnding(ctx, id, correlation) // what an attempt before this one wrote may be there only now
	case q.State.Ended() || q.Estimate != quoting.Writing:
		return nil
	}
	if !v.Check.Passed(d.Now(), d.Policy.Prices.CheckGoodFor) {
		if err := d.verify(ctx, id, v.Number, correlation); err != nil {
			return err
		}
		if q, v, err = d.approved(ctx, id); err != nil || q.State.Ended() || q.Estimate != quoting.Writing {
			return err
		}
		if v.Check.State == quoting.Moved {
			return d.endEstimate(ctx, v, quoting.Estimate{}, "NetSuite's prices moved after the approval. Re-price and approve again.", correlation, nil)
		}
	}
	book, err := d.Book()
	if err != nil {
		return river.JobSnooze(retryNetwork)
	}
	freight, ok := book.Item(d.Policy.Freight.Item)
	if !ok {
		return d.endEstimate(ctx, v, quoting.Estimate{}, fmt.Sprintf("NetSuite has no item %s to charge freight with.", d.Policy.Freight.Item), correlation, nil)
	}
	if v.Customer.New() {
		known, problem, err := d.prospect(ctx, v, book)
		switch {
		case err != nil:
			return err
		case problem != "":
			return d.endEstimate(ctx, v, quoting.Estimate{}, problem, correlation, nil)
		}
		v.Customer.ID = known
	}
	want := v.Estimate(d.Prefix+id.String(), freight.ID, v.Decision.At, correlation)
	there, found, err := d.NetSuite.ReadEstimate(ctx, want.ExternalID)
	switch {
	case err != nil:
		return err
	case found && len(quoting.CompareEstimates(want, there)) == 0:
		return d.endEstimate(ctx, v, there, "", correlation, nil)
	case found:
		ours, err := d.leftAs(ctx, v, there, freight.ID)
		if err != nil {
			return err
		}
		if !ours {
			return d.endEstimate(ctx, v, there, "The Estimate was changed in NetSuite. It is left as it is; compare the two.", correlation, quoting.CompareEstimates(want, there))
		}
	}
	if err := d.NetSuite.WriteEstimate(ctx, want); errors.Is(err, quoting.Refused) {
		d.logFailure("estimate refused", correlation, err)
		return d.endEstimate(ctx, v, quoting.Estimate{}, "NetSuite refused the Estimate. An admin sees the reason under reference "+correlation+".", correlation, nil)
	} else if errors.Is(err, quoting.OutcomeUnknown) {
		return river.JobSnooze(retryNetwork) // the next attempt reads first
	} else if err != nil {
		return err
	}
	back, found, err := d.NetSuite.ReadEstimate(ctx, want.ExternalID)
	switch {
	case err != nil:
		return err
	case !found:
		return d.endEstimate(ctx, v, quoting.Estimate{}, "NetSuite accepted the Estimate but does not have it.", correlation, nil)
	}
	if differences := quoting.CompareEstimates(want, back); len(differences) > 0 {
		return d.endEstimate(ctx, v, back, "NetSuite's copy is not equal to the quote: "+differences[0].String()+".", correlation, differences)
	}
	return d.endEstimate(ctx, v, back, "", correlation, nil)
}

// approved reads a quote and its current version.
func (d *Desk) approved(ctx context.Context, id quoting.QuoteID) (q store.Quote, v quoting.Version, err error) {
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		if q, err = tx.Quote(ctx, id); err != nil {
			return err
		}
		v, err = tx.Version(ctx, id, q.Current)
		return err
	})
	if err == nil && v.State != quoting.Approved {
		q.Estimate = quoting.NoEstimate // there is a newer version, which is not approved
	}
	return q, v, err
}

// leftAs says whether NetSuite's Estimate is still as an approved version before this one
// made it: its content, title and memo are, and it was not touched since it was read back.
// Whether it ever was read back does not count: the answer may have been lost.
func (d *Desk) leftAs(ctx context.Context, v quoting.Version, there quoting.Estimate, freight quoting.ItemID) (ours bool, err error) {
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		ours = false
		read, known, err := tx.EstimateOf(ctx, v.Quote)
		if err != nil {
			return err
		}
		for number := v.Number - 1; number >= 1 && !ours; number-- {
			earlier, err := tx.Version(ctx, v.Quote, number)
			if err != nil {
				return err
			}
			approved := earlier.Decision != nil && earlier.Decision.Action == quoting.Approve
			if earlier.Customer.New() {
				earlier.Customer.ID = there.Customer // the prospect's, which only NetSuite gave
			}
			ours = approved && earlier.Estimate(there.ExternalID, freight, there.Date, "").LeftAlone(there)
			if known && read.Version == number && !read.Modified.IsZero() {
				ours = ours && there.Modified.Equal(read.Modified)
			}
		}
		return nil
	})
	return ours, err
}

// endEstimate notes how writing an Estimate ended: synced, or why it needs attention.
func (d *Desk) endEstimate(ctx context.Context, v quoting.Version, back quoting.Estimate, attention, correlation string, differences []quoting.Difference) error {
	result := quoting.Synced
	if attention != "" {
		result = quoting.NeedsAttention
	}
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.LockQuote(ctx, v.Quote)
		if err != nil {
			return err
		}
		current, err := tx.Version(ctx, q.ID, q.Current)
		if err != nil {
			return err
		}
		// A version that was approved meanwhile is still to be written, by a job of its own.
		if current.Number == v.Number || current.State != quoting.Approved {
			q.Estimate, q.Attention = result, attention
			if err := tx.SaveQuote(ctx, q.Quote); err != nil {
				return err
			}
		}
		if result == quoting.Synced {
			if err := tx.SaveEstimate(ctx, v.Quote, v.Number, back, d.Now()); err != nil {
				return err
			}
		}
		event := store.Event{
			At: d.Now(), Kind: "estimate_" + string(result), Quote: v.Quote, Version: v.Number, Policy: v.Policy, Snapshot: v.Snapshot, Correlation: correlation,
			Data: map[string]any{"external_id": back.ExternalID, "number": back.Number, "total": back.Total, "tax": back.Tax, "differences": differences},
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
		d.metrics.estimates.WithLabelValues(string(result)).Inc()
	}
	return err
}
