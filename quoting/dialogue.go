package quoting

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dialogue is what a conversation is about for one of its people. The zero value is a
// conversation that has not begun.
type Dialogue struct {
	Active  QuoteID  `json:"active_quote,omitzero"` // what "make it 45" is about
	Pending Intent   `json:"pending,omitempty"`     // the act that the bot has just asked about
	Choices []Choice `json:"choices,omitempty"`     // the answers to that, or the entries of the last list, as numbered
}

// How long a conversation stays open. A number or a name is an answer for as long as the
// question is likely to be on the screen; the quote that is talked about is remembered over
// a weekend.
const (
	AskedFor  = 30 * time.Minute
	ActiveFor = 72 * time.Hour
)

// Answer is the choice that a message names: by its number, "2", "#2" or "the second one",
// or by its title or the beginning of it where no other choice begins so. False where it
// names none, or more than one.
func (d Dialogue) Answer(text string) (Command, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.TrimRight(strings.TrimPrefix(text, "#"), ".!")
	if len(d.Choices) == 0 || text == "" {
		return Command{}, false
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n >= 1 && n <= len(d.Choices) {
			return d.Choices[n-1].Command, true
		}
		return Command{}, false
	}
	words := strings.TrimSuffix(strings.TrimPrefix(text, "the "), " one")
	if n := slices.Index(ordinals, words); n >= 0 && n < len(d.Choices) {
		return d.Choices[n].Command, true
	}
	if words == "last" && len(d.Choices) > 1 {
		return d.Choices[len(d.Choices)-1].Command, true
	}
	const shortest = 3
	found := -1
	for i, c := range d.Choices {
		title := strings.ToLower(c.Title)
		if title == text {
			return c.Command, true
		}
		if len(text) >= shortest && strings.HasPrefix(title, text) {
			if found >= 0 {
				return Command{}, false
			}
			found = i
		}
	}
	if found < 0 {
		return Command{}, false
	}
	return d.Choices[found].Command, true
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}
