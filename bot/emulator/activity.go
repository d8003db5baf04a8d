package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxMessageSize is Teams' limit for a bot's message, in bytes of its JSON as UTF-16. Source:
// "Format your bot messages in Teams". Images in Base64, which Teams does not count, count here.
const maxMessageSize = 100 << 10

// maxBody bounds what is read of a call: no text of more bytes is within maxMessageSize.
const maxBody = 2 * maxMessageSize

// maxRefreshUsers is how many people a card may be refreshed for.
const maxRefreshUsers = 60

// maxSuggestions is how many suggested actions a client shows. Source: "Suggested actions".
const maxSuggestions = 3

const cardType = "application/vnd.microsoft.card.adaptive"

// activity is what the bot posts, as far as a client shows it.
type activity struct {
	Type        string       `json:"type"`
	Text        string       `json:"text"`
	TextFormat  string       `json:"textFormat"`
	Summary     string       `json:"summary"`
	ReplyToID   string       `json:"replyToId"`
	Timestamp   string       `json:"timestamp"`
	Expiration  string       `json:"expiration"`
	Attachments []attachment `json:"attachments"`
	Suggested   struct {
		Actions []struct {
			Type  string `json:"type"`
			Title string `json:"title"`
			Value string `json:"value"`
		} `json:"actions"`
	} `json:"suggestedActions"`

	raw json.RawMessage
}

type attachment struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
}

// parseActivity reads what the bot posts and refuses what Teams would refuse, split or spoil.
func parseActivity(body []byte) (activity, error) {
	var a activity
	if err := json.Unmarshal(body, &a); err != nil {
		return activity{}, badSyntax(err.Error())
	}
	a.raw = body
	switch {
	case a.Type == "typing":
		return a, nil
	case a.Type != "message":
		return activity{}, badArgument(fmt.Sprintf("type is %q, not message or typing", a.Type))
	case strings.TrimSpace(a.Text) == "" && len(a.Attachments) == 0:
		return activity{}, badArgument("a message needs a text or an attachment")
	case a.Text != "" && len(a.Attachments) > 0:
		return activity{}, badArgument("Teams would split text and attachments in two messages and give no id of the second")
	case !slices.Contains([]string{"", "plain", "markdown", "xml"}, a.TextFormat):
		return activity{}, badArgument(fmt.Sprintf("textFormat is %q", a.TextFormat))
	case strings.HasPrefix(a.Timestamp, "0001-"), strings.HasPrefix(a.Expiration, "0001-"):
		return activity{}, badArgument("timestamp or expiration is the zero time")
	}
	for _, s := range a.Suggested.Actions {
		if s.Type != "imBack" || s.Title == "" || s.Value == "" {
			return activity{}, badArgument("suggestedActions take imBack with a title and a value only")
		}
	}
	if n := len(a.Suggested.Actions); n > maxSuggestions {
		return activity{}, badArgument(fmt.Sprintf("%d suggestedActions, of which Teams shows %d", n, maxSuggestions))
	}
	for _, at := range a.Attachments {
		if at.ContentType == "" {
			return activity{}, badArgument("an attachment needs a contentType")
		}
		if at.ContentType != cardType {
			continue
		}
		if err := checkCard(at.Content); err != nil {
			return activity{}, badArgument("card: " + err.Error())
		}
	}
	return a, nil
}

// Suggestions returns the texts of the buttons under the message.
func (a activity) Suggestions() []string {
	var texts []string
	for _, s := range a.Suggested.Actions {
		texts = append(texts, s.Value)
	}
	return texts
}

func (a activity) message() Message {
	m := Message{
		ReplyTo: a.ReplyToID, Text: a.Text, TextFormat: a.TextFormat, Summary: a.Summary,
		Suggestions: a.Suggestions(), Activity: a.raw,
	}
	for _, at := range a.Attachments {
		if at.ContentType == cardType {
			m.Card = at.Content
			break
		}
	}
	return m
}

// utf16Size is the size of text in bytes if it were UTF-16.
func utf16Size(text []byte) int {
	size := 0
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r > 0xFFFF {
			size += 2
		}
		size += 2
		text = text[n:]
	}
	return size
}

// checkCard refuses a card that Teams would not show or would show with holes.
func checkCard(raw json.RawMessage) error {
	var card map[string]any
	if err := json.Unmarshal(raw, &card); err != nil {
		return err
	}
	if card["type"] != "AdaptiveCard" {
		return fmt.Errorf("type is %v, not AdaptiveCard", card["type"])
	}
	version, _ := card["version"].(string)
	minor, isOne := strings.CutPrefix(version, "1.")
	if n, err := strconv.Atoi(minor); !isOne || err != nil || n < 0 || n > 5 {
		return fmt.Errorf("version is %v, bots may send 1.0 to 1.5", card["version"])
	}
	if _, ok := card["refresh"]; ok {
		if err := checkRefresh(raw); err != nil {
			return err
		}
	}
	return checkElements(card, map[string]bool{})
}

// checkRefresh refuses a refresh that no client would do.
func checkRefresh(card json.RawMessage) error {
	r, err := refreshOf(card)
	switch {
	case err != nil:
		return fmt.Errorf("refresh: %w", err)
	case len(r.UserIDs) > maxRefreshUsers:
		return fmt.Errorf("refresh has %d userIds, at most %d are allowed", len(r.UserIDs), maxRefreshUsers)
	case r.Action.Type != "Action.Execute" || r.Action.Verb == "":
		return fmt.Errorf("refresh is a %q with the verb %q, not an Action.Execute", r.Action.Type, r.Action.Verb)
	}
	for _, id := range r.UserIDs {
		if !strings.HasPrefix(id, "29:") {
			return fmt.Errorf("refresh names %q, which is no user id of this bot", id)
		}
	}
	return nil
}

// checkElements walks a card's elements and actions. It collects the ids of inputs, which must not
// repeat.
func checkElements(node any, inputs map[string]bool) error {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if err := checkElements(child, inputs); err != nil {
				return err
			}
		}
	case map[string]any:
		if err := checkElement(node, inputs); err != nil {
			return err
		}
		for key, child := range node {
			if key == "data" || key == "msteams" || key == "fallback" {
				continue
			}
			if err := checkElements(child, inputs); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkElement(node map[string]any, inputs map[string]bool) error {
	kind, _ := node["type"].(string)
	fallback, hasFallback := node["fallback"]
	if _, isObject := fallback.(map[string]any); hasFallback && !isObject && fallback != "drop" {
		return fmt.Errorf("fallback of %s is neither an object nor drop", kind)
	}
	switch {
	case kind == "TextBlock", kind == "TextRun":
		if _, ok := node["text"].(string); !ok {
			return fmt.Errorf("text of a %s is %v, not a string", kind, node["text"])
		}
	case kind == "FactSet":
		return checkFacts(node["facts"])
	case strings.HasPrefix(kind, "Chart.") && !hasFallback:
		return fmt.Errorf("%s has no fallback", kind)
	case strings.HasPrefix(kind, "Input."):
		id, _ := node["id"].(string)
		if id == "" || inputs[id] {
			return fmt.Errorf("id %q of an %s is empty or taken", id, kind)
		}
		inputs[id] = true
	case kind == "Action.Execute":
		if verb, _ := node["verb"].(string); verb == "" {
			return fmt.Errorf("Action.Execute %q has no verb", node["title"])
		}
	}
	return nil
}

func checkFacts(facts any) error {
	list, _ := facts.([]any)
	for _, f := range list {
		fact, _ := f.(map[string]any)
		for _, key := range []string{"title", "value"} {
			if _, ok := fact[key].(string); !ok {
				return fmt.Errorf("%s of a fact is %v, not a string", key, fact[key])
			}
		}
	}
	return nil
}
