package quoting

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Period is a span of time that a question is about, From included and Until not. The zero
// value is all time.
type Period struct {
	From, Until time.Time
	Name        string // as people say it: "last week", "March 2026"

	months, days int // how long it is, one of the two
}

var monthNames = func() (names []string) {
	for m := time.January; m <= time.December; m++ {
		names = append(names, strings.ToLower(m.String()))
	}
	return names
}()

// ParsePeriod is the period of a code at a time, by the calendar of that time's zone. Weeks
// begin on Monday; a month's name is the last such month that has begun. "" and "all" are
// all time. The error is of kind Invalid.
func ParsePeriod(code string, now time.Time) (Period, error) {
	year, month, day := now.Date()
	at := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, now.Location())
	}
	if code == "" || code == "all" {
		return Period{}, nil
	}
	if m := slices.Index(monthNames, code); m >= 0 {
		named := time.Month(m + 1)
		if named > month {
			year--
		}
		return Period{months: 1}.from(at(year, named, 1), named.String()+" "+strconv.Itoa(year)), nil
	}
	p := Period{Name: strings.ReplaceAll(code, "_", " ")}
	back, unit, _ := strings.Cut(code, "_")
	switch {
	case code == "today", code == "yesterday":
		p.days, p.From = 1, at(year, month, day)
		if code == "yesterday" {
			back = "last"
		}
	case unit == "week":
		p.days, p.From = 7, at(year, month, day-(int(now.Weekday())+6)%7)
	case unit == "month":
		p.months, p.From = 1, at(year, month, 1)
	case unit == "quarter":
		p.months, p.From = 3, at(year, month-(month-1)%3, 1)
	case unit == "year":
		p.months, p.From = 12, at(year, 1, 1)
	}
	if p.From.IsZero() || code != "today" && code != "yesterday" && back != "this" && back != "last" {
		return Period{}, Errorf(Invalid, "%q is no time that I know. Say today, this week, last month, March, last quarter or this year.", code)
	}
	p = p.from(p.From, p.Name)
	if back == "last" {
		p = p.from(p.From.AddDate(0, -p.months, -p.days), p.Name)
	}
	return p, nil
}

func (p Period) from(start time.Time, name string) Period {
	p.From, p.Until, p.Name = start, start.AddDate(0, p.months, p.days), name
	return p
}

// All says whether the period is all time.
func (p Period) All() bool { return p.From.IsZero() }

// Before is the period of the same length that ends where this one begins; false for all
// time.
func (p Period) Before() (Period, bool) {
	if p.All() {
		return Period{}, false
	}
	start := p.From.AddDate(0, -p.months, -p.days)
	name := start.Format("2 January 2006")
	switch {
	case p.days == 7:
		name = "the week of " + start.Format("2 January 2006")
	case p.months == 1:
		name = start.Format("January 2006")
	case p.months == 3:
		name = "Q" + strconv.Itoa((int(start.Month())+2)/3) + " " + start.Format("2006")
	case p.months == 12:
		name = start.Format("2006")
	}
	return p.from(start, name), true
}
