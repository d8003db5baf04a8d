package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Types of an invoke's answer. Source: Universal Action Model of Adaptive Cards.
const (
	messageType      = "application/vnd.microsoft.activity.message"
	loginType        = "application/vnd.microsoft.activity.loginRequest"
	errorType        = "application/vnd.microsoft.error"
	preconditionType = "application/vnd.microsoft.error.preconditionFailed"
)

// Answer is the bot's answer to a click.
type Answer struct {
	Status  int             // of the answer, not of HTTP, which is always 200
	Type    string          // one of application/vnd.microsoft.…
	Card    json.RawMessage // what replaces the card, for the person who clicked
	Message string          // a text, or an error's
	Code    string          // of an error
}

// Click presses the button with the verb on a card that the person sees. Data fills the card's
// inputs by their ids; if several buttons have the verb, it names those values of the wanted
// button's own data that tell it apart. What is neither an input nor on the button is an error, as
// nobody could have clicked it.
func (e *Emulator) Click(ctx context.Context, p Person, activityID, verb string, data map[string]any) (Answer, error) {
	invoke, err := e.Press(p, activityID, verb, data)
	if err != nil {
		return Answer{}, err
	}
	return e.execute(ctx, p, activityID, invoke)
}

// Press is the invoke that Click sends.
func (e *Emulator) Press(p Person, activityID, verb string, data map[string]any) (map[string]any, error) {
	m, err := e.seen(p, activityID)
	if err != nil {
		return nil, fmt.Errorf("click %s: %w", verb, err)
	}
	sent, err := press(m.Card, verb, data)
	if err != nil {
		return nil, fmt.Errorf("click %s: %w", verb, err)
	}
	return e.Invoke(p, m, verb, sent), nil
}

// Refresh sends the automatic refresh of a card, as a client does when it shows the card to
// somebody whom it names for it, or to anybody in a chat of up to 60 people if it names nobody.
func (e *Emulator) Refresh(ctx context.Context, p Person, activityID string) (Answer, error) {
	m, err := e.seen(p, activityID)
	if err != nil {
		return Answer{}, fmt.Errorf("refresh: %w", err)
	}
	r, err := refreshOf(m.Card)
	if err != nil {
		return Answer{}, fmt.Errorf("refresh: %w", err)
	}
	if err := r.due(p, e.size(m.Conversation)); err != nil {
		return Answer{}, fmt.Errorf("refresh: %w", err)
	}
	invoke := e.Invoke(p, m, r.Action.Verb, r.Action.Data)
	invoke["value"].(map[string]any)["trigger"] = "automatic"
	return e.execute(ctx, p, m.ID, invoke)
}

// cardRefresh is what a card says of its refresh.
type cardRefresh struct {
	Action struct {
		Type string         `json:"type"`
		Verb string         `json:"verb"`
		Data map[string]any `json:"data"`
	} `json:"action"`
	UserIDs []string `json:"userIds"`
}

// due says whether the card is refreshed for a person, in a chat of so many.
func (r cardRefresh) due(p Person, people int) error {
	switch {
	case r.Action.Verb == "":
		return errors.New("the card has none")
	case r.UserIDs != nil && !slices.Contains(r.UserIDs, p.UserID):
		return fmt.Errorf("the card does not name %s", p.Name)
	case r.UserIDs == nil && people > maxRefreshUsers:
		return fmt.Errorf("the chat has over %d people, and the card names nobody", maxRefreshUsers)
	}
	return nil
}

func refreshOf(raw json.RawMessage) (cardRefresh, error) {
	var card struct {
		Refresh cardRefresh `json:"refresh"`
	}
	err := json.Unmarshal(raw, &card)
	return card.Refresh, err
}

// staleAfter is how old a person's view of a card is before a client refreshes it. Source: "Up to
// date cards", Microsoft Teams.
const staleAfter = time.Minute

// Look has the person look at a chat: as a client does then, it refreshes each card there that names
// the person and that the person has no view of since the bot changed it, or an old one. It says how
// many those were.
func (e *Emulator) Look(ctx context.Context, p Person, conversation string) (int, error) {
	e.mu.Lock()
	c, ok := e.lookup(conversation)
	var due []string
	if ok && c.has(p) {
		for _, m := range c.messages {
			own, has := m.views[p.UserID]
			if m.Card == nil || has && e.cfg.Now().Sub(own.since) < staleAfter {
				continue
			}
			if r, err := refreshOf(m.seenBy(p).Card); err == nil && r.due(p, len(c.members)) == nil {
				due = append(due, m.ID)
			}
		}
	}
	e.mu.Unlock()
	if !ok || !c.has(p) {
		return 0, fmt.Errorf("look at %s: %s has no such chat", conversation, p.Name)
	}
	for _, id := range due {
		if _, err := e.Refresh(ctx, p, id); err != nil {
			return 0, fmt.Errorf("look at %s: %w", conversation, err)
		}
	}
	return len(due), nil
}

// Submit sends what a click on an Action.Submit sends: a message with the data and no text.
func (e *Emulator) Submit(ctx context.Context, p Person, activityID string, data map[string]any) (int, error) {
	m, err := e.seen(p, activityID)
	if err != nil {
		return 0, fmt.Errorf("submit: %w", err)
	}
	a := e.reaction(p, m)
	a["type"] = "message"
	a["value"] = data
	response, err := e.Send(ctx, a)
	return response.Status, err
}

// Execute sends an invoke of Invoke and applies its answer: a card replaces the card of the message
// for this person only. An answer that no client understands is an error.
func (e *Emulator) Execute(ctx context.Context, p Person, invoke map[string]any) (Answer, error) {
	id, _ := invoke["replyToId"].(string)
	return e.execute(ctx, p, id, invoke)
}

func (e *Emulator) execute(ctx context.Context, p Person, id string, invoke map[string]any) (Answer, error) {
	response, err := e.Send(ctx, invoke)
	if err != nil {
		return Answer{}, err
	}
	if response.Status != http.StatusOK {
		return Answer{}, fmt.Errorf("the bot answered %d to an invoke, where only 200 is understood", response.Status)
	}
	answer, err := parseAnswer(response.Body)
	if err != nil {
		return Answer{}, err
	}
	if answer.Card != nil {
		e.replaceFor(p, id, answer.Card)
	}
	return answer, nil
}

// seen returns a message that the person sees.
func (e *Emulator) seen(p Person, id string) (Message, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.chats {
		if !c.has(p) {
			continue
		}
		if m := c.find(id); m != nil && !m.Deleted {
			return m.seenBy(p), nil
		}
	}
	return Message{}, fmt.Errorf("%s sees no message %q", p.Name, id)
}

// size is how many people are in a chat.
func (e *Emulator) size(conversation string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.lookup(conversation)
	if !ok {
		return 0
	}
	return len(c.members)
}

func (e *Emulator) replaceFor(p Person, id string, card json.RawMessage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.chats {
		if m := c.find(id); m != nil && c.has(p) {
			if m.views == nil {
				m.views = map[string]view{}
			}
			m.views[p.UserID] = view{card, e.cfg.Now()}
			e.touch(c, m)
		}
	}
}

// parseAnswer reads the body that answers an adaptiveCard/action.
func parseAnswer(body []byte) (Answer, error) {
	var wire struct {
		StatusCode int             `json:"statusCode"`
		Type       string          `json:"type"`
		Value      json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return Answer{}, fmt.Errorf("read the answer to an invoke: %w", err)
	}
	answer := Answer{Status: wire.StatusCode, Type: wire.Type}
	var err error
	switch {
	case wire.StatusCode == 200 && wire.Type == cardType:
		answer.Card = wire.Value
		err = checkCard(wire.Value)
	case wire.StatusCode == 200 && wire.Type == messageType:
		err = json.Unmarshal(wire.Value, &answer.Message)
	case wire.StatusCode == 401 && wire.Type == loginType:
		var card map[string]any
		err = json.Unmarshal(wire.Value, &card)
	case wire.StatusCode >= 400 && wire.Type == errorType,
		wire.StatusCode == 412 && wire.Type == preconditionType:
		problem := struct{ Code, Message string }{}
		err = json.Unmarshal(wire.Value, &problem)
		answer.Code, answer.Message = problem.Code, problem.Message
		if err == nil && (problem.Code == "" || problem.Message == "") {
			err = errors.New("an error needs a code and a message")
		}
	default:
		err = fmt.Errorf("no client knows type %q with status %d", wire.Type, wire.StatusCode)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("read the answer to an invoke: %w", err)
	}
	return answer, nil
}
