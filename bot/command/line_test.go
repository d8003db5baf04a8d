package command

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

func TestParseLine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, line, want string }{
		{"plain text", "quote 5 radios\r\n", `{"text":"quote 5 radios","intent":"create_quote","slots":{"users":5},"needs":["sites","industry"]}`},
		{"an empty line", "\n", `{"text":"","intent":"out_of_scope","slots":{}}`},
		{"an object without context", `{"text": "make it 45"}`, `{"text":"make it 45","intent":"revise_quote","slots":{"changes":[{"op":"set","field":"users","value":45}]},"needs":["quote_id"]}`},
		{"an object with context", `{"text": "cancel", "context": {"active_quote": "Q-1042", "pending": "submit_quote"}}`, `{"text":"cancel","intent":"cancel_dialog","slots":{}}`},
		{"an object that says more", `{"text": "help", "intent": "help", "slots": {}}`, `{"text":"help","intent":"help","slots":{}}`},
		{"markup is kept in the text", "<b>help</b>", `{"text":"<b>help</b>","intent":"help","slots":{}}`},
		{"percentages are exact", `{"text": "7.50% off", "context": {"active_quote": "Q-1"}}`, `{"text":"7.50% off","intent":"revise_quote","slots":{"changes":[{"op":"set","field":"discount_pct","value":7.5}]}}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := Default().ParseLine([]byte(row.line))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinesThatAreNeither(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"{", `{"context": {}}`, `{"text": 5}`, `{"text": "x", "context": {"active_quote": "one"}}`, ` {quote}`} {
		for _, read := range []func([]byte) ([]byte, error){Default().ParseLine, Default().ExplainLine} {
			if got, err := read([]byte(line)); !errors.Is(err, quoting.Invalid) {
				t.Errorf("%q: %s, %v, want an error of kind Invalid", line, got, err)
			}
		}
	}
}

func TestExplainLine(t *testing.T) {
	t.Parallel()
	got, err := Default().ExplainLine([]byte("40 raidos, hotel, Acme asap tho"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"text":"40 raidos, hotel, Acme asap tho","intent":"create_quote","slots":{"users":40,"customer":"Acme","need_by_text":"asap","industry":"hospitality"},"needs":["sites"],"confidence":0.82,` +
		`"read":[{"text":"40","means":["number"],"as":["users"]},{"text":"raidos","means":["word","user radio","field users"],"as":["users"]},{"text":",","means":["mark"],"as":[]},` +
		`{"text":"hotel","means":["word","site","industry hospitality"],"as":["industry"]},{"text":",","means":["mark"],"as":[]},{"text":"Acme","means":["name"],"as":["customer"]},` +
		`{"text":"asap","means":["word"],"as":["need_by_text"]},{"text":"tho","means":["word"],"as":["not used"]}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, read := Default().Explain(string(make([]byte, MaxText+1)), quoting.Dialogue{}); read != nil {
		t.Errorf("a text that is too long is explained: %v", read)
	}
}
