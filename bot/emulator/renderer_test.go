package emulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radioquote/bot/emulator"
)

// fakeNPM makes a script the only program on PATH, beside what it needs itself.
func fakeNPM(t *testing.T, script string) {
	t.Helper()
	bin := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
}

const install = `
for file in adaptivecards/dist/adaptivecards.min.js markdown-it/dist/markdown-it.min.js; do
	mkdir -p "node_modules/$(dirname $file)"
	echo "$@" > "node_modules/$file"
done
`

func TestInstallRendererRunsNPMOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "playground")
	fakeNPM(t, install)
	if err := emulator.InstallRenderer(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "node_modules/adaptivecards/dist/adaptivecards.min.js")
	arguments, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(arguments), "ci --ignore-scripts ") {
		t.Errorf("npm was called with %q, %v", arguments, err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(content), `"adaptivecards": "3.0.6"`) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(string(content), `"resolved"`) {
			t.Errorf("%s names a registry", name)
		}
	}

	fakeNPM(t, "exit 1")
	if err := emulator.InstallRenderer(t.Context(), dir); err != nil {
		t.Errorf("what is there is installed again: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package-lock.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := emulator.InstallRenderer(t.Context(), dir); err == nil {
		t.Error("another version is taken for the one wanted")
	}
}

func TestInstallRendererSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	folders := t.TempDir()
	for _, name := range []string{"a/package.json", "b/package-lock.json"} {
		if err := os.MkdirAll(filepath.Join(folders, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ name, npm, dir, want string }{
		{"npm is missing", "", t.TempDir(), "npm was not found; install Node.js with npm"},
		{"npm fails", "echo 'npm error network'; echo more; exit 1", t.TempDir(), "npm error network"},
		{"the folder cannot be made", install, filepath.Join(file, "x"), "install the card renderer"},
		{"package.json cannot be written", install, filepath.Join(folders, "a"), "package.json"},
		{"the lock cannot be written", install, filepath.Join(folders, "b"), "package-lock.json"},
	} {
		fakeNPM(t, tc.npm)
		err := emulator.InstallRenderer(t.Context(), tc.dir)
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error is %v, want one line that says %q", tc.name, err, tc.want)
		}
	}
}
