package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"
)

// connector serves a call of the Bot Connector: only with a token, and faults first.
func (e *Emulator) connector(serve func(*http.Request) (reply, error)) http.Handler {
	return e.logged(func(r *http.Request) (reply, error) {
		if !e.authorized(r) {
			return reply{status: http.StatusUnauthorized, body: map[string]any{
				"message": "Authorization has been denied for this request.",
			}}, nil
		}
		fault, isFaulty := e.nextFault()
		if !isFaulty {
			return serve(r)
		}
		if fault.Commit {
			if re, err := serve(r); err != nil {
				return re, err
			}
		}
		// Without the whole body, the server does not notice that a caller gives up.
		if _, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxBody)); err != nil {
			return reply{}, fmt.Errorf("read the call that meets a fault: %w", err)
		}
		return fault.reply(), nil
	})
}

// createConversation opens a person's chat with the bot, or a thread in a channel.
func (e *Emulator) createConversation(r *http.Request) (reply, error) {
	var wish struct {
		IsGroup  bool                  `json:"isGroup"`
		Bot      struct{ ID string }   `json:"bot"`
		Members  []struct{ ID string } `json:"members"`
		TenantID string                `json:"tenantId"`
		Activity json.RawMessage       `json:"activity"`
		Channel  struct {
			Tenant  struct{ ID string } `json:"tenant"`
			Channel struct{ ID string } `json:"channel"`
		} `json:"channelData"`
	}
	body, err := readJSON(r)
	if err != nil {
		return reply{}, err
	}
	if err := json.Unmarshal(body, &wish); err != nil {
		return reply{}, badSyntax(err.Error())
	}
	if wish.Bot.ID != "" && wish.Bot.ID != e.botID() {
		return reply{}, badArgument("bot.id is not this bot")
	}
	if wish.IsGroup {
		return e.createThread(wish.Channel.Channel.ID, wish.Activity)
	}
	if tenant := wish.Channel.Tenant.ID; wish.TenantID != e.cfg.TenantID || tenant != "" && tenant != e.cfg.TenantID {
		return reply{}, badArgument("tenantId is missing or not this tenant")
	}
	if len(wish.Members) != 1 {
		return reply{}, badArgument("a bot cannot create group chats: exactly one member is required")
	}
	if len(wish.Activity) > 0 {
		return reply{}, badArgument("the activity of a personal conversation is posted on its own")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.people, func(p Person) bool { return p.UserID == wish.Members[0].ID })
	if i < 0 {
		return reply{}, notInRoster()
	}
	c := e.chats[e.ChatID(e.people[i])]
	if c.gone {
		return reply{}, notInRoster()
	}
	if err := e.admit(&c.sends, &e.tenant); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: map[string]any{"id": c.id}}, nil
}

func (e *Emulator) createThread(channelID string, body json.RawMessage) (reply, error) {
	a, err := parseActivity(body)
	if err != nil {
		return reply{}, err
	}
	if a.Type != "message" {
		return reply{}, badArgument("a thread starts with a message")
	}
	m, err := e.deliver(channelOf(channelID), a)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: map[string]any{"id": m.Conversation, "activityId": m.ID}}, nil
}

func (e *Emulator) postActivity(r *http.Request) (reply, error) {
	a, err := readActivity(r)
	if err != nil {
		return reply{}, err
	}
	if a.ReplyToID == "" {
		a.ReplyToID = r.PathValue("activity")
	}
	m, err := e.deliver(r.PathValue("conversation"), a)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: map[string]any{"id": m.ID}}, nil
}

// deliver puts an activity of the bot into a conversation.
func (e *Emulator) deliver(conversation string, a activity) (Message, error) {
	m, err := e.store(conversation, a)
	if err == nil && a.Type == "message" && e.cfg.OnMessage != nil {
		e.cfg.OnMessage(m)
	}
	return m, err
}

func (e *Emulator) store(conversation string, a activity) (Message, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, err := e.writable(conversation)
	if err != nil {
		return Message{}, err
	}
	if err := suggestsIn(c, a); err != nil {
		return Message{}, err
	}
	if err := e.admit(&c.sends, &e.tenant); err != nil {
		return Message{}, err
	}
	m := a.message()
	m.From, m.Conversation = e.botID(), conversation
	if a.Type == "typing" {
		e.rev++
		c.typing = e.rev
		e.notify()
		m.ID = e.nextID()
		return m, nil
	}
	return e.add(c, m).Message, nil
}

// suggestsIn refuses suggested actions where they would be everybody's.
func suggestsIn(c *chat, a activity) error {
	if len(a.Suggestions()) > 0 && c.kind != personal {
		return badArgument("suggestedActions are for personal chats only")
	}
	return nil
}

func (e *Emulator) putActivity(r *http.Request) (reply, error) {
	a, err := readActivity(r)
	if err != nil {
		return reply{}, err
	}
	if a.Type != "message" {
		return reply{}, badArgument("only a message can be updated")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c, m, err := e.own(r)
	if err != nil {
		return reply{}, err
	}
	if err := suggestsIn(c, a); err != nil {
		return reply{}, err
	}
	if err := e.admit(&c.sends, &e.tenant); err != nil {
		return reply{}, err
	}
	was := m.Message
	m.Message, m.views = a.message(), nil
	m.ID, m.Conversation, m.From, m.ReplyTo, m.Sent = was.ID, was.Conversation, was.From, was.ReplyTo, was.Sent
	m.Edited = e.cfg.Now()
	m.History = append(slices.Clone(was.History[max(0, len(was.History)-maxHistory+1):]), was.Activity)
	e.touch(c, m)
	return reply{status: http.StatusOK, body: map[string]any{"id": m.ID}}, nil
}

func (e *Emulator) deleteActivity(r *http.Request) (reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, m, err := e.own(r)
	if err != nil {
		return reply{}, err
	}
	m.Deleted, m.Text, m.Card, m.views, m.Edited = true, "", nil, nil, e.cfg.Now()
	e.touch(c, m)
	return reply{status: http.StatusOK}, nil
}

// own finds the message of the bot that a request names. The caller holds e.mu.
func (e *Emulator) own(r *http.Request) (*chat, *message, error) {
	c, err := e.writable(r.PathValue("conversation"))
	if err != nil {
		return nil, nil, err
	}
	m := c.find(r.PathValue("activity"))
	if m == nil || m.Deleted {
		return nil, nil, refusal(http.StatusNotFound, "ActivityNotFoundInConversation", "The activity was not found.")
	}
	if m.From != e.botID() {
		return nil, nil, refusal(http.StatusForbidden, "Forbidden", "The message is somebody else's.")
	}
	return c, m, nil
}

// writable finds a chat that the bot may write to. The caller holds e.mu.
func (e *Emulator) writable(conversation string) (*chat, error) {
	c, ok := e.lookup(conversation)
	if !ok {
		return nil, conversationNotFound()
	}
	switch {
	case c.kind == twoPeople:
		return nil, notInRoster()
	case c.gone:
		return nil, writesBlocked()
	}
	return c, nil
}

// admit applies Teams' rate limits to a call that counts in all the paces. The caller holds e.mu.
func (e *Emulator) admit(paces ...*pace) error {
	if e.cfg.Unlimited {
		return nil
	}
	now := e.cfg.Now()
	var wait time.Duration
	for _, p := range paces {
		wait = max(wait, p.wait(now))
	}
	if wait > 0 {
		return throttled(wait)
	}
	for _, p := range paces {
		p.pass(now)
	}
	return nil
}

// readJSON reads a body that says that it is JSON, within Teams' limit.
func readJSON(r *http.Request) ([]byte, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, refusal(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Content-Type must be application/json.")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, badSyntax(err.Error())
	}
	if utf16Size(body) > maxMessageSize {
		return nil, refusal(http.StatusRequestEntityTooLarge, "MessageSizeTooBig", "Message size too large.")
	}
	return body, nil
}

func readActivity(r *http.Request) (activity, error) {
	body, err := readJSON(r)
	if err != nil {
		return activity{}, err
	}
	return parseActivity(body)
}

func badSyntax(message string) reply {
	return refusal(http.StatusBadRequest, "BadSyntax", message)
}

func badArgument(message string) reply {
	return refusal(http.StatusBadRequest, "BadArgument", message)
}

func conversationNotFound() reply {
	return refusal(http.StatusNotFound, "ConversationNotFound", "Conversation not found.")
}

func notInRoster() reply {
	return refusal(http.StatusForbidden, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
}

// writesBlocked is the answer for a user who has blocked or uninstalled the bot, in the form that
// Teams documents: JSON in a string.
func writesBlocked() reply {
	return reply{status: http.StatusForbidden, body: map[string]any{
		"errorCode": 209,
		"message":   `{"subCode":"MessageWritesBlocked","details":"Thread is blocked from message writes."}`,
	}}
}

func throttled(after time.Duration) reply {
	re := refusal(http.StatusTooManyRequests, "TooManyRequests", "Too many requests.")
	re.retryAfter = after
	return re
}
