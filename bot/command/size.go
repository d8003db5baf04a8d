package command

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// mostUsers is the largest number of users that is quoted. It is part of the contract of a
// command, so that a wrong number is reported where it was said.
const mostUsers = 10000

// sizing is what a message says about users and sites while it is put together.
type sizing struct {
	*reading
	totals []int // stated numbers of users, all kinds together
	row    int   // sum of numbers in a row
	named  int   // sum of the stated portables, mobiles and PoC units
	each   *int  // stated users of one site
	broken bool  // a number of users that is not whole, or too large to be one
}

// size fills in users, sites and what hangs on them.
func (r *reading) size() {
	s := sizing{reading: r}
	if !s.split() {
		s.sites()
		s.users()
	}
	for i := range s.quantities {
		if q := &s.quantities[i]; q.approx && (q.counts == tagUser || q.counts == tagSite || q.counts == tagItem) {
			s.slots.Approx = true
			s.take(q.at-1, "approx")
		}
	}
	s.check()
}

func (s *sizing) sites() {
	for i := range s.quantities {
		q := &s.quantities[i]
		if q.counts != tagSite || s.terms[q.at].kind == tagRange {
			continue
		}
		if n, ok := whole(s.terms[q.at].amount); ok && s.slots.Sites == nil && !s.terms[q.at].number.huge {
			s.slots.Sites = &n
			s.takeQuantity(q, "sites")
		}
	}
}

func (s *sizing) users() {
	var options []int
	for i := range s.quantities {
		q := &s.quantities[i]
		t := &s.terms[q.at]
		if q.counts == tagUser && q.old && s.another(tagUser, i) {
			s.takeQuantity(q, "old radios")
			continue // the radios that go
		}
		bare := q.counts == "" && (q.perSite && !s.isPrice(q) && s.slots.Sites != nil || q.times > 0)
		if q.counts != tagUser && !bare || q.counts == "" && q.factor {
			continue
		}
		s.takeQuantity(q, "users")
		if t.kind == tagRange {
			options = append(options, s.spread(t)...)
			continue
		}
		n, ok := whole(t.amount)
		if !ok || t.number.huge {
			s.broken = true
			if t.number.huge || t.amount.IsInt() {
				s.errors = append(s.errors, quoting.UsersOutOfRange)
			} else {
				s.errors = append(s.errors, quoting.UsersNotInteger)
			}
			continue
		}
		switch {
		case q.row:
			s.row += n
		case q.times > 0:
			if other, ok := product(t.amount, s.terms[q.times].amount); ok && !s.broken {
				options = append(options, n, other)
			}
		case q.perSite:
			s.each = &n
		case q.value != "":
			s.named += n
			if !q.old {
				s.wish(q.value, &n)
			}
		default:
			s.totals = append(s.totals, n)
		}
	}
	if s.row > 0 {
		s.totals = append(s.totals, s.row)
	}
	// "3 sites x 40 radios" says the product as little as "40 radios x 3 sites" does.
	for i := range s.quantities {
		if q := &s.quantities[i]; q.counts == tagSite && q.times > 0 && len(s.totals) == 1 {
			if other, ok := product(s.terms[q.at].amount, s.terms[q.times].amount); ok {
				options = append(options, s.totals[0], other)
				s.totals = nil
			}
		}
	}
	s.settle(options)
}

// another says whether another number than the k-th counts what is wanted.
func (s *sizing) another(what tag, k int) bool {
	for i := range s.quantities {
		if i != k && s.quantities[i].counts == what && !s.quantities[i].old {
			return true
		}
	}
	return false
}

// isPrice says whether the bare number is a price: "at 380 each".
func (s *sizing) isPrice(q *quantity) bool {
	return q.at > 0 && (s.terms[q.at-1].norm == "at" || s.terms[q.at-1].norm == "@")
}

// spread takes a stated range, which leaves the number of users open; of "30 or 40" it
// returns the two.
func (s *sizing) spread(t *term) []int {
	low, ok := whole(t.amount)
	high, ok2 := whole(t.high)
	if !ok || !ok2 || t.number.huge {
		s.broken = true
		s.errors = append(s.errors, quoting.UsersNotInteger)
		return nil
	}
	if t.number.either {
		return []int{low, high}
	}
	s.slots.UsersMin, s.slots.UsersMax = &low, &high
	return nil
}

// settle decides between what was said about users: the numbers of kinds add up, plain
// totals stand, and where they disagree the person is asked.
func (s *sizing) settle(options []int) {
	slices.Sort(s.totals)
	totals := slices.Compact(s.totals)
	switch {
	case s.broken || s.slots.UsersMin != nil:
		return
	case s.each != nil:
		s.slots.UsersPerSite = s.each
		if s.slots.Sites != nil {
			n := *s.each * *s.slots.Sites
			s.slots.Users = &n
		}
		return
	case len(options) > 0:
	case len(totals) == 1 && s.named > 0 && s.named != totals[0] && s.joined():
		options = []int{totals[0], totals[0] + s.named}
	case len(totals) == 1:
		s.slots.Users = &totals[0]
		return
	case len(totals) > 1:
		options = totals
	case s.named != 0 || s.slots.Items != nil && s.another(tagUser, -1):
		s.slots.Users = &s.named
		return
	default:
		return
	}
	slices.Sort(options)
	options = slices.Compact(options)
	if len(options) == 1 {
		s.slots.Users = &options[0]
		return
	}
	s.slots.UsersOptions = options
}

// joined says whether a plain number of users and a number of a kind stand side by side,
// "40 radios and 10 mobiles", so that nobody knows whether the first holds the second.
func (s *sizing) joined() bool {
	for i := 1; i < len(s.quantities); i++ {
		a, b := &s.quantities[i-1], &s.quantities[i]
		if a.counts == tagUser && b.counts == tagUser && (a.value == "") != (b.value == "") && b.at > a.noun+1 {
			switch s.terms[b.at-1].norm {
			case "and", "+", "plus", "&", "with":
				return true
			}
		}
	}
	return false
}

// split reads numbers at named places, "10 at the yard, 15 at HQ": at least two.
func (s *sizing) split() bool {
	var places []quoting.SiteUsers
	sum := 0
	for i := range s.quantities {
		q := &s.quantities[i]
		if q.counts != tagUser && q.counts != "" || s.terms[q.at].kind == tagRange {
			continue
		}
		place := s.place(max(q.at, q.noun) + 1)
		n, ok := whole(s.terms[q.at].amount)
		if place == "" || !ok || s.terms[q.at].number.huge {
			continue
		}
		places = append(places, quoting.SiteUsers{Site: place, Users: n})
		sum += n
	}
	if len(places) < 2 {
		return false
	}
	for i := range s.quantities {
		s.takeQuantity(&s.quantities[i], "site_split")
	}
	count := len(places)
	s.slots.SiteSplit, s.slots.Users, s.slots.Sites = places, &sum, &count
	return true
}

// place is the name of a place that follows at the i-th term: "at the yard".
func (s *sizing) place(i int) string {
	if i >= len(s.terms) || s.terms[i].norm != "at" && s.terms[i].norm != "in" && s.terms[i].norm != "on" {
		return ""
	}
	i++
	for i < len(s.terms) && (s.terms[i].norm == "the" || s.terms[i].norm == "our" || s.terms[i].norm == "my") {
		i++
	}
	begin := i
	var words []string
	const longest = 3
	for ; i < len(s.terms) && len(words) < longest; i++ {
		t := &s.terms[i]
		if t.kind != tagWord && t.kind != tagName || t.norm == "and" || t.is(tagEach) || t.norm == "plus" {
			break
		}
		words = append(words, t.text)
	}
	s.takeAll(begin, i, "site_split")
	return strings.Join(words, " ")
}

// wish adds an item; a number replaces "wanted".
func (s *sizing) wish(item string, qty *int) { s.slots.Items = wish(s.slots.Items, item, qty) }

func wish(items []quoting.ItemWish, item string, qty *int) []quoting.ItemWish {
	for i := range items {
		if items[i].Item != item {
			continue
		}
		switch {
		case items[i].Qty == nil:
			items[i].Qty = qty
		case qty != nil:
			n := *items[i].Qty + *qty
			items[i].Qty = &n
		}
		return items
	}
	return append(items, quoting.ItemWish{Item: item, Qty: qty})
}

// check finds the numbers that cannot be.
func (s *sizing) check() {
	out := func(n *int) bool { return n != nil && (*n < 1 || *n > mostUsers) }
	users := s.slots.Users
	wrong := func(n int) bool { return out(&n) }
	switch {
	case out(users), out(s.slots.UsersMin), out(s.slots.UsersMax), out(s.slots.UsersPerSite), slices.ContainsFunc(s.slots.UsersOptions, wrong):
		s.errors = append(s.errors, quoting.UsersOutOfRange)
	case users != nil && s.slots.Sites != nil && *s.slots.Sites > *users:
		s.errors = append(s.errors, quoting.SitesExceedUsers)
	}
}

// slotNumber is an amount as a slot holds it.
func slotNumber(d decimal.Decimal) *quoting.Number { return &quoting.Number{Decimal: d} }
