package quoting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// rolesOf are the roles of a chain, in order.
func rolesOf(needs []quoting.ApprovalNeed) string {
	var roles []string
	for _, step := range quoting.Chain(needs) {
		roles = append(roles, string(step.Role))
	}
	return strings.Join(roles, " ")
}

const (
	ofOne   = "sales_manager"
	ofTwo   = "sales_manager finance"
	ofThree = "sales_manager finance vp"
	ofFour  = "sales_manager finance vp owner"
)

// TestEveryRowOfTheMatrixAsksItsChain has each row of the approval matrix at each of its
// limits and the smallest step beyond, and who then decides.
func TestEveryRowOfTheMatrixAsksItsChain(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	amount := func(v *quoting.Version, is string) { v.Priced.Amount = dollars(is) }
	margin := func(v *quoting.Version, is string) { v.Priced.Margin.Percent = decimal.MustParse(is) }
	cost := func(v *quoting.Version, is string) {
		v.Priced.Lines = []quoting.Line{hardware("BAT-B", "10000.00", "10000.00", is)}
	}
	shareCost := func(v *quoting.Version, is string) { cost(v, is); v.Priced.Lines[0].Share = dollars("500.00") }
	kitCost := func(v *quoting.Version, is string) { cost(v, is); v.Priced.Lines[0].Type = quoting.Kit }
	labourCost := func(v *quoting.Version, is string) { cost(v, is); v.Priced.Lines[0].Type = quoting.Service }
	off := func(v *quoting.Version, is string) { v.Priced.Discount = dollars(is) }
	net := func(v *quoting.Version, is string) {
		v.Priced.Lines = []quoting.Line{hardware("BAT-B", "10000.00", is, "10")}
	}
	share := func(v *quoting.Version, is string) { // off a line that has 5% off already
		net(v, "9500.00")
		v.Priced.Lines[0].Share = dollars(is)
	}
	locked := func(v *quoting.Version, is string) { net(v, is); v.Priced.Lines[0].Locked = true }
	payment := func(v *quoting.Version, is string) { v.Request.Terms.Payment = quoting.PaymentTerms(is) }
	ownPayment := func(v *quoting.Version, is string) { v.Customer.Terms = "Net 45"; payment(v, is) }
	days := func(v *quoting.Version, is string) {
		v.Request.Terms.ValidDays, _ = quoting.PaymentTerms("NET" + is).Days()
	}
	deposit := func(v *quoting.Version, is string) { v.Request.Terms.Deposit = numberOf(is) }
	for _, tc := range []struct {
		row  string
		set  func(*quoting.Version, string)
		at   string
		asks string
	}{
		{"amount", amount, "49999.99", ""}, {"amount", amount, "50000.00", ""}, {"amount", amount, "50000.01", ofOne},
		{"amount", amount, "100000.00", ofOne}, {"amount", amount, "100000.01", ofTwo},
		{"amount", amount, "250000.00", ofTwo}, {"amount", amount, "250000.01", ofThree},
		{"amount", amount, "500000.00", ofThree}, {"amount", amount, "500000.01", ofFour}, {"amount", amount, "99999999.99", ofFour},

		{"margin", margin, "30.01", ""}, {"margin", margin, "30.00", ""}, {"margin", margin, "29.99", ofOne},
		{"margin", margin, "25.00", ofOne}, {"margin", margin, "24.99", ofTwo},
		{"margin", margin, "22.00", ofTwo}, {"margin", margin, "21.99", ofThree},
		{"margin", margin, "18.00", ofThree}, {"margin", margin, "17.99", ofFour}, {"margin", margin, "0.01", ofFour},

		{"margin of a line", cost, "8000.00", ""}, {"margin of a line", cost, "8001.00", ofOne},
		{"margin of a line", cost, "8500.00", ofOne}, {"margin of a line", cost, "8501.00", ofTwo},
		{"margin of a line", cost, "9000.00", ofTwo}, {"margin of a line", cost, "9001.00", ofThree},
		{"margin of a line", cost, "10000.00", ofThree}, {"margin of a line", cost, "10001.00", ofFour},
		{"margin of a line that rounds to nothing", cost, "10000.49", ofThree}, {"margin of a line that rounds to below cost", cost, "10000.51", ofFour},
		{"margin of a line after its share", shareCost, "7600.00", ""}, {"margin of a line after its share", shareCost, "7601.00", ofOne},
		{"margin of a kit", kitCost, "8001.00", ofOne}, {"margin of a kit", kitCost, "10001.00", ofFour},
		{"margin of labour", labourCost, "10001.00", ""},

		{"discount of the whole", off, "500.00", ""}, {"discount of the whole", off, "501.00", ofOne},
		{"discount of the whole", off, "1200.00", ofOne}, {"discount of the whole", off, "1201.00", ofTwo},
		{"discount of the whole", off, "1800.00", ofTwo}, {"discount of the whole", off, "1801.00", ofThree},
		{"discount of the whole", off, "2500.00", ofThree}, {"discount of the whole", off, "2501.00", ofFour},
		{"discount of a line", net, "9500.00", ""}, {"discount of a line", net, "9499.00", ofOne},
		{"discount of a line", net, "8800.00", ofOne}, {"discount of a line", net, "8799.00", ofTwo},
		{"discount of a line", net, "8200.00", ofTwo}, {"discount of a line", net, "8199.00", ofThree},
		{"discount of a line", net, "7500.00", ofThree}, {"discount of a line", net, "7499.00", ofFour},
		{"discount of a line and its share", share, "0.00", ""}, {"discount of a line and its share", share, "1.00", ofOne},
		{"discount of a line and its share", share, "701.00", ofTwo}, {"discount of a line and its share", share, "2001.00", ofFour},
		{"price set by hand", locked, "9499.00", ofOne}, {"price set by hand above the list", locked, "12000.00", ""},

		{"payment", payment, "", ""}, {"payment", payment, "NET30", ""}, {"payment", payment, "NET31", ofOne},
		{"payment", payment, "NET45", ofOne}, {"payment", payment, "NET46", ofTwo}, {"payment", payment, "NET60", ofTwo}, {"payment", payment, "NET999", ofTwo},
		{"payment of a customer who has NET45", ownPayment, "NET45", ""}, {"payment of a customer who has NET45", ownPayment, "NET46", ofTwo},
		{"deposit", deposit, "0", ofTwo}, {"deposit", deposit, "0.00", ofTwo}, {"deposit", deposit, "0.01", ""},

		{"validity", days, "30", ""}, {"validity", days, "31", ofOne}, {"validity", days, "60", ofOne}, {"validity", days, "61", ofTwo},
		{"validity", days, "90", ofTwo}, {"validity", days, "91", ofThree}, {"validity", days, "365", ofThree},
	} {
		t.Run(tc.row+" "+tc.at, func(t *testing.T) {
			t.Parallel()
			needs := quoting.Approvals(policy, judgedAs(func(v *quoting.Version) { tc.set(v, tc.at) }))
			if got := rolesOf(needs); got != tc.asks {
				t.Errorf("asks %q, want %q: %+v", got, tc.asks, needs)
			}
		})
	}
}

func TestTheHighestRowDecidesHowFarTheChainGoes(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	needs := quoting.Approvals(policy, judgedAs(func(v *quoting.Version) {
		v.Priced.Amount, v.Priced.Margin.Percent = dollars("50000.01"), decimal.MustParse("21.99")
		v.Request.Terms.Payment, v.Request.Terms.ValidDays = "NET60", 31
		v.System.Findings = []quoting.Finding{{Rule: "L12", Sentence: "A booster.", Engineering: true}}
	}))
	var got []string
	for _, step := range quoting.Chain(needs) {
		var line strings.Builder
		line.WriteString(string(step.Branch) + " " + string(step.Role) + ":")
		for _, n := range step.Why {
			line.WriteString(" " + n.Rule + " " + n.Measured)
		}
		got = append(got, line.String())
	}
	want := []string{"commercial sales_manager: amount 50000.01 validity 31", "commercial finance: terms NET60", "commercial vp: margin 21.99", "engineering engineering: L12 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNothingIsSubmittedAtOrBelowCost(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for margin, blocked := range map[string]bool{"0.01": false, "0.00": true, "-0.01": true, "-50.00": true} {
		q, v := draft(t, func(_ *quoting.Quote, v *quoting.Version) { v.Priced.Margin.Percent = decimal.MustParse(margin) })
		err := quoting.SubmitProblem(policy, q, v, riley.ID, noon)
		if blocked != errors.Is(err, quoting.Invalid) || !blocked && err != nil {
			t.Errorf("a margin of %s: %v", margin, err)
		}
	}
}

// TestTheAmountIsComparedAfterRounding prices real items to the cent: freight counts, and of
// what recurs the first year.
func TestTheAmountIsComparedAfterRounding(t *testing.T) {
	t.Parallel()
	policy, book := demoPolicy(t), demoBook(t)
	piece := func(sku string, qty int) quoting.SizedLine { return quoting.SizedLine{SKU: sku, Qty: qty, Units: qty} }
	months := func(n int) quoting.SizedLine {
		return quoting.SizedLine{SKU: "VIS-SUB-M", Qty: n, Units: 1, Months: n}
	}
	weeks := func(n int) quoting.SizedLine {
		return quoting.SizedLine{SKU: "RNT-P20-W", Qty: n, Units: 1, Weeks: n}
	}
	for _, tc := range []struct {
		name   string
		lines  []quoting.SizedLine
		prices map[string]string
		amount string
		asks   string
	}{
		{"labour at the limit", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "50000.00"}, "50000.00", ""},
		{"labour a cent over", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "50000.01"}, "50000.01", ofOne},
		{"labour at the second limit", []quoting.SizedLine{piece("SVC-PROG", 4)}, map[string]string{"SVC-PROG": "25000.00"}, "100000.00", ofOne},
		{"labour four cents over it", []quoting.SizedLine{piece("SVC-PROG", 4)}, map[string]string{"SVC-PROG": "25000.01"}, "100000.04", ofTwo},
		{"labour at the third limit", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "250000.00"}, "250000.00", ofTwo},
		{"labour a cent over it", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "250000.01"}, "250000.01", ofThree},
		{"labour at the last limit", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "500000.00"}, "500000.00", ofThree},
		{"labour a cent over that", []quoting.SizedLine{piece("SVC-PROG", 1)}, map[string]string{"SVC-PROG": "500000.01"}, "500000.01", ofFour},

		{"hardware whose freight makes it the limit", []quoting.SizedLine{piece("BAT-B", 1)}, map[string]string{"BAT-B": "49382.72"}, "50000.00", ""},
		{"hardware whose freight makes it a cent more", []quoting.SizedLine{piece("BAT-B", 1)}, map[string]string{"BAT-B": "49382.73"}, "50000.01", ofOne},

		{"half a year", []quoting.SizedLine{months(6)}, map[string]string{"VIS-SUB-M": "9000.00"}, "54000.00", ofOne},
		{"a year", []quoting.SizedLine{months(12), piece("SVC-PROG", 1)}, map[string]string{"VIS-SUB-M": "1000.00", "SVC-PROG": "38000.00"}, "50000.00", ""},
		{"a year, and a cent", []quoting.SizedLine{months(12), piece("SVC-PROG", 1)}, map[string]string{"VIS-SUB-M": "1000.00", "SVC-PROG": "38000.01"}, "50000.01", ofOne},
		{"thirteen months count as twelve", []quoting.SizedLine{months(13), piece("SVC-PROG", 1)}, map[string]string{"VIS-SUB-M": "1000.00", "SVC-PROG": "38000.00"}, "50000.00", ""},
		{"five years count as one", []quoting.SizedLine{months(60), piece("SVC-PROG", 1)}, map[string]string{"VIS-SUB-M": "1000.00", "SVC-PROG": "38000.00"}, "50000.00", ""},
		{"five years, and a cent", []quoting.SizedLine{months(60), piece("SVC-PROG", 1)}, map[string]string{"VIS-SUB-M": "1000.00", "SVC-PROG": "38000.01"}, "50000.01", ofOne},
		{"52 weeks", []quoting.SizedLine{weeks(52)}, map[string]string{"RNT-P20-W": "961.53"}, "49999.56", ""},
		{"104 weeks count as 52", []quoting.SizedLine{weeks(104)}, map[string]string{"RNT-P20-W": "961.53"}, "49999.56", ""},
		{"104 weeks of a cent more", []quoting.SizedLine{weeks(104)}, map[string]string{"RNT-P20-W": "961.54"}, "50000.08", ofOne},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var terms quoting.Terms
			for sku, unit := range tc.prices {
				terms.Locked = append(terms.Locked, quoting.LockedPrice{SKU: sku, Unit: exactly(unit)})
			}
			priced, err := quoting.Price(policy, book, quoting.System{Lines: tc.lines}, quoting.Customer{}, terms)
			if err != nil {
				t.Fatal(err)
			}
			got := rolesOf(quoting.Approvals(policy, quoting.Version{Priced: priced}))
			if priced.Amount.Text() != tc.amount || got != tc.asks {
				t.Errorf("%s asks %q, want %s and %q", priced.Amount.Text(), got, tc.amount, tc.asks)
			}
		})
	}
}

func TestEngineeringIsAskedBeyondItsLimits(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	edit := func(op, item string, qty int) []quoting.Edit { return []quoting.Edit{{Op: op, Item: item, Qty: &qty}} }
	for _, tc := range []struct {
		name string
		r    quoting.Request
		rule string // "": engineering is not asked
	}{
		{"repeaters at ten sites", quoting.Request{Users: 200, Sites: 10, Industry: "construction"}, ""},
		{"repeaters at eleven", quoting.Request{Users: 220, Sites: 11, Industry: "construction"}, "sites"},
		{"eleven sites without a repeater", quoting.Request{Users: 220, Sites: 11, Industry: "construction", NoRepeater: true}, ""},
		{"five hundred radios", quoting.Request{Users: 500, Sites: 5, Industry: "construction"}, ""},
		{"one more", quoting.Request{Users: 501, Sites: 5, Industry: "construction"}, "L12"},
		{"thirty percent more repeaters than sized", quoting.Request{Users: 200, Sites: 10, Industry: "construction", Edits: edit("add", "repeater", 3)}, ""},
		{"a repeater more", quoting.Request{Users: 200, Sites: 10, Industry: "construction", Edits: edit("add", "repeater", 4)}, "L8"},
		{"thirty percent fewer", quoting.Request{Users: 200, Sites: 10, Industry: "construction", Edits: edit("dec", "repeater", 3)}, ""},
		{"a repeater fewer", quoting.Request{Users: 200, Sites: 10, Industry: "construction", Edits: edit("dec", "repeater", 4)}, "L8"},
		{"thirty percent more radios than users", quoting.Request{Users: 60, Sites: 3, Industry: "construction", Edits: edit("add", "portable", 18)}, ""},
		{"a radio more", quoting.Request{Users: 60, Sites: 3, Industry: "construction", Edits: edit("add", "portable", 19)}, "radios"},
		{"a radio fewer than seventy percent", quoting.Request{Users: 60, Sites: 3, Industry: "construction", Edits: edit("dec", "portable", 19)}, "radios"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := d.quote(t, tc.r)
			var rules []string
			for _, n := range v.Approvals {
				if n.Branch == quoting.EngineeringBranch {
					rules = append(rules, n.Rule)
				}
			}
			if got := strings.Join(rules, " "); got != tc.rule {
				t.Errorf("engineering is asked for %q, want %q: %+v", got, tc.rule, v.System.Findings)
			}
			if asked := strings.HasSuffix(rolesOf(v.Approvals), "engineering"); asked != (tc.rule != "") {
				t.Errorf("the chain is %s", rolesOf(v.Approvals))
			}
		})
	}
}

func TestWhatIsALargeDecision(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	known := func(percent string) quoting.Margin {
		return quoting.Margin{Percent: decimal.MustParse(percent), Known: true}
	}
	for _, tc := range []struct {
		name, amount string
		margin       quoting.Margin
		want         bool
	}{
		{"the limits themselves", "100000.00", known("22.00"), false},
		{"a cent more", "100000.01", known("22.00"), true},
		{"a hundredth less", "100000.00", known("21.99"), true},
		{"small, at a loss", "1.00", known("-10.00"), true},
		{"a margin that nobody knows", "1.00", quoting.Margin{}, true},
		{"nothing", "0.00", known("100.00"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := quoting.Version{Priced: quoting.Priced{Currency: quoting.USD, Amount: dollars(tc.amount), Margin: tc.margin}}
			if got := policy.Large(v); got != tc.want {
				t.Errorf("large: %t", got)
			}
		})
	}
}

// TestTheChainReadsAsWhoDecidesAndWho has decided.
func TestTheChainReadsAsWhoDecidesAndWhoHas(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	finn, gail, eve := named("Finn Finance", quoting.Finance), named("Gail Finance", quoting.Finance), named("Eve Engineer", quoting.Engineering)
	dora := named("Dora Delegate", quoting.Finance)
	need := func(branch quoting.Branch, level int) quoting.ApprovalNeed {
		return quoting.ApprovalNeed{Rule: "rule", Branch: branch, Level: level}
	}
	took := func(branch quoting.Branch, level int, change ...func(*quoting.StepDecision)) quoting.StepDecision {
		s := quoting.StepDecision{Branch: branch, Level: level, By: morgan.ID, Name: morgan.Name, At: noon}
		for _, c := range change {
			c(&s)
		}
		return s
	}
	commercial, engineering := quoting.CommercialBranch, quoting.EngineeringBranch
	away := func(p quoting.Person) quoting.Absence { return quoting.Absence{Person: p.ID, Name: p.Name} }
	backOn := away(gail)
	backOn.Until = noon.AddDate(0, 0, 5)
	for _, tc := range []struct {
		name  string
		state quoting.VersionState
		needs []quoting.ApprovalNeed
		steps []quoting.StepDecision
		o     func(*quoting.Organisation)
		lines []string
		notes []string
	}{
		{name: "a draft", state: quoting.Draft, needs: []quoting.ApprovalNeed{need(commercial, 2)}, lines: []string{
			"Sales manager: Morgan Manager", "then Finance: Finn Finance or Gail Finance",
		}},
		{name: "whose turn it is", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(commercial, 2), need(engineering, 1)}, lines: []string{
			"→ Sales manager: Morgan Manager", "then Finance: Finn Finance or Gail Finance", "→ Engineering: Eve Engineer",
		}},
		{name: "taken", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(commercial, 2)}, steps: []quoting.StepDecision{took(commercial, 1)}, lines: []string{
			"✓ Sales manager: Morgan Manager", "→ Finance: Finn Finance or Gail Finance",
		}},
		{name: "taken for somebody, with the step before, and carried", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(commercial, 4), need(engineering, 1)}, steps: []quoting.StepDecision{
			took(commercial, 1, func(s *quoting.StepDecision) { s.ForName = "Kim" }), took(commercial, 2, func(s *quoting.StepDecision) { s.SamePerson = true }), took(engineering, 1, func(s *quoting.StepDecision) { s.CarriedFrom = 3 }),
		}, lines: []string{
			"✓ Sales manager: Morgan Manager for Kim", "✓ Finance: Morgan Manager, with the step before", "→ VP: somebody who may", "then Owner: somebody who may", "✓ Engineering: Morgan Manager, who approved v3; this one is no worse",
		}, notes: []string{
			"Nobody can decide as vp now: finance and the admins are told, and the quote waits.", "Nobody can decide as owner now: finance and the admins are told, and the quote waits.",
		}},
		{name: "decided", state: quoting.Approved, needs: []quoting.ApprovalNeed{need(commercial, 1)}, steps: []quoting.StepDecision{took(commercial, 1)}, lines: []string{"✓ Sales manager: Morgan Manager"}},
		{name: "people who are away, and back one day", state: quoting.Draft, needs: []quoting.ApprovalNeed{need(commercial, 2)}, o: func(o *quoting.Organisation) {
			o.Away = []quoting.Absence{away(morgan), backOn}
		}, lines: []string{"Sales manager: Morgan Manager", "then Finance: Finn Finance or Gail Finance"}, notes: []string{
			"Morgan Manager is out of office.", "Gail Finance is out of office until 30 November.",
		}},
		{name: "somebody who has not opened it, for two steps", state: quoting.Draft, needs: []quoting.ApprovalNeed{need(commercial, 2)}, o: func(o *quoting.Organisation) {
			o.Above, o.NoChat = nil, []quoting.PersonID{finn.ID, eve.ID}
		}, lines: []string{"Sales manager: Finn Finance or Gail Finance", "then Finance: Finn Finance or Gail Finance"}, notes: []string{
			"Finn Finance has not opened Radio Quote in Teams yet; the admins are told.",
		}},
		{name: "away, but what would be his is taken", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(commercial, 1)}, steps: []quoting.StepDecision{took(commercial, 1)}, o: func(o *quoting.Organisation) {
			o.Away, o.NoChat = []quoting.Absence{away(morgan)}, []quoting.PersonID{morgan.ID}
		}, lines: []string{"✓ Sales manager: Morgan Manager"}},
		{name: "a delegate stands beside, and is away", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(commercial, 1)}, o: func(o *quoting.Organisation) {
			o.People = append(o.People, dora)
			o.Delegations = []quoting.Delegation{{From: morgan.ID, To: dora.ID}}
			o.Away = []quoting.Absence{away(dora)}
		}, lines: []string{"→ Sales manager: Morgan Manager or Dora Delegate"}, notes: []string{"Dora Delegate is out of office."}},
		{name: "nobody", state: quoting.Pending, needs: []quoting.ApprovalNeed{need(engineering, 1)}, o: func(o *quoting.Organisation) { o.People = nil },
			lines: []string{"→ Engineering: somebody who may"}, notes: []string{"Nobody can decide as engineering now: finance and the admins are told, and the quote waits."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := deciding(morgan, finn, gail, eve)
			if tc.o != nil {
				tc.o(&o)
			}
			q, v := draft(t, func(_ *quoting.Quote, v *quoting.Version) {
				v.State, v.Approvals, v.Steps = tc.state, tc.needs, tc.steps
			})
			view := quoting.NewView(policy, q, v, riley, o, riley, noon)
			var lines []string
			for _, s := range view.Chain {
				lines = append(lines, view.ChainLine(s))
			}
			if diff := cmp.Diff(tc.lines, lines); diff != "" {
				t.Errorf("lines: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tc.notes, view.ChainNotes()); diff != "" {
				t.Errorf("notes: -want +got\n%s", diff)
			}
			for _, s := range view.Chain {
				if len(s.Why) > 0 {
					t.Errorf("the chain, which everybody reads, has the reasons %v", s.Why)
				}
			}
			if waits := slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "→") }); waits != (tc.state == quoting.Pending && len(v.Waiting()) > 0) {
				t.Errorf("somebody's turn: %t", waits)
			}
		})
	}
}
