package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"radioquote/store/localpg"
)

func TestMain(m *testing.M) { localpg.Main(m) }

// built is the folder of the built program, made once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "radioquote-bin-")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(dir, "radioquote"), ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
})

// build makes the program and returns the folder that it is in.
func build(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return dir
}

// TestScripts plays the commands as an operator types them.
func TestScripts(t *testing.T) {
	t.Parallel()
	bin := build(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			database := localpg.NewDatabase(t)
			env.Setenv("DATABASE", database.URL)
			env.Setenv("OWNER", database.OwnerURL)
			return nil
		},
	})
}
