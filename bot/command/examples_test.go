package command_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/command"
	"radioquote/quoting"
)

// TestWhatIsSuggestedInSpanishIsRead holds that what help, hints and refusals suggest to type
// means the same in both languages.
func TestWhatIsSuggestedInSpanishIsRead(t *testing.T) {
	t.Parallel()
	d := quoting.Dialogue{Active: 1001}
	for _, english := range []string{
		"quote 40 radios for 3 sites", "quote 25 radios, 1 site, hotel, for Acme Construction", "status", "make it 45", "10% off", "submit", "undo",
		"remove the discount", "what needs my approval", "approve Q-1042", "cancel Q-1042", "show Q-1042",
	} {
		spanish := quoting.SpanishAmerica.Retell(english)
		want, got := command.Parse(english, d), command.Parse(spanish, d)
		if got.Slots.Language != "es" || spanish == english {
			t.Errorf("%q is said as %q, which is read in %q", english, spanish, got.Slots.Language)
		}
		want.Text, want.Slots.Language, want.Confidence, want.Unread = got.Text, got.Slots.Language, got.Confidence, got.Unread
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-English +Spanish):\n%s", spanish, diff)
		}
	}
}

// TestWhatTheBotSaysToTypeIsUnderstood holds that the examples and the words in quotes of help
// and of what is not understood are read as what they promise.
func TestWhatTheBotSaysToTypeIsUnderstood(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]quoting.Intent{
		"why": quoting.ExplainQuote, "why Q-1001": quoting.ExplainQuote, "what changed": quoting.CompareVersions, "why 3 repeaters?": quoting.ExplainQuote,
		"compare v1 and v2": quoting.CompareVersions, "what needs my approval": quoting.ListApprovals, "I'm out till Monday": quoting.OutOfOffice,
		"who can what": quoting.WhoCan, "make Finn finance": quoting.GrantRole, "add 2 repeaters": quoting.ReviseQuote, "10% off radios only": quoting.ReviseQuote,
		"net 45": quoting.ReviseQuote, "undo": quoting.ReviseQuote, "price of SUM-P20U qty 50": quoting.PriceLookup, "six-bank chargers in stock": quoting.StockCheck,
		"extend Q-1001 by 30 days": quoting.ExtendValidity, "ask Eve what she thinks of Q-1001": quoting.Consult, "list my quotes": quoting.SearchQuotes,
		"approval time this month": quoting.ReportMetrics, "how many quotes this month": quoting.ReportMetrics,
	} {
		if got := command.Parse(says, quoting.Dialogue{Active: 1001}); got.Intent != want {
			t.Errorf("%q is %s, want %s", says, got.Intent, want)
		}
	}
}
