package netsuite

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"radioquote/quoting"
)

func TestRowsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, body, want string }{ // want: of the error; empty: none
		{"an empty page", `{"items":[],"count":0,"hasMore":false}`, ""},
		{"a number where NetSuite writes text", `{"items":[{"links":[],"id":77}],"count":"1"}`, ""},
		{"null, which NetSuite leaves out", `{"items":[{"id":"77","cost":null}],"count":1}`, ""},
		{"no items", `{"count":0}`, "no items"},
		{"items that are null", `{"items":null,"count":0}`, "no items"},
		{"no count", `{"items":[]}`, "a count of nothing"},
		{"a count of another number", `{"items":[{"id":"1"}],"count":2}`, "1 rows, and a count of 2"},
		{"a row that is null", `{"items":[null],"count":1}`, "a row that is null"},
		{"a row that is a list", `{"items":[[]],"count":1}`, "not the expected JSON"},
		{"a value that is an object", `{"items":[{"id":{"value":"1"}}],"count":1}`, "column id"},
		{"a value that is a flag", `{"items":[{"isinactive":true}],"count":1}`, "column isinactive"},
		{"a column twice", `{"items":[{"unitprice":"1","unitprice":"2"}],"count":1}`, `the field "unitprice" twice`},
		{"a column twice, in other letters", `{"items":[{"unitprice":"1","UNITPRICE":"2"}],"count":1}`, `the field "unitprice" twice`},
		{"null", `null`, "no items"},
		{"a list", `[]`, "not the expected JSON"},
		{"nothing", ``, "not the expected JSON"},
		{"half of it", `{"items":[{"id":"7`, "not the expected JSON"},
		{"two answers", `{"items":[],"count":0} {"items":[],"count":0}`, "not the expected JSON"},
		{"nesting without end", `{"items":[],"count":0,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "not the expected JSON"},
		{"NaN", `{"items":[{"unitprice":NaN}],"count":1}`, "not the expected JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := parsePage([]byte(tc.body))
			if tc.want == "" && err != nil {
				t.Error(err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error = %v, want it to say %q", err, tc.want)
			}
		})
	}
}

func TestFullAndUnfinishedPagesAreFollowedByMore(t *testing.T) {
	t.Parallel()
	rows := func(n int, hasMore bool) string {
		items := strings.TrimSuffix(strings.Repeat(`{"id":"1"},`, n), ",")
		count, _ := json.Marshal(n)
		more, _ := json.Marshal(hasMore)
		return `{"items":[` + items + `],"count":` + string(count) + `,"hasMore":` + string(more) + `}`
	}
	for _, tc := range []struct {
		name    string
		rows    int
		hasMore bool
		want    bool
	}{
		{"a full page, whatever it says", 1000, false, true},
		{"a page that says so", 3, true, true},
		{"a page that is not full", 999, false, false},
		{"an empty page, whatever it says", 0, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := parsePage([]byte(rows(tc.rows, tc.hasMore)))
			if err != nil {
				t.Fatal(err)
			}
			if p.more != tc.want || len(p.rows) != tc.rows {
				t.Errorf("%d rows, more %t; want %d, %t", len(p.rows), p.more, tc.rows, tc.want)
			}
		})
	}
}

func TestAnErrorAnswerIsExplainedAsFarAsItCanBe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 400)
	for _, tc := range []struct {
		name, body string
		want       Error
	}{
		{"NetSuite's shape", `{"type":"x","title":"Bad Request","status":400,"o:errorDetails":[{"detail":"Please enter a value for Amount.","o:errorCode":"USER_ERROR","o:errorPath":"item.items[0]"},{"detail":"second"}]}`,
			Error{Code: "USER_ERROR", Detail: "Please enter a value for Amount.", Path: "item.items[0]"}},
		{"a code at the top only", `{"title":"Too Many Requests","o:errorCode":"USER_ERROR"}`,
			Error{Code: "USER_ERROR", Detail: "Too Many Requests"}},
		{"OAuth's shape", `{"error":"invalid_client","error_description":"no"}`,
			Error{Code: "invalid_client", Detail: "no"}},
		{"an internal error", `{"o:errorDetails":[{"detail":"An unexpected error occurred. Error ID: abc","o:errorCode":"UNEXPECTED_ERROR"}]}`,
			Error{Code: "UNEXPECTED_ERROR", Detail: "An unexpected error occurred. Error ID: abc", ErrorID: "abc"}},
		{"lines and long words are cut to one line", `{"o:errorDetails":[{"detail":"a\n b\u0007` + long + `"}]}`,
			Error{Detail: "a b " + strings.Repeat("é", 248) + "…"}},
		{"a credential of ours, quoted", `{"error":"invalid_grant","error_description":"bad assertion ` + assertionHeader + `.e30.c2ln"}`,
			Error{Code: "invalid_grant", Detail: "bad assertion REDACTED"}},
		{"invalid JSON", `{"status":429 "o:errorDetails":[]}`, Error{}},
		{"a page", `<html>`, Error{}},
		{"nothing", ``, Error{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got Error
			got.explain([]byte(tc.body))
			if got != tc.want {
				t.Errorf("error = %+v, want %+v", got, tc.want)
			}
		})
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(`{"links":[],"count":1,"hasMore":false,"items":[{"links":[],"id":"77","unitprice":".5","isinactive":"F"}],"offset":0}`))
	f.Add([]byte(`{"count":"1","items":[{"ID":77,"quantity":1E2,"cost":null}]}`))
	f.Add([]byte(`[]`))
	known := &currencies{codes: map[int64]quoting.Currency{1: quoting.USD}}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := parsePage(body)
		if err != nil {
			return
		}
		for _, row := range p.rows {
			for name := range row {
				if name != strings.ToLower(name) || name == "links" {
					t.Errorf("column %q", name)
				}
			}
			r := columns{row: row}
			price := priceRow(&r, known)
			if r.err == nil && (price.Price.Amount.IsNeg() || price.Price.Currency != quoting.USD || price.Item < 1 || price.Level < 1 || price.From < 1) {
				t.Errorf("price %+v of %v", price, row)
			}
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(form))
	f.Add([]byte(stored))
	f.Add([]byte(`{"item":{"items":[{"quantity":"1e3","rate":".5"}]}}`))
	known := &currencies{codes: map[int64]quoting.Currency{1: quoting.USD}}
	basket := quoting.Basket{Customer: 4001, Currency: quoting.USD, Lines: []quoting.BasketLine{{Item: 1003, Quantity: 38}, {Item: 1010, Quantity: 2}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		if prices, err := parseForm(body, basket, 1); err == nil {
			for _, p := range prices {
				if p.Sellable != p.Price.Amount.IsPos() {
					t.Errorf("price %+v", p)
				}
			}
		}
		r, err := parseRecord(body)
		if err != nil {
			return
		}
		e, err := r.estimate(known)
		if err != nil {
			return
		}
		for _, line := range e.Lines {
			if line.Item < 1 || line.Quantity < 0 || line.Rate.Currency != quoting.USD {
				t.Errorf("line %+v", line)
			}
		}
	})
}

func FuzzExplain(f *testing.F) {
	f.Add([]byte(`{"title":"Bad Request","status":400,"o:errorDetails":[{"detail":"An error. Error ID: abc","o:errorCode":"USER_ERROR","o:errorPath":"item"}]}`))
	f.Add([]byte(`{"error":"invalid_grant"}`))
	f.Add([]byte(`{"status":429 "x"`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var e Error
		e.explain(body)
		for _, text := range []string{e.Code, e.Detail, e.Path, e.ErrorID} {
			if len(text) > detailLimit+len("…") || strings.ContainsAny(text, "\r\n") || !utf8.ValidString(text) {
				t.Errorf("%q is not fit for a line of a log", text)
			}
		}
	})
}
