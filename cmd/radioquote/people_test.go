package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
	"radioquote/store/localpg"
)

// Object ids of the demo's people.
const (
	adaOID  = "00000000-0000-4000-8000-000000000003"
	finnOID = "00000000-0000-4000-8000-000000000004"
	samOID  = "00000000-0000-4000-8000-000000000008"
	alexOID = "00000000-0000-4000-8000-000000000009"
)

// started is the database of a demo that has been started once.
func started(t *testing.T) localpg.Database {
	t.Helper()
	database := localpg.NewDatabase(t)
	db, err := store.Open(t.Context(), database.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	people, err := parseDirectory(demoDirectory, demoTenant)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	d := desk.New(desk.Config{DB: db, Policy: policy, Now: time.Now, Log: zap.NewNop(), Metrics: prometheus.NewRegistry()})
	if err := d.Prepare(t.Context(), people, "demo"); err != nil {
		t.Fatal(err)
	}
	return database
}

func TestRolesAndPoliciesAreProposedByCommand(t *testing.T) {
	t.Parallel()
	database := started(t)
	now, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "stricter.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(now.Text), "valid_days: 30", "valid_days: 15", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	where := []string{"--database-url", database.URL, "--bot-tenant-id", strings.ToUpper(demoTenant)}
	for _, tc := range []struct {
		name string
		args []string
		exit int
		says string
	}{
		{"a role for Sam", []string{"grant", "finance", samOID, "--as", adaOID}, exitDone, "Sam Seller gains finance.\nProposal 1. It holds when another admin confirms it: Alex Admin has a card.\n"},
		{"the same again", []string{"grant", "finance", samOID, "--as", alexOID}, exitNo, "proposed already"},
		{"the end of a role", []string{"revoke", "finance", finnOID, "--as", alexOID}, exitDone, "Finn Finance loses finance.\nProposal "},
		{"in the name of somebody who is no admin", []string{"grant", "vp", samOID, "--as", finnOID}, exitNo, "Only an admin"},
		{"for oneself", []string{"grant", "rep", adaOID, "--as", adaOID}, exitNo, "of their own"},
		{"for nobody", []string{"grant", "rep", "nobody", "--as", adaOID}, exitNo, "no such person"},
		{"in nobody's name", []string{"grant", "rep", samOID, "--as", "nobody"}, exitNo, "nobody with the id nobody"},
		{"a role that is none", []string{"grant", "boss", samOID, "--as", adaOID}, exitNo, `There is no role "boss". The roles are rep, sales manager,`},
		{"an admin who approves", []string{"grant", "vp", alexOID, "--as", adaOID}, exitNo, "nobody is both"},
		{"in no name", []string{"grant", "rep", samOID}, exitUsage, "--as"},
		{"a policy", []string{"policy", "propose", file, "--as", adaOID}, exitDone, "It holds when another admin confirms it: Alex Admin has a card.\nOnce it is confirmed, restart the service"},
		{"a role where Entra has the roles", []string{"grant", "rep", finnOID, "--as", adaOID, "--entra-client-id", "x"}, exitUsage, "roles come from Entra here"},
	} {
		var out, problems bytes.Buffer
		if code := run(append(tc.args, where...), streams{in: strings.NewReader(""), out: &out, err: &problems}); code != tc.exit {
			t.Errorf("%s: exit %d: %s", tc.name, code, problems.String())
		}
		if text := out.String() + problems.String(); !strings.Contains(text, tc.says) {
			t.Errorf("%s: %q, want %q", tc.name, text, tc.says)
		}
	}
}

func TestPeopleAreListedForReadersAndScripts(t *testing.T) {
	t.Parallel()
	database := started(t)
	for _, args := range [][]string{{"people"}, {"people", "--json"}} {
		var out, problems bytes.Buffer
		if code := run(append(args, "--database-url", database.URL), streams{in: strings.NewReader(""), out: &out, err: &problems}); code != exitDone {
			t.Fatalf("%v: exit %d: %s", args, code, problems.String())
		}
		if len(args) == 1 {
			if text := out.String(); !strings.Contains(text, "Riley Rep       rep            midwest  Morgan Manager\n") || strings.Count(text, "\n") != len(demoPeople) {
				t.Errorf("%s", text)
			}
			continue
		}
		var all []personJSON
		if err := json.Unmarshal(out.Bytes(), &all); err != nil || len(all) != len(demoPeople) || all[0].Name != "Ada Admin" || all[0].Roles[0] != quoting.Admin {
			t.Errorf("%v, %s", err, out.String())
		}
	}
}

// What a command does is judged by the policy that was confirmed, and not by the file.
func TestPolicyDiffComparesWithThePolicyInForceWhereThereIsADatabase(t *testing.T) {
	t.Parallel()
	database := started(t)
	now, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(now.Text), "valid_days: 30", "valid_days: 15", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	code := run([]string{"policy", "diff", file, "--database-url", database.URL, "--policy-file", file}, streams{in: strings.NewReader(""), out: &out, err: &problems})
	if code != exitDone || !strings.Contains(out.String(), "valid_days: 30 → 15") {
		t.Errorf("exit %d: %s%s", code, out.String(), problems.String())
	}
}
