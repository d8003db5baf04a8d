package bot

import (
	"encoding/json"
	"errors"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/infracloudio/msbotbuilder-go/schema"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// maxID bounds, in bytes, what is taken for an id. Teams' own have some 100.
const maxID = 512

// envelope is an activity as far as this bot reads it. Whatever else is in one, in
// whatever form, does not keep it from being read.
type envelope struct {
	essentials
	Name         string                  `json:"name"`   // of an invoke
	Action       string                  `json:"action"` // of an installationUpdate
	Locale       string                  `json:"locale"`
	MembersAdded []schema.ChannelAccount `json:"membersAdded"`
	Entities     json.RawMessage         `json:"entities"`
	ChannelData  json.RawMessage         `json:"channelData"`
	Value        json.RawMessage         `json:"value"`
}

// essentials are the fields that msbotbuilder-go reads, too.
type essentials struct {
	Type         schema.ActivityTypes       `json:"type"`
	ID           string                     `json:"id"`
	ServiceURL   string                     `json:"serviceUrl"`
	ChannelID    string                     `json:"channelId"`
	From         schema.ChannelAccount      `json:"from"`
	Recipient    schema.ChannelAccount      `json:"recipient"`
	Conversation schema.ConversationAccount `json:"conversation"`
	Text         string                     `json:"text"`
}

// parseEnvelope reads an activity leniently: a field of another type is as good as none.
// The error is for what is no activity at all: no JSON object, or one without a type.
func parseEnvelope(body []byte) (envelope, error) {
	var e envelope
	err := json.Unmarshal(body, &e)
	// Where a field has another type Unmarshal goes on and reports the first such field.
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !mistyped {
		return envelope{}, errors.New("no JSON")
	}
	if e.Type == "" {
		return envelope{}, errors.New("no type")
	}
	return e, nil
}

// complete says whether the activity has what a turn needs: something to take it by,
// somewhere to answer, somebody who acts.
func (e envelope) complete() error {
	switch {
	case !identifies(e.ID):
		return errors.New("no id")
	case !identifies(e.Conversation.ID):
		return errors.New("no conversation")
	case !identifies(e.ServiceURL):
		return errors.New("no serviceUrl")
	case !identifies(e.From.ID):
		return errors.New("no from")
	}
	return nil
}

// identifies says whether text can be an id, or a part of a key in the database.
func identifies(text string) bool {
	return text != "" && len(text) <= maxID && utf8.ValidString(text) && strings.IndexFunc(text, unicode.IsControl) < 0
}

// tenant is the Entra tenant that the activity comes from, in lower case. Connector
// tokens do not name it.
func (e envelope) tenant() string {
	var data struct {
		Tenant struct {
			ID string `json:"id"`
		} `json:"tenant"`
	}
	// A channelData of another form names no tenant.
	_ = json.Unmarshal(e.ChannelData, &data)
	if data.Tenant.ID == "" {
		return strings.ToLower(e.Conversation.TenantID)
	}
	return strings.ToLower(data.Tenant.ID)
}

// kind is the kind of the conversation. What says nothing of itself is taken for a group,
// which sees no prices.
func (e envelope) kind() string {
	switch e.Conversation.ConversationType {
	case "personal", "channel":
		return e.Conversation.ConversationType
	default:
		return "groupChat"
	}
}

// arrival is where the activity comes from, for the desk.
func (r request) arrival() desk.Arrival {
	e := r.envelope
	return desk.Arrival{
		Person:       quoting.PersonID{Tenant: e.tenant(), Object: strings.ToLower(e.From.AadObjectID)},
		UserID:       e.From.ID,
		Conversation: e.Conversation.ID,
		Kind:         e.kind(),
		Click:        e.Type == schema.Invoke,
		ServiceURL:   e.ServiceURL,
		Activity:     e.ID,
		Locale:       e.locale(),
		Correlation:  r.correlation,
		At:           r.began,
	}
}

// locale is the language of the person's Teams, such as es-MX; empty where it says none
// that could be one.
func (e envelope) locale() string {
	const longest = 35
	if len(e.Locale) > longest || strings.Trim(e.Locale, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return ""
	}
	return e.Locale
}

// reader is who reads the answer.
func (e envelope) reader() quoting.Locale { return quoting.ParseLocale(e.locale()) }

// addsBot says whether the bot is among the members who were added.
func (e envelope) addsBot() bool {
	for _, member := range e.MembersAdded {
		if member.ID != "" && member.ID == e.Recipient.ID {
			return true
		}
	}
	return false
}

// spaces makes the spaces that Teams' editor writes into those that people mean.
var spaces = strings.NewReplacer("\u00a0", " ", "&nbsp;", " ")

// mention is somebody whom a message names by "@".
type mention struct {
	Type      string                `json:"type"`
	Text      string                `json:"text"` // as it stands in the message's text
	Mentioned schema.ChannelAccount `json:"mentioned"`
}

// mentions are those of the message. Which text is one the entities say: names change.
func (e envelope) mentions() []mention {
	var entities []json.RawMessage
	// Entities of another form mention nobody.
	_ = json.Unmarshal(e.Entities, &entities)
	var all []mention
	for _, raw := range entities {
		var m mention
		_ = json.Unmarshal(raw, &m)
		if m.Type == "mention" && m.Text != "" && m.Mentioned.ID != "" {
			all = append(all, m)
		}
	}
	return all
}

// name is how the message calls who is mentioned.
func (m mention) name() string {
	return html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(m.Text, "<at>"), "</at>"))
}

// addressed says whether the message is for the bot: in a room, people talk to each other.
func (e envelope) addressed() bool {
	return e.kind() == "personal" || slices.ContainsFunc(e.mentions(), func(m mention) bool { return m.Mentioned.ID == e.Recipient.ID })
}

// said is what the person wrote, without mentions of the bot. Other people's names belong to
// the message. What a reply quotes stands in attachments, which are not read.
func (e envelope) said() string {
	text := e.Text
	for _, m := range e.mentions() {
		with := "@" + m.name()
		if m.Mentioned.ID == e.Recipient.ID {
			with = " "
		}
		text = strings.ReplaceAll(text, m.Text, with)
	}
	return strings.TrimSpace(spaces.Replace(text))
}

// people are the names of those whom the message mentions beside the bot, in lower case.
func (e envelope) people() []string {
	var names []string
	for _, m := range e.mentions() {
		if m.Mentioned.ID != e.Recipient.ID {
			names = append(names, strings.ToLower(m.name()), strings.ToLower(m.Mentioned.Name))
		}
	}
	return names
}
