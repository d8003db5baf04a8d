package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/emulator"
)

// refreshedFor is a card with a text that is refreshed for people.
func refreshedFor(text string, users string) string {
	return `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":` + refreshCard(text, users) + `}]}`
}

func refreshCard(text, users string) string {
	return `{"type":"AdaptiveCard","version":"1.5","body":` + textBlock(text) + `,"refresh":{"action":{"type":"Action.Execute","verb":"view","data":{"q":"Q-1"}},"userIds":[` + users + `]}}`
}

func TestACardIsRefreshedForWhomItNamesWhenTheyLook(t *testing.T) {
	t.Parallel()
	clock := newClock()
	cfg := config()
	cfg.Now = clock.Now
	em := start(t, cfg)
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	id := bot.must(t, http.MethodPost, activities(group), refreshedFor("open", `"29:riley"`)).id
	bot.must(t, http.MethodPost, activities(group), `{"type":"message","text":"hi"}`)
	bot.answers(func(map[string]any) (int, string) { return 200, cardAnswer(refreshCard("for you", `"29:riley"`)) })

	look := func(when string, p emulator.Person, want int) {
		t.Helper()
		before := len(bot.requests())
		n, err := em.Look(t.Context(), p, group)
		if err != nil || n != want || len(bot.requests())-before != want {
			t.Errorf("%s, %s has %d cards refreshed, want %d; %v", when, p.Name, n, want, err)
		}
	}
	look("at first", riley, 1)
	if a := bot.requests()[0].activity; a["replyToId"] != id || a["value"].(map[string]any)["trigger"] != "automatic" {
		t.Errorf("the bot hears %v", a)
	}
	look("at first", morgan, 0)
	look("at once again", riley, 0)
	clock.forward(61 * time.Second)
	look("after a minute", riley, 1)
	bot.must(t, http.MethodPut, activities(group, id), refreshedFor("changed", `"29:riley","29:morgan"`))
	for _, p := range []emulator.Person{riley, morgan} {
		if seen := string(em.Messages(p)[0].Card); !strings.Contains(seen, "changed") {
			t.Errorf("before %s looks again it is %s", p.Name, seen)
		}
		look("changed", p, 1)
		if seen := string(em.Messages(p)[0].Card); !strings.Contains(seen, "for you") {
			t.Errorf("%s sees %s", p.Name, seen)
		}
	}
	bot.must(t, http.MethodDelete, activities(group, id), "")
	look("deleted", riley, 0)

	if _, err := em.Look(t.Context(), emulator.Person{Name: "Sam", UserID: "29:sam"}, group); err == nil {
		t.Error("a stranger looks")
	}
	if _, err := em.Look(t.Context(), riley, "19:nowhere"); err == nil {
		t.Error("somebody looks at nothing")
	}
	bot.must(t, http.MethodPost, activities(group), refreshedFor("open", `"29:riley"`))
	bot.answers(func(map[string]any) (int, string) { return 500, "" })
	if _, err := em.Look(t.Context(), riley, group); err == nil {
		t.Error("a bot that fails gives no error")
	}
}

func TestAMemberOfAGroupIsMentionedByName(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	if _, err := em.SayIn(t.Context(), riley, group, "delegate to @Morgan Manager & @Sam"); err != nil {
		t.Fatal(err)
	}
	a := bot.requests()[0].activity
	if a["text"] != "<at>Radio Quote</at> delegate to <at>Morgan Manager</at> & @Sam\n" {
		t.Errorf("the text is %q", a["text"])
	}
	want := []any{
		map[string]any{"type": "mention", "text": "<at>Radio Quote</at>", "mentioned": map[string]any{"id": "28:" + config().AppID, "name": "Radio Quote"}},
		map[string]any{"type": "mention", "text": "<at>Morgan Manager</at>", "mentioned": map[string]any{"id": "29:morgan", "name": "Morgan Manager"}},
	}
	if diff := cmp.Diff(want, a["entities"].([]any)[1:]); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
}

func TestAReplyQuotesOutsideItsText(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	group := em.AddGroup(riley, morgan)
	if _, err := em.SayIn(t.Context(), morgan, group, "approve <everything>"); err != nil {
		t.Fatal(err)
	}
	said := em.Messages(riley)[0]
	if _, err := em.ReplyIn(t.Context(), riley, said.ID, "make it 45"); err != nil {
		t.Fatal(err)
	}
	a := bot.requests()[1].activity
	if a["text"] != `<quoted messageId="`+said.ID+`"/> <at>Radio Quote</at> make it 45`+"\n" {
		t.Errorf("the text is %q", a["text"])
	}
	html := a["attachments"].([]any)[0].(map[string]any)["content"].(string)
	if !strings.Contains(html, `itemtype="http://schema.skype.com/Reply"`) || !strings.Contains(html, "approve &lt;everything&gt;") {
		t.Errorf("the HTML is %s", html)
	}
	entities := a["entities"].([]any)
	want := map[string]any{"type": "quotedReply", "quotedReply": map[string]any{"messageId": said.ID, "senderId": "29:morgan", "preview": "approve <everything>"}}
	if diff := cmp.Diff(want, entities[len(entities)-1]); diff != "" {
		t.Errorf("the entity (-want +got):\n%s", diff)
	}
	if _, err := em.ReplyIn(t.Context(), riley, "1", "hi"); err == nil {
		t.Error("nothing was replied to")
	}
	if _, err := em.Say(t.Context(), riley, "hi"); err != nil {
		t.Fatal(err)
	}
	own := em.Messages(riley)
	if _, err := em.ReplyIn(t.Context(), riley, own[len(own)-1].ID, "hi"); err == nil {
		t.Error("a reply in a room to a message of a chat")
	}
}
