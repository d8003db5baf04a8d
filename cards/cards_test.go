package cards_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/cards"
	"radioquote/quoting"
)

// node is any element of a card.
type node = map[string]any

// walk visits every object of a card, whatever it is in.
func walk(value any, visit func(node)) {
	switch v := value.(type) {
	case node:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

func decoded(t interface{ Fatal(...any) }, c cards.Card) node {
	var n node
	if err := json.Unmarshal(c.JSON, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryCardIsWithinTheBudgetAndSaysWhatItIsIn(t *testing.T) {
	t.Parallel()
	for name, card := range gallery(t) {
		if len(card.JSON) > 25_000 {
			t.Errorf("%s has %d bytes", name, len(card.JSON))
		}
		if card.Summary == "" || strings.ContainsAny(card.Summary, "\n\r") {
			t.Errorf("%s has the summary %q", name, card.Summary)
		}
		root := decoded(t, card)
		if root["version"] != "1.5" {
			t.Errorf("%s is of version %v", name, root["version"])
		}
		if refresh, ok := root["refresh"].(node); ok {
			if ids, named := refresh["userIds"].([]any); named != (name != "room-inserted") || named && len(ids) == 0 || len(ids) > 60 {
				t.Errorf("%s is refreshed for %d people", name, len(ids))
			}
			delete(root, "refresh") // its action is nobody's button
		}
		walk(root, func(n node) {
			if n["type"] != "Action.Execute" {
				return
			}
			fallback, ok := n["fallback"].(node)
			if !ok || fallback["type"] != "Action.Submit" || !cmp.Equal(fallback["data"], n["data"]) {
				t.Errorf("%s: the button %v has the fallback %v", name, n["title"], n["fallback"])
			}
		})
	}
}

// TestEveryButtonIsUnderstood presses each button of each card.
func TestEveryButtonIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, card := range gallery(t) {
		walk(decoded(t, card), func(n node) {
			if n["type"] != "Action.Execute" {
				return
			}
			data, err := json.Marshal(n["data"])
			if err != nil {
				t.Fatal(err)
			}
			command, err := cards.Parse(data)
			if err != nil {
				t.Errorf("%s: the button %v means %v", name, n["title"], err)
			}
			if click := command.Click; click != nil && len(click.Holds) == 0 && click.Message == 0 && (click.Quote != 1001 || click.Version < 1) {
				t.Errorf("%s: the button %v is about %+v", name, n["title"], click)
			}
		})
	}
}

func TestWhatAButtonSendsIsACommand(t *testing.T) {
	t.Parallel()
	click := &quoting.Click{Quote: 1001, Version: 2}
	for _, tc := range []struct {
		name, data string
		want       quoting.Command
	}{
		{"submit", `{"verb":"submit","quote":"Q-1001","version":2}`, quoting.Command{Intent: quoting.SubmitQuote, Click: click}},
		{"approve with its nonce", `{"verb":"approve","quote":"Q-1001","version":2,"nonce":"n"}`, quoting.Command{Intent: quoting.ApproveQuote, Click: &quoting.Click{Quote: 1001, Version: 2, Nonce: "n"}}},
		{"reject with a reason", `{"verb":"reject","quote":"Q-1001","version":2,"nonce":"n","reason":"  too dear "}`,
			quoting.Command{Intent: quoting.RejectQuote, Slots: quoting.Slots{Reason: "too dear"}, Click: &quoting.Click{Quote: 1001, Version: 2, Nonce: "n"}}},
		{"inputs as text", `{"verb":"reprice","quote":"Q-1001","version":2,"sites":"3","industry":"retail","customer":"Acme"}`,
			quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Sites: new(3), Industry: "retail", Customer: "Acme"}, Click: click}},
		{"inputs as numbers", `{"verb":"reprice","quote":"Q-1001","version":2,"sites":3.0,"customer_id":4001}`,
			quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Sites: new(3), CustomerID: 4001}, Click: click}},
		{"inputs left empty change nothing", `{"verb":"reprice","quote":"Q-1001","version":2,"sites":"","industry":"","customer":" ","customer_id":null}`,
			quoting.Command{Intent: quoting.ReviseQuote, Click: click}},
		{"a typed name wins over a choice", `{"verb":"reprice","quote":"Q-1001","version":2,"customer":"Other","customer_id":"4001"}`,
			quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Customer: "Other"}, Click: click}},
		{"share", `{"verb":"share","quote":"Q-1001","version":2}`, quoting.Command{Intent: quoting.ShareQuote, Click: click}},
		{"the end of sharing", `{"verb":"unshare","quote":"Q-1001","version":2}`, quoting.Command{Intent: quoting.UnshareQuote, Click: click}},
		{"an answer that is for one person", `{"verb":"read","message":7}`, quoting.Command{Intent: quoting.ReadNotice, Click: &quoting.Click{Message: 7}}},
		{"view", `{"verb":"view","quote":"Q-1001","version":2}`, quoting.Command{Intent: quoting.ShowQuote, Click: click}},
		{"a whole request", `{"verb":"create","slots":{"users":25,"industry":"retail"}}`, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(25), Industry: "retail"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := cards.Parse(json.RawMessage(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestPersonalNumbersAreCutOutOfWhatIsTyped(t *testing.T) {
	t.Parallel()
	data := `{"verb": "reprice", "quote": "Q-1001", "version": 1, "customer": "Acme 4111 1111 1111 1111", "reason": "ssn 219-09-9999",
		"why": "card 5500000000000004, twice 5500000000000004", "slots": {"changes": [{"op": "override", "field": "poc_console"}]}}`
	got, err := cards.Parse(json.RawMessage(data))
	if err != nil {
		t.Fatal(err)
	}
	s := got.Slots
	if got.Cut != 4 || s.Customer != "Acme [removed]" || s.Reason != "ssn [removed]" || s.Changes[0].Value != "card [removed], twice [removed]" {
		t.Errorf("%d cut: %+v", got.Cut, s)
	}
}

func TestWhatNoButtonSendsIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, data, says string }{
		{"nothing", ``, "do not know this button"},
		{"no object", `[1]`, "do not know this button"},
		{"two objects", `{"verb":"help"}{"verb":"help"}`, "do not know this button"},
		{"an unknown verb", `{"verb":"delete","quote":"Q-1001","version":1}`, "do not know this button"},
		{"a decision on no quote", `{"verb":"approve","version":1}`, "do not know this button"},
		{"a share of no version", `{"verb":"share","quote":"Q-1001"}`, "do not know this button"},
		{"no answer to read", `{"verb":"read","message":-7}`, "do not know this button"},
		{"a decision on no version", `{"verb":"approve","quote":"Q-1001"}`, "do not know this button"},
		{"a version before the first", `{"verb":"view","quote":"Q-1001","version":-1}`, "do not know this button"},
		{"a version of nothing", `{"verb":"create","version":1}`, "do not know this button"},
		{"a quote number that is none", `{"verb":"submit","quote":"drop table","version":1}`, "do not know this button"},
		{"sites that are no number", `{"verb":"reprice","quote":"Q-1001","version":1,"sites":"many"}`, "whole number"},
		{"half a site", `{"verb":"reprice","quote":"Q-1001","version":1,"sites":"2.5"}`, "whole number"},
		{"no site", `{"verb":"reprice","quote":"Q-1001","version":1,"sites":0}`, "whole number"},
		{"a discount below nothing", `{"verb":"changes","quote":"Q-1001","version":1,"nonce":"n","discount":"-1"}`, "A discount is a number"},
		{"a discount of everything", `{"verb":"changes","quote":"Q-1001","version":1,"nonce":"n","discount":"100"}`, "A discount is a number"},
		{"a discount of thousandths", `{"verb":"changes","quote":"Q-1001","version":1,"nonce":"n","discount":"9.125"}`, "A discount is a number"},
		{"a discount that is no number", `{"verb":"changes","quote":"Q-1001","version":1,"nonce":"n","discount":"some"}`, "A discount is a number"},
		{"a customer that is no choice", `{"verb":"reprice","quote":"Q-1001","version":1,"customer_id":"x"}`, "none of the choices"},
		{"a customer of nought", `{"verb":"reprice","quote":"Q-1001","version":1,"customer_id":"0"}`, "none of the choices"},
		{"a very long name", `{"verb":"reprice","quote":"Q-1001","version":1,"customer":"` + strings.Repeat("é", 201) + `"}`, "at most 200"},
		{"a very long reason", `{"verb":"reject","quote":"Q-1001","version":1,"reason":"` + strings.Repeat("é", 1001) + `"}`, "at most 1000"},
		{"too much", `{"verb":"help","reason":"` + strings.Repeat("x", 40_000) + `"}`, "too much"},
		{"an input that is an object", `{"verb":"reprice","quote":"Q-1001","version":1,"sites":{}}`, "do not know this button"},
		{"a change to a list", `{"verb":"reprice","quote":"Q-1001","version":1,"slots":{"changes":[{"op":"set","value":[]}]}}`, "do not know this button"},
		{"a change to too much", `{"verb":"reprice","quote":"Q-1001","version":1,"slots":{"changes":[{"op":"set","value":1e99}]}}`, "do not know this button"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := cards.Parse(json.RawMessage(tc.data))
			sentence, _ := quoting.Sentence(err)
			if !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, tc.says) {
				t.Errorf("%+v, %v; want an error of kind Invalid that says %q", got, err, tc.says)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"verb":"submit","quote":"Q-1001","version":2}`, `{"verb":"reprice","quote":"Q-1","version":1,"sites":"3"}`, `{"verb":"create","slots":{"users":25,"changes":[{"op":"set","field":"users","value":4.5}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		command, err := cards.Parse(data)
		if err != nil {
			if sentence, ok := quoting.Sentence(err); !ok || sentence == "" {
				t.Fatalf("no sentence for %q: %v", data, err)
			}
			return
		}
		if s := command.Slots; s.CustomerID < 0 || len(s.Reason) > 4000 || len(s.Customer) > 800 && len(data) < 800 {
			t.Fatalf("%q is %+v", data, command)
		}
	})
}

// TestNoNameBecomesMarkup has customers, reasons and readings of hostile people: every text
// that a client reads as Markdown is the product's own.
func TestNoNameBecomesMarkup(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	ours := map[string]bool{}
	collect := func(c cards.Card, visit func(string)) {
		walk(decoded(t, c), func(n node) {
			if text, ok := n["text"].(string); ok && n["type"] == "TextBlock" {
				visit(text)
			}
		})
	}
	scenes := func(hostile string) []cards.Card {
		rejected := func(s *scene) {
			decision(quoting.Reject, person("2", hostile, quoting.SalesManager), hostile)(s)
			s.version.Customer = quoting.Customer{ID: 7, Name: hostile, EntityID: hostile}
			s.quote.Attention = hostile
		}
		extra := func(v *quoting.View) {
			v.Reading, v.Banner, v.Owner, v.CustomerText, v.Changes = hostile, hostile, hostile, hostile, []string{hostile}
		}
		view := d.view(t, shop, rejected, extra)
		draft := d.view(t, shop, func(s *scene) { s.version.Customer = quoting.Customer{} }, extra)
		draft.Candidates = []quoting.Customer{{ID: 9, Name: hostile, EntityID: hostile}}
		return []cards.Card{cards.Quote(view), cards.Approval(view), cards.Quote(draft), cards.Notice(quoting.Notice{Title: hostile, Text: hostile, Examples: []string{hostile}})}
	}
	for _, c := range scenes("Acme") {
		collect(c, func(text string) { ours[text] = true })
	}
	check := func(t interface{ Fatalf(string, ...any) }, hostile string) {
		for i, c := range scenes(hostile) {
			collect(c, func(text string) {
				if !ours[text] {
					t.Fatalf("card %d reads %q as Markdown", i, text)
				}
			})
			if len(c.JSON) > 25_000 {
				t.Fatalf("card %d has %d bytes", i, len(c.JSON))
			}
		}
	}
	check(t, "<at>Morgan</at> [win](http://evil.example) **free** # 1\n- {{TIME(2026-01-01T00:00:00Z)}}")
	check(t, strings.Repeat("[x](http://y) ", 2000))
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "name")) })
}

func TestANoticeRepeatsNothing(t *testing.T) {
	t.Parallel()
	count := func(n quoting.Notice, text string) int { return strings.Count(string(cards.Notice(n).JSON), text) }
	if n := count(quoting.Notice{Text: "Q-1001 v2 is approved by Morgan.", Quote: 1001, Version: 2}, "Q-1001 v2"); n != 1 {
		t.Errorf("the number is there %d times", n)
	}
	if n := count(quoting.Notice{Text: "Prices moved.", Quote: 1001, Version: 2}, "Q-1001 v2"); n != 1 {
		t.Errorf("a notice about a quote names it %d times", n)
	}
	if n := count(quoting.Notice{Text: "These work:", Examples: []string{"help"}}, "For example"); n != 0 {
		t.Errorf("\"These work:\" is followed by \"For example\"")
	}
	if c := cards.Notice(quoting.Notice{Text: "x", Choices: []quoting.Choice{{Title: "Nothing", Command: quoting.Command{Intent: quoting.SmallTalk}}}}); strings.Contains(string(c.JSON), "Nothing") {
		t.Error("a choice without an act has a button")
	}
}

func TestTheRepsCardHoldsNeitherCostNorExactMargin(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	view := d.view(t, guards, pending, nil)
	managers := d.view(t, guards, seenBy(morgan, pending), nil)
	for _, secret := range []string{managers.Priced.Margin.String(), managers.Priced.CostTotal.Display()} {
		if strings.Contains(string(cards.Quote(view).JSON), secret) {
			t.Errorf("the rep's card holds %s", secret)
		}
		if !strings.Contains(string(cards.Quote(managers).JSON), secret) {
			t.Errorf("the manager's card lacks %s", secret)
		}
	}
}

func TestStatesOfAllKindsHaveWords(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	for state, want := range map[quoting.VersionState]string{
		quoting.ChangesRequested: "Sent back", quoting.Recalled: "Recalled", quoting.Rejected: "Rejected", quoting.Pending: "Waiting for approval",
	} {
		v := d.view(t, guards, func(s *scene) { pending(s); s.version.State = state }, nil)
		if card := cards.Quote(v); !strings.Contains(string(card.JSON), want) {
			t.Errorf("a version that is %s does not say %q", state, want)
		}
	}
	for technology, want := range map[quoting.Technology]string{
		quoting.AnalogSimplex: "Analog", quoting.DMRSimplex: "DMR, radio to radio", quoting.PoC: "PoC", quoting.P25Review: "P25", "other": "other",
	} {
		v := d.view(t, shop, nil, func(v *quoting.View) { v.System.Technology, v.System.Mode = technology, "" })
		if card := cards.Quote(v); !strings.Contains(string(card.JSON), want) {
			t.Errorf("%s does not say %q", technology, want)
		}
	}
	many := d.view(t, shop, func(s *scene) {
		verified(s)
		s.version.Check.State = quoting.Moved
		for range 9 {
			s.version.Check.Moved = append(s.version.Check.Moved, quoting.MovedPrice{SKU: "X", From: quoting.MustMoney("1", quoting.USD), To: quoting.MustMoney("2", quoting.USD), Sellable: true})
		}
	}, func(v *quoting.View) {
		v.Changes = slices.Repeat([]string{"a change"}, 9)
		v.System.Findings = slices.Repeat([]quoting.Finding{{Rule: "L4", Severity: quoting.Note, Sentence: "a note"}}, 9)
		v.Request.IntrinsicallySafe, v.Request.Band, v.Request.Shifts, v.Request.TermMonths = true, quoting.VHF, 2, 24
	})
	text := string(cards.Quote(many).JSON)
	for _, want := range []string{"and 3 more prices", "and 3 more", "intrinsically safe", "VHF", "2 shifts", "24 months"} {
		if !strings.Contains(text, want) {
			t.Errorf("the card does not say %q", want)
		}
	}
	dmr := d.view(t, quoting.Request{Users: 21, Sites: 3, Industry: "construction"}, verified, func(v *quoting.View) {
		v.Alternatives = []quoting.Alternative{{Title: "DMR with repeaters instead", Total: quoting.MustMoney("1", quoting.USD), Changes: []quoting.Change{{Op: "set", Field: "technology", Value: "dmr"}}}}
	})
	if !strings.Contains(string(cards.Quote(dmr).JSON), "Take DMR with repeaters") {
		t.Error("the neighbour of a PoC system has no button")
	}
	readOnly := dmr
	readOnly.CanEdit = false
	if strings.Contains(string(cards.Quote(readOnly).JSON), "Take DMR with repeaters") {
		t.Error("somebody who cannot change the quote has a button to")
	}
	old := d.view(t, shop, func(s *scene) { s.at = now.Add(2 * 60 * 60 * 1e9) }, nil)
	if !strings.Contains(string(cards.Quote(old).JSON), "Prices as of") {
		t.Error("prices of two hours ago have no time")
	}
}
