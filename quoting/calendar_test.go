package quoting_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func hour(t testing.TB, text string) quoting.TimeOfDay {
	t.Helper()
	h, err := quoting.ParseTimeOfDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// office is the demo dealer's calendar in a zone.
func office(t testing.TB, zone string) quoting.Calendar {
	t.Helper()
	c := demoPolicy(t).CalendarOf("")
	c.Zone = zoneOf(t, zone)
	return c
}

// roundTheClock is a calendar of whole days, quiet never but at weekends.
func roundTheClock(t testing.TB, zone string) quoting.Calendar {
	t.Helper()
	midnight, end := hour(t, "00:00"), hour(t, "24:00")
	return quoting.Calendar{Zone: zoneOf(t, zone), Opens: midnight, Closes: end, QuietTo: midnight, QuietFrom: end}
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func when(t testing.TB, c quoting.Calendar, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, c.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBusinessTimeIsThatOfOpenHours(t *testing.T) {
	t.Parallel()
	chicago := office(t, "America/Chicago")
	for _, tc := range []struct {
		name     string
		calendar quoting.Calendar
		from, to string
		want     time.Duration
	}{
		{"a morning", chicago, "2026-06-01 08:00", "2026-06-01 12:00", 4 * time.Hour},
		{"before opening nothing passes", chicago, "2026-06-01 03:00", "2026-06-01 08:00", 0},
		{"after closing nothing passes", chicago, "2026-06-01 17:30", "2026-06-01 23:00", 30 * time.Minute},
		{"a night is left out", chicago, "2026-06-01 17:00", "2026-06-02 09:00", 2 * time.Hour},
		{"a weekend is left out", chicago, "2026-06-05 17:00", "2026-06-08 09:00", 2 * time.Hour},
		{"the weekend that loses an hour too", chicago, "2026-03-06 17:00", "2026-03-09 09:00", 2 * time.Hour},
		{"the weekend that gains an hour too", chicago, "2026-10-30 17:00", "2026-11-02 09:00", 2 * time.Hour},
		{"a holiday is left out", chicago, "2026-11-25 17:00", "2026-11-27 09:00", 2 * time.Hour},
		{"the end of the year", chicago, "2026-12-31 17:00", "2027-01-04 09:00", 2 * time.Hour},
		{"a holiday observed on Monday", chicago, "2027-07-02 17:00", "2027-07-06 09:00", 2 * time.Hour},
		{"backwards is nothing", chicago, "2026-06-02 09:00", "2026-06-01 09:00", 0},
		{"a zone that never changes its clocks", office(t, "America/Phoenix"), "2026-03-06 17:00", "2026-03-09 09:00", 2 * time.Hour},
		{"a working day of 23 hours", roundTheClock(t, "Asia/Tehran"), "2022-03-21 12:00", "2022-03-22 12:00", 23 * time.Hour},
		{"a working day of 25 hours", roundTheClock(t, "Asia/Tehran"), "2022-09-21 12:00", "2022-09-22 12:00", 25 * time.Hour},
		{"a Friday that Samoa left out", office(t, "Pacific/Apia"), "2011-12-29 17:00", "2012-01-02 09:00", 2 * time.Hour},
		{"of twenty years the first ten", chicago, "2040-01-01 00:00", "2060-01-01 00:00", 2610 * 10 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.calendar.Between(when(t, tc.calendar, tc.from), when(t, tc.calendar, tc.to)); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// TestClocksThatWereTurnedBackOverMidnight: at Casey it was Friday, 01:59, and then Thursday,
// 23:00.
func TestClocksThatWereTurnedBackOverMidnight(t *testing.T) {
	t.Parallel()
	c := roundTheClock(t, "Antarctica/Casey")
	turned := time.Date(2010, 3, 4, 15, 0, 0, 0, time.UTC)
	if got := c.Between(turned.Add(-time.Hour), turned.Add(time.Hour)); got != 2*time.Hour {
		t.Errorf("%s of two hours around it", got)
	}
	if got := c.Between(turned.Add(-24*time.Hour), turned.Add(24*time.Hour)); got != 48*time.Hour {
		t.Errorf("%s of two days around it", got)
	}
}

func TestAHolidayAtAWeekendChangesNothing(t *testing.T) {
	t.Parallel()
	c := office(t, "America/Chicago")
	from, to := when(t, c, "2026-06-01 08:00"), when(t, c, "2026-07-01 08:00")
	before := c.Between(from, to)
	c.Holidays = append(slices.Clone(c.Holidays), quoting.Date{Year: 2026, Month: time.June, Day: 13})
	if after := c.Between(from, to); after != before {
		t.Errorf("%s, want %s", after, before)
	}
}

func TestNobodyIsDisturbedInQuietHours(t *testing.T) {
	t.Parallel()
	chicago := office(t, "America/Chicago")
	for _, tc := range []struct {
		name     string
		calendar quoting.Calendar
		at, want string // want is when it ends
	}{
		{"a morning is not quiet", chicago, "2026-06-01 09:00", "2026-06-01 09:00"},
		{"seven is not quiet any more", chicago, "2026-06-01 07:00", "2026-06-01 07:00"},
		{"a minute before is", chicago, "2026-06-01 06:59", "2026-06-01 07:00"},
		{"the last minute of the evening is not quiet", chicago, "2026-06-01 19:59", "2026-06-01 19:59"},
		{"eight in the evening is", chicago, "2026-06-01 20:00", "2026-06-02 07:00"},
		{"Friday's evening lasts until Monday", chicago, "2026-06-05 20:00", "2026-06-08 07:00"},
		{"Saturday's noon too", chicago, "2026-06-06 12:00", "2026-06-08 07:00"},
		{"so does the weekend that loses an hour", chicago, "2026-03-08 03:30", "2026-03-09 07:00"},
		{"Thanksgiving", chicago, "2026-11-26 12:00", "2026-11-27 07:00"},
		{"New Year's day and the weekend after it", chicago, "2026-12-31 22:00", "2027-01-04 07:00"},
		{"a Friday that Samoa left out", office(t, "Pacific/Apia"), "2011-12-29 20:00", "2012-01-02 07:00"},
		{"a calendar of whole days is quiet at weekends only", roundTheClock(t, "Asia/Tehran"), "2022-03-22 01:00", "2022-03-22 01:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			at := when(t, tc.calendar, tc.at)
			if got := tc.calendar.QuietUntil(at).Format("2006-01-02 15:04"); got != tc.want {
				t.Errorf("until %s, want %s", got, tc.want)
			}
			if got := tc.calendar.Quiet(at); got != (tc.at != tc.want) {
				t.Errorf("quiet = %t", got)
			}
		})
	}
}

func TestACalendarThatIsNeverOpenAnswersAllTheSame(t *testing.T) {
	t.Parallel()
	var never quoting.Calendar
	from := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	if got := never.After(from, time.Hour); !got.Equal(from.AddDate(10, 0, 0)) {
		t.Errorf("after %s", got)
	}
	if got := never.QuietUntil(from); !got.Equal(from.AddDate(10, 0, 0)) || !never.Quiet(from) || never.Open(from) || never.Between(from, got) != 0 {
		t.Errorf("quiet until %s, open %t", got, never.Open(from))
	}
}

func TestADayIsThatOfTheZone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, zone, at, from, until string
	}{
		{"the evening of the zone, tomorrow in UTC", "America/Chicago", "2026-06-02T01:00:00Z", "2026-06-01T05:00:00Z", "2026-06-02T05:00:00Z"},
		{"a day that begins at one", "Asia/Tehran", "2022-03-22T12:00:00Z", "2022-03-21T20:30:00Z", "2022-03-22T19:30:00Z"},
		{"a day that has its last hour twice", "Asia/Tehran", "2022-09-21T12:00:00Z", "2022-09-20T19:30:00Z", "2022-09-21T20:30:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tc.at)
			if err != nil {
				t.Fatal(err)
			}
			from, until := office(t, tc.zone).Day(at)
			if from, until := from.UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339); from != tc.from || until != tc.until {
				t.Errorf("from %s until %s, want %s and %s", from, until, tc.from, tc.until)
			}
		})
	}
}

func TestTimesOfDayAreReadExactly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "8:00", "24:01", "12:60", "08:00:00", "noon", "08.00"} {
		if h, err := quoting.ParseTimeOfDay(text); !errors.Is(err, quoting.Invalid) || h != (quoting.TimeOfDay{}) {
			t.Errorf("%q is %v, %v", text, h, err)
		}
	}
}

// TestTheHolidaysAreTheFederalOnesAsObserved holds the list to 5 U.S.C. 6103: the days of
// the law, on Friday where they fall on a Saturday and on Monday where on a Sunday.
func TestTheHolidaysAreTheFederalOnesAsObserved(t *testing.T) {
	t.Parallel()
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	nth := func(n int, weekday time.Weekday, year int, month time.Month) time.Time {
		first := day(year, month, 1)
		return first.AddDate(0, 0, (int(weekday-first.Weekday())+7)%7+7*(n-1))
	}
	last := func(weekday time.Weekday, year int, month time.Month) time.Time {
		return nth(1, weekday, year, month+1).AddDate(0, 0, -7)
	}
	var want []quoting.Date
	for year := 2026; year <= 2028; year++ {
		for _, of := range []time.Time{
			day(year, 1, 1), nth(3, time.Monday, year, 1), nth(3, time.Monday, year, 2), last(time.Monday, year, 5), day(year, 6, 19), day(year, 7, 4),
			nth(1, time.Monday, year, 9), nth(2, time.Monday, year, 10), day(year, 11, 11), nth(4, time.Thursday, year, 11), day(year, 12, 25),
		} {
			switch of.Weekday() {
			case time.Saturday:
				of = of.AddDate(0, 0, -1)
			case time.Sunday:
				of = of.AddDate(0, 0, 1)
			default: // as it falls
			}
			if of.Year() < 2028 {
				want = append(want, quoting.DateOf(of))
			}
		}
	}
	if diff := cmp.Diff(want, demoPolicy(t).CalendarOf("").Holidays); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// drawCalendar is a calendar of zones that change their clocks at midnight, by half an hour,
// by a day, in the south, and never, with hours that such a change can fall into.
func drawCalendar(t *rapid.T) quoting.Calendar {
	zone, err := time.LoadLocation(rapid.SampledFrom([]string{
		"America/Chicago", "America/Phoenix", "Europe/London", "Asia/Tehran", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
	}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c := quoting.Calendar{Zone: zone}
	hours := rapid.SampledFrom([][4]string{
		{"07:00", "08:00", "18:00", "20:00"}, {"00:00", "00:00", "24:00", "24:00"}, {"00:30", "01:30", "02:30", "23:30"}, {"09:00", "09:00", "17:45", "17:45"},
	}).Draw(t, "hours")
	for i, of := range []*quoting.TimeOfDay{&c.QuietTo, &c.Opens, &c.Closes, &c.QuietFrom} {
		if *of, err = quoting.ParseTimeOfDay(hours[i]); err != nil {
			t.Fatal(err)
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "holidays") {
		c.Holidays = append(c.Holidays, quoting.DateOf(drawTime(t, c, "holiday")))
	}
	return c
}

// drawTime is a time of 2011, in which many zones changed, of 2022, or of today's rules.
func drawTime(t *rapid.T, c quoting.Calendar, label string) time.Time {
	year := rapid.SampledFrom([]int{2011, 2022, 2026, 2027}).Draw(t, label+" year")
	minutes := rapid.IntRange(0, 366*24*60).Draw(t, label+" minute")
	return time.Date(year, 1, 1, 0, minutes, 0, 0, time.UTC).In(c.Zone)
}

// drawLater is a time up to so many days after another.
func drawLater(t *rapid.T, from time.Time, days int, label string) time.Time {
	return from.Add(time.Duration(rapid.IntRange(0, days*24*60).Draw(t, label)) * time.Minute)
}

func TestBusinessTimeAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cal := drawCalendar(t)
		a := drawTime(t, cal, "a")
		b := drawLater(t, a, 20, "b")
		c := drawLater(t, b, 20, "c")
		first, second, whole := cal.Between(a, b), cal.Between(b, c), cal.Between(a, c)
		if first+second != whole {
			t.Fatalf("%s and %s make %s", first, second, whole)
		}
		if whole < 0 || whole > c.Sub(a) || first > whole {
			t.Fatalf("%s of %s, %s of it until %s", whole, c.Sub(a), first, b)
		}
	})
}

func TestAfterUndoesBetween(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cal := drawCalendar(t)
		from := drawTime(t, cal, "from")
		business := time.Duration(rapid.IntRange(0, 100*60).Draw(t, "business")) * time.Minute
		at := cal.After(from, business)
		if got := cal.Between(from, at); got != business {
			t.Fatalf("%s after %s is %s, between them are %s", business, from, at, got)
		}
		if business > 0 && cal.Between(from, at.Add(-1)) >= business {
			t.Fatalf("%s after %s is before %s", business, from, at)
		}
		if longer := cal.After(from, business+time.Minute); !longer.After(at) {
			t.Fatalf("a minute more is %s, not after %s", longer, at)
		}
		to := drawLater(t, from, 20, "to")
		if reached := cal.After(from, cal.Between(from, to)); reached.After(to) {
			t.Fatalf("as long after as until %s is %s", to, reached)
		}
	})
}

// TestTimePassesWhenTheWallClockShowsBusinessHours holds the calendar to what people read
// off a wall, on days on which no clock is turned.
func TestTimePassesWhenTheWallClockShowsBusinessHours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		at := drawTime(t, c, "at")
		if from, until := c.Day(at); until.Sub(from) != 24*time.Hour {
			t.Skip("a day on which the clocks change")
		}
		wall, err := quoting.ParseTimeOfDay(at.Format("15:04"))
		if err != nil {
			t.Fatal(err)
		}
		minutes := func(h quoting.TimeOfDay) int {
			for m := range 24*60 + 1 {
				text := time.Date(2026, 6, 1, 0, m, 0, 0, time.UTC).Format("15:04")
				if m == 24*60 {
					text = "24:00"
				}
				if of, err := quoting.ParseTimeOfDay(text); err == nil && of == h {
					return m
				}
			}
			t.Fatalf("%v is no time of day", h)
			return 0
		}
		working := at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && !slices.Contains(c.Holidays, quoting.DateOf(at))
		open := working && minutes(wall) >= minutes(c.Opens) && minutes(wall) < minutes(c.Closes)
		quiet := !working || minutes(wall) < minutes(c.QuietTo) || minutes(wall) >= minutes(c.QuietFrom)
		if c.Open(at) != open || c.Quiet(at) != quiet {
			t.Fatalf("open = %t, want %t; quiet = %t, want %t", c.Open(at), open, c.Quiet(at), quiet)
		}
		if passed := c.Between(at, at.Add(time.Minute)); (passed == time.Minute) != open || (passed == 0) == open {
			t.Fatalf("%s of the minute pass, open = %t", passed, open)
		}
	})
}

func TestQuietHoursEndWhenNothingIsQuiet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawTime(t, c, "from")
		end := c.QuietUntil(from)
		if end.Before(from) || c.Quiet(end) || end.After(from) != c.Quiet(from) {
			t.Fatalf("quiet until %s from %s on", end, from)
		}
		between := from.Add(time.Duration(rapid.IntRange(0, max(0, int(end.Sub(from)/time.Minute)-1)).Draw(t, "between")) * time.Minute)
		if end.After(from) && !c.Quiet(between) || end.After(from) && !c.Quiet(end.Add(-time.Minute)) {
			t.Fatalf("it is loud before %s", end)
		}
	})
}

func BenchmarkBetweenAYear(b *testing.B) {
	c := office(b, "America/Chicago")
	from, to := when(b, c, "2026-01-01 00:00"), when(b, c, "2027-01-01 00:00")
	for b.Loop() {
		c.Between(from, to)
	}
}
