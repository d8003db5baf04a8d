package quoting_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestTheSystemFollowsFromUsersSitesAndIndustry(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	n := func(i int) *int { return &i }
	for _, tc := range []struct {
		name       string
		request    quoting.Request
		technology quoting.Technology
		mode       quoting.Mode
		review     bool
	}{
		{"public safety is engineering's", quoting.Request{Users: 100, Sites: 2, Industry: "public_safety"}, quoting.P25Review, "", true},
		{"P25 said is engineering's", quoting.Request{Users: 20, Industry: "retail", Technology: quoting.ChooseP25}, quoting.P25Review, "", true},
		{"so is the 700/800 MHz band", quoting.Request{Users: 20, Industry: "retail", Band: quoting.Band700800}, quoting.P25Review, "", true},
		{"public safety stays engineering's whatever is named", quoting.Request{Users: 100, Industry: "public_safety", Technology: quoting.ChoosePoC}, quoting.P25Review, "", true},
		{"intrinsically safe by industry", quoting.Request{Users: 12, Sites: 1, Industry: "oil_gas_mining"}, quoting.DMR, quoting.ConventionalRepeater, false},
		{"intrinsically safe said", quoting.Request{Users: 12, Sites: 1, Industry: "construction", IntrinsicallySafe: true}, quoting.DMR, quoting.ConventionalRepeater, false},
		{"intrinsically safe at sixteen sites is engineering's", quoting.Request{Users: 200, Sites: 16, Industry: "oil_gas_mining"}, quoting.P25Review, "", true},
		{"security works on PoC", quoting.Request{Users: 30, Sites: 2, Industry: "security"}, quoting.PoC, "", false},
		{"a store is analog simplex", quoting.Request{Users: 15, Sites: 1, Industry: "retail"}, quoting.AnalogSimplex, "", false},
		{"stores do not talk to each other", quoting.Request{Users: 30, Sites: 2, Industry: "retail"}, quoting.AnalogSimplex, "", false},
		{"farms do, so two are not analog", quoting.Request{Users: 30, Sites: 2, Industry: "agriculture"}, quoting.DMR, quoting.LinkedConventional, false},
		{"a large store needs a repeater", quoting.Request{Users: 16, Sites: 1, Industry: "retail"}, quoting.DMR, quoting.ConventionalRepeater, false},
		{"sixteen sites are PoC", quoting.Request{Users: 300, Sites: 16, Industry: "construction"}, quoting.PoC, "", false},
		{"few users a site are PoC", quoting.Request{Users: 21, Sites: 3, Industry: "construction"}, quoting.PoC, "", false},
		{"fifteen at one site are simplex", quoting.Request{Users: 15, Sites: 1, Industry: "construction"}, quoting.DMRSimplex, "", false},
		{"sixteen need a repeater", quoting.Request{Users: 16, Sites: 1, Industry: "construction"}, quoting.DMR, quoting.ConventionalRepeater, false},
		{"events share no talk between sites", quoting.Request{Users: 80, Sites: 2, Industry: "events"}, quoting.DMR, quoting.SingleSiteTrunk, false},
		{"a plant is trunked", quoting.Request{Users: 300, Sites: 1, Industry: "manufacturing"}, quoting.DMR, quoting.SingleSiteTrunk, false},
		{"plants are trunked over all sites", quoting.Request{Users: 600, Sites: 3, Industry: "manufacturing"}, quoting.DMR, quoting.MultiSiteTrunk, false},
		{"more than eight repeaters are engineering's", quoting.Request{Users: 5000, Sites: 1, Industry: "manufacturing"}, quoting.DMR, "", true},
		{"nothing said is one site of the general profile", quoting.Request{Users: 40}, quoting.DMR, quoting.ConventionalRepeater, false},
		{"PoC named", quoting.Request{Users: 12, Industry: "construction", Technology: quoting.ChoosePoC}, quoting.PoC, "", false},
		{"analog named", quoting.Request{Users: 12, Industry: "construction", Technology: quoting.ChooseAnalog}, quoting.AnalogSimplex, "", false},
		{"digital named keeps a few users a site off PoC", quoting.Request{Users: 21, Sites: 3, Industry: "construction", Technology: quoting.ChooseDMR}, quoting.DMR, quoting.LinkedConventional, false},
		{"digital named at one small site is simplex", quoting.Request{Users: 10, Sites: 1, Industry: "retail", Technology: quoting.ChooseDMR}, quoting.DMRSimplex, "", false},
		{"portables named", quoting.Request{Users: 20, Sites: 1, Industry: "construction", Portables: n(20)}, quoting.DMR, quoting.ConventionalRepeater, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := quoting.Size(policy, tc.request)
			if err != nil {
				t.Fatal(err)
			}
			if s.Technology != tc.technology || s.Mode != tc.mode || (s.Review != "") != tc.review {
				t.Errorf("%s %q, review %q; want %s %q, review %t", s.Technology, s.Mode, s.Review, tc.technology, tc.mode, tc.review)
			}
			if s.Why == "" {
				t.Error("the system is not explained")
			}
			if tc.review != (len(s.Lines) == 0) {
				t.Errorf("%d lines", len(s.Lines))
			}
		})
	}
}

func TestARequestThatCannotBeSizedSaysWhatToChange(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	n := func(i int) *int { return &i }
	for _, tc := range []struct {
		name    string
		request quoting.Request
		says    string
	}{
		{"no users", quoting.Request{Users: 0}, "1 to 10,000"},
		{"too many users", quoting.Request{Users: 10_001}, "10,001 users: I can quote 1 to 10,000"},
		{"a negative number of sites", quoting.Request{Users: 40, Sites: -1}, "1 to 1,000"},
		{"too many sites", quoting.Request{Users: 5000, Sites: 1001}, "1 to 1,000"},
		{"more sites than users", quoting.Request{Users: 3, Sites: 5}, "fewer radios than sites"},
		{"one radio a site", quoting.Request{Users: 5, Sites: 5, Industry: "construction", Technology: quoting.ChooseDMR}, "nobody to talk to"},
		{"an unknown industry", quoting.Request{Users: 40, Industry: "church"}, `"church"`},
		{"intrinsically safe PoC", quoting.Request{Users: 40, Industry: "oil_gas_mining", Technology: quoting.ChoosePoC}, "Intrinsically safe"},
		{"intrinsically safe analog", quoting.Request{Users: 10, Industry: "retail", IntrinsicallySafe: true, Technology: quoting.ChooseAnalog}, "Intrinsically safe"},
		{"analog for sixteen", quoting.Request{Users: 16, Industry: "retail", Technology: quoting.ChooseAnalog}, "up to 15"},
		{"linked DMR at sixteen sites", quoting.Request{Users: 300, Sites: 16, Industry: "construction", Technology: quoting.ChooseDMR}, "up to 15 sites"},
		{"intrinsically safe VHF", quoting.Request{Users: 20, Industry: "oil_gas_mining", Band: quoting.VHF}, "no intrinsically safe VHF"},
		{"a VHF analog mobile", quoting.Request{Users: 10, Industry: "agriculture", Band: quoting.VHF}, "no VHF analog mobile"},
		{"a VHF combiner", quoting.Request{Users: 700, Sites: 1, Industry: "manufacturing", Band: quoting.VHF}, "combiner"},
		{"portables and mobiles that do not add up", quoting.Request{Users: 20, Portables: n(5), Mobiles: n(5)}, "do not make 20 radios"},
		{"more portables than users", quoting.Request{Users: 20, Portables: n(25)}, "do not make"},
		{"four shifts", quoting.Request{Users: 20, Shifts: 4}, "1 to 3"},
		{"a term of eleven years", quoting.Request{Users: 20, TermMonths: 132}, "1 to 120"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := quoting.Size(policy, tc.request)
			sentence, _ := quoting.Sentence(err)
			if !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("the error is %v, want one of kind Invalid that says %q", err, tc.says)
			}
		})
	}
}

// TestTalkPathsCarryWhatTheDealersTableSays holds the traffic computation to the dealer's
// table of users that a number of talk paths carries.
func TestTalkPathsCarryWhatTheDealersTableSays(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	// No talk beyond the site: the load users are the users.
	industry := policy.Industries["events"]
	for paths, carried := range map[int][3]int{
		1: {24, 10, 4}, 2: {152, 64, 25}, 3: {333, 137, 55}, 4: {536, 219, 89}, 5: {753, 306, 125}, 6: {978, 395, 163}, 8: {1444, 580, 240},
		10: {1923, 768, 320}, 12: {2409, 960, 401}, 14: {2901, 1153, 483}, 16: {3396, 1347, 566},
	} {
		for i, load := range []quoting.LoadKey{"light", "medium", "heavy"} {
			t.Run(fmt.Sprintf("%d paths, %s load", paths, load), func(t *testing.T) {
				t.Parallel()
				p := *policy
				changed := industry
				changed.Load = load
				p.Industries = map[quoting.IndustryCode]quoting.Industry{"events": changed}
				for users, want := range map[int]int{carried[i]: paths, carried[i] + 1: paths + 1} {
					s, err := quoting.Size(&p, quoting.Request{Users: users, Sites: 1, Industry: "events", Technology: quoting.ChooseDMR})
					if err != nil {
						t.Fatal(err)
					}
					if s.TalkPaths != want {
						t.Errorf("%d users need %d paths, want %d", users, s.TalkPaths, want)
					}
				}
			})
		}
	}
}

func TestOnlyWarningsAreGivenForNumbersThatAreMerelyOdd(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		name    string
		request quoting.Request
		rule    string
	}{
		{"few users a site: total or per site?", quoting.Request{Users: 8, Sites: 2, Industry: "construction"}, "L4"},
		{"few users at one site", quoting.Request{Users: 3, Sites: 1, Industry: "construction"}, "L4"},
		{"many users at one site", quoting.Request{Users: 200, Sites: 1, Industry: "construction"}, "L5"},
		{"simplex sites that do not hear each other", quoting.Request{Users: 30, Sites: 3, Industry: "retail"}, "sites apart"},
		{"a usual request", quoting.Request{Users: 40, Sites: 2, Industry: "construction"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, err := quoting.Size(policy, tc.request)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			priced := mustPrice(t, demoBook(t), s, quoting.Customer{})
			for _, f := range quoting.Judge(policy, demoBook(t), tc.request, s, priced) {
				rules = append(rules, f.Rule)
			}
			if want := slices.DeleteFunc([]string{tc.rule}, func(r string) bool { return r == "" }); !slices.Equal(rules, want) {
				t.Errorf("rules %v, want %v", rules, want)
			}
		})
	}
}

func TestTheNeighbouringSystemIsOfferedNearABoundary(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		name    string
		request quoting.Request
		want    quoting.Technology // "": none
	}{
		{"fifteen radios at one site", quoting.Request{Users: 15, Sites: 1, Industry: "construction"}, quoting.DMR},
		{"sixteen radios at one site", quoting.Request{Users: 16, Sites: 1, Industry: "construction"}, quoting.DMRSimplex},
		{"seventeen radios at one site", quoting.Request{Users: 17, Sites: 1, Industry: "construction"}, quoting.DMRSimplex},
		{"eighteen are far enough", quoting.Request{Users: 18, Sites: 1, Industry: "construction"}, ""},
		{"eight users a site", quoting.Request{Users: 24, Sites: 3, Industry: "construction"}, quoting.PoC},
		{"seven are far enough", quoting.Request{Users: 21, Sites: 3, Industry: "construction"}, ""},
		{"fifteen sites", quoting.Request{Users: 300, Sites: 15, Industry: "construction"}, quoting.PoC},
		{"sixteen sites cannot be linked", quoting.Request{Users: 320, Sites: 16, Industry: "construction"}, ""},
		{"a usual request", quoting.Request{Users: 60, Sites: 3, Industry: "construction"}, ""},
		{"a request that cannot be sized", quoting.Request{Users: 0}, ""},
		{"engineering's systems", quoting.Request{Users: 16, Sites: 1, Industry: "public_safety"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := quoting.Neighbour(policy, tc.request)
			if ok != (tc.want != "") || got.Technology != tc.want {
				t.Errorf("offered %q, want %q", got.Technology, tc.want)
			}
		})
	}
}

func TestVHFLinesTakeTheirTwins(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	s, err := quoting.Size(policy, quoting.Request{Users: 40, Sites: 1, Industry: "hospitality", Band: quoting.VHF})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SUM-P20V", "BAT-B", "APX-R50V", "DUP-V", "ANT-BV"} {
		if !slices.ContainsFunc(s.Lines, func(l quoting.SizedLine) bool { return l.SKU == want }) {
			t.Errorf("%s is missing from %v", want, s.Lines)
		}
	}
	if slices.ContainsFunc(s.Lines, func(l quoting.SizedLine) bool { return strings.HasSuffix(l.SKU, "U") }) {
		t.Errorf("a UHF item among %v", s.Lines)
	}
}

func TestShiftsRaiseSpareBatteriesAndATermIsServiceMonths(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	qty := func(r quoting.Request, sku string) quoting.SizedLine {
		t.Helper()
		s, err := quoting.Size(policy, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range s.Lines {
			if l.SKU == sku {
				return l
			}
		}
		return quoting.SizedLine{}
	}
	if l := qty(quoting.Request{Users: 40, Sites: 1, Industry: "k12_education", Shifts: 3}, "BAT-B"); l.Qty != 19 {
		t.Errorf("three shifts need %d spare batteries for 38 portables, want half", l.Qty)
	}
	if l := qty(quoting.Request{Users: 40, Sites: 1, Industry: "k12_education"}, "BAT-B"); l.Qty != 4 {
		t.Errorf("one shift needs %d spare batteries for 38 portables, want a tenth", l.Qty)
	}
	if l := qty(quoting.Request{Users: 30, Sites: 2, Industry: "security", TermMonths: 24}, "VIS-SUB-M"); l.Qty != 720 || l.Units != 30 || l.Months != 24 {
		t.Errorf("two years of service for 30 are %+v", l)
	}
}

func drawRequest(t *rapid.T, policy *quoting.Policy) quoting.Request {
	codes := append(policy.IndustryCodes(), "")
	r := quoting.Request{
		Users:    rapid.IntRange(1, 10_000).Draw(t, "users"),
		Industry: rapid.SampledFrom(codes).Draw(t, "industry"),
	}
	r.Sites = rapid.IntRange(0, min(r.Users, 1000)).Draw(t, "sites")
	r.Technology = rapid.SampledFrom([]quoting.TechnologyChoice{"", "", "", quoting.ChooseAnalog, quoting.ChooseDMR, quoting.ChoosePoC, quoting.ChooseP25}).Draw(t, "technology")
	r.Band = rapid.SampledFrom([]quoting.Band{"", "", quoting.UHF, quoting.VHF}).Draw(t, "band")
	r.IntrinsicallySafe = rapid.IntRange(0, 9).Draw(t, "safe") == 0
	return r
}

func TestEverySystemIsWholeOrRefusedWithASentence(t *testing.T) {
	t.Parallel()
	policy, book := demoPolicy(t), demoBook(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRequest(t, policy)
		s, err := quoting.Size(policy, r)
		if err != nil {
			if sentence, ok := quoting.Sentence(err); !ok || sentence == "" {
				t.Fatalf("no sentence for %+v: %v", r, err)
			}
			return
		}
		if s.Portables+s.Mobiles != r.Users {
			t.Fatalf("%d portables and %d mobiles for %d users", s.Portables, s.Mobiles, r.Users)
		}
		seen := map[string]bool{}
		for _, l := range s.Lines {
			item, ok := book.Item(l.SKU)
			switch {
			case !ok:
				t.Fatalf("%s is not in the catalogue", l.SKU)
			case l.Qty < 1 || l.Units < 1 || l.Reason == "":
				t.Fatalf("line %+v", l)
			case seen[l.SKU]:
				t.Fatalf("%s is there twice", l.SKU)
			case l.Months == 0 && l.Qty != l.Units, l.Months > 0 && l.Qty != l.Units*l.Months:
				t.Fatalf("line %+v counts its units wrongly", l)
			case r.Band == quoting.VHF && item.Tagged("uhf"), r.Band != quoting.VHF && item.Tagged("vhf"):
				t.Fatalf("%s is of the other band", l.SKU)
			}
			seen[l.SKU] = true
		}
		if s.Technology == quoting.DMR && s.Review == "" && s.RepeatersPerSite < 1 {
			t.Fatalf("DMR without a repeater for %+v", r)
		}
	})
}

func TestOneMoreUserNeverMeansFewerTalkPaths(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		users := rapid.IntRange(16, 3000).Draw(t, "users")
		industry := rapid.SampledFrom([]quoting.IndustryCode{"construction", "healthcare", "events", "manufacturing"}).Draw(t, "industry")
		paths := func(users int) int {
			s, err := quoting.Size(policy, quoting.Request{Users: users, Sites: 1, Industry: industry, Technology: quoting.ChooseDMR})
			if err != nil {
				t.Fatal(err)
			}
			return s.TalkPaths
		}
		if a, b := paths(users), paths(users+1); b < a {
			t.Fatalf("%d users need %d paths, one more needs %d", users, a, b)
		}
	})
}
