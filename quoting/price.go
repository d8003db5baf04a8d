package quoting

import (
	"fmt"
	"math/big"

	"github.com/govalues/decimal"
)

// Line is a priced line of a quote. Its waterfall is List, Level, Book, Unit: each is the
// price of one unit after one more step.
type Line struct {
	Item        ItemID
	SKU         string
	Name        string
	Type        ItemType
	Category    string
	Qty         int // what is charged: pieces, hours, or units × months or weeks
	Units       int // what the quantity break counts
	Months      int // of a monthly line; 0 for others
	Weeks       int // of a rental; 0 for others
	List        Money
	Level       Money               // at the customer's level or its own price, without a break
	Book        Money               // by precedence and break: what NetSuite asks
	Unit        Money               // what is charged: Book, less the line's discount; or the locked price
	Discount    decimal.Decimal     // off Book, in percent, as agreed; 0 on a locked line
	Locked      bool                // Unit was set by a person
	Extended    Money               // Unit × Qty
	Share       Money               // of the header discount
	Cost        decimal.NullDecimal // of one unit; not valid where NetSuite knows none
	BreakPct    int                 // the quantity break in whole percent off list
	Source      PriceSource
	LevelID     LevelID
	PriceRow    int64 // NetSuite's id of the row that gave Book
	Reason      string
	NextBreak   int      // 0: none, or it would not be cheaper
	NextSaving  Money    // what ordering NextBreak units instead would save on the line
	Passthrough bool     // charged at cost: takes no discount
	Stock       StockNow // when the prices were taken
}

// Net is what is charged for the line after its share of the header discount.
func (l Line) Net() (Money, error) { return l.Extended.Sub(l.Share) }

// Priced is a priced system. Freight and the header discount are not among the lines.
type Priced struct {
	Currency  Currency
	Lines     []Line
	ListTotal Money // Σ list × quantity
	BookTotal Money // Σ book × quantity: what NetSuite's price list asks
	NetTotal  Money // Σ extended, before the header discount
	Discount  Money // the header discount
	Freight   Money
	Total     Money  // NetTotal − Discount + Freight, without tax
	Amount    Money  // what approval is judged by: the total, recurring lines with their first 12 months
	CostTotal Money  // Σ cost × quantity, not rounded per line; meaningless where the margin is unknown
	Margin    Margin // after every discount
}

// Margin is (net − cost) / net in percent, to two places; not known where an item has no
// cost or nothing is charged.
type Margin struct {
	Percent decimal.Decimal
	Known   bool
}

// String is "33.41%" or "unknown".
func (m Margin) String() string {
	if !m.Known {
		return "unknown"
	}
	return m.Percent.String() + "%"
}

// What of a recurring line counts for approval, however long the term: its first year.
const (
	approvalMonths = 12
	approvalWeeks  = 52
)

// Price prices a system for a customer (the zero Customer: none) on terms, from one price
// book. The steps are list, the customer's level or price, the quantity break, a locked
// price or the line's discount, the header discount, freight: freight is computed before
// the header discount. The errors are of kind Invalid: an item that is not sold any more,
// has no price for the customer, a customer in a currency that the book has no prices in,
// or terms out of range.
func Price(p *Policy, book *PriceBook, s System, customer Customer, terms Terms) (Priced, error) {
	if err := terms.check(); err != nil {
		return Priced{}, err
	}
	currency := p.Currency
	if customer.ID != 0 && customer.Currency != "" {
		currency = customer.Currency
	}
	out := Priced{Currency: currency, Lines: make([]Line, 0, len(s.Lines))}
	for _, sized := range s.Lines {
		line, err := priceLine(p, book, sized, customer, currency, terms)
		if err != nil {
			return Priced{}, err
		}
		out.Lines = append(out.Lines, line)
	}
	if err := out.add(p, terms.Header); err != nil {
		return Priced{}, err
	}
	return out, nil
}

// add adds the lines up, takes the header discount off and charges freight.
func (out *Priced) add(p *Policy, header *HeaderDiscount) error {
	zero := Money{Currency: out.Currency}
	list, book, net, hardware := sum{total: zero}, sum{total: zero}, sum{total: zero}, sum{total: zero}
	anyHardware := false
	for _, l := range out.Lines {
		list.addTimes(l.List, l.Qty)
		book.addTimes(l.Book, l.Qty)
		net.add(l.Extended)
		if l.Type.Hardware() {
			anyHardware = true
			hardware.add(l.Extended)
		}
	}
	for _, s := range []sum{list, book, net, hardware} {
		if s.err != nil {
			return s.err
		}
	}
	out.ListTotal, out.BookTotal, out.NetTotal, out.Freight = list.total, book.total, net.total, zero
	if anyHardware {
		freight, err := p.Freight.charge(hardware.total)
		if err != nil {
			return err
		}
		out.Freight = freight
	}
	if err := out.discount(header); err != nil {
		return err
	}
	return out.judge()
}

// judge works out the total, the amount that approval is judged by, the cost and the
// margin.
func (out *Priced) judge() error {
	amount, total := sum{total: out.Freight}, sum{total: out.NetTotal}
	total.add(out.Discount.Neg())
	cost, costKnown := decimal.Zero, true
	net := total
	for _, l := range out.Lines {
		counted, err := l.counted()
		if err != nil {
			return err
		}
		amount.add(counted)
		costKnown = costKnown && l.Cost.Valid
		if l.Cost.Valid {
			if cost, err = addProduct(cost, l.Cost.Decimal, l.Qty); err != nil {
				return fmt.Errorf("cost of %s: %w", l.SKU, err)
			}
		}
	}
	total.add(out.Freight)
	for _, s := range []sum{amount, total, net} {
		if s.err != nil {
			return s.err
		}
	}
	out.Total, out.Amount = total.total, amount.total
	out.CostTotal = Money{Amount: cost, Currency: out.Currency}
	if costKnown {
		out.Margin = margin(net.total.Amount, cost)
	}
	return nil
}

// counted is what of a line counts for approval: what is charged for it after every
// discount, of a recurring line in its first year, rounded half up to the cent.
func (l Line) counted() (Money, error) {
	net, err := l.Net()
	whole, part := 0, 0
	switch {
	case l.Months > approvalMonths:
		whole, part = l.Months, approvalMonths
	case l.Weeks > approvalWeeks:
		whole, part = l.Weeks, approvalWeeks
	}
	if err != nil || whole == 0 {
		return net, err
	}
	share := units(net.Amount, cents)
	share.Mul(share, big.NewInt(int64(2*part))).Add(share, big.NewInt(int64(whole)))
	share.Quo(share, big.NewInt(int64(2*whole)))
	return centsOf(share, net.Currency)
}

func priceLine(p *Policy, book *PriceBook, sized SizedLine, customer Customer, currency Currency, terms Terms) (Line, error) {
	item, ok := book.Item(sized.SKU)
	switch {
	case !ok:
		return Line{}, Errorf(Invalid, "%s is not in NetSuite's price list, so I cannot quote it. Ask whoever keeps the price list.", sized.SKU)
	case item.Inactive && item.ReplacedBy != "":
		return Line{}, Errorf(Invalid, "%s is not sold any more; %s has taken its place. Ask for that instead.", sized.SKU, item.ReplacedBy)
	case item.Inactive:
		return Line{}, Errorf(Invalid, "%s is not sold any more, so I cannot quote it. Ask whoever keeps the price list for its replacement.", sized.SKU)
	case item.Tagged(TagComputed):
		return Line{}, Errorf(Invalid, "%s is worked out by me; it is on every quote that needs it. Leave it out.", sized.SKU)
	}
	unit, err := book.UnitPrice(item, customer, currency, sized.Units)
	if err != nil {
		return Line{}, err
	}
	list, err := book.UnitPrice(item, Customer{}, currency, 1)
	if err != nil {
		return Line{}, err
	}
	line := Line{
		Item: item.ID, SKU: item.SKU, Name: item.Name, Type: item.Type, Category: item.Category, Passthrough: item.Tagged(TagPassthrough),
		Qty: sized.Qty, Units: sized.Units, Months: sized.Months, Weeks: sized.Weeks,
		List: list.Price, Level: unit.Price, Book: unit.Price, Unit: unit.Price, Cost: p.cost(item.Costs), Share: Money{Currency: currency}, Stock: book.stockNow(item),
		Source: unit.Source, LevelID: unit.Level, PriceRow: unit.Row, Reason: sized.Reason,
	}
	if unit.Source != FromCustomerPrice {
		// The level's own price of one; a level whose prices begin at a larger quantity has none.
		if first, err := book.UnitPrice(item, customer, currency, 1); err == nil {
			line.Level = first.Price
		}
		if base, err := book.UnitPrice(item, Customer{}, currency, sized.Units); err == nil {
			line.BreakPct = percentOff(list.Price.Amount, base.Price.Amount)
		}
	}
	if err := line.agree(terms, sized.Item); err != nil {
		return Line{}, err
	}
	if line.Extended, err = line.Unit.Times(line.Qty); err != nil {
		return Line{}, err
	}
	if unit.Source != FromCustomerPrice && !line.Locked {
		line.NextBreak, line.NextSaving, err = saving(book, item, unit, line)
	}
	return line, err
}

// agree puts the terms on a line: a locked price, or a discount, rounded half up to the
// cent of one unit. What is passed through takes neither.
func (l *Line) agree(terms Terms, item string) error {
	if l.Passthrough {
		return nil
	}
	if price, ok := terms.locked(l.SKU, l.Book.Currency); ok {
		l.Unit, l.Locked = price, true
		return nil
	}
	percent := terms.lineDiscount(*l, item)
	if percent.IsZero() {
		return nil
	}
	var err error
	if l.Unit, err = less(l.Book, percent); err != nil {
		return fmt.Errorf("discount on %s: %w", l.SKU, err)
	}
	if !l.Unit.Amount.IsPos() {
		return Errorf(Invalid, "%s%% off leaves no price for %s. Take the line out instead.", percent.Trim(0), l.SKU)
	}
	l.Discount = percent
	return nil
}

// less is a price less a percentage of it, rounded half up to the cent.
func less(price Money, percent decimal.Decimal) (Money, error) {
	left, err := decimal.Hundred.SubExact(percent, percent.Scale())
	if err != nil {
		return Money{}, err
	}
	if left, err = hundredth(left); err != nil {
		return Money{}, err
	}
	return price.Scale(left)
}

// saving is what the next quantity break would save on the line, at the same discount:
// whole-quantity breaks make 49 of an item dearer than 50.
func saving(book *PriceBook, item Item, unit UnitPrice, line Line) (int, Money, error) {
	next, ok := book.nextBreak(item, unit.Level, line.Book.Currency, line.Units)
	if !ok {
		return 0, Money{}, nil
	}
	qty := next.From
	qty *= max(line.Months, line.Weeks, 1)
	each, err := less(next.Price, line.Discount)
	if err != nil {
		return 0, Money{}, err
	}
	there, err := each.Times(qty)
	if err != nil {
		return 0, Money{}, err
	}
	if there.Cmp(line.Extended) >= 0 {
		return 0, Money{}, nil
	}
	saved, err := line.Extended.Sub(there)
	return next.From, saved, err
}

// charge is the freight on that much hardware: a percentage, rounded half up, at least
// the minimum.
func (f Freight) charge(hardware Money) (Money, error) {
	factor, err := hundredth(f.Percent)
	if err != nil {
		return Money{}, fmt.Errorf("freight: %w", err)
	}
	charge, err := hardware.Scale(factor)
	if err != nil {
		return Money{}, err
	}
	if least := (Money{Amount: f.Minimum, Currency: charge.Currency}); charge.Cmp(least) < 0 {
		return least, nil
	}
	return charge, nil
}

func addProduct(total, each decimal.Decimal, n int) (decimal.Decimal, error) {
	times, err := decimal.New(int64(n), 0)
	if err != nil {
		return decimal.Decimal{}, err
	}
	product, err := each.MulExact(times, each.Scale())
	if err != nil {
		return decimal.Decimal{}, err
	}
	return total.AddExact(product, max(total.Scale(), product.Scale()))
}

// margin is exact: (net − cost) × 100 / net on whole numbers, then one rounding half up,
// away from zero, to two places.
func margin(net, cost decimal.Decimal) Margin {
	if !net.IsPos() {
		return Margin{}
	}
	scale := max(net.Scale(), cost.Scale())
	if n, c, ok := smallUnits(net, cost, scale); ok {
		ratio := (max(n-c, c-n)*2*100*100 + n) / (2 * n)
		if n < c {
			ratio = -ratio
		}
		percent, err := decimal.New(ratio, 2)
		return Margin{Percent: percent, Known: err == nil}
	}
	n, c := units(net, scale), units(cost, scale)
	numerator := new(big.Int).Sub(n, c)
	negative := numerator.Sign() < 0
	numerator.Abs(numerator).Mul(numerator, big.NewInt(2*100*100)).Add(numerator, n)
	numerator.Quo(numerator, n.Mul(n, big.NewInt(2)))
	if negative {
		numerator.Neg(numerator)
	}
	percent, err := decimal.New(numerator.Int64(), 2)
	return Margin{Percent: percent, Known: err == nil && numerator.IsInt64()}
}

// percentOff is how far below list a price is, in the nearest whole percent.
func percentOff(list, price decimal.Decimal) int {
	off := margin(list, price)
	if !off.Known {
		return 0
	}
	whole, err := Round(off.Percent, 0)
	if err != nil {
		return 0
	}
	n, _, _ := whole.Int64(0)
	return int(n)
}

// smallUnits are two amounts that are not below 0 as whole numbers of 10^-scale, where
// they are small enough to be reckoned with as such: below ten thousand billion.
func smallUnits(a, b decimal.Decimal, scale int) (x, y int64, ok bool) {
	const most = 100_000_000_000_000
	one := func(d decimal.Decimal) int64 {
		n := d.Coef()
		for range scale - d.Scale() {
			if n > most {
				break
			}
			n *= 10
		}
		return int64(min(n, most))
	}
	if a.IsNeg() || b.IsNeg() {
		return 0, 0, false
	}
	x, y = one(a), one(b)
	return x, y, x < most && y < most
}

// units is a decimal as a whole number of 10^-scale, which is at least the decimal's own.
func units(d decimal.Decimal, scale int) *big.Int {
	n := new(big.Int).SetUint64(d.Coef())
	if d.IsNeg() {
		n.Neg(n)
	}
	if more := scale - d.Scale(); more > 0 {
		n.Mul(n, powersOfTen[more])
	}
	return n
}

// powersOfTen are made once: amounts are compared as whole numbers all the time.
var powersOfTen = func() (powers [decimal.MaxScale + 1]*big.Int) {
	for i := range powers {
		powers[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return powers
}()
