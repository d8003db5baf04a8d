package quoting

import (
	"slices"
	"time"
)

// Timing is what was stored of a version's waiting: since when each step has been asked for,
// and what was sent about the quote since.
type Timing struct {
	Asked []StepAsked
	Sent  []SentNudge
}

// StepAsked is since when a step of the version has been somebody's.
type StepAsked struct {
	Branch Branch
	Level  int
	At     time.Time
}

// SentNudge is a nudge that was sent about a step of a quote, or is wished for.
type SentNudge struct {
	Version int
	Branch  Branch
	Level   int
	Kind    NudgeKind
	Number  int // of a reminder: which
	At      time.Time
}

// Wished is a reminder that somebody asked for while none could be sent: its time is when it
// goes out.
const Wished NudgeKind = "asked"

// Clock is the clock of a step of a version. One that nobody was asked for has no time.
func (w Timing) Clock(v Version, step ApprovalStep, calendar Calendar, now time.Time) Clock {
	c := Clock{Branch: step.Branch, Level: step.Level, Amount: v.Priced.Amount, CustomerWaits: v.Waits}
	for _, a := range w.Asked {
		if a.Branch == step.Branch && a.Level == step.Level && (c.AskedAt.IsZero() || a.At.Before(c.AskedAt)) {
			c.AskedAt = a.At
		}
	}
	from, until := calendar.Day(now)
	for _, s := range w.Sent {
		if s.Kind == Wished {
			continue
		}
		if !s.At.Before(from) && s.At.Before(until) {
			c.NudgesToday++
		}
		switch mine := s.of(v, step); {
		case mine && s.Kind == Remind:
			c.Reminded = max(c.Reminded, s.Number)
		case mine:
			c.Escalated = true
		}
	}
	return c
}

func (s SentNudge) of(v Version, step ApprovalStep) bool {
	return s.Version == v.Number && s.Branch == step.Branch && s.Level == step.Level
}

// wish is the reminder that is wished for and was not sent, and when it is to go out.
func (w Timing) wish(v Version, step ApprovalStep, c Clock) (number int, at time.Time) {
	for _, s := range w.Sent {
		if s.Kind == Wished && s.of(v, step) && s.Number > c.Reminded {
			number, at = s.Number, s.At
		}
	}
	return number, at
}

// DueNow is what is to be done about a step at a time: a reminder that is wished for, or what
// the clocks say. The first goes before an escalation, so that nobody is asked and reminded
// within a minute.
func (p *Policy) DueNow(w Timing, v Version, step ApprovalStep, calendar Calendar, now time.Time) Nudge {
	c := w.Clock(v, step, calendar, now)
	due, _ := p.Due(c, calendar, now)
	number, at := w.wish(v, step, c)
	if number <= due.Reminded && due.Kind == Remind || number == 0 || at.After(now) || p.NudgeFrom(c, calendar, now).After(now) {
		return due
	}
	return Nudge{Kind: Remind, Reminded: number}
}

// NudgeFrom is the first time from another on at which something may be sent about a step:
// not in quiet hours, nor once the quote has had its nudges of the day.
func (p *Policy) NudgeFrom(c Clock, calendar Calendar, now time.Time) time.Time {
	free := now
	if c.NudgesToday >= p.Clocks.NudgesADay {
		_, free = calendar.Day(now)
	}
	return calendar.QuietUntil(free)
}

// EscalatesAt is when a step is escalated by itself, at the earliest; false where it never is,
// or was.
func (p *Policy) EscalatesAt(c Clock, calendar Calendar) (time.Time, bool) {
	for _, w := range p.waits(c) {
		if w.nudge.Kind == Escalate {
			return calendar.QuietUntil(calendar.After(c.AskedAt, w.business)), true
		}
	}
	return time.Time{}, false
}

// ToAsk are those of a step's deciders who are asked now: whoever is there. Where nobody is,
// all of them, and somebody above.
func (o Organisation) ToAsk(q Quote, v Version, step OpenStep) []Decider {
	if there := o.Present(step.Deciders); len(there) > 0 || len(step.Deciders) == 0 {
		return there
	}
	return append(slices.Clone(step.Deciders), o.Present(o.Higher(q, v, step, ByAbsence))...)
}

// Present are those who are not out of office.
func (o Organisation) Present(deciders []Decider) []Decider {
	return slices.DeleteFunc(slices.Clone(deciders), func(d Decider) bool { _, away := o.IsAway(d.ID); return away })
}

// Higher are those before whom a step is brought as well: of the nearest higher level at which
// somebody is there whose the step is not yet, or, where nobody is there at any, of the
// nearest. Nobody stands above the owner, or beside engineering.
func (o Organisation) Higher(q Quote, v Version, step OpenStep, via Via) []Decider {
	if step.Branch == EngineeringBranch {
		return nil
	}
	var nearest []Decider
	for level := step.Level + 1; level <= len(levels); level++ {
		added := slices.DeleteFunc(o.Deciders(q, v, ApprovalStep{Branch: CommercialBranch, Level: level}), func(d Decider) bool {
			return slices.ContainsFunc(step.Deciders, func(known Decider) bool { return known.ID == d.ID })
		})
		for i := range added {
			added[i].Via = via
		}
		if there := o.Present(added); len(there) > 0 {
			return there
		}
		if nearest == nil {
			nearest = added
		}
	}
	return nearest
}
