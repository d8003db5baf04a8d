package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

func TestWhatIsSaidArrivesAsTeamsSendsIt(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Now = newClock().Now
	em := start(t, cfg)
	bot := newBot(t, em)
	status, err := em.Say(t.Context(), riley, "quote 40 <radios>")
	if err != nil || status != 200 {
		t.Fatalf("status %d, %v", status, err)
	}
	want := map[string]any{
		"type": "message", "id": "1772442000000",
		"timestamp": "2026-03-02T09:00:00.000Z", "localTimestamp": "2026-03-02T09:00:00.000+00:00", "localTimezone": "UTC",
		"serviceUrl": em.ServiceURL(), "channelId": "msteams", "locale": "en-US",
		"from":         map[string]any{"id": "29:riley", "name": "Riley Rep", "aadObjectId": riley.ObjectID},
		"recipient":    map[string]any{"id": "28:" + cfg.AppID, "name": "Radio Quote"},
		"conversation": map[string]any{"conversationType": "personal", "id": em.ChatID(riley), "tenantId": "tenant-1"},
		"textFormat":   "plain", "text": "quote 40 <radios>",
		"attachments": []any{map[string]any{"contentType": "text/html", "content": "<div>quote 40 &lt;radios&gt;</div>"}},
		"entities":    []any{map[string]any{"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web", "timezone": "UTC"}},
		"channelData": map[string]any{"tenant": map[string]any{"id": "tenant-1"}},
	}
	got := bot.requests()[0]
	if diff := cmp.Diff(want, got.activity); diff != "" {
		t.Errorf("activity (-want +got):\n%s", diff)
	}
	if content := got.header.Get("Content-Type"); content != "application/json; charset=utf-8" {
		t.Errorf("Content-Type is %q", content)
	}
	if !strings.HasPrefix(got.header.Get("Authorization"), "Bearer ey") {
		t.Error("the activity is not signed")
	}
}

func TestTheChatShowsWhatBecameOfAMessage(t *testing.T) {
	t.Parallel()
	cfg := config()
	em := start(t, cfg)
	bot := newBot(t, em)
	bot.answers(func(map[string]any) (int, string) { return 503, "" })
	if status, err := em.Say(t.Context(), riley, "hi"); err != nil || status != 503 {
		t.Errorf("status %d, %v", status, err)
	}
	em.SetBotURL("http://127.0.0.1:1/")
	if _, err := em.Say(t.Context(), riley, "anybody?"); err == nil {
		t.Error("a bot that does not run has answered")
	}
	got := em.Messages(riley)
	if len(got) != 2 || got[0].Status != 503 || got[1].Status != 504 || got[0].Text != "hi" || got[0].From != riley.UserID {
		t.Errorf("messages are %+v", got)
	}
}

func TestAStrangerCannotTalk(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	stranger := emulator.Person{Name: "Sam", ObjectID: "3", UserID: "29:sam"}
	if _, err := em.Say(t.Context(), stranger, "hi"); err == nil {
		t.Error("a stranger has talked")
	}
	if _, err := em.SayIn(t.Context(), stranger, em.AddGroup(riley), "hi"); err == nil {
		t.Error("a stranger has talked in a group")
	}
	if n := len(bot.requests()); n != 0 {
		t.Errorf("the bot has heard %d activities", n)
	}
	if err := em.AddPerson(stranger); err != nil {
		t.Fatal(err)
	}
	if status, err := em.Say(t.Context(), stranger, "hi"); err != nil || status != 200 {
		t.Errorf("somebody new is answered %d, %v", status, err)
	}
}

func TestMentionsInGroupsAndChannels(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group, channel := em.AddGroup(riley), em.AddChannel(riley)
	if _, err := em.SayIn(t.Context(), riley, group, "status"); err != nil {
		t.Fatal(err)
	}
	if _, err := em.SayIn(t.Context(), riley, channel, "status"); err != nil {
		t.Fatal(err)
	}
	thread := em.Messages(riley)[1].Conversation
	if _, err := em.SayIn(t.Context(), riley, thread, "again"); err != nil {
		t.Fatal(err)
	}
	requests := bot.requests()
	for i, want := range []struct{ kind, conversation, text string }{
		{"groupChat", group, "<at>Radio Quote</at> status\n"},
		{"channel", channel + ";messageid=" + requests[1].activity["id"].(string), "<at>Radio Quote</at> status\n"},
		{"channel", thread, "<at>Radio Quote</at> again\n"},
	} {
		a := requests[i].activity
		place := a["conversation"].(map[string]any)
		if place["conversationType"] != want.kind || place["id"] != want.conversation || place["isGroup"] != true || a["text"] != want.text {
			t.Errorf("activity %d is %v in %v", i, a["text"], place)
		}
		mention := map[string]any{
			"type": "mention", "text": "<at>Radio Quote</at>",
			"mentioned": map[string]any{"id": "28:" + config().AppID, "name": "Radio Quote"},
		}
		if diff := cmp.Diff(mention, a["entities"].([]any)[1]); diff != "" {
			t.Errorf("mention %d (-want +got):\n%s", i, diff)
		}
		if want.kind == "channel" {
			data := a["channelData"].(map[string]any)
			if diff := cmp.Diff(map[string]any{"id": channel}, data["channel"]); diff != "" || data["tenant"] == nil || data["team"] == nil {
				t.Errorf("channelData is %v", data)
			}
		}
	}
	if n := len(em.Messages(morgan)); n != 0 {
		t.Errorf("somebody who is not there sees %d messages", n)
	}
}

func TestInstallTellsTheBotTwice(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	if err := em.Install(t.Context(), riley); err != nil {
		t.Fatal(err)
	}
	seen := map[any]map[string]any{}
	for _, r := range bot.requests() {
		seen[r.activity["type"]] = r.activity
	}
	if len(seen) != 2 || seen["installationUpdate"]["action"] != "add" {
		t.Errorf("the bot has heard %v", seen)
	}
	added := []any{map[string]any{"id": "28:" + config().AppID}}
	if diff := cmp.Diff(added, seen["conversationUpdate"]["membersAdded"]); diff != "" {
		t.Errorf("membersAdded (-want +got):\n%s", diff)
	}

	bot.answers(func(map[string]any) (int, string) { return 500, "" })
	if err := em.Install(t.Context(), riley); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("a bot that fails gives the error %v", err)
	}
	em.SetBotURL("http://127.0.0.1:1/")
	if err := em.Install(t.Context(), riley); err == nil {
		t.Error("a bot that does not run gives no error")
	}
}

func TestUninstallBlocksWhatTheBotWrites(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, riley, `{"type":"message","text":"hi"}`)
	if err := em.Uninstall(t.Context(), riley); err != nil {
		t.Fatal(err)
	}
	if a := bot.requests()[0].activity; a["type"] != "installationUpdate" || a["action"] != "remove" {
		t.Errorf("the bot has heard %v", a)
	}
	chat := em.ChatID(riley)
	for _, tc := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", activities(chat), `{"type":"message","text":"hi"}`, 403},
		{"PUT", activities(chat, id), `{"type":"message","text":"hi"}`, 403},
		{"DELETE", activities(chat, id), "", 403},
		{"GET", "/" + chat + "/members", "", 404},
		{"POST", "", `{"members":[{"id":"29:riley"}],"tenantId":"tenant-1"}`, 403},
	} {
		got := bot.must(t, tc.method, tc.path, tc.body)
		if got.status != tc.want {
			t.Errorf("%s %s is answered %d, want %d", tc.method, tc.path, got.status, tc.want)
		}
		if tc.want == 403 && tc.path != "" && !strings.Contains(got.body, `MessageWritesBlocked`) {
			t.Errorf("%s is answered %s", tc.method, got.body)
		}
	}
	if err := em.Install(t.Context(), riley); err != nil {
		t.Fatal(err)
	}
	bot.post(t, riley, `{"type":"message","text":"welcome back"}`)

	bot.answers(func(map[string]any) (int, string) { return 500, "" })
	if err := em.Uninstall(t.Context(), riley); err == nil {
		t.Error("a bot that fails gives no error")
	}
}

func TestResend(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		isResent bool
		first    int // status of the bot's first answer; 0: none in time
		want     int // activities that the bot gets
	}{
		{"not unless asked for", false, 503, 1},
		{"after a 503", true, 503, 2},
		{"after no answer in time", true, 0, 2},
		{"not after a refusal", true, 401, 1},
		{"not after success", true, 202, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			cfg.Resend = tc.isResent
			if tc.first == 0 {
				cfg.AckLimit = time.Second
			}
			em := start(t, cfg)
			var (
				ids   []string
				first atomic.Bool
			)
			heard := make(chan string, 3)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var a struct{ ID string }
				_ = json.NewDecoder(r.Body).Decode(&a)
				heard <- a.ID
				switch {
				case !first.CompareAndSwap(false, true):
				case tc.first == 0:
					<-r.Context().Done()
				default:
					w.WriteHeader(tc.first)
				}
			}))
			defer server.Close()
			em.SetBotURL(server.URL)
			if _, err := em.Say(t.Context(), riley, "hi"); err != nil {
				t.Fatal(err)
			}
			close(heard)
			for id := range heard {
				ids = append(ids, id)
			}
			if len(ids) != tc.want {
				t.Fatalf("the bot has heard %d times, want %d", len(ids), tc.want)
			}
			if ids[0] != ids[len(ids)-1] {
				t.Errorf("ids are %v, want one", ids)
			}
		})
	}
}

func TestPostSendsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	response, err := em.Post(t.Context(), []byte(`{"type":"message"}`), http.Header{"Authorization": {"Basic x"}, "Content-Type": {"text/json"}})
	if err != nil || response.Status != 200 {
		t.Fatalf("%+v, %v", response, err)
	}
	if header := bot.requests()[0].header; header.Get("Authorization") != "Basic x" || header.Get("Content-Type") != "text/json" {
		t.Errorf("header is %v", header)
	}
	if response, err := em.Post(t.Context(), []byte(`{`), nil); err != nil || response.Status != 400 || len(response.Body) == 0 {
		t.Errorf("%+v, %v", response, err)
	}
	em.SetBotURL("://")
	if _, err := em.Post(t.Context(), nil, nil); err == nil {
		t.Error("an address that is none gives no error")
	}
	if _, err := em.Send(t.Context(), map[string]any{"type": func() {}}); err == nil {
		t.Error("an activity that is no JSON was sent")
	}
}

func TestAnAnswerThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("short"))
	}))
	defer server.Close()
	em.SetBotURL(server.URL)
	if _, err := em.Say(t.Context(), riley, "hi"); err == nil {
		t.Error("half an answer was taken")
	}
}

func TestWaitForHearsOfTheBotOnly(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.answers(func(a map[string]any) (int, string) {
		if a["type"] == "message" {
			id := bot.post(t, riley, `{"type":"message","text":"checking"}`)
			bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), `{"type":"message","text":"verified"}`)
			gone := bot.post(t, riley, `{"type":"message","text":"gone"}`)
			bot.must(t, http.MethodDelete, activities(em.ChatID(riley), gone), "")
		}
		return 200, ""
	})
	waited := make(chan emulator.Message, 1)
	go func() {
		m, err := em.WaitFor(t.Context(), riley, func(m emulator.Message) bool { return m.Text == "verified" })
		if err != nil {
			t.Error(err)
		}
		waited <- m
	}()
	if _, err := em.Say(t.Context(), riley, "verified"); err != nil {
		t.Fatal(err)
	}
	if m := <-waited; m.From == riley.UserID || len(m.History) != 1 {
		t.Errorf("waited for %+v", m)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := em.WaitFor(ctx, riley, func(m emulator.Message) bool { return m.Text == "gone" })
	if err == nil || !strings.Contains(err.Error(), "verified") {
		t.Errorf("the error is %v, want it to show the last message", err)
	}
	if _, err := em.WaitFor(ctx, morgan, func(emulator.Message) bool { return true }); err == nil {
		t.Error("somebody else's message was found")
	}
}

func TestRenewChangesIDAndTimeOnly(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	first := em.Activity(riley, "hi")
	clock.forward(30 * time.Second)
	second := em.Renew(first)
	if first["id"] == second["id"] || first["timestamp"] == second["timestamp"] {
		t.Errorf("id %v, time %v are the same", second["id"], second["timestamp"])
	}
	for _, key := range []string{"id", "timestamp", "localTimestamp"} {
		second[key] = first[key]
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("renewed (-first +second):\n%s", diff)
	}
}

// Bots take the id of an activity for its identity, so it must not repeat when the clock stands still
// or is set back.
func TestIDsAlwaysGrow(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	last := ""
	for range 5 {
		id := em.Activity(riley, "hi")["id"].(string)
		if id <= last {
			t.Errorf("%s follows %s", id, last)
		}
		last = id
		clock.forward(-time.Second)
	}
}
