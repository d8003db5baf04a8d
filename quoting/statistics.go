package quoting

import (
	"math/big"
	"slices"

	"github.com/govalues/decimal"
)

// Habit is what is usual of a figure: the median of past values, and how far they are
// spread around it. It is kept as exact fractions, so that scaling or shifting all values
// changes no verdict, and made once of many values, so that judging by it costs nothing.
// Its zero value is made of none and finds nothing unusual.
type Habit struct {
	Count  int      // past values
	median *big.Rat // nil: of none
	mad    *big.Rat // median of the absolute deviations from the median
	meanAD *big.Rat // mean of the absolute deviations from the median
}

// NewHabit is the habit of past values, in whatever order.
func NewHabit(past []decimal.Decimal) Habit {
	if len(past) == 0 {
		return Habit{}
	}
	values := make([]*big.Rat, len(past))
	for i, value := range slices.SortedFunc(slices.Values(past), decimal.Decimal.Cmp) {
		values[i] = fraction(value)
	}
	h := Habit{Count: len(past), median: middle(values), meanAD: new(big.Rat)}
	for _, value := range values {
		value.Abs(value.Sub(value, h.median))
		h.meanAD.Add(h.meanAD, value)
	}
	h.meanAD.Quo(h.meanAD, whole(len(past)))
	slices.SortFunc(values, (*big.Rat).Cmp)
	h.mad = middle(values)
	return h
}

// Median is the middle of the past values, of two middle ones their mean, rounded half up
// to two places; 0 of none.
func (h Habit) Median() decimal.Decimal {
	if h.median == nil {
		return decimal.Zero
	}
	median, _ := hundredths(h.median) // no more digits than the measures, which are hundredths too
	return median
}

// What makes the two spreads comparable with a standard deviation.
var (
	perMAD    = big.NewRat(6745, 10_000)
	perMeanAD = big.NewRat(1_253_314, 1_000_000)
)

// ModifiedZ is how far a value is off the median in units that compare with standard
// deviations: 0.6745 × (value − median) / MAD (Iglewicz and Hoaglin, How to Detect and
// Handle Outliers, 1993), which a few wild values do not move. Where more than half of the
// past values are the same, MAD is 0 and it is (value − median) / (1.253314 × mean absolute
// deviation), as in IBM Cognos Analytics. Where all are the same, or there is none, there is
// nothing to measure by: false.
func (h Habit) ModifiedZ(value decimal.Decimal) (*big.Rat, bool) {
	if h.median == nil || h.meanAD.Sign() == 0 {
		return nil, false
	}
	z := fraction(value)
	z.Sub(z, h.median)
	if h.mad.Sign() > 0 {
		return z.Mul(z, perMAD).Quo(z, h.mad), true
	}
	return z.Quo(z, perMeanAD).Quo(z, h.meanAD), true
}

// Unusual says whether a value is an outlier: its modified z-score is beyond the limit on
// either side. Where all past values are the same there is no score, and a value is an
// outlier if it is more than limits.Same percent of the median off it; off a median of 0,
// every other value is. Of too few past values nothing is said.
func (h Habit) Unusual(limits HistoryLimits, value decimal.Decimal) bool {
	if h.Count < limits.Least || h.Count == 0 {
		return false
	}
	if z, ok := h.ModifiedZ(value); ok {
		return z.Abs(z).Cmp(fraction(limits.Z)) > 0
	}
	return beyondPercent(h.median, fraction(value), limits.Same)
}

// beyondPercent says whether b is more than that many percent of a away from a.
func beyondPercent(a, b *big.Rat, percent decimal.Decimal) bool {
	off := new(big.Rat).Sub(b, a)
	allowed := new(big.Rat).Abs(a)
	allowed.Mul(allowed, fraction(percent)).Quo(allowed, whole(100))
	return off.Abs(off).Cmp(allowed) > 0
}

// middle is the median of sorted values, at least one.
func middle(sorted []*big.Rat) *big.Rat {
	n := len(sorted)
	sum := new(big.Rat).Add(sorted[(n-1)/2], sorted[n/2])
	return sum.Quo(sum, whole(2))
}

func whole(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

// fraction is a decimal as an exact fraction.
func fraction(d decimal.Decimal) *big.Rat {
	return new(big.Rat).SetFrac(units(d, d.Scale()), units(decimal.One, d.Scale()))
}

// hundredths is a fraction rounded half up, away from zero, to two places. The error is of
// kind Invalid where that is more than a decimal holds.
func hundredths(r *big.Rat) (decimal.Decimal, error) { return ParseDecimal(r.FloatString(2)) }
