package bot_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/bot"
	"radioquote/bot/emulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

func notice(text string) desk.Content {
	return desk.Content{Notice: &quoting.Notice{Text: text}}
}

func TestAMessageIsACardWithASummaryAndCanBeReplaced(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	teams := bot.NewTeams(newConnector(t, h.teams))
	to := desk.Chat{ID: h.teams.ChatID(riley), ServiceURL: h.teams.ServiceURL()}

	id := must(teams.Send(t.Context(), to, notice("First.")))(t)
	first := h.sees(t, riley, "First.")
	if first.ID != id || first.Summary != "First." || first.Text != "" || first.Card == nil {
		t.Errorf("sent as %s: %+v", id, first)
	}
	var wire map[string]any
	check(t, json.Unmarshal(first.Activity, &wire))
	if len(wire) != 3 {
		t.Errorf("there is more in the activity than type, summary and card: %s", first.Activity)
	}

	check(t, teams.Update(t.Context(), to, id, notice("Second.")))
	if second := h.sees(t, riley, "Second."); second.ID != id || second.Summary != "Second." || len(h.written(riley)) != 1 {
		t.Errorf("replaced by %+v", second)
	}
}

func TestHintsStayWithTheMessageWhenItIsReplaced(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	teams := bot.NewTeams(newConnector(t, h.teams))
	to := desk.Chat{ID: h.teams.ChatID(riley), ServiceURL: h.teams.ServiceURL()}
	hinting := func(text string, hints ...string) desk.Content {
		c := notice(text)
		c.Hints = hints
		return c
	}
	id := must(teams.Send(t.Context(), to, hinting("First.", "make it 45", "10% off")))(t)
	if got := h.sees(t, riley, "First.").Suggestions; !slices.Equal(got, []string{"make it 45", "10% off"}) {
		t.Errorf("hints %q", got)
	}
	other := hinting("Third.", "make it 1045", "10% off")
	other.Locale = "es-MX"
	must(teams.Send(t.Context(), to, other))(t)
	if got := h.sees(t, riley, "Third.").Suggestions; !slices.Equal(got, []string{"que sean 1045", "10% de descuento"}) {
		t.Errorf("hints in Spanish %q", got)
	}
	check(t, teams.Update(t.Context(), to, id, hinting("Second.", "make it 45", "submit")))
	if got := h.sees(t, riley, "Second."); got.ID != id || !slices.Equal(got.Suggestions, []string{"make it 45", "submit"}) {
		t.Errorf("replaced by %+v", got)
	}
}

func TestWhatBecomesOfAMessageThatTeamsDoesNotTake(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	teams := bot.NewTeams(newConnector(t, h.teams))
	to := desk.Chat{ID: h.teams.ChatID(riley), ServiceURL: h.teams.ServiceURL()}
	id := must(teams.Send(t.Context(), to, notice("First.")))(t)

	for _, tc := range []struct {
		name   string
		fault  emulator.Fault
		update bool
		want   quoting.Fault
	}{
		{"an answer that is lost leaves it in doubt", emulator.Fault{Commit: true}, false, quoting.OutcomeUnknown},
		{"so does a gateway that gives up", emulator.Fault{Status: http.StatusBadGateway}, false, quoting.OutcomeUnknown},
		{"a chat that blocks the bot refuses it", emulator.Fault{Status: http.StatusForbidden}, false, quoting.Refused},
		{"a chat that blocks the bot refuses a change", emulator.Fault{Status: http.StatusForbidden}, true, quoting.Refused},
		{"too many are for later", emulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: 30 * time.Second}, false, quoting.Unavailable},
	} {
		h.teams.Inject(1, tc.fault)
		var err error
		if tc.update {
			err = teams.Update(t.Context(), to, id, notice("Again."))
		} else {
			_, err = teams.Send(t.Context(), to, notice("Again."))
		}
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if later, ok := errors.AsType[*desk.Later](err); tc.fault.RetryAfter > 0 && (!ok || later.After < 29*time.Second) {
			t.Errorf("%s: after %+v", tc.name, later)
		}
	}
	if _, err := teams.Send(t.Context(), desk.Chat{ID: "a:1", ServiceURL: "https://elsewhere.example/"}, notice("x")); !errors.Is(err, quoting.Refused) {
		t.Errorf("the token would go elsewhere: %v", err)
	}
}

func TestACardThatCannotBeMadeIsAnErrorAndNotSent(t *testing.T) {
	t.Parallel()
	h := newEdge(t)
	teams := bot.NewTeams(newConnector(t, h.teams))
	to := desk.Chat{ID: h.teams.ChatID(riley), ServiceURL: h.teams.ServiceURL()}
	_, err := teams.Send(t.Context(), to, desk.Content{})
	if err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("send: %v", err)
	}
	if err := teams.Update(t.Context(), to, "1", desk.Content{}); err == nil {
		t.Error("update: no error")
	}
	if sent := h.written(riley); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
}
