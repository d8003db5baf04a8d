package command

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// whatIsRead leaves out of a comparison how a reading came about.
var whatIsRead = cmpopts.IgnoreFields(quoting.Command{}, "Text", "Confidence", "Unread")

// slotPhrases are ways to say one slot each; a new quote may be said in any order of them.
var slotPhrases = [][]string{
	{"40 radios", "forty radios", "40 users", "12 portables", "users: 40", "20 radios per site", "30-40 radios", "about 60 units"},
	{"3 sites", "three locations", "5 stores", "sites: 3", "2 hospitals"},
	{"construction", "hotel", "k-12", "industry: healthcare", "oil and gas", "restaurant", "for a church"},
	{"Acme Construction", "customer Globex", "for Northgate Mall", "O'Brien & Sons, Inc."},
	{"10% off", "$500 off", "net30", "net 45"},
	{"analog", "VHF", "intrinsically safe", "LTE"},
	{"no repeater", "6-bank chargers", "2 repeaters", "85 rooms", "20 miles range", "gps"},
}

func TestOrderOfSlotsDoesNotMatter(t *testing.T) {
	t.Parallel()
	sorted := cmp.Options{
		cmpopts.SortSlices(func(a, b quoting.ItemWish) bool { return a.Item < b.Item }),
		cmp.Comparer(func(a, b quoting.Number) bool { return a.Equal(b.Decimal) }),
		whatIsRead,
	}
	rapid.Check(t, func(t *rapid.T) {
		var said []string
		for i, phrases := range slotPhrases {
			if n := rapid.IntRange(0, len(phrases)).Draw(t, fmt.Sprint("phrase ", i)); n < len(phrases) {
				said = append(said, phrases[n])
			}
		}
		if len(said) == 0 {
			return
		}
		verb := rapid.SampledFrom([]string{"quote ", "Please quote ", "need a quote: "}).Draw(t, "verb")
		one := verb + strings.Join(said, ", ")
		shuffled := rapid.Permutation(said).Draw(t, "order")
		other := verb + strings.Join(shuffled, ", ")
		if diff := cmp.Diff(Parse(one, quoting.Dialogue{}), Parse(other, quoting.Dialogue{}), sorted); diff != "" {
			t.Fatalf("%q and %q differ:\n%s", one, other, diff)
		}
	})
}

// inWords spells a number from 1 to 999,999 out.
func inWords(n int) string {
	small := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + small[n%10]
	case n < 1000 && n%100 == 0:
		return small[n/100] + " hundred"
	case n < 1000:
		return small[n/100] + " hundred and " + inWords(n%100)
	case n%1000 == 0:
		return inWords(n/1000) + " thousand"
	}
	return inWords(n/1000) + " thousand " + inWords(n%1000)
}

func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

func TestNumbersAreReadHoweverWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10000).Draw(t, "n")
		for _, written := range []string{fmt.Sprint(n), grouped(n), inWords(n), strings.ReplaceAll(inWords(n), "-", " "), strings.ReplaceAll(inWords(n), " and ", " ")} {
			for _, form := range []string{"quote %s radios", "radios x %s", "need %s walkie talkies for a hotel", "3 sites, %s users"} {
				text := fmt.Sprintf(form, written)
				c := Parse(text, quoting.Dialogue{})
				if c.Intent != quoting.CreateQuote || c.Slots.Users == nil || *c.Slots.Users != n {
					t.Fatalf("%q: %s, users %v", text, c.Intent, c.Slots.Users)
				}
			}
			text := "make it " + written
			c := Parse(text, quoting.Dialogue{Active: 1042})
			want := []quoting.Change{{Op: "set", Field: "users", Value: n}}
			if diff := cmp.Diff(want, c.Slots.Changes); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", text, diff)
			}
		}
	})
}

// Any one transposition in a word of a command is forgiven.
func TestTranspositionsAreForgiven(t *testing.T) {
	t.Parallel()
	want := Parse("quote 40 radios 3 sites construction", quoting.Dialogue{})
	for _, word := range []string{"quote", "radios", "sites", "construction"} {
		for i := 0; i+1 < len(word); i++ {
			if word[i] == word[i+1] {
				continue
			}
			wrong := word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:]
			text := strings.Replace(want.Text, word, wrong, 1)
			got := Parse(text, quoting.Dialogue{})
			if diff := cmp.Diff(want, got, whatIsRead); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
		}
	}
}

// Customers' names never say anything about the radios, whatever words are in them.
func TestNamesAreData(t *testing.T) {
	t.Parallel()
	words := []string{"School", "Hotel", "Radio", "Sites", "Approve", "Delete", "Hospital", "Security", "Ignore", "Construction", "Quote", "Submit", "Cancel", "Repeater"}
	rapid.Check(t, func(t *rapid.T) {
		name := "Zyx " + strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 4).Draw(t, "words"), " ")
		for _, form := range []string{"quote 40 radios for %s", "quote 40 radios, customer: %s", "quote 40 radios, %s", "%s needs 40 radios"} {
			text := fmt.Sprintf(form, name)
			users := 40
			want := quoting.Command{Text: text, Intent: quoting.CreateQuote,
				Slots: quoting.Slots{Users: &users, Customer: name},
				Needs: []quoting.Need{quoting.NeedSites, quoting.NeedIndustry}}
			if diff := cmp.Diff(want, Parse(text, quoting.Dialogue{}), whatIsRead); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", text, diff)
			}
		}
	})
}

// checkInvariants are what holds for every text whatsoever.
func checkInvariants(t *testing.T, text string, d quoting.Dialogue) {
	t.Helper()
	c := Parse(text, d)
	if c.Intent == "" || !utf8.ValidString(c.Text) {
		t.Fatalf("%q: intent %q, text %q", text, c.Intent, c.Text)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var back quoting.Command
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatalf("%q: %v in %s", text, err, b)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(b) {
		t.Fatalf("%q: JSON does not come back: %s, then %s (%v)", text, b, again, err)
	}
	same, err := json.Marshal(Parse(c.Text, d))
	if err != nil || string(same) != string(b) {
		t.Fatalf("%q: read again it is %s, not %s", text, same, b)
	}
	if c.Slots.Users != nil && !saysNumber(c.Text) {
		t.Fatalf("%q: %d users out of nothing", text, *c.Slots.Users)
	}
	if c.Confidence < 0 || c.Confidence > 1 || c.Intent == quoting.OutOfScope && c.Confidence > 0 {
		t.Fatalf("%q: %s is %v sure", text, c.Intent, c.Confidence)
	}
	if answering(c.Intent) && d.Pending == "" {
		t.Fatalf("%q: %s without a question", text, c.Intent)
	}
	if explained, read := Default().Explain(text, d); len(read) > len(c.Text) || explained.Confidence != c.Confidence {
		t.Fatalf("%q: %d terms, %v sure, explained %v", text, len(read), c.Confidence, explained.Confidence)
	}
}

func saysNumber(text string) bool {
	for _, t := range theVocabulary().terms(clean(text)) {
		if t.kind == tagNumber {
			return true
		}
	}
	return false
}

func FuzzParse(f *testing.F) {
	for _, u := range utterances(f) {
		f.Add(u.Text, int64(u.Context.Active), string(u.Context.Pending))
	}
	for _, text := range []string{"", "\xff", "\u202e40 radios", "<script", "[a](", "q-99999999999999999999", "-1,000.50k radios x -3 - 5", "$", "half a", "for \"", "x x x", "$9,999,999,999,999,999,999k off", strings.Repeat("a ", 2000), "cotiza 1.500 radios para 3 sitios, por favor", "he wrote \"cancel 1042\"", "no, 54 not 45. wait no 46", "won 1042 PO-", "s/b"} {
		f.Add(text, int64(1042), "")
	}
	f.Fuzz(func(t *testing.T, text string, active int64, pending string) {
		checkInvariants(t, text, quoting.Dialogue{Active: quoting.QuoteID(active), Pending: quoting.Intent(pending)})
	})
}

// Messages made of the vocabulary itself reach further than random bytes do.
func TestInvariantsHoldForTheVocabularysWords(t *testing.T) {
	t.Parallel()
	words := slices.Sorted(maps.Keys(theVocabulary().known))
	words = append(words, "40", "3", "12.5", "10,001", "50k", "$500", "10%", "Q-1042", "1042", "BAT-B", "net30", "Acme", "30-40", "x", ",", ".", ";", "-", "?", "not", "each", "per", "1e9", "99999999999999999999")
	random := rand.New(rand.NewSource(1))
	for range 20000 {
		n := 1 + random.Intn(12)
		text := make([]string, n)
		for i := range text {
			text[i] = words[random.Intn(len(words))]
			if random.Intn(3) == 0 {
				text[i] = words[len(words)-1-random.Intn(24)]
			}
		}
		checkInvariants(t, strings.Join(text, " "), quoting.Dialogue{Active: 1042})
	}
}
