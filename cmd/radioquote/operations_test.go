package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/operations.md anew")

const (
	operationsFile = "../../docs/operations.md"
	begin          = "<!-- from radioquote --help: make golden -->\n"
	end            = "<!-- end -->\n"
)

// TestOperationsSaysWhatTheProgramSays holds the commands and variables of the operator's
// page to the program's own help.
func TestOperationsSaysWhatTheProgramSays(t *testing.T) {
	t.Setenv("COLUMNS", "100")
	var help strings.Builder
	for _, command := range []string{"", "demo", "serve", "migrate", "sync", "reconcile", "doctor", "quote", "parse", "policy", "policy diff", "policy replay", "policy propose", "people", "grant", "revoke", "evidence", "simulator", "manifest"} {
		args := strings.Fields(command + " --help")
		var out bytes.Buffer
		if code := run(args, streams{in: strings.NewReader(""), out: &out, err: &out}); code != exitDone {
			t.Fatalf("radioquote %s --help: exit %d", command, code)
		}
		help.WriteString("```\n$ radioquote " + strings.Join(args, " ") + "\n" + out.String() + "```\n\n")
	}
	page, err := os.ReadFile(operationsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the help", operationsFile)
	}
	want := before + begin + "\n" + help.String() + end + after
	if *update {
		if err := os.WriteFile(operationsFile, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(page) {
		t.Errorf("%s is not what radioquote --help says; run make golden", operationsFile)
	}
}
