package quoting_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// decimals are the numbers of a text.
func decimals(text string) []decimal.Decimal {
	var ds []decimal.Decimal
	for field := range strings.FieldsSeq(text) {
		ds = append(ds, decimal.MustParse(field))
	}
	return ds
}

func TestAModifiedZScoreIsByTheMedianAndWhatIsSpreadAroundIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, past, value string
		z                 string // "": nothing to measure by
	}{
		// median 5, deviations 4 3 2 1 0 1 2 3 4, MAD 2
		{"nine values", "9 8 7 6 5 4 3 2 1", "10", "1.68625"},
		{"the median itself", "9 8 7 6 5 4 3 2 1", "5", "0"},
		{"below it", "9 8 7 6 5 4 3 2 1", "1", "-1.349"},
		// median (4 + 5) / 2, deviations 0.5 0.5 1.5 1.5 2.5 2.5 3.5 3.5, MAD (1.5 + 2.5) / 2
		{"of two middle values the mean counts", "1 2 3 4 5 6 7 8", "8.5", "1.349"},
		{"one wild value moves little", "9999 8 7 6 5 4 3 2 1", "10", "1.68625"},
		// median 10, MAD 0, mean absolute deviation 8 / 8
		{"more than half are the same", "10 10 10 10 10 10 14 6", "11.253314", "1"},
		{"all are the same", "10 10.0 10 10.00 10 10 10 10", "11", ""},
		{"there is none", "", "11", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			z, ok := quoting.NewHabit(decimals(tc.past)).ModifiedZ(decimal.MustParse(tc.value))
			if ok != (tc.z != "") || ok && z.Cmp(rat(decimal.MustParse(tc.z))) != 0 {
				t.Errorf("z of %s is %v, %t, want %s", tc.value, z, ok, tc.z)
			}
		})
	}
}

func TestAnOutlierIsBeyondTheLimitOnEitherSide(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).History
	for _, tc := range []struct {
		name, past, value string
		unusual           bool
	}{
		// median 45, deviations 5 15 25 35 twice, MAD 20: the limit is 3.5 × 20 / 0.6745 = 103.78… away
		{"under the limit", "10 20 30 40 50 60 70 80", "148.78", false},
		{"over it", "10 20 30 40 50 60 70 80", "148.79", true},
		{"as far below", "10 20 30 40 50 60 70 80", "-58.79", true},
		{"seven values say nothing", "10 20 30 40 50 60 70", "100000", false},
		{"no values say nothing", "", "100000", false},
		// mean absolute deviation 1: the limit is 3.5 × 1.253314 away
		{"more than half the same, under the limit", "10 10 10 10 10 10 14 6", "14.386599", false},
		{"more than half the same, over it", "10 10 10 10 10 10 14 6", "14.3866", true},
		{"all the same, a tenth off", "10 10 10 10 10 10 10 10", "11", false},
		{"all the same, more than a tenth off", "10 10 10 10 10 10 10 10", "11.01", true},
		{"all the same, more than a tenth below", "10 10 10 10 10 10 10 10", "8.99", true},
		{"all the same and below 0", "-10 -10 -10 -10 -10 -10 -10 -10", "-11", false},
		{"always nothing, and nothing again", "0 0 0 0 0 0 0 0", "0.00", false},
		{"always nothing, and now something", "0 0 0 0 0 0 0 0", "0.01", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := quoting.NewHabit(decimals(tc.past)).Unusual(limits, decimal.MustParse(tc.value)); got != tc.unusual {
				t.Errorf("unusual: %t, want %t", got, tc.unusual)
			}
		})
	}
}

func TestTheMedianIsSaidToTwoPlaces(t *testing.T) {
	t.Parallel()
	for past, want := range map[string]string{"": "0", "3": "3.00", "1 2": "1.50", "0.01 0.02": "0.02", "-0.01 -0.02": "-0.02", "7 1 3": "3.00"} {
		if got := quoting.NewHabit(decimals(past)).Median().String(); got != want {
			t.Errorf("the median of %q is %s, want %s", past, got, want)
		}
	}
}

// drawPast is 0 to 30 values, often the same ones.
func drawPast(t *rapid.T) []decimal.Decimal {
	cents := rapid.SampledFrom([]*rapid.Generator[int64]{rapid.Int64Range(-3, 3), rapid.Int64Range(-1e9, 1e9)}).Draw(t, "how wide")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.Decimal { return decimal.MustNew(cents.Draw(t, "cents"), 2) }), 0, 30).Draw(t, "past")
}

func drawCents(t *rapid.T, name string) decimal.Decimal {
	return decimal.MustNew(rapid.Int64Range(-1e9, 1e9).Draw(t, name), 2)
}

// changed is each value after the same change, exactly.
func changed(t *rapid.T, past []decimal.Decimal, by func(decimal.Decimal) (decimal.Decimal, error)) []decimal.Decimal {
	out := make([]decimal.Decimal, len(past))
	for i, value := range past {
		var err error
		if out[i], err = by(value); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func sameZ(a, b *big.Rat) bool { return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0 }

func TestShiftingAndScalingAllValuesChangesNoScore(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).History
	rapid.Check(t, func(t *rapid.T) {
		past, value := drawPast(t), drawCents(t, "value")
		z, _ := quoting.NewHabit(past).ModifiedZ(value)
		shift := drawCents(t, "shift")
		shifted := changed(t, append(slices.Clone(past), value), func(d decimal.Decimal) (decimal.Decimal, error) { return d.AddExact(shift, 2) })
		if got, _ := quoting.NewHabit(shifted[:len(past)]).ModifiedZ(shifted[len(past)]); !sameZ(got, z) {
			t.Errorf("shifted by %s the score of %s is %v, was %v", shift, value, got, z)
		}
		factor := decimal.MustNew(rapid.Int64Range(1, 10_000).Draw(t, "factor"), 3)
		scaled := changed(t, append(slices.Clone(past), value), func(d decimal.Decimal) (decimal.Decimal, error) { return d.MulExact(factor, 5) })
		if got, _ := quoting.NewHabit(scaled[:len(past)]).ModifiedZ(scaled[len(past)]); !sameZ(got, z) {
			t.Errorf("scaled by %s the score of %s is %v, was %v", factor, value, got, z)
		}
		if a, b := quoting.NewHabit(past).Unusual(limits, value), quoting.NewHabit(scaled[:len(past)]).Unusual(limits, scaled[len(past)]); a != b {
			t.Errorf("scaled by %s, %s is unusual: %t, was %t", factor, value, b, a)
		}
	})
}

func TestTheOrderOfPastValuesDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		past, value := drawPast(t), drawCents(t, "value")
		before := slices.Clone(past)
		z, ok := quoting.NewHabit(past).ModifiedZ(value)
		got, gotOK := quoting.NewHabit(rapid.Permutation(past).Draw(t, "another order")).ModifiedZ(value)
		if ok != gotOK || !sameZ(got, z) {
			t.Errorf("the score of %s is %v, %t, in the other order %v, %t", value, z, ok, got, gotOK)
		}
		if !slices.Equal(past, before) {
			t.Error("the past was put in order where it was")
		}
	})
}

func TestAnOutlierStaysOneFurtherOut(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).History
	rapid.Check(t, func(t *rapid.T) {
		habit, value := quoting.NewHabit(drawPast(t)), drawCents(t, "value")
		more := decimal.MustNew(rapid.Int64Range(0, 1e9).Draw(t, "more"), 2)
		if value.Cmp(habit.Median()) < 0 {
			more = more.Neg()
		}
		further, err := value.AddExact(more, 2)
		if err != nil {
			t.Fatal(err)
		}
		if habit.Unusual(limits, value) && !habit.Unusual(limits, further) {
			t.Errorf("%s is unusual and %s is not; the median is %s", value, further, habit.Median())
		}
	})
}

func TestTooFewPastValuesSayNothing(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).History
	rapid.Check(t, func(t *rapid.T) {
		past := drawPast(t)
		if len(past) >= limits.Least {
			past = past[:limits.Least-1]
		}
		if value := drawCents(t, "value"); quoting.NewHabit(past).Unusual(limits, value) {
			t.Errorf("%s is unusual among %d", value, len(past))
		}
	})
}

func BenchmarkHabitOfFiveHundred(b *testing.B) {
	past := make([]decimal.Decimal, 500)
	for i := range past {
		past[i] = decimal.MustNew(int64(i*7919%10_007), 2)
	}
	for b.Loop() {
		quoting.NewHabit(past)
	}
}
