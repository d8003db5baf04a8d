package bot_test

import (
	"net/http"
	"testing"
)

// TestATapOnAListLeavesTheListAndAnswersBelow goes from a message over a row of the list to
// the quote, with and without a client that knows Action.Execute.
func TestATapOnAListLeavesTheListAndAnswersBelow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, "quote 12 radios for 1 site, retail, Acme Construction")
	h.sees(t, riley, "Q-1001", `"verb":"submit"`)
	h.say(t, riley, "list my quotes")
	list := h.sees(t, riley, "It comes to $4,869.43.", "Q-1001 v1 · Acme Construction")
	before := len(h.written(riley))

	answer := must(h.teams.Click(t.Context(), riley, list.ID, "view", nil))(t)
	if answer.Status != http.StatusOK || answer.Card != nil || answer.Message == "" {
		t.Errorf("a tap is answered %d %q with the card %s", answer.Status, answer.Message, answer.Card)
	}
	status := must(h.teams.Submit(t.Context(), riley, list.ID, buttonData(t, list.Card, "view")))(t)
	if status != http.StatusOK {
		t.Errorf("the same as a message is answered %d", status)
	}
	h.say(t, riley, "help") // goes out after everything before it
	h.sees(t, riley, "We are at Q-1001")
	if n := len(h.written(riley)) - before; n != 3 {
		t.Errorf("%d messages came, want the quote twice and the help", n)
	}
	h.sees(t, riley, "It comes to $4,869.43.")
}
