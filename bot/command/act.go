package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// act reads an act or a question about an existing quote.
func (r *reading) act(intent quoting.Intent) {
	r.count()
	if !overMany[intent] {
		r.slots.QuoteID, _ = r.quoteNumber()
	}
	if r.slots.QuoteID == 0 && !overMany[intent] {
		r.slots.RefText = r.description()
	}
	switch {
	case intent == quoting.SubmitQuote:
		r.slots.Approver = r.approver()
	case intent == quoting.RejectQuote || intent == "recall_quote":
		r.slots.Reason = r.reason()
	case intent == "request_changes":
		r.conditions()
	case intent == quoting.QuoteStatus || intent == quoting.ShowQuote:
		if at := slices.IndexFunc(r.terms, func(t term) bool { return t.kind == tagName }); at >= 0 && r.slots.QuoteID == 0 && r.slots.RefText == "" {
			r.slots.RefText = quoteOf(r.terms[at].text) // "status of Acme"
		}
	}
}

// overMany are the intents that are not about one quote.
var overMany = map[quoting.Intent]bool{
	"delegate_approval": true, "list_approvals": true, "search_quotes": true, "price_lookup": true, "stock_check": true, "report_metrics": true,
}

// approver is who a quote is sent to: a name, or the manager.
func (r *reading) approver() string {
	for i := range r.terms {
		t := &r.terms[i]
		if t.norm == "manager" || t.norm == "boss" || t.norm == "supervisor" {
			return "manager"
		}
		if t.kind == tagName && (r.at(i-1).norm == "to" || r.at(i-1).norm == "by" || r.at(i-1).norm == "from") {
			return t.text
		}
	}
	return ""
}

// reason is what stands behind the act: after the quote's number, or after a comma,
// "because" or "since".
func (r *reading) reason() string {
	_, at := r.quoteNumber()
	for i := range r.terms {
		norm := r.terms[i].norm
		if i > 0 && (norm == "," || norm == ":" || norm == ";" || norm == "-" && !r.terms[i].tight || norm == "because" || norm == "since" || norm == "as" && i > at) {
			at = i
			break
		}
	}
	if at < 0 || at+1 >= len(r.terms) {
		return ""
	}
	return r.text(at+1, len(r.terms))
}

// text is what the message says from one term to another.
func (r *reading) text(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from && !r.terms[i].tight {
			b.WriteByte(' ')
		}
		b.WriteString(r.terms[i].text)
	}
	return strings.TrimSpace(b.String())
}

// conditions reads a conditional approval: what it asks for is a change, and where no
// change is understood, the reason in the approver's words.
func (r *reading) conditions() {
	id := r.slots.QuoteID
	r.slots = quoting.Slots{}
	r.revise()
	r.slots.QuoteID, r.needs = id, nil
	if r.slots.Changes == nil {
		r.slots.Reason = r.text(0, len(r.terms))
	}
}

// description is the words that stand for a quote without a number: "acme quote".
func (r *reading) description() string {
	for i := range r.terms {
		if r.terms[i].norm != "quote" {
			continue
		}
		if before := r.at(i - 1); before.kind == tagName || before.kind == tagWord && before.means == nil && unheard(before) {
			return quoteOf(before.text)
		}
		if r.at(i+1).norm == "for" && r.at(i+2).kind == tagName {
			return quoteOf(r.at(i + 2).text)
		}
	}
	return ""
}

func quoteOf(name string) string {
	owner, _, _ := cutPossessive(name)
	return owner + " quote"
}
