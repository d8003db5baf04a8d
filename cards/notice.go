package cards

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// Actions in one row, so that a phone shows each with its whole title.
const rowOfButtons = 3

// Notice is a short answer: a title, a sentence, buttons that mend what was wrong, and
// things to say, which a tap writes into the chat. A choice that stands for no act has no
// button.
func Notice(n quoting.Notice) Card {
	var body []element
	if n.Quote != 0 && !strings.HasPrefix(n.Text, numbered(n.Quote, n.Version)) {
		body = append(body, paragraph(say(numbered(n.Quote, n.Version)).aside()))
	}
	if n.Title != "" {
		body = append(body, paragraph(say(n.Title).bold().sized("Medium")))
	}
	text := say("")
	text.Text = plain(n.Text, maxNotice)
	body = append(body, paragraph(text))
	body = append(body, bullets(n.Locale, n.Points)...)
	body = append(body, sections(n.Locale, n.Sections)...)
	var buttons []action
	for _, c := range n.Choices {
		if p, ok := pressOf(c.Command); ok {
			buttons = append(buttons, execute(c.Title, withoutInputs, p))
		}
	}
	for row := range slices.Chunk(buttons, rowOfButtons) {
		body = append(body, actions(row...))
	}
	if len(n.Examples) > 0 && !strings.HasSuffix(n.Text, ":") {
		body = append(body, words(n.Locale.Say(textTry)).aside())
	}
	for _, example := range n.Examples {
		body = append(body, actions(typed(example)))
	}
	summary := n.Text
	if n.Title != "" {
		summary = n.Title + ": " + n.Text
	}
	if n.Quote != 0 && !strings.HasPrefix(n.Text, numbered(n.Quote, n.Version)) {
		summary = numbered(n.Quote, n.Version) + ": " + summary
	}
	return newCard(n.Locale, summary, body)
}

// maxPoints is how many sentences of a section are shown.
const maxPoints = 40

// sections are headed lists, whose points are as long as a card allows.
func sections(in quoting.Locale, all []quoting.Section) []element {
	var out []element
	for _, s := range all {
		out = append(out, paragraph(say(s.Title).bold()))
		for i, point := range s.Points {
			if i == maxPoints {
				out = append(out, paragraph(say(in.Say("and %s more", thousands(len(s.Points)-i))).aside()).close())
				break
			}
			line := say("")
			line.Text = "• " + plain(point, maxNotice)
			out = append(out, paragraph(line).close())
		}
	}
	return out
}
