package cards_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"radioquote/cards"
	"radioquote/quoting"
)

// spanish are the cards of the gallery that are looked at in Spanish, each with the locale.
var spanish = map[string]quoting.Locale{
	"draft-assumed": quoting.SpanishAmerica, "draft-complete": quoting.SpanishAmerica, "draft-discount": quoting.SpanishEurope,
	"draft-warning": quoting.SpanishAmerica, "draft-moved": quoting.SpanishEurope, "pending": quoting.SpanishAmerica,
	"approval-open": quoting.SpanishAmerica, "approved-synced": quoting.SpanishAmerica, "rejected": quoting.SpanishAmerica, "room-shared": quoting.SpanishEurope, "room-own": quoting.SpanishAmerica,
}

// helpful are the desk's own words.
var helpful = map[string]quoting.Notice{
	"help": {
		Title:    "I price two-way radio systems",
		Text:     "Tell me how many radios, at how many sites, for which industry and customer, in any order. Then say \"make it 45\", \"10% off\" or \"undo\" to change the quote, press Why? or Submit on its card, or say \"status\" to see where it stands.",
		Examples: []string{"quote 40 radios for 3 sites", "status"},
	},
	"not-understood": {Text: "I did not get that. These work:", Examples: []string{"quote 40 radios for 3 sites"}},
	"how-many": {
		Text: "How many radios shall I quote?",
		Choices: []quoting.Choice{
			{Title: "40 radios: $29,940.45", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(40)}}},
			{Title: "50 radios: $36,120.00", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(50)}}},
		},
	},
}

func TestSpanishCardsLookAsReviewed(t *testing.T) {
	t.Parallel()
	var summaries strings.Builder
	all := map[string]cards.Card{}
	for name, in := range spanish {
		all[name] = galleryIn(t, in)[name]
	}
	for name, n := range helpful {
		all[name] = cards.Notice(n.In(quoting.SpanishAmerica))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c := all[name]
		var card bytes.Buffer
		if err := json.Indent(&card, c.JSON, "", " "); err != nil {
			t.Fatal(err)
		}
		golden(t, "es/"+name+".json", card.String()+"\n")
		fmt.Fprintf(&summaries, "%s: %s\n", name, c.Summary)
	}
	golden(t, "es/summaries.txt", summaries.String())
}

// englishWords are words that no Spanish sentence has.
var englishWords = regexp.MustCompile(`(?i)\b(the|of|and|is|are|for|with|at|not|to|you|your|it|its|each|more|less|price|prices|quote|draft|waiting|approval|approved|rejected|why|site|sites|month|week)\b`)

var aWord = regexp.MustCompile(`[a-z]{3}`)

// TestNoEnglishIsLeftOnASpanishCard walks over every card of the gallery in Spanish. What
// others wrote is left out: names of items, of people and of customers, and reasons.
func TestNoEnglishIsLeftOnASpanishCard(t *testing.T) {
	t.Parallel()
	catalogue := newDemo(t).book
	theirs := []string{"Too many portables for three sites. Ask them about shift sharing first.", "Ask about shifts first.", "Acme Schools of Springfield", "about 40 radios",
		"NetSuite refused it: the customer is inactive.", "NetSuite has not confirmed the prices yet, so nothing is decided.", "push-to-talk"}
	for _, item := range catalogue.Sold() {
		theirs = append(theirs, item.Name)
	}
	english := gallery(t)
	questions := lists() // answered in English
	for name, card := range galleryIn(t, quoting.SpanishAmerica) {
		if _, ok := questions[name]; ok || slices.Contains([]string{"draft-hostile", "notice-held", "notice-link", "notice-plain", "notice-industry", "help"}, name) {
			continue // somebody's words, and notices that the desk does not write so
		}
		if card.Summary == english[name].Summary && aWord.MatchString(card.Summary) {
			t.Errorf("%s has the summary %q in both languages", name, card.Summary)
		}
		walk(decoded(t, card), func(n node) {
			for _, field := range []string{"text", "title", "label", "placeholder", "errorMessage"} {
				text, _ := n[field].(string)
				ours := text
				for _, their := range theirs {
					ours = strings.ReplaceAll(ours, their, "")
				}
				if word := englishWords.FindString(ours); word != "" {
					t.Errorf("%s says %q in %q", name, word, text)
				}
				if strings.HasSuffix(text, "…") && !strings.HasSuffix(text, "NetSuite…") && !strings.HasSuffix(text, "proveedor…") {
					t.Errorf("%s cuts off %q", name, text)
				}
			}
		})
		if len(card.JSON) > 25_000 {
			t.Errorf("%s has %d bytes", name, len(card.JSON))
		}
	}
}

// TestALanguageChangesNoCommand holds that the buttons of a card do the same in every
// language.
func TestALanguageChangesNoCommand(t *testing.T) {
	t.Parallel()
	english := gallery(t)
	for name, card := range galleryIn(t, quoting.SpanishEurope) {
		if got, want := pressed(t, card), pressed(t, english[name]); !slices.Equal(got, want) {
			t.Errorf("%s: the buttons send\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// pressed is what the buttons of a card send, apart from what they write into the chat.
func pressed(t *testing.T, card cards.Card) []string {
	t.Helper()
	var data []string
	walk(decoded(t, card), func(n node) {
		if n["type"] == "Action.Execute" {
			sent, err := json.Marshal(n["data"])
			if err != nil {
				t.Fatal(err)
			}
			data = append(data, string(sent))
		}
	})
	slices.Sort(data)
	return data
}
