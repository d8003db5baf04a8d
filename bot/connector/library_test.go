package connector

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/infracloudio/msbotbuilder-go/core"
	"github.com/infracloudio/msbotbuilder-go/core/activity"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

func incoming(s *teams) schema.Activity {
	return schema.Activity{
		Type: schema.Message, ID: "in1", ServiceURL: s.url, ChannelID: "msteams", Text: "quote 40 radios",
		Conversation: schema.ConversationAccount{ID: "../../evil"},
		From:         schema.ChannelAccount{ID: "29:u"}, Recipient: schema.ChannelAccount{ID: "28:b"},
	}
}

// answering is a handler that says that.
func answering(options ...activity.MsgOption) activity.Handler {
	return activity.HandlerFuncs{OnMessageFunc: func(turn *activity.TurnContext) (schema.Activity, error) {
		if options == nil {
			return schema.Activity{}, nil
		}
		return turn.SendActivity(options...)
	}}
}

func TestATurnOfTheLibraryIsSentByTheClient(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	adapter := &core.BotFrameworkAdapter{Client: Library{s.client}}
	ctx, sent := WithSent(t.Context())
	card := map[string]any{"type": "AdaptiveCard"}
	err := adapter.ProcessActivity(ctx, incoming(s), answering(
		activity.MsgOptionText("$5 <each>"),
		activity.MsgOptionAttachments([]schema.Attachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: card}, {ContentType: "image/png", ContentURL: "https://i.example/"}}),
		func(a *schema.Activity) error { a.ChannelData = map[string]any{"k": 1}; return nil },
		func(a *schema.Activity) error {
			a.SuggestedActions.Actions = []schema.CardAction{{Type: schema.ImBack, Title: "10% off", Text: "10% off"}}
			return nil
		},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []asked{{
		Method: "POST", Path: "/emea/v3/conversations/..%2F..%2Fevil/activities", Token: "Bearer T1", Type: "application/json",
		Body: `{"type":"message","text":"$5 <each>","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard"}},` +
			`{"contentType":"image/png","contentUrl":"https://i.example/"}],"channelData":{"k":1},"replyToId":"in1",` +
			`"suggestedActions":{"actions":[{"type":"imBack","title":"10% off","value":"10% off"}]}}`,
	}}
	if diff := cmp.Diff(want, s.requests(), cmpopts.IgnoreUnexported(asked{})); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if sent.ActivityID != "A1" {
		t.Errorf("the new activity is %q, want A1", sent.ActivityID)
	}
}

func TestATurnWithNothingToSaySendsNothing(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	adapter := &core.BotFrameworkAdapter{Client: Library{s.client}}
	if err := adapter.ProcessActivity(t.Context(), incoming(s), answering()); err != nil {
		t.Error(err)
	}
	if got := s.requests(); len(got) > 0 {
		t.Errorf("sent %+v", got)
	}
}

func TestTheLibraryUpdatesByTheActivitysIDs(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	adapter := &core.BotFrameworkAdapter{Client: Library{s.client}}
	a := incoming(s)
	a.ID = "a/1"
	if err := adapter.UpdateActivity(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[0].Method + " " + s.requests()[0].Path; got != "PUT /emea/v3/conversations/..%2F..%2Fevil/activities/a%2F1" {
		t.Errorf("asked %s", got)
	}
}

func TestTheLibraryCannotDeleteOrGetByItsOwnURL(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	adapter := &core.BotFrameworkAdapter{Client: Library{s.client}}
	ref := activity.GetCoversationReference(incoming(s))
	if err := adapter.DeleteActivity(t.Context(), "1", ref); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("delete: %v", err)
	}
	if _, err := adapter.Get(t.Context(), *mustURL(t, s.url)); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("get: %v", err)
	}
	if got := s.requests(); len(got) > 0 {
		t.Errorf("asked %+v", got)
	}
}

func TestErrorsReachThroughTheLibrary(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	adapter := &core.BotFrameworkAdapter{Client: Library{s.client}}
	s.will(status(http.StatusRequestEntityTooLarge, ""), status(http.StatusNotFound, `{"error":{"code":"ConversationNotFound"}}`))
	err := adapter.ProcessActivity(t.Context(), incoming(s), answering(activity.MsgOptionText("x")))
	wantError(t, err, Error{Op: "send", Outcome: TooBig, Status: http.StatusRequestEntityTooLarge}, 0)
	err = adapter.UpdateActivity(t.Context(), incoming(s))
	wantError(t, err, Error{Op: "update", Outcome: Gone, Status: http.StatusNotFound, Code: "ConversationNotFound"}, 0)
}

func TestWhatCannotBeEncodedIsNotSent(t *testing.T) {
	t.Parallel()
	s := newTeams(t)
	library := Library{s.client}
	for _, spoil := range []func(*schema.Activity){
		func(a *schema.Activity) { a.Attachments = []schema.Attachment{{Content: make(chan int)}} },
		func(a *schema.Activity) { a.ChannelData = map[string]any{"f": func() {}} },
	} {
		a := incoming(s)
		spoil(&a)
		if err := library.Post(t.Context(), *mustURL(t, s.url), a); err == nil {
			t.Error("posted")
		}
		if err := library.Put(t.Context(), *mustURL(t, s.url), a); err == nil {
			t.Error("put")
		}
	}
	if got := s.requests(); len(got) > 0 {
		t.Errorf("asked %+v", got)
	}
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
