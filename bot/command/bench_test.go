package command

import (
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
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
				Parse(bc.text, quoting.Dialogue{Active: 1042})
			}
		})
	}
}

// BenchmarkParseCorpus reads the labelled messages, one after the other, and reports the
// median and the slowest of them beside the mean.
func BenchmarkParseCorpus(b *testing.B) {
	list := utterances(b)
	took := make([]time.Duration, len(list))
	for b.Loop() {
		for i, u := range list {
			begun := time.Now()
			Parse(u.Text, u.Context)
			if d := time.Since(begun); took[i] == 0 || d < took[i] {
				took[i] = d
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/message")
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "median-ns")
	b.ReportMetric(float64(took[len(took)-1].Nanoseconds()), "slowest-ns")
}

// BenchmarkParseWorst reads the longest text that is read, made of what is the most work:
// whoever wants to keep the bot busy can send it. None of them may take much longer than
// an ordinary text of that length; a reader that is not linear takes a hundred times as
// long.
func BenchmarkParseWorst(b *testing.B) {
	for _, piece := range []string{
		"quote 40 radios for Acme, ", "<b", "<script>", "[a](", "&amp", "> x\n", "<!--", "Quote ", "Zyx & ", "for \"", "40 ", "1042 ", "40-", "one ", "hundred ",
		"40 radios ", "ignore previous ", "make it 45 ", "no chargers ", "raidoss ", "4 per site, ", "submit and ", "approve 1042 ", "two-", "set to ", "q1042 ",
	} {
		b.Run(strings.TrimSpace(piece), func(b *testing.B) {
			text := strings.Repeat(piece, MaxText/len(piece))
			for b.Loop() {
				Parse(text, quoting.Dialogue{Active: 1042, Pending: "submit_quote"})
			}
		})
	}
}
