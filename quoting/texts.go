package quoting

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// The catalogue of each language beside English: what the service says, in English, and
// its translation. docs/decisions/026-languages.md says how a text is added.
//
//go:embed texts.es.yaml
var spanishTexts []byte

var catalogues = map[string]*catalogue{"es": mustCatalogue(spanishTexts)}

// catalogue is the phrases of one language.
type catalogue struct {
	byText   map[string]*phrase
	patterns []*phrase // those with verbs, the most telling first
}

// phrase is a text with verbs (%s, %d, %q) in English and its translation.
type phrase struct {
	english string
	pattern *regexp.Regexp // matches what the English text makes; nil without verbs
	longest string         // the longest piece between verbs, without which nothing matches
	letters int            // outside of verbs
	pieces  []string       // of the translation, between the verbs
	order   []int          // the argument that each verb takes
	asIs    []bool         // whether it is put in as it is
}

func mustCatalogue(file []byte) *catalogue {
	c, err := newCatalogue(file)
	if err != nil {
		panic(err)
	}
	return c
}

func newCatalogue(file []byte) (*catalogue, error) {
	var texts map[string]string
	if err := yaml.UnmarshalWithOptions(file, &texts, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("catalogue of texts: %w", err)
	}
	c := &catalogue{byText: map[string]*phrase{}}
	for english, translation := range texts {
		p, err := newPhrase(english, translation)
		if err != nil {
			return nil, err
		}
		c.byText[english] = p
		if p.pattern != nil {
			c.patterns = append(c.patterns, p)
		}
	}
	slices.SortFunc(c.patterns, func(a, b *phrase) int {
		return cmp.Or(b.letters-a.letters, strings.Compare(a.english, b.english))
	})
	return c, nil
}

var verb = regexp.MustCompile(`%(?:\[(\d)\])?(?:\.\d)?([sdqvf%])`)

// kinds are what stands for a verb in a text that was made with it.
var kinds = map[string]string{"s": `(.+)`, "d": `(-?\d+|-?\d{1,3}(?:,\d{3})+)`, "q": `("(?:[^"\\]|\\.)*")`, "f": `(-?[\d.]+)`}

// newPhrase fails where the translation has other verbs than the English text.
func newPhrase(english, translation string) (*phrase, error) {
	p := &phrase{english: english}
	pattern, last, wanted := strings.Builder{}, 0, 0
	piece := func(text string) {
		text = strings.ReplaceAll(text, "%%", "%")
		pattern.WriteString(regexp.QuoteMeta(text))
		if len(text) > len(p.longest) {
			p.longest = text
		}
		for _, r := range text {
			if unicode.IsLetter(r) {
				p.letters++
			}
		}
	}
	for _, at := range verb.FindAllStringSubmatchIndex(english, -1) {
		kind := english[at[4]:at[5]]
		if kind == "%" {
			continue
		}
		piece(english[last:at[0]])
		pattern.WriteString(kinds[kind])
		last = at[1]
		wanted++
	}
	piece(english[last:])
	last = 0
	taken := make([]bool, wanted)
	for _, at := range verb.FindAllStringSubmatchIndex(translation, -1) {
		kind := translation[at[4]:at[5]]
		if kind == "%" {
			continue
		}
		of := len(p.order)
		if at[2] >= 0 {
			of = int(translation[at[2]]-'0') - 1
		}
		if of < 0 || of >= wanted || taken[of] {
			return nil, fmt.Errorf("catalogue of texts: %q has other verbs than %q", translation, english)
		}
		taken[of] = true
		p.pieces = append(p.pieces, strings.ReplaceAll(translation[last:at[0]], "%%", "%"))
		p.order, p.asIs = append(p.order, of), append(p.asIs, kind == "v")
		last = at[1]
	}
	p.pieces = append(p.pieces, strings.ReplaceAll(translation[last:], "%%", "%"))
	if len(p.order) != wanted {
		return nil, fmt.Errorf("catalogue of texts: %q has other verbs than %q", translation, english)
	}
	if wanted > 0 {
		p.pattern = regexp.MustCompile(`(?s)^` + pattern.String() + `$`)
	}
	return p, nil
}

// say is the translation with the arguments in it.
func (p *phrase) say(l Locale, args []string) string {
	var text strings.Builder
	for i, of := range p.order {
		text.WriteString(p.pieces[i])
		switch {
		case of >= len(args):
		case p.asIs[i]:
			text.WriteString(args[of])
		default:
			text.WriteString(l.Retell(args[of]))
		}
	}
	text.WriteString(p.pieces[len(p.pieces)-1])
	return text.String()
}

func (c *catalogue) phrase(english string) (*phrase, bool) {
	if c == nil {
		return nil, false
	}
	p, ok := c.byText[english]
	return p, ok
}

// Retell says in the language what was said in English before: a sentence that was made
// when a quote was worked out, and stored with it. It finds the phrase of the catalogue
// that the sentence was made of and says it with the same arguments, as Say does. Of
// several sentences, or of a list, each is found by itself. What is not found stays as it
// is, so that a name is never translated unless it is, letter by letter, one of our own
// phrases.
func (l Locale) Retell(english string) string {
	c := catalogues[l.language()]
	if c == nil || english == "" {
		return english
	}
	if said, ok := l.retold(c, english); ok {
		return said
	}
	// The longest beginning that is a phrase, then the rest.
	ends := sentenceEnd.FindAllStringIndex(english, -1)
	for _, end := range slices.Backward(ends) {
		if said, ok := l.retold(c, english[:end[0]+1]); ok {
			return said + " " + l.Retell(english[end[1]:])
		}
	}
	if len(ends) > 0 {
		return english[:ends[0][1]] + l.Retell(english[ends[0][1]:])
	}
	for _, joint := range []string{" · ", "; ", ", "} {
		if said, ok := l.list(c, english, joint); ok {
			return said
		}
	}
	return english
}

// list is a list of phrases and of what has no words, such as numbers and SKUs; false
// where something else is in it.
func (l Locale) list(c *catalogue, english, joint string) (string, bool) {
	parts := strings.Split(english, joint)
	if len(parts) < 2 {
		return "", false
	}
	for i, part := range parts {
		said, ok := l.retold(c, part)
		if !ok && joint != ", " {
			said, ok = l.list(c, part, ", ")
		}
		if !ok && strings.IndexFunc(part, unicode.IsLower) >= 0 {
			return "", false
		}
		if ok {
			parts[i] = said
		}
	}
	return strings.Join(parts, joint), true
}

var sentenceEnd = regexp.MustCompile(`[.?!:] `)

func (l Locale) retold(c *catalogue, english string) (string, bool) {
	if form := l.form(english); form != english {
		return form, true
	}
	if p, ok := c.byText[english]; ok && p.pattern == nil {
		return p.pieces[0], true
	}
	for _, p := range c.patterns {
		if !strings.Contains(english, p.longest) {
			continue
		}
		if args := p.pattern.FindStringSubmatch(english); args != nil && (p.letters >= telling || l.known(c, p, args[1:])) {
			return p.say(l, args[1:]), true
		}
	}
	// The same words at the beginning of a sentence, or within one.
	if p, ok := c.byText[flipFirst(english)]; ok && p.pattern == nil {
		return flipFirst(p.pieces[0]), true
	}
	return english, false
}

// telling is how many letters a phrase has that cannot be taken for another text. "%s is
// %s." has fewer, and is found only where what is put in is ours, too.
const telling = 8

// known says whether all that is put into the phrase is a phrase, or has no words.
func (l Locale) known(c *catalogue, p *phrase, args []string) bool {
	for i, of := range p.order {
		_, ok := l.retold(c, args[of])
		if !ok && !p.asIs[i] && strings.IndexFunc(args[of], unicode.IsLower) >= 0 {
			return false
		}
	}
	return true
}

// flipFirst makes a capital first letter small and a small one a capital.
func flipFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if unicode.IsUpper(first) {
		return string(unicode.ToLower(first)) + text[size:]
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
