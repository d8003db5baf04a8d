package quoting_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// trade is a year of a dealer: quotes in the order in which they were made, and of which
// earlier one each is once more; 0: of none.
type trade struct {
	offers []quoting.Offer
	truth  map[quoting.QuoteID]quoting.QuoteID
}

// companies are names as a dealer's customers have them, no two of one company.
func companies(r *rand.Rand, n int) []quoting.Customer {
	first := []string{"Acme", "Birchwood", "Cedar Valley", "Copperline", "Crestview", "Delta Plains", "Drift Creek", "Eagle Point", "Eastgate", "Falcon", "Granite Peak", "Great Lakes", "Harborview", "Highline", "Ironwood", "Juniper", "Kestrel", "Keystone", "Lakeshore", "Lone Pine", "Maplewood", "Midland", "Northfork", "Oak Hollow", "Pinnacle", "Quartz Ridge", "Red River", "Silver Lake", "Summit View", "Timberline"}
	second := []string{"Construction", "Concrete", "School District", "Hospital", "Mining", "Hotels", "Farms", "Logistics", "Security", "Manufacturing", "Property Group", "Utilities", "Warehousing", "Steel", "Airport", "Foods", "Marina", "Builders", "Transit", "College"}
	var all []quoting.Customer
	seen := map[string]bool{}
	for len(all) < n {
		name := first[r.IntN(len(first))] + " " + second[r.IntN(len(second))]
		if seen[name] {
			continue
		}
		seen[name] = true
		id := quoting.CustomerID(len(all) + 1)
		all = append(all, quoting.Customer{ID: id, Name: name, Currency: quoting.USD, Email: "buying@" + strings.ToLower(strings.ReplaceAll(name, " ", "-")) + ".example"})
	}
	return all
}

// respelled is a customer as somebody writes it who does not find it: another record, or a
// new one, of the same company.
func respelled(r *rand.Rand, c quoting.Customer, id quoting.CustomerID) quoting.Customer {
	words := strings.Fields(c.Name)
	other := quoting.Customer{ID: id, Currency: c.Currency}
	switch r.IntN(5) {
	case 0:
		other.Name = c.Name + ", Inc."
	case 1:
		other.Name = strings.ToUpper(c.Name) + " LLC"
	case 2:
		other.Name = c.Name + " – " + []string{"Toledo", "West", "North Yard"}[r.IntN(3)]
		other.Parent = c.ID
	case 3: // a trade name with the same mail
		other.Name, other.Email = words[0]+" "+"Group", c.Email
	default: // two letters swapped
		letters := []rune(c.Name)
		i := 1 + r.IntN(len(words[0])-2)
		letters[i], letters[i+1] = letters[i+1], letters[i]
		other.Name = string(letters)
	}
	return other
}

// year makes a dealer's quotes: most of them honest, of which some look alike (a second
// project, a re-order, the standard package for another customer), and as many as wanted
// that are an earlier one once more: re-typed, rounded up, under another spelling, a day or
// some weeks later. The labels are made with the quotes, before anything is judged.
func year(t testing.TB, seed uint64, quotes, doubles int) trade {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	policy, book := demoPolicy(t), demoBook(t)
	industries := policy.IndustryCodes()
	customers := companies(r, 350)
	reps := []quoting.PersonID{{Object: "riley"}, {Object: "sam"}, {Object: "kim"}, {Object: "lee"}}
	began := time.Date(2025, 11, 1, 9, 0, 0, 0, time.UTC)
	made := trade{truth: map[quoting.QuoteID]quoting.QuoteID{}}
	requests := map[quoting.QuoteID]quoting.Request{}
	owner := func(c quoting.CustomerID) quoting.PersonID { return reps[int(c)%len(reps)] }
	add := func(q quoting.Request, c quoting.Customer, by quoting.PersonID, at time.Time, of quoting.QuoteID) bool {
		v := quoting.Version{Request: q}
		if err := v.Work(policy, book); err != nil || v.System.Review != "" {
			return false
		}
		v.Customer, v.CreatedAt = c, at
		id := quoting.QuoteID(1001 + len(made.offers))
		o := quoting.OfferOf(quoting.Quote{ID: id, Owner: by, State: quoting.Open}, v)
		o.Open = true
		made.offers, requests[id] = append(made.offers, o), q
		if of != 0 {
			made.truth[id] = of
		}
		return true
	}
	doubled, packaged := map[quoting.QuoteID]bool{}, map[quoting.CustomerID]bool{}
	for len(made.offers) < quotes {
		at := began.Add(time.Duration(len(made.offers)) * 365 * 24 * time.Hour / time.Duration(quotes))
		left := quotes - len(made.offers)
		if len(made.truth) < doubles && len(made.offers) > 20 && r.IntN(left) < (doubles-len(made.truth)) {
			// One of the last weeks' quotes once more.
			back := made.offers[len(made.offers)-1-r.IntN(min(len(made.offers), 120))]
			if doubled[back.Quote] || made.truth[back.Quote] != 0 {
				continue
			}
			q, c := requests[back.Quote], back.Customer
			switch r.IntN(5) {
			case 0: // exactly the same
			case 1: // a few radios more
				if q.Users == 0 {
					continue
				}
				q.Users += 1 + q.Users*r.IntN(12)/100
			case 2: // something beside it
				q.Items = append(slices.Clone(q.Items), quoting.ItemWish{Item: "carry_case", Qty: new(5 + r.IntN(20))})
			case 3: // a discount this time
				q.Terms.Header = &quoting.HeaderDiscount{Percent: &quoting.Number{Decimal: number(3).Decimal}}
			default: // a number corrected
				if q.Users > 12 {
					q.Users -= 1 + r.IntN(2)
				}
			}
			if r.IntN(3) == 0 {
				c = respelled(r, c, quoting.CustomerID(5000+len(made.offers)))
			}
			if add(q, c, back.Owner, at, back.Quote) {
				doubled[back.Quote] = true
			}
			continue
		}
		c := customers[r.IntN(len(customers))]
		q := quoting.Request{Users: 5 + r.IntN(120), Sites: 1, Industry: industries[r.IntN(len(industries))]}
		switch r.IntN(10) {
		case 0: // re-orders and parts
			q = quoting.Request{Items: []quoting.ItemWish{{Item: []string{"battery", "earpiece", "speaker_mic", "charger_6bank"}[r.IntN(4)], Qty: new(6 + r.IntN(60))}}}
		case 1: // the package that every customer gets, once
			if packaged[c.ID] {
				continue
			}
			packaged[c.ID] = true
			q = quoting.Request{Users: 10, Sites: 1, Industry: "retail"}
		case 2, 3, 4:
			q.Sites = 2 + r.IntN(6)
			q.Users = max(q.Users, q.Sites*8)
		}
		add(q, c, owner(c.ID), at, 0)
	}
	return made
}

// judged counts what the judge finds of a year, quote by quote as it is made.
func (y trade) judged(p *quoting.Policy) (truePositive, falsePositive, falseNegative, trueNegative int, missed, wrong []string) {
	for i, mine := range y.offers {
		found := quoting.Duplicates(p, mine, y.offers[:i], mine.CreatedAt)
		own := slices.ContainsFunc(found, func(d quoting.Duplicate) bool { return d.Kind != quoting.OthersQuote })
		of := y.truth[mine.Quote]
		switch {
		case own && of != 0:
			truePositive++
		case own:
			falsePositive++
			other := found[0].Other
			wrong = append(wrong, fmt.Sprintf("%s (%s, %s) for %s (%s, %s)", mine.Quote, mine.Customer.Name, mine.Total, other.Quote, other.Customer.Name, other.Total))
		case of != 0:
			falseNegative++
			missed = append(missed, fmt.Sprintf("%s (%s, %s) of %s", mine.Quote, mine.Customer.Name, mine.Total, of))
		default:
			trueNegative++
		}
	}
	return truePositive, falsePositive, falseNegative, trueNegative, missed, wrong
}

func TestDuplicatesAreFoundWithFewFalseAlarms(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for name, seed := range map[string]uint64{"the year that the limits were looked at with": 1, "a year that was kept aside": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := year(t, seed, 2000, 200)
			tp, fp, fn, tn, missed, wrong := y.judged(policy)
			t.Logf("%d quotes, %d doubles: found %d, missed %d (recall %.1f %%); false alarms %d of %d (%.1f %%), precision %.1f %%",
				len(y.offers), len(y.truth), tp, fn, 100*float64(tp)/float64(tp+fn), fp, fp+tn, 100*float64(fp)/float64(fp+tn), 100*float64(tp)/float64(tp+fp))
			for _, list := range [][]string{missed, wrong} {
				for _, line := range list[:min(len(list), 8)] {
					t.Log(line)
				}
			}
			if len(y.truth) != 200 || tp*100 < (tp+fn)*95 || fp*100 >= (fp+tn)*5 {
				t.Errorf("%d doubles, %d found, %d false alarms", len(y.truth), tp, fp)
			}
		})
	}
}

func TestQuotesAreComparedByWhatTheyHold(t *testing.T) {
	t.Parallel()
	line := func(sku string, amount string) quoting.OfferLine {
		return quoting.OfferLine{SKU: sku, Qty: 1, Extended: quoting.MustMoney(amount, quoting.USD)}
	}
	a := []quoting.OfferLine{line("R", "700"), line("B", "300")}
	for _, tc := range []struct {
		name           string
		other          []quoting.OfferLine
		overlap, items int
	}{
		{"itself", a, 100, 100},
		{"itself with other zeros", []quoting.OfferLine{line("R", "700.0000"), line("B", "300.00")}, 100, 100},
		{"nothing in common", []quoting.OfferLine{line("X", "1000")}, 0, 0},
		{"nothing at all", nil, 0, 0},
		{"seven tenths by value, half by items", []quoting.OfferLine{line("R", "700"), line("C", "0.01")}, 69, 33},
		{"the same items, half of them", []quoting.OfferLine{line("R", "350"), line("B", "150")}, 0, 100},
		{"the same items, nine tenths of them", []quoting.OfferLine{line("R", "630"), line("B", "270")}, 100, 100},
		{"a line in two", []quoting.OfferLine{line("R", "300"), line("R", "400"), line("B", "300")}, 100, 100},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if o, i := quoting.Overlap(a, tc.other, 85), quoting.ItemsInCommon(a, tc.other); o != tc.overlap || i != tc.items {
				t.Errorf("overlap %d, items %d; want %d and %d", o, i, tc.overlap, tc.items)
			}
			if quoting.Overlap(a, tc.other, 85) != quoting.Overlap(tc.other, a, 85) || quoting.ItemsInCommon(a, tc.other) != quoting.ItemsInCommon(tc.other, a) {
				t.Error("the other way round it is another number")
			}
		})
	}
	if quoting.Overlap(nil, nil, 85) != 0 || quoting.ItemsInCommon(nil, nil) != 0 {
		t.Error("two empty quotes have something in common")
	}
}

func TestCompaniesAreOneFamilyByRecordParentNameOrMail(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).Duplicates
	for _, tc := range []struct {
		name string
		a, b quoting.Customer
		want bool
	}{
		{"one record", quoting.Customer{ID: 1, Name: "A"}, quoting.Customer{ID: 1, Name: "B"}, true},
		{"a parent and its child", quoting.Customer{ID: 1, Name: "A"}, quoting.Customer{ID: 2, Parent: 1, Name: "B"}, true},
		{"two children", quoting.Customer{ID: 3, Parent: 1, Name: "A"}, quoting.Customer{ID: 2, Parent: 1, Name: "B"}, true},
		{"another form of company", quoting.Customer{ID: 1, Name: "Acme Construction"}, quoting.Customer{ID: 2, Name: "ACME Construction, LLC"}, true},
		{"a new customer of that name", quoting.Customer{ID: 1, Name: "Acme Construction"}, quoting.Customer{Name: "acme constructoin"}, true},
		{"another company of a similar name", quoting.Customer{ID: 1, Name: "Acme Construction"}, quoting.Customer{ID: 2, Name: "Acme Concrete"}, false},
		{"one mail domain", quoting.Customer{ID: 1, Name: "A", Email: "x@acme.example"}, quoting.Customer{ID: 2, Name: "B", Email: "Y@ACME.example"}, true},
		{"mail that everybody has", quoting.Customer{ID: 1, Name: "A", Email: "x@gmail.com"}, quoting.Customer{ID: 2, Name: "B", Email: "y@gmail.com"}, false},
		{"nobody", quoting.Customer{}, quoting.Customer{}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := quoting.Family(limits, tc.a, tc.b); got != tc.want || quoting.Family(limits, tc.b, tc.a) != tc.want {
				t.Errorf("%t, want %t", got, tc.want)
			}
		})
	}
}

func TestWhatCountsAsADuplicateAndWhatDoesNot(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	_, v := draft(t)
	base := quoting.OfferOf(quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open}, v)
	for _, tc := range []struct {
		name   string
		change func(mine, other *quoting.Offer)
		want   quoting.DuplicateKind
	}{
		{"the same within a day", func(_, _ *quoting.Offer) {}, quoting.SameQuote},
		{"the same to be paid later", func(_, o *quoting.Offer) { o.Terms.Payment = "NET60" }, quoting.ProbableQuote},
		{"the same with a deposit", func(m, o *quoting.Offer) { m.Terms.Deposit, o.Terms.Deposit = new(exactly("0")), new(exactly("50")) }, quoting.ProbableQuote},
		{"the same with the same deposit", func(m, o *quoting.Offer) { m.Terms.Deposit, o.Terms.Deposit = new(exactly("50")), new(exactly("50.0")) }, quoting.SameQuote},
		{"the same two days later", func(_, o *quoting.Offer) { o.CreatedAt = noon.Add(-48 * time.Hour) }, quoting.ProbableQuote},
		{"the same after ninety days and a minute", func(_, o *quoting.Offer) { o.CreatedAt = noon.AddDate(0, 0, -90).Add(-time.Minute) }, ""},
		{"one that has ended", func(_, o *quoting.Offer) { o.Open = false }, ""},
		{"another rep's", func(_, o *quoting.Offer) { o.Owner = morgan.ID }, quoting.OthersQuote},
		{"another rep's of seventy days ago", func(_, o *quoting.Offer) { o.Owner, o.CreatedAt = morgan.ID, noon.AddDate(0, 0, -70) }, ""},
		{"another customer's", func(_, o *quoting.Offer) { o.Customer = quoting.Customer{ID: 9, Name: "Zebra"} }, ""},
		{"half of the lines, and a total nine percent off at as many sites", func(m, o *quoting.Offer) {
			o.Lines, o.CreatedAt = slices.Clone(o.Lines[:7]), noon.AddDate(0, 0, -3)
			o.Total, _ = m.Total.Scale(decimal.MustParse("0.91"))
		}, quoting.ProbableQuote},
		{"in another currency", func(_, o *quoting.Offer) { o.Total.Currency = "CAD" }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mine, other := base, base
			mine.Quote, other.Quote, other.CreatedAt = 1002, 1001, noon.Add(-time.Hour)
			tc.change(&mine, &other)
			var kind quoting.DuplicateKind
			if found := quoting.Duplicates(policy, mine, []quoting.Offer{other, mine}, noon); len(found) > 0 {
				kind = found[0].Kind
			}
			if kind != tc.want {
				t.Errorf("%q, want %q", kind, tc.want)
			}
		})
	}
}

func TestWhetherOthersCountDoesNotDependOnTheirOrder(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	y := year(t, 3, 120, 12)
	rapid.Check(t, func(t *rapid.T) {
		mine := y.offers[rapid.IntRange(1, len(y.offers)-1).Draw(t, "mine")]
		others := slices.Clone(y.offers)
		shuffled := rapid.Permutation(others).Draw(t, "order")
		a, b := quoting.Duplicates(policy, mine, others, mine.CreatedAt), quoting.Duplicates(policy, mine, shuffled, mine.CreatedAt)
		if len(a) != len(b) {
			t.Fatalf("%d and %d", len(a), len(b))
		}
		for _, d := range a {
			if d.Other.Quote == mine.Quote {
				t.Fatal("a quote is a duplicate of itself")
			}
		}
		amount, with, split := quoting.Together(policy, mine, shuffled, mine.CreatedAt)
		if split && (len(with) == 0 || amount.Cmp(mine.Amount) <= 0) {
			t.Fatalf("split with %v at %s", with, amount)
		}
	})
}

// offered is a quote of Riley's to Acme of one site, as others are compared with it.
func offered(id quoting.QuoteID, total string, lines ...quoting.OfferLine) quoting.Offer {
	return quoting.Offer{
		Quote: id, Version: 1, Owner: riley.ID, Customer: acme, Open: true, CreatedAt: noon, Sites: 1,
		Total: dollars(total), Amount: dollars(total), Lines: lines,
	}
}

func offeredLine(sku, amount string) quoting.OfferLine {
	return quoting.OfferLine{SKU: sku, Qty: 1, Extended: dollars(amount)}
}

func TestTheLimitsOfADuplicateAreExact(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	const minute, day = time.Minute, 24 * time.Hour
	// common is an offer of 1,000 that has so much of its lines' value in common with mine.
	common := func(total, value string) quoting.Offer {
		own, err := dollars("1000").Sub(dollars(value))
		if err != nil {
			t.Fatal(err)
		}
		return offered(1001, total, offeredLine("R", value), quoting.OfferLine{SKU: "X", Qty: 1, Extended: own})
	}
	ago := func(o quoting.Offer, age time.Duration) quoting.Offer {
		o.CreatedAt = noon.Add(-age)
		return o
	}
	by := func(o quoting.Offer, who quoting.Person) quoting.Offer {
		o.Owner = who.ID
		return o
	}
	at := func(o quoting.Offer, sites int) quoting.Offer {
		o.Sites = sites
		return o
	}
	for _, tc := range []struct {
		name  string
		other quoting.Offer
		mine  string // what my only line comes to
		sites int
		want  quoting.DuplicateKind
	}{
		{"the same of 24 hours ago", ago(offered(1001, "1000", offeredLine("R", "1000")), day), "1000", 1, quoting.SameQuote},
		{"the same of a minute before that", ago(offered(1001, "1000", offeredLine("R", "1000")), day+minute), "1000", 1, quoting.ProbableQuote},
		{"the same of 90 days ago", ago(offered(1001, "1000", offeredLine("R", "1000")), 90*day), "1000", 1, quoting.ProbableQuote},
		{"the same of a minute before those 90 days", ago(offered(1001, "1000", offeredLine("R", "1000")), 90*day+minute), "1000", 1, ""},

		{"seven tenths in common", common("5000", "700.00"), "700.00", 1, quoting.ProbableQuote},
		{"a cent less in common", common("5000", "699.99"), "699.99", 1, ""},
		{"a total ten percent lower, and four tenths in common", common("900.00", "400.00"), "400.00", 1, quoting.ProbableQuote},
		{"a cent more than ten percent lower", common("899.99", "400.00"), "400.00", 1, ""},
		{"a total of which mine is ten percent less", common("1111.11", "400.00"), "400.00", 1, quoting.ProbableQuote},
		{"a cent more than that", common("1111.12", "400.00"), "400.00", 1, ""},
		{"a total ten percent lower, and a cent less than four tenths in common", common("900.00", "399.99"), "399.99", 1, ""},
		{"a total ten percent lower, at another number of sites", at(common("900.00", "400.00"), 2), "400.00", 1, ""},
		{"a total ten percent lower, where both are parts and have no sites", at(common("900.00", "400.00"), 0), "400.00", 0, ""},

		{"another rep's with half in common", by(common("5000", "500.00"), morgan), "500.00", 1, quoting.OthersQuote},
		{"another rep's with a cent less", by(common("5000", "499.99"), morgan), "499.99", 1, ""},
		{"another rep's of 60 days ago", ago(by(common("5000", "500.00"), morgan), 60*day), "500.00", 1, quoting.OthersQuote},
		{"another rep's of a minute before that", ago(by(common("5000", "500.00"), morgan), 60*day+minute), "500.00", 1, ""},
		{"another rep's with the same total and less than half in common", by(common("1000", "400.00"), morgan), "400.00", 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mine := at(offered(1002, "1000", offeredLine("R", tc.mine)), tc.sites)
			var kind quoting.DuplicateKind
			found := quoting.Duplicates(policy, mine, []quoting.Offer{tc.other}, noon)
			if len(found) > 0 {
				kind = found[0].Kind
			}
			if kind != tc.want {
				t.Errorf("%q, want %q; %d%% in common", kind, tc.want, quoting.Overlap(mine.Lines, tc.other.Lines, policy.Duplicates.AlikeLine))
			}
		})
	}
}

func TestARepsOwnQuotesAreComparedForAsLongAsThePolicySays(t *testing.T) {
	t.Parallel()
	shorter := edited(t, "probable_days: 90", "probable_days: 30")
	old := offered(1001, "1000", offeredLine("R", "1000"))
	old.CreatedAt = noon.AddDate(0, 0, -45)
	mine := offered(1002, "1000", offeredLine("R", "1000"))
	if found := quoting.Duplicates(shorter, mine, []quoting.Offer{old}, noon); len(found) > 0 {
		t.Errorf("of 45 days ago, where 30 count: %+v", found)
	}
	old.Owner = morgan.ID
	if found := quoting.Duplicates(shorter, mine, []quoting.Offer{old}, noon); len(found) != 1 || found[0].Kind != quoting.OthersQuote {
		t.Errorf("another rep's, where 60 days count: %+v", found)
	}
}

func TestTheLatestDuplicateComesFirst(t *testing.T) {
	t.Parallel()
	var others []quoting.Offer
	for i, days := range []int{20, 3, 60, 0} {
		o := offered(quoting.QuoteID(1001+i), "1000", offeredLine("R", "1000"))
		o.CreatedAt = noon.AddDate(0, 0, -days)
		others = append(others, o)
	}
	var got []quoting.QuoteID
	for _, d := range quoting.Duplicates(demoPolicy(t), offered(1010, "1000", offeredLine("R", "1000")), others, noon) {
		got = append(got, d.Other.Quote)
	}
	if want := []quoting.QuoteID{1004, 1002, 1001, 1003}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestNamesAreOneFamilyFromElevenTwentiethsOn(t *testing.T) {
	t.Parallel()
	limits := demoPolicy(t).Duplicates
	for _, tc := range []struct {
		name, a, b string
		want       bool
	}{
		{"11 trigrams of 20", "Acmes Bcde", "Acmes Bcde Fghijklm", true},
		{"11 trigrams of 21", "Acmes Bcde", "Acmes Bcde Fghijklmn", false},
		{"6 trigrams of 11", "Acmes", "Acmes Bcde", false},
		{"6 trigrams of 10", "Acmes", "Acmes Bcd", true},
		{"as many, behind another first word", "Acmes Bcde", "Abend Acmes Bcde", false},
		{"a name that is punctuation", "Acmes", "A.", false},
		{"two names without a letter", "--", "--", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, b := quoting.Customer{ID: 1, Name: tc.a}, quoting.Customer{ID: 2, Name: tc.b}
			if got := quoting.Family(limits, a, b); got != tc.want || quoting.Family(limits, b, a) != tc.want {
				t.Errorf("%t, want %t", got, tc.want)
			}
		})
	}
}

func TestSmallQuotesThatAreOneLargeOneAreJudgedAsOne(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	both := []quoting.OfferLine{offeredLine("R", "700"), offeredLine("B", "300")}
	part := func(id quoting.QuoteID, amount string, change ...func(*quoting.Offer)) quoting.Offer {
		o := offered(id, amount, both...)
		for _, c := range change {
			c(&o)
		}
		return o
	}
	ago := func(age time.Duration) func(*quoting.Offer) {
		return func(o *quoting.Offer) { o.CreatedAt = noon.Add(-age) }
	}
	const minute, day = time.Minute, 24 * time.Hour
	for _, tc := range []struct {
		name   string
		mine   string
		others []quoting.Offer
		amount string // empty: it is no part of anything
		with   []quoting.QuoteID
	}{
		{"alone", "50000.00", nil, "", nil},
		{"together the limit itself", "25000.00", []quoting.Offer{part(1001, "25000.00")}, "", nil},
		{"together a cent over it", "25000.01", []quoting.Offer{part(1001, "25000.00")}, "50000.01", []quoting.QuoteID{1001}},
		{"three, by their numbers", "20000", []quoting.Offer{part(1003, "20000"), part(1001, "15000")}, "55000", []quoting.QuoteID{1001, 1003}},
		{"each at the limit", "50000.00", []quoting.Offer{part(1001, "50000.00")}, "100000.00", []quoting.QuoteID{1001}},
		{"one that is over the limit by itself", "40000", []quoting.Offer{part(1001, "50000.01")}, "", nil},
		{"mine is over the limit by itself", "50000.01", []quoting.Offer{part(1001, "40000")}, "", nil},
		{"of 14 days ago", "40000", []quoting.Offer{part(1001, "40000", ago(14*day))}, "80000", []quoting.QuoteID{1001}},
		{"of a minute before that", "40000", []quoting.Offer{part(1001, "40000", ago(14*day+minute))}, "", nil},
		{"with half of the items", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) { o.Lines = both[:1] })}, "80000", []quoting.QuoteID{1001}},
		{"with a third of the items", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) {
			o.Lines = []quoting.OfferLine{both[0], offeredLine("X", "300")}
		})}, "", nil},
		{"by another rep", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) { o.Owner = morgan.ID })}, "80000", []quoting.QuoteID{1001}},
		{"to a company of the family", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) {
			o.Customer = quoting.Customer{ID: 7, Name: "Toledo Yard", Parent: acme.ID}
		})}, "80000", []quoting.QuoteID{1001}},
		{"to another customer", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) {
			o.Customer = quoting.Customer{ID: 7, Name: "Zebra"}
		})}, "", nil},
		{"that has ended", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) { o.Open = false })}, "", nil},
		{"in another currency", "40000", []quoting.Offer{part(1001, "40000", func(o *quoting.Offer) { o.Amount.Currency = "CAD" })}, "", nil},
		{"itself", "40000", []quoting.Offer{part(1009, "40000")}, "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			amount, with, split := quoting.Together(policy, part(1009, tc.mine), tc.others, noon)
			if split != (tc.amount != "") || !slices.Equal(with, tc.with) || split && !amount.Equal(dollars(tc.amount)) || !split && !amount.IsZero() {
				t.Errorf("%s with %v, %t; want %q with %v", amount, with, split, tc.amount, tc.with)
			}
		})
	}
}

func TestAPartOfSomethingLargerIsApprovedAsTheWhole(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	for _, tc := range []struct {
		name, mine, other string
		level             int // 0: nobody is asked
		sentence          string
	}{
		{"at most the limit together", "25000.00", "25000.00", 0, ""},
		{"over the first limit together", "25000.00", "25000.01", 1, "With Q-1001 it comes to $50,000.01: they are judged as one amount."},
		{"at the second limit together", "50000.00", "50000.00", 1, "With Q-1001 it comes to $100,000.00: they are judged as one amount."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := whole(policy, func(v *quoting.Version) { v.Priced.Amount, v.Priced.Total = dollars(tc.mine), dollars(tc.mine) })
			other := offered(1001, tc.other, offeredLine("BAT-B", "2000"))
			v.Beside(policy, quoting.Quote{ID: 1002, Owner: riley.ID, State: quoting.Open}, []quoting.Offer{other}, noon)
			var want []quoting.ApprovalNeed
			if tc.level > 0 {
				want = []quoting.ApprovalNeed{{
					Rule: "splitting", Branch: quoting.CommercialBranch, Level: tc.level, Role: quoting.SalesManager,
					Measured: sumOf(t, dollars(tc.mine), dollars(tc.other)).Text(), Sentence: tc.sentence, ForRep: tc.sentence,
				}}
			}
			if diff := cmp.Diff(want, v.Approvals); diff != "" || len(v.System.Findings) > 0 {
				t.Errorf("%+v, -want +got\n%s", v.System.Findings, diff)
			}
		})
	}
	third := whole(policy, func(v *quoting.Version) { v.Priced.Amount = dollars("50000") })
	others := []quoting.Offer{offered(1003, "50000", offeredLine("BAT-B", "1")), offered(1001, "0.01", offeredLine("BAT-B", "1"))}
	third.Beside(policy, quoting.Quote{ID: 1002, Owner: riley.ID, State: quoting.Open}, others, noon)
	text := "With Q-1001, Q-1003 it comes to $100,000.01: they are judged as one amount."
	want := []quoting.ApprovalNeed{{
		Rule: "splitting", Branch: quoting.CommercialBranch, Level: 2, Role: quoting.Finance, Measured: "100000.01", Sentence: text, ForRep: text,
	}}
	if diff := cmp.Diff(want, third.Approvals); diff != "" {
		t.Errorf("of three parts: -want +got\n%s", diff)
	}
}

func TestADuplicateBlocksUntilItsOwnerSaysWhatItIs(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	again := func(change ...func(*quoting.Quote, *quoting.Version)) (quoting.Quote, quoting.Version) {
		q, v := draft(t, change...)
		q.ID, v.Quote = 1002, 1002
		v.System.Findings, v.Approvals = nil, nil
		return q, v
	}
	first, was := draft(t)
	hourAgo := quoting.OfferOf(first, was)
	hourAgo.CreatedAt = noon.Add(-time.Hour)
	daysAgo, others := hourAgo, hourAgo
	daysAgo.CreatedAt, others.Owner = noon.AddDate(0, 0, -3), morgan.ID
	nobodys := func(_ *quoting.Quote, v *quoting.Version) { v.Customer = quoting.Customer{} }
	const rule = "duplicate of Q-1001"
	text := func(day string) string {
		return "This looks like Q-1001 of " + day + " for Acme Construction, at " + was.Priced.Total.Display() + ". Open that one, or say that this is another one."
	}
	finding := func(day, overridden string, same bool) []quoting.Finding {
		button := func(title string) quoting.Remedy {
			return quoting.Remedy{Title: title, Changes: []quoting.Change{{Op: "override", Field: rule, Value: title}}}
		}
		return []quoting.Finding{{
			Rule: rule, Severity: quoting.Blocking, Commercial: true, Other: 1001, Same: same, Overridden: overridden, Sentence: text(day),
			Remedies: []quoting.Remedy{button("Another project"), button("Another site")},
		}}
	}
	for _, tc := range []struct {
		name   string
		other  quoting.Offer
		change func(*quoting.Quote, *quoting.Version)
		want   []quoting.Finding
		same   quoting.QuoteID
	}{
		{"the same of an hour ago", hourAgo, func(*quoting.Quote, *quoting.Version) {}, finding("25 November", "", true), 1001},
		{"the same of three days ago", daysAgo, func(*quoting.Quote, *quoting.Version) {}, finding("22 November", "", false), 0},
		{"with a reason", daysAgo, func(_ *quoting.Quote, v *quoting.Version) {
			v.Request.Overrides = []quoting.Override{{Rule: rule, Reason: "Another site"}}
		}, finding("22 November", "Another site", false), 0},
		{"with a reason for another one", daysAgo, func(_ *quoting.Quote, v *quoting.Version) {
			v.Request.Overrides = []quoting.Override{{Rule: "duplicate of Q-1000", Reason: "Another site"}}
		}, finding("22 November", "", false), 0},
		{"another rep's is told to both and blocks nothing", others, func(*quoting.Quote, *quoting.Version) {}, nil, 0},
		{"for nobody yet", hourAgo, nobodys, nil, 0},
		{"for a new customer of that name", daysAgo, func(_ *quoting.Quote, v *quoting.Version) {
			v.Customer = quoting.Customer{Name: "ACME Construction"}
		}, finding("22 November", "", false), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q, v := again(tc.change)
			v.Beside(policy, q, []quoting.Offer{tc.other}, noon)
			if diff := cmp.Diff(tc.want, v.System.Findings); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if id, same := v.Same(); id != tc.same || same != (tc.same != 0) {
				t.Errorf("it repeats %s, %t; want %s", id, same, tc.same)
			}
			blocked := len(tc.want) > 0 && tc.want[0].Overridden == ""
			if err := quoting.SubmitProblem(policy, q, v, riley.ID, noon); v.Customer.Name != "" && blocked != (err != nil && strings.Contains(err.Error(), "This looks like Q-1001")) {
				t.Errorf("submitted it says %v, blocked %t", err, blocked)
			}
		})
	}
}

// Shares of a value add up, whoever's quote is compared with whose, and as much of everything
// is always the same need once more.
func TestAnOverlapIsAShareEitherWay(t *testing.T) {
	t.Parallel()
	lines := rapid.Custom(func(t *rapid.T) []quoting.OfferLine {
		var all []quoting.OfferLine
		for _, sku := range rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "D"}), 0, 6).Draw(t, "items") {
			cents := rapid.IntRange(1, 100_000).Draw(t, sku)
			all = append(all, offeredLine(sku, fmt.Sprintf("%d.%02d", cents/100, cents%100)))
		}
		return all
	})
	rapid.Check(t, often(func(t *rapid.T) {
		a, b, alike := lines.Draw(t, "a"), lines.Draw(t, "b"), rapid.IntRange(1, 100).Draw(t, "alike")
		there, back := quoting.Overlap(a, b, alike), quoting.Overlap(b, a, alike)
		if there != back || there < 0 || there > 100 {
			t.Fatalf("%d and %d", there, back)
		}
		if stricter := quoting.Overlap(a, b, min(alike+10, 100)); stricter > there {
			t.Fatalf("where lines have to be more alike %d%% are, not %d%%", stricter, there)
		}
		if len(a) > 0 && quoting.Overlap(a, rapid.Permutation(a).Draw(t, "order"), alike) != 100 {
			t.Fatalf("%v has less than all in common with itself", a)
		}
		if there > 0 && quoting.ItemsInCommon(a, b) == 0 {
			t.Fatalf("%d%% of the value and none of the items", there)
		}
	}))
}

func BenchmarkDuplicatesAmong10000(b *testing.B) {
	policy := demoPolicy(b)
	y := year(b, 4, 1000, 100)
	var others []quoting.Offer
	for range 10 {
		others = append(others, y.offers...)
	}
	mine := y.offers[len(y.offers)-1]
	mine.Quote = 1
	for b.Loop() {
		quoting.Duplicates(policy, mine, others, mine.CreatedAt)
	}
}
