package quoting

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dialogue is what a conversation is about for one of its people. The zero value is a
// conversation that has not begun.
type Dialogue struct {
	Active  QuoteID  `json:"active_quote,omitzero"` // what "make it 45" is about
	Pending Intent   `json:"pending,omitempty"`     // the act that the bot has just asked about
	Choices []Choice `json:"choices,omitempty"`     // the answers to that, or the entries of the last list, as numbered

	// Asked is what the question is about: a new quote's request that waits for a number of
	// radios or an industry, or a quote, by its id, with what it needs. Nil for a list.
	Asked *Command `json:"-"`
}

// How long a conversation stays open. A number or a name is an answer for as long as the
// question is likely to be on the screen; the quote that is talked about is remembered over
// a weekend.
const (
	AskedFor  = 30 * time.Minute
	ActiveFor = 72 * time.Hour
)

// Answer is the choice that a message names: by its number, "2", "#2" or "the second one",
// or by its title or the beginning of it. A number that begins a title, "40" of "40 radios",
// means that one. False where the message names none, or more than one.
func (d Dialogue) Answer(text string) (Command, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	text = strings.TrimRight(strings.TrimPrefix(text, "#"), ".!")
	if len(d.Choices) == 0 || text == "" {
		return Command{}, false
	}
	n, err := strconv.Atoi(text)
	switch i := d.titled(text, err == nil); {
	case i >= 0:
		return d.Choices[i].byText(), true
	case i == manyTitles:
		return Command{}, false
	}
	if err != nil {
		n = 1 + slices.Index(ordinals, strings.TrimSuffix(strings.TrimPrefix(text, "the "), " one"))
	}
	if n < 1 || n > len(d.Choices) {
		return Command{}, false
	}
	return d.Choices[n-1].byText(), true
}

// What titled finds besides the place of a choice.
const (
	noTitle    = -1
	manyTitles = -2
)

// titled is the one choice whose title is the text or begins with it. A number has to be
// the title's first word.
func (d Dialogue) titled(text string, number bool) int {
	const shortest = 3
	found := noTitle
	for i, c := range d.Choices {
		rest, ok := strings.CutPrefix(strings.ToLower(c.Title), text)
		switch {
		case !ok, number && !strings.HasPrefix(rest, " "), !number && rest != "" && len(text) < shortest:
		case rest == "":
			return i
		case found == noTitle:
			found = i
		default:
			found = manyTitles
		}
	}
	return found
}

var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

// byText is what a choice stands for when it is written and not tapped: for an act that
// needs a button it is the card with the button.
func (c Choice) byText() Command {
	command := c.Command
	if command.Click != nil && NeedsButton(command.Intent) {
		command.Slots.QuoteID, command.Click = command.Click.Quote, nil
	}
	return command
}

// NeedsButton says whether an act is only ever done by a button on a card that is bound to
// a quote's version. A message only opens the card.
func NeedsButton(intent Intent) bool {
	switch intent {
	case SubmitQuote, ApproveQuote, RejectQuote, CancelQuote, SyncQuote, SendDocument, MarkOutcome, LinkCustomer, ReleasePrices, RefusePrices,
		RecallQuote, AcceptOffer, Reassign, Consult, Delegate, CustomerWaits:
		return true
	default:
		return false
	}
}

// Complete is the request that the bot asked about, with what the reply adds to it. False
// where the reply is no answer to that: another request, or another intent.
func (d Dialogue) Complete(reply Command) (Command, bool) {
	if d.Asked == nil || d.Asked.Intent != CreateQuote {
		return Command{}, false
	}
	asked, said := d.Asked.Slots, reply.Slots
	if reply.Intent == ReviseQuote {
		var ok bool
		if said, ok = reply.Slots.asRequest(); !ok {
			return Command{}, false
		}
	} else if reply.Intent != CreateQuote {
		return Command{}, false
	}
	if said.Customer != "" && asked.Customer != "" && !strings.EqualFold(said.Customer, asked.Customer) {
		return Command{}, false
	}
	whole := Command{Text: reply.Text, Intent: CreateQuote, Slots: asked, Errors: reply.Errors}
	s := &whole.Slots
	if said.Users != nil || said.UsersMin != nil || said.UsersOptions != nil {
		s.Users, s.UsersMin, s.UsersMax, s.UsersOptions, s.UsersPerSite = said.Users, said.UsersMin, said.UsersMax, said.UsersOptions, said.UsersPerSite
		s.SiteSplit, s.Approx = said.SiteSplit, said.Approx
	}
	if said.Sites != nil {
		s.Sites = said.Sites
	}
	if said.Industry != "" || said.IndustryText != "" {
		s.Industry, s.IndustryText = said.Industry, said.IndustryText
	}
	if said.Customer != "" {
		s.Customer = said.Customer
	}
	for _, item := range said.Items {
		if !slices.ContainsFunc(s.Items, func(w ItemWish) bool { return w.Item == item.Item }) {
			s.Items = append(slices.Clip(s.Items), item)
		}
	}
	if said.Technology != "" {
		s.Technology = said.Technology
	}
	return whole, true
}

// asRequest is a change of a quote that does not exist yet, "make it 45", as the request
// for it. False where it changes more than the size, the industry or the customer.
func (s Slots) asRequest() (Slots, bool) {
	var said Slots
	for _, c := range s.Changes {
		n, whole := c.Whole()
		text, _ := c.Value.(string)
		switch {
		case c.Op != "set":
			return said, false
		case c.Field == "users" && whole:
			said.Users = &n
		case c.Field == "sites" && whole:
			said.Sites = &n
		case c.Field == "industry":
			said.Industry = IndustryCode(text)
		case c.Field == "customer":
			said.Customer = text
		default:
			return said, false
		}
	}
	return said, s.QuoteID == 0 && len(s.Changes) > 0
}
