package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"radioquote/quoting"
	"radioquote/store"
)

// evidence reads what is kept of a quote, priced again by the shelf's policy.
func (s *shelf) evidence(id quoting.QuoteID) (store.Evidence, error) {
	s.t.Helper()
	return s.db.Evidence(s.t.Context(), id, func(p store.PolicyText) *quoting.Policy {
		if p.Version != s.policy.Version {
			return nil
		}
		return s.policy
	})
}

func TestEvidenceIsAllThatIsKeptOfAQuoteAndNoSecret(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	if _, err := s.evidence(1001); !errors.Is(err, quoting.NotFound) {
		t.Errorf("of no quote: %v", err)
	}
	v := s.version(usual, 3)
	q, _ := s.quote("riley", v)
	v.Quote, v.State, v.Nonce, v.SubmittedAt = q.ID, quoting.Pending, "SECRET-nonce", noon
	s.in(store.Job, func(tx *store.Tx) error { return tx.SaveSubmission(t.Context(), v) })
	s.sql(`
		INSERT INTO step_ups (id, person_id, purpose, quote_id, version, command, state, nonce, verifier, browser, created_at, expires_at)
		SELECT 'SECRET-id-of-twenty-letters', id, 'decision', 1001, 1, '{"intent": "approve_quote", "click": {"nonce": "SECRET-nonce"}}', 'SECRET-state', 'SECRET', 'SECRET-verifier', 'SECRET-cookie', $1, $1
		FROM people
		WHERE object_id = 'morgan'`, noon)
	view := quoting.View{Quote: q.ID, Version: 1, Owner: "RILEY"}
	data, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	s.in(store.Job, func(tx *store.Tx) error { return tx.SaveShown(t.Context(), view, q.OwnerRow, data, noon) })

	e, err := s.evidence(q.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Versions) != 1 || len(e.Policies) != 1 || e.Policies[0].Text != string(s.policy.Text) {
		t.Fatalf("%d versions, %d policies", len(e.Versions), len(e.Policies))
	}
	got := e.Versions[0]
	if hash, err := got.Version.ContentHash(); err != nil || hash != got.Hash {
		t.Errorf("the hash is %s, stored %s, %v", hash, got.Hash, err)
	}
	if got.Again == nil || !got.Again.Agrees || len(got.Again.Trace) == 0 {
		t.Errorf("the second engine: %+v", got.Again)
	}
	if len(got.Shown) != 1 || got.Shown[0].Hash != got.Shown[0].Again || len(got.Shown[0].Hash) != 64 {
		t.Errorf("what was shown: %+v", got.Shown)
	}
	var lines, prices []map[string]any
	if err := errors.Join(json.Unmarshal(got.Lines, &lines), json.Unmarshal(got.Prices, &prices)); err != nil || len(lines) != len(v.Priced.Lines) || len(prices) != len(lines) {
		t.Errorf("%d lines, %d of prices, want %d; %v", len(lines), len(prices), len(v.Priced.Lines), err)
	}
	for i, p := range prices {
		if p["item"] == nil || p["list"] == nil || p["price"] == nil && p["customer_price"] == nil {
			t.Errorf("line %d has no row of its price: %v", i+1, p)
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "SECRET") {
		t.Error("a secret is evidence")
	}
	for _, person := range []string{`"RILEY"`, `"MORGAN"`} {
		if !strings.Contains(string(e.People), person) {
			t.Errorf("%s is not among the people: %s", person, e.People)
		}
	}
}

func TestEvidenceShowsWhatWasChangedBehindTheService(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	q, _ := s.quote("riley", s.version(usual, 1))
	view := quoting.View{Quote: q.ID, Version: 1}
	s.in(store.Job, func(tx *store.Tx) error {
		return tx.SaveShown(t.Context(), view, q.OwnerRow, json.RawMessage(`{"Total": "1.0"}`), noon)
	})
	for _, tc := range []struct {
		name, change, back   string
		hash, engine, showed bool // still hold
	}{
		{"nothing", `SELECT 1`, `SELECT 1`, true, true, true},
		{"a price", `UPDATE quote_lines SET unit_price = unit_price + 1, extended = round((unit_price + 1) * qty, 2) WHERE position = 1`,
			`UPDATE quote_lines SET unit_price = unit_price - 1, extended = round((unit_price - 1) * qty, 2) WHERE position = 1`, false, false, true},
		{"a cost", `UPDATE quote_lines SET unit_cost = unit_cost - 1 WHERE position = 2`, `UPDATE quote_lines SET unit_cost = unit_cost + 1 WHERE position = 2`, true, false, true},
		{"the customer", `UPDATE quote_versions SET customer = jsonb_set(customer, '{ID}', '2'), customer_id = 2`, `UPDATE quote_versions SET customer = jsonb_set(customer, '{ID}', '1'), customer_id = 1`, false, false, true},
		{"what was shown", `UPDATE shown_cards SET data = '{"Total": "2.0"}'`, `UPDATE shown_cards SET data = '{"Total": "1.0"}'`, true, true, false},
	} {
		s.sql(tc.change)
		e, err := s.evidence(q.ID)
		s.sql(tc.back)
		if err != nil {
			t.Fatal(err)
		}
		v := e.Versions[0]
		hash, err := v.Version.ContentHash()
		if err != nil {
			t.Fatal(err)
		}
		if got := hash == v.Hash; got != tc.hash {
			t.Errorf("%s: the hash holds: %t", tc.name, got)
		}
		if v.Again.Agrees != tc.engine {
			t.Errorf("%s: the engines agree: %t", tc.name, v.Again.Agrees)
		}
		if got := v.Shown[0].Hash == v.Shown[0].Again; got != tc.showed {
			t.Errorf("%s: what was shown holds: %t", tc.name, got)
		}
	}
}
