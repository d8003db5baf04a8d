package connector

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustParse(t testing.TB, raws ...string) []serviceURL {
	t.Helper()
	var all []serviceURL
	for _, raw := range raws {
		s, err := parseServiceURL(raw)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func TestOnlyAllowedServiceURLsAreCalled(t *testing.T) {
	t.Parallel()
	allowed := mustParse(t, "https://smba.trafficmanager.net/emea/", "http://127.0.0.1:3979/_connector", "https://[2001:db8::1]:8443")
	for _, tc := range []struct{ name, raw, want string }{
		{"the same", "https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea/v3/c"},
		{"without the slash", "https://smba.trafficmanager.net/emea", "https://smba.trafficmanager.net/emea/v3/c"},
		{"further segments", "https://smba.trafficmanager.net/emea/72f9-a_b~c.d/x", "https://smba.trafficmanager.net/emea/72f9-a_b~c.d/x/v3/c"},
		{"host in capitals", "https://SMBA.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea/v3/c"},
		{"scheme in capitals", "HTTPS://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/emea/v3/c"},
		{"the scheme's own port", "https://smba.trafficmanager.net:443/emea/", "https://smba.trafficmanager.net/emea/v3/c"},
		{"loopback over http", "http://127.0.0.1:3979/_connector/", "http://127.0.0.1:3979/_connector/v3/c"},
		{"an IPv6 host", "https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a/v3/c"},

		{"empty", "", ""},
		{"part of a segment", "https://smba.trafficmanager.net/emea2/", ""},
		{"path in capitals", "https://smba.trafficmanager.net/EMEA/", ""},
		{"no path", "https://smba.trafficmanager.net/", ""},
		{"another host", "https://evil.example/emea/", ""},
		{"a host that begins alike", "https://smba.trafficmanager.net.evil.example/emea/", ""},
		{"a host that ends alike", "https://evilsmba.trafficmanager.net/emea/", ""},
		{"a host with a dot behind", "https://smba.trafficmanager.net./emea/", ""},
		{"a long s in the host", "https://ſmba.trafficmanager.net/emea/", ""},
		{"another port", "https://smba.trafficmanager.net:8443/emea/", ""},
		{"another loopback port", "http://127.0.0.1:3978/_connector", ""},
		{"http", "http://smba.trafficmanager.net/emea/", ""},
		{"https where http is allowed", "https://127.0.0.1:3979/_connector", ""},
		{"no scheme", "//smba.trafficmanager.net/emea/", ""},
		{"another scheme", "ftp://smba.trafficmanager.net/emea/", ""},
		{"opaque", "https:smba.trafficmanager.net/emea/", ""},
		{"a user", "https://smba.trafficmanager.net@evil.example/emea/", ""},
		{"a user at the right host", "https://a:b@smba.trafficmanager.net/emea/", ""},
		{"a query", "https://smba.trafficmanager.net/emea/?a=b", ""},
		{"an empty query", "https://smba.trafficmanager.net/emea/?", ""},
		{"a fragment", "https://smba.trafficmanager.net/emea/#a", ""},
		{"an empty fragment", "https://smba.trafficmanager.net/emea/#", ""},
		{"a way up", "https://smba.trafficmanager.net/emea/../evil/", ""},
		{"an escaped way up", "https://smba.trafficmanager.net/emea/%2e%2e/evil/", ""},
		{"an escaped slash", "https://smba.trafficmanager.net/emea%2f..%2fevil/", ""},
		{"a backslash", `https://smba.trafficmanager.net\@evil.example/emea/`, ""},
		{"a backslash in the path", `https://smba.trafficmanager.net/emea/\evil`, ""},
		{"an empty segment", "https://smba.trafficmanager.net/emea//x", ""},
		{"a line break", "https://smba.trafficmanager.net/emea/\r\n", ""},
		{"a space before", " https://smba.trafficmanager.net/emea/", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := endpoint(allowed, tc.raw, []string{"c"})
			if got != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("endpoint(%q) = %q, %v, want %q", tc.raw, got, err, tc.want)
			}
		})
	}
}

func TestIDsStaySegments(t *testing.T) {
	t.Parallel()
	allowed := mustParse(t, "https://smba.trafficmanager.net/emea/")
	for id, want := range map[string]string{
		"../../evil":                    "..%2F..%2Fevil",
		"a/b":                           "a%2Fb",
		"50%":                           "50%25",
		"%2e%2e":                        "%252e%252e",
		"a?b#c":                         "a%3Fb%23c",
		"a b\\c":                        "a%20b%5Cc",
		"19:x@thread.tacv2;messageid=1": "19:x@thread.tacv2%3Bmessageid=1",
		".":                             "",
		"..":                            "",
		"":                              "",
	} {
		got, err := endpoint(allowed, "https://smba.trafficmanager.net/emea/", []string{"conversations", id, "activities"})
		if want != "" {
			want = "https://smba.trafficmanager.net/emea/v3/conversations/" + want + "/activities"
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("id %q: %q, %v, want %q", id, got, err, want)
		}
	}
}

func TestAnyIDComesBackOutOfItsURL(t *testing.T) {
	t.Parallel()
	const base = "https://smba.trafficmanager.net/emea"
	allowed := mustParse(t, base)
	id := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./%\\?#;:@a]{1,9}`))
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(id, 1, 4).Draw(t, "ids")
		got, err := endpoint(allowed, base, ids)
		if err != nil {
			if !slices.ContainsFunc(ids, func(id string) bool { return id == "" || id == "." || id == ".." }) {
				t.Fatalf("%q refused: %v", ids, err)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q is no URL: %v", got, err)
		}
		if u.Host != "smba.trafficmanager.net" || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q leads elsewhere", got)
		}
		rest, ok := strings.CutPrefix(u.EscapedPath(), "/emea/v3/")
		if !ok {
			t.Fatalf("%q leaves the service", got)
		}
		var back []string
		for segment := range strings.SplitSeq(rest, "/") {
			id, err := url.PathUnescape(segment)
			if err != nil {
				t.Fatal(err)
			}
			back = append(back, id)
		}
		if diff := cmp.Diff(ids, back); diff != "" {
			t.Fatalf("ids (-want +got):\n%s", diff)
		}
	})
}

func FuzzServiceURL(f *testing.F) {
	for _, seed := range []string{
		"https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net:443/emea/x", "http://127.0.0.1:3979/",
		"https://smba.trafficmanager.net/emea/../x", "https://smba.trafficmanager.net\\@evil/emea/", "https://[::1%25eth0]/emea/",
	} {
		f.Add(seed)
	}
	allowed := mustParse(f, "https://smba.trafficmanager.net/emea/")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := endpoint(allowed, raw, []string{"c"})
		if err != nil {
			return
		}
		// What is allowed must look allowed to somebody who reads it differently.
		if !strings.HasPrefix(strings.ToLower(got), "https://smba.trafficmanager.net/emea/") || strings.Contains(got, "..") && strings.Contains(got, "/../") {
			t.Errorf("%q is allowed and becomes %q", raw, got)
		}
		u, err := url.Parse(got)
		if err != nil || u.Hostname() != "smba.trafficmanager.net" || u.User != nil {
			t.Errorf("%q becomes %q: %v", raw, got, err)
		}
	})
}
