package quoting

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// The catalogue of each language beside English: what the service says, in English, and
// its translation. docs/decisions/026-languages.md says how a text is added.
//
//go:embed texts.es.yaml
var spanishTexts []byte

var spanish = sync.OnceValue(func() *catalogue {
	c, err := newCatalogue(spanishTexts)
	if err != nil {
		panic(err) // a test reads it
	}
	return c
})

// catalogue is that of the locale's language; nil for English.
func (l Locale) catalogue() *catalogue {
	if l.Language() == "es" {
		return spanish()
	}
	return nil
}

// catalogue is the phrases of one language.
type catalogue struct {
	byText   map[string]*phrase
	patterns []*phrase // those with verbs, the most telling first
}

// phrase is a text with verbs (%s, %d, %q) in English and its translation.
type phrase struct {
	english string
	pattern *regexp.Regexp // matches what the English text makes; nil without verbs
	between []string       // what stands between its verbs, without which nothing matches
	letters int            // of these
	pieces  []string       // of the translation, between the verbs
	order   []int          // the argument that each verb takes
	asIs    []bool         // whether it is put in as it is
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
var kinds = map[string]string{"s": `(.+?)`, "d": `(-?\d+|-?\d{1,3}(?:,\d{3})+)`, "q": `("(?:[^"\\]|\\.)*")`, "f": `(-?\d[\d.]*)`}

// newPhrase fails where the translation has other verbs than the English text.
func newPhrase(english, translation string) (*phrase, error) {
	p := &phrase{english: english}
	pattern, last, wanted := strings.Builder{}, 0, 0
	piece := func(text string) {
		text = strings.ReplaceAll(text, "%%", "%")
		pattern.WriteString(regexp.QuoteMeta(text))
		p.between = append(p.between, text)
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

// say is the translation with the arguments in it, of which those that are ours are told in
// the language, too. It is false where one is somebody's words.
func (p *phrase) say(c *search, args []string, depth int) (string, bool) {
	var text strings.Builder
	all := true
	for i, of := range p.order {
		text.WriteString(p.pieces[i])
		switch {
		case of >= len(args):
		case p.asIs[i]:
			text.WriteString(args[of])
		default:
			said, ours := c.tell(args[of], depth-1)
			text.WriteString(said)
			all = all && ours
		}
	}
	text.WriteString(p.pieces[len(p.pieces)-1])
	return text.String(), all
}

// telling is how many letters a phrase has that no other text is taken for. "%s is %s." has
// fewer, and is found only where what is put in is ours, too.
const telling = 8

// phrase is the translation of a text; false where there is none, or no catalogue.
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
	c := l.catalogue()
	if c == nil {
		return english
	}
	said, _ := (&search{c, l, mostWork}).tell(english, deepest)
	return said
}

// search is one search for phrases, with the work that is left to it: letters of texts that
// are compared with all phrases. When it is used up nothing more is found.
type search struct {
	*catalogue
	locale Locale
	work   int
}

// Bounds of the search, so that no text that somebody writes takes long: how deep phrases
// stand in phrases, how many sentences one phrase has, and how many letters are compared.
const (
	deepest       = 5
	mostSentences = 4
	mostWork      = 50_000
)

// tell is Retell, and whether all of it was found, or has no words.
func (c *search) tell(english string, depth int) (string, bool) {
	told, found, all := c.sentences(english, depth)
	if all {
		return told, true
	}
	if said, ok := c.whole(english, depth); ok {
		return said, true
	}
	if said, ours, ok := c.aside(english, depth); ok {
		return said, ours
	}
	for _, joint := range []string{"; ", ", "} {
		if said, ok := c.list(english, joint, depth); ok {
			return said, true
		}
	}
	if found {
		return told, false
	}
	return english, strings.IndexFunc(english, unicode.IsLower) < 0
}

// whole tells a text that is one phrase, or a number.
func (c *search) whole(english string, depth int) (string, bool) {
	if c.work -= len(english); c.work < 0 {
		return "", false
	}
	if form := c.locale.form(english); form != english {
		return form, true
	}
	if p, ok := c.byText[english]; ok && p.pattern == nil {
		return p.pieces[0], true
	}
	// The same words at the beginning of a sentence, or within one.
	if p, ok := c.byText[flipFirst(english)]; ok && p.pattern == nil {
		return flipFirst(p.pieces[0]), true
	}
	if depth == 0 {
		return "", false
	}
	for _, p := range c.patterns {
		if !p.mayBe(english) {
			continue
		}
		if args := p.pattern.FindStringSubmatch(english); args != nil {
			if said, ours := p.say(c, args[1:], depth); ours || p.letters >= telling {
				return said, true
			}
		}
	}
	return "", false
}

// aside tells what stands side by side on a card, of which some may be names; false where
// nothing does.
func (c *search) aside(english string, depth int) (said string, all, ok bool) {
	const joint = " · "
	parts := strings.Split(english, joint)
	if len(parts) < 2 || depth == 0 {
		return "", false, false
	}
	all = true
	for i, part := range parts {
		told, ours := c.tell(part, depth-1)
		parts[i], all = told, all && ours
	}
	return strings.Join(parts, joint), all, true
}

// mayBe says, in little time, whether what stands between the verbs is in the text.
func (p *phrase) mayBe(text string) bool {
	last := len(p.between) - 1
	if !strings.HasPrefix(text, p.between[0]) || !strings.HasSuffix(text, p.between[last]) {
		return false
	}
	for _, piece := range p.between[:last] {
		_, after, found := strings.Cut(text, piece)
		if !found {
			return false
		}
		text = after
	}
	return true
}

// list tells a list of phrases and of what has no words, such as numbers and SKUs; false
// where something else is in it.
func (c *search) list(english, joint string, depth int) (string, bool) {
	parts := strings.Split(english, joint)
	if len(parts) < 2 || depth == 0 {
		return "", false
	}
	for i, part := range parts {
		said, ours := c.tell(part, depth-1)
		if !ours {
			return "", false
		}
		parts[i] = said
	}
	return strings.Join(parts, joint), true
}

var sentenceEnd = regexp.MustCompile(`[.?!:] `)

// sentences tells a text of several sentences one after the other: the fewest that are a
// phrase together, and what is none as it is. It says whether any was found, and whether all
// were.
func (c *search) sentences(english string, depth int) (told string, found, all bool) {
	ends := sentenceEnd.FindAllStringIndex(english, -1)
	if len(ends) == 0 || depth == 0 {
		return "", false, false
	}
	ends = append(ends, []int{len(english) - 1, len(english)})
	var text strings.Builder
	all = true
	for from, next := 0, 0; next < len(ends); {
		last, said, ok := next, "", false
		for i := next; i < min(next+mostSentences, len(ends)) && !ok && (from > 0 || i < len(ends)-1); i++ {
			if said, ok = c.whole(english[from:ends[i][0]+1], depth-1); ok {
				last = i
			}
		}
		if !ok {
			said = english[from : ends[next][0]+1]
		}
		found, all = found || ok, all && ok
		text.WriteString(said + english[ends[last][0]+1:ends[last][1]])
		from, next = ends[last][1], last+1
	}
	return text.String(), found, all
}

// flipFirst makes a capital first letter small and a small one a capital.
func flipFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if unicode.IsUpper(first) {
		return string(unicode.ToLower(first)) + text[size:]
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
