package quoting

import (
	"fmt"
	"math/big"

	"github.com/govalues/decimal"
)

// Line is a priced line of a quote.
type Line struct {
	Item       ItemID
	SKU        string
	Name       string
	Type       ItemType
	Category   string
	Qty        int // what is charged: pieces, hours, or units × months
	Units      int // what the quantity break counts
	Months     int // of a recurring line; 0 for others
	List       Money
	Unit       Money
	Extended   Money               // Unit × Qty
	Cost       decimal.NullDecimal // of one unit; not valid where NetSuite knows none
	BreakPct   int                 // the quantity break in whole percent off list
	Source     PriceSource
	Level      LevelID
	PriceRow   int64 // NetSuite's id of the row that gave the price
	Reason     string
	NextBreak  int   // 0: none, or it would not be cheaper
	NextSaving Money // what ordering NextBreak units instead would save on the line
}

// Priced is a priced system. Freight is a charge of its own and not among the lines.
type Priced struct {
	Currency  Currency
	Lines     []Line
	ListTotal Money // Σ list × quantity
	NetTotal  Money // Σ extended
	Freight   Money
	Total     Money // NetTotal + Freight, without tax
	Amount    Money // what approval is judged by: the total, recurring lines with their first 12 months
	CostTotal Money // Σ cost × quantity, not rounded per line; meaningless where the margin is unknown
	Margin    Margin
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

// approvalMonths is how much of a recurring line counts for approval, however long the
// term.
const approvalMonths = 12

// Price prices a system for a customer (the zero Customer: none) from one price book. The
// errors are of kind Invalid: an item that is not sold any more, has no price for the
// customer, or a customer in a currency that the book has no prices in.
func Price(p *Policy, book *PriceBook, s System, customer Customer) (Priced, error) {
	currency := p.Currency
	if customer.ID != 0 && customer.Currency != "" {
		currency = customer.Currency
	}
	out := Priced{Currency: currency, Lines: make([]Line, 0, len(s.Lines))}
	zero := Money{Currency: currency}
	list, net, amount, hardware := sum{total: zero}, sum{total: zero}, sum{total: zero}, sum{total: zero}
	cost, costKnown := decimal.Zero, true
	anyHardware := false
	for _, sized := range s.Lines {
		line, err := priceLine(p, book, sized, customer, currency)
		if err != nil {
			return Priced{}, err
		}
		listed, err := line.List.Times(line.Qty)
		if err != nil {
			return Priced{}, err
		}
		list.add(listed)
		net.add(line.Extended)
		counted := line.Extended
		if line.Months > approvalMonths {
			if counted, err = line.Unit.Times(line.Units * approvalMonths); err != nil {
				return Priced{}, err
			}
		}
		amount.add(counted)
		if line.Type.Hardware() {
			anyHardware = true
			hardware.add(line.Extended)
		}
		costKnown = costKnown && line.Cost.Valid
		if line.Cost.Valid {
			if cost, err = addProduct(cost, line.Cost.Decimal, line.Qty); err != nil {
				return Priced{}, fmt.Errorf("cost of %s: %w", line.SKU, err)
			}
		}
		out.Lines = append(out.Lines, line)
	}
	out.ListTotal, out.NetTotal, out.Freight = list.total, net.total, zero
	if anyHardware {
		freight, err := p.Freight.charge(hardware.total)
		if err != nil {
			return Priced{}, err
		}
		out.Freight = freight
	}
	total := net
	total.add(out.Freight)
	amount.add(out.Freight)
	for _, s := range []sum{list, net, amount, hardware, total} {
		if s.err != nil {
			return Priced{}, s.err
		}
	}
	out.Total, out.Amount = total.total, amount.total
	out.CostTotal = Money{Amount: cost, Currency: currency}
	if costKnown {
		out.Margin = margin(out.NetTotal.Amount, cost)
	}
	return out, nil
}

func priceLine(p *Policy, book *PriceBook, sized SizedLine, customer Customer, currency Currency) (Line, error) {
	item, ok := book.Item(sized.SKU)
	switch {
	case !ok:
		return Line{}, Errorf(Invalid, "%s is not in NetSuite's price list, so I cannot quote it. Ask whoever keeps the price list.", sized.SKU)
	case item.Inactive:
		return Line{}, Errorf(Invalid, "%s is not sold any more, so I cannot quote it. Ask whoever keeps the price list for its replacement.", sized.SKU)
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
		Item: item.ID, SKU: item.SKU, Name: item.Name, Type: item.Type, Category: item.Category,
		Qty: sized.Qty, Units: sized.Units, Months: sized.Months,
		List: list.Price, Unit: unit.Price, Cost: p.cost(item.Costs),
		Source: unit.Source, Level: unit.Level, PriceRow: unit.Row, Reason: sized.Reason,
	}
	if line.Extended, err = line.Unit.Times(line.Qty); err != nil {
		return Line{}, err
	}
	if base, err := book.UnitPrice(item, Customer{}, currency, sized.Units); err == nil && unit.Source != FromCustomerPrice {
		line.BreakPct = percentOff(list.Price.Amount, base.Price.Amount)
	}
	if unit.Source != FromCustomerPrice {
		if line.NextBreak, line.NextSaving, err = saving(book, item, unit, line); err != nil {
			return Line{}, err
		}
	}
	return line, nil
}

// saving is what the next quantity break would save on the line: whole-quantity breaks
// make 49 of an item dearer than 50.
func saving(book *PriceBook, item Item, unit UnitPrice, line Line) (int, Money, error) {
	next, ok := book.nextBreak(item, unit.Level, line.Unit.Currency, line.Units)
	if !ok {
		return 0, Money{}, nil
	}
	qty := next.From
	if line.Months > 0 {
		qty *= line.Months
	}
	there, err := next.Price.Times(qty)
	if err != nil {
		return 0, Money{}, err
	}
	if there.Cmp(line.Extended) >= 0 {
		return 0, Money{}, nil
	}
	less, err := line.Extended.Sub(there)
	return next.From, less, err
}

// charge is the freight on that much hardware: a percentage, rounded half up, at least
// the minimum.
func (f Freight) charge(hardware Money) (Money, error) {
	factor, err := decimal.New(1, 2)
	if err != nil {
		return Money{}, err
	}
	if factor, err = f.Percent.MulExact(factor, f.Percent.Scale()+2); err != nil {
		return Money{}, err
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

// units is a decimal as a whole number of 10^-scale.
func units(d decimal.Decimal, scale int) *big.Int {
	n := new(big.Int).SetUint64(d.Coef())
	if d.IsNeg() {
		n.Neg(n)
	}
	return n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-d.Scale())), nil))
}
