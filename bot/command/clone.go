package command

import (
	"slices"

	"radioquote/quoting"
)

// clone reads which quote is copied, for whom, where, and with what changed.
func (r *reading) clone() {
	id := r.slots.QuoteID
	source := r.latest()
	r.sameCustomer()
	if r.slots.CustomerRef == "" {
		r.copiedFor()
	}
	kept := r.slots
	r.slots = quoting.Slots{}
	r.revise()
	kept.Changes = slices.DeleteFunc(r.slots.Changes, func(c quoting.Change) bool {
		return c.Field == "customer" && c.Value == kept.Customer || c.Field == "location" && c.Value == kept.Location
	})
	if len(kept.Changes) == 0 {
		kept.Changes = nil
	}
	kept.RefText = r.slots.RefText
	if kept.Source = ""; id == 0 && source && kept.Customer != "" {
		kept.RefText = ""
	}
	r.slots = kept
	r.slots.QuoteID = id
	if id == 0 && source && r.slots.Customer != "" {
		r.slots.Source = "last"
	}
	if id == 0 && r.slots.Source == "" && r.slots.Customer == "" {
		r.described(quoting.CloneQuote)
	}
}

// latest says whether the customer's most recent quote is the one.
func (r *reading) latest() bool {
	for i := range r.terms {
		switch t := &r.terms[i]; {
		case t.kind == tagName:
		case t.norm == "last" || t.norm == "latest" || t.norm == "most recent" || t.norm == "previous" || t.norm == "recent" || t.norm == "prior" || t.norm == "newest":
			if r.near(i, 0, 4, "quote", "one", "order", "deal", "time") || r.near(i, 4, 0, "quote") {
				r.take(i, "source")
				return true
			}
		}
	}
	return false
}

// sameCustomer reads "for the same customer".
func (r *reading) sameCustomer() {
	for i := range r.terms {
		if r.at(i).norm == "same" && (r.at(i+1).value(tagField) == "customer" || r.at(i+1).norm == "company" || r.at(i+1).norm == "client") {
			r.slots.CustomerRef = "same"
			if r.at(i+2).norm == "as" && r.slots.QuoteID == 0 {
				r.which()
			}
			r.take(i, "customer_ref")
			r.take(i+1, "customer_ref")
			return
		}
	}
}

// copiedFor reads the customer and the place of a copy.
func (r *reading) copiedFor() {
	s := &r.slots
	for i := range r.terms {
		t := &r.terms[i]
		if t.kind != tagName || r.isTaken(i) {
			continue
		}
		before := r.at(i - 1).norm
		if before == "the" || before == "our" || before == "their" {
			before = r.at(i - 2).norm
			if r.at(i+1).is(tagSite) && before != "customer" {
				s.Location = t.text
				r.take(i, "location")
				continue
			}
		}
		if slices.Contains(places[:3], before) {
			s.Location = t.text
			r.take(i, "location")
			continue
		}
		owner, place, possessive := cutPossessive(t.text)
		if s.Customer != "" {
			continue
		}
		s.Customer = owner
		r.take(i, "customer")
		if possessive && place != "" {
			s.Location = place
			r.take(i, "location")
		}
	}
}
