package quoting_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/quoting"
)

func number(n int64) quoting.Number { return quoting.Number{Decimal: decimal.MustNew(n, 0)} }

func TestWhatAMessageSaysReplacesWhatWasSaidBefore(t *testing.T) {
	t.Parallel()
	before := quoting.Request{Users: 40, Sites: 3, Industry: "construction", Portables: new(40)}
	for _, tc := range []struct {
		name string
		says quoting.Slots
		want quoting.Request
	}{
		{"nothing", quoting.Slots{}, before},
		{"users, and the industry's share decides again", quoting.Slots{Users: new(45)}, quoting.Request{Users: 45, Sites: 3, Industry: "construction"}},
		{"sites and industry", quoting.Slots{Sites: new(1), Industry: "retail"}, quoting.Request{Users: 40, Sites: 1, Industry: "retail", Portables: new(40)}},
		{"technology, band, shifts, term", quoting.Slots{Technology: quoting.ChooseDMR, Band: quoting.VHF, Shifts: new(2), TermMonths: new(24)},
			quoting.Request{Users: 40, Sites: 3, Industry: "construction", Portables: new(40), Technology: quoting.ChooseDMR, Band: quoting.VHF, Shifts: 2, TermMonths: 24}},
		{"weeks of a rental", quoting.Slots{RentalWeeks: new(3), QuoteType: "rental"}, quoting.Request{Users: 40, Sites: 3, Industry: "construction", Portables: new(40), RentalWeeks: 3}},
		{"a rental of no number of weeks", quoting.Slots{QuoteType: "rental"}, quoting.Request{Users: 40, Sites: 3, Industry: "construction", Portables: new(40), RentalWeeks: 1}},
		{"portables and mobiles", quoting.Slots{Users: new(30), Items: []quoting.ItemWish{{Item: "portable", Qty: new(20)}, {Item: "mobile", Qty: new(10)}}},
			quoting.Request{Users: 30, Sites: 3, Industry: "construction", Portables: new(20), Mobiles: new(10)}},
		{"intrinsically safe portables", quoting.Slots{Items: []quoting.ItemWish{{Item: "portable_is", Qty: new(40)}}},
			quoting.Request{Users: 40, Sites: 3, Industry: "construction", Portables: new(40), IntrinsicallySafe: true}},
		{"LTE radios", quoting.Slots{Users: new(35), IntrinsicallySafe: true, Items: []quoting.ItemWish{{Item: "poc_portable", Qty: new(35)}}},
			quoting.Request{Users: 35, Sites: 3, Industry: "construction", Portables: new(35), Technology: quoting.ChoosePoC, IntrinsicallySafe: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, before.With(tc.says)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestChangesAreAppliedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	before := quoting.Request{Users: 40, Industry: "construction"}
	set := func(field string, value any) quoting.Change {
		return quoting.Change{Op: "set", Field: field, Value: value}
	}
	for _, tc := range []struct {
		name    string
		changes []quoting.Change
		want    quoting.Request
	}{
		{"a number of users", []quoting.Change{set("users", number(45))}, quoting.Request{Users: 45, Industry: "construction"}},
		{"five more", []quoting.Change{{Op: "inc", Field: "users", Value: number(5)}}, quoting.Request{Users: 45, Industry: "construction"}},
		{"five less, and a site more than the one assumed", []quoting.Change{{Op: "dec", Field: "users", Value: number(5)}, {Op: "inc", Field: "sites", Value: number(1)}}, quoting.Request{Users: 35, Sites: 2, Industry: "construction"}},
		{"words", []quoting.Change{set("industry", "retail"), set("technology", "dmr"), set("band", "vhf"), set("intrinsically_safe", true)},
			quoting.Request{Users: 40, Industry: "retail", Technology: quoting.ChooseDMR, Band: quoting.VHF, IntrinsicallySafe: true}},
		{"shifts and term", []quoting.Change{set("shifts", number(3)), set("term_months", number(36))}, quoting.Request{Users: 40, Industry: "construction", Shifts: 3, TermMonths: 36}},
		{"a customer, which is looked up elsewhere", []quoting.Change{set("customer", "Acme")}, before},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := before.Apply(tc.changes, quoting.System{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	for _, change := range []quoting.Change{
		{Op: "swap", SKU: "BAT-B"}, {Op: "dec", Item: "battery"}, {Op: "set", Field: "need_by_text", Value: "Friday"},
		set("users", quoting.Number{Decimal: decimal.MustParse("4.5")}), set("intrinsically_safe", "no"), set("discount_pct", "much"), {Op: "override"}, {Op: "melt", Item: "battery", Qty: new(1)},
	} {
		if got, err := before.Apply([]quoting.Change{change}, quoting.System{}); !errors.Is(err, quoting.Invalid) || !cmp.Equal(got, before) {
			t.Errorf("%+v is applied: %+v, %v", change, got, err)
		}
	}
}

func TestQuoteNumbersAreReadHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Q-1042", "q-1042", "q1042", "1042", " Q1042 "} {
		if id, err := quoting.ParseQuoteID(text); err != nil || id != 1042 || id.String() != "Q-1042" {
			t.Errorf("%q is read as %s, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "Q-", "Q-0", "Q--5", "Q-10x", "-1042x", "Q-99999999999999999999"} {
		if id, err := quoting.ParseQuoteID(text); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%q is read as %s, %v", text, id, err)
		}
	}
}

func FuzzParseQuoteID(f *testing.F) {
	f.Add("Q-1042")
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := quoting.ParseQuoteID(text); err == nil {
			if again, err := quoting.ParseQuoteID(id.String()); err != nil || again != id {
				t.Fatalf("%q is %s, which is read as %s, %v", text, id, again, err)
			}
		}
	})
}

func TestACommandSurvivesJSON(t *testing.T) {
	t.Parallel()
	want := quoting.Command{
		Text: "40 radios, 12.5% off, Q-1042", Intent: quoting.CreateQuote, Needs: []quoting.Need{quoting.NeedSites},
		Slots: quoting.Slots{Users: new(40), QuoteID: 1042, DiscountPct: &quoting.Number{Decimal: decimal.MustParse("12.50")}, Items: []quoting.ItemWish{{Item: "charger"}}},
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"discount_pct":12.5`) || !strings.Contains(string(text), `"qty":null`) || !strings.Contains(string(text), `"Q-1042"`) {
		t.Errorf("written as %s", text)
	}
	var got quoting.Command
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	got.Slots.DiscountPct.Decimal = got.Slots.DiscountPct.Pad(2)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	var n quoting.Number
	if err := json.Unmarshal([]byte(`"40"`), &n); err == nil {
		t.Error("a text is read as a number")
	}
}

func TestWhatCannotBePricedIsNamed(t *testing.T) {
	t.Parallel()
	n := number(10)
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  string
	}{
		{"users, sites, customer and radios can", quoting.Slots{Users: new(40), Sites: new(3), Customer: "Acme", Items: []quoting.ItemWish{{Item: "portable", Qty: new(40)}}}, ""},
		{"a discount can", quoting.Slots{DiscountPct: &n}, ""},
		{"a feature of one of the radios can", quoting.Slots{Features: []string{"gps"}}, ""},
		{"recording", quoting.Slots{Features: []string{"recording", "man_down"}}, "recording, man down"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(tc.slots.Unpriced(demoPolicy(t)), ", ")
			if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("cannot price %q, want %q", got, tc.want)
			}
		})
	}
}

func TestAPolicyThatCannotWorkIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	text := string(demoPolicy(t).Text)
	for _, tc := range []struct{ name, from, to, says string }{
		{"an unknown field", "valid_days: 30", "valid_days: 30\nno_such_field: 1", "no_such_field"},
		{"a missing currency", "currency: USD", `currency: ""`, "currency"},
		{"no validity", "valid_days: 30", "valid_days: 0", "valid_days"},
		{"no general profile", "  general:             {name", "  generally:           {name", `"general"`},
		{"an industry without a name", "name: Construction,", `name: "",`, "construction has no name"},
		{"an unknown load", "load: heavy, ", "load: huge, ", "huge"},
		{"an unknown technology", "technology: p25,", "technology: p26,", "p26"},
		{"a percentage over 100", "speaker_mics: 100,", "speaker_mics: 101,", "101"},
		{"unknown radios", "radios: slim}", "radios: slimmer}", "slimmer"},
		{"an incomplete fleet", "charger: CHG-6V, ", "", "fleets.poc is incomplete"},
		{"an unknown cost", "[average, last_purchase, standard]", "[average, guess]", "guess"},
		{"a limit of nothing", "quotes_a_minute: 30", "quotes_a_minute: 0", "at least 1"},
		{"an impossible share of waiting", "wait_percent: 5 ", "wait_percent: 0 ", "talk"},
		{"no freight item", "item: FRT-STD", `item: ""`, "freight"},
		{"too few past quotes", "least: 8 ", "least: 2 ", "history"},
		{"a limit of past quotes of nothing", `z: "3.5"`, `z: "0"`, "history"},
		{"an age of nothing", "fresh: 1h", "fresh: 0s", "ages"},
		{"an amount that is none", `amount:      ["50000.00"`, `amount:      ["much"`, "much"},
		{"no YAML", "currency: USD", "currency: [", "policy"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(text, tc.from) {
				t.Fatalf("the policy has no %q", tc.from)
			}
			_, err := quoting.ParsePolicy([]byte(strings.Replace(text, tc.from, tc.to, 1)))
			sentence, _ := quoting.Sentence(err)
			if !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want an error of kind Invalid that says %q", err, tc.says)
			}
		})
	}
	a, b := demoPolicy(t), demoPolicy(t)
	changed, err := quoting.ParsePolicy([]byte(text + "\n# a remark\n"))
	if err != nil || a.Version != b.Version || a.Version == changed.Version || len(a.Version) != 16 {
		t.Errorf("versions %s, %s, %s; %v", a.Version, b.Version, changed.Version, err)
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte("currency: USD\nvalid_days: 30\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := quoting.ParsePolicy(text); err == nil && (p.Version == "" || p.Currency == "") {
			t.Fatalf("%q is a policy", text)
		}
	})
}

func TestTheNearestIndustriesComeFirst(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for text, want := range map[string]quoting.IndustryCode{"constructoin": "construction", "retale": "retail", "logistics": "warehouse_logistics", "agricultural": "agriculture"} {
		if got := policy.NearestIndustries(text, 3); len(got) != 3 || got[0] != want {
			t.Errorf("%q is near %v, want %s first", text, got, want)
		}
	}
	if slices.Contains(policy.IndustryCodes(), quoting.General) || len(policy.IndustryCodes()) != 18 {
		t.Errorf("the industries are %v", policy.IndustryCodes())
	}
	if got := quoting.Names([]quoting.Need{quoting.NeedUsers, quoting.NeedQuote, quoting.NeedCustomer}); got != "the number of users, the quote number and a customer" {
		t.Errorf("names read %q", got)
	}
}
