package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
	"radioquote/store/localpg"
)

// TestEvidenceIsOneFileThatNamesWhatWasChanged makes two versions of a quote as the service
// does, and then changes rows as nobody may.
func TestEvidenceIsOneFileThatNamesWhatWasChanged(t *testing.T) {
	account(t)
	database := localpg.NewDatabase(t)
	t.Setenv("RADIOQUOTE_DATABASE_URL", database.URL)
	if code, out := perform(t, "sync"); code != exitDone {
		t.Fatalf("sync: exit %d: %s", code, out)
	}
	twoVersions(t, database.URL)

	file := filepath.Join(t.TempDir(), "pack.json")
	export := func(want int) (pack desk.Evidence, out string) {
		t.Helper()
		code, out := perform(t, "evidence", "Q-1001", "--output", file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &pack); err != nil || code != want {
			t.Fatalf("exit %d, want %d; %v\n%s", code, want, err, out)
		}
		return pack, out
	}
	pack, out := export(exitDone)
	if len(pack.Versions) != 2 || len(pack.Problems) != 0 || !strings.Contains(out, "Q-1001, 2 versions") {
		t.Fatalf("%d versions, problems %q: %s", len(pack.Versions), pack.Problems, out)
	}
	found := map[string]string{}
	for _, d := range pack.Versions[1].Differences {
		found[d.Field] = string(d.Before) + " → " + string(d.Now)
	}
	if found["request.users"] != "40 → 45" || found["total"] == "" || found["lines.RDG-P10U.qty"] == "" && found["lines.SUM-P20U.qty"] == "" || found["version"] != "" {
		t.Errorf("the second version differs in %v", found)
	}
	for _, v := range pack.Versions {
		if !v.HashMatches || v.Engines.Agree == nil || !*v.Engines.Agree || len(v.Engines.Trace) < 100 || !v.Engines.Again.Total.Equal(v.Engines.First.Total) {
			t.Errorf("v%d: %+v, hash %t", v.Version, v.Engines, v.HashMatches)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is readable by others: %v, %v", info.Mode(), err)
	}
	again, _ := export(exitDone)
	if kinds := eventKinds(t, again); kinds[len(kinds)-1] != "evidence_exported" || kinds[0] != "quote_created" {
		t.Errorf("the events are %v", kinds)
	}

	conn, err := pgx.Connect(t.Context(), database.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	if _, err := conn.Exec(t.Context(), `UPDATE quote_lines SET unit_price = unit_price - 1, extended = round((unit_price - 1) * qty, 2) WHERE version = 1 AND position = 1`); err != nil {
		t.Fatal(err)
	}
	pack, out = export(exitNo)
	if pack.Versions[0].HashMatches || !pack.Versions[1].HashMatches || *pack.Versions[0].Engines.Agree || !strings.Contains(out, "Q-1001 v1: its content hash is not") || !strings.Contains(out, "2 things do not hold") {
		t.Errorf("a price was changed: %q\n%s", pack.Problems, out)
	}
}

// twoVersions makes Q-1001 v1 and v2 in a database that has prices.
func twoVersions(t *testing.T, url string) {
	t.Helper()
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	d := desk.New(desk.Config{DB: db, Policy: policy, Now: time.Now, Log: zaptest.NewLogger(t), Metrics: prometheus.NewRegistry()})
	riley := quoting.Person{ID: quoting.PersonID{Tenant: "dealer", Object: "riley"}, Name: "Riley", Roles: []quoting.Role{quoting.Rep}, Team: "midwest"}
	if err := d.Prepare(t.Context(), []quoting.Person{riley}, "directory"); err != nil {
		t.Fatal(err)
	}
	users, sites := 40, 3
	say := func(activity string, cmd quoting.Command) {
		a := desk.Arrival{Person: riley.ID, UserID: "29:riley", Conversation: "a:riley", Kind: "personal", ServiceURL: "https://smba.example/", Activity: activity, Correlation: "c" + activity, At: time.Now()}
		if err := d.Message(t.Context(), a, func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
			t.Fatal(err)
		}
	}
	say("1", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: &users, Sites: &sites, Industry: "construction"}})
	say("2", quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1001, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}}}})
}

func eventKinds(t *testing.T, pack desk.Evidence) []string {
	t.Helper()
	var events []struct{ Kind string }
	if err := json.Unmarshal(pack.Events, &events); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
