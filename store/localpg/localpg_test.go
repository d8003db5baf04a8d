package localpg_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"radioquote/store/localpg"
)

func TestMain(m *testing.M) { localpg.Main(m) }

func TestX(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), localpg.NewDatabase(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var s string
	if err := conn.QueryRow(t.Context(), "select current_user || ' ' || version()").Scan(&s); err != nil {
		t.Fatal(err)
	}
	t.Log(s)
}
