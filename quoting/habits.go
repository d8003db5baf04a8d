package quoting

import (
	"fmt"
	"math/big"

	"github.com/govalues/decimal"
)

// Measure is a figure of a quote that is compared with those of past quotes. (spec:
// controls, section 8)
type Measure string

const (
	PricePerRadio       Measure = "price per radio"       // what approval is judged by ÷ radios, of money
	AccessoriesPerRadio Measure = "accessories per radio" // batteries, chargers and audio ÷ radios
	RepeatersPer60      Measure = "repeaters per 60 users"
	MarginPercent       Measure = "margin"
	DiscountPercent     Measure = "discount"       // the largest of a line or of the whole
	ServicesShare       Measure = "services share" // percent of the lines, recurring ones with their first 12 months
)

// measures are all of them, in the order in which they are spoken of.
var measures = []Measure{PricePerRadio, AccessoriesPerRadio, RepeatersPer60, MarginPercent, DiscountPercent, ServicesShare}

// Measures are the figures of a quote, rounded half up to two places; one that makes no
// sense for it, such as repeaters of a PoC system, is not there.
type Measures map[Measure]decimal.Decimal

// MeasuresOf are the figures of a version as it is priced. What engineering designs has
// none: it has no price.
func MeasuresOf(v Version) Measures {
	m := Measures{}
	if v.System.Review != "" || len(v.Priced.Lines) == 0 {
		return m
	}
	set := func(measure Measure, part, of *big.Rat, times int) {
		if of.Sign() <= 0 {
			return
		}
		share := new(big.Rat).Quo(part, of)
		if value, err := hundredths(share.Mul(share, whole(times))); err == nil {
			m[measure] = value
		}
	}
	services, all := new(big.Rat), new(big.Rat)
	for _, l := range v.Priced.Lines {
		counted, err := l.counted()
		if err != nil {
			return m
		}
		all.Add(all, fraction(counted.Amount))
		if l.Type == Service {
			services.Add(services, fraction(counted.Amount))
		}
	}
	radios := whole(v.Priced.pieces("portable") + v.Priced.pieces("mobile"))
	set(PricePerRadio, fraction(v.Priced.Amount.Amount), radios, 1)
	set(AccessoriesPerRadio, whole(v.Priced.pieces("accessories")), radios, 1)
	if v.System.Technology == DMR {
		set(RepeatersPer60, whole(v.Priced.pieces("repeater")), whole(v.Request.Users), 60)
	}
	set(ServicesShare, services, all, 100)
	if v.Priced.Margin.Known {
		m[MarginPercent] = v.Priced.Margin.Percent
	}
	_, m[DiscountPercent] = v.Priced.largestDiscount()
	return m
}

// pieces is how many are quoted of what a scope holds.
func (out Priced) pieces(of Scope) int {
	n := 0
	for _, l := range out.Lines {
		if of.holds(l, "") {
			n += l.Qty
		}
	}
	return n
}

// Profile is a quote as far as it is compared with others: who made it, the kind of system
// in whose company it is judged, and its figures.
type Profile struct {
	Owner      PersonID
	Technology Technology
	Currency   Currency
	Measures   Measures
}

// ProfileOf is the profile of a version of somebody's quote.
func ProfileOf(owner PersonID, v Version) Profile {
	return Profile{Owner: owner, Technology: v.System.Technology, Currency: v.Priced.Currency, Measures: MeasuresOf(v)}
}

// Habits are what is usual of past quotes: each figure among systems of one technology in
// one currency, and the discounts of each owner. They never change; newer ones are others.
// The zero Habits find nothing unusual.
type Habits struct {
	systems   map[systemFigure]Habit
	discounts map[PersonID]Habit
}

type systemFigure struct {
	technology Technology
	currency   Currency
	measure    Measure
}

// NewHabits is what is usual of past quotes, in whatever order.
func NewHabits(past []Profile) Habits {
	systems, discounts := map[systemFigure][]decimal.Decimal{}, map[PersonID][]decimal.Decimal{}
	for _, p := range past {
		for measure, value := range p.Measures {
			if measure == DiscountPercent {
				discounts[p.Owner] = append(discounts[p.Owner], value)
				continue
			}
			key := systemFigure{p.Technology, p.Currency, measure}
			systems[key] = append(systems[key], value)
		}
	}
	h := Habits{systems: make(map[systemFigure]Habit, len(systems)), discounts: make(map[PersonID]Habit, len(discounts))}
	for key, values := range systems {
		h.systems[key] = NewHabit(values)
	}
	for owner, values := range discounts {
		h.discounts[owner] = NewHabit(values)
	}
	return h
}

// Unusual lists the figures of a quote that are far from what is usual, for the sales
// manager to decide. They come on top of the policy's other rules: there is nothing here by
// which one of those could be left out.
func (h Habits) Unusual(p *Policy, q Profile) []ApprovalNeed {
	found := matrix{policy: p}
	for _, measure := range measures {
		habit, among := h.systems[systemFigure{q.Technology, q.Currency, measure}], "such systems"
		if measure == DiscountPercent {
			habit, among = h.discounts[q.Owner], "the same rep"
		}
		value, measured := q.Measures[measure]
		if !measured || !habit.Unusual(p.History, value) {
			continue
		}
		sentence := fmt.Sprintf("The %s of %s is unusual: the median of %d past quotes of %s is %s.",
			measure, measure.text(value, q.Currency), habit.Count, among, measure.text(habit.Median(), q.Currency))
		forRep := sentence
		if measure == MarginPercent {
			forRep = fmt.Sprintf("The margin is unusual among %d past quotes of %s.", habit.Count, among)
		}
		found.need("unusual "+string(measure), 1, value.String(), sentence, forRep)
	}
	return found.needs
}

// text is a value of the measure as people read it.
func (m Measure) text(value decimal.Decimal, currency Currency) string {
	switch m {
	case PricePerRadio:
		return Money{Amount: value, Currency: currency}.Display()
	case MarginPercent, DiscountPercent, ServicesShare:
		return value.Trim(0).String() + "%"
	case AccessoriesPerRadio, RepeatersPer60:
	}
	return value.Trim(0).String()
}
