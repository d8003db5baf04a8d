package cards

import (
	"fmt"
	"slices"

	"radioquote/quoting"
)

// refresh has Teams press a button by itself for the people that it names, when they see
// the card. Source: "Up to date cards", Microsoft Teams.
type refresh struct {
	Action  refreshAction `json:"action"`
	UserIDs []string      `json:"userIds,omitempty"` // none: everybody in a chat of up to 60 people
}

// refreshAction is a button without a title. It has no fallback: clients that cannot
// refresh leave it out.
type refreshAction struct {
	Type string `json:"type"`
	Verb string `json:"verb"`
	Data any    `json:"data"`
}

// refreshing is the press for people; nil where there is nobody.
func refreshing(p press, users []string) *refresh {
	if len(users) == 0 {
		return nil
	}
	again := refreshingAll(p)
	again.UserIDs = users[:min(len(users), quoting.MaxRoomUsers)]
	return again
}

// refreshingAll is the press for whoever looks at the card: who that will be nobody knows of
// a card that a person inserts. Source: "Universal Actions for search based message
// extensions".
func refreshingAll(p press) *refresh {
	return &refresh{Action: refreshAction{Type: "Action.Execute", Verb: p.Verb, Data: encode(p)}}
}

// forViewer is a card of one person's view. In a room Teams keeps it up to date for that
// person, as it does with the card that everybody sees.
func forViewer(v quoting.View, summary string, body []element) Card {
	if !v.InRoom || v.UserID == "" {
		return newCard(v.Locale, summary, body)
	}
	p := press{Verb: "view", Quote: v.Quote, Version: v.Current}
	return refreshedCard(v.Locale, summary, body, refreshing(p, []string{v.UserID}))
}

// Room is a quote's card in a group chat or a channel as everybody sees it: number, version,
// state and Open, which shows each person what that person may see. Once its owner has
// shared it, it is what a customer would read as well.
func Room(r quoting.RoomView) Card {
	in := r.Locale
	state, shade := roomStanding(r)
	number := paragraph(say(numbered(r.Quote, r.Version)).bold().sized("Medium"))
	top := contain(sides([]element{number}, paragraph(say(state).bold().colored(shade)).right())).styled("emphasis")
	summary := fmt.Sprintf("%s: %s.", numbered(r.Quote, r.Version), state)
	if r.State == "" {
		top.Items, summary = []element{number}, numbered(r.Quote, r.Version)+": "+in.Retell(r.Banner)
	}
	top.Bleed = true
	body := []element{top}
	if r.Banner != "" {
		body = append(body, paragraph(say(in.Retell(r.Banner))))
	}
	open := press{Verb: "view", Quote: r.Quote, Version: r.Version}
	button := actions(execute(in.Say(buttonOpen), withoutInputs, open))
	again := refreshing(open, r.Users)
	if r.Carried {
		again = refreshingAll(open)
	}
	if r.Share == nil {
		return refreshedCard(in, summary, append(body, button), again)
	}
	top.Items = append(top.Items, paragraph(say(in.Say(textSharedBy)+r.Share.By).aside()).close(), words(day(r.Share.At)+", "+clock(r.Share.At)).aside())
	tail := append(sharedTotals(in, *r.Share), button)
	left := maxBytes - len(refreshedCard(in, summary, slices.Concat(body, tail), again).JSON) - frame
	return refreshedCard(in, summary, slices.Concat(body, sharedLines(in, *r.Share, left), tail), again)
}

// roomStanding is the state in two or three words, and its colour.
func roomStanding(r quoting.RoomView) (string, color) {
	return standing(quoting.View{
		Locale: r.Locale, State: r.State, QuoteState: r.QuoteState, WaitsForPrices: r.WaitsForPrices, System: quoting.System{Review: review(r)},
	})
}

// review is a reason for engineering, of which a room reads the state alone.
func review(r quoting.RoomView) string {
	if r.ForEngineering {
		return "-"
	}
	return ""
}

// sharedLines are as many of the lines as fit into that many bytes.
func sharedLines(in quoting.Locale, s quoting.Share, most int) []element {
	var rows []element
	if s.Customer != "" {
		rows = append(rows, paragraph(say(s.Customer).bold()))
	}
	for i, l := range s.Lines {
		name := quoting.Line{Name: l.Name, Qty: l.Qty, Units: l.Qty, Months: l.Months, Weeks: l.Weeks}
		each := in.Say("%s each", l.Unit.Display())
		switch {
		case l.Months > 0:
			each += in.Say(" a month")
		case l.Weeks > 0:
			each += in.Say(" a week")
		}
		left := []element{paragraph(lineName(in, name)...), paragraph(say(each).aside()).close()}
		row := sides(left, paragraph(say(in.Money(l.Extended))).right())
		if most -= len(encode(row)) + len(","); most < 0 {
			return append(rows, paragraph(say(in.Say("and %s", in.Count(len(s.Lines)-i, "more line"))).aside()))
		}
		rows = append(rows, row)
	}
	return rows
}

func sharedTotals(in quoting.Locale, s quoting.Share) []element {
	row := func(name string, amount run) element {
		r := sides([]element{paragraph(say(name))}, paragraph(amount).right())
		r.Spacing = "None"
		return r
	}
	var rows []element
	if !s.Discount.IsZero() {
		rows = append(rows, row(in.Say("Discount"), say("−"+in.Money(s.Discount))))
	}
	rows = append(rows, row(in.Say("Freight"), say(in.Money(s.Freight))),
		sides([]element{paragraph(say(in.Say("Total without tax")).bold())}, paragraph(say(in.Money(s.Total)).bold()).right()))
	if !s.ValidUntil.IsZero() {
		rows = append(rows, words(in.Say("Valid until ")+day(s.ValidUntil)).aside())
	}
	sums := contain(rows...)
	sums.Separator, sums.Spacing = true, "Medium"
	return []element{sums}
}

// Sealed is a notice in a room as everybody sees it: whom it is for, and Open, which works
// for that person alone.
func Sealed(n quoting.SealedNotice) Card {
	read := press{Verb: "read", Message: n.Message}
	var users []string
	if n.UserID != "" {
		users = []string{n.UserID}
	}
	return refreshedCard(n.Locale, n.Locale.Say(textSealed)+n.For+".", []element{
		paragraph(say(n.Locale.Say(textSealed)), say(n.For).bold(), say(".")),
		actions(execute(n.Locale.Say(buttonOpen), withoutInputs, read)),
	}, refreshing(read, users))
}

// sharing is how the owner of a quote shows it to everybody of a room, or hides it again.
// What everybody will see is said before it is shown.
func sharing(v quoting.View) []element {
	switch {
	case v.Shared && v.CanShare:
		shared := words(v.Locale.Say(textShared)).aside()
		shared.Spacing = "Medium"
		return []element{shared, actions(execute(v.Locale.Say(buttonUnshare), withoutInputs, on(v, "unshare")))}
	case v.CanShare:
		return []element{actions(action{
			Type: "Action.ShowCard", Title: v.Locale.Say(buttonShare),
			Card: &adaptiveCard{Type: "AdaptiveCard", Version: "1.5", Body: []element{
				words(v.Locale.Say(textShareWarns)),
				actions(execute(v.Locale.Say(buttonShareAll), withoutInputs, on(v, "share"))),
			}},
		})}
	}
	return nil
}

// What cards in rooms say.
const (
	textSharedBy      = "Shared by "
	textSealed        = "An answer for "
	textShared        = "Everybody here sees the lines and the total of this version."
	textShareWarns    = "Everybody here will see the customer, the lines and the total of this version."
	textMarginsInChat = "Margins are in your own chat with me alone."

	buttonOpen     = "Open"
	buttonShare    = "Share here"
	buttonShareAll = "Share with everybody here"
	buttonUnshare  = "Stop sharing"
)
