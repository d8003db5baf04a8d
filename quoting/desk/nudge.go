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

// openRecall posts the card whose button takes a quote back from approval: text does not.
func (t *turn) openRecall(ctx context.Context, cmd quoting.Command) error {
	q, v, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if problem := quoting.RecallProblem(q.Quote, v, t.Person.ID); problem != nil {
		return problem
	}
	return t.show(ctx, cmd, store.QuoteMessage)
}

// nudgeApprover reminds those of whom a quote waits, now or when that is next allowed, and
// says when the quote is escalated. Escalating is left to the clocks.
func (t *turn) nudgeApprover(ctx context.Context, cmd quoting.Command) error {
	q, _, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if q, err = t.tx.LockQuote(ctx, q.ID); err != nil {
		return err
	}
	w, waits, err := t.tx.WaitingQuote(ctx, q.ID)
	if err != nil {
		return err
	}
	v, err := t.tx.Version(ctx, q.ID, q.Current)
	if err != nil {
		return err
	}
	switch {
	case v.WaitsForPrices():
		return quoting.Errorf(quoting.Conflict, "%s v%d waits for NetSuite's prices and for nobody; I keep asking.", q.ID, v.Number)
	case !waits:
		return quoting.Errorf(quoting.Conflict, "%s v%d is %s, so it waits for nobody.", q.ID, v.Number, v.State)
	}
	s, err := t.standing(ctx, t.tx, q, v, t.arrival.At)
	if err != nil {
		return err
	}
	open := s.OpenSteps(t.Policy, q.Quote, v)
	if q.Owner != t.Person.ID && len(quoting.Mine(open, t.Person.ID)) == 0 {
		return quoting.Errorf(quoting.Forbidden, "Only the owner of %s and whoever decides on it can have somebody reminded.", q.ID)
	}
	n := quoting.Notice{Quote: q.ID, Version: v.Number}
	if cmd.Slots.Escalate || cmd.Slots.EscalateTo != "" {
		n.Text = "I escalate by the clock, for everybody alike, and not by hand."
	} else {
		named := slices.DeleteFunc(slices.Clone(open), func(o quoting.OpenStep) bool { return !isNamed(o, cmd.Slots.Approver) })
		if len(named) == 0 {
			return quoting.Errorf(quoting.Invalid, "%s v%d does not wait for %s but for %s. Say \"remind\" with that name.", q.ID, v.Number, cmd.Slots.Approver, quoting.WaitsFor(open))
		}
		var said []string
		for _, o := range named {
			sentence, err := t.remindNow(ctx, q, v, o, s, &w.Timing)
			if err != nil {
				return err
			}
			said = append(said, sentence)
		}
		n.Text = strings.Join(said, " ")
	}
	for _, o := range open {
		n.Text += " " + t.escalation(q, v, o, w.Timing)
	}
	if q.Owner == t.Person.ID && !v.Waits {
		n.Text += " Where the customer is waiting, all of that is sooner:"
		n.Choices = []quoting.Choice{{Title: "The customer is waiting", Command: quoting.Command{Intent: quoting.CustomerWaits, Click: &quoting.Click{Quote: q.ID, Version: v.Number}}}}
	}
	return t.notice(ctx, n)
}

// isNamed says whether a step waits for whom a message names: somebody, a role, or nobody in
// particular.
func isNamed(o quoting.OpenStep, who string) bool {
	if who == "" || who == "manager" || who == "me" || strings.EqualFold(o.Role.Words(), who) || strings.EqualFold(string(o.Role), who) {
		return true
	}
	return slices.ContainsFunc(o.Deciders, func(d quoting.Decider) bool { return quoting.NameFits(d.Name, who) })
}

// remindNow sends the next reminder of a step, or notes that it is wished for until one may be
// sent, and says which.
func (t *turn) remindNow(ctx context.Context, q store.Quote, v quoting.Version, open quoting.OpenStep, s standing, timing *quoting.Timing) (string, error) {
	calendar := t.Policy.CalendarOf(q.Team)
	clock := timing.Clock(v, open.ApprovalStep, calendar, t.arrival.At)
	who := quoting.WaitsFor([]quoting.OpenStep{open})
	if len(open.Deciders) == 0 {
		return fmt.Sprintf("Nobody can decide as %s yet, so there is nobody to remind; finance and the admins know.", lower(open.Role)), nil
	}
	sent := sentOf(v, open, quoting.Nudge{Kind: quoting.Remind, Reminded: clock.Reminded + 1}, t.arrival.At)
	if free := t.Policy.NudgeFrom(clock, calendar, t.arrival.At); free.After(t.arrival.At) {
		why := "nobody is reminded in quiet hours"
		if clock.NudgesToday >= t.Policy.Clocks.NudgesADay {
			why = fmt.Sprintf("a quote has %d reminders a day", t.Policy.Clocks.NudgesADay)
		}
		sent.Kind, sent.At = quoting.Wished, free
		_, err := t.tx.SaveNudge(ctx, q.ID, sent)
		return fmt.Sprintf("I remind %s %s: %s.", who, when(free, t.arrival.At, calendar), why), err
	}
	reached, err := t.remind(ctx, q, v, open, s, sent)
	if err != nil {
		return "", err
	}
	timing.Sent = append(timing.Sent, sent)
	if clock.AskedAt.IsZero() && len(reached) > 0 { // asked by this very reminder
		timing.Asked = append(timing.Asked, quoting.StepAsked{Branch: open.Branch, Level: open.Level, At: t.arrival.At})
	}
	if len(reached) == 0 {
		return fmt.Sprintf("I can reach nobody of %s: out of office, or not in Teams with me yet.", who), nil
	}
	return fmt.Sprintf("I have reminded %s.", together(names(reached))), nil
}

// escalation says when a step is brought before the next level by itself.
func (t *turn) escalation(q store.Quote, v quoting.Version, open quoting.OpenStep, timing quoting.Timing) string {
	calendar := t.Policy.CalendarOf(q.Team)
	clock := timing.Clock(v, open.ApprovalStep, calendar, t.arrival.At)
	role, _, above := clock.Above()
	switch {
	case !above:
		return fmt.Sprintf("Nobody is above %s.", lower(open.Role))
	case clock.Escalated:
		return fmt.Sprintf("It has been brought before the next level: it waits for %s.", quoting.WaitsFor([]quoting.OpenStep{open}))
	}
	at, ok := t.Policy.EscalatesAt(clock, calendar)
	switch {
	case !ok:
		return fmt.Sprintf("As soon as somebody is asked as %s, the clock runs.", lower(open.Role))
	case !at.After(t.arrival.At):
		return fmt.Sprintf("%s is asked as well within minutes.", role.Words())
	}
	return fmt.Sprintf("If nobody decides, %s is asked as well %s.", lower(role), when(at, t.arrival.At, calendar))
}

// when is a time to come as a team says it: "at 08:00", "tomorrow at 08:00".
func when(at, now time.Time, calendar quoting.Calendar) string {
	at = at.In(calendar.Zone)
	_, midnight := calendar.Day(now)
	_, next := calendar.Day(midnight)
	switch {
	case at.Before(midnight):
		return at.Format("at 15:04")
	case at.Before(next):
		return at.Format("tomorrow at 15:04")
	}
	return at.Format("on Monday 2 January at 15:04")
}

// openPassOn offers the button that asks a colleague to decide on a quote as well, or for an
// opinion.
func (t *turn) openPassOn(ctx context.Context, cmd quoting.Command) error {
	if cmd.Slots.QuoteID == 0 && cmd.Slots.RefText == "" && t.approving != 0 {
		cmd.Slots.QuoteID, cmd.Needs = t.approving, nil
	}
	q, v, cmd, ok, err := t.about(ctx, cmd)
	switch {
	case !ok || err != nil:
		return err
	case q.Owner == t.Person.ID:
		return quoting.Errorf(quoting.Forbidden, "%s is yours: whoever decides on it asks whom they want to hear.", q.ID)
	}
	s, err := t.standing(ctx, t.tx, q, v, t.arrival.At)
	if err != nil {
		return err
	}
	open := s.OpenSteps(t.Policy, q.Quote, v)
	mine := quoting.Mine(open, t.Person.ID)
	if problem := quoting.DecideProblem(q.Quote, v, open, t.Person.Person, v.DecisionNonce(mine)); problem != nil {
		return problem
	}
	if cmd.Slots.DelegateTo == "" {
		return t.notice(ctx, quoting.Notice{Text: "Whom shall I ask? Say it with the name:", Examples: []string{"ask Eve what she thinks of " + q.ID.String()}, Quote: q.ID, Version: v.Number})
	}
	found, err := t.named(ctx, cmd.Slots.DelegateTo)
	if err != nil {
		return err
	}
	n := quoting.Notice{Text: "One tap asks for an opinion. It decides nothing; you do.", Quote: q.ID, Version: v.Number}
	if cmd.Intent == quoting.Reassign {
		n.Text = "One tap asks them to decide as well. You can still decide yourself."
	}
	var problem error
	for _, p := range found {
		if p.ID == q.Owner || p.ID == t.Person.ID {
			problem = quoting.Errorf(quoting.Invalid, "%s has a part in %s already. Name another colleague.", p.Name, q.ID)
			continue
		}
		title := "Ask " + p.Name + " for an opinion"
		if cmd.Intent == quoting.Reassign {
			title = "Let " + p.Name + " decide too"
			if err := s.ReassignProblem(q.Quote, v, mine[0].ApprovalStep, p.Person); err != nil {
				problem = err
				continue
			}
		}
		n.Choices = append(n.Choices, quoting.Choice{Title: title, Command: quoting.Command{
			Intent: cmd.Intent, Slots: quoting.Slots{DelegateTo: p.ID.Object}, Click: &quoting.Click{Quote: q.ID, Version: v.Number},
		}})
	}
	if len(n.Choices) == 0 {
		return problem
	}
	return t.notice(ctx, n)
}
