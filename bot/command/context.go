package command

import (
	"slices"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// reading is one act of a message while its slots are filled.
type reading struct {
	words      *vocabulary
	terms      []term
	quantities []quantity
	of         []*quantity // for each term, the quantity whose number or noun it is
	dropped    []int       // numbers that a correction takes back
	dialogue   quoting.Dialogue
	slots      quoting.Slots
	needs      []quoting.Need
	errors     []string
	notes      []note
	kept       int // the notes about the act itself
	after      int // the term behind the words that tell the act
}

// at is the i-th term, and an empty one outside of the message.
func (r *reading) at(i int) *term {
	if i < 0 || i >= len(r.terms) {
		return &term{}
	}
	return &r.terms[i]
}

// near says whether one of the words stands among the terms from i-before to i+after.
func (r *reading) near(i, before, after int, words ...string) bool {
	return r.nearest(i, before, after, words...) >= 0
}

// nearest is where the first of the words stands among the terms from i-before to i+after,
// and -1 where none does.
func (r *reading) nearest(i, before, after int, words ...string) int {
	for j := max(i-before, 0); j <= i+after && j < len(r.terms); j++ {
		if j != i && slices.Contains(words, r.terms[j].norm) {
			return j
		}
	}
	return -1
}

// lead is the nearest of the words before the i-th term, at most so many terms away and
// with no other number between; -1 where there is none.
func (r *reading) lead(i, away int, words ...string) int {
	for j := i - 1; j >= 0 && j >= i-away; j-- {
		switch t := &r.terms[j]; {
		case slices.Contains(words, t.norm):
			return j
		case t.kind == tagNumber, t.kind == tagMoney, t.kind == tagPercent:
			return -1
		}
	}
	return -1
}

// has says whether a term from the i-th on says one of the words, and where.
func (r *reading) has(words ...string) (int, bool) {
	for i := range r.terms {
		if t := &r.terms[i]; t.kind != tagName && slices.Contains(words, t.norm) {
			return i, true
		}
	}
	return -1, false
}

// first is where the first term of the tag is, and -1 where there is none. A name is of no
// tag but its own.
func (r *reading) first(want tag) int {
	for i := range r.terms {
		if t := &r.terms[i]; t.is(want) && (t.kind != tagName || want == tagName) {
			return i
		}
	}
	return -1
}

// amountField is the slot that a money amount at the i-th term is meant for. Where nothing
// tells, it is the total that is wanted.
func (r *reading) amountField(i int) string {
	next := r.at(i + 1)
	switch {
	case next.norm == "off" || next.norm == "discount" || r.near(i, 2, 0, "discount", "off", "knock", "less"):
		return "discount_amount"
	case r.near(i, 3, 2, "budget"):
		return "budget_max"
	case next.norm == "each" || next.norm == "ea" || next.norm == "apiece" || (next.norm == "per" || next.norm == "a" || next.norm == "/") && (r.at(i+2).is(tagUser) || r.at(i+2).is(tagItem)),
		(r.at(i-1).norm == "@" || r.at(i-1).norm == "at") && next.norm != "total" && r.at(i).amount.Cmp(mostUnitPrice) < 0:
		return "target_unit_price"
	case r.near(i, 2, 0, "under", "below", "than", "within", "max", "maximum", "over", "exceed", "beneath"), r.near(i, 0, 2, "max", "tops", "less"):
		return "target_total_max"
	}
	return "target_total"
}

// mostUnitPrice is the price from which "40 radios at $15,000" means all of them.
var mostUnitPrice = decimal.MustNew(5000, 0)

// percentField is the slot that a percentage at the i-th term is meant for, or empty where
// it is none of ours: "10% spare batteries".
func (r *reading) percentField(i int) string {
	switch {
	case r.near(i, 0, 1, "margin", "gm") || r.near(i, 3, 0, "margin", "gm") || r.lead(i, 8, "margin", "margins", "gm") >= 0 && r.lead(i, 4, "to", "at", "up") >= 0 && !r.near(i, 0, 2, "off", "discount"):
		return "target_margin_pct"
	case r.near(i, 0, 1, "deposit", "down", "upfront", "down payment") || r.near(i, 3, 0, "deposit", "down payment", "upfront"):
		return "deposit_pct"
	case r.near(i, 0, 2, "off", "discount") || r.near(i, 3, 0, "discount", "off", "less", "minus"):
		return "discount_pct"
	case r.at(i+1).is(tagItem) || r.at(i+1).is(tagUser) || r.at(i+1).norm == "more" || r.at(i+1).norm == "spare" || r.at(i+1).norm == "of":
		return ""
	}
	return "discount_pct"
}

// isMoney says whether the i-th term is an amount of money: written as one, or a number
// that counts nothing where only a price can be meant ("under 50k", "at 380 each").
func (r *reading) isMoney(i int) bool {
	t := r.at(i)
	if t.kind == tagMoney {
		return true
	}
	if t.kind != tagNumber || r.counted(i) {
		return false
	}
	return t.number.thousand || r.isEach(i) ||
		r.near(i, 3, 1, "budget") ||
		r.near(i, 1, 0, "at", "@") && r.near(i, 0, 1, "each", "ea", "apiece", "per") ||
		(r.near(i, 2, 1, "even", "round", "flat") || r.lead(i, 3, "round") >= 0 || r.at(i-1).norm == "at" && r.lead(i, 4, "bring", "come", "land") >= 0 || r.lead(i, 2, "under", "below") >= 0) && t.amount.Cmp(hundred) > 0 ||
		r.near(i, 1, 0, "total") || r.near(i, 2, 0, "total") && r.near(i, 1, 0, "to", "is")
}

// isEach says whether the number at i is a price of one: "350 a radio".
func (r *reading) isEach(i int) bool {
	next := r.at(i + 1).norm
	return (next == "a" || next == "per" || next == "/" || next == "for each" || next == "an") && (r.at(i+2).is(tagUser) || r.at(i+2).is(tagItem) && !r.at(i+2).is(tagSite)) && !plural(r.at(i+2))
}

// count finds what the numbers count.
func (r *reading) count() {
	r.quantities = quantities(r.terms)
	r.of = make([]*quantity, len(r.terms))
	for i := range r.quantities {
		q := &r.quantities[i]
		r.of[q.at] = q
		if q.noun >= 0 {
			r.of[q.noun] = q
		}
	}
}

// counted says whether the number at the i-th term counts something.
func (r *reading) counted(i int) bool {
	q := r.of[i]
	return q != nil && (q.noun >= 0 || q.perSite && r.near(i, 0, 1, "per"))
}

// countedNoun says whether a number counts the i-th term.
func (r *reading) countedNoun(i int) bool { return r.of[i] != nil && r.of[i].noun == i }

// quoteNumber is the quote that the message names: Q-1042, or a bare number of four or
// more digits where no other use is possible. at is its term.
func (r *reading) quoteNumber() (id quoting.QuoteID, at int) {
	for i := range r.terms {
		if r.terms[i].kind == tagQuote {
			return r.terms[i].quote, i
		}
	}
	for i := range r.terms {
		t := &r.terms[i]
		if !r.isReference(i) {
			continue
		}
		if id, err := quoting.ParseQuoteID(t.text); err == nil {
			return id, i
		}
	}
	return 0, -1
}

// isReference says whether the bare number at the i-th term can only be a quote's.
func (r *reading) isReference(i int) bool {
	t := r.at(i)
	return t.kind == tagNumber && t.number.digits >= 4 && !r.counted(i) && !r.isMoney(i) && !r.isOrder(i)
}

// isOrder says whether the i-th term stands behind a word for a purchase order.
func (r *reading) isOrder(i int) bool {
	for j := i - 1; j >= 0; j-- {
		switch r.at(j).norm {
		case "#", ":", "is", "number", "no", ".", "order":
			continue
		case "po", "purchase order", "p.o", "purchase":
			return true
		}
		return false
	}
	return false
}
