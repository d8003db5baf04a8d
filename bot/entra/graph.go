package entra

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// GraphConfig says where Graph is and what in the directory gives a role.
type GraphConfig struct {
	URL string // https://graph.microsoft.com in the public cloud
	// Roles are all that there are. An app role of another value gives nothing and is
	// counted in Directory.Unknown.
	Roles []string
	// Groups are the object ids of groups and the role that their members hold, the members
	// of groups in them too.
	Groups map[string]string
	// AppRoles counts the app's roles that are assigned in Entra, to people and to groups. It
	// needs the permissions Application.Read.All and Directory.Read.All.
	AppRoles bool
}

// Graph asks Microsoft Graph as the app. It is safe for concurrent use.
type Graph struct {
	base     *url.URL // with the version
	clientID string
	roles    []string
	groups   map[string]string // ids in lower case
	appRoles bool
	client   *http.Client
	tokens   *tokens
	metrics  *Metrics

	mu      sync.Mutex // guards what follows
	catalog catalogApp
}

// NewGraph returns a client that asks for its first token when it is first needed. A
// configuration in which nobody could hold a role is an error.
func NewGraph(app App, cfg GraphConfig, m *Metrics) (*Graph, error) {
	return newGraph(app, cfg, m, newTransport(), time.Now)
}

func newGraph(app App, cfg GraphConfig, m *Metrics, transport http.RoundTripper, now func() time.Time) (*Graph, error) {
	entra, err := app.origin()
	if err != nil {
		return nil, err
	}
	graph, err := parseOrigin(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("URL of Graph: %w", err)
	}
	if len(cfg.Groups) == 0 && !cfg.AppRoles {
		return nil, errors.New("neither groups nor app roles: nobody would hold a role")
	}
	groups := make(map[string]string, len(cfg.Groups))
	for id, role := range cfg.Groups {
		id = lower(id)
		switch {
		case !guid(id):
			return nil, fmt.Errorf("the group of %s has an id that is no GUID", role)
		case !slices.Contains(cfg.Roles, role):
			return nil, fmt.Errorf("group %s gives a role that there is not: %q", id, role)
		case groups[id] != "":
			return nil, fmt.Errorf("group %s is listed twice", id)
		}
		groups[id] = role
	}
	return &Graph{
		base:     &url.URL{Scheme: graph.Scheme, Host: graph.Host, Path: "/v1.0"},
		clientID: lower(app.ClientID),
		roles:    slices.Clone(cfg.Roles),
		groups:   groups,
		appRoles: cfg.AppRoles,
		client:   newRemote(transport, m.watch("graph")),
		tokens: &tokens{
			url: entra.JoinPath(app.TenantID, "oauth2/v2.0/token").String(),
			form: url.Values{
				"grant_type":    {"client_credentials"},
				"client_id":     {app.ClientID},
				"client_secret": {app.Secret.reveal()},
				"scope":         {graph.String() + "/.default"},
			},
			client: newRemote(transport, m.watch("entra")),
			now:    now,
			count:  m.count,
		},
		metrics: m,
	}, nil
}

// groupIDs are the ids of the groups that give a role, in a fixed order.
func (g *Graph) groupIDs() []string { return slices.Sorted(maps.Keys(g.groups)) }
