package cards

import (
	"bytes"
	"encoding/json"
	"fmt"

	"radioquote/quoting"
)

// Card is a card to be sent: its JSON as the content of an attachment, and one line of
// plain text for notifications and lists of chats, the activity's summary.
type Card struct {
	JSON    json.RawMessage
	Summary string
}

// maxBytes is our budget for a card's JSON. Teams refuses messages over 100 KB in UTF-16
// (Microsoft Teams, "Format your bot messages"), and a card has to be read on a phone.
const maxBytes = 25_000

func newCard(in quoting.Locale, summary string, body []element) Card {
	return refreshedCard(in, summary, body, nil)
}

// refreshedCard is a card that Teams refreshes for some; nil: for nobody.
func refreshedCard(in quoting.Locale, summary string, body []element, r *refresh) Card {
	return Card{
		JSON: encode(adaptiveCard{
			Type: "AdaptiveCard", Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Version: "1.5", Lang: in.Language(), Body: body, Refresh: r,
		}),
		Summary: plain(summary, maxSummary),
	}
}

// encode writes the values of this package as JSON, with "<" and "&" as they are, which
// take six bytes when they are escaped for HTML.
func encode(value any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("cards: %v", err)) // they are strings, numbers and lists of these
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
