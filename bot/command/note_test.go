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
		{"what only names a field is read with it", "set the discount on Q-1042 to 5%", true, nil},
		{"what only names the quote is read with it", "show this quote", true, nil},
		{"a no is read with what it denies", "quote 40 radios, no chargers", true, nil},
		{"a number that nothing claims is not read", "quote 40 radios 55", false, []string{"55"}},
		{"an answer is sure", "no, that is wrong", true, nil},
		{"a word of three is strange", "quote 40 radios frobnicated", false, []string{"frobnicated"}},
		{"nothing is understood", "asdfgh", false, []string{"asdfgh"}},
		{"nothing that is about quotes", "book me a flight", false, []string{"book", "flight"}},
	} {
		got := Parse(row.text, quoting.Dialogue{Pending: quoting.SubmitQuote})
		if sure := got.Confidence >= quoting.Sure; sure != row.sure {
			t.Errorf("%s: the confidence in %q is %.2f", row.name, row.text, got.Confidence)
		}
		if diff := cmp.Diff(row.unread, got.Unread); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", row.name, row.text, diff)
		}
	}
}

// Whoever is asked at every turn whether he meant what he said stops reading the question.
func TestMostReadingsAreSure(t *testing.T) {
	t.Parallel()
	const least = 0.8
	read, sure := 0, 0
	for _, u := range utterances(t) {
		c := Parse(u.Text, u.Context)
		if c.Intent == quoting.OutOfScope {
			continue
		}
		if read++; c.Confidence >= quoting.Sure {
			sure++
		} else {
			t.Logf("%q: %.2f, unread %q", u.Text, c.Confidence, c.Unread)
		}
	}
	if float64(sure) < least*float64(read) {
		t.Errorf("%d of %d readings are sure, want %.2f of them", sure, read, least)
	}
}
