package quoting_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

func TestWhatWaitsForNetSuiteIsTriedAgainByItsOwner(t *testing.T) {
	t.Parallel()
	owner := quoting.PersonID{Tenant: "t", Object: "riley"}
	for _, tc := range []struct {
		name     string
		state    quoting.QuoteState
		version  quoting.VersionState
		estimate quoting.EstimateState
		by       quoting.PersonID
		want     string // empty: it is tried
	}{
		{"an Estimate that was refused", quoting.Open, quoting.Approved, quoting.NeedsAttention, owner, ""},
		{"a sales order that was refused", quoting.Won, quoting.Approved, quoting.NeedsAttention, owner, ""},
		{"an Estimate that was not taken as lost", quoting.Lost, quoting.Approved, quoting.NeedsAttention, owner, ""},
		{"likewise, of a quote that was cancelled at its next draft", quoting.Cancelled, quoting.Draft, quoting.NeedsAttention, owner, ""},
		{"a draft after an approved version", quoting.Open, quoting.Draft, quoting.NeedsAttention, owner, "not approved"},
		{"an Estimate that is there", quoting.Open, quoting.Approved, quoting.Synced, owner, "Nothing of Q-1001 waits"},
		{"one that NetSuite knows to be lost", quoting.Lost, quoting.Approved, quoting.Synced, owner, "Nothing of Q-1001 waits"},
		{"somebody else's", quoting.Lost, quoting.Approved, quoting.NeedsAttention, quoting.PersonID{Tenant: "t", Object: "sam"}, "somebody else's"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			q := quoting.Quote{ID: 1001, Owner: owner, State: tc.state, Estimate: tc.estimate}
			err := quoting.RetryProblem(q, quoting.Version{Number: 1, State: tc.version}, tc.by)
			if got, _ := quoting.Sentence(err); (err == nil) != (tc.want == "") || !strings.Contains(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
