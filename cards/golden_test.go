package cards_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/govalues/decimal"

	"radioquote/cards"
	"radioquote/quoting"
)

var update = flag.Bool("update", false, "write the goldens")

var (
	asked    = quoting.Request{Users: 40}
	complete = quoting.Request{Users: 40, Sites: 3, Industry: "construction"}
	small    = quoting.Request{Users: 25, Sites: 1, Industry: "k12_education"}
	shop     = quoting.Request{Users: 12, Sites: 1, Industry: "retail"}
	guards   = quoting.Request{Users: 120, Sites: 6, Industry: "security"}
)

// verified is a scene whose prices NetSuite has confirmed.
func verified(s *scene) {
	s.version.Check = quoting.Check{State: quoting.Verified, At: now, Method: quoting.ByCreateForm}
}

func pending(s *scene) {
	verified(s)
	s.version.State, s.version.Nonce, s.version.SubmittedAt = quoting.Pending, "7f3c9a", now
}

func decision(action quoting.Action, by quoting.Person, reason string) func(*scene) {
	return func(s *scene) {
		pending(s)
		s.version.State, _ = quoting.Pending.Next(action)
		s.version.Decision = &quoting.Decision{Action: action, By: by.ID, Name: by.Name, Reason: reason, At: now}
	}
}

func seenBy(viewer quoting.Person, change func(*scene)) func(*scene) {
	return func(s *scene) { change(s); s.viewer = viewer }
}

// gallery is a card of every kind, in every state, for everybody who looks.
func gallery(t testing.TB) map[string]cards.Card { return galleryIn(t, quoting.English) }

func galleryIn(t testing.TB, in quoting.Locale) map[string]cards.Card {
	t.Helper()
	d := newDemo(t)
	noCustomer := func(s *scene) { s.version.Customer = quoting.Customer{} }
	quote := func(r quoting.Request, change func(*scene), extra func(*quoting.View)) cards.Card {
		return cards.Quote(d.view(t, r, change, extra).In(in))
	}
	approval := func(r quoting.Request, change func(*scene), extra func(*quoting.View)) cards.Card {
		return cards.Approval(d.view(t, r, change, extra).In(in))
	}
	hostile := quoting.Customer{ID: 666, EntityID: "**C**", Name: "<at>Morgan</at> [win](http://evil.example) **free** # 1\n- {{TIME(2026-01-01T00:00:00Z)}} \u202e$0.01"}
	notice := func(n quoting.Notice) cards.Card { return cards.Notice(n.In(in)) }
	room := func(r quoting.RoomView) cards.Card { return cards.Room(r.In(in)) }
	all := map[string]cards.Card{
		"draft-assumed":  quote(asked, noCustomer, func(v *quoting.View) { v.Reading = "about 40 radios" }),
		"draft-complete": quote(complete, nil, nil),
		"draft-verified": quote(small, verified, nil),
		"draft-moved": quote(shop, func(s *scene) {
			s.version.Check = quoting.Check{State: quoting.Moved, At: now, Moved: []quoting.MovedPrice{
				{SKU: "RDG-P10U", From: quoting.MustMoney("222.13", quoting.USD), To: quoting.MustMoney("230.00", quoting.USD), Sellable: true},
				{SKU: "BAT-A", From: quoting.MustMoney("46.00", quoting.USD)},
			}}
		}, func(v *quoting.View) {
			v.Changes = []string{"Sites: 2 → 1"}
		}),
		"draft-unverified": quote(shop, func(s *scene) {
			s.version.Check.State = quoting.Unverified
			s.at = now.Add(3 * time.Hour)
		}, nil),
		"draft-old-prices": quote(shop, func(s *scene) {
			s.version.Check.State = quoting.Unverified
			s.at = now.Add(30 * time.Hour)
		}, nil),
		"draft-neighbour": quote(quoting.Request{Users: 24, Sites: 3, Industry: "construction"}, verified, func(v *quoting.View) {
			v.Alternatives = []quoting.Alternative{{Title: "PoC (push-to-talk over LTE) instead", Why: "8 radios a site: a repeater cannot pay for fewer than 8.", Total: quoting.MustMoney("18222.40", quoting.USD),
				Changes: []quoting.Change{{Op: "set", Field: "technology", Value: "poc"}}}}
		}),
		"draft-candidates": quote(shop, noCustomer, func(v *quoting.View) {
			v.CustomerText = "acme"
			for i, name := range []string{"Acme Logistics", "Acme Schools", "Acme Schools of Springfield", "Acme Mining"} {
				v.Candidates = append(v.Candidates, quoting.Customer{ID: quoting.CustomerID(501 + i), EntityID: "C-" + text(501+i), Name: name})
			}
		}),
		"draft-unknown-customer": quote(shop, noCustomer, func(v *quoting.View) { v.CustomerText = "Zebra Holdings" }),
		"draft-warning":          quote(quoting.Request{Users: 12, Sites: 4, Industry: "warehouse_logistics"}, verified, nil),
		"draft-blocked":          quote(quoting.Request{Users: 12, Sites: 1, Industry: "retail", Edits: []quoting.Edit{{Op: "swap", SKU: "BAT-A", To: "BAT-C"}}}, verified, nil),
		"draft-discount": quote(quoting.Request{Users: 25, Sites: 1, Industry: "k12_education", Terms: quoting.Terms{
			Header: &quoting.HeaderDiscount{Percent: &quoting.Number{Decimal: decimal.MustParse("7.5")}}, Payment: "NET45",
			Discounts: []quoting.LineDiscount{{Scope: "accessories", Percent: quoting.Number{Decimal: decimal.MustParse("10")}}},
			Locked:    []quoting.LockedPrice{{SKU: "SUM-P20U", Unit: quoting.Number{Decimal: decimal.MustParse("350")}}},
		}}, verified, func(v *quoting.View) {
			v.Options = []quoting.Option{
				{Title: "3-year warranty", Total: quoting.MustMoney("1975.00", quoting.USD), Changes: []quoting.Change{{Op: "add", SKU: "WAR-3P", Qty: new(25)}}},
				{Title: "Training", Total: quoting.MustMoney("350.00", quoting.USD), Changes: []quoting.Change{{Op: "add", SKU: "SVC-TRAIN", Qty: new(1)}}},
			}
		}),
		"draft-parts":        quote(quoting.Request{Items: []quoting.ItemWish{{Item: "battery", Qty: new(24)}, {Item: "charger_6bank", Qty: new(2)}}}, verified, nil),
		"draft-hostile":      quote(shop, func(s *scene) { s.version.Customer = hostile }, func(v *quoting.View) { v.Reading = hostile.Name }),
		"draft-saving":       quote(quoting.Request{Users: 49, Sites: 10, Industry: "property_management"}, verified, nil),
		"draft-poc":          quote(guards, verified, nil),
		"draft-10000":        quote(quoting.Request{Users: 10000, Sites: 1000, Industry: "security"}, verified, nil),
		"draft-for-manager":  quote(guards, seenBy(morgan, verified), nil),
		"engineering-review": quote(quoting.Request{Users: 60, Sites: 2, Industry: "public_safety"}, nil, nil),
		"pending":            quote(guards, pending, nil),
		"pending-prices": quote(shop, func(s *scene) {
			pending(s)
			s.version.Check = quoting.Check{State: quoting.Unverified}
			s.version.Approvals = nil
		}, nil),
		"approved-writing": quote(guards, func(s *scene) {
			decision(quoting.Approve, morgan, "")(s)
			s.quote.Estimate = quoting.Writing
		}, nil),
		"approved-synced": quote(guards, func(s *scene) {
			decision(quoting.Approve, morgan, "")(s)
			s.quote.Estimate = quoting.Synced
		}, nil),
		"won": quote(guards, func(s *scene) {
			decision(quoting.Approve, morgan, "")(s)
			s.quote.State, s.quote.Estimate = quoting.Won, quoting.Synced
		}, func(v *quoting.View) { v.EstimateNumber, v.SalesOrder = "EST7001", "SO7002" }),
		"draft-new-customer": quote(shop, func(s *scene) {
			verified(s)
			s.version.Check.Method = quoting.ByPriceRows
			s.version.Customer = quoting.Customer{Name: "Zebra Holdings", Currency: quoting.USD}
		}, nil),
		"draft-refused-customer": quote(shop, func(s *scene) {
			s.version.Check = quoting.Check{State: quoting.Unverified, Method: quoting.ByCreateForm, Problem: "NetSuite takes no Estimate for Acme Construction now: it may be inactive. Ask finance."}
		}, nil),
		"approved-by-policy": quote(shop, func(s *scene) {
			decision(quoting.Approve, quoting.Person{}, "")(s)
			s.quote.Estimate = quoting.Synced
		}, nil),
		"approved-needs-attention": quote(guards, func(s *scene) {
			decision(quoting.Approve, morgan, "")(s)
			s.quote.Estimate, s.quote.Attention = quoting.NeedsAttention, "NetSuite refused it: the customer is inactive."
		}, nil),
		"rejected":      quote(guards, decision(quoting.Reject, morgan, "Too many portables for three sites. Ask them about shift sharing first."), nil),
		"draft-refused": quote(shop, verified, func(v *quoting.View) { v.Banner = "Q-1001 is at version 2 now; this card was version 1." }),
		"approval-refused": approval(complete, seenBy(morgan, pending), func(v *quoting.View) {
			v.Banner = "NetSuite has not confirmed the prices yet, so nothing is decided."
		}),
		"superseded": quote(guards, func(s *scene) { s.version.State, s.quote.Current = quoting.Superseded, 3 }, nil),
		"expired":    quote(shop, func(s *scene) { verified(s); s.quote.State = quoting.Expired }, nil),

		"approval-open": approval(complete, seenBy(morgan, pending), func(v *quoting.View) {
			v.Changes = []string{"Users: 38 → 40.", "Total: $48,310.20 → $50,707.70."}
		}),
		"approval-unverified": approval(complete, seenBy(morgan, func(s *scene) {
			pending(s)
			s.version.Check = quoting.Check{State: quoting.Unverified}
		}), nil),
		"approval-cannot-decide": approval(complete, seenBy(person("3", "Fran Finance", quoting.Finance), pending), nil),
		"approval-approved":      approval(complete, seenBy(morgan, decision(quoting.Approve, morgan, "")), nil),
		"approval-rejected":      approval(complete, seenBy(morgan, decision(quoting.Reject, morgan, "Ask about shifts first.")), nil),
		"approval-large": approval(quoting.Request{Users: 120, Sites: 6, Industry: "construction", Terms: quoting.Terms{Payment: "NET60"}}, seenBy(person("3", "Finn Finance", quoting.Finance), func(s *scene) {
			pending(s)
			s.version.Waits = true
			s.version.Steps = []quoting.StepDecision{{Branch: quoting.CommercialBranch, Level: 1, By: morgan.ID, Name: morgan.Name, At: now}}
		}), func(v *quoting.View) {
			v.Opinions = []quoting.Opinion{{Name: "Eve Engineer", Text: "2 × APX-R50U: ok", AskedAt: now}, {Name: "Olive Owner", AskedAt: now}}
		}),
		"approval-sign-in": approval(complete, seenBy(morgan, pending), func(v *quoting.View) { v.SignIn = "https://quotes.example/step-up/ABCDEFGHIJKLMNOPQRSTUVWXYZ" }),
		"approval-opinion": approval(complete, seenBy(person("6", "Eve Engineer", quoting.Engineering), pending), func(v *quoting.View) { v.CanOpine = true }),
		"approval-next": approval(complete, seenBy(morgan, decision(quoting.Approve, morgan, "")), func(v *quoting.View) {
			v.Next = &quoting.NextDecision{Quote: 1002, Title: "Q-1002 · Crestview Hotels · $61,341.29", Left: 3}
		}),
		"changes-requested": quote(complete, func(s *scene) {
			decision(quoting.RequestChanges, morgan, "OK!")(s)
			s.version.Decision.Offer = &quoting.Offered{Changes: []quoting.Change{{Op: "set", Field: "discount_pct", Value: quoting.Number{Decimal: decimal.MustParse("8")}}}}
		}, nil),
		"recalled": quote(complete, func(s *scene) { pending(s); s.version.State = quoting.Recalled }, nil),
		"draft-carried": quote(quoting.Request{Users: 120, Sites: 6, Industry: "construction", Terms: quoting.Terms{Payment: "NET60"}}, func(s *scene) {
			verified(s)
			s.version.Steps = []quoting.StepDecision{{Branch: quoting.CommercialBranch, Level: 1, By: morgan.ID, Name: morgan.Name, At: now, CarriedFrom: 1}}
		}, nil),
		"draft-all-carried": quote(guards, func(s *scene) {
			verified(s)
			s.version.Steps = []quoting.StepDecision{{Branch: quoting.CommercialBranch, Level: 1, By: morgan.ID, Name: morgan.Name, At: now, CarriedFrom: 1}}
		}, nil),
		"approval-outdated": approval(complete, seenBy(morgan, func(s *scene) { pending(s); s.quote.Current = 3 }), nil),

		"room":          room(d.room(t, complete, nil, nil)),
		"room-waiting":  room(d.room(t, guards, pending, nil)),
		"room-approved": room(d.room(t, guards, decision(quoting.Approve, morgan, ""), nil)),
		"room-refused":  room(d.room(t, complete, nil, refused)),
		"room-shared":   room(d.room(t, guards, verified, shared)),
		"room-shared-terms": room(d.room(t, quoting.Request{Users: 20, Sites: 1, Industry: "construction", RentalWeeks: 2, Terms: quoting.Terms{
			Header: &quoting.HeaderDiscount{Percent: &quoting.Number{Decimal: decimal.MustParse("5")}},
		}}, verified, shared)),
		"room-inserted": room(d.room(t, complete, nil, func(r *quoting.RoomView, _ quoting.Version) { r.Users, r.Carried = nil, true })),
		"room-closed":   room(quoting.RoomView{Quote: 1001, Version: 2, Banner: "What is in Q-1001 is for its owner's team. Ask its owner to share it here."}),
		"list-price": cards.ListPrice(in, quoting.ListPrice{
			SKU: "CHG-6B", Name: "6-bank multi-unit charger, A/B/D", At: pricesAt,
			Price: quoting.MustMoney("455.00", quoting.USD), From: 6, BreakPrice: quoting.MustMoney("441.35", quoting.USD),
		}),
		"list-price-service": cards.ListPrice(in, quoting.ListPrice{SKU: "SVC-LAB", Name: "Field technician labour, per hour", At: pricesAt, Price: quoting.MustMoney("125.00", quoting.USD)}),
		"room-sealed":        cards.Sealed(quoting.SealedNotice{Message: 7, For: "Riley Rep", UserID: "29:riley"}.In(in)),
		"room-own":           quote(small, inRoom(verified), func(v *quoting.View) { v.UserID = "29:riley" }),
		"room-own-shared":    quote(small, inRoom(verified), func(v *quoting.View) { v.UserID, v.Shared = "29:riley", true }),
		"room-approval":      approval(guards, inRoom(seenBy(morgan, pending)), func(v *quoting.View) { v.UserID = "29:morgan" }),
		"room-rejected":      quote(guards, inRoom(decision(quoting.Reject, morgan, "A margin of 31.20% is too thin.")), func(v *quoting.View) { v.UserID = "29:riley" }),

		"notice-industry": notice(quoting.Notice{
			Title: "“skool” is not an industry that we quote for", Text: "Did you mean one of these?",
			Choices: []quoting.Choice{
				{Title: "K-12 education", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(25), Sites: new(1), Industry: "k12_education"}}},
				{Title: "Higher education", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(25), Sites: new(1), Industry: "higher_education"}}},
				{Title: "Government and municipal", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(25), Sites: new(1), Industry: "government_municipal"}}},
				{Title: "Healthcare", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(25), Sites: new(1), Industry: "healthcare"}}},
			},
		}),
		"notice-held": notice(quoting.Notice{
			Title: "Prices held: 2 items",
			Text:  "NetSuite's new prices look wrong. Quotes go on at the last good ones until you decide.",
			Points: []string{
				"BAT-C: A price moved from 95.00 to 950.00, a factor of ten: a slipped decimal? (Base from 1, USD)",
				"LEG-CHG1: The cost of 61 is over the list price of 49.",
			},
			Choices: []quoting.Choice{
				{Title: "Release BAT-C", Command: quoting.Command{Intent: quoting.ReleasePrices, Click: &quoting.Click{Holds: []int64{1}}}},
				{Title: "Release LEG-CHG1", Command: quoting.Command{Intent: quoting.ReleasePrices, Click: &quoting.Click{Holds: []int64{2}}}},
				{Title: "Release all 2", Command: quoting.Command{Intent: quoting.ReleasePrices, Click: &quoting.Click{Holds: []int64{1}, HoldsTo: 2}}},
				{Title: "Refuse all 2", Command: quoting.Command{Intent: quoting.RefusePrices, Click: &quoting.Click{Holds: []int64{1}, HoldsTo: 2}}},
			},
		}),
		"notice-link": notice(quoting.Notice{
			Title: "Is this customer new?", Quote: 1001, Version: 2,
			Text: "Q-1001 v2 is approved for Acme Constructions, whom NetSuite does not know. It has these, though. Which is it? The approved prices stay as they are.",
			Choices: []quoting.Choice{
				{Title: "Acme Construction (CUS4001)", Command: quoting.Command{Intent: quoting.LinkCustomer, Click: &quoting.Click{Quote: 1001, Version: 2, Customer: 4001}}},
				{Title: "None: make it new", Command: quoting.Command{Intent: quoting.LinkCustomer, Click: &quoting.Click{Quote: 1001, Version: 2}}},
			},
		}),
		"notice-late-click": notice(quoting.Notice{
			Text: "Q-1001 v2 is already approved, by Morgan Manager at 14:02 UTC.", Quote: 1001, Version: 2,
			Choices: []quoting.Choice{{Title: "Open Q-1001", Command: quoting.Command{Intent: quoting.ShowQuote, Click: &quoting.Click{Quote: 1001, Version: 2}}}},
		}),
		"notice-plain": notice(quoting.Notice{Text: "12.5 radios: a number of radios is whole. Did you mean 12 or 13?"}),
		"help": notice(quoting.Notice{
			Title: "I price two-way radio systems", Text: "Tell me how many radios, at how many sites, for which industry and customer.",
			Examples: []string{"quote 40 radios for 3 sites", "status"},
		}),
		"not-understood": notice(quoting.Notice{Text: "I did not get that. These work:", Examples: []string{"quote 40 radios for 3 sites"}}),
	}
	maps.Copy(all, lists())
	return all
}

func TestCardsLookAsReviewed(t *testing.T) {
	t.Parallel()
	all := gallery(t)
	var summaries strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var card bytes.Buffer
		if err := json.Indent(&card, all[name].JSON, "", " "); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", card.String()+"\n")
		fmt.Fprintf(&summaries, "%s: %s\n", name, all[name].Summary)
	}
	golden(t, "summaries.txt", summaries.String())
}

// golden compares with what a person has looked at.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}
