// Package manifest builds and checks the Teams app package: a zip with the manifest,
// two icons and the manifest's texts in other languages, which an administrator uploads to Teams.
//
// The same options always give the same bytes, so a package can be compared with the one
// that is installed. The package refuses to make what Teams would refuse; its checks are
// our own and need no network.
package manifest

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Options say which bot the package is for.
type Options struct {
	AppID     string // the bot's application id in Entra, a GUID
	PublicURL string // https address of the service, the only domain that cards may open
	Version   string // of the package, like 1.0.0; Teams updates an app only to a higher one

	Developer     string // who runs the service, up to 32 characters; default Radio Quote
	WebsiteURL    string // https pages that Teams shows with the app; default PublicURL
	PrivacyURL    string
	TermsOfUseURL string
}

// The icons are drawn by icons_test.go. The other files have the manifest's texts in
// another language, by their paths in it.
var (
	//go:embed es.json
	spanish []byte
	//go:embed color.png
	colorIcon []byte
	//go:embed outline.png
	outlineIcon []byte
)

// Names of the files, which Teams wants at the root of the zip.
const (
	manifestFile = "manifest.json"
	colorFile    = "color.png"
	outlineFile  = "outline.png"
	spanishFile  = "es.json"
)

// Package returns the zip for Teams. Options that Teams would refuse are an error.
func Package(o Options) ([]byte, error) {
	m, err := newManifest(o)
	if err != nil {
		return nil, fmt.Errorf("app package: %w", err)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("app package: %w", err)
	}
	pkg, err := pack([]file{
		{manifestFile, append(text, '\n')},
		{colorFile, colorIcon},
		{outlineFile, outlineIcon},
		{spanishFile, spanish},
	})
	if err != nil {
		return nil, fmt.Errorf("app package: %w", err)
	}
	var problems []error
	for _, p := range Check(pkg) {
		problems = append(problems, errors.New(p.String()))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("app package: %w", errors.Join(problems...))
	}
	return pkg, nil
}

type file struct {
	name string
	data []byte
}

// pack makes a zip of uncompressed files: a deflate's output differs between versions of
// Go, and the package is small.
func pack(files []file) ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{
			Name:     f.name,
			Method:   zip.Store,
			Modified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
