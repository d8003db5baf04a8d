package command

import (
	"slices"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// search reads which quotes are looked for.
func (r *reading) search() {
	r.bounds()
	r.expiry()
	r.when()
	r.state()
	r.order()
	r.contents()
	r.whose()
	r.ofCustomer()
}

// bounds reads the totals from and up to: "over 50k", "between 20k and 50k".
func (r *reading) bounds() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagRange && (t.amount.Cmp(smallestTotal) >= 0 || t.number.thousand) {
			s.AmountMin, s.AmountMax = slotNumber(t.amount), slotNumber(t.high)
			r.take(i, "amount_min, amount_max")
			continue
		}
		if !r.isBound(i) {
			continue
		}
		if next := r.at(i + 1).norm; (next == "to" || next == "-") && r.at(i+2).kind == t.kind && s.AmountMin == nil && r.isBound(i+2) {
			s.AmountMin = slotNumber(t.amount) // "10k to 20k"
			r.take(i, "amount_min")
			continue
		}
		between := r.lead(i, 3, "between", "from")
		at := r.lead(i, 4, atMost...)
		switch from := r.lead(i, 4, atLeast...); {
		case between >= 0 && (r.at(i+1).norm == "and" || r.at(i+1).norm == "to"), s.AmountMin != nil && s.AmountMax == nil && (r.at(i-1).norm == "and" || r.at(i-1).norm == "to"):
			if s.AmountMin == nil {
				s.AmountMin = slotNumber(t.amount)
				r.take(i, "amount_min")
				continue
			}
			fallthrough
		case at >= 0 && at > from, r.near(i, 0, 2, "max", "tops", "less"), from >= 0 && r.near(from, 1, 0, "no", "not"):
			s.AmountMax = slotNumber(t.amount)
			r.take(i, "amount_max")
		case from >= 0, r.near(i, 0, 2, "more", "up", "plus", "+", "min", "above"):
			s.AmountMin = slotNumber(t.amount)
			r.take(i, "amount_min")
		}
	}
}

var (
	atLeast = []string{"over", "above", "more", "least", "exceeding", "exceed", "bigger", "larger", "greater", "higher", ">", "north", "min", "minimum", "from", "beyond", "past", "topping"}
	atMost  = []string{"under", "below", "less", "most", "to", "smaller", "<", "max", "maximum", "within", "cheaper", "lower", "beneath", "south"}
)

// smallestTotal is the number from which a range without a noun is one of dollars.
var smallestTotal = decimal.MustNew(1000, 0)

// isBound says whether the i-th term may be a total.
func (r *reading) isBound(i int) bool {
	t := r.at(i)
	return t.kind == tagMoney || t.kind == tagNumber && !t.number.huge && !r.counted(i)
}

// expiry reads in how many days the quotes end.
func (r *reading) expiry() {
	at, ok := r.has("expiring", "expire", "expires", "expiration", "expiry", "lapse", "lapsing")
	if !ok {
		return
	}
	r.take(at, "expiring_within_days")
	for i := range r.terms {
		t := &r.terms[i]
		days := -1
		switch {
		case t.kind == tagNumber && r.counted(i) && r.of[i].counts == tagMeasure:
			days = r.days(r.of[i])
		case t.norm == "next" && (r.at(i+1).norm == "week" || r.at(i+1).norm == "month"), t.norm == "a" && (r.at(i+1).norm == "week" || r.at(i+1).norm == "month"):
			days = daysOf[r.at(i+1).value(tagMeasure)]
		case t.is(tagPeriod) && t.kind == tagWord && within[t.value(tagPeriod)] > 0:
			days = within[t.value(tagPeriod)]
		case t.norm == "tomorrow":
			days = 1
		}
		if days >= 0 {
			r.slots.ExpiringWithinDays = &days
			if r.take(i, "expiring_within_days"); r.of[i] != nil {
				r.takeQuantity(r.of[i], "expiring_within_days")
			}
			return
		}
	}
}

// within is how many days a period holds at most from today on.
var within = map[string]int{"this_week": 7, "this_month": 30, "this_quarter": 90, "this_year": 365, "today": 1}

// daysOf is how many days a measure of time has.
var daysOf = map[string]int{"day": 1, "week": 7, "month": 30, "year": 365}

// days is the quantity in days, and -1 where it is none.
func (r *reading) days(q *quantity) int {
	n, ok := whole(r.terms[q.at].amount)
	if each := daysOf[q.value]; ok && each > 0 && n >= 0 && n < mostUsers {
		return n * each
	}
	return -1
}

// when reads the period.
func (r *reading) when() {
	for i := range r.terms {
		t := &r.terms[i]
		period := t.value(tagPeriod)
		if period == "" || t.kind == tagName && len(t.means) == 0 || r.isTaken(i) {
			continue
		}
		if t.norm == "may" && !slices.Contains([]string{"in", "from", "since", "of", "for", "last", "during", "this"}, r.at(i-1).norm) && (r.at(i-1).norm != "" || r.at(i+1).norm == "i" || r.at(i+1).norm == "we") {
			continue
		}
		r.slots.Period = period
		r.take(i, "period")
		return
	}
}

// state reads the status.
func (r *reading) state() {
	for i := range r.terms {
		t := &r.terms[i]
		switch {
		case t.kind == tagName || r.isTaken(i):
		case t.is(tagStatus) && !r.at(i-1).is(tagNot) && r.at(i-1).norm != "not":
			r.slots.Status = t.value(tagStatus)
			r.take(i, "status")
			if r.at(i+1).norm == "approval" {
				r.take(i+1, "status")
			}
			return
		case (t.norm == "waiting" || t.norm == "stuck" || t.norm == "in" || t.norm == "under" || t.norm == "need" || t.norm == "needing" || t.norm == "submitted") && (r.near(i, 0, 3, "approval", "review", "approvals") || t.norm == "submitted"):
			r.slots.Status = "pending_approval"
			r.take(i, "status")
			r.take(r.nearest(i, 0, 3, "approval", "review", "approvals"), "status")
			return
		case t.norm == "win" || t.norm == "lose":
			if r.near(i, 3, 0, "we", "i", "did") {
				r.slots.Status = map[string]string{"win": "won", "lose": "lost"}[t.norm]
				r.take(i, "status")
				return
			}
		}
	}
}

// order reads how the quotes are sorted and how many are wanted.
func (r *reading) order() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		sort := t.value(tagSort)
		switch {
		case t.kind == tagName:
			continue
		case t.is(tagCheapest) && t.norm != "cheaper":
			sort = "amount_asc"
		case (t.norm == "last" || t.norm == "first") && (r.at(i+1).kind == tagNumber || r.at(i+1).norm == "quotes") && !r.counted(i+1):
			sort = map[string]string{"last": "date_desc", "first": "date_asc"}[t.norm]
		}
		if sort == "" {
			continue
		}
		if s.Sort == "" {
			s.Sort = sort
			r.take(i, "sort")
		}
		for _, at := range []int{i + 1, i - 1} {
			if n, ok := whole(r.at(at).amount); s.Limit == nil && ok && n > 0 && r.at(at).kind == tagNumber && !r.counted(at) {
				s.Limit = &n
				r.take(at, "limit")
			}
		}
		if s.Limit == nil && (r.at(i+1).norm == "quote" || r.at(i+1).norm == "deal") {
			one := 1
			s.Limit = &one
			r.take(i, "limit")
		}
	}
	for i := range r.terms {
		t := &r.terms[i]
		if n, ok := whole(t.amount); t.kind == tagNumber && s.Limit == nil && ok && n > 0 && n < 100 && !r.isTaken(i) && (r.at(i+1).norm == "quotes" || r.at(i+1).norm == "results") {
			s.Limit = &n
			r.take(i, "limit")
		}
	}
}

// contents reads what is in the quotes: "with 12 repeaters", hotels, analog.
func (r *reading) contents() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || r.isTaken(i) {
			continue
		}
		switch item := t.value(tagItem); {
		case t.kind == tagSKU && s.SKU == "":
			s.SKU = t.text
			r.take(i, "sku")
		case item != "" && s.Item == "":
			s.Item = item
			r.take(i, "item")
			if r.countedNoun(i) {
				r.quantity(r.of[i].at)
			}
		case t.is(tagTechnology) && s.Technology == "":
			s.Technology = quoting.TechnologyChoice(t.value(tagTechnology))
			r.take(i, "technology")
		case t.is(tagRental):
			s.QuoteType = "rental"
			r.take(i, "quote_type")
		case t.is(tagUser) && r.countedNoun(i):
			if n, ok := whole(r.terms[r.of[i].at].amount); ok && r.terms[r.of[i].at].kind == tagNumber {
				s.Users = &n
				r.take(i, "users")
				r.take(r.of[i].at, "users")
			}
		}
	}
	if s.Industry, s.IndustryText, _ = r.industry(); s.Industry == "" {
		s.IndustryText = ""
	}
}

// quantity is the number asked about.
func (r *reading) quantity(at int) {
	if n, ok := whole(r.at(at).amount); ok && r.at(at).kind == tagNumber && !r.at(at).number.huge {
		r.slots.Qty = &n
		r.take(at, "qty")
	}
}

// whose reads whose quotes are meant: one's own, those of others, or of somebody by name.
func (r *reading) whose() {
	for i := range r.terms {
		t := &r.terms[i]
		if r.isTaken(i) || t.kind == tagName && !r.isOwner(i) {
			continue
		}
		next := r.at(i + 1).norm
		switch {
		case t.norm == "i" && slices.Contains([]string{"need", "want", "would", "wanna", "like", "am", "can", "see", "could"}, next):
			continue // "I need a list"
		case t.norm == "my", t.norm == "mine", t.norm == "i" || t.norm == "ive":
			r.slots.Rep = "me"
		case t.norm == "me" && r.at(i-1).norm == "by":
			r.slots.Rep = "me"
		case (t.norm == "other" || t.norm == "others" || t.norm == "another") && (next == "reps" || next == "rep" || next == "salespeople" || next == "sales" || next == "people" || next == "peoples" || t.norm == "others" || next == "teams" || next == "team"),
			(t.norm == "else" || t.norm == "elses") && r.near(i, 1, 0, "anyone", "someone", "everyone", "anybody", "somebody", "everybody"), t.norm == "colleagues" || t.norm == "coworkers":
			r.slots.Rep = "others"
			r.take(i+1, "rep")
		case r.isOwner(i):
			r.slots.Rep = r.name(i, i+1)
		default:
			continue
		}
		r.take(i, "rep")
		if r.slots.Rep != "me" {
			return
		}
	}
}

// isOwner says whether the i-th term names a person whose quotes they are: "Sam's quotes",
// "quotes by Sam", "did Sam quote".
func (r *reading) isOwner(i int) bool {
	t := r.at(i)
	_, _, possessive := cutPossessive(t.text)
	switch {
	case t.kind != tagName && t.kind != tagWord:
		return false
	case r.at(i-1).norm == "by" || r.at(i-1).norm == "rep", (r.at(i-1).norm == "did" || r.at(i-1).norm == "has") && r.at(i).kind == tagName && slices.Contains(quoted, r.at(i+1).norm):
		return r.isPerson(i)
	case !t.given:
		return false
	case t.kind == tagWord && (!t.isStrange()) && !possessive:
		return t.norm != "will" && slices.Contains(quoted, r.at(i+1).norm)
	}
	return possessive || slices.Contains(quoted, r.at(i+1).norm)
}

var quoted = []string{"quote", "quoted", "quotes", "make", "made", "send", "sent", "win", "won", "has", "have", "do", "lose", "lost", "created", "create", "close", "closed", "submitted"}

// ofCustomer reads whose need the quotes are for.
func (r *reading) ofCustomer() {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagName || r.isTaken(i) {
			continue
		}
		if slices.Contains(places[:3], r.at(i-1).norm) {
			r.slots.Location = t.text
			r.take(i, "location")
			continue
		}
		if r.slots.Customer == "" {
			r.slots.Customer = r.name(i, i+1)
			r.take(i, "customer")
		}
	}
	if r.slots.Customer != "" {
		return
	}
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagWord || r.isTaken(i) || !t.isStrange() {
			continue
		}
		after, before := r.at(i+1), r.at(i-1)
		if !slices.Contains(quoteWords, before.norm) && !slices.Contains(quoteWords, after.norm) && before.norm != "for" && before.norm != "to" && before.norm != "from" && before.norm != "customer" && before.norm != "find" {
			continue
		}
		to := i + 1
		for to < len(r.terms) && r.at(to).kind == tagWord && (r.at(to).isStrange() || slices.Contains(suffixes, r.at(to).norm)) {
			to++
		}
		if slices.Contains(places[:3], before.norm) {
			continue
		}
		r.slots.Customer = r.name(i, to)
		r.takeAll(i, to, "customer")
		return
	}
}

var quoteWords = []string{"quote", "quotes", "quoted", "deals", "quoting", "proposals"}

// metric reads which figure is asked for, and over which quotes.
func (r *reading) metric() {
	if i := r.first(tagMetric); i >= 0 {
		r.slots.Metric = r.terms[i].value(tagMetric)
		r.take(i, "metric")
	} else if share, ok := r.has("percent", "percentage", "share", "often"); ok && r.near(-1, 0, len(r.terms), "win", "won", "close", "closed", "lose", "lost") {
		r.slots.Metric = "win_rate"
		r.take(share, "metric")
	} else if many, ok := r.has("many"); ok {
		r.slots.Metric = "quote_count"
		r.take(many, "metric")
	} else if r.near(-1, 0, len(r.terms), "approval", "approvals", "approve") && r.near(-1, 0, len(r.terms), "long", "fast", "quickly", "time") {
		r.slots.Metric = "approval_time"
	} else if _, ok := r.has("margin", "margins"); ok {
		r.slots.Metric = "average_margin"
	} else if _, ok := r.has("discount", "discounts", "discounting"); ok {
		r.slots.Metric = "average_discount"
	} else if _, ok := r.has("value", "worth", "dollars", "much", "amount"); ok {
		r.slots.Metric = "quote_value"
	}
	r.when()
	r.state()
	if r.slots.Metric == "win_rate" {
		r.slots.Status = ""
	}
	r.bounds()
	r.contents()
	r.whose()
	r.ofRep()
	r.ofCustomer()
}

// ofRep reads the person of "win rate for Kim".
func (r *reading) ofRep() {
	for i := range r.terms {
		if t := &r.terms[i]; t.given && t.kind == tagName && r.at(i-1).norm == "for" && r.slots.Rep == "" {
			r.slots.Rep = r.name(i, i+1)
			r.take(i, "rep")
		}
	}
}
