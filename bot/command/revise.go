package command

import (
	"cmp"
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
	scaling  = "scale"
)

// farAway is how many terms a word may stand from the one that it tells something of.
const farAway = 12

// revise reads the changes to an existing quote, in the order stated.
func (r *reading) revise() {
	r.count()
	r.drawQuote()
	r.dropped = r.withdrawn()
	r.changeDelivery()
	mode := setting
	for i := 0; i < len(r.terms); i++ {
		t := &r.terms[i]
		if verb := t.value(tagVerb); verb != "" && t.kind == tagWord && !r.isNoun(i) {
			r.take(i, "changes")
			if mode = verb; r.takesAway(i) {
				mode = removing
			}
			if t.norm == "forget" && r.at(i-1).is(tagNot) {
				mode = adding // "and don't forget the chargers"
			}
		}
		if next := r.at(i + 1).norm; (t.is(tagNot) || t.norm == "no") && (next == "need" || next == "want" || next == "require") {
			mode = removing
		}
		if i == 0 && t.norm == "less" && r.at(1).kind == tagNumber {
			mode = removing // "less 4 radios"
		}
		if (t.norm == "want" || t.norm == "wants" || t.norm == "need" || t.norm == "needs") && r.near(i, 0, 5, "too", "also", "added", "as well") {
			mode = adding
		}
		switch {
		case r.isDropped(i):
			r.take(i, "taken back")
		case t.norm == "instead" && r.at(i+1).norm == "of" && r.swapsFirst(i):
			return
		case (t.norm == "it" || t.norm == "them" || t.norm == "that" || t.norm == "those") && r.isNamedBefore(i, mode):
		case t.kind == tagQuote, t.spent:
		case r.isReverting(i):
			r.revert(i)
			return
		case t.norm == "reprice" || r.isPrices(i) && r.near(i, farAway, 3, "update", "refresh", "todays", "current", "today", "new", "latest"):
			r.change(i, quoting.Change{Op: "reprice"})
			return
		case t.is(tagScale):
			r.scale(i)
		case t.is(tagPassive):
			r.removed(i)
		case (t.norm == "half") && (r.at(i+1).norm == "the" || r.at(i+1).norm == "as"):
			r.scale(i)
		case (mode == swapping || r.turnsInto(i)) && (t.kind == tagSKU || t.is(tagItem) && t.kind == tagWord):
			if r.swap(i) {
				return
			}
		case t.kind == tagNumber, t.kind == tagMoney, t.kind == tagPercent, t.kind == tagRange:
			r.changeNumber(i, mode)
		case t.kind == tagPayment:
			r.set(i, "payment_terms", t.norm)
		case t.kind == tagSKU:
			r.changeItem(i, quoting.Change{SKU: t.text}, mode, r.skuQuantity(i))
		case t.kind == tagName:
			r.changeName(i)
		default:
			r.changeThing(i, mode)
		}
	}
	r.changeIndustry()
	r.checkChanges()
}

// isNoun says whether the verb at i stands where only a noun can: "the cut", "a change".
func (r *reading) isNoun(i int) bool {
	before := r.at(i - 1).norm
	return before == "the" || before == "a" || before == "price" || r.at(i).norm == "scratch" && r.at(i+1).norm == "that"
}

// turnsInto says whether the thing at i is changed to another one: "switch the headsets to
// earpieces".
func (r *reading) turnsInto(i int) bool {
	if r.lead(i, 3, "switch", "change", "convert", "upgrade", "move", "turn") < 0 {
		return false
	}
	for j := i + 1; j <= i+2; j++ {
		if norm := r.at(j).norm; norm == "to" || norm == "into" || norm == "for" || norm == "with" {
			for k := j + 1; k <= j+2; k++ {
				if t := r.at(k); t.kind == tagSKU || t.kind == tagWord && t.is(tagItem) {
					return true
				}
			}
		}
	}
	return false
}

// takesAway says whether the verb at i is one of "take the mics out", "leave off the mics".
func (r *reading) takesAway(i int) bool {
	switch r.at(i).norm {
	case "pull":
		if r.isThing(i+1) || r.at(i+1).norm == "the" && r.isThing(i+2) || r.at(i+1).norm == "it" && r.at(i+2).norm != "back" && r.at(i+2).norm != "up" {
			return true
		}
		fallthrough
	case "take", "leave":
		at := r.nearest(i, 0, 6, "out", "off", "away")
		return at >= 0 && !slices.ContainsFunc(r.terms[i:at], func(t term) bool { return t.kind == tagPercent || t.kind == tagMoney })
	}
	return false
}

// isThing says whether the i-th term is an item or a catalogue number.
func (r *reading) isThing(i int) bool {
	return r.at(i).kind == tagSKU || r.at(i).kind == tagWord && r.at(i).is(tagItem)
}

// removed reads "the warranty is removed".
func (r *reading) removed(i int) {
	for j := i - 1; j >= 0 && j > i-5; j-- {
		t := r.at(j)
		switch {
		case t.kind == tagSKU:
			r.change(i, quoting.Change{Op: removing, SKU: t.text})
			return
		case t.value(tagItem) != "" && t.kind == tagWord:
			r.change(i, quoting.Change{Op: removing, Item: t.value(tagItem)})
			r.take(j, "changes")
			return
		case t.value(tagField) == "discount_pct":
			r.set(i, "discount_pct", *slotNumber(zero))
			return
		}
	}
}

func (r *reading) isReverting(i int) bool {
	switch r.at(i).norm {
	case "undo", "revert", "restore", "rollback":
		return true
	case "back":
		return r.at(i+1).norm == "to" && (r.isVersion(i) || r.at(i+2).norm == "version" || r.at(i+2).norm == "previous" || r.at(i+3).norm == "version" || r.at(i+3).norm == "previous" || r.at(i+3).norm == "original") ||
			r.near(i, 2, 0, "go", "roll", "went", "change", "put", "switch", "take") && (r.near(i, 0, 6, "version", "previous", "was", "before", "original", "prior") || r.isVersion(i))
	}
	return false
}

// isVersion says whether a version follows the i-th term: "back to v2".
func (r *reading) isVersion(i int) bool {
	for j := i + 1; j <= i+3; j++ {
		if norm := r.at(j).norm; len(norm) > 1 && norm[0] == 'v' && allDigits(norm[1:]) {
			return true
		}
	}
	return false
}

func (r *reading) isPrices(i int) bool {
	switch r.at(i).norm {
	case "prices", "pricing":
		return true
	}
	return false
}

// drawQuote takes the quote that is meant, if the message names it, out of the numbers.
func (r *reading) drawQuote() {
	for i := range r.terms {
		if r.terms[i].kind == tagQuote {
			r.slots.QuoteID = r.terms[i].quote
			r.take(i, "quote_id")
			return
		}
	}
	for i := range r.terms {
		before := r.at(i - 1).norm
		if r.isReference(i) && (i == 0 && r.isSubject() || r.isObject(i)) {
			before = "quote" // "1042: make it 60"
		}
		if !r.isReference(i) || !(before == "to" || before == "from") && !slices.Contains([]string{"quote", "#", "off", "on", "in", "update", "change", "revise", "edit", "for", "clone", "copy", "duplicate", "of", "reprice", "like", "modify", "refresh"}, before) || (before == "to" || before == "from") && !r.addsTo(i) {
			continue
		}
		if id, err := quoting.ParseQuoteID(r.terms[i].text); err == nil {
			r.slots.QuoteID = id
			r.terms[i].kind = tagQuote
			r.take(i, "quote_id")
			return
		}
	}
	noun := r.noun()
	if from, to := r.description(); from >= 0 && from < noun {
		r.slots.RefText = r.name(from, to)
		r.takeAll(from, to, "customer")
	}
}

// isSubject says whether the message begins with the quote that it is about: "1042: make it
// 60", "3180 has old prices".
func (r *reading) isSubject() bool {
	return r.at(1).kind == tagMark || slices.Contains([]string{"has", "needs", "should", "wants", "gets", "is", "with", "at", "still"}, r.at(1).norm)
}

// isObject says whether the bare number at i is what something is done with: "get 3311 under
// 50k", "make 3180 120% off".
func (r *reading) isObject(i int) bool {
	if !slices.Contains([]string{"get", "make", "bring", "put", "take", "push", "move", "keep", "drop", "give", "knock"}, r.at(i-1).norm) {
		return false
	}
	next := r.at(i + 1)
	if next.kind == tagPercent || next.kind == tagMoney || next.kind == tagPayment {
		return true
	}
	return slices.Contains([]string{"under", "below", "to", "at", "down", "up", "into", "on", "a"}, next.norm)
}

// addsTo says whether something is added to or taken from the number at i: "add 2
// repeaters to 2217", but not "change users to 2217".
func (r *reading) addsTo(i int) bool {
	for j := i - 2; j >= 0; j-- {
		switch r.at(j).value(tagVerb) {
		case adding, removing:
			return r.at(j+1).value(tagField) == "" && i-j > 2
		case "":
		default:
			return r.at(j).norm == "put" || r.at(j).norm == "give" || r.at(j).norm == "take"
		}
	}
	return false
}

// withdrawn are the terms that a correction takes back: the second number of "54 not 45",
// the first of "not 45, 54" and of "from 40 to 45", the technology of "instead of analog".
func (r *reading) withdrawn() []int {
	var list []int
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagMark || t.kind == tagWord && !t.is(tagTechnology) && !t.is(tagBand) && !t.is(tagRental) && !t.is(tagPurchase) && !t.is(tagIndustry) {
			continue
		}
		before, earlier := r.at(i-1), r.at(i-2)
		if t.kind == tagPayment && slices.Contains([]string{"forget", "drop", "scratch", "ignore", "skip", "lose", "disregard"}, before.norm) || r.isMisstated(i) {
			list = append(list, i)
			continue
		}
		if before.norm == "the" || before.norm == "a" {
			before, earlier = earlier, r.at(i-3)
		}
		switch {
		case before.norm == "no" && earlier.kind == tagNumber && t.kind == tagNumber:
			list = append(list, i-2, i) // "54 no 45": which?
		case before.norm == "not", before.norm == "of" && earlier.norm == "instead", before.norm == "than" && earlier.norm == "rather":
			list = append(list, i)
		case before.norm == "from" && r.near(i, 0, 3, "to"):
			list = append(list, i)
		}
	}
	return list
}

// isMisstated says whether the number at i is what was said by mistake: "I said 5 sites, its
// 6".
func (r *reading) isMisstated(i int) bool {
	t := r.at(i)
	if t.kind != tagNumber || !slices.Contains([]string{"said", "put", "wrote", "typed", "told", "had"}, r.at(i-1).norm) || r.at(i-2).norm != "i" && r.at(i-2).norm != "we" {
		return false
	}
	for j := i + 1; j < len(r.terms) && j < i+farAway; j++ {
		if r.at(j).kind == tagNumber && (r.near(j, 2, 0, "its", "meant", "be", "is", "make", "to", "want", "need", "but") || r.at(j-1).norm == "should be") {
			return true
		}
	}
	return false
}

func (r *reading) isDropped(i int) bool {
	_, ok := slices.BinarySearch(r.dropped, i)
	return ok
}

// change adds a change that the i-th term says.
func (r *reading) change(i int, c quoting.Change) {
	r.slots.Changes = append(r.slots.Changes, c)
	r.take(i, "changes: "+c.Op+" "+cmp.Or(c.Field, c.Item, c.SKU, "prices"))
}

func (r *reading) set(i int, field string, value any) {
	r.change(i, quoting.Change{Op: setting, Field: field, Value: value})
}

// revert goes back to the version that is named, or to the one before.
func (r *reading) revert(i int) {
	c := quoting.Change{Op: "revert", Field: "version", Value: "previous"}
	before := r.slots.Versions
	r.versions()
	if len(r.slots.Versions) > 0 {
		c.Value = r.slots.Versions[0]
	}
	r.slots.Versions = before
	r.change(i, c)
}

// changeDelivery reads the contact, the delivery place and its date.
func (r *reading) changeDelivery() {
	s := &r.slots
	r.delivery()
	for _, field := range []struct {
		name string
		slot *string
	}{{"contact", &s.Contact}, {"ship_to", &s.ShipTo}, {"need_by_text", &s.NeedByText}} {
		if *field.slot != "" {
			s.Changes = append(s.Changes, quoting.Change{Op: setting, Field: field.name, Value: *field.slot})
			*field.slot = ""
		}
	}
}

// swap exchanges the item or the catalogue number at i for the one that follows.
func (r *reading) swap(i int) bool {
	for j := i + 1; j < len(r.terms); j++ {
		to := &r.terms[j]
		if to.kind != tagSKU && !to.is(tagItem) || to.kind == tagName {
			continue
		}
		from := &r.terms[i]
		c := quoting.Change{Op: swapping}
		if c.Value = to.value(tagItem); to.kind == tagSKU {
			c.Value = to.text
		}
		if from.kind == tagSKU {
			c.SKU = from.text
		} else {
			c.Item = from.value(tagItem)
		}
		r.change(i, c)
		r.take(j, "swapped")
		fits := r.words.fits
		if a, b := fits[strings.ToUpper(from.text)], fits[strings.ToUpper(to.text)]; a != "" && b != "" && a != b {
			r.errors = append(r.errors, quoting.Incompatible)
		}
		return true
	}
	return false
}

// swapsFirst reads "instead of BAT-B give em BAT-A", where what goes stands first.
func (r *reading) swapsFirst(i int) bool {
	for j := i + 2; j <= i+4; j++ {
		if r.isThing(j) {
			return r.swap(j)
		}
	}
	return false
}

// isNamedBefore reads an "it" that stands for the item before it: "we missed the license,
// put it on", "they are not paying for the survey, pull it".
func (r *reading) isNamedBefore(i int, mode string) bool {
	verb := r.at(i - 1)
	adds := mode == adding || slices.Contains([]string{"put", "throw", "stick"}, verb.norm) && (r.at(i+1).norm == "on" || r.at(i+1).norm == "in" || r.at(i+1).norm == "back")
	if !verb.is(tagVerb) || !adds && mode != removing {
		return false
	}
	for j := i - 2; j >= 0; j-- {
		t := r.at(j)
		if !r.isThing(j) || r.isTaken(j) {
			continue
		}
		c := quoting.Change{Op: removing, Item: t.value(tagItem)}
		if t.kind == tagSKU {
			c.Item, c.SKU = "", t.text
		}
		if adds {
			c.Op = adding
		}
		r.change(i, c)
		r.take(j, "changes")
		return true
	}
	return false
}

// changeName reads a name: a new customer's, or of a place.
func (r *reading) changeName(i int) {
	before := r.at(i - 1)
	switch {
	case r.isCustomer(i):
		r.set(i, "customer", r.terms[i].text)
	case r.lead(i, 4, "location", "town", "city", "place") >= 0, before.norm == "to" && r.lead(i, 4, "move", "moved", "moving", "relocate") >= 0, before.norm == "in" && r.lead(i, 5, "job", "site", "its", "actually") >= 0:
		r.set(i, "location", r.terms[i].text)
	}
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
		r.slots.Changes = append(r.slots.Changes, quoting.Change{Op: setting, Field: "industry", Value: string(code)})
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
	r.dropContradictions()
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

// dropContradictions takes out numbers of users that cannot all be meant, "fifty. five zero.
// not fifteen": none of them is then taken for the one.
func (r *reading) dropContradictions() {
	isUsers := func(c quoting.Change) bool { return c.Op == setting && c.Field == "users" }
	var first any
	several := false
	for _, c := range r.slots.Changes {
		if isUsers(c) {
			several = several || first != nil && first != c.Value
			first = c.Value
		}
	}
	if several {
		r.slots.Changes = slices.DeleteFunc(r.slots.Changes, isUsers)
	}
}
