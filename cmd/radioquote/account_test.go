package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radioquote/netsuite/simulator"
	"radioquote/store/localpg"
)

// account is a NetSuite account and an empty database, as the environment of commands.
func account(t *testing.T) *simulator.Simulator {
	t.Helper()
	keyFile := filepath.Join(t.TempDir(), "netsuite.pem")
	key, err := demoKey(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	sim, err := simulator.Start(simulator.Config{ClientID: "client", CertificateID: "certificate", PublicKey: key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	for name, value := range map[string]string{
		"DATABASE_URL": localpg.NewDatabase(t).URL, "NETSUITE_ACCOUNT": "1234567_SB1", "NETSUITE_BASE_URL": sim.URL(), "NETSUITE_CLIENT_ID": "client",
		"NETSUITE_CERTIFICATE_ID": "certificate", "NETSUITE_PRIVATE_KEY_FILE": keyFile, "LOG_LEVEL": "error",
		"BOT_APP_ID": "app", "BOT_APP_SECRET": "a secret that nobody sees", "BOT_TENANT_ID": "tenant",
		"BOT_TOKEN_URL": "http://127.0.0.1:1/token", "BOT_OPENID_METADATA_URL": "http://127.0.0.1:1/keys",
	} {
		t.Setenv("RADIOQUOTE_"+name, value)
	}
	return sim
}

// perform runs a command and returns its exit code and everything that it printed.
func perform(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(args, streams{in: strings.NewReader(""), out: &out, err: &out})
	return code, out.String()
}

func TestDoctorSaysWhatIsWellAndWhatToMend(t *testing.T) {
	sim := account(t)
	code, out := perform(t, "doctor")
	if code != exitNo {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for _, line := range []string{
		"database|schema", "prices|Run radioquote sync.", "directory|Set RADIOQUOTE_DIRECTORY_FILE", "bot sign-in|Check the app id, the secret",
		"bot keys|without it no message of Teams is taken", "netsuite sign-in|certificate certificate", "netsuite create-form|prices 5 items by a form",
	} {
		name, says, _ := strings.Cut(line, "|")
		found := false
		for printed := range strings.Lines(out) {
			found = found || strings.Contains(printed, name+" ") && strings.Contains(printed, says)
		}
		if !found {
			t.Errorf("no line of %s says %q:\n%s", name, says, out)
		}
	}
	if strings.Contains(out, "a secret that nobody sees") {
		t.Error("a secret is printed")
	}
	sim.HideTable("pricelevel", true)
	t.Setenv("RADIOQUOTE_DATABASE_URL", "postgres://nobody@/none?host=/nonexistent")
	if code, out := perform(t, "doctor"); code != exitNo || !strings.Contains(out, "Check RADIOQUOTE_DATABASE_URL") || !strings.Contains(out, "Accounting Lists") {
		t.Errorf("exit %d without a database and a permission:\n%s", code, out)
	}
}

func TestReconcileNamesWhatHasDrifted(t *testing.T) {
	sim := account(t)
	if err := sim.SetCost("LEG-CHG1", "40"); err != nil { // else it is held, and drifts by intent
		t.Fatal(err)
	}
	if code, out := perform(t, "sync"); code != exitDone || !strings.Contains(out, "rows changed") {
		t.Fatalf("sync: exit %d: %s", code, out)
	}
	if code, out := perform(t, "reconcile"); code != exitDone {
		t.Errorf("nothing has changed: exit %d: %s", code, out)
	}
	if err := sim.SetPrice("RDG-P10U", "Base", 1, "231.00"); err != nil {
		t.Fatal(err)
	}
	if code, out := perform(t, "reconcile"); code != exitNo || !strings.Contains(out, "RDG-P10U") || !strings.Contains(out, "1 things have drifted") {
		t.Errorf("a price has moved: exit %d: %s", code, out)
	}
	if code, out := perform(t, "sync"); code != exitDone || !strings.Contains(out, "229.0000 → 231.0000") {
		t.Errorf("sync: exit %d: %s", code, out)
	}
	if err := sim.SetPrice("BAT-C", "Base", 1, "1120"); err != nil {
		t.Fatal(err)
	}
	if code, out := perform(t, "sync", "--full"); code != exitDone || !strings.Contains(out, "held") || !strings.Contains(out, "slipped decimal") {
		t.Errorf("a held price: exit %d: %s", code, out)
	}
	if err := os.Unsetenv("RADIOQUOTE_DATABASE_URL"); err != nil {
		t.Fatal(err)
	}
	if code, _ := perform(t, "reconcile"); code != exitUsage {
		t.Errorf("without a database: exit %d", code)
	}
}
