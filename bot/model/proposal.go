package model

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/bot/command"
	"radioquote/quoting"
)

// errUnsupported is an answer that holds what the message does not.
var errUnsupported = errors.New("the answer holds what the message does not")

var paymentTerms = regexp.MustCompile(`^NET\d{1,3}$`)

// material is what an answer may be made of: what stands in the message.
type material struct {
	command.Stated
	words  map[string]bool // in lower case, of the message with its names
	single bool            // "a repeater" is one, without a number
	none   bool            // "no repeater" is 0
}

// words are what texts are compared by.
var words = regexp.MustCompile(`[\pL\pN]+`)

func materialOf(by *command.Reader, h hidden, text string) material {
	m := material{Stated: by.StatedIn(h.text), words: map[string]bool{}} // a name's digits count nothing
	for _, word := range words.FindAllString(strings.ToLower(text), -1) {
		m.words[word] = true
	}
	m.single = m.words["a"] || m.words["an"] || m.words["one"] || m.words["single"] || m.words["un"] || m.words["una"]
	m.none = m.words["no"] || m.words["without"] || m.words["none"] || m.words["zero"] || m.words["w"] || m.words["sin"]
	return m
}

// unit is one that a message may state a time in, by its words, and how many of the slot's
// own it holds.
type unit struct {
	words []string
	holds int64
}

var (
	years  = unit{[]string{"year", "years", "yr", "yrs", "y", "ano", "anos", "año", "años"}, 12} // in months
	months = unit{[]string{"month", "months", "mo", "mos", "mes", "meses"}, 30}                  // in days
	weeks  = unit{[]string{"week", "weeks", "wk", "wks", "semana", "semanas"}, 7}                // in days
)

// has says whether a number stands in the message, as it is or in one of the units.
func (m material) has(n decimal.Decimal, units ...unit) bool {
	return slices.ContainsFunc(m.Numbers, func(stated decimal.Decimal) bool {
		return stated.Equal(n) || slices.ContainsFunc(units, func(u unit) bool {
			product, err := stated.Mul(decimal.MustNew(u.holds, 0))
			return err == nil && product.Equal(n) && slices.ContainsFunc(u.words, func(word string) bool { return m.words[word] })
		})
	})
}

func (m material) hasInt(n *int, units ...unit) bool {
	return n == nil || m.has(decimal.MustNew(int64(*n), 0), units...)
}

func (m material) says(text string) bool {
	for _, word := range words.FindAllString(strings.ToLower(text), -1) {
		if !m.words[word] {
			return false
		}
	}
	return true
}

// proposal is the command that an answer comes to, or the error for which it is not used.
func proposal(by *command.Reader, a answer, h hidden, text string) (quoting.Command, error) {
	if !slices.Contains(proposable, a.Intent) {
		return quoting.Command{Intent: quoting.OutOfScope}, nil
	}
	s := a.Slots
	shown(h, &s)
	m := materialOf(by, h, text)
	if !slices.Contains(m.Industries, s.Industry) {
		s.Industry = "" // it is asked for, never guessed
	}
	if !m.holdsTexts(s) || !m.holdsNumbers(s) {
		return quoting.Command{}, errUnsupported
	}
	return quoting.Command{Intent: a.Intent, Slots: s}, nil
}

// shown puts back the names in what is no code.
func shown(h hidden, s *quoting.Slots) {
	for _, text := range []*string{&s.Customer, &s.Contact, &s.Location, &s.ShipTo, &s.NeedByText, &s.IndustryText, &s.RefText, &s.Rep, &s.Approver, &s.SKU} {
		*text = h.show(*text)
	}
	for i, c := range s.Changes {
		s.Changes[i].SKU = h.show(c.SKU)
		if name, ok := c.Value.(string); ok {
			s.Changes[i].Value = h.show(name)
		}
	}
}

// holdsTexts says whether every text of the slots stands in the message, word by word, and
// every quote.
func (m material) holdsTexts(s quoting.Slots) bool {
	texts := []string{s.Customer, s.Contact, s.Location, s.ShipTo, s.NeedByText, s.IndustryText, s.RefText, s.SKU}
	for _, who := range []string{s.Rep, s.Approver} {
		if who != "me" && who != "others" && who != "manager" {
			texts = append(texts, who)
		}
	}
	for _, c := range s.Changes {
		texts = append(texts, c.SKU)
		if name, ok := c.Value.(string); ok && slices.Contains(nameFields, c.Field) {
			texts = append(texts, name)
		}
	}
	return (s.QuoteID == 0 || slices.Contains(m.Quotes, s.QuoteID)) && !slices.ContainsFunc(texts, func(text string) bool { return !m.says(text) })
}

// holdsNumbers says whether every number of the slots stands in the message, or follows
// from those that do by the rules of the grammar: a product of sites, a sum of radios, a
// year's months.
func (m material) holdsNumbers(s quoting.Slots) bool {
	var derived []int
	if s.UsersPerSite != nil && s.Sites != nil && m.hasInt(s.UsersPerSite) && m.hasInt(s.Sites) {
		derived = append(derived, *s.UsersPerSite**s.Sites)
	}
	radios := 0
	for _, wish := range s.Items {
		if wish.Qty != nil && slices.Contains(subscribers, wish.Item) {
			radios += *wish.Qty
		}
	}
	if radios > 0 {
		derived = append(derived, radios)
	}
	isUsers := m.hasInt(s.Users) || slices.Contains(derived, *s.Users)
	ok := isUsers && m.hasInt(s.UsersMin) && m.hasInt(s.UsersMax) && m.hasInt(s.UsersPerSite) &&
		(m.hasInt(s.Sites) || m.single && *s.Sites == 1 && m.words["single"]) &&
		m.hasInt(s.Shifts) && m.hasInt(s.TermMonths, years) && m.hasInt(s.ValidDays, weeks, months) && m.hasInt(s.ExpiringWithinDays, weeks, months) &&
		m.isWeeks(s.RentalWeeks) && m.hasInt(s.Qty) && (m.hasInt(s.Limit) || *s.Limit == 1)
	for _, n := range []*quoting.Number{s.AreaSqft, s.DiscountPct, s.DiscountAmount, s.TargetTotal, s.TargetTotalMax, s.TargetUnitPrice, s.TargetMarginPct, s.BudgetMax, s.DepositPct, s.AmountMin, s.AmountMax} {
		ok = ok && (n == nil || m.has(n.Decimal))
	}
	for _, v := range s.Versions {
		ok = ok && m.hasInt(&v)
	}
	for _, wish := range s.Items {
		ok = ok && (m.isQuantity(wish.Qty) || s.Users != nil && *wish.Qty == *s.Users)
	}
	for _, c := range s.Changes {
		ok = ok && m.isQuantity(c.Qty) && m.holdsChange(c)
	}
	return ok && m.holdsTerms(s.PaymentTerms) && sensible(s)
}

// subscribers are the items that add up to the users.
var subscribers = []string{"portable", "portable_is", "poc_portable", "rental_portable", "mobile", "poc_mobile"}

func (m material) isQuantity(n *int) bool {
	return m.hasInt(n) || m.single && *n == 1 || m.none && *n == 0
}

// isWeeks takes started weeks of days, and the week that a weekend is.
func (m material) isWeeks(n *int) bool {
	if m.hasInt(n) || *n == 1 && m.words["weekend"] {
		return true
	}
	return slices.ContainsFunc(m.Numbers, func(days decimal.Decimal) bool {
		d, _, ok := days.Int64(0)
		return ok && (d+6)/7 == int64(*n)
	})
}

func (m material) holdsTerms(terms string) bool {
	if terms == "" {
		return true
	}
	days, err := decimal.Parse(strings.TrimPrefix(terms, "NET"))
	return err == nil && paymentTerms.MatchString(terms) && m.has(days)
}

func (m material) holdsChange(c quoting.Change) bool {
	switch value := c.Value.(type) {
	case int:
		switch c.Field {
		case "term_months":
			return m.hasInt(&value, years)
		case "valid_days":
			return m.hasInt(&value, weeks, months)
		case "rental_weeks":
			return m.isWeeks(&value)
		}
		return m.hasInt(&value)
	case quoting.Number:
		return m.has(value.Decimal) || m.none && value.IsZero()
	case string:
		return (c.Field != "payment_terms" || m.holdsTerms(value)) && (c.Field != "industry" || slices.Contains(m.Industries, quoting.IndustryCode(value)))
	}
	return true
}

// sensible says whether the numbers are in the ranges of spec/commands.md, section 3, that
// no error of a command reports.
func sensible(s quoting.Slots) bool {
	for _, n := range []*int{s.Sites, s.Shifts, s.RentalWeeks, s.TermMonths, s.ValidDays, s.ExpiringWithinDays, s.Limit, s.Qty} {
		if n != nil && *n < 1 {
			return false
		}
	}
	for _, n := range []*quoting.Number{s.AreaSqft, s.TargetTotal, s.TargetTotalMax, s.TargetUnitPrice, s.BudgetMax} {
		if n != nil && !n.IsPos() {
			return false
		}
	}
	for _, n := range []*quoting.Number{s.DiscountAmount, s.AmountMin, s.AmountMax, s.TargetMarginPct, s.DepositPct} {
		if n != nil && n.IsNeg() {
			return false
		}
	}
	for _, n := range []*quoting.Number{s.TargetMarginPct, s.DepositPct} {
		if n != nil && n.Cmp(decimal.Hundred) > 0 {
			return false
		}
	}
	for _, wish := range s.Items {
		if wish.Qty != nil && *wish.Qty < 0 {
			return false
		}
	}
	for _, c := range s.Changes {
		if c.Qty != nil && *c.Qty < 0 {
			return false
		}
	}
	return true
}
