package connector

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// serviceURL is where a connector lives, in parts that can be compared.
type serviceURL struct {
	scheme string
	host   string // in lower case, with the port unless it is the scheme's own
	path   []string
}

// parseServiceURL accepts an absolute URL of https, or of http on loopback, whose path
// consists of plain segments. A serviceUrl comes from outside, so what need not be in one
// is refused rather than understood: a user, a query, an escape, a dot segment.
func parseServiceURL(raw string) (serviceURL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return serviceURL{}, errors.New("not a URL")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(raw, "#") || u.Opaque != "" || u.Hostname() == "" {
		return serviceURL{}, errors.New("not a plain URL with a host")
	}
	host, port, usual := strings.ToLower(u.Hostname()), u.Port(), "443"
	if u.Scheme != "https" {
		if u.Scheme != "http" || !loopback(host) {
			return serviceURL{}, errors.New("neither https nor http on loopback")
		}
		usual = "80"
	}
	s := serviceURL{scheme: u.Scheme, host: host}
	if strings.Contains(host, ":") {
		s.host = "[" + host + "]"
	}
	if port != "" && port != usual {
		s.host += ":" + port
	}
	if path := strings.TrimSuffix(strings.TrimPrefix(u.EscapedPath(), "/"), "/"); path != "" {
		s.path = strings.Split(path, "/")
	}
	for _, segment := range s.path {
		if !plainSegment(segment) {
			return serviceURL{}, errors.New("a path segment that is not plain")
		}
	}
	return s, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// plainSegment says whether s has only unreserved characters (RFC 3986, section 2.3),
// and does not lead up or nowhere.
func plainSegment(s string) bool {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	return s != "" && s != "." && s != ".." && strings.TrimLeft(s, unreserved) == ""
}

// continues says whether s is allowed, or below it by whole segments.
func (s serviceURL) continues(allowed serviceURL) bool {
	return s.scheme == allowed.scheme && s.host == allowed.host &&
		len(s.path) >= len(allowed.path) && slices.Equal(s.path[:len(allowed.path)], allowed.path)
}

// endpoint returns the URL of a resource of the connector at raw, if that one is
// allowed. Each segment is escaped, so that an id can hold anything and still be one
// segment; an id that cannot be one is refused.
func endpoint(allowed []serviceURL, raw string, segments []string) (string, error) {
	s, err := parseServiceURL(raw)
	if err != nil {
		return "", fmt.Errorf("service URL: %w", err)
	}
	if !slices.ContainsFunc(allowed, s.continues) {
		return "", errors.New("service URL: not an allowed one")
	}
	var b strings.Builder
	b.WriteString(s.scheme + "://" + s.host)
	for _, segment := range s.path {
		b.WriteString("/" + segment)
	}
	b.WriteString("/v3")
	for _, segment := range segments {
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("id %q cannot be part of a path", segment)
		}
		b.WriteString("/" + url.PathEscape(segment))
	}
	return b.String(), nil
}
