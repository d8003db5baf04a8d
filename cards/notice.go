package cards

import (
	"slices"

	"radioquote/quoting"
)

// Actions in one row, so that a phone shows each with its whole title.
const rowOfButtons = 3

// Notice is a short answer: a title, a sentence, buttons that mend what was wrong, and
// things to say, which a tap writes into the chat. A choice that stands for no act has no
// button.
func Notice(n quoting.Notice) Card {
	var body []element
	if n.Quote != 0 {
		body = append(body, paragraph(say(numbered(n.Quote, n.Version)).aside()))
	}
	if n.Title != "" {
		body = append(body, paragraph(say(n.Title).bold().sized("Medium")))
	}
	text := say("")
	text.Text = plain(n.Text, maxNotice)
	body = append(body, paragraph(text))
	var buttons []action
	for _, c := range n.Choices {
		if p, ok := pressOf(c.Command); ok {
			buttons = append(buttons, execute(c.Title, withoutInputs, p))
		}
	}
	for row := range slices.Chunk(buttons, rowOfButtons) {
		body = append(body, actions(row...))
	}
	if len(n.Examples) > 0 {
		body = append(body, words(textTry).aside())
	}
	for _, example := range n.Examples {
		body = append(body, actions(typed(example)))
	}
	summary := n.Text
	if n.Title != "" {
		summary = n.Title + ": " + n.Text
	}
	if n.Quote != 0 {
		summary = numbered(n.Quote, n.Version) + ": " + summary
	}
	return newCard(summary, body)
}

// Welcome is the first card in a chat.
func Welcome() Card { return Notice(welcome()) }

// Help says what can be asked for.
func Help() Card { return Notice(help()) }
