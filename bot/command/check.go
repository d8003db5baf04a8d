package command

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// Check is the command with the needs and the errors that its slots have in the dialogue,
// whoever filled them in. It is the same check that Parse makes; the errors of numbers that
// no slot can hold, such as half a radio, are those of the text alone and are kept.
func Check(c quoting.Command, d quoting.Dialogue) quoting.Command {
	r := reading{words: theVocabulary(), dialogue: d, slots: c.Slots}
	switch c.Intent {
	case quoting.CreateQuote:
		(&sizing{reading: &r}).check()
		if pct := r.slots.DiscountPct; pct != nil {
			r.checkDiscount(pct.Decimal)
		}
		r.needSize()
	case quoting.ReviseQuote:
		r.checkChanges()
	default: // what else is said has no ranges
	}
	r.needQuote(c.Intent)
	c.Needs = r.needs
	c.Errors = slices.Clone(c.Errors)
	for _, e := range r.errors {
		if !slices.Contains(c.Errors, e) {
			c.Errors = append(c.Errors, e)
		}
	}
	return c
}

// Stated is what stands in a text, whatever it may mean there: the material that another
// reading of it has to be made of.
type Stated struct {
	Names      []string          // of customers, people and places, as written
	Numbers    []decimal.Decimal // in digits or in words, both ends of a range
	Quotes     []quoting.QuoteID
	Industries []quoting.IndustryCode
	Unknown    []string // the words that no vocabulary knows, as written
}

// StatedIn finds what stands in a text.
func (r *Reader) StatedIn(text string) Stated {
	var s Stated
	list := r.words.terms(clean(strings.ToValidUTF8(text, "\uFFFD")))
	for i := range list {
		t := &list[i]
		if code := t.value(tagIndustry); code != "" {
			s.Industries = append(s.Industries, quoting.IndustryCode(code))
		}
		switch {
		case t.number.huge:
		case t.kind == tagName:
			s.Names = append(s.Names, t.text)
		case t.kind == tagQuote:
			s.Quotes = append(s.Quotes, t.quote)
		case t.kind == tagRange:
			s.Numbers = append(s.Numbers, t.amount, t.high)
		case t.kind == tagNumber, t.kind == tagMoney, t.kind == tagPercent:
			if s.Numbers = append(s.Numbers, t.amount); t.number.digits >= 4 {
				if id, err := quoting.ParseQuoteID(t.text); err == nil {
					s.Quotes = append(s.Quotes, id)
				}
			}
		case t.kind == tagPayment:
			if days, err := decimal.Parse(strings.TrimPrefix(t.norm, "NET")); err == nil {
				s.Numbers = append(s.Numbers, days)
			}
		case t.kind == tagWord && t.isStrange():
			s.Unknown = append(s.Unknown, t.text)
			if r.words.given[t.norm] {
				s.Names = append(s.Names, t.text) // "ask bob"
			}
		}
	}
	return s
}

// Codes are the values that words.txt gives to what it calls by a tag, such as item,
// industry, technology, band and feature, in their order.
func Codes(of string) []string {
	var codes []string
	for key := range entries(wordsFile) {
		if name, code, ok := strings.Cut(key, " "); ok && name == of && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
