package emulator

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// installLimit bounds the installation of the renderer.
const installLimit = 3 * time.Minute

// rendererFiles are the two scripts that the page loads, by their names under /vendor/ and their
// paths in node_modules.
var rendererFiles = map[string]string{
	"adaptivecards.min.js": "adaptivecards/dist/adaptivecards.min.js",
	"markdown-it.min.js":   "markdown-it/dist/markdown-it.min.js",
}

var (
	//go:embed playground/package.json
	packageJSON []byte
	//go:embed playground/package-lock.json
	packageLock []byte
)

// InstallRenderer puts the card renderer of the demo's page into dir/node_modules by npm, unless it
// is there in the version wanted. Its error is one line that says what to do.
func InstallRenderer(ctx context.Context, dir string) error {
	lock := filepath.Join(dir, "package-lock.json")
	installed, err := os.ReadFile(lock)
	if err == nil && bytes.Equal(installed, packageLock) && missingRenderer(filepath.Join(dir, "node_modules")) == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("install the card renderer: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), packageJSON, 0o644); err != nil {
		return fmt.Errorf("install the card renderer: %w", err)
	}
	if err := os.WriteFile(lock, packageLock, 0o644); err != nil {
		return fmt.Errorf("install the card renderer: %w", err)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("install the card renderer: npm was not found; install Node.js with npm and start again")
	}
	ctx, cancel := context.WithTimeout(ctx, installLimit)
	defer cancel()
	command := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
	command.Dir = dir
	command.WaitDelay = 5 * time.Second // npm's children may keep its output open
	if output, err := command.CombinedOutput(); err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
		return fmt.Errorf("install the card renderer: npm ci in %s: %w: %s", dir, err, said)
	}
	return nil
}
