package command

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

func TestWordsOfADealer(t *testing.T) {
	t.Parallel()
	r, err := NewReader(`
# What they say at the counter.
item charger_6bank: Charge Rack, gang box
industry hospitality: timeshare
unapproved events+security: trampoline park
alias radios: bricks
sku: acc
given: ximena
feature roaming: seamless roaming
`)
	if err != nil {
		t.Fatal(err)
	}
	forty, two, one := 40, 2, 1
	for _, row := range []struct {
		name, text string
		want       quoting.Slots
	}{
		{"a nickname of an item", "quote 40 radios, 2 charge racks", quoting.Slots{Users: &forty, Items: []quoting.ItemWish{{Item: "charger_6bank", Qty: &two}}}},
		{"a word for an industry", "quote 40 radios for a timeshare", quoting.Slots{Users: &forty, Industry: "hospitality"}},
		{"a word for an industry that is not approved", "quote 40 radios for a trampoline park", quoting.Slots{Users: &forty, IndustryText: "trampoline park"}},
		{"shorthand", "quote 40 bricks", quoting.Slots{Users: &forty}},
		{"a feature", "quote 40 radios with seamless roaming, 1 site", quoting.Slots{Users: &forty, Sites: &one, Features: []string{"roaming"}}},
		{"a catalogue number", "price of ACC-100", quoting.Slots{SKU: "ACC-100"}},
		{"a given name", "ximena's quotes this week", quoting.Slots{Rep: "ximena", Period: "this_week"}},
		{"our own words as well", "qoute 40 raidos", quoting.Slots{Users: &forty}},
	} {
		got := r.Parse(row.text, quoting.Dialogue{})
		if diff := cmp.Diff(row.want, got.Slots); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", row.name, row.text, diff)
		}
		if got.Confidence < quoting.Sure {
			t.Errorf("%s: %q is %.2f sure, unread %q", row.name, row.text, got.Confidence, got.Unread)
		}
	}
	if got := Parse("quote 40 bricks", quoting.Dialogue{}); got.Slots.Users != nil {
		t.Errorf("a dealer's words are everybody's: %v", got.Slots.Users)
	}
}

func TestWordsThatADealerMayNotAdd(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, want string }{
		{"no line", "\nnonsense", "line 2"},
		{"no phrase", "item battery: cell,, pack", "empty"},
		{"no space behind the colon", "item battery:cell", "form"},
		{"a tag that there is not", "gadget battery: cell", `"gadget"`},
		{"a tag that is ours alone", "not: nay", `"not"`},
		{"a list of fits", "fits battery=B: BAT-Z", `"fits"`},
		{"an item that there is not", "item flux_capacitor: flux", "flux_capacitor"},
		{"an industry that there is not", "industry falconry: falcons", "falconry"},
		{"an industry that is not on the list beside one that is", "unapproved events+falconry: falcons", "falconry"},
		{"an alias of a word that nobody knows", "alias blorb: b", "blorb"},
		{"no value", "item: thing", "value"},
		{"a value too many", "sku acc: acc", "value"},
		{"an act", "item battery: approve pack", `"approve"`},
		{"a refusal", "item battery: bypass pack", `"bypass"`},
		{"an alias that hides a word", "alias radios: submit", `"submit"`},
		{"an alias of two words", "alias radios: two bricks", "one word"},
		{"a long phrase", "item battery: a b c d e f", "more than 5"},
		{"another item's", "item battery: repeater", "already"},
	} {
		_, err := NewReader(row.text)
		if !errors.Is(err, quoting.Invalid) || !strings.Contains(err.Error(), "line ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error of kind Invalid with a line and %s", row.name, err, row.want)
		}
	}
}

// Whatever file a dealer writes, it is refused or read with, and refuses no less than ours.
func FuzzNewReader(f *testing.F) {
	for _, text := range []string{"", "item battery: cell\n", "# x\nsku: acc, b-c", "given: x\r\nalias radios: bricks", "unapproved events+: x", "item : x", "industry retail: \xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := NewReader(text)
		if err != nil {
			if !errors.Is(err, quoting.Invalid) {
				t.Fatalf("%q: %v is not of kind Invalid", text, err)
			}
			return
		}
		for reason, list := range forbidden {
			for _, said := range list {
				if c := r.Parse(said, quoting.Dialogue{}); c.Intent != quoting.RefuseCommand {
					t.Fatalf("%q: with these words %q is %s, not refused for %s", text, said, c.Intent, reason)
				}
			}
		}
	})
}
