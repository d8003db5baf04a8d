package command

import (
	"cmp"
	"slices"
	"strings"

	"radioquote/quoting"
)

// pattern is one way to say what is to be done, as acts.txt writes it.
type pattern struct {
	intent    quoting.Intent
	reason    string // of a refusal
	section   int
	order     int // within the section
	fromStart bool
	untilEnd  bool
	foreign   bool // it is one of a message in another language
	unasked   bool // it means nothing in a question
	elements  []element
}

// before says whether the pattern, found at the i-th term, goes before another one that
// was found at the j-th.
func (p *pattern) before(q *pattern, i, j int) bool {
	return q == nil || cmp.Or(p.section-q.section, i-j, p.order-q.order) < 0
}

// element is one place of a pattern: one of some words, or of some tags.
type element struct {
	words    []string
	tags     []tag
	afterGap bool // up to maxGap terms may stand before it
}

// maxGap is how many terms "..." stands for at most. It keeps a pattern's words together,
// and the work on a message in proportion to its length.
const maxGap = 7

func readPattern(intent quoting.Intent, reason, text string) *pattern {
	p := &pattern{intent: intent, reason: reason}
	gap := false
	for word := range strings.FieldsSeq(text) {
		switch word {
		case "^":
			p.fromStart = true
		case ".":
			p.untilEnd = true
		case "...":
			gap = true
		default:
			e := element{afterGap: gap}
			for alternative := range strings.SplitSeq(word, "/") {
				if name, ok := strings.CutPrefix(alternative, "<"); ok {
					name = strings.TrimSuffix(name, ">")
					if name == "n" {
						name = string(tagNumber)
					}
					e.tags = append(e.tags, tag(name))
				} else {
					e.words = append(e.words, strings.ReplaceAll(alternative, "_", " "))
				}
			}
			p.elements = append(p.elements, e)
			gap = false
		}
	}
	// A trailing gap with an end, "dont ... .", is any rest.
	p.untilEnd = p.untilEnd && !gap
	return p
}

func (e *element) matches(t *term) bool {
	if t.is(tagName) && !slices.Contains(e.tags, tagName) && !slices.Contains(e.tags, tagSomeone) {
		return false // a name is data, whatever words are in it
	}
	for _, want := range e.tags {
		if want == tagSomeone && t.someone() || t.is(want) || want == tagQuote && t.kind == tagNumber && t.number.digits >= 4 {
			return true
		}
	}
	return slices.Contains(e.words, t.norm)
}

// someone says whether the term can only be a person: a name, a part such as manager, or a
// word that no file knows.
func (t *term) someone() bool {
	return t.kind == tagName || t.kind == tagWord && (t.is(tagRole) || t.given || t.isStrange())
}

// rest matches the elements from the k-th on at the terms from the i-th on. Where they all
// match, it calls found with each of their terms, the last one first, and whether that is one
// of the pattern's words.
func (p *pattern) rest(terms []term, i, k int, found func(i int, word bool)) bool {
	if k == len(p.elements) {
		return !p.untilEnd || i == len(terms)
	}
	last := i
	if p.elements[k].afterGap {
		last = i + maxGap
	}
	for ; i <= last && i < len(terms); i++ {
		if p.elements[k].matches(&terms[i]) && p.rest(terms, i+1, k+1, found) {
			if found != nil {
				found(i, slices.Contains(p.elements[k].words, terms[i].norm))
			}
			return true
		}
	}
	return false
}

// isQuoted says whether some of the pattern's words, which match at the i-th term, are
// somebody else's, and the message is not.
func (p *pattern) isQuoted(terms []term, i int) bool {
	quoted := false
	if isPartlyQuoted(terms) {
		p.rest(terms, i, 0, func(i int, _ bool) { quoted = quoted || terms[i].quoted && terms[i].kind != tagName })
	}
	return quoted
}

// isNegated says whether a word of negation stands between the pattern's words, which match at
// the i-th term: "2217 shouldn't be cancelled".
func (p *pattern) isNegated(terms []term, i int) bool {
	if !decides[p.intent] {
		return false
	}
	matched, last := 0, i
	p.rest(terms, i, 0, func(j int, _ bool) { matched++; last = max(last, j) })
	if last-i+1 == matched {
		return false
	}
	negated := false
	for j := i; j < last; j++ {
		negated = negated || terms[j].is(tagNot) && terms[j].norm != "cant"
	}
	if negated {
		p.rest(terms, i, 0, func(j int, _ bool) { negated = negated && !terms[j].is(tagNot) })
	}
	return negated
}

// decides are the acts that a negation anywhere in their words undoes.
var decides = map[quoting.Intent]bool{
	quoting.SubmitQuote: true, quoting.ApproveQuote: true, quoting.RecallQuote: true, quoting.CancelQuote: true, quoting.SyncQuote: true, quoting.SendDocument: true, quoting.ExtendValidity: true,
}

// notes are what the pattern, which matches at the i-th term, makes of the terms.
func (p *pattern) notes(terms []term, i int) []note {
	var notes []note
	as := strings.TrimSpace(string(p.intent) + " " + p.reason)
	p.rest(terms, i, 0, func(i int, _ bool) {
		terms[i].uses++
		notes = append(notes, note{&terms[i], as})
	})
	return notes
}
