package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// fragment reads the answer to a question of the bot, which is no sentence: "40", "hotel",
// "Acme Construction". It is empty where the terms are none, or no question waits.
//
// A bare number answers how many radios a new quote is for. On a quote that there is it is
// read as any correction is.
func (r *reading) fragment() quoting.Intent {
	const longest = 8
	pending := r.dialogue.Pending
	if pending != quoting.CreateQuote && pending != quoting.ReviseQuote || len(r.terms) > longest || slices.ContainsFunc(r.terms, isSentence) {
		return ""
	}
	r.create()
	if number := r.bareNumber(); pending == quoting.CreateQuote && r.slots.Users == nil && r.slots.UsersMin == nil && r.slots.UsersOptions == nil && number >= 0 {
		quantities, of := r.quantities, r.of
		quantities[number].counts = tagUser
		r.again()
		r.quantities, r.of = quantities, of
		r.fill()
	}
	if r.isBareName() {
		r.again()
		r.slots.Customer = r.text(0, len(r.terms))
		r.takeAll(0, len(r.terms), "customer")
	}
	if slices.ContainsFunc(r.terms, func(t term) bool { return t.says() && t.uses == 0 }) {
		r.again() // it says something else as well
		return ""
	}
	s := r.slots
	switch said := s.Industry != "" || s.Customer != ""; {
	case pending == quoting.CreateQuote && (said || isSized(s) || s.IndustryText != "" || len(r.errors) > 0):
		return pending
	case pending == quoting.CreateQuote || isSized(s) || !said:
		r.again()
		return ""
	}
	r.slots, r.needs, r.errors = quoting.Slots{}, nil, nil
	if s.Industry != "" {
		r.slots.Changes = append(r.slots.Changes, quoting.Change{Op: setting, Field: "industry", Value: string(s.Industry)})
	}
	if s.Customer != "" {
		r.slots.Changes = append(r.slots.Changes, quoting.Change{Op: setting, Field: "customer", Value: s.Customer})
	}
	return pending
}

// isSentence says whether the term stands in no answer to how many or whose: somebody's
// words, an amount, another quote.
func isSentence(t term) bool {
	switch t.kind {
	case tagPercent, tagMoney, tagQuote, tagSKU, tagEmail, tagPayment:
		return true
	case tagMark:
		return strings.Contains("\"“”:?", t.norm)
	default:
		return false
	}
}

// isSized says whether the slots say how much is wanted.
func isSized(s quoting.Slots) bool {
	return s.Users != nil || s.UsersMin != nil || s.UsersOptions != nil || s.UsersPerSite != nil || s.Sites != nil || len(s.Items) > 0
}

// bareNumber is the one number of the terms that counts nothing; -1 if there is none, or
// another one.
func (r *reading) bareNumber() int {
	found := -1
	for i := range r.quantities {
		q := &r.quantities[i]
		if q.counts != "" {
			continue
		}
		if kind := r.terms[q.at].kind; found >= 0 || r.isMoney(q.at) || kind != tagNumber && kind != tagRange {
			return -1
		}
		found = i
	}
	return found
}

// isBareName says whether the terms are a name and nothing else. One in small letters is
// one where the question was whose quote it is: it begins with a word that nobody knows,
// and does not end with it where that might be an industry as well.
func (r *reading) isBareName() bool {
	if len(r.terms) == 1 && r.terms[0].kind == tagName {
		return true
	}
	const longest = 4
	asked := r.dialogue.Asked
	if asked == nil || !slices.Contains(asked.Needs, quoting.NeedCustomer) || len(r.terms) == 0 || len(r.terms) > longest {
		return false
	}
	if len(r.terms) == 1 && slices.Contains(asked.Needs, quoting.NeedIndustry) {
		return false // "falconry" may be either
	}
	return r.isStrange(0) && !slices.ContainsFunc(r.terms, func(t term) bool {
		return t.kind != tagName && t.kind != tagWord && t.norm != "&" || t.is(tagUser) || t.is(tagItem)
	})
}

// isStrange says whether the i-th term is a name, or a word that no file knows.
func (r *reading) isStrange(i int) bool {
	t := r.at(i)
	return t.kind == tagName || t.kind == tagWord && t.isStrange()
}
