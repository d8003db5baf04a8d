package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
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
	file, err := files.Open("manifest.json")
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
	if err := json.NewDecoder(file).Decode(&m); err != nil {
		t.Fatal(err)
	}
	for _, list := range m.Bots[0].CommandLists {
		for _, c := range list.Commands {
			cmd := command.Parse(c.Title, quoting.Dialogue{Active: 1001})
			if cmd.Intent == quoting.OutOfScope || len(cmd.Errors) > 0 {
				t.Errorf("%q is read as %s %v", c.Title, cmd.Intent, cmd.Errors)
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
			if cmd := command.Parse(hint, quoting.Dialogue{Active: 1001}); cmd.Intent != quoting.ReviseQuote && cmd.Intent != quoting.SubmitQuote {
				t.Errorf("%q is read as %s", hint, cmd.Intent)
			}
		}
	}
}
