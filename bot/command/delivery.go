package command

import (
	"slices"
	"strings"
)

// delivery reads who is the person at the customer, where the goods go, and by when.
func (r *reading) delivery() {
	r.contact()
	r.shipTo()
	r.needBy()
}

func (r *reading) contact() {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || !slices.Contains([]string{"contact", "attn", "attention", "c/o", "poc", "contact person"}, t.norm) {
			continue
		}
		j := i + 1
		for r.at(j).norm == ":" || r.at(j).norm == "is" || r.at(j).norm == "person" || r.at(j).norm == "=" || r.at(j).norm == "name" || r.at(j).norm == "to" || r.at(j).norm == "now" || r.at(j).norm == "should" || r.at(j).norm == "be" || r.at(j).norm == "should be" {
			j++
		}
		if t.norm == "poc" && j == i+1 {
			continue // the technology
		}
		if r.isPerson(j) {
			who, n := r.person(j)
			r.slots.Contact = who
			r.takeAll(i, j+n, "contact")
			return
		}
	}
}

// shipTo reads "ship to Toledo", "deliver to the yard in Dayton".
func (r *reading) shipTo() {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || !slices.Contains([]string{"ship", "deliver", "delivered", "delivery", "shipped", "shipping", "ships", "delivering"}, t.norm) {
			continue
		}
		j := i + 1
		for slices.Contains([]string{"it", "them", "everything", "address", "all", "goods", "radios", "-"}, r.at(j).norm) {
			j++
		}
		if norm := r.at(j).norm; norm != "to" && norm != ":" && norm != "at" || r.at(j+1).kind == tagEmail {
			continue
		}
		j++
		for r.at(j).norm == ":" || r.at(j).norm == "address" || r.at(j).norm == "to" || r.at(j).norm == "is" || r.at(j).norm == "the" || r.at(j).norm == "our" || r.at(j).norm == "their" {
			j++
		}
		to := j
		for to < len(r.terms) && !r.endsPlace(to, j) {
			to++
		}
		if to > j {
			r.slots.ShipTo = strings.TrimRight(r.text(j, to), " .")
			r.takeAll(i, to, "ship_to")
			return
		}
	}
}

// endsPlace says whether a place that begins at from ends before the i-th term.
func (r *reading) endsPlace(i, from int) bool {
	t := r.at(i)
	switch {
	case t.norm == ",":
		next := r.at(i + 1) // "Dayton, OH"
		state := func(t *term) bool {
			return len(t.text) == 2 && t.text == strings.ToUpper(t.text) && t.kind != tagNumber
		}
		town := next.capital() && r.at(i+2).norm == "," && state(r.at(i+3))
		street := hasDigit(r.at(from).text) && next.kind == tagName && (r.at(i+2).kind == tagMark || r.at(i+2).norm == "") // "1400 Main St, Dayton"
		return i == from || !state(next) && !town && !street
	case t.kind == tagMark:
		return !t.tight || t.norm == ";" || t.norm == "\n" || t.norm == "?"
	}
	return slices.Contains([]string{"by", "before", "and", "with", "asap", "contact", "on", "no", "for", "instead", "please", "not", "rather", "now"}, t.norm) || t.is(tagWeekday) || r.isTaken(i)
}

// needBy reads when it must be there, in the words of the message: "by Friday".
func (r *reading) needBy() {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || r.isTaken(i) {
			continue
		}
		from := 0
		switch {
		case t.norm == "by" || t.norm == "before" || t.norm == "than" && r.at(i-1).norm == "later", t.norm == "deadline" || t.norm == "due", t.norm == "delivery" && (r.at(i+1).norm == "date" || r.at(i+1).norm == ":"):
			for from = i + 1; slices.Contains([]string{"date", "is", ":", "now", "to", "on"}, r.at(from).norm); from++ {
			}
		case (t.norm == "need" || t.norm == "needs" || t.norm == "want") && (r.at(i+1).norm == "it" || r.at(i+1).norm == "them"):
			from = i + 2
		case t.norm == "asap":
			r.slots.NeedByText = t.text
			r.take(i, "need_by_text")
			return
		case t.norm == "in" && r.near(i, 6, 0, "delivery", "deliver", "delivered", "ship", "shipped") || t.norm == "on" && r.near(i, 6, 0, "delivery", "deliver", "delivered"):
			from = i + 1
		default:
			continue
		}
		if !r.isDate(from) {
			continue
		}
		to := from
		for to < len(r.terms) && r.datePart(to) {
			to++
		}
		for r.at(to-1).norm == "," {
			to--
		}
		r.slots.NeedByText = r.text(from, to)
		r.takeAll(i, to, "need_by_text")
		return
	}
}

// isDate says whether a date begins at the i-th term.
func (r *reading) isDate(i int) bool {
	t := r.at(i)
	if t.norm == "the" {
		t = r.at(i + 1)
	}
	switch {
	case t.is(tagWeekday), t.is(tagPeriod), r.isMonth(i):
		return true
	case slices.Contains([]string{"next", "end", "eow", "eom", "eoy", "month", "start", "beginning", "mid", "early", "late", "christmas", "thanksgiving", "noon", "spring", "summer", "fall", "winter", "easter", "week", "year", "new", "q1", "q2", "q3", "q4", "labor", "memorial", "july"}, t.norm):
		return true
	case t.kind == tagNumber:
		next := r.at(i + 1)
		return next.norm == "/" || next.norm == "-" && next.tight || r.isMonth(i+1) || r.counted(i) && r.of[i].counts == tagMeasure && daysOf[r.of[i].value] > 0
	case t.kind == tagMark && hasDigit(t.text):
		return true // 3/15
	case t.kind == tagWord && len(t.norm) <= 4 && hasDigit(t.norm):
		return true // the 15th
	}
	return false
}

func (r *reading) isMonth(i int) bool {
	value := r.at(i).value(tagPeriod)
	return value != "" && !strings.Contains(value, "_") && value != "all"
}

func (r *reading) datePart(i int) bool {
	t := r.at(i)
	switch {
	case t.is(tagWeekday), t.is(tagPeriod), t.kind == tagNumber, r.isMonth(i), t.kind == tagMark && hasDigit(t.text), t.norm == "/", t.norm == "-" && t.tight, t.kind == tagWord && hasDigit(t.norm), t.is(tagMeasure):
		return true
	case t.norm == ",":
		return r.at(i+1).kind == tagNumber && r.at(i+1).number.digits == 4
	}
	return slices.Contains([]string{"next", "end", "of", "the", "week", "month", "year", "quarter", "eow", "eom", "eoy", "start", "beginning", "mid", "early", "late", "christmas", "thanksgiving", "noon", "spring", "summer", "fall", "winter", "easter", "new", "years", "q1", "q2", "q3", "q4", "day", "labor", "memorial", "business", "eve", "in"}, t.norm)
}
