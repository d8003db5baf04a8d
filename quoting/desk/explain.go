package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// about is the quote that a message or a button is about, with its current version and the
// command with its number; false where the person was asked which one. It is what the
// conversation is about from now on.
func (t *turn) about(ctx context.Context, cmd quoting.Command) (q store.Quote, v quoting.Version, settled quoting.Command, ok bool, err error) {
	if settled, ok, err = t.settle(ctx, cmd); !ok || err != nil {
		return q, v, settled, false, err
	}
	if q, err = t.tx.Quote(ctx, settled.Slots.QuoteID); err != nil {
		return q, v, settled, false, err
	}
	if err := t.pricesOf(q, settled); err != nil {
		return q, v, settled, false, err
	}
	if err := t.tx.KeepActive(ctx, t.Conversation.RowID, t.Person.RowID, q.ID, t.arrival.At.Add(quoting.ActiveFor)); err != nil {
		return q, v, settled, false, err
	}
	v, err = t.tx.Version(ctx, q.ID, q.Current)
	return q, v, settled, err == nil, err
}

// explain writes why a quote is what it is, as this person may see it.
func (t *turn) explain(ctx context.Context, cmd quoting.Command) error {
	q, v, _, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	view, err := t.view(ctx, t.tx, q, v, t.Person, t.arrival.At)
	if err != nil {
		return err
	}
	if err := t.tx.Record(ctx, t.event("quote_explained", v, map[string]any{"margin_shown": view.ShowMargin})); err != nil {
		return err
	}
	if !view.ShowPrices {
		return t.notice(ctx, quoting.Notice{Title: fmt.Sprintf("Why %s is what it is", q.ID), Quote: q.ID, Version: v.Number, Sections: quoting.Explain(t.Policy, view)})
	}
	return t.notice(ctx, quoting.Notice{
		Title: fmt.Sprintf("Why %s is %s", q.ID, v.Priced.Total.Display()), Quote: q.ID, Version: v.Number,
		Text: fmt.Sprintf("Prices are of snapshot %d, as of %s.", v.Snapshot, v.PricesAt.UTC().Format("2 January 15:04 UTC")), Sections: quoting.Explain(t.Policy, view),
	})
}

// explainPrices writes what of a quote costs something else today.
func (t *turn) explainPrices(ctx context.Context, cmd quoting.Command) error {
	q, v, _, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	today, err := t.priceVersion(q.Quote, v, t.arrival.At)
	if err != nil {
		return err
	}
	n := quoting.Notice{Title: "What moved since " + v.CreatedAt.UTC().Format(stamp), Quote: q.ID, Version: v.Number}
	diffs := quoting.DiffLines(v.Priced.Lines, today.Priced.Lines)
	if len(diffs) == 0 && v.Priced.Total.Equal(today.Priced.Total) {
		n.Text = fmt.Sprintf("Nothing: %s is still %s.", q.ID, v.Priced.Total.Display())
		return t.notice(ctx, n)
	}
	n.Text = fmt.Sprintf("It was %s and would be %s today. Say \"reprice %s\" to take today's prices.", v.Priced.Total.Display(), today.Priced.Total.Display(), q.ID)
	for _, d := range diffs {
		n.Points = append(n.Points, d.String())
	}
	history := quoting.Section{Title: "NetSuite's prices since then"}
	for _, l := range v.Priced.Lines {
		if len(history.Points) == shownDrifts || !slices.ContainsFunc(diffs, func(d quoting.LineDiff) bool { return d.SKU == l.SKU }) {
			continue
		}
		periods, err := t.tx.PriceHistory(ctx, l.Item, l.LevelID, v.Priced.Currency, v.CreatedAt)
		if err != nil {
			return err
		}
		if point := priceHistory(l, periods); point != "" {
			history.Points = append(history.Points, point)
		}
	}
	if len(history.Points) > 0 {
		n.Sections = []quoting.Section{history}
	}
	return t.notice(ctx, n)
}

// stamp is a moment as a notice writes it; times are in UTC.
const stamp = "2 January 15:04"

// priceHistory is how NetSuite's price of a line's quantity moved, the oldest first; empty
// where the customer has a price of its own.
func priceHistory(l quoting.Line, periods []store.PricePeriod) string {
	from := 0
	for _, p := range periods {
		if p.Quantity <= l.Units {
			from = max(from, p.Quantity)
		}
	}
	var steps []string
	for _, p := range periods {
		switch {
		case p.Quantity != from:
		case p.Until.IsZero():
			steps = append(steps, p.Price.Display()+" since "+p.From.UTC().Format(stamp))
		default:
			steps = append(steps, p.Price.Display()+" until "+p.Until.UTC().Format(stamp))
		}
	}
	if len(steps) < 2 {
		return ""
	}
	return l.SKU + ": " + strings.Join(steps, ", ")
}

// clone copies a quote into a new one of the person's own, at today's prices and costs, and
// says what differs. Nothing of the old one's approval comes along.
func (t *turn) clone(ctx context.Context, cmd quoting.Command) error {
	source, old, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if !t.Person.MayQuote() {
		return quoting.Errorf(quoting.Forbidden, "Your role does not quote. Ask your admin if it should.")
	}
	id, err := t.tx.NextQuoteID(ctx)
	if err != nil {
		return err
	}
	draft := quoting.Version{Quote: id, Request: old.Request, Customer: old.Customer, CustomerText: old.CustomerText}
	draft.Request.Overrides = nil
	if draft.Request, err = draft.Request.Apply(cmd.Slots.Changes, old.System); err != nil {
		return err
	}
	if err := t.chooseCustomer(&draft, cmd.Slots); err != nil {
		return err
	}
	q := t.newQuote(id)
	v, err := t.work(ctx, t.tx, q.Quote, draft, t.arrival.At)
	if err != nil {
		return err
	}
	v.SetBy(old.Setters, t.Person.ID)
	v.Reading, v.Changes = fmt.Sprintf("a copy of %s v%d.", source.ID, old.Number), v.ChangesSince(old)
	v, err = t.addVersion(ctx, q, v, "quote_cloned")
	if err != nil {
		return err
	}
	return t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: id, Version: v.Number})
}

// newQuote is a quote of the person's own that has no version yet.
func (t *turn) newQuote(id quoting.QuoteID) store.Quote {
	return store.Quote{OwnerRow: t.Person.RowID, Quote: quoting.Quote{
		ID: id, Owner: t.Person.ID, Team: t.Person.Team, State: quoting.Open, Estimate: quoting.NoEstimate,
	}}
}

// extension is the change that keeps a version valid for some days more.
func extension(v quoting.Version, days int, now time.Time) quoting.Change {
	left := int(max(v.ValidUntil.Sub(now), 0).Hours()/24 + 0.5)
	return quoting.Change{Op: "set", Field: "valid_days", Value: left + days}
}

// extendDays is how much longer a quote stays valid where nobody says.
const extendDays = 30

// extended are the changes that keep a version valid for some days more. Today's prices are
// taken with it; in the days of grace after it ran out the old ones are kept, where they
// have hardly moved.
func (t *turn) extended(q store.Quote, v quoting.Version, days int) ([]quoting.Change, error) {
	changes := []quoting.Change{extension(v, days, t.arrival.At)}
	if !t.arrival.At.After(v.ValidUntil) {
		return changes, nil
	}
	today, err := t.priceVersion(q.Quote, v, t.arrival.At)
	return append(changes, v.Honour(t.Policy, today)...), err
}

// extend makes the next version of a quote, valid for longer.
func (t *turn) extend(ctx context.Context, cmd quoting.Command) error {
	q, v, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	days := extendDays
	if cmd.Slots.Days != nil {
		days = *cmd.Slots.Days
	}
	cmd.Slots = quoting.Slots{QuoteID: v.Quote}
	if cmd.Slots.Changes, err = t.extended(q, v, days); err != nil {
		return err
	}
	return t.revise(ctx, cmd)
}
