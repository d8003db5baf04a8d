package localpg

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeInstallation makes a folder with a postgres that prints what it is told to.
func fakeInstallation(t *testing.T, version string) string {
	t.Helper()
	bin := t.TempDir()
	for _, program := range []string{"postgres", "initdb"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", version)
		if err := os.WriteFile(filepath.Join(bin, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestTheNewestInstallationIsTaken(t *testing.T) {
	t.Parallel()
	old := fakeInstallation(t, "postgres (PostgreSQL) 14.19")
	debian := fakeInstallation(t, "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)")
	beta := fakeInstallation(t, "postgres (PostgreSQL) 19beta2")
	other := fakeInstallation(t, "something else")
	broken := fakeInstallation(t, "")
	if err := os.Remove(filepath.Join(broken, "postgres")); err != nil {
		t.Fatal(err)
	}

	all := installations(t.Context(), []string{"/nonexistent", old, debian, broken, beta, other})
	want := []installation{{beta, 19}, {debian, 15}, {old, 14}}
	if diff := cmp.Diff(want, all, cmp.AllowUnexported(installation{})); diff != "" {
		t.Errorf("installations (-want +got):\n%s", diff)
	}
	if got, err := newest(all); err != nil || got.bin != beta {
		t.Errorf("newest = %v, %v; want %s", got, err, beta)
	}
	if got, err := ofMajor(all, "15\n"); err != nil || got.bin != debian {
		t.Errorf("that of 15 = %v, %v; want %s", got, err, debian)
	}

	_, err := newest(all[2:])
	wantError(t, err, "the newest Postgres is 14, in "+old+", and at least 15 is needed: install Postgres with apt-get install postgresql")
	_, err = newest(nil)
	wantError(t, err, "no Postgres on this machine: install Postgres with apt-get install postgresql, dnf install postgresql-server or brew install postgresql@17")
}

func TestBinaryFindsWhatComesWithTheServer(t *testing.T) {
	t.Parallel()
	path, err := Binary(t.Context(), "pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	_, err = Binary(t.Context(), "pg_none")
	wantError(t, err, "no pg_none on this machine: install Postgres")
}
