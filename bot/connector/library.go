package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// Library is the client.Client of a core.BotFrameworkAdapter, for turns that go through
// msbotbuilder-go. It ignores the URL that the library builds, in which ids are not
// escaped, and builds its own from the activity. Delete and Get are handed nothing but
// that URL and so are refused: call the Client's own methods.
type Library struct{ Client *Client }

// Post sends the activity. The library posts whatever a handler returns, so an activity
// without type and conversation, which is how a handler says nothing, is not sent. The
// new activity's id goes to the Sent in ctx, if there is one.
func (l Library) Post(ctx context.Context, _ url.URL, a schema.Activity) error {
	if a.Type == "" && a.Conversation.ID == "" {
		return nil
	}
	out, err := fromLibrary(a)
	if err != nil {
		return err
	}
	id, err := l.Client.Send(ctx, a.ServiceURL, a.Conversation.ID, out)
	if err != nil {
		return err
	}
	if sent, ok := ctx.Value(sentKey{}).(*Sent); ok {
		sent.ActivityID = id
	}
	return nil
}

// Put updates the activity.
func (l Library) Put(ctx context.Context, _ url.URL, a schema.Activity) error {
	out, err := fromLibrary(a)
	if err != nil {
		return err
	}
	return l.Client.Update(ctx, a.ServiceURL, a.Conversation.ID, a.ID, out)
}

// Delete is refused with errors.ErrUnsupported.
func (Library) Delete(context.Context, url.URL) error {
	return fmt.Errorf("delete by the library's URL: %w", errors.ErrUnsupported)
}

// Get is refused with errors.ErrUnsupported.
func (Library) Get(context.Context, url.URL) (json.RawMessage, error) {
	return nil, fmt.Errorf("get by the library's URL: %w", errors.ErrUnsupported)
}

// Sent is where Post leaves the id of what it sent, which the library's methods do not
// return. With more than one message it is the last one's.
type Sent struct{ ActivityID string }

type sentKey struct{}

// WithSent returns a context for one turn, and where to look after it.
func WithSent(ctx context.Context) (context.Context, *Sent) {
	sent := &Sent{}
	return context.WithValue(ctx, sentKey{}, sent), sent
}

func fromLibrary(a schema.Activity) (Activity, error) {
	out := Activity{
		Type:       string(a.Type),
		Text:       a.Text,
		TextFormat: string(a.TextFormat),
		Summary:    a.Summary,
		ReplyToID:  a.ReplyToID,
	}
	for _, attachment := range a.Attachments {
		content, err := raw(attachment.Content)
		if err != nil {
			return Activity{}, fmt.Errorf("encode attachment: %w", err)
		}
		out.Attachments = append(out.Attachments, Attachment{
			ContentType: attachment.ContentType,
			ContentURL:  attachment.ContentURL,
			Name:        attachment.Name,
			Content:     content,
		})
	}
	// The library's actions have no text as their value; it comes as their Text.
	for _, action := range a.SuggestedActions.Actions {
		if out.SuggestedActions == nil {
			out.SuggestedActions = &SuggestedActions{}
		}
		out.SuggestedActions.Actions = append(out.SuggestedActions.Actions, SuggestedAction{string(action.Type), action.Title, action.Text})
	}
	if a.ChannelData != nil {
		data, err := raw(a.ChannelData)
		if err != nil {
			return Activity{}, fmt.Errorf("encode channel data: %w", err)
		}
		out.ChannelData = data
	}
	return out, nil
}

func raw(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return encode(v)
}
