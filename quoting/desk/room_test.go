package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

const room = "19:room@thread.v2"

// inRoom is a new activity of a person in the room.
func (o *office) inRoom(p quoting.Person) desk.Arrival {
	a := o.arrival(p)
	a.Conversation, a.Kind = room, "groupChat"
	return a
}

// sayIn has a person send a command in the room and returns what it is answered there.
func (o *office) sayIn(p quoting.Person, cmd quoting.Command) desk.Content {
	o.t.Helper()
	before := o.teams.count(room)
	if err := o.Message(o.t.Context(), o.inRoom(p), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
		o.t.Fatal(err)
	}
	return o.teams.wait(o.t, "an answer to "+p.Name+" in the room", func(m sent) bool { return m.chat == room && m.index >= before }).content
}

// posted has a person quote in the room.
func (o *office) posted(p quoting.Person, cmd quoting.Command) quoting.RoomView {
	o.t.Helper()
	content := o.sayIn(p, cmd)
	if content.Room == nil {
		o.t.Fatalf("the room is answered %+v", content)
	}
	return *content.Room
}

// clickIn has a person click in the room.
func (o *office) clickIn(p quoting.Person, cmd quoting.Command) (desk.Content, error) {
	return o.Click(o.t.Context(), o.inRoom(p), cmd)
}

// opened is what an answer in the room says to the one whom it is for.
func (o *office) opened(p quoting.Person, content desk.Content) string {
	o.t.Helper()
	if content.Sealed == nil || content.Sealed.For != p.Name || content.Sealed.UserID != "29:"+p.ID.Object {
		o.t.Fatalf("the room is answered %+v", content)
	}
	read, err := o.clickIn(p, quoting.Command{Intent: quoting.ReadNotice, Click: &quoting.Click{Message: content.Sealed.Message}})
	if err != nil || read.Notice == nil {
		o.t.Fatalf("opened: %+v, %v", read, err)
	}
	return read.Notice.Text
}

func about(id quoting.QuoteID, intent quoting.Intent) quoting.Command {
	return quoting.Command{Intent: intent, Slots: quoting.Slots{QuoteID: id}}
}

func press(id quoting.QuoteID, version int, intent quoting.Intent) quoting.Command {
	return quoting.Command{Intent: intent, Click: &quoting.Click{Quote: id, Version: version}}
}

func TestARoomIsGreetedOnceAndAsARoom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for range 2 {
		if err := o.Installed(t.Context(), o.inRoom(morgan)); err != nil {
			t.Fatal(err)
		}
	}
	o.teams.wait(t, "a greeting", func(m sent) bool { return m.chat == room })
	content := o.sayIn(riley, quoting.Command{Intent: quoting.Help})
	messages := o.teams.in(room)
	if len(messages) != 2 || messages[0].content.Notice == nil || !strings.Contains(messages[0].content.Notice.Text, "Mention me") || len(messages[0].content.Notice.Examples) != 0 {
		t.Errorf("the room is greeted with %+v", messages[0].content)
	}
	if content.Notice == nil || len(content.Notice.Points) == 0 || len(content.Notice.Examples) != 0 {
		t.Errorf("help is %+v", content)
	}
}

func TestOnlyWhatNamesNothingIsSaidToARoom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	q := o.posted(riley, small)
	for _, tc := range []struct {
		name string
		who  quoting.Person
		cmd  quoting.Command
		open bool
		says string
	}{
		{"help", riley, quoting.Command{Intent: quoting.Help}, true, "Tell me how many radios"},
		{"a greeting", riley, quoting.Command{Intent: quoting.SmallTalk}, true, "Any time."},
		{"what is not understood", riley, quoting.Command{Intent: quoting.OutOfScope}, true, "I did not get that"},
		{"a refusal", riley, quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "bulk_approval"}}, true, "I take decisions one quote at a time"},
		{"a question with prices", riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{UsersOptions: []int{25, 50}}}, false, "How many radios shall I quote?"},
		{"a description that fits none", riley, quoting.Command{Intent: quoting.QuoteStatus, Slots: quoting.Slots{RefText: "the moon landing"}}, false, "I find no quote for"},
		{"why", riley, about(q.Quote, quoting.ExplainQuote), false, "Prices are of snapshot"},
		{"a target that needs the margin, for who sees it elsewhere", morgan, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(30), TargetMarginPct: number("30")}}, false, "Margins are for your manager"},
		{"a share of somebody else's", morgan, about(q.Quote, quoting.ShareQuote), false, q.Quote.String() + " is somebody else's; only its owner shares it."},
		{"an end of a share of somebody else's", morgan, about(q.Quote, quoting.UnshareQuote), false, q.Quote.String() + " is somebody else's; only its owner shares it."},
		{"no quote to share", sam, quoting.Command{Intent: quoting.ShareQuote}, false, "There is no quote yet."},
		{"a quote of another team", sam, about(q.Quote, quoting.QuoteStatus), false, "There is no quote " + q.Quote.String() + ", or none that you may see."},
		{"no such quote", sam, about(4711, quoting.QuoteStatus), false, "There is no quote Q-4711, or none that you may see."},
		{"sharing a quote of another team", sam, about(q.Quote, quoting.ShareQuote), false, "There is no quote " + q.Quote.String() + ", or none that you may see."},
	} {
		content := o.sayIn(tc.who, tc.cmd)
		text := ""
		if tc.open != (content.Notice != nil) {
			t.Errorf("%s: the room is answered %+v", tc.name, content)
			continue
		}
		if tc.open {
			text = content.Notice.Text
		} else {
			text = o.opened(tc.who, content)
		}
		if !strings.HasPrefix(text, tc.says) {
			t.Errorf("%s: it says %q", tc.name, text)
		}
	}
}

func TestAQuestionInARoomIsAnsweredByWhomItWasAsked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.posted(riley, small)
	asked := quoting.Dialogue{Pending: quoting.CreateQuote, Choices: []quoting.Choice{{Title: "Acme Construction", Command: quoting.Command{Intent: quoting.Help}}}}
	err := o.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error {
		turn, err := tx.Arrive(t.Context(), o.inRoom(riley))
		if err != nil {
			return err
		}
		return tx.KeepAsked(t.Context(), turn.Conversation.RowID, turn.Person.RowID, asked, o.clock.now().Add(quoting.AskedFor))
	})
	if err != nil {
		t.Fatal(err)
	}
	hears := func(p quoting.Person) (heard quoting.Dialogue) {
		t.Helper()
		err := o.Message(t.Context(), o.inRoom(p), func(d quoting.Dialogue) quoting.Command {
			heard = d
			return quoting.Command{Intent: quoting.Help}
		})
		if err != nil {
			t.Fatal(err)
		}
		return heard
	}
	if d := hears(morgan); d.Pending != "" || len(d.Choices) > 0 || d.Active != 0 {
		t.Errorf("Morgan's message is read after %+v", d)
	}
	if d := hears(riley); d.Pending != quoting.CreateQuote || len(d.Choices) != 1 || d.Active == 0 {
		t.Errorf("Riley's message is read after %+v", d)
	}
}

func TestAShareIsOfOneVersionInOneRoom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	q := o.posted(riley, small)
	share := press(q.Quote, 1, quoting.ShareQuote)

	if content := o.click(riley, share); content.View == nil || content.View.Banner != "This button does nothing here." {
		t.Errorf("shared with oneself: %+v", content)
	}
	again := o.inRoom(riley)
	for range 2 { // Teams repeats itself
		content, err := o.Click(t.Context(), again, share)
		if err != nil || !content.View.Shared || !content.View.CanShare || content.View.Banner != "" {
			t.Errorf("shared: %+v, %v", content.View, err)
		}
	}
	o.teams.wait(t, "the shared card", func(m sent) bool {
		r := m.content.Room
		return m.chat == room && r != nil && r.Share != nil && r.Share.By == "Riley Rep" && r.Share.Customer == "Acme Construction" && !r.Share.Total.IsZero()
	})
	o.eventually(1, `SELECT count(*) FROM audit_events WHERE kind = 'quote_shared'`)
	elsewhere := o.inRoom(riley)
	elsewhere.Conversation = room + ";messageid=7"
	if content, err := o.Click(t.Context(), elsewhere, press(q.Quote, 1, quoting.ShowQuote)); err != nil || content.View.Shared || !content.View.CanShare {
		t.Errorf("in another conversation: %+v, %v", content.View, err)
	}
	if content, err := o.clickIn(morgan, press(q.Quote, 1, quoting.UnshareQuote)); err != nil || !strings.Contains(content.View.Banner, "only its owner") || !content.View.Shared {
		t.Errorf("ended by somebody else: %+v, %v", content.View, err)
	}

	if _, err := o.clickIn(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Sites: new(2)}, Click: &quoting.Click{Quote: q.Quote, Version: 1}}); err != nil {
		t.Fatal(err)
	}
	o.teams.wait(t, "the next version's card", func(m sent) bool {
		return m.chat == room && m.content.Room != nil && m.content.Room.Version == 2 && m.content.Room.Share == nil
	})
	content, err := o.clickIn(riley, share)
	if err != nil || !strings.Contains(content.View.Banner, "is at version 2 now") || content.View.Shared {
		t.Errorf("the old version is shared: %+v, %v", content.View, err)
	}
	for range 2 { // what is not shared is not ended
		if content, err := o.clickIn(riley, press(q.Quote, 2, quoting.UnshareQuote)); err != nil || content.View.Shared {
			t.Errorf("ended: %+v, %v", content.View, err)
		}
	}
	o.eventually(1, `SELECT count(*) FROM audit_events WHERE kind = 'quote_unshared'`)

	review := o.posted(riley, create(60, 2, "public_safety", "Acme Construction"))
	if !review.ForEngineering {
		t.Fatalf("%+v is not for engineering", review)
	}
	if text := o.opened(riley, o.sayIn(riley, about(review.Quote, quoting.ShareQuote))); !strings.Contains(text, "has no price yet") {
		t.Errorf("no price is shared: %s", text)
	}
}

func TestOpenShowsNothingOfAQuoteThatHasNoCardThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.posted(morgan, large)
	elsewhere := o.verified(riley, small)
	o.posted(sam, create(20, 1, "retail", "Acme Construction"))
	for _, id := range []quoting.QuoteID{elsewhere.Quote, 4711} {
		content, err := o.clickIn(sam, press(id, 7, quoting.ShowQuote))
		banner := fmt.Sprintf("What is in %s is for its owner's team. Ask its owner to share it here.", id)
		want := desk.Content{Room: &quoting.RoomView{Quote: id, Version: 7, Banner: banner}, Locale: content.Locale}
		if diff := cmp.Diff(want, content); err != nil || diff != "" {
			t.Errorf("%s: %v, (-want +got):\n%s", id, err, diff)
		}
	}
	if content, err := o.clickIn(ada, press(1001, 1, quoting.ShowQuote)); err != nil || content.Room == nil || content.Room.Banner == "" || content.Room.Users != nil {
		t.Errorf("the card that is there: %+v, %v", content, err)
	}
	for name, cmd := range map[string]quoting.Command{
		"no answer named": {Intent: quoting.ReadNotice}, "somebody's answer": {Intent: quoting.ReadNotice, Click: &quoting.Click{Message: 1}},
	} {
		if content, err := o.clickIn(ada, cmd); err == nil || content.Notice != nil {
			t.Errorf("%s: %+v", name, content)
		}
	}
}

func TestWhatWasInterruptedInARoomTellsTheRoomNoMoreThanItsCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	q := o.posted(riley, small)
	o.stop()
	for i, kind := range []string{"room", "sealed"} {
		before := o.count(`SELECT coalesce(max(id), 0) FROM messages`)
		cmd := about(q.Quote, quoting.ShowQuote)
		if kind == "sealed" {
			cmd = about(q.Quote, quoting.ExplainQuote)
		}
		if err := o.Message(t.Context(), o.inRoom(riley), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
			t.Fatal(err)
		}
		o.sql(`UPDATE messages SET state = 'sending' WHERE id > $1`, before)
		o.work()
		want := []string{"I was interrupted while I sent you " + q.Quote.String(), "I was interrupted while I answered."}[i]
		m := o.teams.wait(t, want, func(m sent) bool {
			return m.chat == room && m.content.Notice != nil && strings.HasPrefix(m.content.Notice.Text, want)
		})
		if strings.Contains(fmt.Sprint(*m.content.Notice), "$") {
			t.Errorf("the room reads %+v", *m.content.Notice)
		}
		o.stop()
	}
}

func number(text string) *quoting.Number {
	d, err := quoting.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return &quoting.Number{Decimal: d}
}

// TestWhateverIsAskedInARoomOpensForWhoAskedAndHasNoMargin asks everything that a manager
// may ask, about a quote whose margin fires a rule.
func TestWhateverIsAskedInARoomOpensForWhoAskedAndHasNoMargin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	thin := large
	thin.Slots.DiscountPct = number("14")
	q := o.posted(riley, thin)
	aspect := func(names ...string) quoting.Command {
		cmd := about(q.Quote, quoting.QuoteStatus)
		cmd.Slots.Aspect = names
		return cmd
	}
	simulated := about(q.Quote, quoting.ExplainApproval)
	simulated.Slots.Simulate, simulated.Slots.Changes = true, []quoting.Change{{Op: "set", Field: "discount_pct", Value: *number("10")}}
	margins := quoting.Command{Intent: quoting.ReportMetrics, Slots: quoting.Slots{Metric: "average_margin"}}
	var secrets []string
	o.behind(func(conn *pgx.Conn) error {
		rows, err := conn.Query(context.Background(), `SELECT margin::text || '%' FROM quote_versions UNION SELECT to_char(cost_total, 'FM999,999,990.00') FROM quote_versions`)
		if err != nil {
			return err
		}
		secrets, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if len(secrets) != 2 {
		t.Fatalf("the quote's secrets are %v", secrets)
	}
	for name, cmd := range map[string]quoting.Command{
		"a search": {Intent: quoting.SearchQuotes, Slots: quoting.Slots{Customer: "Acme"}}, "what waits": {Intent: quoting.ListApprovals}, "a history": about(q.Quote, quoting.AuditHistory),
		"a price": {Intent: quoting.PriceLookup, Slots: quoting.Slots{SKU: "BAT-C"}}, "a stock": {Intent: quoting.StockCheck, Slots: quoting.Slots{SKU: "BAT-C"}},
		"figures": {Intent: quoting.ReportMetrics, Slots: quoting.Slots{Metric: "quote_value"}}, "margins": margins,
		"its margin": aspect("margin"), "all of it": aspect(quoting.Aspects...), "why": about(q.Quote, quoting.ExplainQuote), "who approves": about(q.Quote, quoting.ExplainApproval),
		"what if": simulated, "prices since": about(q.Quote, quoting.ExplainPrices),
	} {
		content := o.sayIn(morgan, cmd)
		if content.Sealed == nil || content.Sealed.For != morgan.Name {
			t.Errorf("%s: the room is answered %+v", name, content)
			continue
		}
		read, err := o.clickIn(morgan, quoting.Command{Intent: quoting.ReadNotice, Click: &quoting.Click{Message: content.Sealed.Message}})
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%+v", *read.Notice)
		for _, secret := range append(secrets, "margin of", "The margin", "Cost of") {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is in %s", name, secret, text)
			}
		}
	}
}
