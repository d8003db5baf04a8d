package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"radioquote/quoting"
)

// The sets of labelled messages that the reader was improved against.
var labelled = []string{"testdata/utterances.jsonl", "testdata/habits.jsonl", "testdata/more.jsonl"}

// least is how much of a set must be understood.
type least struct {
	intents float64 // share of messages with the right intent
	f1      float64 // of the slots
	asked   float64 // share of messages with the right needs and errors
	unsafe  int     // faults that are known
}

// The last two sets were kept aside: see testdata/README.md. Their floors are what is
// reached, and only ever go up.
var floors = map[string]least{
	"testdata/utterances.jsonl": {0.99, 0.99, 0.99, 0},
	"testdata/habits.jsonl":     {0.99, 0.99, 0.99, 0},
	"testdata/more.jsonl":       {0.99, 0.99, 0.99, 0},
	"testdata/aside.jsonl":      {0.94, 0.95, 0.98, 0},
	"testdata/aside-far.jsonl":  {0.78, 0.87, 0.97, 1}, // "my truck radio only gets 2 stations"
}

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
	var all []utterance
	for _, file := range labelled {
		all = append(all, utterancesOf(t, file)...)
	}
	return all
}

func utterancesOf(t testing.TB, file string) []utterance {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []utterance
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var u utterance
		decode(t, lines.Bytes(), &u)
		list = append(list, u)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func decode(t testing.TB, b []byte, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
}

// read is what the reader makes of a message, in the form of the labels.
func (u utterance) read(t testing.TB) utterance {
	t.Helper()
	b, err := json.Marshal(Parse(u.Text, u.Context))
	if err != nil {
		t.Fatal(err)
	}
	var got utterance
	decode(t, b, &got)
	return got
}

// tally counts slots: right, missing in the reading, and extra in it.
type tally struct {
	right  int
	misses []string
	absent int
	extra  int
}

func (t *tally) miss(label string, v any) {
	t.absent++
	t.misses = append(t.misses, fmt.Sprintf("missing %s = %v", label, v))
}

func (t *tally) spurious(label string, v any) {
	t.extra++
	t.misses = append(t.misses, fmt.Sprintf("extra %s = %v", label, v))
}

func (t *tally) add(other tally) {
	t.right += other.right
	t.absent += other.absent
	t.extra += other.extra
}

// f1 is the harmonic mean of precision and recall.
func (t *tally) f1() float64 {
	if t.right == 0 {
		return 0
	}
	return 2 * float64(t.right) / float64(2*t.right+t.absent+t.extra)
}

// Slots whose text may differ in words, and those that a reading may have in excess.
var (
	lenient = map[string]bool{"location": true, "approx": true, "industry_text": true, "language": true, "reason": true, "note": true, "ref_text": true}
	ignored = map[string]bool{"location": true, "approx": true, "industry_text": true, "language": true}
)

// compare counts each scalar slot and each element of a list as one fact.
func compare(want, got utterance) tally {
	var t tally
	names := map[string]bool{}
	for k, v := range want.Slots {
		names[k] = names[k] || !empty(v)
	}
	for k, v := range got.Slots {
		names[k] = names[k] || !empty(v)
	}
	for _, k := range slices.Sorted(maps.Keys(names)) {
		if !names[k] {
			continue
		}
		x, y := want.Slots[k], got.Slots[k]
		_, listX := x.([]any)
		_, listY := y.([]any)
		switch {
		case listX || listY:
			t.lists(k, elements(x), elements(y))
		case empty(x):
			if !ignored[k] {
				t.spurious(k, y)
			}
		case empty(y):
			t.miss(k, x)
		case normalised(x) == normalised(y), lenient[k] && !(k == "reason" && want.Intent == quoting.RefuseCommand) && closeTo(x, y):
			t.right++
		default:
			t.miss(k, x)
			t.spurious(k, y)
		}
	}
	return t
}

func (t *tally) lists(label string, want, got []any) {
	rest := slices.Clone(got)
	for _, x := range want {
		at := slices.IndexFunc(rest, func(y any) bool {
			if label == "steps" {
				return sameStep(x, y)
			}
			return normalised(x) == normalised(y)
		})
		if at < 0 {
			t.miss(label, x)
			continue
		}
		rest = slices.Delete(rest, at, at+1)
		t.right++
	}
	for _, y := range rest {
		t.spurious(label, y)
	}
}

// sameStep says whether a step of several is right in all.
func sameStep(x, y any) bool {
	want, got := step(x), step(y)
	t := compare(want, got)
	return want.Intent == got.Intent && sameSet(want.Needs, got.Needs) && sameSet(want.Errors, got.Errors) && t.absent+t.extra == 0
}

func step(v any) utterance {
	m, _ := v.(map[string]any)
	slots, _ := m["slots"].(map[string]any)
	intent, _ := m["intent"].(string)
	return utterance{Intent: quoting.Intent(intent), Slots: slots, Needs: texts(m["needs"]), Errors: texts(m["errors"])}
}

func (u utterance) steps() []utterance {
	all := []utterance{u}
	for _, s := range elements(u.Slots["steps"]) {
		all = append(all, step(s))
	}
	return all
}

func texts(v any) []string {
	var list []string
	for _, e := range elements(v) {
		list = append(list, fmt.Sprint(e))
	}
	return list
}

func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

var (
	edges    = regexp.MustCompile(`^[\W_]+|[\W_]+$`)
	articles = regexp.MustCompile(`^(?:the|an?) (\w)`)
	word     = regexp.MustCompile(`[\pL\pN_]+`)
)

func plainText(s string) string {
	s = strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(s))), " ")
	s = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`).Replace(s)
	if t := articles.ReplaceAllString(edges.ReplaceAllString(s, ""), "$1"); t != "" {
		return t
	}
	return s
}

// normalised is a form of a value in which equal values are equal.
func normalised(v any) string {
	switch v := v.(type) {
	case json.Number:
		d, err := decimal.Parse(v.String())
		if err != nil {
			return "n" + v.String()
		}
		return "n" + d.Trim(0).String()
	case string:
		return "s" + plainText(v)
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			list[i] = normalised(e)
		}
		slices.Sort(list)
		return "l" + strings.Join(list, "|")
	case map[string]any:
		var list []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if v[k] != nil {
				list = append(list, k+"="+normalised(v[k]))
			}
		}
		return "o" + strings.Join(list, "|")
	}
	return fmt.Sprint(v)
}

var small = strings.Fields("a an the of on at to in for from by with and or is are was be it its this that we i my our they them")

// closeTo says whether two texts share half of their words, small words left out.
func closeTo(x, y any) bool {
	a, okA := x.(string)
	b, okB := y.(string)
	if !okA || !okB {
		return false
	}
	one, other := wordSet(a), wordSet(b)
	shared := 0
	for w := range one {
		if other[w] {
			shared++
		}
	}
	return len(one)+len(other) > 0 && 4*shared >= len(one)+len(other)
}

func wordSet(text string) map[string]bool {
	all, content := map[string]bool{}, map[string]bool{}
	for _, w := range word.FindAllString(plainText(text), -1) {
		all[w] = true
		if !slices.Contains(small, w) {
			content[w] = true
		}
	}
	if len(content) > 0 {
		return content
	}
	return all
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestMessagesAreUnderstood(t *testing.T) {
	t.Parallel()
	for file, want := range floors {
		t.Run(file, func(t *testing.T) {
			var all tally
			intents, asked := 0, 0
			list := utterancesOf(t, file)
			for _, u := range list {
				got := u.read(t)
				if got.Intent == u.Intent {
					intents++
				} else {
					t.Logf("%q: %s, want %s", u.Text, got.Intent, u.Intent)
				}
				if sameSet(got.Needs, u.Needs) && sameSet(got.Errors, u.Errors) {
					asked++
				} else {
					t.Logf("%q: needs %v, errors %v, want %v, %v", u.Text, got.Needs, got.Errors, u.Needs, u.Errors)
				}
				slots := compare(u, got)
				all.add(slots)
				for _, miss := range slots.misses {
					t.Logf("%q: %s", u.Text, miss)
				}
			}
			n := float64(len(list))
			t.Logf("%d messages: intents %.3f, slot F1 %.3f, needs and errors %.3f", len(list), float64(intents)/n, all.f1(), float64(asked)/n)
			if float64(intents)/n < want.intents || all.f1() < want.f1 || float64(asked)/n < want.asked {
				t.Errorf("intents %.3f, slot F1 %.3f, needs and errors %.3f; want %+v", float64(intents)/n, all.f1(), float64(asked)/n, want)
			}
		})
	}
}

// A message that must not or cannot be acted on never becomes an act, an error that was
// stated is never passed over, and no number of users is ever made up.
func TestMessagesAreSafe(t *testing.T) {
	t.Parallel()
	for file, want := range floors {
		found := 0
		for _, u := range utterancesOf(t, file) {
			for _, fault := range u.faults(u.read(t)) {
				found++
				t.Logf("%q: %s", u.Text, fault)
			}
		}
		if found != want.unsafe {
			t.Errorf("%s: %d faults, want %d", file, found, want.unsafe)
		}
	}
}

// faults are what a reading would do that the label does not allow.
func (u utterance) faults(got utterance) []string {
	var list []string
	harmless := []quoting.Intent{quoting.RefuseCommand, quoting.Deny, quoting.OutOfScope, quoting.SmallTalk}
	if slices.Contains(harmless, u.Intent) {
		for _, s := range got.steps() {
			if changesSomething(s.Intent) || s.Intent == quoting.Confirm && changesSomething(u.Context.Pending) {
				list = append(list, fmt.Sprintf("%s is read as %s", u.Intent, s.Intent))
			}
		}
	}
	stated, reported := u.allErrors(), got.allErrors()
	if len(stated) > 0 && len(reported) == 0 {
		list = append(list, fmt.Sprintf("%v is not reported", stated))
	}
	if len(stated) > 0 && len(reported) > 0 {
		return list
	}
	want, have := u.sizes(), got.sizes()
	if len(want) == 0 || len(have) == 0 {
		return list
	}
	for _, effect := range have {
		if at := slices.Index(want, effect); at >= 0 {
			want = slices.Delete(want, at, at+1)
		} else if effect != "" {
			list = append(list, fmt.Sprintf("users %s, want %v", effect, want))
		}
	}
	return list
}

func (u utterance) allErrors() []string {
	var all []string
	for _, s := range u.steps() {
		all = append(all, s.Errors...)
	}
	return all
}

// sizes are what each command of a message does to the number of users; empty for one that
// leaves it alone.
func (u utterance) sizes() []string {
	var list []string
	for _, s := range u.steps() {
		if s.Intent != quoting.CreateQuote && s.Intent != quoting.ReviseQuote && s.Intent != quoting.CloneQuote {
			continue
		}
		var effects []string
		if v, ok := s.Slots["users"]; ok {
			effects = append(effects, "set "+normalised(v))
		}
		for _, c := range elements(s.Slots["changes"]) {
			if m, ok := c.(map[string]any); ok && m["field"] == "users" {
				effects = append(effects, fmt.Sprint(m["op"], " ", normalised(m["value"]), normalised(m["factor"])))
			}
		}
		slices.Sort(effects)
		list = append(list, strings.Join(effects, ", "))
	}
	return list
}

func changesSomething(i quoting.Intent) bool {
	return writes[i] || i == quoting.CreateQuote
}
