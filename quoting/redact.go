package quoting

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Removed is what stands where a personal number was cut out.
const Removed = "[removed]"

// Redact cuts payment-card and US social-security numbers out of what a person wrote, and
// says how many. It is applied where text enters, before anything reads or stores it.
//
// A card number is 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1), written in
// one or in the groups that stand on cards. It begins with 2 to 7: what begins with 8 is a
// SIM's number, and 15 digits from 35 on are a radio's IMEI, both of which pass the check,
// too. An amount of money is none, nor is a number with decimals.
//
// A social-security number is AAA-GG-SSSS, with hyphens, spaces or dots, in the areas, groups
// and serials that are given out: never 000, 666 and 900 to 999, 00, and 0000 (SSA, "Social
// Security Number Randomization"). It is left alone in a longer run of numbers or letters,
// as of a phone or a SKU, and behind a word such as PO. Nine bare digits are one only beside
// the words ssn or social security.
func Redact(text string) (clean string, cut int) {
	clean = text
	for {
		found := personalNumbers(clean)
		if len(found) == 0 {
			return clean, cut
		}
		var b strings.Builder
		from := 0
		for _, f := range found {
			b.WriteString(clean[from:f.start])
			b.WriteString(Removed)
			from = f.end
		}
		b.WriteString(clean[from:])
		// What is left may stand beside another word than before.
		clean, cut = b.String(), cut+len(found)
	}
}

// digits is a run of digits in a text, and what joins it to the run before it: a space, a
// hyphen or a dot, or 0 where something else stands between.
type digits struct {
	start, end int
	text       string // cut off behind mostDigits
	joined     rune
}

// Card numbers have so many digits.
const fewestDigits, mostDigits = 13, 19

// span is the part of a text from start to end, in bytes.
type span struct{ start, end int }

// personalNumbers are the numbers to cut, in their order.
func personalNumbers(text string) []span {
	runs := digitRuns(text)
	var found []span
	for i := 0; i < len(runs); {
		n := cardRuns(text, runs[i:])
		if n == 0 {
			n = socialRuns(text, runs, i)
		}
		if n > 0 {
			found = append(found, span{runs[i].start, runs[i+n-1].end})
		}
		i += max(n, 1)
	}
	return found
}

// digitRuns finds the digits of a text. Characters that show nothing are passed over.
func digitRuns(text string) []digits {
	var runs []digits
	between := "the beginning"
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if between != "" {
				runs = append(runs, digits{start: i, joined: joint(between)})
			}
			last := &runs[len(runs)-1]
			if len(last.text) <= mostDigits {
				last.text += string(r)
			}
			last.end, between = i+1, ""
		case unicode.Is(unicode.Cf, r):
		case len(between) < 16:
			between += string(r)
		}
	}
	return runs
}

// joint is what a separator between digits is; 0 where it is none of those that people and
// forms write within one number.
func joint(between string) rune {
	spaced := strings.FieldsFunc(between, unicode.IsSpace)
	switch {
	case strings.ContainsAny(between, "\n\r") || utf8.RuneCountInString(between) > 3 || len(spaced) > 1:
		return 0
	case len(spaced) == 0:
		return ' '
	case slices.Contains([]string{"-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014"}, spaced[0]):
		return '-'
	case between == ".":
		return '.'
	}
	return 0
}

// cardRuns is how many of the runs, from the first on, are a card's number; 0 if none are.
func cardRuns(text string, runs []digits) int {
	var number []byte
	best := 0
	for n, r := range runs {
		if n > 0 && (r.joined == 0 || r.joined != runs[1].joined) {
			break
		}
		if number = append(number, r.text...); len(number) > mostDigits {
			break
		}
		if len(number) >= fewestDigits && grouped(runs[:n+1]) && isCard(string(number)) && !isAmount(text, runs[0].start, r.end, n == 0) {
			best = n + 1
		}
	}
	return best
}

// grouped says whether digits are written as on cards: in one, or from the left in groups
// of four or more of which only the last is shorter.
func grouped(runs []digits) bool {
	for _, r := range runs[:len(runs)-1] {
		if len(r.text) < 4 || len(r.text) > 8 {
			return false
		}
	}
	return true
}

func isCard(number string) bool {
	if number[0] < '2' || number[0] > '7' || len(number) == 15 && strings.HasPrefix(number, "35") {
		return false
	}
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

var (
	currency = regexp.MustCompile(`[$€£]\s?$`)
	decimals = regexp.MustCompile(`^[.,]\d{1,2}(?:\D|$)`)
)

// isAmount says whether an unbroken number is one of money or has decimals.
func isAmount(text string, start, end int, unbroken bool) bool {
	return unbroken && (currency.MatchString(text[max(start-4, 0):start]) || decimals.MatchString(text[end:min(end+4, len(text))]))
}

var (
	socialWords = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:ssns?|social[\s-]*sec\w*|ss\s*#|s\.s\.n\.?|seguro\s+social)(?:[^a-z]|$)`)
	otherWords  = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:p\.?o\.?|purchase\s+order|order|invoice|quote|sku|part|item|serial|s/n|phone|tel|call|cell)\W*(?:no|number|num)?\W*$`)
)

// How far, in bytes, a word is looked for around a number.
const beside = 40

// socialRuns is how many of the runs from the i-th on are a social-security number.
func socialRuns(text string, runs []digits, i int) int {
	first := runs[i]
	n := 1
	number := first.text
	if len(number) == 3 && i+2 < len(runs) && runs[i+1].joined != 0 && runs[i+1].joined == runs[i+2].joined && len(runs[i+1].text) == 2 && len(runs[i+2].text) == 4 {
		n = 3
		number += runs[i+1].text + runs[i+2].text
	}
	if len(number) != 9 || !issued(number) {
		return 0
	}
	start, end := first.start, runs[i+n-1].end
	before, after := text[max(start-beside, 0):start], text[end:min(end+beside, len(text))]
	switch {
	case otherWords.MatchString(before):
		return 0
	case socialWords.MatchString(before), socialWords.MatchString(after):
		return n
	case n == 1, partOfWord(before, after):
		return 0
	case first.joined != 0 && (runs[i+1].joined == ' ' || runs[i-1].start > 0 && text[runs[i-1].start-1] == '+'):
		return 0 // in a list of numbers, or behind a country's code
	case i+n < len(runs) && runs[i+n].joined != 0 && runs[i+1].joined == ' ':
		return 0
	}
	return n
}

// issued says whether nine digits are in what the Social Security Administration gives out.
func issued(number string) bool {
	area, group, serial := number[:3], number[3:5], number[5:]
	return area != "000" && area != "666" && area[0] != '9' && group != "00" && serial != "0000"
}

// partOfWord says whether a number between the two texts goes on on either side, as in
// ABC-123-45-6789 and 123-45-6789-01.
func partOfWord(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, size := utf8.DecodeRuneInString(after)
	further, _ := utf8.DecodeRuneInString(after[size:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return word(last) || strings.ContainsRune("-/.$+", last) || word(next) || strings.ContainsRune("-/.", next) && word(further)
}
