package emulator

import (
	"cmp"
	"html"
	"maps"
	"strings"
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
// seen in the wild, a newline follows the text. "@" before the name of a member of the chat mentions
// that member, too.
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
	mentioned := []Person{{Name: e.cfg.BotName, UserID: e.botID()}}
	shown := html.EscapeString(text)
	for _, m := range c.members {
		if strings.Contains(text, "@"+m.Name) {
			mentioned = append(mentioned, m)
			text = strings.ReplaceAll(text, "@"+m.Name, at(m.Name))
		}
	}
	a["type"] = "message"
	a["textFormat"] = "plain"
	a["text"] = at(e.cfg.BotName) + " " + text + "\n"
	a["attachments"] = htmlCopy(`<span itemtype="http://schema.skype.com/Mention" itemscope itemid="0">` +
		html.EscapeString(e.cfg.BotName) + `</span>&nbsp;` + shown)
	for _, m := range mentioned {
		a["entities"] = append(a["entities"].([]any), map[string]any{
			"type": "mention", "text": at(m.Name),
			"mentioned": map[string]any{"id": m.UserID, "name": m.Name},
		})
	}
	return a
}

// at is how a mention stands in a message's text.
func at(name string) string { return "<at>" + html.EscapeString(name) + "</at>" }

// quoted makes of an activity a reply that quotes a message. What was quoted is in the HTML of the
// reply and in an entity, and in the text there is where it stood. Source: the Teams SDK's
// QuotedReplyEntity.
func quoted(a map[string]any, m Message) {
	preview := m.Text + m.Summary
	a["text"] = `<quoted messageId="` + m.ID + `"/> ` + a["text"].(string)
	own := a["attachments"].([]any)[0].(map[string]any)["content"].(string)
	a["attachments"] = htmlCopy(`<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="` + m.ID + `"><strong itemprop="mri" itemid="` + m.From +
		`"></strong><span itemprop="time" itemid="` + m.ID + `"></span><p itemprop="preview">` + html.EscapeString(preview) + `</p></blockquote>` + own)
	a["entities"] = append(a["entities"].([]any), map[string]any{
		"type": "quotedReply", "quotedReply": map[string]any{"messageId": m.ID, "senderId": m.From, "preview": preview},
	})
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

// reaction is the envelope of what a person does to a message. One that a person inserted is
// no activity of the bot, so that there is none to name.
func (e *Emulator) reaction(p Person, m Message) map[string]any {
	a := e.envelope(p, e.place(p, m.Conversation))
	if m.From == e.botID() {
		a["replyToId"] = m.ID
	}
	return a
}

// place is a conversation as an activity of the person names it. A chat of two people is a
// personal one to Teams, too.
func (e *Emulator) place(p Person, conversation string) map[string]any {
	e.mu.Lock()
	c, ok := e.lookup(conversation)
	e.mu.Unlock()
	switch {
	case !ok || c.kind == personal:
		return e.personalConversation(p)
	case c.kind == twoPeople:
		return map[string]any{"conversationType": personal, "tenantId": e.cfg.TenantID, "id": conversation}
	}
	return map[string]any{"isGroup": true, "conversationType": c.kind, "tenantId": e.cfg.TenantID, "id": conversation}
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
