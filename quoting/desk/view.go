package desk

import (
	"context"
	"slices"
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
	who, err := d.standing(ctx, tx, q, v, now)
	if err != nil {
		return quoting.View{}, err
	}
	read, _, err := tx.EstimateOf(ctx, q.ID)
	if err != nil {
		return quoting.View{}, err
	}
	view := quoting.NewView(d.Policy, q.Quote, v, owner.Person, who.Organisation, viewer.Person, now)
	if v.State != quoting.Draft && len(v.Approvals) > 0 {
		if view.Opinions, err = tx.Opinions(ctx, q.ID, v.Number); err != nil {
			return quoting.View{}, err
		}
	}
	if !view.ShowPrices { // colleagues write of money to those who see it
		view.Opinions = slices.DeleteFunc(view.Opinions, func(o quoting.Opinion) bool { return o.Of != viewer.ID && o.By != viewer.ID })
	}
	view.CanOpine = v.State == quoting.Pending && slices.ContainsFunc(view.Opinions, func(o quoting.Opinion) bool { return o.Of == viewer.ID && o.Text == "" })
	view.EstimateNumber, view.SalesOrder = read.Number, read.SalesOrder
	if book := d.books.current.Load(); book != nil && view.CanEdit {
		d.offer(book, v, &view)
	}
	return view, nil
}

// offer adds what the owner of a draft may choose from: customers that a name may mean,
// alternatives, and what may be added.
func (d *Desk) offer(book *quoting.PriceBook, v quoting.Version, view *quoting.View) {
	view.Candidates = d.candidates(book, v)
	view.Alternatives = quoting.Alternatives(d.Policy, book, v)
	view.Options = quoting.Options(d.Policy, book, v)
}

// candidates are the customers that the version's name may mean, as the card numbers them.
func (d *Desk) candidates(book *quoting.PriceBook, v quoting.Version) []quoting.Customer {
	switch {
	case v.Customer.New():
		return book.Lookalikes(v.Customer.Name, maxCandidates)
	case v.Customer.ID != 0 || v.CustomerText == "":
		return nil
	}
	if found := book.FindCustomers(v.CustomerText, maxCandidates); len(found) > 0 {
		return found
	}
	return book.NearCustomers(v.CustomerText, maxCandidates)
}
