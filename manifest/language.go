package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// localizable is a text of a manifest that may be in another language: its path, and the
// most characters that it has.
type localizable struct {
	path  *regexp.Regexp
	limit int
}

// Source: MicrosoftTeams.Localization.schema.json 1.30.
var localizables = []localizable{
	{regexp.MustCompile(`^name\.short$`), 30},
	{regexp.MustCompile(`^name\.full$`), 100},
	{regexp.MustCompile(`^description\.short$`), 80},
	{regexp.MustCompile(`^description\.full$`), 4000},
	{regexp.MustCompile(`^bots\[0\]\.commandLists\[\d\]\.commands\[\d+\]\.title$`), 128},
	{regexp.MustCompile(`^bots\[0\]\.commandLists\[\d\]\.commands\[\d+\]\.description$`), 4000},
	{regexp.MustCompile(`^composeExtensions\[0\]\.commands\[\d\](\.parameters\[\d\])?\.title$`), 32},
	{regexp.MustCompile(`^composeExtensions\[0\]\.commands\[\d\](\.parameters\[\d\])?\.description$`), 128},
}

var requiredTexts = []string{"name.short", "description.short", "description.full"}

const schemaKey = "$schema"

var languageTag = regexp.MustCompile(`^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,2}$`)

// languages checks that each language has its file, and that a file's texts are of this
// manifest.
func (c *checker) languages(m manifest, files map[string][]byte) {
	const where = "localizationInfo"
	c.match(where+".defaultLanguageTag", m.LocalizationInfo.Default, languageTag, "a language, like en-us")
	for i, l := range m.LocalizationInfo.Additional {
		at := fmt.Sprintf("%s.additionalLanguages[%d]", where, i)
		c.match(at+".languageTag", l.Tag, languageTag, "a language, like es")
		text, ok := files[l.File]
		if !ok {
			c.add(at+".file", "%q is not in the package", l.File)
			continue
		}
		c.language(l.File, text, m)
	}
}

func (c *checker) language(name string, text []byte, m manifest) {
	var texts map[string]string
	if err := json.Unmarshal(text, &texts); err != nil {
		c.add(name, "%v", err)
		return
	}
	for _, key := range requiredTexts {
		if _, ok := texts[key]; !ok {
			c.add(name, "has no %s", key)
		}
	}
	own := textsOf(m)
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if key == schemaKey {
			continue
		}
		i := slices.IndexFunc(localizables, func(l localizable) bool { return l.path.MatchString(key) })
		switch {
		case i < 0:
			c.add(name, "%s is no text that Teams translates", key)
		case !own[key]:
			c.add(name, "%s points nowhere in the manifest", key)
		default:
			c.text(name+": "+key, texts[key], localizables[i].limit)
		}
	}
}

// textsOf are the paths of a manifest's texts.
func textsOf(m manifest) map[string]bool {
	// A manifest that was decoded is encoded again.
	text, _ := json.Marshal(m)
	var tree any
	_ = json.Unmarshal(text, &tree)
	paths := map[string]bool{}
	collectTexts("", tree, paths)
	return paths
}

func collectTexts(path string, node any, paths map[string]bool) {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			if path != "" {
				key = path + "." + key
			}
			collectTexts(key, child, paths)
		}
	case []any:
		for i, child := range node {
			collectTexts(fmt.Sprintf("%s[%d]", path, i), child, paths)
		}
	case string:
		paths[path] = true
	}
}
