package desk

import (
	"context"
	"errors"

	"radioquote/quoting"
	"radioquote/store"
)

// FindQuotes are quotes that a person looks for from the compose box of any chat, by the
// person's own rights, as a message in the person's own chat would find them; what is not
// asked for in a way that can be found is not found. It writes nothing, the chat included:
// the service may not be in it. The error is of kind Forbidden for somebody without a role.
func (d *Desk) FindQuotes(ctx context.Context, a Arrival, s quoting.Slots, limit int) ([]quoting.FoundQuote, error) {
	var found []quoting.FoundQuote
	err := d.find(ctx, a, func(tx *store.Tx, who store.Person) error {
		found = nil
		quotes, err := d.matching(ctx, tx, a, who, s, limit)
		if kind := quoting.KindOf(err); kind == quoting.NotFound || kind == quoting.Invalid {
			return nil
		}
		if err != nil {
			return err
		}
		for _, q := range quotes {
			v, err := tx.Version(ctx, q.ID, q.Current)
			if err != nil {
				return err
			}
			found = append(found, quoting.NewFoundQuote(q.Quote, v))
		}
		return nil
	})
	return found, err
}

// matching are the quotes that the slots ask for.
func (d *Desk) matching(ctx context.Context, tx *store.Tx, a Arrival, who store.Person, s quoting.Slots, limit int) ([]store.Quote, error) {
	if s.QuoteID != 0 {
		if s.Skip > 0 {
			return nil, nil
		}
		q, err := tx.Quote(ctx, s.QuoteID)
		return []store.Quote{q}, err
	}
	t := &turn{Desk: d, Turn: store.Turn{Known: true, Person: who}, tx: tx, arrival: a}
	search, _, _, err := t.searchOf(ctx, s)
	if err != nil {
		return nil, err
	}
	search.Skip, search.Limit = s.Skip, limit
	listing, err := tx.Search(ctx, search)
	quotes := make([]store.Quote, len(listing.Found))
	for i, f := range listing.Found {
		quotes[i] = f.Quote
	}
	return quotes, err
}

// FindPrices are list prices that a person looks for likewise. Whoever has a role may: what
// an item costs at the base level the dealer tells everybody who asks.
func (d *Desk) FindPrices(ctx context.Context, a Arrival, text string, skip, limit int) ([]quoting.ListPrice, error) {
	book, err := d.Book()
	if err != nil {
		return nil, err
	}
	if err := d.find(ctx, a, func(*store.Tx, store.Person) error { return nil }); err != nil {
		return nil, err
	}
	return book.ListPrices(text, skip, limit), nil
}

// find runs fn in a transaction that sees what the person may see.
func (d *Desk) find(ctx context.Context, a Arrival, fn func(*store.Tx, store.Person) error) error {
	return d.DB.InReadTx(ctx, store.Service, func(tx *store.Tx) error {
		who, err := tx.As(ctx, a.Person)
		if errors.Is(err, quoting.NotFound) || err == nil && len(who.Roles) == 0 {
			return quoting.Errorf(quoting.Forbidden, "%s", noRole(a.Person).Text)
		}
		if err != nil {
			return err
		}
		return fn(tx, who)
	})
}

// todaysPrice answers the button of a list price's card, wherever it was inserted.
func (t *turn) todaysPrice(sku string) (Content, error) {
	book, err := t.Book()
	if err != nil {
		return Content{}, err
	}
	price, ok := book.ListPrice(sku)
	if !ok {
		return Content{}, quoting.Errorf(quoting.NotFound, "%s has no list price any more.", sku)
	}
	return Content{Price: &price}, nil
}
