package cards

import (
	"fmt"
	"slices"

	"radioquote/quoting"
)

const (
	linesAtFirst  = 6 // of a quote; the others wait behind a button
	linesToDecide = 4
)

// lineList is as many of the lines as fit into that many bytes, in the order of the quote,
// the first few at once and the others behind a button. What does not fit is counted and
// summed up, so that the list always comes to the quote's total.
func lineList(priced quoting.Priced, most int) []element {
	var rows []element
	title := fmt.Sprintf(buttonAll, len(priced.Lines))
	for i, l := range priced.Lines {
		row := lineRow(l)
		most -= len(encode(row)) + len(",")
		if most < 0 {
			title = buttonMore
			rows = append(rows, cutLine(priced.Lines[i:]))
			break
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	first := contain(rows...)
	first.Spacing = "Medium"
	if len(rows) <= linesAtFirst+1 {
		return []element{first}
	}
	first.Items = rows[:linesAtFirst]
	rest := contain(rows[linesAtFirst:]...)
	rest.ID, rest.Spacing = "more-lines", "Small"
	rest.hide()
	show, hide := actions(), actions()
	show.ID, hide.ID = "show-lines", "hide-lines"
	hide.hide()
	swap := []string{rest.ID, show.ID, hide.ID}
	show.Actions = []action{toggle(title, swap...)}
	hide.Actions = []action{toggle(buttonFewer, swap...)}
	return []element{first, rest, show, hide}
}

// biggestLines are the lines that an approver looks at first; with the rest and the
// freight they come to the total.
func biggestLines(priced quoting.Priced) []element {
	lines := slices.Clone(priced.Lines)
	slices.SortStableFunc(lines, func(a, b quoting.Line) int { return b.Extended.Cmp(a.Extended) })
	rows := []element{paragraph(say(textTopLines).bold())}
	for _, l := range lines[:min(len(lines), linesToDecide)] {
		rows = append(rows, sides([]element{paragraph(lineName(l)...)}, paragraph(say(l.Extended.Display())).right()))
	}
	if len(lines) > linesToDecide {
		rows = append(rows, cutLine(lines[linesToDecide:]))
	}
	freight := sides([]element{paragraph(say("Freight").aside())}, paragraph(say(priced.Freight.Display()).aside()).right())
	freight.Spacing = "None"
	return append(rows, freight)
}

// lineName is how many of what.
func lineName(l quoting.Line) []run {
	if l.Weeks > 0 {
		return []run{say(thousands(l.Units) + " × ").bold(), say(l.Name + ", " + count(l.Weeks, "week"))}
	}
	if l.Months > 0 {
		return []run{say(thousands(l.Units) + " × ").bold(), say(l.Name + ", " + count(l.Months, "month"))}
	}
	return []run{say(thousands(l.Qty) + " × ").bold(), say(l.Name)}
}

func lineRow(l quoting.Line) element {
	detail := fmt.Sprintf("%s · %s each", l.SKU, l.Unit.Display())
	switch {
	case l.Months > 0:
		detail += " a month"
	case l.Weeks > 0:
		detail += " a week"
	}
	switch {
	case l.Locked:
		detail += ", as set"
	case l.Discount.IsPos():
		detail += fmt.Sprintf(" · %s%% discount", l.Discount.Trim(0))
	}
	if l.BreakPct > 0 {
		detail += fmt.Sprintf(" · %d%% off for the quantity", l.BreakPct)
	}
	if l.Reason != "" {
		detail += " · " + l.Reason
	}
	if l.Type.Hardware() && l.Stock.Known {
		detail += " · " + thousands(l.Stock.Available) + " in stock"
	}
	left := []element{
		paragraph(lineName(l)...),
		paragraph(say(detail).aside()).close(),
	}
	if l.NextBreak > 0 {
		saving := fmt.Sprintf("%s would cost %s less", thousands(l.NextBreak), l.NextSaving.Display())
		left = append(left, paragraph(say(saving).sized("Small").colored(accent)).close())
	}
	return sides(left, paragraph(say(l.Extended.Display())).right())
}

// cutLine stands for lines that are not shown.
func cutLine(lines []quoting.Line) element {
	sum := quoting.Money{}
	for _, l := range lines {
		total, err := sum.Add(l.Extended)
		if err != nil { // amounts that do not add up are not made up
			return paragraph(say("and " + count(len(lines), "more line")).aside())
		}
		sum = total
	}
	return sides(
		[]element{paragraph(say("and " + count(len(lines), "more line")).aside())},
		paragraph(say(sum.Display()).aside()).right(),
	)
}

// totals are the sums under the lines, and the margin as far as the viewer may see it.
func totals(v quoting.View) []element {
	if v.System.Review != "" {
		return nil
	}
	p := v.Priced
	row := func(name string, amount run) element {
		s := sides([]element{paragraph(say(name))}, paragraph(amount).right())
		s.Spacing = "None"
		return s
	}
	rows := []element{row("List total", say(p.ListTotal.Display()))}
	if !p.BookTotal.Equal(p.ListTotal) {
		rows = append(rows, row("After breaks and price level", say(p.BookTotal.Display())))
	}
	if !p.NetTotal.Equal(p.BookTotal) {
		rows = append(rows, row("After discounts on lines", say(p.NetTotal.Display())))
	}
	if !p.Discount.IsZero() {
		rows = append(rows, row("Discount", say("−"+p.Discount.Display())))
	}
	rows = append(rows,
		row("Freight", say(p.Freight.Display())),
		sides([]element{paragraph(say("Total without tax").bold())}, paragraph(say(p.Total.Display()).bold()).right()),
	)
	if v.ShowMargin && p.Margin.Known {
		rows = append(rows, row("Cost", say(p.CostTotal.Display())))
	}
	if !v.InRoom {
		rows = append(rows, row("Margin", marginRun(v)))
	}
	if !v.ValidUntil.IsZero() {
		rows = append(rows, words("Valid until "+day(v.ValidUntil)).aside())
	}
	sums := contain(rows...)
	sums.Separator, sums.Spacing = true, "Medium"
	return []element{sums}
}

// marginRun is the exact margin or its band, in the band's colour.
func marginRun(v quoting.View) run {
	text := v.MarginBand
	if v.ShowMargin {
		text = v.Priced.Margin.String()
	}
	switch v.MarginBand {
	case "good":
		return say(text).colored(good)
	case "fair":
		return say(text).colored(warning)
	case "thin":
		return say(text).colored(attention)
	default:
		return say(text)
	}
}
