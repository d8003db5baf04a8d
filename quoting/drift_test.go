package quoting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/quoting"
)

func known(text string) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: decimal.MustParse(text), Valid: true}
}

func TestADriftNamesWhatQuotesAreMadeFromAndWhatNetSuiteHas(t *testing.T) {
	t.Parallel()
	item := quoting.Item{SKU: "BAT-B", Costs: quoting.Costs{Average: known("35")}}
	for _, tc := range []struct {
		name   string
		change quoting.ItemChange
		want   []quoting.Drift
	}{
		{"gone", quoting.ItemChange{Item: item, Known: true, Gone: true}, []quoting.Drift{{Kind: quoting.DriftItem, Subject: "BAT-B", Ours: "there", Theirs: "gone"}}},
		{"new", quoting.ItemChange{Item: item}, []quoting.Drift{{Kind: quoting.DriftItem, Subject: "BAT-B", Ours: "not there", Theirs: "new"}}},
		{"the same cost by another number of zeros", quoting.ItemChange{Item: item, Known: true, Was: quoting.Costs{LastPurchase: known("35.00")}}, nil},
		{"a cost where there was none", quoting.ItemChange{Item: item, Known: true}, []quoting.Drift{{Kind: quoting.DriftCost, Subject: "BAT-B", Ours: "none", Theirs: "35"}}},
		{"a price", quoting.ItemChange{Item: item, Known: true, Was: item.Costs, Prices: []quoting.PriceChange{{Level: quoting.BaseLevel, Currency: quoting.USD, From: 12, Old: known("64.60")}}},
			[]quoting.Drift{{Kind: quoting.DriftPrice, Subject: "BAT-B (Base from 12, USD)", Ours: "64.60", Theirs: "none"}}},
		{"a customer's price", quoting.ItemChange{Item: item, Known: true, Was: item.Costs, Prices: []quoting.PriceChange{{Customer: 7, New: known("60")}}},
			[]quoting.Drift{{Kind: quoting.DriftPrice, Subject: "BAT-B (customer 7)", Ours: "none", Theirs: "60"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.change.Drifts(demoPolicy(t))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestALivePriceSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	for want, price := range map[string]quoting.LivePrice{
		"68.00 USD": {Price: dollars("68"), Sellable: true}, "not sellable": {}, "unknown": {Unknown: true, Sellable: true},
	} {
		if price.String() != want {
			t.Errorf("%+v reads %q", price, price.String())
		}
	}
}

func TestABookListsWhatIsSoldAndToWhom(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	c.Items[5].Inactive = true
	c.Customers = []quoting.Customer{
		{ID: 3, Name: "Acme Construction", Currency: quoting.USD}, {ID: 1, Name: "Maple Ltd", Currency: "CAD"}, {ID: 2, Name: "Acme Inc.", Currency: quoting.USD, Inactive: true}, {ID: 4, Name: "Zenith", Currency: quoting.USD},
	}
	book := bookOf(t, c)
	sold := book.Sold()
	if len(sold) != len(c.Items)-2 || !slices.IsSortedFunc(sold, func(a, b quoting.Item) int { return strings.Compare(a.SKU, b.SKU) }) {
		t.Errorf("%d of %d items are sold", len(sold), len(c.Items))
	}
	var buyers []quoting.CustomerID
	for _, b := range book.Buyers(quoting.USD) {
		buyers = append(buyers, b.ID)
	}
	if !slices.Equal(buyers, []quoting.CustomerID{3, 4}) {
		t.Errorf("in dollars buy %v", buyers)
	}
	if like := book.Lookalikes("ACME Constructions", 5); len(like) != 1 || like[0].ID != 3 {
		t.Errorf("like a new customer are %+v", like)
	}
	later := book.Confirmed(c.TakenAt.Add(time.Hour), []quoting.Stock{{Item: 1001, Available: decimal.MustParse("7")}})
	if stock, _ := later.Stock(1001); stock.Available.String() != "7" || !later.TakenAt.Equal(c.TakenAt.Add(time.Hour)) || !book.TakenAt.Equal(c.TakenAt) {
		t.Errorf("confirmed at %s with a stock of %s; before, of %s", later.TakenAt, stock.Available, book.TakenAt)
	}
}

func TestANewCustomerIsLinkedOnlyToOneThatMayBuy(t *testing.T) {
	t.Parallel()
	if a, b := quoting.NameKey("Acme Construction, LLC"), quoting.NameKey("ACME construction llc"); a != b || a == quoting.NameKey("Acme Concrete") {
		t.Errorf("%q and %q", a, b)
	}
	for says, c := range map[string]quoting.Customer{
		"": {Name: "Acme", Currency: quoting.USD}, "inactive": {Name: "Acme", Currency: quoting.USD, Inactive: true}, "credit hold": {Name: "Acme", Currency: quoting.USD, CreditHold: true}, "buys in CAD": {Name: "Acme", Currency: "CAD"},
	} {
		err := quoting.LinkProblem(c, quoting.USD)
		if sentence, _ := quoting.Sentence(err); (err == nil) != (says == "") || err != nil && !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, says) {
			t.Errorf("%+v: %v, want %q", c, err, says)
		}
	}
}

func TestAQuoteEndsByItsOwner(t *testing.T) {
	t.Parallel()
	open := quoting.Quote{ID: 1001, Owner: riley.ID, State: quoting.Open, Estimate: quoting.Synced}
	approved := quoting.Version{Number: 1, State: quoting.Approved}
	with := func(change func(*quoting.Quote)) quoting.Quote {
		q := open
		change(&q)
		return q
	}
	for _, tc := range []struct {
		name   string
		quote  quoting.Quote
		to     quoting.QuoteState
		by     quoting.Person
		reason string
		kind   quoting.Kind // Internal: it may
	}{
		{"won", open, quoting.Won, riley, "", quoting.Internal},
		{"lost, and why", open, quoting.Lost, riley, "too dear", quoting.Internal},
		{"lost without a word", open, quoting.Lost, riley, "", quoting.Invalid},
		{"by somebody else", open, quoting.Lost, morgan, "too dear", quoting.Forbidden},
		{"twice", with(func(q *quoting.Quote) { q.State = quoting.Won }), quoting.Lost, riley, "too dear", quoting.Conflict},
		{"won before its Estimate is there", with(func(q *quoting.Quote) { q.Estimate = quoting.Writing }), quoting.Won, riley, "", quoting.Conflict},
	} {
		if err := quoting.EndProblem(tc.quote, approved, tc.to, tc.by.ID, tc.reason); (err == nil) != (tc.kind == quoting.Internal) || quoting.KindOf(err) != tc.kind {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	refused := with(func(q *quoting.Quote) { q.Estimate = quoting.NeedsAttention })
	for name, problem := range map[string]error{
		"forbidden": quoting.RetryProblem(refused, approved, morgan.ID), "conflict": quoting.RetryProblem(open, approved, riley.ID),
	} {
		if quoting.KindOf(problem).Error() != name {
			t.Errorf("tried again: %v, want %s", problem, name)
		}
	}
	lost := refused
	lost.State = quoting.Lost
	if quoting.RetryProblem(refused, approved, riley.ID) != nil || quoting.RetryProblem(lost, quoting.Version{}, riley.ID) != nil || quoting.KindOf(quoting.RetryProblem(refused, quoting.Version{}, riley.ID)) != quoting.Conflict {
		t.Error("what NetSuite refused is tried again, or not, as it should not be")
	}
}

func TestAnEstimateThatNobodyTouchedIsLeftAlone(t *testing.T) {
	t.Parallel()
	_, v := draft(t)
	ours := v.Estimate("RQ-Q-1001", 1077, noon, "c1")
	theirs := v.Estimate("RQ-Q-1001", 1077, noon, "c2")
	if !ours.LeftAlone(theirs) {
		t.Error("another request's correlation id is a difference")
	}
	theirs.Title = "somebody's"
	if ours.LeftAlone(theirs) {
		t.Error("another title is none")
	}
}
