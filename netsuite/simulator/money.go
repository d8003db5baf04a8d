package simulator

import (
	"fmt"
	"strings"

	"github.com/govalues/decimal"
)

// cents is the precision of the account's currencies.
const cents = 2

// rounding says which way an exact half goes.
type rounding int

const (
	halfUp rounding = iota // away from zero
	halfEven
)

// round gives d with the given number of decimals.
func (r rounding) round(d decimal.Decimal, places int) (decimal.Decimal, error) {
	if r == halfEven {
		return d.Round(places).Pad(places), nil
	}
	cut := d.Trunc(places).Pad(places)
	rest, err := d.Sub(cut)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("round %s: %w", d, err)
	}
	half, err := decimal.New(5, places+1)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("round %s: %w", d, err)
	}
	if rest.CmpAbs(half) < 0 {
		return cut, nil
	}
	return cut.AddExact(cut.ULP().CopySign(d), places)
}

// product multiplies exactly, or fails where 19 digits are not enough.
func product(factors ...decimal.Decimal) (decimal.Decimal, error) {
	result := decimal.One
	for _, f := range factors {
		var err error
		if result, err = result.MulExact(f, result.Scale()+f.Scale()); err != nil {
			return decimal.Decimal{}, fmt.Errorf("multiply %v: %w", factors, err)
		}
	}
	return result, nil
}

// share is percent of d, exactly.
func share(d decimal.Decimal, percent decimal.Decimal) (decimal.Decimal, error) {
	hundredth, err := decimal.New(1, 2)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("percent: %w", err)
	}
	return product(d, percent, hundredth)
}

// digits writes d as NetSuite does: without trailing zeros.
func digits(d decimal.Decimal) string { return d.Trim(0).String() }

// parseNumber reads a plain decimal number of at most ten digits before the point and eight after
// it: no sign but minus, no exponent.
func parseNumber(text string) (decimal.Decimal, error) {
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if !isDigits(whole) || len(whole) > 10 || pointed && (!isDigits(fraction) || len(fraction) > 8) {
		return decimal.Decimal{}, fmt.Errorf("%q is not a plain number of at most 10 digits and 8 decimals", text)
	}
	return decimal.Parse(text)
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
