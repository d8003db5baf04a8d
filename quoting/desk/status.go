package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"radioquote/quoting"
	"radioquote/store"
)

// status answers a question about a part of a quote in a sentence or a list; without a part
// it posts the quote's card.
func (t *turn) status(ctx context.Context, cmd quoting.Command) error {
	aspects := slices.DeleteFunc(slices.Clone(cmd.Slots.Aspect), func(a string) bool { return !slices.Contains(quoting.Aspects, a) })
	if len(aspects) == 0 {
		return t.show(ctx, cmd, store.QuoteMessage)
	}
	q, v, _, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	view, err := t.view(ctx, t.tx, q, v, t.Person, t.arrival.At)
	if err != nil {
		return err
	}
	if slices.Contains(aspects, "margin") && view.ShowMargin {
		if err := t.tx.Record(ctx, t.event("margin_shown", v, map[string]any{"where": "status"})); err != nil {
			return err
		}
	}
	open := quoting.Choice{Title: "Open " + q.ID.String(), Command: quoting.Command{Intent: quoting.ShowQuote, Click: &quoting.Click{Quote: q.ID, Version: v.Number}}}
	n := quoting.Notice{Quote: q.ID, Version: v.Number, Choices: []quoting.Choice{open}}
	for _, aspect := range aspects {
		if aspect == "lines" {
			n.Entries = lineEntries(view)
			if n.Text == "" {
				n.Text = fmt.Sprintf("%s for %s.", quoting.Count(len(view.Priced.Lines), "line"), nameOf(v))
				if view.ShowPrices {
					n.Text = strings.TrimSuffix(n.Text, ".") + ": " + view.Priced.Total.Display() + "."
				}
			}
			continue
		}
		part := view.Part(aspect, t.arrival.At)
		if n.Text == "" {
			n.Text, n.Points = part.Points[0], part.Points[1:]
			continue
		}
		n.Sections = append(n.Sections, part)
	}
	return t.notice(ctx, n)
}

// lineEntries are the lines of a quote, the largest first, as many as a list shows.
func lineEntries(v quoting.View) []quoting.Entry {
	lines := slices.Clone(v.Priced.Lines)
	value := func(m quoting.Money) string {
		if !v.ShowPrices {
			return ""
		}
		return m.Display()
	}
	slices.SortStableFunc(lines, func(a, b quoting.Line) int { return b.Extended.Cmp(a.Extended) })
	var entries []quoting.Entry
	for _, l := range lines[:min(len(lines), pageSize)] {
		entries = append(entries, quoting.Entry{Title: fmt.Sprintf("%s × %s", quoting.Thousands(l.Qty), l.SKU), Note: l.Name, Value: value(l.Extended)})
	}
	if rest := lines[len(entries):]; len(rest) > 0 {
		sum := quoting.Money{Currency: v.Priced.Currency}
		for _, l := range rest {
			if more, err := sum.Add(l.Extended); err == nil {
				sum = more
			}
		}
		entries = append(entries, quoting.Entry{Title: quoting.Count(len(rest), "line") + " more", Value: value(sum)})
	}
	return entries
}

// explainApproval writes who has to approve a quote and why, or what would change that.
func (t *turn) explainApproval(ctx context.Context, cmd quoting.Command) error {
	q, v, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if _, aimed := cmd.Slots.Target(); cmd.Slots.Simulate || aimed {
		return t.simulate(ctx, q, v, cmd)
	}
	view, err := t.view(ctx, t.tx, q, v, t.Person, t.arrival.At)
	if err != nil {
		return err
	}
	if err := t.tx.Record(ctx, t.event("quote_explained", v, map[string]any{"margin_shown": view.ShowMargin, "what": "approval"})); err != nil {
		return err
	}
	n := quoting.Notice{Title: fmt.Sprintf("Who approves %s, and why", q.ID), Text: view.Held(t.arrival.At), Points: quoting.WhyApprovals(view), Quote: q.ID, Version: v.Number}
	return t.notice(ctx, n)
}

// simulate writes what approval a quote would need with other terms. Nothing of it is
// stored but that it was asked.
func (t *turn) simulate(ctx context.Context, q store.Quote, v quoting.Version, cmd quoting.Command) error {
	if target, ok := cmd.Slots.Target(); ok && target.NeedsMargin() && !t.Person.SeesMargin() {
		return quoting.Errorf(quoting.Forbidden, "Margins are for your manager. Name a total or a discount, or ask your manager what is possible.")
	}
	book, err := t.Book()
	if err != nil {
		return err
	}
	if v.System.Review != "" {
		return quoting.Errorf(quoting.Invalid, "%s has no price yet. %s", q.ID, v.System.Review)
	}
	if err := t.budget.spend(t.Person.ID, t.arrival.At); err != nil {
		return err
	}
	all, err := quoting.Simulate(t.Policy, book, v, cmd.Slots)
	if err != nil {
		return err
	}
	tried := make([]map[string]any, len(all))
	n := quoting.Notice{Title: "What if, for " + q.ID.String(), Text: quoting.Verdict(all), Quote: q.ID, Version: v.Number}
	for i, variant := range all {
		tried[i] = map[string]any{"discount": variant.Version.Priced.Discount, "total": variant.Version.Priced.Total, "level": variant.Level()}
		who := strings.TrimPrefix(quoting.WhoApproves(variant.Version.Approvals), "it needs ")
		if why := variant.Why(t.Person.Person); why != "" {
			who += " · " + why
		}
		n.Entries = append(n.Entries, quoting.Entry{Title: variant.Title, Note: quoting.Capital(who), Value: variant.Version.Priced.Total.Display()})
	}
	if err := t.tx.Record(ctx, t.event("approval_simulated", v, map[string]any{"variants": tried})); err != nil {
		return err
	}
	if last := all[len(all)-1]; len(all) == 2 && len(last.Changes) > 0 && q.Owner == t.Person.ID && !q.State.Ended() {
		n.Choices = []quoting.Choice{{Title: "Change it so", Command: quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: q.ID, Changes: last.Changes}}}}
	}
	return t.notice(ctx, n)
}
