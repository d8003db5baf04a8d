package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"radioquote/quoting"
)

// history writes who did what to a quote and when, the newest first: all of it, or what
// concerns the parts or the field that are asked about.
func (t *turn) history(ctx context.Context, cmd quoting.Command) error {
	q, v, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	s := cmd.Slots
	events, err := t.tx.Happened(ctx, q.ID)
	if err != nil {
		return err
	}
	margins := t.Person.SeesMargin() && (slices.Contains(s.Aspect, "margin") || len(s.Aspect) == 0 && s.Field == "")
	if margins {
		if err := t.tx.Record(ctx, t.event("margin_shown", v, map[string]any{"where": "history"})); err != nil {
			return err
		}
	}
	events = slices.DeleteFunc(events, func(e quoting.Event) bool { return !e.Concerns(s.Aspect, s.Field) })
	n := quoting.Notice{Title: "History of " + q.ID.String(), Quote: q.ID, Version: q.Current}
	asked := strings.ReplaceAll(strings.Join(append(slices.Clone(s.Aspect), s.Field), " "), "_", " ")
	if asked = strings.TrimSpace(asked); asked != "" {
		n.Title += ": " + asked
	}
	if slices.Contains(s.Aspect, "margin") && !margins {
		n.Points = append(n.Points, "Margins are for your manager.")
	}
	if len(events) == 0 {
		n.Text = fmt.Sprintf("Nothing of that has happened to %s.", q.ID)
		return t.notice(ctx, n)
	}
	skip := min(max(s.Skip, 0), len(events)-1)
	n.Text = fmt.Sprintf("%s, the newest first; times are in UTC.", quoting.Count(len(events), "event"))
	for _, e := range events[skip:min(skip+pageSize, len(events))] {
		if t.Person.InRoom {
			e.Reason = "" // somebody's words, which may speak of a margin
		}
		n.Entries = append(n.Entries, quoting.Entry{Title: moment(e.At, t.arrival.At), Note: e.Sentence(s.Aspect, s.Field, margins)})
	}
	if next := skip + pageSize; next < len(events) {
		more := quoting.Command{Intent: quoting.AuditHistory, Slots: s}
		more.Slots.Skip, more.Slots.QuoteID = next, q.ID
		n.Choices = append(n.Choices, quoting.Choice{Title: fmt.Sprintf("More (%s left)", quoting.Thousands(len(events)-next)), Command: more})
	}
	return t.list(ctx, n, "")
}

// compare writes how two versions of a quote differ: the two that are named, or the last.
func (t *turn) compare(ctx context.Context, cmd quoting.Command) error {
	q, now, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	from, to := q.Current-1, q.Current
	switch versions := cmd.Slots.Versions; len(versions) {
	case 0:
	case 1:
		from = versions[0]
	default:
		from, to = min(versions[0], versions[1]), max(versions[0], versions[1])
	}
	switch {
	case q.Current == 1:
		return t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("%s has one version, so nothing has changed since it was made.", q.ID), Quote: q.ID, Version: 1})
	case from == to:
		return t.notice(ctx, quoting.Notice{Text: fmt.Sprintf("v%d is the version that %s is at; name another one to compare it with.", to, q.ID), Quote: q.ID, Version: to})
	case from < 1 || to > q.Current || from > to:
		return quoting.Errorf(quoting.Invalid, "%s has versions 1 to %d. Name two of them.", q.ID, q.Current)
	}
	old, err := t.tx.Version(ctx, q.ID, from)
	if err != nil {
		return err
	}
	if to != q.Current {
		if now, err = t.tx.Version(ctx, q.ID, to); err != nil {
			return err
		}
	}
	n := quoting.Notice{Title: fmt.Sprintf("%s: v%d → v%d", q.ID, from, to), Quote: q.ID, Version: to, Text: quoting.TotalSince(old, now)}
	changes := slices.DeleteFunc(now.ChangesSince(old), func(c string) bool { return strings.HasPrefix(c, "Total: ") })
	if len(changes) == 0 {
		n.Text = "They are the same."
	} else {
		n.Sections = []quoting.Section{{Title: "What changed", Points: changes}}
	}
	return t.notice(ctx, n)
}
