package quoting

import (
	"fmt"
	"slices"
)

// Edit is a change to the lines that sizing gives. It is kept with the request and made
// again whenever the system is sized again, so that what a rep has put in or taken out
// survives a new number of users.
type Edit struct {
	Op   string `json:"op"`             // add, dec, set, remove, swap
	Item string `json:"item,omitempty"` // which line, by the vocabulary; or
	SKU  string `json:"sku,omitempty"`  // by its SKU, of which Item says what it was
	Qty  *int   `json:"qty,omitempty"`  // of add: nil is one
	To   string `json:"to,omitempty"`   // of swap: the SKU instead
}

// Override lets a quote go on although a rule speaks against it, for a reason that its
// approvers read.
type Override struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// edit takes a change to an item or a SKU. Radios and repeaters change the system itself,
// so that what hangs on them follows; all else changes lines.
func (r *Request) edit(c Change, now System) error {
	if c.SKU == "" && c.Op != "swap" && r.Users > 0 {
		switch itemName(c.Item) {
		case "portable", "mobile":
			return r.editRadios(c, now)
		case "repeater":
			n, err := c.changed(now.RepeatersPerSite * r.sites())
			if err == nil {
				r.settle("repeater")
				r.name(ItemWish{Item: "repeater", Qty: &n})
			}
			return err
		}
	}
	e := Edit{Op: c.Op, Item: itemName(c.Item), SKU: c.SKU, Qty: c.Qty}
	if at := slices.IndexFunc(now.Lines, func(l SizedLine) bool { return c.SKU != "" && l.SKU == c.SKU }); at >= 0 {
		e.Item = now.Lines[at].Item
	}
	switch c.Op {
	case "add", "remove":
	case "inc":
		e.Op = "add"
	case "dec", "set":
		if c.Qty == nil {
			return cannotChange(c)
		}
	case "swap":
		if e.To, _ = c.Value.(string); e.To == "" {
			return cannotChange(c)
		}
	default:
		return cannotChange(c)
	}
	if e.SKU == "" && (e.Op == "set" || e.Op == "remove") {
		n, err := c.changed(0)
		r.settle(e.Item)
		r.replace(ItemWish{Item: e.Item, Qty: &n})
		return err
	}
	r.Edits = append(slices.Clone(r.Edits), e)
	return nil
}

// settle forgets the numbers that edits gave for an item: a number for all of it was said.
// What it was swapped for stays.
func (r *Request) settle(item string) {
	r.Edits = slices.DeleteFunc(slices.Clone(r.Edits), func(old Edit) bool { return old.Item == item && old.Op != "swap" })
}

// editRadios changes the number of a kind of radio; the other kind stays as it is, and the
// users are both.
func (r *Request) editRadios(c Change, now System) error {
	portables, mobiles := now.Portables, now.Mobiles
	kind := &portables
	if itemName(c.Item) == "mobile" {
		kind = &mobiles
	}
	n, err := c.changed(*kind)
	if err != nil {
		return err
	}
	*kind = n
	r.settle(itemName(c.Item))
	r.name(ItemWish{Item: c.Item, Qty: &n}) // which may name a technology
	r.Portables, r.Mobiles, r.Users, r.Split = &portables, &mobiles, portables+mobiles, nil
	return nil
}

// changed is a number of pieces after the change.
func (c Change) changed(now int) (int, error) {
	switch {
	case c.Op == "remove":
		return 0, nil
	case c.Op == "add" && c.Qty == nil:
		return now + 1, nil
	case c.Qty == nil:
		return 0, cannotChange(c)
	case c.Op == "add", c.Op == "inc":
		return now + *c.Qty, nil
	case c.Op == "dec":
		return now - *c.Qty, nil
	case c.Op == "set":
		return *c.Qty, nil
	default:
		return 0, cannotChange(c)
	}
}

// override takes the reason why a rule is passed over; the change names the rule as its
// field. An empty reason takes the override back.
func (r *Request) override(c Change) error {
	reason, ok := c.Value.(string)
	switch {
	case c.Field == "":
		return cannotChange(c)
	case !ok:
		return Errorf(Invalid, "Say in a few words why it is right as it is. Its approvers read that.")
	}
	r.Overrides = slices.DeleteFunc(slices.Clone(r.Overrides), func(o Override) bool { return o.Rule == c.Field })
	if reason != "" {
		r.Overrides = append(r.Overrides, Override{Rule: c.Field, Reason: reason})
	}
	return nil
}

// overridden is the reason for which a rule is passed over; empty: it is not.
func (r Request) overridden(rule string) string {
	for _, o := range r.Overrides {
		if o.Rule == rule {
			return o.Reason
		}
	}
	return ""
}

// unlike says why a change cannot be made to the lines that there are, as an error of kind
// Invalid: it is of a line that is not there, or leaves less than nothing.
func (c Change) unlike(now System) error {
	e := Edit{Item: itemName(c.Item), SKU: c.SKU}
	at := e.line(now.Lines)
	switch {
	case c.Op != "dec" && c.Op != "swap" || c.Field != "":
		return nil
	case at < 0:
		return Errorf(Invalid, "There is no %s on the quote.", e.what())
	case c.Op == "dec" && c.Qty != nil && *c.Qty > now.Lines[at].Units:
		return Errorf(Invalid, "The quote has %s of %s; I cannot take that many off.", Thousands(now.Lines[at].Units), e.what())
	}
	return nil
}

// line is which line an edit is of; -1: none.
func (e Edit) line(lines []SizedLine) int {
	return slices.IndexFunc(lines, func(l SizedLine) bool {
		return e.SKU != "" && l.SKU == e.SKU || e.SKU == "" && l.Item == e.Item
	})
}

// edited is the bill after the request's edits. One that the lines leave no place for any
// more, because the system is another one now, is not made: it is kept with a sentence. The
// error is of kind Invalid: a part that there is not, or less than nothing of it.
func (b *bill) edited(edits []Edit) error {
	for _, e := range edits {
		at := e.line(b.lines)
		switch {
		case at >= 0:
			if err := b.editLine(at, e); err != nil {
				return err
			}
		case e.Op == "add" || e.Op == "set":
			if err := b.addPart(e); err != nil {
				return err
			}
		case e.Op == "swap":
			b.unused = append(b.unused, fmt.Sprintf("There is no %s on the quote now, so %s does not take its place.", e.what(), e.To))
		case e.Op == "dec":
			b.unused = append(b.unused, fmt.Sprintf("There is no %s on the quote now to take %s off.", e.what(), Thousands(*e.Qty)))
		}
	}
	return nil
}

func (e Edit) what() string {
	if e.SKU != "" {
		return e.SKU
	}
	return ItemName(e.Item)
}

func (b *bill) editLine(at int, e Edit) error {
	l := b.lines[at]
	change := Change{Op: e.Op, Qty: e.Qty}
	if e.Op == "swap" {
		l.SKU, l.Reason = e.To, "instead of "+l.SKU+", as you said"
	} else {
		n, err := change.changed(l.Units)
		switch {
		case err != nil:
			return err
		case n < 0 && e.Op == "dec":
			b.unused = append(b.unused, fmt.Sprintf("The quote has %s of %s now, so %s do not come off.", Thousands(l.Units), e.what(), Thousands(*e.Qty)))
			return nil
		case n < 0:
			return Errorf(Invalid, "%d of %s: that cannot be.", n, e.what())
		}
		if n != l.Units {
			l.Units, l.Reason = n, Thousands(n)+", as you said"
		}
		l.Qty = l.Units * l.periods()
	}
	if b.lines[at] = l; l.Units == 0 {
		b.lines = slices.Delete(b.lines, at, at+1)
	}
	return nil
}

// addPart adds a line for an item that sizing did not give.
func (b *bill) addPart(e Edit) error {
	sku := e.SKU
	if sku == "" {
		var err error
		if sku, err = b.part(e.Item); err != nil {
			return err
		}
	}
	qty, reason := 1, "assumed: one"
	if e.Qty != nil {
		qty, reason = *e.Qty, Thousands(*e.Qty)+", as you said"
	}
	if qty < 0 {
		return Errorf(Invalid, "%d of %s: that cannot be.", qty, e.what())
	}
	b.addFor(e.Item, sku, qty, b.months(sku), 0, reason)
	return nil
}
