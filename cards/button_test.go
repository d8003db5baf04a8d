package cards_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/cards"
	"radioquote/quoting"
)

// verbsOf are the verbs of a card's buttons in the order in which they stand, those of a
// form that a button opens included.
func verbsOf(t *testing.T, c cards.Card) []string {
	t.Helper()
	var verbs []string
	var look func(any)
	look = func(value any) {
		switch v := value.(type) {
		case node:
			if verb, ok := v["verb"].(string); ok && v["type"] == "Action.Execute" {
				verbs = append(verbs, verb)
			}
			for _, key := range []string{"body", "items", "columns", "actions", "card"} {
				look(v[key])
			}
		case []any:
			for _, child := range v {
				look(child)
			}
		}
	}
	look(decoded(t, c))
	return verbs
}

func TestACardOffersWhatItsReaderCanDo(t *testing.T) {
	t.Parallel()
	gallery := gallery(t)
	for _, tc := range []struct {
		card string
		want []string
	}{
		{"draft-assumed", []string{"reprice"}},
		{"draft-complete", []string{"submit", "explain", "outcome", "cancel", "reprice"}},
		{"draft-unverified", []string{"submit", "explain", "outcome", "cancel", "reprice"}},
		{"draft-old-prices", []string{"explain", "outcome", "cancel", "reprice"}},
		{"draft-blocked", []string{"reprice", "reprice", "explain", "outcome", "cancel", "reprice"}},
		{"draft-neighbour", []string{"reprice", "submit", "explain", "outcome", "cancel", "reprice"}},
		{"draft-for-manager", []string{"explain"}},
		{"engineering-review", []string{"explain", "outcome", "cancel", "reprice"}},
		{"pending", []string{"waits", "recall", "explain", "outcome", "cancel", "reprice"}},
		{"approved-synced", []string{"explain", "outcome", "outcome", "cancel"}},
		{"rejected", []string{"explain", "outcome", "cancel", "reprice"}},
		{"approved-needs-attention", []string{"sync", "explain", "outcome", "cancel"}},
		{"superseded", []string{"view"}},
		{"expired", []string{"explain"}},
		{"approval-open", []string{"approve", "changes", "reject", "consult", "reassign"}},
		{"approval-unverified", []string{"approve", "changes", "reject", "consult", "reassign"}},
		{"approval-cannot-decide", nil},
		{"approval-approved", nil},
		{"approval-rejected", nil},
		{"approval-outdated", []string{"view"}},
	} {
		t.Run(tc.card, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, verbsOf(t, gallery[tc.card])); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestTheReasonHoldsUpRejectAlone: a client does not send a button whose required inputs
// are empty, so that Approve must not take any.
func TestTheReasonHoldsUpRejectAlone(t *testing.T) {
	t.Parallel()
	required, approve, reject := 0, node{}, node{}
	walk(decoded(t, gallery(t)["approval-open"]), func(n node) {
		switch {
		case n["isRequired"] == true:
			required++
		case n["verb"] == "approve" && n["type"] == "Action.Execute":
			approve = n
		case n["verb"] == "reject" && n["type"] == "Action.Execute":
			reject = n
		}
	})
	if required != 1 || approve["associatedInputs"] != "none" || reject["associatedInputs"] != nil {
		t.Errorf("%d required inputs, approve takes %v of them, reject %v", required, approve["associatedInputs"], reject["associatedInputs"])
	}
	if fallback, _ := approve["fallback"].(node); fallback["associatedInputs"] != "none" {
		t.Error("the fallback of approve takes the reason")
	}
	for name, button := range map[string]node{"approve": approve, "reject": reject} {
		want := node{"verb": name, "quote": "Q-1001", "version": 2.0, "nonce": "7f3c9a.c1"}
		if diff := cmp.Diff(want, button["data"]); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestTimesAreTheReaders(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"draft-verified":    {"✓ Verified with NetSuite at {{TIME(2026-11-25T09:14:00Z)}}"},
		"draft-unverified":  {"NetSuite is not answering. Prices as of {{TIME(2026-11-25T09:12:00Z)}}. Not verified yet; I keep trying."},
		"draft-old-prices":  {"NetSuite is not answering. Prices as of {{DATE(2026-11-25T09:12:00Z,SHORT)}}, {{TIME(2026-11-25T09:12:00Z)}}. Not verified yet; I keep trying."},
		"approval-approved": {"{{DATE(2026-11-25T09:14:00Z,SHORT)}}, {{TIME(2026-11-25T09:14:00Z)}}"},
	} {
		texts := map[any]bool{}
		walk(decoded(t, gallery(t)[name]), func(n node) {
			if n["type"] == "TextBlock" {
				texts[n["text"]] = true
			}
		})
		for _, text := range want {
			if !texts[text] {
				t.Errorf("%s does not say %q but %v", name, text, texts)
			}
		}
	}
	eastern := newDemo(t).view(t, shop, func(s *scene) {
		verified(s)
		s.version.Check.At = now.In(time.FixedZone("EST", -5*60*60))
	}, nil)
	if diff := cmp.Diff(string(cards.Quote(newDemo(t).view(t, shop, verified, nil)).JSON), string(cards.Quote(eastern).JSON)); diff != "" {
		t.Errorf("the zone of a time changes the card: -want +got\n%s", diff)
	}
}

// TestAChoiceComesBackAsItsCommand is the way of a command onto a notice's button and back.
func TestAChoiceComesBackAsItsCommand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := quoting.Command{
			Intent: rapid.SampledFrom([]quoting.Intent{quoting.CreateQuote, quoting.ReviseQuote, quoting.SubmitQuote, quoting.ShowQuote, quoting.QuoteStatus, quoting.Help, quoting.SearchQuotes, quoting.AuditHistory, quoting.PriceLookup, quoting.ExplainApproval}).Draw(t, "intent"),
			Slots: quoting.Slots{
				Customer:   rapid.SampledFrom([]string{"", "Acme & Sons <x>", "Ümläut \"quoted\""}).Draw(t, "customer"),
				CustomerID: quoting.CustomerID(rapid.Int64Range(0, 1<<40).Draw(t, "customer id")),
				Industry:   rapid.SampledFrom([]quoting.IndustryCode{"", "retail"}).Draw(t, "industry"),
				Technology: rapid.SampledFrom([]quoting.TechnologyChoice{"", quoting.ChoosePoC}).Draw(t, "technology"),
			},
			Click: &quoting.Click{
				Quote: quoting.QuoteID(rapid.Int64Range(1, 99_999).Draw(t, "quote")), Version: rapid.IntRange(1, 50).Draw(t, "version"),
				Nonce: rapid.StringMatching(`[0-9a-f]{0,16}`).Draw(t, "nonce"),
			},
		}
		if rapid.Bool().Draw(t, "users said") {
			want.Slots.Users = new(rapid.IntRange(-1, 20_000).Draw(t, "users"))
		}
		if rapid.Bool().Draw(t, "changes said") {
			want.Slots.Changes = []quoting.Change{
				{Op: "set", Field: "users", Value: quoting.Number{Decimal: decimal.MustNew(rapid.Int64Range(-999, 99_999).Draw(t, "value"), 1).Trim(0)}},
				{Op: "set", Field: "industry", Value: "retail"},
				{Op: "set", Field: "intrinsically_safe", Value: true},
				{Op: "reprice"},
			}
		}
		if rapid.Bool().Draw(t, "about no quote") && want.Intent != quoting.SubmitQuote {
			want.Click = nil
			want.Slots.QuoteID = 1001
		}
		notice := cards.Notice(quoting.Notice{Text: "?", Choices: []quoting.Choice{{Title: "This", Command: want}}})
		var data json.RawMessage
		walk(decoded(t, notice), func(n node) {
			if n["type"] == "Action.Execute" {
				data, _ = json.Marshal(n["data"])
			}
		})
		got, err := cards.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -want +got\n%s", data, diff)
		}
	})
}

func TestADraftWithoutSubmitSaysWhy(t *testing.T) {
	t.Parallel()
	gallery := gallery(t)
	for name, want := range map[string]string{
		"draft-assumed":          "the number of sites, the industry and a customer",
		"draft-unknown-customer": "a customer",
		"draft-blocked":          "It cannot be submitted until what is marked above is mended.",
		"draft-old-prices":       "The prices are older than a day, so this stays a draft until NetSuite answers.",
		"draft-moved":            "I price it again as soon as NetSuite's new prices are here; then you can submit it.",
		"engineering-review":     "Public safety and P25 systems are designed by engineering.",
	} {
		said := false
		walk(decoded(t, gallery[name]), func(n node) { said = said || n["text"] == want })
		if !said {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

func TestAnOldCardLeadsToTheVersionThatCounts(t *testing.T) {
	t.Parallel()
	gallery := gallery(t)
	for _, name := range []string{"superseded", "approval-outdated"} {
		walk(decoded(t, gallery[name]), func(n node) {
			if n["type"] != "Action.Execute" {
				return
			}
			want := node{"verb": "view", "quote": "Q-1001", "version": 3.0}
			if diff := cmp.Diff(want, n["data"]); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
		})
	}
}
