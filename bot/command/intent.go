package command

import (
	"slices"
	"strings"

	"radioquote/quoting"
)

// The intents of acts.txt that are not a command: how questions start, and the marker of
// nothing.
const asking quoting.Intent = "ask"

// Which intents a search is for.
func refusing(i quoting.Intent) bool { return i == quoting.RefuseCommand }

func answering(i quoting.Intent) bool {
	return i == quoting.Confirm || i == quoting.Deny || i == quoting.CancelDialog
}

func acting(i quoting.Intent) bool { return !refusing(i) && !answering(i) && i != asking }

// writes are the intents that change something. Asking about one, or saying not to do it,
// is not doing it.
var writes = map[quoting.Intent]bool{
	quoting.ReviseQuote: true, quoting.SubmitQuote: true, quoting.ApproveQuote: true, quoting.RejectQuote: true,
	"request_changes": true, "recall_quote": true, "cancel_quote": true, "clone_quote": true, "delegate_approval": true,
	"mark_outcome": true, "extend_validity": true, "sync_quote": true, "send_document": true,
	quoting.OutOfOffice: true, quoting.Reassign: true, quoting.Consult: true,
	quoting.GrantRole: true, quoting.RevokeRole: true,
}

// find is the pattern, of the wanted intents, that the terms match, and where: the first
// section that has one, and within it the one that is said first.
func (v *vocabulary) find(list []term, wanted func(quoting.Intent) bool, d quoting.Dialogue) (*pattern, int) {
	var best *pattern
	at := 0
	asked := false
	shunned, shunnedAt := quoting.Intent(""), 0 // what is not to be done, said in more words: "don't push it to netsuite"
	foreign := language(list) != ""
	try := func(p *pattern, i int) {
		if p.fromStart && i > 0 || !wanted(p.intent) && p.intent != asking || !p.before(best, i, at) {
			return
		}
		if !p.rest(list, i, 0, nil) {
			return
		}
		switch {
		case p.intent == asking:
			asked = true
			wanted(asking)
		case p.unasked && asked && !slices.ContainsFunc(list[:i], func(t term) bool { return t.kind == tagMark }), p.foreign && !foreign:
		case answering(p.intent) && d.Pending == "":
		case writes[p.intent] && asked && !(p.intent == quoting.AskChanges && isCondition(list)):
		case writes[p.intent] && (denied(list, i) || p.isNegated(list, i) || isSpokenOf(list, i, p.intent) || p.isQuoted(list, i)):
			shunned, shunnedAt = p.intent, i
		case p.intent == quoting.CreateQuote && (denied(list, i) || i+1 < len(list) && list[i+1].is(tagNot)):
		case p.intent == shunned && i <= shunnedAt+maxGap:
		default:
			best, at = p, i
		}
	}
	for i := range list {
		t := &list[i]
		if t.kind != tagName {
			for _, p := range v.byWord[t.norm] {
				try(p, i)
			}
		}
		for _, p := range v.byTag[t.kind] {
			try(p, i)
		}
		if t.kind == tagNumber && t.number.digits >= 4 {
			for _, p := range v.byTag[tagQuote] {
				try(p, i)
			}
		}
		for _, m := range t.means {
			for _, p := range v.byTag[m.tag] {
				try(p, i)
			}
		}
		if len(v.byTag[tagSomeone]) > 0 && t.someone() {
			for _, p := range v.byTag[tagSomeone] {
				try(p, i)
			}
		}
	}
	return best, at
}

// denied says whether the act at i is one not to be done, "don't submit it yet", or what
// somebody else said: "he wrote: cancel 1042".
func denied(list []term, i int) bool {
	for j := max(i-2, 0); j < i; j++ {
		if list[j].is(tagNot) {
			return true
		}
	}
	if list[i].quoted && isPartlyQuoted(list) {
		return true
	}
	return isReport(list, i)
}

// isPartlyQuoted says whether the terms are more than a quotation: then that is somebody
// else's.
func isPartlyQuoted(list []term) bool {
	return slices.ContainsFunc(list, func(t term) bool { return !t.quoted && (t.kind == tagWord || t.kind == tagName) })
}

// isReport says whether what somebody said begins at the i-th term.
func isReport(list []term, i int) bool {
	if i > 2 && i < len(list) && list[i-1].norm == ":" && slices.Contains([]string{"me", "us", "him", "her", "them"}, list[i-2].norm) && slices.Contains([]string{"told", "wrote", "texted", "emailed", "messaged", "sent", "asked"}, list[i-3].norm) {
		return true
	}
	return i > 1 && i < len(list) && (list[i-1].norm == ":" || list[i-1].norm == "to") && slices.Contains([]string{"said", "says", "wrote", "writes", "told", "asked", "typed"}, list[i-2].norm)
}

// isSpokenOf says whether the act at i is only talked about: what is thanked for or imagined,
// and, of a decision, what somebody else said ("Morgan told Dave to cancel it") or what is
// for another day ("I will approve it tomorrow").
func isSpokenOf(list []term, i int, intent quoting.Intent) bool {
	const farthest = 5
	decision := intent != quoting.ReviseQuote && intent != quoting.MarkOutcome
	for j := i - 1; j >= 0 && j >= i-farthest && list[j].kind != tagMark && list[j].norm != "so"; j-- {
		before := &term{}
		if j > 0 {
			before = &list[j-1]
		}
		switch norm := list[j].norm; {
		case decision && (list[j].is(tagNot) || norm == "nobody" || norm == "noone") && !has(list[j:i], "mind") && !has(list[j:i], "just"):
			return true // "don't you dare submit it"
		case decision && (norm == "had" && list[j+1].norm == "to" || norm == "one" && before.norm == "no" || norm == "whether" || norm == "if" && strings.HasPrefix(before.norm, "ask")):
			return true
		case norm == "imagine", norm == "imagining", norm == "remember", intent == quoting.MarkOutcome && has(list, "remember"), norm == "for" && (before.is(tagThanks) || j == 0):
			return true
		case !decision || list[i].norm == "need" || list[i].norm == "want":
		case slices.Contains(sayings, norm) && before.norm != "" && before.norm != "i" && before.kind != tagMark:
			return true
		case intent == quoting.AskChanges:
		case slices.Contains(intentions, norm) && !has(list, "now"):
			return true
		case (norm == "will" || norm == "ill") && (slices.ContainsFunc(list, func(t term) bool { return t.isLater() }) || has(list[i:], "if") || has(list[i:], "once") || has(list[i:], "when")):
			return true
		}
	}
	return false
}

var (
	sayings    = []string{"said", "says", "told", "tells", "texted", "wrote", "claims", "claimed", "thinks", "heard", "mentioned", "reckons"}
	intentions = []string{"gonna", "going", "might", "may", "plan", "planning", "intend", "hoping", "thinking", "considering", "tempted", "probably", "someday", "wish", "hope", "hoped", "forgot", "supposed", "refused", "failed", "tried"}
)

// isLater says whether the term is a time to come.
func (t *term) isLater() bool {
	return t.is(tagWeekday) || slices.Contains([]string{"later", "next", "soon", "eventually", "someday", "afterwards"}, t.norm)
}

func has(list []term, word string) bool {
	return slices.ContainsFunc(list, func(t term) bool { return t.norm == word && t.kind != tagName })
}

// isAsked says whether the terms begin like a question.
func (v *vocabulary) isAsked(list []term) bool {
	if len(list) == 0 {
		return false
	}
	asked := false
	_, _ = v.find(list, func(i quoting.Intent) bool { asked = asked || i == asking; return false }, quoting.Dialogue{})
	return asked
}

// act is a part of a message with what it asks for.
type act struct {
	terms   []term
	pattern *pattern        // nil where it does not say
	quote   quoting.QuoteID // the first that is named with a Q
}

func (a act) intent() quoting.Intent {
	if a.pattern == nil {
		return ""
	}
	return a.pattern.intent
}

// split cuts a message into its acts. A part that names no act of its own belongs to the
// one before it: "40 radios. 3 sites. hotel".
func (v *vocabulary) split(list []term, d quoting.Dialogue) []act {
	var acts []act
	begin, from := 0, 0
	for i := 1; i <= len(list); i++ {
		if i < len(list) && !v.boundary(list, begin, i, d) {
			continue
		}
		part := act{terms: list[from:i]}
		part.pattern, _ = v.find(trim(part.terms), acting, d)
		if part.quote, _ = firstQuote(part.terms); part.quote == 0 && part.pattern != nil {
			part.quote = bareQuote(part.terms)
		}
		if n := len(acts); n > 0 && acts[n-1].continues(&part) {
			acts[n-1].terms = list[begin:i]
			if acts[n-1].quote == 0 {
				acts[n-1].quote = part.quote
			}
			if acts[n-1].pattern == nil || acts[n-1].intent() == quoting.SmallTalk {
				acts[n-1].pattern = part.pattern
			}
		} else {
			acts = append(acts, part)
			begin = from
		}
		from = i
	}
	if len(acts) == 0 {
		return []act{{}}
	}
	return acts
}

// boundary says whether a new act may begin at the i-th term: behind the end of a sentence
// or a semicolon, at "also" and "then", at "and submit it", and at "and 5% off Q-1050"
// behind a change to another quote.
func (v *vocabulary) boundary(list []term, begin, i int, d quoting.Dialogue) bool {
	before := &list[i-1]
	switch before.norm {
	case ";", ".", "!", "?", "\n":
		return true
	}
	switch list[i].norm {
	case "then":
		if i+1 < len(list) && slices.Contains([]string{"ill", "i", "id", "will", "we"}, list[i+1].norm) {
			return false // "fix the terms, then I'll sign"
		}
		return !isCondition(list[begin:i])
	case "also", "separately", "while youre at it":
		return !isCondition(list[begin:i])
	}
	if before.norm != "and" && before.norm != "," && before.norm != "&" || list[i].kind == tagMark {
		return false
	}
	left, right := list[max(begin, i-2*farAway):i], list[i:min(i+2*farAway, len(list))]
	if changesAnother(left, right) || before.norm == "and" && list[i].kind == tagNumber && namesCustomer(left) && namesCustomer(right) {
		return true
	}
	if list[i].kind != tagWord {
		return false
	}
	if isCondition(list[begin:i]) {
		return false
	}
	if list[i].norm == "the" && i+1 < len(list) && list[i+1].kind == tagWord {
		i++ // "and the history of Q-3180"
	}
	window := list[i:min(i+maxGap, len(list))]
	p, at := v.find(window, acting, d)
	if end := slices.IndexFunc(window, func(t term) bool { return t.norm == "and" || t.norm == "," }); p != nil && at > 0 && end > 1 {
		p, at = v.find(window[:end], acting, d) // the act behind it hides this one
	}
	return p != nil && at == 0 && slices.Contains(p.elements[0].words, list[i].norm) && (p.intent != quoting.CreateQuote || countsUsers(right))
}

// isCondition says whether the terms begin with a condition, of which what follows is no
// act by itself: "if they sign, mark it won".
func isCondition(list []term) bool {
	switch list = trim(list); {
	case len(list) == 0:
		return false
	case len(list) > 1 && list[0].norm == "when":
		return slices.Contains([]string{"they", "he", "she", "customer", "the", "finance", "it"}, list[1].norm) || list[1].kind == tagName
	default:
		return slices.Contains([]string{"if", "unless", "once", "after", "assuming", "provided", "whenever"}, list[0].norm)
	}
}

// changesAnother says whether what is left is about one quote, and what is right names
// another one with a number for it, up to the next comma.
func changesAnother(left, right []term) bool {
	one, _ := firstQuote(left)
	if one == 0 {
		one = bareQuote(left)
	}
	for j := range right {
		if right[j].norm == "," || right[j].norm == "and" || right[j].norm == ";" {
			right = right[:j]
			break
		}
	}
	other, number := firstQuote(right)
	if other == 0 {
		other = bareQuote(right)
		number = slices.ContainsFunc(right, func(t term) bool { return t.kind == tagPercent || t.kind == tagMoney })
	}
	return one != 0 && other != 0 && one != other && number
}

// firstQuote is the first quote that is named, and whether there is a number as well.
func firstQuote(list []term) (id quoting.QuoteID, number bool) {
	for j := range list {
		t := &list[j]
		switch {
		case t.kind == tagQuote && id == 0:
			id = t.quote
		default:
			number = number || t.kind == tagPercent || t.kind == tagMoney || t.kind == tagNumber || t.is(tagStatus)
		}
	}
	return id, number
}

// namedQuote is the quote that is named, with a Q or by its number alone.
func namedQuote(list []term) quoting.QuoteID {
	if id, _ := firstQuote(list); id != 0 {
		return id
	}
	return bareQuote(list)
}

// bareQuote is the quote that is named by its number alone, as an act names it: "won 3180".
func bareQuote(list []term) quoting.QuoteID {
	for i := range list {
		t := &list[i]
		if t.kind != tagNumber || t.number.digits < 4 || i+1 < len(list) && (list[i+1].is(tagUser) || list[i+1].is(tagItem) || list[i+1].is(tagSite) || list[i+1].is(tagMeasure)) {
			continue
		}
		if i > 0 && slices.Contains([]string{"po", "number", "#", "to", "order", "at", "under", "below", "is"}, list[i-1].norm) {
			continue
		}
		id, err := quoting.ParseQuoteID(t.text)
		if err == nil {
			return id
		}
	}
	return 0
}

// continues says whether a part goes on with the act before it.
func (a *act) continues(part *act) bool {
	first, second := a.intent(), part.intent()
	one, other := a.quote, part.quote
	switch {
	case one != 0 && other != 0 && one != other && (second != "" || changesAnother(a.terms[max(0, len(a.terms)-2*farAway):], part.terms)):
		if part.pattern == nil {
			part.pattern = a.pattern
		}
		return false
	case second == "" && (first == "" || first == quoting.CreateQuote):
		return !a.isAnother(part)
	case first == "", second == "", first == quoting.SmallTalk, second == quoting.SmallTalk:
		return true
	case takesReason[first]:
		switch part.terms[0].norm {
		case "then", "also", "separately":
			return false
		}
		ended := a.terms[len(a.terms)-1].norm
		if second == quoting.CreateQuote && ended == "." && countsUsers(part.terms) && part.startsNew() {
			return false // "scrap 2217. start a new quote, 30 radios"
		}
		if first == quoting.RecallQuote && second == quoting.ReviseQuote && ended == "," && part.terms[0].is(tagVerb) {
			return false // "recall 2217, change the discount to 5% and resubmit"
		}
		return (other == 0 || one == 0 && first == second) && !a.isWhole() && !(ended == "," && startsAct[second])
	case first == quoting.OutOfOffice && second == quoting.Delegate:
		return true // "I'm out sick, pass my approvals to Lee"
	case first == quoting.CreateQuote && second == quoting.CreateQuote:
		return !countsUsers(part.terms) && countsUsers(a.terms) // "... Can you quote that?"
	case first == quoting.CloneQuote && second == first && other == 0:
		return !namesCustomer(a.terms) // "start from 2217 and make a copy for Initech"
	case first == quoting.CreateQuote, first == quoting.CloneQuote:
		return second == quoting.ReviseQuote // "need 40 radios. make it VHF"
	case (first == quoting.StockCheck || first == quoting.PriceLookup) && second == quoting.CreateQuote:
		return !namesRadios(part.terms) // "... enough holsters, need 30"
	}
	return first == second
}

// startsAct are the intents that are no reason of the act before them.
var startsAct = map[quoting.Intent]bool{
	quoting.SyncQuote: true, quoting.SendDocument: true, quoting.SubmitQuote: true, quoting.ApproveQuote: true, quoting.CloneQuote: true, quoting.ExtendValidity: true, quoting.RejectQuote: true,
}

// isWhole says whether an act has no reason yet and an "and" ends it: "recall 2217 and".
func (a *act) isWhole() bool {
	last := &a.terms[len(a.terms)-1]
	return (last.norm == "and" || last.norm == ";" || last.norm == "&") && !slices.ContainsFunc(a.terms, func(t term) bool { return t.norm == "," || slices.Contains(becauses, t.norm) }) && len(a.terms) < 9
}

// startsNew says whether the part begins with a verb for a new quote.
func (a *act) startsNew() bool {
	list := trim(a.terms)
	return len(list) > 0 && slices.Contains([]string{"start", "new", "quote", "create", "make", "open", "do", "build", "another", "draft"}, list[0].norm)
}

func namesRadios(list []term) bool {
	return slices.ContainsFunc(list, func(t term) bool { return t.kind != tagName && t.value(tagUser) == "radio" })
}

// isAnother says whether a part without a verb is a second new quote: "; 10 radios for the
// same customer".
func (a *act) isAnother(part *act) bool {
	before := &part.terms[0]
	separate := before.norm == "separately" || before.norm == "also" || len(part.terms) > 1 && (part.terms[1].norm == "separately" || part.terms[1].norm == "also")
	last := &a.terms[len(a.terms)-1]
	return (separate || last.norm == ";" || last.norm == "and" && namesCustomer(a.terms) && namesCustomer(part.terms)) && countsUsers(a.terms) && countsUsers(part.terms)
}

// namesCustomer says whether a name stands behind "for".
func namesCustomer(list []term) bool {
	for i := 1; i < len(list); i++ {
		if list[i].kind == tagName && list[i-1].norm == "for" {
			return true
		}
	}
	return false
}

func countsUsers(list []term) bool {
	return slices.ContainsFunc(quantities(list), func(q quantity) bool { return q.counts == tagUser && !q.old })
}

// takesReason are the intents whose rest of the message is the reason.
var takesReason = map[quoting.Intent]bool{
	quoting.RejectQuote: true, "request_changes": true, "recall_quote": true, "mark_outcome": true, "cancel_quote": true,
}

// oneQuote are the intents about an existing quote: which one must be known. For those
// with false the conversation's quote does not tell: a decision needs a card or a number.
var oneQuote = map[quoting.Intent]bool{
	quoting.ReviseQuote: true, quoting.SubmitQuote: true, quoting.QuoteStatus: true, quoting.ShowQuote: true,
	"clone_quote": true, "recall_quote": true, "nudge_approver": true, "explain_approval": true, "compare_versions": true,
	quoting.ShareQuote: true, quoting.UnshareQuote: true, quoting.Reassign: true, quoting.Consult: true,
	"audit_history": true, "explain_recommendation": true, "explain_price_change": true, "send_document": true,
	"extend_validity": true, "sync_quote": true, "mark_outcome": true,
	quoting.ApproveQuote: false, quoting.RejectQuote: false, "request_changes": false, "cancel_quote": false,
}

// step reads the act's slots. The notes say what became of its terms.
func (a act) step(v *vocabulary, d quoting.Dialogue) (quoting.Step, []note) {
	list := trim(a.terms)
	r := reading{words: v, terms: list, dialogue: d}
	intent := a.intent()
	at := 0
	if a.pattern != nil {
		_, at = v.find(list, func(i quoting.Intent) bool { return i == intent }, d)
		a.pattern.rest(list, at, 0, func(i int, word bool) {
			if t := &list[i]; t.kind == tagWord && (word || !t.isAboutRadios()) {
				r.take(i, string(intent))
			}
			r.after = max(r.after, i+1)
		})
		r.kept = len(r.notes)
	}
	switch {
	case (writes[intent] && intent != quoting.Delegate && intent != quoting.OutOfOffice || intent == quoting.CreateQuote || intent == "") && r.isPrivate(at):
		intent = quoting.OutOfScope
	case intent == quoting.CancelQuote && r.cancelsItem(at):
		intent = quoting.ReviseQuote // "delete all the headsets on 3311"
	case intent == quoting.ApproveQuote && at < len(list) && !list[at].is(tagVerb) && isStatement(list[at:]) && a.terms[len(a.terms)-1].norm == "?":
		intent = quoting.QuoteStatus // "3311 is approved?"
	}
	switch intent {
	case quoting.OutOfScope:
	case "":
		if intent = r.fragment(); intent == "" {
			intent = r.guess(a.terms)
		}
	case quoting.CreateQuote:
		r.create()
		id, _ := firstQuote(list)
		switch {
		case id != 0 && r.hasSize() && r.orElse(quoting.ReviseQuote) == quoting.ReviseQuote:
			intent = quoting.ReviseQuote // "Q-3180: they want 38 radios"
		case isCondition(list) && !r.hasSize():
			r.again()
			intent = quoting.OutOfScope
		case !r.isQuote():
			intent = r.orElse(quoting.ReviseQuote)
		case d.Active != 0 && !r.namesQuote() && r.slots.Sites == nil:
			intent = r.orElse(quoting.ReviseQuote) // "I need 50"
		case d.Active != 0 && !r.saysQuote() && (!r.hasSize() || r.isMore() || has(a.terms, "now") && r.slots.Sites == nil && r.slots.Customer == ""):
			if intent = r.orElse(quoting.ReviseQuote); intent == quoting.OutOfScope { // "need 20 batteries on there"
				intent = quoting.CreateQuote
				r.create()
			}
		}
	case quoting.ReviseQuote:
		if before := v.begins(list, at, d); before {
			intent = quoting.CreateQuote
			r.create()
		} else if r.revise(); len(r.slots.Changes)+len(r.errors)+len(r.needs) == 0 {
			intent = r.orElse(quoting.CreateQuote)
		}
	case quoting.SendDocument:
		if r.act(intent); r.slots.To == "" && r.slots.Format == "" && (r.first(tagPercent) >= 0 || r.first(tagMoney) >= 0) {
			intent = r.orElse(quoting.ReviseQuote) // "get it to 32 percent"
		}
	case quoting.ExtendValidity:
		if _, service := r.has("service", "service term", "term", "rental", "warranty"); service && d.Active != 0 {
			intent = r.orElse(quoting.ReviseQuote)
		} else {
			r.act(intent)
		}
	case quoting.MarkOutcome:
		if r.act(intent); r.slots.QuoteID == 0 && countsUsers(list) && d.Active == 0 && r.slots.RefText == "" {
			r.again()
			intent = quoting.CreateQuote // "we got the Delmar job, they want 32 radios"
			r.create()
		}
	case quoting.PriceLookup:
		if r.act(intent); r.countsRadios() || r.slots.Item != "" && kinds[r.slots.Item] != nil && r.slots.Qty != nil && (r.countsSites() || r.first(tagIndustry) >= 0 || r.first(tagName) >= 0) {
			r.again()
			intent = quoting.CreateQuote
			r.create()
		} else if s := &r.slots; s.Item == "" && s.SKU == "" && r.near(-1, 0, len(r.terms), "of") && d.Active == 0 {
			r.again()
			intent = quoting.OutOfScope // "the price of gold"
		}
	case quoting.WhoCan:
		if r.act(intent); r.slots.AmountMin == nil && bareQuote(list) != 0 {
			r.again()
			intent = quoting.QuoteStatus // "who can approve 1042"
			r.act(intent)
		}
	case quoting.OutOfOffice:
		if r.act(intent); r.slots.DelegateTo != "" && !r.slots.Back {
			intent, r.slots.Away = quoting.Delegate, true // "I'm out till Monday, Sam covers"
		}
	case quoting.Delegate:
		if r.act(intent); r.slots.UntilText == "" && r.slots.DelegateTo != "" && namedQuote(list) != 0 {
			r.again()
			intent = quoting.Reassign // "let Finn decide on Q-1042"
			r.act(intent)
		}
	case quoting.Reassign:
		if r.act(intent); r.slots.DelegateTo == "manager" {
			r.again()
			intent = quoting.SubmitQuote // "pass it to my manager"
			r.act(intent)
		}
	default:
		r.act(intent)
	}
	if intent == quoting.ReviseQuote && d.Pending == quoting.ApproveQuote && isProviso(a.terms) {
		r.again()
		intent = quoting.AskChanges // "yes but take the consoles out first"
		r.act(intent)
	}
	r.support(intent)
	if each := r.several(intent); each != nil {
		return quoting.Step{Intent: quoting.Multi, Slots: quoting.Slots{Steps: each}}, r.notes
	}
	r.needQuote(intent)
	return quoting.Step{Intent: intent, Slots: r.slots, Needs: r.needs, Errors: r.errors}, r.notes
}

// isPrivate says whether the act at the at-th term is on something of the speaker's that is
// no quote: "cancel my gym membership".
func (r *reading) isPrivate(at int) bool {
	if r.first(tagPrivate) < 0 {
		return false
	}
	id, _ := firstQuote(r.terms)
	object := r.at(at + 1).norm
	radios := countsUsers(r.terms) && (namesRadios(r.terms) || r.first(tagItem) >= 0 || r.first(tagSite) >= 0)
	return id == 0 && bareQuote(r.terms) == 0 && r.noun() < 0 && object != "it" && object != "this" && object != "that" && !radios
}

// cancelsItem says whether the act at the at-th term is on an item of a quote.
func (r *reading) cancelsItem(at int) bool {
	for i := at + 1; i < len(r.terms) && i <= at+4; i++ {
		switch t := r.at(i); {
		case t.kind == tagWord && t.value(tagItem) != "", t.kind == tagSKU:
			return true
		case t.kind == tagQuote, r.isNounOfQuote(i), t.kind == tagMark:
			return false
		}
	}
	return false
}

// isStatement says whether the terms say how a quote is: "3311 is approved".
func isStatement(list []term) bool {
	for i := 1; i < len(list) && i < 4; i++ {
		if list[i].norm == "is" || list[i].norm == "are" || list[i].norm == "was" {
			return true
		}
	}
	return false
}

// isProviso says whether the terms agree to something on a condition.
func isProviso(list []term) bool {
	for i := range list {
		switch list[i].norm {
		case "if", "once":
			return i+1 == len(list) || list[i+1].norm != "possible" && list[i+1].norm != "you"
		case "provided", "unless", "only", "first":
			return i > 0
		case "but":
			return i > 0 && (list[0].is(tagPolite) || has(list[:i], "ok") || has(list[:i], "fine") || has(list[:i], "good"))
		}
	}
	return false
}

// begins says whether a message that changes something first says what a new quote is of:
// "50 radios, 2 sites, take $900 off".
func (v *vocabulary) begins(list []term, at int, d quoting.Dialogue) bool {
	if id, _ := firstQuote(list); id != 0 {
		return false
	}
	if d.Active == 0 && (at == 0 && (list[0].kind == tagNumber || list[0].is(tagField) || list[0].is(tagNegative)) || !has(list, "it") && !has(list, "this") && !has(list, "that")) {
		at = len(list)
	}
	r := reading{words: v, terms: list[:at], dialogue: d}
	r.create()
	s := r.slots
	placed := s.Sites != nil || s.Industry != "" || s.Customer != ""
	if at == len(list) && !placed {
		r.again()
		return false
	}
	begun := r.hasSize() && (d.Active == 0 || s.Users != nil && (placed || len(s.Items) > 2))
	if r.again(); begun || s.Users == nil {
		return begun
	}
	r = reading{terms: list, dialogue: d} // "40 portables, 10% off, Acme Construction"
	r.create()
	begun = r.slots.Customer != ""
	r.again()
	return begun
}

// hasSize says whether a number of users or sites was said, however vaguely.
func (r *reading) hasSize() bool {
	s := &r.slots
	return s.Users != nil || s.UsersMin != nil || s.UsersOptions != nil || s.UsersPerSite != nil || slices.Contains(r.errors, quoting.UsersNotInteger) || slices.Contains(r.errors, quoting.UsersOutOfRange)
}

// saysQuote says whether a quote is asked for by that name, and not the one that there is:
// "make the quote valid for 45 days".
func (r *reading) saysQuote() bool {
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagWord || !slices.Contains(quoteNouns, t.norm) && t.norm != "price" && t.norm != "pricing" {
			continue
		}
		switch r.at(i - 1).norm {
		case "the", "this", "that", "my":
		default:
			return true
		}
	}
	return false
}

// isMore says whether all that is wanted is more than there is: "5 more radios".
func (r *reading) isMore() bool {
	s := &r.slots
	return s.Sites == nil && s.Industry == "" && s.Customer == "" && s.IndustryText == "" && r.near(-1, 0, len(r.terms), "more", "additional", "extra", "less", "fewer", "now", "too", "also", "instead")
}

// orElse reads the terms as the other of a new quote and a change, and says what came of it.
func (r *reading) orElse(intent quoting.Intent) quoting.Intent {
	r.again()
	if intent == quoting.CreateQuote {
		if r.create(); r.isQuote() && r.listed() && r.dialogue.Active == 0 {
			return intent
		}
	} else if r.revise(); r.slots.Changes != nil && (r.dialogue.Active != 0 || r.slots.QuoteID != 0) {
		return intent
	}
	r.again()
	return quoting.OutOfScope
}

// isQuote says whether what was read as a new quote speaks of radios, sites or a quote at
// all: "I need 5 minutes" and "order pizza for 12 people" do not.
func (r *reading) isQuote() bool {
	s := &r.slots
	if s.Sites != nil || s.Users != nil && !r.countsPeople() || s.Industry != "" && s.Users != nil {
		return true
	}
	return r.namesQuote()
}

// namesQuote says whether a word of the terms is one for radios, equipment or a quote.
func (r *reading) namesQuote() bool {
	return slices.ContainsFunc(r.terms, func(t term) bool {
		return t.kind != tagName && (t.value(tagUser) == "radio" || t.is(tagItem) || t.norm == "quote" || t.norm == "proposal" || t.norm == "estimate" || t.norm == "quotation" || t.norm == "bid")
	})
}

// countsPeople says whether the users are people whom nothing connects with radios.
func (r *reading) countsPeople() bool {
	return slices.ContainsFunc(r.quantities, func(q quantity) bool {
		return q.counts == tagUser && q.noun >= 0 && r.terms[q.noun].value(tagUser) == "people"
	})
}

// guess reads a message that names no act: sizes are a new quote or a change to the one
// that is talked about, courtesies are small talk.
func (r *reading) guess(all []term) quoting.Intent {
	if len(r.terms) == 0 || !slices.ContainsFunc(r.terms, func(t term) bool { return t.kind != tagName && t.kind != tagMark }) {
		return idle(all, len(r.terms) > 0)
	}
	if r.isThanks(all) {
		return quoting.SmallTalk
	}
	if r.terms[0].is(tagNot) || len(r.terms) > 1 && r.terms[1].is(tagNot) && r.terms[0].is(tagLink) {
		return quoting.OutOfScope // "don't add 2 repeaters"
	}
	for i := range min(len(r.terms), farAway) {
		if isReport(r.terms, i) {
			return quoting.OutOfScope
		}
	}
	if !r.terms[0].quoted && slices.ContainsFunc(r.terms, func(t term) bool { return t.quoted && t.kind != tagName && t.kind != tagMark }) {
		return quoting.OutOfScope // somebody else's words
	}
	r.create()
	s := &r.slots
	if r.isTrouble() || r.isRemark() || !r.listed() && s.SiteSplit == nil && !(r.startsWithSize() && r.near(-1, 0, len(r.terms), "for")) || r.words.isAsked(r.terms) {
		r.again()
		return quoting.OutOfScope
	}
	size := r.slots.SiteSplit != nil || s.Users != nil || s.Sites != nil || s.UsersMin != nil || s.UsersOptions != nil || s.UsersPerSite != nil || len(s.Items) > 0 || slices.Contains(r.errors, quoting.UsersNotInteger) || slices.Contains(r.errors, quoting.UsersOutOfRange)
	counted := s.Users != nil || s.UsersMin != nil || s.UsersOptions != nil || s.UsersPerSite != nil
	whole := counted && (s.Sites != nil || s.Industry != "" || s.Customer != "")
	_, at := r.quoteNumber()
	if size && (whole || r.dialogue.Active == 0 && at < 0) {
		return quoting.CreateQuote
	}
	return r.orElse(quoting.ReviseQuote)
}

// isThanks says whether the message is a greeting or thanks that goes on with a few words
// that ask for nothing: "10-4 thanks buddy".
func (r *reading) isThanks(all []term) bool {
	thanks, content := false, 0
	for i := range all {
		t := &all[i]
		switch {
		case t.is(tagThanks):
			thanks = thanks || i == 0 || t.norm != "morning" && (i >= len(all)-2 || all[i-1].kind == tagMark)
		case t.is(tagItem), t.is(tagUser), t.is(tagSite), t.kind == tagQuote, t.kind == tagSKU, t.kind == tagPercent, t.kind == tagMoney:
			return false
		case t.says():
			content++
		}
	}
	return thanks && content <= 4
}

// idle is the intent of a message without content.
func idle(all []term, named bool) quoting.Intent {
	polite, symbols, question := false, false, false
	for i := range all {
		polite = polite || all[i].is(tagPolite)
		symbols = symbols || all[i].kind == tagSymbol || all[i].norm == ")" || all[i].norm == "("
		question = question || all[i].norm == "?"
	}
	switch {
	case polite || symbols && !named:
		return quoting.SmallTalk
	case question && !named:
		return quoting.Help
	}
	return quoting.OutOfScope
}

// countsRadios says whether a number of plain radios is priced, which is a quote.
func (r *reading) countsRadios() bool {
	return slices.ContainsFunc(r.quantities, func(q quantity) bool { return q.counts == tagUser && q.noun >= 0 && q.value == "" && !q.old })
}

// isTrouble says whether the message is about radios that do not work.
func (r *reading) isTrouble() bool {
	return r.near(-1, 0, len(r.terms), "broken", "dead", "stolen", "missing", "repair", "working", "lost", "fix", "fixed")
}

// isRemark says whether things are spoken of that nobody asks for: "the repeater is down".
func (r *reading) isRemark() bool {
	s := &r.slots
	if r.hasSize() || s.Sites != nil || s.Customer != "" || slices.ContainsFunc(s.Items, func(w quoting.ItemWish) bool { return w.Qty != nil }) {
		return false
	}
	return slices.ContainsFunc(r.terms, func(t term) bool {
		return !t.is(tagSafe) && slices.Contains([]string{"is", "are", "was", "were", "isnt", "wont", "broke", "died"}, t.norm)
	})
}

// startsWithSize says whether a message begins with a number of radios.
func (r *reading) startsWithSize() bool {
	return len(r.quantities) > 0 && r.quantities[0].at <= 1 && r.quantities[0].counts == tagUser && r.quantities[0].noun >= 0
}

// listed says whether the terms are no sentence but a list of what is wanted: "40 radios,
// 3 sites, hotel". In a sentence without an act a number may mean anything: "I lost 2
// radios yesterday".
func (r *reading) listed() bool {
	strange := 0
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagWord && !t.isAboutRadios() && !t.is(tagLink) && !slices.Contains(links, t.norm) {
			strange++
		}
	}
	return strange*4 <= len(r.terms) && strange < 3 || strange*3 <= len(r.terms) && countsUsers(r.terms) && r.countsSites()
}

func (r *reading) countsSites() bool {
	return slices.ContainsFunc(quantities(r.terms), func(q quantity) bool { return q.counts == tagSite })
}

// isAboutRadios says whether the word has a meaning that a new quote is made of.
func (t *term) isAboutRadios() bool {
	for _, m := range t.means {
		switch m.tag {
		case tagCommon, tagLink, tagPrivate, tagPeriod, tagStatus, tagSort, tagMetric, tagAspect, tagRole, tagWeekday, tagPurchase, tagVerb, tagThanks, tagPassive, tagSKUPrefix:
		default:
			return true
		}
	}
	return false
}

// links are the words that hold a list together.
var links = []string{
	"for", "at", "in", "with", "and", "plus", "of", "to", "on", "per", "a", "an", "the", "our", "my", "their", "or", "by", "from", "is", "are", "customer", "x",
	"each", "all", "only", "off", "system", "instead", "under", "budget", "discount", "more", "service", "need", "needs", "weekend", "max", "total", "range", "place",
	"asap", "down", "deposit", "hq", "pit", "between", "say", "term", "terms", "price", "everyone", "every", "attn",
}

// several are the steps of an act on several quotes, each of them named.
func (r *reading) several(intent quoting.Intent) []quoting.Step {
	var ids []quoting.QuoteID
	switch intent {
	case quoting.SubmitQuote, quoting.QuoteStatus, quoting.ShowQuote, quoting.ApproveQuote, quoting.RejectQuote, "cancel_quote", "recall_quote",
		quoting.NudgeApprover, quoting.ExtendValidity, quoting.SyncQuote, quoting.SendDocument:
	default:
		return nil
	}
	for i := range r.terms {
		t := &r.terms[i]
		id := t.quote
		if r.isReference(i) {
			id, _ = quoting.ParseQuoteID(t.text)
		}
		if id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
			r.take(i, "quote_id")
		}
	}
	if len(ids) < 2 {
		return nil
	}
	steps := make([]quoting.Step, len(ids))
	for i, id := range ids {
		steps[i] = quoting.Step{Intent: intent, Slots: r.slots}
		steps[i].Slots.QuoteID = id
	}
	return steps
}

// needQuote asks for the quote where neither the message nor the conversation says which.
func (r *reading) needQuote(intent quoting.Intent) {
	active, about := oneQuote[intent]
	if !about || r.slots.QuoteID != 0 || r.slots.RefText != "" || r.slots.Source != "" && r.slots.Customer != "" {
		return
	}
	known := r.dialogue.Active != 0
	switch {
	case active:
	case intent == "cancel_quote":
		known = known && len(r.terms) > 1 // "cancel" may mean anything
	default:
		known = r.dialogue.Pending == quoting.ApproveQuote
	}
	if !known {
		r.needs = append(r.needs, quoting.NeedQuote)
	}
}
