package bot_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"radioquote/bot/emulator"
	"radioquote/store/localpg"
)

// large is a quote that a manager has to approve.
const large = "quote 60 radios for 3 sites, construction, Acme Construction"

// submitted is a large quote that waits for Morgan, and her card.
func (h *house) submitted(t *testing.T) (rileys, morgans emulator.Message) {
	t.Helper()
	check(t, h.teams.Install(t.Context(), morgan))
	h.say(t, riley, large)
	rileys = h.sees(t, riley, "Q-1001", `"verb":"submit"`)
	answer := must(h.teams.Click(t.Context(), riley, rileys.ID, "submit", nil))(t)
	if answer.Status != http.StatusOK || answer.Card == nil {
		t.Fatalf("submit is answered %d %s", answer.Status, answer.Message)
	}
	return rileys, h.sees(t, morgan, "Q-1001", `"verb":"approve"`)
}

func TestAQuoteGoesFromChatOverAManagerToNetSuite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rileys, morgans := h.submitted(t)

	answer := must(h.teams.Click(t.Context(), morgan, morgans.ID, "approve", nil))(t)
	if answer.Status != http.StatusOK || strings.Contains(string(answer.Card), `"verb":"approve"`) || !strings.Contains(string(answer.Card), "Q-1001") {
		t.Errorf("approve is answered %d %s %s", answer.Status, answer.Message, answer.Card)
	}
	h.sees(t, riley, "approved by Morgan Manager")
	h.sees(t, riley, "The Estimate is in NetSuite")
	estimate, ok := h.netsuite.Estimate("RQ-Q-1001")
	if !ok {
		t.Fatal("NetSuite has no Estimate")
	}
	line := h.logs.FilterField(zap.String("verb", "approve_quote")).All()
	if len(line) != 1 {
		t.Fatalf("%d lines of an approval in the log, want one", len(line))
	}
	if correlation := line[0].ContextMap()["correlation"].(string); !strings.Contains(estimate.Memo, correlation) {
		t.Errorf("the click's correlation id %s is not in the memo %q", correlation, estimate.Memo)
	}
	for _, m := range h.written(riley) {
		if m.ID == rileys.ID && len(m.History) == 0 {
			t.Error("the rep's card was not updated in place")
		}
	}
}

func TestAnActivityThatArrivesTenTimesAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	activity := h.teams.Activity(riley, "quote 40 radios for 3 sites")
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if response, err := h.teams.Send(t.Context(), activity); err != nil || response.Status != http.StatusOK {
				t.Errorf("answered %d, %v", response.Status, err)
			}
		})
	}
	all.Wait()
	h.sees(t, riley, "Q-1001")
	h.say(t, riley, "help") // goes out after everything before it
	h.sees(t, riley, "We are at Q-1001")
	if cards := len(h.written(riley)); cards != 2 {
		t.Errorf("%d messages, want the quote and the help", cards)
	}
	if quotes := h.count(t, `SELECT count(*) FROM quotes`); quotes != 1 {
		t.Errorf("%d quotes, want one", quotes)
	}
}

func TestAClickThatTeamsRepeatsDecidesOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, morgans := h.submitted(t)
	click := h.teams.Invoke(morgan, morgans, "approve", buttonData(t, morgans.Card, "approve"))

	for name, again := range map[string]func() map[string]any{
		"first or with the same id": func() map[string]any { return click },
		"with a new id":             func() map[string]any { return h.teams.Renew(click) },
	} {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				answer, err := h.teams.Execute(t.Context(), morgan, again())
				if err != nil || answer.Status != http.StatusOK || !strings.Contains(string(answer.Card), "pproved") {
					t.Errorf("%s: answered %d %s %s, %v", name, answer.Status, answer.Message, answer.Card, err)
				}
			})
		}
		all.Wait()
	}
	h.sees(t, riley, "The Estimate is in NetSuite")
	if decided := h.count(t, `SELECT count(*) FROM audit_events WHERE kind = 'quote_approved'`); decided != 1 {
		t.Errorf("%d approvals, want one", decided)
	}
	if n := h.netsuite.EstimateCount(); n != 1 {
		t.Errorf("%d Estimates, want one", n)
	}
}

func TestACardComesOnceAndNotBeforeTeamsWantsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const wait = 2 * time.Second
	h.teams.Inject(2, emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: wait})
	began := time.Now()
	h.say(t, riley, "help")
	h.sees(t, riley, "I price two-way radio systems")
	if took := time.Since(began); took < 2*wait {
		t.Errorf("the card came after %s, and twice Teams had wanted %s", took, wait)
	}
	h.say(t, riley, "status Q-999")
	h.sees(t, riley, "There is no quote Q-999")
	if n := len(h.written(riley)); n != 2 {
		t.Errorf("%d messages, want two", n)
	}
}

func TestACardWhoseAnswerIsLostIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.teams.Inject(1, emulator.Fault{Commit: true}) // the connector takes it and hangs up
	h.say(t, riley, "help")
	h.sees(t, riley, "I price two-way radio systems")
	h.say(t, riley, "status Q-999")
	h.sees(t, riley, "There is no quote Q-999")
	if n := len(h.written(riley)); n != 2 {
		t.Errorf("%d messages, want two", n)
	}
	if n := h.count(t, `SELECT count(*) FROM messages WHERE state = 'ambiguous'`); n != 1 {
		t.Errorf("%d messages are known to be in doubt, want one", n)
	}
}

func TestAButtonOfAnOldVersionChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, large)
	old := h.sees(t, riley, "Q-1001", `"verb":"submit"`)
	click := h.teams.Invoke(riley, old, "submit", buttonData(t, old.Card, "submit"))
	h.say(t, riley, "make it 65")
	h.sees(t, riley, "Q-1001 v2", "65 radios")

	answer := must(h.teams.Execute(t.Context(), riley, click))(t)
	if answer.Status != http.StatusOK || !strings.Contains(string(answer.Card), "Q-1001 is at version 2 now; this card was version 1.") {
		t.Errorf("the old button is answered %d %s %s", answer.Status, answer.Message, answer.Card)
	}
	if n := h.count(t, `SELECT count(*) FROM audit_events WHERE kind = 'quote_submitted'`); n != 0 {
		t.Errorf("the quote was submitted %d times, want never", n)
	}
}

func TestForgedButtonsDecideNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rileys, morgans := h.submitted(t)
	real := buttonData(t, morgans.Card, "approve")
	forged := func(changes map[string]any) map[string]any {
		data := maps.Clone(real)
		maps.Copy(data, changes)
		return data
	}
	for _, tc := range []struct {
		name string
		who  emulator.Person
		card emulator.Message
		data map[string]any
	}{
		{"one's own quote, with the manager's button", riley, rileys, real},
		{"another nonce", morgan, morgans, forged(map[string]any{"nonce": "guessed"})},
		{"no nonce", morgan, morgans, forged(map[string]any{"nonce": ""})},
		{"another version", morgan, morgans, forged(map[string]any{"version": 2})},
		{"a quote that is not there", morgan, morgans, forged(map[string]any{"quote": "Q-4711"})},
		{"somebody without a role", sam, emulator.Message{ID: "1", Conversation: h.teams.ChatID(sam)}, real},
		{"a number of a quote that is none", morgan, morgans, forged(map[string]any{"quote": "Q-1001'; DROP TABLE quotes; --"})},
	} {
		answer, err := h.teams.Execute(t.Context(), tc.who, h.teams.Invoke(tc.who, tc.card, "approve", tc.data))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if answer.Card == nil && answer.Message == "" {
			t.Errorf("%s: nothing is said", tc.name)
		}
	}
	if n := h.count(t, `SELECT count(*) FROM quote_versions WHERE state = 'pending'`); n != 1 {
		t.Error("the quote is not pending any more")
	}
}

func TestAClientWithoutExecuteIsAnsweredByAMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rileys, morgans := h.submitted(t)
	if status := must(h.teams.Submit(t.Context(), morgan, morgans.ID, buttonData(t, morgans.Card, "approve")))(t); status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	h.sees(t, riley, "approved by Morgan Manager")
	if status := must(h.teams.Submit(t.Context(), riley, rileys.ID, map[string]any{"verb": "pay"}))(t); status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	h.sees(t, riley, "I did not get that")
}

func TestHostileNamesStayNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, `quote 40 radios for 3 sites for "Bobby'); DROP TABLE quotes; --" Construction`)
	h.say(t, riley, "quote 41 radios for 3 sites for **Bold** [Link](https://evil.example) Construction")
	h.say(t, riley, "quote 42 radios for 3 sites for <script>alert(1)</script> <at>Everybody</at> {{DATE(x)}} Construction")
	h.say(t, riley, "\u202equote 43 radios for 3 sites\u0000")
	h.say(t, riley, strings.Repeat("quote 40 radios ", 625))
	h.say(t, riley, "help")
	h.sees(t, riley, "We are at Q-1004")
	for _, m := range h.written(riley) {
		var card any
		check(t, json.Unmarshal(m.Card, &card))
		walk(card, func(node map[string]any) {
			text, _ := node["text"].(string)
			if node["type"] == "TextBlock" && (strings.Contains(text, "](") || strings.Contains(text, "DROP") || strings.Contains(text, "Everybody")) {
				t.Errorf("text of a person where clients read Markdown: %q", text)
			}
		})
	}
	if n := len(h.written(riley)); n != 6 {
		t.Errorf("%d answers to 6 messages", n)
	}
}

func TestInstallingIsGreetedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 2 {
		check(t, h.teams.Install(t.Context(), riley)) // two activities, at the same time
	}
	h.say(t, riley, "nonsense")
	h.sees(t, riley, "I did not get that")
	if n := len(h.written(riley)); n != 2 {
		t.Errorf("%d messages, want one greeting and one answer", n)
	}
	check(t, h.teams.Uninstall(t.Context(), riley))
	if n := h.count(t, `SELECT count(*) FROM conversations WHERE gone`); n != 1 {
		t.Errorf("%d chats are closed, want one", n)
	}
}

func TestSomebodyWithoutARoleIsToldHowToGetOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, sam, "quote 40 radios for 3 sites")
	h.sees(t, sam, "no role", sam.ObjectID)

	nobody := h.teams.Activity(sam, "quote 40 radios for 3 sites")
	delete(nobody["from"].(map[string]any), "aadObjectId")
	if response := must(h.teams.Send(t.Context(), nobody))(t); response.Status != http.StatusOK {
		t.Errorf("an account without an object id is answered %d, want 200", response.Status)
	}
}

func TestWithoutADatabaseNothingIsPromised(t *testing.T) {
	t.Parallel()
	var proxy *localpg.Proxy
	h := newHouse(t, func(db localpg.Database) string {
		proxy = localpg.NewProxy(t, db.URL)
		return proxy.URL()
	})
	defer h.close() // before the proxy ends
	h.say(t, riley, large)
	card := h.sees(t, riley, "Q-1001", `"verb":"submit"`)

	proxy.Cut()
	if status := must(h.teams.Say(t.Context(), riley, "quote 41 radios for 3 sites"))(t); status != http.StatusServiceUnavailable {
		t.Errorf("the message is answered %d, want 503", status)
	}
	h.sees(t, riley, "I could not save this, please send it again in a minute.")
	answer := must(h.teams.Click(t.Context(), riley, card.ID, "submit", nil))(t)
	if answer.Status != http.StatusInternalServerError || answer.Message != "I could not save this, please try again in a minute." {
		t.Errorf("the click is answered %d %s", answer.Status, answer.Message)
	}

	proxy.Mend()
	for again := true; again; { // as the bot has asked for; some connections are still the broken ones
		again = must(h.teams.Say(t.Context(), riley, "quote 41 radios for 3 sites"))(t) == http.StatusServiceUnavailable
	}
	h.sees(t, riley, "Q-1002")
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 2 {
		t.Errorf("%d quotes, want two", n)
	}
}

// buttonData is the data of the first button with the verb.
func buttonData(t *testing.T, card json.RawMessage, verb string) map[string]any {
	t.Helper()
	var root any
	check(t, json.Unmarshal(card, &root))
	var data map[string]any
	walk(root, func(node map[string]any) {
		if node["type"] == "Action.Execute" && node["verb"] == verb && data == nil {
			data = node["data"].(map[string]any)
		}
	})
	if data == nil {
		t.Fatalf("no button %s on %s", verb, card)
	}
	return data
}

// walk visits every object in a card.
func walk(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			walk(child, visit)
		}
	case map[string]any:
		visit(node)
		for _, child := range node {
			walk(child, visit)
		}
	}
}
