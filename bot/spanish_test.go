package bot_test

import (
	"strings"
	"testing"

	"radioquote/bot/emulator"
)

// inSpanish is the person with Teams in Spanish.
func inSpanish(p emulator.Person, locale string) emulator.Person {
	p.Locale = locale
	return p
}

func TestEachReadsTheSameQuoteInTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := inSpanish(riley, "es-MX")
	check(t, h.teams.Install(t.Context(), morgan))
	h.say(t, rosa, large)
	card := h.sees(t, rosa, "Q-1001", "Verificado con NetSuite", `"title":"Enviar"`)
	answer := must(h.teams.Click(t.Context(), rosa, card.ID, "submit", nil))(t)
	if !strings.Contains(string(answer.Card), "En espera de ") {
		t.Errorf("submit is answered %d %s %s", answer.Status, answer.Message, answer.Card)
	}
	asked := h.sees(t, morgan, "Q-1001", `"verb":"approve"`, " asks for your approval")
	must(h.teams.Click(t.Context(), morgan, asked.ID, "approve", nil))(t)
	h.sees(t, rosa, "Q-1001 v1 fue aprobada por Morgan Manager.")
	h.sees(t, rosa, "El Estimate está en NetSuite")
	for _, m := range h.written(morgan) {
		if strings.Contains(string(m.Card), "aprobaci") {
			t.Errorf("Morgan reads %s", m.Card)
		}
	}
}

func TestHelpAndErrorsAreInTheLanguageOfTheActivity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rosa := inSpanish(riley, "es-ES")
	h.say(t, rosa, "help")
	h.sees(t, rosa, "Cotizo sistemas de radio de dos vías", "cotiza 40 radios para 3 sitios")
	h.say(t, rosa, "quote 20000 radios for 3 sites")
	h.sees(t, rosa, "Puedo cotizar de 1 a 10.000 radios; usted dijo 20.000.")
	help := h.sees(t, rosa, "Cotizo sistemas")
	answer := must(h.teams.Execute(t.Context(), rosa, h.teams.Invoke(rosa, help, "view", map[string]any{"verb": "view", "quote": "Q-7777", "version": 1})))(t)
	if answer.Message != "No hay ninguna cotización Q-7777, o ninguna que usted pueda ver." {
		t.Errorf("the button is answered %q", answer.Message)
	}
	h.say(t, riley, "help") // the same person, with Teams in English again
	h.sees(t, riley, "I price two-way radio systems")
}
