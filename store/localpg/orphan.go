package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// orphanTimeout bounds the wait for a server to write its data and end.
const orphanTimeout = 30 * time.Second

// stopOrphan makes sure that no server runs on the cluster at path, whose folder the
// caller has locked. A killed process may have left one running, or its postmaster.pid,
// which may by now hold the number of a process that has nothing to do with Postgres and
// would keep a new server from starting.
func stopOrphan(ctx context.Context, path string) error {
	pid, err := serverPID(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(ctx, orphanTimeout)
	defer cancel()
	for asked := false; isServer(ctx, pid, path); asked = true {
		if !asked {
			if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
				return fmt.Errorf("stop the server that an earlier run left, process %d: %w", pid, err)
			}
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return fmt.Errorf("stop the server that an earlier run left, process %d: %w", pid, ctx.Err())
		}
	}
	return os.RemoveAll(pidFile(path)) // the server may have removed it
}

func pidFile(path string) string { return filepath.Join(path, "postmaster.pid") }

// serverPID reads which process runs, or ran, the cluster at path.
func serverPID(path string) (int, error) {
	text, err := os.ReadFile(pidFile(path))
	if err != nil {
		return 0, err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", pidFile(path), err)
	}
	return pid, nil
}

// isServer reports whether process pid is a Postgres server on the cluster at path. The
// command line tells; on Linux it is read from /proc, since ps may be missing.
func isServer(ctx context.Context, pid int, path string) bool {
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return slices.ContainsFunc(bytes.Split(line, []byte{0}), func(arg []byte) bool { return string(arg) == path })
	}
	line, err := exec.CommandContext(ctx, "ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && bytes.Contains(line, []byte(path))
}
