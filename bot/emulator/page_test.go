package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

func get(t *testing.T, url string) (int, http.Header, string) {
	t.Helper()
	got, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, got.Header, string(body)
}

// wish sends what the page sends.
func wish(t *testing.T, em *emulator.Emulator, path, body string) (int, map[string]any) {
	t.Helper()
	got, err := http.Post(em.PageURL()+"api/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var outcome map[string]any
	if got.StatusCode == 200 {
		if err := json.NewDecoder(got.Body).Decode(&outcome); err != nil {
			t.Fatal(err)
		}
	}
	return got.StatusCode, outcome
}

func TestPageFilesAreServed(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	status, header, body := get(t, em.PageURL())
	if status != 200 || !strings.Contains(body, `src="/page.js"`) {
		t.Fatalf("the page is answered %d", status)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "script-src") {
		t.Errorf("the page may run scripts of %q", csp)
	}
	for _, name := range []string{"page.css", "card.css", "theme.js", "page.js", "pane.js", "message.js", "card.js", "hostconfig.js", "api.js", "dom.js", "logo.svg"} {
		if status, _, _ := get(t, em.PageURL()+name); status != 200 {
			t.Errorf("%s is answered %d", name, status)
		}
	}
	for _, name := range []string{"package.json", "emulator.go", "vendor/adaptivecards.min.js", "vendor/other.js"} {
		if status, _, _ := get(t, em.PageURL()+name); status != 404 {
			t.Errorf("%s is answered %d, want 404", name, status)
		}
	}
}

func TestPageSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "node_modules")
	for _, tc := range []struct{ name, dir, want string }{
		{"no folder", "", "without a folder"},
		{"an empty folder", dir, "run “npm ci --ignore-scripts” in " + filepath.Dir(dir)},
		{"a folder with both files", rendererDir(t), ""},
	} {
		cfg := config()
		cfg.RendererDir = tc.dir
		em := start(t, cfg)
		var page struct {
			Bot     string
			People  []struct{ ID, Name, Title, UserID string }
			Missing string
		}
		getJSON(t, em.PageURL()+"api/page", &page)
		if !strings.Contains(page.Missing, tc.want) || (tc.want == "") != (page.Missing == "") {
			t.Errorf("%s: the page says %q", tc.name, page.Missing)
		}
		if len(page.People) != 2 || page.People[0].Name != riley.Name || page.People[1].ID != morgan.ObjectID || page.Bot != "Radio Quote" {
			t.Errorf("%s: the page is %+v", tc.name, page)
		}
		status, _, body := get(t, em.PageURL()+"vendor/markdown-it.min.js")
		if tc.want == "" && (status != 200 || body != "// a renderer") {
			t.Errorf("%s: the renderer is answered %d", tc.name, status)
		}
		if tc.want != "" && status != 404 {
			t.Errorf("%s: the renderer is answered %d", tc.name, status)
		}
	}
}

// rendererDir is a node_modules folder with stand-ins for the two files.
func rendererDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "node_modules")
	for _, path := range []string{"adaptivecards/dist/adaptivecards.min.js", "markdown-it/dist/markdown-it.min.js"} {
		file := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("// a renderer"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWishesOfThePage(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	id := bot.post(t, riley, cardActivity(textBlock("hi"), `[]`))
	refreshed := bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":
		{"type":"AdaptiveCard","version":"1.5","refresh":{"action":{"type":"Action.Execute","verb":"view"},"userIds":["29:riley"]}}}]}`).id
	bot.answers(func(a map[string]any) (int, string) {
		if a["type"] != "invoke" {
			if a["text"] == "fail" {
				return 503, ""
			}
			return 202, ""
		}
		switch a["value"].(map[string]any)["action"].(map[string]any)["verb"] {
		case "approve":
			return 200, `{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Approved."}`
		case "late":
			return 200, `{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"Conflict","message":"Too late."}}`
		case "login":
			return 200, `{"statusCode":401,"type":"application/vnd.microsoft.activity.loginRequest","value":{}}`
		case "view":
			return 200, cardAnswer(card(textBlock("view"), `[]`))
		}
		return 501, ""
	})
	const unreachable = "Unable to reach app. Please try again."
	for _, tc := range []struct {
		name, path, body string
		want             map[string]any
	}{
		{"a message", "say", `"text":"hi"`, map[string]any{"status": 202.0}},
		{"a message that the bot does not take", "say", `"text":"fail"`,
			map[string]any{"status": 503.0, "error": unreachable, "detail": "the bot answered 503"}},
		{"a click", "execute", `"message":"` + id + `","verb":"approve","data":{}`, map[string]any{"status": 200.0, "message": "Approved."}},
		{"a click that is too late", "execute", `"message":"` + id + `","verb":"late"`,
			map[string]any{"status": 400.0, "error": "Too late.", "detail": "Conflict"}},
		{"a click that needs a sign-in", "execute", `"message":"` + id + `","verb":"login"`,
			map[string]any{"status": 401.0, "error": "Sign in to continue."}},
		{"a click that the bot does not know", "execute", `"message":"` + id + `","verb":"x"`,
			map[string]any{"error": unreachable, "detail": "the bot answered 501 to an invoke, where only 200 is understood"}},
		{"a click on nothing", "execute", `"message":"1","verb":"x"`,
			map[string]any{"error": unreachable, "detail": `Riley Rep sees no message "1"`}},
		{"a submit", "submit", `"message":"` + id + `","data":{"a":1}`, map[string]any{"status": 202.0}},
		{"a submit on nothing", "submit", `"message":"1"`,
			map[string]any{"error": unreachable, "detail": `submit: Riley Rep sees no message "1"`}},
		{"a refresh", "refresh", `"message":"` + refreshed + `"`, map[string]any{"status": 200.0}},
	} {
		status, outcome := wish(t, em, tc.path, `{"person":"`+riley.ObjectID+`",`+tc.body+`}`)
		if status != 200 {
			t.Errorf("%s: answered %d", tc.name, status)
		}
		if diff := cmp.Diff(tc.want, outcome); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestThePageSearchesAndInserts(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Room = "Midwest"
	cfg.Searches = []emulator.Search{{ID: "searchQuotes", Title: "Quotes", Hint: "Number or customer", Parameter: "query", InitialRun: true}}
	em := start(t, cfg)
	bot := newBot(t, em)
	bot.answers(func(a map[string]any) (int, string) {
		switch parameter := a["value"].(map[string]any)["parameters"].([]any)[0].(map[string]any); parameter["value"] {
		case "acme":
			return 200, results(entry(`"title":"Q-1001","text":"Acme"`))
		case "fail":
			return 500, ""
		}
		return 200, `{"composeExtension":{"type":"message","text":"None."}}`
	})
	const unreachable = "Unable to reach app. Please try again."
	result := map[string]any{"title": "Q-1001", "text": "Acme", "card": map[string]any{
		"type": "AdaptiveCard", "version": "1.5", "body": []any{map[string]any{"type": "TextBlock", "text": "open"}}, "actions": []any{},
	}}
	found := map[string]any{"title": "Q-1001", "text": "Acme"}
	for _, tc := range []struct {
		name, path, body string
		want             map[string]any
	}{
		{"what is found", "search", `"search":"searchQuotes","text":"acme"`, map[string]any{"status": 200.0, "results": []any{found}}},
		{"that nothing is", "search", `"search":"searchQuotes","text":""`, map[string]any{"status": 200.0, "message": "None."}},
		{"that the bot fails", "search", `"search":"searchQuotes","text":"fail"`,
			map[string]any{"error": unreachable, "detail": "composeExtension/query: the bot answered 500, where only 200 is understood"}},
		{"another search", "search", `"search":"x"`, map[string]any{"error": "There is no such search."}},
		{"a result", "insert", `"result":` + jsonOf(t, result), map[string]any{"status": 200.0}},
		{"a result whose tap is none", "insert", `"result":{"title":"x","card":{},"tap":[]}`,
			map[string]any{"error": unreachable, "detail": "composeExtension/selectItem: read the answer: unexpected end of JSON input"}},
	} {
		if strings.Contains(tc.body, `"tap":[]`) {
			bot.answers(func(map[string]any) (int, string) { return 200, "" })
		}
		_, outcome := wish(t, em, tc.path, `{"person":"`+riley.ObjectID+`",`+tc.body+`}`)
		if list, _ := outcome["results"].([]any); len(list) > 0 {
			delete(list[0].(map[string]any), "card")
		}
		if diff := cmp.Diff(tc.want, outcome); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	bot.answers(func(map[string]any) (int, string) { return 200, results(entry(`"title":"Q-1001"`)) })
	wish(t, em, "search", `{"person":"`+riley.ObjectID+`","search":"searchQuotes","room":true}`)
	all := bot.requests()
	if place := all[len(all)-1].activity["conversation"].(map[string]any); place["conversationType"] != "groupChat" {
		t.Errorf("the group chat's search came from %v", place)
	}
	if seen := em.Messages(riley); len(seen) != 1 || seen[0].From != riley.UserID || seen[0].Card == nil {
		t.Errorf("the chat has %d messages", len(seen))
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWishesThatAreNone(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	for _, tc := range []struct {
		name, content, body string
		want                int
	}{
		{"a form", "text/plain", `{"person":"x"}`, 415},
		{"no JSON", "application/json", `{`, 400},
		{"a stranger", "application/json", `{"person":"x"}`, 404},
		{"more than a person types", "application/json", `{"text":"` + strings.Repeat("x", 300<<10) + `"}`, 400},
	} {
		got, err := http.Post(em.PageURL()+"api/say", tc.content, strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != tc.want {
			t.Errorf("%s: answered %d, want %d", tc.name, got.StatusCode, tc.want)
		}
	}
}

// event is what the page hears.
type event struct {
	name string
	data struct {
		Person  string
		Run     string
		Room    bool
		Message emulator.Message
	}
}

// hear reads the next event of a stream.
func hear(t *testing.T, stream *bufio.Scanner) event {
	t.Helper()
	var e event
	for stream.Scan() {
		switch field, value, _ := strings.Cut(stream.Text(), ": "); field {
		case "event":
			e.name = value
		case "data":
			parse(t, value, &e.data)
		case "":
			return e
		}
	}
	t.Fatalf("the stream has ended: %v", stream.Err())
	return e
}

func TestPageHearsEverythingFirstAndThenChanges(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.post(t, riley, `{"type":"message","text":"before"}`)
	bot.must(t, http.MethodPost, activities(em.AddGroup(riley)), `{"type":"message","text":"elsewhere"}`)
	got, err := http.Get(em.PageURL() + "api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if content := got.Header.Get("Content-Type"); content != "text/event-stream" {
		t.Errorf("Content-Type is %q", content)
	}
	stream := bufio.NewScanner(got.Body)
	if hello := hear(t, stream); hello.name != "hello" || hello.data.Run == "" {
		t.Errorf("the first event is %+v", hello)
	}
	if e := hear(t, stream); e.name != "message" || e.data.Person != riley.ObjectID || e.data.Message.Text != "before" {
		t.Errorf("heard %+v", e)
	}

	bot.must(t, http.MethodPost, activities(em.ChatID(morgan)), `{"type":"typing"}`)
	if e := hear(t, stream); e.name != "typing" || e.data.Person != morgan.ObjectID {
		t.Errorf("heard %+v", e)
	}
	id := bot.post(t, morgan, cardActivity(textBlock("approve?"), `[]`))
	if e := hear(t, stream); e.data.Message.ID != id || !strings.Contains(string(e.data.Message.Card), "approve?") {
		t.Errorf("heard %+v", e)
	}
	bot.must(t, http.MethodPut, activities(em.ChatID(morgan), id), cardActivity(textBlock("approved"), `[]`))
	if e := hear(t, stream); e.data.Message.ID != id || !strings.Contains(string(e.data.Message.Card), "approved") || e.data.Message.Edited.IsZero() {
		t.Errorf("heard %+v", e)
	}
}

func TestAMessageEndsTyping(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	bot.must(t, http.MethodPost, activities(em.ChatID(riley)), `{"type":"typing"}`)
	bot.post(t, riley, `{"type":"message","text":"hi"}`)
	bot.post(t, morgan, `{"type":"message","text":"last"}`)
	got, err := http.Get(em.PageURL() + "api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	stream := bufio.NewScanner(got.Body)
	for _, want := range []string{"hello", "message", "message"} {
		if e := hear(t, stream); e.name != want {
			t.Errorf("heard %s, want %s", e.name, want)
		}
	}
}

func TestTheDemoTakesWhatIsForIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		hook       bool
		asked, bot string // what the hook and the bot were told
		answer     any
	}{
		{"a switch is turned, and the bot hears nothing", "/demo slow", true, "/demo slow", "", "It is slow."},
		{"a switch that fails says why", "/demo broken", true, "/demo broken", "", "That did not work: no such switch"},
		{"any other text is the bot's", "show me the /demo", true, "", "show me the /demo", nil},
		{"without a hook all texts are the bot's", "/demo slow", false, "", "/demo slow", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config()
			var asked, heard string
			if tc.hook {
				cfg.Demo = func(_ context.Context, command string) (string, error) {
					asked = command
					if command == "/demo broken" {
						return "", errors.New("no such switch")
					}
					return "It is slow.", nil
				}
			}
			em := start(t, cfg)
			newBot(t, em).answers(func(a map[string]any) (int, string) {
				heard, _ = a["text"].(string)
				return 202, ""
			})
			_, outcome := wish(t, em, "say", `{"person":"`+riley.ObjectID+`","text":"`+tc.text+`"}`)
			if asked != tc.asked || heard != tc.bot || outcome["demo"] != tc.answer {
				t.Errorf("the hook was asked %q, the bot heard %q, the page %v", asked, heard, outcome)
			}
		})
	}
}

func TestThePageHasAGroupChatOfEverybody(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.Room = "Midwest sales"
	em := start(t, cfg)
	bot := newBot(t, em)
	var page struct{ Room string }
	getJSON(t, em.PageURL()+"api/page", &page)
	if page.Room != "Midwest sales" {
		t.Errorf("the page's group chat is %q", page.Room)
	}
	if _, outcome := wish(t, em, "say", `{"person":"`+riley.ObjectID+`","text":"make it 45","room":true}`); outcome["status"] != 200.0 {
		t.Errorf("answered %v", outcome)
	}
	a := bot.requests()[0].activity
	place := a["conversation"].(map[string]any)
	if place["conversationType"] != "groupChat" || a["text"] != "<at>Radio Quote</at> make it 45\n" {
		t.Errorf("the bot hears %v in %v", a["text"], place)
	}
	bot.must(t, http.MethodPost, activities(place["id"].(string)), `{"type":"typing"}`)

	got, err := http.Get(em.PageURL() + "api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	stream := bufio.NewScanner(got.Body)
	hear(t, stream)
	for _, want := range []struct{ name, person string }{{"message", riley.ObjectID}, {"typing", riley.ObjectID}, {"message", morgan.ObjectID}, {"typing", morgan.ObjectID}} {
		if e := hear(t, stream); e.name != want.name || e.data.Person != want.person || !e.data.Room {
			t.Errorf("heard %+v, want %+v", e, want)
		}
	}
	without := start(t, config())
	newBot(t, without)
	if _, outcome := wish(t, without, "say", `{"person":"`+riley.ObjectID+`","text":"hi","room":true}`); outcome["error"] == nil {
		t.Errorf("without a group chat it is answered %v", outcome)
	}
}

func TestWhatAPersonSendsFromThePageIsInTheirLanguage(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	for _, tc := range []struct{ chosen, want string }{{`,"locale":"es-US"`, "es-US"}, {"", "en-US"}} {
		wish(t, em, "say", `{"person":"`+riley.ObjectID+`","text":"estado"`+tc.chosen+`}`)
		all := bot.requests()
		got := all[len(all)-1].activity
		client := got["entities"].([]any)[0].(map[string]any)
		if got["locale"] != tc.want || client["locale"] != tc.want {
			t.Errorf("the activity is in %v, its client in %v, want %s", got["locale"], client["locale"], tc.want)
		}
	}
}
