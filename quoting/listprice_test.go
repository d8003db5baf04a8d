package quoting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestAListPriceIsThatOfOneAndTheFirstBreak(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	got, ok := book.ListPrice("RDG-P10U")
	want := quoting.ListPrice{
		SKU: "RDG-P10U", Name: "Ridge 10 analog portable UHF 4W 16ch (ant, batt, single charger, clip)", Price: quoting.MustMoney("229.00", quoting.USD),
		From: 10, BreakPrice: quoting.MustMoney("222.13", quoting.USD), At: book.TakenAt,
	}
	item, _ := book.Item("RDG-P10U")
	want.Name = item.Name
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, ok := book.ListPrice("SVC-PROG"); !ok || got.From != 0 {
		t.Errorf("an item without a break: %+v, %t", got, ok)
	}
}

func TestWhatHasNoListPriceToTell(t *testing.T) {
	t.Parallel()
	base := func(price string) []quoting.PriceRow {
		return []quoting.PriceRow{{ID: 1, Item: 1, Level: quoting.BaseLevel, From: 1, Price: quoting.MustMoney(price, quoting.USD)}}
	}
	for _, tc := range []struct {
		name   string
		item   quoting.Item
		prices []quoting.PriceRow
	}{
		{"an item that is not sold any more", quoting.Item{ID: 1, SKU: "A", Name: "thing", Inactive: true}, base("10.00")},
		{"what is charged at cost", quoting.Item{ID: 1, SKU: "A", Name: "thing", Tags: []string{quoting.TagPassthrough}}, base("10.00")},
		{"what is worked out", quoting.Item{ID: 1, SKU: "A", Name: "thing", Tags: []string{quoting.TagComputed}}, base("10.00")},
		{"an item without a price", quoting.Item{ID: 1, SKU: "A", Name: "thing"}, nil},
		{"a price of nothing", quoting.Item{ID: 1, SKU: "A", Name: "thing"}, base("0.00")},
		{"a price that begins at ten", quoting.Item{ID: 1, SKU: "A", Name: "thing"}, []quoting.PriceRow{{ID: 1, Item: 1, Level: quoting.BaseLevel, From: 10, Price: quoting.MustMoney("9.00", quoting.USD)}}},
		{"a price of another level", quoting.Item{ID: 1, SKU: "A", Name: "thing"}, []quoting.PriceRow{{ID: 1, Item: 1, Level: 4, From: 1, Price: quoting.MustMoney("9.00", quoting.USD)}}},
	} {
		book := bookOf(t, quoting.Catalogue{Items: []quoting.Item{tc.item}, Prices: tc.prices})
		if p, ok := book.ListPrice("A"); ok {
			t.Errorf("%s: %+v", tc.name, p)
		}
		if found := book.ListPrices("thing", 0, 5); len(found) > 0 {
			t.Errorf("%s is found: %+v", tc.name, found)
		}
	}
	if p, ok := demoBook(t).ListPrice("NO-SUCH"); ok {
		t.Errorf("an item that there is not: %+v", p)
	}
}

func TestItemsAreFoundByWhatPeopleType(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	for _, tc := range []struct {
		text string
		want []string // the first ones
	}{
		{"SUM-P20U", []string{"SUM-P20U"}},
		{"sump20u", []string{"SUM-P20U"}},
		{"bat-c", []string{"BAT-C", "BAT-CX"}},
		{"p20", []string{"RNT-P20-W", "SUM-P20U", "SUM-P20V"}},
		{"repeater", []string{"APX-R10U", "APX-R50U", "APX-R50V"}},
		{"repeaters", []string{"APX-R10U", "APX-R50U", "APX-R50V"}},
		{"repetaer vhf", []string{"APX-R50V"}},
		{"6-bank charger", []string{"CHG-6B", "CHG-6C", "CHG-6V"}},
		{"6bank charger vista", []string{"CHG-6V"}},
		{"speaker mic", []string{"AUD-RSM2", "AUD-RSMM", "AUD-RSMX"}},
		{"intrinsically safe", []string{"AUD-RSMX", "SUM-P40UX"}},
	} {
		var got []string
		for _, p := range book.ListPrices(tc.text, 0, 10) {
			got = append(got, p.SKU)
		}
		if len(got) < len(tc.want) || !slices.Equal(got[:len(tc.want)], tc.want) {
			t.Errorf("%q finds %v, want first %v", tc.text, got, tc.want)
		}
	}
	if got := book.ListPrices("bat-c", 0, 10); len(got) != 2 {
		t.Errorf("an SKU finds %d items, want the two that begin so and none by its words", len(got))
	}
	for _, text := range []string{"", " ", "--", "no such thing", "SUM-P99", "cost"} {
		if got := book.ListPrices(text, 0, 10); len(got) > 0 {
			t.Errorf("%q finds %v", text, got)
		}
	}
}

func TestListPricesComeByThePage(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	all := book.ListPrices("portable", 0, 100)
	rapid.Check(t, func(t *rapid.T) {
		skip, limit := rapid.IntRange(0, len(all)+3).Draw(t, "skip"), rapid.IntRange(0, len(all)+3).Draw(t, "limit")
		want := all[min(skip, len(all)):min(skip+limit, len(all))]
		got := book.ListPrices("portable", skip, limit)
		if len(got) != len(want) || len(got) > 0 && !cmp.Equal(got, want) {
			t.Fatalf("skip %d, limit %d: %d of %d", skip, limit, len(got), len(want))
		}
	})
}

// Whatever is typed, what is found has a SKU or a name that shares letters with it.
func FuzzListPrices(f *testing.F) {
	for _, text := range []string{"SUM-P20U", "6-bank charger", "ÀÉß 1️⃣", "\x00", strings.Repeat("a", 300)} {
		f.Add(text)
	}
	book := demoBook(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range book.ListPrices(text, 0, 25) {
			if p.SKU == "" || !p.Price.Amount.IsPos() || p.From != 0 && p.BreakPrice.Amount.Cmp(p.Price.Amount) > 0 {
				t.Errorf("%q finds %+v", text, p)
			}
		}
	})
}
