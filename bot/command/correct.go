package command

import "slices"

// corrections puts what a message takes back right: of "24 radios, sorry i meant 26, one
// store" it makes "26 radios, one store". The numbers must be of one kind and nothing but
// the taking back may stand between them.
func corrections(list []term) []term {
	out := list[:0]
	last := -1 // the number in out that may be taken back, with its noun
	for i := 0; i < len(list); i++ {
		if last >= 0 && isNumeric(&list[i]) && list[i].kind == out[last].kind && isTakenBack(out[last:]) && sameNoun(out[last:], list[i:]) {
			right := list[i]
			taken := &out[last]
			first, second := countRight(out, last), countRight(list, i)
			if first.counts == tagSite && second.counts == tagSite && out[first.noun].norm != list[second.noun].norm {
				out = append(out[:last], list[i]) // "one church... no, one school"
				continue
			}
			if first.noun < 0 && second.noun >= 0 && (last == 0 || !slices.Contains([]string{"quote", "need", "needs", "want", "wants", "to", "it", "do", "say", "get"}, out[last-1].norm)) {
				out = append(out, list[i]) // "3, no, 14 radios"
				last = len(out) - 1
				continue
			}
			taken.amount, taken.number, taken.quote, taken.high = right.amount, right.number, right.quote, right.high
			taken.text, taken.norm = right.text, right.norm
			end := last + 1
			if q := countRight(out, last); q.noun >= 0 {
				end = q.noun + 1
			}
			out = out[:end]
			if q := countRight(list, i); q.noun >= 0 && end > last+1 {
				i = q.noun
			}
			continue
		}
		if isNumeric(&list[i]) {
			last = len(out)
		}
		out = append(out, list[i])
	}
	return out
}

func isNumeric(t *term) bool {
	return t.kind == tagNumber || t.kind == tagPercent || t.kind == tagMoney || t.kind == tagQuote
}

// isTakenBack says whether the terms, of which the first is a number, say behind it and its
// noun only that it was wrong.
func isTakenBack(list []term) bool {
	begin := 1
	if q := countRight(list, 0); q.noun > 0 {
		begin = q.noun + 1
	}
	cue := false
	for i := begin; i < len(list); i++ {
		t := &list[i]
		switch {
		case slices.Contains([]string{"sorry", "wait", "oops", "meant", "mean", "actually", "correction", "scratch", "rather", "err", "er", "whoops", "strike"}, t.norm):
			cue = true
		case t.norm == "no" || t.norm == "nope" || t.norm == "not":
			cue = cue || list[i-1].kind == tagMark && t.norm != "not"
		case t.norm == "make" && i+1 < len(list) && (list[i+1].norm == "that" || list[i+1].norm == "it"):
			cue = cue || list[i+1].norm == "that"
		case t.kind == tagMark, slices.Contains([]string{"i", "that", "it", "should", "be", "off", "discount", "to", "bad", "my", "make", "its", "only", "or", "is", "um", "uh", "hold", "on", "a"}, t.norm):
		default:
			return false
		}
	}
	return cue
}

// sameNoun says whether the second number counts what the first does, or says nothing of
// what it counts.
func sameNoun(first, second []term) bool {
	a, b := countRight(first, 0), countRight(second, 0)
	return b.noun < 0 && b.times == 0 || a.noun >= 0 && a.counts == b.counts || a.noun < 0 && b.counts == tagUser
}
