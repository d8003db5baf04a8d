package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// A room is a group chat or a channel. What the service writes there is read by everybody,
// so a quote shows its number, version and state, and a notice whom it answers; the rest is
// the answer to a click, which one person sees, by that person's own rights. Teams presses
// by itself for those whom a card names.

// inRoom says whether others read along.
func (t *turn) inRoom() bool { return t.Conversation.Kind != personal }

// openly are the intents that are answered without naming a quote, a customer or a price.
var openly = map[quoting.Intent]bool{
	quoting.Help: true, quoting.SmallTalk: true, quoting.OutOfScope: true, quoting.RefuseCommand: true,
}

// greeting is what a chat reads first.
func (t *turn) greeting() quoting.Notice {
	if !t.inRoom() {
		return welcome(t.Person.Person, t.hasRole())
	}
	n := help()
	n.Title = "Hello! I price two-way radio systems"
	n.Text = "Everybody here sees a quote's number and state. Its prices open for those who may see it, until its owner shares it. Mention me and write what you need:"
	return n
}

// forRoom is a message as a room may get it.
func (t *turn) forRoom(m store.Message) store.Message {
	if m.Kind != store.NoticeMessage {
		m.Kind = store.RoomMessage
		return m
	}
	n := written(*m.Notice)
	m.Notice = &n
	if t.hasRole() && (!t.openly || !n.NamesNothing()) {
		m.Kind = store.SealedMessage
	}
	return m
}

// written is a notice whose examples are to be read: a tap that writes into a room would
// mention nobody, and reach nobody.
func written(n quoting.Notice) quoting.Notice {
	for _, example := range n.Examples {
		n.Points = append(n.Points, "“"+example+"”")
	}
	n.Examples = nil
	return n
}

// unseal opens a notice in a room for the one whom it answers.
func (t *turn) unseal(ctx context.Context, cmd quoting.Command) (Content, error) {
	if cmd.Click == nil {
		return Content{}, quoting.Errorf(quoting.Invalid, "This button does nothing any more.")
	}
	n, err := t.tx.SealedNotice(ctx, cmd.Click.Message, t.Conversation.RowID, t.Person.RowID)
	if errors.Is(err, quoting.NotFound) {
		return Content{}, quoting.Errorf(quoting.Forbidden, "That is for somebody else. Mention me and ask, and I answer you.")
	}
	return Content{Notice: &n}, err
}

// view is a quote's version as the person of the turn may see it here.
func (t *turn) view(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, viewer store.Person, now time.Time) (quoting.View, error) {
	view, err := t.Desk.view(ctx, tx, q, v, viewer, now)
	if err != nil || !t.inRoom() {
		return view, err
	}
	view.UserID = t.arrival.UserID
	share, err := tx.ShareOf(ctx, t.Conversation.RowID, q.ID)
	view.Shared = share.Version == v.Number
	return view, err
}

// shareHere takes "share Q-1042 here" and its end. The room's card is posted once more, where
// everybody reads.
func (t *turn) shareHere(ctx context.Context, cmd quoting.Command) error {
	if !t.inRoom() {
		return t.notice(ctx, quoting.Notice{Text: "Write that in the group chat or the channel that is to see it. Nobody but you reads here."})
	}
	q, v, _, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if cmd.Intent == quoting.UnshareQuote {
		err = t.unshare(ctx, q, v)
	} else {
		err = t.share(ctx, q, v, quoting.Click{Version: v.Number})
	}
	if err != nil {
		return err
	}
	return t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: q.ID, Version: v.Number})
}

// share shows a version to everybody of this room.
func (t *turn) share(ctx context.Context, q store.Quote, v quoting.Version, c quoting.Click) error {
	if !t.inRoom() {
		return quoting.Errorf(quoting.Invalid, "This button does nothing here.")
	}
	if err := stale(q, c); err != nil {
		return err
	}
	if err := errors.Join(quoting.ShareProblem(q.Quote, v, t.Person.ID), t.quotesNoMore(q, quoting.ShareQuote)); err != nil {
		return err
	}
	if err := t.tx.Share(ctx, t.Conversation.RowID, q.ID, v.Number, t.arrival.At); err != nil {
		return err
	}
	data := map[string]any{"conversation": t.Conversation.RowID, "kind": t.Conversation.Kind, "total": v.Priced.Total}
	return errors.Join(t.tx.Record(ctx, t.event("quote_shared", v, data)), t.touch(ctx, q.ID))
}

// unshare hides it again.
func (t *turn) unshare(ctx context.Context, q store.Quote, v quoting.Version) error {
	if q.Owner != t.Person.ID {
		return quoting.Errorf(quoting.Forbidden, "%s is somebody else's; only its owner shares it.", q.ID)
	}
	was, err := t.tx.Unshare(ctx, t.Conversation.RowID, q.ID)
	if err != nil || !was {
		return err
	}
	data := map[string]any{"conversation": t.Conversation.RowID}
	return errors.Join(t.tx.Record(ctx, t.event("quote_unshared", v, data)), t.touch(ctx, q.ID))
}

// closedCard is what somebody sees who opens a card in a room and may not see the quote: the
// card as it is for everybody, and why. Where we have sent no card of it there, the one that
// was clicked is of a person who inserted it, or nobody's: it is answered by what it says
// itself, whether there is such a quote or not.
func (d *Desk) closedCard(ctx context.Context, a Arrival, c quoting.Click) (Content, error) {
	content := Content{Room: &quoting.RoomView{Quote: c.Quote, Version: c.Version}, Locale: a.Locale}
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		card, err := tx.RoomCard(ctx, a.Conversation, c.Quote)
		if errors.Is(err, quoting.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err = roomContent(ctx, tx, card)
		return err
	})
	if err != nil {
		return Content{}, err
	}
	content.Room.Users = nil
	content.Room.Banner = fmt.Sprintf("What is in %s is for its owner's team. Ask its owner to share it here.", c.Quote)
	return content, nil
}

// roomContent is a quote's card for everybody of a room, as the quote is at this moment. The
// transaction must be one that sees all quotes.
func roomContent(ctx context.Context, tx *store.Tx, m store.Outgoing) (Content, error) {
	q, err := tx.Quote(ctx, m.Quote)
	if err != nil {
		return Content{}, err
	}
	v, err := tx.Version(ctx, q.ID, q.Current)
	if err != nil {
		return Content{}, err
	}
	room := quoting.NewRoomView(q.Quote, v)
	if room.Users, err = tx.RoomUsers(ctx, store.Room(m.TeamsID), q.ID, m.Person); err != nil {
		return Content{}, err
	}
	share, err := tx.ShareOf(ctx, m.Conversation, q.ID)
	if err == nil && share.Version == v.Number {
		room.Share = quoting.NewShare(v, share.By, share.At)
	}
	return Content{Locale: m.Locale, Room: &room}, err
}

// sealed is a notice in a room as everybody there sees it.
func sealed(ctx context.Context, tx *store.Tx, m store.Outgoing) (Content, error) {
	person, err := tx.PersonByRow(ctx, m.Person)
	if err != nil {
		return Content{}, err
	}
	user, err := tx.RoomUser(ctx, store.Room(m.TeamsID), m.Person)
	return Content{Locale: m.Locale, Sealed: &quoting.SealedNotice{Message: m.RowID, For: person.Name, UserID: user}}, err
}
