package cards

import (
	"slices"

	"radioquote/quoting"
)

// technicalBytes is what the lines may take on the card of who decides on them alone.
const technicalBytes = maxBytes / 2

const (
	linesAtFirst  = 6 // of a quote; the others wait behind a button
	linesToDecide = 4
)

// lineList is as many of the lines as fit into that many bytes, in the order of the quote,
// the first few at once and the others behind a button. What does not fit is counted and
// summed up, so that the list always comes to the quote's total.
func lineList(v quoting.View, most int) []element {
	var rows []element
	in, lines := v.Locale, v.Priced.Lines
	title := in.Say(buttonAll, len(lines))
	for i, l := range lines {
		row := lineRow(v, l)
		most -= len(encode(row)) + len(",")
		if most < 0 {
			title = in.Say(buttonMore)
			rows = append(rows, cutLine(v, lines[i:]))
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
	hide.Actions = []action{toggle(in.Say(buttonFewer), swap...)}
	return []element{first, rest, show, hide}
}

// biggestLines are the lines that an approver looks at first; with the rest and the
// freight they come to the total.
func biggestLines(v quoting.View) []element {
	if !v.ShowPrices {
		return lineList(v, technicalBytes)
	}
	lines := slices.Clone(v.Priced.Lines)
	slices.SortStableFunc(lines, func(a, b quoting.Line) int { return b.Extended.Cmp(a.Extended) })
	rows := []element{paragraph(say(v.Locale.Say(textTopLines)).bold())}
	for _, l := range lines[:min(len(lines), linesToDecide)] {
		rows = append(rows, sides([]element{paragraph(lineName(v.Locale, l)...)}, paragraph(say(v.Locale.Money(l.Extended))).right()))
	}
	if len(lines) > linesToDecide {
		rows = append(rows, cutLine(v, lines[linesToDecide:]))
	}
	freight := sides([]element{paragraph(say(v.Locale.Say("Freight")).aside())}, paragraph(say(v.Locale.Money(v.Priced.Freight)).aside()).right())
	freight.Spacing = "None"
	return append(rows, freight)
}

// lineName is how many of what.
func lineName(in quoting.Locale, l quoting.Line) []run {
	if l.Weeks > 0 {
		return []run{say(in.Number(l.Units) + " × ").bold(), say(l.Name + ", " + in.Count(l.Weeks, "week"))}
	}
	if l.Months > 0 {
		return []run{say(in.Number(l.Units) + " × ").bold(), say(l.Name + ", " + in.Count(l.Months, "month"))}
	}
	return []run{say(in.Number(l.Qty) + " × ").bold(), say(l.Name)}
}

func lineRow(v quoting.View, l quoting.Line) element {
	in := v.Locale
	if !v.ShowPrices {
		detail := say(l.SKU + about(in, l)).aside()
		return contain(paragraph(lineName(in, l)...), paragraph(detail).close())
	}
	detail := in.Say("%s · %s each", l.SKU, l.Unit.Display())
	switch {
	case l.Months > 0:
		detail += in.Say(" a month")
	case l.Weeks > 0:
		detail += in.Say(" a week")
	}
	switch {
	case l.Locked:
		detail += in.Say(", as set")
	case l.Discount.IsPos():
		detail += in.Say(" · %s%% discount", l.Discount.Trim(0))
	}
	if l.BreakPct > 0 {
		detail += in.Say(" · %d%% off for the quantity", l.BreakPct)
	}
	detail += about(in, l)
	left := []element{
		paragraph(lineName(in, l)...),
		paragraph(say(detail).aside()).close(),
	}
	if l.NextBreak > 0 {
		saving := in.Say("%s would cost %s less", quoting.Thousands(l.NextBreak), l.NextSaving.Display())
		left = append(left, paragraph(say(saving).sized("Small").colored(accent)).close())
	}
	return sides(left, paragraph(say(in.Money(l.Extended))).right())
}

// about is why a line is there, and how many are in stock.
func about(in quoting.Locale, l quoting.Line) string {
	text := ""
	if l.Reason != "" {
		text = " · " + l.Reason
	}
	if l.Type.Hardware() && l.Stock.Known {
		text += " · " + in.Say("%s in stock", quoting.Thousands(l.Stock.Available))
	}
	return text
}

// cutLine stands for lines that are not shown.
func cutLine(v quoting.View, lines []quoting.Line) element {
	in, sum := v.Locale, quoting.Money{}
	if !v.ShowPrices {
		return paragraph(say(in.Say("and %s", quoting.Count(len(lines), "more line"))).aside())
	}
	for _, l := range lines {
		total, err := sum.Add(l.Extended)
		if err != nil { // amounts that do not add up are not made up
			return paragraph(say(in.Say("and %s", quoting.Count(len(lines), "more line"))).aside())
		}
		sum = total
	}
	return sides(
		[]element{paragraph(say(in.Say("and %s", quoting.Count(len(lines), "more line"))).aside())},
		paragraph(say(in.Money(sum)).aside()).right(),
	)
}

// totals are the sums under the lines, and the margin as far as the viewer may see it.
func totals(v quoting.View) []element {
	if v.System.Review != "" || !v.ShowPrices {
		return nil
	}
	p := v.Priced
	row := func(name string, amount run) element {
		s := sides([]element{paragraph(say(v.Locale.Retell(name)))}, paragraph(amount).right())
		s.Spacing = "None"
		return s
	}
	rows := []element{row("List total", say(v.Locale.Money(p.ListTotal)))}
	if !p.BookTotal.Equal(p.ListTotal) {
		rows = append(rows, row("After breaks and price level", say(v.Locale.Money(p.BookTotal))))
	}
	if !p.NetTotal.Equal(p.BookTotal) {
		rows = append(rows, row("After discounts on lines", say(v.Locale.Money(p.NetTotal))))
	}
	if !p.Discount.IsZero() {
		rows = append(rows, row("Discount", say("−"+v.Locale.Money(p.Discount))))
	}
	rows = append(rows,
		row("Freight", say(v.Locale.Money(p.Freight))),
		sides([]element{paragraph(say(v.Locale.Say("Total without tax")).bold())}, paragraph(say(v.Locale.Money(p.Total)).bold()).right()),
	)
	if v.ShowMargin && p.Margin.Known {
		rows = append(rows, row("Cost", say(v.Locale.Money(p.CostTotal))))
	}
	if !v.InRoom {
		rows = append(rows, row("Margin", marginRun(v)))
	}
	if !v.ValidUntil.IsZero() {
		rows = append(rows, words(v.Locale.Say("Valid until ")+day(v.ValidUntil)).aside())
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
	text = v.Locale.Retell(text)
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
