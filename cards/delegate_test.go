package cards_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/cards"
	"radioquote/quoting"
)

func TestTheButtonOfADelegationSaysWhoseItIsToWhomAndUntilWhen(t *testing.T) {
	t.Parallel()
	for _, want := range []quoting.Command{
		{Intent: quoting.Delegate, Slots: quoting.Slots{DelegateTo: "finn", UntilText: "2026-12-08T06:00:00Z"}, Click: &quoting.Click{Person: "morgan"}},
		{Intent: quoting.Delegate, Slots: quoting.Slots{DelegateTo: "finn", SinceText: "2026-12-07T06:00:00Z", UntilText: "2026-12-08T06:00:00Z"}, Click: &quoting.Click{Person: "morgan"}},
		{Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}, Click: &quoting.Click{Person: "morgan"}},
		{Intent: quoting.CustomerWaits, Click: &quoting.Click{Quote: 1001, Version: 2}},
		{Intent: quoting.Consult, Slots: quoting.Slots{DelegateTo: "eve"}, Click: &quoting.Click{Quote: 1001, Version: 2}},
	} {
		card := cards.Notice(quoting.Notice{Text: "One tap, and it is so.", Choices: []quoting.Choice{{Title: "Do it", Command: want}}})
		got, err := cards.Parse(onlyButton(t, card))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v, -want +got\n%s", err, diff)
		}
	}
}

// onlyButton is the data of a card's only button.
func onlyButton(t *testing.T, c cards.Card) []byte {
	t.Helper()
	body, ok := decoded(t, c)["body"].([]any)
	if !ok || len(body) == 0 {
		t.Fatal("the card is empty")
	}
	buttons, ok := body[len(body)-1].(node)["actions"].([]any)
	if !ok || len(buttons) != 1 {
		t.Fatalf("the buttons are %v", buttons)
	}
	data, err := json.Marshal(buttons[0].(node)["data"])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestADelegationWithoutAnybodyIsNoButton(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"of nobody":      `{"verb":"delegate","slots":{"delegate_to":"finn","until_text":"2026-12-08T06:00:00Z"}}`,
		"to nobody":      `{"verb":"delegate","person":"morgan","slots":{"until_text":"2026-12-08T06:00:00Z"}}`,
		"without an end": `{"verb":"delegate","person":"morgan","slots":{"delegate_to":"finn"}}`,
	} {
		if cmd, err := cards.Parse([]byte(data)); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s: %+v, %v", name, cmd, err)
		}
	}
}
