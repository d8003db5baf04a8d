package quoting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

var march = time.Date(2026, 3, 3, 23, 30, 0, 0, time.UTC)

// at is a line of an item at a price.
func at(item quoting.ItemID, sku, price string) quoting.Line {
	return quoting.Line{Item: item, SKU: sku, Unit: quoting.MustMoney(price, quoting.USD)}
}

// off is the line with its share of a header discount.
func off(l quoting.Line, qty int, share string) quoting.Line {
	l.Qty = qty
	l.Extended, _ = l.Unit.Times(qty)
	l.Share = quoting.MustMoney(share, quoting.USD)
	return l
}

func lastly(price string, currency quoting.Currency, won bool) quoting.LastPaid {
	return quoting.LastPaid{Price: quoting.MustMoney(price, currency), At: march, Quote: 1001, Won: won}
}

func TestAPriceFarOffWhatTheCustomerLastPaidNeedsTheManager(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	sold := map[quoting.ItemID]quoting.LastPaid{1: lastly("358.05", quoting.USD, true), 2: lastly("100.00", quoting.USD, false), 3: lastly("10.00", "CAD", true), 4: lastly("20.00", quoting.USD, true), 5: lastly("30.00", quoting.USD, true)}
	for _, tc := range []struct {
		name                 string
		lines                []quoting.Line
		measured, says, reps string
	}{
		{
			"more than a tenth above what it was sold at", []quoting.Line{at(1, "SUM-P20U", "402.00")}, "12.3",
			"SUM-P20U: last sold to Acme Construction at $358.05 on 3 March 2026; now $402.00 (+12.3%).",
			"SUM-P20U is more than 10% above what it was last sold to Acme Construction at, on 3 March 2026.",
		},
		{
			"more than a tenth below what it was quoted at", []quoting.Line{at(2, "CHG-6B", "89.99")}, "-10.0",
			"CHG-6B: last quoted to Acme Construction at $100.00 on 3 March 2026; now $89.99 (-10.0%).",
			"CHG-6B is more than 10% below what it was last quoted to Acme Construction at, on 3 March 2026.",
		},
		{
			"a header discount counts", []quoting.Line{off(at(2, "CHG-6B", "100.00"), 3, "30.02")}, "-10.0",
			"CHG-6B: last quoted to Acme Construction at $100.00 on 3 March 2026; now $89.99 (-10.0%).",
			"CHG-6B is more than 10% below what it was last quoted to Acme Construction at, on 3 March 2026.",
		},
		{"a tenth off by a header discount", []quoting.Line{off(at(2, "CHG-6B", "100.00"), 3, "30.00")}, "", "", ""},
		{"a tenth above", []quoting.Line{at(2, "CHG-6B", "110.00")}, "", "", ""},
		{"a tenth below", []quoting.Line{at(2, "CHG-6B", "90.00")}, "", "", ""},
		{"another currency", []quoting.Line{at(3, "BAT-B", "99.00")}, "", "", ""},
		{"never sold", []quoting.Line{at(9, "DUP-U", "99.00")}, "", "", ""},
		{
			"the furthest off comes first, up or down", []quoting.Line{at(1, "SUM-P20U", "402.00"), at(2, "CHG-6B", "50.00")}, "-50.0",
			"CHG-6B: last quoted to Acme Construction at $100.00 on 3 March 2026; now $50.00 (-50.0%). SUM-P20U: last sold to Acme Construction at $358.05 on 3 March 2026; now $402.00 (+12.3%).",
			"CHG-6B is more than 10% below what it was last quoted to Acme Construction at, on 3 March 2026. SUM-P20U is more than 10% above what it was last sold to Acme Construction at, on 3 March 2026.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var want []quoting.ApprovalNeed
			if tc.says != "" {
				want = []quoting.ApprovalNeed{{Rule: "last price paid", Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager, Measured: tc.measured, Sentence: tc.says, ForRep: tc.reps}}
			}
			if diff := cmp.Diff(want, quoting.OffLastPaid(policy, acme, tc.lines, sold)); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManyPricesOffAreNamedByTheWorstThree(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	sold := map[quoting.ItemID]quoting.LastPaid{}
	var lines []quoting.Line
	for i, sku := range []string{"A", "B", "C", "D", "E"} {
		item := quoting.ItemID(i)
		sold[item] = lastly("100.00", quoting.USD, true)
		lines = append(lines, at(item, sku, []string{"120.00", "130.00", "140.00", "150.00", "120.00"}[i]))
	}
	for n, want := range map[int]string{3: "", 4: " So is 1 line more.", 5: " So are 2 lines more."} {
		need := quoting.OffLastPaid(policy, acme, lines[:n], sold)[0]
		for _, text := range []string{need.Sentence, need.ForRep} {
			if _, rest, _ := strings.Cut(text, " So "); strings.TrimPrefix(want, " So ") != rest {
				t.Errorf("of %d lines it ends with %q, want %q: %s", n, rest, want, text)
			}
		}
	}
}

// A rep reads no price of a quote that may be somebody else's, and the verdict is that of
// whole cents.
func TestNoPriceIsFarOffWithoutANeed(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	policy.History.Same = decimal.MustNew(100, 0) // another limit
	cents := rapid.Int64Range(1, 1_000_000)
	rapid.Check(t, func(t *rapid.T) {
		was, now := cents.Draw(t, "was"), cents.Draw(t, "now")
		money := func(cents int64) quoting.Money {
			return quoting.Money{Amount: decimal.MustNew(cents, 2), Currency: quoting.USD}
		}
		last := quoting.LastPaid{Price: money(was), At: march}
		needs := quoting.OffLastPaid(policy, acme, []quoting.Line{{Item: 1, SKU: "X", Unit: money(now)}}, map[quoting.ItemID]quoting.LastPaid{1: last})
		if far := (now-was)*100 > 10*was || (was-now)*100 > 10*was; far != (len(needs) == 1) {
			t.Fatalf("%d to %d cents: %+v", was, now, needs)
		}
		for _, n := range needs {
			if strings.Contains(n.ForRep, "$") || !strings.Contains(n.Sentence, last.Price.Display()) {
				t.Errorf("%+v", n)
			}
		}
	})
}

func TestTheWindowOfPastQuotesIsInWholeMonths(t *testing.T) {
	t.Parallel()
	if got, want := demoPolicy(t).History.Since(noon), time.Date(2024, 11, 25, 12, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("past quotes count since %s, want %s", got, want)
	}
}
