package connector

import (
	"bytes"
	"encoding/json"
)

// Activity is what the bot sends: the fields that this bot uses and no empty ones. The
// library's type cannot be sent as it is, because its zero times would tell Teams that
// the message expired in the year 1.
type Activity struct {
	Type        string          `json:"type"` // empty means message
	Text        string          `json:"text,omitempty"`
	TextFormat  string          `json:"textFormat,omitempty"` // plain, markdown or xml
	Summary     string          `json:"summary,omitempty"`    // for the notification, where there is a card
	Attachments []Attachment    `json:"attachments,omitempty"`
	ChannelData json.RawMessage `json:"channelData,omitempty"`
	ReplyToID   string          `json:"replyToId,omitempty"`

	SuggestedActions *SuggestedActions `json:"suggestedActions,omitempty"` // in personal chats only
}

// SuggestedActions are buttons beside the compose box, as long as the message is the last.
type SuggestedActions struct {
	Actions []SuggestedAction `json:"actions"`
}

// SuggestedAction writes its value into the chat, as if the person had typed it.
type SuggestedAction struct {
	Type  string `json:"type"` // imBack
	Title string `json:"title"`
	Value string `json:"value"`
}

// Attachment is a card or a file in an Activity.
type Attachment struct {
	ContentType string          `json:"contentType"`
	ContentURL  string          `json:"contentUrl,omitempty"`
	Name        string          `json:"name,omitempty"`
	Content     json.RawMessage `json:"content,omitempty"`
}

// PersonalChat names the chat between the bot and one user, by their Teams ids (28:…
// and 29:…) and the user's tenant.
type PersonalChat struct {
	BotID    string
	UserID   string
	TenantID string
}

func (p PersonalChat) wire() any {
	type id struct {
		ID string `json:"id"`
	}
	type channelData struct {
		Tenant id `json:"tenant"`
	}
	return struct {
		IsGroup     bool        `json:"isGroup"`
		Bot         id          `json:"bot"`
		Members     []id        `json:"members"`
		TenantID    string      `json:"tenantId"`
		ChannelData channelData `json:"channelData"`
	}{
		Bot: id{p.BotID}, Members: []id{{p.UserID}},
		TenantID: p.TenantID, ChannelData: channelData{id{p.TenantID}},
	}
}

// Member is a person in a conversation.
type Member struct {
	ID                string // 29:…, of this person for this bot
	ObjectID          string // in Entra
	TenantID          string
	Name              string
	Email             string
	UserPrincipalName string
}

// memberWire is a Member as Teams writes it: the object id has had two names.
type memberWire struct {
	ID                string `json:"id"`
	AADObjectID       string `json:"aadObjectId"`
	ObjectID          string `json:"objectId"`
	TenantID          string `json:"tenantId"`
	Name              string `json:"name"`
	Email             string `json:"email"`
	UserPrincipalName string `json:"userPrincipalName"`
}

func (w memberWire) member() Member {
	if w.AADObjectID == "" {
		w.AADObjectID = w.ObjectID
	}
	return Member{w.ID, w.AADObjectID, w.TenantID, w.Name, w.Email, w.UserPrincipalName}
}

// encode is json.Marshal without the escapes for HTML, which Teams counts against the
// size of a message.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
