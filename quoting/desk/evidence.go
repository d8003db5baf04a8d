package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/govalues/decimal"

	"radioquote/quoting"
	"radioquote/store"
)

// An evidence pack is everything that is kept of one quote, as one JSON document that needs
// nothing beside it: rows as they are stored, what they were made of, and what can be made
// again of them, made again. What does not come out the same is named. Its field names are
// promises.

// evidenceFormat is the version of the document.
const evidenceFormat = "radioquote evidence 1"

// Evidence is an evidence pack.
type Evidence struct {
	Format     string              `json:"format"`
	Number     quoting.QuoteID     `json:"quote"`
	ExportedAt time.Time           `json:"exported_at"`
	Problems   []string            `json:"problems"` // what does not hold, a sentence each
	Row        json.RawMessage     `json:"quote_row"`
	Versions   []EvidenceOfVersion `json:"versions"`
	NetSuite   json.RawMessage     `json:"netsuite_read_back"`
	StepUps    json.RawMessage     `json:"step_ups"`
	Events     json.RawMessage     `json:"audit_events"`
	Policies   []EvidenceOfPolicy  `json:"policies"`
	People     json.RawMessage     `json:"people"`
}

// EvidenceOfVersion is what is kept of a version.
type EvidenceOfVersion struct {
	Version     int               `json:"version"`
	Stored      string            `json:"content_hash"`
	Computed    string            `json:"content_hash_computed"`
	HashMatches bool              `json:"hash_matches"`
	Differences []Difference      `json:"differences"` // against the version before
	Row         json.RawMessage   `json:"row"`
	Lines       json.RawMessage   `json:"lines"`
	Snapshot    json.RawMessage   `json:"price_snapshot"`
	Prices      json.RawMessage   `json:"price_rows"`
	Engines     EvidenceOfEngines `json:"engines"`
	Requests    json.RawMessage   `json:"requests"`
	Steps       []EvidenceOfStep  `json:"steps"`
	Decision    *EvidenceOfStep   `json:"decision"`
	Shown       []EvidenceOfCard  `json:"shown_cards"`
	Opinions    json.RawMessage   `json:"opinions"`
	Nudges      json.RawMessage   `json:"nudges"`
}

// Difference is a field that is another one than in the version before; null: it is not there.
type Difference struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	Now    json.RawMessage `json:"now"`
}

// EvidenceOfEngines is what each engine made of a version, and the second one's trace, line by
// line. Where the policy is not one that this program reads, the second was not run.
type EvidenceOfEngines struct {
	Agree *bool           `json:"agree"`
	First EvidenceOfSums  `json:"first"`
	Again *EvidenceOfSums `json:"second"`
	Trace json.RawMessage `json:"second_trace"`
}

// EvidenceOfSums are the sums of a version.
type EvidenceOfSums struct {
	ListTotal decimal.Decimal     `json:"list_total"`
	BookTotal decimal.Decimal     `json:"book_total"`
	NetTotal  decimal.Decimal     `json:"net_total"`
	Discount  decimal.Decimal     `json:"discount"`
	Freight   decimal.Decimal     `json:"freight"`
	Total     decimal.Decimal     `json:"total"`
	Amount    decimal.Decimal     `json:"amount"`
	CostTotal decimal.Decimal     `json:"cost_total"`
	Margin    decimal.NullDecimal `json:"margin"`
}

// EvidenceOfStep is a step that was taken, or a decision, and whether it is of this content.
type EvidenceOfStep struct {
	Row         json.RawMessage `json:"row"`
	HashMatches bool            `json:"hash_matches"`
}

// EvidenceOfCard is what somebody who decided was shown, and the hash of its data made again.
type EvidenceOfCard struct {
	Row         json.RawMessage `json:"row"`
	Computed    string          `json:"hash_computed"`
	HashMatches bool            `json:"hash_matches"`
}

// EvidenceOfPolicy is a policy by which a version was made, and whether its text has the hash
// that names it.
type EvidenceOfPolicy struct {
	Version     string `json:"version"`
	HashMatches bool   `json:"hash_matches"`
	Text        string `json:"text"`
}

// PackEvidence gathers everything that is kept of a quote and has it checked, and records
// that it was. The text is the document; the same quote gives the same but for the time. The
// error is of kind NotFound where there is no such quote.
func PackEvidence(ctx context.Context, db *store.DB, id quoting.QuoteID, now time.Time, correlation string) (Evidence, []byte, error) {
	read, err := db.Evidence(ctx, id, readPolicy)
	if err != nil {
		return Evidence{}, nil, err
	}
	e, err := newEvidence(id, read, now)
	if err != nil {
		return e, nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(e); err != nil {
		return e, nil, fmt.Errorf("evidence of %s: %w", id, err)
	}
	digest := sha256.Sum256(text.Bytes())
	event := store.Event{
		At: now, Kind: "evidence_exported", Quote: id, Correlation: correlation,
		Data: map[string]any{"by": "operator", "versions": len(e.Versions), "problems": len(e.Problems), "sha256": hex.EncodeToString(digest[:])},
	}
	if err := db.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Record(ctx, event) }); err != nil {
		return e, nil, err
	}
	return e, text.Bytes(), nil
}

// readPolicy reads the text of a policy as it was taken; nil where this program cannot, or
// where it is not the text any more.
func readPolicy(p store.PolicyText) *quoting.Policy {
	policy, err := quoting.ParsePolicy([]byte(p.Text))
	if err != nil || policy.Version != p.Version {
		return nil
	}
	return policy
}

// newEvidence is the document of what was read, with what does not hold.
func newEvidence(id quoting.QuoteID, read store.Evidence, now time.Time) (Evidence, error) {
	e := Evidence{
		Format: evidenceFormat, Number: id, ExportedAt: now.UTC(), Problems: []string{}, Row: read.Quote,
		NetSuite: read.Estimate, StepUps: read.StepUps, Events: read.Events, People: read.People,
	}
	problem := func(format string, args ...any) { e.Problems = append(e.Problems, fmt.Sprintf(format, args...)) }
	for _, p := range read.Policies {
		digest := sha256.Sum256([]byte(p.Text))
		same := hex.EncodeToString(digest[:8]) == p.Version
		if !same {
			problem("Policy %s: its text does not have the hash that names it.", p.Version)
		}
		e.Policies = append(e.Policies, EvidenceOfPolicy{Version: p.Version, HashMatches: same, Text: p.Text})
	}
	stored := map[int]string{}
	var before map[string]json.RawMessage
	for _, v := range read.Versions {
		stored[v.Number] = v.Hash
		out := EvidenceOfVersion{
			Version: v.Number, Stored: v.Hash, Row: v.Row, Lines: v.Lines, Snapshot: v.Snapshot, Prices: v.Prices,
			Requests: v.Requests, Opinions: v.Opinions, Nudges: v.Nudges, Differences: []Difference{}, Steps: []EvidenceOfStep{}, Shown: []EvidenceOfCard{},
		}
		var err error
		if out.Computed, err = v.Version.ContentHash(); err != nil {
			return e, fmt.Errorf("evidence of %s v%d: %w", id, v.Number, err)
		}
		if out.HashMatches = out.Computed == out.Stored; !out.HashMatches {
			problem("%s v%d: its content hash is not that of its customer, lines, terms and sums.", id, v.Number)
		}
		if out.Engines = engines(v); out.Engines.Agree != nil && !*out.Engines.Agree {
			problem("%s v%d: the second engine does not come to its lines and sums.", id, v.Number)
		}
		for _, s := range v.Steps {
			of := v.Hash
			if s.Carried > 0 {
				of = stored[s.Carried]
			}
			if s.Hash != of {
				problem("%s v%d: an approval of a step is of other content.", id, v.Number)
			}
			out.Steps = append(out.Steps, EvidenceOfStep{Row: s.Row, HashMatches: s.Hash == of})
		}
		if d := v.Decision; d != nil {
			if d.Hash != v.Hash {
				problem("%s v%d: its decision is of other content.", id, v.Number)
			}
			out.Decision = &EvidenceOfStep{Row: d.Row, HashMatches: d.Hash == v.Hash}
		}
		for _, s := range v.Shown {
			if s.Hash != s.Again {
				problem("%s v%d: what was shown to somebody who decided is not what is kept of it.", id, v.Number)
			}
			out.Shown = append(out.Shown, EvidenceOfCard{Row: s.Row, Computed: s.Again, HashMatches: s.Hash == s.Again})
		}
		fields, err := versionFields(v)
		if err != nil {
			return e, fmt.Errorf("evidence of %s v%d: %w", id, v.Number, err)
		}
		if before != nil {
			out.Differences = differences(before, fields)
		}
		before = fields
		e.Versions = append(e.Versions, out)
	}
	return e, nil
}

func engines(v store.VersionEvidence) EvidenceOfEngines {
	p := v.Version.Priced
	out := EvidenceOfEngines{First: EvidenceOfSums{
		ListTotal: p.ListTotal.Amount, BookTotal: p.BookTotal.Amount, NetTotal: p.NetTotal.Amount, Discount: p.Discount.Amount, Freight: p.Freight.Amount,
		Total: p.Total.Amount, Amount: p.Amount.Amount, CostTotal: p.CostTotal.Amount, Margin: decimal.NullDecimal{Decimal: p.Margin.Percent, Valid: p.Margin.Known},
	}}
	if a := v.Again; a != nil {
		out.Agree, out.Trace = &a.Agrees, a.Trace
		out.Again = &EvidenceOfSums{
			ListTotal: a.ListTotal, BookTotal: a.BookTotal, NetTotal: a.NetTotal, Discount: a.Discount, Freight: a.Freight,
			Total: a.Total, Amount: a.Amount, CostTotal: a.CostTotal, Margin: a.Margin,
		}
	}
	return out
}

// notContent are columns of a version that differ by its place and its way, and not by what is
// offered.
var notContent = []string{"quote_id", "version", "state", "created_at", "submitted_at", "correlation", "content_hash", "changes", "reading", "measures", "customer_waits"}

// versionFields are the fields of a version and of its lines by their paths: request.users,
// lines.SUM-P20U.unit_price.
func versionFields(v store.VersionEvidence) (map[string]json.RawMessage, error) {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(v.Row, &row); err != nil {
		return nil, err
	}
	fields := map[string]json.RawMessage{}
	for column, value := range row {
		if !slices.Contains(notContent, column) && !strings.HasPrefix(column, "check_") {
			flatten(fields, column, value)
		}
	}
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(v.Lines, &lines); err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for _, line := range lines {
		var sku string
		if err := json.Unmarshal(line["sku"], &sku); err != nil {
			return nil, err
		}
		name := "lines." + sku
		if seen[sku]++; seen[sku] > 1 {
			name += fmt.Sprintf("#%d", seen[sku])
		}
		for column, value := range line {
			if column != "quote_id" && column != "version" && column != "position" {
				fields[name+"."+column] = value
			}
		}
	}
	return fields, nil
}

// flatten puts the leaves of an object under their paths; a list is a leaf.
func flatten(into map[string]json.RawMessage, path string, value json.RawMessage) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(value, &object); err != nil || object == nil {
		into[path] = value
		return
	}
	for key, inner := range object {
		flatten(into, path+"."+key, inner)
	}
}

// differences are the fields that differ, by their paths.
func differences(before, now map[string]json.RawMessage) []Difference {
	all := maps.Clone(before)
	maps.Copy(all, now)
	out := []Difference{}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if was, is := before[path], now[path]; string(was) != string(is) {
			out = append(out, Difference{Field: path, Before: was, Now: is})
		}
	}
	return out
}
