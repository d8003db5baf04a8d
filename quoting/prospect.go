package quoting

import (
	"strings"
)

// NameKey is what two spellings of one company's name have in common: two quotes to one new
// customer make one prospect.
func NameKey(name string) string { return strings.Join(nameWords(name), " ") }

// LinkProblem says why a customer of NetSuite's cannot take the place of a new one that was
// quoted to, as an error of kind Invalid; nil where it can. The approved prices stay.
func LinkProblem(c Customer, currency Currency) error {
	switch {
	case c.Inactive:
		return Errorf(Invalid, "%s is inactive in NetSuite.", c.Name)
	case c.CreditHold:
		return Errorf(Invalid, "%s is on credit hold in NetSuite. Lift it first.", c.Name)
	case c.Currency != currency:
		return Errorf(Invalid, "%s buys in %s, and the quote is in %s.", c.Name, c.Currency, currency)
	}
	return nil
}

// Lookalikes are the active customers whose names are so much like a new one's that it may
// be one of them, the likest first. (spec: controls, section 9)
func (b *PriceBook) Lookalikes(name string, limit int) []Customer {
	return b.likest(name, limit, func(likeness int, _ []string) bool { return likeness >= alike })
}
