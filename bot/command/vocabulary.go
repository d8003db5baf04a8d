package command

import (
	_ "embed"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"radioquote/quoting"
)

//go:embed words.txt
var wordsFile string

//go:embed acts.txt
var actsFile string

// tag is what kind of thing a term is: one that the text itself shows (a number, a name),
// or one that words.txt gives to a phrase (an item, an industry).
type tag string

const (
	tagWord    tag = "word"
	tagNumber  tag = "number"
	tagRange   tag = "range"
	tagMoney   tag = "money"
	tagPercent tag = "percent"
	tagQuote   tag = "quote"
	tagSKU     tag = "sku"
	tagEmail   tag = "email"
	tagPayment tag = "payment"
	tagName    tag = "name"
	tagMark    tag = "mark"
	tagSymbol  tag = "symbol"

	tagUser       tag = "user"
	tagSite       tag = "site"
	tagIndustry   tag = "industry"
	tagYields     tag = "yields"
	tagSuggestion tag = "suggestion"
	tagUnapproved tag = "unapproved"
	tagItem       tag = "item"
	tagTechnology tag = "technology"
	tagBand       tag = "band"
	tagSafe       tag = "safe"
	tagFeature    tag = "feature"
	tagMeasure    tag = "measure"
	tagScope      tag = "scope"
	tagFiller     tag = "filler"
	tagOld        tag = "old"
	tagRental     tag = "rental"
	tagApprox     tag = "approx"
	tagNegative   tag = "negative"
	tagEach       tag = "each"
	tagTrade      tag = "trade"
	tagMatch      tag = "match"
	tagCheapest   tag = "cheapest"
	tagField      tag = "field"
	tagPolite     tag = "polite"
	tagNot        tag = "not"
	tagSKUPrefix  tag = "sku_prefix"
	tagCommon     tag = "common"
	tagFits       tag = "fits"
	tagLink       tag = "link"
	tagGiven      tag = "given"
	tagPeriod     tag = "period"
	tagStatus     tag = "status"
	tagSort       tag = "sort"
	tagMetric     tag = "metric"
	tagAspect     tag = "aspect"
	tagRole       tag = "role"
	tagWeekday    tag = "weekday"
	tagPurchase   tag = "purchase"
	tagVerb       tag = "verb"
	tagScale      tag = "scale"
	tagThanks     tag = "thanks"
	tagPassive    tag = "passive"
	tagAlias      tag = "alias"
	tagPrivate    tag = "private"
	tagSomeone    tag = "someone" // of a pattern: a name, a part, or a word that can only be a name
)

// meaning is one thing that a phrase may stand for, such as industry retail.
type meaning struct {
	tag   tag
	value string
}

// phrases is a tree of the vocabulary's phrases, word by word.
type phrases struct {
	next  map[string]*phrases
	means []meaning // of the phrase that ends here; nil where none does
}

// vocabulary is what words.txt and acts.txt say, ready for looking up. It does not change.
type vocabulary struct {
	phrases *phrases
	// byWord and byTag are the patterns by what their first element may be.
	byWord map[string][]*pattern
	byTag  map[tag][]*pattern
	// spellings are the words that a misspelling may be meant for, by first letter.
	spellings map[byte][]spelling
	// known are all words of the vocabulary; none of them is a misspelling or, by itself,
	// a name. The value says whether the word belongs to an act or a thing.
	known map[string]bool
	// fits is what an accessory fits, by its catalogue number.
	fits map[string]string
	// given are given names. They are not known words: a name is one by itself.
	given map[string]bool
	// values are what the tags may stand with.
	values map[meaning]bool
	// acts are the words that acts begin with, and those that only refusals are made of.
	acts map[string]bool
	// aliases are the words that shorthand stands for.
	aliases map[string]string
}

// theVocabulary is read once; the files are part of the program, so that a mistake in
// them is one of the programmer's and found by the first test.
var theVocabulary = sync.OnceValue(func() *vocabulary { return readVocabulary(wordsFile, actsFile, spanishActsFile) })

func readVocabulary(words, acts, foreignActs string) *vocabulary {
	v := &vocabulary{
		phrases:   &phrases{},
		byWord:    map[string][]*pattern{},
		byTag:     map[tag][]*pattern{},
		spellings: map[byte][]spelling{},
		known:     map[string]bool{},
		fits:      map[string]string{},
		given:     map[string]bool{},
		aliases:   map[string]string{},
		values:    map[meaning]bool{},
		acts:      map[string]bool{},
	}
	for key, list := range entries(words) {
		if tag(key) == tagCommon {
			for phrase := range strings.SplitSeq(list, ", ") {
				v.known[phrase] = false
			}
		}
	}
	for key, list := range entries(words) {
		name, value, _ := strings.Cut(key, " ")
		for phrase := range strings.SplitSeq(list, ",") {
			v.learn(tag(name), value, strings.TrimSpace(phrase))
		}
		if tag(name) == tagIndustry {
			v.learn(tagIndustry, value, value)
			v.learn(tagIndustry, value, strings.ReplaceAll(value, "_", " "))
		}
	}
	classes := map[string]string{}
	foreignFrom := strings.Count(acts, "\n---\n") + 1
	for number, section := range strings.Split(acts+"\n---\n"+foreignActs, "\n---\n") {
		order := 0
		for key, list := range entries(section) {
			intent, reason, _ := strings.Cut(key, " ")
			if intent == "class" {
				classes["{"+reason+"}"] = list
				continue
			}
			for text := range strings.SplitSeq(list, " | ") {
				intent, unasked := strings.CutSuffix(intent, "?")
				p := readPattern(quoting.Intent(intent), reason, expand(text, classes))
				p.unasked, p.foreign = unasked, number >= foreignFrom
				p.section, p.order = number, order
				order++
				for _, word := range p.elements[0].words {
					v.byWord[word] = append(v.byWord[word], p)
				}
				for _, tag := range p.elements[0].tags {
					v.byTag[tag] = append(v.byTag[tag], p)
				}
				for i, e := range p.elements {
					for _, word := range e.words {
						_, common := v.known[word]
						v.acts[word] = v.acts[word] || (writes[p.intent] || refusing(p.intent)) && (i == 0 && !v.isSmall(word) || refusing(p.intent) && !common)
						v.spell(word, !common || i == 0 && len(word) > 4)
					}
				}
			}
		}
	}
	for word := range numberWords {
		v.spell(word, false)
	}
	for word, target := range v.known {
		if target && len(word) >= 4 {
			v.spellings[word[0]] = append(v.spellings[word[0]], spelling{word, letters(word)})
		}
	}
	for _, list := range v.spellings {
		slices.SortFunc(list, func(a, b spelling) int { return strings.Compare(a.word, b.word) })
	}
	return v
}

// isSmall says whether the word only holds sentences together, or stands for a quote.
func (v *vocabulary) isSmall(word string) bool {
	at := v.phrases.next[word]
	return slices.Contains(quoteNouns, word) || at != nil && (&term{means: at.means}).is(tagLink)
}

// expand puts the words of the classes for their names.
func expand(pattern string, classes map[string]string) string {
	for name, words := range classes {
		pattern = strings.ReplaceAll(pattern, name, words)
	}
	return pattern
}

// entries are the lines "key: list" of a vocabulary file, comments left out.
func entries(file string) func(yield func(key, list string) bool) {
	return func(yield func(key, list string) bool) {
		for line := range strings.Lines(file) {
			line = strings.TrimSpace(line)
			key, list, ok := strings.Cut(line, ": ")
			if ok && !strings.HasPrefix(line, "#") && !yield(key, list) {
				return
			}
		}
	}
}

// countable are the tags whose phrases have a plural.
var countable = []tag{tagUser, tagSite, tagIndustry, tagYields, tagSuggestion, tagUnapproved, tagItem, tagMeasure, tagFeature}

// learn adds a phrase and its plural with one meaning.
func (v *vocabulary) learn(t tag, value, phrase string) {
	v.values[meaning{t, value}] = true
	if t == tagFits {
		v.fits[phrase] = value
		return
	}
	if t == tagGiven {
		v.given[phrase] = true
		return
	}
	if t == tagAlias {
		v.aliases[phrase] = value
		return
	}
	words := strings.Fields(phrase)
	if t == tagSKU {
		t = tagSKUPrefix
	}
	v.add(words, meaning{t, value}, t != tagCommon && t != tagLink)
	if slices.Contains(countable, t) {
		last := words[len(words)-1]
		for _, plural := range plurals(last) {
			v.add(append(words[:len(words)-1:len(words)-1], plural), meaning{t, value}, true)
		}
	}
}

func (v *vocabulary) add(words []string, m meaning, thing bool) {
	at := v.phrases
	for _, word := range words {
		if m.tag != tagSKUPrefix { // Pat is also a person
			_, common := v.known[word]
			v.spell(word, thing && m.tag != tagPolite && !(common && len(words) > 1))
		}
		if at.next == nil {
			at.next = map[string]*phrases{}
		}
		if at.next[word] == nil {
			at.next[word] = &phrases{}
		}
		at = at.next[word]
	}
	at.means = append(at.means, m)
}

// spell makes a word known, and perhaps what a misspelling is corrected to.
func (v *vocabulary) spell(word string, target bool) {
	v.known[word] = v.known[word] || target
}

func plurals(word string) []string {
	switch {
	case strings.HasSuffix(word, "y") && len(word) > 1 && !strings.ContainsRune("aeiou", rune(word[len(word)-2])):
		return []string{word[:len(word)-1] + "ies"}
	case strings.HasSuffix(word, "s"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return []string{word + "es"}
	default:
		return []string{word + "s"}
	}
}

// longest is the longest phrase at the start of the terms, in terms, with its meanings.
// A hyphen without spaces counts as a space: "six-bay".
func (v *vocabulary) longest(terms []term) (int, []meaning) {
	at, length, means := v.phrases, 0, []meaning(nil)
	for i := range terms {
		if i > 0 && terms[i].norm == "-" && terms[i].tight {
			continue
		}
		if at = at.next[terms[i].norm]; at == nil {
			break
		}
		if at.means != nil {
			length, means = i+1, at.means
		}
	}
	return length, means
}

// correct is the one known word that the word is a misspelling of, or the word itself.
// Up to six letters there may be one mistake, from seven on two; a transposition is one. Of
// four letters, none may be wrong: one may be missing, or two change places.
func (v *vocabulary) correct(word string) string {
	if _, ok := v.known[word]; ok || len(word) < 4 || len(word) > 20 {
		return word
	}
	if singular, ok := strings.CutSuffix(word, "s"); ok && !strings.HasSuffix(singular, "s") {
		if _, known := v.known[singular]; known {
			return word // "results"
		}
	}
	swapped := word[1:2] + word[:1] + word[2:]
	if v.known[swapped] {
		return swapped
	}
	used := letters(word)
	best, mistakes, ties := word, 1, 0
	if len(word) >= 7 {
		mistakes = 2
	}
	for _, s := range v.spellings[word[0]] {
		candidate, allowed := s.word, mistakes
		if len(candidate) < 5 {
			allowed = 1
		}
		if bits.OnesCount32(used^s.letters) > 2*allowed {
			continue // an edit changes at most two letters of a set
		}
		d := distance(word, candidate, allowed)
		switch {
		case d > allowed, len(word) == 4 && !(len(candidate) == 5 || len(candidate) == 4 && sameLetters(word, candidate)):
		case d < mistakes || best == word || v.acts[candidate] && (!v.acts[best] || d == mistakes && len(candidate) > len(best)):
			best, mistakes, ties = candidate, d, 0
		case v.acts[best] && (!v.acts[candidate] || len(candidate) < len(best)):
		case !strings.HasPrefix(candidate, best) && !strings.HasPrefix(best, candidate):
			ties++
		}
	}
	if ties > 0 {
		return word
	}
	return best
}

// spelling is a word that a misspelling may be meant for, with the set of its letters,
// which tells most of the others apart without counting edits.
type spelling struct {
	word    string
	letters uint32
}

func letters(word string) uint32 {
	var set uint32
	for i := range len(word) {
		set |= 1 << (word[i] & 31)
	}
	return set
}

// sameLetters says whether two words of equal length hold the same letters, which at
// distance one makes them a transposition apart.
func sameLetters(a, b string) bool {
	sum := 0
	for i := range len(a) {
		sum += int(a[i]) - int(b[i])
	}
	return sum == 0
}

// distance is the number of edits between two words, a transposition of neighbours
// counting as one, or limit+1 where there are more than limit.
func distance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit {
		return limit + 1
	}
	const longest = 32
	if len(a) >= longest || len(b) >= longest {
		return limit + 1
	}
	var rows [3][longest]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
