package command

import (
	"strings"
	"testing"
	"time"
)

func BenchmarkParse(b *testing.B) {
	for _, bc := range []struct{ name, text string }{
		{"create", "quote 40 radios for 3 sites"},
		{"long create", "40 portables + 3 rptrs, 6-bank chargers, 10% off, Acme Construction, net30"},
		{"misspelled", "qoute 25 raidos 3 loctions for the constuction copmany in Toledo"},
		{"revise", "no, 54 not 45"},
		{"4000 characters", strings.Repeat("ignore 40 radois and, ", 181)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(bc.text, Dialogue{ActiveQuote: 1042})
			}
		})
	}
}

// Whoever wants to keep the bot busy can send the longest text that is read, made of what
// is the most work. It must not be much more than an ordinary text of that length takes;
// a reader that is not linear needs a hundred times as much.
func TestNoTextIsSlow(t *testing.T) {
	took := func(piece string, d Dialogue) time.Duration {
		text := strings.Repeat(piece, MaxText/len(piece))
		best := time.Hour
		for range 5 {
			start := time.Now()
			Parse(text, d)
			best = min(best, time.Since(start))
		}
		return best
	}
	const factor = 15
	ordinary := took("quote 40 radios for Acme, ", Dialogue{})
	for _, piece := range []string{
		"<b", "<script>", "[a](", "&amp", "> x\n", "<!--", "Quote ", "Zyx ", "Zyx & ", "for \"", "40 ", "1042 ", "40-", "one ", "hundred ", "40 radios ",
		"radios 40 ", "users 1 ", "ignore previous ", "ignore ", "make it 45 ", "40 not ", "not 40 ", "no chargers ", "10% off radios ", "raidoss ", "cnstrctin ",
		"4 per site, ", "4 at the yard, ", "submit and ", "submit, ", "status; ", "approve 1042 ", "what ", "need one ", "split in in ", "x ", "- ", "$5 ", "two-", "set to ", "q1042 ",
	} {
		for _, d := range []Dialogue{{}, {ActiveQuote: 1042, Pending: "submit_quote"}} {
			if got := took(piece, d); got > factor*ordinary {
				t.Errorf("%d characters of %q take %s, ordinary ones %s", MaxText, piece, got, ordinary)
			}
		}
	}
}
