package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// PolicyChange is the last change of the policy in force: the text of the one before, and who
// proposed and confirmed the change.
type PolicyChange struct {
	Before  string
	Authors []quoting.PersonID
	Since   Time
}

// PolicyChangeSince is the last change of the policy, where it was made after a time. False:
// there is none.
func (t *Tx) PolicyChangeSince(ctx context.Context, after Time) (PolicyChange, bool, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT (SELECT p.text FROM policies_in_force b JOIN policies p ON p.version = b.policy WHERE b.since < f.since ORDER BY b.since DESC LIMIT 1),
		       f.since, coalesce(a.tenant, ''), coalesce(a.object_id, '')
		FROM (SELECT * FROM policies_in_force ORDER BY since DESC LIMIT 1) f
		LEFT JOIN people a ON a.id IN (f.proposed_by, f.decided_by)
		WHERE f.since > $1
		  AND EXISTS (SELECT FROM policies_in_force b WHERE b.since < f.since)`, after)
	var change PolicyChange
	found := false
	var author quoting.PersonID
	_, err := pgx.ForEachRow(rows, []any{&change.Before, &change.Since, &author.Tenant, &author.Object}, func() error {
		if found = true; author.Object != "" {
			change.Authors = append(change.Authors, author)
		}
		return nil
	})
	return change, found, wrap(err, "last change of the policy")
}
