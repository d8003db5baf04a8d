package bot_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"radioquote/bot/emulator"
	"radioquote/manifest"
	"radioquote/store/localpg"
)

// search looks for something in the compose box of a chat, empty for the person's own.
func (h *house) search(t *testing.T, p emulator.Person, chat, command, text string) emulator.Found {
	t.Helper()
	return must(h.teams.Search(t.Context(), p, emulator.Query{Conversation: chat, Command: command, Parameter: "query", Text: text}))(t)
}

// inserted searches, chooses the first result and sends it to the chat.
func (h *house) inserted(t *testing.T, p emulator.Person, chat, command, text string) emulator.Message {
	t.Helper()
	found := h.search(t, p, chat, command, text)
	if len(found.Results) == 0 {
		t.Fatalf("%q finds nothing: %s", text, found.Message)
	}
	return must(h.teams.Insert(t.Context(), p, chat, found.Results[0]))(t)
}

func TestTheComposeBoxFindsWhatThePersonMaySee(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	if found := h.search(t, riley, room, "searchQuotes", ""); !strings.Contains(found.Message, "no quotes yet") {
		t.Errorf("without a quote: %q", found.Message)
	}
	h.say(t, riley, large)
	h.sees(t, riley, "Q-1001")
	h.say(t, riley, "quote 12 radios for 1 site, retail")
	h.sees(t, riley, "Q-1002")
	for _, tc := range []struct {
		name    string
		p       emulator.Person
		command string
		text    string
		titles  []string // the beginnings
		message string
	}{
		{"nothing typed is one's newest", riley, "searchQuotes", "", []string{"Q-1002 v1 · Draft", "Q-1001 v1 · Draft"}, ""},
		{"a number is the quote", riley, "searchQuotes", "1001", []string{"Q-1001 v1"}, ""},
		{"however it is written", morgan, "searchQuotes", "q-1001", []string{"Q-1001 v1"}, ""},
		{"a customer's name finds the customer's", morgan, "searchQuotes", "acme constr", []string{"Q-1001 v1"}, ""},
		{"so does a sentence of the chat", morgan, "searchQuotes", "quotes over 20k", []string{"Q-1001 v1"}, ""},
		{"and one that finds nothing", riley, "searchQuotes", "my quotes that are won", nil, "No quote that you may see"},
		{"a customer without a quote", riley, "searchQuotes", "Zebra Holdings", nil, "No quote that you may see"},
		{"a colleague who is none", riley, "searchQuotes", "quotes of Nobody Known", nil, "No quote that you may see"},
		{"somebody else's newest are not one's own", morgan, "searchQuotes", "", nil, "no quotes yet"},
		{"no quote of that number", riley, "searchQuotes", "Q-4711", nil, "No quote that you may see"},
		{"who has no role is told", sam, "searchQuotes", "1001", nil, "You have no role"},
		{"of prices, too", sam, "searchPrices", "BAT-C", nil, "You have no role"},
		{"an SKU is the item", riley, "searchPrices", "bat-c", []string{"BAT-C · Battery Li-ion 2900", "BAT-CX"}, ""},
		{"words are items", morgan, "searchPrices", "6-bank charger", []string{"CHG-6B", "CHG-6C", "CHG-6V"}, ""},
		{"no item", riley, "searchPrices", "submarine", nil, "No item with a list price"},
		{"nothing typed is no item", riley, "searchPrices", "", nil, "Type an SKU"},
		{"another search is none of ours", riley, "searchCosts", "BAT-C", nil, "I do not know this search"},
		{"a long text", riley, "searchQuotes", strings.Repeat("x", 201), nil, "longer than I search for"},
	} {
		found := h.search(t, tc.p, room, tc.command, tc.text)
		if len(found.Results) != len(tc.titles) || (tc.message == "") != (found.Message == "") || !strings.Contains(found.Message, tc.message) {
			t.Errorf("%s: %d results, %q", tc.name, len(found.Results), found.Message)
			continue
		}
		for i, title := range tc.titles {
			if !strings.HasPrefix(found.Results[i].Title, title) {
				t.Errorf("%s: %q, want %q", tc.name, found.Results[i].Title, title)
			}
		}
	}
	for _, r := range h.search(t, riley, room, "searchQuotes", "").Results {
		if text := r.Title + r.Text + string(r.Card); price.MatchString(text) || h.secrets(t, text) {
			t.Errorf("a price is in the list: %s", text)
		}
	}
	if r := h.search(t, riley, room, "searchQuotes", "1001").Results[0]; r.Text != "Acme Construction · 60 radios" {
		t.Errorf("listed as %q", r.Text)
	}
	for text, want := range map[string]int{"": 1, "1001": 0, "acme": 0} {
		found := must(h.teams.Search(t.Context(), riley, emulator.Query{Command: "searchQuotes", Parameter: "query", Text: text, Skip: 1}))(t)
		if len(found.Results) != want || found.Message != "" {
			t.Errorf("after the first of %q: %d, %q", text, len(found.Results), found.Message)
		}
	}
	if n := h.count(t, `SELECT count(*) FROM conversations WHERE kind <> 'personal'`); n != 0 {
		t.Errorf("%d chats were noted by searching", n)
	}
}

func TestAnInsertedQuoteShowsEachPersonWhatTheyMaySee(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.say(t, riley, large)
	h.sees(t, riley, "Q-1001")
	card := h.inserted(t, riley, room, "searchQuotes", "1001")
	if !shows(card, "Q-1001 v1", "Draft", "Open") || price.Match(card.Card) || strings.Contains(string(card.Card), "Acme") {
		t.Errorf("everybody sees %s", card.Card)
	}
	if answer := must(h.teams.Refresh(t.Context(), morgan, card.ID))(t); !price.Match(answer.Card) || h.secrets(t, string(answer.Card)) {
		t.Errorf("the manager sees, in a room: %s", answer.Card)
	}
	if answer := must(h.teams.Refresh(t.Context(), sam, card.ID))(t); price.Match(answer.Card) || !strings.Contains(string(answer.Card), "for its owner's team") {
		t.Errorf("who has no role sees %+v", answer)
	}

	h.say(t, riley, "make Q-1001 65 radios")
	h.sees(t, riley, "Q-1001 v2")
	answer := must(h.teams.Click(t.Context(), riley, card.ID, "view", nil))(t)
	if !strings.Contains(string(answer.Card), "Q-1001 v2") || !strings.Contains(string(answer.Card), "65 radios") {
		t.Errorf("after the change Open shows %s", answer.Card)
	}
	again := h.inserted(t, riley, room, "searchQuotes", "1001")
	if !shows(again, "Q-1001 v2") {
		t.Errorf("inserted again: %s", again.Card)
	}
	for _, m := range h.written(sam) {
		if strings.HasPrefix(m.Conversation, room) {
			t.Errorf("the bot has written there: %s", m.Activity)
		}
	}
}

// A chat of two people is personal to Teams, too: what is for one of them alone must not go
// there.
func TestACardInAChatOfTwoPeopleMakesItNobodysOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, large)
	h.sees(t, riley, "Q-1001")
	h.say(t, morgan, "help")
	h.sees(t, morgan, "I price two-way radio systems")
	two := h.teams.AddChat(riley, morgan)
	card := h.inserted(t, riley, two, "searchQuotes", "1001")
	for _, p := range []emulator.Person{riley, morgan} {
		answer := must(h.teams.Click(t.Context(), p, card.ID, "view", nil))(t)
		if !price.Match(answer.Card) || h.secrets(t, string(answer.Card)) {
			t.Errorf("%s sees %s", p.Name, answer.Card)
		}
	}
	h.sees(t, riley, "Q-1001", `"verb":"submit"`)
	mine := h.sees(t, riley, "Verified with NetSuite")
	must(h.teams.Click(t.Context(), riley, mine.ID, "submit", nil))(t)
	if request := h.sees(t, morgan, "asks for your approval"); request.Conversation != h.teams.ChatID(morgan) {
		t.Errorf("the request went to %s", request.Conversation)
	}
	if n := h.count(t, `SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.teams_id LIKE '%unq.gbl.spaces'`); n != 0 {
		t.Errorf("%d messages are for a chat that the bot is not in", n)
	}
}

func TestAnInsertedPriceIsTodaysAtATap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	card := h.inserted(t, riley, room, "searchPrices", "BAT-C")
	if !shows(card, "BAT-C", "List price", "$112.00", "Each from 12", "$106.40", "As of {{DATE(", "Today's price") {
		t.Errorf("everybody sees %s", card.Card)
	}
	answer := must(h.teams.Click(t.Context(), morgan, card.ID, "today", nil))(t)
	if !strings.Contains(string(answer.Card), "$112.00") {
		t.Errorf("today's is %+v", answer)
	}
	if answer := must(h.teams.Click(t.Context(), sam, card.ID, "today", nil))(t); answer.Status != http.StatusBadRequest || !strings.Contains(answer.Message, "You have no role") {
		t.Errorf("who has no role is answered %+v", answer)
	}
	invoke := h.teams.Invoke(morgan, card, "today", map[string]any{"verb": "today", "slots": map[string]any{"sku": "FCC-APP"}})
	invoke["replyToId"] = card.ID
	if answer := must(h.teams.Execute(t.Context(), morgan, invoke))(t); !strings.Contains(answer.Message, "has no list price any more") {
		t.Errorf("what is charged at cost is answered %+v", answer)
	}
}

// Whatever happens, Teams gets an answer that it shows.
func TestTheComposeBoxIsAnsweredInItsOwnFormWhateverHappens(t *testing.T) {
	t.Parallel()
	h := newEdge(t) // its desk breaks down at the first touch
	if found := h.search(t, riley, "", "searchQuotes", "acme"); !strings.Contains(found.Message, "Something went wrong on my side. Reference: ") {
		t.Errorf("a panic: %q", found.Message)
	}
	if found := h.search(t, riley, "", "nothing", ""); !strings.Contains(found.Message, "I do not know this search") {
		t.Errorf("another search: %q", found.Message)
	}
	for name, value := range map[string]any{"query": []any{1}, "selectItem": "Q-1001"} {
		a := h.teams.Activity(riley, "")
		maps.Copy(a, map[string]any{"type": "invoke", "name": "composeExtension/" + name, "value": value, "conversation": nil, "id": nil})
		status, body := h.post(t, encode(t, a), h.bearer(t, nil))
		if status != http.StatusOK || !strings.Contains(body, `{"composeExtension":{"type":"message","text":"I do not know this search`) {
			t.Errorf("%s with a value of another form: %d %s", name, status, body)
		}
	}
	check(t, h.bot.Drain(t.Context()))
	if _, err := h.teams.Search(t.Context(), riley, emulator.Query{Command: "searchQuotes"}); err == nil {
		t.Error("a bot that stops takes a search")
	}
	want := `
# HELP radioquote_bot_searches_total Searches of the compose box by what is searched for and outcome.
# TYPE radioquote_bot_searches_total counter
radioquote_bot_searches_total{outcome="invalid",search="unread"} 3
radioquote_bot_searches_total{outcome="panic",search="unread"} 1
`
	check(t, testutil.GatherAndCompare(h.metrics, strings.NewReader(want), "radioquote_bot_searches_total"))
}

func TestASearchWithoutADatabaseIsForLater(t *testing.T) {
	t.Parallel()
	var proxy *localpg.Proxy
	h := newHouse(t, func(db localpg.Database) string {
		proxy = localpg.NewProxy(t, db.URL)
		return proxy.URL()
	})
	defer h.close() // before the proxy ends
	h.say(t, riley, "help")
	h.sees(t, riley, "I price two-way radio systems")
	proxy.Cut()
	if found := h.search(t, riley, "", "searchQuotes", "1001"); found.Message != "I cannot search now. Please try again in a minute." {
		t.Errorf("found %d, %q", len(found.Results), found.Message)
	}
	proxy.Mend()
	if found := h.search(t, riley, "", "searchQuotes", "1001"); !strings.HasPrefix(found.Message, "No quote") {
		t.Errorf("found %d, %q", len(found.Results), found.Message)
	}
}

func TestTheBotKnowsTheSearchesOfItsManifest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	pkg := must(manifest.Package(manifest.Options{AppID: appID, PublicURL: "https://radioquote.example.com", Version: "1.0.0"}))(t)
	files := must(zip.NewReader(bytes.NewReader(pkg), int64(len(pkg))))(t)
	var m struct {
		ComposeExtensions []struct {
			Commands []struct {
				ID         string
				Parameters []struct{ Name string }
			}
		}
	}
	check(t, json.NewDecoder(must(files.Open("manifest.json"))(t)).Decode(&m))
	searches := m.ComposeExtensions[0].Commands
	if len(searches) != 2 {
		t.Errorf("%d searches", len(searches))
	}
	for _, s := range searches {
		found := must(h.teams.Search(t.Context(), riley, emulator.Query{Command: s.ID, Parameter: s.Parameters[0].Name, Text: "nothing like it"}))(t)
		if !strings.HasPrefix(found.Message, "No ") {
			t.Errorf("%s: %q", s.ID, found.Message)
		}
	}
}
