package quoting_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// spanishFiles are where the texts are that Spanish readers see: those of create, revise,
// status, approval and help. A file that is not here speaks English to everybody.
var spanishFiles = map[string][]string{
	"../cards": {"approval.go", "finding.go", "lines.go", "parse.go", "preview.go", "questions.go", "quote.go", "room.go", "texts.go"},
	".": {
		"alternative.go", "approval.go", "aspect.go", "compatibility.go", "discount.go", "duplicate.go", "edit.go", "explain.go", "habits.go", "items.go", "lastpaid.go", "lines.go",
		"outcome.go", "price.go", "pricebook.go", "prospect.go", "quote.go", "request.go", "room.go", "rules.go", "state.go", "system.go", "target.go", "terms.go", "version.go",
	},
	"desk":   {"acts.go", "books.go", "budget.go", "click.go", "dialogue.go", "estimate.go", "explain.go", "notices.go", "outcome.go", "queue.go", "quote.go", "refusal.go", "room.go", "status.go", "turn.go", "view.go"},
	"../bot": {"extension.go", "outcome.go"},
}

// unsaid are texts of those files that nobody reads, or that are the same in Spanish.
var unsaid = map[string]string{
	"once more": "the stored reason", "duplicate of ": "a rule", "line margin": "a rule", "credit hold": "a rule", "on hold": "a measure", "unusual ": "a rule",
	"last price paid": "a rule", "non-stock": "a rule", "sites apart": "a rule", "locked price": "a rule", "PoC and repeaters": "a rule",
	"estimate refused": "a metric", "estimate not marked as lost": "a metric", "sales order refused": "a metric", "record disagreement": "a log line", "record a refusal": "a log line", "approve Q-1042": "a form of “approve %s”", "%s for approval": "a form of “1 quote waits for approval”", "cancel Q-1042": "likewise", "show Q-1042": "likewise",
	"the pricing engines disagree on %d users at %d sites": "an internal error",
	"price book %d: item %s is there twice":                "an internal error", "price book %d: price row %d is impossible": "an internal error",
	"price book %d: item %d has two prices from quantity %d": "an internal error", "%s v%d has %d lines, the live check answered %d": "an internal error",
	"%s cents are more than an amount holds": "an internal error",
	"Base Price":                             "NetSuite's name", "2 January 15:04": "a form of dates", "2 January 15:04 UTC": "a form of dates", "15:04 UTC": "likewise", "%s v%d · %s": "a name",
	"%s is not a whole number": "wrapped", "a change to %T": "wrapped", "panic: %v\n%s": "a log line",
	"2 January": "a form of dates", "2 January 2006": "a form of dates", "%s v%d": "a name",
	"$%s off": "for events", "price book": "a log line", "who can what": "read in English alone", "I'm out till Monday": "likewise",
}

var verbs = regexp.MustCompile(`%(\[\d\])?(\.\d)?[sdqvf]`)

// bare is a text with all its verbs alike.
func bare(text string) string { return verbs.ReplaceAllString(text, "%s") }

// TestEverySpanishTextIsThere reads the files that speak Spanish and looks up each text in
// the catalogue. A text that is put together is found by its pieces.
func TestEverySpanishTextIsThere(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("texts.es.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue map[string]string
	if err := yaml.Unmarshal(file, &catalogue); err != nil {
		t.Fatal(err)
	}
	var keys strings.Builder
	for english := range catalogue {
		keys.WriteString(bare(english) + "\n")
	}
	there := keys.String()
	for folder, names := range spanishFiles {
		for _, name := range names {
			for _, said := range textsIn(t, filepath.Join(folder, name)) {
				if _, skip := unsaid[said]; skip {
					continue
				}
				text := strings.Trim(bare(said), " ,")
				if !strings.Contains(there, text) && !strings.Contains(there, strings.ToLower(text[:1])+text[1:]) {
					t.Errorf("%s: there is no Spanish for %q", filepath.Join(folder, name), said)
				}
			}
		}
	}
}

// textsIn are the strings of a Go file that look like something to read: those of several
// words, and what is passed to Say, or named text… or button….
func textsIn(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	take := func(n ast.Node, always bool) {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Contains(strings.TrimSpace(text), " ") && strings.ToUpper(text) != text
		if (always || words) && !strings.Contains(text, "%w") && strings.IndexFunc(verbs.ReplaceAllString(text, ""), func(r rune) bool { return 'a' <= r && r <= 'z' }) >= 0 {
			texts = append(texts, text)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // tags
			return n.Tag == nil
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 && (f.Sel.Name == "Say" || f.Sel.Name == "Retell") {
				take(n.Args[0], true)
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if i < len(n.Values) && (strings.HasPrefix(name.Name, "text") || strings.HasPrefix(name.Name, "button")) {
					take(n.Values[i], true)
				}
			}
		case *ast.BasicLit:
			take(n, false)
		}
		return true
	})
	return texts
}

// TestTheCatalogueIsSound holds that a text and its translation take the same arguments,
// begin and end with the same spaces, and end alike.
func TestTheCatalogueIsSound(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("texts.es.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue map[string]string
	if err := yaml.Unmarshal(file, &catalogue); err != nil {
		t.Fatal(err)
	}
	for english, spanish := range catalogue {
		if len(verbs.FindAllString(english, -1)) != len(verbs.FindAllString(spanish, -1)) {
			t.Errorf("%q takes other arguments than %q", spanish, english)
		}
		for _, end := range []string{".", "?", ":", "…", " "} {
			if strings.HasSuffix(english, end) != strings.HasSuffix(spanish, end) && !(end == "." && strings.HasSuffix(spanish, "?")) && !(end == "?" && strings.HasSuffix(spanish, ".")) {
				t.Errorf("%q does not end as %q", spanish, english)
			}
		}
		if strings.HasPrefix(english, " ") != strings.HasPrefix(spanish, " ") && spanish != ":" {
			t.Errorf("%q does not begin as %q", spanish, english)
		}
		if strings.Count(spanish, "¿") != strings.Count(spanish, "?") || strings.Count(spanish, "¡") != strings.Count(spanish, "!") {
			t.Errorf("%q opens what it does not close", spanish)
		}
		if regexp.MustCompile(` %%`).MatchString(spanish) {
			t.Errorf("%q breaks before its percent sign: use a no-break space", spanish)
		}
	}
}
