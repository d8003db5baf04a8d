package migrations

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// River's tables are made by River, so our files cannot grant on them. The service's
// roles insert, cancel and complete jobs inside their transactions; the login role runs
// River's client, and reads the versions to say whether the schema is current.
// %[1]s is the login role.
const grants = `
	GRANT SELECT, INSERT, UPDATE ON river_job
		TO radioquote_service, radioquote_sync, radioquote_job;
	GRANT SELECT, INSERT ON river_notification, river_queue
		TO radioquote_service, radioquote_sync, radioquote_job;
	GRANT SELECT, INSERT, UPDATE, DELETE ON river_job, river_leader, river_notification, river_queue
		TO %[1]s;
	GRANT USAGE ON SEQUENCE river_job_id_seq, river_notification_id_seq
		TO %[1]s, radioquote_service, radioquote_sync, radioquote_job;
	GRANT SELECT ON schema_migrations, river_migration TO %[1]s;
	GRANT radioquote_service, radioquote_sync, radioquote_job TO %[1]s;`

func grant(ctx context.Context, pool *pgxpool.Pool, loginRole string) error {
	role := pgx.Identifier{loginRole}.Sanitize()
	if _, err := pool.Exec(ctx, fmt.Sprintf(grants, role)); err != nil {
		return fmt.Errorf("grant to login role %s: %w", role, err)
	}
	return nil
}
