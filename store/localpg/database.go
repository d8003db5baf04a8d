package localpg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"radioquote/migrations"
)

// The roles of a deployment. The owner migrates; the service signs in as the login role,
// which owns nothing and inherits nothing.
const (
	ownerRole = "radioquote_owner"
	loginRole = "radioquote_app"
)

// Database is a migrated database, set up as in production.
type Database struct {
	URL      string // of the service's login role
	OwnerURL string // of the owner, for migrations
	SuperURL string // of the server's superuser, for looking behind row-level security
}

// CreateDatabase makes the database name where there is none and brings it to the newest
// schema.
func (s *Server) CreateDatabase(ctx context.Context, name string) (Database, error) {
	db := Database{
		URL:      s.URL(loginRole, name),
		OwnerURL: s.URL(ownerRole, name),
		SuperURL: s.URL(superuser, name),
	}
	if err := createDatabase(ctx, s.URL(superuser, "postgres"), name, ""); err != nil {
		return Database{}, err
	}
	if err := migrations.Up(ctx, db.OwnerURL, loginRole); err != nil {
		return Database{}, fmt.Errorf("create database %s: %w", name, err)
	}
	return db, nil
}

// createDatabase makes an empty database, or a copy of template, that only the two roles
// may connect to. If it exists already its data is left as it is.
func createDatabase(ctx context.Context, superURL, name, template string) error {
	err := withConn(ctx, superURL, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, createRoles); err != nil {
			return err
		}
		found, err := exists(ctx, conn, name)
		if err != nil {
			return err
		}
		db := pgx.Identifier{name}.Sanitize()
		if !found {
			create := `CREATE DATABASE ` + db + ` OWNER ` + ownerRole
			if template != "" {
				create += ` STRATEGY file_copy TEMPLATE ` + pgx.Identifier{template}.Sanitize()
			}
			if _, err := conn.Exec(ctx, create); err != nil {
				return err
			}
		}
		_, err = conn.Exec(ctx, `
			REVOKE ALL ON DATABASE `+db+` FROM PUBLIC;
			GRANT CONNECT ON DATABASE `+db+` TO `+loginRole)
		return err
	})
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

const createRoles = `
	SELECT pg_advisory_xact_lock(hashtext('radioquote roles'));
	DO $$
	BEGIN
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '` + ownerRole + `') THEN
			CREATE ROLE ` + ownerRole + ` LOGIN CREATEROLE;
		END IF;
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '` + loginRole + `') THEN
			CREATE ROLE ` + loginRole + ` LOGIN NOINHERIT;
		END IF;
	END $$`

func exists(ctx context.Context, conn *pgx.Conn, db string) (found bool, err error) {
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, db).Scan(&found)
	return found, err
}

// withConn runs fn on a connection of its own.
func withConn(ctx context.Context, url string, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(fn(conn), conn.Close(context.WithoutCancel(ctx)))
}
