package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/infracloudio/msbotbuilder-go/schema"

	"radioquote/bot/command"
	"radioquote/cards"
	"radioquote/quoting"
)

// The invokes of the compose box, in which somebody searches and inserts what is found. The
// chat is any of the person's chats: the bot need not be in it. Source: "Respond to search
// command", Microsoft Teams.
const (
	composeQuery  = "composeExtension/query"
	composeSelect = "composeExtension/selectItem"
)

// The searches, by their ids in the app's manifest.
const (
	searchQuotes = "searchQuotes"
	searchPrices = "searchPrices"
)

const (
	// The desk has searchLimit of invokeLimit.
	searchLimit = 4 * time.Second

	maxResults = 25  // Teams' count; more are not shown
	maxSkip    = 500 // results that are paged through
	maxQuery   = 200 // characters
)

const (
	textNoQuote       = "No quote that you may see fits. Try its number, or a word of the customer's name."
	textNoneYet       = "You have no quotes yet. Type a number or a customer's name to find those of others."
	textNoPrice       = "No item with a list price fits. Try its SKU, or a word like repeater."
	textTypePrice     = "Type an SKU, or words of an item."
	textNotFoundNow   = "I cannot search now. Please try again in a minute."
	textUnknownSearch = "I do not know this search. Ask your admin to update Radio Quote in Teams."
	textLongQuery     = "That is longer than I search for. Try a number or a word."
)

// searches says whether it is an invoke of the compose box.
func (e envelope) searches() bool {
	return e.Type == schema.Invoke && (e.Name == composeQuery || e.Name == composeSelect)
}

// composeSearch is what a search asks for.
type composeSearch struct {
	command     string // one of the searches; empty: another
	text        string // empty: nothing was typed
	skip, limit int
}

// parseSearch reads the value of a composeExtension/query. What is not there, or of another
// form, is as good as nothing typed; the error, for what was typed too much, is of kind
// Invalid.
func parseSearch(value json.RawMessage) (composeSearch, error) {
	var wire struct {
		CommandID  string `json:"commandId"`
		Parameters []struct {
			Name  string `json:"name"`
			Value any    `json:"value"` // text; initialRun's may be true
		} `json:"parameters"`
		Options struct {
			Skip  int `json:"skip"`
			Count int `json:"count"`
		} `json:"queryOptions"`
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	_ = decoder.Decode(&wire) // a field of another type is as good as none
	s := composeSearch{skip: min(max(wire.Options.Skip, 0), maxSkip), limit: maxResults}
	if n := wire.Options.Count; n > 0 {
		s.limit = min(n, maxResults)
	}
	if wire.CommandID == searchQuotes || wire.CommandID == searchPrices {
		s.command = wire.CommandID
	}
	for _, p := range wire.Parameters {
		if p.Name != "query" {
			continue
		}
		switch text := p.Value.(type) {
		case string:
			s.text = text
		case json.Number:
			s.text = text.String()
		}
	}
	s.text = strings.Join(strings.Fields(strings.ToValidUTF8(spaces.Replace(s.text), "")), " ")
	if utf8.RuneCountInString(s.text) > maxQuery {
		return s, quoting.Errorf(quoting.Invalid, textLongQuery)
	}
	return s, nil
}

// slots are the quotes that a search is for: one by its number, those that a sentence of
// the chat would list, or those of a customer; with nothing typed, one's own.
func (s composeSearch) slots() quoting.Slots {
	found := quoting.Slots{Customer: s.text}
	if id, err := quoting.ParseQuoteID(s.text); err == nil {
		found = quoting.Slots{QuoteID: id}
	} else if cmd := command.Parse(s.text, quoting.Dialogue{}); cmd.Intent == quoting.SearchQuotes {
		found = cmd.Slots
	}
	if s.text == "" {
		found = quoting.Slots{Rep: "me"}
	}
	found.Skip = s.skip
	return found
}

// compose answers an invoke of the compose box.
func (b *Bot) compose(ctx context.Context, r request) result {
	ctx, cancel := context.WithTimeout(ctx, searchLimit)
	defer cancel()
	if r.envelope.Name == composeSelect {
		return b.chosen(ctx, r)
	}
	s, err := parseSearch(r.envelope.Value)
	came := result{verb: s.command}
	if came.verb == "" {
		came.verb = unread
	}
	if err == nil {
		came.found, err = b.search(ctx, r, s)
	}
	came.err = err
	return came
}

// search finds what was searched for.
func (b *Bot) search(ctx context.Context, r request, s composeSearch) (*found, error) {
	switch s.command {
	case searchQuotes:
		quotes, err := b.desk.FindQuotes(ctx, r.arrival(), s.slots(), s.limit)
		if err != nil {
			return nil, err
		}
		nothing := textNoQuote
		if s.text == "" {
			nothing = textNoneYet
		}
		f := newFound(r.envelope.reader().Retell(nothing), s.skip)
		for _, q := range quotes {
			q.RoomView = q.In(r.envelope.reader())
			f.add(cards.QuoteResult(q), cards.Choice{Quote: q.Quote})
		}
		return f, nil
	case searchPrices:
		prices, err := b.desk.FindPrices(ctx, r.arrival(), s.text, s.skip, s.limit)
		if err != nil {
			return nil, err
		}
		nothing := textNoPrice
		if s.text == "" {
			nothing = textTypePrice
		}
		f := newFound(r.envelope.reader().Retell(nothing), s.skip)
		for _, p := range prices {
			f.add(cards.PriceResult(r.envelope.reader(), p), cards.Choice{SKU: p.SKU})
		}
		return f, nil
	}
	return nil, quoting.Errorf(quoting.Invalid, textUnknownSearch)
}

// chosen answers the choice of a result with its card as it is now. A phone does not ask;
// it inserts the card that it has.
func (b *Bot) chosen(ctx context.Context, r request) result {
	var c cards.Choice
	// A value of another form chooses nothing.
	_ = json.Unmarshal(r.envelope.Value, &c)
	s := composeSearch{limit: 1}
	switch {
	case c.Quote != 0:
		s.command, s.text = searchQuotes, c.Quote.String()
	case c.SKU != "" && utf8.RuneCountInString(c.SKU) <= maxQuery:
		s.command, s.text = searchPrices, c.SKU
	default:
		return result{verb: unread, err: quoting.Errorf(quoting.Invalid, textUnknownSearch)}
	}
	f, err := b.search(ctx, r, s)
	return result{verb: s.command, found: f, err: err}
}

// found is the body of the answer to a search: results, or a message instead of them.
type found struct {
	Extension struct {
		Type        string            `json:"type"`
		Text        string            `json:"text,omitempty"`
		Layout      string            `json:"attachmentLayout,omitempty"`
		Attachments []foundAttachment `json:"attachments,omitempty"`
	} `json:"composeExtension"`
}

// foundAttachment is a result: a card to insert, and how the list shows it. Teams makes no
// preview of an Adaptive Card by itself.
type foundAttachment struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
	Preview     foundPreview    `json:"preview"`
}

type foundPreview struct {
	ContentType string `json:"contentType"`
	Content     struct {
		Title string `json:"title"`
		Text  string `json:"text"`
		Tap   struct {
			Type  string          `json:"type"`
			Value json.RawMessage `json:"value"`
		} `json:"tap"`
	} `json:"content"`
}

// newFound is an answer without results, which says so; after the first page there are just
// no more.
func newFound(nothing string, skip int) *found {
	f := &found{}
	f.Extension.Type, f.Extension.Text = "message", nothing
	if skip > 0 {
		f.Extension.Type, f.Extension.Text, f.Extension.Layout = "result", "", "list"
	}
	return f
}

func (f *found) add(r cards.Result, choice cards.Choice) {
	x := &f.Extension
	x.Type, x.Text, x.Layout = "result", "", "list"
	a := foundAttachment{ContentType: cardType, Content: r.Card.JSON}
	a.Preview.ContentType = "application/vnd.microsoft.card.thumbnail"
	a.Preview.Content.Title, a.Preview.Content.Text = r.Title, r.Text
	a.Preview.Content.Tap.Type, a.Preview.Content.Tap.Value = "invoke", choice.Value()
	x.Attachments = append(x.Attachments, a)
}

// composeAnswer is the body that answers the compose box, whatever came of it: results, or a
// sentence.
func composeAnswer(f *found, o outcome, in quoting.Locale) *found {
	switch {
	case f != nil && o.label == "ok":
		return f
	case o.status == http.StatusServiceUnavailable || o.label == "late":
		return newFound(in.Say(textNotFoundNow), 0)
	default:
		return newFound(o.button.Sentence, 0)
	}
}
