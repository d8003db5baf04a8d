package cards_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"radioquote/cards"
	"radioquote/quoting"
)

// mark is in every text of others that these tests put on a card.
const mark = "‡"

// overwrite puts the text into every plain string of a value, so that a field which a View
// gets tomorrow is held by these tests, too. Strings of a type of their own (states,
// currencies, codes) are the product's.
func overwrite(value reflect.Value, text string) {
	switch value.Kind() {
	case reflect.String:
		if value.Type() == reflect.TypeFor[string]() && value.CanSet() {
			value.SetString(text)
		}
	case reflect.Pointer:
		if !value.IsNil() {
			overwrite(value.Elem(), text)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				overwrite(value.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range value.Len() {
			overwrite(value.Index(i), text)
		}
	default:
	}
}

// full is a view of which every list and every optional part is there, n entries long.
func full(t *testing.T, d demo, n int) quoting.View {
	t.Helper()
	v := d.view(t, quoting.Request{Users: 40}, seenBy(morgan, decision(quoting.Reject, morgan, "no")), func(v *quoting.View) {
		v.CanEdit, v.Missing = true, []quoting.Need{quoting.NeedSites, quoting.NeedIndustry, quoting.NeedCustomer}
		v.Alternatives = []quoting.Alternative{{Total: v.Priced.Total, Changes: []quoting.Change{{Op: "set", Field: "technology", Value: "poc"}}}}
		v.Options = []quoting.Option{{Total: v.Priced.Total, Changes: []quoting.Change{{Op: "add", SKU: "WAR-3P", Qty: new(1)}}}}
		v.Check.State = quoting.Moved
		v.Customer = quoting.Customer{}
		v.Estimate = quoting.NeedsAttention
		v.Reading, v.Banner, v.Note = mark, mark, mark
		v.Next = &quoting.NextDecision{Quote: 7, Title: mark, Left: 2}
		v.CanAccept, v.CanOpine, v.CustomerWaits = true, true, true
	})
	for range n {
		v.Candidates = append(v.Candidates, quoting.Customer{ID: 7})
		v.Changes = append(v.Changes, mark)
		v.Check.Moved = append(v.Check.Moved, quoting.MovedPrice{From: v.Priced.Total, To: v.Priced.Total, Sellable: true})
		v.System.Findings = append(v.System.Findings, quoting.Finding{Severity: quoting.Warning}, quoting.Finding{Severity: quoting.Note})
		v.Approvals = append(v.Approvals, quoting.ApprovalNeed{})
		v.Opinions = append(v.Opinions, quoting.Opinion{Text: mark})
	}
	for len(v.Priced.Lines) < 8*n {
		v.Priced.Lines = append(v.Priced.Lines, v.Priced.Lines[0])
	}
	v.Priced.Lines = slices.Clone(v.Priced.Lines)
	return v
}

// looks are the cards of a view in the states in which they show different things.
func looks(v quoting.View) []cards.Card {
	draft, waiting, approved, deciding, old := v, v, v, v, v
	draft.State, draft.Decision = quoting.Draft, nil
	waiting.State, waiting.Decision = quoting.Pending, nil
	approval := *v.Decision
	approval.Action = quoting.Approve
	approved.State, approved.Decision = quoting.Approved, &approval
	deciding.State, deciding.Decision, deciding.CanDecide, deciding.Nonce = quoting.Pending, nil, true, "n"
	old.Current = v.Version + 1
	return []cards.Card{
		cards.Quote(v), cards.Quote(draft), cards.Quote(waiting), cards.Quote(approved), cards.Quote(old),
		cards.Approval(v), cards.Approval(deciding), cards.Approval(old),
	}
}

// markdown are the properties of elements that clients may read as Markdown, by type.
func markdown(n node) []any {
	switch n["type"] {
	case "TextBlock":
		return []any{n["text"]}
	case "Input.Text", "Input.Number", "Input.ChoiceSet":
		return []any{n["label"], n["errorMessage"]}
	case "FactSet":
		return []any{fmt.Sprint(n["facts"])}
	default:
		return nil
	}
}

// TestOthersTextIsNeverMarkdown overwrites everything that people and NetSuite have a say
// in, and looks where it comes out.
func TestOthersTextIsNeverMarkdown(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	plain := full(t, d, 2)
	rapid.Check(t, func(t *rapid.T) {
		text := mark + rapid.OneOf(
			rapid.String(),
			rapid.SampledFrom([]string{"<at>Morgan</at>", "[x](http://evil.example)", "**0.01**", "# now\n- one", "{{{{TIME(2026-01-01T00:00:00Z)}}", "\u202e00.1$", "a\x00b\u2028c"}),
		).Draw(t, "text")
		v := plain
		// A deep copy: views share their slices.
		v.Candidates, v.Changes, v.Industries = slices.Clone(v.Candidates), slices.Clone(v.Changes), slices.Clone(v.Industries)
		v.Check.Moved, v.System.Findings, v.Approvals = slices.Clone(v.Check.Moved), slices.Clone(v.System.Findings), slices.Clone(v.Approvals)
		v.Priced.Lines, v.System.Lines = slices.Clone(v.Priced.Lines), slices.Clone(v.System.Lines)
		reject := *v.Decision
		v.Opinions, v.Next = slices.Clone(v.Opinions), &quoting.NextDecision{Quote: 7}
		v.Alternatives, v.Options, v.Decision = slices.Clone(v.Alternatives), slices.Clone(v.Options), &reject
		overwrite(reflect.ValueOf(&v).Elem(), text)
		v.System.Review, v.SignIn = "", ""
		all := append(looks(v), cards.Notice(quoting.Notice{
			Title: text, Text: text, Examples: []string{text}, Choices: []quoting.Choice{{Title: text, Command: quoting.Command{Intent: quoting.Help}}},
		}))
		v.System.Review = text
		all = append(all, cards.Quote(v))
		seen := 0
		for i, card := range all {
			var root node
			if err := json.Unmarshal(card.JSON, &root); err != nil {
				t.Fatal(err)
			}
			walk(root, func(n node) {
				for _, property := range markdown(n) {
					if s, _ := property.(string); strings.Contains(s, mark) {
						t.Fatalf("card %d: a %v shows %q", i, n["type"], s)
					}
				}
				if s, _ := n["text"].(string); n["type"] == "TextRun" {
					seen += strings.Count(s, mark)
					if strings.Contains(s, "{{") || strings.ContainsFunc(s, func(r rune) bool {
						return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
					}) {
						t.Fatalf("card %d: a run says %q", i, s)
					}
				}
			})
		}
		if seen < len(all) {
			t.Fatalf("%d runs of %d cards show the text: this test looks at the wrong place", seen, len(all))
		}
	})
}

// TestTheLargestCardIsWithinTheBudget has everything at its longest, in characters of four
// bytes and in those that JSON escapes.
func TestTheLargestCardIsWithinTheBudget(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	for _, letter := range []string{"x", `"`, "<", "🛰", "\\", "{"} {
		v := full(t, d, 50)
		overwrite(reflect.ValueOf(&v).Elem(), strings.Repeat(letter, 5000))
		v.System.Review, v.Nonce, v.SignIn = "", strings.Repeat("f", 32), ""
		v.Industries = append(v.Industries, v.Industries...)
		for i, card := range looks(v) {
			if len(card.JSON) >= 25_000 {
				t.Errorf("card %d full of %q has %d bytes", i, letter, len(card.JSON))
			}
		}
	}
}

// TestCutLinesStillComeToTheNetTotal adds up what a card with too many lines shows.
func TestCutLinesStillComeToTheNetTotal(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	for _, lines := range []int{6, 7, 8, 23, 60, 400} {
		v := d.view(t, complete, verified, nil)
		line := v.Priced.Lines[0]
		line.Extended = quoting.MustMoney("10.01", quoting.USD)
		v.Priced.Lines = slices.Repeat([]quoting.Line{line}, lines)
		var shown, cut, amount int
		walk(decoded(t, cards.Quote(v)), func(n node) {
			text, _ := n["text"].(string)
			switch {
			case text == "$10.01":
				shown++
			case strings.HasPrefix(text, "and "):
				if _, err := fmt.Sscanf(text, "and %d more", &cut); err != nil {
					t.Fatal(err)
				}
				amount++
			}
		})
		if shown+cut != lines || amount > 1 {
			t.Errorf("%d lines: %d are shown and %d counted", lines, shown, cut)
		}
		rest := quoting.MustMoney("10.01", quoting.USD)
		rest, err := rest.Times(cut)
		if err != nil {
			t.Fatal(err)
		}
		if cut > 0 && !strings.Contains(string(cards.Quote(v).JSON), `"`+rest.Display()+`"`) {
			t.Errorf("%d lines: the %d that are not shown do not say %s", lines, cut, rest.Display())
		}
	}
}
