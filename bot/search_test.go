package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"radioquote/cards"
	"radioquote/quoting"
)

func TestWhatIsSearchedFor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		value string
		want  composeSearch
	}{
		{"what is typed", `{"commandId":"searchQuotes","parameters":[{"name":"query","value":"acme"}],"queryOptions":{"skip":0,"count":25}}`, composeSearch{"searchQuotes", "acme", 0, 25}},
		{"as Teams' editor writes it", `{"commandId":"searchPrices","parameters":[{"name":"query","value":" 6-bank\u00a0 charger\n"}]}`, composeSearch{"searchPrices", "6-bank charger", 0, 25}},
		{"a number", `{"commandId":"searchQuotes","parameters":[{"name":"query","value":1001}]}`, composeSearch{"searchQuotes", "1001", 0, 25}},
		{"nothing, as it is opened", `{"commandId":"searchQuotes","parameters":[{"name":"initialRun","value":"true"}],"queryOptions":{"skip":0,"count":25}}`, composeSearch{"searchQuotes", "", 0, 25}},
		{"nothing, in another form", `{"commandId":"searchQuotes","parameters":[{"name":"initialRun","value":true}]}`, composeSearch{"searchQuotes", "", 0, 25}},
		{"the next page", `{"commandId":"searchPrices","queryOptions":{"skip":25,"count":10}}`, composeSearch{"searchPrices", "", 25, 10}},
		{"no page is larger or farther than there is", `{"commandId":"searchPrices","queryOptions":{"skip":100000,"count":100000}}`, composeSearch{"searchPrices", "", 500, 25}},
		{"nor before the first", `{"commandId":"searchPrices","queryOptions":{"skip":-1,"count":-1}}`, composeSearch{"searchPrices", "", 0, 25}},
		{"another search is none", `{"commandId":"drop","parameters":[{"name":"query","value":"x"}]}`, composeSearch{"", "x", 0, 25}},
		{"a value of another form is nothing", `[]`, composeSearch{"", "", 0, 25}},
		{"no value", ``, composeSearch{"", "", 0, 25}},
		{"parameters of another form", `{"commandId":"searchQuotes","parameters":"acme"}`, composeSearch{"searchQuotes", "", 0, 25}},
		{"a text of another form", `{"commandId":"searchQuotes","parameters":[{"name":"query","value":["acme"]}]}`, composeSearch{"searchQuotes", "", 0, 25}},
	} {
		if got, err := parseSearch(json.RawMessage(tc.value)); err != nil || got != tc.want {
			t.Errorf("%s: %+v, %v; want %+v", tc.name, got, err, tc.want)
		}
	}
	long := `{"commandId":"searchQuotes","parameters":[{"name":"query","value":"` + strings.Repeat("é", 201) + `"}]}`
	if _, err := parseSearch(json.RawMessage(long)); !errors.Is(err, quoting.Invalid) {
		t.Errorf("a long text: %v", err)
	}
}

// Whatever a client sends, a search is one that the desk may be asked.
func FuzzParseSearch(f *testing.F) {
	for _, value := range []string{
		`{"commandId":"searchQuotes","parameters":[{"name":"query","value":"acme"}],"queryOptions":{"skip":0,"count":25}}`,
		`{"commandId":"searchPrices","parameters":[{"name":"query","value":1e400}],"queryOptions":{"skip":-9,"count":1e3}}`,
		`{"parameters":[{"name":"query","value":"\ud800\u0000"}]}`, `null`, `{"quote":"Q-1001"}`, ``,
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		s, err := parseSearch(json.RawMessage(value))
		if err != nil {
			return
		}
		if s.command != "" && s.command != searchQuotes && s.command != searchPrices || s.skip < 0 || s.skip > maxSkip || s.limit < 1 || s.limit > maxResults {
			t.Errorf("%q is %+v", value, s)
		}
		if n := utf8.RuneCountInString(s.text); n > maxQuery || !utf8.ValidString(s.text) || s.text != strings.TrimSpace(s.text) {
			t.Errorf("%q searches for %q", value, s.text)
		}
	})
}

func TestAChoiceComesBackAsItWent(t *testing.T) {
	t.Parallel()
	for _, c := range []cards.Choice{{Quote: 1001}, {SKU: "BAT-C"}} {
		var back cards.Choice
		if err := json.Unmarshal(c.Value(), &back); err != nil || back != c {
			t.Errorf("%s is %+v, %v", c.Value(), back, err)
		}
	}
}
