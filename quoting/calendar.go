package quoting

import (
	"iter"
	"slices"
	"time"
)

// TimeOfDay is a time that a clock on the wall shows, in whole minutes from 00:00 to 24:00.
// The zero value is none.
type TimeOfDay struct {
	minutes int // after midnight
	known   bool
}

// ParseTimeOfDay reads "08:00". The error is of kind Invalid.
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	if text == "24:00" {
		return TimeOfDay{24 * 60, true}, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return TimeOfDay{}, &Error{Kind: Invalid, Sentence: `"` + text + `" is no time of day; they read like 08:00.`, Err: err}
	}
	return TimeOfDay{t.Hour()*60 + t.Minute(), true}, nil
}

// UnmarshalText reads what ParseTimeOfDay does. Anything else is none, for the policy's
// check to name with its line.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	*t, _ = ParseTimeOfDay(string(text))
	return nil
}

// Date is a day of the calendar, the same in every zone. The zero value is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of a time in that time's zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// UnmarshalText reads "2026-07-04". Anything else is none, for the policy's check to name
// with its line.
func (d *Date) UnmarshalText(text []byte) error {
	*d = Date{}
	if t, err := time.Parse(time.DateOnly, string(text)); err == nil {
		*d = DateOf(t)
	}
	return nil
}

// plus is the date so many days later.
func (d Date) plus(days int) Date { return DateOf(d.utc().AddDate(0, 0, days)) }

// utc is the beginning of the date in UTC, where every day has one.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Calendar says when a team works and when it is left alone. Time in it is real time: an
// hour that the clocks skip does not pass, one that they repeat passes twice. No question
// looks further than ten years ahead. The zero value is closed and quiet always.
type Calendar struct {
	Zone      *time.Location // nil: UTC
	Opens     TimeOfDay      // Monday to Friday
	Closes    TimeOfDay      // after Opens
	QuietFrom TimeOfDay      // after QuietTo; of the evening
	QuietTo   TimeOfDay      // of the morning
	Holidays  []Date         // closed and quiet, as Saturdays and Sundays are
}

// reach is how many years ahead a calendar looks.
const reach = 10

// Between is the business time from one time to another: 0 where the other is not later. Of
// more than ten years the first ten count.
func (c Calendar) Between(from, to time.Time) time.Duration {
	to = earlier(to, from.AddDate(reach, 0, 0))
	var open time.Duration
	for d := range c.days(from, to) {
		open += c.business(d).within(from, to)
	}
	return open
}

// After is the first time at which so much business time has passed since another, in the
// team's zone: that time itself for nothing, ten years later where it never does.
func (c Calendar) After(from time.Time, business time.Duration) time.Time {
	from = from.In(c.zone())
	if business <= 0 {
		return from
	}
	limit := from.AddDate(reach, 0, 0)
	for d := range c.days(from, limit) {
		hours := c.business(d)
		open := hours.within(from, limit)
		if open >= business {
			return later(hours.from, from).Add(business)
		}
		business -= open
	}
	return limit
}

// Open says whether a time is within business hours; closing time is not.
func (c Calendar) Open(t time.Time) bool { return c.Between(t, t.Add(1)) > 0 }

// Quiet says whether the team is left alone at a time.
func (c Calendar) Quiet(t time.Time) bool { return c.QuietUntil(t).After(t) }

// QuietUntil is the first time from another on that is not quiet, in the team's zone: that
// time itself where it is not, ten years later where all are.
func (c Calendar) QuietUntil(from time.Time) time.Time {
	from = from.In(c.zone())
	limit := from.AddDate(reach, 0, 0)
	for d := range c.days(from, limit) {
		loud := c.stretch(d, c.QuietTo, c.QuietFrom)
		if at := later(loud.from, from); at.Before(loud.until) {
			return at
		}
	}
	return limit
}

// Day is the day of a time in the team's zone; until is not in it.
func (c Calendar) Day(t time.Time) (from, until time.Time) {
	d, midnight := DateOf(t.In(c.zone())), TimeOfDay{}
	return c.at(d, midnight), c.at(d.plus(1), midnight)
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// days are the dates that a stretch of time can touch, in order; one more on either side,
// as clocks have been turned back over midnight.
func (c Calendar) days(from, to time.Time) iter.Seq[Date] {
	return func(yield func(Date) bool) {
		last := DateOf(to.In(c.zone())).plus(1).utc()
		for d := DateOf(from.In(c.zone())).plus(-1); !d.utc().After(last) && yield(d); d = d.plus(1) {
		}
	}
}

// stretch is time without a break; until is not in it. The zero value is none.
type stretch struct{ from, until time.Time }

// within is how much of the stretch lies between two times.
func (s stretch) within(from, to time.Time) time.Duration {
	return max(0, earlier(s.until, to).Sub(later(s.from, from)))
}

// business is the business hours of a date.
func (c Calendar) business(d Date) stretch { return c.stretch(d, c.Opens, c.Closes) }

// stretch is the time between two times of a date; none on Saturdays, Sundays and holidays.
func (c Calendar) stretch(d Date, from, until TimeOfDay) stretch {
	if day := d.utc().Weekday(); day == time.Saturday || day == time.Sunday || slices.Contains(c.Holidays, d) {
		return stretch{}
	}
	return stretch{c.at(d, from), c.at(d, until)}
}

// at is when the clocks of the zone show a time on a date: when they skip it, where they do;
// once, where they show it twice.
func (c Calendar) at(d Date, of TimeOfDay) time.Time {
	wanted := d.utc().Add(time.Duration(of.minutes) * time.Minute).Unix()
	t := time.Date(d.Year, d.Month, d.Day, 0, of.minutes, 0, 0, c.zone())
	_, offset := t.Zone()
	switch shown := t.Unix() + int64(offset); {
	case shown < wanted: // time.Date chose the side before the gap
		_, t = t.ZoneBounds()
	case shown > wanted:
		t, _ = t.ZoneBounds()
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
