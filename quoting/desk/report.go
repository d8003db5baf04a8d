package desk

import (
	"context"
	"fmt"
	"slices"

	"radioquote/quoting"
	"radioquote/store"
)

// report writes a figure over the quotes that the person may see, how it is worked out, and
// the same of the period before.
func (t *turn) report(ctx context.Context, cmd quoting.Command) error {
	s := cmd.Slots
	if !slices.Contains(quoting.Metrics, s.Metric) {
		return t.notice(ctx, quoting.Notice{Text: "Which figure? I know these:", Examples: []string{"win rate last quarter", "how many quotes this month", "average discount this year", "approval time this month"}})
	}
	if s.Metric == "average_margin" && !t.Person.SeesMargin() {
		return quoting.Errorf(quoting.Forbidden, "Margins are for your manager. I can tell you the win rate, the number and value of quotes, the average discount and the approval time.")
	}
	code := s.Period
	if code == "" {
		code = "this_quarter"
	}
	period, err := quoting.ParsePeriod(code, t.arrival.At.UTC())
	if err != nil {
		return err
	}
	var search store.Search
	whose, err := t.whose(ctx, s.Rep, &search)
	if err != nil {
		return err
	}
	figures, err := t.tx.Figures(ctx, period, search.Owners, search.NotOwner)
	if err != nil {
		return err
	}
	if s.Metric == "average_margin" {
		event := store.Event{At: t.arrival.At, Kind: "margins_reported", Actor: t.Person.RowID, Policy: t.Policy.Version, Correlation: t.arrival.Correlation, Activity: t.arrival.Activity}
		if err := t.tx.Record(ctx, event); err != nil {
			return err
		}
	}
	m := figures.Metric(s.Metric)
	name, how := quoting.MetricName(s.Metric)
	when := period.Name
	if period.All() {
		when = "since the first quote"
	}
	n := quoting.Notice{Title: name + ", " + when, Figure: m.Value, Text: fmt.Sprintf("%s Of the quotes that you see: %s.", how, m.Basis)}
	if s.Rep != "" {
		n.Text = fmt.Sprintf("%s Of %s: %s.", how, whose, m.Basis)
	}
	switch {
	case m.Value == quoting.NoFigure:
		n.Text += " There is nothing to say of that time yet."
	case m.Few:
		n.Text += " That is few: take it as a hint."
	}
	if before, ok := period.Before(); ok {
		figures, err := t.tx.Figures(ctx, before, search.Owners, search.NotOwner)
		if err != nil {
			return err
		}
		then := figures.Metric(s.Metric)
		n.Entries = append(n.Entries, quoting.Entry{Title: quoting.Capital(before.Name), Note: then.Basis, Value: then.Value})
	}
	return t.notice(ctx, n)
}
