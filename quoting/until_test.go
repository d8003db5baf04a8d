package quoting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
)

// chicago is when the teams of these tests work.
func chicago(t testing.TB) quoting.Calendar {
	t.Helper()
	p, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	return p.CalendarOf("")
}

func TestTheEndOfATimeOffIsReadAsItIsSaid(t *testing.T) {
	t.Parallel()
	c := chicago(t)
	now := time.Date(2026, time.December, 2, 10, 30, 0, 0, c.Zone) // a Wednesday
	for _, tc := range []struct {
		text string
		want string // 2006-01-02, the whole day, or with a time; empty: not understood
	}{
		{"Monday", "2026-12-07"},
		{"till Monday", "2026-12-07"},
		{"mon", "2026-12-07"},
		{"Wednesday", "2026-12-09"}, // today's name is next week's day,
		{"this Wednesday", "2026-12-02"},
		{"Friday", "2026-12-04"},
		{"this friday", "2026-12-04"},
		{"next Friday", "2026-12-11"},
		{"next Monday", "2026-12-07"},
		{"sunday", "2026-12-06"},
		{"today", "2026-12-02"},
		{"end of day", "2026-12-02"},
		{"tomorrow", "2026-12-03"},
		{"the day after tomorrow", "2026-12-04"},
		{"Dec 5", "2026-12-05"},
		{"December 5th", "2026-12-05"},
		{"5 December", "2026-12-05"},
		{"5th of Dec.", "2026-12-05"},
		{"the 5th of December 2026", "2026-12-05"},
		{"Dec 5, 2026", "2026-12-05"},
		{"1 August", "2027-08-01"},
		{"March 1", "2027-03-01"},
		{"12/05", "2026-12-05"},
		{"12/5/26", "2026-12-05"},
		{"25/12", "2026-12-25"}, // no month goes first here
		{"6/14", "2027-06-14"},
		{"2026-12-05", "2026-12-05"},
		{"22", "2026-12-22"},
		{"the 22nd", "2026-12-22"},
		{"the 1st", "2027-01-01"},
		{"Monday 7 December", "2026-12-07"},
		{"Monday, Dec 7", "2026-12-07"},
		{"two weeks", "2026-12-16"},
		{"2 wks", "2026-12-16"},
		{"2wks", "2026-12-16"},
		{"a week", "2026-12-09"},
		{"a couple of days", "2026-12-04"},
		{"three days", "2026-12-05"},
		{"a month", "2027-01-02"},
		{"fortnight", "2026-12-16"},
		{"this week", "2026-12-04"},
		{"next week", "2026-12-11"},
		{"the end of the week", "2026-12-04"},
		{"end of next week", "2026-12-11"},
		{"the weekend", "2026-12-06"},
		{"end of the month", "2026-12-31"},
		{"next month", "2027-01-31"},
		{"end of the year", "2026-12-31"},
		{"Christmas", "2026-12-25"},
		{"christmas eve", "2026-12-24"},
		{"New Year's", "2027-01-01"},
		{"Thanksgiving", "2027-11-25"},
		{"Memorial Day", "2027-05-31"},
		{"labor day", "2027-09-06"},
		{"July 4", "2027-07-04"},
		{"Friday noon", "2026-12-04 12:00"},
		{"Friday at 5pm", "2026-12-04 17:00"},
		{"tomorrow 17:30", "2026-12-03 17:30"},
		{"tomorrow at 5 pm", "2026-12-03 17:00"},
		{"Monday night", "2026-12-07"},

		{"", ""},
		{"I return", ""},
		{"further notice", ""},
		{"the Toledo job", ""},
		{"31 June", ""},
		{"13/13", ""},
		{"May", ""},
		{"a few days", ""},
		{"Monday of doom", ""},
		{"2020-01-01", ""},    // over
		{"2100-01-01", ""},    // too far
		{"today at 9 am", ""}, // over
		{"Feb 29", ""},        // 2028
		{"0 days", ""},        // nothing
		{"9999999 days", ""},  // nothing that ends
		{"-5", ""},            // no day
		{"next next friday", ""},
	} {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			got, err := quoting.ParseUntil(tc.text, now, c)
			if tc.want == "" {
				if !errors.Is(err, quoting.Invalid) || !strings.Contains(err.Error(), "until") && !strings.Contains(err.Error(), "nearer") {
					t.Errorf("%v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := time.ParseInLocation("2006-01-02 15:04", tc.want, c.Zone)
			if err != nil {
				if want, err = time.ParseInLocation(time.DateOnly, tc.want, c.Zone); err != nil {
					t.Fatal(err)
				}
				want = want.AddDate(0, 0, 1)
			}
			if !got.Equal(want) {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestATimeOffBeginsWithItsDay(t *testing.T) {
	t.Parallel()
	c := chicago(t)
	now := time.Date(2026, time.December, 2, 10, 30, 0, 0, c.Zone)
	for text, want := range map[string]time.Time{
		"next week": time.Date(2026, time.December, 7, 0, 0, 0, 0, c.Zone),
		"this week": now,
		"today":     now,
		"tomorrow":  time.Date(2026, time.December, 3, 0, 0, 0, 0, c.Zone),
		"monday":    time.Date(2026, time.December, 7, 0, 0, 0, 0, c.Zone),
		"two weeks": now,
		"Dec 24":    time.Date(2026, time.December, 24, 0, 0, 0, 0, c.Zone),
	} {
		if got, err := quoting.ParseSince(text, now, c); err != nil || !got.Equal(want) {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
	if _, err := quoting.ParseSince("soon", now, c); !errors.Is(err, quoting.Invalid) {
		t.Errorf("soon: %v", err)
	}
}

func TestAnEndIsSaidWithItsLastDay(t *testing.T) {
	t.Parallel()
	c := chicago(t)
	for want, end := range map[string]time.Time{
		"Monday 7 December":          time.Date(2026, time.December, 8, 0, 0, 0, 0, c.Zone),
		"Friday 4 December at 12:00": time.Date(2026, time.December, 4, 18, 0, 0, 0, time.UTC),
		"Sunday 1 November":          time.Date(2026, time.November, 2, 0, 0, 0, 0, c.Zone), // 25 hours long
	} {
		if got := quoting.UntilWords(end, c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func FuzzParseUntil(f *testing.F) {
	c := chicago(f)
	for _, seed := range []string{"Monday", "next Friday", "12/05", "two weeks", "the 31st", "end of next month", "Feb 29", "Friday noon", "5pm", "2026-12-05"} {
		f.Add(seed, int64(1_764_700_000))
	}
	f.Fuzz(func(t *testing.T, text string, at int64) {
		if at < 0 || at > 1<<33 {
			return
		}
		now := time.Unix(at, 0)
		until, err := quoting.ParseUntil(text, now, c)
		switch {
		case err != nil && !errors.Is(err, quoting.Invalid):
			t.Fatal(err)
		case err == nil && (!until.After(now) || until.After(now.AddDate(1, 0, 2))):
			t.Fatalf("%q at %s ends at %s", text, now, until)
		}
		if since, err := quoting.ParseSince(text, now, c); err == nil && since.Before(now) {
			t.Fatalf("%q at %s begins at %s", text, now, since)
		}
	})
}
