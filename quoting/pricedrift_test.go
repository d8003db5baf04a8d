package quoting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// atPrices is a version of one piece of each item at these prices, in the order of the
// alphabet, with a margin of 40 percent.
func atPrices(total string, books ...string) quoting.Version {
	v := quoting.Version{Quote: 1001, Number: 2, Priced: quoting.Priced{
		Currency: quoting.USD, Total: dollars(total), Margin: quoting.Margin{Percent: decimal.MustParse("40.00"), Known: true},
	}}
	for i, book := range books {
		v.Priced.Lines = append(v.Priced.Lines, hardware(string(rune('A'+i)), book, book, "1"))
	}
	return v
}

func TestHowFarAPriceMovesDecidesWhatHappens(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	const byThree, byOne, byThousand, byFifty = "a price moved by over 3%", "a price moved by 1% or more", "the total moved by $1,000.00 or more", "the total moved"
	for _, tc := range []struct {
		name     string
		from, to []string // the prices
		old, now string   // the totals
		class    quoting.DriftClass
		why      string
	}{
		{"nothing moves", []string{"100.00"}, []string{"100.00"}, "5000.00", "5000.00", quoting.DriftQuiet, ""},
		{"a cent under one percent is quiet", []string{"100.00"}, []string{"100.99"}, "5000.00", "5049.50", quoting.DriftQuiet, ""},
		{"one percent itself is told", []string{"100.00"}, []string{"101.00"}, "100.00", "101.00", quoting.DriftTell, byOne},
		{"three percent itself is told", []string{"100.00"}, []string{"103.00"}, "100.00", "103.00", quoting.DriftTell, byOne},
		{"a cent over three percent re-opens", []string{"100.00"}, []string{"103.01"}, "100.00", "103.01", quoting.DriftReopen, byThree},
		{"a cent under one percent less is quiet", []string{"100.00"}, []string{"99.01"}, "100.00", "99.01", quoting.DriftQuiet, ""},
		{"one percent less is told", []string{"100.00"}, []string{"99.00"}, "100.00", "99.00", quoting.DriftTell, byOne},
		{"three percent less is told", []string{"100.00"}, []string{"97.00"}, "100.00", "97.00", quoting.DriftTell, byOne},
		{"a cent over three percent less re-opens", []string{"100.00"}, []string{"96.99"}, "100.00", "96.99", quoting.DriftReopen, byThree},
		{"a cent under $50 is quiet", []string{"9000.00"}, []string{"9049.99"}, "9000.00", "9049.99", quoting.DriftQuiet, ""},
		{"$50 itself is told", []string{"9000.00"}, []string{"9050.00"}, "9000.00", "9050.00", quoting.DriftTell, byFifty},
		{"$50 less is told", []string{"9000.00"}, []string{"8950.00"}, "9000.00", "8950.00", quoting.DriftTell, byFifty},
		{"a cent under $1,000 is told", []string{"200000.00"}, []string{"200999.99"}, "200000.00", "200999.99", quoting.DriftTell, byFifty},
		{"$1,000 itself re-opens", []string{"200000.00"}, []string{"201000.00"}, "200000.00", "201000.00", quoting.DriftReopen, byThousand},
		{"$1,000 less re-opens", []string{"200000.00"}, []string{"199000.00"}, "200000.00", "199000.00", quoting.DriftReopen, byThousand},
		{"the line that moves furthest decides", []string{"100.00", "100.00", "100.00"}, []string{"100.50", "96.00", "102.00"}, "300.00", "298.50", quoting.DriftReopen, byThree},
		{"lines that cancel each other out move all the same", []string{"100.00", "100.00"}, []string{"102.00", "98.00"}, "200.00", "200.00", quoting.DriftTell, byOne},
		{"what is not on the quote today has no price to compare", []string{"100.00", "100.00"}, []string{"100.00"}, "200.00", "200.00", quoting.DriftQuiet, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, today := atPrices(tc.old, tc.from...), atPrices(tc.now, tc.to...)
			d := v.DriftSince(policy, today)
			if d.Class != tc.class || d.Why != tc.why {
				t.Errorf("%s: %q, want %s: %q", d.Class, d.Why, tc.class, tc.why)
			}
			var lines []quoting.LineDiff
			for i, to := range tc.to {
				if from := tc.from[i]; from != to {
					lines = append(lines, quoting.LineDiff{SKU: string(rune('A' + i)), OldQty: 1, NewQty: 1, OldUnit: dollars(from), NewUnit: dollars(to)})
				}
			}
			want := quoting.PriceDrift{Quote: 1001, Version: 2, Class: tc.class, Why: tc.why, Before: dollars(tc.old), Now: dollars(tc.now), Lines: lines}
			if diff := cmp.Diff(want, d); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if d.Cheaper() != (dollars(tc.now).Cmp(dollars(tc.old)) < 0) {
				t.Errorf("%s is cheaper than %s: %t", tc.now, tc.old, d.Cheaper())
			}
		})
	}
}

func TestAnotherMarginBandOrLevelOpensApprovalAgain(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	margin := func(percent string) func(*quoting.Version) {
		return func(v *quoting.Version) {
			v.Priced.Margin = quoting.Margin{}
			if percent != "" {
				v.Priced.Margin = quoting.Margin{Percent: decimal.MustParse(percent), Known: true}
			}
		}
	}
	needs := func(levels ...int) func(*quoting.Version) {
		return func(v *quoting.Version) {
			for _, level := range levels {
				v.Approvals = append(v.Approvals, quoting.ApprovalNeed{Rule: "amount", Branch: quoting.CommercialBranch, Level: level})
			}
		}
	}
	engineering := func(v *quoting.Version) {
		v.Approvals = append(v.Approvals, quoting.ApprovalNeed{Rule: "L12", Branch: quoting.EngineeringBranch, Level: 1})
	}
	const band, level = "the margin is another one now", "it needs another approval now"
	for _, tc := range []struct {
		name       string
		was, today func(*quoting.Version)
		why        string // empty: it is quiet
	}{
		{"from good to fair", margin("30.00"), margin("29.99"), band},
		{"from fair to good", margin("29.99"), margin("30.00"), band},
		{"from fair to thin", margin("18.00"), margin("17.99"), band},
		{"from a margin to none that is known", margin("40.00"), margin(""), band},
		{"from one end of a band to the other", margin("29.99"), margin("18.00"), ""},
		{"within the good one", margin("80.00"), margin("30.00"), ""},
		{"unknown as it was", margin(""), margin(""), ""},
		{"from nobody to the manager", needs(), needs(1), level},
		{"from finance to the owner", needs(1, 2), needs(4), level},
		{"from finance to the manager", needs(2), needs(1), ""},
		{"by another rule of the same level", needs(2), needs(1, 2, 2), ""},
		{"engineering beside it is no higher level", needs(), engineering, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, today := atPrices("100.00", "100.00"), atPrices("100.00", "100.00")
			tc.was(&v)
			tc.today(&today)
			want := quoting.DriftReopen
			if tc.why == "" {
				want = quoting.DriftQuiet
			}
			if d := v.DriftSince(policy, today); d.Class != want || d.Why != tc.why || len(d.Lines) > 0 {
				t.Errorf("%s: %q with lines %v, want %s: %q", d.Class, d.Why, d.Lines, want, tc.why)
			}
		})
	}
}

// changedBook is a book of the catalogue with the prices and costs of its items multiplied,
// in tenths of a percent; an item without a factor stays as it is.
func changedBook(t rapid.TB, c quoting.Catalogue, prices, costs map[string]int64) *quoting.PriceBook {
	t.Helper()
	c.Items, c.Prices = slices.Clone(c.Items), slices.Clone(c.Prices)
	times := func(d decimal.Decimal, thousandths int64, places int) decimal.Decimal {
		product, err := d.Mul(decimal.MustNew(thousandths, 3))
		if err != nil {
			t.Fatal(err)
		}
		return product.Round(places)
	}
	factor := map[quoting.ItemID]int64{}
	for i, item := range c.Items {
		if by, ok := costs[item.SKU]; ok {
			c.Items[i].Costs.Average.Decimal = times(item.Costs.Average.Decimal, by, 4)
		}
		if by, ok := prices[item.SKU]; ok {
			factor[item.ID] = by
		}
	}
	for i, row := range c.Prices {
		if by, ok := factor[row.Item]; ok {
			c.Prices[i].Price.Amount = times(row.Price.Amount, by, 2)
		}
	}
	book, err := quoting.NewPriceBook(2, c)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// allOf is one factor for every line of a version.
func allOf(v quoting.Version, thousandths int64) map[string]int64 {
	factors := map[string]int64{}
	for _, l := range v.Priced.Lines {
		factors[l.SKU] = thousandths
	}
	return factors
}

func TestCostsAloneLeaveThePriceAndCountByTheMargin(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	if band := d.policy.MarginBand(v.Priced.Margin); band != "good" {
		t.Fatalf("the quote begins with a %s margin of %s", band, v.Priced.Margin)
	}
	for _, tc := range []struct {
		name  string
		costs int64 // of what they were, in tenths of a percent
		class quoting.DriftClass
	}{
		{"as they were", 1000, quoting.DriftQuiet},
		{"a little up, the margin is in the same band", 1001, quoting.DriftQuiet},
		{"far up, the margin is in another", 1300, quoting.DriftReopen},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			now := dealer{d.policy, changedBook(t, demoCatalogue(t), nil, allOf(v, tc.costs))}
			today := now.work(t, v)
			got := v.DriftSince(d.policy, today)
			if got.Class != tc.class || len(got.Lines) > 0 || !got.Now.Equal(got.Before) || got.Cheaper() {
				t.Errorf("%+v, want %s at the same price", got, tc.class)
			}
			if strings.Contains(got.Why, "%") {
				t.Errorf("a rep reads %q", got.Why)
			}
			if honoured := v.Honour(d.policy, today); len(honoured) > 0 {
				t.Errorf("prices that stay are locked: %+v", honoured)
			}
		})
	}
}

func TestLowerPricesAreTheLowerTotalAtWhatNetSuiteAsks(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction", Terms: quoting.Terms{
		Discounts: []quoting.LineDiscount{{Scope: "hardware", Percent: exactly("5")}},
	}})
	now := dealer{d.policy, changedBook(t, demoCatalogue(t), map[string]int64{"SUM-P20U": 980}, nil)}
	today := now.work(t, v)
	got := v.DriftSince(d.policy, today)
	radio := slices.IndexFunc(v.Priced.Lines, func(l quoting.Line) bool { return l.SKU == "SUM-P20U" })
	was, is := v.Priced.Lines[radio], today.Priced.Lines[radio]
	want := []quoting.LineDiff{{SKU: "SUM-P20U", OldQty: was.Qty, NewQty: was.Qty, OldUnit: was.Book, NewUnit: is.Book}}
	if diff := cmp.Diff(want, got.Lines); diff != "" || !got.Cheaper() || got.Class != quoting.DriftTell || was.Book.Equal(was.Unit) {
		t.Errorf("%+v, -want +got\n%s", got, diff)
	}
	if text, want := got.String(), fmt.Sprintf("Q-0 v0: %s → %s", v.Priced.Total.Display(), today.Priced.Total.Display()); text != want {
		t.Errorf("%q, want %q", text, want)
	}
}

// What moves is judged by the furthest price and by the total, whatever the rest does; so
// much up is as far as so much down.
func TestADriftIsOfTheFurthestPriceAndTheTotal(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rank := []quoting.DriftClass{quoting.DriftQuiet, quoting.DriftTell, quoting.DriftReopen}
	rapid.Check(t, often(func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "lines")
		var from, up, down []string
		worst := 0 // in hundredths of a percent
		for range n {
			hundreds := rapid.IntRange(1, 20).Draw(t, "hundreds of dollars")
			moves := rapid.OneOf(rapid.SampledFrom([]int{0, 1, 99, 100, 101, 299, 300, 301}), rapid.IntRange(0, 400)).Draw(t, "hundredths of a percent")
			book := hundreds * 10_000
			for text, amount := range map[*[]string]int{&from: book, &up: book + hundreds*moves, &down: book - hundreds*moves} {
				*text = append(*text, fmt.Sprintf("%d.%02d", amount/100, amount%100))
			}
			worst = max(worst, moves)
		}
		gap := rapid.OneOf(rapid.SampledFrom([]int{0, 4_999, 5_000, 99_999, 100_000}), rapid.IntRange(0, 120_000)).Draw(t, "cents of the total")
		total := func(by int) string { return fmt.Sprintf("%d.%02d", (1_000_000+by)/100, (1_000_000+by)%100) }
		want := quoting.DriftQuiet
		switch {
		case worst > 300 || gap >= 100_000:
			want = quoting.DriftReopen
		case worst >= 100 || gap >= 5_000:
			want = quoting.DriftTell
		}
		v := atPrices(total(0), from...)
		higher, lower := v.DriftSince(policy, atPrices(total(gap), up...)), v.DriftSince(policy, atPrices(total(-gap), down...))
		if higher.Class != want || lower.Class != want {
			t.Fatalf("up it is %s, down %s, want %s", higher.Class, lower.Class, want)
		}
		if higher.Cheaper() || lower.Cheaper() != (gap > 0) {
			t.Fatalf("by %d cents: %s and %s", gap, higher, lower)
		}
		if further := v.DriftSince(policy, atPrices(total(gap+1), up...)); slices.Index(rank, further.Class) < slices.Index(rank, want) {
			t.Fatalf("a cent further it is only %s", further.Class)
		}
	}))
}

func TestAnOldPriceIsHonouredUpToTwoPercent(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	keep := func(sku, price string) quoting.Change {
		return quoting.Change{Op: "set", Field: "price", SKU: sku, Value: exactly(price)}
	}
	for _, tc := range []struct {
		name     string
		from, to []string
		change   func(v, today *quoting.Version)
		want     []quoting.Change
	}{
		{name: "a price that stays needs no lock", from: []string{"100.00"}, to: []string{"100.00"}},
		{name: "two percent itself", from: []string{"100.00"}, to: []string{"102.00"}, want: []quoting.Change{keep("A", "100.00")}},
		{name: "a cent over two percent", from: []string{"100.00"}, to: []string{"102.01"}},
		{name: "what is cheaper is offered at today's price", from: []string{"100.00"}, to: []string{"98.00"}},
		{name: "what is far cheaper keeps no other line from it", from: []string{"100.00", "50.00"}, to: []string{"101.00", "40.00"}, want: []quoting.Change{keep("A", "100.00")}},
		{name: "two percent itself, and no rounding to it", from: []string{"12345.00"}, to: []string{"12591.91"}},
		{name: "only what moved", from: []string{"100.00", "50.00"}, to: []string{"100.00", "50.50"}, want: []quoting.Change{keep("B", "50.00")}},
		{name: "one that moved too far lets go of all", from: []string{"100.00", "50.00"}, to: []string{"101.00", "52.00"}},
		{name: "at what was charged, not at what NetSuite asked", from: []string{"100.00"}, to: []string{"101.00"},
			change: func(v, _ *quoting.Version) { v.Priced.Lines[0].Unit = dollars("95.00") }, want: []quoting.Change{keep("A", "95.00")}},
		{name: "what a person has locked is locked already", from: []string{"100.00", "50.00"}, to: []string{"101.00", "50.50"},
			change: func(v, _ *quoting.Version) { v.Priced.Lines[0].Locked = true }, want: []quoting.Change{keep("B", "50.00")}},
		{name: "the margin is in another band", from: []string{"100.00"}, to: []string{"101.00"},
			change: func(_, today *quoting.Version) { today.Priced.Margin.Percent = decimal.MustParse("29.99") }},
		{name: "the margin is at the end of the band", from: []string{"100.00"}, to: []string{"101.00"},
			change: func(_, today *quoting.Version) { today.Priced.Margin.Percent = decimal.MustParse("30.00") }, want: []quoting.Change{keep("A", "100.00")}},
		{name: "what had no price can have moved by any percentage", from: []string{"0"}, to: []string{"1.00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, today := atPrices("200.00", tc.from...), atPrices("200.00", tc.to...)
			if tc.change != nil {
				tc.change(&v, &today)
			}
			if diff := cmp.Diff(tc.want, v.Honour(policy, today)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Whatever rises by at most two percent: what is honoured comes to the cent to what it was;
// what falls beside it makes it no dearer.
func TestHonouredPricesComeToTheOldTotal(t *testing.T) {
	t.Parallel()
	d, c := demoDealer(t), demoCatalogue(t)
	moving := []string{"SUM-P20U", "SUM-P40U", "BAT-B", "AUD-RSM2", "SVC-PROG", "APX-R50U", "SUM-M45U"}
	rapid.Check(t, func(t *rapid.T) {
		v := d.quote(t, quoting.Request{Users: rapid.IntRange(20, 120).Draw(t, "users"), Sites: 1, Industry: "construction", Terms: drawTerms(t)})
		factors := map[string]int64{}
		for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom(moving), 1, 3, rapid.ID[string]).Draw(t, "moving") {
			factors[sku] = rapid.Int64Range(982, 1018).Draw(t, sku)
		}
		now := dealer{d.policy, changedBook(t, c, factors, nil)}
		today := now.work(t, v)
		drift, changes := v.DriftSince(d.policy, today), v.Honour(d.policy, today)
		same := d.policy.MarginBand(v.Priced.Margin) == d.policy.MarginBand(today.Priced.Margin)
		if !same && len(changes) > 0 {
			t.Fatalf("%s and %s: %+v", v.Priced.Margin, today.Priced.Margin, changes)
		}
		locked, fallen := 0, false
		for _, l := range drift.Lines {
			if l.NewUnit.Cmp(l.OldUnit) < 0 {
				locked, fallen = locked+1, true // left alone, as if it were
			}
		}
		for _, l := range v.Priced.Lines {
			if l.Locked && slices.ContainsFunc(drift.Lines, func(d quoting.LineDiff) bool { return d.SKU == l.SKU && d.NewUnit.Cmp(d.OldUnit) > 0 }) {
				locked++
			}
		}
		if same && len(changes) != len(drift.Lines)-locked {
			t.Fatalf("%d lines moved, %d of them locked; honoured are %+v", len(drift.Lines), locked, changes)
		}
		if !same {
			return
		}
		kept := now.revise(t, v, changes...)
		if way := kept.Priced.Total.Cmp(v.Priced.Total); way > 0 || way < 0 && !fallen {
			t.Fatalf("it was %s and is %s with %+v", v.Priced.Total, kept.Priced.Total, changes)
		}
	})
}

// One SKU may stand on two lines, each at its own quantity break.
func TestTwoLinesOfOneSKUAreTwoPrices(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.revise(t, d.quote(t, quoting.Request{Users: 60, Sites: 3, Industry: "construction"}), addSKU("CASE-C", 5), addItem("carry_case", 60))
	if got := v.DriftSince(d.policy, v); got.Class != quoting.DriftQuiet || len(got.Lines) != 0 {
		t.Errorf("against itself: %+v", got)
	}
	dearer := dealer{d.policy, changedBook(t, demoCatalogue(t), map[string]int64{"CASE-C": 1010}, nil)}
	today := dearer.work(t, v)
	if got := v.DriftSince(d.policy, today); got.Class != quoting.DriftTell || len(got.Lines) != 2 {
		t.Errorf("one percent dearer: %+v", got)
	}
	if kept := v.Honour(d.policy, today); kept != nil {
		t.Errorf("two prices are kept as one: %+v", kept)
	}
}

func TestWhatIsChargedAtCostIsNotHonoured(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	today := dealer{d.policy, changedBook(t, demoCatalogue(t), map[string]int64{"FCC-APP": 1010, "SUM-P20U": 1010}, nil)}.work(t, v)
	kept := v.Honour(d.policy, today)
	if len(v.DriftSince(d.policy, today).Lines) != 2 || len(kept) != 1 || kept[0].SKU != "SUM-P20U" {
		t.Errorf("%+v", kept)
	}
}
