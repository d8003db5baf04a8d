// Package entra is the client of Microsoft Entra ID and Microsoft Graph: who works here in
// which role, who is away, and whether the person at a browser has just proved who he is.
//
// It reads the directory and writes nothing to it; all that it changes is to install our own
// app for a person. It asks as the app, with the app's permissions, so what a person may see
// is decided elsewhere. A list that is not whole is an error; what was said of one person is
// not kept; a proof that lacks one claim is none. Nothing goes over plain http except to
// loopback, and no token, code or secret is part of an error.
package entra

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// App is our registration in Entra.
type App struct {
	EntraURL string // https://login.microsoftonline.com in the public cloud
	TenantID string // a GUID: a name such as common would let in other tenants
	ClientID string // a GUID, as the registration shows it
	Secret   Secret
}

// origin checks the registration and returns where Entra is.
func (a App) origin() (*url.URL, error) {
	u, err := parseOrigin(a.EntraURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("URL of Entra: %w", err)
	case !guid(a.TenantID):
		return nil, errors.New("the tenant id is no GUID")
	case !guid(a.ClientID):
		return nil, errors.New("the client id is no GUID")
	case a.Secret.reveal() == "":
		return nil, errors.New("empty client secret: no token could be had")
	}
	return u, nil
}

// parseOrigin reads the URL of a service at the root of its host.
func parseOrigin(raw string) (*url.URL, error) {
	u, err := parseRemote(raw)
	if err != nil {
		return nil, err
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("%q has more than a host", u.Redacted())
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// parseRemote accepts an absolute https URL, or http where it cannot leave the machine.
func parseRemote(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("not a URL") // the error quotes it
	}
	if u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("no plain URL with a host")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("%q is neither https nor http on loopback", u.Redacted())
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guid says whether s is an id as Entra writes them. Whatever goes into a path is one.
func guid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", rune(s[i])) {
				return false
			}
		}
	}
	return true
}
