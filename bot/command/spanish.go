package command

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed words.es.txt
var spanishFile string

//go:embed acts.es.txt
var spanishActsFile string

// spanish is the ISO 639-1 code of the one other language that is read.
const spanish = "es"

// translation is a word or a phrase in Spanish and the English word that it is read as.
type translation struct {
	words   []string
	english string
}

// translations are by their first word, the longest first.
var translations = sync.OnceValue(func() map[string][]translation {
	all := map[string][]translation{}
	for english, list := range entries(spanishFile) {
		for phrase := range strings.SplitSeq(list, ",") {
			words := strings.Fields(phrase)
			all[words[0]] = append(all[words[0]], translation{words, strings.ReplaceAll(english, "_", " ")})
		}
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b translation) int { return len(b.words) - len(a.words) })
	}
	return all
})

// translate puts English words for Spanish ones in a message that is mostly of those. The
// text of the tokens stays. Names, which have capitals, are left alone.
func (m *message) translate() {
	if !m.isSpanish() {
		return
	}
	list := m.tokens[:0:0]
	for i := 0; i < len(m.tokens); {
		t := m.tokens[i]
		used := 1
		switch {
		case t.kind == tagNumber && isUnclear(t.text):
			t.kind, t.means, t.foreign = tagWord, nil, true
		case t.kind == tagWord && !m.isProper(i):
			if found, ok := m.translation(i); ok {
				used = len(found.words)
				t.end = m.tokens[i+used-1].end
				t.text, t.norm, t.foreign = m.text[t.start:t.end], found.english, true
			}
		}
		list = append(list, t)
		i += used
	}
	m.tokens = list
}

// isProper says whether the token is written like a name's in the midst of a sentence.
func (m *message) isProper(i int) bool {
	return m.tokens[i].capital() && !m.begins(i) && !strings.Contains("¿¡", m.tokens[i-1].text) && strings.IndexFunc(m.text, unicode.IsLower) >= 0
}

// isUnclear says whether a number is one and a half to some and fifteen hundred to others:
// "1.500" and "1,500". Whoever writes Spanish may mean either.
func isUnclear(text string) bool {
	at := strings.IndexAny(text, ".,")
	return at > 0 && len(text)-at == 4 && at <= 3 && text[0] != '0'
}

// isSpanish says whether more of the words are Spanish alone than English alone.
func (m *message) isSpanish() bool {
	foreign, english := 0, 0
	for i := range m.tokens {
		t := &m.tokens[i]
		if t.kind != tagWord || m.isProper(i) {
			continue
		}
		_, known := m.words.known[t.norm]
		_, translated := m.translation(i)
		switch {
		case translated && !known:
			foreign++
		case known && !translated:
			english++
		}
	}
	return foreign > 0 && foreign >= english
}

// translation is the longest phrase that begins at the i-th token.
func (m *message) translation(i int) (translation, bool) {
	if m.tokens[i].norm == "sí" {
		return translation{[]string{"si"}, "yes"}, true // without its accent it is an if
	}
	for _, t := range translations()[plain(m.tokens[i].norm)] {
		if i+len(t.words) > len(m.tokens) {
			continue
		}
		same := true
		for j := 1; j < len(t.words) && same; j++ {
			same = plain(m.tokens[i+j].norm) == t.words[j]
		}
		if same {
			return t, true
		}
	}
	return translation{}, false
}

// plain is a word without its accents.
func plain(word string) string {
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return withoutAccents.Replace(word)
		}
	}
	return word
}

var withoutAccents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")

// language is that of the message, and empty for English.
func language(list []term) string {
	for i := range list {
		if list[i].foreign {
			return spanish
		}
	}
	return ""
}
