package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// minMajor is the oldest Postgres with CREATE DATABASE ... STRATEGY file_copy, with
// security_invoker views and with a public schema that not everybody may create in.
const minMajor = 15

const install = "install Postgres with apt-get install postgresql, dnf install postgresql-server or brew install postgresql@17"

// installation is a folder of Postgres programs.
type installation struct {
	bin   string
	major int
}

// Binary returns the path of a program, say pg_dump, of the newest Postgres on this
// machine that has it. A missing Postgres is an error that names the package.
func Binary(ctx context.Context, program string) (string, error) {
	for _, i := range installations(ctx, binFolders()) {
		path := filepath.Join(i.bin, program)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no %s on this machine: %s", program, install)
}

// binFolders lists where Postgres may be: PATH and the folders of Debian, of Fedora and
// the PostgreSQL project's RPMs, and of Homebrew on ARM and on Intel.
func binFolders() []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
	} {
		matches, _ := filepath.Glob(pattern) // only a malformed pattern is an error
		folders = append(folders, matches...)
	}
	return folders
}

// installations returns those folders that hold a working server, newest first.
func installations(ctx context.Context, folders []string) []installation {
	var all []installation
	for _, bin := range folders {
		if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		// "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
		var major int
		if _, err := fmt.Sscanf(string(out), "postgres (PostgreSQL) %d", &major); err != nil {
			continue
		}
		all = append(all, installation{bin, major})
	}
	slices.SortStableFunc(all, func(a, b installation) int { return b.major - a.major })
	return all
}

func newest(all []installation) (installation, error) {
	switch {
	case len(all) == 0:
		return installation{}, errors.New("no Postgres on this machine: " + install)
	case all[0].major < minMajor:
		return installation{}, fmt.Errorf("the newest Postgres is %d, in %s, and at least %d is needed: %s", all[0].major, all[0].bin, minMajor, install)
	}
	return all[0], nil
}

// ofMajor returns the installation that can run a cluster made by Postgres major.
func ofMajor(all []installation, major string) (installation, error) {
	for _, i := range all {
		if fmt.Sprint(i.major) == strings.TrimSpace(major) {
			return i, nil
		}
	}
	return installation{}, fmt.Errorf("the data was made by Postgres %s, which is not on this machine: install that version, or start over with an empty folder", strings.TrimSpace(major))
}
