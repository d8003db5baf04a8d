package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"radioquote/quoting"
)

// lookUp writes what an item or a SKU costs, with its breaks, or what there is of it. The
// price is that of the customer who is named, or of the quote that is talked about.
func (t *turn) lookUp(ctx context.Context, cmd quoting.Command) error {
	s := cmd.Slots
	book, err := t.Book()
	if err != nil {
		return err
	}
	customer, asked, err := t.buyer(ctx, cmd, book)
	if asked || err != nil {
		return err
	}
	if s.SKU == "" && s.Item == "" {
		return t.notice(ctx, quoting.Notice{Text: "Which item? Name it, or its SKU:", Examples: []string{"price of SUM-P20U qty 50", "six-bank chargers in stock"}})
	}
	if s.SKU != "" {
		q, err := book.LookUp(t.Policy, s.SKU, customer, quantity(s))
		if errors.Is(err, quoting.NotFound) {
			return t.nearest(ctx, cmd, book)
		}
		if err != nil {
			return err
		}
		return t.oneItem(ctx, cmd, book, q, customer)
	}
	var found []quoting.Quoted
	for _, sku := range book.SKUs(t.Policy, s.Item) {
		if q, err := book.LookUp(t.Policy, sku, customer, quantity(s)); err == nil {
			found = append(found, q)
		}
	}
	switch len(found) {
	case 0:
		return t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("NetSuite's price list has no %s that I could quote. Name the SKU.", quoting.ItemName(s.Item))})
	case 1:
		return t.oneItem(ctx, cmd, book, found[0], customer)
	}
	n := quoting.Notice{Title: fmt.Sprintf("%s: %s", quoting.Capital(quoting.ItemName(s.Item)), quoting.Count(len(found), "kind")), Text: t.basis(book, customer)}
	for _, q := range found[:min(len(found), pageSize)] {
		next := quoting.Command{Intent: cmd.Intent, Slots: s}
		next.Slots.Item, next.Slots.SKU = "", q.Item.SKU
		e := quoting.Entry{Title: q.Item.SKU, Note: q.Item.Name + " · " + q.Stock.Note(quantity(s)), Value: q.Unit.Display(), Command: &next}
		if cmd.Intent == quoting.StockCheck {
			e.Note, e.Value = q.Item.Name+" · "+q.Stock.Note(quantity(s)), available(q.Stock)
		}
		n.Entries = append(n.Entries, e)
	}
	return t.list(ctx, n, "")
}

func quantity(s quoting.Slots) int {
	if s.Qty == nil {
		return 0
	}
	return *s.Qty
}

func available(s quoting.StockNow) string {
	if !s.Known {
		return "–"
	}
	return quoting.Thousands(s.Available)
}

// buyer is whose prices are asked for: the customer who is named, else the one of the quote
// that is talked about, else nobody's. True: the name fits several, or nobody, and the
// person was asked.
func (t *turn) buyer(ctx context.Context, cmd quoting.Command, book *quoting.PriceBook) (quoting.Customer, bool, error) {
	name := cmd.Slots.Customer
	if name == "" {
		if t.Dialogue.Active == 0 || cmd.Intent == quoting.StockCheck {
			return quoting.Customer{}, false, nil
		}
		q, err := t.tx.Quote(ctx, t.Dialogue.Active)
		if err != nil {
			if errors.Is(err, quoting.NotFound) { // it is not the person's to see any more
				return quoting.Customer{}, false, nil
			}
			return quoting.Customer{}, false, err
		}
		v, err := t.tx.Version(ctx, q.ID, q.Current)
		if err != nil || v.Customer.ID == 0 {
			return quoting.Customer{}, false, err
		}
		now, _ := book.Customer(v.Customer.ID)
		return now, false, nil
	}
	found := book.FindCustomers(name, maxCandidates)
	if len(found) == 1 {
		return found[0], false, nil
	}
	n := quoting.Notice{Text: fmt.Sprintf("Which %s? Customers have prices of their own:", name)}
	if len(found) == 0 {
		if found = book.NearCustomers(name, maxCandidates); len(found) == 0 {
			return quoting.Customer{}, true, t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("NetSuite has no customer called %s. Without a customer I look up the list price.", name)})
		}
		n.Text = fmt.Sprintf("NetSuite has no customer called %s. Is it one of these?", name)
	}
	for _, c := range found {
		next := quoting.Command{Intent: cmd.Intent, Slots: cmd.Slots}
		next.Slots.Customer = c.EntityID
		n.Entries = append(n.Entries, quoting.Entry{Title: c.Name, Note: c.EntityID, Command: &next})
	}
	return quoting.Customer{}, true, t.list(ctx, n, cmd.Intent)
}

// basis says whose prices these are, and of when.
func (t *turn) basis(book *quoting.PriceBook, customer quoting.Customer) string {
	whose := "List prices"
	if customer.ID != 0 {
		whose = "Prices for " + customer.Name
	}
	return fmt.Sprintf("%s, as of %s UTC.", whose, moment(book.TakenAt, t.arrival.At))
}

// oneItem writes the price of one SKU, or its stock.
func (t *turn) oneItem(ctx context.Context, cmd quoting.Command, book *quoting.PriceBook, q quoting.Quoted, customer quoting.Customer) error {
	n := quoting.Notice{Title: q.Item.Heading()}
	wanted := quantity(cmd.Slots)
	if cmd.Intent == quoting.StockCheck {
		n.Figure = available(q.Stock)
		n.Text = fmt.Sprintf("%s, as of %s UTC.", quoting.Capital(q.Stock.Note(wanted)), moment(book.TakenAt, t.arrival.At))
		if !q.Stock.Known {
			n.Figure = ""
		}
	} else {
		n.Figure = q.Unit.Display() + " each"
		if wanted > 1 {
			n.Points = append(n.Points, fmt.Sprintf("%s of them: %s", quoting.Thousands(wanted), q.Extended.Display()))
		}
		n.Text = strings.TrimSuffix(t.basis(book, customer), ".") + fmt.Sprintf(" (%s).", q.Basis())
		if len(q.Breaks) > 1 {
			for _, b := range q.Breaks {
				e := quoting.Entry{Title: b.String(), Value: b.Price.Display()}
				if wanted > 0 && b.From <= wanted && (b.To == 0 || wanted <= b.To) {
					e.Title += " ◂"
				}
				n.Entries = append(n.Entries, e)
			}
		}
		if q.Item.Type.Hardware() {
			n.Points = append(n.Points, quoting.Capital(q.Stock.Note(wanted)))
		}
	}
	if choice, ok := t.quoteIt(ctx, q, customer, wanted); ok {
		n.Choices = append(n.Choices, choice)
	}
	return t.list(ctx, n, "")
}

// quoteIt is the button that puts an item onto the quote that is talked about, where that
// is the person's own and still open, or makes a quote of it.
func (t *turn) quoteIt(ctx context.Context, q quoting.Quoted, customer quoting.Customer, wanted int) (quoting.Choice, bool) {
	if !t.Person.MayQuote() {
		return quoting.Choice{}, false
	}
	wanted = max(wanted, 1)
	active, err := t.tx.Quote(ctx, t.Dialogue.Active)
	if err == nil && active.Owner == t.Person.ID && active.State == quoting.Open {
		return quoting.Choice{Title: fmt.Sprintf("Add %s to %s", quoting.Thousands(wanted), active.ID), Command: quoting.Command{
			Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: active.ID, Changes: []quoting.Change{{Op: "add", SKU: q.Item.SKU, Qty: &wanted}}},
		}}, true
	}
	item := t.Policy.ItemOf(q.Item.SKU)
	if item == "" {
		return quoting.Choice{}, false
	}
	s := quoting.Slots{Items: []quoting.ItemWish{{Item: item, Qty: &wanted}}, Customer: customer.EntityID}
	switch item {
	case "portable", "portable_is", "poc_portable", "mobile", "poc_mobile":
		s.Users = &wanted
	case "rental_portable":
		return quoting.Choice{}, false
	}
	return quoting.Choice{Title: "Quote " + quoting.Thousands(wanted), Command: quoting.Command{Intent: quoting.CreateQuote, Slots: s}}, true
}

// nearest says that there is no such SKU, and which are most like it.
func (t *turn) nearest(ctx context.Context, cmd quoting.Command, book *quoting.PriceBook) error {
	n := quoting.Notice{Text: fmt.Sprintf("%s is not in NetSuite's price list. Is it one of these?", cmd.Slots.SKU)}
	for _, sku := range book.NearSKUs(cmd.Slots.SKU, 3) {
		item, _ := book.Item(sku)
		next := quoting.Command{Intent: cmd.Intent, Slots: cmd.Slots}
		next.Slots.SKU = sku
		n.Entries = append(n.Entries, quoting.Entry{Title: sku, Note: item.Name, Command: &next})
	}
	return t.list(ctx, n, cmd.Intent)
}
