package quoting_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// measured is a version as it is computed of a request.
func measured(t testing.TB, book *quoting.PriceBook, r quoting.Request) quoting.Version {
	t.Helper()
	v := quoting.Version{Request: r}
	if err := v.Work(demoPolicy(t), book); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAQuoteIsMeasuredByWhatMakesSenseForIt(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	ten := number(10)
	for _, tc := range []struct {
		name    string
		request quoting.Request
		want    map[quoting.Measure]string
	}{
		{
			"DMR with repeaters", quoting.Request{Users: 60, Sites: 3, Industry: "construction"},
			map[quoting.Measure]string{"price per radio": "1022.35", "accessories per radio": "0.70", "repeaters per 60 users": "3.00", "margin": "32.85", "discount": "0", "services share": "15.41"},
		},
		{
			"a tenth less on all of it", quoting.Request{Users: 60, Sites: 3, Industry: "construction", Terms: quoting.Terms{Header: &quoting.HeaderDiscount{Percent: &ten}}},
			map[quoting.Measure]string{"price per radio": "921.31", "accessories per radio": "0.70", "repeaters per 60 users": "3.00", "margin": "25.40", "discount": "10.00", "services share": "15.41"},
		},
		{
			"radio to radio has no repeaters", quoting.Request{Users: 10, Sites: 1, Industry: "construction"},
			map[quoting.Measure]string{"price per radio": "667.15", "accessories per radio": "0.80", "margin": "35.02", "discount": "0", "services share": "6.59"},
		},
		{
			"PoC for three years counts with its first", quoting.Request{Users: 60, Sites: 3, Industry: "security", TermMonths: 36},
			map[quoting.Measure]string{"price per radio": "797.32", "accessories per radio": "1.52", "margin": "37.34", "discount": "0", "services share": "5.49"},
		},
		{"what engineering designs has no figures", quoting.Request{Users: 60, Sites: 3, Industry: "public_safety"}, map[quoting.Measure]string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := measured(t, book, tc.request)
			got, profile := map[quoting.Measure]string{}, quoting.ProfileOf(riley.ID, v)
			for measure, value := range profile.Measures {
				got[measure] = value.String()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("measures (-want +got):\n%s", diff)
			}
			if profile.Owner != riley.ID || profile.Technology != v.System.Technology || profile.Currency != quoting.USD {
				t.Errorf("it is compared as %+v", profile)
			}
		})
	}
}

func TestAFigureThatCannotBeWorkedOutIsLeftOut(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	i := slices.IndexFunc(c.Items, func(i quoting.Item) bool { return i.SKU == "AUD-RSM2" })
	c.Items[i].Costs = quoting.Costs{}
	s := one("AUD-RSM2", 10)
	s.Technology = quoting.DMR
	m := quoting.MeasuresOf(quoting.Version{System: s, Priced: mustPrice(t, bookOf(t, c), s, quoting.Customer{})})
	if got := slices.Sorted(maps.Keys(m)); !slices.Equal(got, []quoting.Measure{quoting.DiscountPercent, quoting.ServicesShare}) {
		t.Errorf("ten microphones without a radio, a user or a cost are measured by %v", got)
	}
}

// company is past quotes of one kind of system, riley's, whose figures are spread a little.
func company(n int) []quoting.Profile {
	past := make([]quoting.Profile, n)
	for i := range past {
		near := func(middle int64) decimal.Decimal { return decimal.MustNew(middle+int64(i%5)*10-20, 2) }
		past[i] = quoting.Profile{Owner: riley.ID, Technology: quoting.DMR, Currency: quoting.USD, Measures: quoting.Measures{
			quoting.PricePerRadio: near(80_000), quoting.AccessoriesPerRadio: near(80), quoting.RepeatersPer60: near(300),
			quoting.MarginPercent: near(3300), quoting.DiscountPercent: near(200), quoting.ServicesShare: near(1800),
		}}
	}
	return past
}

// like is a profile as usual as can be, with one figure changed.
func like(measure quoting.Measure, value string) quoting.Profile {
	p := company(5)[2]
	p.Measures[measure] = decimal.MustParse(value)
	return p
}

func TestAFigureFarFromWhatIsUsualNeedsTheManager(t *testing.T) {
	t.Parallel()
	policy, habits := demoPolicy(t), quoting.NewHabits(company(20))
	for _, tc := range []struct {
		measure                  quoting.Measure
		usual, value             string
		measured, says, repReads string
	}{
		{quoting.PricePerRadio, "800.20", "1600.00", "1600.00", "The price per radio of $1,600.00 is unusual: the median of 20 past quotes of such systems is $800.00.", ""},
		{quoting.AccessoriesPerRadio, "0.90", "8.00", "8.00", "The accessories per radio of 8 is unusual: the median of 20 past quotes of such systems is 0.8.", ""},
		{quoting.RepeatersPer60, "2.90", "0.50", "0.50", "The repeaters per 60 users of 0.5 is unusual: the median of 20 past quotes of such systems is 3.", ""},
		{quoting.MarginPercent, "33.10", "45.00", "45.00", "The margin of 45% is unusual: the median of 20 past quotes of such systems is 33%.", "The margin is unusual among 20 past quotes of such systems."},
		{quoting.DiscountPercent, "2.10", "5.00", "5.00", "The discount of 5% is unusual: the median of 20 past quotes of the same rep is 2%.", ""},
		{quoting.ServicesShare, "17.90", "0", "0", "The services share of 0% is unusual: the median of 20 past quotes of such systems is 18%.", ""},
	} {
		t.Run(string(tc.measure), func(t *testing.T) {
			t.Parallel()
			if needs := habits.Unusual(policy, like(tc.measure, tc.usual)); needs != nil {
				t.Errorf("%s is usual, and needs %+v", tc.usual, needs)
			}
			want := quoting.ApprovalNeed{Rule: "unusual " + string(tc.measure), Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager, Measured: tc.measured, Sentence: tc.says, ForRep: tc.repReads}
			if want.ForRep == "" {
				want.ForRep = tc.says
			}
			if diff := cmp.Diff([]quoting.ApprovalNeed{want}, habits.Unusual(policy, like(tc.measure, tc.value))); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAQuoteIsComparedWithItsOwnKindOnly(t *testing.T) {
	t.Parallel()
	policy, habits := demoPolicy(t), quoting.NewHabits(company(20))
	far := like(quoting.PricePerRadio, "9999")
	far.Measures[quoting.DiscountPercent] = decimal.MustParse("99")
	for _, tc := range []struct {
		name   string
		change func(*quoting.Profile)
		rules  string
	}{
		{"its own kind, its own rep", func(*quoting.Profile) {}, "unusual price per radio, unusual discount"},
		{"another technology", func(p *quoting.Profile) { p.Technology = quoting.PoC }, "unusual discount"},
		{"another currency", func(p *quoting.Profile) { p.Currency = "CAD" }, "unusual discount"},
		{"another rep", func(p *quoting.Profile) { p.Owner = morgan.ID }, "unusual price per radio"},
		{"nothing measured", func(p *quoting.Profile) { p.Measures = nil }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q := far
			tc.change(&q)
			if got := strings.Join(needRules(habits.Unusual(policy, q)), ", "); got != tc.rules {
				t.Errorf("rules %s, want %s", got, tc.rules)
			}
		})
	}
	for name, few := range map[string]quoting.Habits{"nothing is known": {}, "seven quotes are known": quoting.NewHabits(company(7))} {
		if needs := few.Unusual(policy, far); needs != nil {
			t.Errorf("%s: %+v", name, needs)
		}
	}
}

func needRules(needs []quoting.ApprovalNeed) []string {
	var rules []string
	for _, n := range needs {
		rules = append(rules, n.Rule)
	}
	return rules
}

// Whatever the past is, what the matrix asks for is still asked for, and what is added is
// the sales manager's and tells a rep no margin.
func TestStatisticsOnlyAdd(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	_, v := draft(t)
	matrix := quoting.Approvals(policy, v)
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) quoting.Profile {
			p := quoting.Profile{
				Owner:      rapid.SampledFrom([]quoting.PersonID{riley.ID, morgan.ID}).Draw(t, "owner"),
				Technology: rapid.SampledFrom([]quoting.Technology{quoting.DMR, quoting.PoC}).Draw(t, "technology"),
				Currency:   quoting.USD, Measures: quoting.Measures{},
			}
			for _, measure := range []quoting.Measure{quoting.PricePerRadio, quoting.MarginPercent, quoting.DiscountPercent} {
				p.Measures[measure] = decimal.MustNew(rapid.Int64Range(0, 10_000).Draw(t, string(measure)), 2)
			}
			return p
		})
		past, q := rapid.SliceOfN(draw, 0, 60).Draw(t, "past"), draw.Draw(t, "quote")
		habits := quoting.NewHabits(past)
		added := habits.Unusual(policy, q)
		all := append(slices.Clone(matrix), added...)
		if diff := cmp.Diff(matrix, all[:len(matrix)]); diff != "" {
			t.Errorf("the matrix asks for something else (-before +after):\n%s", diff)
		}
		margin := q.Measures[quoting.MarginPercent]
		for _, n := range added {
			if n.Role != quoting.SalesManager || n.Level != 1 || n.Branch != quoting.CommercialBranch || !strings.HasPrefix(n.Rule, "unusual ") || n.Rule == "unusual margin" && strings.Contains(n.ForRep, "%") {
				t.Errorf("added %+v at a margin of %s", n, margin)
			}
		}
		again := habits.Unusual(policy, q)
		other := quoting.NewHabits(rapid.Permutation(past).Draw(t, "another order")).Unusual(policy, q)
		if fmt.Sprint(added) != fmt.Sprint(again) || fmt.Sprint(added) != fmt.Sprint(other) {
			t.Errorf("added %v, then %v, in another order %v", added, again, other)
		}
	})
}

func BenchmarkUnusual(b *testing.B) {
	policy, habits := demoPolicy(b), quoting.NewHabits(company(500))
	q := like(quoting.PricePerRadio, "1600")
	for b.Loop() {
		habits.Unusual(policy, q)
	}
}

func BenchmarkNewHabitsOfTwoThousand(b *testing.B) {
	past := company(2000)
	for b.Loop() {
		quoting.NewHabits(past)
	}
}
