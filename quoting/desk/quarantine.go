package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// shownPrices is how many of an item's changed prices a hold keeps to show.
const shownPrices = 3

// quarantine judges what is staged and keeps the last good prices of every item whose new
// ones an admin has to look at. It returns the holds that are new.
func (d *Desk) quarantine(ctx context.Context, tx *store.Tx, id quoting.SnapshotID, correlation string) (fresh []quoting.Hold, err error) {
	known, err := tx.OpenHolds(ctx)
	if err != nil {
		return nil, err
	}
	open := make(map[quoting.ItemID]quoting.Hold, len(known))
	for _, h := range known {
		open[h.Item] = h
	}
	judged, err := d.judge(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var keep []quoting.ItemID
	ended := map[quoting.HoldState][]int64{}
	for _, h := range judged {
		was, held := open[h.Item]
		delete(open, h.Item)
		switch same := held && was.Content == h.Content; {
		case same && was.State == quoting.HoldReleased:
			ended[quoting.HoldPublished] = append(ended[quoting.HoldPublished], was.ID)
			continue
		case same:
		case held:
			ended[quoting.HoldOver] = append(ended[quoting.HoldOver], was.ID)
			fallthrough
		default:
			fresh = append(fresh, h)
		}
		keep = append(keep, h.Item)
	}
	for _, h := range open { // NetSuite's prices need nobody any more
		ended[quoting.HoldOver] = append(ended[quoting.HoldOver], h.ID)
	}
	for state, ids := range ended {
		if err := tx.EndHolds(ctx, ids, state); err != nil {
			return nil, err
		}
	}
	d.metrics.held.Set(float64(len(keep)))
	if len(keep) > 0 {
		if err := tx.KeepItems(ctx, id, keep); err != nil {
			return nil, err
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	if err := tx.AddHolds(ctx, fresh, d.Now(), correlation); err != nil {
		return nil, err
	}
	ids := make([]int64, len(fresh))
	for i, h := range fresh {
		ids[i] = h.ID
	}
	err = tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "prices_held", Snapshot: id, Policy: d.Policy.Version, Correlation: correlation,
		Data: map[string]any{"holds": len(ids), "items": holdData(fresh[:min(len(fresh), recorded)])},
	})
	if err != nil {
		return nil, err
	}
	return fresh, tx.Enqueue(ctx, river.InsertManyParams{Args: heldArgs{Holds: ids, Correlation: correlation}})
}

// judge lists the items that may not be published as they are staged.
func (d *Desk) judge(ctx context.Context, tx *store.Tx, id quoting.SnapshotID) (holds []quoting.Hold, err error) {
	var moved []int // which of the holds
	items, err := tx.ItemChanges(ctx, id, d.Policy.Currency, func(c quoting.ItemChange) error {
		reasons, err := d.Policy.Judge(c)
		moves := c.Moves(d.Policy)
		if moves {
			moved = append(moved, len(holds))
		}
		if moves || len(reasons) > 0 {
			holds = append(holds, newHold(c, reasons))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if many, tooMany := d.Policy.TooMany(len(moved), items); tooMany {
		for _, i := range moved {
			holds[i].Reasons = append(holds[i].Reasons, many)
		}
	}
	return slices.DeleteFunc(holds, func(h quoting.Hold) bool { return len(h.Reasons) == 0 }), nil
}

func newHold(c quoting.ItemChange, reasons []quoting.HoldReason) quoting.Hold {
	return quoting.Hold{
		Item: c.Item.ID, SKU: c.Item.SKU, Content: c.Content(), State: quoting.HoldOpen, Reasons: reasons,
		Prices: append([]quoting.PriceChange{}, c.Prices[:min(shownPrices, len(c.Prices))]...),
	}
}

func holdData(holds []quoting.Hold) []map[string]any {
	data := make([]map[string]any, len(holds))
	for i, h := range holds {
		data[i] = map[string]any{"item": h.Item, "sku": h.SKU, "reasons": h.Reasons, "prices": h.Prices}
	}
	return data
}

// tellHeld sends every admin a card of new holds.
func (d *Desk) tellHeld(ctx context.Context, ids []int64, correlation string) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		holds, err := tx.Holds(ctx, ids)
		if err != nil || len(holds) == 0 {
			return err
		}
		return d.tell(ctx, tx, quoting.Admin, heldNotice(holds), correlation)
	})
}

// tell posts a notice to everybody with a role; somebody without a chat gets it with the
// first one.
func (d *Desk) tell(ctx context.Context, tx *store.Tx, role quoting.Role, n quoting.Notice, correlation string) error {
	people, err := tx.Holding(ctx, role)
	for _, p := range people {
		if err == nil {
			err = d.notify(ctx, tx, p.RowID, n, correlation)
		}
	}
	return err
}

// recorded is how many holds an event names; the table has them all.
const recorded = 100

// listed is how many holds a card names.
const listed = 6

// heldNotice is the card on which an admin releases or refuses new prices.
func heldNotice(holds []quoting.Hold) quoting.Notice {
	var points []string
	for _, h := range holds[:min(len(holds), listed)] {
		var sentences []string
		for _, r := range h.Reasons {
			// A slipped decimal has moved too far as well; that says nothing more.
			if r.Rule != quoting.HoldPriceMoved || h.Reasons[0].Rule != quoting.HoldSlipped {
				sentences = append(sentences, r.Sentence)
			}
		}
		points = append(points, h.SKU+": "+strings.Join(sentences, " "))
	}
	if more := len(holds) - listed; more > 0 {
		points = append(points, "and "+quoting.Thousands(more)+" more")
	}
	n := quoting.Notice{
		Title:  "Prices held: " + held(len(holds)),
		Text:   "What NetSuite says now looks wrong. Quotes go on at the last good prices until you decide.",
		Points: points,
	}
	choose := func(title string, intent quoting.Intent, click quoting.Click) {
		n.Choices = append(n.Choices, quoting.Choice{Title: title, Command: quoting.Command{Intent: intent, Click: &click}})
	}
	if len(holds) == 1 {
		one := quoting.Click{Holds: []int64{holds[0].ID}}
		choose("Release", quoting.ReleasePrices, one)
		choose("Refuse", quoting.RefusePrices, one)
		return n
	}
	for _, h := range holds[:min(len(holds), listed)] {
		choose("Release "+h.SKU, quoting.ReleasePrices, quoting.Click{Holds: []int64{h.ID}})
	}
	// Those of one sync have ids in a row: nobody else adds any while it publishes.
	first, last := holds[0].ID, holds[0].ID
	for _, h := range holds {
		first, last = min(first, h.ID), max(last, h.ID)
	}
	all := quoting.Click{Holds: []int64{first}, HoldsTo: last}
	choose("Release all "+quoting.Thousands(len(holds)), quoting.ReleasePrices, all)
	choose("Refuse all "+quoting.Thousands(len(holds)), quoting.RefusePrices, all)
	return n
}

func held(n int) string {
	if n == 1 {
		return "1 item"
	}
	return quoting.Thousands(n) + " items"
}

// clickHolds takes an admin's click on held prices, once. What is released is published by
// the sync that it starts; what is refused stays as it is until NetSuite's prices change. A
// click that comes again is answered with what it did.
func (t *turn) clickHolds(ctx context.Context, cmd quoting.Command) (Content, error) {
	switch {
	case cmd.Click == nil || len(cmd.Click.Holds) == 0:
		return Content{}, quoting.Errorf(quoting.Invalid, "This button does nothing any more.")
	case !t.Person.Has(quoting.Admin):
		return Content{}, quoting.Errorf(quoting.Forbidden, "Only an admin decides on held prices.")
	}
	state, done := quoting.HoldReleased, "released. The next prices that I read from NetSuite have them"
	if cmd.Intent == quoting.RefusePrices {
		state, done = quoting.HoldRefused, "refused. The last good prices stay until NetSuite's change"
	}
	var holds []quoting.Hold
	var err error
	if t.Fresh {
		holds, err = t.decideHolds(ctx, *cmd.Click, state)
	} else {
		t.metrics.repeats.Inc()
		holds, err = t.tx.HoldsDecided(ctx, cmd.Click.Holds, cmd.Click.HoldsTo, state, t.Person.RowID)
	}
	if err != nil {
		return Content{}, err
	}
	if len(holds) == 0 {
		return Content{Notice: &quoting.Notice{Text: "That is decided already, or NetSuite's prices have changed since. Nothing was done."}}, nil
	}
	names := make([]string, 0, len(holds))
	for _, h := range holds[:min(listed, len(holds))] {
		names = append(names, h.SKU)
	}
	text := strings.Join(names, ", ")
	if more := len(holds) - listed; more > 0 {
		text += fmt.Sprintf(" and %s more", quoting.Thousands(more))
	}
	return Content{Notice: &quoting.Notice{Text: text + ": " + done + "."}}, nil
}

// decideHolds notes a decision on those of the holds that wait for one, and returns them.
func (t *turn) decideHolds(ctx context.Context, c quoting.Click, state quoting.HoldState) ([]quoting.Hold, error) {
	decided, err := t.tx.DecideHolds(ctx, c.Holds, c.HoldsTo, state, t.Person.RowID, t.arrival.At)
	if err != nil || len(decided) == 0 {
		return nil, err
	}
	if state == quoting.HoldReleased {
		t.enqueue(syncArgs{Correlation: t.arrival.Correlation, Whole: true})
	}
	return decided, t.tx.Record(ctx, store.Event{
		At: t.arrival.At, Kind: "prices_" + string(state), Actor: t.Person.RowID, Policy: t.Policy.Version, Correlation: t.arrival.Correlation, Activity: t.arrival.Activity,
		Data: map[string]any{"holds": len(decided), "items": holdData(decided[:min(len(decided), recorded)])},
	})
}
