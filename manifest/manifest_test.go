package manifest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func options() Options {
	return Options{
		AppID:     "0f9c2b6e-5d0a-4c56-9d7e-3b1a8e6f2c41",
		PublicURL: "https://radioquote.example.com",
		Version:   "1.0.0",
	}
}

// contents unpacks a package into its files, in order.
func contents(t *testing.T, pkg []byte) []file {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	for _, f := range r.File {
		entry, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(entry)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{f.Name, data})
	}
	return files
}

func TestPackageHoldsTheManifestItsIconsAndItsLanguagesAtItsRoot(t *testing.T) {
	t.Parallel()
	pkg, err := Package(options())
	if err != nil {
		t.Fatal(err)
	}
	files := contents(t, pkg)
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	if diff := cmp.Diff([]string{"manifest.json", "color.png", "outline.png", "es.json"}, names); diff != "" {
		t.Fatalf("files of the package (-want +got):\n%s", diff)
	}

	golden := filepath.Join("testdata", "manifest.json")
	if *update {
		if err := os.WriteFile(golden, files[0].data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(files[0].data)); diff != "" {
		t.Errorf("manifest.json (-want +got):\n%s", diff)
	}
}

func TestPackageIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := Package(options())
	if err != nil {
		t.Fatal(err)
	}
	second, err := Package(options())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two packages with the same options differ")
	}
}

func TestPackageNamesTheOperatorsPages(t *testing.T) {
	t.Parallel()
	o := options()
	o.Developer, o.WebsiteURL = "Midwest Radio", "https://midwest.example"
	o.PrivacyURL, o.TermsOfUseURL = "https://midwest.example/privacy", "https://midwest.example/terms"
	m, err := newManifest(o)
	if err != nil {
		t.Fatal(err)
	}
	want := developer{o.Developer, o.WebsiteURL, o.PrivacyURL, o.TermsOfUseURL}
	if m.Developer != want {
		t.Errorf("developer = %+v, want %+v", m.Developer, want)
	}
}

func TestPackageRefusesWhatTeamsWouldRefuse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"no app id", func(o *Options) { o.AppID = "" }, `id: "" is not a GUID`},
		{"plain http", func(o *Options) { o.PublicURL = "http://radioquote.example.com" }, `developer.websiteUrl: "http://radioquote.example.com" is no https address`},
		{"an address that is none", func(o *Options) { o.PublicURL = "https://[" }, "public URL"},
		{"a version with two numbers", func(o *Options) { o.Version = "1.0" }, `version: "1.0" is not three numbers`},
		{"a developer's name that is too long", func(o *Options) { o.Developer = strings.Repeat("é", 33) }, "developer.name: has 33 characters, and 32 are allowed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := options()
			tc.change(&o)
			_, err := Package(o)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want one with %q", err, tc.want)
			}
		})
	}
}

// icon encodes a square PNG of one colour.
func icon(t *testing.T, size int, c color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for i := range size * size {
		img.Set(i%size, i/size, c)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestCheckNamesEachProblem(t *testing.T) {
	t.Parallel()
	// edit replaces text in the manifest.
	edit := func(from, to string) func(*testing.T, []file) []file {
		return func(t *testing.T, files []file) []file {
			if !bytes.Contains(files[0].data, []byte(from)) {
				t.Fatalf("the manifest has no %s", from)
			}
			files[0].data = bytes.ReplaceAll(files[0].data, []byte(from), []byte(to))
			return files
		}
	}
	replace := func(i int, data func(*testing.T) []byte) func(*testing.T, []file) []file {
		return func(t *testing.T, files []file) []file {
			files[i].data = data(t)
			return files
		}
	}
	long := func(n int) string { return strings.Repeat("x", n) }

	for _, tc := range []struct {
		name   string
		change func(*testing.T, []file) []file
		want   string
	}{
		{"a missing file", func(_ *testing.T, f []file) []file { return slices.Delete(f, 2, 3) }, "outline.png: is missing at the root of the zip"},
		{"files in a folder", func(_ *testing.T, f []file) []file {
			f[1].name = "app/color.png"
			return f
		}, "app/color.png: does not belong in the package"},
		{"a file twice", func(_ *testing.T, f []file) []file { return append(f, f[0]) }, "manifest.json: does not belong in the package"},
		{"a huge file", replace(1, func(*testing.T) []byte { return make([]byte, maxFile+1) }), "color.png: cannot be read: it has more than 1048576 bytes"},
		{"a manifest that is no JSON", edit("{", "["), "manifest.json: invalid character"},
		{"an unknown field", edit(`"accentColor"`, `"accentColour"`), `manifest.json: json: unknown field "accentColour"`},
		{"text after the manifest", edit("\n}\n", "\n}\n{}"), "manifest.json: goes on after its end"},
		{"another schema", edit(`"manifestVersion": "1.30"`, `"manifestVersion": "1.16"`), `manifestVersion: is "1.16", not "1.30"`},
		{"a short id", edit("0f9c2b6e-", ""), "is not a GUID"},
		{"another bot's id", edit(`"botId": "0f9c2b6e`, `"botId": "ffffffff`), `bots[0].botId: is "ffffffff-5d0a`},
		{"a colour by name", edit("#0F4C75", "navy"), `accentColor: "navy" is not a colour`},
		{"an empty name", edit(`"short": "Radio Quote"`, `"short": " "`), "name.short: is empty"},
		{"a name that is too long", edit(`"short": "Radio Quote"`, `"short": "`+long(31)+`"`), "name.short: has 31 characters, and 30 are allowed"},
		{"an unknown scope", edit(`"team"`, `"meeting"`), `bots[0].scopes: "meeting" is not personal, team or groupChat`},
		{"an address as a domain", edit(`"radioquote.example.com"`, `"https://radioquote.example.com"`), `validDomains[0]: "https://radioquote.example.com" is no domain`},
		{"a command that is too long", edit(`"title": "status"`, `"title": "`+long(129)+`"`), "bots[0].commandLists[0].commands[6].title: has 129 characters"},
		{"another bot's searches", func(t *testing.T, f []file) []file {
			at := bytes.LastIndex(f[0].data, []byte(`"botId": "0f9c2b6e`))
			f[0].data = slices.Concat(f[0].data[:at], bytes.Replace(f[0].data[at:], []byte("0f9c2b6e"), []byte("ffffffff"), 1))
			return f
		}, `composeExtensions[0].botId: is "ffffffff-5d0a`},
		{"two searches of one id", edit(`"searchPrices"`, `"searchQuotes"`), `composeExtensions[0].commands[1].id: "searchQuotes" is there twice`},
		{"a long title of a search", edit(`"title": "Quotes"`, `"title": "`+long(33)+`"`), "composeExtensions[0].commands[0].title: has 33 characters, and 32 are allowed"},
		{"a search of no kind", edit(`"type": "query"`, `"type": "find"`), `composeExtensions[0].commands[0].type: "find" is none of query, action`},
		{"a search in no box", edit(`"commandBox"`, `"sidebar"`), `composeExtensions[0].commands[1].context: "sidebar" is none of`},
		{"a parameter of no kind", edit(`"inputType": "text"`, `"inputType": "voice"`), `composeExtensions[0].commands[0].parameters[0].inputType: "voice" is none of`},
		{"a language that is none", edit(`"languageTag": "es"`, `"languageTag": "es_MX"`), `localizationInfo.additionalLanguages[0].languageTag: "es_MX" is not a language`},
		{"a language without its file", edit(`"file": "es.json"`, `"file": "mx.json"`), `localizationInfo.additionalLanguages[0].file: "mx.json" is not in the package`},
		{"a language that is no JSON", replace(3, func(*testing.T) []byte { return []byte("{") }), "es.json: unexpected end of JSON input"},
		{"a language without a description", spanishWith("description.full", "", false), "es.json: has no description.full"},
		{"a translation of nothing", spanishWith("bots[0].commandLists[0].commands[12].title", "más", true), "es.json: bots[0].commandLists[0].commands[12].title points nowhere in the manifest"},
		{"a translation of what is not translated", spanishWith("developer.name", "Radio", true), "es.json: developer.name is no text that Teams translates"},
		{"a translation that is too long", spanishWith("name.short", long(31), true), "es.json: name.short: has 31 characters, and 30 are allowed"},
		{"other names of icons", edit(`"color": "color.png"`, `"color": "colour.png"`), "icons: do not name color.png and outline.png"},
		{"an icon that is no PNG", replace(1, func(*testing.T) []byte { return []byte("GIF89a") }), "color.png: is no PNG"},
		{"a small colour icon", replace(1, func(t *testing.T) []byte { return icon(t, 96, color.White) }), "color.png: is 96 by 96 pixels, not 192 by 192"},
		{"a damaged icon", replace(1, func(t *testing.T) []byte { return icon(t, 192, color.White)[:60] }), "color.png: is a damaged PNG"},
		{"a coloured outline", replace(2, func(t *testing.T) []byte { return icon(t, 32, color.NRGBA{255, 255, 254, 255}) }), "outline.png: has a pixel at 0,0 that is not white"},
		{"an empty outline", replace(2, func(t *testing.T) []byte { return icon(t, 32, color.Transparent) }), "outline.png: shows nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			good, err := Package(options())
			if err != nil {
				t.Fatal(err)
			}
			bad, err := pack(tc.change(t, contents(t, good)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range Check(bad) {
				got = append(got, p.String())
			}
			if !strings.Contains(strings.Join(got, "\n"), tc.want) {
				t.Errorf("problems = %q, want one with %q", got, tc.want)
			}
		})
	}
}

// spanishWith changes a text of the Spanish file, or takes it out.
func spanishWith(key, value string, keep bool) func(*testing.T, []file) []file {
	return func(t *testing.T, files []file) []file {
		texts := map[string]string{}
		if err := json.Unmarshal(files[3].data, &texts); err != nil {
			t.Fatal(err)
		}
		delete(texts, key)
		if keep {
			texts[key] = value
		}
		var err error
		if files[3].data, err = json.Marshal(texts); err != nil {
			t.Fatal(err)
		}
		return files
	}
}

// A title is what is written into the chat, so that it stays where the bot reads no Spanish.
func TestSpanishHasEveryTextButTitlesOfCommands(t *testing.T) {
	t.Parallel()
	m, err := newManifest(options())
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(spanish, &texts); err != nil {
		t.Fatal(err)
	}
	for path := range textsOf(m) {
		title := strings.HasPrefix(path, "bots[0]") && strings.HasSuffix(path, ".title")
		if translated := slices.ContainsFunc(localizables, func(l localizable) bool { return l.path.MatchString(path) }); translated && !title && texts[path] == "" {
			t.Errorf("es.json has no %s", path)
		}
	}
}

func TestCheckCountsSearchesAndTheirParameters(t *testing.T) {
	t.Parallel()
	var c checker
	c.extension(extension{BotID: "one"}, "one")
	c.extension(extension{BotID: "one", Commands: []Search{{ID: "a", Type: "query", Title: "A", Description: "A"}}}, "one")
	want := []Problem{
		{"composeExtensions[0].commands", "has 0 commands, and 1 to 10 are allowed"},
		{"composeExtensions[0].commands[0].parameters", "has 0 parameters, and 1 to 5 are allowed"},
	}
	if diff := cmp.Diff(want, c.problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckWantsOneExtensionAtMost(t *testing.T) {
	t.Parallel()
	m, err := newManifest(options())
	if err != nil {
		t.Fatal(err)
	}
	m.ComposeExtensions = append(m.ComposeExtensions, m.ComposeExtensions...)
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var c checker
	c.manifest(text, map[string][]byte{spanishFile: spanish})
	if want := []Problem{{"composeExtensions", "has 2 extensions, and one is allowed"}}; !cmp.Equal(want, c.problems) {
		t.Errorf("problems = %v, want %v", c.problems, want)
	}
}

func TestCheckCountsBotsAndCommands(t *testing.T) {
	t.Parallel()
	m, err := newManifest(options())
	if err != nil {
		t.Fatal(err)
	}
	list := commandList{Scopes: []string{}, Commands: make([]command, 13)}
	m.Bots[0].CommandLists = []commandList{list, list, list, list}

	var c checker
	c.bot(m.Bots[0], m.ID)
	got := map[string]string{}
	for _, p := range c.problems {
		got[p.Where] = p.What
	}
	for where, want := range map[string]string{
		"bots[0].commandLists":             "has 4 lists, and 3 are allowed",
		"bots[0].commandLists[3].scopes":   "is empty",
		"bots[0].commandLists[3].commands": "has 13 commands, and 1 to 12 are allowed",
	} {
		if got[where] != want {
			t.Errorf("%s: %q, want %q", where, got[where], want)
		}
	}
}

func TestCheckWantsOneBot(t *testing.T) {
	t.Parallel()
	m, err := newManifest(options())
	if err != nil {
		t.Fatal(err)
	}
	m.Bots, m.LocalizationInfo.Additional = nil, nil
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var c checker
	c.manifest(text, nil)
	want := []Problem{{"bots", "has 0 bots, not one"}}
	if diff := cmp.Diff(want, c.problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestCheckFindsAPackageDamagedOnItsWay(t *testing.T) {
	t.Parallel()
	pkg, err := Package(options())
	if err != nil {
		t.Fatal(err)
	}
	pkg[bytes.Index(pkg, colorIcon)] ^= 1
	want := Problem{"color.png", "cannot be read: zip: checksum error"}
	if got := Check(pkg); len(got) == 0 || got[0] != want {
		t.Errorf("problems = %v, want %v first", got, want)
	}
}

func TestCheckRefusesWhatIsNoZip(t *testing.T) {
	t.Parallel()
	got := Check([]byte("PK\x03\x04 and nothing more"))
	if len(got) != 1 || got[0].Where != "package" {
		t.Errorf("problems = %v, want one with the package", got)
	}
}

// Whatever bytes come, Check answers, and only a package like ours passes.
func FuzzCheck(f *testing.F) {
	good, err := Package(options())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, pkg []byte) {
		if len(Check(pkg)) == 0 && len(contents(t, pkg)) != 4 {
			t.Error("a package with other than four files passes")
		}
	})
}
