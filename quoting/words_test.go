package quoting_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

func TestACommandInWords(t *testing.T) {
	t.Parallel()
	number := func(s string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(s)} }
	for _, tc := range []struct {
		want    string
		command quoting.Command
	}{
		{"1,200 radios, 40 a site, 30 sites, warehouse logistics, dmr, intrinsically safe, 3 repeater, battery, man down, 12 months, 12.5% off, NET30, for Acme, in Toledo", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{
			Users: new(1200), UsersPerSite: new(40), Sites: new(30), Industry: "warehouse_logistics", Technology: "dmr", IntrinsicallySafe: true, Features: []string{"man_down"},
			Items: []quoting.ItemWish{{Item: "repeater", Qty: new(3)}, {Item: "battery"}}, TermMonths: new(12), DiscountPct: number("12.5"), PaymentTerms: "NET30", Customer: "Acme", Location: "Toledo",
		}}},
		{"30 to 40 radios, valid for 1 day", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{UsersMin: new(30), UsersMax: new(40), ValidDays: new(1)}}},
		{"search quotes, pending approval, 5 results, expiring within 7 days, from $50000", quoting.Command{Intent: quoting.SearchQuotes, Slots: quoting.Slots{Status: "pending_approval", Limit: new(5), ExpiringWithinDays: new(7), AmountMin: number("50000")}}},
		{"compare versions, Q-1042, v1, v2", quoting.Command{Intent: quoting.CompareVersions, Slots: quoting.Slots{QuoteID: 1042, Versions: []int{1, 2}}}},
		{"users to 45, 5 more sites, 2 fewer BAT-B, without repeater, add battery, 10% off, 8% off portable, 2% more off, 1% less off, price of SUM-P20U to 45", quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{
			{Op: "set", Field: "users", Value: 45}, {Op: "inc", Field: "sites", Value: 5}, {Op: "dec", SKU: "BAT-B", Qty: new(2)}, {Op: "remove", Item: "repeater"}, {Op: "add", Item: "battery"},
			{Op: "set", Field: "discount_pct", Value: *number("10")}, {Op: "set", Field: "discount_pct", Scope: "portable", Value: *number("8")},
			{Op: "inc", Field: "discount_pct", Value: *number("2")}, {Op: "dec", Field: "discount_pct", Value: *number("1")},
			{Op: "set", Field: "price", SKU: "SUM-P20U", Value: *number("45")},
		}}}},
	} {
		if got := tc.command.Words(); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func TestWhatWasNotUnderstoodIsRepeated(t *testing.T) {
	t.Parallel()
	read := func(change func(*quoting.Command)) quoting.Command {
		c := quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(40)}, Unread: []string{"purple", "fast"}, Confidence: 0.8}
		change(&c)
		return c
	}
	for _, tc := range []struct {
		name, want string
		command    quoting.Command
		unsure     bool
	}{
		{"words that nothing was made of", `40 radios. I made nothing of "purple", "fast".`, read(func(*quoting.Command) {}), true},
		{"of many the first five", `40 radios. I made nothing of "a", "b", "c", "d", "e".`, read(func(c *quoting.Command) { c.Unread = strings.Fields("a b c d e f g") }), true},
		{"no such word", "40 radios", read(func(c *quoting.Command) { c.Unread = nil }), false},
		{"a word beside a reading that is sure", "40 radios", read(func(c *quoting.Command) { c.Confidence = quoting.Sure }), false},
		{"what the second reader had a part in", "40 radios", read(func(c *quoting.Command) { c.Guessed = true }), true},
	} {
		if got := tc.command.Reading(); got != tc.want || tc.command.Unsure() != tc.unsure {
			t.Errorf("%s: %q, unsure %t; want %q", tc.name, got, tc.command.Unsure(), tc.want)
		}
	}
}

func TestAChangeComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]any{
		`{"op":"set","field":"users","value":45}`:                quoting.Number{Decimal: decimal.MustParse("45")},
		`{"op":"set","field":"discount_pct","value":0.1}`:        quoting.Number{Decimal: decimal.MustParse("0.1")},
		`{"op":"set","field":"technology","value":"dmr"}`:        "dmr",
		`{"op":"set","field":"intrinsically_safe","value":true}`: true,
		`{"op":"remove","item":"repeater"}`:                      nil,
	} {
		var c quoting.Change
		if err := json.Unmarshal([]byte(written), &c); err != nil || c.Value != want {
			t.Errorf("%s is read as %#v, %v", written, c.Value, err)
		}
		if again, err := json.Marshal(c); err != nil || string(again) != written {
			t.Errorf("%s is written as %s, %v", written, again, err)
		}
	}
	for _, broken := range []string{`{"value":1e300}`, `{"op":7}`} {
		if err := json.Unmarshal([]byte(broken), &quoting.Change{}); err == nil {
			t.Errorf("%s is read", broken)
		}
	}
}
