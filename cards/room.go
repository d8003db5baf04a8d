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
	UserIDs []string      `json:"userIds"`
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
	return &refresh{
		Action:  refreshAction{Type: "Action.Execute", Verb: p.Verb, Data: encode(p)},
		UserIDs: users[:min(len(users), quoting.MaxRoomUsers)],
	}
}

// forViewer is a card of one person's view. In a room Teams keeps it up to date for that
// person, as it does with the card that everybody sees.
func forViewer(v quoting.View, summary string, body []element) Card {
	if !v.InRoom || v.UserID == "" {
		return newCard(summary, body)
	}
	p := press{Verb: "view", Quote: v.Quote, Version: v.Current}
	return refreshedCard(summary, body, refreshing(p, []string{v.UserID}))
}

// Room is a quote's card in a group chat or a channel as everybody sees it: number, version,
// state and Open, which shows each person what that person may see. Once its owner has
// shared it, it is what a customer would read as well.
func Room(r quoting.RoomView) Card {
	state, shade := standing(quoting.View{
		State: r.State, QuoteState: r.QuoteState, WaitsForPrices: r.WaitsForPrices, System: quoting.System{Review: review(r)},
	})
	top := contain(sides(
		[]element{paragraph(say(numbered(r.Quote, r.Version)).bold().sized("Medium"))},
		paragraph(say(state).bold().colored(shade)).right(),
	)).styled("emphasis")
	top.Bleed = true
	body := []element{top}
	if r.Banner != "" {
		body = append(body, paragraph(say(r.Banner)))
	}
	open := press{Verb: "view", Quote: r.Quote, Version: r.Version}
	button := actions(execute(buttonOpen, withoutInputs, open))
	summary := fmt.Sprintf("%s: %s.", numbered(r.Quote, r.Version), state)
	again := refreshing(open, r.Users)
	if r.Share == nil {
		return refreshedCard(summary, append(body, button), again)
	}
	top.Items = append(top.Items, paragraph(say(textSharedBy+r.Share.By).aside()).close(), words(day(r.Share.At)+", "+clock(r.Share.At)).aside())
	tail := append(sharedTotals(*r.Share), button)
	left := maxBytes - len(refreshedCard(summary, slices.Concat(body, tail), again).JSON) - frame
	return refreshedCard(summary, slices.Concat(body, sharedLines(*r.Share, left), tail), again)
}

// review is a reason for engineering, of which a room reads the state alone.
func review(r quoting.RoomView) string {
	if r.ForEngineering {
		return "-"
	}
	return ""
}

// sharedLines are as many of the lines as fit into that many bytes.
func sharedLines(s quoting.Share, most int) []element {
	var rows []element
	if s.Customer != "" {
		rows = append(rows, paragraph(say(s.Customer).bold()))
	}
	for i, l := range s.Lines {
		name := quoting.Line{Name: l.Name, Qty: l.Qty, Units: l.Qty, Months: l.Months, Weeks: l.Weeks}
		each := l.Unit.Display() + " each"
		switch {
		case l.Months > 0:
			each += " a month"
		case l.Weeks > 0:
			each += " a week"
		}
		left := []element{paragraph(lineName(name)...), paragraph(say(each).aside()).close()}
		row := sides(left, paragraph(say(l.Extended.Display())).right())
		if most -= len(encode(row)) + len(","); most < 0 {
			return append(rows, paragraph(say("and "+count(len(s.Lines)-i, "more line")).aside()))
		}
		rows = append(rows, row)
	}
	return rows
}

func sharedTotals(s quoting.Share) []element {
	row := func(name string, amount run) element {
		r := sides([]element{paragraph(say(name))}, paragraph(amount).right())
		r.Spacing = "None"
		return r
	}
	var rows []element
	if !s.Discount.IsZero() {
		rows = append(rows, row("Discount", say("−"+s.Discount.Display())))
	}
	rows = append(rows, row("Freight", say(s.Freight.Display())),
		sides([]element{paragraph(say("Total without tax").bold())}, paragraph(say(s.Total.Display()).bold()).right()))
	if !s.ValidUntil.IsZero() {
		rows = append(rows, words("Valid until "+day(s.ValidUntil)).aside())
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
	return refreshedCard(textSealed+n.For+".", []element{
		paragraph(say(textSealed), say(n.For).bold(), say(".")),
		actions(execute(buttonOpen, withoutInputs, read)),
	}, refreshing(read, users))
}

// sharing is how the owner of a quote shows it to everybody of a room, or hides it again.
// What everybody will see is said before it is shown.
func sharing(v quoting.View) []element {
	switch {
	case v.Shared && v.CanShare:
		shared := words(textShared).aside()
		shared.Spacing = "Medium"
		return []element{shared, actions(execute(buttonUnshare, withoutInputs, on(v, "unshare")))}
	case v.CanShare:
		return []element{actions(action{
			Type: "Action.ShowCard", Title: buttonShare,
			Card: &adaptiveCard{Type: "AdaptiveCard", Version: "1.5", Body: []element{
				words(textShareWarns),
				actions(execute(buttonShareAll, withoutInputs, on(v, "share"))),
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
