package quoting_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// ofNoQuote are the kinds of events that are about no quote, so that no history tells them.
var ofNoQuote = []string{"directory_taken", "engines_disagree", "prices_synced", "prices_held", "prices_released", "prices_refused", "margins_reported", "roles_changed",
	"policy_taken", "policy_refused", "proposal_made", "proposal_confirmed", "proposal_refused", "role_granted", "role_revoked", "person_joined", "person_left", "person_moved", "approval_delegated", "delegation_ended", "absence_said", "absence_ended"}

// endings are what the code puts behind the beginning of a kind.
var endings = map[string][]string{
	"message_":  {"ambiguous", "dead"},
	"estimate_": {"synced", "needs_attention", "ordered", "lost", "none"},
	"prices_":   {"released", "refused"},
	"quote_":    {"won", "lost", "cancelled"},
}

// recorded are the kinds of events that the code of a package records.
func recorded(t *testing.T, folder string) (kinds []string) {
	t.Helper()
	files := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s has the files %v, %v", folder, names, err)
	}
	var parsed []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	kind := func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BasicLit:
			text, err := strconv.Unquote(e.Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, text)
		case *ast.BinaryExpr:
			begins, ok := e.X.(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s: a kind that a test cannot read", files.Position(e.Pos()))
			}
			text, _ := strconv.Unquote(begins.Value)
			if endings[text] == nil {
				t.Fatalf("%s: kinds that begin with %s", files.Position(e.Pos()), text)
			}
			for _, end := range endings[text] {
				kinds = append(kinds, text+end)
			}
		}
	}
	for _, file := range parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if name, ok := n.Type.(*ast.SelectorExpr); ok && name.Sel.Name == "Event" {
					for _, field := range n.Elts {
						if kv, ok := field.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Kind" {
							kind(kv.Value)
						}
					}
				}
				if m, ok := n.Type.(*ast.MapType); ok { // of kinds by action
					if key, ok := m.Key.(*ast.SelectorExpr); ok && key.Sel.Name == "Action" {
						for _, field := range n.Elts {
							kind(field.(*ast.KeyValueExpr).Value)
						}
					}
				}
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				switch {
				case ok && f.Sel.Name == "event" && len(n.Args) == 3:
					kind(n.Args[0])
				case ok && f.Sel.Name == "addVersion":
					kind(n.Args[len(n.Args)-1])
				}
			}
			return true
		})
	}
	return kinds
}

func TestEveryEventThatIsRecordedHasASentence(t *testing.T) {
	t.Parallel()
	kinds := slices.Concat(recorded(t, "desk"), recorded(t, filepath.Join("..", "bot")), recorded(t, filepath.Join("..", "cmd", "radioquote")))
	for _, must := range []string{"quote_created", "quote_revised", "quote_approved", "quote_won", "estimate_synced", "message_dead", "prices_checked", "quote_reopened"} {
		if !slices.Contains(kinds, must) {
			t.Errorf("the code that records %s was not found among %v", must, kinds)
		}
	}
	for _, k := range kinds {
		tells := quoting.Event{Kind: k}.Tells()
		if tells == slices.Contains(ofNoQuote, k) {
			t.Errorf("%s: it has a sentence: %t", k, tells)
		}
		if s := (quoting.Event{Kind: k, Who: "Riley Rep", Version: 2}).Sentence(nil, "", true); tells && strings.Contains(s, strings.ReplaceAll(k, "_", " ")) {
			t.Errorf("%s is told as %q", k, s)
		}
	}
}

func TestAnEventIsTold(t *testing.T) {
	t.Parallel()
	data := func(text string) (d map[string]json.RawMessage) {
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	margin := quoting.Margin{Percent: decimal.MustParse("31.20"), Known: true}
	total := quoting.MustMoney("48310.20", quoting.USD)
	changes := []string{"Users: 38 → 40", "Discount: $0.00 → $10.00", "Total: $1.00 → $2.00", "BAT-B: $5.00 → $4.50", "CHG-6B: 1 → 2"}
	for _, row := range []struct {
		event   quoting.Event
		aspects []string
		field   string
		margins bool
		want    string
	}{
		{quoting.Event{Kind: "quote_created", Who: "Riley", Total: total}, nil, "", false, "Riley made it: $48,310.20."},
		{quoting.Event{Kind: "quote_revised", Who: "Riley", Version: 2, Changes: changes}, nil, "", false, "Riley made v2. Users: 38 → 40; Discount: $0.00 → $10.00; Total: $1.00 → $2.00; BAT-B: $5.00 → $4.50; and 1 more."},
		{quoting.Event{Kind: "quote_revised", Who: "Riley", Version: 2, Changes: changes}, []string{"discount"}, "", false, "Riley made v2. Discount: $0.00 → $10.00; BAT-B: $5.00 → $4.50."},
		{quoting.Event{Kind: "quote_revised", Who: "Riley", Version: 2, Changes: changes}, nil, "users", false, "Riley made v2. Users: 38 → 40."},
		{quoting.Event{Kind: "quote_revised", Who: "Riley", Version: 2}, nil, "", false, "Riley made v2. Nothing that counts differs."},
		{quoting.Event{Kind: "quote_approved", Who: "Morgan", Version: 2, Margin: margin}, nil, "", true, "Morgan approved v2 at a margin of 31.20%."},
		{quoting.Event{Kind: "quote_approved", Who: "Morgan", Version: 2, Margin: margin}, nil, "", false, "Morgan approved v2."},
		{quoting.Event{Kind: "quote_approved", Who: "Riley", Version: 2, Data: data(`{"by": "policy"}`)}, nil, "", false, "v2 was approved by itself: within all limits."},
		{quoting.Event{Kind: "quote_step_approved", Who: "Finn", Version: 2, Data: data(`{"branch": "commercial", "level": 2}`)}, nil, "", false, "Finn approved v2 as finance."},
		{quoting.Event{Kind: "quote_step_approved", Who: "Eve", Version: 2, Data: data(`{"branch": "engineering", "level": 1}`)}, nil, "", false, "Eve approved v2 for engineering."},
		{quoting.Event{Kind: "quote_step_approved", Who: "Eve", Version: 2, Data: data(`{"level": 9}`)}, nil, "", false, "Eve approved v2."},
		{quoting.Event{Kind: "quote_rejected", Who: "Morgan", Version: 2, Reason: "Too dear."}, nil, "", false, "Morgan rejected v2: Too dear."},
		{quoting.Event{Kind: "quote_lost", Who: "Riley"}, nil, "", false, "Riley marked it lost."},
		{quoting.Event{Kind: "prices_checked", Version: 2, Data: data(`{"check": {"State": "verified"}}`)}, nil, "", false, "NetSuite was asked for today's prices of v2: they hold."},
		{quoting.Event{Kind: "prices_checked", Version: 2, Data: data(`{"check": {"State": "moved", "Moved": [{"SKU": "A", "From": "1.00 USD", "To": "2.00 USD"}]}}`)}, nil, "", false, "NetSuite was asked for today's prices of v2: 1 price moved."},
		{quoting.Event{Kind: "prices_checked", Version: 2, Data: data(`{"check": {"State": "unverified"}}`)}, nil, "", false, "NetSuite was asked for today's prices of v2: no answer that confirms them."},
		{quoting.Event{Kind: "prices_checked", Version: 2, Data: data(`{"check": 7}`)}, nil, "", false, "NetSuite was asked for today's prices of v2."},
		{quoting.Event{Kind: "estimate_synced", Data: data(`{"number": "EST7"}`)}, nil, "", false, "The Estimate EST7 is in NetSuite and agrees line by line."},
		{quoting.Event{Kind: "estimate_ordered", Data: data(`{"sales_order": ""}`)}, nil, "", false, "The sales order is in NetSuite."},
		{quoting.Event{Kind: "something_new"}, nil, "", false, "Radio Quote: something new."},
	} {
		if got := row.event.Sentence(row.aspects, row.field, row.margins); got != row.want {
			t.Errorf("%s: %q, want %q", row.event.Kind, got, row.want)
		}
	}
	for _, row := range []struct {
		event   quoting.Event
		aspects []string
		field   string
		want    bool
	}{
		{quoting.Event{Kind: "prices_checked"}, nil, "", true},
		{quoting.Event{Kind: "prices_checked"}, []string{"approvals"}, "", false},
		{quoting.Event{Kind: "quote_approved"}, []string{"margin"}, "", true},
		{quoting.Event{Kind: "quote_revised", Changes: changes}, []string{"discount"}, "", true},
		{quoting.Event{Kind: "quote_revised", Changes: changes[:1]}, []string{"discount"}, "", false},
		{quoting.Event{Kind: "quote_revised", Changes: changes[:1]}, []string{"lines"}, "", true},
		{quoting.Event{Kind: "quote_reopened"}, []string{"approvals"}, "", true},
		{quoting.Event{Kind: "quote_revised", Changes: changes[2:3]}, nil, "discount_pct", false},
		{quoting.Event{Kind: "quote_created", Changes: changes}, nil, "users", false},
		{quoting.Event{Kind: "prices_checked", Changes: changes}, nil, "users", false},
	} {
		if got := row.event.Concerns(row.aspects, row.field); got != row.want {
			t.Errorf("%s %v concerns %v %s: %t", row.event.Kind, row.event.Changes, row.aspects, row.field, got)
		}
	}
}
