package quoting

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Locale is the language and the forms of numbers in which one reader sees what the
// service says. The zero value is English.
//
// What is computed, stored and logged is in English, whoever asked; a Locale comes in
// where something is shown. See docs/decisions/026-languages.md.
type Locale string

// The locales. Of Spanish there is one text; its two locales differ in how they write
// numbers: $1,234.50 where CLDR has a decimal point (the United States, Mexico, Central
// America), 1.234,50 US$ where it has a comma (Spain, most of South America).
const (
	English        Locale = "en-US"
	SpanishAmerica Locale = "es-US"
	SpanishEurope  Locale = "es-ES"
)

var languages = language.NewMatcher([]language.Tag{language.AmericanEnglish, language.LatinAmericanSpanish, language.EuropeanSpanish})

// ParseLocale is the locale of a BCP 47 tag, such as Teams says it: es-MX. A tag of
// another language, or none, is English.
func ParseLocale(tag string) Locale {
	wanted, err := language.Parse(tag)
	if err != nil {
		return English
	}
	switch _, nearest, _ := languages.Match(wanted); {
	case nearest == 0:
		return English
	case strings.Contains(message.NewPrinter(wanted).Sprint(number.Decimal(1.5)), ","):
		return SpanishEurope
	default:
		return SpanishAmerica
	}
}

// Language is the language as ISO 639 has it; empty for English, which needs no catalogue.
func (l Locale) Language() string {
	if strings.HasPrefix(string(l), "es") {
		return "es"
	}
	return ""
}

// Money is the amount as people of the locale read it: "$1,234.50", "1.234,50 US$".
func (l Locale) Money(m Money) string { return l.form(m.Display()) }

// Number is 10000 as "10,000" or "10.000".
func (l Locale) Number(n int) string { return l.form(Thousands(n)) }

// Count is "1 radio", "40 radios", in the language. The catalogue has both as phrases,
// "1 radio" and "%d radios".
func (l Locale) Count(n int, noun string) string { return l.Retell(Count(n, noun)) }

var (
	aMoney  = regexp.MustCompile(`^([-−+]?)(\$|CA\$|[A-Z]{3} )(\d{1,3}(?:,\d{3})*|\d+)(\.\d+)?$`)
	aNumber = regexp.MustCompile(`^([-−+]?)(\d{1,3}(?:,\d{3})*|\d+)(\.\d+)?(%?)$`)
)

// form writes an amount, a number or a percentage, which is in its English form, as the
// locale does, digit by digit: nothing is computed. Any other text stays as it is.
func (l Locale) form(english string) string {
	if l.Language() == "" {
		return english
	}
	if m := aNumber.FindStringSubmatch(english); m != nil {
		percent := m[4]
		if percent != "" {
			percent = noBreak + percent
		}
		return m[1] + l.marks(m[2]+m[3]) + percent
	}
	m := aMoney.FindStringSubmatch(english)
	if m == nil || l != SpanishEurope {
		return english
	}
	symbol := strings.TrimSpace(m[2])
	if symbol == "$" {
		symbol = "US$"
	}
	return m[1] + l.marks(m[3]+m[4]) + noBreak + symbol
}

const noBreak = "\u00a0"

var europeanMarks = strings.NewReplacer(",", ".", ".", ",")

// marks are the separators of a number.
func (l Locale) marks(number string) string {
	if l == SpanishEurope {
		return europeanMarks.Replace(number)
	}
	return number
}

// Say is fmt.Sprintf in the language: text is a format in English with %s and %d, by
// which the catalogue has its translation. Arguments that are amounts, numbers or phrases
// of the catalogue are put in as the locale says them; where a translation has %v for the
// %s of the English text, the argument is somebody's own words and stays as it is.
// A text that the catalogue does not have is said in English.
func (l Locale) Say(text string, args ...any) string {
	c := l.catalogue()
	p, ok := c.phrase(text)
	if !ok {
		return fmt.Sprintf(text, args...)
	}
	texts := make([]string, len(args))
	for i, arg := range args {
		texts[i] = fmt.Sprint(arg)
	}
	said, _ := p.say(&search{c, l, mostWork}, texts, deepest)
	return said
}
