package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

func TestAPostedCardIsSeen(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	sent := cardActivity(textBlock("Q-1001"), `[]`)
	id := bot.post(t, riley, sent)

	got := em.Messages(riley)
	if len(got) != 1 {
		t.Fatalf("%d messages are seen", len(got))
	}
	want := emulator.Message{
		ID: id, Conversation: em.ChatID(riley), From: "28:" + config().AppID, Sent: got[0].Sent,
		Summary: "a card", Card: json.RawMessage(card(textBlock("Q-1001"), `[]`)), Activity: json.RawMessage(sent),
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if others := em.Messages(morgan); len(others) != 0 {
		t.Errorf("somebody else sees %v", others)
	}
}

func TestAReplyNamesWhatItAnswers(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	got := bot.must(t, http.MethodPost, activities(em.ChatID(riley), "1700000000000"), `{"type":"message","text":"hi"}`)
	if got.status != 201 {
		t.Fatalf("answered %d %s", got.status, got.body)
	}
	if m := em.Messages(riley)[0]; m.ReplyTo != "1700000000000" || m.ID != got.id {
		t.Errorf("message is %+v", m)
	}
}

func TestAnUpdateReplacesAndKeepsHistory(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	first := `{"type":"message","text":"checking"}`
	id := bot.post(t, riley, first)
	if got := bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), `{"type":"message","text":"verified"}`); got.status != 200 || got.id != id {
		t.Fatalf("update answered %d %s", got.status, got.body)
	}
	m := em.Messages(riley)[0]
	if m.ID != id || m.Text != "verified" || m.Edited.IsZero() || m.From != "28:"+config().AppID {
		t.Errorf("message is %+v", m)
	}
	if len(m.History) != 1 || string(m.History[0]) != first {
		t.Errorf("history is %s", m.History)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Unlimited = true
	em := start(t, cfg)
	bot := newBot(t, em)
	id := bot.post(t, riley, `{"type":"message","text":"0"}`)
	for i := range 30 {
		bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), fmt.Sprintf(`{"type":"message","text":"%d"}`, i+1))
	}
	h := em.Messages(riley)[0].History
	if len(h) != 20 || !strings.Contains(string(h[19]), `"29"`) {
		t.Errorf("%d versions are kept, the last %s", len(h), h[len(h)-1])
	}
}

func TestADeletedMessageStaysMarked(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, riley, `{"type":"message","text":"hi"}`)
	path := activities(em.ChatID(riley), id)
	if got := bot.must(t, http.MethodDelete, path, ""); got.status != 200 {
		t.Fatalf("delete answered %d", got.status)
	}
	if m := em.Messages(riley)[0]; !m.Deleted || m.Text != "" {
		t.Errorf("message is %+v", m)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		if got := bot.must(t, method, path, `{"type":"message","text":"again"}`); got.status != 404 {
			t.Errorf("%s of a deleted message answered %d, want 404", method, got.status)
		}
	}
}

func TestConnectorRefuses(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Unlimited = true
	em := start(t, cfg)
	bot := newBot(t, em)
	if _, err := em.Say(t.Context(), riley, "mine"); err != nil {
		t.Fatal(err)
	}
	said := em.Messages(riley)[0].ID
	own := bot.post(t, riley, `{"type":"message","text":"hi"}`)
	group := em.AddGroup(riley, morgan)
	channel := em.AddChannel(riley, morgan)
	inGroup := bot.must(t, "POST", activities(group), `{"type":"message","text":"hi"}`).id
	const text = `{"type":"message","text":"hi"}`
	suggested := `{"type":"message","text":"hi","suggestedActions":{"actions":[{"type":"imBack","title":"a","value":"a"}]}}`
	create := func(member, rest string) string {
		return fmt.Sprintf(`{"bot":{"id":"28:%s"},"members":[{"id":%q}]%s}`, config().AppID, member, rest)
	}
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"a message to nowhere", "POST", activities("a:none"), text, 404, "ConversationNotFound"},
		{"a message to a thread that nobody started", "POST", activities(channel + ";messageid=1"), text, 404, "ConversationNotFound"},
		{"a thread in a personal chat", "POST", activities(em.ChatID(riley) + ";messageid=" + own), text, 404, "ConversationNotFound"},
		{"an update of nothing", "PUT", activities(em.ChatID(riley), "1"), text, 404, "ActivityNotFoundInConversation"},
		{"an update of another chat's message", "PUT", activities(em.ChatID(morgan), own), text, 404, "ActivityNotFoundInConversation"},
		{"an update in a chat that is not there", "PUT", activities("a:none", own), text, 404, "ConversationNotFound"},
		{"an update to typing", "PUT", activities(em.ChatID(riley), own), `{"type":"typing"}`, 400, "BadArgument"},
		{"an update without sense", "PUT", activities(em.ChatID(riley), own), `{`, 400, "BadSyntax"},
		{"an update of what a person wrote", "PUT", activities(em.ChatID(riley), said), text, 403, "Forbidden"},
		{"a deletion of what a person wrote", "DELETE", activities(em.ChatID(riley), said), "", 403, "Forbidden"},
		{"a card with holes", "POST", activities(em.ChatID(riley)), cardActivity(`[{"type":"TextBlock","text":1}]`, `[]`), 400, "BadArgument"},
		{"suggested actions in a group", "POST", activities(group), suggested, 400, "BadArgument"},
		{"an update to suggested actions in a group", "PUT", activities(group, inGroup), suggested, 400, "BadArgument"},
		{"members of nowhere", "GET", "/a:none/members", "", 404, "ConversationNotFound"},
		{"paged members of nowhere", "GET", "/a:none/pagedmembers", "", 404, "ConversationNotFound"},
		{"a member of nowhere", "GET", "/a:none/members/29:riley", "", 404, "ConversationNotFound"},
		{"a member who is not there", "GET", "/" + em.ChatID(riley) + "/members/29:morgan", "", 404, "MemberNotFoundInConversation"},
		{"a page that was not offered", "GET", "/" + group + "/pagedmembers?continuationToken=9", "", 400, "BadArgument"},
		{"a conversation without sense", "POST", "", `[`, 400, "BadSyntax"},
		{"a conversation with a stranger", "POST", "", create("29:stranger", `,"tenantId":"tenant-1"`), 403, "BotNotInConversationRoster"},
		{"a conversation without a tenant", "POST", "", create("29:riley", ``), 400, "BadArgument"},
		{"a conversation in another tenant", "POST", "", create("29:riley", `,"tenantId":"tenant-1","channelData":{"tenant":{"id":"x"}}`), 400, "BadArgument"},
		{"a conversation of another bot", "POST", "", `{"bot":{"id":"28:x"},"members":[{"id":"29:riley"}],"tenantId":"tenant-1"}`, 400, "BadArgument"},
		{"a group chat made by a bot", "POST", "", `{"members":[{"id":"29:riley"},{"id":"29:morgan"}],"tenantId":"tenant-1"}`, 400, "BadArgument"},
		{"a personal conversation with its first message", "POST", "", create("29:riley", `,"tenantId":"tenant-1","activity":`+text), 400, "BadArgument"},
		{"a thread without a message", "POST", "", `{"isGroup":true,"channelData":{"channel":{"id":"` + channel + `"}}}`, 400, "BadSyntax"},
		{"a thread of typing", "POST", "", `{"isGroup":true,"channelData":{"channel":{"id":"` + channel + `"}},"activity":{"type":"typing"}}`, 400, "BadArgument"},
		{"a thread in no channel", "POST", "", `{"isGroup":true,"channelData":{"channel":{"id":"19:x"}},"activity":` + text + `}`, 404, "ConversationNotFound"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := bot.must(t, tc.method, tc.path, tc.body)
			if got.status != tc.status || got.code != tc.code {
				t.Errorf("answered %d %s, want %d %s", got.status, got.body, tc.status, tc.code)
			}
		})
	}
}

func TestOnlyJSONIsRead(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	token, err := bot.login()
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		path := activities(em.ChatID(riley))
		if method == http.MethodPut {
			path += "/1"
		}
		r, err := http.NewRequestWithContext(t.Context(), method, em.ServiceURL()+"v3/conversations"+path, strings.NewReader(`{"type":"typing"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "text/plain")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%s of text answered %d", method, got.StatusCode)
		}
	}
}

// Teams counts two bytes for each unit of UTF-16, so 100 KB are 51,200 plain letters.
func TestSizeIsCountedAsUTF16(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	frame := len(`{"type":"message","text":""}`)
	for _, tc := range []struct {
		name string
		text string
		want int
	}{
		{"just within", strings.Repeat("x", 51_200-frame), 201},
		{"a letter more", strings.Repeat("x", 51_200-frame+1), 413},
		{"letters that take three bytes in UTF-8 and two here", strings.Repeat("€", 51_200-frame), 201},
		{"letters that take two units", strings.Repeat("📻", 25_600), 413},
		{"far beyond what is read", strings.Repeat("x", 400_000), 413},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"`+tc.text+`"}`)
			if got.status != tc.want {
				t.Errorf("answered %d, want %d", got.status, tc.want)
			}
			if tc.want == 413 && got.code != "MessageSizeTooBig" {
				t.Errorf("error is %s", got.code)
			}
		})
	}
}

func TestAPersonalConversationIsFoundAgain(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	got := bot.must(t, http.MethodPost, "", fmt.Sprintf(
		`{"isGroup":false,"bot":{"id":"28:%s"},"members":[{"id":"29:riley"}],"tenantId":"tenant-1","channelData":{"tenant":{"id":"tenant-1"}}}`, config().AppID))
	if got.status != 201 || got.id != em.ChatID(riley) {
		t.Errorf("answered %d %s, want the chat %s", got.status, got.body, em.ChatID(riley))
	}
}

func TestAThreadIsStartedInAChannel(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	channel := em.AddChannel(riley)
	got := bot.must(t, http.MethodPost, "",
		`{"isGroup":true,"channelData":{"channel":{"id":"`+channel+`"}},"activity":{"type":"message","text":"approved"}}`)
	if got.status != 201 || !strings.HasPrefix(got.id, channel+";messageid=") {
		t.Fatalf("answered %d %s", got.status, got.body)
	}
	if reply := bot.must(t, http.MethodPost, activities(got.id), `{"type":"message","text":"in the thread"}`); reply.status != 201 {
		t.Errorf("a reply in the thread is answered %d %s", reply.status, reply.body)
	}
	for _, m := range em.Messages(riley) {
		if m.Conversation != got.id {
			t.Errorf("%q is in %s, not in the thread", m.Text, m.Conversation)
		}
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	want := map[string]string{
		"id": "29:riley", "name": "Riley Rep", "givenName": "Riley", "surname": "Rep",
		"aadObjectId": riley.ObjectID, "tenantId": "tenant-1", "userRole": "user",
	}
	for _, id := range []string{riley.UserID, riley.ObjectID} {
		var got map[string]string
		parse(t, bot.must(t, http.MethodGet, "/"+group+"/members/"+id, "").body, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("member %s (-want +got):\n%s", id, diff)
		}
	}
	var all []map[string]string
	parse(t, bot.must(t, http.MethodGet, "/"+group+"/members", "").body, &all)
	if len(all) != 2 {
		t.Errorf("members are %v", all)
	}
}

func TestMembersComeInPages(t *testing.T) {
	t.Parallel()
	cfg := config()
	var people []emulator.Person
	for i := range 120 {
		people = append(people, emulator.Person{Name: fmt.Sprint("P", i), ObjectID: fmt.Sprint(i), UserID: fmt.Sprint("29:", i)})
	}
	em := start(t, cfg)
	bot := newBot(t, em)
	group := em.AddGroup(people...)
	seen, token, pages := map[string]bool{}, "", 0
	for {
		var page struct {
			Members           []struct{ ID string }
			ContinuationToken string
		}
		parse(t, bot.must(t, http.MethodGet, "/"+group+"/pagedmembers?pageSize=50&continuationToken="+url.QueryEscape(token), "").body, &page)
		pages++
		for _, m := range page.Members {
			seen[m.ID] = true
		}
		if token = page.ContinuationToken; token == "" {
			break
		}
	}
	if pages != 3 || len(seen) != 120 {
		t.Errorf("%d pages have %d members", pages, len(seen))
	}
}

func parse(t testing.TB, body string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
}

func TestRateLimitsOfAConversation(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	bot := newBot(t, em)
	send := func() answer {
		return bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","text":"hi"}`)
	}
	var id string
	for i := range 7 {
		got := send()
		if got.status != 201 {
			t.Fatalf("message %d is answered %d", i+1, got.status)
		}
		id = got.id
	}
	if got := send(); got.status != 429 || got.retryAfter != "1" || got.code != "TooManyRequests" {
		t.Errorf("the 8th message in a second is answered %d, Retry-After %q", got.status, got.retryAfter)
	}
	if got := bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), `{"type":"message","text":"hi"}`); got.status != 429 {
		t.Errorf("an update counts too, but is answered %d", got.status)
	}
	if got := bot.must(t, http.MethodPost, activities(em.ChatID(morgan)), `{"type":"message","text":"hi"}`); got.status != 201 {
		t.Errorf("another conversation is answered %d", got.status)
	}
	clock.forward(time.Second)
	if got := send(); got.status != 201 {
		t.Errorf("after the wait, a message is answered %d", got.status)
	}
	if got := send(); got.status != 429 {
		t.Errorf("the 9th message in two seconds is answered %d", got.status)
	}
}

func TestRateLimitsOfReadingAndCreating(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Now = newClock().Now
	em := start(t, cfg)
	bot := newBot(t, em)
	for _, tc := range []struct {
		name, method, path, body string
		limit                    int
	}{
		{"members", "GET", "/" + em.ChatID(riley) + "/members", "", 14},
		{"creations", "POST", "", `{"members":[{"id":"29:morgan"}],"tenantId":"tenant-1"}`, 7},
	} {
		for i := range tc.limit + 1 {
			got := bot.must(t, tc.method, tc.path, tc.body)
			if passed := got.status < 300; passed != (i < tc.limit) {
				t.Errorf("%s: call %d in a second is answered %d", tc.name, i+1, got.status)
			}
		}
	}
}

func TestRateLimitOfTheTenant(t *testing.T) {
	t.Parallel()
	for _, isUnlimited := range []bool{false, true} {
		cfg := config()
		cfg.Now = newClock().Now
		cfg.Unlimited = isUnlimited
		em := start(t, cfg)
		bot := newBot(t, em)
		const text = `{"type":"message","text":"hi"}`
		id := bot.post(t, riley, text)
		for i := range 49 {
			p := emulator.Person{Name: "P", ObjectID: fmt.Sprint(i), UserID: fmt.Sprint("29:", i)}
			if err := em.AddPerson(p); err != nil {
				t.Fatal(err)
			}
			bot.post(t, p, text)
		}
		for name, got := range map[string]answer{
			"a message":          bot.must(t, http.MethodPost, activities(em.ChatID(morgan)), text),
			"an update":          bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), text),
			"a new conversation": bot.must(t, http.MethodPost, "", `{"members":[{"id":"29:morgan"}],"tenantId":"tenant-1"}`),
		} {
			if isRefused := got.status == 429; isRefused == isUnlimited {
				t.Errorf("unlimited %v: after 50 messages in a second to 50 people, %s is answered %d", isUnlimited, name, got.status)
			}
		}
	}
}

func TestTheHookHearsOfMessagesOnly(t *testing.T) {
	t.Parallel()
	heard := make(chan emulator.Message, 10)
	cfg := config()
	cfg.OnMessage = func(m emulator.Message) { heard <- m }
	em := start(t, cfg)
	bot := newBot(t, em)
	bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"typing"}`)
	bot.must(t, http.MethodPost, activities("a:none"), `{"type":"message","text":"lost"}`)
	id := bot.post(t, riley, `{"type":"message","text":"hi"}`)
	bot.must(t, http.MethodPut, activities(em.ChatID(riley), id), `{"type":"message","text":"edited"}`)

	m := <-heard
	if m.ID != id || m.Conversation != em.ChatID(riley) || m.Text != "hi" || m.Sent.IsZero() {
		t.Errorf("heard of %+v", m)
	}
	if len(heard) != 0 {
		t.Errorf("heard of %d more", len(heard))
	}
}
