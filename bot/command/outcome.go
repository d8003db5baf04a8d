package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// outcome reads how a quote ended, with which order, and why.
func (r *reading) outcome() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName {
			continue
		}
		switch t.norm {
		case "won", "win":
			s.Outcome = quoting.Won
		case "awarded", "accepted", "signed", "landed", "bit", "bought", "ordered", "got":
			if s.Outcome != "" {
				continue // "lost, they bought from a competitor"
			}
			s.Outcome = quoting.Won
		case "didnt":
			if norm := r.at(i + 1).norm; norm != "get" && norm != "win" && norm != "land" {
				continue
			}
			s.Outcome = quoting.Lost
		case "lost", "lose", "losing", "loss", "luck":
			s.Outcome = quoting.Lost
		case "po", "purchase order", "p.o":
			r.purchaseOrder(i)
			if s.Outcome == "" {
				s.Outcome = quoting.Won
			}
			continue
		default:
			continue
		}
		r.take(i, "outcome")
	}
	if s.QuoteID == 0 {
		r.whoseOutcome()
		r.described(quoting.MarkOutcome)
	}
	r.outcomeReason()
}

// purchaseOrder reads the number of a purchase order behind its word.
func (r *reading) purchaseOrder(i int) {
	r.take(i, "po")
	j := i + 1
	for j < len(r.terms) && j < i+5 && (r.at(j).norm == "#" || r.at(j).norm == ":" || r.at(j).norm == "number" || r.at(j).norm == "is" || r.at(j).norm == "no" || r.at(j).norm == "." || r.at(j).norm == "order" || r.at(j).norm == "-" && r.at(j).tight) {
		r.take(j, "po")
		j++
	}
	if !hasDigit(r.at(j).text) && !(len(r.at(j).text) <= 4 && r.at(j+1).norm == "-" && hasDigit(r.at(j+2).text)) {
		return
	}
	to := j + 1
	for to < len(r.terms) && r.at(to).tight && (r.at(to).norm == "-" || r.at(to).kind != tagMark) {
		to++
	}
	r.slots.PO = r.text(j, to)
	r.takeAll(j, to, "po")
}

func hasDigit(text string) bool { return strings.ContainsAny(text, "0123456789") }

// whoseOutcome reads the customer of "we won Acme"; "the Acme quote" is a description.
func (r *reading) whoseOutcome() {
	if from, _ := r.description(); from >= 0 {
		return
	}
	for i := range r.terms {
		t := &r.terms[i]
		before := r.at(i - 1).norm
		if t.kind == tagName && t.uses == 0 && before != "to" && before != "by" && before != "with" {
			r.slots.Customer = r.name(i, i+1)
			r.take(i, "customer")
			return
		}
		if t.isStrange() && t.kind == tagWord && (before == "won" || before == "lost") {
			r.slots.Customer = r.name(i, i+1) // "lost initech on price"
			r.take(i, "customer")
			return
		}
	}
}

// outcomeReason is the longest run of words that nothing else was made of.
func (r *reading) outcomeReason() {
	from, to := -1, -1
	begin, says := 0, 0
	most := 0
	flush := func(end int) {
		if says > most {
			from, to, most = begin, end, says
		}
		says = 0
	}
	for i := range r.terms {
		t := &r.terms[i]
		if r.isTaken(i) || t.kind == tagMark && !t.tight || t.norm == "," || t.norm == ";" || t.norm == "." || t.norm == ":" || t.kind == tagQuote {
			flush(i)
			begin = i + 1
			continue
		}
		if t.says() && !slices.Contains(outcomeWords, t.norm) {
			says++
		}
	}
	flush(len(r.terms))
	if from < 0 {
		return
	}
	for from < to && slices.Contains(outcomeFillers, r.at(from).norm) {
		from++
	}
	if r.slots.Reason = r.text(from, to); r.slots.Reason != "" {
		r.takeAll(from, to, "reason")
	}
}

// outcomeWords say nothing of a reason; outcomeFillers go before one.
var (
	outcomeWords   = []string{"mark", "close", "closed", "quote", "deal", "as", "yay", "finally", "set", "it", "hooray", "record", "status", "put", "chalk", "count", "log", "write", "down", "up", "customer", "ordered", "against", "bit", "they", "a", "no", "luck", "with", "didnt", "get"}
	outcomeFillers = []string{"they", "it", "as", "because", "since", "due", "to", "reason", "the", "deal", "quote", "is", "was", "and", "on", "we", "for"}
)

// extension is how much longer a quote shall be valid.
func (r *reading) extension() {
	for i := range r.terms {
		t := &r.terms[i]
		switch {
		case t.kind == tagNumber && r.counted(i) && r.of[i].counts == tagMeasure:
			if days := r.days(r.of[i]); days > 0 {
				r.slots.Days = &days
				r.take(i, "days")
				r.take(r.of[i].noun, "days")
				return
			}
		case (t.norm == "a" || t.norm == "another" || t.norm == "an") && daysOf[r.measureAfter(i)] > 0:
			days := daysOf[r.measureAfter(i)]
			r.slots.Days = &days
			r.take(i, "days")
			r.take(i+1, "days")
			return
		}
	}
}

// measureAfter is the measure of time behind the article at i: "a week", "another few" none.
func (r *reading) measureAfter(i int) string {
	next := r.at(i + 1)
	if next.is(tagFiller) {
		next = r.at(i + 2)
	}
	if strings.HasSuffix(next.norm, "s") {
		return ""
	}
	return next.value(tagMeasure)
}
