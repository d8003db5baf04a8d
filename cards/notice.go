package cards

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// Actions in one row, so that a phone shows each with its whole title.
const rowOfButtons = 3

// Notice is a short answer: a title, a figure, a sentence, a list, buttons that mend what was wrong, and
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
	if n.Figure != "" {
		body = append(body, paragraph(say(n.Figure).bold().sized("ExtraLarge")))
	}
	text := say("")
	text.Text = plain(n.Text, maxNotice)
	body = append(body, paragraph(text))
	body = append(body, bullets(n.Locale, n.Points)...)
	body = append(body, sections(n.Locale, n.Sections)...)
	after := below(n)
	summary := summaryOf(n)
	left := maxBytes - len(newCard(n.Locale, summary, slices.Concat(body, after)).JSON)
	return newCard(n.Locale, summary, slices.Concat(body, entries(n.Locale, n.Entries, left), after))
}

// below is what stands under the text and the list of a notice.
func below(n quoting.Notice) []element {
	var body []element
	var buttons []action
	for _, c := range n.Choices {
		if p, ok := pressOf(c.Command); ok {
			buttons = append(buttons, execute(c.Title, withoutInputs, p))
		}
	}
	if n.Link != nil {
		buttons = append([]action{{Type: "Action.OpenUrl", Title: plain(n.Link.Title, maxTitle), URL: n.Link.URL}}, buttons...)
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
	return body
}

func summaryOf(n quoting.Notice) string {
	summary := n.Text
	if n.Figure != "" {
		summary = n.Figure + ". " + n.Text
	}
	if n.Title != "" {
		summary = n.Title + ": " + summary
	}
	if n.Quote != 0 && !strings.HasPrefix(n.Text, numbered(n.Quote, n.Version)) {
		summary = numbered(n.Quote, n.Version) + ": " + summary
	}
	return summary
}

// entries are the rows of a list, as many as fit into that many bytes; the others are
// counted. A row that does something is tapped anywhere, and has the number by which it can
// be answered.
func entries(in quoting.Locale, all []quoting.Entry, most int) []element {
	var rows []element
	number := 0
	for i, e := range all {
		row := entryRow(e, &number)
		if most -= len(encode(row)) + len(","); most < 200 {
			return append(rows, paragraph(say(in.Say("and %s more", quoting.Thousands(len(all)-i))).aside()))
		}
		row.Separator = i > 0
		rows = append(rows, row)
	}
	return rows
}

func entryRow(e quoting.Entry, number *int) *container {
	title := []run{say(e.Title).bold()}
	var tap *action
	if e.Command != nil {
		if p, ok := pressOf(*e.Command); ok {
			*number++
			title = append([]run{say(quoting.Thousands(*number) + "  ").aside()}, title...)
			press := execute(e.Title, withoutInputs, p)
			tap = &press
		}
	}
	head := sides([]element{paragraph(title...)})
	if e.Value != "" {
		head = sides([]element{paragraph(title...)}, paragraph(say(e.Value)).right())
	}
	row := contain(head)
	if e.Note != "" {
		row.Items = append(row.Items, paragraph(say(e.Note).aside()).close())
	}
	row.Spacing, row.SelectAction = "Small", tap
	return row
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
				out = append(out, paragraph(say(in.Say("and %s more", quoting.Thousands(len(s.Points)-i))).aside()).close())
				break
			}
			line := say("")
			line.Text = "• " + plain(point, maxNotice)
			out = append(out, paragraph(line).close())
		}
	}
	return out
}
