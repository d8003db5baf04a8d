package netsuite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

const statusPath = "/services/rest/record/v1/customerStatus"

// status is a customer status of the account.
type status struct {
	id       int64
	name     string
	inactive bool
}

// statusID is the id of a customer status by its name, which every account may choose for
// itself. The error is quoting.Refused where there is none of exactly that name.
func (c *Client) statusID(ctx context.Context, name string) (int64, error) {
	if known := c.statuses.Load(); known != nil && (*known)[name] != 0 {
		return (*known)[name], nil
	}
	known, err := c.activeStatuses(ctx)
	if err != nil {
		return 0, err
	}
	id, ok := known[name]
	if !ok {
		return 0, refuse(routeReadEstimate, "the account has no active customer status %q", name)
	}
	return id, nil
}

// lostID is the id of the account's lost status, or 0 where it has none of that name.
func (c *Client) lostID(ctx context.Context) (int64, error) {
	if known := c.statuses.Load(); known != nil {
		return (*known)[c.config.Names.LostStatus], nil
	}
	known, err := c.activeStatuses(ctx)
	return known[c.config.Names.LostStatus], err
}

// activeStatuses reads the ids of the active customer statuses by name, and keeps them.
func (c *Client) activeStatuses(ctx context.Context) (map[string]int64, error) {
	all, err := c.readStatuses(ctx, routeReadEstimate)
	if err != nil {
		return nil, err
	}
	known := make(map[string]int64, len(all))
	for _, s := range all {
		if !s.inactive {
			known[s.name] = s.id
		}
	}
	c.statuses.Store(&known)
	return known, nil
}

// readStatuses reads the customer statuses, inactive ones too. They come one at a time.
func (c *Client) readStatuses(ctx context.Context, r route) ([]status, error) {
	var all []status
	err := c.call(ctx, request{route: r, method: http.MethodGet, path: statusPath + "?limit=1000&offset=0"}, func(body []byte) error {
		var list struct {
			Items   []ref `json:"items"`
			HasMore bool  `json:"hasMore"`
		}
		if err := decode(body, &list); err != nil {
			return err
		}
		if list.Items == nil || list.HasMore {
			return errors.New("not the whole list of statuses")
		}
		for _, item := range list.Items {
			id, err := item.ID.int64()
			if err != nil {
				return err
			}
			all = append(all, status{id: id})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the customer statuses: %w", err)
	}
	for i := range all {
		id := idText(all[i].id)
		err := c.call(ctx, request{route: r, method: http.MethodGet, path: statusPath + "/" + id}, func(body []byte) error {
			var record struct {
				ID       recordID `json:"id"`
				Name     string   `json:"name"`
				Inactive bool     `json:"inactive"`
			}
			if err := decode(body, &record); err != nil {
				return err
			}
			if string(record.ID) != id || record.Name == "" {
				return fmt.Errorf("a status of another id, or without a name, for %s", id)
			}
			all[i].name, all[i].inactive = record.Name, record.Inactive
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read customer status %s: %w", id, err)
		}
	}
	return all, nil
}
