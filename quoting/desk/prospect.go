package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// prospect makes NetSuite know the new customer of an approved version, and returns its id
// there; or says what keeps it from being made. Where NetSuite has customers of a similar
// name a person of finance decides: a duplicate is not undone by a later merge.
func (d *Desk) prospect(ctx context.Context, v quoting.Version, book *quoting.PriceBook) (id quoting.CustomerID, problem string, err error) {
	var p store.Prospect
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		p, err = tx.TakeProspect(ctx, v.Customer.Name, d.Now())
		return err
	})
	if err != nil || p.Customer != 0 {
		return p.Customer, "", err
	}
	want := quoting.Prospect{ExternalID: fmt.Sprintf("%sC-%d", d.Prefix, p.ID), Name: p.Name, Currency: v.Priced.Currency}
	there, found, err := d.NetSuite.ReadProspect(ctx, want.ExternalID)
	if err == nil && !found {
		// Only now: what was made before, and its answer lost, looks like itself.
		if near := book.Lookalikes(v.Customer.Name, maxCandidates); len(near) > 0 && !p.Confirmed {
			problem = fmt.Sprintf("%s is new, and NetSuite has customers of a similar name. Finance decides which it is.", v.Customer.Name)
			return 0, problem, d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
				return d.tell(ctx, tx, quoting.Finance, linkNotice(v, near), "prospect")
			})
		}
		switch err = d.NetSuite.WriteProspect(ctx, want); {
		case errors.Is(err, quoting.Refused):
			d.logFailure("prospect refused", "prospect", err)
			return 0, fmt.Sprintf("NetSuite refused %s as a new customer. Finance has to enter it there and link it.", v.Customer.Name), nil
		case errors.Is(err, quoting.OutcomeUnknown):
			return 0, "", river.JobSnooze(retryNetwork) // the next attempt reads first
		case err != nil:
			return 0, "", err
		}
		there, found, err = d.NetSuite.ReadProspect(ctx, want.ExternalID)
	}
	switch {
	case err != nil:
		return 0, "", err
	case !found:
		return 0, fmt.Sprintf("NetSuite accepted %s as a new customer but does not have it.", v.Customer.Name), nil
	case there.Name != want.Name || there.Currency != want.Currency || there.Inactive:
		return 0, fmt.Sprintf("NetSuite has another customer as %s than %s.", want.ExternalID, v.Customer.Name), nil
	}
	err = d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		if err := tx.KnowProspect(ctx, p.ID, there.ID); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			At: d.Now(), Kind: "prospect_made", Quote: v.Quote, Version: v.Number, Policy: v.Policy, Correlation: "prospect",
			Data: map[string]any{"prospect": p.ID, "customer": there.ID, "external_id": want.ExternalID},
		})
	})
	return there.ID, "", err
}

// linkNotice asks finance which customer a new one is.
func linkNotice(v quoting.Version, near []quoting.Customer) quoting.Notice {
	n := quoting.Notice{
		Title: "Is this customer new?", Quote: v.Quote, Version: v.Number,
		Text: fmt.Sprintf("%s v%d is approved for %s, whom NetSuite does not know. It has these, though. Which is it? The approved prices stay as they are.", v.Quote, v.Number, v.Customer.Name),
	}
	choose := func(title string, id quoting.CustomerID) {
		n.Choices = append(n.Choices, quoting.Choice{Title: title, Command: quoting.Command{
			Intent: quoting.LinkCustomer, Click: &quoting.Click{Quote: v.Quote, Version: v.Number, Customer: id},
		}})
	}
	for _, c := range near {
		choose(fmt.Sprintf("%s (%s)", c.Name, c.EntityID), c.ID)
	}
	choose("None: make it new", 0)
	return n
}

// link takes finance's word on who a new customer is, and lets the Estimate go on.
func (t *turn) link(ctx context.Context, q store.Quote, v *quoting.Version, id quoting.CustomerID) error {
	if !t.Person.Has(quoting.Finance) {
		return quoting.Errorf(quoting.Forbidden, "Only finance decides which customer that is.")
	}
	if !v.Customer.New() || v.State != quoting.Approved || q.State.Ended() {
		return quoting.Errorf(quoting.Conflict, "%s does not wait for that any more.", q.ID)
	}
	if id != 0 {
		book, err := t.Book()
		if err != nil {
			return err
		}
		customer, err := customerIn(book, id)
		if err != nil {
			return err
		}
		if err := quoting.LinkProblem(customer, v.Priced.Currency); err != nil {
			return err
		}
	}
	decided, err := t.tx.DecideProspect(ctx, v.Customer.Name, id, t.Person.RowID)
	if err != nil {
		return err
	}
	if !decided {
		return quoting.Errorf(quoting.Conflict, "That is decided already.")
	}
	if err := t.tx.Record(ctx, t.event("prospect_decided", *v, map[string]any{"customer": id})); err != nil {
		return err
	}
	return t.writeAgain(ctx, q)
}

// writeAgain has the Estimate of a quote written, or read, once more.
func (t *turn) writeAgain(ctx context.Context, q store.Quote) error {
	q.Estimate, q.Attention = quoting.Writing, ""
	if err := t.tx.SaveQuote(ctx, q.Quote); err != nil {
		return err
	}
	t.enqueue(estimateArgs{Quote: q.ID, Correlation: t.arrival.Correlation})
	return t.touch(ctx, q.ID)
}
