package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// readers are what the words of an act or a question are read for, beside the quote that it
// is about.
var readers = map[quoting.Intent][]func(*reading){
	quoting.CloneQuote:      {(*reading).clone},
	quoting.SubmitQuote:     {(*reading).sentTo, (*reading).message},
	quoting.RecallQuote:     {(*reading).reason},
	quoting.CancelQuote:     {(*reading).reason},
	quoting.RejectQuote:     {(*reading).reason},
	quoting.AskChanges:      {(*reading).conditions},
	quoting.Delegate:        {(*reading).delegate},
	quoting.OutOfOffice:     {(*reading).away},
	quoting.Reassign:        {(*reading).colleague},
	quoting.Consult:         {(*reading).colleague},
	quoting.ListApprovals:   {(*reading).waitingFor, (*reading).bounds},
	quoting.NudgeApprover:   {(*reading).nudge},
	quoting.ExplainApproval: {(*reading).whatIf},
	quoting.QuoteStatus:     {(*reading).holder},
	quoting.ShowQuote:       {(*reading).aspects},
	quoting.CompareVersions: {(*reading).versions},
	quoting.SearchQuotes:    {(*reading).search},
	quoting.AuditHistory:    {(*reading).audited},
	quoting.PriceLookup:     {(*reading).lookup},
	quoting.StockCheck:      {(*reading).lookup},
	quoting.ExplainQuote:    {(*reading).focus},
	quoting.SendDocument:    {(*reading).recipient},
	quoting.ExtendValidity:  {(*reading).extension},
	quoting.MarkOutcome:     {(*reading).outcome},
	quoting.ReportMetrics:   {(*reading).metric},
	quoting.WhoCan:          {(*reading).rights, (*reading).ofAmount},
	quoting.GrantRole:       {(*reading).rights},
	quoting.RevokeRole:      {(*reading).rights},
}

// aboutMany are the intents that are not about one quote.
var aboutMany = map[quoting.Intent]bool{
	quoting.Delegate: true, quoting.OutOfOffice: true, quoting.ListApprovals: true, quoting.SearchQuotes: true, quoting.PriceLookup: true, quoting.StockCheck: true, quoting.ReportMetrics: true,
	quoting.WhoCan: true, quoting.GrantRole: true, quoting.RevokeRole: true,
}

// act reads an act or a question.
func (r *reading) act(intent quoting.Intent) {
	r.count()
	if !aboutMany[intent] {
		r.which()
	}
	for _, read := range readers[intent] {
		read(r)
	}
	if !aboutMany[intent] && intent != quoting.CloneQuote && r.slots.QuoteID == 0 {
		r.described(intent)
	}
}

// which reads the quote's number.
func (r *reading) which() {
	id, at := r.quoteNumber()
	r.slots.QuoteID = id
	r.take(at, "quote_id")
}

// described reads the words that stand for a quote without a number, "acme quote", and
// whose it is.
func (r *reading) described(intent quoting.Intent) {
	from, to := r.description()
	if from >= 0 {
		if r.slots.RefText = r.name(from, to); to == from+1 {
			r.slots.RefText = quoteOf(r.slots.RefText) // "the quote for Globex"
		}
		r.takeAll(from, to, "ref_text")
	}
	if at := r.noun(); intent == quoting.QuoteStatus && at >= 0 && r.ownedBy(at, from) {
		r.slots.Rep = "me"
		return
	}
	if intent != quoting.QuoteStatus && intent != quoting.ShowQuote || r.slots.RefText != "" {
		return
	}
	if at := r.first(tagName); at >= 0 && !r.isTaken(at) {
		r.slots.RefText = quoteOf(r.terms[at].text) // "status of Acme"
		r.take(at, "ref_text")
		return
	}
	for i := 1; i < len(r.terms); i++ {
		if t := r.at(i); t.isStrange() && t.kind == tagWord && !r.isTaken(i) && slices.Contains([]string{"of", "on", "with", "for", "about"}, r.at(i-1).norm) {
			r.slots.RefText = quoteOf(t.text) // "where are we on acme"
			r.take(i, "ref_text")
			return
		}
	}
}

// noun is where a word for the quote stands, and -1 where none does.
func (r *reading) noun() int {
	for i := range r.terms {
		if r.terms[i].kind == tagWord && slices.Contains(quoteNouns, r.terms[i].norm) {
			return i
		}
	}
	return -1
}

var quoteNouns = []string{"quote", "deal", "proposal", "estimate", "quotation", "bid"}

// ownedBy says whether the quote at the noun, with its description from there on, is the
// speaker's: "my acme quote".
func (r *reading) ownedBy(noun, from int) bool {
	if from < 0 || from > noun {
		from = noun
	}
	if r.at(from-1).norm == "my" {
		r.take(from-1, "rep")
		return true
	}
	return false
}

// isNounOfQuote says whether the i-th term is a word for a quote.
func (r *reading) isNounOfQuote(i int) bool {
	return r.at(i).kind == tagWord && slices.Contains(quoteNouns, r.at(i).norm)
}

// description is where the words begin and end that stand for a quote: those before its
// noun, "the acme quote", or behind it, "the quote for the Toledo job". from is -1 where
// there are none.
func (r *reading) description() (from, to int) {
	noun := r.noun()
	if noun < 0 {
		return -1, -1
	}
	from = noun
	for from > 0 && r.describes(from-1) {
		from--
	}
	for from < noun && r.at(from).is(tagLink) {
		from++
	}
	if from < noun {
		return from, noun + 1
	}
	switch r.at(noun + 1).norm {
	case "for", "from", "of", "we", "about":
	case "with":
		if r.at(noun+2).norm == "the" || r.at(noun+2).norm == "them" {
			return -1, -1 // "share the quote with the team"
		}
	default:
		return -1, -1
	}
	for to = noun + 2; to < len(r.terms) && r.goesOn(to); to++ {
	}
	for to > noun+2 && r.at(to-1).is(tagLink) {
		to--
	}
	if to <= noun+2 || r.at(noun+2).is(tagLink) && to == noun+3 || r.at(noun+2).norm == "approval" {
		return -1, -1
	}
	if to == noun+3 && r.at(noun+2).kind == tagName {
		return noun + 2, to
	}
	return noun, to
}

// describes says whether the i-th term may stand before the noun of a described quote.
func (r *reading) describes(i int) bool {
	t := r.at(i)
	switch {
	case r.isTaken(i), t.is(tagPolite), t.norm == "new", t.is(tagAspect) && t.kind == tagWord:
		return false
	case t.kind == tagName, t.is(tagIndustry), t.is(tagItem), t.is(tagSuggestion), t.is(tagUnapproved), t.is(tagSort), t.kind == tagNumber, t.is(tagUser), t.norm == "last":
		return true
	}
	return t.kind == tagWord && t.isStrange()
}

// goesOn says whether the description behind a noun goes on with the i-th term.
func (r *reading) goesOn(i int) bool {
	t := r.at(i)
	return !r.isTaken(i) && t.kind != tagMark && t.kind != tagEmail && t.norm != "to" && t.norm != "and" && t.norm != "because"
}

// name is what the message says from one term to another, spelling corrected, and without
// the owner's s.
func (r *reading) name(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		t := &r.terms[i]
		word := t.text
		if t.kind == tagWord && normal(word) != t.norm {
			word = t.norm
		}
		word, _, _ = cutPossessive(word)
		if i > from && !t.tight {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func quoteOf(name string) string {
	owner, _, _ := cutPossessive(name)
	return owner + " quote"
}

// reason is why: what stands behind the act or the quote's number, or after a comma,
// "because" or "since".
func (r *reading) reason() {
	at := r.after - 1
	if id := r.lastQuote(); id > at {
		at = id
	}
	for i := range r.terms {
		norm := r.terms[i].norm
		if r.terms[i].kind == tagMark && i < r.after {
			continue
		}
		if i > 0 && (norm == "," && i > at || norm == ":" || norm == ";" || norm == "." || norm == "-" && !r.terms[i].tight || slices.Contains(becauses, norm) || norm == "as" && i > at) {
			at = i
			break
		}
	}
	for at+1 < len(r.terms) && (r.at(at+1).kind == tagMark || slices.Contains(becauses, r.at(at+1).norm) || r.at(at+1).is(tagPolite)) {
		at++
	}
	behind := at + 1
	for slices.Contains(aroundApproval, r.at(behind).norm) || r.at(behind).norm == "the" && slices.Contains(aroundApproval, r.at(behind+1).norm) {
		behind++ // "recall it from approval"
	}
	if r.actsAgain(behind) {
		return
	}
	if r.slots.Reason = r.rest(behind, "reason"); behind == at+1 && slices.Contains([]string{"to", "for", "and"}, r.at(behind).norm) {
		r.slots.Reason = ""
	}
}

// actsAgain says whether the terms from the i-th on are no reason and no message but an act:
// "don't let it get approved, take it back".
func (r *reading) actsAgain(i int) bool {
	if i >= len(r.terms) || r.words == nil {
		return false
	}
	p, at := r.words.find(r.terms[i:], acting, r.dialogue)
	return p != nil && at == 0 && decides[p.intent]
}

var aroundApproval = []string{"back", "from", "approval", "approvals", "approver", "approvers", "now", "again", "out", "of", "please", "pls", "for", "altogether", "entirely", "completely"}

// lastQuote is where the last of the quotes is named, and -1 where none is.
func (r *reading) lastQuote() int {
	for i := len(r.terms) - 1; i >= 0; i-- {
		if r.terms[i].kind == tagQuote || r.isReference(i) {
			return i
		}
	}
	return -1
}

var becauses = []string{"because", "since", "cause", "due", "reason"}

// rest is the text from a term on, where it says anything.
func (r *reading) rest(from int, as string) string {
	says := false
	words := 0
	for i := from; i < len(r.terms); i++ {
		if t := &r.terms[i]; t.kind == tagWord && !t.is(tagPolite) {
			words++
		}
		says = says || words > 2 || r.terms[i].says() && r.terms[i].kind != tagQuote && r.terms[i].norm != "quote"
	}
	if !says {
		return ""
	}
	r.takeAll(from, len(r.terms), as)
	return r.text(from, len(r.terms))
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
	r.again()
	r.revise()
	_, named := r.quoteNumber()
	r.take(named, "quote_id")
	r.slots = quoting.Slots{QuoteID: id, RefText: r.slots.RefText, Changes: r.slots.Changes}
	r.needs = nil
	if at, ok := r.has("unless"); ok {
		r.slots.Changes = nil // what must not be is no change
		r.slots.Reason = r.rest(at, "reason")
		return
	}
	if r.slots.Changes != nil {
		return
	}
	from := 0
	if i, ok := r.has("if", "once", "provided", "unless", "assuming", "when", "after", "but"); ok {
		from = i
	} else if _, asked := r.has("need", "want", "request", "ask"); !asked {
		r.reason()
		return
	} else if _, at := r.quoteNumber(); at == 0 {
		from = 1
	}
	r.slots.Reason = r.rest(from, "reason")
}
