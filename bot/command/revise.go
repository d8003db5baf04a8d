package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// What the last verb makes of what follows it: "add 2 repeaters", "remove the mics".
const (
	setting  = "set"
	adding   = "add"
	removing = "remove"
	swapping = "swap"
	raising  = "inc"
	lowering = "dec"
)

var changeVerbs = map[string]string{
	"add": adding, "plus": adding, "include": adding,
	"remove": removing, "drop": removing, "delete": removing, "exclude": removing, "lose": removing, "ditch": removing, "strip": removing, "without": removing,
	"replace": swapping, "swap": swapping, "exchange": swapping, "substitute": swapping,
	"increase": raising, "raise": raising, "bump": raising,
	"decrease": lowering, "lower": lowering, "reduce": lowering, "cut": lowering,
	"make": setting, "change": setting, "set": setting, "update": setting, "switch": setting, "use": setting, "move": setting,
	"convert": setting, "put": setting, "take": setting, "give": setting, "get": setting, "same": setting, "actually": setting,
}

// revise reads the changes to an existing quote, in the order stated.
func (r *reading) revise() {
	r.count()
	r.drawQuote()
	r.dropped = r.withdrawn()
	mode := setting
	for i := 0; i < len(r.terms); i++ {
		t := &r.terms[i]
		if verb, ok := changeVerbs[t.norm]; ok && t.kind == tagWord {
			mode = verb
		}
		switch {
		case r.isDropped(i), t.kind == tagQuote:
		case t.norm == "undo" || t.norm == "revert" || t.norm == "restore" || t.norm == "back" && r.near(i, 1, 0, "go", "roll"):
			r.revert()
			return
		case t.norm == "reprice" || (t.norm == "prices" || t.norm == "pricing") && r.near(i, len(r.terms), 0, "update", "refresh"):
			r.change(quoting.Change{Op: "reprice"})
			return
		case t.kind == tagNumber, t.kind == tagMoney, t.kind == tagPercent, t.kind == tagRange:
			r.changeNumber(i, mode)
		case t.kind == tagPayment:
			r.set("payment_terms", t.norm)
		case t.kind == tagSKU && mode == swapping:
			r.swap(i)
			return
		case t.kind == tagSKU:
			r.changeItem(quoting.Change{SKU: t.text}, mode, r.skuQuantity(i))
		case t.kind == tagName:
			if r.isCustomer(i) {
				r.set("customer", t.text)
			}
		default:
			r.changeThing(i, mode)
		}
	}
	r.changeIndustry()
	r.checkChanges()
}

// drawQuote takes the quote that is meant, if the message names it, out of the numbers.
func (r *reading) drawQuote() {
	for i := range r.terms {
		if r.terms[i].kind == tagQuote {
			r.slots.QuoteID = r.terms[i].quote
			return
		}
	}
	for i := range r.terms {
		before := r.at(i - 1).norm
		if !r.isReference(i) || !slices.Contains([]string{"quote", "#", "off", "on", "in", "update", "change", "revise", "edit"}, before) {
			continue
		}
		if id, err := quoting.ParseQuoteID(r.terms[i].text); err == nil {
			r.slots.QuoteID = id
			r.terms[i].kind = tagQuote
			return
		}
	}
}

// withdrawn are the numbers that a correction takes back: the second of "54 not 45", the
// first of "not 45, 54" and of "from 40 to 45".
func (r *reading) withdrawn() []int {
	var list []int
	for i := range r.terms {
		if t := &r.terms[i]; t.kind != tagNumber && t.kind != tagPercent && t.kind != tagMoney {
			continue
		}
		before, earlier := r.at(i-1), r.at(i-2)
		switch {
		case before.norm == "not", before.norm == "of" && earlier.norm == "instead":
			list = append(list, i)
		case before.norm == "from" && r.near(i, 0, 3, "to"):
			list = append(list, i)
		}
	}
	return list
}

func (r *reading) isDropped(i int) bool {
	_, ok := slices.BinarySearch(r.dropped, i)
	return ok
}

func (r *reading) change(c quoting.Change) { r.slots.Changes = append(r.slots.Changes, c) }

func (r *reading) set(field string, value any) {
	r.change(quoting.Change{Op: setting, Field: field, Value: value})
}

// revert goes back to the version that is named, or to the one before.
func (r *reading) revert() {
	c := quoting.Change{Op: "revert", Field: "version", Value: "previous"}
	for i := range r.terms {
		t := &r.terms[i]
		if n, ok := whole(t.amount); ok && t.kind == tagNumber && r.at(i-1).norm == "version" {
			c.Value = n
		}
	}
	r.change(c)
}

// swap exchanges the catalogue number at i for the one that follows.
func (r *reading) swap(i int) {
	for j := i + 1; j < len(r.terms); j++ {
		if r.terms[j].kind == tagSKU {
			from, to := r.terms[i].text, r.terms[j].text
			r.change(quoting.Change{Op: swapping, SKU: from, Value: to})
			fits := theVocabulary().fits
			if a, b := fits[strings.ToUpper(from)], fits[strings.ToUpper(to)]; a != "" && b != "" && a != b {
				r.errors = append(r.errors, quoting.Incompatible)
			}
			return
		}
	}
}

// changeNumber reads the number at i together with what it counts, or with the field that
// it is for.
func (r *reading) changeNumber(i int, mode string) {
	t := &r.terms[i]
	q := r.of[i]
	switch {
	case t.kind == tagRange, r.at(i+1).kind == tagSKU:
	case t.number.huge:
		if q != nil && (q.counts == tagUser || q.counts == "") {
			r.errors = append(r.errors, quoting.UsersOutOfRange)
		}
	case t.kind == tagPercent:
		if field := r.percentField(i); field != "" {
			r.change(quoting.Change{Op: setting, Field: field, Value: *slotNumber(t.amount), Scope: r.scope(i)})
		}
	case r.isMoney(i):
		field := r.amountField(i)
		r.set(field, *slotNumber(t.amount))
	case q != nil && q.noun >= 0:
		r.changeQuantity(q, mode)
	case r.at(i+1).norm == "more" || r.at(i+1).norm == "fewer":
	default:
		r.changeBare(i, mode)
	}
}

// skuQuantity is the number before the catalogue number at i: "add 3 CHG-6B".
func (r *reading) skuQuantity(i int) *int {
	t := r.at(i - 1)
	if n, ok := whole(t.amount); ok && t.kind == tagNumber && !t.number.huge {
		return &n
	}
	return nil
}

// scope is what a discount is limited to: "10% off radios only".
func (r *reading) scope(i int) string {
	for j := i + 1; j < len(r.terms) && j < i+5; j++ {
		t := r.at(j)
		switch {
		case t.is(tagItem):
			return t.value(tagItem)
		case t.is(tagScope):
			return t.value(tagScope)
		case t.is(tagUser):
			return "portable"
		case t.norm != "off" && t.norm != "on" && t.norm != "the" && t.norm != "discount" && t.norm != "for" && t.norm != "all":
			return ""
		}
	}
	return ""
}

func (r *reading) changeQuantity(q *quantity, mode string) {
	t := &r.terms[q.at]
	n, ok := whole(t.amount)
	switch {
	case !ok && q.counts == tagUser:
		r.errors = append(r.errors, quoting.UsersNotInteger)
	case !ok:
	case q.counts == tagMeasure:
		r.changeMeasure(q, n, mode)
	case q.counts == tagItem:
		r.changeItem(quoting.Change{Item: q.value}, r.direction(q, mode, adding), &n)
	case q.counts == tagSite:
		r.changeCount("sites", n, r.direction(q, mode, setting))
	case q.perSite:
		// How many sites the quote has, and so how many users it would be, is not known here.
	default:
		r.changeCount("users", n, r.direction(q, mode, setting))
	}
}

func (r *reading) changeCount(field string, n int, op string) {
	switch op {
	case adding, raising:
		r.change(quoting.Change{Op: raising, Field: field, Value: n})
	case removing, lowering:
		r.change(quoting.Change{Op: lowering, Field: field, Value: n})
	case setting:
		r.set(field, n)
	}
}

// direction is what a verb makes of a counted thing: "5 more" and "5 fewer" say it without
// a verb, and "reduce to 40" sets it.
func (r *reading) direction(q *quantity, mode, plain string) string {
	switch {
	case r.near(q.at, 0, 2, "fewer", "less"):
		return lowering
	case r.near(q.at, 0, 2, "more", "additional", "extra"):
		return adding
	case r.at(q.at-1).norm == "to" || r.at(q.at-1).norm == "at":
		return setting
	case mode == setting:
		return plain
	}
	return mode
}

func (r *reading) changeItem(c quoting.Change, mode string, qty *int) {
	switch mode {
	case removing, lowering:
		if c.Op = removing; qty != nil {
			c.Op, c.Qty = lowering, qty
		}
	case adding, raising:
		c.Op, c.Qty = adding, qty
	default:
		return
	}
	r.change(c)
}

func (r *reading) changeMeasure(q *quantity, n int, mode string) {
	switch q.value {
	case "year", "month":
		if item := r.warranty(q.noun + 1); item != "" {
			c := quoting.Change{Op: adding, Item: item, TermYears: n}
			if q.value == "month" {
				c.TermYears = (n + 11) / 12
			}
			if item == "warranty" && c.TermYears != warrantyYears {
				r.errors = append(r.errors, quoting.TermNotOffered)
			}
			if mode != removing {
				r.change(c)
			}
			return
		}
		if q.value == "year" {
			n *= 12
		}
		r.set("term_months", n)
	case "week":
		if r.near(q.at, len(r.terms), 3, "rent", "rental") {
			r.set("rental_weeks", n)
		}
	case "day":
		if r.near(q.at, len(r.terms), 3, "valid", "validity", "good", "open") {
			r.set("valid_days", n)
		}
	case "shift":
		r.set("shifts", n)
	}
}

// warrantyYears is the only length of an extended warranty that is sold.
const warrantyYears = 3

func (r *reading) warranty(i int) string {
	for j := i; j < i+3; j++ {
		if item := r.at(j).value(tagItem); item == "warranty" || item == "service_plan" {
			return item
		}
	}
	return ""
}

// changeBare reads a number that counts nothing by the field that is named before it; a
// bare correction, "make it 45", is one of the users.
func (r *reading) changeBare(i int, mode string) {
	t := &r.terms[i]
	field := ""
	for j := i - 1; j >= 0 && j > i-6 && field == ""; j-- {
		if field = r.terms[j].value(tagField); field == "" && r.terms[j].is(tagSite) {
			field = "sites"
		}
		if r.terms[j].kind == tagNumber && !r.isDropped(j) {
			break
		}
	}
	n, ok := whole(t.amount)
	switch field {
	case "", "users":
		if r.at(i+1).kind == tagWord && !r.at(i+1).is(tagPolite) && !r.endsCorrection(i+1) || r.isElsewhere(i) {
			return
		}
		if !ok {
			r.errors = append(r.errors, quoting.UsersNotInteger)
			return
		}
		r.step("users", n, mode, i)
	case "sites", "term_months", "valid_days":
		if ok {
			r.step(field, n, mode, i)
		}
	case "discount_pct", "target_margin_pct", "target_total":
		r.set(field, *slotNumber(t.amount))
	case "payment_terms":
		r.set(field, "NET"+t.text)
	}
}

// isElsewhere says whether the bare number at i is bound to a word before it that is no
// field of a quote: "change my password to 45", "version 2".
func (r *reading) isElsewhere(i int) bool {
	const farthest = 4
	for j := max(i-farthest, 0); j < i; j++ {
		t := &r.terms[j]
		if t.kind == tagWord && t.means == nil && unheard(t) || t.norm == "version" || t.norm == "my" {
			return true
		}
	}
	return false
}

// endsCorrection says whether a correction's number may be followed by the i-th term:
// "45 instead", "54 not 45", "45 and 4 sites".
func (r *reading) endsCorrection(i int) bool {
	return slices.Contains([]string{"not", "instead", "and", "rather", "total", "now", "for", "at", "with", "from"}, r.at(i).norm)
}

func (r *reading) step(field string, n int, mode string, i int) {
	op := setting
	if r.at(i-1).norm == "by" || r.at(i-1).norm == "another" {
		if op = mode; mode != lowering {
			op = raising
		}
	}
	r.change(quoting.Change{Op: op, Field: field, Value: n})
}

// changeThing reads the words that are a change by themselves.
func (r *reading) changeThing(i int, mode string) {
	t := &r.terms[i]
	if r.countedNoun(i) || r.at(i-1).norm == "from" {
		return
	}
	switch item := t.value(tagItem); {
	case t.norm == "is" && t.is(tagSafe), t.is(tagSafe):
		r.set("intrinsically_safe", true)
	case t.is(tagTechnology):
		r.set("technology", t.value(tagTechnology))
	case t.is(tagBand) && t.value(tagBand) != "":
		r.set("band", t.value(tagBand))
	case t.is(tagCheapest):
		r.set("preference", "lowest_cost")
	case t.is(tagRental):
		r.set("quote_type", "rental")
	case item != "" && !r.hasItemTerm(i) && !r.isScope(i):
		if r.at(i - 1).is(tagNegative) {
			mode = removing
		}
		r.changeItem(quoting.Change{Item: item}, mode, nil)
	case mode == removing && t.value(tagField) == "discount_pct" && r.at(i+1).norm != "to" && r.at(i+1).norm != "by":
		r.set("discount_pct", *slotNumber(zero))
	}
}

// hasItemTerm says whether the item at i was added with its years already.
func (r *reading) hasItemTerm(i int) bool {
	return slices.ContainsFunc(r.slots.Changes, func(c quoting.Change) bool { return c.TermYears > 0 && c.Item == r.terms[i].value(tagItem) })
}

// isScope says whether the item at i limits a percentage before it.
func (r *reading) isScope(i int) bool {
	for j := max(i-5, 0); j < i; j++ {
		if r.terms[j].kind == tagPercent {
			return true
		}
	}
	return false
}

// isCustomer says whether the name at i is a new customer's.
func (r *reading) isCustomer(i int) bool {
	return r.at(i-1).norm == "for" || r.near(i, 4, 0, labels[1:5]...) || r.near(i, 0, 2, "instead")
}

// changeIndustry sets the industry that the message settles.
func (r *reading) changeIndustry() {
	code, text, approved := r.industry()
	switch {
	case code != "":
		r.set("industry", string(code))
	case text != "" && (!approved || r.near(0, 0, len(r.terms), "industry", "vertical", "sector")):
		r.slots.IndustryText = text
		r.needs = append(r.needs, quoting.NeedIndustry)
		if !approved {
			r.errors = append(r.errors, quoting.IndustryNotApproved)
		}
	}
}

// checkChanges finds the values that cannot be.
func (r *reading) checkChanges() {
	users, sites := 0, 0
	for _, c := range r.slots.Changes {
		if c.Op != setting {
			continue
		}
		switch v := c.Value.(type) {
		case int:
			switch c.Field {
			case "users":
				users = v
				if v < 1 || v > mostUsers {
					r.errors = append(r.errors, quoting.UsersOutOfRange)
				}
			case "sites":
				sites = v
			}
		case quoting.Number:
			if c.Field == "discount_pct" {
				r.checkDiscount(v.Decimal)
			}
		}
	}
	if users > 0 && sites > users && len(r.errors) == 0 {
		r.errors = append(r.errors, quoting.SitesExceedUsers)
	}
}
