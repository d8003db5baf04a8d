package bot_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"radioquote/bot/emulator"
)

// A conversation is a row of what a person says and what the answer shows.
type exchange struct {
	says  string
	shows []string
}

// talk has the person say each line after the answer to the one before.
func (h *house) talk(t *testing.T, p emulator.Person, all ...exchange) {
	t.Helper()
	for _, e := range all {
		before := map[string]bool{}
		for _, m := range h.written(p) {
			before[m.ID] = true
		}
		h.say(t, p, e.says)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		_, err := h.teams.WaitFor(ctx, p, func(m emulator.Message) bool { return !before[m.ID] && shows(m, e.shows...) })
		cancel()
		if err != nil {
			t.Fatalf("%q: %v", e.says, err)
		}
	}
}

func TestAQuestionIsAnsweredByANumberANameOrWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		talk []exchange
	}{
		{"how many radios, by a bare number", []exchange{
			{"quote radios for a hotel, 2 sites", []string{"How many radios"}},
			{"40", []string{"Q-1001 v1", "40 radios", "2 sites", "Hospitality"}},
		}},
		{"how many radios, in a sentence", []exchange{
			{"quote radios for Acme Construction", []string{"How many radios"}},
			{"make it 45, 3 sites", []string{"Q-1001 v1", "45 radios", "3 sites", "Acme Construction"}},
		}},
		{"small talk between does no harm", []exchange{
			{"quote radios for a hotel, 2 sites", []string{"How many radios"}},
			{"thanks!", []string{"Any time"}},
			{"twenty", []string{"Q-1001 v1", "20 radios", "2 sites"}},
		}},
		{"which of two numbers, by the number itself", []exchange{
			{"quote 2 or 30 radios, 1 site, retail", []string{"2 radios", "30 radios"}},
			{"2", []string{"Q-1001 v1", "2 radios"}},
		}},
		{"which of two numbers, by its place", []exchange{
			{"quote 25 or 30 radios, 1 site, retail", []string{"25 radios", "30 radios"}},
			{"the second one", []string{"Q-1001 v1", "30 radios"}},
		}},
		{"another request is no answer", []exchange{
			{"quote radios for Acme Construction", []string{"How many radios"}},
			{"quote 12 radios, 1 site, retail, for Globex", []string{"Q-1001 v1", "12 radios", "Retail", "Globex"}},
		}},
		{"whose quote, by the number on the card", []exchange{
			{"quote 40 radios, 3 sites, construction, for Acme", []string{"3. Acme Construction", "4. Acme Construction LLC"}},
			{"4", []string{"Q-1001 v2", "Acme Construction LLC"}},
		}},
		{"whose quote, by the name", []exchange{
			{"quote 40 radios, 3 sites, construction, for Acme", []string{"3. Acme Construction"}},
			{"acme construction", []string{"Q-1001 v2", `"Acme Construction"`}},
		}},
		{"whose quote, where no name was said", []exchange{
			{"quote 40 radios, 3 sites, construction", []string{"Who is it for?"}},
			{"acme construction", []string{"Q-1001 v2", `"Acme Construction"`}},
		}},
		{"the industry alone", []exchange{
			{"quote 40 radios, 3 sites, for Acme Construction", []string{"Which industry is it?"}},
			{"hotel", []string{"Q-1001 v2", "Hospitality"}},
		}},
		{"a number that may be sites or radios is asked about", []exchange{
			{"quote 40 radios, construction, for Acme Construction", []string{"I assumed"}},
			{"3", []string{"3 what?", "3 sites", "3 radios"}},
			{"3", []string{"3 what?"}},
			{"1", []string{"Q-1001 v2", "40 radios", "3 sites"}},
		}},
		{"an industry that is not on the list", []exchange{
			{"quote 40 radios for 2 sites for a church", []string{"is not an industry that I quote for"}},
			{"events", []string{"Q-1001 v1", "40 radios", "2 sites", "Events"}},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			newHouse(t).talk(t, riley, tc.talk...)
		})
	}
}

func TestCancelYesAndNoKnowWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.talk(t, riley,
		exchange{"quote radios for a hotel", []string{"How many radios"}},
		exchange{"cancel", []string{"Dropped: I made no quote of it."}},
		exchange{"40", []string{"I did not get that"}},
		exchange{"quote 40 radios, 3 sites, construction, for Acme Construction", []string{"Q-1001 v1"}},
		exchange{"cancel", []string{"Which quote?"}},
		exchange{"submit", []string{"Q-1001 v1"}},
		exchange{"cancel", []string{"Dropped. The quote is as it was"}},
		exchange{"submit", []string{"Q-1001 v1"}},
		exchange{"yes", []string{"Q-1001 v1"}},
		exchange{"no", []string{"nothing is decided and nothing is sent"}},
	)
	if n := h.count(t, `SELECT count(*) FROM quote_versions WHERE state <> 'draft'`); n != 0 {
		t.Error("text has submitted a quote")
	}
}

func TestSeveralActsAreDoneInTurnUntilOneFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.talk(t, riley,
		exchange{"quote 40 radios for 3 sites, construction. also status of Q-999", []string{"There is no quote Q-999"}},
	)
	h.sees(t, riley, "Q-1001 v1", "40 radios")
	h.talk(t, riley,
		exchange{"what's the status of Q-999; quote 50 radios for 2 sites, retail", []string{"There is no quote Q-999", "what came after it is not done"}},
	)
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes, want the one before the failure", n)
	}
}

func TestTextOpensTheApproversCardAndDecidesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(t)
	for _, text := range []string{"approved", "ok", "yes", "reject, too cheap", "👍"} {
		h.say(t, morgan, text)
	}
	h.talk(t, morgan,
		exchange{"approve if they drop to 8%", []string{"A condition is no approval"}},
		exchange{"help", []string{"Q-1001 waits for you"}},
	)
	if n := h.count(t, `SELECT count(*) FROM decisions`); n != 0 {
		t.Errorf("%d decisions were made by text", n)
	}
}

func TestAReasonThatWasWrittenIsOneTapAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, card := h.submitted(t)
	h.talk(t, morgan, exchange{"reject Q-1001, too cheap for three sites", []string{"One tap rejects it", "too cheap for three sites"}})
	offer := h.sees(t, morgan, "One tap rejects it")
	data := buttonData(t, offer.Card, "reject")
	forged := maps.Clone(data)
	forged["nonce"] = "guessed"
	for _, press := range []map[string]any{forged, data} {
		if answer := must(h.teams.Execute(t.Context(), morgan, h.teams.Invoke(morgan, offer, "reject", press)))(t); answer.Card == nil {
			t.Fatalf("the tap is answered %s", answer.Message)
		}
	}
	h.sees(t, riley, "Q-1001 v1 is rejected by Morgan Manager: too cheap for three sites")
	if n := h.count(t, `SELECT count(*) FROM decisions WHERE action = 'reject' AND reason = 'too cheap for three sites'`); n != 1 {
		t.Errorf("%d rejections with that reason, want one", n)
	}
	if answer := must(h.teams.Execute(t.Context(), morgan, h.teams.Invoke(morgan, card, "approve", buttonData(t, card.Card, "approve"))))(t); !strings.Contains(string(answer.Card), "already rejected") {
		t.Errorf("an approval afterwards is answered %s %s", answer.Message, answer.Card)
	}
}

func TestATapAnswersAQuestionAsWordsDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.talk(t, riley, exchange{"quote 25 or 30 radios for a hotel", []string{"25 radios", "30 radios"}})
	asked := h.sees(t, riley, "How many radios")
	click := h.teams.Invoke(riley, asked, "create", buttonData(t, asked.Card, "create"))
	if answer := must(h.teams.Execute(t.Context(), riley, click))(t); answer.Card == nil {
		t.Fatalf("the tap is answered %s", answer.Message)
	}
	h.sees(t, riley, "Q-1001 v1", "25 radios")
	h.talk(t, riley,
		exchange{"2", []string{"2 what?", "2 sites", "2 radios"}}, // and not the second of the two numbers
		exchange{"2 sites", []string{"Q-1001 v2", "25 radios", "2 sites"}},
	)
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes, want one", n)
	}
}

func TestTextOpensWhatAButtonDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(t)
	h.talk(t, riley,
		exchange{"recall Q-1001", []string{"Q-1001 v1", `"verb":"recall"`}},
		exchange{"remind Morgan about Q-1001", []string{"remind", "Morgan"}},
		exchange{"send Q-1001 to jane@acme.example", []string{"nothing has been sent"}},
		exchange{"delegate my approvals to Sam till Monday", []string{"You approve nothing"}},
	)
	if n := h.count(t, `SELECT count(*) FROM quote_versions WHERE state = 'pending'`); n != 1 {
		t.Error("the quote does not wait any more")
	}
}

func TestTheSameCustomerIsThatOfTheQuoteBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.talk(t, riley, exchange{
		"quote 40 radios, 3 sites, construction for Acme Construction; also quote 12 radios, 1 site, retail for the same customer", []string{"Q-1002 v1", "12 radios", "Acme Construction"},
	})
}

func TestWhatWasLeftUnreadIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.talk(t, riley,
		exchange{"quote 48 radios, 2 sites, taxi, purple zebra stripes", []string{"I read: 48 radios, 2 sites, transportation. I made nothing of", "zebra"}},
		exchange{"quote 30 radios, 2 sites, retail", []string{"Q-1002 v1", "30 radios"}},
	)
	plain := h.sees(t, riley, "Q-1002 v1")
	if shows(plain, "I read") {
		t.Error("a plain message is repeated")
	}
}
