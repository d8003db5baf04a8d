package emulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxMessages and maxHistory bound what a chat keeps; of more, the oldest are forgotten.
const (
	maxMessages = 500
	maxHistory  = 20
)

// A Message is one message of a chat, as one person sees it.
type Message struct {
	ID           string            `json:"id"`
	Conversation string            `json:"conversation"`
	From         string            `json:"from"` // "28:<app id>" is the bot
	ReplyTo      string            `json:"replyTo,omitempty"`
	Sent         time.Time         `json:"sent"`
	Edited       time.Time         `json:"edited,omitzero"`
	Deleted      bool              `json:"deleted,omitempty"`
	Text         string            `json:"text,omitempty"`
	TextFormat   string            `json:"textFormat,omitempty"`
	Summary      string            `json:"summary,omitempty"`
	Card         json.RawMessage   `json:"card,omitempty"`        // an Adaptive Card
	Suggestions  []string          `json:"suggestions,omitempty"` // texts of imBack buttons
	Status       int               `json:"status,omitempty"`      // a person's: what the bot answered; 0 before
	Activity     json.RawMessage   `json:"-"`                     // the bot's: as received
	History      []json.RawMessage `json:"-"`                     // the bot's: earlier versions, oldest first
}

// message is a Message as everybody sees it, and how some see it differently.
type message struct {
	Message
	views map[string]view // by user id: what a click was answered with
	rev   uint64          // of the last change
}

// view is the card that one person sees instead of everybody's, and since when.
type view struct {
	card  json.RawMessage
	since time.Time
}

func (m *message) seenBy(p Person) Message {
	seen := m.Message
	if own, ok := m.views[p.UserID]; ok {
		seen.Card = own.card
	}
	return seen
}

// Kinds of chats, as activities name them.
const (
	personal  = "personal"
	groupChat = "groupChat"
	channel   = "channel"
	// twoPeople is a chat without the bot, in which a card may come to be all the same.
	twoPeople = "two people"
)

type chat struct {
	id        string
	kind      string
	members   []Person
	messages  []*message
	gone      bool   // the app was uninstalled
	typing    uint64 // revision of the bot's last typing activity
	lastWrite uint64 // revision of the last message, ends typing
	sends     pace
	reads     pace
}

func newChat(id, kind string, members ...Person) *chat {
	return &chat{
		id: id, kind: kind, members: slices.Clone(members),
		sends: pace{windows: sendWindows}, reads: pace{windows: readWindows},
	}
}

// find returns the message with the id, or nil.
func (c *chat) find(id string) *message {
	for _, m := range slices.Backward(c.messages) {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (c *chat) has(p Person) bool {
	return slices.ContainsFunc(c.members, func(m Person) bool { return m.UserID == p.UserID })
}

// AddPerson adds somebody who has the bot's app installed. Ids must be set and new.
func (e *Emulator) AddPerson(p Person) error {
	if p.Name == "" || p.ObjectID == "" || !strings.HasPrefix(p.UserID, "29:") {
		return fmt.Errorf("add person %q: name, object id and a user id that starts with 29: are required", p.Name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, known := range e.people {
		if known.ObjectID == p.ObjectID || known.UserID == p.UserID {
			return fmt.Errorf("add person %q: %s has the same id", p.Name, known.Name)
		}
	}
	e.people = append(e.people, p)
	id := e.ChatID(p)
	e.chats[id] = newChat(id, personal, p)
	return nil
}

// ChatID is the id of the person's chat with the bot. It is the same after a restart.
func (e *Emulator) ChatID(p Person) string { return e.idOf("a:", p.UserID) }

// idOf is an id that is the same for every emulator of this bot.
func (e *Emulator) idOf(prefix, of string) string {
	sum := sha256.Sum256([]byte(e.cfg.AppID + " " + of))
	return prefix + base64.RawURLEncoding.EncodeToString(sum[:])
}

// AddGroup makes a group chat of people with the bot and returns its id.
func (e *Emulator) AddGroup(people ...Person) string {
	return e.addChat("19:"+rand.Text()+"@thread.v2", groupChat, people)
}

// AddChannel makes a channel, in a team of people with the bot, and returns its id.
func (e *Emulator) AddChannel(people ...Person) string {
	return e.addChat("19:"+rand.Text()+"@thread.tacv2", channel, people)
}

// AddChat makes a chat of two people, without the bot, and returns its id.
func (e *Emulator) AddChat(one, other Person) string {
	return e.addChat("19:"+one.ObjectID+"_"+other.ObjectID+"@unq.gbl.spaces", twoPeople, []Person{one, other})
}

func (e *Emulator) addChat(id, kind string, people []Person) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.chats[id] = newChat(id, kind, people...)
	return id
}

// Messages returns what the person sees in all chats, by time. Deleted messages stay, marked.
func (e *Emulator) Messages(p Person) []Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.messages(p)
}

func (e *Emulator) messages(p Person) []Message {
	var seen []Message
	for _, c := range e.chats {
		if !c.has(p) {
			continue
		}
		for _, m := range c.messages {
			seen = append(seen, m.seenBy(p))
		}
	}
	slices.SortFunc(seen, func(a, b Message) int { return strings.Compare(a.ID, b.ID) })
	return seen
}

// WaitFor returns the first message of the bot, earlier ones included, that the person sees and
// that is as wanted. It waits until there is one or ctx ends.
func (e *Emulator) WaitFor(ctx context.Context, p Person, wanted func(Message) bool) (Message, error) {
	for {
		e.mu.Lock()
		seen, changed := e.messages(p), e.changed
		e.mu.Unlock()
		seen = slices.DeleteFunc(seen, func(m Message) bool { return m.Deleted || m.From != e.botID() })
		if i := slices.IndexFunc(seen, wanted); i >= 0 {
			return seen[i], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			last := "none"
			if len(seen) > 0 {
				last = string(seen[len(seen)-1].Activity)
			}
			return Message{}, fmt.Errorf("wait for a message to %s, the last of %d being %s: %w",
				p.Name, len(seen), last, ctx.Err())
		}
	}
}

func (e *Emulator) botID() string { return "28:" + e.cfg.AppID }

// lookup finds the chat of a conversation id, which in a channel may name a thread. The caller
// holds e.mu.
func (e *Emulator) lookup(conversation string) (*chat, bool) {
	id, root, isThread := strings.Cut(conversation, ";messageid=")
	c, ok := e.chats[id]
	if !ok || isThread && (c.kind != channel || c.find(root) == nil) {
		return nil, false
	}
	return c, true
}

// add appends a message, completing its id, conversation and time. The caller holds e.mu.
func (e *Emulator) add(c *chat, m Message) *message {
	if m.ID == "" {
		m.ID = e.nextID()
	}
	if m.Conversation == channelOf(m.Conversation) && c.kind == channel {
		m.Conversation += ";messageid=" + m.ID // a new thread
	}
	m.Sent = e.cfg.Now()
	added := &message{Message: m}
	if len(c.messages) == maxMessages {
		c.messages = slices.Delete(c.messages, 0, maxMessages/5)
	}
	c.messages = append(c.messages, added)
	e.touch(c, added)
	return added
}

// touch marks a message as changed. The caller holds e.mu.
func (e *Emulator) touch(c *chat, m *message) {
	e.rev++
	m.rev = e.rev
	if m.From == e.botID() {
		c.lastWrite = e.rev
	}
	e.notify()
}

// nextID returns an id as Teams makes them: the time in milliseconds, always growing. The caller
// holds e.mu.
func (e *Emulator) nextID() string {
	e.lastID = max(e.lastID+1, e.cfg.Now().UnixMilli())
	return strconv.FormatInt(e.lastID, 10)
}

// channelOf cuts the thread off a conversation id.
func channelOf(conversation string) string {
	id, _, _ := strings.Cut(conversation, ";messageid=")
	return id
}
