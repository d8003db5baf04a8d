package bot_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"radioquote/bot/emulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// cents are an amount without its currency; a talk path's load has two places as well.
var (
	cents   = regexp.MustCompile(`[0-9]\.[0-9]{2}\b`)
	erlangs = regexp.MustCompile(`[0-9.]+ erlang`)
)

// TestEngineeringReadsAndDecidesWithoutAPrice asks for a quote in every way there is, as
// somebody who sees its technical lines alone (controls.md, section 1).
func TestEngineeringReadsAndDecidesWithoutAPrice(t *testing.T) {
	t.Parallel()
	h := newHouseAs(t, nil, func(c *desk.Config) { c.Policy.StepUp.Method = quoting.SecondApprover })
	eve := emulator.Person{UserID: "29:eve", ObjectID: "dd000000-0000-4000-8000-0000000000ee", Name: "Eve Engineer"}
	check(t, h.teams.AddPerson(eve))
	id := func(p emulator.Person) quoting.PersonID { return quoting.PersonID{Tenant: tenant, Object: p.ObjectID} }
	check(t, h.desk.Prepare(t.Context(), []quoting.Person{
		{ID: id(riley), Name: riley.Name, Roles: []quoting.Role{quoting.Rep}, Team: "midwest", Manager: id(morgan)},
		{ID: id(morgan), Name: morgan.Name, Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"},
		{ID: id(eve), Name: eve.Name, Roles: []quoting.Role{quoting.Engineering}},
	}, "two"))
	check(t, h.teams.Install(t.Context(), morgan))
	check(t, h.teams.Install(t.Context(), eve))
	h.say(t, riley, "quote 600 radios for 6 sites, construction, Acme Construction, 11% off, net60")
	card := h.sees(t, riley, "Q-1001", `"verb":"submit"`)
	must(h.teams.Click(t.Context(), riley, card.ID, "submit", nil))(t)
	hers := h.sees(t, eve, "Q-1001", `"verb":"approve"`, "600", "Engineering looks at systems of more than 500 radios", "in stock")

	const refused = "not what it costs"
	for _, row := range []struct{ says, answer string }{
		{"show Q-1001", "23 lines for Acme Construction"},
		{"why Q-1001", "Why Q-1001 is what it is"},
		{"lines of Q-1001", "23 lines for Acme Construction"},
		{"who approves Q-1001", "waits for Morgan Manager and Eve Engineer"},
		{"status of Q-1001", "Q-1001"},
		{"what needs my approval", "1 quote waits for you"},
		{"quotes this month", "1 quote."},
		{"quotes over 1,000", refused},
		{"largest quotes", refused},
		{"history of Q-1001", refused},
		{"margin on Q-1001", refused},
		{"discount on Q-1001", refused},
		{"compare v1 and v2 of Q-1001", refused},
		{"price of a spare battery", refused},
		{"average discount this year", refused},
		{"what if Q-1001 had 5% off", refused},
		{"what changed in the prices of Q-1001", refused},
	} {
		if answer := h.answered(t, eve, row.says); !strings.Contains(answer, row.answer) {
			t.Errorf("%s: %s", row.says, answer)
		}
	}
	for at := time.Now(); at.Before(time.Now().Add(7 * 24 * time.Hour)); at = at.Add(5 * time.Hour) { // some of it are business hours
		check(t, h.desk.ClocksAsOf(t.Context(), at))
	}
	h.sees(t, eve, "still waits for your decision as engineering")
	if strings.Contains(string(hers.Card), `"id":"discount"`) {
		t.Errorf("she is asked for a discount: %s", hers.Card)
	}
	answer := must(h.teams.Click(t.Context(), eve, hers.ID, "approve", nil))(t)
	if !strings.Contains(string(answer.Card), "Eve Engineer") || strings.Contains(string(answer.Card), `"verb":"approve"`) {
		t.Errorf("her approval is answered %s %s", answer.Message, answer.Card)
	}
	for _, m := range h.written(eve) {
		for _, word := range []string{"11%", "NET60", "net60", "budget", "Margin"} {
			if text := string(m.Activity); price.MatchString(text) || cents.MatchString(erlangs.ReplaceAllString(text, "")) || strings.Contains(text, word) {
				t.Errorf("%s is in %s", word, text)
			}
		}
	}
}
