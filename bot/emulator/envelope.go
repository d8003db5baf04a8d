package emulator

import (
	"cmp"
	"html"
	"maps"
)

// timeFormat is how Teams writes times.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

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
	locale := cmp.Or(p.Locale, "en-US")
	a := map[string]any{
		"channelId":    "msteams",
		"serviceUrl":   e.ServiceURL(),
		"from":         map[string]any{"id": p.UserID, "name": p.Name, "aadObjectId": p.ObjectID},
		"recipient":    map[string]any{"id": e.botID(), "name": e.cfg.BotName},
		"conversation": conversation,
		"channelData":  map[string]any{"tenant": map[string]any{"id": e.cfg.TenantID}},
		"entities": []any{map[string]any{
			"type": "clientInfo", "locale": locale, "country": "US", "platform": "Web", "timezone": "UTC",
		}},
		"locale": locale,
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
