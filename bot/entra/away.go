package entra

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
)

// OutOfOffice is what a person's mailbox answers to mail by itself. The zero value is not
// known: there is no mailbox, or we may not look.
type OutOfOffice struct {
	Known bool
	// On says that answers are sent, always or from From until Until.
	On          bool
	From, Until time.Time // zero: without a limit
}

// At says whether mail is answered at a time, which is false if it is not known.
func (o OutOfOffice) At(t time.Time) bool {
	return o.Known && o.On && !t.Before(o.From) && (o.Until.IsZero() || t.Before(o.Until))
}

// AutomaticReply asks whether a person's mailbox answers by itself. That there is no mailbox,
// or no permission to look, is not an error: then it is not known. Its error is an *Error.
// Source: "Get user mailbox settings".
func (g *Graph) AutomaticReply(ctx context.Context, objectID string) (OutOfOffice, error) {
	if !guid(objectID) {
		return OutOfOffice{}, &Error{Op: "automatic_reply", Kind: ErrRefused, Err: errors.New("the object id is no GUID")}
	}
	var setting repliesSetting
	err := g.do(ctx, call{
		op: "automatic_reply", method: http.MethodGet, path: "users/" + objectID + "/mailboxSettings/automaticRepliesSetting",
		prefer: `outlook.timezone="UTC"`,
	}, &setting)
	switch {
	case errors.Is(err, ErrNotFound) || errors.Is(err, ErrPermission):
		return OutOfOffice{}, nil
	case err != nil:
		return OutOfOffice{}, err
	}
	return setting.outOfOffice(), nil
}

type repliesSetting struct {
	Status string    `json:"status"`
	From   graphTime `json:"scheduledStartDateTime"`
	Until  graphTime `json:"scheduledEndDateTime"`
}

type graphTime struct {
	Time string `json:"dateTime"`
	Zone string `json:"timeZone"`
}

// outOfOffice reads the setting. Of one that makes no sense nothing is known.
func (s repliesSetting) outOfOffice() OutOfOffice {
	// Graph's documentation writes both alwaysEnabled and Scheduled.
	switch strings.ToLower(s.Status) {
	case "disabled":
		return OutOfOffice{Known: true}
	case "alwaysenabled":
		return OutOfOffice{Known: true, On: true}
	case "scheduled":
		from, ok := s.From.parse()
		until, too := s.Until.parse()
		if ok && too {
			return OutOfOffice{Known: true, On: true, From: from, Until: until}
		}
	}
	return OutOfOffice{}
}

// parse reads a time in UTC, which is what we ask for and what mailbox settings come in.
func (t graphTime) parse() (time.Time, bool) {
	if t.Zone != "UTC" && t.Zone != "Etc/UTC" && t.Zone != "tzone://Microsoft/Utc" {
		return time.Time{}, false
	}
	at, err := time.Parse("2006-01-02T15:04:05.9999999", strings.TrimSuffix(t.Time, "Z"))
	return at, err == nil && !at.IsZero()
}
