package quoting_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// each is a system with a line for each SKU, in order: "BAT-A" is one, "BAT-A 3" are three.
func each(lines ...string) quoting.System {
	var s quoting.System
	for _, line := range lines {
		sku, n := line, 1
		fmt.Sscanf(line, "%s %d", &sku, &n)
		s.Lines = append(s.Lines, quoting.SizedLine{SKU: sku, Qty: n, Units: n})
	}
	return s
}

func percentOff(text string) *quoting.HeaderDiscount {
	return &quoting.HeaderDiscount{Percent: numberOf(text)}
}

func dollarsOff(text string) *quoting.HeaderDiscount {
	return &quoting.HeaderDiscount{Amount: numberOf(text)}
}

// TestAHeaderDiscountIsSpreadToTheCent has shares that were worked out by hand.
func TestAHeaderDiscountIsSpreadToTheCent(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name     string
		lines    []string
		discount *quoting.HeaderDiscount
		off      string
		shares   []string
	}{
		// 14.46, 55.42 and 30.12 cents: the cent that is left goes to the first.
		{"a dollar over 12, 46 and 25: the largest remainder takes the last cent", []string{"CLIP-2", "BAT-A", "SVC-PROG"}, dollarsOff("1"), "1.00", []string{"0.15", "0.55", "0.30"}},
		{"the same in another order: the largest remainder, not the first line", []string{"BAT-A", "SVC-PROG", "CLIP-2"}, dollarsOff("1"), "1.00", []string{"0.55", "0.30", "0.15"}},
		{"a dollar over three equal lines: a tie goes to the earlier", []string{"CLIP-2", "CLIP-2", "CLIP-2"}, dollarsOff("1"), "1.00", []string{"0.34", "0.33", "0.33"}},
		{"two cents over three equal lines", []string{"CLIP-2", "CLIP-2", "CLIP-2"}, dollarsOff("0.02"), "0.02", []string{"0.01", "0.01", "0.00"}},
		{"a tenth of what takes a discount, and the FCC's fee takes none", []string{"CLIP-2", "FCC-APP", "SVC-PROG"}, percentOff("10"), "3.70", []string{"1.20", "0.00", "2.50"}},
		{"half a cent is rounded up", []string{"CLIP-2"}, percentOff("0.125"), "0.02", []string{"0.02"}},
		{"less than half a cent is nothing", []string{"CLIP-2"}, percentOff("0.04"), "0.00", []string{"0.00"}},
		{"all of it", []string{"CLIP-2", "FCC-APP"}, percentOff("100"), "12.00", []string{"12.00", "0.00"}},
		{"no percent", []string{"CLIP-2"}, percentOff("0"), "0.00", []string{"0.00"}},
		{"nothing that takes a discount", []string{"FCC-APP"}, percentOff("10"), "0.00", []string{"0.00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := quoting.Price(d.policy, d.book, each(tc.lines...), quoting.Customer{}, quoting.Terms{Header: tc.discount})
			if err != nil {
				t.Fatal(err)
			}
			var shares []string
			for _, l := range p.Lines {
				shares = append(shares, l.Share.Text())
			}
			if diff := cmp.Diff(tc.shares, shares); diff != "" || p.Discount.Text() != tc.off {
				t.Errorf("%s off, want %s; shares: -want +got\n%s", p.Discount, tc.off, diff)
			}
		})
	}
}

func TestFreightIsBeforeTheHeaderDiscountAndAfterLineDiscounts(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name           string
		terms          quoting.Terms
		freight, total string
	}{
		// Ten SUM-P20U at 373.45 are 3,734.50; 1.25 % of it is 46.68.
		{"no terms", quoting.Terms{}, "46.68", "3781.18"},
		{"half off the whole: the same freight", quoting.Terms{Header: percentOff("50")}, "46.68", "1913.93"},
		{"half off the radios, at 186.73: half the freight", quoting.Terms{Discounts: []quoting.LineDiscount{{Scope: "portable", Percent: number(50)}}}, "25.00", "1892.30"},
		{"radios at 400", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: number(400)}}}, "50.00", "4050.00"},
		{"radios at 400, a tenth off", quoting.Terms{Header: percentOff("10"), Locked: []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: number(400)}}}, "50.00", "3650.00"},
		{"a locked price takes no line discount", quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: number(50)}}, Locked: []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: number(400)}}}, "50.00", "4050.00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := quoting.Price(d.policy, d.book, each("SUM-P20U 10"), quoting.Customer{}, tc.terms)
			if err != nil {
				t.Fatal(err)
			}
			if p.Freight.Text() != tc.freight || p.Total.Text() != tc.total {
				t.Errorf("freight %s, total %s; want %s and %s", p.Freight, p.Total, tc.freight, tc.total)
			}
		})
	}
}

func TestALineDiscountIsOfWhatItsScopeNames(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	yard := quoting.Request{}.With(slots(40, 1, "construction", wish("charger_single", 1), wish("training", 1), wish("warranty", 4), wish("carry_case", 4)))
	for scope, want := range map[string]string{
		"portable":         "SUM-P20U",
		"mobile":           "SUM-M45U",
		"battery":          "BAT-B",
		"charger":          "CHG-1B CHG-6B",
		"charger_6bank":    "CHG-6B",
		"carry_case":       "CASE-C",
		"repeater":         "APX-R50U",
		"ups":              "UPS-15",
		"power_supply":     "PSU-30",
		"antenna":          "ANT-BU",
		"install":          "SVC-INST-M SVC-INST-R",
		"install_repeater": "SVC-INST-R",
		"install_mobile":   "SVC-INST-M",
		"programming":      "SVC-PROG",
		"site_survey":      "SVC-SURVEY",
		"training":         "SVC-TRAIN",
		"coordination":     "FCC-COORD",
		"fcc_license":      "",
		"accessories":      "AUD-RSM2 BAT-B CASE-C CHG-1B CHG-6B",
		"services":         "SVC-CPS SVC-INST-M SVC-INST-R SVC-PROG SVC-SURVEY SVC-TRAIN WAR-3P",
		"hardware":         "ANT-BU ANT-MU APX-R50U AUD-RSM2 BAT-B CAB-12 CASE-C CHG-1B CHG-6B DUP-U FEED-100 PSU-30 SUM-M45U SUM-P20U SURGE UPS-15",
		"headset":          "",
	} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			v := d.revise(t, d.quote(t, yard), quoting.Change{Op: "set", Field: "discount_pct", Value: number(10), Scope: scope})
			var got []string
			for _, l := range v.Priced.Lines {
				if !l.Discount.IsZero() {
					got = append(got, l.SKU)
					if unit, _ := l.Book.Scale(exactly("0.9").Decimal); !l.Unit.Equal(unit) {
						t.Errorf("%s is %s, 10%% off %s", l.SKU, l.Unit, l.Book)
					}
				} else if !l.Unit.Equal(l.Book) {
					t.Errorf("%s is %s instead of %s without a discount", l.SKU, l.Unit, l.Book)
				}
			}
			slices.Sort(got)
			if strings.Join(got, " ") != want {
				t.Errorf("10%% off %s is off %q, want %q", scope, strings.Join(got, " "), want)
			}
		})
	}
	bySKU := d.revise(t, d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"}), addSKU("SUM-CS45U", 1), quoting.Change{Op: "set", Field: "discount_pct", Value: number(10), Scope: "control_station"})
	if l := bySKU.Priced.Lines[len(bySKU.Priced.Lines)-1]; l.SKU != "SUM-CS45U" || l.Unit.Text() != "1062.00" {
		t.Errorf("a tenth off a control station that was added by its SKU: %+v", l)
	}
	both := quoting.Terms{Discounts: []quoting.LineDiscount{{Scope: "portable", Percent: number(20)}, {Percent: number(10)}}}
	p, err := quoting.Price(d.policy, d.book, each("SUM-P20U"), quoting.Customer{}, both)
	if err != nil || p.Lines[0].Unit.Text() != "346.50" {
		t.Errorf("of two discounts the last one counts, alone: %s, %v", p.Lines[0].Unit, err)
	}
}

// TestTheNextBreakIsSaidAtTheSameDiscount: 49 radios at 325.71 and 50 at 315.32.
func TestTheNextBreakIsSaidAtTheSameDiscount(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name  string
		terms quoting.Terms
		next  int
		saves string
	}{
		{"a tenth off", quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: number(10)}}}, 50, "193.79"},
		{"a price that was set has no breaks", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: number(380)}}}, 0, "0.00"},
	} {
		p, err := quoting.Price(d.policy, d.book, each("SUM-P20U 49"), quoting.Customer{}, tc.terms)
		if l := p.Lines[0]; err != nil || l.NextBreak != tc.next || l.NextSaving.Text() != tc.saves {
			t.Errorf("%s: %d would save %s, %v; want %d and %s", tc.name, l.NextBreak, l.NextSaving, err, tc.next, tc.saves)
		}
	}
}

func TestALockedPriceStaysUntilItIsReleased(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	price := func(v quoting.Version, sku string) quoting.Line {
		for _, l := range v.Priced.Lines {
			if l.SKU == sku {
				return l
			}
		}
		t.Fatalf("there is no %s", sku)
		return quoting.Line{}
	}
	lock := quoting.Change{Op: "set", Field: "price", SKU: "SUM-P20U", Value: number(340)}
	v := d.revise(t, d.quote(t, quoting.Request{Users: 40, Sites: 1, Industry: "construction"}), lock)
	for _, c := range []quoting.Change{setField("users", number(60)), setField("discount_pct", number(10)), {Op: "set", Field: "discount_pct", Value: number(20), Scope: "portable"}, addSKU("SUM-P20U", 3), setField("sites", number(2))} {
		v = d.revise(t, v, c)
		if l := price(v, "SUM-P20U"); l.Unit.Text() != "340.00" || !l.Locked || !l.Discount.IsZero() || l.NextBreak != 0 {
			t.Errorf("after %+v the price is %s, locked: %t", c, l.Unit, l.Locked)
		}
	}
	if l := price(v, "SUM-P20U"); l.Share.IsZero() {
		t.Error("a header discount leaves a locked price out")
	}
	again := lock
	again.Value = 335
	if l := price(d.revise(t, v, again), "SUM-P20U"); l.Unit.Text() != "335.00" {
		t.Errorf("set again it is %s", l.Unit)
	}
	v = d.revise(t, v, quoting.Change{Op: "set", Field: "price", SKU: "SUM-P20U"})
	if l := price(v, "SUM-P20U"); l.Locked || !l.Discount.Equal(number(20).Decimal) {
		t.Errorf("released it is %s, locked: %t, %s%% off", l.Unit, l.Locked, l.Discount)
	}
	fee := d.revise(t, v, quoting.Change{Op: "set", Field: "price", SKU: "FCC-APP", Value: number(1)})
	if l := price(fee, "FCC-APP"); l.Unit.Text() != "105.00" || l.Locked {
		t.Errorf("what is passed through costs %s, locked: %t", l.Unit, l.Locked)
	}
}

func TestTermsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	for _, tc := range []struct {
		name  string
		terms quoting.Terms
		says  string // "": taken
	}{
		{"a discount of 100 percent", quoting.Terms{Header: percentOff("100")}, ""},
		{"a discount of more than 100 percent", quoting.Terms{Header: percentOff("100.01")}, "100.01%"},
		{"a negative discount", quoting.Terms{Header: percentOff("-1")}, "-1%"},
		{"a negative amount off", quoting.Terms{Header: dollarsOff("-5")}, "$-5"},
		{"an amount off with a fraction of a cent", quoting.Terms{Header: dollarsOff("5.005")}, "fractions"},
		{"all that there is to take it off", quoting.Terms{Header: dollarsOff("68")}, ""},
		{"a cent more than there is", quoting.Terms{Header: dollarsOff("68.01")}, "$68.01 off is more than the $68.00"},
		{"a line discount over 100 percent", quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: number(101)}}}, "101%"},
		{"a line discount that leaves nothing", quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: number(100)}}}, "Take the line out"},
		{"a line discount that leaves a cent", quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: exactly("99.99")}}}, ""},
		{"a price of nothing", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "BAT-B", Unit: number(0)}}}, "above 0"},
		{"a negative price", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "BAT-B", Unit: number(-3)}}}, "above 0"},
		{"a price with a fraction of a cent", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "BAT-B", Unit: exactly("1.001")}}}, "fractions"},
		{"terms of 45 days", quoting.Terms{Payment: "NET45"}, ""},
		{"terms that are none", quoting.Terms{Payment: "some day"}, "NET30"},
		{"terms of a thousand days", quoting.Terms{Payment: "NET1000"}, "NET30"},
		{"a deposit of everything", quoting.Terms{Deposit: numberOf("100")}, ""},
		{"a deposit of more", quoting.Terms{Deposit: numberOf("101")}, "101%"},
		{"a negative deposit", quoting.Terms{Deposit: numberOf("-1")}, "-1%"},
		{"a year of validity", quoting.Terms{ValidDays: 365}, ""},
		{"a day more", quoting.Terms{ValidDays: 366}, "366 days"},
		{"a day less than none", quoting.Terms{ValidDays: -1}, "-1 days"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := quoting.Price(d.policy, d.book, each("BAT-B"), quoting.Customer{}, tc.terms)
			sentence, _ := quoting.Sentence(err)
			if (err == nil) != (tc.says == "") || err != nil && !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want an error of kind Invalid that says %q", err, tc.says)
			}
		})
	}
}

func TestTermsAreSetRaisedAndTakenBack(t *testing.T) {
	t.Parallel()
	set := func(op, field string, value any, scope string) quoting.Change {
		return quoting.Change{Op: op, Field: field, Value: value, Scope: scope}
	}
	for _, tc := range []struct {
		name    string
		changes []quoting.Change
		want    quoting.Terms
	}{
		{"a tenth off", []quoting.Change{set("set", "discount_pct", number(10), "")}, quoting.Terms{Header: percentOff("10")}},
		{"two more", []quoting.Change{set("set", "discount_pct", 10, ""), set("inc", "discount_pct", number(2), "")}, quoting.Terms{Header: percentOff("12")}},
		{"three less", []quoting.Change{set("set", "discount_pct", number(10), ""), set("dec", "discount_pct", number(3), "")}, quoting.Terms{Header: percentOff("7")}},
		{"none", []quoting.Change{set("set", "discount_pct", number(10), ""), set("set", "discount_pct", number(0), "")}, quoting.Terms{}},
		{"an amount takes the place of a percentage", []quoting.Change{set("set", "discount_pct", number(10), ""), set("set", "discount_amount", number(500), "")}, quoting.Terms{Header: dollarsOff("500")}},
		{"off the radios", []quoting.Change{set("set", "discount_pct", number(5), "portable"), set("set", "discount_pct", number(8), "install"), set("inc", "discount_pct", number(1), "portable")},
			quoting.Terms{Discounts: []quoting.LineDiscount{{Scope: "install", Percent: number(8)}, {Scope: "portable", Percent: number(6)}}}},
		{"not off the radios any more", []quoting.Change{set("set", "discount_pct", number(5), "portable"), set("dec", "discount_pct", number(5), "portable")}, quoting.Terms{}},
		{"payment, deposit, validity", []quoting.Change{set("set", "payment_terms", "NET45", ""), set("set", "deposit_pct", number(25), ""), set("set", "valid_days", number(60), "")},
			quoting.Terms{Payment: "NET45", Deposit: numberOf("25"), ValidDays: 60}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := quoting.Request{Users: 40}.Apply(tc.changes, quoting.System{})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Terms.Discounts) == 0 {
				r.Terms.Discounts = nil
			}
			if diff := cmp.Diff(tc.want, r.Terms); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	said := quoting.Request{Users: 40}.With(quoting.Slots{DiscountAmount: numberOf("500"), PaymentTerms: "NET45", DepositPct: numberOf("10"), ValidDays: new(60), BudgetMax: numberOf("50000")})
	if diff := cmp.Diff(quoting.Terms{Header: dollarsOff("500"), Payment: "NET45", Deposit: numberOf("10"), ValidDays: 60, Budget: numberOf("50000")}, said.Terms); diff != "" {
		t.Errorf("a message: -want +got\n%s", diff)
	}
	for _, scope := range []string{"portable", ""} {
		if r, err := (quoting.Request{Users: 40}).Apply([]quoting.Change{set("set", "discount_amount", number(5), scope), set("inc", "discount_amount", number(5), "")}, quoting.System{}); !errors.Is(err, quoting.Invalid) {
			t.Errorf("an amount off %q, raised: %+v, %v", scope, r.Terms, err)
		}
	}
	for header, want := range map[*quoting.HeaderDiscount]string{percentOff("12.50"): "12.5% off", dollarsOff("500"): "$500.00 off"} {
		if header.String() != want {
			t.Errorf("a discount reads %q, want %q", header, want)
		}
	}
}

// drawTerms draws terms that can be priced: line discounts leave something.
func drawTerms(t *rapid.T) quoting.Terms {
	hundredths := func(label string, most int64) quoting.Number {
		return exactly(fmt.Sprintf("%d.%02d", rapid.Int64Range(0, most).Draw(t, label), rapid.IntRange(0, 99).Draw(t, label+" hundredths")))
	}
	var terms quoting.Terms
	switch rapid.SampledFrom([]string{"none", "percent", "amount"}).Draw(t, "header") {
	case "percent":
		n := hundredths("percent", 99)
		terms.Header = &quoting.HeaderDiscount{Percent: &n}
	case "amount":
		n := hundredths("dollars", 1500)
		terms.Header = &quoting.HeaderDiscount{Amount: &n}
	}
	for _, scope := range rapid.SliceOfNDistinct(rapid.SampledFrom([]quoting.Scope{"portable", "mobile", "accessories", "services", "hardware", "battery", "install", "repeater", ""}), 0, 3, rapid.ID[quoting.Scope]).Draw(t, "scopes") {
		terms.Discounts = append(terms.Discounts, quoting.LineDiscount{Scope: scope, Percent: hundredths(string(scope), 59)})
	}
	for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"SUM-P20U", "SUM-P40U", "BAT-B", "SVC-PROG", "VIS-SUB-M", "FCC-APP"}), 0, 2, rapid.ID[string]).Draw(t, "locked") {
		n, _ := hundredths(sku, 900).Add(exactly("0.01").Decimal)
		terms.Locked = append(terms.Locked, quoting.LockedPrice{SKU: sku, Unit: quoting.Number{Decimal: n}})
	}
	return terms
}

// drawQuote draws a quote on terms that can be sized and priced, 20 users or more.
func (d dealer) drawQuote(t *rapid.T) quoting.Version {
	r := quoting.Request{
		Users: rapid.IntRange(20, 900).Draw(t, "users"), Sites: rapid.IntRange(1, 6).Draw(t, "sites"), Terms: drawTerms(t),
		Industry: rapid.SampledFrom([]quoting.IndustryCode{"construction", "healthcare", "hospitality", "security", "transportation", "government_municipal", "retail", "oil_gas_mining"}).Draw(t, "industry"),
	}
	if r.Users < 2*r.Sites {
		r.Sites = 1
	}
	r.TermMonths = rapid.SampledFrom([]int{0, 6, 12, 24, 36}).Draw(t, "months")
	v := quoting.Version{Quote: 1001, Request: r}
	err := v.Work(d.policy, d.book)
	if sentence, _ := quoting.Sentence(err); err != nil && sentence == "" {
		t.Fatalf("%+v: %v", r, err)
	}
	if err != nil || v.System.Review != "" {
		t.Skip(err)
	}
	return v
}

func sumOf(t rapid.TB, terms ...quoting.Money) quoting.Money {
	t.Helper()
	var total quoting.Money
	for _, m := range terms {
		var err error
		if total, err = total.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	return total
}

func TestSharesAddUpToTheDiscountAndNoneExceedsItsLine(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		p := d.drawQuote(t).Priced
		nothing := quoting.Money{Currency: quoting.USD}
		shares, net := nothing, nothing
		for _, l := range p.Lines {
			shares, net = sumOf(t, shares, l.Share), sumOf(t, net, l.Extended)
			switch {
			case l.Share.Amount.IsNeg() || l.Share.Cmp(l.Extended) > 0:
				t.Fatalf("%s takes %s of the discount off its %s", l.SKU, l.Share, l.Extended)
			case l.Passthrough && (!l.Share.IsZero() || !l.Unit.Equal(l.Book)):
				t.Fatalf("%s is passed through, at %s less %s", l.SKU, l.Unit, l.Share)
			case !l.Unit.Amount.IsPos():
				t.Fatalf("%s costs %s", l.SKU, l.Unit)
			}
		}
		switch {
		case !shares.Equal(p.Discount):
			t.Fatalf("the shares come to %s of %s", shares, p.Discount)
		case !net.Equal(p.NetTotal):
			t.Fatalf("the lines come to %s of %s", net, p.NetTotal)
		case !sumOf(t, p.NetTotal, p.Discount.Neg(), p.Freight).Equal(p.Total):
			t.Fatalf("%s less %s and %s freight are not %s", p.NetTotal, p.Discount, p.Freight, p.Total)
		case p.Amount.Cmp(p.Total) > 0:
			t.Fatalf("%s counts for approval, of %s", p.Amount, p.Total)
		}
	})
}

func TestTheOrderOfLinesChangesNoTotalOnAnyTerms(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		v := d.drawQuote(t)
		s := v.System
		s.Lines = rapid.Permutation(s.Lines).Draw(t, "order")
		p, err := quoting.Price(d.policy, d.book, s, v.Customer, v.Request.Terms)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Total.Equal(v.Priced.Total) || !p.Discount.Equal(v.Priced.Discount) || !p.Freight.Equal(v.Priced.Freight) || p.Margin != v.Priced.Margin {
			t.Fatalf("%s and %s", p.Total, v.Priced.Total)
		}
		for _, l := range p.Lines {
			i := slices.IndexFunc(v.Priced.Lines, func(k quoting.Line) bool { return k.SKU == l.SKU })
			apart, err := l.Share.Sub(v.Priced.Lines[i].Share)
			if err != nil || apart.Cmp(quoting.MustMoney("0.01", quoting.USD)) > 0 || apart.Cmp(quoting.MustMoney("-0.01", quoting.USD)) < 0 {
				t.Fatalf("%s takes %s in another order, %s before", l.SKU, l.Share, v.Priced.Lines[i].Share)
			}
		}
	})
}

// TestADiscountTwiceIsLessThanItsDouble: a tenth off what a tenth has come off already.
func TestADiscountTwiceIsLessThanItsDouble(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		s, percent := each("SUM-P20U 40", "BAT-B 4", "SVC-PROG 40"), rapid.Int64Range(1, 50).Draw(t, "percent")
		price := func(terms quoting.Terms) quoting.Priced {
			p, err := quoting.Price(d.policy, d.book, s, quoting.Customer{}, terms)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		n, double := number(percent), number(2*percent)
		twice := price(quoting.Terms{Header: &quoting.HeaderDiscount{Percent: &n}, Discounts: []quoting.LineDiscount{{Percent: n}}})
		once := price(quoting.Terms{Header: &quoting.HeaderDiscount{Percent: &double}})
		if sumOf(t, twice.NetTotal, twice.Discount.Neg()).Cmp(sumOf(t, once.NetTotal, once.Discount.Neg())) <= 0 {
			t.Fatalf("%d%% twice leaves %s, double of it %s", percent, twice.Total, once.Total)
		}
	})
}

func TestOneMoreUserNeverMakesTheListTotalSmaller(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, d.policy)
		r.Users = rapid.IntRange(2, 1500).Draw(t, "users of a usual quote")
		r.Sites = min(max(r.Sites, 1), r.Users/2+1, 12)
		more := r
		more.Users++
		a, b := quoting.Version{Request: r}, quoting.Version{Request: more}
		if a.Work(d.policy, d.book) != nil || b.Work(d.policy, d.book) != nil || a.System.Review+b.System.Review != "" {
			t.Skip("not to be had")
		}
		if b.Priced.ListTotal.Cmp(a.Priced.ListTotal) < 0 {
			t.Fatalf("%d users list at %s, %d at %s", r.Users, a.Priced.ListTotal, more.Users, b.Priced.ListTotal)
		}
	})
}

// TestOneMoreSiteOfTheSameSystemNeverListsAtLess leaves chargers out: a site of fewer than
// six portables has none. A site more may also lead to a smaller system at each.
func TestOneMoreSiteOfTheSameSystemNeverListsAtLess(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, d.policy)
		r.Users = rapid.IntRange(20, 1500).Draw(t, "users of a usual quote")
		r.Sites = rapid.IntRange(1, 12).Draw(t, "sites of a usual quote")
		r.Items = []quoting.ItemWish{wish("charger", 0)}
		more := r
		more.Sites++
		a, b := quoting.Version{Request: r}, quoting.Version{Request: more}
		if a.Work(d.policy, d.book) != nil || b.Work(d.policy, d.book) != nil || a.System.Review+b.System.Review != "" ||
			a.System.Technology != b.System.Technology || a.System.RepeatersPerSite != b.System.RepeatersPerSite {
			t.Skip("another system")
		}
		if b.Priced.ListTotal.Cmp(a.Priced.ListTotal) < 0 {
			t.Fatalf("%d sites list at %s, %d at %s", r.Sites, a.Priced.ListTotal, more.Sites, b.Priced.ListTotal)
		}
	})
}

func TestAnotherCurrencyWithTheSameNumbersGivesTheSameNumbers(t *testing.T) {
	t.Parallel()
	us, c := demoDealer(t), demoCatalogue(t)
	for i := range c.Prices {
		c.Prices[i].Price.Currency = "CAD"
	}
	ca := bookOf(t, c)
	rapid.Check(t, func(t *rapid.T) {
		v := us.drawQuote(t)
		p, err := quoting.Price(us.policy, ca, v.System, quoting.Customer{ID: 7, Currency: "CAD"}, v.Request.Terms)
		if err != nil {
			t.Fatal(err)
		}
		for name, pair := range map[string][2]quoting.Money{
			"list": {v.Priced.ListTotal, p.ListTotal}, "net": {v.Priced.NetTotal, p.NetTotal}, "discount": {v.Priced.Discount, p.Discount},
			"freight": {v.Priced.Freight, p.Freight}, "total": {v.Priced.Total, p.Total}, "amount": {v.Priced.Amount, p.Amount},
		} {
			if pair[0].Text() != pair[1].Text() || pair[1].Currency != "CAD" {
				t.Fatalf("%s is %s and %s", name, pair[0], pair[1])
			}
		}
		if p.Margin != v.Priced.Margin {
			t.Fatalf("the margin is %s and %s", v.Priced.Margin, p.Margin)
		}
	})
}

func TestARentalOverAYearAndALongTermCountWithTheirFirstYear(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	service := quoting.System{Lines: []quoting.SizedLine{{SKU: "VIS-SUB-M", Qty: 36, Units: 1, Months: 36}}}
	p, err := quoting.Price(d.policy, d.book, service, quoting.Customer{}, quoting.Terms{Header: dollarsOff("0.01")})
	if err != nil {
		t.Fatal(err)
	}
	// 971.99 / 3 is 323.9967.
	if p.Total.Text() != "971.99" || p.Amount.Text() != "324.00" {
		t.Errorf("%s, of which %s count", p.Total, p.Amount)
	}
	rental := quoting.System{Lines: []quoting.SizedLine{{SKU: "RNT-P20-W", Qty: 104, Units: 1, Weeks: 104}}}
	if p = mustPrice(t, d.book, rental, quoting.Customer{}); p.Total.Text() != "3640.00" || p.Amount.Text() != "1820.00" {
		t.Errorf("two years of rental are %s, of which %s count", p.Total, p.Amount)
	}
}

func TestNumbersThatNobodyMeansAreRefused(t *testing.T) {
	t.Parallel()
	shop := quoting.Request{Users: 12, Sites: 1, Industry: "retail"}
	with := func(change func(*quoting.Request)) quoting.Request { r := shop; change(&r); return r }
	for says, r := range map[string]quoting.Request{
		"100,001 of BAT-A: I can quote up to 100,000": with(func(r *quoting.Request) { r.Items = []quoting.ItemWish{{Item: "battery", Qty: new(100_001)}} }),
		"3,000,002 of BAT-A":                          with(func(r *quoting.Request) { r.Edits = []quoting.Edit{{Op: "add", SKU: "BAT-A", Qty: new(3_000_000)}} }),
		"A price of $1000001 for BAT-A": with(func(r *quoting.Request) {
			r.Terms.Locked = []quoting.LockedPrice{{SKU: "BAT-A", Unit: number(1_000_001)}}
		}),
	} {
		v := quoting.Version{Request: r}
		err := v.Work(demoPolicy(t), demoBook(t))
		if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestTermsAreCheaperIfTheyGiveSomethingNew(t *testing.T) {
	t.Parallel()
	percent := func(n string) *quoting.HeaderDiscount { return &quoting.HeaderDiscount{Percent: numberOf(n)} }
	amount := func(n string) *quoting.HeaderDiscount { return &quoting.HeaderDiscount{Amount: numberOf(n)} }
	line := func(scope quoting.Scope, n string) []quoting.LineDiscount {
		return []quoting.LineDiscount{{Scope: scope, Percent: *numberOf(n)}}
	}
	locked := func(n string) []quoting.LockedPrice {
		return []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: *numberOf(n)}}
	}
	for _, row := range []struct {
		what        string
		before, now quoting.Terms
		cheaper     bool
	}{
		{"the same", quoting.Terms{Header: percent("10")}, quoting.Terms{Header: percent("10")}, false},
		{"8 instead of 10", quoting.Terms{Header: percent("10")}, quoting.Terms{Header: percent("8")}, false},
		{"12 instead of 10", quoting.Terms{Header: percent("10")}, quoting.Terms{Header: percent("12")}, true},
		{"a discount where there was none", quoting.Terms{}, quoting.Terms{Header: percent("1")}, true},
		{"no discount where there was none", quoting.Terms{}, quoting.Terms{Header: percent("0")}, false},
		{"none instead of 10", quoting.Terms{Header: percent("10")}, quoting.Terms{}, false},
		{"an amount instead of a percentage", quoting.Terms{Header: percent("10")}, quoting.Terms{Header: amount("5")}, true},
		{"a smaller amount", quoting.Terms{Header: amount("500")}, quoting.Terms{Header: amount("400")}, false},
		{"a larger amount", quoting.Terms{Header: amount("500")}, quoting.Terms{Header: amount("501")}, true},
		{"more off the radios", quoting.Terms{Discounts: line("radios", "5")}, quoting.Terms{Discounts: line("radios", "6")}, true},
		{"less off the radios", quoting.Terms{Discounts: line("radios", "5")}, quoting.Terms{Discounts: line("radios", "4")}, false},
		{"something off the accessories", quoting.Terms{Discounts: line("radios", "5")}, quoting.Terms{Discounts: line("accessories", "1")}, true},
		{"a price that was not set", quoting.Terms{}, quoting.Terms{Locked: locked("350")}, true},
		{"a lower price", quoting.Terms{Locked: locked("350")}, quoting.Terms{Locked: locked("349.99")}, true},
		{"a price of another piece", quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "BAT-B", Unit: *numberOf("1")}}}, quoting.Terms{Locked: locked("350")}, true},
		{"a higher price", quoting.Terms{Locked: locked("350")}, quoting.Terms{Locked: locked("351")}, false},
	} {
		if got := row.now.CheaperThan(row.before); got != row.cheaper {
			t.Errorf("%s: %t", row.what, got)
		}
	}
}
