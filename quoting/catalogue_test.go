package quoting

import (
	"strings"
	"testing"
)

func TestACatalogueThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, file, says string }{
		{"an argument less", `"%s of %s": "de %s"`, "other verbs"},
		{"one more", `"%s": "%s %s"`, "other verbs"},
		{"one twice", `"%s of %s": "%[1]s de %[1]s"`, "other verbs"},
		{"one that is not there", `"%s": "%[2]s"`, "other verbs"},
		{"a text twice", "\"a\": \"b\"\n\"a\": \"c\"", "already defined"},
		{"no catalogue", "- a", "catalogue of texts"},
	} {
		if _, err := newCatalogue([]byte(tc.file)); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
