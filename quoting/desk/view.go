package desk

import (
	"context"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// view is a quote's version as the viewer may see it. The transaction must be one that may
// see the quote.
func (d *Desk) view(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, viewer store.Person, now time.Time) (quoting.View, error) {
	owner, err := tx.PersonByRow(ctx, q.OwnerRow)
	if err != nil {
		return quoting.View{}, err
	}
	next, err := deciders(ctx, tx, q, v)
	if err != nil {
		return quoting.View{}, err
	}
	read, _, err := tx.EstimateOf(ctx, q.ID)
	if err != nil {
		return quoting.View{}, err
	}
	view := quoting.NewView(d.Policy, q.Quote, v, owner.Person, people(next), viewer.Person, now)
	view.EstimateNumber, view.SalesOrder = read.Number, read.SalesOrder
	if book := d.books.current.Load(); book != nil && view.CanEdit {
		d.offer(book, v, &view)
	}
	return view, nil
}

// offer adds what the owner of a draft may choose from: customers that a name may mean,
// alternatives, and what may be added.
func (d *Desk) offer(book *quoting.PriceBook, v quoting.Version, view *quoting.View) {
	if v.Customer.New() {
		view.Candidates = book.Lookalikes(v.Customer.Name, maxCandidates)
	}
	if v.Customer.ID == 0 && v.CustomerText != "" {
		if view.Candidates = book.FindCustomers(v.CustomerText, maxCandidates); len(view.Candidates) == 0 {
			view.Candidates = book.NearCustomers(v.CustomerText, maxCandidates)
		}
	}
	view.Alternatives = quoting.Alternatives(d.Policy, book, v)
	view.Options = quoting.Options(d.Policy, book, v)
}
