package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// note is what the reading made of a term: a slot, a change, a need, an act. Notes are the
// only thing that confidence and explanations are made from.
type note struct {
	term *term
	as   string
}

// take notes what the i-th term became.
func (r *reading) take(i int, as string) {
	if i >= 0 && i < len(r.terms) {
		r.terms[i].uses++
		r.terms[i].spent = r.terms[i].spent || slices.Contains(spends, as)
		r.notes = append(r.notes, note{&r.terms[i], as})
	}
}

// spends are what a term may have become that says all that there is to be said of it.
var spends = []string{"contact", "ship_to", "need_by_text", "customer", "location", "customer_ref", "source", "swapped"}

// takeAll takes the terms from one to before another.
func (r *reading) takeAll(from, to int, as string) {
	for i := max(from, 0); i < to && i < len(r.terms); i++ {
		r.take(i, as)
	}
}

// isTaken says whether something was made of the i-th term beside the act.
func (r *reading) isTaken(i int) bool {
	t := &r.terms[i]
	if t.uses == 0 {
		return false
	}
	acts := 0
	for _, n := range r.notes[:r.kept] {
		if n.term == t {
			acts++
		}
	}
	return t.uses > acts
}

// again forgets what was read, but not the act, for another reading of the same terms.
func (r *reading) again() {
	for _, n := range r.notes[r.kept:] {
		n.term.uses--
		n.term.spent = false
	}
	*r = reading{words: r.words, terms: r.terms, dialogue: r.dialogue, notes: r.notes[:r.kept], kept: r.kept, after: r.after}
}

// support takes the words that only name what was read: the discount of "set the discount
// to 5%", the quote of "show this quote", a no before what is not wanted.
func (r *reading) support(intent quoting.Intent) {
	read := map[string]bool{}
	for _, n := range r.notes[r.kept:] {
		read[n.as[strings.LastIndexByte(n.as, ' ')+1:]] = true
	}
	for i := range r.terms {
		t := &r.terms[i]
		if t.uses > 0 || t.kind != tagWord {
			continue
		}
		next := r.at(i + 1)
		switch field := t.value(tagField); {
		case slices.Contains(quoteNouns, t.norm):
			r.take(i, "quote")
		case strings.HasPrefix(t.norm, "approv") && strings.Contains(approvals, string(intent)):
			r.take(i, string(intent))
		case t.is(tagUser) && t.value(tagUser) == "radio":
			r.take(i, "radios")
		case field != "" && read[field]:
			r.take(i, field)
		case (t.is(tagNegative) || t.is(tagOld) || t.norm == "version" || t.norm == "versions") && next.uses > 0:
			r.take(i, "with "+next.text)
		}
	}
}

// approvals are the intents that are about approvals even where they do not say so.
const approvals = "submit_quote recall_quote list_approvals delegate_approval out_of_office reassign consult nudge_approver explain_approval approve_quote quote_status audit_history report_metrics"

// confidence is the share of the message's words that something was made of, and the words
// that nothing was made of. What is not understood at all is not sure at all.
func confidence(list []term, intent quoting.Intent) (share float64, unread []string) {
	if slices.Contains(settled, intent) {
		return 1, nil
	}
	content, lost := 0, 0
	for i := range list {
		t := &list[i]
		if !t.says() {
			continue
		}
		weight := 2
		if t.kind == tagWord && t.is(tagCommon) {
			weight = 1 // everybody's words say less
		}
		content += weight
		if t.uses == 0 || intent == quoting.OutOfScope {
			unread = append(unread, t.text)
			lost += weight
		}
	}
	switch {
	case intent == quoting.OutOfScope:
		return 0, unread
	case content == 0:
		return 1, nil
	}
	return 1 - float64(lost)/float64(content), unread
}

// settled are the intents for which what else is said does not matter.
var settled = []quoting.Intent{quoting.RefuseCommand, quoting.Help, quoting.SmallTalk, quoting.Confirm, quoting.Deny, quoting.CancelDialog}

// says tells whether the term says something by itself. Marks, courtesies and the words
// that only hold a sentence together do not.
func (t *term) says() bool {
	return t.kind != tagMark && t.kind != tagSymbol && !t.is(tagPolite) && !(t.kind == tagWord && t.is(tagLink))
}
