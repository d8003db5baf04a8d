package cards_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/cards"
	"radioquote/quoting"
)

func TestAResultIsALineAndTheCardForEverybody(t *testing.T) {
	t.Parallel()
	found := func(change func(*quoting.FoundQuote)) quoting.FoundQuote {
		f := quoting.NewFoundQuote(quoting.Quote{ID: 1001, Current: 2, State: quoting.Open}, quoting.Version{Number: 2, State: quoting.Pending, Request: quoting.Request{Users: 40}, Customer: quoting.Customer{Name: "Acme"}, Approvals: []quoting.ApprovalNeed{{Branch: quoting.CommercialBranch, Level: 1}}})
		change(&f)
		return f
	}
	for _, tc := range []struct {
		name        string
		quote       quoting.FoundQuote
		title, text string
	}{
		{"a quote", found(func(*quoting.FoundQuote) {}), "Q-1001 v2 · Waiting for approval", "Acme · 40 radios"},
		{"without a customer", found(func(f *quoting.FoundQuote) { f.Customer = "" }), "Q-1001 v2 · Waiting for approval", "No customer yet · 40 radios"},
		{"of parts", found(func(f *quoting.FoundQuote) { f.Users = 0 }), "Q-1001 v2 · Waiting for approval", "Acme"},
		{"one that is won", found(func(f *quoting.FoundQuote) { f.QuoteState = quoting.Won }), "Q-1001 v2 · Won", "Acme · 40 radios"},
	} {
		r := cards.QuoteResult(tc.quote)
		if r.Title != tc.title || r.Text != tc.text {
			t.Errorf("%s: %q, %q", tc.name, r.Title, r.Text)
		}
		if strings.Contains(string(r.Card.JSON), "Acme") || !strings.Contains(string(r.Card.JSON), `"refresh":{"action":{"type":"Action.Execute","verb":"view","data":{"verb":"view","quote":"Q-1001","version":2}}}`) {
			t.Errorf("%s: the card is %s", tc.name, r.Card.JSON)
		}
	}
	price := quoting.ListPrice{SKU: "BAT-C", Name: "Battery", Price: quoting.MustMoney("112.00", quoting.USD), From: 12, BreakPrice: quoting.MustMoney("106.40", quoting.USD)}
	if r := cards.PriceResult(quoting.English, price); r.Title != "BAT-C · Battery" || r.Text != "$112.00 · $106.40 from 12" {
		t.Errorf("a price: %q, %q", r.Title, r.Text)
	}
	price.From = 0
	if r := cards.PriceResult(quoting.English, price); r.Text != "$112.00" {
		t.Errorf("a price without a break: %q", r.Text)
	}
}

func TestAListPriceIsToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	price := quoting.ListPrice{SKU: "BAT-C", Name: "Battery", Price: quoting.MustMoney("1112.00", quoting.USD), From: 12, BreakPrice: quoting.MustMoney("106.40", quoting.USD)}
	r := cards.PriceResult(quoting.SpanishEurope, price)
	for _, text := range []string{"Precio de lista", "Cada uno desde 12", "Precio de hoy", "1.112,00"} {
		if !strings.Contains(string(r.Card.JSON), text) {
			t.Errorf("no %q in %s", text, r.Card.JSON)
		}
	}
	if !strings.Contains(r.Text, "desde 12") {
		t.Errorf("listed as %q", r.Text)
	}
}

// Teams reads HTML in a preview.
func TestNoNameIsMarkupInALineOfResults(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		f := quoting.FoundQuote{RoomView: quoting.RoomView{Quote: 1001, Version: 1, State: quoting.Draft, QuoteState: quoting.Open}, Customer: name}
		for _, r := range []cards.Result{cards.QuoteResult(f), cards.PriceResult(quoting.English, quoting.ListPrice{SKU: name, Name: name, Price: quoting.MustMoney("1.00", quoting.USD)})} {
			if strings.ContainsAny(r.Title+r.Text, "<>\n") || r.Title == "" {
				t.Fatalf("%q is listed as %q, %q", name, r.Title, r.Text)
			}
			if !json.Valid(r.Card.JSON) {
				t.Fatalf("%q has no card", name)
			}
		}
	})
}

func TestTheButtonOfAListPriceNamesItsItem(t *testing.T) {
	t.Parallel()
	cmd, err := cards.Parse(json.RawMessage(`{"verb":"today","slots":{"sku":"BAT-C"}}`))
	if err != nil || cmd.Intent != quoting.TodaysPrice || cmd.Slots.SKU != "BAT-C" || cmd.Click != nil {
		t.Errorf("%+v, %v", cmd, err)
	}
	if _, err := cards.Parse(json.RawMessage(`{"verb":"today"}`)); err == nil {
		t.Error("a button for no item is one")
	}
}
