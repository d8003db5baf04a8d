package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// threePrices is a page of three rows of pricing, of more.
func (a *account) threePrices(t testing.TB, after string) reply {
	t.Helper()
	return a.page(t, "?limit=3", "SELECT internalid, item, currency, quantity, unitprice, pricelevel FROM pricing WHERE internalid > ? ORDER BY internalid", after)
}

func TestCellsGoWrong(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name   string
		effect Effect
		want   string // internalid, currency, item, quantity, unitprice of each row
	}{
		{"nothing is wrong", EveryCell("colour", strings.ToUpper), "1 1 1001 0 229; 2 1 1001 10 222.13; 3 1 1001 25 215.26"},
		{"another value", SetCell("unitprice", "$12.50"), "1 1 1001 0 $12.50; 2 1 1001 10 222.13; 3 1 1001 25 215.26"},
		{"no value", DropCell("unitprice"), "1 1 1001 0 ; 2 1 1001 10 222.13; 3 1 1001 25 215.26"},
		{"no column to change", SetCell("colour", "red"), "1 1 1001 0 229; 2 1 1001 10 222.13; 3 1 1001 25 215.26"},
		{"a hundred times as much", Hundredfold("unitprice"), "1 1 1001 0 22900; 2 1 1001 10 22213; 3 1 1001 25 21526"},
		{"two prices for one quantity", SecondPrice(), "1 1 1001 0 229; 2 1 1001 10 222.13; 3 1 1001 0 215.26"},
		{"another order", ShuffledRows(), "3 1 1001 25 215.26; 2 1 1001 10 222.13; 1 1 1001 0 229"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a.Inject(Fault{Table: "pricing", Times: 1, Effect: tc.effect})
			var rows []string
			for _, r := range rowsOf(t, a.threePrices(t, "0")) {
				if len(r) > 6 {
					t.Errorf("a column too many: %v", r)
				}
				rows = append(rows, strings.Join([]string{r["internalid"], r["currency"], r["item"], r["quantity"], r["unitprice"]}, " "))
			}
			if got := strings.Join(rows, "; "); got != tc.want {
				t.Errorf("got %s", got)
			}
		})
	}
	for text, want := range map[string]string{"12.5": "1250", "0.125": "12.5", "free": "free", "9999999999999999999": "9999999999999999999"} {
		if got := hundredfold(text); got != want {
			t.Errorf("a hundred times %s is %s, want %s", text, got, want)
		}
	}
}

func TestAnswersGoWrong(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name   string
		effect Effect
		valid  bool   // JSON
		want   string // what the answer contains
	}{
		{"null instead of nothing", NullCell("unitprice"), true, `"quantity":"10","unitprice":null,`},
		{"numbers instead of texts", BareCell("unitprice"), true, `"quantity":"10","unitprice":222.13,`},
		{"NaN", NotANumber("unitprice"), false, `"unitprice":NaN,`},
		{"a column twice in a row", TwiceInARow("unitprice"), true, `"unitprice":"222.13","unitprice":"1222.13"`},
		{"items null", NullItems(), true, `"items":null,`},
		{"items missing", NoItems(), true, `"hasMore":true,"rows":[{`},
		{"an array", Shape(`[]`), true, `[]`},
		{"deep nesting", DeepNesting(3), true, `"items":[[[]]],`},
		{"ten thousand bytes", Oversize(10_000), true, strings.Repeat("x", 10_000) + `","links"`},
		{"half an answer", Truncate(), false, `{"links"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a.Inject(Fault{Table: "pricing", Times: 1, Effect: tc.effect})
			got := a.threePrices(t, "0")
			if got.status != 200 || got.header.Get("Content-Type") != mediaCollection {
				t.Errorf("status %d, %s", got.status, got.header.Get("Content-Type"))
			}
			if json.Valid(got.body) != tc.valid || !strings.Contains(string(got.body), tc.want) {
				t.Errorf("got %.2000s", got)
			}
		})
	}
}

// paged reads a table as a client that trusts every page does, eight pages at most.
func (a *account) paged(t testing.TB) string {
	t.Helper()
	var pages []string
	for last := "4050"; len(pages) < 8; {
		got := a.page(t, "?limit=4", "SELECT id FROM customer WHERE id > ? ORDER BY id", last)
		var ids []string
		for _, r := range rowsOf(t, got) {
			ids = append(ids, r["id"])
			last = r["id"]
		}
		body := got.json(t)
		pages = append(pages, fmt.Sprintf("%v%v %v", ids, body["count"], body["totalResults"]))
		if body["hasMore"] == false {
			break
		}
	}
	return strings.Join(pages, " ")
}

func TestPagesThatDoNotFollowEachOther(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name  string
		fault Fault
		want  string
	}{
		{"nothing is wrong", Fault{Table: "item", Effect: StuckPage()}, "[4051 4052 4053 4054]4 10 [4055 4056 4057 4058]4 6 [4059 4060]2 2"},
		{"a row again on the next page", Fault{Effect: RepeatedRow()}, "[4051 4052 4053 4054]4 10 [4054 4055 4056 4057 4058]5 6 [4058 4059 4060]3 2"},
		{"a row skipped between pages", Fault{After: 1, Times: 1, Effect: MissingRow()}, "[4051 4052 4053 4054]4 10 [4056 4057 4058]3 5 [4059 4060]2 2"},
		{"the last row skipped on the first page", Fault{Times: 1, Effect: EditPage(func(p *Page) { p.Rows = p.Rows[:3] })}, "[4051 4052 4053]4 10 [4054 4055 4056 4057]4 7 [4058 4059 4060]3 3"},
		{"a total that changes", Fault{After: 1, Times: 1, Effect: TotalResults(7)}, "[4051 4052 4053 4054]4 10 [4055 4056 4057 4058]4 13 [4059 4060]2 2"},
		{"no page after the first", Fault{Effect: HasMore(false)}, "[4051 4052 4053 4054]4 10"},
		{"a page that does not advance", Fault{Effect: StuckPage()}, strings.TrimSpace(strings.Repeat("[4051 4052 4053 4054]4 10 ", 8))},
		{"a customer added meanwhile", Fault{After: 1, Times: 1, Effect: Meanwhile(func(s *Simulator) error {
			_, err := s.AddCustomer(Customer{Name: "Newcomer"})
			return err
		})}, "[4051 4052 4053 4054]4 10 [4055 4056 4057 4058]4 7 [4059 4060 4061]3 3"},
		{"a customer deleted meanwhile", Fault{After: 1, Times: 1, Effect: Meanwhile(func(s *Simulator) error { return s.DeleteCustomer(4061) })}, "[4051 4052 4053 4054]4 11 [4055 4056 4057 4058]4 6 [4059 4060]2 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			defer a.ClearFaults()
			a.Inject(tc.fault)
			if got := a.paged(t); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
	t.Run("counts are left alone", func(t *testing.T) {
		defer a.ClearFaults()
		for _, effect := range []Effect{RepeatedRow(), StuckPage()} {
			a.ClearFaults()
			a.Inject(Fault{Effect: effect})
			for range 2 {
				if got := a.query(t, "SELECT COUNT(*) AS n FROM customer"); len(got) != 1 || got[0]["n"] != "60" {
					t.Errorf("counted %v", got)
				}
				if n := strings.Count(a.paged(t), "["); n < 3 {
					t.Errorf("%d pages", n)
				}
			}
		}
	})
	t.Run("a change that fails is an error", func(t *testing.T) {
		defer a.ClearFaults()
		a.Inject(Fault{Effect: Meanwhile(func(*Simulator) error { return errors.New("no") })})
		wantStatus(t, a.page(t, "", "SELECT id FROM customer"), 500)
	})
}

func TestEveryNamedFaultSpoilsSomething(t *testing.T) {
	t.Parallel()
	read := func(a *account) []string {
		var got []string
		for last := "1320"; len(got) < 6; {
			page := a.threePrices(t, last)
			got = append(got, string(page.body))
			ids := slices.Collect(strings.SplitSeq(string(page.body), `"internalid":"`))
			last, _, _ = strings.Cut(ids[len(ids)-1], `"`)
			if len(ids) == 1 || strings.Contains(string(page.body), `"hasMore":false`) {
				break
			}
		}
		raw := a.page(t, "", "SELECT lastmodifieddate FROM item WHERE id = ?", "1001")
		return append(got, string(raw.body))
	}
	sound := read(start(t))
	for _, faults := range []map[string]Effect{PageFaults("pricing", "unitprice"), PriceFaults()} {
		for name, effect := range faults {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				a := start(t)
				a.Inject(Fault{Table: "pricing", Effect: effect})
				if slices.Equal(sound, read(a)) {
					t.Error("nothing is wrong")
				}
			})
		}
	}
}
