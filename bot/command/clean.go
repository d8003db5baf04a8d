package command

import (
	"html"
	"strings"
	"unicode"
)

// clean strips from a message what is not its text: HTML elements, Markdown, entities,
// control and invisible characters. Scripts, styles and quoted messages go with their
// content. Punctuation that people write stays, as do the characters of names.
func clean(text string) string {
	if strings.IndexFunc(text, odd) < 0 {
		return text
	}
	text = stripMarkup(text)
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		switch {
		case r == '\n', r == '\r':
			b.WriteByte('\n')
		case unicode.IsSpace(r), unicode.IsControl(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r):
			// Zero-width, bidirectional and soft-hyphen characters show nothing.
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// odd says whether a character may be markup, invisible, or a space that is not one.
func odd(r rune) bool {
	if r < 0x80 {
		return r < ' ' || r == 0x7f || strings.ContainsRune("<>&*`~[", r)
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// stripMarkup is one pass over the text and never looks for the end of an element that it
// already knows to be missing.
func stripMarkup(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	open := map[string]bool{} // elements whose end tag is known to be missing
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '<' && i+1 < len(text) && (isLetter(text[i+1]) || text[i+1] == '/' || text[i+1] == '!'):
			end := strings.IndexByte(text[i:], '>')
			if end < 0 {
				b.WriteString(text[i:])
				return html.UnescapeString(b.String())
			}
			name := elementName(text[i+1 : i+end])
			i += end + 1
			if (name == "script" || name == "style" || name == "blockquote") && !open[name] {
				after, ok := afterElement(text, i, name)
				open[name] = !ok
				i = after
			}
			if name == "br" || name == "p" || name == "div" || name == "li" || name == "tr" || name == "blockquote" {
				b.WriteByte('\n')
			}
		case strings.HasPrefix(text[i:], "~~"):
			i += len("~~")
		case c == '`', c == '*' && !isTimes(text, i):
			i++
		case c == '[':
			label, link, ok := markdownLink(text[i:])
			if !ok {
				label, link = "[", 1
			}
			b.WriteString(label)
			i += link
		case c == '>' && (i == 0 || text[i-1] == '\n'):
			// A quoted line is somebody else's message.
			if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(text)
			}
		default:
			b.WriteByte(c)
			i++
		}
	}
	return html.UnescapeString(b.String())
}

func elementName(inside string) string {
	end := 0
	for end < len(inside) && isLetter(inside[end]) {
		end++
	}
	if strings.HasPrefix(inside, "/") {
		return elementName(inside[1:])
	}
	return strings.ToLower(inside[:end])
}

// afterElement is where the text goes on after the element's end tag; without an end tag
// its content is taken for text, and ok is false.
func afterElement(text string, from int, name string) (after int, ok bool) {
	lower := strings.ToLower(text[from:])
	if len(lower) != len(text)-from {
		return from, false // letters that change their length: not worth a guess
	}
	if end := strings.Index(lower, "</"+name); end >= 0 {
		if closed := strings.IndexByte(lower[end:], '>'); closed >= 0 {
			return from + end + closed + 1, true
		}
	}
	return from, false
}

// isTimes says whether the star at i stands for a multiplication, "25*2" or "25 * 2", and
// not for emphasis.
func isTimes(text string, i int) bool {
	digit := func(j int) bool { return j >= 0 && j < len(text) && text[j] >= '0' && text[j] <= '9' }
	space := func(j int) bool { return j >= 0 && j < len(text) && text[j] == ' ' }
	return digit(i-1) && digit(i+1) || space(i-1) && space(i+1)
}

// markdownLink is the label of a link "[label](address)" at the start of the text, and the
// length of the link.
func markdownLink(text string) (string, int, bool) {
	const longest = 500
	text = text[:min(len(text), longest)]
	label, rest, ok := strings.Cut(text[1:], "](")
	if !ok {
		return "", 0, false
	}
	address, _, ok := strings.Cut(rest, ")")
	return label, len("[](") + len(label) + len(address) + len(")"), ok
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
