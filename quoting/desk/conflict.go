package desk

import (
	"context"
	"fmt"

	"radioquote/quoting"
	"radioquote/store"
)

// conflict looks whether another rep quotes the same need of the same customer, and tells
// both and their managers, once. Neither learns the other's price: the second rep reads
// whose the first quote is, and of when.
func (d *Desk) conflict(ctx context.Context, id quoting.QuoteID, correlation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		q, err := tx.Quote(ctx, id)
		if err != nil {
			return err
		}
		v, err := tx.Version(ctx, id, q.Current)
		if err != nil || q.State.Ended() {
			return err
		}
		limits := d.Policy.Duplicates
		others, err := tx.Offers(ctx, quoting.PersonID{}, d.Now().AddDate(0, 0, -limits.OtherDays), func(o quoting.Offer) bool {
			return o.Owner != q.Owner && o.Quote < id && quoting.Family(limits, o.Customer, v.Customer)
		})
		if err != nil {
			return err
		}
		found := quoting.Duplicates(d.Policy, quoting.OfferOf(q.Quote, v), others, d.Now())
		if len(found) == 0 {
			return nil
		}
		latest := found[0].Other // two reps talk, not a crowd
		first, err := tx.TakeConflict(ctx, id, latest.Quote, d.Now())
		if err != nil || !first {
			return err
		}
		return d.tellConflict(ctx, tx, q, v, latest, correlation)
	})
}

func (d *Desk) tellConflict(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, other quoting.Offer, correlation string) error {
	theirs, err := tx.Quote(ctx, other.Quote)
	if err != nil {
		return err
	}
	mine, err := tx.PersonByRow(ctx, q.OwnerRow)
	if err != nil {
		return err
	}
	owner, err := tx.PersonByRow(ctx, theirs.OwnerRow)
	if err != nil {
		return err
	}
	text := func(who string, id quoting.QuoteID, at string) string {
		return fmt.Sprintf("%s has a quote for %s too: %s of %s. Talk to each other before the customer hears two prices.", who, v.Customer.Name, id, at)
	}
	const day = "2 January"
	told := map[int64]string{
		q.OwnerRow:      text(owner.Name, other.Quote, other.CreatedAt.Format(day)),
		theirs.OwnerRow: text(mine.Name, q.ID, v.CreatedAt.Format(day)),
	}
	rows := []int64{q.OwnerRow, theirs.OwnerRow}
	for _, row := range rows[:2] {
		manager, found, err := tx.Approver(ctx, row)
		if err != nil {
			return err
		}
		if found && told[manager.RowID] == "" {
			told[manager.RowID] = fmt.Sprintf("%s and %s both quote %s: %s and %s.", owner.Name, mine.Name, v.Customer.Name, other.Quote, q.ID)
			rows = append(rows, manager.RowID)
		}
	}
	err = tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "quotes_conflict", Quote: q.ID, Version: v.Number, Policy: v.Policy, Correlation: correlation, Data: map[string]any{"other": other.Quote},
	})
	for _, row := range rows {
		if err == nil {
			err = d.notify(ctx, tx, row, quoting.Notice{Title: "Two quotes for one customer", Text: told[row]}, correlation)
		}
	}
	return err
}
