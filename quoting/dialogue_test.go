package quoting_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func choices(titles ...string) (d quoting.Dialogue) {
	for i, title := range titles {
		d.Choices = append(d.Choices, quoting.Choice{Title: title, Command: quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: quoting.QuoteID(i + 1)}}})
	}
	return d
}

func TestAnAnswerNamesOneChoice(t *testing.T) {
	t.Parallel()
	acmes := []string{"Acme Construction", "Acme Construction LLC", "Toledo Acme Supply"}
	for _, tc := range []struct {
		name   string
		titles []string
		text   string
		want   quoting.QuoteID // 0: none
	}{
		{"a number is a place", acmes, "2", 2},
		{"so is one with a hash", acmes, "#3", 3},
		{"so is one with a full stop", acmes, " 1. ", 1},
		{"so is an ordinal", acmes, "the second one", 2},
		{"so is a bare ordinal", acmes, "Third", 3},
		{"a place that there is not", acmes, "4", 0},
		{"no place is before the first", acmes, "0", 0},
		{"the fourth of three", acmes, "the fourth", 0},
		{"a whole title wins over a longer one", acmes, "acme  construction", 1},
		{"the beginning of one title", acmes, "toledo", 3},
		{"the beginning of two titles", acmes, "acme", 0},
		{"less than three letters are no beginning", acmes, "to", 0},
		{"the middle is no beginning", acmes, "supply", 0},
		{"a number that begins a title means it", []string{"25 radios", "2 radios"}, "2", 2},
		{"a number that begins two titles means neither", []string{"1 site", "1 radio"}, "1", 0},
		{"a number is not the beginning of a longer number", []string{"25 radios", "40 radios"}, "2", 2},
		{"nothing is nothing", acmes, "  ", 0},
		{"without choices there is no answer", nil, "1", 0},
		{"a sentence is no answer", acmes, "approve 2", 0},
	} {
		cmd, ok := choices(tc.titles...).Answer(tc.text)
		if ok != (tc.want != 0) || cmd.Slots.QuoteID != tc.want {
			t.Errorf("%s: %q is read as %s, %t; want %s", tc.name, tc.text, cmd.Slots.QuoteID, ok, tc.want)
		}
	}
}

// What a written answer leads to never has the press of a button that decides.
func TestAWrittenAnswerDecidesNothing(t *testing.T) {
	t.Parallel()
	intents := []quoting.Intent{
		quoting.SubmitQuote, quoting.ApproveQuote, quoting.RejectQuote, quoting.CancelQuote, quoting.SyncQuote, quoting.SendDocument, quoting.MarkOutcome,
		quoting.LinkCustomer, quoting.ReleasePrices, quoting.RefusePrices, quoting.ShowQuote, quoting.ReviseQuote, quoting.CreateQuote,
	}
	rapid.Check(t, func(t *rapid.T) {
		var d quoting.Dialogue
		for i := range rapid.IntRange(1, 12).Draw(t, "choices") {
			cmd := quoting.Command{Intent: rapid.SampledFrom(intents).Draw(t, "intent")}
			if rapid.Bool().Draw(t, "button") {
				cmd.Click = &quoting.Click{Quote: quoting.QuoteID(i + 1), Version: 1, Nonce: "n"}
			}
			d.Choices = append(d.Choices, quoting.Choice{Title: rapid.SampledFrom([]string{"Acme", "acme co", "2 radios", "Zeta", "3 sites"}).Draw(t, "title"), Command: cmd})
		}
		text := rapid.OneOf(rapid.SampledFrom([]string{"1", "2", "3", "first", "acme", "zeta", "#1"}), rapid.String()).Draw(t, "text")
		cmd, ok := d.Answer(text)
		if !ok {
			return
		}
		if quoting.NeedsButton(cmd.Intent) && cmd.Click != nil {
			t.Fatalf("%q presses the button of %s", text, cmd.Intent)
		}
	})
}

func TestAReplyCompletesWhatWasAsked(t *testing.T) {
	t.Parallel()
	asked := quoting.Slots{Customer: "Acme", Industry: "retail"}
	dozen, two := 12, 2
	headset, battery := quoting.ItemWish{Item: "headset"}, quoting.ItemWish{Item: "battery", Qty: &dozen}
	set := func(field string, value any) quoting.Slots {
		return quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: field, Value: value}}}
	}
	for _, tc := range []struct {
		name  string
		reply quoting.Command
		want  *quoting.Slots // nil: no answer
	}{
		{"a number of radios", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: &dozen}}, &quoting.Slots{Customer: "Acme", Industry: "retail", Users: &dozen}},
		{"with the number of sites", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: &dozen, Sites: &two}}, &quoting.Slots{Customer: "Acme", Industry: "retail", Users: &dozen, Sites: &two}},
		{"said as a change", quoting.Command{Intent: quoting.ReviseQuote, Slots: set("users", 12)}, &quoting.Slots{Customer: "Acme", Industry: "retail", Users: &dozen}},
		{"a number of sites, said as a change", quoting.Command{Intent: quoting.ReviseQuote, Slots: set("sites", 2)}, &quoting.Slots{Customer: "Acme", Industry: "retail", Sites: &two}},
		{"the customer, said as a change", quoting.Command{Intent: quoting.ReviseQuote, Slots: set("customer", "ACME")}, &quoting.Slots{Customer: "ACME", Industry: "retail"}},
		{"a technology", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Technology: "dmr"}}, &quoting.Slots{Customer: "Acme", Industry: "retail", Technology: "dmr"}},
		{"an item, named twice", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Items: []quoting.ItemWish{headset, battery, headset}}},
			&quoting.Slots{Customer: "Acme", Industry: "retail", Items: []quoting.ItemWish{headset, battery}}},
		{"another industry", quoting.Command{Intent: quoting.ReviseQuote, Slots: set("industry", "hospitality")}, &quoting.Slots{Customer: "Acme", Industry: "hospitality"}},
		{"the same customer", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Customer: "ACME", Users: &dozen}}, &quoting.Slots{Customer: "ACME", Industry: "retail", Users: &dozen}},
		{"another customer is another request", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Customer: "Globex", Users: &dozen}}, nil},
		{"a change of a quote that there is", quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 7, Changes: set("users", 12).Changes}}, nil},
		{"a discount is no answer to how many", quoting.Command{Intent: quoting.ReviseQuote, Slots: set("discount_pct", 10)}, nil},
		{"an item that is added is none", quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "add", Item: "headset"}}}}, nil},
		{"a question is none", quoting.Command{Intent: quoting.QuoteStatus}, nil},
	} {
		got, ok := quoting.Dialogue{Asked: &quoting.Command{Intent: quoting.CreateQuote, Slots: asked}}.Complete(tc.reply)
		switch {
		case ok != (tc.want != nil):
			t.Errorf("%s: it is an answer: %t", tc.name, ok)
		case ok && cmp.Diff(*tc.want, got.Slots) != "":
			t.Errorf("%s (-want +got):\n%s", tc.name, cmp.Diff(*tc.want, got.Slots))
		}
	}
	if _, ok := (quoting.Dialogue{}).Complete(quoting.Command{Intent: quoting.CreateQuote}); ok {
		t.Error("an answer to no question")
	}
}

func TestAChangeKeepsItsValueThroughJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"op":"set","field":"users","value":45}`:                "45",
		`{"op":"set","field":"discount_pct","value":12.50}`:      "12.50",
		`{"op":"set","field":"customer","value":"Acme"}`:         "Acme",
		`{"op":"set","field":"intrinsically_safe","value":true}`: "true",
		`{"op":"reprice"}`: "<nil>",
	} {
		var c quoting.Change
		if err := c.UnmarshalJSON([]byte(text)); err != nil || fmt.Sprint(c.Value) != want {
			t.Errorf("%s: %v, %v", text, c.Value, err)
		}
	}
	var c quoting.Change
	for _, text := range []string{`{"op":"set","value":[1]}`, `{"op":"set","value":{"a":1}}`, `{"op":7}`, `{"op":"set","value":1e99}`} {
		if err := c.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s is taken: %v", text, c)
		}
	}
	if strings.Contains(fmt.Sprint(c.Value), "map") {
		t.Error("a value is an object")
	}
}
