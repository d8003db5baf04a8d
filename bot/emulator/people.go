package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"time"
)

// maxAnswer bounds what is read of an answer of the bot, in bytes.
const maxAnswer = 1 << 20

// timeFormat is how Teams writes times.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// Response is what the bot answered over HTTP.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// newBotClient follows no redirect and keeps as many connections as load needs.
func newBotClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Activity is what Teams sends when the person writes text in the chat with the bot. It has a new
// id; it is not sent, nor seen in the chat.
func (e *Emulator) Activity(p Person, text string) map[string]any {
	a := e.envelope(p, e.personalConversation(p))
	a["type"] = "message"
	a["textFormat"] = "plain"
	a["text"] = text
	a["attachments"] = htmlCopy(html.EscapeString(text))
	return a
}

// mention is what Teams sends when the person writes to the bot in a group chat or channel. As
// seen in the wild, a newline follows the text.
func (e *Emulator) mention(p Person, c *chat, conversation, text string) map[string]any {
	place := map[string]any{
		"isGroup": true, "conversationType": c.kind, "tenantId": e.cfg.TenantID, "id": conversation,
	}
	a := e.envelope(p, place)
	if c.kind == channel {
		if conversation == c.id {
			place["id"] = c.id + ";messageid=" + a["id"].(string)
		}
		a["channelData"] = map[string]any{
			"tenant":  map[string]any{"id": e.cfg.TenantID},
			"channel": map[string]any{"id": c.id},
			"team":    map[string]any{"id": c.id},
		}
	}
	at := "<at>" + html.EscapeString(e.cfg.BotName) + "</at>"
	a["type"] = "message"
	a["textFormat"] = "plain"
	a["text"] = at + " " + text + "\n"
	a["attachments"] = htmlCopy(`<span itemtype="http://schema.skype.com/Mention" itemscope itemid="0">` +
		html.EscapeString(e.cfg.BotName) + `</span>&nbsp;` + html.EscapeString(text))
	a["entities"] = append(a["entities"].([]any), map[string]any{
		"type": "mention", "text": at,
		"mentioned": map[string]any{"id": e.botID(), "name": e.cfg.BotName},
	})
	return a
}

// Invoke is what Teams sends when the person clicks an Action.Execute of the message. The data is
// sent as it is, so that a test can forge it; Click takes it from the card instead.
func (e *Emulator) Invoke(p Person, m Message, verb string, data map[string]any) map[string]any {
	a := e.reaction(p, m)
	a["type"] = "invoke"
	a["name"] = "adaptiveCard/action"
	a["value"] = map[string]any{
		"action":  map[string]any{"type": "Action.Execute", "id": "", "verb": verb, "data": data},
		"trigger": "manual",
	}
	return a
}

// reaction is the envelope of what a person does to a message.
func (e *Emulator) reaction(p Person, m Message) map[string]any {
	place := e.personalConversation(p)
	e.mu.Lock()
	c, ok := e.lookup(m.Conversation)
	e.mu.Unlock()
	if ok && c.kind != personal {
		place = map[string]any{
			"isGroup": true, "conversationType": c.kind, "tenantId": e.cfg.TenantID, "id": m.Conversation,
		}
	}
	a := e.envelope(p, place)
	a["replyToId"] = m.ID
	return a
}

// Renew gives an activity a new id and time, as Teams does when it repeats an invoke that it sent
// half a minute ago.
func (e *Emulator) Renew(activity map[string]any) map[string]any {
	renewed := maps.Clone(activity)
	e.stamp(renewed)
	return renewed
}

// envelope has what every activity of Teams has.
func (e *Emulator) envelope(p Person, conversation map[string]any) map[string]any {
	a := map[string]any{
		"channelId":    "msteams",
		"serviceUrl":   e.ServiceURL(),
		"from":         map[string]any{"id": p.UserID, "name": p.Name, "aadObjectId": p.ObjectID},
		"recipient":    map[string]any{"id": e.botID(), "name": e.cfg.BotName},
		"conversation": conversation,
		"channelData":  map[string]any{"tenant": map[string]any{"id": e.cfg.TenantID}},
		"entities": []any{map[string]any{
			"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web", "timezone": "UTC",
		}},
		"locale": "en-US",
	}
	e.stamp(a)
	return a
}

func (e *Emulator) stamp(a map[string]any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.cfg.Now().UTC()
	a["id"] = e.nextID()
	a["timestamp"] = now.Format(timeFormat)
	a["localTimestamp"] = now.Format("2006-01-02T15:04:05.000-07:00")
	a["localTimezone"] = "UTC"
}

func (e *Emulator) personalConversation(p Person) map[string]any {
	return map[string]any{"conversationType": personal, "tenantId": e.cfg.TenantID, "id": e.ChatID(p)}
}

// htmlCopy is the attachment that Teams adds to every message of a person.
func htmlCopy(escaped string) []any {
	return []any{map[string]any{"contentType": "text/html", "content": "<div>" + escaped + "</div>"}}
}

// Say writes text in the person's chat with the bot and returns the status of the bot's answer.
// Its error says that there was none.
func (e *Emulator) Say(ctx context.Context, p Person, text string) (int, error) {
	return e.say(ctx, e.ChatID(p), e.Activity(p, text), text)
}

// SayIn writes text, with a mention of the bot, in a group chat, a channel (as a new thread) or a
// channel's thread.
func (e *Emulator) SayIn(ctx context.Context, p Person, conversation, text string) (int, error) {
	e.mu.Lock()
	c, ok := e.lookup(conversation)
	e.mu.Unlock()
	if !ok || c.kind == personal || !c.has(p) {
		return 0, fmt.Errorf("say in %s: %s is in no such group or channel", conversation, p.Name)
	}
	return e.say(ctx, c.id, e.mention(p, c, conversation, text), text)
}

// say shows the message in its chat, sends it, and notes what the bot answered.
func (e *Emulator) say(ctx context.Context, chatID string, a map[string]any, text string) (int, error) {
	e.mu.Lock()
	c, ok := e.chats[chatID]
	if !ok {
		e.mu.Unlock()
		return 0, errors.New("say: the person has no chat with the bot; AddPerson adds one")
	}
	from, place := a["from"].(map[string]any), a["conversation"].(map[string]any)
	said := e.add(c, Message{
		ID: a["id"].(string), Conversation: place["id"].(string), From: from["id"].(string), Text: text, TextFormat: "plain",
	})
	e.mu.Unlock()

	response, err := e.Send(ctx, a)

	e.mu.Lock()
	defer e.mu.Unlock()
	said.Status = response.Status
	if err != nil {
		said.Status = http.StatusGatewayTimeout
	}
	e.touch(c, said)
	return response.Status, err
}

// Install tells the bot that the person has installed its app: an installationUpdate and a
// conversationUpdate at the same time, as Teams does. It undoes Uninstall.
func (e *Emulator) Install(ctx context.Context, p Person) error {
	e.setGone(p, false)
	installed := e.envelope(p, e.personalConversation(p))
	installed["type"], installed["action"] = "installationUpdate", "add"
	joined := e.envelope(p, e.personalConversation(p))
	joined["type"] = "conversationUpdate"
	joined["membersAdded"] = []any{map[string]any{"id": e.botID()}}

	second := make(chan error, 1)
	go func() { second <- e.tell(ctx, joined) }()
	err := errors.Join(e.tell(ctx, installed), <-second)
	if err != nil {
		return fmt.Errorf("install for %s: %w", p.Name, err)
	}
	return nil
}

// Uninstall removes the app for the person. From then on the connector refuses what is written to
// the chat, as it does for a user who has blocked the bot.
func (e *Emulator) Uninstall(ctx context.Context, p Person) error {
	e.setGone(p, true)
	removed := e.envelope(p, e.personalConversation(p))
	removed["type"], removed["action"] = "installationUpdate", "remove"
	if err := e.tell(ctx, removed); err != nil {
		return fmt.Errorf("uninstall for %s: %w", p.Name, err)
	}
	return nil
}

func (e *Emulator) setGone(p Person, gone bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c, ok := e.chats[e.ChatID(p)]; ok {
		c.gone = gone
	}
}

// tell sends an activity that must be answered with success.
func (e *Emulator) tell(ctx context.Context, a map[string]any) error {
	response, err := e.Send(ctx, a)
	if err != nil {
		return err
	}
	if response.Status >= 300 {
		return fmt.Errorf("the bot answered %d to %v", response.Status, a["type"])
	}
	return nil
}

// Send signs and posts any activity, and posts it once more if Config.Resend asks for that.
func (e *Emulator) Send(ctx context.Context, activity map[string]any) (Response, error) {
	body, err := json.Marshal(activity)
	if err != nil {
		return Response{}, fmt.Errorf("send activity: %w", err)
	}
	authorization, err := e.authorization()
	if err != nil {
		return Response{}, fmt.Errorf("send activity: %w", err)
	}
	header := http.Header{"Authorization": {authorization}}
	response, err := e.Post(ctx, body, header)
	if e.cfg.Resend && ctx.Err() == nil && (err != nil || response.Status >= 500) {
		return e.Post(ctx, body, header)
	}
	return response, err
}

// Post sends a body to the bot with a header that may be wrong; only a missing Content-Type is
// added. It waits for the answer for Config.AckLimit.
func (e *Emulator) Post(ctx context.Context, body []byte, header http.Header) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.AckLimit)
	defer cancel()
	e.mu.Lock()
	url := e.botURL
	e.mu.Unlock()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Response{}, fmt.Errorf("post to the bot: %w", err)
	}
	request.Header = header.Clone()
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	answer, err := e.client.Do(request)
	if err != nil {
		return Response{}, fmt.Errorf("post to the bot: %w", err)
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Response{}, fmt.Errorf("read the bot's answer: %w", err)
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: read}, nil
}
