package quoting

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// customerIndex is the active customers as people may type them.
type customerIndex []customerEntry

type customerEntry struct {
	customer Customer
	words    []string // of the name, normalised
	key      string   // the words in alphabetical order: what makes two names the same
	trigrams []string // of the words, sorted, each once
}

func indexCustomers(customers []Customer) customerIndex {
	index := make(customerIndex, 0, len(customers))
	for _, c := range customers {
		if c.Inactive {
			continue
		}
		words := nameWords(c.Name)
		index = append(index, customerEntry{c, words, nameKey(words), trigrams(words)})
	}
	return index
}

// FindCustomers lists the active customers that a name may mean, in alphabetical order, at most
// limit. One alone is certain enough to quote for: it has this number or exactly this name, or no
// other customer fits the words. Where several have the same name but for case, accents,
// punctuation, abbreviations, forms of company (Inc., LLC) and the order of words, all of them are
// listed, and so are all that hold the words, beginnings of words or misspelt words of a name.
func (b *PriceBook) FindCustomers(name string, limit int) []Customer {
	name = strings.TrimSpace(name)
	words := nameWords(name)
	var numbered, exact, same, holding, misspelt []Customer
	key := nameKey(words)
	for i := range b.names {
		e := &b.names[i]
		switch {
		case e.customer.EntityID != "" && strings.EqualFold(name, e.customer.EntityID):
			numbered = append(numbered, e.customer)
		case strings.EqualFold(name, strings.TrimSpace(e.customer.Name)):
			exact = append(exact, e.customer)
		case len(words) == 0:
		case key == e.key:
			same = append(same, e.customer)
		case holdsAll(e.words, words, strings.HasPrefix):
			holding = append(holding, e.customer)
		case holdsAll(e.words, words, resembles):
			misspelt = append(misspelt, e.customer)
		}
	}
	switch {
	case len(numbered) == 1 && len(exact) == 0:
		return byName(numbered, limit)
	case len(numbered) == 0 && len(exact) == 1:
		return byName(exact, limit)
	}
	found := slices.Concat(numbered, exact, same, holding)
	if len(found) == 0 {
		found = misspelt
	}
	return byName(found, limit)
}

func byName(found []Customer, limit int) []Customer {
	slices.SortStableFunc(found, func(x, y Customer) int { return cmp.Compare(x.Name, y.Name) })
	return found[:min(limit, len(found))]
}

// alike is the share of trigrams that two names must have in common to be offered for each other,
// in percent of all that either has.
const alike = 55

// NearCustomers lists active customers whose names are like a name that nobody has, the likest
// first: by the trigrams that both have, or by a word, or its first four letters, in common.
func (b *PriceBook) NearCustomers(name string, limit int) []Customer {
	wanted := nameWords(name)
	return b.likest(name, limit, func(likeness int, words []string) bool { return likeness >= alike || holdsAny(words, wanted) })
}

// likest lists the active customers that are near enough to a name, the likest first. What decides
// is told the likeness in percent and the words of the customer's name.
func (b *PriceBook) likest(name string, limit int, near func(likeness int, words []string) bool) []Customer {
	type candidate struct {
		customer Customer
		likeness int
	}
	grams := trigrams(nameWords(name))
	var found []candidate
	for i := range b.names {
		e := &b.names[i]
		if likeness := percentCommon(grams, e.trigrams); near(likeness, e.words) {
			found = append(found, candidate{e.customer, likeness})
		}
	}
	slices.SortStableFunc(found, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(y.likeness, x.likeness), cmp.Compare(x.customer.Name, y.customer.Name))
	})
	customers := make([]Customer, min(limit, len(found)))
	for i := range customers {
		customers[i] = found[i].customer
	}
	return customers
}

// companyForms say nothing about who somebody is.
var companyForms = map[string]bool{
	"inc": true, "incorporated": true, "llc": true, "ltd": true, "limited": true, "co": true, "company": true, "corp": true,
	"corporation": true, "plc": true, "lp": true, "llp": true, "pllc": true, "the": true, "and": true,
}

// abbreviations are how people shorten words of a company's name.
var abbreviations = map[string]string{
	"constr": "construction", "const": "construction", "mfg": "manufacturing", "univ": "university", "dept": "department",
	"hosp": "hospital", "svc": "services", "svcs": "services", "service": "services", "intl": "international", "assoc": "associates", "assn": "association",
	"bros": "brothers", "ctr": "center", "centre": "center", "cnty": "county", "twp": "township", "elec": "electric",
	"grp": "group", "st": "saint", "mt": "mount", "ft": "fort", "mgmt": "management", "dist": "district",
}

// nameWords are the words of a company's name in lower case and without accents, abbreviations
// written out, without its form. Letters that stand alone between points are one word: L.L.C. A
// name that is nothing but a form keeps it.
func nameWords(name string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent of its own
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if plain, ok := accents[r]; ok {
				word.WriteString(plain)
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '’':
		case r == '.' && utf8.RuneCountInString(lastPart(word.String())) == 1:
			word.WriteByte('.')
		default:
			end()
		}
	}
	end()
	kept := words[:0:0]
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, ".", "")
		if full, ok := abbreviations[words[i]]; ok {
			words[i] = full
		}
		if !companyForms[words[i]] {
			kept = append(kept, words[i])
		}
	}
	if len(kept) == 0 {
		return words
	}
	return kept
}

// lastPart is what follows the last point.
func lastPart(word string) string { return word[strings.LastIndexByte(word, '.')+1:] }

func nameKey(words []string) string {
	return strings.Join(slices.Sorted(slices.Values(words)), " ")
}

// accents are the letters of Western Europe without what stands on them.
var accents = accented("àáâãäåāăąa", "çćčc", "ďđðd", "èéêëēėęěe", "ğg", "ìíîïīįıi", "łľĺl", "ñńňn", "òóôõöøōőo", "ŕřr", "śšşșs", "ťțţt", "ùúûüūůűųu", "ýÿy", "źżžz")

func accented(sets ...string) map[rune]string {
	plain := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe"}
	for _, set := range sets {
		last := set[len(set)-1:]
		for _, r := range strings.TrimSuffix(set, last) {
			plain[r] = last
		}
	}
	return plain
}

// holdsAll says whether each wanted word fits one of the words.
func holdsAll(words, wanted []string, fits func(word, wanted string) bool) bool {
	for _, w := range wanted {
		if !slices.ContainsFunc(words, func(word string) bool { return fits(word, w) }) {
			return false
		}
	}
	return true
}

func holdsAny(words, wanted []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return word == w || sharedPrefix(word, w) >= 4 })
	})
}

func sharedPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// resembles says whether a word was meant by what was typed: its beginning, or the word with one
// letter wrong, missing, added or swapped with its neighbour; in words of eight letters and more, two.
func resembles(word, typed string) bool {
	if strings.HasPrefix(word, typed) {
		return true
	}
	shortest := min(len(word), len(typed))
	if shortest < 4 || max(len(word), len(typed)) < 5 {
		return false
	}
	most := 1
	if shortest >= 8 {
		most = 2
	}
	return within([]rune(word), []rune(typed), most)
}

// within says whether at most so many letters must be changed, left out, added or swapped with
// their neighbour to make one word of the other.
func within(a, b []rune, most int) bool {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return false
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if len(a) == 0 || len(b) == 0 {
		return len(a)+len(b) <= most
	}
	if most == 0 {
		return false
	}
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && within(a[2:], b[2:], most-1) {
		return true
	}
	return within(a[1:], b[1:], most-1) || within(a[1:], b, most-1) || within(a, b[1:], most-1)
}

// trigrams are each three letters in a row of words, two blanks before each word and one behind,
// as Postgres' pg_trgm counts them.
func trigrams(words []string) []string {
	var grams []string
	for _, word := range words {
		letters := []rune("  " + word + " ")
		for i := range len(letters) - 2 {
			grams = append(grams, string(letters[i:i+3]))
		}
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

// percentCommon is how much of two sorted sets together is in both.
func percentCommon(a, b []string) int {
	both, all := 0, len(a)+len(b)
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0], b[0]) {
		case 0:
			both++
			a, b = a[1:], b[1:]
		case -1:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	if all == 0 {
		return 0
	}
	return both * 100 / (all - both)
}
