package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func TestParseActivityRefusesWhatTeamsWouldSpoil(t *testing.T) {
	t.Parallel()
	attach := func(card string) string {
		return fmt.Sprintf(`{"type":"message","attachments":[{"contentType":%q,"content":%s}]}`, cardType, card)
	}
	body := func(elements string) string {
		return attach(`{"type":"AdaptiveCard","version":"1.5","body":[` + elements + `]}`)
	}
	for _, tc := range []struct {
		name, activity string
		refused        string // empty: taken
	}{
		{"a text", `{"type":"message","text":"hi"}`, ""},
		{"typing", `{"type":"typing"}`, ""},
		{"a card", body(`{"type":"TextBlock","text":"hi"}`), ""},
		{"a file card is not looked into", `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.teams.card.file.consent","content":1}]}`, ""},
		{"a suggested action", `{"type":"message","text":"hi","suggestedActions":{"actions":[{"type":"imBack","title":"a","value":"a"}]}}`, ""},
		{"a card with all that is checked", body(`
			{"type":"FactSet","facts":[{"title":"a","value":"b"}]},
			{"type":"Input.Text","id":"a"},{"type":"Input.Text","id":"b"},
			{"type":"Chart.Donut","fallback":{"type":"TextBlock","text":"60 %"}},
			{"type":"Image","url":"x","fallback":"drop"},
			{"type":"RichTextBlock","inlines":["plain",{"type":"TextRun","text":"run"}]},
			{"type":"ActionSet","actions":[{"type":"Action.Execute","title":"a","verb":"v","data":{"type":"TextBlock","text":1}}]}`), ""},

		{"no JSON", `{`, "unexpected end"},
		{"no type", `{"text":"hi"}`, "not message or typing"},
		{"an unknown type", `{"type":"invoke","text":"hi"}`, "not message or typing"},
		{"a type that is no string", `{"type":1}`, "cannot unmarshal"},
		{"an empty message", `{"type":"message","text":" "}`, "needs a text"},
		{"a text beside a card", `{"type":"message","text":"hi","attachments":[{"contentType":"x"}]}`, "split"},
		{"an unknown text format", `{"type":"message","text":"hi","textFormat":"html"}`, "textFormat"},
		{"the zero time as timestamp", `{"type":"message","text":"hi","timestamp":"0001-01-01T00:00:00Z"}`, "zero time"},
		{"the zero time as expiration", `{"type":"message","text":"hi","expiration":"0001-01-01T00:00:00Z"}`, "zero time"},
		{"a suggested action that opens a page", `{"type":"message","text":"hi","suggestedActions":{"actions":[{"type":"openUrl","value":"a"}]}}`, "imBack"},
		{"a suggested action without a title", `{"type":"message","text":"hi","suggestedActions":{"actions":[{"type":"imBack","value":"a"}]}}`, "a title"},
		{"more suggested actions than are shown", `{"type":"message","text":"hi","suggestedActions":{"actions":[{"type":"imBack","title":"a","value":"a"}` + strings.Repeat(`,{"type":"imBack","title":"a","value":"a"}`, 3) + `]}}`, "4 suggestedActions"},
		{"an attachment without a type", `{"type":"message","attachments":[{"content":1}]}`, "contentType"},
		{"a card that is no object", attach(`"card"`), "cannot unmarshal"},
		{"a card of another type", attach(`{"type":"Card","version":"1.5"}`), "not AdaptiveCard"},
		{"a card without a version", attach(`{"type":"AdaptiveCard"}`), "version"},
		{"a card version that bots may not send", attach(`{"type":"AdaptiveCard","version":"1.6"}`), "version"},
		{"a version that is a number", attach(`{"type":"AdaptiveCard","version":1.5}`), "version"},
		{"a number as text", body(`{"type":"TextBlock","text":40}`), "text of a TextBlock is 40"},
		{"a text block without text", body(`{"type":"TextBlock"}`), "text of a TextBlock"},
		{"a number deep inside", body(`{"type":"ColumnSet","columns":[{"items":[{"type":"TextBlock","text":1}]}]}`), "text of a TextBlock is 1"},
		{"a number as a fact's value", body(`{"type":"FactSet","facts":[{"title":"a","value":1}]}`), "value of a fact is 1"},
		{"a fallback as the documents print it", body(`{"type":"ActionSet","actions":[{"type":"Action.Execute","verb":"v","fallback":"Action.Submit"}]}`), "fallback of Action.Execute"},
		{"a chart without fallback", body(`{"type":"Chart.Donut"}`), "no fallback"},
		{"an input without id", body(`{"type":"Input.Text"}`), "empty or taken"},
		{"two inputs of one id", body(`{"type":"Input.Text","id":"a"},{"type":"Input.Number","id":"a"}`), "empty or taken"},
		{"an Execute without verb", body(`{"type":"ActionSet","actions":[{"type":"Action.Execute","title":"Go"}]}`), "no verb"},
		{"a refresh without an action", attach(`{"type":"AdaptiveCard","version":"1.5","refresh":{"userIds":["29:1"]}}`), "not an Action.Execute"},
		{"a refresh by a submit", attach(`{"type":"AdaptiveCard","version":"1.5","refresh":{"action":{"type":"Action.Submit","verb":"view"},"userIds":["29:1"]}}`), "not an Action.Execute"},
		{"a refresh for an account of Entra", attach(`{"type":"AdaptiveCard","version":"1.5","refresh":{"action":{"type":"Action.Execute","verb":"view"},"userIds":["7faf8ab2"]}}`), "no user id of this bot"},
		{"a refresh that is none", attach(`{"type":"AdaptiveCard","version":"1.5","refresh":{"userIds":"29:1"}}`), "refresh"},
		{"a refresh for 61 people", attach(`{"type":"AdaptiveCard","version":"1.5","refresh":{"userIds":["29:1"` + strings.Repeat(`,"29:1"`, 60) + `]}}`), "61 userIds"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseActivity([]byte(tc.activity))
			switch {
			case tc.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.refused != "" && err == nil:
				t.Error("taken")
			case tc.refused != "" && !strings.Contains(err.Error(), tc.refused):
				t.Errorf("refused with %q, want it to say %q", err, tc.refused)
			}
		})
	}
}

func TestUTF16SizeIsThatOfTheEncodedText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if got, want := utf16Size([]byte(text)), 2*len(utf16.Encode([]rune(text))); got != want {
			t.Fatalf("size of %q is %d, want %d", text, got, want)
		}
	})
}

// What is taken has a type that clients know and, if it has a card, one that they can show.
func FuzzParseActivity(f *testing.F) {
	f.Add(`{"type":"message","text":"hi"}`)
	f.Add(`{"type":"typing"}`)
	f.Add(`{"type":"message","attachments":[{"contentType":"` + cardType + `","content":{"type":"AdaptiveCard","version":"1.5","body":[{"type":"FactSet","facts":[1]}]}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		a, err := parseActivity([]byte(body))
		if err != nil {
			return
		}
		if a.Type != "message" && a.Type != "typing" {
			t.Errorf("type %q was taken", a.Type)
		}
		if m := a.message(); m.Card != nil && !json.Valid(m.Card) {
			t.Errorf("card %q was taken", m.Card)
		}
	})
}
