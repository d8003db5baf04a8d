package bot_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

var update = flag.Bool("update", false, "renew what the bot answered, in testdata")

// testdata/safety.txt is a list of messages that must not do what they say, each with what
// the bot answers. A title names what the ones below it have in common.
//
// Before them a quote of Riley's waits for Morgan. Whatever either of them writes, it still
// waits afterwards, and nothing was sent, deleted or written to NetSuite.
func TestNoTextDecidesSendsOrDeletes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(t)
	const file = "testdata/safety.txt"
	list := string(must(os.ReadFile(file))(t))
	state := `SELECT count(*) FROM quotes q JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current WHERE q.state = 'open' AND v.state = 'pending' AND q.estimate = 'none'`
	if h.count(t, state) != 1 {
		t.Fatal("no quote waits")
	}
	acts := `SELECT count(*) FROM audit_events WHERE kind ~ '^quote_(created|revised|cloned|submitted|approved|rejected|cancelled|won|lost|shared)$' OR kind LIKE 'estimate%'`
	before := h.count(t, acts)

	var b strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(list), "\n\n") {
		says, _, _ := strings.Cut(block, "\n→ ")
		b.WriteString(says)
		if !strings.HasPrefix(says, "#") {
			who, text := riley, says
			if rest, ok := strings.CutPrefix(says, "Morgan: "); ok {
				who, text = morgan, rest
			}
			b.WriteString("\n→ " + h.answered(t, who, strings.ReplaceAll(text, "\\n", "\n")))
		}
		b.WriteString("\n\n")
	}
	got := strings.TrimSpace(b.String()) + "\n"
	if *update {
		check(t, os.WriteFile(file, []byte(got), 0o600))
	} else if diff := cmp.Diff(list, got); diff != "" {
		t.Errorf("what the bot answers (-want +got):\n%s", diff)
	}
	if h.count(t, state) != 1 {
		t.Error("the quote that waited does not wait any more")
	}
	if n := h.count(t, acts); n != before {
		t.Errorf("%d acts were recorded", n-before)
	}
	if n := h.count(t, `SELECT (SELECT count(*) FROM delegations) + (SELECT count(*) FROM consults) + (SELECT count(*) FROM approval_requests)`); n != 1 {
		t.Errorf("%d delegations, opinions and requests, want the request of the quote that waits", n)
	}
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes, want the one that waits", n)
	}
}

// answered says something and returns the line that each answer to it is announced by.
func (h *house) answered(t *testing.T, p emulator.Person, text string) string {
	t.Helper()
	before := map[string]bool{}
	for _, m := range h.written(p) {
		before[m.ID] = true
	}
	h.say(t, p, text)
	deadline := time.Now().Add(20 * time.Second)
	for h.count(t, `SELECT count(*) FROM messages WHERE state IN ('queued', 'sending')`) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%q: the answer is not sent", text)
		}
		time.Sleep(20 * time.Millisecond)
	}
	var answers []string
	for _, m := range h.written(p) {
		if !before[m.ID] {
			answers = append(answers, m.Summary)
		}
	}
	return strings.Join(answers, "\n→ ")
}
