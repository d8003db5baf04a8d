package desk

import (
	"context"
	"fmt"
	"slices"

	"radioquote/quoting"
	"radioquote/store"
)

// settle finds the quote that a command is about, and puts its number into the command: the
// one that is named or clicked, the only one that a description fits, or the one that the
// conversation is about. Where several fit the person is asked, with a button each that
// goes on with this very command; where none does the person is told. False: the person
// was asked or told.
func (t *turn) settle(ctx context.Context, cmd quoting.Command) (quoting.Command, bool, error) {
	if cmd.Click != nil {
		cmd.Slots.QuoteID = cmd.Click.Quote
	}
	if cmd.Slots.QuoteID != 0 {
		return cmd, true, nil
	}
	if d, ok := description(cmd); ok {
		return t.described(ctx, cmd, d)
	}
	if t.Dialogue.Active != 0 && !slices.Contains(cmd.Needs, quoting.NeedQuote) {
		cmd.Slots.QuoteID = t.Dialogue.Active
		return cmd, true, nil
	}
	if cmd.Intent == quoting.ApproveQuote || cmd.Intent == quoting.RejectQuote || cmd.Intent == quoting.AskChanges {
		return cmd, false, t.queue(ctx, quoting.Command{Intent: quoting.ListApprovals, Slots: quoting.Slots{Approver: "me"}})
	}
	recent, err := t.tx.Search(ctx, store.Search{Owners: []int64{t.Person.RowID}, Limit: fewRecent})
	if err != nil {
		return cmd, false, err
	}
	if len(recent.Found) == 0 {
		return cmd, false, t.notice(ctx, t.noQuote("There is no quote yet."))
	}
	n := quoting.Notice{Text: "Which quote? Name it, like Q-1001, or take one of your last ones:"}
	return cmd, false, t.pick(ctx, cmd, n, recent.Found)
}

// fewRecent is how many of somebody's last quotes are offered.
const fewRecent = 3

// description is how a command speaks of a quote; false where it does not. The customer of
// a copy or a change is its new one, unless the customer's last quote is meant.
func description(cmd quoting.Command) (quoting.Description, bool) {
	s := cmd.Slots
	if (cmd.Intent == quoting.CloneQuote || cmd.Intent == quoting.ReviseQuote) && s.Source == "" {
		s.Customer = ""
	}
	if s.RefText == "" && s.Source == "" && s.Customer == "" {
		return quoting.Description{}, false
	}
	d := quoting.Describe(s)
	if d == (quoting.Description{Rep: d.Rep}) {
		return d, false // "that quote"
	}
	if d.Status == "" {
		d.Status = wanted[cmd.Intent]
	}
	return d, true
}

// wanted is in which state a quote is that an act is about: a deal that is won was open.
var wanted = map[quoting.Intent]string{
	quoting.ReviseQuote: "open", quoting.SubmitQuote: "open", quoting.CancelQuote: "open", quoting.ExtendValidity: "open", quoting.MarkOutcome: "open", quoting.SendDocument: "open",
	quoting.ApproveQuote: "pending_approval", quoting.RejectQuote: "pending_approval", quoting.AskChanges: "pending_approval", quoting.RecallQuote: "pending_approval", quoting.NudgeApprover: "pending_approval",
}

// described finds the quote that a description means.
func (t *turn) described(ctx context.Context, cmd quoting.Command, d quoting.Description) (quoting.Command, bool, error) {
	s := d.Slots()
	search, period, whose, err := t.searchOf(ctx, s)
	if err != nil {
		return cmd, false, err
	}
	search.Limit = pageSize
	if d.Last {
		search.Limit = 1
	}
	listing, err := t.tx.Search(ctx, search)
	if err != nil {
		return cmd, false, err
	}
	switch {
	case listing.Count == 0:
		n := quoting.Notice{Text: fmt.Sprintf("I find %s, or none that you may see.", s.Searched("no", true, period, whose)), Examples: []string{"list my quotes"}}
		return cmd, false, t.notice(ctx, n)
	case listing.Count > 1 && !d.Last:
		n := quoting.Notice{Text: fmt.Sprintf("Which one? There are %s:", s.Searched(quoting.Thousands(listing.Count), false, period, whose))}
		return cmd, false, t.pick(ctx, cmd, n, listing.Found)
	}
	return onQuote(cmd, listing.Found[0].ID), true, nil
}

// onQuote is the command on a quote that was chosen, without what described it.
func onQuote(cmd quoting.Command, id quoting.QuoteID) quoting.Command {
	if _, described := description(cmd); described {
		if cmd.Intent != quoting.CloneQuote && cmd.Intent != quoting.ReviseQuote || cmd.Slots.Source != "" {
			cmd.Slots.Customer = ""
		}
		cmd.Slots.RefText, cmd.Slots.Source, cmd.Slots.Rep, cmd.Slots.Status, cmd.Slots.Period = "", "", "", "", ""
	}
	cmd.Slots.QuoteID = id
	cmd.Needs = slices.DeleteFunc(slices.Clone(cmd.Needs), func(n quoting.Need) bool { return n == quoting.NeedQuote })
	return cmd
}

// pick asks which of some quotes a command is about.
func (t *turn) pick(ctx context.Context, cmd quoting.Command, n quoting.Notice, found []store.Found) error {
	waiting := t.waiting()
	for _, f := range found {
		e, err := t.entry(ctx, f, waiting)
		if err != nil {
			return err
		}
		next := onQuote(cmd, f.ID)
		next.Text = ""
		e.Command = &next
		n.Entries = append(n.Entries, e)
	}
	return t.list(ctx, n, cmd.Intent)
}

// list posts a list, whose entries and buttons may be answered by their numbers and names.
// A question has the intent that it is about; a list of things to look at has none.
func (t *turn) list(ctx context.Context, n quoting.Notice, pending quoting.Intent) error {
	var choices []quoting.Choice
	for _, e := range n.Entries {
		if e.Command != nil {
			choices = append(choices, quoting.Choice{Title: e.Title, Command: *e.Command})
		}
	}
	choices = append(choices, n.Choices...)
	t.asked = quoting.Dialogue{Pending: pending, Choices: choices}
	return t.notice(ctx, n)
}
