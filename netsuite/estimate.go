package netsuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"radioquote/quoting"
)

// estimateBody is the JSON of an Estimate that we send: to be stored, or to be answered
// with a form. A line's amount has no place in it.
type estimateBody struct {
	ExternalID        string      `json:"externalId,omitempty"`
	Entity            idRef       `json:"entity"`
	Currency          idRef       `json:"currency"`
	TranDate          string      `json:"tranDate"`
	DueDate           string      `json:"dueDate,omitempty"`
	ExpectedCloseDate string      `json:"expectedCloseDate,omitempty"`
	EntityStatus      *idRef      `json:"entityStatus,omitempty"`
	Title             string      `json:"title,omitempty"`
	Memo              string      `json:"memo,omitempty"`
	DiscountItem      *idRef      `json:"discountItem,omitempty"`
	DiscountRate      json.Number `json:"discountRate,omitempty"`
	Item              bodyList    `json:"item"`
}

type bodyList struct {
	Items []bodyLine `json:"items"`
}

type bodyLine struct {
	Item     idRef       `json:"item"`
	Quantity int         `json:"quantity"`
	Price    *idRef      `json:"price,omitempty"`
	Rate     json.Number `json:"rate,omitempty"`
}

type idRef struct {
	ID string `json:"id"`
}

func refTo[T ~int64](id T) idRef { return idRef{ID: idText(int64(id))} }

const estimatePath = "/services/rest/record/v1/estimate"

// strictly are the headers of a write: by default NetSuite ignores a misspelt field.
var strictly = http.Header{
	"Content-Type":                       {"application/json"},
	"X-Netsuite-Propertynamevalidation":  {"Error"},
	"X-Netsuite-Propertyvaluevalidation": {"Error"},
}

// ExternalID is the external id of a quote's Estimate: RQ-Q-1001.
func (c *Client) ExternalID(quote quoting.QuoteID) string { return c.prefix + quote.String() }

// WriteEstimate makes the Estimate of its external id be as given, whether there is one
// or not, with all its lines and no others. Success is NetSuite's word only: read the
// Estimate back and compare. After OutcomeUnknown read it back before writing again,
// because somebody may have changed it since.
func (c *Client) WriteEstimate(ctx context.Context, e quoting.Estimate) error {
	if err := writable(e); err != nil {
		return refuse(routeWriteEstimate, "estimate %q: %w", e.ExternalID, err)
	}
	currency, err := c.currencyID(ctx, routeReadEstimate, e.Currency)
	if err != nil {
		return err
	}
	open, err := c.statusID(ctx, c.config.Names.OpenStatus)
	if err != nil {
		return err
	}
	status := refTo(open)
	custom := refTo(quoting.CustomLevel)
	body := estimateBody{
		ExternalID:        e.ExternalID,
		Entity:            refTo(e.Customer),
		Currency:          refTo(currency),
		TranDate:          e.Date.Format(time.DateOnly),
		DueDate:           e.Expires.Format(time.DateOnly),
		ExpectedCloseDate: e.Expires.Format(time.DateOnly),
		EntityStatus:      &status,
		Title:             e.Title,
		Memo:              e.Memo,
	}
	for _, line := range e.Lines {
		// With any other price level NetSuite's price would win over our rate.
		body.Item.Items = append(body.Item.Items, bodyLine{
			Item:     refTo(line.Item),
			Quantity: line.Quantity,
			Price:    &custom,
			Rate:     json.Number(line.Rate.Text()),
		})
	}
	if !e.Discount.IsZero() {
		item, err := c.discountItem(ctx)
		if err != nil {
			return err
		}
		discount := refTo(item)
		body.DiscountItem, body.DiscountRate = &discount, json.Number("-"+e.Discount.Text())
	}
	// Without replace the lines would be added to those there.
	return c.write(ctx, http.MethodPut, estimatePath+"/eid:"+e.ExternalID+"?replace=item", body)
}

// write sends a record. Success is NetSuite's word only.
func (c *Client) write(ctx context.Context, method, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write a record: %w", err)
	}
	return c.call(ctx, request{route: routeWriteEstimate, method: method, path: path, header: strictly, body: text}, nil)
}

// MarkEstimateLost gives the Estimate of an external id the account's lost status. The rest
// of it stays as it is.
func (c *Client) MarkEstimateLost(ctx context.Context, id string) error {
	if !externalID.MatchString(id) {
		return refuse(routeWriteEstimate, "%q is not an external id", id)
	}
	lost, err := c.statusID(ctx, c.config.Names.LostStatus)
	if err != nil {
		return err
	}
	body := struct {
		EntityStatus idRef `json:"entityStatus"`
	}{refTo(lost)}
	return c.write(ctx, http.MethodPatch, estimatePath+"/eid:"+id, body)
}

// discountItem is the id of the account's item that carries a header discount.
func (c *Client) discountItem(ctx context.Context) (int64, error) {
	if id := c.discount.Load(); id != 0 {
		return id, nil
	}
	p, err := c.query(ctx, routeReadEstimate, "SELECT id FROM item WHERE itemtype = ? AND itemid = ? ORDER BY id", []string{"Discount", c.config.Names.DiscountItem}, 0)
	if err != nil {
		return 0, fmt.Errorf("find the discount item: %w", err)
	}
	if len(p.rows) != 1 {
		return 0, refuse(routeWriteEstimate, "%d discount items are called %q", len(p.rows), c.config.Names.DiscountItem)
	}
	id, err := strconv.ParseInt(p.rows[0]["id"], 10, 64) // NetSuite's own have ids below 0
	if err != nil || id == 0 {
		return 0, unusable("item", fmt.Errorf("id: %q is not a record's id", shorten(p.rows[0]["id"])))
	}
	c.discount.Store(id)
	return id, nil
}

// writable says what keeps an Estimate from being written.
func writable(e quoting.Estimate) error {
	switch {
	case !externalID.MatchString(e.ExternalID):
		return errors.New("not an external id")
	case e.Customer < 1:
		return errors.New("no customer")
	case e.Date.IsZero() || e.Expires.IsZero():
		return errors.New("no date")
	case len(e.Lines) == 0:
		return errors.New("no lines")
	case e.Discount.Amount.IsNeg() || !e.Discount.IsZero() && e.Discount.Currency != e.Currency:
		return fmt.Errorf("a discount of %s", e.Discount)
	}
	for i, line := range e.Lines {
		switch {
		case line.Item < 1 || line.Quantity < 1:
			return fmt.Errorf("line %d: %d of item %d", i+1, line.Quantity, line.Item)
		case line.Rate.Currency != e.Currency || line.Rate.Amount.IsNeg():
			return fmt.Errorf("line %d: a rate of %s", i+1, line.Rate)
		}
	}
	return nil
}

// ReadEstimate reads the Estimate of an external id with all its lines. It is false where
// there is none.
func (c *Client) ReadEstimate(ctx context.Context, id string) (quoting.Estimate, bool, error) {
	e, found, err := c.readTransaction(ctx, estimatePath, id)
	if err != nil || !found {
		return quoting.Estimate{}, false, err
	}
	return e, true, nil
}

// readTransaction reads an Estimate or a sales order, which have the same shape.
func (c *Client) readTransaction(ctx context.Context, path, id string) (quoting.Estimate, bool, error) {
	if !externalID.MatchString(id) {
		return quoting.Estimate{}, false, refuse(routeReadEstimate, "%q is not an external id", id)
	}
	known, err := c.knownCurrencies(ctx, routeReadEstimate)
	if err != nil {
		return quoting.Estimate{}, false, err
	}
	lost, err := c.lostID(ctx)
	if err != nil {
		return quoting.Estimate{}, false, err
	}
	var estimate quoting.Estimate
	found, err := c.readRecord(ctx, path, id, func(body []byte) error {
		r, err := parseRecord(body)
		if err != nil {
			return err
		}
		if r.ExternalID != "" && r.ExternalID != id {
			return fmt.Errorf("the record %q, not the one asked for", shorten(r.ExternalID))
		}
		r.ExternalID = id
		if estimate, err = r.estimate(known); err == nil {
			estimate.Lost = lost != 0 && string(r.EntityStatus.ID) == idText(lost)
		}
		return err
	})
	return estimate, found, err
}

// readRecord reads the record of an external id; false where there is none.
func (c *Client) readRecord(ctx context.Context, path, id string, read func([]byte) error) (bool, error) {
	q := request{route: routeReadEstimate, method: http.MethodGet, path: path + "/eid:" + id + "?expandSubResources=true"}
	err := c.call(ctx, q, read)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound && e.Code == "NONEXISTENT_ID" {
		return false, nil
	}
	return err == nil, err
}
