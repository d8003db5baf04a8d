package quoting

import (
	"fmt"
	"math/big"
	"slices"

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

// The catalogue's categories of what is counted.
var (
	radioCategories     = []string{"portable", "portable_is", "portable_ps", "poc_portable", "mobile", "poc_mobile"}
	accessoryCategories = []string{"battery", "charger_single", "charger_6bank", "speaker_mic", "earpiece", "headset", "carry"}
	repeaterCategories  = []string{"repeater", "repeater_compact"}
)

// MeasuresOf are the figures of a priced system. The discount is the largest of the quote,
// in percent of the price by precedence and break. A system that engineering designs has
// none: it has no price.
func MeasuresOf(r Request, s System, priced Priced, discount decimal.Decimal) Measures {
	m := Measures{}
	if s.Review != "" || len(priced.Lines) == 0 {
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
	radios, services := priced.count(radioCategories), new(big.Rat)
	for _, l := range priced.Lines {
		if l.Type == Service {
			services.Add(services, fraction(l.Extended.Amount))
		}
	}
	amount := fraction(priced.Amount.Amount)
	set(PricePerRadio, amount, radios, 1)
	set(AccessoriesPerRadio, priced.count(accessoryCategories), radios, 1)
	if s.Technology == DMR {
		set(RepeatersPer60, priced.count(repeaterCategories), whole(r.Users), 60)
	}
	set(ServicesShare, services, new(big.Rat).Sub(amount, fraction(priced.Freight.Amount)), 100)
	if priced.Margin.Known {
		m[MarginPercent] = priced.Margin.Percent
	}
	m[DiscountPercent] = discount
	return m
}

// count is how many pieces of some categories are quoted.
func (p Priced) count(categories []string) *big.Rat {
	n := 0
	for _, l := range p.Lines {
		if slices.Contains(categories, l.Category) {
			n += l.Qty
		}
	}
	return whole(n)
}

// Profile is a quote as far as it is compared with others: who made it, the kind of system
// in whose company it is judged, and its figures.
type Profile struct {
	Owner      PersonID
	Technology Technology
	Currency   Currency
	Measures   Measures
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
	var needs []ApprovalNeed
	for _, measure := range measures {
		habit, among := h.systems[systemFigure{q.Technology, q.Currency, measure}], "such systems"
		if measure == DiscountPercent {
			habit, among = h.discounts[q.Owner], "the same rep"
		}
		value, measured := q.Measures[measure]
		if !measured || !habit.Unusual(p.History, value) {
			continue
		}
		need := ApprovalNeed{
			Rule: "unusual " + string(measure), Role: SalesManager, Measured: value.String(),
			Sentence: fmt.Sprintf("The %s of %s is unusual: the median of %d past quotes of %s is %s.",
				measure, measure.text(value, q.Currency), habit.Count, among, measure.text(habit.Median(), q.Currency)),
		}
		need.ForRep = need.Sentence
		if measure == MarginPercent {
			need.ForRep = fmt.Sprintf("The margin is unusual among %d past quotes of %s.", habit.Count, among)
		}
		needs = append(needs, need)
	}
	return needs
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
