package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// superuser owns the cluster and everything that nobody else does.
const superuser = "postgres"

// A data folder holds
//
//	lock          locked by the process that uses the folder, for as long as it lives
//	cluster       Postgres' own data, or a symbolic link to it
//	postgres.log  what the server said since its last start
//
// cluster is a link where root starts the server and the folder is one that the server's
// user cannot reach, say a checkout in /root; the data is then below unreachableParent.
type folder struct {
	path string
	lock *os.File
}

const unreachableParent = "/var/lib/radioquote"

// openFolder makes a data folder where there is none and locks it.
func openFolder(path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err := errors.Join(err, os.MkdirAll(path, 0o755)); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		err = errors.Join(err, lock.Close())
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = fmt.Errorf("folder %s is in use by another running process: stop that one, or use another folder", path)
		}
		return nil, err
	}
	return &folder{path: path, lock: lock}, nil
}

// unlock lets others use the folder. Closing the lock would not be enough while a child
// process, forked by another goroutine, still has a copy of it.
func (f *folder) unlock() error {
	return errors.Join(syscall.Flock(int(f.lock.Fd()), syscall.LOCK_UN), f.lock.Close())
}

func (f *folder) join(name string) string { return filepath.Join(f.path, name) }

// Remove deletes the data folder dir and what it keeps elsewhere. A folder in use is an
// error; one that does not exist is not.
func Remove(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := openFolder(dir)
	if err != nil {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	defer f.unlock() //nolint:errcheck // the folder is gone, or the error is the caller's
	if target, err := filepath.EvalSymlinks(f.join("cluster")); err == nil {
		if err := errors.Join(stopOrphan(context.Background(), target), os.RemoveAll(target)); err != nil {
			return fmt.Errorf("remove %s: %w", dir, err)
		}
	}
	return os.RemoveAll(f.path)
}

// cluster is an initialised Postgres cluster and what it takes to run it.
type cluster struct {
	path    string // without symbolic links
	bin     string
	account *syscall.Credential // nil means ourselves
}

// cluster opens the folder's cluster, and makes it first if it is not there.
func (f *folder) cluster(ctx context.Context) (cluster, error) {
	found := installations(ctx, binFolders())
	path, err := filepath.EvalSymlinks(f.join("cluster"))
	if errors.Is(err, fs.ErrNotExist) {
		return f.newCluster(ctx, found)
	}
	if err != nil {
		return cluster{}, err
	}
	account, ownerErr := ownerOf(path)
	major, err := os.ReadFile(filepath.Join(path, "PG_VERSION"))
	if err := errors.Join(ownerErr, err); err != nil {
		return cluster{}, err
	}
	postgres, err := ofMajor(found, string(major))
	if err != nil {
		return cluster{}, err
	}
	return cluster{path: path, bin: postgres.bin, account: account}, nil
}

// newCluster runs initdb in a folder that gets its name when it is whole.
func (f *folder) newCluster(ctx context.Context, found []installation) (cluster, error) {
	postgres, err := newest(found)
	account, accountErr := serverAccount()
	if err := errors.Join(err, accountErr); err != nil {
		return cluster{}, err
	}
	// What is there now was left by a killed start, or is a link to nowhere.
	final := f.join("cluster")
	c := cluster{path: f.join("cluster.new"), bin: postgres.bin, account: account}
	err = errors.Join(os.RemoveAll(final), os.RemoveAll(c.path), os.Mkdir(c.path, 0o700), c.own(c.path))
	if err != nil {
		return cluster{}, err
	}
	if !c.reachable(ctx) {
		err := errors.Join(os.Remove(c.path), os.MkdirAll(unreachableParent, 0o755), os.Chmod(unreachableParent, 0o755))
		if err != nil {
			return cluster{}, err
		}
		c.path, err = os.MkdirTemp(unreachableParent, "cluster-")
		if err := errors.Join(err, c.own(c.path)); err != nil {
			return cluster{}, err
		}
	}

	ctype := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		ctype = "UTF-8"
	}
	initdb := c.command(ctx, "initdb", "--pgdata", c.path, "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--lc-ctype", ctype, "--no-instructions", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		err = fmt.Errorf("initdb: %w: %s", err, lastLine(out))
		return cluster{}, errors.Join(err, os.RemoveAll(c.path))
	}

	if filepath.Dir(c.path) == unreachableParent {
		return c, os.Symlink(c.path, final)
	}
	if err := os.Rename(c.path, final); err != nil {
		return cluster{}, err
	}
	c.path, err = filepath.EvalSymlinks(final)
	return c, err
}

// own gives a file to the server's user.
func (c cluster) own(path string) error { return give(path, c.account) }

func give(path string, account *syscall.Credential) error {
	if account == nil {
		return nil
	}
	return os.Chown(path, int(account.Uid), int(account.Gid))
}

// reachable asks the kernel, as the server's user, whether it may work in the folder.
func (c cluster) reachable(ctx context.Context) bool {
	cmd := c.command(ctx, "postgres", "--version")
	cmd.Dir = c.path
	return cmd.Run() == nil
}

// command prepares a Postgres program to run as the server's user. The environment is
// made new: PGPORT and its like, LANG and TZ must not change what the server does.
func (c cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.account}
	return cmd
}

// serverAccount says who runs a new cluster. Postgres refuses to run as root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
	}
	return nil, errors.New("root cannot run Postgres, and there is no user postgres or nobody that could")
}

// ownerOf says who runs an existing cluster: its owner, as Postgres demands.
func ownerOf(path string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var stat syscall.Stat_t
	err := syscall.Stat(path, &stat)
	return &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}, err
}
