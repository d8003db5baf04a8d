package command

import (
	"slices"

	"radioquote/quoting"
)

// industry is what the terms say about the industry: its code where they settle it, else
// the word that is only a suggestion, or is stated and not approved.
func (r *reading) industry() (code quoting.IndustryCode, text string, approved bool) {
	var strong, weak []string
	for i := range r.terms {
		t := &r.terms[i]
		code := t.value(tagIndustry)
		if code == "" || t.kind == tagName || r.at(i-1).is(tagNegative) || r.at(i-2).is(tagNegative) && (r.at(i-1).norm == "a" || r.at(i-1).norm == "an") {
			continue
		}
		r.take(i, "industry")
		list := &strong
		if r.countedNoun(i) || t.is(tagYields) {
			list = &weak
		}
		if !slices.Contains(*list, code) {
			*list = append(*list, code)
		}
		if text == "" {
			text = t.text
		}
	}
	for _, codes := range [][]string{strong, weak} {
		if len(codes) == 1 {
			return quoting.IndustryCode(codes[0]), "", true
		}
		if len(codes) > 1 {
			return "", text, true // two industries: which?
		}
	}
	return r.otherIndustry()
}

// otherIndustry looks for an industry that is not on the list.
func (r *reading) otherIndustry() (code quoting.IndustryCode, text string, approved bool) {
	for i := range r.terms {
		if t := &r.terms[i]; t.is(tagUnapproved) && t.kind != tagName {
			r.take(i, "industry_text")
			return "", t.text, false
		}
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.is(tagSuggestion) && t.kind != tagName {
			r.take(i, "industry_text")
			return "", t.text, true
		}
	}
	for i := range r.terms {
		if r.at(i).value(tagField) != "industry" {
			continue
		}
		for j := i + 1; j < len(r.terms) && j < i+4; j++ {
			if t := r.at(j); t.kind == tagName || t.kind == tagWord && t.means == nil {
				r.take(j, "industry_text")
				return "", t.text, false // "industry: falconry"
			}
		}
	}
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagWord || !t.isStrange() {
			continue
		}
		before, after := r.at(i-1), r.at(i+1)
		noun := (before.norm == "a" || before.norm == "an") && (r.at(i-2).norm == "for" || r.at(i-2).norm == "at")
		alone := before.kind == tagMark && before.norm != "" && (after.norm == "" || after.kind == tagMark)
		if t.uses == 0 && (noun || alone) {
			r.take(i, "industry_text")
			return "", t.text, true // "for a falconry", ", falconry,"
		}
	}
	return "", "", true
}
