package quoting

import (
	"time"

	"github.com/govalues/decimal"
)

// ClockLimits say how long an approval may wait before somebody is nudged, and when people
// work. Waits are business time.
type ClockLimits struct {
	Zone      Zone            `yaml:"zone"`
	Zones     map[string]Zone `yaml:"zones"` // of teams that work in another one
	Opens     TimeOfDay       `yaml:"opens"` // Monday to Friday
	Closes    TimeOfDay       `yaml:"closes"`
	QuietFrom TimeOfDay       `yaml:"quiet_from"`
	QuietTo   TimeOfDay       `yaml:"quiet_to"`
	Holidays  []Date          `yaml:"holidays"`

	Amount         decimal.Decimal `yaml:"amount"` // of money: above, the clocks of large quotes hold
	Small          Waits           `yaml:"small"`
	Large          Waits           `yaml:"large"`
	Engineering    Waits           `yaml:"engineering"`     // never escalates: nobody is above engineering
	WaitingPercent int             `yaml:"waiting_percent"` // of the waits, where the customer is waiting
	NudgesADay     int             `yaml:"nudges_a_day"`    // of a quote, reminders and escalations together
	Heartbeat      time.Duration   `yaml:"heartbeat"`       // real time without any clock looked at: an alert
}

// Waits are the business time from asking somebody on after which something is due.
type Waits struct {
	Remind   []time.Duration `yaml:"remind"`
	Escalate time.Duration   `yaml:"escalate"` // 0: never
}

// Zone is a time zone of the IANA database.
type Zone struct {
	Name     string
	Location *time.Location // nil: none of the name is known
}

// UnmarshalText reads "America/Chicago". A name that is not known, or that means another
// zone on another machine, has no location, for the policy's check to name with its line.
func (z *Zone) UnmarshalText(text []byte) error {
	*z = Zone{Name: string(text)}
	if z.Name != "" && z.Name != time.Local.String() {
		z.Location, _ = time.LoadLocation(z.Name)
	}
	return nil
}

// CalendarOf is when a team works. One that the policy does not name, "" among them, works
// in the default zone.
func (p *Policy) CalendarOf(team string) Calendar {
	l := p.Clocks
	zone, ok := l.Zones[team]
	if !ok {
		zone = l.Zone
	}
	return Calendar{Zone: zone.Location, Opens: l.Opens, Closes: l.Closes, QuietFrom: l.QuietFrom, QuietTo: l.QuietTo, Holidays: l.Holidays}
}

// Clock is how long one step of an approval has waited, and what was done about it. The zero
// value was asked of nobody: nothing is due.
type Clock struct {
	Branch        Branch
	Level         int   // of the commercial branch, 1 to 4
	Amount        Money // that the version is approved at
	AskedAt       time.Time
	CustomerWaits bool
	Reminded      int  // the number of the last reminder; those before it that were missed count as sent
	Escalated     bool // then nothing more is due
	NudgesToday   int  // of the quote, on this day of the calendar
}

// Above is the role that an escalation asks as well, and its level; false where nobody is:
// above the owner, and in the engineering branch.
func (c Clock) Above() (role Role, level int, ok bool) {
	if c.Branch != CommercialBranch || c.Level < 1 || c.Level >= len(levels) {
		return "", 0, false
	}
	return levels[c.Level], c.Level + 1, true
}

// NudgeKind says what is due of a step that waits.
type NudgeKind string

const (
	NoNudge  NudgeKind = ""
	Remind   NudgeKind = "remind"   // those who were asked are asked again
	Escalate NudgeKind = "escalate" // the next level is asked as well; nobody is taken away
)

// Nudge is what is due of a step that waits. The zero value is nothing.
type Nudge struct {
	Kind     NudgeKind
	Reminded int  // the clock's from then on
	Role     Role // whom an escalation asks as well
	Level    int  // of that role
}

// Due is what is to be done about a step at a time, and when to look again once it is done:
// always later, zero for never. What was missed is not made up for: of several nudges only
// the last is due. In quiet hours, and when the quote has had its nudges of the day, nothing
// is due, and the time to look again is the end of that. A time before that of the last
// nudge, or of asking, is like any other: whatever was done is not due again.
func (p *Policy) Due(c Clock, calendar Calendar, now time.Time) (due Nudge, next time.Time) {
	for _, w := range p.waits(c) {
		if at := calendar.After(c.AskedAt, w.business); at.After(now) {
			next = calendar.QuietUntil(at)
			break
		}
		due = w.nudge
	}
	if due.Kind == NoNudge {
		return due, next
	}
	if free := p.NudgeFrom(c, calendar, now); free.After(now) {
		return Nudge{}, free
	}
	return due, next
}

// wait is a nudge and the business time after which it is due.
type wait struct {
	business time.Duration
	nudge    Nudge
}

// waits are the nudges that are still to come on a step, in order.
func (p *Policy) waits(c Clock) []wait {
	if c.AskedAt.IsZero() || c.Escalated {
		return nil
	}
	limits := p.Clocks.Small
	switch {
	case c.Branch == EngineeringBranch:
		limits = p.Clocks.Engineering
	case c.Amount.Amount.Cmp(p.Clocks.Amount) > 0:
		limits = p.Clocks.Large
	}
	percent := time.Duration(100)
	if c.CustomerWaits {
		percent = time.Duration(p.Clocks.WaitingPercent)
	}
	var waits []wait
	for i, business := range limits.Remind {
		if i >= c.Reminded {
			waits = append(waits, wait{business / 100 * percent, Nudge{Kind: Remind, Reminded: i + 1}})
		}
	}
	if role, level, ok := c.Above(); ok {
		waits = append(waits, wait{limits.Escalate / 100 * percent, Nudge{Kind: Escalate, Reminded: len(limits.Remind), Role: role, Level: level}})
	}
	return waits
}
