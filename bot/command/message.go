package command

import (
	"slices"
	"strings"
	"unicode"

	"github.com/govalues/decimal"
)

// message is a chat message on its way from text to terms.
type message struct {
	words   *vocabulary
	text    string // cleaned
	tokens  []term
	shouted bool // no small letters: capitals tell nothing
	titled  bool // every word has a capital, the same
}

// terms reads a cleaned text.
func (v *vocabulary) terms(text string) []term {
	m := &message{words: v, text: text}
	m.tokens = tokens(text, m.words)
	m.quotations()
	m.translate()
	m.look()
	m.spell()
	list := make([]term, 0, len(m.tokens))
	for i := 0; i < len(m.tokens); {
		t, used := m.term(i)
		if t.kind == tagWord || t.kind == tagName {
			m.know(&t)
		}
		list = append(list, t)
		i += used
	}
	return corrections(ranges(list, text))
}

// know says whether the word is known, and whether it is a given name.
func (m *message) know(t *term) {
	_, known := m.words.known[t.norm]
	t.unheard = !known
	owner, _, _ := cutPossessive(t.text)
	first, _, _ := strings.Cut(owner, " ")
	t.given = m.words.given[strings.ToLower(first)]
}

// quotations marks what stands between quotation marks: somebody else's words.
func (m *message) quotations() {
	for i := range m.tokens {
		if norm := m.tokens[i].norm; norm != `"` && norm != "“" {
			continue
		}
		for j := i + 1; j < len(m.tokens); j++ {
			if norm := m.tokens[j].norm; norm == `"` || norm == "”" {
				for k := i + 1; k < j; k++ {
					m.tokens[k].quoted = true
				}
				break
			}
		}
		return // what follows may be anything
	}
}

// look finds out whether capitals mean anything in this message.
func (m *message) look() {
	small, words := 0, 0
	letters := false
	for i := range m.tokens {
		t := &m.tokens[i]
		if t.kind != tagWord {
			continue
		}
		words++
		if !t.capital() {
			small++
		}
		letters = letters || strings.IndexFunc(t.text, unicode.IsLower) >= 0
	}
	m.shouted = !letters && words > 1
	m.titled = small == 0 && words > 1
}

// spell corrects misspelled words. A word with a capital may be a name, which keeps its
// letters, unless a sentence starts with it.
func (m *message) spell() {
	for i := range m.tokens {
		t := &m.tokens[i]
		if t.norm == "well" && len(t.text) > len(t.norm) {
			t.norm = "will" // we'll
		}
		if t.kind != tagWord || t.foreign || !m.shouted && t.capital() && i > 0 {
			continue
		}
		if word, ok := m.words.aliases[t.norm]; ok && !(i > 0 && t.tight && m.tokens[i-1].kind == tagNumber && len(t.norm) == 1) {
			t.norm = word
			continue
		}
		t.norm = m.words.correct(unstretched(t.norm, m.words))
	}
}

// unstretched is "no" of "nooo" and "yes" of "yessss".
func unstretched(word string, v *vocabulary) string {
	const longest = 20
	for i := 0; i+2 < len(word) && len(word) <= longest; i++ {
		if word[i] != word[i+1] || word[i] != word[i+2] {
			continue
		}
		j := i + 3
		for j < len(word) && word[j] == word[i] {
			j++
		}
		for _, shorter := range []string{word[:i+1] + word[j:], word[:i+2] + word[j:]} {
			if _, ok := v.known[shorter]; ok {
				return shorter
			}
		}
	}
	return word
}

// term is the term that begins at the i-th token, and how many tokens it takes.
func (m *message) term(i int) (term, int) {
	t := m.tokens[i]
	rest := m.tokens[i:]
	switch {
	case t.kind == tagQuote, t.kind == tagSKU, t.kind == tagEmail, t.kind == tagPayment, t.kind == tagSymbol:
		return t, 1
	case t.text == "86" && len(rest) > 1 && slices.Contains([]string{"the", "that", "those", "all", "these", "them"}, rest[1].norm):
		t.kind, t.means = tagWord, []meaning{{tagVerb, removing}} // a kitchen's word for "take it off"
		return t, 1
	case t.norm == "net" && len(rest) > 1 && rest[1].kind == tagNumber && rest[1].number.digits > 0:
		return m.join(i, 2, tagPayment, "NET"+rest[1].text), 2
	case t.norm == "net" && len(rest) > 1:
		if n, used := number(rest[1:]); used > 0 && n.amount.IsInt() {
			return m.join(i, 1+used, tagPayment, "NET"+n.amount.String()), 1 + used // "net forty five"
		}
	case t.norm == "$" && len(rest) > 1:
		if n, used := number(rest[1:]); used > 0 {
			return m.amount(n, i, used+1, tagMoney), used + 1
		}
	}
	if used, start, end := m.name(i); used > 0 {
		t = m.join(i, used, tagName, "")
		t.text = m.text[start:end]
		t.norm = normal(t.text)
		return t, used
	}
	length, means := m.words.longest(rest)
	if length < 2 && !(t.norm == "one" && m.isPronoun(i)) && !(t.norm == "single" && !m.isSite(i+1)) {
		if n, used := number(rest); used > 0 {
			return m.measured(n, i, used)
		}
	}
	if length > 1 {
		t = m.join(i, length, tagWord, "")
	}
	t.means = means
	if t.norm == "mine" && m.isOwn(i) {
		t.means = []meaning{{tagLink, ""}}
	}
	if t.text == "IS" && (!m.shouted || len(rest) > 1 && m.isDesign(i+1)) {
		t.means = []meaning{{tagSafe, ""}}
	}
	return t, max(length, 1)
}

// isOwn says whether the "mine" at i is the speaker's and no pit: "mine only".
func (m *message) isOwn(i int) bool {
	if i == 0 || i+1 < len(m.tokens) && m.tokens[i+1].norm != "only" && m.tokens[i+1].kind != tagMark && m.tokens[i+1].norm != "please" {
		return false
	}
	before := &m.tokens[i-1]
	return before.kind == tagMark && i+1 < len(m.tokens) && m.tokens[i+1].norm == "only" || slices.Contains([]string{"of", "are", "is", "just", "only", "not", "like"}, before.norm)
}

// isSite says whether the i-th token is a word for a place that is counted.
func (m *message) isSite(i int) bool {
	if i >= len(m.tokens) {
		return false
	}
	_, means := m.words.longest(m.tokens[i : i+1])
	return (&term{means: means}).is(tagSite)
}

// isPronoun says whether the "one" at i stands for what was said before: "this one".
func (m *message) isPronoun(i int) bool {
	if i == 0 || i+1 < len(m.tokens) && m.counted(i+1) {
		return false
	}
	switch m.tokens[i-1].norm {
	case "this", "that", "which", "last", "latest", "previous", "first", "second", "other", "cheaper", "old", "new", "same", "wrong", "right", "big", "biggest":
		return true
	}
	return false
}

// measured looks at what follows a number: a per cent sign, a currency.
func (m *message) measured(n term, i, used int) (term, int) {
	if next := i + used; next < len(m.tokens) {
		switch m.tokens[next].norm {
		case "%", "percent", "pct", "points", "pts", "percentage":
			return m.amount(n, i, used+1, tagPercent), used + 1
		case "dollars", "dollar", "bucks", "usd":
			return m.amount(n, i, used+1, tagMoney), used + 1
		}
	}
	return m.amount(n, i, used, tagNumber), used
}

func (m *message) amount(n term, i, used int, kind tag) term {
	t := m.join(i, used, kind, "")
	t.amount, t.number = n.amount, n.number
	if used == 1 {
		t.means = n.means
	}
	return t
}

// join makes one term of several tokens.
func (m *message) join(i, n int, kind tag, norm string) term {
	t := m.tokens[i]
	t.end = m.tokens[i+n-1].end
	t.text = m.text[t.start:t.end]
	t.kind = kind
	if norm == "" && n > 1 {
		var b strings.Builder
		for j := i; j < i+n; j++ {
			if m.tokens[j].norm == "-" && m.tokens[j].tight {
				continue
			}
			if j > i {
				b.WriteByte(' ')
			}
			b.WriteString(m.tokens[j].norm)
		}
		norm = b.String()
	}
	if norm != "" {
		t.norm = norm
	}
	return t
}

// ranges joins "30-40", "30 to 40 radios", "30 or 40 radios" and "between 30 and 40" into
// one term. A slash makes a date or a fraction of two numbers, a colon a time, which count nothing.
func ranges(list []term, text string) []term {
	out := list[:0]
	for i := 0; i < len(list); i++ {
		t := list[i]
		if i+2 >= len(list) || t.kind != tagNumber || list[i+2].kind != tagNumber {
			out = append(out, t)
			continue
		}
		mark, high := &list[i+1], &list[i+2]
		tight := mark.tight && high.tight
		counts := i+3 < len(list) && (list[i+3].is(tagUser) || list[i+3].is(tagItem) || list[i+3].is(tagSite))
		before := ""
		if i > 0 {
			before = list[i-1].norm
		}
		switch {
		case mark.norm == "/" && tight, mark.norm == ":" && tight && len(high.text) == 2 && t.number.digits <= 2:
			t.kind = tagMark
		case t.amount.Cmp(high.amount) >= 0 || t.amount.Sign() < 0:
			out = append(out, t)
			continue
		case mark.norm == "-" && (tight || counts), mark.norm == "to" && counts && before != "from", mark.norm == "and" && before == "between":
			t.kind, t.high = tagRange, high.amount
		case mark.norm == "or" && counts:
			t.kind, t.high, t.number.either = tagRange, high.amount, true
		default:
			out = append(out, t)
			continue
		}
		t.end = high.end
		t.text = text[t.start:t.end]
		t.number = numeral{huge: t.number.huge || high.number.huge, either: t.number.either}
		out = append(out, t)
		i += 2
	}
	return out
}

// whole is the amount as an int, and whether it is one that fits.
func whole(d decimal.Decimal) (int, bool) {
	n, _, ok := d.Int64(0)
	const most = 1 << 53
	return int(n), ok && d.IsInt() && n < most && n > -most
}
