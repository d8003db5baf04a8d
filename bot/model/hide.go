package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"radioquote/bot/command"
	"radioquote/quoting"
)

// hidden is a message as the model gets it, and what its placeholders stand for.
type hidden struct {
	text string
	back map[string]string // by placeholder
}

var (
	emails = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN.-]+`)
	phones = regexp.MustCompile(`\+\d[\d\s().-]{6,16}\d|\(?\b\d{3}\)?[\s.-]?\d{3}[\s.-]\d{4}\b|\b\d{3}[.-]\d{4}\b|\b1?\d{10}\b`)
	quoted = regexp.MustCompile(`"([^"\n]{2,80})"|“([^”\n]{2,80})”|«([^»\n]{2,80})»`)
	// A word with its inner apostrophes, points, hyphens and ampersands.
	capitalised = regexp.MustCompile(`[\pL\pN][\pL\pN_]*(?:['’.&-][\pL\pN_]+)*`)
)

// span is a part of a message that the model does not get to see.
type span struct {
	start, end int
	kind       string
}

// hide replaces what may be somebody's name, address or phone. It would rather hide a word
// too much: what the grammar took for a name, what stands in quotation marks, every run of
// words with a capital that the vocabulary does not know through and through, and each of
// these words wherever else it stands, in whatever case.
func hide(by *command.Reader, text string, first quoting.Command) hidden {
	var spans []span
	add := func(kind string, found [][]int) {
		for _, f := range found {
			spans = append(spans, span{f[0], f[1], kind})
		}
	}
	add("EMAIL", emails.FindAllStringIndex(text, -1))
	add("PHONE", phones.FindAllStringIndex(text, -1))
	add("CUSTOMER", quoted.FindAllStringIndex(text, -1))
	add("CUSTOMER", capitalRuns(by, text))
	s := first.Slots
	people := []string{s.Contact, s.Rep, s.Approver, s.DelegateTo, s.EscalateTo}
	names := slices.Concat(by.StatedIn(text).Names, []string{s.Customer, s.Location, s.ShipTo, s.RefText})
	for _, split := range s.SiteSplit {
		names = append(names, split.Site)
	}
	for _, person := range people {
		if person != "me" && person != "others" && person != "manager" {
			add("PERSON", occurrences(text, person))
		}
	}
	for _, name := range names {
		add("CUSTOMER", occurrences(text, name))
	}
	for _, word := range ownWords(by, text, spans) {
		add("CUSTOMER", occurrences(text, word))
	}
	return replace(text, spans)
}

// capitalRuns are the runs of words with a capital of which the vocabulary does not know
// one. What it knows all of is no name: "Quote 40 UHF radios".
func capitalRuns(by *command.Reader, text string) [][]int {
	words := capitalised.FindAllStringIndex(text, -1)
	var runs [][]int
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && isCapital(text[words[j][0]:]) && (j == i || strings.Trim(text[words[j-1][1]:words[j][0]], " &,'’-") == "") {
			j++
		}
		if j == i {
			i++
			continue
		}
		if run := []int{words[i][0], words[j-1][1]}; strange(by, text[run[0]:run[1]]) {
			runs = append(runs, run)
		}
		i = j
	}
	return runs
}

func isCapital(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// strange says whether a word of the text is neither the vocabulary's nor a quote's or a
// catalogue's number.
func strange(by *command.Reader, text string) bool {
	stated := by.StatedIn(strings.ToLower(text))
	return len(stated.Unknown) > 0 || len(stated.Names) > 0
}

// ownWords are the words of the spans that are nobody's but theirs.
func ownWords(by *command.Reader, text string, spans []span) []string {
	var words []string
	for _, s := range spans {
		for _, w := range capitalised.FindAllString(text[s.start:s.end], -1) {
			if utf8.RuneCountInString(w) > 2 && strange(by, w) && !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}

// occurrences are where a name stands in the text as whole words, in whatever case.
func occurrences(text, name string) [][]int {
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	// The case of some letters has another length; then the name is looked for as it is.
	in, of := strings.ToLower(text), strings.ToLower(name)
	if len(in) != len(text) || len(of) != len(name) {
		in, of = text, name
	}
	var found [][]int
	for from := 0; ; {
		at := strings.Index(in[from:], of)
		if at < 0 {
			return found
		}
		start, end := from+at, from+at+len(of)
		before, _ := utf8.DecodeLastRuneInString(in[:start])
		after, _ := utf8.DecodeRuneInString(in[end:])
		if !isWord(before) && !isWord(after) {
			found = append(found, []int{start, end})
		}
		from = end
	}
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// replace puts a placeholder for each span, the same for the same text. Spans that overlap
// are one.
func replace(text string, spans []span) hidden {
	slices.SortFunc(spans, func(a, b span) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	h := hidden{back: map[string]string{}}
	given := map[string]string{}
	count := map[string]int{}
	var b strings.Builder
	from := 0
	for i := 0; i < len(spans); {
		s := spans[i]
		for i++; i < len(spans) && spans[i].start < s.end; i++ {
			s.end = max(s.end, spans[i].end)
		}
		original := text[s.start:s.end]
		placeholder := given[strings.ToLower(original)]
		if placeholder == "" {
			count[s.kind]++
			placeholder = fmt.Sprintf("%s_%d", s.kind, count[s.kind])
			given[strings.ToLower(original)] = placeholder
			h.back[placeholder] = strings.Trim(original, `"“”«» `)
		}
		b.WriteString(text[from:s.start])
		b.WriteString(placeholder)
		from = s.end
	}
	b.WriteString(text[from:])
	h.text = b.String()
	return h
}

var placeholders = regexp.MustCompile(`\b(?:CUSTOMER|PERSON|EMAIL|PHONE)_\d+\b`)

// show puts back what the placeholders of an answer stand for.
func (h hidden) show(text string) string {
	return placeholders.ReplaceAllStringFunc(text, func(p string) string {
		if original, ok := h.back[p]; ok {
			return original
		}
		return p
	})
}
