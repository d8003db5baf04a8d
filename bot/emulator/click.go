package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
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
	m, err := e.seen(p, activityID)
	if err != nil {
		return Answer{}, fmt.Errorf("click %s: %w", verb, err)
	}
	sent, err := press(m.Card, verb, data)
	if err != nil {
		return Answer{}, fmt.Errorf("click %s: %w", verb, err)
	}
	return e.execute(ctx, p, m.ID, e.Invoke(p, m, verb, sent))
}

// Refresh sends the automatic refresh of a card, as a client does when it shows the card to
// somebody whom it names for it, or to anybody in a chat of up to 60 people if it names nobody.
func (e *Emulator) Refresh(ctx context.Context, p Person, activityID string) (Answer, error) {
	m, err := e.seen(p, activityID)
	if err != nil {
		return Answer{}, fmt.Errorf("refresh: %w", err)
	}
	var card struct {
		Refresh struct {
			Action struct {
				Verb string         `json:"verb"`
				Data map[string]any `json:"data"`
			} `json:"action"`
			UserIDs []string `json:"userIds"`
		} `json:"refresh"`
	}
	if err := json.Unmarshal(m.Card, &card); err != nil {
		return Answer{}, fmt.Errorf("refresh: %w", err)
	}
	switch users := card.Refresh.UserIDs; {
	case card.Refresh.Action.Verb == "":
		return Answer{}, errors.New("refresh: the card has none")
	case users != nil && !slices.Contains(users, p.UserID):
		return Answer{}, fmt.Errorf("refresh: the card does not name %s", p.Name)
	case users == nil && e.size(m.Conversation) > maxRefreshUsers:
		return Answer{}, fmt.Errorf("refresh: the chat has over %d people, and the card names nobody", maxRefreshUsers)
	}
	invoke := e.Invoke(p, m, card.Refresh.Action.Verb, card.Refresh.Action.Data)
	invoke["value"].(map[string]any)["trigger"] = "automatic"
	return e.execute(ctx, p, m.ID, invoke)
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
				m.views = map[string]json.RawMessage{}
			}
			m.views[p.UserID] = card
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
