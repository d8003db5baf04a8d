package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/bot/command"
	"radioquote/quoting"
)

func amount(s string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(s)} }

func TestWhenTwoReadingsDisagree(t *testing.T) {
	t.Parallel()
	items := func(item string, qty *int) []quoting.ItemWish { return []quoting.ItemWish{{Item: item, Qty: qty}} }
	changes := func(c ...quoting.Change) quoting.Slots { return quoting.Slots{Changes: c} }
	for _, tc := range []struct {
		name          string
		first, second quoting.Slots
		disagree      bool
	}{
		{"the same", quoting.Slots{Users: new(40)}, quoting.Slots{Users: new(40)}, false},
		{"one says more", quoting.Slots{Users: new(40)}, quoting.Slots{Users: new(40), Sites: new(3)}, false},
		{"one says less", quoting.Slots{Users: new(40), Sites: new(3)}, quoting.Slots{Users: new(40)}, false},
		{"two numbers of radios", quoting.Slots{Users: new(40)}, quoting.Slots{Users: new(45)}, true},
		{"one number for two things", quoting.Slots{Users: new(40)}, quoting.Slots{Sites: new(40)}, true},
		{"the same number twice", quoting.Slots{Users: new(3)}, quoting.Slots{Users: new(3), Sites: new(3)}, false},
		{"percent or dollars", quoting.Slots{DiscountPct: amount("10")}, quoting.Slots{DiscountAmount: amount("10")}, true},
		{"the same percentage, written otherwise", quoting.Slots{DiscountPct: amount("10.0")}, quoting.Slots{DiscountPct: amount("10")}, false},
		{"two numbers of an item", quoting.Slots{Items: items("battery", new(3))}, quoting.Slots{Items: items("battery", new(4))}, true},
		{"an item with a number and without", quoting.Slots{Items: items("battery", nil)}, quoting.Slots{Items: items("battery", new(4))}, false},
		{"one number for two items", quoting.Slots{Items: items("battery", new(4))}, quoting.Slots{Items: items("headset", new(4))}, true},
		{"two payment terms", quoting.Slots{PaymentTerms: "NET30"}, quoting.Slots{PaymentTerms: "NET60"}, true},
		{"two quotes", quoting.Slots{QuoteID: 1042}, quoting.Slots{QuoteID: 1043}, true},
		{"versions in another order", quoting.Slots{Versions: []int{1, 2}}, quoting.Slots{Versions: []int{2, 1}}, false},
		{"other versions", quoting.Slots{Versions: []int{1, 2}}, quoting.Slots{Versions: []int{2, 3}}, true},
		{"the same change", changes(quoting.Change{Op: "set", Field: "users", Value: 45}), changes(quoting.Change{Op: "set", Field: "users", Value: 45}), false},
		{"to 45 or by 45", changes(quoting.Change{Op: "set", Field: "users", Value: 45}), changes(quoting.Change{Op: "inc", Field: "users", Value: 45}), true},
		{"two changes of a SKU", changes(quoting.Change{Op: "add", SKU: "bat-c", Qty: new(2)}), changes(quoting.Change{Op: "add", SKU: "BAT-C", Qty: new(3)}), true},
		{"a change that is a word", changes(quoting.Change{Op: "set", Field: "technology", Value: "dmr"}), changes(quoting.Change{Op: "set", Field: "technology", Value: "poc"}), false},
	} {
		if got := disagree(numbers(tc.first), numbers(tc.second)); got != tc.disagree {
			t.Errorf("%s: %t, %v and %v", tc.name, got, numbers(tc.first), numbers(tc.second))
		}
	}
}

func TestOnlyWhatIsMissingIsFilledIn(t *testing.T) {
	t.Parallel()
	first := quoting.Slots{
		Users: new(40), Customer: "Acme", Technology: "dmr", Items: []quoting.ItemWish{{Item: "battery"}, {Item: "repeater", Qty: new(2)}},
		Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}},
	}
	second := quoting.Slots{
		Users: new(40), Sites: new(3), Customer: "Acme Tool", Technology: "poc", Items: []quoting.ItemWish{{Item: "battery", Qty: new(40)}, {Item: "headset", Qty: new(4)}},
		Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}, {Op: "remove", Item: "repeater"}},
	}
	want := quoting.Slots{
		Users: new(40), Sites: new(3), Customer: "Acme", Technology: "dmr", Items: []quoting.ItemWish{{Item: "battery", Qty: new(40)}, {Item: "repeater", Qty: new(2)}, {Item: "headset", Qty: new(4)}},
		Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}, {Op: "remove", Item: "repeater"}},
	}
	if diff := cmp.Diff(want, filled(first, second)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if first.Sites != nil || first.Items[0].Qty != nil || len(first.Changes) != 1 {
		t.Error("the first reading has changed")
	}
}

func TestAFillingThatMakesAnErrorIsNotUsed(t *testing.T) {
	t.Parallel()
	first := quoting.Command{Text: "x", Intent: quoting.CreateQuote, Confidence: 0.5, Slots: quoting.Slots{Users: new(4)}}
	got := Combine(first, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Sites: new(50)}}, quoting.Dialogue{})
	if got.Outcome != Differs || got.Command.Slots.Sites != nil || got.Command.Errors != nil {
		t.Errorf("%s: %+v", got.Outcome, got.Command)
	}
}

func TestWhatAMessageBearsOut(t *testing.T) {
	t.Parallel()
	const text = "kit out 25 folks, 5 or so spare cells, 3 spots, a beacon, no bandoliers, 2 years, 10 days weekend, 2 weeks good, net45, 7.5 off, version 2, $900"
	h := hidden{text: text}
	m := materialOf(command.Default(), h, text)
	one := func(item string, qty int) quoting.Slots {
		return quoting.Slots{Users: new(25), Items: []quoting.ItemWish{{Item: item, Qty: &qty}}}
	}
	set := func(op, field string, value any) quoting.Slots {
		return quoting.Slots{Changes: []quoting.Change{{Op: op, Field: field, Value: value}}}
	}
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  bool
	}{
		{"a number", quoting.Slots{Users: new(25)}, true},
		{"another", quoting.Slots{Users: new(26)}, false},
		{"none", quoting.Slots{Users: new(0)}, false},
		{"a sum of radios", quoting.Slots{Users: new(30), Items: []quoting.ItemWish{{Item: "portable", Qty: new(25)}, {Item: "mobile", Qty: new(5)}}}, true},
		{"a sum of other things", quoting.Slots{Users: new(30), Items: []quoting.ItemWish{{Item: "battery", Qty: new(25)}, {Item: "headset", Qty: new(5)}}}, false},
		{"as many as there are radios", one("battery", 25), true},
		{"one, of a", one("repeater", 1), true},
		{"none, of no", one("carry_case", 0), true},
		{"six", one("carry_case", 6), false},
		{"fewer than none", quoting.Slots{Items: []quoting.ItemWish{{Item: "battery", Qty: new(-5)}}}, false},
		{"years in months", quoting.Slots{TermMonths: new(24)}, true},
		{"other months", quoting.Slots{TermMonths: new(48)}, false},
		{"months in days, of which it does not speak", quoting.Slots{ValidDays: new(90)}, false},
		{"days in started weeks", quoting.Slots{RentalWeeks: new(2)}, true},
		{"the week of a weekend", quoting.Slots{RentalWeeks: new(1)}, true},
		{"other weeks", quoting.Slots{RentalWeeks: new(9)}, false},
		{"weeks in days", quoting.Slots{ValidDays: new(14)}, true},
		{"other days", quoting.Slots{ValidDays: new(15)}, false},
		{"terms", quoting.Slots{PaymentTerms: "NET45"}, true},
		{"other terms", quoting.Slots{PaymentTerms: "NET60"}, false},
		{"terms that are none", quoting.Slots{PaymentTerms: "COD45"}, false},
		{"a percentage", quoting.Slots{DiscountPct: amount("7.5")}, true},
		{"an amount", quoting.Slots{TargetTotalMax: amount("900.00")}, true},
		{"a price of nothing", quoting.Slots{TargetTotal: amount("0")}, false},
		{"a margin over all", quoting.Slots{TargetMarginPct: amount("900")}, false},
		{"a version", quoting.Slots{Versions: []int{2}}, true},
		{"another version", quoting.Slots{Versions: []int{4}}, false},
		{"the first of a list", quoting.Slots{Limit: new(1)}, true},
		{"one site of a", quoting.Slots{Sites: new(1)}, false},
		{"a change", set("set", "users", 25), true},
		{"another change", set("set", "users", 26), false},
		{"a change in years", set("set", "term_months", 24), true},
		{"a change in weeks", set("set", "valid_days", 14), true},
		{"a change of a rental", set("set", "rental_weeks", 2), true},
		{"a change in percent", set("set", "discount_pct", *amount("7.5")), true},
		{"no discount", set("set", "discount_pct", *amount("0")), true},
		{"another discount", set("set", "discount_pct", *amount("8")), false},
		{"a change of terms", set("set", "payment_terms", "NET45"), true},
		{"to other terms", set("set", "payment_terms", "NET60"), false},
		{"a change of a flag", set("set", "intrinsically_safe", true), true},
		{"fewer pieces than none", quoting.Slots{Changes: []quoting.Change{{Op: "add", Item: "battery", Qty: new(-5)}}}, false},
	} {
		if got := m.holdsNumbers(tc.slots); got != tc.want {
			t.Errorf("%s: %t", tc.name, got)
		}
	}
	for who, want := range map[string]bool{"me": true, "folks": true, "Bob": false} {
		if got := m.holdsTexts(quoting.Slots{Rep: who}); got != want {
			t.Errorf("the rep %s stands in it: %t", who, got)
		}
	}
	if m.holdsTexts(quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "customer", Value: "Globex"}}}) || m.holdsTexts(quoting.Slots{Changes: []quoting.Change{{Op: "add", SKU: "BAT-C"}}}) {
		t.Error("a name or a SKU is made up")
	}
}

func TestValuesOfChangesAreThoseOfTheirFields(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, field string
		value       any
		ok          bool
	}{
		{"a count", "users", 45, true},
		{"half of one", "users", 4.5, false},
		{"a count as text", "users", "45", false},
		{"an amount", "target_total", 50000.5, true},
		{"an amount that is huge", "target_total", 1e300, false},
		{"a name", "customer", "CUSTOMER_1", true},
		{"a name that is a number", "customer", 7, false},
		{"a code", "band", "vhf", true},
		{"no code", "band", "cb", false},
		{"the other kind", "quote_type", "rental", true},
		{"a preference", "preference", "lowest_cost", true},
		{"no preference", "preference", "gold", false},
		{"terms", "payment_terms", "NET30", true},
		{"no terms", "payment_terms", "soon", false},
		{"a flag", "intrinsically_safe", true, true},
		{"a flag that is off", "intrinsically_safe", false, false},
		{"a flag of a number", "users", true, false},
		{"nothing", "users", nil, false},
	} {
		content := map[string]any{}
		for name := range answerSchema()["properties"].(object) {
			content[name] = nil
		}
		content["intent"], content["changes"] = "revise_quote", []any{change("set", tc.field, tc.value)}
		if _, err := parseAnswer(string(mustJSON(content))); (err == nil) != tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
