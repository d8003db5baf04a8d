package cards

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The most of one text that a card shows, in bytes of its JSON.
const (
	maxRun     = 240
	maxTitle   = 80   // of a button or a choice
	maxNotice  = 1600 // of a notice's text, or of a reason
	maxSummary = 200
)

// plain is text as one line that says nothing but itself: line breaks, control characters
// and spaces in a row are one space, characters that turn the direction of what follows
// are gone, and two braces in a row, with which a client's {{TIME()}} begins, are kept
// apart by an invisible word joiner. Text that would take more than most bytes of JSON
// ends in "…".
func plain(text string, most int) string {
	var line strings.Builder
	var last rune
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if last == ' ' {
				continue
			}
			r = ' '
		case unicode.Is(unicode.Bidi_Control, r):
			continue
		case r == '{' && last == '{':
			line.WriteRune('\u2060')
		case r == '"' || r == '\\':
			most-- // JSON writes two bytes
		}
		if line.Len()+utf8.RuneLen(r) > most {
			return line.String() + "…"
		}
		line.WriteRune(r)
		last = r
	}
	return line.String()
}

// clock and day are a time and a date that the client writes in the reader's zone and
// language; they work in a TextBlock.
func clock(t time.Time) string { return "{{TIME(" + t.UTC().Format(time.RFC3339) + ")}}" }
func day(t time.Time) string   { return "{{DATE(" + t.UTC().Format(time.RFC3339) + ",SHORT)}}" }
