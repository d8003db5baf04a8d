package command

import (
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// quantity is a number and what it counts.
type quantity struct {
	at      int // the number's term
	noun    int // the term that it counts; -1 for a bare number
	counts  tag // user, site, item or measure; empty for a bare number
	value   string
	times   int  // the term of a number that it is multiplied with by an x; 0 if there is none
	factor  bool // such a second number
	perSite bool
	approx  bool
	old     bool // of radios that are replaced
	row     bool // one of several numbers of the same noun
}

// takeQuantity takes a number, what it counts, and what stands between.
func (r *reading) takeQuantity(q *quantity, as string) {
	r.take(q.at, as)
	switch {
	case q.noun > q.at:
		r.takeAll(q.at+1, q.noun+1, as)
	case q.noun >= 0:
		r.take(q.noun, as)
	}
	if q.times > 0 {
		r.take(q.times, as)
	}
}

// kinds are the items that are subscriber radios, for each technology that is said with
// them. Other items count nobody.
var kinds = map[string]map[string]string{
	"portable": {"": "portable", "poc": "poc_portable", "safe": "portable_is", "rental": "rental_portable"},
	"mobile":   {"": "mobile", "poc": "poc_mobile"},
}

// quantities finds for each number of the terms what it counts. L17: a number next to a
// room, a bed, a student, an acre, a square foot, a mile, a watt, a channel or a floor is
// that and nothing else.
func quantities(terms []term) []quantity {
	var list []quantity
	claimed := -1 // the last noun that a number counts
	factor := 0   // the second number of a product
	for i := range terms {
		if terms[i].kind != tagNumber && terms[i].kind != tagRange {
			continue
		}
		q := countRight(terms, i)
		if left := countLeft(terms, i); left.noun > claimed && (q.noun < 0 || left.times > 0 || plural(&terms[left.noun]) && endsInNumber(terms, i)) {
			left.times = 0
			q = left
		}
		claimed = max(claimed, q.noun)
		if q.noun < 0 && q.times == 0 && standsForRadios(terms, i) {
			q.counts = tagUser
		}
		if q.noun < 0 && q.times == 0 && q.counts == "" {
			q.ofProduct(terms)
		}
		q.approx = isApprox(terms, i)
		q.perSite = q.counts != tagSite && q.counts != tagMeasure && (perSiteAfter(terms, max(q.noun, i)) || perSiteBefore(terms, i))
		q.factor = i == factor && i > 0
		if q.times > 0 {
			factor = q.times
		}
		list = append(list, q)
	}
	rows(terms, list)
	return list
}

// ofProduct counts what a form names below its number: "Qty: 40, Product: handheld radios".
func (q *quantity) ofProduct(terms []term) {
	const farthest = 7
	if q.at < 2 || terms[q.at-1].norm != ":" || !slices.Contains([]string{"qty", "quantity", "count", "amount"}, terms[q.at-2].norm) {
		return
	}
	for j := q.at + 1; j < len(terms) && j < q.at+farthest; j++ {
		switch t := &terms[j]; {
		case t.kind == tagNumber:
			return
		case t.is(tagUser), t.is(tagItem):
			q.noun = j
			q.claim(t, terms[j-1].value(tagTechnology))
			return
		}
	}
}

// rows finds "10, 12 and 8 radios": numbers in a row of which the last has the noun.
func rows(terms []term, list []quantity) {
	for k := len(list) - 2; k >= 0; k-- {
		q, next := &list[k], &list[k+1]
		if q.noun >= 0 || q.counts != "" || next.counts != tagUser || next.perSite || next.old || next.at-q.at != 2 || terms[q.at].kind != tagNumber || terms[next.at].kind != tagNumber {
			continue
		}
		n := &terms[q.at].number
		if between := terms[q.at+1].norm; !n.thousand && n.digits < 4 && (between == "and" || between == "," && next.row) {
			q.counts, q.row, next.row = tagUser, true, true
		}
	}
}

// standsForRadios says whether the bare number at i can only mean radios: "quote 40 for 3
// sites". "Need one for Acme" means a quote.
func standsForRadios(terms []term, i int) bool {
	n := &terms[i]
	if i == 0 && len(terms) > 2 && terms[1].norm == "for" && terms[2].kind == tagName && n.number.digits < 4 && !n.number.thousand {
		return true // "... and 30 for Initech"
	}
	if i == 0 && len(terms) > 3 && terms[1].norm == "for" && n.number.digits < 4 && !n.number.thousand && (terms[2].norm == "the" || terms[2].norm == "our" || terms[2].norm == "a") && terms[3].is(tagSite) {
		return true // "30 for the warehouse"
	}
	if i == 0 || n.number.spelled && n.amount.Cmp(decimal.One) == 0 || n.number.digits > 3 || n.number.thousand {
		return false
	}
	after := ""
	if i+1 < len(terms) {
		after = terms[i+1].norm
	}
	return slices.Contains([]string{"quote", "need", "needs", "want", "wants"}, terms[i-1].norm) && slices.Contains([]string{"", "for", "at", "across", "in", ",", "on"}, after)
}

// countRight looks for the noun behind a number: "16 old analog radios", "85-room hotel".
func countRight(terms []term, i int) quantity {
	q := quantity{at: i, noun: -1}
	design := ""
	const farthest = 8
	for j := i + 1; j < len(terms) && j < i+farthest; j++ {
		t := &terms[j]
		next := &term{}
		if j+1 < len(terms) {
			next = &terms[j+1]
		}
		switch {
		case t.norm == "-" && t.tight, t.norm == "+" && t.tight && j == i+1:
		case t.is(tagTechnology) && strings.HasSuffix(t.text, "s") && !next.is(tagUser) && !isKind(next):
			q.noun, q.counts, q.value = j, tagUser, "" // "80 old analogs"
			return q
		case t.norm == "or" && next.norm == "so":
			j++
		case t.norm == "x" && next.kind == tagNumber:
			q.times = j + 1
			return q
		case t.kind == tagNumber && (next.is(tagMeasure) || next.norm == "-" && j+2 < len(terms) && terms[j+2].is(tagMeasure)):
			j++ // "40 16-channel radios"
			if next.norm == "-" {
				j++
			}
		case t.is(tagMeasure) && !(t.norm == "w" && next.kind != tagMark && next.norm != ""):
			q.noun, q.counts, q.value = j, tagMeasure, t.value(tagMeasure)
			return q
		case t.is(tagSite) && !plural(t) && (next.is(tagUser) || next.is(tagSite) || isKind(next)):
			// "22 hotel staff", "3 store locations"
		case t.is(tagSite) && t.is(tagIndustry) && !plural(t) && terms[i].amount.Cmp(decimal.One) != 0:
			return q // "sites 3 hotel"
		case t.norm == "of" && (next.norm == "them" || next.norm == "these" || next.norm == "those"):
			if j+2 < len(terms) && terms[j+2].is(tagItem) {
				j++
				continue
			}
			q.noun, q.counts = j+1, tagUser
			return q
		case t.norm == "ones":
			q.noun, q.counts = j, tagUser
			return q
		case t.is(tagItem), t.is(tagUser), t.is(tagSite):
			q.noun = j
			if next.foreign && design == "" {
				design = next.value(tagTechnology) // "16 radios analógicos"
			}
			q.claim(t, design)
			if after := j + 1; after+1 < len(terms) && terms[after].norm == "x" && terms[after+1].kind == tagNumber {
				q.times = after + 1
			}
			return q
		case t.is(tagOld):
			q.old = true
		case t.is(tagTechnology):
			if v := t.value(tagTechnology); v == "poc" || design == "" {
				design = v
			}
		case t.is(tagSafe):
			design = "safe"
		case t.is(tagRental) && next.value(tagItem) == "portable":
			design = "rental"
		case t.is(tagFiller), t.is(tagBand), t.is(tagFeature), t.is(tagRental), t.is(tagApprox), t.is(tagIndustry), t.kind == tagName:
		case t.kind == tagWord && t.means == nil && (next.is(tagUser) || isKind(next)):
			// an adjective that nobody knows
		default:
			return q
		}
	}
	return q
}

// claim says what a noun makes of its number. A technology directly before "radios" tells
// their kind: "16 analog radios" are portables, "35 LTE radios" cellular ones.
func (q *quantity) claim(t *term, design string) {
	switch item := t.value(tagItem); {
	case kinds[item] != nil:
		q.counts, q.value = tagUser, kinds[item][design]
		if q.value == "" {
			q.value = item
		}
	case t.is(tagItem):
		q.counts, q.value = tagItem, item
	case t.is(tagUser):
		q.counts = tagUser
		if design != "" {
			if q.value = kinds["portable"][design]; q.value == "" {
				q.value = "portable"
			}
		}
	default:
		q.counts = tagSite
	}
}

func isKind(t *term) bool { return kinds[t.value(tagItem)] != nil }

// countLeft looks for the noun before a number: "LTE radios x 35", "users: 40", "sites 3".
// times is set where something between them says that the number belongs to the noun.
func countLeft(terms []term, i int) quantity {
	q := quantity{at: i, noun: -1}
	j := i - 1
	for j >= 0 && (strings.Contains(":=", terms[j].norm) && terms[j].kind == tagMark || terms[j].norm == "x" || terms[j].norm == "qty" || terms[j].norm == "quantity") {
		j--
	}
	joined := j < i-1
	if j > 0 && terms[j].norm == "." && terms[j-1].is(tagUser) && (i+1 == len(terms) || terms[i+1].kind == tagMark) {
		j-- // "radios. twelve."
	}
	if j < 0 || !terms[j].is(tagUser) && !terms[j].is(tagSite) && !(joined && terms[j].is(tagItem)) {
		return q
	}
	if !joined && !plural(&terms[j]) {
		return q // "for our site 40 radios"
	}
	design := ""
	if j > 0 {
		if design = terms[j-1].value(tagTechnology); terms[j-1].is(tagSafe) {
			design = "safe"
		}
	}
	q.noun = j
	q.claim(&terms[j], design)
	if joined {
		q.times = i
	}
	return q
}

// endsInNumber says whether the row number, noun, number, noun ... from the i-th term on
// ends in a number, so that the nouns stand before their numbers: "users 40 sites 3".
func endsInNumber(terms []term, i int) bool {
	const longest = 8
	for range longest {
		q := countRight(terms, i)
		if q.noun < 0 {
			return true
		}
		if q.noun+1 >= len(terms) || terms[q.noun+1].kind != tagNumber {
			return false
		}
		i = q.noun + 1
	}
	return false
}

func plural(t *term) bool {
	return strings.HasSuffix(t.norm, "s") || t.norm == "staff" || t.norm == "people"
}

// isApprox says whether the number at i is said to be about right.
func isApprox(terms []term, i int) bool {
	if terms[i].number.vague {
		return true
	}
	for _, j := range []int{i - 1, i - 2} {
		if j >= 0 && (terms[j].is(tagApprox) || terms[j].norm == "~" || terms[j].norm == "≈") && (j == i-1 || terms[i-1].is(tagFiller) || terms[i-1].norm == "a") {
			return true
		}
	}
	return i+1 < len(terms) && (terms[i+1].norm == "ish" || terms[i+1].norm == "+" && terms[i+1].tight || terms[i+1].norm == "-" && i+2 < len(terms) && terms[i+2].norm == "ish") ||
		i+2 < len(terms) && terms[i+1].norm == "or" && terms[i+2].norm == "so"
}

// perSiteAfter reads "per site", "a site", "each", "at each of" behind the i-th term.
func perSiteAfter(terms []term, i int) bool {
	at := func(j int) *term {
		if j < len(terms) {
			return &terms[j]
		}
		return &term{}
	}
	next, second := at(i+1), at(i+2)
	switch {
	case next.norm == "per" || next.norm == "/" || next.norm == "a" || next.norm == "an":
		return second.is(tagSite)
	case next.foreign && next.text == "por":
		return second.is(tagSite) && !plural(second)
	case next.norm == "each" || next.norm == "apiece":
		return second.norm != "with" && second.norm != "including"
	case next.norm == "at" || next.norm == "for" || next.norm == "in" || next.norm == "on":
		return (second.norm == "each" || second.norm == "every") && (at(i+3).is(tagSite) || at(i+3).norm == "of")
	}
	return false
}

// perSiteBefore reads "each site has", "per location:", "each of 4 sites gets" before the
// i-th term.
func perSiteBefore(terms []term, i int) bool {
	j := i - 1
	for j >= 0 && slices.Contains([]string{"has", "gets", "get", "needs", "need", "have", "with", "wants", "takes", "requires", "will", ":"}, terms[j].norm) {
		j--
	}
	if j < 1 || !terms[j].is(tagSite) {
		return false
	}
	if terms[j-1].kind == tagNumber && j > 1 {
		j--
	}
	if j > 1 && slices.Contains([]string{"our", "the", "my", "their", "those", "these"}, terms[j-1].norm) {
		j--
	}
	if j > 1 && terms[j-1].norm == "of" {
		j--
	}
	return terms[j-1].norm == "each" || terms[j-1].norm == "per" || terms[j-1].norm == "every"
}

// product of two numbers of the message, and whether it is whole and fits.
func product(a, b decimal.Decimal) (int, bool) {
	p, err := a.Mul(b)
	if err != nil {
		return 0, false
	}
	return whole(p)
}
