package simulator

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQueryIsRead(t *testing.T) {
	t.Parallel()
	got, err := parseQuery("SELECT a, SUM(b) AS total\n\tFROM t WHERE a > ? AND c IN (?, ?) AND d = ? AND TO_CHAR(SYS_EXTRACT_UTC(e),'" + utcFormat + "') >= ? GROUP BY a, c ORDER BY a, c")
	if err != nil {
		t.Fatal(err)
	}
	want := &query{
		outputs: []output{{plain, "a", "a"}, {sum, "b", "total"}},
		table:   "t",
		where:   []condition{{plain, "a", ">", 0, 1}, {plain, "c", "IN", 1, 2}, {plain, "d", "=", 3, 1}, {utcText, "e", ">=", 4, 1}},
		groupBy: []string{"a", "c"}, orderBy: []string{"a", "c"},
		params: 5,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(query{}, output{}, condition{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{
		itemsQuery, customersQuery, stockQuery, changedItems, deletedRecords, "SELECT COUNT(*) AS n FROM item",
		"SELECT item FROM pricing WHERE item IN (?, ?) ORDER BY item", "SELECT 'x", "SELECT a FROM b WHERE", "\x00", "sElEcT _ FrOm é",
	} {
		f.Add(seed)
	}
	c, err := newCompany(0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseQuery(text)
		if err != nil {
			var p *problem
			if !errors.As(err, &p) || p.status != http.StatusBadRequest {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		table, err := c.table(q.table)
		if err != nil {
			return
		}
		params := make([]string, q.params)
		for i := range params {
			params[i] = "1"
		}
		e, err := q.bind(table, params, shuffler(1), "1/2/2006")
		if err != nil {
			return
		}
		page, err := e.page(10, 0)
		if err != nil || page.count > 10 || page.total < page.count {
			t.Fatalf("%q: %d of %d rows, %v", text, page.count, page.total, err)
		}
	})
}
