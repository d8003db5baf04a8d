package bot_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestAButtonThatHasToWaitIsAnsweredAndDecidesNothing holds the quote for longer than Teams
// waits for the answer to a click.
func TestAButtonThatHasToWaitIsAnsweredAndDecidesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, morgans := h.submitted(t)
	h.sees(t, morgan, "Q-1001", `"verb":"approve"`, "Verified with NetSuite")
	conn := must(pgx.Connect(t.Context(), h.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	held := must(conn.Begin(t.Context()))(t)
	must(held.Exec(t.Context(), `SELECT FROM quotes WHERE id = 1001 FOR UPDATE`))(t)
	late := must(h.teams.Click(t.Context(), morgan, morgans.ID, "approve", nil))(t)
	if late.Card != nil || !strings.Contains(late.Message, "This takes longer than it should. Look at the card again in a moment") {
		t.Errorf("answered %d %s %s", late.Status, late.Message, late.Card)
	}
	check(t, held.Rollback(t.Context()))
	again := must(h.teams.Click(t.Context(), morgan, morgans.ID, "approve", nil))(t)
	if !strings.Contains(string(again.Card), "Approved by") {
		t.Errorf("answered %d %s %s", again.Status, again.Message, again.Card)
	}
	if n := h.count(t, `SELECT count(*) FROM decisions`); n != 1 {
		t.Errorf("%d decisions, want the one of the second click", n)
	}
}
