package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

const twoButtons = `[
	{"type":"Action.Execute","title":"Approve","verb":"decide","data":{"quote":"Q-1001","ok":true}},
	{"type":"Action.Execute","title":"Reject","verb":"decide","data":{"quote":"Q-1001","ok":false}}]`

func cardAnswer(c string) string {
	return `{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":` + c + `}`
}

func TestAClickArrivesAsTeamsSendsIt(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, morgan, cardActivity(`[{"type":"Input.Text","id":"reason"}]`, twoButtons))
	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(card(textBlock("Rejected"), `[]`)) })

	answer, err := em.Click(t.Context(), morgan, id, "decide", map[string]any{"ok": false, "reason": "too low"})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != 200 || !strings.Contains(string(answer.Card), "Rejected") {
		t.Errorf("answer is %+v", answer)
	}
	got := bot.requests()[0].activity
	value := map[string]any{
		"trigger": "manual",
		"action": map[string]any{
			"type": "Action.Execute", "id": "", "verb": "decide",
			"data": map[string]any{"quote": "Q-1001", "ok": false, "reason": "too low"},
		},
	}
	if diff := cmp.Diff(value, got["value"]); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if got["type"] != "invoke" || got["name"] != "adaptiveCard/action" || got["replyToId"] != id {
		t.Errorf("invoke is %v", got)
	}
}

func TestACardOfAnAnswerIsForTheClickerOnly(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	id := bot.must(t, http.MethodPost, activities(group), cardActivity(textBlock("open"), twoButtons)).id
	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(card(textBlock("decided"), `[]`)) })
	if _, err := em.Click(t.Context(), morgan, id, "decide", map[string]any{"ok": true}); err != nil {
		t.Fatal(err)
	}
	if place := bot.requests()[0].activity["conversation"].(map[string]any); place["id"] != group || place["conversationType"] != "groupChat" {
		t.Errorf("the click came from %v", place)
	}
	if seen := string(em.Messages(morgan)[0].Card); !strings.Contains(seen, "decided") {
		t.Errorf("the clicker sees %s", seen)
	}
	if seen := string(em.Messages(riley)[0].Card); !strings.Contains(seen, "open") {
		t.Errorf("the other sees %s", seen)
	}
	bot.must(t, http.MethodPut, activities(group, id), cardActivity(textBlock("final"), `[]`))
	for _, p := range []emulator.Person{riley, morgan} {
		if seen := string(em.Messages(p)[0].Card); !strings.Contains(seen, "final") {
			t.Errorf("after the update, %s sees %s", p.Name, seen)
		}
	}
}

func TestNobodyClicksWhatIsNotThere(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, morgan, cardActivity(`[{"type":"Input.Text","id":"reason","isRequired":true}]`, twoButtons))
	text := bot.post(t, morgan, `{"type":"message","text":"hi"}`)
	for _, tc := range []struct {
		name     string
		p        emulator.Person
		id, verb string
		data     map[string]any
		want     string
	}{
		{"a message that is not there", morgan, "1", "decide", nil, "sees no message"},
		{"somebody else's card", riley, id, "decide", nil, "sees no message"},
		{"a message without a card", morgan, text, "decide", nil, "read the card"},
		{"another verb", morgan, id, "cancel", nil, "no such button"},
		{"a value that no button has", morgan, id, "decide", map[string]any{"quote": "Q-9"}, "no button with that verb"},
		{"an input that is not there", morgan, id, "decide", map[string]any{"note": "x"}, "no button with that verb"},
		{"a required input left empty", morgan, id, "decide", map[string]any{"ok": true}, "reason is required"},
	} {
		if _, err := em.Click(t.Context(), tc.p, tc.id, tc.verb, tc.data); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: the error is %v, want it to say %q", tc.name, err, tc.want)
		}
	}
	if n := len(bot.requests()); n != 0 {
		t.Errorf("the bot has heard %d activities", n)
	}
}

func TestAnswersThatNoClientUnderstandsAreErrors(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, morgan, cardActivity(textBlock("hi"), twoButtons))
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   emulator.Answer
		isBad  bool
	}{
		{"a message", 200, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done."}`,
			emulator.Answer{Status: 200, Message: "Done."}, false},
		{"an error", 200, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest","message":"No."}}`,
			emulator.Answer{Status: 400, Code: "BadRequest", Message: "No."}, false},
		{"a failed sign-in", 200, `{"statusCode":412,"type":"application/vnd.microsoft.error.preconditionFailed","value":{"code":"412","message":"No."}}`,
			emulator.Answer{Status: 412, Code: "412", Message: "No."}, false},
		{"a request to sign in", 200, `{"statusCode":401,"type":"application/vnd.microsoft.activity.loginRequest","value":{"text":"Sign in"}}`,
			emulator.Answer{Status: 401}, false},

		{"not implemented", 501, ``, emulator.Answer{}, true},
		{"an error as the HTTP status", 400, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest","message":"No."}}`, emulator.Answer{}, true},
		{"nothing", 200, ``, emulator.Answer{}, true},
		{"the type in the order of a sample that is wrong", 200, `{"statusCode":200,"type":"application/vnd.microsoft.adaptive.card","value":` + card(`[]`, `[]`) + `}`, emulator.Answer{}, true},
		{"a card with an error's status", 200, `{"statusCode":400,"type":"application/vnd.microsoft.card.adaptive","value":` + card(`[]`, `[]`) + `}`, emulator.Answer{}, true},
		{"a card with holes", 200, cardAnswer(card(`[{"type":"TextBlock","text":1}]`, `[]`)), emulator.Answer{}, true},
		{"a message that is no string", 200, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":{}}`, emulator.Answer{}, true},
		{"an error without a message", 200, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"BadRequest"}}`, emulator.Answer{}, true},
		{"an error that is a string", 200, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":"No."}`, emulator.Answer{}, true},
		{"a request to sign in without a card", 200, `{"statusCode":401,"type":"application/vnd.microsoft.activity.loginRequest","value":"x"}`, emulator.Answer{}, true},
	} {
		bot.answers(func(map[string]any) (int, string) { return tc.status, tc.body })
		got, err := em.Click(t.Context(), morgan, id, "decide", nil)
		if (err != nil) != tc.isBad {
			t.Errorf("%s: error %v", tc.name, err)
		}
		got.Type = ""
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	em.SetBotURL("http://127.0.0.1:1/")
	if _, err := em.Click(t.Context(), morgan, id, "decide", nil); err == nil {
		t.Error("a bot that does not run has answered")
	}
	if seen := string(em.Messages(morgan)[0].Card); !strings.Contains(seen, "hi") {
		t.Errorf("a bad answer has changed the card to %s", seen)
	}
}

func TestAForgedInvokeIsSentAsItIs(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.post(t, morgan, cardActivity(textBlock("hi"), `[]`))
	invoke := em.Invoke(morgan, em.Messages(morgan)[0], "approve", map[string]any{"nonce": "forged"})
	for _, sent := range []map[string]any{invoke, em.Renew(invoke)} {
		if _, err := em.Send(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
	}
	first, second := bot.requests()[0].activity, bot.requests()[1].activity
	if first["id"] == second["id"] {
		t.Error("a renewed invoke has the same id")
	}
	if diff := cmp.Diff(first["value"], second["value"]); diff != "" {
		t.Errorf("value (-first +second):\n%s", diff)
	}
}

func TestRefreshIsForThoseWhomTheCardNames(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	base := `{"type":"AdaptiveCard","version":"1.5","body":[],"refresh":{"action":{"type":"Action.Execute","verb":"view","data":{"q":"Q-1"}},"userIds":["29:morgan"]}}`
	posted := `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":` + base + `}]}`
	group := em.AddGroup(riley, morgan)
	id := bot.must(t, http.MethodPost, activities(group), posted).id
	text := bot.must(t, http.MethodPost, activities(group), `{"type":"message","text":"hi"}`).id
	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(card(textBlock("yours"), `[]`)) })

	if _, err := em.Refresh(t.Context(), morgan, id); err != nil {
		t.Fatal(err)
	}
	value := bot.requests()[0].activity["value"].(map[string]any)
	want := map[string]any{"trigger": "automatic", "action": map[string]any{
		"type": "Action.Execute", "id": "", "verb": "view", "data": map[string]any{"q": "Q-1"},
	}}
	if diff := cmp.Diff(want, value); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if seen := string(em.Messages(morgan)[0].Card); !strings.Contains(seen, "yours") {
		t.Errorf("the card is now %s", seen)
	}
	for name, refresh := range map[string]func() (emulator.Answer, error){
		"somebody whom the card does not name": func() (emulator.Answer, error) { return em.Refresh(t.Context(), riley, id) },
		"a message without a card":             func() (emulator.Answer, error) { return em.Refresh(t.Context(), morgan, text) },
		"a message that is not there":          func() (emulator.Answer, error) { return em.Refresh(t.Context(), morgan, "1") },
	} {
		if _, err := refresh(); err == nil {
			t.Errorf("%s: refreshed", name)
		}
	}
}

func TestSubmitIsAMessageWithoutText(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, morgan, cardActivity(textBlock("hi"), `[]`))
	if status, err := em.Submit(t.Context(), morgan, id, map[string]any{"verb": "approve"}); err != nil || status != 200 {
		t.Fatalf("status %d, %v", status, err)
	}
	a := bot.requests()[0].activity
	if _, hasText := a["text"]; hasText || a["type"] != "message" || a["replyToId"] != id {
		t.Errorf("activity is %v", a)
	}
	if diff := cmp.Diff(map[string]any{"verb": "approve"}, a["value"]); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
	if _, err := em.Submit(t.Context(), morgan, "1", nil); err == nil {
		t.Error("a message that is not there was submitted")
	}
}

func TestACardIsValidJSONWhereverItIsSeen(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.post(t, morgan, cardActivity(textBlock("ünïcödé"), `[]`))
	var seen map[string]any
	if err := json.Unmarshal(em.Messages(morgan)[0].Card, &seen); err != nil {
		t.Fatal(err)
	}
}
