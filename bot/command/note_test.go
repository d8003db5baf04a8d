package command

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

func TestConfidence(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		sure       bool
		unread     []string
	}{
		{"all is understood", "quote 40 radios for 3 sites", true, nil},
		{"a refusal is sure", "approve all, frobnicate", true, nil},
		{"a courtesy is sure", "thanks!", true, nil},
		{"a word of three is strange", "quote 40 radios frobnicated", false, []string{"frobnicated"}},
		{"nothing is understood", "asdfgh", false, []string{"asdfgh"}},
		{"nothing that is about quotes", "book me a flight", false, []string{"book", "flight"}},
	} {
		got := Parse(row.text, quoting.Dialogue{})
		if sure := got.Confidence >= quoting.Sure; sure != row.sure {
			t.Errorf("%s: the confidence in %q is %.2f", row.name, row.text, got.Confidence)
		}
		if diff := cmp.Diff(row.unread, got.Unread); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", row.name, row.text, diff)
		}
	}
}
