package command

import (
	"slices"
	"strings"
)

// person is whose name or part stands at the i-th term, and how many terms it takes; empty
// where nobody's does.
func (r *reading) person(i int) (who string, terms int) {
	first := i
	for r.at(i).norm == "the" || r.at(i).norm == "my" || r.at(i).norm == "our" || r.at(i).norm == "sales" || r.at(i).norm == "a" {
		i++
	}
	t := r.at(i)
	if t.is(tagRole) && t.kind == tagWord {
		if who = t.value(tagRole); who == "" {
			who = t.text
		}
		return who, i + 1 - first
	}
	if i > first && r.at(i-1).norm != "sales" || !r.isPerson(i) {
		return "", 0
	}
	to := i + 1
	for t.kind != tagName && t.kind != tagEmail && to < i+3 && r.at(to).kind == tagWord && r.at(to).isStrange() && r.at(to).text != "" {
		to++
	}
	return r.name(i, to), to - first
}

// isPerson says whether the i-th term is somebody's name or address.
func (r *reading) isPerson(i int) bool {
	t := r.at(i)
	switch {
	case t.kind == tagName, t.kind == tagEmail:
		return true
	case t.kind == tagWord && t.text != "":
		return t.given || t.isStrange()
	}
	return false
}

// whom is the first person behind one of the words.
func (r *reading) whom(as string, words ...string) string {
	for i := range r.terms {
		if !slices.Contains(words, r.terms[i].norm) || r.terms[i].kind == tagName {
			continue
		}
		if who, n := r.person(i + 1); n > 0 && !slices.Contains(quoteNouns, r.at(i+1+n).norm) {
			r.takeAll(i+1, i+1+n, as)
			return who
		}
	}
	return ""
}

// sentTo is who a quote is submitted to: a name, or the manager.
func (r *reading) sentTo() {
	if r.slots.Approver = r.whom("approver", "to", "by", "from", "ask", "get", "have", "with"); r.slots.Approver != "" {
		return
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.kind == tagWord && t.is(tagRole) {
			r.slots.Approver, _ = r.person(i)
			r.take(i, "approver")
			return
		}
	}
}

// message is what an approver is told with a quote.
func (r *reading) message() {
	for i := range r.terms {
		t := &r.terms[i]
		from := 0
		switch {
		case t.kind == tagName || i == 0:
		case t.norm == "note" || t.norm == "comment" || t.norm == "message" || t.norm == "saying" || t.norm == "say" || t.norm == "mention" || t.norm == "fyi":
			from = i + 1
		case t.norm == "tell" || t.norm == "let":
			from = i + 1
			if _, n := r.person(from); n > 0 {
				from += n
			} else if slices.Contains([]string{"him", "her", "them"}, r.at(from).norm) {
				from++
			}
		case t.norm == "because" || t.norm == "since":
			from = i
		case i >= r.after && (t.norm == "," || t.norm == ":" || t.norm == ";" || t.norm == "-" && !t.tight):
			from = i + 1
		}
		if from == 0 {
			continue
		}
		for r.at(from).kind == tagMark || slices.Contains([]string{"that", "saying", "know", "note", "says", "with", "the", "a", "tell"}, r.at(from).norm) {
			from++
		}
		if r.actsAgain(from) {
			continue
		}
		if r.slots.Note = r.rest(from, "note"); r.slots.Note != "" {
			r.take(i, "note")
			return
		}
	}
}

// delegate reads who decides instead, and until when, or that nobody does any more.
func (r *reading) delegate() {
	if _, ends := r.has("end", "stop", "cancel", "revoke", "undo", "remove", "drop", "withdraw", "over", "nobody"); ends && r.near(-1, 0, len(r.terms), "delegation", "delegations", "nobody") {
		r.slots.Back = true
		return
	}
	r.end()
	if r.slots.UntilText == "" {
		r.untilPeriod()
	}
	r.standIn()
}

// away reads until when somebody is away, and from when, or that they are back; and who
// decides instead.
func (r *reading) away() {
	if r.isBack() {
		r.slots.Back = true
		return
	}
	s := &r.slots
	if r.start(); s.SinceText != "" {
		r.end()
	} else if r.end(); s.UntilText == "" {
		if r.untilPeriod(); s.UntilText == "" {
			r.untilDay()
		}
		_, back := r.has("back") // "back on Monday"
		if p := strings.Fields(strings.ToLower(s.UntilText)); len(p) > 0 && !back && !startsCount(p[0]) {
			s.SinceText = s.UntilText // "on vacation next week", "out on Friday"
		}
	}
	r.standIn()
}

// isBack says whether somebody is there again: "I'm back", "back in the office", and not
// "back on Monday".
func (r *reading) isBack() bool {
	i, back := r.has("back")
	if !back {
		_, again := r.has("again")
		return again
	}
	for j := i + 1; j < len(r.terms); j++ {
		if r.isDate(j) || r.at(j).is(tagWeekday) || r.at(j).is(tagPeriod) || r.at(j).kind == tagNumber || r.at(j).norm == "next" {
			return false
		}
	}
	return i == 0 || !slices.Contains(untils, r.at(i-1).norm) && !slices.Contains(untils, r.at(i-2).norm)
}

// startsCount says whether an end is a number of days or weeks from now on.
func startsCount(word string) bool {
	return strings.Trim(word, "0123456789") != word || slices.Contains([]string{"a", "one", "two", "three", "four", "five", "six", "couple", "this", "today", "week"}, word)
}

// start reads from when: "from Monday till Friday".
func (r *reading) start() {
	for i := range r.terms {
		if t := &r.terms[i]; t.kind != tagWord || t.norm != "from" && t.norm != "starting" || !r.isDay(i+1) {
			continue
		}
		end := i + 1
		for end < r.clause(i+1) && !slices.Contains(untils, r.at(end).norm) && r.at(end).norm != "to" && r.at(end).norm != "-" {
			end++
		}
		if r.slots.SinceText = r.text(i+1, end); r.slots.SinceText != "" {
			r.takeAll(i, end, "since_text")
			return
		}
	}
}

// isDay says whether the i-th term may begin a day.
func (r *reading) isDay(i int) bool {
	t := r.at(i)
	return r.isDate(i) || t.is(tagWeekday) || t.is(tagPeriod) || t.kind == tagNumber || t.norm == "next" || t.norm == "the" && r.isDay(i+1)
}

// untilDay reads the one day on which somebody is away: "out tomorrow", "back on Monday".
func (r *reading) untilDay() {
	for i := range r.terms {
		if t := &r.terms[i]; t.kind == tagName || !t.is(tagWeekday) && !r.isDate(i) && t.norm != "today" && t.norm != "tomorrow" {
			continue
		}
		end := i + 1
		for end < r.clause(i+1) && (r.isDate(end) || r.at(end).kind == tagNumber) {
			end++
		}
		r.slots.UntilText = r.text(i, end)
		r.takeAll(i, end, "until_text")
		return
	}
}

// colleague is whom somebody asks to decide on a quote, or for an opinion.
func (r *reading) colleague() {
	r.slots.DelegateTo = r.whom("delegate_to", "to", "ask", "asking", "by", "past", "from", "consult", "with", "get", "want", "need", "hear", "let", "have", "of", "like")
}

// end reads until when, where a word announces it.
func (r *reading) end() {
	s := &r.slots
	_, ends := r.has("until", "till", "til", "untill")
	for i := range r.terms {
		t := &r.terms[i]
		until := slices.Contains(untils, t.norm) && !(ends && t.norm == "while") || t.norm == "to" && r.isDate(i+1) && (r.at(i+1).kind == tagWord || s.SinceText != "")
		if t.kind != tagWord || !until || s.UntilText != "" {
			continue
		}
		to := i + 2
		for to < r.clause(i+1) && !r.standsIn(to) {
			to++
		}
		if s.UntilText = strings.TrimRight(r.text(i+1, to), " ."); s.UntilText != "" {
			r.takeAll(i, to, "until_text")
		}
	}
}

// covering are what somebody does who decides in another's place.
var covering = []string{"approves", "decides", "covers", "signs", "handles", "approve", "decide", "cover", "sign", "handle"}

// standsIn says whether the i-th term begins who decides instead: "until monday finn covers".
func (r *reading) standsIn(i int) bool {
	_, n := r.person(i)
	return n > 0 && slices.Contains(covering, r.at(i+n).norm)
}

// standIn reads who decides instead.
func (r *reading) standIn() {
	s := &r.slots
	if s.DelegateTo = r.whom("delegate_to", "to", "let", "have", "make", "with", "give", "by", "delegate"); s.DelegateTo != "" {
		return
	}
	for i := range r.terms {
		decides := slices.Contains(covering, r.at(i+1).norm) || slices.Contains([]string{"can", "will", "is", "should"}, r.at(i+1).norm)
		if r.at(i).norm == "will" && r.at(i-1).norm == "i" {
			continue // the verb
		}
		if who, n := r.person(i); n > 0 && !r.isTaken(i) && (decides || r.at(i).kind == tagName || r.at(i).given) {
			s.DelegateTo = who
			r.takeAll(i, i+n, "delegate_to")
			return
		}
	}
}

var untils = []string{"until", "till", "til", "through", "thru", "while", "untill"}

// untilPeriod reads an end that no word announces: "for two weeks", "this week".
func (r *reading) untilPeriod() {
	for i := range r.terms {
		t := &r.terms[i]
		switch {
		case t.is(tagPeriod) && t.kind == tagWord:
			r.slots.UntilText = t.text
			r.take(i, "until_text")
			return
		case t.kind == tagNumber && r.counted(i) && r.of[i].counts == tagMeasure:
			r.slots.UntilText = r.text(i, r.of[i].noun+1)
			r.takeAll(i, r.of[i].noun+1, "until_text")
			return
		case t.norm == "next" && r.at(i+1).kind == tagWord:
			r.slots.UntilText = r.text(i, i+2)
			r.takeAll(i, i+2, "until_text")
			return
		}
	}
}

// clause is the end of what is said from the i-th term on: the next mark, or a word that
// begins something else.
func (r *reading) clause(i int) int {
	for ; i < len(r.terms); i++ {
		t := r.at(i)
		if t.kind == tagMark && !t.tight && t.norm != "/" && !hasDigit(t.text) || t.norm == "," || t.norm == "." || t.norm == ";" || t.norm == "!" || t.norm == "?" {
			return i
		}
		if t.norm == "to" && r.isPerson(i+1) {
			return i
		}
	}
	return i
}

// waitingFor is whose decisions are asked about: "what needs my approval".
func (r *reading) waitingFor() {
	for i := range r.terms {
		switch r.terms[i].norm {
		case "my", "me", "i", "mine":
			if prior := r.at(i - 1).norm; r.terms[i].norm != "me" || prior != "show" && prior != "give" && prior != "tell" && prior != "send" && prior != "get" {
				r.slots.Approver = "me"
				r.take(i, "approver")
				return
			}
		}
	}
	if r.slots.Approver = r.whom("approver", "on", "for", "with", "from", "by", "does", "of", "show", "list", "to"); r.slots.Approver != "" {
		return
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.kind == tagName || t.is(tagRole) && t.kind == tagWord {
			if who, n := r.person(i); n > 0 {
				r.slots.Approver = who
				r.takeAll(i, i+n, "approver")
				return
			}
		}
	}
}

// nudge is whom to remind, or whom to go to above them.
func (r *reading) nudge() {
	if i, ok := r.has("escalate", "escalated", "escalating"); ok || r.goesUp() {
		r.slots.Escalate = true
		i = max(i, 0)
		for j := i + 1; j < len(r.terms); j++ {
			if r.at(j).norm != "to" {
				continue
			}
			end := r.clause(j + 1)
			for k := j + 1; k < end; k++ {
				if slices.Contains(becauses, r.at(k).norm) || r.at(k).norm == "for" {
					end = k
				}
			}
			from := j + 1
			for from < end && slices.Contains([]string{"the", "my", "our", "a"}, r.at(from).norm) {
				from++
			}
			if from < end {
				r.slots.EscalateTo = r.name(from, end)
				r.takeAll(from, end, "escalate_to")
				return
			}
		}
		return
	}
	if i, ok := r.has("involved", "loop", "involve"); ok {
		for j := range r.terms {
			if who, n := r.person(j); n > 0 && (r.at(j).is(tagRole) || i != j) {
				r.slots.EscalateTo = who
				r.takeAll(j, j+n, "escalate_to")
				return
			}
		}
	}
	if r.slots.Approver = r.whom("approver", "remind", "nudge", "chase", "ping", "poke", "bug", "prod", "reminder", "to", "with", "up", "push", "give", "send", "shoot", "tell", "get", "ask", "drop", "need", "under", "jog", "press", "pester", "hound", "prompt", "on", "from", "tap", "wake", "in"); r.slots.Approver != "" {
		return
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.kind == tagWord && t.is(tagRole) {
			r.slots.Approver, _ = r.person(i)
			r.take(i, "approver")
			return
		}
	}
}

// goesUp says whether the quote is carried above its approver: "bump it up to the director".
func (r *reading) goesUp() bool {
	for i := range r.terms {
		if r.terms[i].norm == "up" && r.at(i+1).norm == "to" && r.near(i, 4, 0, "bump", "take", "push", "move", "kick", "send", "raise", "run") {
			return true
		}
	}
	return false
}

// recipient is who gets a document, and as what.
func (r *reading) recipient() {
	if i, ok := r.has("pdf", "pdfs"); ok {
		r.slots.Format = "pdf"
		r.take(i, "format")
	}
	if i := r.first(tagEmail); i >= 0 {
		r.slots.To = r.terms[i].text
		r.take(i, "to")
		return
	}
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagWord && (t.norm == "customer" || t.norm == "client" || t.norm == "customers" || t.norm == "clients") {
			r.slots.To = "customer"
			r.take(i, "to")
			return
		}
	}
	r.slots.To = r.whom("to", "to", "send", "email", "mail", "forward")
}
