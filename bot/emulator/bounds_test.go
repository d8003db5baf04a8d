package emulator

import (
	"strconv"
	"testing"
	"time"
)

// bare is an emulator's state without its server.
func bare() *Emulator {
	return &Emulator{
		cfg:     Config{AppID: "app", TenantID: "tenant", Now: time.Now, Unlimited: true},
		chats:   map[string]*chat{},
		changed: make(chan struct{}),
	}
}

func TestCallsDoNotGrowForEver(t *testing.T) {
	t.Parallel()
	e := bare()
	for i := range 3 * maxCalls {
		e.remember(Call{Activity: strconv.Itoa(i)})
	}
	calls := e.Calls()
	if len(calls) > maxCalls {
		t.Errorf("%d calls are kept", len(calls))
	}
	if last := calls[len(calls)-1].Activity; last != strconv.Itoa(3*maxCalls-1) {
		t.Errorf("the last call kept is %s", last)
	}
}

func TestChatsDoNotGrowForEver(t *testing.T) {
	t.Parallel()
	e := bare()
	p := Person{Name: "Riley", ObjectID: "1", UserID: "29:1"}
	if err := e.AddPerson(p); err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxMessages {
		if _, err := e.store(e.ChatID(p), activity{Type: "message", Text: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	messages := e.Messages(p)
	if len(messages) > maxMessages {
		t.Errorf("%d messages are kept", len(messages))
	}
	if last := messages[len(messages)-1].Text; last != strconv.Itoa(3*maxMessages-1) {
		t.Errorf("the last message kept is %s", last)
	}
}
