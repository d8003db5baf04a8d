package command

import (
	"slices"

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
	if pending != quoting.CreateQuote && pending != quoting.ReviseQuote || len(r.terms) > longest {
		return ""
	}
	probe := reading{terms: r.terms, dialogue: r.dialogue}
	probe.create()
	s := &probe.slots
	if number := probe.bareNumber(); pending == quoting.CreateQuote && s.Users == nil && s.UsersMin == nil && s.UsersOptions == nil && number >= 0 {
		probe.quantities[number].counts = tagUser
		fresh := reading{terms: r.terms, dialogue: r.dialogue, quantities: probe.quantities, of: probe.of}
		fresh.fill()
		probe = fresh
	}
	name := s.Customer
	if r.isBareName() {
		name, s.Industry, s.IndustryText = r.text(0, len(r.terms)), "", ""
	}
	s = &probe.slots
	s.Customer = name
	if s.Users == nil && s.UsersMin == nil && s.UsersOptions == nil && s.Sites == nil && s.Industry == "" && s.IndustryText == "" && name == "" && len(probe.errors) == 0 {
		return ""
	}
	if pending == quoting.CreateQuote {
		*r = probe
		return pending
	}
	if s.Industry == "" && name == "" {
		return ""
	}
	if s.Industry != "" {
		r.set("industry", string(s.Industry))
	}
	if name != "" {
		r.set("customer", name)
	}
	return pending
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
	return t.kind == tagName || t.kind == tagWord && t.means == nil && unheard(t)
}
