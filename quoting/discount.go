package quoting

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/govalues/decimal"
)

// discount takes a header discount off: a percentage of the discountable lines, rounded
// half up to the cent, or an amount. It is spread over those lines by what they come to,
// in whole cents: the largest remainders take what is left, ties to the earlier line. The
// error is of kind Invalid where the amount is more than there is to take it off.
func (out *Priced) discount(header *HeaderDiscount) error {
	out.Discount = Money{Currency: out.Currency}
	if header == nil {
		return nil
	}
	base := sum{total: out.Discount}
	for _, l := range out.Lines {
		if !l.Passthrough {
			base.add(l.Extended)
		}
	}
	if base.err != nil {
		return base.err
	}
	off, err := header.of(base.total)
	switch {
	case err != nil:
		return err
	case off.Cmp(base.total) > 0:
		return Errorf(Invalid, "%s off is more than the %s that it comes off.", off.Display(), base.total.Display())
	case off.IsZero():
		return nil
	}
	out.Discount = off
	return out.spread(units(off.Amount, cents), units(base.total.Amount, cents))
}

// of is the discount on that much.
func (h HeaderDiscount) of(base Money) (Money, error) {
	if h.Percent != nil {
		factor, err := hundredth(h.Percent.Decimal)
		if err != nil {
			return Money{}, fmt.Errorf("discount of %s%%: %w", h.Percent, err)
		}
		return base.Scale(factor)
	}
	amount, err := Round(h.Amount.Decimal, cents)
	return Money{Amount: amount, Currency: base.Currency}, err
}

// spread gives each discountable line its share of so many cents off a base of so many.
func (out *Priced) spread(off, base *big.Int) error {
	rest := make([]*big.Int, len(out.Lines))
	var order []int
	left := new(big.Int).Set(off)
	for i := range out.Lines {
		l := &out.Lines[i]
		if l.Passthrough {
			continue
		}
		share, remainder := new(big.Int), new(big.Int)
		share.Mul(off, units(l.Extended.Amount, cents)).QuoRem(share, base, remainder)
		left.Sub(left, share)
		rest[i], order = remainder, append(order, i)
		var err error
		if l.Share, err = centsOf(share, out.Currency); err != nil {
			return err
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	cent := Money{Amount: decimal.MustNew(1, cents), Currency: out.Currency}
	for _, i := range order[:left.Int64()] {
		more, err := out.Lines[i].Share.Add(cent)
		if err != nil {
			return err
		}
		out.Lines[i].Share = more
	}
	return nil
}

var oneHundredth = decimal.MustNew(1, 2)

// hundredth is a percentage as a factor, exactly.
func hundredth(percent decimal.Decimal) (decimal.Decimal, error) {
	return percent.MulExact(oneHundredth, percent.Scale()+2)
}

// centsOf is a whole number of cents as money.
func centsOf(n *big.Int, currency Currency) (Money, error) {
	if !n.IsInt64() {
		return Money{}, fmt.Errorf("%s cents are more than an amount holds", n)
	}
	amount, err := decimal.New(n.Int64(), cents)
	return Money{Amount: amount, Currency: currency}, err
}
