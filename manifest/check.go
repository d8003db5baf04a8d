package manifest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one thing that Teams would refuse.
type Problem struct {
	Where string // a file of the package, or a path in its manifest like bots[0].botId
	What  string
}

func (p Problem) String() string { return p.Where + ": " + p.What }

// maxFile is more than any file of a package should have, in bytes.
const maxFile = 1 << 20

// Check returns what is wrong with an app package, nil if nothing is. It knows the fields
// that Package writes; a manifest with others, which are allowed by Teams, is a problem
// here. The limits are those of the app manifest schema 1.30 and of "Create your Teams
// app package" in the Teams documentation.
func Check(pkg []byte) []Problem {
	var c checker
	r, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		c.add("package", "is no zip: %v", err)
		return c.problems
	}
	files := c.files(r)
	if text, ok := files[manifestFile]; ok {
		c.manifest(text, files)
	}
	if data, ok := files[colorFile]; ok {
		c.icon(colorFile, data, 192)
	}
	if data, ok := files[outlineFile]; ok {
		if icon := c.icon(outlineFile, data, 32); icon != nil {
			c.whiteOnly(outlineFile, icon)
		}
	}
	return c.problems
}

type checker struct{ problems []Problem }

func (c *checker) add(where, format string, args ...any) {
	c.problems = append(c.problems, Problem{where, fmt.Sprintf(format, args...)})
}

// files reads the files of the package by name.
func (c *checker) files(r *zip.Reader) map[string][]byte {
	want := []string{manifestFile, colorFile, outlineFile, spanishFile}
	files := map[string][]byte{}
	for _, f := range r.File {
		if !slices.Contains(want, f.Name) || files[f.Name] != nil {
			c.add(f.Name, "does not belong in the package")
			continue
		}
		data, err := read(f)
		if err != nil {
			c.add(f.Name, "cannot be read: %v", err)
		}
		files[f.Name] = data
	}
	for _, name := range want {
		if _, ok := files[name]; !ok {
			c.add(name, "is missing at the root of the zip")
		}
	}
	return files
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return []byte{}, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return data, err
}

// icon decodes a square PNG of size pixels, nil if it is none.
func (c *checker) icon(name string, data []byte, size int) image.Image {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		c.add(name, "is no PNG: %v", err)
		return nil
	}
	if config.Width != size || config.Height != size {
		c.add(name, "is %d by %d pixels, not %d by %d", config.Width, config.Height, size, size)
		return nil
	}
	icon, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		c.add(name, "is a damaged PNG: %v", err)
		return nil
	}
	return icon
}

// whiteOnly checks that an icon is white on transparent, since Teams colours it itself.
func (c *checker) whiteOnly(name string, icon image.Image) {
	visible := false
	for y := icon.Bounds().Min.Y; y < icon.Bounds().Max.Y; y++ {
		for x := icon.Bounds().Min.X; x < icon.Bounds().Max.X; x++ {
			p := color.NRGBAModel.Convert(icon.At(x, y)).(color.NRGBA)
			if p.A == 0 {
				continue
			}
			visible = true
			if p != (color.NRGBA{255, 255, 255, p.A}) {
				c.add(name, "has a pixel at %d,%d that is not white", x, y)
				return
			}
		}
	}
	if !visible {
		c.add(name, "shows nothing")
	}
}

var (
	guid     = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	semver   = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$`)
	hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

func (c *checker) manifest(text []byte, files map[string][]byte) {
	var m manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		c.add(manifestFile, "%v", err)
		return
	}
	if d.More() {
		c.add(manifestFile, "goes on after its end")
	}
	if m.ManifestVersion != schemaVersion {
		c.add("manifestVersion", "is %q, not %q", m.ManifestVersion, schemaVersion)
	}
	c.match("version", m.Version, semver, "three numbers, like 1.0.0")
	c.match("id", m.ID, guid, "a GUID")
	c.match("accentColor", m.AccentColor, hexColor, "a colour, like #0f4c75")

	c.text("developer.name", m.Developer.Name, 32)
	c.https("developer.websiteUrl", m.Developer.WebsiteURL)
	c.https("developer.privacyUrl", m.Developer.PrivacyURL)
	c.https("developer.termsOfUseUrl", m.Developer.TermsOfUseURL)
	c.text("name.short", m.Name.Short, 30)
	c.text("name.full", m.Name.Full, 100)
	c.text("description.short", m.Description.Short, 80)
	c.text("description.full", m.Description.Full, 4000)

	if m.Icons.Color != colorFile || m.Icons.Outline != outlineFile {
		c.add("icons", "do not name %s and %s", colorFile, outlineFile)
	}
	c.scopes("defaultInstallScope", m.DefaultInstallScope)
	for i, domain := range m.ValidDomains {
		if domain == "" || len(domain) > 2048 || strings.ContainsAny(domain, "/ ") {
			c.add(fmt.Sprintf("validDomains[%d]", i), "%q is no domain", domain)
		}
	}
	c.languages(m, files)
	if len(m.ComposeExtensions) > 1 {
		c.add("composeExtensions", "has %d extensions, and one is allowed", len(m.ComposeExtensions))
	}
	for _, e := range m.ComposeExtensions {
		c.extension(e, m.ID)
	}
	if len(m.Bots) != 1 {
		c.add("bots", "has %d bots, not one", len(m.Bots))
		return
	}
	c.bot(m.Bots[0], m.ID)
}

func (c *checker) bot(b bot, appID string) {
	if b.BotID != appID {
		c.add("bots[0].botId", "is %q, and the app's id is %q", b.BotID, appID)
	}
	c.scopes("bots[0].scopes", b.Scopes...)
	if len(b.CommandLists) > 3 {
		c.add("bots[0].commandLists", "has %d lists, and 3 are allowed", len(b.CommandLists))
	}
	for i, list := range b.CommandLists {
		where := fmt.Sprintf("bots[0].commandLists[%d]", i)
		c.scopes(where+".scopes", list.Scopes...)
		if n := len(list.Commands); n == 0 || n > 12 {
			c.add(where+".commands", "has %d commands, and 1 to 12 are allowed", n)
		}
		for j, command := range list.Commands {
			c.text(fmt.Sprintf("%s.commands[%d].title", where, j), command.Title, 128)
			c.text(fmt.Sprintf("%s.commands[%d].description", where, j), command.Description, 4000)
		}
	}
}

// extension checks what the compose box offers. Cards of it have buttons that the bot
// answers, for which Teams wants the same bot.
func (c *checker) extension(e extension, appID string) {
	const at = "composeExtensions[0]"
	if e.BotID != appID {
		c.add(at+".botId", "is %q, and the app's id is %q", e.BotID, appID)
	}
	if n := len(e.Commands); n == 0 || n > 10 {
		c.add(at+".commands", "has %d commands, and 1 to 10 are allowed", n)
	}
	var ids []string
	for i, command := range e.Commands {
		where := fmt.Sprintf("%s.commands[%d]", at, i)
		c.text(where+".id", command.ID, 64)
		if slices.Contains(ids, command.ID) {
			c.add(where+".id", "%q is there twice", command.ID)
		}
		ids = append(ids, command.ID)
		c.text(where+".title", command.Title, 32)
		c.text(where+".description", command.Description, 128)
		c.oneOf(where+".type", command.Type, "query", "action")
		for _, context := range command.Context {
			c.oneOf(where+".context", context, "compose", "commandBox", "message")
		}
		if n := len(command.Parameters); n == 0 || n > 5 {
			c.add(where+".parameters", "has %d parameters, and 1 to 5 are allowed", n)
		}
		for j, p := range command.Parameters {
			where := fmt.Sprintf("%s.parameters[%d]", where, j)
			c.text(where+".name", p.Name, 64)
			c.text(where+".title", p.Title, 32)
			c.text(where+".description", p.Description, 128)
			c.oneOf(where+".inputType", p.InputType, "text", "textarea", "number", "date", "time", "toggle", "choiceset")
		}
	}
}

func (c *checker) oneOf(where, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.add(where, "%q is none of %s", value, strings.Join(allowed, ", "))
	}
}

func (c *checker) match(where, value string, pattern *regexp.Regexp, what string) {
	if !pattern.MatchString(value) {
		c.add(where, "%q is not %s", value, what)
	}
}

// text checks a string that people read.
func (c *checker) text(where, value string, limit int) {
	switch n := utf8.RuneCountInString(value); {
	case strings.TrimSpace(value) == "":
		c.add(where, "is empty")
	case n > limit:
		c.add(where, "has %d characters, and %d are allowed", n, limit)
	}
}

func (c *checker) https(where, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(value) > 2048 {
		c.add(where, "%q is no https address", value)
	}
}

func (c *checker) scopes(where string, scopes ...string) {
	if len(scopes) == 0 {
		c.add(where, "is empty")
	}
	for _, s := range scopes {
		if !slices.Contains([]string{"personal", "team", "groupChat"}, s) {
			c.add(where, "%q is not personal, team or groupChat", s)
		}
	}
}
