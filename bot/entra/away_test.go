package entra

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/entra/standin"
)

func TestAutomaticReplies(t *testing.T) {
	t.Parallel()
	from, until := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC), time.Date(2026, 7, 14, 16, 30, 0, 0, time.UTC)
	for _, tc := range []struct {
		name   string
		person func(*standin.Person)
		want   OutOfOffice
	}{
		{"nothing is set", func(*standin.Person) {}, OutOfOffice{Known: true}},
		{"always", func(p *standin.Person) { p.AutoReply.Status = "alwaysEnabled" }, OutOfOffice{Known: true, On: true}},
		{"for a fortnight", func(p *standin.Person) {
			p.AutoReply = standin.AutoReply{Status: "scheduled", From: from, Until: until}
		},
			OutOfOffice{true, true, from, until}},
		{"for a fortnight, in the other writing", func(p *standin.Person) {
			p.AutoReply = standin.AutoReply{Status: "Scheduled", From: from, Until: until}
		},
			OutOfOffice{true, true, from, until}},
		{"a time that is not there", func(p *standin.Person) { p.AutoReply = standin.AutoReply{Status: "scheduled", From: from} }, OutOfOffice{}},
		{"a status that there is not", func(p *standin.Person) { p.AutoReply.Status = "sometimes" }, OutOfOffice{}},
		{"no mailbox", func(p *standin.Person) { p.NoMailbox = true }, OutOfOffice{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				s.change(t, morgan, tc.person)
				got, err := s.graph(t).AutomaticReply(t.Context(), personID(morgan))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("reply (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAutomaticRepliesThatMayNotBeReadAreNotKnown(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		s.Grant(slices.DeleteFunc(standin.Permissions(), func(p string) bool { return p == "MailboxSettings.Read" })...)
		g := s.graph(t)
		if got, err := g.AutomaticReply(t.Context(), personID(morgan)); err != nil || got.Known {
			t.Errorf("reply %v, error %v", got, err)
		}
		if got, err := g.AutomaticReply(t.Context(), personID(404)); err != nil || got.Known {
			t.Errorf("of who is gone: reply %v, error %v", got, err)
		}
		s.Fail(1, standin.Fault{Path: "/mailboxSettings/", Status: http.StatusInternalServerError})
		if _, err := g.AutomaticReply(t.Context(), personID(morgan)); !errors.Is(err, ErrUnavailable) {
			t.Errorf("error %v, want that nothing is known", err)
		}
	})
}

func TestOutOfOfficeAtATime(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	until := from.Add(time.Hour)
	for _, tc := range []struct {
		name string
		out  OutOfOffice
		at   time.Time
		want bool
	}{
		{"not known", OutOfOffice{}, from, false},
		{"off", OutOfOffice{Known: true}, from, false},
		{"always", OutOfOffice{Known: true, On: true}, from, true},
		{"before it begins", OutOfOffice{true, true, from, until}, from.Add(-time.Second), false},
		{"as it begins", OutOfOffice{true, true, from, until}, from, true},
		{"as it ends", OutOfOffice{true, true, from, until}, until, false},
		{"in another zone", OutOfOffice{true, true, from, until}, from.In(time.FixedZone("", 3600)), true},
	} {
		if got := tc.out.At(tc.at); got != tc.want {
			t.Errorf("%s: %t, want %t", tc.name, got, tc.want)
		}
	}
}

func FuzzRepliesSetting(f *testing.F) {
	f.Add([]byte(`{"status":"scheduled","scheduledStartDateTime":{"dateTime":"2026-07-01T06:00:00.0000000","timeZone":"UTC"},` +
		`"scheduledEndDateTime":{"dateTime":"2026-07-14T16:30:00.0000000","timeZone":"UTC"}}`))
	f.Add([]byte(`{"status":"Scheduled","scheduledStartDateTime":{"dateTime":"2026-07-01T06:00:00Z","timeZone":"Pacific Standard Time"}}`))
	f.Add([]byte(`{"status":"alwaysEnabled"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var setting repliesSetting
		if err := json.Unmarshal(body, &setting); err != nil {
			return
		}
		o := setting.outOfOffice()
		if o.On && !o.Known || o.From.IsZero() != o.Until.IsZero() || !o.On && !o.From.IsZero() {
			t.Errorf("%s is read as %+v", body, o)
		}
	})
}
