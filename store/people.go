package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

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

// managersAbove is a table of the managers above the person whose row is $1, and how far up.
const managersAbove = `
		WITH RECURSIVE chain AS (
			SELECT p.manager_id AS id, 1 AS rank
			FROM people p
			WHERE p.id = $1
			UNION ALL
			SELECT p.manager_id, c.rank + 1
			FROM people p
			JOIN chain c ON p.id = c.id
			WHERE c.rank < 20
		)`

// Approver is who decides on the quotes of somebody: the nearest manager upwards who is a
// sales manager and no admin. False where there is none.
func (t *Tx) Approver(ctx context.Context, owner int64) (Person, bool, error) {
	const query = managersAbove + `
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

// Organisation is who decides on the quotes of somebody at a time: everybody with a role that
// decides, who stands above, who stands in for whom, who is away, and who was asked for a
// version beyond the chain. Rows gives the rows of the people in it.
func (t *Tx) Organisation(ctx context.Context, owner int64, quote quoting.QuoteID, version int, at Time) (o quoting.Organisation, rows map[quoting.PersonID]int64, err error) {
	rows = map[quoting.PersonID]int64{}
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT ` + personColumns + `, NOT EXISTS (SELECT FROM conversations c WHERE c.person_id = p.id AND c.kind = 'personal' AND NOT c.gone)
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE p.roles && ARRAY['sales_manager', 'finance', 'vp', 'owner', 'engineering']
		ORDER BY p.name, p.id`).Query(func(found pgx.Rows) error {
		for found.Next() {
			var p Person
			var noChat bool
			if err := found.Scan(&p.RowID, &p.ID.Tenant, &p.ID.Object, &p.Name, &p.Roles, &p.Team, &p.Manager.Tenant, &p.Manager.Object, &noChat); err != nil {
				return err
			}
			o.People, rows[p.ID] = append(o.People, p.Person), p.RowID
			if noChat {
				o.NoChat = append(o.NoChat, p.ID)
			}
		}
		return found.Err()
	})
	batch.Queue(managersAbove+`
		SELECT p.tenant, p.object_id
		FROM chain c
		JOIN people p ON p.id = c.id
		ORDER BY c.rank`, owner).Query(func(found pgx.Rows) (err error) {
		o.Above, err = pgx.CollectRows(found, scanPersonID)
		return err
	})
	batch.Queue(`
		SELECT d.id, f.tenant, f.object_id, g.tenant, g.object_id, d.since, d.until
		FROM delegations d
		JOIN people f ON f.id = d.from_id
		JOIN people g ON g.id = d.to_id
		WHERE d.since <= $1
		  AND d.until > $1
		  AND d.ended_at IS NULL
		ORDER BY d.id`, at).Query(func(found pgx.Rows) (err error) {
		o.Delegations, err = pgx.CollectRows(found, scanDelegation)
		return err
	})
	batch.Queue(`
		SELECT p.tenant, p.object_id, p.name, max(coalesce(a.until, 'infinity'))
		FROM absences a
		JOIN people p ON p.id = a.person_id
		WHERE a.since <= $1
		  AND coalesce(a.until, 'infinity') > $1
		GROUP BY p.id
		ORDER BY p.id`, at).Query(func(found pgx.Rows) (err error) {
		o.Away, err = pgx.CollectRows(found, scanAbsence)
		return err
	})
	batch.Queue(`
		SELECT r.branch, r.level, p.tenant, p.object_id, r.via
		FROM approval_requests r
		JOIN people p ON p.id = r.person_id
		WHERE r.quote_id = $1
		  AND r.version = $2
		ORDER BY r.id`, int64(quote), version).Query(func(found pgx.Rows) (err error) {
		o.Asked, err = pgx.CollectRows(found, func(row pgx.CollectableRow) (quoting.StepRequest, error) {
			var r quoting.StepRequest
			err := row.Scan(&r.Branch, &r.Level, &r.Person.Tenant, &r.Person.Object, &r.Via)
			return r, err
		})
		return err
	})
	return o, rows, wrap(t.tx.SendBatch(ctx, batch).Close(), "organisation")
}

func scanPersonID(row pgx.CollectableRow) (quoting.PersonID, error) {
	var id quoting.PersonID
	err := row.Scan(&id.Tenant, &id.Object)
	return id, err
}

func scanDelegation(row pgx.CollectableRow) (quoting.Delegation, error) {
	var d quoting.Delegation
	err := row.Scan(&d.ID, &d.From.Tenant, &d.From.Object, &d.To.Tenant, &d.To.Object, &d.Since, &d.Until)
	return d, err
}

func scanAbsence(row pgx.CollectableRow) (quoting.Absence, error) {
	var a quoting.Absence
	var until pgtype.Timestamptz
	err := row.Scan(&a.Person.Tenant, &a.Person.Object, &a.Name, &until)
	if until.InfinityModifier == pgtype.Finite {
		a.Until = until.Time
	}
	return a, err
}

// SetRoles gives somebody roles instead of those before.
func (t *Tx) SetRoles(ctx context.Context, person int64, roles []quoting.Role) error {
	_, err := t.tx.Exec(ctx, `UPDATE people SET roles = $2 WHERE id = $1`, person, roles)
	return wrap(err, "roles of person %d", person)
}

// DirectoryTaken is what a directory has changed.
type DirectoryTaken struct {
	New     bool // it has a hash that no directory before it had
	Changes []PersonChange
}

// PersonChange is what became of somebody, and the row.
type PersonChange struct {
	RowID int64
	quoting.DirectoryChange
}

// TakeDirectory makes the people of a directory those who may use the service, all of one
// tenant or several; somebody who is not among them any more keeps no role and no manager. An
// empty hash is of a directory that is no file. It returns what it has changed of whom.
func (t *Tx) TakeDirectory(ctx context.Context, people []quoting.Person, hash string, at Time) (DirectoryTaken, error) {
	var taken DirectoryTaken
	if hash != "" {
		tag, err := t.tx.Exec(ctx, `INSERT INTO directories (hash, taken_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, at)
		if err != nil {
			return taken, wrap(err, "directory")
		}
		taken.New = tag.RowsAffected() > 0
	}
	rows, _ := t.tx.Query(ctx, `
		SELECT `+personColumns+`
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		ORDER BY p.id
		FOR UPDATE OF p`)
	known, err := pgx.CollectRows(rows, scanPerson)
	if err != nil {
		return taken, wrap(err, "directory")
	}
	before, ids := make([]quoting.Person, len(known)), make(map[quoting.PersonID]int64, len(known))
	for i, p := range known {
		before[i], ids[p.ID] = p.Person, p.RowID
	}
	people = slices.Clone(people)
	for i, p := range people { // a manager whom nobody knows is none
		_, known := ids[p.Manager]
		if !known && !slices.ContainsFunc(people, func(m quoting.Person) bool { return m.ID == p.Manager }) {
			people[i].Manager = quoting.PersonID{}
		}
	}
	changes := quoting.DiffDirectory(before, people)
	batch := &pgx.Batch{}
	for _, c := range changes {
		p := c.Now
		batch.Queue(`
			INSERT INTO people (tenant, object_id, name, roles, team)
			VALUES ($1, $2, $3, coalesce($4::text[], '{}'), $5)
			ON CONFLICT (tenant, object_id) DO UPDATE
			SET name = excluded.name, roles = excluded.roles, team = excluded.team
			RETURNING id`, p.ID.Tenant, p.ID.Object, p.Name, p.Roles, p.Team).
			QueryRow(func(row pgx.Row) error {
				var id int64
				err := row.Scan(&id)
				ids[p.ID] = id
				return err
			})
	}
	// A manager may have come with the same directory, so that everybody is there first.
	for _, c := range changes {
		p := c.Now
		batch.Queue(`
			UPDATE people
			SET manager_id = (SELECT m.id FROM people m WHERE m.tenant = $3 AND m.object_id = $4)
			WHERE tenant = $1
			  AND object_id = $2`,
			p.ID.Tenant, p.ID.Object, p.Manager.Tenant, p.Manager.Object)
	}
	if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
		return taken, wrap(err, "directory")
	}
	for _, c := range changes {
		taken.Changes = append(taken.Changes, PersonChange{ids[c.Now.ID], c})
	}
	return taken, nil
}
