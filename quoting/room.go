package quoting

import (
	"cmp"
	"time"
)

// MaxRoomUsers is how many people a card may be refreshed for (Microsoft Teams, "Up to date
// cards"). The others press Open.
const MaxRoomUsers = 60

// RoomView is a quote as everybody in a group chat or a channel sees it: its number, its
// version and its state. Nothing else of the quote is in it, unless its owner has shared it
// there.
type RoomView struct {
	Locale Locale // of the room: what was written there last was in it

	Quote          QuoteID
	Version        int
	State          VersionState // empty: not known to who looks
	QuoteState     QuoteState
	ForEngineering bool
	WaitsForPrices bool

	Users   []string // Teams' ids of those for whom it opens by itself, at most MaxRoomUsers
	Carried bool     // a person has inserted it: it opens by itself for whoever looks at it
	Share   *Share   // nil: it is not shared
	Banner  string   // what one person is told instead of what was asked for
}

// Share is what the owner of a quote has shown to a room: what a customer would read of it,
// without cost, margin, and who had to approve it.
type Share struct {
	By         string // display name
	At         time.Time
	Customer   string // empty: none yet
	Lines      []SharedLine
	Discount   Money // on the whole
	Freight    Money
	Total      Money // without tax
	ValidUntil time.Time
}

// SharedLine is a line of a shared quote.
type SharedLine struct {
	Name     string
	Qty      int // pieces, hours or units
	Months   int // of a monthly line
	Weeks    int // of a rental
	Unit     Money
	Extended Money
}

// NewRoomView is the quote's current version as a room sees it.
func NewRoomView(q Quote, v Version) RoomView {
	return RoomView{
		Quote: q.ID, Version: v.Number, State: v.State, QuoteState: q.State,
		ForEngineering: v.System.Review != "", WaitsForPrices: v.WaitsForPrices(),
	}
}

// NewShare is what a room sees of a version that somebody has shared.
func NewShare(v Version, by string, at time.Time) *Share {
	s := &Share{By: by, At: at, Customer: cmp.Or(v.Customer.Name, v.CustomerText), Discount: v.Priced.Discount, Freight: v.Priced.Freight, Total: v.Priced.Total, ValidUntil: v.ValidUntil}
	for _, l := range v.Priced.Lines {
		line := SharedLine{Name: l.Name, Qty: l.Qty, Months: l.Months, Weeks: l.Weeks, Unit: l.Unit, Extended: l.Extended}
		if l.Months > 0 || l.Weeks > 0 {
			line.Qty = l.Units
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

// ShareProblem says why somebody may not show a quote to a room; nil: he may. The error is
// of kind Forbidden or Invalid.
func ShareProblem(q Quote, v Version, who PersonID) error {
	switch {
	case q.Owner != who:
		return Errorf(Forbidden, "%s is somebody else's; only its owner shares it.", q.ID)
	case v.System.Review != "":
		return Errorf(Invalid, "%s has no price yet, so there is nothing to share.", q.ID)
	}
	return nil
}

// enterRoom takes out of a view what is for nobody's eyes in a room: the band of the margin,
// sentences that speak of it, and what an approver wrote.
func (v *View) enterRoom() {
	v.InRoom, v.MarginBand = true, ""
	var needs []ApprovalNeed
	for _, need := range v.Approvals {
		if need.aboutMargin() {
			need.Sentence, need.ForRep, need.Measured = textAskedElsewhere, textAskedElsewhere, ""
		}
		needs = append(needs, need)
	}
	v.Approvals = needs
	if v.Decision != nil && v.Decision.Reason != "" {
		decision := *v.Decision
		decision.Reason = "" // its owner has it in a chat of their own
		v.Decision = &decision
	}
}

// textAskedElsewhere is what a room reads instead of a sentence about a margin.
const textAskedElsewhere = "One reason is on the card in your own chat with me."
