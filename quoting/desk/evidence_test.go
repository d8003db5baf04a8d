package desk_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// TestEvidenceHoldsWhatWasDecidedAndNamesWhatWasChanged approves a quote and then changes, as
// the superuser, each thing that an approval leaves.
func TestEvidenceHoldsWhatWasDecidedAndNamesWhatWasChanged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := s.quote("riley", "commercial", 1, "pending")
	if after := s.click(someone("morgan"), on(v, quoting.ApproveQuote)).View; after.State != quoting.Approved {
		t.Fatalf("%s, %q", after.State, after.Banner)
	}
	pack := func() (desk.Evidence, string) {
		t.Helper()
		e, text, err := desk.PackEvidence(t.Context(), s.db, v.Quote, s.clock.now(), "c")
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := json.Indent(&again, text, "", "  "); err != nil || again.String() != string(text) {
			t.Errorf("it is not indented JSON: %v", err)
		}
		return e, string(text)
	}
	e, text := pack()
	if len(e.Problems) != 0 || len(e.Versions) != 1 || len(e.Versions[0].Steps) != 1 || e.Versions[0].Decision == nil || len(e.Versions[0].Shown) != 1 {
		t.Fatalf("problems %q, %+v", e.Problems, e.Versions)
	}
	for _, part := range []string{`"quote_approved"`, `"Morgan Acts"`, `"Riley Acts"`, `"hash_matches": true`, `"person_id": `, `"second_trace": [`} {
		if !strings.Contains(text, part) {
			t.Errorf("it does not hold %s", part)
		}
	}
	if strings.Contains(text, `"nonce"`) {
		t.Error("it holds a nonce")
	}
	for _, change := range []string{
		`UPDATE decisions SET content_hash = 'x' WHERE quote_id = $1`, `UPDATE approval_steps SET content_hash = 'x' WHERE quote_id = $1`,
		`UPDATE shown_cards SET data = data || '{"Owner": "x"}' WHERE quote_id = $1`, `UPDATE quote_versions SET valid_until = valid_until + interval '9 days' WHERE quote_id = $1`,
	} {
		s.sql(change, int64(v.Quote))
	}
	s.sql(`UPDATE policies SET text = text || '# x'`)
	e, _ = pack()
	want := []string{
		"its text does not have the hash", "its content hash is not that of", "an approval of a step is of other content", "its decision is of other content", "what was shown",
	}
	named := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		for _, part := range want {
			if strings.Contains(problem, part) {
				named[i] = part
			}
		}
	}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("named -want +got\n%s\n%q", diff, e.Problems)
	}
	if e.Versions[0].Engines.Agree != nil {
		t.Error("a policy whose text was changed is priced by")
	}
	if n := s.count(`SELECT count(*) FROM audit_events WHERE kind = 'evidence_exported' AND quote_id = $1 AND actor_id IS NULL AND length(data ->> 'sha256') = 64 AND data ->> 'by' = 'operator'`, int64(v.Quote)); n != 2 {
		t.Errorf("%d exports are recorded, want 2", n)
	}
}
