package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// RouteCustomerWrite is the writes of customers.
const RouteCustomerWrite Route = "customer write"

// putCustomer answers PUT /services/rest/record/v1/customer/eid:…, which creates or updates.
func (s *Simulator) putCustomer(w http.ResponseWriter, r *http.Request) error {
	external, ok := strings.CutPrefix(r.PathValue("id"), "eid:")
	if !ok || !validExternalID(external) {
		return refusef(http.StatusBadRequest, "INVALID_URL", "An external id of letters, digits, _ and - is required to upsert.")
	}
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	d, body, err := readDraft(r) // for its headers: the modes of validation
	if err != nil {
		return err
	}
	id, err := s.storeCustomer(d, external, body)
	if err != nil {
		return err
	}
	d.warn(w)
	w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.URL(), pathCustomer, id))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Simulator) storeCustomer(d *draft, external string, body []byte) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored := s.company.customerByExternal(external)
	c := Customer{ExternalID: external}
	if stored != nil {
		c = *stored
	}
	given, status, currency := "", c.status, c.currency
	person := false
	if !json.Valid(body) {
		return 0, refusef(http.StatusBadRequest, "INVALID_REQUEST", "The request body is not valid JSON.")
	}
	err := d.set("", body, map[string]setter{
		"externalId":   text999(&given),
		"companyName":  text999(&c.Name),
		"isPerson":     boolean(&person),
		"currency":     reference(&currency),
		"entityStatus": reference(&status),
		"subsidiary":   reference(&c.Subsidiary),
		"email":        text999(&c.Email),
	}, nil)
	if err != nil {
		return 0, err
	}
	symbol, known := nameOf(s.company.currencies, currency)
	switch {
	case given != "" && given != external:
		return 0, invalidField("externalId", "externalId", given)
	case person || c.Name == "":
		return 0, userError("", "Please enter value(s) for: Company Name.")
	case currency != 0 && !known:
		return 0, invalidField("currency", "currency", strconv.FormatInt(currency, 10))
	}
	if _, listed := nameOf(s.company.statuses, status); status == 0 || !listed {
		return 0, invalidField("entityStatus", "entitystatus", strconv.FormatInt(status, 10))
	}
	c.Currency, c.status = symbol, status
	c.modified = s.stamp(c.modified)
	if stored != nil {
		if err := s.company.complete(&c); err != nil {
			return 0, err
		}
		*stored = c
		return c.ID, nil
	}
	if err := s.company.addCustomer(&c); err != nil {
		return 0, err
	}
	return c.ID, nil
}

// boolean reads a JSON boolean.
func boolean(to *bool) setter {
	return func(path string, raw json.RawMessage) error {
		if json.Unmarshal(raw, to) != nil {
			return invalidContent(path, "Error while accessing a resource. true or false is expected.")
		}
		return nil
	}
}

func (c *company) customerByExternal(external string) *Customer {
	for _, customer := range c.customers {
		if customer.ExternalID == external && external != "" {
			return customer
		}
	}
	return nil
}

// CustomerByExternalID gives a copy of the customer with an external id.
func (s *Simulator) CustomerByExternalID(external string) (Customer, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.company.customerByExternal(external)
	if c == nil {
		return Customer{}, false
	}
	return *c, true
}

// CustomerCount is the number of customers.
func (s *Simulator) CustomerCount() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.company.customers)
}
