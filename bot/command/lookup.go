package command

import (
	"slices"
	"strings"
)

// lookup reads the item or the SKU that is asked about, and the number.
func (r *reading) lookup() {
	s := &r.slots
	if i := r.first(tagSKU); i >= 0 {
		s.SKU = r.terms[i].text
		r.take(i, "sku")
	} else if i := r.first(tagItem); i >= 0 {
		s.Item = r.terms[i].value(tagItem)
		if named := r.kind(i); named != "" {
			s.Item = named
		}
		r.take(i, "item")
		if r.countedNoun(i) {
			r.quantity(r.of[i].at)
		}
	}
	for i := range r.terms {
		if t := &r.terms[i]; s.Qty == nil && t.kind == tagNumber && (!r.counted(i) || r.of[i].counts == tagUser) {
			r.quantity(i)
		}
	}
	for i := range r.terms {
		if t := &r.terms[i]; t.kind == tagName && !r.isTaken(i) && (r.at(i-1).norm == "for" || r.at(i-1).norm == "customer") && s.Customer == "" {
			s.Customer = r.name(i, i+1)
			r.take(i, "customer")
		}
	}
}

// kind is the item that the radio at i is with the technology before it: an LTE portable.
func (r *reading) kind(i int) string {
	byTechnology := kinds[r.terms[i].value(tagItem)]
	if byTechnology == nil {
		return ""
	}
	before := r.at(i - 1)
	if before.is(tagSafe) {
		return byTechnology["safe"]
	}
	return byTechnology[before.value(tagTechnology)]
}

// focus is what a "why" is about.
func (r *reading) focus() {
	for i := range r.terms {
		t := &r.terms[i]
		focus := ""
		switch {
		case t.kind == tagName || r.isTaken(i) && t.kind == tagQuote:
		case t.is(tagItem):
			if focus = r.kind(i); focus == "" {
				focus = t.value(tagItem)
			}
		case t.is(tagTechnology):
			focus = "technology"
		case t.is(tagBand):
			focus = "band"
		case t.is(tagSafe):
			focus = "portable_is"
		case t.is(tagSite) && !r.isDesignWord(i):
			focus = "sites"
		case t.kind == tagMoney, slices.Contains([]string{"price", "total", "expensive", "cost", "costs", "pricing", "dear", "costly", "much", "pricey", "priced", "high"}, t.norm):
			focus = "price"
		case t.is(tagUser):
			focus = "users"
		}
		if focus != "" {
			r.slots.Focus = focus
			r.take(i, "focus")
			return
		}
	}
}

// isDesignWord says whether the site word at i only describes another noun: "site survey".
func (r *reading) isDesignWord(i int) bool { return r.at(i+1).is(tagItem) || r.at(i+1).is(tagUser) }

// aspects are the parts of the quote that are asked for.
func (r *reading) aspects() {
	for i := range r.terms {
		t := &r.terms[i]
		part := t.value(tagAspect)
		if t.kind == tagName || part == "" || slices.Contains(r.slots.Aspect, part) {
			continue
		}
		r.slots.Aspect = append(r.slots.Aspect, part)
		r.take(i, "aspect")
	}
	if i, ok := r.has("approves", "approver"); ok && !slices.Contains(r.slots.Aspect, "approval_chain") {
		r.slots.Aspect = append(r.slots.Aspect, "approval_chain")
		r.take(i, "aspect")
	}
	if i, ok := r.has("break", "breakdown"); ok && len(r.slots.Aspect) == 0 {
		r.slots.Aspect = []string{"lines"}
		r.take(i, "aspect")
	}
	if i, ok := r.has("in"); ok && len(r.slots.Aspect) == 0 && strings.HasPrefix(r.at(0).norm, "what") && (r.at(i+1).kind == tagQuote || r.at(i+1).norm == "it" || r.at(i+1).norm == "this" || r.at(i+1).norm == "the") {
		r.slots.Aspect = []string{"lines"} // "what's in it"
	}
}

// holder is whether a question about the status asks for people: who decides, who holds it.
func (r *reading) holder() {
	for i := range r.terms {
		switch r.terms[i].norm {
		case "who", "whos", "whom", "whose", "approver", "approvers", "chain", "approval chain":
			r.slots.Aspect = []string{"approval_chain"}
			r.take(i, "aspect")
			return
		}
	}
}

// audited is what the history is asked about: the decisions, and a field that was changed.
func (r *reading) audited() {
	s := &r.slots
	changed := false
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind == tagName || t.quoted {
			continue
		}
		switch t.norm {
		case "approved", "approve", "approvals", "approver", "approvers", "rejected", "signed", "denied", "decided", "approval":
			if !slices.Contains(s.Aspect, "approvals") {
				s.Aspect = append(s.Aspect, "approvals")
				r.take(i, "aspect")
			}
			continue
		case "changed", "change", "changes", "edited", "edit", "set", "touched", "modified", "lowered", "raised", "gave", "updated", "adjusted", "bumped", "removed", "dropped", "added", "cut", "increased", "reduced", "messed", "fiddled", "played", "tampered", "put", "entered", "typed", "moved", "switched", "picked", "okayed":
			changed = true
			r.take(i, "field")
		}
		field := t.value(tagField)
		if part := t.value(tagAspect); part != "" && !changed && !slices.Contains(s.Aspect, part) && !r.near(i, 0, 2, "change", "changes", "changed", "history", "edits") {
			s.Aspect = append(s.Aspect, part)
			r.take(i, "aspect")
			continue
		}
		if field == "" && t.norm == "qty" || t.norm == "quantity" {
			field = "users"
		}
		if s.Field == "" && field != "" && (changed || r.near(i, 0, 2, "change", "changes", "changed", "history", "edits")) {
			s.Field = field
			r.take(i, "field")
		}
	}
}

// versions are the numbers of versions: "v1 and v2", "version 1 to 3".
func (r *reading) versions() {
	for i := range r.terms {
		t := &r.terms[i]
		n, ok := 0, false
		switch {
		case t.kind == tagWord && len(t.norm) > 1 && t.norm[0] == 'v' && allDigits(t.norm[1:]):
			for _, c := range t.norm[1:] {
				n = n*10 + int(c-'0')
			}
			ok = len(t.norm) < 6
		case t.kind == tagNumber && !r.isReference(i) && r.at(i+1).norm != "versions":
			n, ok = whole(t.amount)
		case t.kind == tagRange:
			low, isLow := whole(t.amount)
			if high, isHigh := whole(t.high); isLow && isHigh {
				r.slots.Versions = append(r.slots.Versions, low, high)
				r.take(i, "versions")
			}
			continue
		}
		if ok && n > 0 {
			r.slots.Versions = append(r.slots.Versions, n)
			r.take(i, "versions")
		}
	}
}
