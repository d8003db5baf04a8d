package bot_test

import (
	"testing"
)

func TestAMessageIsAnsweredWithACard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, "quote 40 radios for 3 sites")
	h.sees(t, riley, "Q-1001")
	for _, l := range h.logs.All() {
		t.Log(l.Message, l.ContextMap())
	}
}
