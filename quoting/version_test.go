package quoting_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// aim is the version after its terms reach for the target.
func (d dealer) aim(t rapid.TB, v quoting.Version, field string, value quoting.Number) (quoting.Version, error) {
	t.Helper()
	terms, err := quoting.Target{Field: field, Value: value}.Terms(v)
	if err != nil {
		return v, err
	}
	v.Request.Terms = terms
	return v, v.Work(d.policy, d.book)
}

func TestATargetTotalIsReachedToTheCent(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		v := d.drawQuote(t)
		gross := sumOf(t, v.Priced.NetTotal, v.Priced.Freight)
		least := v.Priced.Freight
		for _, l := range v.Priced.Lines {
			if l.Passthrough {
				least = sumOf(t, least, l.Extended)
			}
		}
		room, _, _ := sumOf(t, gross, least.Neg()).Amount.Int64(2)
		wanted := sumOf(t, gross, quoting.MustMoney(fmt.Sprintf("-%d.%02d", rapid.Int64Range(0, room-1).Draw(t, "off"), rapid.IntRange(0, 99).Draw(t, "cents")), quoting.USD))
		field := rapid.SampledFrom([]string{"target_total", "target_total_max"}).Draw(t, "field")
		before := v.Priced.Total
		aimed, err := d.aim(t, v, field, quoting.Number{Decimal: wanted.Amount})
		switch {
		case wanted.Cmp(least) < 0 && errors.Is(err, quoting.Invalid):
		case err != nil:
			t.Fatalf("%s of %s, from %s: %v", field, wanted, gross, err)
		case field == "target_total_max" && before.Cmp(wanted) <= 0 && !aimed.Priced.Total.Equal(before):
			t.Fatalf("a total of %s under the maximum of %s becomes %s", before, wanted, aimed.Priced.Total)
		case (field == "target_total" || before.Cmp(wanted) > 0) && !aimed.Priced.Total.Equal(wanted):
			t.Fatalf("%s of %s comes to %s", field, wanted, aimed.Priced.Total)
		}
	})
}

// TestATargetMarginIsKeptAndOneCentLessIsNot: the margin is at least the target, exactly;
// a cent more of discount and it is below.
func TestATargetMarginIsKeptAndOneCentLessIsNot(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		v := d.drawQuote(t)
		target := exactly(fmt.Sprintf("%d.%02d", rapid.Int64Range(0, 40).Draw(t, "percent"), rapid.IntRange(0, 99).Draw(t, "hundredths")))
		plain := v
		plain.Request.Terms.Header = nil
		plain = d.work(t, plain)
		aimed, err := d.aim(t, v, "target_margin_pct", target)
		exact := func(p quoting.Priced, lessCents int64) *big.Rat {
			net := new(big.Rat).Sub(rat(p.NetTotal.Amount), rat(p.Discount.Amount))
			net.Sub(net, big.NewRat(lessCents, 100))
			m := new(big.Rat).Sub(net, rat(p.CostTotal.Amount))
			return m.Quo(m.Mul(m, big.NewRat(100, 1)), net)
		}
		switch {
		case err != nil && (!errors.Is(err, quoting.Invalid) || exact(plain.Priced, 0).Cmp(rat(target.Decimal)) >= 0):
			t.Fatalf("a margin of %s%% from %s: %v", target, plain.Priced.Margin, err)
		case err != nil: // it is below already
		case exact(aimed.Priced, 0).Cmp(rat(target.Decimal)) < 0:
			t.Fatalf("a margin of %s%% becomes %s", target, exact(aimed.Priced, 0).FloatString(6))
		case exact(aimed.Priced, 1).Cmp(rat(target.Decimal)) >= 0:
			t.Fatalf("a margin of %s%% leaves a cent: %s", target, exact(aimed.Priced, 1).FloatString(6))
		}
	})
}

func TestATargetUnitPriceLocksTheRadios(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v, err := d.aim(t, d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"}), "target_unit_price", exactly("349.99"))
	if err != nil || v.Priced.Lines[0].Unit.Text() != "349.99" || !v.Priced.Lines[0].Locked {
		t.Errorf("%+v, %v", v.Priced.Lines[0], err)
	}
	mobiles := d.quote(t, quoting.Request{Users: 10, Sites: 1, Industry: "construction", Portables: new(0)})
	if v, err = d.aim(t, mobiles, "target_unit_price", number(700)); err != nil || v.Priced.Lines[0].Unit.Text() != "700.00" {
		t.Errorf("of mobiles alone: %+v, %v", v.Priced.Lines[0], err)
	}
}

func TestATargetThatCannotBeReachedSaysWhy(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	unknown := v
	unknown.Priced.Margin = quoting.Margin{}
	parts := d.quote(t, quoting.Request{Items: []quoting.ItemWish{wish("battery", 4)}})
	for _, tc := range []struct {
		name, field string
		value       quoting.Number
		version     quoting.Version
		says        string
	}{
		{"a total above what it comes to", "target_total", number(10_000_000), v, "below $10,000,000.00 already"},
		{"a total of a cent", "target_total", exactly("0.01"), v, "is more than"},
		{"a total of less than nothing", "target_total_max", number(-5), v, "is more than"},
		{"a total with a fraction of a cent", "target_total", exactly("9000.005"), v, "fractions"},
		{"a price of nothing", "target_unit_price", number(0), v, "above 0"},
		{"a price of radios where there are none", "target_unit_price", number(300), parts, "no radios"},
		{"a margin above what it is", "target_margin_pct", exactly("99.9"), v, "below 99.9% already"},
		{"a margin of all", "target_margin_pct", number(100), v, "below 100"},
		{"a negative margin", "target_margin_pct", number(-1), v, "at least 0"},
		{"a margin that is unknown", "target_margin_pct", number(30), unknown, "no cost"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := d.aim(t, tc.version, tc.field, tc.value)
			if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want an error of kind Invalid that says %q", err, tc.says)
			}
		})
	}
	if aimed, err := d.aim(t, v, "target_total", quoting.Number{Decimal: v.Priced.Total.Amount}); err != nil || aimed.Request.Terms.Header != nil {
		t.Errorf("the total that it has: %+v, %v", aimed.Request.Terms, err)
	}
}

func TestAMessageNamesItsTarget(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		slots quoting.Slots
		want  quoting.Target
	}{
		{"a total", quoting.Slots{TargetTotal: numberOf("9000")}, quoting.Target{Field: "target_total", Value: number(9000)}},
		{"a maximum", quoting.Slots{TargetTotalMax: numberOf("9000")}, quoting.Target{Field: "target_total_max", Value: number(9000)}},
		{"a price of a radio", quoting.Slots{TargetUnitPrice: numberOf("300")}, quoting.Target{Field: "target_unit_price", Value: number(300)}},
		{"a margin", quoting.Slots{TargetMarginPct: numberOf("31")}, quoting.Target{Field: "target_margin_pct", Value: number(31)}},
		{"a change to a total", quoting.Slots{Changes: []quoting.Change{setField("industry", "retail"), setField("users", number(4)), setField("target_total", number(9000))}}, quoting.Target{Field: "target_total", Value: number(9000)}},
		{"a change in a whole number", quoting.Slots{Changes: []quoting.Change{setField("target_margin_pct", 31)}}, quoting.Target{Field: "target_margin_pct", Value: number(31)}},
		{"none", quoting.Slots{Changes: []quoting.Change{setField("users", number(4))}}, quoting.Target{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := tc.slots.Target()
			if diff := cmp.Diff(tc.want, got); diff != "" || ok != (tc.want.Field != "") {
				t.Errorf("%t: -want +got\n%s", ok, diff)
			}
			if got.NeedsMargin() != (tc.want.Field == "target_margin_pct") {
				t.Errorf("%s needs the margin: %t", got.Field, got.NeedsMargin())
			}
		})
	}
}

// TestTheWaterfallAddsUp reads its sentences: each step begins where the one before ended.
func TestTheWaterfallAddsUp(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	c.CustomerPrices = []quoting.CustomerPrice{{Customer: 3, Item: 1003, Level: quoting.CustomLevel, Price: dollars("333.33")}}
	for id := range quoting.CustomerID(4) {
		c.Customers = append(c.Customers, quoting.Customer{ID: id + 1, Name: fmt.Sprintf("Customer %d", id), Currency: quoting.USD, Level: quoting.LevelID(id + 1)})
	}
	d := dealer{demoPolicy(t), bookOf(t, c)}
	rapid.Check(t, func(t *rapid.T) {
		v := d.drawQuote(t)
		v.Customer.ID = quoting.CustomerID(rapid.IntRange(0, 4).Draw(t, "customer"))
		v = d.work(t, v)
		amount := func(text string) quoting.Money {
			return quoting.MustMoney(strings.NewReplacer("$", "", ",", "", "−", "-", "+", "").Replace(text), quoting.USD)
		}
		steps := quoting.Waterfall(v.Priced)
		at := amount(strings.TrimPrefix(steps[0], "List "))
		if !at.Equal(v.Priced.ListTotal) {
			t.Fatalf("it begins with %q", steps[0])
		}
		for _, step := range steps[1:] {
			name, to, _ := strings.Cut(step, " → ")
			words := strings.Fields(name)
			change := amount(words[len(words)-1])
			if next := sumOf(t, at, change); change.IsZero() || !next.Equal(amount(to)) {
				t.Fatalf("from %s: %q", at, step)
			}
			at = amount(to)
		}
		if !at.Equal(v.Priced.Total) {
			t.Fatalf("it ends at %s, the total is %s: %q", at, v.Priced.Total, steps)
		}
	})
}

func TestTheWaterfallNamesEachStep(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	terms := quoting.Terms{
		Header: percentOff("10"), Discounts: []quoting.LineDiscount{{Scope: "battery", Percent: number(50)}}, Locked: []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: number(300)}},
	}
	p, err := quoting.Price(d.policy, d.book, each("SUM-P20U 10", "BAT-B 12"), quoting.Customer{ID: 1, Level: 4}, terms)
	if err != nil {
		t.Fatal(err)
	}
	// Radios: 385, VIP 354.20, from ten on 343.57, set to 300. Batteries: 68, VIP 62.56, from a dozen on 59.43, half of it 29.72.
	want := []string{
		"List $4,666.00", "Customer's level or price −$373.28 → $4,292.72", "Quantity breaks −$143.86 → $4,148.86", "Prices that were set −$435.70 → $3,713.16",
		"Line discounts −$356.52 → $3,356.64", "Discount on the whole −$335.66 → $3,020.98", "Freight +$41.96 → $3,062.94",
	}
	if diff := cmp.Diff(want, quoting.Waterfall(p)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAnAlternativeIsWhatItsButtonMakes(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	all := []string{"with_repeaters", "without_repeaters", "analog", "dmr", "poc", "rental", "purchase"}
	for _, tc := range []struct {
		name    string
		request quoting.Request
		want    []string
	}{
		{"forty at a building site", quoting.Request{Users: 40, Sites: 1, Industry: "construction", Beside: all}, []string{"Without repeaters", "PoC", "Rental"}},
		{"twelve at a building site", quoting.Request{Users: 12, Sites: 1, Industry: "construction", Beside: all}, []string{"With repeaters", "Analog", "PoC", "Rental"}},
		{"guards", quoting.Request{Users: 40, Sites: 2, Industry: "security", Beside: all}, []string{"With repeaters", "Digital (DMR)", "Rental"}},
		{"rented radios", quoting.Request{Users: 40, Sites: 1, Industry: "construction", RentalWeeks: 2, Beside: []string{"purchase"}}, []string{"Purchase"}},
		{"fifteen are near the limit of radio to radio", quoting.Request{Users: 15, Sites: 1, Industry: "construction"}, []string{"DMR with repeaters instead"}},
		{"and so are sixteen", quoting.Request{Users: 16, Sites: 1, Industry: "construction"}, []string{"DMR, radio to radio instead"}},
		{"eight at each site are near the limit of repeaters", quoting.Request{Users: 24, Sites: 3, Industry: "construction"}, []string{"PoC (push-to-talk over LTE) instead"}},
		{"a usual quote", quoting.Request{Users: 60, Sites: 3, Industry: "construction"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.quote(t, tc.request)
			var got []string
			for _, a := range quoting.Alternatives(d.policy, d.book, v) {
				got = append(got, a.Title)
				after := d.revise(t, v, a.Changes...)
				if !after.Priced.Total.Equal(a.Total) || a.Why == "" || after.System.Why == v.System.Why && after.Request.RentalWeeks == v.Request.RentalWeeks {
					t.Errorf("%s at %s, because %q; its button makes %s at %s", a.Title, a.Total, a.Why, after.System.Technology, after.Priced.Total)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAnOptionIsWhatItsButtonAdds(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	usual := []string{"3-year warranty", "Care plan, a year", "Repeater maintenance, a year", "Spare radios", "Training"}
	for _, tc := range []struct {
		name    string
		request quoting.Request
		want    []string
	}{
		{"one repeater", quoting.Request{Users: 40, Sites: 1, Industry: "construction"}, usual},
		{"linked repeaters", quoting.Request{Users: 60, Sites: 3, Industry: "construction"}, append(slices.Clone(usual), "Dispatch console")},
		{"PoC", quoting.Request{Users: 40, Sites: 2, Industry: "security", TermMonths: 24}, []string{"3-year warranty", "Care plan, a year", "Spare radios", "Training", "Dispatch console"}},
		{"a warranty that is there already", quoting.Request{Users: 40, Sites: 1, Industry: "construction", Items: []quoting.ItemWish{wish("warranty", 4)}}, usual[1:]},
		{"on terms", quoting.Request{Users: 49, Sites: 1, Industry: "hospitality", Terms: quoting.Terms{Header: percentOff("5"), Discounts: []quoting.LineDiscount{{Scope: "services", Percent: number(10)}}}}, usual},
		{"parts", quoting.Request{Items: []quoting.ItemWish{wish("battery", 4)}}, nil},
		{"a rental", quoting.Request{Users: 40, RentalWeeks: 1}, nil},
		{"engineering's", quoting.Request{Users: 40, Sites: 1, Industry: "public_safety"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.quote(t, tc.request)
			var got []string
			for _, o := range quoting.Options(d.policy, d.book, v) {
				got = append(got, o.Title)
				after := d.revise(t, v, o.Changes...)
				if adds := sumOf(t, after.Priced.NetTotal, v.Priced.NetTotal.Neg()); !adds.Equal(o.Total) {
					t.Errorf("%s is offered for %s and adds %s", o.Title, o.Total, adds)
				}
				if again := quoting.Options(d.policy, d.book, after); slices.ContainsFunc(again, func(p quoting.Option) bool { return p.Title == o.Title }) {
					t.Errorf("%s is offered again", o.Title)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWhatIsNotSoldIsNotOffered(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	v := d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"})
	c := demoCatalogue(t)
	for i := range c.Items {
		c.Items[i].Inactive = c.Items[i].SKU == d.policy.Parts["warranty"]
	}
	var got []string
	for _, o := range quoting.Options(d.policy, bookOf(t, c), v) {
		got = append(got, o.Title)
	}
	if diff := cmp.Diff([]string{"Care plan, a year", "Repeater maintenance, a year", "Spare radios", "Training"}, got); diff != "" {
		t.Errorf("without a warranty to sell: -want +got\n%s", diff)
	}
}

func TestWorkTakesTheCustomerAsTheBookHasIt(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	c.Customers = []quoting.Customer{{ID: 1, Name: "VIP Inc.", Level: 4, Currency: quoting.USD, CreditHold: true}, {ID: 2, Name: "Gone Inc.", Inactive: true}}
	d := dealer{demoPolicy(t), bookOf(t, c)}
	v := quoting.Version{Request: quoting.Request{Users: 40, Sites: 1, Industry: "construction"}, Customer: quoting.Customer{ID: 1, Name: "as it was"}}
	if err := v.Work(d.policy, d.book); err != nil {
		t.Fatal(err)
	}
	if v.Customer.Name != "VIP Inc." || v.Priced.Lines[0].LevelID != 4 || v.Policy != d.policy.Version || v.Snapshot != 1 || !v.PricesAt.Equal(c.TakenAt) {
		t.Errorf("%+v at level %d, policy %s, snapshot %d of %s", v.Customer, v.Priced.Lines[0].LevelID, v.Policy, v.Snapshot, v.PricesAt)
	}
	if !slices.ContainsFunc(v.Approvals, func(n quoting.ApprovalNeed) bool { return n.Rule == "credit hold" }) {
		t.Errorf("credit hold asks nobody: %+v", v.Approvals)
	}
	for name, bad := range map[string]quoting.Version{
		"a customer who is gone":     {Request: v.Request, Customer: quoting.Customer{ID: 2}},
		"a customer who never was":   {Request: v.Request, Customer: quoting.Customer{ID: 3}},
		"no users":                   {},
		"terms out of range":         {Request: quoting.Request{Users: 40, Terms: quoting.Terms{ValidDays: -1}}},
		"an industry that is not on": {Request: quoting.Request{Users: 40, Industry: "church"}},
	} {
		if err := bad.Work(d.policy, d.book); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	review := quoting.Version{Request: quoting.Request{Users: 100, Industry: "public_safety"}, Approvals: v.Approvals}
	if err := review.Work(d.policy, d.book); err != nil || review.Approvals != nil || len(review.Blocking()) != 1 || len(review.Priced.Lines) > 0 {
		t.Errorf("engineering's: %+v, %v", review, err)
	}
	if got := v.Valid(d.policy, noon); !got.Equal(noon.AddDate(0, 0, 30)) {
		t.Errorf("valid until %s", got)
	}
	v.Request.Terms.ValidDays = 60
	if got := v.Valid(d.policy, noon); !got.Equal(noon.AddDate(0, 0, 60)) {
		t.Errorf("60 days: valid until %s", got)
	}
}

func TestWhatChangedOfTermsAndLinesReadsAsSentences(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	old := d.quote(t, quoting.Request{Users: 60, Sites: 3})
	old.ValidUntil = noon.AddDate(0, 0, 30)
	for _, tc := range []struct {
		name    string
		changes []quoting.Change
		want    []string // of which the total is left out
	}{
		{"an industry that was assumed, with the same lines but two", []quoting.Change{setField("industry", "k12_education")}, []string{"Industry: assumed → k12_education", "AUD-RSM2: 15 → 12", "6 added at $38.00"}},
		{"a discount", []quoting.Change{setField("discount_amount", number(500))}, []string{"Discount: $0.00 → $500.00"}},
		{"terms", []quoting.Change{setField("payment_terms", "NET45"), setField("deposit_pct", number(25)), setField("valid_days", number(60))},
			[]string{"Payment: as usual → NET45", "Valid until: 25 December → 24 January", "Deposit: none said → 25%"}},
		{"more of a line", []quoting.Change{addItem("battery", 1)}, []string{"BAT-B: 6 → 7"}},
		{"more at another price", []quoting.Change{setItem("battery", 12)}, []string{"BAT-B: 6 → 12, $68.00 → $64.60"}},
		{"a line less and a line more", []quoting.Change{removeItem("battery"), addSKU("CLIP-2", 10)}, []string{"CLIP-2: 10 added at $12.00", "BAT-B: 6 taken out"}},
		{"a price", []quoting.Change{{Op: "set", Field: "price", SKU: "BAT-B", Value: number(60)}}, []string{"BAT-B: $68.00 → $60.00"}},
		{"a rule passed over", []quoting.Change{{Op: "override", Field: "L4", Value: "it is right"}}, []string{"L4 passed over: it is right"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.revise(t, old, tc.changes...)
			v.ValidUntil = v.Valid(d.policy, noon)
			got := v.ChangesSince(old)
			for _, want := range tc.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, want) }) {
					t.Errorf("%q is missing from %q", want, got)
				}
			}
			total := slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Total: ") })
			if total == old.Priced.Total.Equal(v.Priced.Total) {
				t.Errorf("%q, from %s to %s", got, old.Priced.Total, v.Priced.Total)
			}
		})
	}
}

// TestDiffLinesTurnOneVersionIntoTheOther applies what differs to the old lines.
func TestDiffLinesTurnOneVersionIntoTheOther(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := d.drawQuote(t), d.drawQuote(t)
		got := bill(a)
		for _, diff := range quoting.DiffLines(a.Priced.Lines, b.Priced.Lines) {
			if got[diff.SKU] != diff.OldQty || diff.OldQty == diff.NewQty && diff.OldUnit.Equal(diff.NewUnit) || diff.String() == "" {
				t.Fatalf("%+v, of %d", diff, got[diff.SKU])
			}
			if got[diff.SKU] = diff.NewQty; diff.NewQty == 0 {
				delete(got, diff.SKU)
			}
		}
		if diff := cmp.Diff(bill(b), got); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
	})
}

func TestAQuoteExplainsItself(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	c.Customers = []quoting.Customer{{ID: 1, Name: "VIP Inc.", Level: 4, Currency: quoting.USD}}
	battery := slices.IndexFunc(c.Items, func(i quoting.Item) bool { return i.SKU == "BAT-B" })
	c.CustomerPrices = []quoting.CustomerPrice{{Customer: 1, Item: c.Items[battery].ID, Level: quoting.CustomLevel, Price: dollars("60")}}
	d := dealer{demoPolicy(t), bookOf(t, c)}
	of := func(r quoting.Request, customer quoting.CustomerID, viewer quoting.Person) map[string][]string {
		v := d.work(t, quoting.Version{Number: 1, Request: r, Customer: quoting.Customer{ID: customer}})
		sections := map[string][]string{}
		for _, s := range quoting.Explain(d.policy, quoting.NewView(d.policy, quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: 1}, v, riley, deciding(morgan), viewer, noon)) {
			sections[s.Title] = s.Points
		}
		return sections
	}
	yard := quoting.Request{Users: 40, Sites: 1, Industry: "construction", Terms: quoting.Terms{
		Header: percentOff("6"), Discounts: []quoting.LineDiscount{{Scope: "charger", Percent: number(4)}}, Locked: []quoting.LockedPrice{{SKU: "SUM-M45U", Unit: number(700)}},
	}}
	got := of(yard, 1, morgan)
	for title, points := range map[string][]string{
		"Why this system": {
			"40 radios at one site are too many to do without a repeater.",
			"40 radios of medium load: 6 calls of 5 s in the busy hour, each holding a channel 6 s: 0.40 erlang.",
			"2 talk paths: the fewest with which at most 5% of calls wait over 5 s",
			"A repeater carries 2: 1 repeater a site.",
		},
		"From list to total": {"List $", "Discount on the whole −$"},
		"Why each line": {
			"36 × SUM-P20U: 40 users less 4 mobiles; list $385.00, 6% off for 36, by customer level (NetSuite's row ",
			"4 × SUM-M45U: 10% of 40 users in vehicles; list $795.00, by customer level (NetSuite's row ",
			"6 × CHG-6B: 36 portables, 6 to a charger; list $445.00, 3% off for 6, by customer level (NetSuite's row ",
			"4 × BAT-B: 10% of 36 portables, 1 shift; list $68.00, by customer price",
			"1 × FCC-APP: one call sign; list $105.00, by customer level (NetSuite's row ",
		},
		"Who approves": {"Sales manager · "},
	} {
		for i, want := range points {
			if !slices.ContainsFunc(got[title], func(p string) bool { return strings.HasPrefix(p, want) }) {
				t.Errorf("%s: point %d, %q, is missing from %q", title, i, want, got[title])
			}
		}
	}
	for sku, want := range map[string]string{"SUM-M45U": ", set to $700.00", "CHG-6B": ", 4% off by you"} {
		if !slices.ContainsFunc(got["Why each line"], func(p string) bool { return strings.Contains(p, sku) && strings.HasSuffix(p, want) }) {
			t.Errorf("%s does not say %q", sku, want)
		}
	}
	if small := of(quoting.Request{Users: 12, Sites: 1, Industry: "construction"}, 0, riley); !slices.Equal(small["Who approves"], []string{"Nobody: it is within your limits."}) {
		t.Errorf("a small quote is approved by %q", small["Who approves"])
	}
	long := of(quoting.Request{Users: 12, Sites: 1, Industry: "construction", Terms: quoting.Terms{Payment: "NET60"}}, 0, riley)
	if want := []string{"Sales manager · on the way", "Finance · Payment in 60 days is over 45."}; !slices.Equal(long["Who approves"], want) {
		t.Errorf("long terms are approved by %q, want %q", long["Who approves"], want)
	}
	if review := of(quoting.Request{Users: 100, Sites: 1, Industry: "public_safety"}, 0, riley); len(review["Why each line"]) > 0 || len(review["Why this system"]) != 1 {
		t.Errorf("engineering's quote explains %q", review)
	}
}
