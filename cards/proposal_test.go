package cards_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/cards"
	"radioquote/quoting"
)

// proposal is the card on which an admin decides.
func proposal() quoting.Notice {
	click := &quoting.Click{Proposal: 7, Nonce: "seen"}
	return quoting.Notice{
		Title: "Proposed: the role finance for Sam South", Text: "Ada Admin proposes this.", Points: []string{"Sam South gains finance."},
		Choices: []quoting.Choice{
			{Title: "Confirm", Command: quoting.Command{Intent: quoting.ConfirmProposal, Click: click}},
			{Title: "Refuse", Command: quoting.Command{Intent: quoting.RefuseProposal, Click: click}},
		},
	}
}

func TestTheButtonsOfAProposalSayWhichAndWhatWasSeen(t *testing.T) {
	t.Parallel()
	var found []quoting.Command
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if v["type"] == "Action.Execute" {
				data, err := json.Marshal(v["data"])
				if err != nil {
					t.Fatal(err)
				}
				cmd, err := cards.Parse(data)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, cmd)
				return
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	var card any
	if err := json.Unmarshal(cards.Notice(proposal()).JSON, &card); err != nil {
		t.Fatal(err)
	}
	walk(card)
	want := []quoting.Command{proposal().Choices[0].Command, proposal().Choices[1].Command}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, data := range []string{`{"verb":"confirm"}`, `{"verb":"confirm","proposal":7}`, `{"verb":"refuse_proposal","nonce":"seen"}`, `{"verb":"confirm","proposal":-1,"nonce":"seen"}`} {
		if _, err := cards.Parse(json.RawMessage(data)); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestANoticeMayOpenAPage(t *testing.T) {
	t.Parallel()
	n := proposal()
	n.Link = &quoting.Link{Title: "Sign in", URL: "https://quotes.example/step-up/x?y=1&z=2"}
	card := string(cards.Notice(n).JSON)
	if !strings.Contains(card, `"type":"Action.OpenUrl","title":"Sign in"`) || !strings.Contains(card, n.Link.URL) {
		t.Errorf("%s", card)
	}
	if first, second := strings.Index(card, "Action.OpenUrl"), strings.Index(card, "Confirm"); first > second {
		t.Error("the page comes behind the buttons")
	}
}
