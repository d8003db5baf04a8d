package netsuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"radioquote/quoting"
)

// estimateBody is the JSON of an Estimate that we send: to be stored, or to be answered
// with a form. A line's amount has no place in it.
type estimateBody struct {
	ExternalID        string   `json:"externalId,omitempty"`
	Entity            idRef    `json:"entity"`
	Currency          idRef    `json:"currency"`
	TranDate          string   `json:"tranDate"`
	DueDate           string   `json:"dueDate,omitempty"`
	ExpectedCloseDate string   `json:"expectedCloseDate,omitempty"`
	EntityStatus      *idRef   `json:"entityStatus,omitempty"`
	Title             string   `json:"title,omitempty"`
	Memo              string   `json:"memo,omitempty"`
	Item              bodyList `json:"item"`
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

// proposal is the customer status of a quote that is out: "Proposal" in NetSuite's own
// list.
const proposal = 10

const estimatePath = "/services/rest/record/v1/estimate"

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
	status := refTo[int64](proposal)
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
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write estimate %s: %w", e.ExternalID, err)
	}
	return c.call(ctx, request{
		route:  routeWriteEstimate,
		method: http.MethodPut,
		path:   estimatePath + "/eid:" + e.ExternalID + "?replace=item", // else the lines would be added to those there
		header: http.Header{
			"Content-Type": {"application/json"},
			// By default a misspelt field is ignored.
			"X-Netsuite-Propertynamevalidation":  {"Error"},
			"X-Netsuite-Propertyvaluevalidation": {"Error"},
		},
		body: text,
	}, nil)
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
	if !externalID.MatchString(id) {
		return quoting.Estimate{}, false, refuse(routeReadEstimate, "%q is not an external id", id)
	}
	known := c.currencies.Load()
	if known == nil {
		var err error
		if known, err = c.readCurrencies(ctx, routeReadEstimate); err != nil {
			return quoting.Estimate{}, false, err
		}
	}
	var estimate quoting.Estimate
	q := request{
		route:  routeReadEstimate,
		method: http.MethodGet,
		path:   estimatePath + "/eid:" + id + "?expandSubResources=true",
	}
	err := c.call(ctx, q, func(body []byte) error {
		r, err := parseRecord(body)
		if err != nil {
			return err
		}
		if r.ExternalID != "" && r.ExternalID != id {
			return fmt.Errorf("the Estimate %q, not the one asked for", shorten(r.ExternalID))
		}
		r.ExternalID = id
		estimate, err = r.estimate(known)
		return err
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound && e.Code == "NONEXISTENT_ID" {
		return quoting.Estimate{}, false, nil
	}
	return estimate, err == nil, err
}
