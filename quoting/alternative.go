package quoting

import "slices"

// Alternative is another system or deal for the same need, with its price: what it is, why
// one would take it, and the changes that make it the quote's own.
type Alternative struct {
	Title   string
	Why     string
	Total   Money
	Changes []Change
}

// variants are the alternatives that a rep may name, with what makes each.
var variants = []struct {
	name, title string
	change      Change
}{
	{"with_repeaters", "With repeaters", Change{Op: "set", Field: "no_repeater", Value: false}},
	{"without_repeaters", "Without repeaters", Change{Op: "set", Field: "no_repeater", Value: true}},
	{"analog", "Analog", Change{Op: "set", Field: "technology", Value: "analog"}},
	{"dmr", "Digital (DMR)", Change{Op: "set", Field: "technology", Value: "dmr"}},
	{"poc", "PoC", Change{Op: "set", Field: "technology", Value: "poc"}},
	{"rental", "Rental", Change{Op: "set", Field: "quote_type", Value: "rental"}},
	{"purchase", "Purchase", Change{Op: "set", Field: "quote_type", Value: "purchase"}},
}

// Alternatives are the variants that the request asks to see beside it, and the system on
// the other side of a boundary that it is close to. One that cannot be had, or that comes
// out the same, is not offered; the quote itself stands.
func Alternatives(p *Policy, book *PriceBook, v Version) []Alternative {
	var found []Alternative
	offer := func(title string, r Request, s System, changes ...Change) {
		priced, err := Price(p, book, s, v.Customer, r.Terms)
		if err != nil || priced.Total.Equal(v.Priced.Total) && s.Technology == v.System.Technology {
			return
		}
		found = append(found, Alternative{Title: title, Why: s.Why, Total: priced.Total, Changes: changes})
	}
	for _, variant := range variants {
		if !slices.Contains(v.Request.Beside, variant.name) {
			continue
		}
		r, err := v.Request.Apply([]Change{variant.change}, v.System)
		if err != nil {
			continue
		}
		if s, err := Size(p, r); err == nil && s.Review == "" {
			offer(variant.title, r, s, variant.change)
		}
	}
	if there, ok := Neighbour(p, v.Request); ok {
		var changes []Change
		switch there.Technology {
		case PoC:
			changes = []Change{{Op: "set", Field: "technology", Value: "poc"}}
		case DMR:
			changes = []Change{{Op: "set", Field: "no_repeater", Value: false}}
		case DMRSimplex:
			changes = []Change{{Op: "set", Field: "no_repeater", Value: true}}
		case AnalogSimplex, P25Review:
		}
		offer(there.Technology.Words()+" instead", v.Request, there, changes...)
	}
	return found
}

// Words is the technology as people say it.
func (t Technology) Words() string {
	switch t {
	case AnalogSimplex:
		return "Analog, radio to radio"
	case DMRSimplex:
		return "DMR, radio to radio"
	case DMR:
		return "DMR with repeaters"
	case PoC:
		return "PoC (push-to-talk over LTE)"
	case P25Review:
		return "P25"
	default:
		return string(t)
	}
}

// Option is something that most customers ask about and that is not added by itself.
type Option struct {
	Title   string
	Total   Money // what it adds to the lines, at the quote's prices and breaks
	Changes []Change
}

// Options are what may be added to a version, with its price: a warranty, maintenance,
// spare radios, training, a console. What is on it already is not offered again.
func Options(p *Policy, book *PriceBook, v Version) []Option {
	if v.Request.Parts() || v.Request.RentalWeeks > 0 || v.System.Review != "" {
		return nil
	}
	radios, s := v.Request.Users, v.System
	console := p.Parts["console"]
	consoles := 0
	if s.Technology == PoC {
		console, consoles = p.Parts["poc_console"], 1
	} else if s.Mode != "" && s.Mode != ConventionalRepeater {
		consoles = 1
	}
	spare := ""
	for _, l := range s.Lines {
		if l.Item == "portable" {
			spare = l.SKU
		}
	}
	var found []Option
	for _, o := range []struct {
		title, sku string
		qty        int
	}{
		{"3-year warranty", p.Parts["warranty"], radios},
		{"Care plan, a year", p.Parts["service_plan"], radios},
		{"Repeater maintenance, a year", p.Parts["repeater_plan"], s.RepeatersPerSite * v.Request.sites()},
		{"Spare radios", spare, ceilDiv(s.Portables*p.Sizing.SparePercent, 100)},
		{"Training", p.Parts["training"], 1},
		{"Dispatch console", console, consoles},
	} {
		there := o.sku != spare && slices.ContainsFunc(v.Priced.Lines, func(l Line) bool { return l.SKU == o.sku })
		edited := slices.ContainsFunc(v.Request.Edits, func(e Edit) bool { return e.SKU == o.sku })
		if o.qty < 1 || o.sku == "" || there || edited {
			continue
		}
		changes := []Change{{Op: "add", SKU: o.sku, Qty: &o.qty}}
		if adds, err := v.adds(p, book, changes); err == nil {
			found = append(found, Option{Title: o.title, Total: adds, Changes: changes})
		}
	}
	return found
}

// adds is by how much the lines of a version come to more after changes, before a discount
// on the whole.
func (v Version) adds(p *Policy, book *PriceBook, changes []Change) (Money, error) {
	r, err := v.Request.Apply(changes, v.System)
	if err != nil {
		return Money{}, err
	}
	s, err := Size(p, r)
	if err != nil {
		return Money{}, err
	}
	r.Terms.Header = nil
	priced, err := Price(p, book, s, v.Customer, r.Terms)
	if err != nil {
		return Money{}, err
	}
	return priced.NetTotal.Sub(v.Priced.NetTotal)
}
