package manifest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ecmaRegexp lets the schema use the look-aheads of JavaScript.
type ecmaRegexp struct{ *regexp2.Regexp }

func (r ecmaRegexp) MatchString(s string) bool {
	ok, err := r.Regexp.MatchString(s)
	return err == nil && ok
}

func compileECMA(pattern string) (jsonschema.Regexp, error) {
	r, err := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	return ecmaRegexp{r}, nil
}

// Microsoft's schema is not ours to copy. It is in the npm package @microsoft/app-manifest
// as build/json-schemas/teams/v1.30/MicrosoftTeams.schema.json,
// and that of translations beside it.
func TestManifestFollowsTheOfficialSchema(t *testing.T) {
	t.Parallel()
	path := os.Getenv("RADIOQUOTE_MANIFEST_SCHEMA")
	if path == "" {
		t.Skip("RADIOQUOTE_MANIFEST_SCHEMA names no copy of Microsoft's schema; Check has the same limits")
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(compileECMA)
	schema, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newManifest(options())
	if err != nil {
		t.Fatal(err)
	}
	validate := func(m manifest) error {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	if err := validate(m); err != nil {
		t.Error(err)
	}
	language, err := c.Compile(filepath.Join(filepath.Dir(path), "MicrosoftTeams.Localization.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := jsonschema.UnmarshalJSON(strings.NewReader(string(spanish)))
	if err != nil {
		t.Fatal(err)
	}
	if err := language.Validate(texts); err != nil {
		t.Error(err)
	}
	m.Name.Short = strings.Repeat("x", 31)
	if err := validate(m); err == nil {
		t.Error("the schema passes a name of 31 characters, so it is not the schema")
	}
}
