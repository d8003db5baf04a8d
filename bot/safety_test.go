package bot_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// holding are the tables that have a text anywhere in a row.
func (h *house) holding(t *testing.T, text string) []string {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), h.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	rows := must(conn.Query(t.Context(), `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`))(t)
	var found []string
	for _, table := range must(pgx.CollectRows(rows, pgx.RowTo[string]))(t) {
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` row WHERE row::text LIKE '%' || $1 || '%'`, text).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found = append(found, table)
		}
	}
	return found
}

func TestACardNumberIsStoredNowhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.say(t, riley, "quote 12 radios, 1 site, retail, customer Smithers Bait 4111-1111-1111-1111")
	h.sees(t, riley, "Q-1001")
	h.sees(t, riley, "I cut a card or social-security number")
	if where := h.holding(t, "4111"); where != nil {
		t.Errorf("the number is in %v", where)
	}
	if where := h.holding(t, "Smithers"); where == nil {
		t.Error("the name that stood with it is nowhere: the search finds nothing")
	}
	for _, line := range h.logs.All() {
		for _, field := range line.Context {
			if strings.Contains(field.String, "4111") {
				t.Errorf("the log says %q", field.String)
			}
		}
	}
}
