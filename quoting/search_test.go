package quoting_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestAPeriodIsOfTheCalendar(t *testing.T) {
	t.Parallel()
	chicago := time.FixedZone("Chicago", -6*60*60)
	for _, row := range []struct{ code, now, from, until, name, before string }{
		{"today", "2026-11-25 14:00", "2026-11-25", "2026-11-26", "today", "24 November 2026"},
		{"yesterday", "2026-11-01 00:00", "2026-10-31", "2026-11-01", "yesterday", "30 October 2026"},
		{"this_week", "2026-11-25 14:00", "2026-11-23", "2026-11-30", "this week", "the week of 16 November 2026"},
		{"this_week", "2026-11-29 23:59", "2026-11-23", "2026-11-30", "this week", "the week of 16 November 2026"},
		{"last_week", "2026-11-23 00:00", "2026-11-16", "2026-11-23", "last week", "the week of 9 November 2026"},
		{"this_month", "2026-02-28 10:00", "2026-02-01", "2026-03-01", "this month", "January 2026"},
		{"last_month", "2026-03-31 10:00", "2026-02-01", "2026-03-01", "last month", "January 2026"},
		{"last_month", "2026-01-31 10:00", "2025-12-01", "2026-01-01", "last month", "November 2025"},
		{"this_quarter", "2026-11-25 14:00", "2026-10-01", "2027-01-01", "this quarter", "Q3 2026"},
		{"last_quarter", "2026-02-14 14:00", "2025-10-01", "2026-01-01", "last quarter", "Q3 2025"},
		{"this_year", "2026-11-25 14:00", "2026-01-01", "2027-01-01", "this year", "2025"},
		{"last_year", "2026-11-25 14:00", "2025-01-01", "2026-01-01", "last year", "2024"},
		{"march", "2026-11-25 14:00", "2026-03-01", "2026-04-01", "March 2026", "February 2026"},
		{"november", "2026-11-25 14:00", "2026-11-01", "2026-12-01", "November 2026", "October 2026"},
		{"december", "2026-11-25 14:00", "2025-12-01", "2026-01-01", "December 2025", "November 2025"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", row.now, chicago)
		if err != nil {
			t.Fatal(err)
		}
		p, err := quoting.ParsePeriod(row.code, now)
		before, ok := p.Before()
		if err != nil || !ok || p.From.Format(time.DateOnly) != row.from || p.Until.Format(time.DateOnly) != row.until || p.Name != row.name || before.Name != row.before {
			t.Errorf("%s at %s is %s to %s, %q after %q, %v", row.code, row.now, p.From, p.Until, p.Name, before.Name, err)
		}
		if !before.Until.Equal(p.From) || p.From.Location() != chicago {
			t.Errorf("%s: %s is not before %s", row.code, before.Until, p.From)
		}
	}
	for _, code := range []string{"", "all"} {
		p, err := quoting.ParsePeriod(code, time.Now())
		if _, ok := p.Before(); err != nil || !p.All() || ok {
			t.Errorf("%q is %+v, %v", code, p, err)
		}
	}
	for _, code := range []string{"next_week", "last_", "_week", "week", "smarch", "this_decade"} {
		if _, err := quoting.ParsePeriod(code, time.Now()); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%q is a time: %v", code, err)
		}
	}
}

// TestPeriodsFollowEachOther: whatever the day, the period before ends where one begins, and
// "this" begins where "last" ends.
func TestPeriodsFollowEachOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "now"), 0).UTC()
		unit := rapid.SampledFrom([]string{"week", "month", "quarter", "year"}).Draw(t, "unit")
		this, err := quoting.ParsePeriod("this_"+unit, now)
		last, errLast := quoting.ParsePeriod("last_"+unit, now)
		if errors.Join(err, errLast) != nil || now.Before(this.From) || !now.Before(this.Until) || !last.Until.Equal(this.From) {
			t.Fatalf("at %s this %s is %s to %s, the last ends %s", now, unit, this.From, this.Until, last.Until)
		}
		if before, ok := this.Before(); !ok || !before.From.Equal(last.From) {
			t.Fatalf("before %s begins %s, the last one %s", unit, before.From, last.From)
		}
	})
}

func TestWhatASearchAsksForIsRepeated(t *testing.T) {
	t.Parallel()
	n := func(text string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(text)} }
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for want, row := range map[string]struct {
		slots  quoting.Slots
		period string
	}{
		"3 quotes": {},
		"3 pending quotes from $50,000 of March 2026":   {quoting.Slots{Status: "pending_approval", AmountMin: n("50000")}, "march"},
		"3 quotes of yours for Acme up to $1,000.50":    {quoting.Slots{Rep: "me", Customer: "Acme", AmountMax: n("1000.5")}, ""},
		"3 quotes of Riley Rep $10 to $20 last quarter": {quoting.Slots{Rep: "riley", AmountMin: n("10"), AmountMax: n("20")}, "last_quarter"},
		"3 quotes of others with 12 × repeater today":   {quoting.Slots{Rep: "others", Item: "repeater", Qty: new(12)}, "today"},
		"3 draft quotes with BAT-B":                     {quoting.Slots{Status: "draft", SKU: "BAT-B"}, "all"},
		"3 quotes valid for 1 day more at most":         {quoting.Slots{ExpiringWithinDays: new(1)}, ""},
	} {
		period, err := quoting.ParsePeriod(row.period, now)
		if got := row.slots.Searched("3", false, period, "Riley Rep"); got != want || err != nil || row.slots.Filtered(period) != (want != "3 quotes") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (quoting.Slots{Status: "won"}).Searched("no", true, quoting.Period{}, ""); got != "no won quote" {
		t.Error(got)
	}
	for _, s := range []quoting.Slots{{Status: "lovely"}, {Sort: "by_beauty"}, {AmountMin: n("2"), AmountMax: n("1")}} {
		if err := s.SearchProblem(); !errors.Is(err, quoting.Invalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if err := (quoting.Slots{Status: "won", Sort: "date_asc", AmountMin: n("1"), AmountMax: n("1")}).SearchProblem(); err != nil {
		t.Error(err)
	}
}

func TestADescriptionIsReadAsPeopleSpeak(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]quoting.Description{
		"acme quote":                       {Customer: "acme"},
		"the Acme one":                     {Customer: "Acme"},
		"Acme's last quote":                {Customer: "Acme", Last: true},
		"my last quote":                    {Rep: "me", Last: true},
		"my pending quote for Globex Corp": {Rep: "me", Status: "pending_approval", Customer: "Globex Corp"},
		"yesterday's quote":                {Period: "yesterday"},
		"last week's Acme estimate":        {Period: "last_week", Customer: "Acme"},
		"the won one from march":           {Status: "won", Period: "march"},
		"City of Dayton quote":             {Customer: "City of Dayton"},
		"draft for the City of Dayton":     {Status: "draft", Customer: "City of Dayton"},
		"St. Mary’s quote":                 {Customer: "St. Mary"},
		"that quote":                       {},
		"":                                 {},
	} {
		got := quoting.Describe(quoting.Slots{RefText: text})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
	}
	got := quoting.Describe(quoting.Slots{Source: "last", Customer: "Acme", Rep: "me"})
	if diff := cmp.Diff(quoting.Description{Customer: "Acme", Rep: "me", Last: true}, got); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) { quoting.Describe(quoting.Slots{RefText: rapid.String().Draw(t, "text")}) })
}

func TestANameFitsWhatWasTyped(t *testing.T) {
	t.Parallel()
	for typed, fits := range map[string]bool{"acme": true, "ACME constr.": true, "acme constuction": true, "acm": true, "construction acme": true, "globex": false, "": false, "Inc": false} {
		if quoting.NameFits("Acme Construction, Inc.", typed) != fits {
			t.Errorf("%q fits: %t", typed, !fits)
		}
	}
	c := demoCatalogue(t)
	c.Customers = []quoting.Customer{{ID: 1, Name: "Acme Construction"}, {ID: 2, Name: "Acme Schools"}, {ID: 3, Name: "Globex Industrial"}}
	book := bookOf(t, c)
	for typed, want := range map[string][]quoting.CustomerID{"acme": {1, 2}, "acme schools": {2}, "globex": {3}, "globbex industries": {3}, "zzz": nil} {
		var got []quoting.CustomerID
		for _, found := range book.CustomersLike(typed) {
			got = append(got, found.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is %v, want %v", typed, got, want)
		}
	}
}

func TestWhereAQuoteStandsIsSaidInAWordOrTwo(t *testing.T) {
	t.Parallel()
	for want, row := range map[string]struct {
		q   quoting.QuoteState
		v   quoting.VersionState
		who string
	}{
		"Draft": {quoting.Open, quoting.Draft, "Morgan"}, "Pending with Finn or Vera": {quoting.Open, quoting.Pending, "Finn or Vera"}, "Pending": {quoting.Open, quoting.Pending, ""},
		"Sent back": {quoting.Open, quoting.ChangesRequested, ""}, "Approved": {quoting.Open, quoting.Approved, ""}, "Won": {quoting.Won, quoting.Approved, ""},
		"Sent": {quoting.Sent, quoting.Approved, ""}, "Expired": {quoting.Expired, quoting.Draft, ""}, "Recalled": {quoting.Open, quoting.Recalled, ""},
	} {
		if got := quoting.Standing(row.q, row.v, row.who); got != want {
			t.Errorf("%+v is %q, want %q", row, got, want)
		}
	}
	now := time.Unix(1_800_000_000, 0)
	for want, ago := range map[string]time.Duration{"under a minute": 59 * time.Second, "12 min": 12*time.Minute + 30*time.Second, "2 h 10 min": 130 * time.Minute, "3 h": 3 * time.Hour, "11 h": 11*time.Hour + 50*time.Minute, "5 days": 5*24*time.Hour + time.Hour} {
		if got := quoting.Ago(now.Add(-ago), now); got != want {
			t.Errorf("%s ago is %q", ago, got)
		}
	}
}
