package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// create makes a quote of what a message or a button says, and posts its card.
func (t *turn) create(ctx context.Context, cmd quoting.Command) error {
	version, n, err := t.createVersion(ctx, cmd)
	switch {
	case err != nil:
		return err
	case n != nil && n.Quote != 0:
		return t.notice(ctx, *n) // there is one already
	case n != nil:
		return t.ask(ctx, *n, cmd)
	}
	t.askMissing(version)
	return t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: version.Quote, Version: version.Number})
}

// createVersion makes a quote, or the notice that says what is wrong with the request.
func (t *turn) createVersion(ctx context.Context, cmd quoting.Command) (quoting.Version, *quoting.Notice, error) {
	if !t.Person.MayQuote() {
		return quoting.Version{}, nil, quoting.Errorf(quoting.Forbidden, "Your role does not quote. Ask your admin if it should.")
	}
	if n, bad := t.inputProblem(cmd); bad {
		return quoting.Version{}, &n, nil
	}
	request := quoting.Request{}.With(cmd.Slots)
	if request.Users == 0 && !request.Parts() {
		n := t.askUsers(cmd)
		return quoting.Version{}, &n, nil
	}
	id, err := t.tx.NextQuoteID(ctx)
	if err != nil {
		return quoting.Version{}, nil, err
	}
	draft := quoting.Version{Quote: id, Request: request, Reading: reading(cmd)}
	if err := t.chooseCustomer(&draft, cmd.Slots); err != nil {
		return quoting.Version{}, nil, err
	}
	if err := t.aim(&draft, cmd.Slots); err != nil {
		return quoting.Version{}, nil, err
	}
	q := t.newQuote(id)
	version, err := t.work(ctx, t.tx, q.Quote, draft, t.arrival.At)
	if err != nil {
		return version, nil, err
	}
	version.SetBy(nil, t.Person.ID)
	if same, ok := version.Same(); ok && cmd.Slots.Reason == "" {
		return version, &quoting.Notice{
			Text:  fmt.Sprintf("You have quoted exactly this already: it is %s.", same),
			Quote: same,
			Choices: []quoting.Choice{
				{Title: "Open " + same.String(), Command: quoting.Command{Intent: quoting.ShowQuote, Click: &quoting.Click{Quote: same}}},
				{Title: "Quote it once more", Command: onceMore(cmd)},
			},
		}, nil
	}
	version, err = t.addVersion(ctx, q, version, "quote_created")
	return version, nil, err
}

// onceMore is a request for a quote that is made although there is the same one.
func onceMore(cmd quoting.Command) quoting.Command {
	cmd.Slots.Reason = "once more"
	return quoting.Command{Intent: quoting.CreateQuote, Slots: cmd.Slots}
}

// reading repeats what was understood, where the message was not plain, as it goes on after
// "I read:".
func reading(cmd quoting.Command) string {
	s := cmd.Slots
	switch {
	case cmd.Guessed, cmd.Unsure():
		return cmd.Reading()
	case s.UsersPerSite != nil:
		return fmt.Sprintf("%d radios at each site, %s in all.", *s.UsersPerSite, number(s.Users))
	case s.Industry == "" && s.IndustryText != "":
		return fmt.Sprintf("%q as no industry that I quote for; choose one below.", s.IndustryText)
	case s.Approx:
		return fmt.Sprintf("%s radios.", number(s.Users))
	}
	return ""
}

// chooseCustomer takes the customer that was chosen or named. A name that fits nobody, or
// several, stays as typed; the card asks.
func (d *Desk) chooseCustomer(v *quoting.Version, s quoting.Slots) error {
	if s.NewCustomer && s.Customer == "" && v.CustomerText != "" {
		v.Customer, v.CustomerText = quoting.Customer{Name: v.CustomerText, Currency: d.Policy.Currency, Taxable: true}, ""
		return nil
	}
	if s.CustomerID == 0 && s.Customer == "" {
		return nil
	}
	book, err := d.Book()
	if err != nil {
		return err
	}
	v.Customer, v.CustomerText = quoting.Customer{}, s.Customer
	if s.CustomerID != 0 {
		v.CustomerText = ""
		v.Customer, err = customerIn(book, s.CustomerID)
		return err
	}
	if found := book.FindCustomers(s.Customer, maxCandidates); len(found) == 1 {
		v.Customer, v.CustomerText = found[0], ""
	}
	return nil
}

// customerIn is a customer as NetSuite has it now, level, terms and credit included.
func customerIn(book *quoting.PriceBook, id quoting.CustomerID) (quoting.Customer, error) {
	customer, ok := book.Customer(id)
	if !ok || customer.Inactive {
		return customer, quoting.Errorf(quoting.Invalid, "NetSuite does not have that customer any more. Choose another one.")
	}
	return customer, nil
}

// maxCandidates is how many customers a card offers for a name.
const maxCandidates = 8

// addVersion writes a version that was worked out as the quote's next and has NetSuite
// asked about it.
func (t *turn) addVersion(ctx context.Context, q store.Quote, v quoting.Version, why string) (quoting.Version, error) {
	if err := t.budget.spend(t.Person.ID, t.arrival.At); err != nil {
		return v, err
	}
	event := t.event(why, v, versionData(v))
	if err := t.writeVersion(ctx, t.tx, q, v, t.arrival.Correlation, event); err != nil {
		return v, err
	}
	t.enqueue(verifyArgs{Quote: v.Quote, Version: v.Number, Correlation: t.arrival.Correlation})
	if v.Customer.Name != "" && (v.Number == 1 || slices.ContainsFunc(v.Changes, func(c string) bool { return strings.HasPrefix(c, "Customer: ") })) {
		t.enqueue(conflictArgs{Quote: v.Quote, Correlation: t.arrival.Correlation})
	}
	return v, nil
}

// work works out the quote's next version: from the book in force, and beside the owner's
// other quotes. The draft says the request, the customer and the reading.
func (d *Desk) work(ctx context.Context, tx *store.Tx, q quoting.Quote, draft quoting.Version, at time.Time) (quoting.Version, error) {
	v, err := d.priceVersion(q, draft, at)
	if err != nil || v.System.Review != "" || v.Customer.Name == "" {
		return v, err
	}
	limits := d.Policy.Duplicates
	others, err := tx.Offers(ctx, q.Owner, at.AddDate(0, 0, -max(limits.ProbableDays, limits.SplitDays)), func(o quoting.Offer) bool {
		return o.Quote != q.ID && quoting.Family(limits, o.Customer, v.Customer)
	})
	if err != nil {
		return v, err
	}
	v.Beside(d.Policy, q, others, at)
	err = d.unusual(ctx, tx, q, &v, at)
	return v, err
}

// unusual adds the needs of figures that are far from past quotes', and of prices that are
// far from what the customer last paid.
func (d *Desk) unusual(ctx context.Context, tx *store.Tx, q quoting.Quote, v *quoting.Version, at time.Time) error {
	if habits := d.habits.Load(); habits != nil {
		v.Approvals = append(v.Approvals, habits.Unusual(d.Policy, quoting.ProfileOf(q.Owner, *v))...)
	}
	if v.Customer.ID == 0 {
		return nil
	}
	items := make([]quoting.ItemID, len(v.Priced.Lines))
	for i, l := range v.Priced.Lines {
		items[i] = l.Item
	}
	last, err := tx.LastPaid(ctx, v.Customer.ID, items, d.Policy.History.Since(at))
	v.Approvals = append(v.Approvals, quoting.OffLastPaid(d.Policy, v.Customer, v.Priced.Lines, last)...)
	return err
}

// learn works out what is usual of past quotes.
func (d *Desk) learn(ctx context.Context) error {
	var past []quoting.Profile
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		past, err = tx.PastMeasures(ctx, d.Policy.History.Since(d.Now()), d.Policy.History.Newest)
		return err
	})
	if err != nil {
		return fmt.Errorf("what is usual: %w", err)
	}
	habits := quoting.NewHabits(past)
	d.habits.Store(&habits)
	return nil
}

// priceVersion works out the quote's next version from the book in force alone.
func (d *Desk) priceVersion(q quoting.Quote, draft quoting.Version, at time.Time) (quoting.Version, error) {
	v := draft
	v.Quote, v.Number, v.State, v.CreatedAt = q.ID, q.Current+1, quoting.Draft, at
	v.Check = quoting.Check{State: quoting.Checking}
	v.ValidUntil = v.Valid(d.Policy, at)
	book, err := d.Book()
	if err != nil {
		return v, err
	}
	return v, v.Work(d.Policy, book)
}

// writeVersion writes a version and refuses it, with everything else of the transaction,
// if the second engine does not find the same to the cent.
func (d *Desk) writeVersion(ctx context.Context, tx *store.Tx, q store.Quote, v quoting.Version, correlation string, events ...store.Event) error {
	again, err := tx.AddVersion(ctx, d.Policy, q, store.NewVersion{Version: v, Correlation: correlation}, events...)
	if err != nil {
		return err
	}
	if !again.Agrees {
		return &disagreement{version: v, again: again}
	}
	d.metrics.quotes.WithLabelValues(events[0].Kind).Inc()
	return nil
}

// disagreement is the error of two engines that price a version differently. It is
// internal: the person sees a reference, an operator an alert.
type disagreement struct {
	version quoting.Version
	again   store.Recomputed
}

func (e *disagreement) Error() string {
	return fmt.Sprintf("the pricing engines disagree on %d users at %d sites", e.version.Request.Users, e.version.Request.Sites)
}

// recordDisagreement keeps both traces of a quote that was blocked because the engines
// disagree, and says whether err is that. The quote itself was rolled back.
func (d *Desk) recordDisagreement(ctx context.Context, a Arrival, err error) bool {
	e, ok := errors.AsType[*disagreement](err)
	if !ok {
		return false
	}
	d.metrics.disagreement.Inc()
	event := store.Event{
		At: a.At, Kind: "engines_disagree", Policy: e.version.Policy, Snapshot: e.version.Snapshot, Correlation: a.Correlation, Activity: a.Activity,
		Data: map[string]any{"first": versionData(e.version), "lines": e.version.Priced.Lines, "second": e.again},
	}
	if err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Record(ctx, event) }); err != nil {
		d.logFailure("record disagreement", a.Correlation, err)
	}
	return true
}

// versionData is what the audit log says of a version.
func versionData(v quoting.Version) map[string]any {
	return map[string]any{
		"request": v.Request, "customer": v.Customer.ID, "technology": v.System.Technology, "lines": len(v.Priced.Lines),
		"total": v.Priced.Total, "amount": v.Priced.Amount, "freight": v.Priced.Freight, "cost": v.Priced.CostTotal, "margin": v.Priced.Margin.String(),
		"approvals": v.Approvals, "review": v.System.Review,
	}
}

// revise makes the next version of a quote of what a message says, and posts its card.
func (t *turn) revise(ctx context.Context, cmd quoting.Command) error {
	if n, bad := t.inputProblem(cmd); bad {
		return t.notice(ctx, n)
	}
	said := cmd.Reading()
	cmd, ok, err := t.settle(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	id := cmd.Slots.QuoteID
	q, old, err := t.editable(ctx, id)
	if err != nil {
		return err
	}
	draft, err := t.edit(ctx, old, cmd.Slots)
	if err != nil {
		return err
	}
	if cmd.Guessed || cmd.Unsure() {
		draft.Reading = said
	}
	v, changed, err := t.nextVersion(ctx, q, old, draft)
	if err != nil {
		return err
	}
	if changed {
		if err := t.touch(ctx, id); err != nil {
			return err
		}
	}
	t.askMissing(v)
	return t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: id, Version: v.Number})
}

// edit is the version after what a message or a card says of it: inputs, then changes in
// their order, and a target that the price is to reach.
func (t *turn) edit(ctx context.Context, old quoting.Version, s quoting.Slots) (quoting.Version, error) {
	draft := old
	for _, c := range s.Changes {
		if c.Op == "revert" {
			return t.revert(ctx, old, c)
		}
		if name, ok := c.Value.(string); ok && c.Field == "customer" {
			s.Customer = name
		}
	}
	draft.Request = old.Request.With(s)
	var err error
	if draft.Request, err = draft.Request.Apply(s.Changes, old.System); err != nil {
		return old, err
	}
	if err := t.chooseCustomer(&draft, s); err != nil {
		return old, err
	}
	return draft, t.aim(&draft, s)
}

// aimAt changes the draft's terms so that it reaches the target.
func (d *Desk) aimAt(draft *quoting.Version, target quoting.Target, now time.Time) error {
	priced, err := d.priceVersion(quoting.Quote{ID: draft.Quote}, *draft, now)
	if err != nil {
		return err
	}
	draft.Request.Terms, err = target.Terms(priced)
	return err
}

// aim changes the draft's terms so that it reaches the target of a message. Whoever sees no
// margin learns none by it.
func (t *turn) aim(draft *quoting.Version, s quoting.Slots) error {
	target, ok := s.Target()
	if !ok {
		return nil
	}
	if target.NeedsMargin() && !t.Person.SeesMargin() {
		return quoting.Errorf(quoting.Forbidden, "Margins are for your manager. Name a total or a price that you want to reach, or ask your manager what is possible.")
	}
	return t.aimAt(draft, target, t.arrival.At)
}

// revert is an earlier version's content as the draft of the next one, priced as of today.
func (t *turn) revert(ctx context.Context, old quoting.Version, c quoting.Change) (quoting.Version, error) {
	number := old.Number - 1
	if n, ok := c.Whole(); ok {
		number = n
	}
	if number < 1 || number >= old.Number {
		return old, quoting.Errorf(quoting.Invalid, "%s is at version %d; there is no version %d to go back to.", old.Quote, old.Number, number)
	}
	back, err := t.tx.Version(ctx, old.Quote, number)
	draft := old
	draft.Request, draft.Customer, draft.CustomerText = back.Request, back.Customer, back.CustomerText
	draft.Setters = append(back.Setters, old.Setters...)
	return draft, err
}

// editable locks a quote and reads its current version, for its owner to change.
func (t *turn) editable(ctx context.Context, id quoting.QuoteID) (store.Quote, quoting.Version, error) {
	q, err := t.tx.LockQuote(ctx, id)
	if err != nil {
		return q, quoting.Version{}, err
	}
	switch {
	case q.Owner != t.Person.ID:
		return q, quoting.Version{}, quoting.Errorf(quoting.Forbidden, "%s is somebody else's; only its owner changes it.", id)
	case q.State.Ended():
		return q, quoting.Version{}, quoting.Errorf(quoting.Conflict, "%s is %s and cannot be changed.", id, q.State)
	}
	if err := t.quotesNoMore(q, quoting.ReviseQuote); err != nil {
		return q, quoting.Version{}, err
	}
	v, err := t.tx.Version(ctx, id, q.Current)
	return q, v, err
}

// nextVersion writes the draft as the next version, unless it says nothing new.
func (t *turn) nextVersion(ctx context.Context, q store.Quote, old, draft quoting.Version) (quoting.Version, bool, error) {
	if draft.Reading == old.Reading {
		draft.Reading = "" // it is of the version before
	}
	priced, err := t.work(ctx, t.tx, q.Quote, draft, t.arrival.At)
	if err != nil {
		return old, false, err
	}
	priced.Changes = priced.ChangesSince(old)
	if len(priced.Changes) == 0 && takenUp(old) {
		priced.Changes = []string{fmt.Sprintf("Taken up again as v%d was", old.Number)}
	}
	if len(priced.Changes) == 0 && slices.EqualFunc(priced.Approvals, old.Approvals, func(a, b quoting.ApprovalNeed) bool { return a.Rule == b.Rule && a.Level == b.Level }) && draft.CustomerText == old.CustomerText && old.Request.Sites == draft.Request.Sites && slices.Equal(old.Request.Beside, draft.Request.Beside) {
		return old, false, nil
	}
	v, err := t.addVersion(ctx, q, priced.After(t.Policy, q.Quote, old, t.Person.ID), "quote_revised")
	return v, true, err
}

// show posts the card of a quote. Submitting, approving and rejecting are done on it: text
// only opens it.
func (t *turn) show(ctx context.Context, cmd quoting.Command, kind store.MessageKind) error {
	cmd, ok, err := t.settle(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	id := cmd.Slots.QuoteID
	q, err := t.tx.Quote(ctx, id)
	if err != nil {
		return err
	}
	if kind == store.ApprovalMessage {
		v, err := t.tx.Version(ctx, id, q.Current)
		if err != nil {
			return err
		}
		decides, err := t.decides(ctx, q, v)
		switch {
		case err != nil:
			return err
		case q.Owner == t.Person.ID:
			return t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("Nobody decides on a quote of their own. %s waits for its approver.", id), Quote: id, Version: q.Current})
		case !decides:
			kind = store.QuoteMessage
		}
	}
	if quoting.NeedsButton(cmd.Intent) {
		t.asked = quoting.Dialogue{Pending: cmd.Intent, Asked: &quoting.Command{Intent: cmd.Intent, Slots: quoting.Slots{QuoteID: id}}}
	}
	return t.post(ctx, store.Message{Kind: kind, Quote: id, Version: q.Current})
}
