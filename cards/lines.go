package cards

import (
	"fmt"
	"slices"

	"radioquote/quoting"
)

const (
	linesAtFirst  = 6 // of a quote; the others wait behind a button
	linesToDecide = 5
)

// lineList is as many of the lines as fit into that many bytes, in the order of the quote,
// the first few at once and the others behind a button. What does not fit is counted and
// summed up, so that the list always comes to the quote's total.
func lineList(priced quoting.Priced, most int) []element {
	var rows []element
	for i, l := range priced.Lines {
		row := lineRow(l)
		most -= len(encode(row)) + len(",")
		if most < 0 {
			rows = append(rows, cutLine(priced.Lines[i:]))
			break
		}
		rows = append(rows, row)
	}
	if len(rows) <= linesAtFirst+1 {
		return rows
	}
	rest := contain(rows[linesAtFirst:]...)
	rest.ID, rest.Spacing = "more-lines", "Small"
	rest.hide()
	show, hide := actions(), actions()
	show.ID, hide.ID = "show-lines", "hide-lines"
	hide.hide()
	swap := []string{rest.ID, show.ID, hide.ID}
	show.Actions = []action{toggle(fmt.Sprintf("Show all %d lines", len(priced.Lines)), swap...)}
	hide.Actions = []action{toggle(buttonFewer, swap...)}
	return append(rows[:linesAtFirst:linesAtFirst], rest, show, hide)
}

// biggestLines are the lines that an approver looks at first.
func biggestLines(priced quoting.Priced) []element {
	lines := slices.Clone(priced.Lines)
	slices.SortStableFunc(lines, func(a, b quoting.Line) int { return b.Extended.Cmp(a.Extended) })
	var rows []element
	for i, l := range lines {
		if i == linesToDecide {
			return append(rows, cutLine(lines[i:]))
		}
		rows = append(rows, lineRow(l))
	}
	return rows
}

func lineRow(l quoting.Line) element {
	detail := fmt.Sprintf("%s · %s each", l.SKU, l.Unit.Display())
	qty := thousands(l.Qty)
	if l.Months > 0 {
		qty = thousands(l.Units)
		detail = fmt.Sprintf("%s · %s a month each · %s", l.SKU, l.Unit.Display(), count(l.Months, "month"))
	}
	if l.BreakPct > 0 {
		detail += fmt.Sprintf(" · %d %% off for the quantity", l.BreakPct)
	}
	if l.Reason != "" {
		detail += " · " + l.Reason
	}
	left := []element{
		paragraph(say(qty+" × ").bold(), say(l.Name)),
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
	p := v.Priced
	row := func(name string, amount run) element {
		s := sides([]element{paragraph(say(name))}, paragraph(amount).right())
		s.Spacing = "None"
		return s
	}
	rows := []element{row("List total", say(p.ListTotal.Display()))}
	if !p.NetTotal.Equal(p.ListTotal) {
		rows = append(rows, row("Net, after breaks and price level", say(p.NetTotal.Display())))
	}
	rows = append(rows,
		row("Freight", say(p.Freight.Display())),
		sides([]element{paragraph(say("Total without tax").bold())}, paragraph(say(p.Total.Display()).bold()).right()),
	)
	if v.ShowMargin {
		if p.Margin.Known {
			rows = append(rows, row("Cost", say(p.CostTotal.Display())))
		}
		rows = append(rows, row("Margin", marginRun(v)))
	} else {
		rows = append(rows, row("Margin", marginRun(v)))
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
