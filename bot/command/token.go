package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// term is a piece of a message that has one meaning at a time: a word, a number, a
// quote's number, a name, a phrase of the vocabulary, a mark.
type term struct {
	text       string // as written, markup and invisible characters left out
	norm       string // lower case, apostrophes left out, spelling corrected
	start, end int    // bytes of the cleaned message
	tight      bool   // no space before it
	kind       tag
	means      []meaning

	amount decimal.Decimal // of a number, money or percent; the low end of a range
	high   decimal.Decimal // of a range
	number numeral
	quote  quoting.QuoteID
	uses   int  // what the reading made of it
	spent  bool // it is read for something that no change is made of

	foreign bool // put into English
	quoted  bool // between quotation marks
	unheard bool // a word of no file
	given   bool // a given name
}

// numeral is how a number is written.
type numeral struct {
	digits   int  // bare digits without separator: 1042 has four
	thousand bool // "50k", "2 grand"
	spelled  bool // "forty"
	vague    bool // "couple"
	huge     bool // more digits than can be meant
	either   bool // of a range: "30 or 40", its two ends and nothing between
}

// is says whether the term is of the tag's kind or has a meaning of the tag.
func (t *term) is(want tag) bool {
	if t.kind == want {
		return true
	}
	for i := range t.means {
		if t.means[i].tag == want {
			return true
		}
	}
	return false
}

// isStrange says whether nobody knows the word: it may be a name in small letters.
func (t *term) isStrange() bool { return t.means == nil && t.unheard }

// value is what the tag stands for in the term: "retail" of an industry.
func (t *term) value(want tag) string {
	for i := range t.means {
		if t.means[i].tag == want {
			return t.means[i].value
		}
	}
	return ""
}

// capital says whether the term is written with a capital first letter.
func (t *term) capital() bool {
	r, _ := utf8.DecodeRuneInString(t.text)
	return unicode.IsUpper(r)
}

// tokens cuts a cleaned message into words, numbers and marks. Nothing is looked up but
// what a catalogue number begins with.
func tokens(text string, v *vocabulary) []term {
	list := make([]term, 0, countTokens(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == ' ' {
			i += size
			continue
		}
		t := term{start: i, tight: i > 0 && text[i-1] != ' '}
		switch {
		case r >= '0' && r <= '9', r == '.' && digitAt(text, i+1), r == '-' && digitAt(text, i+1) && !t.tight:
			i = t.scanNumber(text)
			if next := t.scanSuffix(text, i); next > i {
				i = next
			}
		case unicode.IsLetter(r):
			i = t.scanWord(text, v)
		case unicode.IsPunct(r), strings.ContainsRune("$+=<>|^`~", r), r == '\n', r == '×':
			i += size
			t.kind = tagMark
		default:
			i += size
			t.kind = tagSymbol
		}
		t.end = i
		t.text = text[t.start:t.end]
		if t.norm == "" {
			t.norm = normal(t.text)
		}
		list = append(list, t)
	}
	return list
}

// countTokens is how many tokens a text has, or a few more.
func countTokens(text string) int {
	n, inside := 0, false
	for i := range len(text) {
		c := text[i]
		word := isLetter(c) || c >= '0' && c <= '9' || c >= utf8.RuneSelf
		if c != ' ' && !(word && inside) {
			n++
		}
		inside = word
	}
	return n
}

// normal is the form of a word that the vocabulary is written in.
func normal(text string) string {
	switch text {
	case "–", "—", "‐", "‑", "−":
		return "-"
	case "×", "*":
		return "x"
	}
	text = strings.ToLower(text)
	if strings.ContainsAny(text, "'’") {
		text = strings.NewReplacer("'", "", "’", "").Replace(text)
	}
	return text
}

func digitAt(text string, i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }

// scanNumber reads digits with thousands separators and decimals: 10,001 and -12.5.
func (t *term) scanNumber(text string) int {
	i := t.start
	var b strings.Builder
	if text[i] == '-' {
		b.WriteByte('-')
		i++
	}
	first := i
	for digitAt(text, i) {
		i++
	}
	b.WriteString(text[first:i])
	t.number.digits = i - first
	for i < len(text) && i-first <= 15 && text[i] == ',' && i > first && digitAt(text, i+1) && digitAt(text, i+2) && digitAt(text, i+3) && !digitAt(text, i+4) {
		b.WriteString(text[i+1 : i+4])
		i += 4
		t.number.digits = 0
	}
	if i < len(text) && text[i] == '.' && digitAt(text, i+1) {
		if i == first {
			b.WriteByte('0')
		}
		point := i
		for i++; digitAt(text, i); i++ {
		}
		b.WriteString(text[point:i])
		t.number.digits = 0
	}
	t.kind = tagNumber
	var err error
	if t.amount, err = decimal.Parse(b.String()); err != nil || i-first > 18 {
		t.number.huge = true
	}
	return i
}

// scanSuffix reads the letters glued to a number: "50k" is 50,000, "2nd" and "3PL" are
// words; "12mo" is a number and a word, which the next token is.
func (t *term) scanSuffix(text string, i int) int {
	end := i
	for end < len(text) && (isLetter(text[end]) || text[end] >= '0' && text[end] <= '9') {
		end++
	}
	suffix := strings.ToLower(text[i:end])
	switch suffix {
	case "":
		return i
	case "k":
		t.number.thousand, t.number.digits = true, 0
		t.amount, t.number.huge = times(t.amount, 1000, t.number.huge)
		return end
	case "st", "nd", "rd", "th", "pl", "m":
		t.kind = tagWord
		return end
	}
	return i
}

// times is the product, and whether it or the amount is too large to be meant.
func times(amount decimal.Decimal, factor int64, huge bool) (decimal.Decimal, bool) {
	product, err := amount.Mul(decimal.MustNew(factor, 0))
	if err != nil || huge {
		return amount, true
	}
	return product, false
}

// scanWord reads a word with its inner apostrophes, points and digits, or the quote
// number, catalogue number, e-mail address or payment term that begins with it.
func (t *term) scanWord(text string, v *vocabulary) int {
	i := t.start
	t.kind = tagWord
	letters, digits := 0, 0
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), r == '_':
			letters++
		case unicode.IsDigit(r):
			digits++
			if word := text[t.start:i]; digits == 1 && (word == "x" || word == "X") {
				return i // "x35"
			}
		case (r == '\'' || r == '’' || r == '.') && letterAfter(text, i+size):
		default:
			return t.special(text, i, v)
		}
		i += size
	}
	return t.special(text, i, v)
}

func letterAfter(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[min(i, len(text)):])
	return unicode.IsLetter(r)
}

// special looks at the word up to i: what begins with it may be more than a word.
func (t *term) special(text string, i int, v *vocabulary) int {
	word := strings.ToLower(text[t.start:i])
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "@") && letterAfter(rest, 1):
		t.kind = tagEmail
		for i++; i < len(text) && (isLetter(text[i]) || digitAt(text, i) || text[i] == '-' || text[i] == '_' || text[i] == '.' && letterAfter(text, i+1)); i++ {
		}
	case word == "q" && strings.HasPrefix(rest, "-") && digitAt(rest, 1):
		i = t.quoteNumber(text, i+1)
	case word == "w" && strings.HasPrefix(rest, "/o") && !letterAfter(rest, 2):
		t.norm = "without"
		i += 2
	case word == "s" && strings.HasPrefix(rest, "/b") && !letterAfter(rest, 2):
		t.norm = "should be"
		i += 2
	case word == "w" && strings.HasPrefix(rest, "/"):
		t.norm = "with"
		i++
	case len(word) > 3 && word[0] == 'q' && allDigits(word[1:]):
		i = t.quoteNumber(text, t.start+1)
	case len(word) > 3 && strings.HasPrefix(word, "net") && allDigits(word[3:]):
		t.kind, t.norm = tagPayment, "NET"+word[3:]
	case len(word) > 1 && word[0] == 'n' && allDigits(word[1:]):
		t.kind, t.norm = tagPayment, "NET"+word[1:]
	case strings.HasPrefix(rest, "-") && v.isSKUPrefix(word):
		end := i
		for end < len(text) && (isLetter(text[end]) || digitAt(text, end) || text[end] == '-') {
			end++
		}
		if sku := strings.TrimRight(text[t.start:end], "-"); looksLikeSKU(sku[len(word):]) {
			t.kind = tagSKU
			i = t.start + len(sku)
		}
	}
	return i
}

func (v *vocabulary) isSKUPrefix(word string) bool {
	at := v.phrases.next[word]
	return at != nil && (&term{means: at.means}).is(tagSKUPrefix)
}

// looksLikeSKU tells "SUM-P40U" and "BAT-B" from "ups-powered": what follows the prefix is
// short parts, or has a digit.
func looksLikeSKU(rest string) bool {
	return len(rest) > 1 && len(rest) <= 12 && (strings.ContainsAny(rest, "0123456789") || strings.ToUpper(rest) == rest || len(rest) <= 3)
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == "" && len(s) <= 12
}

func (t *term) quoteNumber(text string, digits int) int {
	i := digits
	for digitAt(text, i) {
		i++
	}
	id, err := quoting.ParseQuoteID(text[digits:i])
	if err == nil {
		t.kind, t.quote = tagQuote, id
	}
	return i
}
