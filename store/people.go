package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Person is somebody of the directory and the id of the row.
type Person struct {
	RowID int64
	quoting.Person
}

const personColumns = `p.id, p.tenant, p.object_id, p.name, p.roles, p.team, coalesce(m.tenant, '') AS manager_tenant, coalesce(m.object_id, '') AS manager_object`

func scanPerson(row pgx.CollectableRow) (Person, error) {
	var p Person
	err := row.Scan(&p.RowID, &p.ID.Tenant, &p.ID.Object, &p.Name, &p.Roles, &p.Team, &p.Manager.Tenant, &p.Manager.Object)
	return p, err
}

// PersonByRow reads somebody by the id of the row.
func (t *Tx) PersonByRow(ctx context.Context, id int64) (Person, error) {
	const query = `
		SELECT ` + personColumns + `
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE p.id = $1`
	rows, _ := t.tx.Query(ctx, query, id)
	p, err := pgx.CollectExactlyOneRow(rows, scanPerson)
	return p, wrap(err, "person %d", id)
}

// As makes a person the actor of the transaction, which sees what the person may see from
// then on. The error is of kind NotFound for somebody who is not in the directory.
func (t *Tx) As(ctx context.Context, id quoting.PersonID) (Person, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+personColumns+`
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE p.tenant = $1
		  AND p.object_id = $2`, id.Tenant, id.Object)
	p, err := pgx.CollectExactlyOneRow(rows, scanPerson)
	if err != nil {
		return p, wrap(err, "person")
	}
	_, err = t.tx.Exec(ctx, `SELECT set_config('radioquote.actor', $1::bigint::text, true)`, p.RowID)
	return p, wrap(err, "act as person %d", p.RowID)
}

// Approver is who decides on the quotes of somebody: the nearest manager upwards who is a
// sales manager and no admin. False where there is none.
func (t *Tx) Approver(ctx context.Context, owner int64) (Person, bool, error) {
	const query = `
		WITH RECURSIVE chain AS (
			SELECT p.manager_id AS id, 1 AS rank
			FROM people p
			WHERE p.id = $1
			UNION ALL
			SELECT p.manager_id, c.rank + 1
			FROM people p
			JOIN chain c ON p.id = c.id
			WHERE c.rank < 20
		)
		SELECT ` + personColumns + `
		FROM chain c
		JOIN people p ON p.id = c.id
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE 'sales_manager' = ANY (p.roles)
		  AND NOT 'admin' = ANY (p.roles)
		  AND p.id <> $1
		ORDER BY c.rank
		LIMIT 1`
	rows, _ := t.tx.Query(ctx, query, owner)
	found, err := pgx.CollectRows(rows, scanPerson)
	if err != nil || len(found) == 0 {
		return Person{}, false, wrap(err, "approver of person %d", owner)
	}
	return found[0], true, nil
}

// TakeDirectory makes the people of a directory those who may use the service, all of one
// tenant or several; somebody who is not among them any more keeps no role. It says
// whether the directory is another one than before.
func (t *Tx) TakeDirectory(ctx context.Context, people []quoting.Person, hash string, at Time) (changed bool, err error) {
	tag, err := t.tx.Exec(ctx, `INSERT INTO directories (hash, taken_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, at)
	if err != nil {
		return false, wrap(err, "directory")
	}
	batch := &pgx.Batch{}
	batch.Queue(`UPDATE people SET roles = '{}', manager_id = NULL`)
	for _, p := range people {
		batch.Queue(`
			INSERT INTO people (tenant, object_id, name, roles, team)
			VALUES ($1, $2, $3, coalesce($4::text[], '{}'), $5)
			ON CONFLICT (tenant, object_id) DO UPDATE
			SET name = excluded.name, roles = excluded.roles, team = excluded.team`,
			p.ID.Tenant, p.ID.Object, p.Name, p.Roles, p.Team)
	}
	for _, p := range people {
		batch.Queue(`
			UPDATE people
			SET manager_id = (SELECT m.id FROM people m WHERE m.tenant = $3 AND m.object_id = $4)
			WHERE tenant = $1
			  AND object_id = $2`,
			p.ID.Tenant, p.ID.Object, p.Manager.Tenant, p.Manager.Object)
	}
	return tag.RowsAffected() > 0, wrap(t.tx.SendBatch(ctx, batch).Close(), "directory")
}
