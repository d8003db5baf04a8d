package quoting

import (
	"cmp"
	"slices"
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

// lookalike is the likeness from which on two names may be one company's. (spec: controls,
// section 9)
const lookalike = 0.55

// Lookalikes are the active customers whose names are so much like a new one's that it may
// be one of them, the likest first.
func (b *PriceBook) Lookalikes(name string, limit int) []Customer {
	key := NameKey(name)
	likeness := map[CustomerID]float64{}
	var found []Customer
	for _, c := range b.customers {
		if c.Inactive {
			continue
		}
		if like := trigramLikeness(key, NameKey(c.Name)); like >= lookalike {
			likeness[c.ID] = like
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(x, y Customer) int { return cmp.Compare(likeness[y.ID], likeness[x.ID]) })
	return found[:min(limit, len(found))]
}

// trigramLikeness is the share of three-letter pieces that two names have in common, 0 to 1:
// shared by all, each word with two spaces before it and one behind, as Postgres' pg_trgm
// counts them.
func trigramLikeness(a, b string) float64 {
	x, y := trigrams(a), trigrams(b)
	shared := 0
	for piece := range x {
		if y[piece] {
			shared++
		}
	}
	return float64(shared) / float64(max(len(x)+len(y)-shared, 1))
}

func trigrams(text string) map[string]bool {
	pieces := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		letters := []rune("  " + word + " ")
		for i := range len(letters) - 2 {
			pieces[string(letters[i:i+3])] = true
		}
	}
	return pieces
}
