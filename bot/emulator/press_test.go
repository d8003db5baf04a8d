package emulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPressMergesInputsAsAClientDoes(t *testing.T) {
	t.Parallel()
	card := func(body, actions string) string {
		return `{"type":"AdaptiveCard","version":"1.5","body":` + body + `,"actions":` + actions + `}`
	}
	for _, tc := range []struct {
		name, card string
		given      map[string]any
		want       map[string]any
	}{
		{
			"a button without data and inputs sends an empty object",
			card(`[]`, `[{"type":"Action.Execute","verb":"go"}]`), nil, map[string]any{},
		},
		{
			"untouched inputs send what the card gave them",
			card(`[{"type":"Input.Number","id":"n","value":3},{"type":"Input.Toggle","id":"on"},{"type":"Input.Text","id":"t"},
				{"type":"Input.ChoiceSet","id":"c","value":"x"},{"type":"Input.Date","id":"d"},{"type":"Input.Time","id":"h"}]`,
				`[{"type":"Action.Execute","verb":"go"}]`),
			nil,
			map[string]any{"n": 3.0, "on": "false", "t": "", "c": "x", "d": "", "h": ""},
		},
		{
			"what is typed wins over data of the same name",
			card(`[{"type":"ColumnSet","columns":[{"items":[{"type":"Input.Text","id":"a","value":"card"}]}]}]`,
				`[{"type":"Action.Execute","verb":"go","data":{"a":"button","b":"button"}}]`),
			map[string]any{"a": "typed"},
			map[string]any{"a": "typed", "b": "button"},
		},
		{
			"a button may leave inputs alone",
			card(`[{"type":"Input.Text","id":"a","isRequired":true}]`,
				`[{"type":"Action.Execute","verb":"go","associatedInputs":"none","data":{"b":1}}]`),
			nil,
			map[string]any{"b": 1.0},
		},
		{
			"a button in the body is a button",
			card(`[{"type":"Container","items":[],"selectAction":{"type":"Action.Execute","verb":"go","data":{"a":1}}}]`, `[]`),
			nil,
			map[string]any{"a": 1.0},
		},
		{
			"given data tells buttons of one verb apart",
			card(`[]`, `[{"type":"Action.Execute","verb":"go","data":{"a":1}},{"type":"Action.Execute","verb":"go","data":{"a":2,"b":3}}]`),
			map[string]any{"a": 2},
			map[string]any{"a": 2.0, "b": 3.0},
		},
		{
			"a shown card sends its inputs and those around it",
			card(`[{"type":"Input.Text","id":"outer","value":"o"}]`,
				`[{"type":"Action.ShowCard","card":{"body":[{"type":"Input.Text","id":"inner","value":"i"}],"actions":[{"type":"Action.Execute","verb":"go"}]}}]`),
			nil,
			map[string]any{"outer": "o", "inner": "i"},
		},
		{
			"a button beside a shown card does not send its inputs",
			card(`[]`,
				`[{"type":"Action.ShowCard","card":{"body":[{"type":"Input.Text","id":"inner"}]}},{"type":"Action.Execute","verb":"go"}]`),
			nil,
			map[string]any{},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := press([]byte(tc.card), "go", tc.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPressFindsButtonsOnly(t *testing.T) {
	t.Parallel()
	const action = `{"type":"Action.Execute","verb":"go"}`
	for name, card := range map[string]string{
		"a refresh":       `{"refresh":{"action":` + action + `}}`,
		"a fallback":      `{"body":[{"type":"Chart.Pie","fallback":{"selectAction":` + action + `}}]}`,
		"a button's data": `{"actions":[{"type":"Action.Submit","data":` + action + `}]}`,
		"nothing":         `{}`,
		"no card":         `[]`,
	} {
		if _, err := press([]byte(card), "go", nil); err == nil {
			t.Errorf("%s was pressed", name)
		}
	}
}

// An answer that is taken has what a client shows.
func FuzzParseAnswer(f *testing.F) {
	f.Add(`{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done."}`)
	f.Add(`{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"a","message":"b"}}`)
	f.Add(`{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{"type":"AdaptiveCard","version":"1.5"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		a, err := parseAnswer([]byte(body))
		if err != nil {
			return
		}
		if a.Type == errorType && a.Message == "" {
			t.Errorf("an error without a message was taken: %q", body)
		}
		if a.Type == cardType && a.Card == nil {
			t.Errorf("a card that is none was taken: %q", body)
		}
	})
}

// Whatever the card is, a click either fails or sends the given values.
func FuzzPress(f *testing.F) {
	f.Add(`{"actions":[{"type":"Action.Execute","verb":"go","data":{"a":"x"}}]}`)
	f.Add(`{"body":[{"type":"Input.Text","id":"a"}],"actions":[{"type":"Action.ShowCard","card":{"actions":[{"type":"Action.Execute","verb":"go"}]}}]}`)
	f.Fuzz(func(t *testing.T, card string) {
		sent, err := press([]byte(card), "go", map[string]any{"a": "x"})
		if err == nil && sent["a"] != "x" {
			t.Errorf("sent %v", sent)
		}
	})
}
