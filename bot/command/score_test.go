package command

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"radioquote/quoting"
)

// The floors of what is understood of testdata/utterances.jsonl. They only ever go up: the
// test fails below a floor, and asks for a higher one above it.
const (
	floorIntents  = 118 // lines with the right intent
	floorAsked    = 118 // lines with the right needs and errors
	floorFacts    = 222 // slots and list elements that are right, of 222
	floorSpurious = 0   // slots and list elements that the message does not say
)

type utterance struct {
	Text    string           `json:"text"`
	Intent  quoting.Intent   `json:"intent"`
	Slots   map[string]any   `json:"slots"`
	Needs   []string         `json:"needs"`
	Errors  []string         `json:"errors"`
	Context quoting.Dialogue `json:"context"`
}

func utterances(t testing.TB) []utterance {
	t.Helper()
	f, err := os.Open("testdata/utterances.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []utterance
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var u utterance
		if err := json.Unmarshal(lines.Bytes(), &u); err != nil {
			t.Fatalf("line %d: %v", len(list)+1, err)
		}
		list = append(list, u)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// facts are the slots as a multiset of texts: one for a value, one for each element of a
// list.
func facts(t testing.TB, slots any) map[string]int {
	t.Helper()
	var plain map[string]any
	b, err := json.Marshal(slots)
	if err == nil {
		err = json.Unmarshal(b, &plain)
	}
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]int{}
	for key, value := range plain {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, v := range list {
			if object, ok := v.(map[string]any); ok {
				maps.DeleteFunc(object, func(_ string, v any) bool { return v == nil })
			}
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			set[key+" "+strings.ToLower(string(b))]++
		}
	}
	return set
}

func TestUtterancesAreUnderstood(t *testing.T) {
	t.Parallel()
	var intents, asked, right, missing, spurious int
	list := utterances(t)
	for _, u := range list {
		got := Parse(u.Text, u.Context)
		if got.Intent == u.Intent {
			intents++
		} else {
			t.Logf("%q: %s, want %s", u.Text, got.Intent, u.Intent)
		}
		needs := make([]string, len(got.Needs))
		for i, n := range got.Needs {
			needs[i] = string(n)
		}
		if sameSet(needs, u.Needs) && sameSet(got.Errors, u.Errors) {
			asked++
		} else {
			t.Logf("%q: needs %v, errors %v, want %v, %v", u.Text, needs, got.Errors, u.Needs, u.Errors)
		}
		want, have := facts(t, u.Slots), facts(t, got.Slots)
		for fact, n := range want {
			right += min(n, have[fact])
			if d := n - have[fact]; d > 0 {
				missing += d
				t.Logf("%q: missing %s", u.Text, fact)
			}
		}
		for fact, n := range have {
			if d := n - want[fact]; d > 0 && !strings.HasPrefix(fact, "location ") && !strings.HasPrefix(fact, "approx ") && !strings.HasPrefix(fact, "industry_text ") {
				spurious += d
				t.Logf("%q: spurious %s", u.Text, fact)
			}
		}
	}
	t.Logf("%d lines: %d intents, %d needs and errors, %d of %d facts, %d spurious", len(list), intents, asked, right, right+missing, spurious)
	for _, score := range []struct {
		what       string
		got, floor int
	}{{"intents", intents, floorIntents}, {"needs and errors", asked, floorAsked}, {"facts", right, floorFacts}, {"spurious facts, negative", -spurious, -floorSpurious}} {
		if score.got < score.floor {
			t.Errorf("%s: %d, the floor is %d", score.what, score.got, score.floor)
		}
		if score.got > score.floor {
			t.Errorf("%s: %d is better than the floor of %d: raise it", score.what, score.got, score.floor)
		}
	}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// A message that must not or cannot be acted on never becomes an act, an error that was
// stated is never passed over, and no number of users is ever made up.
func TestUtterancesAreSafe(t *testing.T) {
	t.Parallel()
	harmless := []quoting.Intent{quoting.RefuseCommand, quoting.Deny, quoting.OutOfScope, quoting.SmallTalk}
	for _, u := range utterances(t) {
		got := Parse(u.Text, u.Context)
		if slices.Contains(harmless, u.Intent) && (changesSomething(got.Intent) || got.Intent == quoting.Confirm) {
			t.Errorf("%q: %s is read as %s", u.Text, u.Intent, got.Intent)
		}
		if len(u.Errors) > 0 && len(got.Errors) == 0 {
			t.Errorf("%q: %v is not reported", u.Text, u.Errors)
		}
		if len(u.Errors) > 0 || got.Slots.Users == nil {
			continue
		}
		if want, ok := u.Slots["users"].(float64); !ok || int(want) != *got.Slots.Users {
			t.Errorf("%q: %d users, want %v", u.Text, *got.Slots.Users, u.Slots["users"])
		}
	}
}

func changesSomething(i quoting.Intent) bool {
	return writes[i] || i == quoting.CreateQuote || i == quoting.Multi
}
