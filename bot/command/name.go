package command

import (
	"slices"
	"strings"
	"unicode"
)

// Words that announce a name, and words whose subject is one.
var (
	labels   = []string{"for", "customer", "client", "account", "company", "to"}
	subjects = []string{"could", "needs", "need", "wants", "want", "requires", "require", "is", "has", "would", "wanted", "requested"}
	suffixes = []string{"inc", "llc", "ltd", "co", "corp", "corporation", "gmbh", "lp", "llp", "pllc", "plc"}
	joiners  = []string{"&", "and", "of", "the", "de", "la", "del", "von", "y", "at", "+", "'s"}
)

// longestName is how many tokens a name has at most.
const longestName = 16

// name is how many tokens from the i-th on are the name of a customer, a person or a
// place, and where its text begins and ends; 0 if none is. Capitals tell a name, or the
// word before it does: "for acme construction". A row of words that is one phrase of the
// vocabulary is no name, and neither is what a message merely begins with.
func (m *message) name(i int) (used, start, end int) {
	t := &m.tokens[i]
	labelled := i > 0 && slices.Contains(labels, m.tokens[i-1].norm) || i > 1 && (m.tokens[i-1].norm == ":" || m.tokens[i-1].norm == "is") && slices.Contains(labels[1:5], m.tokens[i-2].norm)
	if labelled && (t.norm == `"` || t.norm == "“") {
		return m.quotedName(i)
	}
	n := 0
	subject := i == 0 && t.kind == tagNumber && len(m.tokens) > 2 && m.capital(1) && m.unknown(1) && slices.Contains(subjects, m.tokens[1+m.capitalRun(1)%len(m.tokens)].norm)
	if (labelled || i == 0) && t.kind == tagNumber && i+3 < len(m.tokens) && m.tokens[i+1].norm == "/" && m.tokens[i+2].kind == tagNumber && m.capital(i+3) && m.unknown(i+3) {
		n = 3 + m.capitalRun(i+3)
		return n, t.start, m.tokens[i+n-1].end // "20/20 Optical"
	}
	if labelled && t.kind == tagNumber && t.number.digits > 0 && i+2 < len(m.tokens) && m.capital(i+1) && m.capitalRun(i+1) > 1 && !m.counted(i+1) && m.tokens[i-1].norm == "for" {
		n = 1 + m.capitalRun(i+1)
		if m.isName(i+1, n-1, true) && !m.counted(i+n) {
			return n, t.start, m.tokens[i+n-1].end // "for 24 Hour Fitness"
		}
	}
	if (labelled || subject) && t.kind == tagNumber && i+1 < len(m.tokens) && m.capital(i+1) && m.unknown(i+1) {
		if n = 1 + m.capitalRun(i+1); m.counted(i + n) {
			return 0, 0, 0
		}
		return n, t.start, m.tokens[i+n-1].end // "for 84 Lumber"
	}
	if m.capital(i) {
		n = m.capitalRun(i)
	} else if labelled && (m.tokens[i-1].norm != "to" || i > 1 && slices.Contains(labels[1:5], m.tokens[i-2].norm)) {
		n = m.plainRun(i)
	}
	if n == 0 {
		return 0, 0, 0
	}
	if !m.isName(i, n, labelled) {
		return 0, 0, 0
	}
	if j := i + n; labelled && j < len(m.tokens) && m.tokens[j].kind == tagNumber && (j+1 == len(m.tokens) || m.separates(j+1)) && m.tokens[j].number.digits > 0 {
		n++ // "for Studio 54"
	}
	n += m.oddTail(i + n)
	end = m.tokens[i+n-1].end
	return n, t.start, end
}

func (m *message) quotedName(i int) (used, start, end int) {
	for j := i + 1; j < len(m.tokens) && j <= i+longestName; j++ {
		if norm := m.tokens[j].norm; (norm == `"` || norm == "”") && j > i+1 {
			if m.isSentence(i+1, j) {
				return 0, 0, 0
			}
			return j - i + 1, m.tokens[i+1].start, m.tokens[j-1].end
		}
	}
	return 0, 0, 0
}

// isSentence says whether what is quoted is no name but what somebody wants: it has a
// number of something.
func (m *message) isSentence(from, to int) bool {
	for i := from; i+1 < to; i++ {
		if m.tokens[i].kind == tagNumber && m.counted(i+1) {
			return true
		}
	}
	return false
}

// capital says whether the i-th token is a word written like a name's.
func (m *message) capital(i int) bool {
	t := &m.tokens[i]
	if m.shouted || t.kind != tagWord || slices.Contains(labels, t.norm) || slices.Contains(places[:3], t.norm) || t.text == "I" || strings.HasPrefix(t.text, "I'") || strings.HasPrefix(t.text, "I’") {
		return false
	}
	return t.capital() || t.text[0] >= '0' && t.text[0] <= '9' && strings.IndexFunc(t.text, unicode.IsUpper) > 0
}

// capitalRun is the length of a row of capitalised words, with what joins them: "Smith &
// Sons of Ohio, Inc."
func (m *message) capitalRun(i int) int {
	n := 1
	for i+n < len(m.tokens) && n < longestName {
		t := &m.tokens[i+n]
		switch {
		case m.capital(i + n):
			if t.text == strings.ToUpper(t.text) && m.isDesign(i+n) {
				return n // "Acme UHF radios"
			}
			n++
		case (slices.Contains(joiners, t.norm) || t.norm == "-" && t.tight) && i+n+1 < len(m.tokens) && m.capital(i+n+1) && !m.isDesign(i+n+1):
			n += 2
		case (t.norm == `"` || t.norm == "“") && i+n+1 < len(m.tokens) && m.capital(i+n+1):
			close := n + 1 + m.capitalRun(i+n+1)
			if i+close >= len(m.tokens) || m.tokens[i+close].norm != `"` && m.tokens[i+close].norm != "”" {
				return n
			}
			n = close + 1
		case t.kind == tagNumber && t.number.digits > 0 && t.number.digits < 4 && !m.titled && i+n+1 < len(m.tokens) && m.capital(i+n+1) && !m.counted(i+n+1) && !m.isDesign(i+n+1):
			n += 2 // "Route 66 Towing"
		case t.norm == "-" && t.tight && m.tokens[i+n-1].norm == "co" && i+n+1 < len(m.tokens) && m.tokens[i+n+1].norm == "op":
			n += 2
		case t.norm == "," && i+n+1 < len(m.tokens) && slices.Contains(suffixes, m.tokens[i+n+1].norm):
			n += 2
		case t.norm == "." && t.tight && m.abbreviated(i+n-1):
			n++
		default:
			return n
		}
	}
	return n
}

func (m *message) abbreviated(i int) bool {
	norm := m.tokens[i].norm
	return slices.Contains(suffixes, norm) || len(norm) == 1 || norm == "st" || norm == "mr" || norm == "dr" || norm == "bros" || norm == "constr"
}

// isDesign says whether the token is a word of the design, such as UHF, PoC or IS.
func (m *message) isDesign(i int) bool {
	_, means := m.words.longest(m.tokens[i : i+1])
	t := term{means: means}
	return t.is(tagTechnology) || t.is(tagBand) || t.is(tagFeature) || t.is(tagUser) && m.tokens[i].text == strings.ToUpper(m.tokens[i].text) || m.tokens[i].text == "IS"
}

// plainRun is the length of a name in small letters behind a label: it begins with a word
// that nobody knows and takes the words of trades and places that follow.
func (m *message) plainRun(i int) int {
	if m.tokens[i].kind != tagWord || !m.unknown(i) {
		return 0
	}
	n := 1
	for i+n < len(m.tokens) && n < longestName {
		t := &m.tokens[i+n]
		if t.norm == "&" && i+n+1 < len(m.tokens) && m.tokens[i+n+1].kind == tagWord {
			n += 2
			continue
		}
		_, means := m.words.longest(m.tokens[i+n : i+n+1])
		trade := term{means: means}
		if t.kind != tagWord || !m.unknown(i+n) && !trade.is(tagIndustry) && !slices.Contains(suffixes, t.norm) {
			return n
		}
		n++
	}
	return n
}

// unknown says whether the vocabulary has never heard of the token's word.
func (m *message) unknown(i int) bool {
	if _, known := m.words.known[m.tokens[i].norm]; known {
		return false
	}
	return !slices.Contains(suffixes, m.tokens[i].norm)
}

// isName judges the n words from the i-th on.
func (m *message) isName(i, n int, labelled bool) bool {
	strange, words, plain := false, 0, false
	for j := i; j < i+n; j++ {
		if m.tokens[j].kind != tagWord || !m.capital(j) && !m.unknown(j) {
			continue
		}
		words++
		strange = strange || m.unknown(j)
		_, means := m.words.longest(m.tokens[j : j+1])
		t := term{means: means}
		plain = plain || t.is(tagUser) || t.is(tagItem) || t.is(tagTechnology) || t.is(tagBand) || t.is(tagFiller) || t.is(tagOld) || t.is(tagRental) || t.is(tagPolite)
	}
	begins := m.begins(i)
	subject := i+n < len(m.tokens) && slices.Contains(subjects, m.tokens[i+n].norm)
	if begins && !m.unknown(i) && !(subject && words > 1 && !plain) {
		return false // "Quote Acme", "Hi Bob"
	}
	if strange {
		return true
	}
	if covered, means := m.words.longest(m.tokens[i:]); covered >= n && means != nil {
		return false // "Public Works"
	}
	alone := (begins || i > 0 && m.separates(i-1)) && (i+n == len(m.tokens) || m.separates(i+n))
	of := i > 0 && m.tokens[i-1].norm == "of"
	return words > 1 && !plain && !m.titled && (labelled || subject || alone || of)
}

// counted says whether the i-th token is a noun that numbers count.
func (m *message) counted(i int) bool {
	if i >= len(m.tokens) {
		return false
	}
	_, means := m.words.longest(m.tokens[i : i+1])
	t := term{means: means}
	return t.is(tagUser) || t.is(tagSite) || t.is(tagItem)
}

// begins says whether a sentence starts at the i-th token.
func (m *message) begins(i int) bool {
	return i == 0 || strings.Contains(".!?;:\n", m.tokens[i-1].norm)
}

func (m *message) separates(i int) bool {
	return m.tokens[i].kind == tagMark && m.tokens[i].norm != "&" && m.tokens[i].norm != "'"
}

// oddTail is how many more tokens belong to a name that goes on with what no message says,
// such as "; DROP TABLE quotes" or "'); --": all of them. It is data like the rest.
func (m *message) oddTail(i int) int {
	loud := func(j int) bool {
		if j >= len(m.tokens) {
			return false
		}
		t := &m.tokens[j]
		return t.kind == tagMark && t.norm != "," && t.norm != "." && t.norm != "\n" || t.kind == tagWord && len(t.text) > 1 && t.text == strings.ToUpper(t.text)
	}
	if i < len(m.tokens) && !m.shouted && m.tokens[i].tight && strings.Contains(`;'")=<>-`, m.tokens[i].norm) && loud(i+1) && loud(i+2) {
		return len(m.tokens) - i
	}
	return 0
}
