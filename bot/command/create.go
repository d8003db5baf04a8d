package command

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

var zero, hundred = decimal.Zero, decimal.Hundred

// create reads a new quote.
func (r *reading) create() {
	r.count()
	r.fill()
}

// fill fills the slots of a new quote from what the numbers count.
func (r *reading) fill() {
	r.size()
	r.items()
	r.design()
	r.money()
	r.measures()
	r.customer()
	code, text, approved := r.industry()
	r.slots.Industry, r.slots.IndustryText = code, text
	if !approved {
		r.errors = append(r.errors, quoting.IndustryNotApproved)
	}
	r.needSize()
}

// needSize asks for what a new quote is sized by and the message does not settle.
func (r *reading) needSize() {
	if r.slots.Users == nil {
		r.needs = append(r.needs, quoting.NeedUsers)
	}
	if r.slots.Sites == nil {
		r.needs = append(r.needs, quoting.NeedSites)
	}
	if r.slots.Industry == "" {
		r.needs = append(r.needs, quoting.NeedIndustry)
	}
}

// items reads the items that are named, with the number that each is wanted in.
func (r *reading) items() {
	list := r.slots.Items
	r.slots.Items = nil
	for i := range r.terms {
		t := &r.terms[i]
		item := t.value(tagItem)
		if item == "" || t.kind == tagName || r.at(i-1).is(tagOld) {
			continue
		}
		qty, counted := r.itemQuantity(i)
		switch {
		case kinds[item] != nil && (counted || r.slots.SiteSplit != nil):
			continue // size has it
		case kinds[item] != nil && slices.ContainsFunc(list, func(w quoting.ItemWish) bool { return w.Item == item || kinds[item]["poc"] == w.Item }):
			continue
		case item == "poc_service" && r.termStated():
			continue
		case item == "repeater" && r.bothWays(i):
			r.slots.Alternatives = []string{"with_repeaters", "without_repeaters"}
			continue
		}
		list = wish(list, item, qty)
	}
	slices.SortStableFunc(list, func(a, b quoting.ItemWish) int { return isSubscriber(b.Item) - isSubscriber(a.Item) })
	r.slots.Items = list
}

// bothWays says whether the item at the i-th term is wanted side by side: "with and without
// repeaters".
func (r *reading) bothWays(i int) bool {
	with, and, without := r.at(i-3).norm, r.at(i-2).norm, r.at(i-1).norm
	return with == "with" && (and == "and" || and == "or" || and == "/") && without == "without"
}

func isSubscriber(item string) int {
	switch item {
	case "portable", "mobile", "poc_portable", "poc_mobile", "portable_is":
		return 1
	}
	return 0
}

func (r *reading) termStated() bool {
	return slices.ContainsFunc(r.quantities, func(q quantity) bool { return q.value == "month" || q.value == "year" })
}

// itemQuantity is the number that the item at the i-th term is wanted in: nil where it is
// not stated, 0 for "no repeater". counted says whether a number stands with it.
func (r *reading) itemQuantity(i int) (qty *int, counted bool) {
	if r.countedNoun(i) {
		q := r.of[i]
		n, ok := whole(r.terms[q.at].amount)
		if !ok || r.terms[q.at].kind == tagRange {
			return nil, true
		}
		if q.perSite && q.counts == tagItem {
			if r.slots.Sites == nil {
				return nil, true
			}
			n *= *r.slots.Sites
		}
		return &n, true
	}
	before, after := r.at(i-1), r.at(i+1)
	if before.is(tagFiller) || slices.Contains([]string{"any", "the", "a", "an"}, before.norm) {
		before = r.at(i - 2)
	}
	zero, one := 0, 1
	switch {
	case before.is(tagNegative):
		return &zero, false
	case after.norm == "for" && r.at(i+2).kind == tagNumber && !r.near(i+2, 0, 1, "sites", "months", "years"):
		if n, ok := whole(r.at(i + 2).amount); ok {
			return &n, false
		}
	case after.norm == "each" || after.norm == "apiece",
		(after.norm == "for" || after.norm == "per" || after.norm == "with") && (r.at(i+2).is(tagEach) || r.at(i+2).norm == "all" || r.at(i+2).norm == "everyone" || r.at(i+2).is(tagUser)):
		return r.slots.Users, false
	case (r.at(i-1).norm == "a" || r.at(i-1).norm == "an") && kinds[r.terms[i].value(tagItem)] == nil && after.norm != "system" && after.norm != "setup" && after.norm != "based":
		return &one, false
	}
	return nil, false
}

// design reads technology, band, safety, features and what kind of quote it is.
func (r *reading) design() {
	s := &r.slots
	var said []string
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || r.at(i-1).is(tagNegative) || r.at(i-1).is(tagNot) {
			continue
		}
		if code := t.value(tagTechnology); code != "" && !r.replaced(i) && !slices.Contains(said, code) {
			said = append(said, code)
		}
		if t.is(tagBand) {
			s.Band = quoting.Band(t.value(tagBand))
		}
		if t.is(tagSafe) {
			s.IntrinsicallySafe = true
		}
		if f := t.value(tagFeature); f != "" && !slices.Contains(s.Features, f) {
			s.Features = append(s.Features, f)
		}
		if t.is(tagRental) {
			s.QuoteType = "rental"
		}
		if t.is(tagTrade) {
			s.TradeIn = true
		}
		if t.is(tagMatch) {
			s.MatchInstalledBase = true
		}
		if t.is(tagCheapest) {
			s.Preference = "lowest_cost"
		}
	}
	switch len(said) {
	case 0:
	case 1:
		s.Technology = quoting.TechnologyChoice(said[0])
	default:
		s.Alternatives = said
	}
}

// replaced says whether the technology at the i-th term is that of the old radios: "120
// old analog radios to digital", "from analog to digital".
func (r *reading) replaced(i int) bool {
	if r.at(i - 1).is(tagOld) {
		return true
	}
	if r.at(i-1).norm == "from" {
		return true
	}
	return false
}

// money reads prices, discounts and payment terms.
func (r *reading) money() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		switch {
		case t.kind == tagPayment:
			s.PaymentTerms = t.norm
		case t.number.huge:
		case t.kind == tagPercent:
			n := slotNumber(t.amount)
			switch r.percentField(i) {
			case "discount_pct":
				s.DiscountPct = n
				r.checkDiscount(t.amount)
			case "target_margin_pct":
				s.TargetMarginPct = n
			case "deposit_pct":
				s.DepositPct = n
			}
		case r.isMoney(i):
			n := slotNumber(t.amount)
			switch r.amountField(i) {
			case "discount_amount":
				s.DiscountAmount = n
			case "budget_max":
				s.BudgetMax = n
			case "target_unit_price":
				s.TargetUnitPrice = n
			case "target_total_max":
				s.TargetTotalMax = n
			default:
				s.TargetTotal = n
			}
		}
	}
}

func (r *reading) checkDiscount(pct decimal.Decimal) {
	if pct.IsNeg() || pct.Cmp(hundred) > 0 {
		r.errors = append(r.errors, quoting.DiscountOutOfRange)
	}
}

// measures reads areas, distances and times.
func (r *reading) measures() {
	s := &r.slots
	for i := range r.quantities {
		q := &r.quantities[i]
		t := &r.terms[q.at]
		if q.counts != tagMeasure || t.kind != tagNumber || t.number.huge {
			continue
		}
		n, isWhole := whole(t.amount)
		switch q.value {
		case "sqft":
			s.AreaSqft = slotNumber(t.amount)
			continue
		case "mi", "km":
			s.Coverage = &quoting.Coverage{Value: quoting.Number{Decimal: t.amount}, Unit: q.value}
			continue
		}
		if !isWhole {
			continue
		}
		warranty := r.near(q.at, 1, 3, "warranty", "extended warranty", "service plan", "maintenance plan")
		switch q.value {
		case "shift":
			s.Shifts = &n
		case "month":
			if !warranty {
				s.TermMonths = &n
			}
		case "year":
			if !warranty {
				n *= 12
				s.TermMonths = &n
			}
		case "week":
			if s.QuoteType == "rental" {
				s.RentalWeeks = &n
			}
		case "day":
			if r.near(q.at, 3, 2, "valid", "validity", "good", "open") {
				s.ValidDays = &n
			} else if s.QuoteType == "rental" {
				n = (n + 6) / 7
				s.RentalWeeks = &n
			}
		}
	}
	if s.QuoteType == "rental" && s.RentalWeeks == nil && r.near(-1, 0, len(r.terms), "weekend") {
		one := 1
		s.RentalWeeks = &one
	}
}

// customer reads whose quote it is, and where. The name that is said to be the customer's
// wins over one that stands alone.
func (r *reading) customer() {
	best := 0
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagName {
			continue
		}
		rank := r.customerRank(i)
		name := t.text
		if rank == 0 {
			if slices.Contains(places, r.at(i-1).norm) && r.slots.Location == "" {
				r.slots.Location = name
			}
			continue
		}
		owner, place, possessive := cutPossessive(name)
		if possessive && r.at(i+1).is(tagSite) {
			name = owner
			if place != "" {
				r.slots.Location = place
			}
		}
		if rank > best {
			best, r.slots.Customer = rank, name
		}
	}
}

// places are the words before the name of a place.
var places = []string{"in", "near", "at", "the", "our"}

// customerRank is how sure it is that the name at the i-th term is the customer's; 0 if it
// is not.
func (r *reading) customerRank(i int) int {
	before, after := r.at(i-1), r.at(i+1)
	if before.norm == ":" || before.norm == "is" || before.norm == "=" {
		before = r.at(i - 2)
	}
	switch {
	case slices.Contains(labels[1:5], before.norm):
		return 4
	case before.norm == "for":
		return 3
	case slices.Contains(places[3:], before.norm):
		if after.is(tagSite) {
			return 0 // "the Toledo site"
		}
		return 1
	case before.norm == "of":
		return 2
	case slices.Contains(subjects, after.norm) && (i == 0 || before.kind == tagMark || before.is(tagPolite)):
		return 3
	case slices.Contains(places, before.norm), slices.Contains([]string{"to", "by", "from", "with", "contact", "attn"}, before.norm):
		return 0
	case before.kind == tagNumber, before.is(tagPolite) && (after.kind == tagMark || after.norm == ""):
		return 0 // "40 Motorola radios", "hi Bob"
	case before.kind == tagMark && (after.kind == tagMark || after.norm == ""), i == 0:
		return 2
	}
	return 1
}

// cutPossessive splits "Acme's Toledo" into the owner and the rest.
func cutPossessive(name string) (owner, rest string, ok bool) {
	for _, mark := range []string{"'s", "’s"} {
		if owner, ok := strings.CutSuffix(name, mark); ok {
			return owner, "", true
		}
		if owner, rest, ok := strings.Cut(name, mark+" "); ok {
			return owner, rest, true
		}
	}
	return name, "", false
}
