package quoting_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// judgedAs is a version of which one measure is as given, and nothing else needs anybody.
func judgedAs(change func(*quoting.Version)) quoting.Version {
	v := quoting.Version{Customer: acme, Priced: quoting.Priced{
		Currency: quoting.USD, Amount: dollars("100"), BookTotal: dollars("10000.00"), NetTotal: dollars("10000.00"), Discount: dollars("0"),
		Margin: quoting.Margin{Percent: decimal.MustParse("40.00"), Known: true},
	}}
	change(&v)
	return v
}

func dollars(text string) quoting.Money { return quoting.MustMoney(text, quoting.USD) }

// hardware is a line of that much hardware at that book price and cost.
func hardware(sku, book, net, cost string) quoting.Line {
	return quoting.Line{
		SKU: sku, Type: quoting.Inventory, Qty: 1, Units: 1, Book: dollars(book), Unit: dollars(net), Extended: dollars(net), Share: dollars("0"),
		Cost: decimal.NullDecimal{Decimal: decimal.MustParse(cost), Valid: true},
	}
}

// TestTheApprovalMatrix has each measure at each limit and one step beyond it.
func TestTheApprovalMatrix(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	amount := func(v *quoting.Version, is string) { v.Priced.Amount = dollars(is) }
	margin := func(v *quoting.Version, is string) { v.Priced.Margin.Percent = decimal.MustParse(is) }
	lineMargin := func(v *quoting.Version, cost string) {
		v.Priced.Lines = []quoting.Line{hardware("DUP-U", "10000.00", "10000.00", "100"), hardware("BAT-B", "10000.00", "10000.00", cost)}
	}
	discount := func(v *quoting.Version, net string) {
		v.Priced.Lines = []quoting.Line{hardware("BAT-B", "10000.00", net, "100")}
	}
	whole := func(v *quoting.Version, off string) { v.Priced.Discount = dollars(off) }
	payment := func(v *quoting.Version, is string) { v.Request.Terms.Payment = quoting.PaymentTerms(is) }
	validity := func(v *quoting.Version, is string) {
		v.Request.Terms.ValidDays = map[string]int{"0": 0, "30": 30, "31": 31, "60": 60, "61": 61, "90": 90, "91": 91}[is]
	}
	for _, tc := range []struct {
		rule, value string
		set         func(*quoting.Version, string)
		level       int
	}{
		{"amount", "50000.00", amount, 0}, {"amount", "50000.01", amount, 1},
		{"amount", "100000.00", amount, 1}, {"amount", "100000.01", amount, 2},
		{"amount", "250000.00", amount, 2}, {"amount", "250000.01", amount, 3},
		{"amount", "500000.00", amount, 3}, {"amount", "500000.01", amount, 4},

		{"margin", "30.00", margin, 0}, {"margin", "29.99", margin, 1},
		{"margin", "25.00", margin, 1}, {"margin", "24.99", margin, 2},
		{"margin", "22.00", margin, 2}, {"margin", "21.99", margin, 3},
		{"margin", "18.00", margin, 3}, {"margin", "17.99", margin, 4},
		{"margin", "-5.00", margin, 4},

		// The margin of a line that costs so much of its 10,000, after rounding to two places.
		{"line margin", "8000", lineMargin, 0}, {"line margin", "8000.49", lineMargin, 0}, {"line margin", "8000.51", lineMargin, 1},
		{"line margin", "8500", lineMargin, 1}, {"line margin", "8501", lineMargin, 2},
		{"line margin", "9000", lineMargin, 2}, {"line margin", "9001", lineMargin, 3},
		{"line margin", "10000", lineMargin, 3}, {"line margin", "10001", lineMargin, 4},

		// What is left of a line of 10,000.
		{"discount", "9500.00", discount, 0}, {"discount", "9499.51", discount, 0}, {"discount", "9499.00", discount, 1},
		{"discount", "8800.00", discount, 1}, {"discount", "8799.00", discount, 2},
		{"discount", "8200.00", discount, 2}, {"discount", "8199.00", discount, 3},
		{"discount", "7500.00", discount, 3}, {"discount", "7499.00", discount, 4},
		{"discount", "10500.00", discount, 0},
		// What comes off a whole of 10,000.
		{"discount", "500.00", whole, 0}, {"discount", "501.00", whole, 1}, {"discount", "2501.00", whole, 4},

		{"terms", "", payment, 0}, {"terms", "NET15", payment, 0}, {"terms", "NET30", payment, 0}, {"terms", "NET31", payment, 1},
		{"terms", "NET45", payment, 1}, {"terms", "NET46", payment, 2}, {"terms", "NET60", payment, 2}, {"terms", "net 90", payment, 2},

		{"validity", "0", validity, 0}, {"validity", "30", validity, 0}, {"validity", "31", validity, 1},
		{"validity", "60", validity, 1}, {"validity", "61", validity, 2}, {"validity", "90", validity, 2}, {"validity", "91", validity, 3},
	} {
		t.Run(tc.rule+" "+tc.value, func(t *testing.T) {
			t.Parallel()
			got := quoting.Approvals(policy, judgedAs(func(v *quoting.Version) { tc.set(v, tc.value) }))
			if tc.level == 0 {
				if len(got) > 0 {
					t.Errorf("%+v, want nobody", got)
				}
				return
			}
			roles := []quoting.Role{quoting.SalesManager, quoting.Finance, quoting.VP, quoting.Owner}
			if len(got) != 1 || got[0].Rule != tc.rule || got[0].Branch != quoting.CommercialBranch || got[0].Level != tc.level || got[0].Role != roles[tc.level-1] {
				t.Fatalf("%+v, want %s at level %d", got, tc.rule, tc.level)
			}
			if got[0].Measured == "" || got[0].Sentence == "" || got[0].ForRep == "" {
				t.Errorf("%+v does not say what was measured", got[0])
			}
		})
	}
}

func TestWhatElseMakesSomebodyDecide(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		name   string
		change func(*quoting.Version)
		want   []string // rule, branch, level, and what the rep reads
	}{
		{"NET60 of a customer whose own terms they are", func(v *quoting.Version) { v.Customer.Terms, v.Request.Terms.Payment = "Net 60", "NET60" }, nil},
		{"NET45 of a customer whose own are longer", func(v *quoting.Version) { v.Customer.Terms, v.Request.Terms.Payment = "Net 60", "NET45" }, nil},
		{"NET60 of a customer whose own are shorter", func(v *quoting.Version) { v.Customer.Terms, v.Request.Terms.Payment = "Net 45", "NET60" }, []string{"terms commercial 2: Payment in 60 days is over 45."}},
		{"NET45 of a customer whose own are in other words", func(v *quoting.Version) {
			v.Customer.Terms, v.Request.Terms.Payment = "Due on receipt", "NET45"
		}, []string{"terms commercial 1: Payment in 45 days is over 30."}},
		{"a customer's own long terms, when nothing is said", func(v *quoting.Version) { v.Customer.Terms = "Net 90" }, nil},
		{"a waived deposit", func(v *quoting.Version) { v.Request.Terms.Deposit = numberOf("0") }, []string{"deposit commercial 2: The deposit is waived."}},
		{"a deposit", func(v *quoting.Version) { v.Request.Terms.Deposit = numberOf("25") }, nil},
		{"credit hold", func(v *quoting.Version) { v.Customer.CreditHold = true }, []string{"credit hold commercial 2: Acme Construction is on credit hold in NetSuite."}},
		{"an item without a cost", func(v *quoting.Version) {
			v.Priced.Margin = quoting.Margin{}
			v.Priced.Lines = []quoting.Line{{SKU: "BAT-B"}, hardware("DUP-U", "10", "10", "1"), {SKU: "BAT-C"}}
		}, []string{"margin commercial 2: The margin is unknown: NetSuite has no cost of BAT-B, BAT-C."}},
		{"nothing charged", func(v *quoting.Version) { v.Priced.Margin = quoting.Margin{} }, []string{"margin commercial 2: The margin is unknown: nothing is charged."}},
		{"the worst of several lines", func(v *quoting.Version) {
			v.Priced.Lines = []quoting.Line{hardware("DUP-U", "100.00", "100.00", "82"), hardware("BAT-B", "100.00", "100.00", "89"), hardware("BAT-C", "100.00", "100.00", "70")}
		}, []string{"line margin commercial 2: The margin of BAT-B is under what a rep may quote alone."}},
		{"labour may have any margin", func(v *quoting.Version) {
			labour := hardware("SVC-PROG", "100.00", "100.00", "95")
			labour.Type = quoting.Service
			v.Priced.Lines = []quoting.Line{labour}
		}, nil},
		{"a kit is hardware", func(v *quoting.Version) {
			kit := hardware("SUM-CS45U", "100.00", "100.00", "95")
			kit.Type = quoting.Kit
			v.Priced.Lines = []quoting.Line{kit}
		}, []string{"line margin commercial 3: The margin of SUM-CS45U is under what a rep may quote alone."}},
		{"a line's margin is after its share", func(v *quoting.Version) {
			l := hardware("BAT-B", "100.00", "100.00", "77")
			l.Share = dollars("4.00")
			v.Priced.Lines = []quoting.Line{l}
		}, []string{"line margin commercial 1: The margin of BAT-B is under what a rep may quote alone."}},
		{"a line whose discount is larger than that of the whole", func(v *quoting.Version) {
			v.Priced.Discount = dollars("800.00")
			l := hardware("BAT-B", "100.00", "90.00", "10")
			l.Share = dollars("7.20")
			v.Priced.Lines = []quoting.Line{l}
		}, []string{"discount commercial 2: A discount of 17.2% on BAT-B is over 12%."}},
		{"a whole whose discount is larger than that of a line", func(v *quoting.Version) {
			v.Priced.Discount = dollars("800.00")
			v.Priced.Lines = []quoting.Line{hardware("BAT-B", "100.00", "94.00", "10")}
		}, []string{"discount commercial 1: A discount of 8% on the whole quote is over 5%."}},
		{"what engineering has to look at", func(v *quoting.Version) {
			v.System.Findings = []quoting.Finding{{Rule: "L12", Sentence: "A booster.", Engineering: true}, {Rule: "L4", Sentence: "Few radios."}}
		}, []string{"L12 engineering 1: A booster."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, n := range quoting.Approvals(policy, judgedAs(tc.change)) {
				got = append(got, n.Rule+" "+string(n.Branch)+" "+string(rune('0'+n.Level))+": "+n.ForRep)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTheChainIsEveryLevelUpToTheHighestAndEngineeringBesideIt(t *testing.T) {
	t.Parallel()
	need := func(rule string, branch quoting.Branch, level int) quoting.ApprovalNeed {
		return quoting.ApprovalNeed{Rule: rule, Branch: branch, Level: level}
	}
	for _, tc := range []struct {
		name  string
		needs []quoting.ApprovalNeed
		want  []string
	}{
		{"nothing fires: nobody", nil, nil},
		{"the sales manager alone", []quoting.ApprovalNeed{need("amount", quoting.CommercialBranch, 1)}, []string{"sales_manager: amount"}},
		{"finance, and the sales manager on the way", []quoting.ApprovalNeed{need("deposit", quoting.CommercialBranch, 2)}, []string{"sales_manager: ", "finance: deposit"}},
		{"all four, each with what it decides", []quoting.ApprovalNeed{need("discount", quoting.CommercialBranch, 4), need("amount", quoting.CommercialBranch, 2), need("margin", quoting.CommercialBranch, 2), need("terms", quoting.CommercialBranch, 1)},
			[]string{"sales_manager: terms", "finance: amount margin", "vp: ", "owner: discount"}},
		{"engineering alone", []quoting.ApprovalNeed{need("L12", quoting.EngineeringBranch, 1)}, []string{"engineering: L12"}},
		{"engineering beside", []quoting.ApprovalNeed{need("L12", quoting.EngineeringBranch, 1), need("amount", quoting.CommercialBranch, 1), need("L8", quoting.EngineeringBranch, 1)},
			[]string{"sales_manager: amount", "engineering: L12 L8"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, step := range quoting.Chain(tc.needs) {
				var why []string
				for _, n := range step.Why {
					why = append(why, n.Rule)
				}
				got = append(got, string(step.Role)+": "+strings.Join(why, " "))
				if engineering := step.Role == quoting.Engineering; engineering != (step.Branch == quoting.EngineeringBranch) || engineering && step.Level != 1 {
					t.Errorf("%+v", step)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

var percentage = regexp.MustCompile(`\d+(\.\d+)?\s?%`)

// TestARepNeverReadsAMargin draws quotes of all margins.
func TestARepNeverReadsAMargin(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		v := d.drawQuote(t)
		q := quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Current: v.Number}
		view := quoting.NewView(d.policy, q, v, riley, deciding(morgan), riley, noon)
		for i, n := range view.Approvals {
			switch {
			case n.Measured != "" || n.Sentence != n.ForRep:
				t.Fatalf("a rep sees what was measured: %+v", n)
			case strings.Contains(n.Rule, "margin") && percentage.MatchString(n.ForRep):
				t.Fatalf("a rep reads a percentage: %q", n.ForRep)
			case n.Rule != "discount" && v.Priced.Margin.Known && regexp.MustCompile(`(^|[^\d.,])`+regexp.QuoteMeta(v.Priced.Margin.Percent.String())+`($|\D)`).MatchString(n.ForRep):
				t.Fatalf("a rep reads the margin of %s: %q", v.Priced.Margin, n.ForRep)
			}
			if full := v.Approvals[i]; n.Rule == "margin" && v.Priced.Margin.Known && !strings.Contains(full.Sentence, v.Priced.Margin.String()) {
				t.Fatalf("a manager does not read the margin of %s: %q", v.Priced.Margin, full.Sentence)
			}
		}
		for _, section := range quoting.Explain(d.policy, view) {
			for _, point := range section.Points {
				if strings.Contains(strings.ToLower(point), "margin") && percentage.MatchString(strings.ReplaceAll(point, "A discount of ", "")) && section.Title != "Who approves" {
					t.Fatalf("%s tells a rep %q", section.Title, point)
				}
			}
		}
	})
}

func TestANeedIsToldAsItsReaderMayReadIt(t *testing.T) {
	t.Parallel()
	amount := quoting.ApprovalNeed{Rule: "amount", Sentence: "The amount of $60,000.00 is over $50,000.00.", ForRep: "The amount is over the limit."}
	margin := quoting.ApprovalNeed{Rule: "line margin", Sentence: "A margin of 12%.", ForRep: "The margin is low."}
	elsewhere := "One reason is on the card in your own chat with me."
	for _, tc := range []struct {
		name   string
		need   quoting.ApprovalNeed
		reader quoting.Person
		want   string
	}{
		{"a manager, of an amount", amount, morgan, amount.Sentence},
		{"a manager, of a margin", margin, morgan, margin.Sentence},
		{"a rep, of a margin", margin, riley, margin.ForRep},
		{"a manager in a room, of an amount", amount, inRoom(morgan), amount.ForRep},
		{"a manager in a room, of a margin", margin, inRoom(morgan), elsewhere},
		{"a rep in a room, of a margin", margin, inRoom(riley), elsewhere},
		{"an admin, of a margin", margin, named("ada", quoting.Admin), margin.ForRep},
	} {
		if got := tc.need.For(tc.reader); got != tc.want {
			t.Errorf("%s reads %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestADeeperDiscountNeverNeedsFewerPeople: the chain of a larger discount begins with that
// of a smaller one.
func TestADeeperDiscountNeverNeedsFewerPeople(t *testing.T) {
	t.Parallel()
	d := demoDealer(t)
	rapid.Check(t, func(t *rapid.T) {
		r := quoting.Request{Users: rapid.IntRange(20, 60).Draw(t, "users"), Sites: 1, Industry: "construction"}
		less, more := rapid.Int64Range(0, 60).Draw(t, "percent"), rapid.Int64Range(0, 30).Draw(t, "more")
		level := func(percent int64) int {
			n := number(percent)
			r := r
			r.Terms.Header = &quoting.HeaderDiscount{Percent: &n}
			highest := 0
			for _, n := range d.quote(t, r).Approvals {
				if n.Branch == quoting.CommercialBranch && n.Rule != "amount" {
					highest = max(highest, n.Level)
				}
			}
			return highest
		}
		if a, b := level(less), level(less+more); b < a {
			t.Fatalf("%d%% needs level %d, %d%% level %d", less, a, less+more, b)
		}
	})
}

func TestLimitsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	text := string(demoPolicy(t).Text)
	for _, tc := range []struct{ name, from, to, says string }{
		{"no amounts", `["50000.00", "100000.00", "250000.00", "500000.00"]`, `[]`, "approval.amount"},
		{"five levels", `["50000.00", "100000.00", "250000.00", "500000.00"]`, `["1", "2", "3", "4", "5"]`, "approval.amount"},
		{"amounts that go down", `["50000.00", "100000.00", "250000.00", "500000.00"]`, `["50000.00", "40000.00"]`, "approval.amount"},
		{"margins that go up", `["30", "25", "22", "18"]`, `["30", "31"]`, "approval.margin"},
		{"discounts that stay", `["5", "12", "18", "25"]`, `["5", "5"]`, "approval.discount"},
		{"terms that go down", `[30, 45] `, `[45, 30] `, "approval.terms"},
		{"no validity", `[30, 60, 90] `, `[] `, "approval.validity"},
		{"no names of the account", `discount_item: DISCOUNT`, `discount_item: ""`, "netsuite"},
		{"a quarantine of nothing", `price: "20", cost`, `price: "0", cost`, "quarantine"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(text, tc.from) {
				t.Fatalf("the policy has no %q", tc.from)
			}
			_, err := quoting.ParsePolicy([]byte(strings.Replace(text, tc.from, tc.to, 1)))
			if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("%v, want an error of kind Invalid that says %q", err, tc.says)
			}
		})
	}
}

func TestRolesAndTechnologiesReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	var roles []string
	for _, r := range quoting.Roles {
		roles = append(roles, r.Words())
	}
	if want := []string{"Rep", "Sales manager", "Finance", "VP", "Owner", "Engineering", "Admin", "Auditor"}; !slices.Equal(roles, want) {
		t.Errorf("roles read %q, want %q", roles, want)
	}
	for technology, want := range map[quoting.Technology]string{
		quoting.AnalogSimplex: "Analog, radio to radio", quoting.DMRSimplex: "DMR, radio to radio", quoting.DMR: "DMR with repeaters", quoting.PoC: "PoC (push-to-talk over LTE)", quoting.P25Review: "P25", "tetra": "tetra",
	} {
		if technology.Words() != want {
			t.Errorf("%s reads %q, want %q", string(technology), technology.Words(), want)
		}
	}
}
