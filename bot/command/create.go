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
	r.delivery()
	r.sameCustomer()
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
		if r.take(i, "items"); r.countedNoun(i) {
			r.takeQuantity(r.of[i], "items")
		}
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
		if next := r.at(i + 1).norm; (next == "per" || next == "for") && (r.at(i+2).is(tagUser) || r.at(i+2).is(tagEach)) && r.slots.Users != nil && n == 1 {
			return r.slots.Users, true
		}
		return &n, true
	}
	before, after := r.at(i-1), r.at(i+1)
	if last := r.lastOfRow(i); last > i {
		if qty, _ := r.itemQuantity(last); qty != nil && qty == r.slots.Users {
			return qty, false // "a battery and a headset for each"
		}
	}
	if before.is(tagFiller) || slices.Contains([]string{"any", "the", "a", "an"}, before.norm) {
		before = r.at(i - 2)
	}
	zero, one := 0, 1
	if with := r.lead(i, 7, "with", "including"); with > 0 && r.at(with-1).norm == "each" {
		return r.slots.Users, false // "25 radios each with a battery"
	}
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

// lastOfRow is the item that ends a row of two, which begins at i.
func (r *reading) lastOfRow(i int) int {
	if after := r.at(i + 1).norm; after != "and" && after != "&" && after != "+" {
		return i
	}
	for j := i + 2; j <= i+3; j++ {
		if t := r.at(j); t.kind == tagWord && t.value(tagItem) != "" && !r.countedNoun(j) {
			return j
		}
	}
	return i
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
			r.take(i, "technology")
		}
		if t.is(tagBand) {
			s.Band = quoting.Band(t.value(tagBand))
			r.take(i, "band")
		}
		if t.is(tagSafe) {
			s.IntrinsicallySafe = true
			r.take(i, "intrinsically_safe")
		}
		if f := t.value(tagFeature); f != "" && !slices.Contains(s.Features, f) {
			s.Features = append(s.Features, f)
			r.take(i, "features")
		}
		if t.is(tagRental) && r.eitherWay() {
			s.Alternatives = []string{"purchase", "rental"}
			r.take(i, "alternatives")
		} else if t.is(tagRental) {
			s.QuoteType = "rental"
			r.take(i, "quote_type")
		}
		if t.is(tagTrade) {
			s.TradeIn = true
			r.take(i, "trade_in")
		}
		if t.is(tagMatch) || (t.norm == "match" || t.norm == "matches" || t.norm == "matching" || t.norm == "compatible") && r.near(i, 0, 5, "existing", "current", "have", "fleet", "own", "installed", "already", "old", "got", "use", "theirs") {
			s.MatchInstalledBase = true
			r.take(i, "match_installed_base")
		}
		if t.is(tagCheapest) {
			s.Preference = "lowest_cost"
			r.take(i, "preference")
		}
	}
	switch len(said) {
	case 0:
	case 1:
		s.Technology = quoting.TechnologyChoice(said[0])
	default:
		if !r.isMix() {
			s.Alternatives = append(s.Alternatives, said...)
		}
	}
}

// isMix says whether the technologies are of different radios, "30 analog radios and 20
// digital radios", and not the same in two ways.
func (r *reading) isMix() bool {
	counted := 0
	for i := range r.quantities {
		q := &r.quantities[i]
		for j := q.at + 1; q.counts == tagUser && j < q.noun; j++ {
			if r.at(j).is(tagTechnology) {
				counted++
				break
			}
		}
	}
	return counted > 1
}

// eitherWay says whether purchase and rental are wanted side by side.
func (r *reading) eitherWay() bool {
	buy, rent := r.first(tagPurchase), r.first(tagRental)
	if buy < 0 || rent < 0 || max(buy-rent, rent-buy) > 6 {
		return false
	}
	for i := min(buy, rent) + 1; i < max(buy, rent); i++ {
		switch r.at(i).norm {
		case "and", "or", "vs", "/", "versus", "&", ",", "next", "beside", "alongside", "against", "than":
			return true
		}
	}
	return false
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
		field := ""
		switch {
		case t.uses > 0 && t.kind != tagMoney && t.kind != tagPercent:
		case t.kind == tagPayment:
			s.PaymentTerms, field = t.norm, "payment_terms"
		case t.number.huge:
		case t.kind == tagPercent:
			field = r.percentField(i)
		case r.isMoney(i):
			field = r.amountField(i)
		}
		if field == "" {
			continue
		}
		r.take(i, field)
		if slot := amountSlot(s, field); slot != nil {
			*slot = slotNumber(t.amount)
		}
		if field == "discount_pct" {
			r.checkDiscount(t.amount)
		}
	}
}

// amountSlot is where the slots keep an amount or a percentage.
func amountSlot(s *quoting.Slots, field string) **quoting.Number {
	switch field {
	case "discount_pct":
		return &s.DiscountPct
	case "discount_amount":
		return &s.DiscountAmount
	case "target_margin_pct":
		return &s.TargetMarginPct
	case "deposit_pct":
		return &s.DepositPct
	case "budget_max":
		return &s.BudgetMax
	case "target_unit_price":
		return &s.TargetUnitPrice
	case "target_total_max":
		return &s.TargetTotalMax
	case "target_total":
		return &s.TargetTotal
	}
	return nil
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
		if r.at(q.at).uses > 0 || q.counts != tagMeasure || t.kind != tagNumber || t.number.huge {
			continue
		}
		n, isWhole := whole(t.amount)
		switch q.value {
		case "sqft":
			s.AreaSqft = slotNumber(t.amount)
			r.takeQuantity(q, "area_sqft")
			continue
		case "mi", "km":
			r.takeQuantity(q, "coverage")
			s.Coverage = &quoting.Coverage{Value: quoting.Number{Decimal: t.amount}, Unit: q.value}
			continue
		}
		field := ""
		if isWhole {
			field, n = r.timeField(q, n)
		}
		switch field {
		case "shifts":
			s.Shifts = &n
		case "term_months":
			s.TermMonths = &n
		case "rental_weeks":
			s.RentalWeeks = &n
		case "valid_days":
			s.ValidDays = &n
		case "":
			field = "measure"
		}
		r.takeQuantity(q, field)
	}
	if s.QuoteType == "rental" && s.RentalWeeks == nil && r.near(-1, 0, len(r.terms), "weekend") {
		one := 1
		s.RentalWeeks = &one
		r.take(r.nearest(-1, 0, len(r.terms), "weekend"), "rental_weeks")
	}
}

// timeField is the slot that a time is for, with the number in the slot's unit; empty where
// it is none of ours.
func (r *reading) timeField(q *quantity, n int) (string, int) {
	warranty := r.near(q.at, 1, 3, "warranty", "extended warranty", "service plan", "maintenance plan")
	validity := r.near(q.at, 4, 3, "valid", "validity", "good", "open")
	rental := r.slots.QuoteType == "rental"
	switch q.value {
	case "shift":
		return "shifts", n
	case "day", "week", "month", "year":
	default:
		return "", n
	}
	days := n * daysOf[q.value]
	switch {
	case warranty:
		return "", n
	case validity:
		return "valid_days", days
	case slices.Contains([]string{"project", "job", "build", "schedule", "shutdown", "turnaround", "buildout"}, r.at(q.noun+1).norm) && !rental:
		return "", n
	case q.value == "year" && !rental:
		return "term_months", n * 12
	case q.value == "month" && !rental:
		return "term_months", n
	case !rental:
		return "", n
	case q.value == "month":
		return "rental_weeks", (n*30 + 6) / 7
	}
	return "rental_weeks", (days + 6) / 7
}

// customer reads whose quote it is, and where. The name that is said to be the customer's
// wins over one that stands alone.
func (r *reading) customer() {
	best, at := 0, -1
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagName {
			continue
		}
		rank := r.customerRank(i)
		name := t.text
		if rank == 0 {
			if slices.Contains(places, r.at(i-1).norm) && r.slots.Location == "" && !r.isTaken(i) {
				r.slots.Location = name
				r.take(i, "location")
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
			best, at, r.slots.Customer = rank, i, name
		}
	}
	r.take(at, "customer")
	if r.slots.Customer == "" {
		r.quoted()
	}
}

// quoted reads the customer of "quote acme for 40 radios", in small letters.
func (r *reading) quoted() {
	for i := 1; i < len(r.terms); i++ {
		t := r.at(i)
		if r.at(i-1).norm == "quote" && t.kind == tagWord && t.isStrange() && (r.at(i+1).norm == "for" && r.at(i+2).kind == tagNumber || r.at(i+1).kind == tagNumber) {
			r.slots.Customer = r.name(i, i+1)
			r.take(i, "customer")
			return
		}
	}
}

// farewells end a letter: the name behind one is the writer's.
var farewells = []string{"regards", "best regards", "kind regards", "warm regards", "sincerely", "respectfully", "yours truly", "cheers", "thanks", "thank you", "many thanks"}

// places are the words before the name of a place.
var places = []string{"in", "near", "at", "the", "our"}

// customerRank is how sure it is that the name at the i-th term is the customer's; 0 if it
// is not.
func (r *reading) customerRank(i int) int {
	before, after := r.at(i-1), r.at(i+1)
	if r.isTaken(i) {
		return 0
	}
	if before.norm == ":" || before.norm == "is" || before.norm == "=" {
		before = r.at(i - 2)
	}
	switch {
	case slices.Contains(labels[1:5], before.norm):
		return 4
	case before.norm == "for":
		return 3
	case before.norm == "with" && slices.Contains([]string{"phone", "call", "spoke", "talked", "met", "meeting", "lunch", "talking", "speaking", "spoken"}, r.at(i-2).norm):
		return 2
	case r.at(i-1).kind == tagMark && r.at(i-2).is(tagPolite) && r.at(i-2).kind == tagWord && slices.Contains(farewells, r.at(i-2).norm):
		return 0
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
