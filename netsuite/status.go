package netsuite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

const statusPath = "/services/rest/record/v1/customerStatus"

// statusID is the id of a customer status by its name, which every account may choose for
// itself. The error is quoting.Refused where there is none of that name.
func (c *Client) statusID(ctx context.Context, name string) (int64, error) {
	if known := c.statuses.Load(); known != nil && (*known)[name] != 0 {
		return (*known)[name], nil
	}
	known, err := c.readStatuses(ctx)
	if err != nil {
		return 0, fmt.Errorf("find customer status %q: %w", name, err)
	}
	c.statuses.Store(&known)
	id, ok := known[name]
	if !ok {
		return 0, refuse(routeReadEstimate, "the account has no active customer status %q", name)
	}
	return id, nil
}

// lostID is the id of the account's lost status, or 0 where it has none of that name.
func (c *Client) lostID(ctx context.Context) (int64, error) {
	known := c.statuses.Load()
	if known == nil {
		read, err := c.readStatuses(ctx)
		if err != nil {
			return 0, fmt.Errorf("find customer status %q: %w", c.config.Names.LostStatus, err)
		}
		known = &read
		c.statuses.Store(known)
	}
	return (*known)[c.config.Names.LostStatus], nil
}

// readStatuses reads the active customer statuses, which come one at a time.
func (c *Client) readStatuses(ctx context.Context) (map[string]int64, error) {
	var ids []int64
	err := c.call(ctx, request{route: routeReadEstimate, method: http.MethodGet, path: statusPath + "?limit=1000&offset=0"}, func(body []byte) error {
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
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	known := make(map[string]int64, len(ids))
	for _, id := range ids {
		err := c.call(ctx, request{route: routeReadEstimate, method: http.MethodGet, path: statusPath + "/" + idText(id)}, func(body []byte) error {
			var status struct {
				ID       recordID `json:"id"`
				Name     string   `json:"name"`
				Inactive bool     `json:"inactive"`
			}
			if err := decode(body, &status); err != nil {
				return err
			}
			if string(status.ID) != idText(id) || status.Name == "" {
				return fmt.Errorf("a status of another id, or without a name, for %d", id)
			}
			if !status.Inactive {
				known[status.Name] = id
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}
