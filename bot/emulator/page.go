package emulator

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxPageBody bounds what the page sends, in bytes.
const maxPageBody = 256 << 10

// heartbeat keeps the page's event stream alive; writeLimit ends one that nobody reads.
const (
	heartbeat  = 20 * time.Second
	writeLimit = 10 * time.Second
)

// unreachable is what Teams shows under a card whose click got no proper answer.
const unreachable = "Unable to reach app. Please try again."

//go:embed playground/index.html playground/*.css playground/*.js playground/*.svg
var pageFiles embed.FS

// routePage adds the demo's page: its files, the card renderer, and what it sends and hears.
func (e *Emulator) routePage(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { servePageFile(w, r, "index.html") })
	mux.HandleFunc("GET /{file}", func(w http.ResponseWriter, r *http.Request) { servePageFile(w, r, r.PathValue("file")) })
	if e.cfg.RendererDir != "" {
		for name, path := range rendererFiles {
			mux.HandleFunc("GET /vendor/"+name, func(w http.ResponseWriter, r *http.Request) {
				http.ServeFile(w, r, filepath.Join(e.cfg.RendererDir, path))
			})
		}
	}
	mux.HandleFunc("GET /api/page", e.servePage)
	mux.HandleFunc("GET /api/events", e.serveEvents)
	mux.Handle("POST /api/say", e.fromPage(e.sayFromPage))
	mux.Handle("POST /api/execute", e.fromPage(e.executeFromPage))
	mux.Handle("POST /api/submit", e.fromPage(e.submitFromPage))
	mux.Handle("POST /api/refresh", e.fromPage(e.refreshFromPage))
	mux.Handle("POST /api/search", e.fromPage(e.searchFromPage))
	mux.Handle("POST /api/insert", e.fromPage(e.insertFromPage))
}

// servePageFile lets the page run its own scripts only. Styles may be inline, because the renderer
// sets them on elements; images come from cards.
func servePageFile(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Content-Security-Policy",
		"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, pageFiles, "playground/"+name) //nolint:gosec // an embed.FS holds these files only
}

// servePage says who is on the page, and what is missing for showing cards, if anything is.
func (e *Emulator) servePage(w http.ResponseWriter, _ *http.Request) {
	type person struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Title  string `json:"title"`
		UserID string `json:"userId"`
	}
	page := struct {
		Bot      string   `json:"bot"`
		BotID    string   `json:"botId"`
		People   []person `json:"people"`
		Room     string   `json:"room,omitempty"` // the name of the group chat, if there is one
		Searches []Search `json:"searches"`
		Missing  string   `json:"missing,omitempty"`
	}{Bot: e.cfg.BotName, BotID: e.botID(), Room: e.cfg.Room, Searches: e.cfg.Searches, Missing: missingRenderer(e.cfg.RendererDir)}
	for _, p := range e.everybody() {
		page.People = append(page.People, person{ID: p.ObjectID, Name: p.Name, Title: p.Title, UserID: p.UserID})
	}
	reply{status: http.StatusOK, body: page}.write(w)
}

// missingRenderer says in a sentence what to do if the renderer's files are not there.
func missingRenderer(dir string) string {
	if dir == "" {
		return "Cards cannot be shown: this emulator was started without a folder for the card renderer."
	}
	for _, path := range rendererFiles {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			return fmt.Sprintf("Cards cannot be shown yet: install Node.js with npm, run “npm ci --ignore-scripts” in %s, and reload this page.",
				filepath.Dir(dir))
		}
	}
	return ""
}

func (e *Emulator) everybody() []Person {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Person(nil), e.people...)
}

func (e *Emulator) personByObjectID(id string) (Person, bool) {
	for _, p := range e.everybody() {
		if p.ObjectID == id {
			return p, true
		}
	}
	return Person{}, false
}

// serveEvents streams the people's chats with the bot as server-sent events: everything first, then
// what changes. A message is sent whole each time, so that a page that lost the stream only has to
// connect again.
func (e *Emulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := eventStream{w: w, control: http.NewResponseController(w)}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()

	// A page that sees another run than its own starts over.
	if err := stream.send("hello", map[string]any{"run": e.run}); err != nil {
		return
	}
	var seen uint64
	for {
		events, now, changed := e.eventsSince(seen)
		seen = now
		for _, event := range events {
			if err := stream.send(event.name, event.data); err != nil {
				return
			}
		}
		select {
		case <-changed:
		case <-beat.C:
			if err := stream.send("beat", nil); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

type pageEvent struct {
	name string
	data map[string]any
}

// eventsSince returns what changed in the people's own chats and in the page's group chat after revision rev, the revision now,
// and a channel that is closed at the next change.
func (e *Emulator) eventsSince(rev uint64) ([]pageEvent, uint64, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var events []pageEvent
	for _, p := range e.people {
		for _, id := range []string{e.ChatID(p), e.room} {
			c, ok := e.chats[id]
			if !ok || !c.has(p) {
				continue
			}
			isRoom := c.kind != personal
			for _, m := range c.messages {
				if m.rev > rev {
					events = append(events, pageEvent{"message", map[string]any{
						"person": p.ObjectID, "room": isRoom, "rev": m.rev, "message": m.seenBy(p),
					}})
				}
			}
			if c.typing > max(rev, c.lastWrite) {
				events = append(events, pageEvent{"typing", map[string]any{"person": p.ObjectID, "room": isRoom}})
			}
		}
	}
	return events, e.rev, e.changed
}

type eventStream struct {
	w       io.Writer
	control *http.ResponseController
}

func (s eventStream) send(name string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", name, body); err != nil {
		return err
	}
	return s.control.Flush()
}

// wish is what a person does on the page.
type wish struct {
	Person  string         `json:"person"`
	Text    string         `json:"text"`
	Room    bool           `json:"room"` // it is in the group chat
	Message string         `json:"message"`
	Verb    string         `json:"verb"`
	Data    map[string]any `json:"data"`
	Locale  string         `json:"locale"` // of the person's Teams, as chosen on the page
	Search  string         `json:"search"` // the id of one
	Result  Result         `json:"result"` // to insert
}

// outcome is what the page shows of it. Detail is for whoever develops the bot.
type outcome struct {
	Status  int      `json:"status,omitempty"`
	Message string   `json:"message,omitempty"`
	Demo    string   `json:"demo,omitempty"`    // what Config.Demo answered
	Results []Result `json:"results,omitempty"` // of a search
	Error   string   `json:"error,omitempty"`
	Detail  string   `json:"detail,omitempty"`
}

// fromPage serves one wish. JSON as the content type keeps forms of other pages out, beside guard.
func (e *Emulator) fromPage(do func(context.Context, Person, wish) outcome) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || media != "application/json" {
			http.Error(w, "JSON is expected", http.StatusUnsupportedMediaType)
			return
		}
		var wanted wish
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPageBody)).Decode(&wanted); err != nil {
			http.Error(w, "read the body: "+err.Error(), http.StatusBadRequest)
			return
		}
		p, ok := e.personByObjectID(wanted.Person)
		if !ok {
			http.Error(w, "nobody has that id", http.StatusNotFound)
			return
		}
		p.Locale = wanted.Locale
		reply{status: http.StatusOK, body: do(r.Context(), p, wanted)}.write(w)
	})
}

func (e *Emulator) sayFromPage(ctx context.Context, p Person, wanted wish) outcome {
	if e.cfg.Demo != nil && strings.HasPrefix(wanted.Text, "/demo") {
		answer, err := e.cfg.Demo(ctx, wanted.Text)
		if err != nil {
			return outcome{Demo: "That did not work: " + err.Error()}
		}
		return outcome{Demo: answer}
	}
	if wanted.Room {
		return delivered(e.SayIn(ctx, p, e.room, wanted.Text))
	}
	return delivered(e.Say(ctx, p, wanted.Text))
}

func (e *Emulator) submitFromPage(ctx context.Context, p Person, wanted wish) outcome {
	status, err := e.Submit(ctx, p, wanted.Message, wanted.Data)
	return delivered(status, err)
}

func (e *Emulator) executeFromPage(ctx context.Context, p Person, wanted wish) outcome {
	m, err := e.seen(p, wanted.Message)
	if err != nil {
		return answered(Answer{}, err)
	}
	return answered(e.execute(ctx, p, m.ID, e.Invoke(p, m, wanted.Verb, wanted.Data)))
}

func (e *Emulator) refreshFromPage(ctx context.Context, p Person, wanted wish) outcome {
	return answered(e.Refresh(ctx, p, wanted.Message))
}

// searchFromPage looks for what is typed in a compose box.
func (e *Emulator) searchFromPage(ctx context.Context, p Person, wanted wish) outcome {
	i := slices.IndexFunc(e.cfg.Searches, func(s Search) bool { return s.ID == wanted.Search })
	if i < 0 {
		return outcome{Error: "There is no such search."}
	}
	found, err := e.Search(ctx, p, Query{Conversation: e.placeOf(wanted), Command: wanted.Search, Parameter: e.cfg.Searches[i].Parameter, Text: wanted.Text})
	if err != nil {
		return outcome{Error: unreachable, Detail: err.Error()}
	}
	return outcome{Status: http.StatusOK, Results: found.Results, Message: found.Message}
}

// placeOf is the conversation of a wish; empty: the person's own chat.
func (e *Emulator) placeOf(wanted wish) string {
	if wanted.Room {
		return e.room
	}
	return ""
}

func (e *Emulator) insertFromPage(ctx context.Context, p Person, wanted wish) outcome {
	if _, err := e.Insert(ctx, p, e.placeOf(wanted), wanted.Result); err != nil {
		return outcome{Error: unreachable, Detail: err.Error()}
	}
	return outcome{Status: http.StatusOK}
}

func delivered(status int, err error) outcome {
	switch {
	case err != nil:
		return outcome{Error: unreachable, Detail: err.Error()}
	case status >= 300:
		return outcome{Status: status, Error: unreachable, Detail: fmt.Sprint("the bot answered ", status)}
	}
	return outcome{Status: status}
}

func answered(a Answer, err error) outcome {
	switch {
	case err != nil:
		return outcome{Error: unreachable, Detail: err.Error()}
	case a.Type == loginType:
		return outcome{Status: a.Status, Error: "Sign in to continue."}
	case a.Status >= 400:
		return outcome{Status: a.Status, Error: a.Message, Detail: a.Code}
	}
	return outcome{Status: a.Status, Message: a.Message}
}
