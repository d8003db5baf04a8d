package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radioquote/quoting"
)

func TestPolicyDiffSaysWhatAFileChanges(t *testing.T) {
	now, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "stricter.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(now.Text), "valid_days: 30", "valid_days: 15", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	if code := run([]string{"policy", "diff", file}, streams{in: strings.NewReader(""), out: &out, err: &problems}); code != exitDone {
		t.Fatalf("exit %d: %s", code, problems.String())
	}
	if text := out.String(); !strings.Contains(text, "valid_days: 30 → 15\n") || !strings.Contains(text, "1 fields differ; policy "+now.Version+" → ") {
		t.Errorf("%s", text)
	}
}
