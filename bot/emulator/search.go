package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Teams' limits for a search of the compose box. Source: "Respond to search command".
const (
	searchLimit = 5 * time.Second
	maxResults  = 25
)

// A Search is one of those that the app's manifest declares for the compose box.
type Search struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Hint       string `json:"hint"` // what may be typed
	Parameter  string `json:"parameter"`
	InitialRun bool   `json:"initialRun"` // it is asked as it is opened, with nothing typed
}

// A Query is what a person looks for in the compose box.
type Query struct {
	Conversation string // where the compose box is; empty: the person's chat with the bot
	Command      string // id of a search of the app's manifest
	Parameter    string // name of the search's parameter there
	Text         string // empty: just opened
	Skip         int
}

// Found is what the bot answers: results, or a message instead of them.
type Found struct {
	Results []Result
	Message string
}

// A Result is a card that may be inserted, and how the list of results shows it.
type Result struct {
	Title string          `json:"title"`
	Text  string          `json:"text"`
	Card  json.RawMessage `json:"card"`
	Tap   json.RawMessage `json:"tap,omitempty"` // what the bot is told when it is chosen; nil: nothing
}

// Search sends what a person has typed into the search of a compose box. An answer that
// Teams would not show is an error.
func (e *Emulator) Search(ctx context.Context, p Person, q Query) (Found, error) {
	parameter := map[string]any{"name": "initialRun", "value": "true"}
	if q.Text != "" {
		parameter = map[string]any{"name": q.Parameter, "value": q.Text}
	}
	return e.compose(ctx, p, q.Conversation, "composeExtension/query", map[string]any{
		"commandId":    q.Command,
		"parameters":   []any{parameter},
		"queryOptions": map[string]any{"skip": q.Skip, "count": maxResults},
	})
}

// Insert chooses a result and sends it to the conversation, empty for the person's chat
// with the bot: its card is a message of the person then. As in a desktop client the bot
// is told first where the result's preview wants it, and the card is the one that it
// answers with; a phone inserts what it has.
func (e *Emulator) Insert(ctx context.Context, p Person, conversation string, r Result) (Message, error) {
	if r.Tap != nil {
		var value any
		if err := json.Unmarshal(r.Tap, &value); err != nil {
			return Message{}, fmt.Errorf("insert: %w", err)
		}
		found, err := e.compose(ctx, p, conversation, "composeExtension/selectItem", value)
		switch {
		case err != nil:
			return Message{}, err
		case found.Message != "":
			return Message{}, fmt.Errorf("insert: the bot says: %s", found.Message)
		case len(found.Results) != 1:
			return Message{}, fmt.Errorf("insert: the bot answered %d cards, not one", len(found.Results))
		}
		r = found.Results[0]
	}
	if conversation == "" {
		conversation = e.ChatID(p)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.lookup(conversation)
	if !ok || !c.has(p) {
		return Message{}, fmt.Errorf("insert: %s is in no chat %q", p.Name, conversation)
	}
	return e.add(c, Message{From: p.UserID, Conversation: conversation, Card: r.Card, Summary: r.Title, Status: http.StatusOK}).Message, nil
}

// compose sends an invoke of the compose box and reads the answer.
func (e *Emulator) compose(ctx context.Context, p Person, conversation, name string, value any) (Found, error) {
	ctx, cancel := context.WithTimeout(ctx, searchLimit)
	defer cancel()
	if conversation == "" {
		conversation = e.ChatID(p)
	}
	a := e.envelope(p, e.place(p, conversation))
	a["type"], a["name"], a["value"] = "invoke", name, value
	response, err := e.Send(ctx, a)
	if err != nil {
		return Found{}, fmt.Errorf("%s: %w", name, err)
	}
	if response.Status != http.StatusOK {
		return Found{}, fmt.Errorf("%s: the bot answered %d, where only 200 is understood", name, response.Status)
	}
	found, err := parseFound(response.Body)
	if err != nil {
		return Found{}, fmt.Errorf("%s: read the answer: %w", name, err)
	}
	return found, nil
}

// parseFound reads the body that answers a search.
func parseFound(body []byte) (Found, error) {
	var answer struct {
		Extension *struct {
			Type        string       `json:"type"`
			Text        string       `json:"text"`
			Layout      string       `json:"attachmentLayout"`
			Attachments []foundEntry `json:"attachments"`
		} `json:"composeExtension"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Found{}, err
	}
	x := answer.Extension
	switch {
	case x == nil:
		return Found{}, errors.New("no composeExtension in it")
	case x.Type == "message" && x.Text != "" && len(x.Attachments) == 0:
		return Found{Message: x.Text}, nil
	case x.Type == "message":
		return Found{}, errors.New("a message has a text and nothing else")
	case x.Type != "result": // auth and config open a page that this stand-in does not have
		return Found{}, fmt.Errorf("type is %q, not result or message", x.Type)
	case !slices.Contains([]string{"list", "grid"}, x.Layout):
		return Found{}, fmt.Errorf("attachmentLayout is %q, not list or grid", x.Layout)
	case len(x.Attachments) > maxResults:
		return Found{}, fmt.Errorf("%d results, at most %d are shown", len(x.Attachments), maxResults)
	}
	found := Found{Results: []Result{}}
	for i, entry := range x.Attachments {
		r, err := entry.result()
		if err != nil {
			return Found{}, fmt.Errorf("result %d: %w", i, err)
		}
		found.Results = append(found.Results, r)
	}
	return found, nil
}

type foundEntry struct {
	attachment
	Preview *struct {
		ContentType string `json:"contentType"`
		Content     struct {
			Title string `json:"title"`
			Text  string `json:"text"`
			Tap   *struct {
				Type  string          `json:"type"`
				Value json.RawMessage `json:"value"`
			} `json:"tap"`
			Buttons []any `json:"buttons"`
		} `json:"content"`
	} `json:"preview"`
}

// result refuses what Teams would not show. It takes Adaptive Cards alone, for which Teams
// makes no preview by itself.
func (f foundEntry) result() (Result, error) {
	switch {
	case f.ContentType == "":
		return Result{}, errors.New("no contentType")
	case f.ContentType != cardType:
		return Result{}, fmt.Errorf("contentType is %q, not %s", f.ContentType, cardType)
	case f.Preview == nil:
		return Result{}, errors.New("no preview, without which an Adaptive Card is not listed")
	}
	content := f.Preview.Content
	switch {
	case f.Preview.ContentType != "application/vnd.microsoft.card.thumbnail" && f.Preview.ContentType != "application/vnd.microsoft.card.hero":
		return Result{}, fmt.Errorf("contentType of the preview is %q, not a thumbnail or a hero card", f.Preview.ContentType)
	case strings.TrimSpace(content.Title) == "":
		return Result{}, errors.New("the preview has no title")
	case len(content.Buttons) > 0:
		return Result{}, errors.New("a preview has no buttons")
	case content.Tap != nil && (content.Tap.Type != "invoke" || len(content.Tap.Value) == 0):
		return Result{}, errors.New("a preview's tap is an invoke with a value")
	}
	if err := checkCard(f.Content); err != nil {
		return Result{}, fmt.Errorf("card: %w", err)
	}
	r := Result{Title: content.Title, Text: content.Text, Card: f.Content}
	if content.Tap != nil {
		r.Tap = content.Tap.Value
	}
	return r, nil
}
