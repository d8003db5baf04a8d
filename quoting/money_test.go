package quoting_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestNumbersAreReadAsNetSuiteWritesThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1250": "1250", "385.00": "385.00", ".5": "0.5", "-.5": "-0.5", "1E-5": "0.00001", "1.5e2": "150", "-10": "-10", "0": "0",
	} {
		if got, err := quoting.ParseDecimal(text); err != nil || got.String() != want {
			t.Errorf("%q is read as %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1,250.00", "$5", "12.5.0", "NaN", "Infinity", "1e99", "0x10", " 5", "12345678901234567890"} {
		if got, err := quoting.ParseDecimal(text); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%q is read as %s, %v, want an error of kind Invalid", text, got, err)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"1250", ".5", "1E-5", "-3.20", "1,250", "１２"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := quoting.ParseDecimal(text)
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is read as %s and is no number", text, d)
		}
		if got, _ := new(big.Rat).SetString(d.String()); got.Cmp(exact) != 0 {
			t.Fatalf("%q is read as %s", text, d)
		}
	})
}

func TestAmountsAreReadablyWritten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, amount   string
		currency       quoting.Currency
		display, plain string
	}{
		{"thousands are separated", "1234567.8", quoting.USD, "$1,234,567.80", "1234567.80"},
		{"a small amount has two places", "5", quoting.USD, "$5.00", "5.00"},
		{"a negative amount has its sign in front", "-1234.5", quoting.USD, "-$1,234.50", "-1234.50"},
		{"other dollars say so", "10", "CAD", "CA$10.00", "10.00"},
		{"other currencies are named", "10", "EUR", "EUR 10.00", "10.00"},
		{"places that say something stay", "0.125", quoting.USD, "$0.125", "0.125"},
		{"places that say nothing go", "361.9000", quoting.USD, "$361.90", "361.90"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := quoting.MustMoney(tc.amount, tc.currency)
			if got := m.Display(); got != tc.display {
				t.Errorf("Display() = %q, want %q", got, tc.display)
			}
			if got := m.Text(); got != tc.plain {
				t.Errorf("Text() = %q, want %q", got, tc.plain)
			}
			text, err := m.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			var back quoting.Money
			if err := back.UnmarshalText(text); err != nil || !back.Equal(m) {
				t.Errorf("%s comes back as %s, %v", text, back, err)
			}
		})
	}
	if err := new(quoting.Money).UnmarshalText([]byte("much USD")); !errors.Is(err, quoting.Invalid) {
		t.Errorf("an amount that is none is read: %v", err)
	}
}

// drawAmount is an amount of up to ten million, with up to four places.
func drawAmount(t *rapid.T, name string) decimal.Decimal {
	scale := rapid.IntRange(0, 4).Draw(t, name+" places")
	return decimal.MustNew(rapid.Int64Range(-1e10, 1e10).Draw(t, name), scale)
}

func TestRoundingIsHalfUpAwayFromZero(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"0.345": "0.35", "1.005": "1.01", "-1.005": "-1.01", "2.5049": "2.50", "7": "7.00", "-0.004": "0.00"} {
		if got, err := quoting.Round(decimal.MustParse(text), 2); err != nil || !got.Equal(decimal.MustParse(want)) {
			t.Errorf("%s rounds to %s, %v, want %s", text, got, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d, places := drawAmount(t, "amount"), rapid.IntRange(0, 3).Draw(t, "places")
		got, err := quoting.Round(d, places)
		if err != nil {
			t.Fatal(err)
		}
		off := new(big.Rat).Sub(rat(got), rat(d))
		half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
		switch off.Abs(off).Cmp(half) {
		case 1:
			t.Fatalf("%s rounds to %s, more than half a unit away", d, got)
		case 0:
			if rat(got).Sign() != 0 && new(big.Rat).Abs(rat(got)).Cmp(new(big.Rat).Abs(rat(d))) < 0 {
				t.Fatalf("the tie %s rounds towards zero, to %s", d, got)
			}
		}
	})
}

func rat(d decimal.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

func TestAmountsAddUpExactlyAndKeepTheirCurrency(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := quoting.Money{Amount: drawAmount(t, "a"), Currency: quoting.USD}
		b := quoting.Money{Amount: drawAmount(t, "b"), Currency: quoting.USD}
		sum, err := a.Add(b)
		if err != nil {
			t.Fatal(err)
		}
		if want := new(big.Rat).Add(rat(a.Amount), rat(b.Amount)); rat(sum.Amount).Cmp(want) != 0 {
			t.Fatalf("%s + %s = %s", a, b, sum)
		}
		back, err := sum.Sub(b)
		if err != nil || !back.Equal(a) {
			t.Fatalf("%s + %s − %s = %s, %v", a, b, b, back, err)
		}
	})
	usd, cad := quoting.MustMoney("1", quoting.USD), quoting.MustMoney("1", "CAD")
	if sum, err := usd.Add(cad); err == nil {
		t.Errorf("a US and a Canadian dollar are %s", sum)
	}
	if sum, err := (quoting.Money{}).Add(usd); err != nil || !sum.Equal(usd) {
		t.Errorf("nothing and a dollar are %s, %v", sum, err)
	}
}

func TestTimesRoundsOnceToTheCent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		unit := quoting.Money{Amount: drawAmount(t, "unit"), Currency: quoting.USD}
		n := rapid.IntRange(0, 100_000).Draw(t, "n")
		got, err := unit.Times(n)
		if err != nil {
			t.Fatal(err)
		}
		exact := new(big.Rat).Mul(rat(unit.Amount), new(big.Rat).SetInt64(int64(n)))
		off := new(big.Rat).Sub(rat(got.Amount), exact)
		if off.Abs(off).Cmp(big.NewRat(1, 200)) > 0 || got.Amount.Scale() != 2 {
			t.Fatalf("%s × %d = %s", unit, n, got)
		}
	})
}

func TestAnAmountThatDoesNotFitIsAnError(t *testing.T) {
	t.Parallel()
	huge := quoting.Money{Amount: decimal.MustParse("999999999999999.9999"), Currency: quoting.USD}
	if got, err := huge.Times(100_000); err == nil {
		t.Errorf("a product of twenty digits is %s", got)
	}
}
