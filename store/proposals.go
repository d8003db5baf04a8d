package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Proposal is a proposal and the rows of who made and who decided it; 0: nobody.
type Proposal struct {
	quoting.Proposal
	ByRow      int64
	DecidedRow int64
	Applied    bool
}

const selectProposal = `
	SELECT r.id, r.kind, r.hash, r.data, r.at, r.state, r.applied_at IS NOT NULL,
	       coalesce(r.proposed_by, 0), coalesce(b.tenant, ''), coalesce(b.object_id, ''), coalesce(b.name, ''),
	       coalesce(r.decided_by, 0), coalesce(d.tenant, ''), coalesce(d.object_id, ''), coalesce(d.name, ''), r.decided_at
	FROM proposals r
	LEFT JOIN people b ON b.id = r.proposed_by
	LEFT JOIN people d ON d.id = r.decided_by
	WHERE `

func scanProposal(row pgx.CollectableRow) (Proposal, error) {
	var p Proposal
	var decided *time.Time
	err := row.Scan(&p.ID, &p.Kind, &p.Hash, &p.Proposed, &p.At, &p.State, &p.Applied,
		&p.ByRow, &p.By.Tenant, &p.By.Object, &p.ByName, &p.DecidedRow, &p.Decided.Tenant, &p.Decided.Object, &p.DecidedName, &decided)
	p.DecidedAt = moment(decided)
	return p, err
}

// Propose writes a proposal of somebody, by the row; 0: of nobody, a changed file. It says
// whether the same did not wait already.
func (t *Tx) Propose(ctx context.Context, p quoting.Proposal, title string, by int64, at Time) (id int64, first bool, err error) {
	rows, _ := t.tx.Query(ctx, `
		INSERT INTO proposals (kind, proposed_by, title, hash, data, at)
		VALUES ($1, nullif($2::bigint, 0), $3, $4, $5, $6)
		ON CONFLICT (kind, hash) WHERE state = 'open' DO NOTHING
		RETURNING id`, p.Kind, by, title, p.Hash, p.Proposed, at)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(ids) == 0 {
		return 0, false, wrap(err, "propose a %s", p.Kind)
	}
	return ids[0], true, nil
}

// SupersedeFiles ends what older files of a kind have proposed, and nobody has decided.
func (t *Tx) SupersedeFiles(ctx context.Context, kind quoting.ProposalKind) error {
	_, err := t.tx.Exec(ctx, `
		UPDATE proposals
		SET state = 'superseded'
		WHERE kind = $1
		  AND proposed_by IS NULL
		  AND state = 'open'`, kind)
	return wrap(err, "supersede what a file proposed")
}

// OpenProposals are those that wait, the oldest first, as far as the actor may see them.
func (t *Tx) OpenProposals(ctx context.Context) ([]Proposal, error) {
	rows, _ := t.tx.Query(ctx, selectProposal+`r.state = 'open' ORDER BY r.id LIMIT 50`)
	open, err := pgx.CollectRows(rows, scanProposal)
	return open, wrap(err, "open proposals")
}

// Proposal reads a proposal and keeps others from deciding it. The error is of kind NotFound
// where there is none, or none that the actor may see.
func (t *Tx) Proposal(ctx context.Context, id int64) (Proposal, error) {
	rows, _ := t.tx.Query(ctx, selectProposal+`r.id = $1 FOR UPDATE OF r`, id)
	p, err := pgx.CollectExactlyOneRow(rows, scanProposal)
	return p, wrap(err, "proposal %d", id)
}

// DecideProposal notes who confirmed or refused a proposal that waits.
func (t *Tx) DecideProposal(ctx context.Context, id int64, state quoting.ProposalState, by int64, at Time) error {
	tag, err := t.tx.Exec(ctx, `
		UPDATE proposals
		SET state = $2, decided_by = $3, decided_at = $4
		WHERE id = $1
		  AND state = 'open'`, id, state, by, at)
	if err == nil && tag.RowsAffected() == 0 {
		return quoting.Errorf(quoting.Conflict, "That is decided already. Nothing was done.")
	}
	return wrap(err, "decide proposal %d", id)
}

// BeingApplied says whether a change of the directory was confirmed that is not done yet.
func (t *Tx) BeingApplied(ctx context.Context) (bool, error) {
	var some bool
	err := t.tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM proposals WHERE state = 'confirmed' AND applied_at IS NULL AND kind <> 'policy')`).Scan(&some)
	return some, wrap(err, "confirmed proposals")
}

// MarkApplied notes that what was confirmed is done.
func (t *Tx) MarkApplied(ctx context.Context, id int64, at Time) error {
	_, err := t.tx.Exec(ctx, `UPDATE proposals SET applied_at = $2 WHERE id = $1`, id, at)
	return wrap(err, "proposal %d is done", id)
}

// LockAdministration keeps other processes and people from changing the directory or the
// policy until the transaction ends.
func (t *Tx) LockAdministration(ctx context.Context) error {
	_, err := t.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('radioquote.administration'))`)
	return wrap(err, "lock administration")
}

// FileSeen notes the file of a kind that a start has found, and returns the one before; empty:
// there was none.
func (t *Tx) FileSeen(ctx context.Context, kind quoting.ProposalKind, hash string, at Time) (before string, err error) {
	rows, _ := t.tx.Query(ctx, `SELECT hash FROM files_seen WHERE kind = $1 FOR UPDATE`, kind)
	seen, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", wrap(err, "%s file", kind)
	}
	if len(seen) > 0 {
		before = seen[0]
	}
	_, err = t.tx.Exec(ctx, `
		INSERT INTO files_seen (kind, hash, seen_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (kind) DO UPDATE
		SET hash = excluded.hash, seen_at = excluded.seen_at`, kind, hash, at)
	return before, wrap(err, "%s file", kind)
}

// DirectoriesTaken says how many directories were ever taken, and whether one of them is the
// one with the hash.
func (t *Tx) DirectoriesTaken(ctx context.Context, hash string) (n int, this bool, err error) {
	err = t.tx.QueryRow(ctx, `SELECT count(*), coalesce(bool_or(hash = $1), false) FROM directories`, hash).Scan(&n, &this)
	return n, this, wrap(err, "directories")
}

// InForce is a policy that is in force, or was.
type InForce struct {
	Version string
	Text    string
	Since   time.Time
}

// PolicyInForce is the policy in force; false before the first.
func (t *Tx) PolicyInForce(ctx context.Context) (InForce, bool, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT p.version, p.text, f.since
		FROM policies_in_force f
		JOIN policies p ON p.version = f.policy
		ORDER BY f.since DESC
		LIMIT 1`)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[InForce])
	if err != nil || len(found) == 0 {
		return InForce{}, false, wrap(err, "policy in force")
	}
	return found[0], true, nil
}

// PutInForce puts a policy in force from a time on; its text is there. The rows are of who
// proposed it and who confirmed it; 0: of nobody.
func (t *Tx) PutInForce(ctx context.Context, version string, proposed, decided int64, since Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO policies_in_force (policy, since, proposed_by, decided_by)
		VALUES ($1, $2, nullif($3::bigint, 0), nullif($4::bigint, 0))`, version, since, proposed, decided)
	return wrap(err, "put policy %s in force", version)
}

// ConfirmedPolicies are the policies that were confirmed and are to be in force from the next
// start on, the newest first.
func (t *Tx) ConfirmedPolicies(ctx context.Context) ([]Proposal, error) {
	rows, _ := t.tx.Query(ctx, selectProposal+`r.kind = 'policy' AND r.state = 'confirmed' AND r.applied_at IS NULL ORDER BY r.decided_at DESC, r.id DESC`)
	confirmed, err := pgx.CollectRows(rows, scanProposal)
	return confirmed, wrap(err, "confirmed policies")
}
