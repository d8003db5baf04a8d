package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

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

// ReplyIn is SayIn with a quotation of a message that the person sees there.
func (e *Emulator) ReplyIn(ctx context.Context, p Person, messageID, text string) (int, error) {
	m, err := e.seen(p, messageID)
	if err != nil {
		return 0, fmt.Errorf("reply: %w", err)
	}
	e.mu.Lock()
	c, ok := e.lookup(m.Conversation)
	e.mu.Unlock()
	if !ok || c.kind == personal {
		return 0, fmt.Errorf("reply to %s: it is in no group or channel", messageID)
	}
	a := e.mention(p, c, m.Conversation, text)
	quoted(a, m)
	return e.say(ctx, c.id, a, text)
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
