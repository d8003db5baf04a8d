package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"radioquote/bot/command"
	"radioquote/manifest"
	"radioquote/quoting"
)

// A tap on a command that Teams suggests writes its title into the chat, as it is.
func TestTheBotUnderstandsWhatTheAppPackageSuggests(t *testing.T) {
	t.Parallel()
	pkg, err := manifest.Package(manifest.Options{AppID: "0f9c2b6e-5d0a-4c56-9d7e-3b1a8e6f2c41", PublicURL: "https://radioquote.example.com", Version: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Bots []struct {
			CommandLists []struct {
				Commands []struct{ Title string }
			}
		}
	}
	var spanish map[string]string
	for name, into := range map[string]any{"manifest.json": &m, "es.json": &spanish} {
		file, err := files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(file).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	read := func(title string) quoting.Intent {
		cmd := command.Parse(title, quoting.Dialogue{Active: 1001})
		if cmd.Intent == quoting.OutOfScope || len(cmd.Errors) > 0 {
			t.Errorf("%q is read as %s %v", title, cmd.Intent, cmd.Errors)
		}
		return cmd.Intent
	}
	for i, list := range m.Bots[0].CommandLists {
		for j, c := range list.Commands {
			intent := read(c.Title)
			title, translated := spanish[fmt.Sprintf("bots[0].commandLists[%d].commands[%d].title", i, j)]
			if translated && read(title) != intent {
				t.Errorf("%q is not read as %q is", title, c.Title)
			}
		}
	}
}

// So does a tap on a hint.
func TestTheBotUnderstandsItsHints(t *testing.T) {
	t.Parallel()
	draft := quoting.View{Version: 2, Current: 2, CanEdit: true, Request: quoting.Request{Users: 950}}
	submits, discounted := draft, draft
	submits.CanSubmit = true
	discounted.Request.Terms.Header = new(quoting.HeaderDiscount)
	for _, v := range []quoting.View{draft, submits, discounted} {
		for _, hint := range v.Hints() {
			for _, in := range []quoting.Locale{quoting.English, quoting.SpanishAmerica} {
				said := in.Retell(hint)
				if cmd := command.Parse(said, quoting.Dialogue{Active: 1001}); cmd.Intent != quoting.ReviseQuote && cmd.Intent != quoting.SubmitQuote {
					t.Errorf("%q is read as %s", said, cmd.Intent)
				}
			}
		}
	}
}
