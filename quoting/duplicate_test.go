package quoting_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

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
