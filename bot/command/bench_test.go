package command

import (
	"strings"
	"testing"
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
