package entra

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// catalogApp is our app in the organization's catalog, which numbers apps by itself.
type catalogApp struct{ externalID, id string }

// Install installs a Teams app, named by the id in its manifest, for a person. Installed
// already is as good. Its error is an *Error; ErrPermission if the app may not, ErrNoApp if an
// admin has not put the app into the catalog.
// Source: "Install app for user".
func (g *Graph) Install(ctx context.Context, objectID, externalID string) error {
	if !guid(objectID) || !guid(externalID) {
		return &Error{Op: "install", Kind: ErrRefused, Err: errors.New("an id is no GUID")}
	}
	id, err := g.catalogID(ctx, externalID)
	if err != nil {
		return err
	}
	body := struct {
		App string `json:"teamsApp@odata.bind"`
	}{g.base.JoinPath("appCatalogs/teamsApps", id).String()}
	err = g.do(ctx, call{op: "install", method: http.MethodPost, path: "users/" + objectID + "/teamwork/installedApps", body: body}, nil)
	switch {
	case errors.Is(err, errConflict):
		return nil
	case errors.Is(err, ErrNotFound):
		g.forget() // it may be the app that is gone, and back under another number
	}
	return err
}

// catalogID asks once which number the catalog has for an app. Source: "List teamsApp".
func (g *Graph) catalogID(ctx context.Context, externalID string) (string, error) {
	g.mu.Lock()
	known := g.catalog
	g.mu.Unlock()
	if known.externalID == externalID {
		return known.id, nil
	}
	apps, err := list[struct {
		ID string `json:"id"`
	}](ctx, g, call{
		op: "catalog", method: http.MethodGet, path: "appCatalogs/teamsApps",
		query: url.Values{"$filter": {"externalId eq '" + externalID + "'"}},
	})
	switch {
	case err != nil:
		return "", err
	case len(apps) == 0:
		return "", &Error{Op: "catalog", Kind: ErrNoApp}
	case !guid(apps[0].ID):
		return "", nonsense("catalog", "an app without an id")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.catalog = catalogApp{externalID, apps[0].ID}
	return apps[0].ID, nil
}

func (g *Graph) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.catalog = catalogApp{}
}
