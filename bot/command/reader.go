package command

import (
	"fmt"
	"slices"
	"strings"

	"radioquote/quoting"
)

// NewReader is a reader that knows a dealer's own words beside ours: a text of lines in
// the format of words.txt,
//
//	item charger_6bank: charge rack, gang box
//	industry hospitality: casino floor
//	alias radios: bricks
//	sku: acc
//	given: ximena
//
// with # before remarks. The error is of kind Invalid and names the line: one that is no
// such line, a tag that is not a dealer's to add to, a value that ours does not have, or a
// phrase that would hide an act or a refusal, or that means something else already.
func NewReader(extra string) (*Reader, error) {
	number := 0
	for line := range strings.Lines(extra) {
		number++
		if err := checkLine(strings.TrimSpace(line)); err != nil {
			return nil, quoting.Errorf(quoting.Invalid, "The vocabulary cannot be used: line %d: %s.", number, err)
		}
	}
	return &Reader{readVocabulary(wordsFile+"\n"+strings.ToLower(extra), actsFile, spanishActsFile)}, nil
}

// addable are the tags that a dealer may add to, and whether they stand with a value.
var addable = map[tag]bool{
	tagUser: true, tagIndustry: true, tagSuggestion: true, tagUnapproved: true, tagItem: true, tagTechnology: true, tagBand: true, tagFeature: true, tagAlias: true,
	tagSite: false, tagSafe: false, tagSKU: false, tagGiven: false, tagRole: false, tagPolite: false, tagCommon: false,
}

// longestPhrase is how many words a phrase has at most.
const longestPhrase = 5

func checkLine(line string) error {
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	key, list, ok := strings.Cut(strings.ToLower(line), ":")
	name, value, _ := strings.Cut(strings.TrimSpace(key), " ")
	valued, known := addable[tag(name)]
	switch {
	case !ok || !strings.HasPrefix(list, " "):
		return fmt.Errorf("it is not of the form \"tag value: phrase, phrase\"")
	case !known:
		return fmt.Errorf("there is no tag %q to add to", name)
	case valued != (value != ""):
		return fmt.Errorf("%s stands with a value: %t", name, valued)
	}
	if err := checkValue(tag(name), value); err != nil {
		return err
	}
	for phrase := range strings.SplitSeq(list, ",") {
		if err := checkPhrase(tag(name), value, strings.Fields(phrase)); err != nil {
			return err
		}
	}
	return nil
}

// checkValue says whether ours has the value as well. Features may be new.
func checkValue(t tag, value string) error {
	v := theVocabulary()
	switch {
	case t == tagFeature && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789_") == "", value == "":
		return nil
	case t == tagAlias:
		if _, known := v.known[value]; known {
			return nil
		}
	case t == tagUnapproved:
		for code := range strings.SplitSeq(value, "+") {
			if !v.values[meaning{tagIndustry, code}] {
				return fmt.Errorf("there is no industry %q", code)
			}
		}
		return nil
	case t == tagSuggestion:
		t = tagIndustry
	}
	if !v.values[meaning{t, value}] {
		return fmt.Errorf("there is no %s %q", t, value)
	}
	return nil
}

// checkPhrase says whether the words of a phrase may be given a meaning.
func checkPhrase(t tag, value string, words []string) error {
	phrase := strings.Join(words, " ")
	v := theVocabulary()
	switch {
	case len(words) == 0:
		return fmt.Errorf("a phrase is empty")
	case len(words) > longestPhrase:
		return fmt.Errorf("%q has more than %d words", phrase, longestPhrase)
	case t == tagAlias && len(words) > 1:
		return fmt.Errorf("%q is more than the one word that an alias is", phrase)
	}
	for _, word := range words {
		if v.acts[word] || t == tagAlias && v.known[word] {
			return fmt.Errorf("%q would hide what %q asks for", phrase, word)
		}
	}
	at := v.phrases
	for _, word := range words {
		if at = at.next[word]; at == nil {
			return nil
		}
	}
	if slices.ContainsFunc(at.means, func(m meaning) bool { return m.tag == t && m.value != value }) {
		return fmt.Errorf("%q is another %s already", phrase, t)
	}
	return nil
}
