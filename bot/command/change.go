package command

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// changeNumber reads the number at i together with what it counts, or with the field that
// it is for.
func (r *reading) changeNumber(i int, mode string) {
	t := &r.terms[i]
	q := r.of[i]
	switch {
	case t.kind == tagRange, r.at(i+1).kind == tagSKU, r.isTaken(i), r.isOrder(i):
	case t.number.huge:
		if q != nil && (q.counts == tagUser || q.counts == "") {
			r.errors = append(r.errors, quoting.UsersOutOfRange)
		}
	case t.kind == tagPercent:
		r.changePercent(i, mode)
	case r.isMoney(i):
		r.changeAmount(i, mode)
	case q != nil && q.noun >= 0:
		r.changeQuantity(q, mode)
	case r.at(i+1).norm == "more" || r.at(i+1).norm == "fewer":
		if n, ok := whole(t.amount); ok && (r.at(i+2).norm == "" || r.at(i+2).kind == tagMark || r.at(i+2).is(tagPolite)) {
			r.changeCount(i, "users", n, map[string]string{"more": raising, "fewer": lowering}[r.at(i+1).norm])
		}
	default:
		r.changeBare(i, mode)
	}
}

// changePercent sets a discount, a margin or a deposit, or raises or lowers it: "another 5%
// off". "Remove the 10% discount" leaves none.
func (r *reading) changePercent(i int, mode string) {
	field := r.percentField(i)
	if field == "" {
		return
	}
	if strings.HasSuffix(r.terms[i].norm, "points") || strings.HasSuffix(r.terms[i].norm, "pts") {
		if r.changePoints(i, field, mode) {
			return
		}
	}
	c := quoting.Change{Op: setting, Field: field, Value: *slotNumber(r.signed(i))}
	switch {
	case r.at(i-1).norm == "another", r.at(i-1).norm == "additional", r.at(i-1).norm == "extra", r.at(i+1).norm == "more", r.at(i-1).norm == "by" && mode == raising:
		c.Op = raising
	case r.at(i-1).norm == "by" && (mode == lowering || mode == removing), r.at(i+1).norm == "less" && field == "discount_pct" && mode != setting:
		c.Op = lowering
	case mode == removing && field == "discount_pct" && r.at(i+1).value(tagField) == field && !r.near(i, 1, 0, "to"):
		c.Value = *slotNumber(zero)
	}
	if field == "discount_pct" {
		c.Scope = r.scope(i)
	}
	r.change(i, c)
}

// changePoints takes points of a percentage more or less: "back the discount down 2 points".
// It says whether they are such a step.
func (r *reading) changePoints(i int, field, mode string) bool {
	c := quoting.Change{Op: raising, Field: field, Value: *slotNumber(r.terms[i].amount)}
	switch {
	case r.at(i-1).norm == "to" || r.at(i-1).norm == "at":
		return false
	case mode == lowering, mode == removing, r.lead(i, farAway, "down", "back", "off", "less") >= 0, r.near(i, 0, 1, "less", "lower", "down"):
		c.Op = lowering
	case mode != raising && mode != adding && r.lead(i, farAway, "up") < 0 && !r.near(i, 0, 1, "more", "higher", "up"):
		return false
	}
	r.change(i, c)
	return true
}

// changeAmount sets an amount of money.
func (r *reading) changeAmount(i int, mode string) {
	field := r.amountField(i)
	if field == "target_total" && r.at(i-1).norm == "by" && (mode == lowering || mode == removing) {
		field = "discount_amount" // "lower the price by $500"
	}
	r.change(i, quoting.Change{Op: setting, Field: field, Value: *slotNumber(r.terms[i].amount), Scope: r.amountScope(i, field)})
}

func (r *reading) amountScope(i int, field string) string {
	if field != "discount_amount" {
		return ""
	}
	return r.scope(i)
}

// skuQuantity is the number before the catalogue number at i: "add 3 CHG-6B".
func (r *reading) skuQuantity(i int) *int {
	for _, at := range []int{i - 1, i + 1, i + 2} {
		t := r.at(at)
		if n, ok := whole(t.amount); ok && t.kind == tagNumber && !t.number.huge && (at < i || r.at(i+1).norm == "x" || r.at(i+1).norm == "qty") {
			r.take(at, "changes")
			return &n
		}
	}
	return nil
}

// scope is what a discount is limited to: "10% off radios only".
func (r *reading) scope(i int) string {
	for j := i + 1; j < len(r.terms) && j < i+7; j++ {
		t := r.at(j)
		switch {
		case t.is(tagItem):
			r.take(j, "scope")
			return t.value(tagItem)
		case t.is(tagScope):
			r.take(j, "scope")
			return t.value(tagScope)
		case t.is(tagUser):
			r.take(j, "scope")
			return "portable"
		case t.norm != "off" && t.norm != "on" && t.norm != "the" && t.norm != "discount" && t.norm != "for" && t.norm != "all" && t.norm != "just" && t.norm != "only" && t.norm != "of" && t.norm != "but":
			return ""
		}
	}
	return ""
}

// changeQuantity reads a number of users, sites, pieces or time.
func (r *reading) changeQuantity(q *quantity, mode string) {
	t := &r.terms[q.at]
	n, ok := whole(t.amount)
	r.takeQuantity(q, "changes")
	switch sign := r.at(q.at - 1); {
	case sign.norm == "+" && mode == setting:
		mode = adding // "+5 radios"
	case n < 0 && mode == setting && (q.at == 0 || sign.kind == tagMark || sign.norm == "and"):
		mode, n = removing, -n // "-2 chargers"
	}
	switch {
	case !ok && q.counts == tagUser:
		r.errors = append(r.errors, quoting.UsersNotInteger)
	case !ok:
	case q.counts == tagMeasure:
		r.changeMeasure(q, n, mode)
	case q.counts == tagItem:
		r.changeItem(q.noun, quoting.Change{Item: q.value}, r.direction(q, mode, adding), &n)
	case q.counts == tagSite:
		r.changeCount(q.at, "sites", n, r.direction(q, mode, setting))
	case q.perSite:
		// How many sites the quote has, and so how many users it would be, is not known here.
	case r.terms[q.noun].is(tagItem):
		r.changeItem(q.noun, quoting.Change{Item: q.value}, r.direction(q, mode, setting), &n)
	default:
		r.changeCount(q.at, "users", n, r.direction(q, mode, setting))
	}
}

func (r *reading) changeCount(i int, field string, n int, op string) {
	switch op {
	case adding, raising:
		r.change(i, quoting.Change{Op: raising, Field: field, Value: n})
	case removing, lowering:
		r.change(i, quoting.Change{Op: lowering, Field: field, Value: n})
	default:
		r.set(i, field, n)
	}
}

// direction is what a verb makes of a counted thing: "5 more" and "5 fewer" say it without
// a verb, and "reduce to 40" sets it.
func (r *reading) direction(q *quantity, mode, plain string) string {
	switch {
	case r.near(q.at, 0, 2, "fewer", "less"):
		return lowering
	case r.near(q.at, 0, 2, "more", "additional", "extra"), r.at(q.at-1).norm == "another", r.at(q.at-1).norm == "extra", r.at(q.at-1).norm == "additional":
		return adding
	case r.at(q.at-1).norm == "to" || r.at(q.at-1).norm == "at" || r.at(q.at-1).norm == "only":
		return setting
	case mode == setting && r.saysMake(q.at):
		return setting
	case mode == setting || mode == swapping:
		return plain
	}
	return mode
}

// saysMake says whether a number is given to what there is: "make it 4 repeaters".
func (r *reading) saysMake(i int) bool {
	return r.lead(i, 5, "make", "change", "set", "be", "update", "its") >= 0 && r.at(i-1).norm != "with" && r.at(i-1).norm != "and"
}

func (r *reading) changeItem(i int, c quoting.Change, mode string, qty *int) {
	switch mode {
	case removing, lowering:
		if c.Op = removing; qty != nil {
			c.Op, c.Qty = lowering, qty
		}
	case adding, raising:
		c.Op, c.Qty = adding, qty
	case setting:
		if qty == nil {
			return
		}
		c.Op, c.Qty = setting, qty
	default:
		return
	}
	r.change(i, c)
}

// changeMeasure reads a time: the years of a warranty, the months of a term.
func (r *reading) changeMeasure(q *quantity, n int, mode string) {
	if q.value == "year" || q.value == "month" {
		if item := r.warranty(q); item != "" {
			r.changeWarranty(q, item, n, mode)
			return
		}
	}
	if r.lead(q.at, 4, "terms", "payment terms") >= 0 && q.value == "day" {
		r.set(q.at, "payment_terms", "NET"+r.terms[q.at].text)
		return
	}
	rental := r.slots.QuoteType
	if r.near(q.at, farAway, 3, "rent", "rental", "renting", "rented") {
		r.slots.QuoteType = "rental"
	}
	field, n := r.timeField(q, n)
	r.slots.QuoteType = rental
	if field == "" && r.first(tagRental) < 0 {
		return
	}
	if field != "" {
		r.changeCount(q.at, field, n, r.direction(q, mode, setting))
	}
}

func (r *reading) changeWarranty(q *quantity, item string, n int, mode string) {
	c := quoting.Change{Op: adding, Item: item, TermYears: n}
	if q.value == "month" {
		c.TermYears = (n + 11) / 12
	}
	if item == "warranty" && c.TermYears != warrantyYears {
		r.errors = append(r.errors, quoting.TermNotOffered)
	}
	if mode == removing {
		c = quoting.Change{Op: removing, Item: item}
	}
	r.change(q.at, c)
}

// warrantyYears is the only length of an extended warranty that is sold.
const warrantyYears = 3

// warranty is the plan that the time q is the length of, and empty where it is of none.
func (r *reading) warranty(q *quantity) string {
	for _, j := range []int{q.noun + 1, q.noun + 2, q.noun + 3, q.at - 1, q.at - 2, q.at - 3} {
		if item := r.at(j).value(tagItem); (item == "warranty" || item == "service_plan") && r.at(j).kind == tagWord {
			r.take(j, "changes")
			return item
		}
	}
	return ""
}

// changeBare reads a number that counts nothing by the field that is named before it; a
// bare correction, "make it 45", is one of the users.
func (r *reading) changeBare(i int, mode string) {
	t := &r.terms[i]
	field, item, at := "", "", -1
	for j := i - 1; j >= 0 && j > i-6 && field == "" && item == ""; j-- {
		at = j
		if field = r.terms[j].value(tagField); field == "" && r.terms[j].is(tagSite) {
			field = "sites"
		}
		if field == "" && r.terms[j].kind == tagWord && r.of[j] == nil {
			item = r.terms[j].value(tagItem)
		}
		if r.terms[j].kind == tagNumber && !r.isDropped(j) {
			break
		}
	}
	n, ok := whole(t.amount)
	if field != "" || item != "" {
		r.take(at, "changes")
	}
	switch field {
	case "", "users":
		if r.at(i+1).kind == tagWord && !r.at(i+1).is(tagPolite) && !r.endsCorrection(i+1) && r.at(i+2).kind != tagQuote || r.isElsewhere(i) {
			return
		}
		if r.at(i-1).norm == "another" && t.number.spelled && t.amount.Cmp(decimal.One) == 0 {
			return // "another one like 2217" is a quote
		}
		switch {
		case item != "" && ok:
			op := r.bareOp(i, mode)
			r.changeItem(i, quoting.Change{Item: item}, op, &n)
		case ok && r.isReference(i) && !r.isMeant(i):
			// it may be a quote's
		case ok:
			r.step(i, "users", n, mode)
		default:
			r.errors = append(r.errors, quoting.UsersNotInteger)
		}
	case "sites", "term_months", "valid_days", "shifts", "rental_weeks":
		if ok {
			r.step(i, field, n, mode)
		}
	case "discount_pct", "target_margin_pct", "target_total", "deposit_pct":
		r.change(i, quoting.Change{Op: r.bareOp(i, mode), Field: field, Value: *slotNumber(t.amount)})
	case "payment_terms":
		r.set(i, field, "NET"+t.text)
	}
}

// isMeant says whether a long bare number is given to something: "make it 2217".
func (r *reading) isMeant(i int) bool {
	return r.lead(i, 4, "make", "to", "actually", "meant", "mean", "be", "need", "needs", "want", "wants", "its", "is", "by", "say", "users", "radios") >= 0 || r.near(i, 0, 2, "instead", "not")
}

// bareOp is what is done with a number that counts nothing: set, unless it is a step.
func (r *reading) bareOp(i int, mode string) string {
	if r.at(i-1).norm != "by" && r.at(i-1).norm != "another" {
		return setting
	}
	if mode == lowering || mode == removing {
		return lowering
	}
	return raising
}

func (r *reading) step(i int, field string, n int, mode string) {
	r.change(i, quoting.Change{Op: r.bareOp(i, mode), Field: field, Value: n})
}

// isElsewhere says whether the bare number at i is bound to a word before it that is no
// field of a quote: "change my password to 45", "version 2".
func (r *reading) isElsewhere(i int) bool {
	const farthest = 4
	for j := max(i-farthest, 0); j < i; j++ {
		t := &r.terms[j]
		if t.kind == tagWord && t.isStrange() || t.norm == "version" || t.norm == "my" {
			return true
		}
	}
	return false
}

// endsCorrection says whether a correction's number may be followed by the i-th term:
// "45 instead", "54 not 45", "45 and 4 sites".
func (r *reading) endsCorrection(i int) bool {
	return slices.Contains([]string{"not", "instead", "and", "rather", "total", "now", "for", "at", "with", "from", "even", "flat", "tops"}, r.at(i).norm)
}

// changeThing reads the words that are a change by themselves.
func (r *reading) changeThing(i int, mode string) {
	t := &r.terms[i]
	if r.countedNoun(i) || r.at(i-1).norm == "from" || t.kind == tagMark {
		return
	}
	before := r.at(i - 1)
	if before.norm == "more" || before.norm == "longer" || before.norm == "the" {
		before = r.at(i - 2)
	}
	negated := mode == removing || before.is(tagNegative) || before.is(tagNot)
	switch item := t.value(tagItem); {
	case t.is(tagSafe):
		r.set(i, "intrinsically_safe", !negated)
	case t.is(tagTechnology) && !negated && !r.replacedLater(i, mode):
		r.set(i, "technology", t.value(tagTechnology))
	case t.is(tagBand) && t.value(tagBand) != "" && !negated && !r.replacedLater(i, mode):
		r.set(i, "band", t.value(tagBand))
	case t.is(tagCheapest):
		r.set(i, "preference", "lowest_cost")
	case t.is(tagRental) && !negated:
		r.set(i, "quote_type", "rental")
	case t.is(tagSite) && t.kind == tagWord && (mode == adding || mode == removing) && (r.at(i-1).norm == "a" || r.at(i-1).norm == "another") && !t.is(tagItem):
		r.changeCount(i, "sites", 1, mode)
	case t.is(tagPurchase) && (r.at(i+1).norm == "instead" || r.near(i, 3, 0, "to", "a", "as", "make", "it") && t.norm != "buy"):
		r.set(i, "quote_type", "purchase")
	case t.norm == "half" && r.at(i-1).norm == "in":
		r.scale(i)
	case (item == "warranty" || item == "service_plan") && r.hasYears(i):
	case item != "" && mode == setting && r.lead(i, 4, "give", "gets", "get", "need", "needs", "want", "wants") >= 0 && r.of[i] == nil && !r.takesNumber(i) && !r.isScope(i):
		c := quoting.Change{Op: adding, Item: item} // "give everyone a headset"
		if !r.near(i, 5, 2, "everyone", "everybody", "each", "every", "all") {
			c.Qty = r.oneMore(i, adding)
		}
		r.change(i, c)
	case item != "" && !r.hasItemTerm(i) && !r.isScope(i) && !r.takesNumber(i):
		switch {
		case r.replaces(i):
			return
		case before.is(tagNegative):
			mode = removing
		}
		r.changeItem(i, quoting.Change{Item: item}, mode, r.oneMore(i, mode))
	case (mode == removing || before.norm == "no") && t.value(tagField) == "discount_pct" && r.at(i+1).norm != "to" && r.at(i+1).norm != "by" && r.at(i-1).kind != tagPercent:
		r.set(i, "discount_pct", *slotNumber(zero))
	}
}

// replacedLater says whether a swap names what comes instead of the i-th term.
func (r *reading) replacedLater(i int, mode string) bool {
	return mode == swapping && r.near(i, 0, 3, "with", "for", "by", "to") && !r.near(i, 1, 0, "with", "for", "by", "to")
}

// replaces reads "6-bank chargers instead of single chargers". It says whether the item at i
// is one of the two.
func (r *reading) replaces(i int) bool {
	if r.near(i, 0, 3, "half") {
		return true // what "in half" scales
	}
	if r.at(i-1).norm == "of" && r.at(i-2).norm == "instead" || r.at(i-2).norm == "of" && r.at(i-3).norm == "instead" {
		return true
	}
	if r.at(i+1).norm != "instead" && r.at(i+1).norm != "rather" {
		return false
	}
	for j := i + 3; j < i+6 && j < len(r.terms); j++ {
		if old := r.at(j).value(tagItem); old != "" {
			r.change(i, quoting.Change{Op: swapping, Item: old, Value: r.at(i).value(tagItem)})
			r.take(j, "swapped")
			return true
		}
	}
	return false
}

// oneMore is the number of "add another repeater" and "add a console".
func (r *reading) oneMore(i int, mode string) *int {
	if before := r.at(i - 1).norm; mode == adding && (before == "a" || before == "an" || before == "another" || before == "one") {
		one := 1
		return &one
	}
	return nil
}

// takesNumber says whether a bare number behind the item at i is said of it: "change the
// repeaters to 4".
func (r *reading) takesNumber(i int) bool {
	for j := i + 1; j <= i+3; j++ {
		switch t := r.at(j); {
		case t.kind == tagNumber:
			return !r.counted(j)
		case t.norm != "to" && t.norm != "from" && t.norm != "by" && t.norm != "should" && t.norm != "be":
			return false
		}
	}
	return false
}

// hasYears says whether the years of the plan at i follow it.
func (r *reading) hasYears(i int) bool {
	for j := i + 1; j < i+4 && j < len(r.terms); j++ {
		if r.counted(j) && r.of[j].counts == tagMeasure && r.of[j].at == j {
			return true
		}
	}
	return false
}

// hasItemTerm says whether the item at i was added with its years already.
func (r *reading) hasItemTerm(i int) bool {
	return slices.ContainsFunc(r.slots.Changes, func(c quoting.Change) bool {
		return (c.TermYears > 0 || c.Op == removing) && c.Item == r.terms[i].value(tagItem)
	})
}

// isScope says whether the item at i limits a percentage before it.
func (r *reading) isScope(i int) bool {
	for j := max(i-5, 0); j < i; j++ {
		if r.terms[j].kind == tagPercent || r.terms[j].kind == tagMoney {
			return r.near(i, i-j, 0, "off", "on", "for", "discount")
		}
	}
	return false
}

// scale multiplies what is named: "double the batteries", "twice as many radios".
func (r *reading) scale(i int) {
	factor := r.terms[i].value(tagScale)
	if factor == "" {
		factor = "0.5"
	}
	d, err := decimal.Parse(factor)
	if err != nil {
		return
	}
	const farthest = 6
	for _, j := range r.around(i, farthest) {
		t := r.at(j)
		c := quoting.Change{Op: scaling, Factor: slotNumber(d)}
		switch {
		case t.kind != tagWord:
			continue
		case t.value(tagItem) != "":
			c.Item = t.value(tagItem)
		case t.is(tagUser):
			c.Field = "users"
		case t.value(tagField) != "":
			c.Field = t.value(tagField)
		case t.is(tagSite):
			c.Field = "sites"
		default:
			continue
		}
		r.change(i, c)
		r.take(j, "swapped")
		return
	}
}

// around are the terms behind the i-th one, nearest first, and for "in half" those before
// it.
func (r *reading) around(i, farthest int) []int {
	var list []int
	if r.at(i-1).norm == "in" {
		for j := i - 2; j >= 0 && j > i-farthest; j-- {
			list = append(list, j)
		}
		return list
	}
	for j := i + 1; j < len(r.terms) && j < i+farthest; j++ {
		list = append(list, j)
	}
	return list
}

// signed is the percentage at i with the sign that is said before it, "to minus 4 percent".
// A minus that is not after such a word takes something off.
func (r *reading) signed(i int) decimal.Decimal {
	amount := r.terms[i].amount
	if r.at(i-1).norm == "minus" && slices.Contains([]string{"to", "of", "at", "is"}, r.at(i-2).norm) {
		return amount.Neg()
	}
	return amount
}
