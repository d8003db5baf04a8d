package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"radioquote/quoting"
	"radioquote/store"
)

// queue writes what waits for a decision of the person, or of somebody who is named, who
// waits longest first. A tap opens the card that decides. To somebody who decides nothing
// it shows the own quotes that wait.
func (t *turn) queue(ctx context.Context, cmd quoting.Command) error {
	s := cmd.Slots
	of, name, err := t.approvers(ctx, s.Approver)
	if err != nil {
		return err
	}
	all, err := t.tx.Pending(ctx)
	if err != nil {
		return err
	}
	waiting := t.waiting()
	var found []store.Found
	var with []string // for each, with whom it is
	for _, f := range all {
		who, err := waiting(ctx, f)
		if err != nil {
			return err
		}
		mine := f.OwnerRow == t.Person.RowID
		wanted := of == nil && (mine || s.Approver == "") || slices.ContainsFunc(who, func(p store.Person) bool { return slices.Contains(of, p.RowID) })
		if s.AmountMin != nil && f.Version.Priced.Total.Amount.Cmp(s.AmountMin.Decimal) < 0 {
			wanted = false
		}
		if wanted {
			found, with = append(found, f), append(with, firstNames(who))
		}
	}
	n := quoting.Notice{Title: fmt.Sprintf("%s for %s", waits(len(found)), name)}
	if of == nil {
		n.Title = fmt.Sprintf("%s for approval", waits(len(found)))
	}
	if len(found) == 0 {
		n.Title, n.Text = "", fmt.Sprintf("Nothing waits for %s.", name)
		if of == nil {
			n.Text = "Nothing that you see waits for approval."
		}
		if s.AmountMin != nil {
			n.Text = strings.TrimSuffix(n.Text, ".") + " from " + quoting.Money{Amount: s.AmountMin.Decimal, Currency: t.Policy.Currency}.Display() + "."
		}
		return t.list(ctx, n, "")
	}
	oldest := found[0].Version.SubmittedAt
	n.Text = fmt.Sprintf("Together %s. The oldest since %s UTC (%s).", quoting.Sums(sums(found)), moment(oldest, t.arrival.At), quoting.Ago(oldest, t.arrival.At))
	if !t.Person.SeesAllPrices() {
		n.Text = fmt.Sprintf("The oldest since %s UTC (%s).", moment(oldest, t.arrival.At), quoting.Ago(oldest, t.arrival.At))
	}
	skip := min(max(s.Skip, 0), len(found)-1)
	for i, f := range found[skip:min(skip+pageSize, len(found))] {
		notes := []string{f.OwnerName, quoting.Ago(f.Version.SubmittedAt, t.arrival.At)}
		if of == nil || len(of) > 1 {
			notes = append(notes, "with "+with[skip+i])
		}
		notes = append(notes, f.Version.WhyNext(t.Person.Person, f.Quote.Quote)...)
		n.Entries = append(n.Entries, quoting.Entry{
			Title: fmt.Sprintf("%s v%d · %s", f.ID, f.Current, nameOf(f.Version)), Note: strings.Join(notes, " · "), Value: t.value(f),
			Command: &quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: f.ID}},
		})
	}
	if next := skip + pageSize; next < len(found) {
		more := quoting.Command{Intent: quoting.ListApprovals, Slots: s}
		more.Slots.Skip = next
		n.Text += fmt.Sprintf(" %d–%d of %s.", skip+1, next, quoting.Thousands(len(found)))
		n.Choices = append(n.Choices, quoting.Choice{Title: fmt.Sprintf("More (%s left)", quoting.Thousands(len(found)-next)), Command: more})
	}
	return t.list(ctx, n, "")
}

func waits(n int) string {
	if n == 1 {
		return "1 quote waits"
	}
	return quoting.Thousands(n) + " quotes wait"
}

// approvers are the rows of those whose decisions are asked for, and how they are called;
// nil: the person decides nothing, or asks for everybody's.
func (t *turn) approvers(ctx context.Context, who string) ([]int64, string, error) {
	p := t.Person
	switch {
	case (who == "" || who == "me") && p.MayDecide():
		return []int64{p.RowID}, "you", nil
	case who == "" || who == "me":
		return nil, "you", nil
	case who == "manager":
		manager, found, err := t.tx.Approver(ctx, p.RowID)
		if err == nil && !found {
			err = quoting.Errorf(quoting.NotFound, "Nobody is named who approves your quotes. Ask your admin to enter your manager.")
		}
		return []int64{manager.RowID}, manager.Name, err
	}
	found, err := t.named(ctx, who)
	var rows []int64
	for _, p := range found {
		rows = append(rows, p.RowID)
	}
	return rows, quoting.Either(people(found)), err
}

// sums are the totals of some quotes together, by currency.
func sums(found []store.Found) []quoting.Money {
	var all []quoting.Money
	for _, f := range found {
		total := f.Version.Priced.Total
		i := slices.IndexFunc(all, func(m quoting.Money) bool { return m.Currency == total.Currency })
		if i < 0 {
			all = append(all, total)
			continue
		}
		if sum, err := all[i].Add(total); err == nil {
			all[i] = sum
		}
	}
	return all
}
