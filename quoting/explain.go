package quoting

import (
	"fmt"
	"strings"
)

// Section is a headed list of short sentences.
type Section struct {
	Title  string   `json:"title"`
	Points []string `json:"points"`
}

// Explain says why a quote is what it is, as far as this person may see it: the rule that
// chose the system and the traffic that sized it, every line's reason and the price row
// behind it, the waterfall from list to total, and who must approve it.
func Explain(p *Policy, v View) []Section {
	sections := []Section{{Title: "Why this system", Points: p.why(v)}}
	if len(v.Priced.Lines) > 0 && v.ShowPrices {
		sections = append(sections, Section{Title: "From list to total", Points: Waterfall(v.Priced)})
	}
	if len(v.Priced.Lines) > 0 {
		sections = append(sections, Section{Title: "Why each line", Points: whyLines(v)})
	}
	return append(sections, Section{Title: "Who approves", Points: WhyApprovals(v)})
}

// why is the system's rule and, for repeaters, its traffic in erlang.
func (p *Policy) why(v View) []string {
	points := []string{v.System.Why}
	industry, err := v.Request.industry(p)
	if s := v.System; err == nil && s.TalkPaths > 0 {
		load := p.Talk.Loads[industry.Load]
		hold := load.Seconds + p.Talk.HangSeconds
		erlangs := float64(s.LoadUsers*load.Calls*hold) / 3600
		points = append(points, fmt.Sprintf("%s of %s load: %d calls of %d s in the busy hour, each holding a channel %d s: %.2f erlang.",
			Count(s.LoadUsers, "radio"), industry.Load, load.Calls, load.Seconds, hold, erlangs))
		points = append(points, fmt.Sprintf("%s: the fewest with which at most %d%% of calls wait over %d s (%.1f%% do).",
			Count(s.TalkPaths, "talk path"), p.Talk.WaitPercent, p.Talk.WaitSeconds, 100*p.Talk.waiting(erlangs, float64(hold), s.TalkPaths, blocking(erlangs, s.TalkPaths))))
		if s.RepeatersPerSite > 0 {
			points = append(points, fmt.Sprintf("A repeater carries 2: %s a site.", Count(s.RepeatersPerSite, "repeater")))
		}
	}
	return points
}

// Waterfall is the way from the list price to the total, a sentence a step; steps that
// change nothing are left out.
func Waterfall(priced Priced) []string {
	zero := Money{Currency: priced.Currency}
	level, locked := sum{total: zero}, sum{total: zero}
	for _, l := range priced.Lines {
		level.addTimes(l.Level, l.Qty)
		if l.Locked {
			locked.add(l.Extended)
		} else {
			locked.addTimes(l.Book, l.Qty)
		}
	}
	points := []string{"List " + priced.ListTotal.Display()}
	step := func(name string, from, to Money) {
		if change, err := to.Sub(from); err == nil && !change.IsZero() {
			points = append(points, fmt.Sprintf("%s %s → %s", name, change.signed(), to.Display()))
		}
	}
	if level.err != nil || locked.err != nil {
		return points
	}
	step("Customer's level or price", priced.ListTotal, level.total)
	step("Quantity breaks", level.total, priced.BookTotal)
	step("Prices that were set", priced.BookTotal, locked.total)
	step("Line discounts", locked.total, priced.NetTotal)
	if net, err := priced.NetTotal.Sub(priced.Discount); err == nil {
		step("Discount on the whole", priced.NetTotal, net)
		step("Freight", net, priced.Total)
	}
	return points
}

// signed is an amount with its sign: "+$12.00", "−$12.00".
func (m Money) signed() string {
	if m.Amount.IsNeg() {
		return "−" + m.Neg().Display()
	}
	return "+" + m.Display()
}

// whyLines is a sentence for each line: why it is there, and, for who sees prices, the row
// behind its price.
func whyLines(v View) []string {
	points := make([]string, 0, len(v.Priced.Lines))
	for _, l := range v.Priced.Lines {
		if !v.ShowPrices {
			points = append(points, fmt.Sprintf("%s × %s: %s.", Thousands(l.Qty), l.SKU, strings.TrimSuffix(l.Reason, ".")))
			continue
		}
		price := fmt.Sprintf("list %s", l.List.Display())
		if l.BreakPct > 0 {
			price += fmt.Sprintf(", %d%% off for %s", l.BreakPct, Thousands(l.Units))
		}
		if l.Source != FromBase {
			price += ", by " + string(l.Source)
		}
		if l.PriceRow != 0 {
			price += fmt.Sprintf(" (NetSuite's row %d)", l.PriceRow)
		}
		switch {
		case l.Locked:
			price += ", set to " + l.Unit.Display()
		case l.Discount.IsPos():
			price += fmt.Sprintf(", %s%% off by you", l.Discount.Trim(0))
		}
		points = append(points, fmt.Sprintf("%s × %s: %s; %s", Thousands(l.Qty), l.SKU, strings.TrimSuffix(l.Reason, "."), price))
	}
	return points
}

func WhyApprovals(v View) []string {
	steps := Chain(v.Approvals)
	if len(steps) == 0 && !v.ShowPrices {
		return []string{"Nothing in it needs engineering."}
	}
	if len(steps) == 0 {
		return []string{"Nobody: it is within your limits."}
	}
	var points []string
	for _, s := range steps {
		text := []string{s.Role.Words()}
		for _, n := range s.Why {
			text = append(text, n.Sentence)
		}
		if len(s.Why) == 0 {
			text = append(text, "on the way")
		}
		points = append(points, strings.Join(text, " · "))
	}
	return points
}

// Words is the role as people say it.
func (r Role) Words() string {
	return Capital(r.Name())
}
