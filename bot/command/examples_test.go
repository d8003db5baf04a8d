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
