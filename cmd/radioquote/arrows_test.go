package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows are which package may import which of ours; see docs/design.md. An import that is
// not listed is a mistake.
var arrows = map[string][]string{
	"quoting":             {},
	"quoting/roletable":   {},
	"migrations":          {},
	"manifest":            {},
	"bot/botauth":         {},
	"bot/connector":       {},
	"bot/emulator":        {},
	"netsuite/simulator":  {},
	"store/localpg":       {"migrations"},
	"bot/command":         {"quoting"},
	"bot/model":           {"quoting", "bot/command"},
	"bot/model/standin":   {},
	"bot/entra":           {},
	"bot/entra/standin":   {},
	"cards":               {"quoting"},
	"netsuite":            {"quoting"},
	"store":               {"quoting", "migrations"},
	"quoting/desk":        {"quoting", "store"},
	"bot":                 {"quoting", "quoting/desk", "cards", "bot/botauth", "bot/connector", "bot/command", "bot/entra", "bot/model"},
	"cmd/radioquote":      {"*"},
	"cmd/radioquote-load": {"*"},
}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Doc        string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Imports", "radioquote/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "radioquote/")
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is not in the plan of the house", name)
		}
		for _, path := range p.Imports {
			ours, is := strings.CutPrefix(path, "radioquote/")
			if is && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s", name, ours)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.Doc) < 40 {
			t.Errorf("package %s has no comment that says what it is for", p.ImportPath)
		}
	}
}
