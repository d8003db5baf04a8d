package cards

import (
	"encoding/json"
	"fmt"
	"strings"

	"radioquote/quoting"
)

// Result is what a search of the compose box found: the card that is inserted, and the line
// of the list from which it is chosen. The line is for the one who searches; the card is
// read by whoever is in the chat.
type Result struct {
	Card  Card
	Title string
	Text  string
}

// QuoteResult is a quote that was found. No price is in it: nobody knows what becomes of a
// list in a client.
func QuoteResult(f quoting.FoundQuote) Result {
	state, _ := roomStanding(f.RoomView)
	what := []string{f.Customer, f.Locale.Count(f.Users, "radio")}
	if f.Customer == "" {
		what[0] = f.Locale.Say(textNoCustomer)
	}
	if f.Users == 0 {
		what = what[:1]
	}
	return Result{
		Card: Room(f.RoomView), Title: line(numbered(f.Quote, f.Version) + " · " + state), Text: line(strings.Join(what, " · ")),
	}
}

// PriceResult is a list price that was found.
func PriceResult(in quoting.Locale, p quoting.ListPrice) Result {
	text := in.Money(p.Price)
	if p.From > 0 {
		text += in.Say(" · %s from %s", p.BreakPrice.Display(), quoting.Thousands(p.From))
	}
	return Result{Card: ListPrice(in, p), Title: line(p.SKU + " · " + p.Name), Text: line(text)}
}

// ListPrice is an item's list price, with the time at which it was one, and today's at a tap.
func ListPrice(in quoting.Locale, p quoting.ListPrice) Card {
	row := func(name string, price quoting.Money) *columnSet {
		return sides([]element{paragraph(say(name))}, paragraph(say(in.Money(price)).bold()).right())
	}
	top := contain(paragraph(say(p.SKU).bold().sized("Medium")), paragraph(say(p.Name)).close()).styled("emphasis")
	top.Bleed = true
	first := row(in.Say(textListPrice), p.Price)
	first.Spacing = "Medium"
	body := []element{top, first}
	if p.From > 0 {
		body = append(body, row(in.Say(textEachFrom)+in.Number(p.From), p.BreakPrice))
	}
	asOf := words(in.Say(textPricesAsOf) + day(p.At) + ", " + clock(p.At)).aside()
	asOf.Spacing = "Small"
	body = append(body, asOf,
		actions(execute(in.Say(buttonTodaysPrice), withoutInputs, press{Verb: "today", Slots: quoting.Slots{SKU: p.SKU}})))
	return newCard(in, fmt.Sprintf("%s, %s: %s", p.SKU, in.Say(textListPrice), in.Money(p.Price)), body)
}

// Choice is what a client sends back when a result is chosen: what to look up, never what
// may be seen.
type Choice struct {
	Quote quoting.QuoteID `json:"quote,omitzero"`
	SKU   string          `json:"sku,omitempty"`
}

// Value is the choice as a result carries it.
func (c Choice) Value() json.RawMessage { return encode(c) }

// line is text of a result's preview, in which Teams reads HTML.
func line(text string) string {
	return strings.NewReplacer("<", "‹", ">", "›").Replace(plain(text, maxRun))
}

const (
	textListPrice  = "List price"
	textEachFrom   = "Each from "
	textPricesAsOf = "Before any customer's own price. As of "

	buttonTodaysPrice = "Today's price"
)
