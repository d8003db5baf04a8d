package quoting

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ListPrice is what an item costs before anything that is a customer's own: the price of
// one at the base level and the first break. It is what the dealer tells everybody who
// asks; a cost is never in it.
type ListPrice struct {
	SKU        string
	Name       string
	Price      Money
	From       int // quantity of the first break; 0: there is none
	BreakPrice Money
	At         time.Time // when the prices were taken from NetSuite
}

// ListPrice is an item's list price. False where there is none to tell: the item is not
// sold, is charged at cost, or has a price that is worked out.
func (b *PriceBook) ListPrice(sku string) (ListPrice, bool) {
	item, ok := b.Item(sku)
	if !ok || item.Inactive || item.Tagged(TagPassthrough) || item.Tagged(TagComputed) {
		return ListPrice{}, false
	}
	rows := b.at(priceKey{item.ID, BaseLevel, USD})
	if len(rows) == 0 || rows[0].From != 1 || !rows[0].Price.Amount.IsPos() {
		return ListPrice{}, false
	}
	price := ListPrice{SKU: item.SKU, Name: item.Name, Price: rows[0].Price, At: b.TakenAt}
	if len(rows) > 1 {
		price.From, price.BreakPrice = rows[1].From, rows[1].Price
	}
	return price, true
}

// ListPrices are those of the items that a text may mean: by SKU, with or without its
// hyphens, or the beginning or a part of it, or by words of the name or the kind of item.
// The likeliest come first, and where it is a SKU no words are looked for. An empty text
// means none.
func (b *PriceBook) ListPrices(text string, skip, limit int) []ListPrice {
	type match struct {
		sku  string
		rank int
	}
	var found []match
	wanted, key := catalogueWords(text), skuKey(text)
	for sku, item := range b.items {
		rank := itemRank(item, key, wanted)
		if _, told := b.ListPrice(sku); told && rank >= 0 {
			found = append(found, match{sku, rank})
		}
	}
	slices.SortFunc(found, func(x, y match) int { return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.sku, y.sku)) })
	if len(found) > 0 && found[0].rank <= bySKU {
		found = slices.DeleteFunc(found, func(m match) bool { return m.rank > bySKU })
	}
	found = found[min(skip, len(found)):]
	prices := make([]ListPrice, min(limit, len(found)))
	for i := range prices {
		prices[i], _ = b.ListPrice(found[i].sku)
	}
	return prices
}

// bySKU is the last rank of an item that is meant by its SKU.
const bySKU = 2

// itemRank is how likely an item is meant, 0 being the likeliest; -1: it is not.
func itemRank(item Item, key string, wanted []string) int {
	sku := skuKey(item.SKU)
	switch {
	case key == "":
		return -1
	case sku == key:
		return 0
	case strings.HasPrefix(sku, key):
		return 1
	case len(key) >= 3 && strings.Contains(sku, key):
		return bySKU
	case len(wanted) > 0 && holdsAll(catalogueWords(item.Category), wanted, means):
		return 3
	case len(wanted) > 0 && holdsAll(slices.Concat(catalogueWords(item.Name), catalogueWords(item.Category)), wanted, means):
		return 4
	default:
		return -1
	}
}

// means says whether a word of an item was meant by what was typed. What has a digit is a
// number or a model, in which no letter is taken for another.
func means(word, typed string) bool {
	if strings.ContainsAny(word+typed, "0123456789") {
		return strings.HasPrefix(word, typed)
	}
	return resembles(word, typed) || resembles(word, strings.TrimSuffix(typed, "s"))
}

// skuKey is a SKU as people type it: in lower case, letters and digits alone.
func skuKey(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// catalogueWords are the words of a text in lower case: letters and digits, of which a "6bank"
// is two.
func catalogueWords(text string) []string {
	var words []string
	var word strings.Builder
	var last rune
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsDigit(last) && unicode.IsLetter(r):
			end()
			word.WriteRune(r)
		default:
			word.WriteRune(r)
		}
		last = r
	}
	end()
	return words
}
