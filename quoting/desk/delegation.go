package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// Somebody who decides says when they are away, and lets others decide meanwhile. That one
// is away is noted as it is said: it gives nobody a right that they do not have. That another
// decides in one's place is done by a button alone, which names the person and the end.

// calendar is when the person of the turn works.
func (t *turn) calendar() quoting.Calendar { return t.Policy.CalendarOf(t.Person.Team) }

// timeOff is from when and until when a message says; a zero end is that it does not say, or
// says until somebody is back.
func (t *turn) timeOff(s quoting.Slots) (since, until time.Time, err error) {
	since = t.arrival.At
	if s.SinceText != "" {
		if since, err = quoting.ParseSince(s.SinceText, t.arrival.At, t.calendar()); err != nil {
			return since, until, err
		}
	}
	if s.UntilText == "" || isOpenEnd(s.UntilText) {
		return since, time.Time{}, nil
	}
	if until, err = quoting.ParseUntil(s.UntilText, t.arrival.At, t.calendar()); err != nil {
		return since, until, err
	}
	if !until.After(since) {
		return since, until, quoting.Errorf(quoting.Invalid, "That ends before it begins. Say it again with both days, like \"from Monday until Friday\".")
	}
	return since, until, nil
}

// isOpenEnd says whether an end is no day but that somebody is back.
func isOpenEnd(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"back", "return", "further notice", "say otherwise", "say so"}, func(end string) bool { return strings.Contains(text, end) })
}

// outOfOffice notes that the person is away, or back, and says what becomes meanwhile of what
// waits.
func (t *turn) outOfOffice(ctx context.Context, cmd quoting.Command) error {
	if cmd.Slots.Back {
		return t.back(ctx)
	}
	since, until, err := t.timeOff(cmd.Slots)
	if err != nil {
		return err
	}
	noted, err := t.noteAway(ctx, since, until)
	if err != nil {
		return err
	}
	n := quoting.Notice{Text: noted}
	switch {
	case !t.Person.MayDecide():
		n.Text += " You approve nothing, so nothing waits for you."
	case since.After(t.arrival.At):
		n.Text += " Whoever asks for your approval then is told, and somebody else is asked."
	default:
		meanwhile, err := t.whileAway(ctx)
		if err != nil {
			return err
		}
		n.Text += " " + meanwhile
	}
	if n.Choices, err = t.standIns(ctx, since, until); err != nil {
		return err
	}
	switch {
	case len(n.Choices) > 0:
		n.Text += " Somebody can decide in your place:"
	case until.IsZero() && t.Person.MayDecide():
		n.Text += " For somebody to decide in your place, say who and until when:"
		n.Examples = []string{"let Sam decide for me until Friday"}
	}
	return t.notice(ctx, n)
}

// noteAway notes that the person is away, and says so.
func (t *turn) noteAway(ctx context.Context, since, until time.Time) (string, error) {
	if err := t.tx.SayAway(ctx, t.Person.RowID, bySaying, since, until, t.arrival.At); err != nil {
		return "", err
	}
	text, data := "I noted that you are out of office until you say \"I'm back\"", map[string]any{"since": since.UTC()}
	if !until.IsZero() {
		text, data["until"] = "I noted that you are out of office until "+quoting.UntilWords(until, t.calendar()), until.UTC()
	}
	if since.After(t.arrival.At) {
		text += since.In(t.calendar().Zone).Format(", from Monday 2 January on")
	}
	return text + ".", t.tx.Record(ctx, t.event("absence_said", quoting.Version{}, data))
}

// whileAway asks others for what waits for the person, who is away by now, and says so.
func (t *turn) whileAway(ctx context.Context) (string, error) {
	mine, err := t.mine(ctx)
	if err != nil {
		return "", err
	}
	if len(mine) == 0 {
		return "Nothing waits for your decision now.", nil
	}
	var asked, alone []string
	for _, id := range mine {
		q, v, s, err := t.waitingFor(ctx, id)
		if err != nil {
			return "", err
		}
		for _, open := range quoting.Mine(s.OpenSteps(t.Policy, q.Quote, v), t.Person.ID) {
			people := s.ToAsk(q.Quote, v, open)
			first, err := t.askAll(ctx, q, v, open.ApprovalStep, people, s)
			if err != nil {
				return "", err
			}
			for _, d := range first {
				if !slices.Contains(asked, d.Name) {
					asked = append(asked, d.Name)
				}
			}
			if len(s.Present(people)) == 0 {
				alone = append(alone, q.ID.String())
			}
		}
		if err := t.touch(ctx, q.ID); err != nil {
			return "", err
		}
	}
	text := waits(len(mine)) + " for you"
	switch {
	case len(asked) == 1:
		text += "; " + asked[0] + " is asked as well."
	case len(asked) > 1:
		text += "; " + together(asked) + " are asked as well."
	case len(alone) == 0:
		text += ", and for others who are there."
	default:
		text += "."
	}
	if len(alone) > 0 {
		text += fmt.Sprintf(" Nobody else can decide on %s meanwhile.", together(alone))
	}
	return text, nil
}

// mine are the quotes that wait for the person's decision, by number.
func (t *turn) mine(ctx context.Context) ([]quoting.QuoteID, error) {
	all, err := t.tx.Pending(ctx)
	if err != nil {
		return nil, err
	}
	waiting := t.waiting()
	var mine []quoting.QuoteID
	for _, f := range all {
		who, err := waiting(ctx, f)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(who, func(p store.Person) bool { return p.RowID == t.Person.RowID }) {
			mine = append(mine, f.ID)
		}
	}
	slices.Sort(mine)
	return mine, nil
}

// waitingFor is a quote, kept as it is until the turn ends, and who decides on it.
func (t *turn) waitingFor(ctx context.Context, id quoting.QuoteID) (q store.Quote, v quoting.Version, s standing, err error) {
	if q, err = t.tx.LockQuote(ctx, id); err != nil {
		return q, v, s, err
	}
	if v, err = t.tx.Version(ctx, q.ID, q.Current); err != nil {
		return q, v, s, err
	}
	if v.State != quoting.Pending || q.State != quoting.Open {
		return q, v, standing{}, nil // decided meanwhile
	}
	s, err = t.standing(ctx, t.tx, q, v, t.arrival.At)
	return q, v, s, err
}

// back notes that the person is there again. What was passed on stays so until it is ended.
func (t *turn) back(ctx context.Context) error {
	was, err := t.tx.SayBack(ctx, t.Person.RowID, bySaying)
	if err != nil {
		return err
	}
	if was {
		if err := t.tx.Record(ctx, t.event("absence_ended", quoting.Version{}, nil)); err != nil {
			return err
		}
	}
	o, _, err := t.tx.Organisation(ctx, t.Person.RowID, 0, 0, t.arrival.At)
	if err != nil {
		return err
	}
	n := quoting.Notice{Text: "Welcome back."}
	if until, away := o.IsAway(t.Person.ID); away {
		n.Text = "Your mail still answers by itself, so people are told that you are away"
		if !until.IsZero() {
			n.Text += " until " + quoting.UntilWords(until, t.calendar())
		}
		n.Text += ". Turn that off in Outlook as well."
	} else if !was {
		n.Text = "You were not marked as away."
	}
	if t.Person.MayDecide() {
		mine, err := t.mine(ctx)
		if err != nil {
			return err
		}
		if len(mine) == 0 {
			n.Text += " Nothing waits for your decision."
		} else {
			n.Text += " " + waits(len(mine)) + " for you."
			n.Choices = []quoting.Choice{{Title: "What waits for me", Command: quoting.Command{Intent: quoting.ListApprovals, Slots: quoting.Slots{Approver: "me"}}}}
		}
	}
	given, err := t.given(ctx)
	if err != nil {
		return err
	}
	for _, d := range given {
		n.Text += fmt.Sprintf(" %s still decides in your place until %s.", d.to.Name, quoting.UntilWords(d.Until, t.calendar()))
	}
	if len(given) > 0 {
		n.Choices = append(n.Choices, quoting.Choice{Title: "End that now", Command: quoting.Command{
			Intent: quoting.Delegate, Slots: quoting.Slots{Back: true}, Click: &quoting.Click{Person: t.Person.ID.Object},
		}})
	}
	return t.notice(ctx, n)
}

// handedTo is a delegation of the person's, and to whom.
type handedTo struct {
	quoting.Delegation
	to store.Person
}

// given are the person's delegations that have not ended.
func (t *turn) given(ctx context.Context) ([]handedTo, error) {
	inForce, err := t.tx.Delegations(ctx, t.arrival.At)
	if err != nil {
		return nil, err
	}
	inForce = slices.DeleteFunc(inForce, func(d quoting.Delegation) bool { return d.From != t.Person.ID })
	if len(inForce) == 0 {
		return nil, nil
	}
	people, err := t.tx.People(ctx)
	if err != nil {
		return nil, err
	}
	var given []handedTo
	for _, d := range inForce {
		if i := slices.IndexFunc(people, func(p store.Person) bool { return p.ID == d.To }); i >= 0 {
			given = append(given, handedTo{d, people[i]})
		}
	}
	return given, nil
}

// maxStandIns is how many people are offered to stand in.
const maxStandIns = 3

// standIns are people who may decide in the person's place for a time and are there, one tap
// each.
func (t *turn) standIns(ctx context.Context, since, until time.Time) ([]quoting.Choice, error) {
	if !t.Person.MayDecide() || until.IsZero() {
		return nil, nil
	}
	inForce, err := t.tx.Delegations(ctx, t.arrival.At)
	if err != nil {
		return nil, err
	}
	o, _, err := t.tx.Organisation(ctx, t.Person.RowID, 0, 0, t.arrival.At)
	if err != nil {
		return nil, err
	}
	var choices []quoting.Choice
	for _, p := range o.People {
		_, away := o.IsAway(p.ID)
		known := slices.ContainsFunc(inForce, func(d quoting.Delegation) bool { return d.From == t.Person.ID && d.To == p.ID })
		if away || known || slices.Contains(o.NoChat, p.ID) || len(choices) == maxStandIns || quoting.DelegationProblem(t.Policy, t.Person.Person, p, since, until, inForce) != nil {
			continue
		}
		choices = append(choices, t.handOver(p, since, until))
	}
	return choices, nil
}

// handOver is the button that lets somebody decide in the person's place.
func (t *turn) handOver(to quoting.Person, since, until time.Time) quoting.Choice {
	slots := quoting.Slots{DelegateTo: to.ID.Object, UntilText: until.UTC().Format(time.RFC3339)}
	if since.After(t.arrival.At) {
		slots.SinceText = since.UTC().Format(time.RFC3339)
	}
	return quoting.Choice{
		Title:   fmt.Sprintf("Let %s decide until %s", to.Name, quoting.UntilWords(until, t.calendar())),
		Command: quoting.Command{Intent: quoting.Delegate, Slots: slots, Click: &quoting.Click{Person: t.Person.ID.Object}},
	}
}

// delegate offers the button by which somebody else decides: text passes nothing on. What
// takes it back needs none.
func (t *turn) delegate(ctx context.Context, cmd quoting.Command) error {
	s := cmd.Slots
	if s.Back {
		text, err := t.endDelegations(ctx)
		if err != nil {
			return err
		}
		return t.notice(ctx, quoting.Notice{Text: text})
	}
	since, until, err := t.timeOff(s)
	if err != nil {
		return err
	}
	n, err := t.offerDelegate(ctx, s, since, until)
	if s.Away { // which holds whatever becomes of the rest
		sentence, said := quoting.Sentence(err)
		if err != nil && !said {
			return err
		}
		var noted string
		if noted, err = t.noteAway(ctx, since, until); said {
			n = quoting.Notice{Text: sentence}
		}
		n.Text = noted + " " + n.Text
	}
	if err != nil {
		return err
	}
	return t.notice(ctx, n)
}

// offerDelegate is the notice with the button that lets somebody decide in the person's place.
func (t *turn) offerDelegate(ctx context.Context, s quoting.Slots, since, until time.Time) (quoting.Notice, error) {
	var n quoting.Notice
	if !t.Person.MayDecide() || t.Person.Has(quoting.Admin) {
		return n, quoting.DelegationProblem(t.Policy, t.Person.Person, quoting.Person{}, t.arrival.At, t.arrival.At, nil)
	}
	if until.IsZero() {
		who := cmp.Or(s.DelegateTo, "Sam")
		n.Text = fmt.Sprintf("Until when? A delegation ends by itself, after %d days at most. Say it with the day:", t.Policy.Delegation.MaxDays)
		n.Examples = []string{fmt.Sprintf("let %s decide for me until Friday", who), fmt.Sprintf("let %s decide for me for two weeks", who)}
		return n, nil
	}
	n.Text = "One tap, and it is so. You can still decide yourself, and \"end my delegation\" takes it back."
	if s.DelegateTo == "" {
		choices, err := t.standIns(ctx, since, until)
		if n.Choices = choices; len(choices) == 0 {
			n.Text = "Who decides in your place? Nobody whom I see has your level and is there; name somebody, or leave it: the next level is asked when you are away."
			return n, err
		}
		n.Text = "Who decides in your place? These may, and are there. " + n.Text
		return n, err
	}
	found, err := t.named(ctx, s.DelegateTo)
	if err != nil {
		return n, err
	}
	inForce, err := t.tx.Delegations(ctx, t.arrival.At)
	if err != nil {
		return n, err
	}
	var problem error
	for _, p := range found {
		if err := quoting.DelegationProblem(t.Policy, t.Person.Person, p.Person, since, until, inForce); err != nil {
			problem = err
			continue
		}
		n.Choices = append(n.Choices, t.handOver(p.Person, since, until))
	}
	switch {
	case len(n.Choices) == 0:
		return n, problem
	case len(n.Choices) > 1:
		n.Text = fmt.Sprintf("Which %s? %s", s.DelegateTo, n.Text)
	}
	return n, nil
}

// clickDelegate lets somebody decide in the person's place, or ends that: by the button of
// the person alone, judged once more, and after a sign-in where the policy wants one.
func (t *turn) clickDelegate(ctx context.Context, cmd quoting.Command) (Content, error) {
	if cmd.Click.Person != t.Person.ID.Object {
		return Content{}, quoting.Errorf(quoting.Forbidden, "This button is somebody else's. Say \"let Sam decide for me until Friday\" for one of your own.")
	}
	if !t.Fresh {
		t.metrics.repeats.Inc()
		return Content{Notice: &quoting.Notice{Text: "That is done already."}}, nil
	}
	if cmd.Slots.Back {
		text, err := t.endDelegations(ctx)
		return Content{Notice: &quoting.Notice{Text: text}}, err
	}
	n, err := t.passAuthority(ctx, cmd)
	if sentence, said := quoting.Sentence(err); said && !t.proved { // the page of a sign-in says itself that nothing was done
		t.reason = refused(cmd, true, err)
		return Content{Notice: &quoting.Notice{Text: sentence}}, nil
	}
	if err == nil && t.proved { // whoever comes back from a sign-in reads it in Teams
		err = t.notice(ctx, n)
	}
	return Content{Notice: &n}, err
}

// passAuthority writes a delegation and asks the delegate for what waits.
func (t *turn) passAuthority(ctx context.Context, cmd quoting.Command) (quoting.Notice, error) {
	var n quoting.Notice
	since := t.arrival.At
	until, err := time.Parse(time.RFC3339, cmd.Slots.UntilText)
	if err == nil && cmd.Slots.SinceText != "" {
		var begins time.Time
		if begins, err = time.Parse(time.RFC3339, cmd.Slots.SinceText); begins.After(since) {
			since = begins
		}
	}
	if err != nil {
		return n, quoting.Errorf(quoting.Invalid, "This button does nothing any more.")
	}
	people, err := t.tx.People(ctx)
	if err != nil {
		return n, err
	}
	id := quoting.PersonID{Tenant: t.Person.ID.Tenant, Object: cmd.Slots.DelegateTo}
	to, known := find(people, id)
	if !known {
		return n, quoting.Errorf(quoting.NotFound, "That person is not in the directory any more.")
	}
	inForce, err := t.tx.Delegations(ctx, t.arrival.At)
	if err != nil {
		return n, err
	}
	if problem := quoting.DelegationProblem(t.Policy, t.Person.Person, to.Person, since, until, inForce); problem != nil {
		return n, problem
	}
	end := quoting.UntilWords(until, t.calendar())
	if slices.ContainsFunc(inForce, func(d quoting.Delegation) bool {
		return d.From == t.Person.ID && d.To == to.ID && !d.Since.After(since) && !d.Until.Before(until)
	}) {
		return n, quoting.Errorf(quoting.Conflict, "%s decides in your place until %s already.", to.Name, end)
	}
	if t.Policy.StepUp.Method == quoting.SignInAgain && !t.proved {
		if err := t.stepUp(ctx, quoting.Version{}, cmd); err != nil {
			return n, err
		}
		n.Text = fmt.Sprintf("One step is left: prove that it is you. Then %s decides in your place until %s. The link is good for %d minutes.", to.Name, end, int(t.Policy.StepUp.Lives.Minutes()))
		n.Link = &quoting.Link{Title: "Sign in", URL: t.signIn}
		return n, nil
	}
	if err := t.tx.Delegate(ctx, t.Person.RowID, to.RowID, since, until); err != nil {
		return n, err
	}
	data := map[string]any{"to": to.RowID, "since": since.UTC(), "until": until.UTC(), "proved": t.proved}
	if err := t.tx.Record(ctx, t.event("approval_delegated", quoting.Version{}, data)); err != nil {
		return n, err
	}
	asked := 0
	if !since.After(t.arrival.At) {
		if asked, err = t.askDelegate(ctx, to.ID); err != nil {
			return n, err
		}
	}
	n.Text = fmt.Sprintf("%s decides in your place until %s.", to.Name, end)
	told := quoting.Notice{Title: "You stand in for " + t.Person.Name, Text: fmt.Sprintf("Until %s you may decide on what waits for %s, unless you have a part in it yourself.", end, t.Person.Name)}
	if since.After(t.arrival.At) {
		from := since.In(t.calendar().Zone).Format("Monday 2 January")
		n.Text = fmt.Sprintf("%s decides in your place from %s until %s.", to.Name, from, end)
		told.Text = fmt.Sprintf("From %s until %s you may decide on what waits for %s, unless you have a part in it yourself.", from, end, t.Person.Name)
	}
	if asked > 0 {
		n.Text += " " + waits(asked) + " for both of you now."
	}
	n.Text += " You can still decide yourself; \"end my delegation\" takes it back."
	return n, t.notify(ctx, t.tx, to.RowID, told, t.arrival.Correlation)
}

// askDelegate asks a new delegate of the person's for every step that they may take now, and
// says of how many quotes.
func (t *turn) askDelegate(ctx context.Context, to quoting.PersonID) (int, error) {
	mine, err := t.mine(ctx)
	if err != nil {
		return 0, err
	}
	asked := 0
	for _, id := range mine {
		q, v, s, err := t.waitingFor(ctx, id)
		if err != nil {
			return 0, err
		}
		theirs := quoting.Mine(s.OpenSteps(t.Policy, q.Quote, v), to)
		for _, open := range theirs {
			if _, err := t.askDecider(ctx, q, v, open.ApprovalStep, open.As(to), s); err != nil {
				return 0, err
			}
		}
		if len(theirs) == 0 {
			continue
		}
		asked++
		if err := t.touch(ctx, q.ID); err != nil {
			return 0, err
		}
	}
	return asked, nil
}

// endDelegations takes back whatever the person has passed on, and tells who had it.
func (t *turn) endDelegations(ctx context.Context) (string, error) {
	given, err := t.given(ctx)
	if err != nil {
		return "", err
	}
	n, err := t.tx.EndDelegations(ctx, t.Person.RowID, t.arrival.At)
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "Nobody decides in your place, so there is nothing to end.", nil
	}
	var names []string
	var rows []int64
	for _, d := range given {
		if slices.Contains(rows, d.to.RowID) {
			continue
		}
		rows, names = append(rows, d.to.RowID), append(names, d.to.Name)
		told := quoting.Notice{Text: fmt.Sprintf("%s has ended it: you decide in their place no more.", t.Person.Name)}
		if err := t.notify(ctx, t.tx, d.to.RowID, told, t.arrival.Correlation); err != nil {
			return "", err
		}
	}
	if err := t.tx.Record(ctx, t.event("delegation_ended", quoting.Version{}, map[string]any{"of": rows})); err != nil {
		return "", err
	}
	mine, err := t.mine(ctx)
	if err != nil {
		return "", err
	}
	var failed error
	for _, id := range mine {
		failed = errors.Join(failed, t.touch(ctx, id))
	}
	verb := " decides"
	if len(names) > 1 {
		verb = " decide"
	}
	return together(names) + verb + " in your place no more.", failed
}
