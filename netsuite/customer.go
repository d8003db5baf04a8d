package netsuite

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"radioquote/quoting"
)

const customerPath = "/services/rest/record/v1/customer"

// WriteProspect makes the prospect of its external id be as given, whether there is one or
// not. After OutcomeUnknown read it before writing again. In an account with subsidiaries
// NetSuite has to default the prospect's; where it does not, it refuses, and a person
// enters the customer.
func (c *Client) WriteProspect(ctx context.Context, p quoting.Prospect) error {
	if !externalID.MatchString(p.ExternalID) || p.Name == "" {
		return refuse(routeWriteEstimate, "prospect %q without a name or an external id", p.ExternalID)
	}
	currency, err := c.currencyID(ctx, routeReadEstimate, p.Currency)
	if err != nil {
		return err
	}
	open, err := c.statusID(ctx, c.config.Names.OpenStatus)
	if err != nil {
		return err
	}
	return c.write(ctx, http.MethodPut, customerPath+"/eid:"+p.ExternalID, struct {
		ExternalID   string `json:"externalId"`
		CompanyName  string `json:"companyName"`
		IsPerson     bool   `json:"isPerson"`
		Currency     idRef  `json:"currency"`
		EntityStatus idRef  `json:"entityStatus"`
	}{p.ExternalID, p.Name, false, refTo(currency), refTo(open)})
}

// ReadProspect reads the customer of an external id. It is false where there is none. The
// customer has an id, a name, a currency and whether it is inactive; the rest comes with the
// next sync.
func (c *Client) ReadProspect(ctx context.Context, id string) (quoting.Customer, bool, error) {
	if !externalID.MatchString(id) {
		return quoting.Customer{}, false, refuse(routeReadEstimate, "%q is not an external id", id)
	}
	known, err := c.knownCurrencies(ctx, routeReadEstimate)
	if err != nil {
		return quoting.Customer{}, false, err
	}
	var customer quoting.Customer
	found, err := c.readRecord(ctx, customerPath, id, func(body []byte) error {
		customer, err = parseCustomer(body, id, known)
		return err
	})
	return customer, found, err
}

// parseCustomer reads the customer of an external id.
func parseCustomer(body []byte, external string, known *currencies) (quoting.Customer, error) {
	var record struct {
		ID         recordID `json:"id"`
		ExternalID string   `json:"externalId"`
		EntityID   string   `json:"entityId"`
		Name       string   `json:"companyName"`
		Currency   ref      `json:"currency"`
		Inactive   bool     `json:"isInactive"`
	}
	if err := decode(body, &record); err != nil {
		return quoting.Customer{}, err
	}
	id, err := record.ID.int64()
	if err != nil {
		return quoting.Customer{}, fmt.Errorf("id: %w", err)
	}
	currencyID, err := record.Currency.ID.int64()
	if err != nil {
		return quoting.Customer{}, fmt.Errorf("currency: %w", err)
	}
	code, ok := known.codes[currencyID]
	switch {
	case !ok:
		return quoting.Customer{}, fmt.Errorf("currency %d is not one with an ISO code", currencyID)
	case record.ExternalID != "" && record.ExternalID != external:
		return quoting.Customer{}, fmt.Errorf("the customer %q, not the one asked for", shorten(record.ExternalID))
	case record.Name == "":
		return quoting.Customer{}, errors.New("no companyName")
	}
	return quoting.Customer{ID: quoting.CustomerID(id), EntityID: record.EntityID, Name: record.Name, Currency: code, Inactive: record.Inactive}, nil
}
