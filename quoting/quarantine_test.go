package quoting_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func amount(text string) decimal.NullDecimal {
	if text == "" {
		return decimal.NullDecimal{}
	}
	return decimal.NullDecimal{Decimal: decimal.MustParse(text), Valid: true}
}

// itemChange is a change of an item that was known, at one price.
func itemChange(oldPrice, newPrice, oldCost, newCost string, tags ...string) quoting.ItemChange {
	c := quoting.ItemChange{
		Item:  quoting.Item{ID: 1, SKU: "BAT-C", Tags: tags, Costs: quoting.Costs{Average: amount(newCost)}},
		Known: true, Was: quoting.Costs{Average: amount(oldCost)}, List: amount(newPrice),
	}
	if oldPrice != newPrice {
		c.Prices = []quoting.PriceChange{{Level: 1, Currency: quoting.USD, From: 1, Old: amount(oldPrice), New: amount(newPrice)}}
	}
	return c
}

func rules(reasons []quoting.HoldReason) []quoting.HoldRule {
	var fired []quoting.HoldRule
	for _, r := range reasons {
		fired = append(fired, r.Rule)
	}
	return fired
}

func TestWhatIsHeldForSomebodyToLookAt(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	fresh := func(c quoting.ItemChange) quoting.ItemChange { c.Known = false; return c }
	inactive := func(c quoting.ItemChange) quoting.ItemChange { c.Item.Inactive = true; return c }
	gone := func(c quoting.ItemChange) quoting.ItemChange { c.Gone = true; return c }
	for _, tc := range []struct {
		name   string
		change quoting.ItemChange
		want   []quoting.HoldRule
	}{
		{"a price that moves by 20 % exactly", itemChange("100", "120", "50", "50"), nil},
		{"a price that moves by a cent more", itemChange("100", "120.01", "50", "50"), []quoting.HoldRule{quoting.HoldPriceMoved}},
		{"a price that falls by 20 % exactly", itemChange("100", "80", "50", "50"), nil},
		{"a price that falls by a cent more", itemChange("100", "79.99", "50", "50"), []quoting.HoldRule{quoting.HoldPriceMoved}},
		{"a price ten times as high", itemChange("95", "950", "50", "50"), []quoting.HoldRule{quoting.HoldSlipped, quoting.HoldPriceMoved}},
		{"a price nearly ten times as high", itemChange("100", "1010", "50", "50"), []quoting.HoldRule{quoting.HoldSlipped, quoting.HoldPriceMoved}},
		{"a price eleven times as high", itemChange("100", "1100", "50", "50"), []quoting.HoldRule{quoting.HoldPriceMoved}},
		{"a price of a tenth, over its cost", itemChange("100", "10", "5", "5"), []quoting.HoldRule{quoting.HoldSlipped, quoting.HoldPriceMoved}},
		{"a cost that moves by 15 % exactly", itemChange("100", "100", "40", "46"), nil},
		{"a cost that moves by a cent more", itemChange("100", "100", "40", "46.01"), []quoting.HoldRule{quoting.HoldCostMoved}},
		{"a cost that is not known any more", itemChange("100", "100", "40", ""), nil},
		{"a cost that is known at last", itemChange("100", "100", "", "40"), nil},
		{"a cost over the price", itemChange("100", "100", "95", "100.01"), []quoting.HoldRule{quoting.HoldUnderCost}},
		{"a cost that equals the price, as of what is passed through", itemChange("100", "100", "100", "100", quoting.TagPassthrough), nil},
		{"a price of 0", itemChange("100", "0", "50", "50"), []quoting.HoldRule{quoting.HoldNoPrice, quoting.HoldUnderCost}},
		{"a negative price", itemChange("100", "-1", "", ""), []quoting.HoldRule{quoting.HoldNoPrice}},
		{"a price of 0 of what we compute", itemChange("1", "0", "", "", quoting.TagComputed), nil},
		{"a price of five decimals", itemChange("0.5", "0.50001", "", ""), []quoting.HoldRule{quoting.HoldInexact}},
		{"a price of four decimals and a nought", itemChange("0.5", "0.50010", "", ""), nil},
		{"a price that is not there any more", itemChange("100", "", "50", "50"), nil},
		{"a price where there was none", itemChange("", "100", "50", "50"), nil},
		{"a new item", fresh(itemChange("", "100", "", "50")), nil},
		{"a new item under cost", fresh(itemChange("", "100", "", "150")), []quoting.HoldRule{quoting.HoldUnderCost}},
		{"a new item without a price worth the name", fresh(itemChange("", "0", "", "")), []quoting.HoldRule{quoting.HoldNoPrice}},
		{"an item under cost that is not sold", inactive(itemChange("100", "100", "95", "101")), nil},
		{"an item that is gone", gone(itemChange("100", "1000", "50", "500")), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			reasons, err := policy.Judge(tc.change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, rules(reasons)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTooManyItemsAtOnceAreMoreThanTheShareOfAll(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		moved, items int
		want         bool
	}{{0, 100, false}, {5, 100, false}, {6, 100, true}, {1, 20, false}, {2, 20, true}, {0, 0, false}} {
		if _, got := policy.TooMany(tc.moved, tc.items); got != tc.want {
			t.Errorf("%d of %d: %t, want %t", tc.moved, tc.items, got, tc.want)
		}
	}
}

// Whatever a price does, it moves at most by the limit without a reason, up or down, and a
// release is of the very change that was judged.
func TestNoPriceMovesFarWithoutAReason(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	cents := rapid.Int64Range(1, 10_000_000)
	rapid.Check(t, func(r *rapid.T) {
		before, now := cents.Draw(r, "before"), cents.Draw(r, "now")
		c := itemChange("", "", "", "")
		c.Prices = []quoting.PriceChange{{Level: 1, Currency: quoting.USD, From: 1,
			Old: decimal.NullDecimal{Decimal: decimal.MustNew(before, 2), Valid: true}, New: decimal.NullDecimal{Decimal: decimal.MustNew(now, 2), Valid: true}}}
		reasons, err := policy.Judge(c)
		if err != nil {
			r.Fatal(err)
		}
		far := (now-before)*100 > 20*before || (before-now)*100 > 20*before
		if got := slices.Contains(rules(reasons), quoting.HoldPriceMoved); got != far {
			r.Errorf("%d to %d cents: %t, want %t", before, now, got, far)
		}
		other := c
		other.Prices = slices.Clone(c.Prices)
		other.Prices[0].New.Decimal = decimal.MustNew(now+1, 2)
		if c.Content() == other.Content() {
			r.Error("two changes have the same content")
		}
	})
}

func TestWhatCountsAsMoved(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	fresh := itemChange("", "100", "", "50")
	fresh.Known = false
	vanished := itemChange("100", "100", "50", "50")
	vanished.Gone = true
	for name, tc := range map[string]struct {
		change quoting.ItemChange
		want   bool
	}{
		"a price": {itemChange("100", "101", "50", "50"), true}, "a cost": {itemChange("100", "100", "50", "51"), true},
		"a price that vanished": {itemChange("100", "", "50", "50"), true}, "a cost that vanished": {itemChange("100", "100", "50", ""), true},
		"a new item": {fresh, false}, "an item that vanished": {vanished, true},
		"a first price": {itemChange("", "100", "50", "50"), false}, "a first cost": {itemChange("100", "100", "", "50"), false},
	} {
		if got := tc.change.Moves(policy); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}
