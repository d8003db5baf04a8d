package simulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/govalues/decimal"
)

// postedLine is a row of transactionline. Amounts and quantities have the sign of the general
// ledger: what a sale gives away is negative. Beside the lines of the item sublist there are one
// for the transaction as a whole, one for its tax, and one for a discount on all of it.
type postedLine struct {
	estimate *Estimate
	id       int64 // within the transaction
	item     int64
	level    int64
	text     string
	quantity *decimal.Decimal
	rate     *decimal.Decimal
	amount   decimal.Decimal
	main     bool
	tax      bool
	discount bool
}

// maxPosted is above every id of a line, so that lines have a key of their own.
const maxPosted = 10_000

// sorted lists the estimates by id.
func (l *ledger) sorted() []*Estimate {
	all := make([]*Estimate, 0, len(l.byID))
	for _, e := range l.byID {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Estimate) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// posted lists the lines of all estimates, by transaction and id.
func (l *ledger) posted() []postedLine {
	var all []postedLine
	for _, e := range l.sorted() {
		all = append(all, postedLine{estimate: e, amount: e.Total, main: true})
		for _, line := range e.Lines {
			quantity := line.Quantity.Neg()
			all = append(all, postedLine{
				estimate: e, id: line.Number, item: line.Item, level: line.Price, text: line.Description,
				quantity: &quantity, rate: &line.Rate, amount: line.Amount.Neg(),
			})
		}
		last := all[len(all)-1].id
		if e.DiscountItem != 0 {
			last++
			all = append(all, postedLine{estimate: e, id: last, item: e.DiscountItem, amount: e.DiscountTotal.Neg(), discount: true})
		}
		all = append(all, postedLine{estimate: e, id: last + 1, amount: e.TaxTotal.Neg(), tax: true})
	}
	return all
}

// day is a date of a record, YYYY-MM-DD or empty.
func day(text string) value {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return value{null: true}
	}
	return instant(at)
}

func transactionFields() []field[*Estimate] {
	return []field[*Estimate]{
		{"id", integerKind, func(e *Estimate) value { return whole(e.ID) }},
		{"type", textKind, func(*Estimate) value { return words("Estimate") }},
		{"tranid", textKind, func(e *Estimate) value { return words(e.TranID) }},
		{"externalid", textKind, func(e *Estimate) value { return words(e.ExternalID) }},
		{"entity", integerKind, func(e *Estimate) value { return whole(e.Entity) }},
		{"status", textKind, func(e *Estimate) value { return words(e.Status) }},
		{"entitystatus", integerKind, func(e *Estimate) value { return idOrNull(e.EntityStatus) }},
		{"currency", integerKind, func(e *Estimate) value { return whole(e.Currency) }},
		{"foreigntotal", amountKind, func(e *Estimate) value { return money(&e.Total) }},
		{"trandate", momentKind, func(e *Estimate) value { return day(e.TranDate) }},
		{"duedate", momentKind, func(e *Estimate) value { return day(e.DueDate) }},
		{"memo", textKind, func(e *Estimate) value { return words(e.Memo) }},
		{"lastmodifieddate", momentKind, func(e *Estimate) value { return instant(e.LastModified) }},
	}
}

func postedLineFields() []field[postedLine] {
	return []field[postedLine]{
		{"uniquekey", integerKind, func(l postedLine) value { return whole(l.estimate.ID*maxPosted + l.id) }},
		{"transaction", integerKind, func(l postedLine) value { return whole(l.estimate.ID) }},
		{"id", integerKind, func(l postedLine) value { return whole(l.id) }},
		{"mainline", textKind, func(l postedLine) value { return truth(l.main) }},
		{"taxline", textKind, func(l postedLine) value { return truth(l.tax) }},
		{"transactiondiscount", textKind, func(l postedLine) value { return truth(l.discount) }},
		{"item", integerKind, func(l postedLine) value { return idOrNull(l.item) }},
		{"price", integerKind, func(l postedLine) value { return idOrNull(l.level) }},
		{"memo", textKind, func(l postedLine) value { return words(l.text) }},
		{"quantity", amountKind, func(l postedLine) value { return money(l.quantity) }},
		{"rate", amountKind, func(l postedLine) value { return money(l.rate) }},
		{"foreignamount", amountKind, func(l postedLine) value { return money(&l.amount) }},
	}
}
