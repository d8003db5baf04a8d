package command

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

var update = flag.Bool("update", false, "renew the readings in testdata")

var conversations = map[string]quoting.Dialogue{
	"no quote":                            {},
	"about Q-1042":                        {Active: 1042},
	"about Q-1042, submit_quote pending":  {Active: 1042, Pending: quoting.SubmitQuote},
	"about Q-1042, approve_quote pending": {Active: 1042, Pending: quoting.ApproveQuote},
	"create_quote pending":                {Pending: quoting.CreateQuote},
	"about Q-1042, whose customer is open": {
		Active: 1042, Pending: quoting.ReviseQuote, Asked: &quoting.Command{Intent: quoting.ReviseQuote, Needs: []quoting.Need{quoting.NeedCustomer}},
	},
	"about Q-1042, whose industry is open": {
		Active: 1042, Pending: quoting.ReviseQuote, Asked: &quoting.Command{Intent: quoting.ReviseQuote, Needs: []quoting.Need{quoting.NeedIndustry, quoting.NeedCustomer}},
	},
}

// reading in a line: the intent, the slots as JSON, ?needs and !errors.
func readingOf(t testing.TB, text string, d quoting.Dialogue) string {
	t.Helper()
	c := Parse(text, d)
	slots, err := encode(c.Slots)
	if err != nil {
		t.Fatal(err)
	}
	words := []string{string(c.Intent), string(slots)}
	for _, n := range c.Needs {
		words = append(words, "?"+string(n))
	}
	for _, e := range c.Errors {
		words = append(words, "!"+e)
	}
	return strings.Join(words, " ")
}

func TestReadings(t *testing.T) {
	t.Parallel()
	const file = "testdata/readings.txt"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	section, d := "", quoting.Dialogue{}
	seen := 0
	for i := 0; i < len(lines); i++ {
		if title, ok := strings.CutPrefix(lines[i], "## "); ok {
			name, conversation, _ := strings.Cut(title, " · ")
			section = name
			if d, ok = conversations[conversation]; !ok {
				t.Fatalf("%s:%d: no conversation %q", file, i+1, conversation)
			}
			continue
		}
		if lines[i] == "" || strings.HasPrefix(lines[i], "#") {
			continue
		}
		if i+2 >= len(lines) {
			t.Fatalf("%s:%d: a message takes three lines", file, i+1)
		}
		text := lines[i+1]
		if quoted, err := strconv.Unquote(text); err == nil {
			text = quoted
		}
		got := readingOf(t, text, d)
		if *update {
			lines[i+2] = got
		}
		want := lines[i+2]
		t.Run(section+"/"+lines[i], func(t *testing.T) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
		})
		seen++
		i += 2
	}
	if seen < 200 {
		t.Errorf("only %d messages in %s", seen, file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTextIsReadUpToALimit(t *testing.T) {
	t.Parallel()
	const end = " quote 40 radios"
	fits := strings.Repeat("ä", 4000-len(end)) + end
	if got := Parse(fits, quoting.Dialogue{}); got.Intent == quoting.OutOfScope || len(got.Errors) > 0 {
		t.Errorf("4000 characters: %s %v", got.Intent, got.Errors)
	}
	want := quoting.Command{Text: "x" + fits, Intent: quoting.OutOfScope, Errors: []string{quoting.TextTooLong}}
	if diff := cmp.Diff(want, Parse("x"+fits, quoting.Dialogue{})); diff != "" {
		t.Errorf("one character more (-want +got):\n%s", diff)
	}
}

func TestTextIsKeptAsWritten(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, want string }{
		{"markup and spaces", " <b>quote</b>\u00a0 5 radios ", " <b>quote</b>\u00a0 5 radios "},
		{"bytes that are not UTF-8 are replaced", "quote\xff 5 radios", "quote\uFFFD 5 radios"},
	} {
		if got := Parse(row.text, quoting.Dialogue{}).Text; got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// The examples are shown to whoever was not understood; they had better be.
func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	examples := Examples()
	if len(examples) != 3 {
		t.Fatalf("%d examples, want 3", len(examples))
	}
	for _, text := range examples {
		if c := Parse(text, quoting.Dialogue{Active: 1042}); c.Intent == quoting.OutOfScope || len(c.Needs)+len(c.Errors) > 0 {
			t.Errorf("%q is %s, needs %v, errors %v", text, c.Intent, c.Needs, c.Errors)
		}
	}
}
