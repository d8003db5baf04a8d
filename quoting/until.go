package quoting

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseUntil is the end of a time off as a person says it, in the calendar's zone: "Monday",
// "next Friday", "Dec 5", "12/05", "two weeks", "Friday noon". A day ends with its last
// moment. The error is of kind Invalid: it is no time that is understood, it is over, or it
// is more than a year away.
func ParseUntil(text string, now time.Time, c Calendar) (time.Time, error) {
	s, ok := parseTimeOff(text, now, c)
	if !ok {
		return time.Time{}, Errorf(Invalid, "Until when is %q? Say a day, like \"until Monday\" or \"until 5 December\".", shortened(text))
	}
	_, end := c.Day(c.at(s.last, TimeOfDay{minutes: 12 * 60}))
	if s.at.known {
		end = c.at(s.last, s.at)
	}
	switch {
	case !end.After(now):
		return time.Time{}, Errorf(Invalid, "%s is over already. Say a day to come, like \"until Monday\".", UntilWords(end, c))
	case end.After(now.AddDate(1, 0, 1)):
		return time.Time{}, Errorf(Invalid, "%s is more than a year away. Say a day that is nearer.", UntilWords(end, c))
	}
	return end, nil
}

// ParseSince is the beginning of a time off as a person says it: of the day, or now where it
// has begun. The errors are those of ParseUntil.
func ParseSince(text string, now time.Time, c Calendar) (time.Time, error) {
	s, ok := parseTimeOff(text, now, c)
	if !ok {
		return time.Time{}, Errorf(Invalid, "From when is %q? Say a day, like \"from Monday until Friday\".", shortened(text))
	}
	since := later(c.at(s.first, TimeOfDay{}), now)
	if since.After(now.AddDate(1, 0, 1)) {
		return time.Time{}, Errorf(Invalid, "%s is more than a year away. Say a day that is nearer.", UntilWords(since.Add(1), c))
	}
	return since, nil
}

// UntilWords is the end of a time as people say it: the last day of it, with the time where
// it does not end with that day. "Monday 8 December", "Friday 5 December at 12:00".
func UntilWords(end time.Time, c Calendar) string {
	const day = "Monday 2 January"
	end = end.In(c.zone())
	if from, _ := c.Day(end); from.Equal(end) {
		return end.Add(-1).Format(day)
	}
	return end.Format(day + " at 15:04")
}

func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// timeOff is some days, and the time of the last at which it ends; none: with the day.
type timeOff struct {
	first, last Date
	at          TimeOfDay
}

// timeOffWords is how many words one has at most.
const timeOffWords = 8

// parseTimeOff reads what a person says of a time off. False where it is nothing known.
func parseTimeOff(text string, now time.Time, c Calendar) (timeOff, bool) {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\n,.;!?'’", r) })
	today := DateOf(now.In(c.zone()))
	p := timeOffParser{words: words, today: today}
	for p.takeAny("until", "till", "til", "through", "thru", "by", "on", "from", "for", "the", "in", "about", "all", "whole", "starting", "s") {
	}
	if len(p.words) == 0 || len(p.words) > timeOffWords {
		return timeOff{}, false
	}
	s, ok := p.days()
	if !ok {
		return timeOff{}, false
	}
	if at, said := p.time(); said {
		s.at = at
	}
	return s, len(p.words) == 0 && !s.last.utc().Before(s.first.utc())
}

// timeOffParser reads words from the front.
type timeOffParser struct {
	words []string
	today Date
}

func (p *timeOffParser) peek(i int) string {
	if i < len(p.words) {
		return p.words[i]
	}
	return ""
}

func (p *timeOffParser) takeAny(words ...string) bool {
	if len(p.words) == 0 || !slices.Contains(words, p.words[0]) {
		return false
	}
	p.words = p.words[1:]
	return true
}

// phrase takes some words in a row.
func (p *timeOffParser) phrase(words ...string) bool {
	if len(p.words) < len(words) || !slices.Equal(p.words[:len(words)], words) {
		return false
	}
	p.words = p.words[len(words):]
	return true
}

func (p *timeOffParser) days() (timeOff, bool) {
	day := func(d Date) (timeOff, bool) { return timeOff{first: d, last: d}, true }
	switch {
	case p.phrase("day", "after", "tomorrow"):
		return day(p.today.plus(2))
	case p.takeAny("today", "tonight", "eod"), p.phrase("end", "of", "day"), p.phrase("end", "of", "the", "day"), p.phrase("rest", "of", "the", "day"):
		return day(p.today)
	case p.takeAny("tomorrow", "tmrw", "tmw"):
		return day(p.today.plus(1))
	}
	if d, ok := p.holiday(); ok {
		return day(d)
	}
	if s, ok := p.period(); ok {
		return s, true
	}
	if d, ok := p.weekday(); ok {
		if date, exact := p.date(); exact {
			d = date // "Monday 8 December"
		}
		return day(d)
	}
	if n, unit, ok := p.count(); ok {
		return timeOff{first: p.today, last: p.after(n, unit)}, true
	}
	if d, ok := p.date(); ok {
		return day(d)
	}
	return timeOff{}, false
}

// period is a week, a month or a year of the calendar. A week off ends on its Friday.
func (p *timeOffParser) period() (timeOff, bool) {
	monday := p.today.plus(-(int(p.today.utc().Weekday()) + 6) % 7)
	month := Date{p.today.Year, p.today.Month, 1}
	ending := p.phrase("end", "of", "the") || p.phrase("end", "of") || p.phrase("rest", "of", "the") || p.phrase("rest", "of")
	next := ending && p.takeAny("next") || !ending && p.peek(0) == "next" && slices.Contains([]string{"week", "month", "year", "weekend"}, p.peek(1)) && p.takeAny("next")
	this := p.peek(0) == "this" && slices.Contains([]string{"week", "month", "year", "weekend"}, p.peek(1)) && p.takeAny("this")
	said := ending || next || this
	step := 0
	if next {
		step = 1
	}
	switch {
	case p.takeAny("eow"), said && p.takeAny("week"):
		first := monday.plus(7 * step)
		return timeOff{first: latest(first, p.today), last: latest(first.plus(4), p.today)}, true
	case p.takeAny("weekend"):
		first := monday.plus(7*step + 5)
		return timeOff{first: latest(first, p.today), last: first.plus(1)}, true
	case p.takeAny("eom"), said && p.takeAny("month"), p.phrase("month", "end"):
		first := DateOf(month.utc().AddDate(0, step, 0))
		return timeOff{first: latest(first, p.today), last: DateOf(first.utc().AddDate(0, 1, -1))}, true
	case p.takeAny("eoy"), said && p.takeAny("year"), p.phrase("year", "end"):
		year := p.today.Year + step
		return timeOff{first: latest(Date{year, time.January, 1}, p.today), last: Date{year, time.December, 31}}, true
	}
	return timeOff{}, false
}

func latest(a, b Date) Date {
	if a.utc().Before(b.utc()) {
		return b
	}
	return a
}

// weekday is the next day of a name: never today, unless it is said with "this". "Next
// Friday" is next week's.
func (p *timeOffParser) weekday() (Date, bool) {
	i := 0
	which := p.peek(0)
	if which == "next" || which == "this" || which == "coming" {
		i = 1
	}
	name := p.peek(i)
	at := slices.IndexFunc(weekdays, func(names []string) bool { return slices.Contains(names, name) })
	if at < 0 {
		return Date{}, false
	}
	p.words = p.words[i+1:]
	away := (at - int(p.today.utc().Weekday()) + 7) % 7
	switch {
	case which == "next":
		untilMonday := 7 - (int(p.today.utc().Weekday())+6)%7
		return p.today.plus(untilMonday + (at+6)%7), true
	case away == 0 && which != "this":
		away = 7
	}
	return p.today.plus(away), true
}

var weekdays = [][]string{
	{"sunday", "sun"}, {"monday", "mon"}, {"tuesday", "tue", "tues"}, {"wednesday", "wed", "weds"}, {"thursday", "thu", "thur", "thurs"}, {"friday", "fri"}, {"saturday", "sat"},
}

// count is a number of days, weeks or months.
func (p *timeOffParser) count() (n int, unit string, ok bool) {
	i := 0
	switch word := p.peek(0); {
	case slices.Contains(counts, word):
		n, i = slices.Index(counts, word)+1, 1
	case word == "a" || word == "an" || word == "another":
		n, i = 1, 1
		if p.peek(1) == "couple" {
			n, i = 2, 2
		}
	case word == "couple":
		n, i = 2, 1
	default:
		digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
		whole, err := strconv.Atoi(digits)
		if err != nil || whole < 1 || whole > 366 {
			if n = 1; word != "week" && word != "month" && word != "fortnight" {
				return 0, "", false
			}
			break
		}
		n, i = whole, 1
		if digits != word { // "2wks"
			unit = strings.TrimPrefix(word, digits)
		}
	}
	if p.peek(i) == "of" {
		i++
	}
	if unit == "" {
		unit = p.peek(i)
		i++
	}
	switch strings.TrimSuffix(unit, "s") {
	case "day", "d":
		unit = "day"
	case "week", "wk", "w":
		unit = "week"
	case "month", "mo", "mth":
		unit = "month"
	case "fortnight":
		n, unit = 2*n, "week"
	default:
		return 0, "", false
	}
	p.words = p.words[min(i, len(p.words)):]
	return n, unit, true
}

var counts = []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

func (p *timeOffParser) after(n int, unit string) Date {
	switch unit {
	case "month":
		return DateOf(p.today.utc().AddDate(0, n, 0))
	case "week":
		return p.today.plus(7 * n)
	default:
		return p.today.plus(n)
	}
}

// date is a day of the calendar: "Dec 5", "5th of December 2026", "12/05", "2026-12-05",
// "the 15th". In digits the month goes first, as in the United States, unless it cannot.
// Without a year it is the next such day.
func (p *timeOffParser) date() (Date, bool) {
	p.takeAny("the")
	word := p.peek(0)
	if t, err := time.Parse(time.DateOnly, word); err == nil {
		p.words = p.words[1:]
		return DateOf(t), true
	}
	if parts := strings.FieldsFunc(word, func(r rune) bool { return r == '/' || r == '-' }); len(parts) == 2 || len(parts) == 3 {
		month, day, year := wholeUpTo(parts[0], 31), wholeUpTo(parts[1], 31), 0
		if month > 12 {
			month, day = day, month
		}
		if len(parts) == 3 {
			if year = wholeUpTo(parts[2], 9999); year < 100 {
				year += 2000
			}
		}
		if month == 0 || month > 12 || day == 0 {
			return Date{}, false
		}
		p.words = p.words[1:]
		return p.upcoming(year, time.Month(month), day)
	}
	if m, ok := monthOf(word); ok {
		day := ordinal(p.peek(1))
		if day == 0 {
			return Date{}, false
		}
		p.words = p.words[2:]
		return p.upcoming(p.year(), m, day)
	}
	day := ordinal(word)
	if day == 0 {
		return Date{}, false
	}
	p.words = p.words[1:]
	p.takeAny("of")
	if m, ok := monthOf(p.peek(0)); ok {
		p.words = p.words[1:]
		return p.upcoming(p.year(), m, day)
	}
	for ahead := range 13 {
		month := DateOf(Date{p.today.Year, p.today.Month, 1}.utc().AddDate(0, ahead, 0))
		if d, ok := dateOf(month.Year, month.Month, day); ok && !d.utc().Before(p.today.utc()) {
			return d, true
		}
	}
	return Date{}, false
}

func (p *timeOffParser) year() int {
	if year := wholeUpTo(p.peek(0), 9999); year >= 1000 {
		p.words = p.words[1:]
		return year
	}
	return 0
}

// upcoming is a day of a year, or the next one of the name where that is 0.
func (p *timeOffParser) upcoming(year int, month time.Month, day int) (Date, bool) {
	if year != 0 {
		return dateOf(year, month, day)
	}
	for ahead := range 9 { // 29 February
		if d, ok := dateOf(p.today.Year+ahead, month, day); ok && !d.utc().Before(p.today.utc()) {
			return d, true
		}
	}
	return Date{}, false
}

// dateOf is the day; false where the month does not have it.
func dateOf(year int, month time.Month, day int) (Date, bool) {
	d := DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	return d, d == Date{year, month, day}
}

// wholeUpTo reads digits up to a number; 0 where the word is none.
func wholeUpTo(word string, most int) int {
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 || n > most {
		return 0
	}
	return n
}

// ordinal reads "5" and "5th"; 0 where it is no day of a month.
func ordinal(word string) int {
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		word = strings.TrimSuffix(word, suffix)
	}
	return wholeUpTo(word, 31)
}

func monthOf(word string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if word == name || word == name[:3] || word == "sept" && m == time.September {
			return m, true
		}
	}
	return 0, false
}

// holiday is a day that has a name.
func (p *timeOffParser) holiday() (Date, bool) {
	of := func(month time.Month, day int) (Date, bool) { return p.upcoming(0, month, day) }
	switch {
	case p.phrase("christmas", "eve"), p.phrase("xmas", "eve"):
		return of(time.December, 24)
	case p.phrase("christmas", "day"), p.takeAny("christmas", "xmas"):
		return of(time.December, 25)
	case p.phrase("new", "years", "eve"), p.phrase("new", "year", "s", "eve"), p.phrase("new", "year", "eve"):
		return of(time.December, 31)
	case p.phrase("new", "years", "day"), p.phrase("new", "year", "s", "day"), p.phrase("new", "years"), p.phrase("new", "year", "s"), p.phrase("new", "year"):
		return of(time.January, 1)
	case p.phrase("independence", "day"):
		return of(time.July, 4)
	case p.takeAny("thanksgiving"):
		return p.nth(time.November, time.Thursday, 4), true
	case p.phrase("labor", "day"), p.phrase("labour", "day"):
		return p.nth(time.September, time.Monday, 1), true
	case p.phrase("memorial", "day"):
		return p.nth(time.June, time.Monday, 0), true
	}
	return Date{}, false
}

// nth is the next n-th day of a name of a month; 0 is the last one of the month before.
func (p *timeOffParser) nth(month time.Month, day time.Weekday, n int) Date {
	for year := p.today.Year; ; year++ {
		first := Date{year, month, 1}
		d := first.plus((int(day)-int(first.utc().Weekday())+7)%7 + 7*(n-1))
		if !d.utc().Before(p.today.utc()) {
			return d
		}
	}
}

// time is the time of the day at which it ends: "noon", "5pm", "17:00", "at 5 pm".
func (p *timeOffParser) time() (TimeOfDay, bool) {
	p.takeAny("at")
	if p.takeAny("noon", "midday", "lunch") {
		return TimeOfDay{12 * 60, true}, true
	}
	p.takeAny("night", "evening", "eod")
	word, i := p.peek(0), 1
	half := strings.TrimLeft(word, "0123456789:")
	if half == "" && (p.peek(1) == "am" || p.peek(1) == "pm") {
		half, i = p.peek(1), 2
	}
	digits := strings.TrimSuffix(word, half)
	clock, minutes, said := strings.Cut(digits, ":")
	hour, minute := wholeUpTo(clock, 23), wholeUpTo(minutes, 59)
	switch {
	case digits == "" || !said && half == "" || said && len(minutes) != 2 || half != "" && half != "am" && half != "pm" || half != "" && (hour < 1 || hour > 12) || len(clock) > 2:
		return TimeOfDay{}, false
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12:
		hour = 0
	}
	p.words = p.words[i:]
	return TimeOfDay{hour*60 + minute, true}, true
}
