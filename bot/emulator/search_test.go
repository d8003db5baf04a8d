package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

const (
	adaptive  = "application/vnd.microsoft.card.adaptive"
	thumbnail = "application/vnd.microsoft.card.thumbnail"
)

// entry is a result: its card says "open", its preview has the fields given.
func entry(preview string) string {
	return fmt.Sprintf(`{"contentType":%q,"content":%s,"preview":{"contentType":%q,"content":{%s}}}`,
		adaptive, card(textBlock("open"), twoButtons), thumbnail, preview)
}

func results(entries ...string) string {
	return `{"composeExtension":{"type":"result","attachmentLayout":"list","attachments":[` + strings.Join(entries, ",") + `]}}`
}

func TestASearchArrivesAsTeamsSendsIt(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.answers(func(map[string]any) (int, string) { return 200, results(entry(`"title":"Q-1001","text":"Acme"`)) })
	group := em.AddGroup(riley, morgan)
	for _, tc := range []struct {
		name      string
		query     emulator.Query
		parameter map[string]any
		place     string
		kind      string
	}{
		{"what is typed is the search's parameter", emulator.Query{Command: "searchQuotes", Parameter: "query", Text: "acme", Conversation: group}, map[string]any{"name": "query", "value": "acme"}, group, "groupChat"},
		{"what has just been opened says so", emulator.Query{Command: "searchQuotes", Parameter: "query"}, map[string]any{"name": "initialRun", "value": "true"}, em.ChatID(riley), "personal"},
		{"a chat of two people is personal, too", emulator.Query{Command: "searchQuotes", Conversation: em.AddChat(riley, morgan)}, map[string]any{"name": "initialRun", "value": "true"}, em.AddChat(riley, morgan), "personal"},
	} {
		found, err := em.Search(t.Context(), riley, tc.query)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if len(found.Results) != 1 || found.Results[0].Title != "Q-1001" || found.Results[0].Text != "Acme" || found.Results[0].Tap != nil {
			t.Errorf("%s: found %d, %q", tc.name, len(found.Results), found.Message)
		}
		all := bot.requests()
		got := all[len(all)-1].activity
		want := map[string]any{
			"commandId": "searchQuotes", "parameters": []any{tc.parameter}, "queryOptions": map[string]any{"skip": 0.0, "count": 25.0},
		}
		if diff := cmp.Diff(want, got["value"]); diff != "" {
			t.Errorf("%s: value (-want +got):\n%s", tc.name, diff)
		}
		place := got["conversation"].(map[string]any)
		if got["type"] != "invoke" || got["name"] != "composeExtension/query" || place["id"] != tc.place || place["conversationType"] != tc.kind {
			t.Errorf("%s: the invoke is %v", tc.name, got)
		}
	}
}

func TestAnswersToASearchThatTeamsWouldNotShowAreErrors(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	good := entry(`"title":"Q-1001"`)
	many := make([]string, 26)
	for i := range many {
		many[i] = good
	}
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   string // of the error; empty: there is none
	}{
		{"results", 200, results(good, good), ""},
		{"no results", 200, results(), ""},
		{"as many as are shown", 200, results(many[:25]...), ""},
		{"a message", 200, `{"composeExtension":{"type":"message","text":"Nothing found."}}`, ""},
		{"a tap that tells the bot", 200, results(entry(`"title":"Q-1","tap":{"type":"invoke","value":{"quote":1}}`)), ""},
		{"another status", 500, results(good), "the bot answered 500"},
		{"no JSON", 200, "", "read the answer"},
		{"another envelope", 200, `{"type":"result"}`, "no composeExtension"},
		{"a message without a text", 200, `{"composeExtension":{"type":"message"}}`, "a text and nothing else"},
		{"a type that there is not", 200, `{"composeExtension":{"type":"error","text":"?"}}`, `type is "error"`},
		{"no layout", 200, `{"composeExtension":{"type":"result","attachments":[]}}`, "attachmentLayout"},
		{"too many results", 200, results(many...), "26 results"},
		{"no contentType", 200, results(strings.Replace(good, adaptive, "", 1)), "no contentType"},
		{"another kind of card", 200, results(strings.Replace(good, adaptive, "application/vnd.microsoft.card.oauth", 1)), "contentType is"},
		{"no preview", 200, results(`{"contentType":"` + adaptive + `","content":` + card(textBlock("open"), `[]`) + `}`), "no preview"},
		{"a preview of another kind", 200, results(strings.Replace(good, thumbnail, adaptive, 1)), "contentType of the preview"},
		{"a preview without a title", 200, results(entry(`"text":"Acme"`)), "no title"},
		{"a preview with buttons", 200, results(entry(`"title":"Q-1","buttons":[{"type":"openUrl"}]`)), "no buttons"},
		{"a tap that opens a page", 200, results(entry(`"title":"Q-1","tap":{"type":"openUrl","value":"https://example.com"}`)), "a preview's tap"},
		{"a card that Teams does not show", 200, results(strings.Replace(good, `"version":"1.5"`, `"version":"1.6"`, 1)), "card: version is 1.6"},
	} {
		bot.answers(func(map[string]any) (int, string) { return tc.status, tc.body })
		_, err := em.Search(t.Context(), riley, emulator.Query{Command: "searchQuotes"})
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: the error is %v, want it to say %q", tc.name, err, tc.want)
		}
	}
}

func TestASearchWaitsNoLongerThanTeams(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.AckLimit = 50 * time.Millisecond
	em := start(t, cfg)
	newBot(t, em).answers(func(map[string]any) (int, string) {
		time.Sleep(200 * time.Millisecond) // the bot that is too slow
		return 200, results()
	})
	if _, err := em.Search(t.Context(), riley, emulator.Query{Command: "searchQuotes"}); err == nil {
		t.Error("an answer that came too late is taken")
	}
}

func TestAChosenResultIsAMessageOfThePerson(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	bot.answers(func(map[string]any) (int, string) { return 200, results(entry(`"title":"Q-1001"`)) })
	found, err := em.Search(t.Context(), riley, emulator.Query{Command: "searchQuotes"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := em.Insert(t.Context(), riley, group, found.Results[0])
	if err != nil {
		t.Fatal(err)
	}
	seen := em.Messages(morgan)
	if len(seen) != 1 || seen[0].ID != m.ID || seen[0].From != riley.UserID || !strings.Contains(string(seen[0].Card), "open") {
		t.Errorf("the other one sees %+v", seen)
	}
	if n := len(bot.requests()); n != 1 {
		t.Errorf("the bot has heard %d activities, want the search alone", n)
	}

	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(card(textBlock("decided"), `[]`)) })
	if _, err := em.Click(t.Context(), morgan, m.ID, "decide", map[string]any{"ok": true}); err != nil {
		t.Fatal(err)
	}
	click := bot.requests()[1].activity
	if click["replyToId"] != nil || click["conversation"].(map[string]any)["id"] != group {
		t.Errorf("the click is %v", click)
	}
	if card := string(em.Messages(morgan)[0].Card); !strings.Contains(card, "decided") {
		t.Errorf("who clicked sees %s", card)
	}
	if card := string(em.Messages(riley)[0].Card); !strings.Contains(card, "open") {
		t.Errorf("the other one sees %s", card)
	}
	if a := bot.must(t, http.MethodPut, activities(group, m.ID), cardActivity(textBlock("mine"), `[]`)); a.status != http.StatusForbidden {
		t.Errorf("the bot updates a person's message: %d", a.status)
	}
}

func TestAResultThatTellsTheBotIsInsertedAsItAnswers(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	chosen := emulator.Result{Title: "Q-1001", Card: json.RawMessage(`{}`), Tap: json.RawMessage(`{"quote":1001}`)}
	bot.answers(func(map[string]any) (int, string) {
		return 200, results(strings.Replace(entry(`"title":"Q-1001"`), "open", "newest", 1))
	})
	m, err := em.Insert(t.Context(), riley, "", chosen)
	if err != nil {
		t.Fatal(err)
	}
	if m.Conversation != em.ChatID(riley) || !strings.Contains(string(m.Card), "newest") {
		t.Errorf("inserted is %+v", m)
	}
	got := bot.requests()[0].activity
	if diff := cmp.Diff(map[string]any{"quote": 1001.0}, got["value"]); diff != "" || got["name"] != "composeExtension/selectItem" {
		t.Errorf("the bot is told %v", got)
	}
	for name, answer := range map[string]string{
		"a message is told":      `{"composeExtension":{"type":"message","text":"Gone."}}`,
		"two cards are too many": results(entry(`"title":"a"`), entry(`"title":"b"`)),
		"nothing is no card":     "",
	} {
		bot.answers(func(map[string]any) (int, string) { return 200, answer })
		if _, err := em.Insert(t.Context(), riley, "", chosen); err == nil {
			t.Errorf("%s: inserted", name)
		}
	}
	chosen.Tap = json.RawMessage(`{`)
	if _, err := em.Insert(t.Context(), riley, "", chosen); err == nil {
		t.Error("a tap that is no JSON is sent")
	}
	chosen.Tap = nil
	if _, err := em.Insert(t.Context(), riley, em.ChatID(morgan), chosen); err == nil {
		t.Error("a card is inserted into somebody else's chat")
	}
}

func TestTheBotIsNotInAChatOfTwoPeople(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	if a := bot.must(t, http.MethodPost, activities(em.AddChat(riley, morgan)), `{"type":"message","text":"hi"}`); a.status != http.StatusForbidden || a.code != "BotNotInConversationRoster" {
		t.Errorf("the bot writes to it: %+v", a)
	}
}

func TestRefreshOfACardThatNamesNobody(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	refresh := func(users string) string {
		return `{"type":"message","attachments":[{"contentType":"` + adaptive + `","content":{"type":"AdaptiveCard","version":"1.5","body":[],"refresh":{"action":{"type":"Action.Execute","verb":"view"}` + users + `}}}]}`
	}
	crowd := []emulator.Person{riley}
	for i := range 60 {
		crowd = append(crowd, emulator.Person{Name: "One", ObjectID: fmt.Sprint(i), UserID: fmt.Sprintf("29:%d", i)})
	}
	few, many := em.AddGroup(riley, morgan), em.AddGroup(crowd...)
	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(card(textBlock("yours"), `[]`)) })
	for _, tc := range []struct {
		name, chat, message string
		refreshed           bool
	}{
		{"is for all of a small chat", few, refresh(""), true},
		{"is for nobody if it says so", few, refresh(`,"userIds":[]`), false},
		{"is for nobody of a chat of 61", many, refresh(""), false},
		{"is not without a refresh", few, cardActivity(textBlock("hi"), `[]`), false},
	} {
		id := bot.must(t, http.MethodPost, activities(tc.chat), tc.message).id
		if _, err := em.Refresh(t.Context(), riley, id); (err == nil) != tc.refreshed {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
