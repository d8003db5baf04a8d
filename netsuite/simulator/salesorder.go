package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

const pathSalesOrder = "/services/rest/record/v1/salesOrder"

// The routes of sales orders.
const (
	RouteTransform      Route = "transform"
	RouteSalesOrderRead Route = "sales order read"
)

// transform answers POST /services/rest/record/v1/estimate/…/!transform/salesOrder: the
// estimate's lines become those of a new sales order, and the estimate is processed.
// (Oracle help section_157901123882)
func (s *Simulator) transform(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	body, err := readJSON(r)
	if err != nil {
		return err
	}
	var override struct {
		ExternalID string `json:"externalId"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&override); err != nil || decoder.More() || override.ExternalID != "" && !validExternalID(override.ExternalID) {
		return invalidContent("", "Error while accessing a resource. The overrides are not understood.")
	}
	id, err := s.order(r.PathValue("id"), override.ExternalID)
	if err != nil {
		return err
	}
	w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.URL(), pathSalesOrder, id))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Simulator) order(id, external string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return 0, recordMissing()
	}
	e := s.estimates.find(id)
	switch {
	case e == nil:
		return 0, recordMissing()
	case e.Status != "A":
		return 0, userError("", "This transaction has already been processed.")
	case external != "" && s.orders.byExternal[external] != nil:
		return 0, userError("externalId", "This record already exists.")
	}
	o := e.clone()
	o.ID, o.ExternalID = 0, external
	o.LastModified = s.stamp(e.LastModified)
	stored := s.orders.put(o)
	stored.TranID = fmt.Sprintf("SO%d", stored.ID)
	done := e.clone()
	done.Status, done.LastModified = "B", stored.LastModified
	s.estimates.put(done)
	return stored.ID, nil
}

// getSalesOrder answers GET /services/rest/record/v1/salesOrder/….
func (s *Simulator) getSalesOrder(w http.ResponseWriter, r *http.Request) error {
	expand, err := expanded(r)
	if err != nil {
		return err
	}
	if err := acceptable(r); err != nil {
		return err
	}
	s.mu.RLock()
	o := s.orders.find(r.PathValue("id"))
	if o == nil {
		s.mu.RUnlock()
		return recordMissing()
	}
	shown := s.show(&draft{Estimate: *o}, expand)
	s.mu.RUnlock()
	writeJSON(w, http.StatusOK, mediaSingular, shown)
	return nil
}

// SalesOrder gives a copy of the sales order with an external id.
func (s *Simulator) SalesOrder(external string) (Estimate, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.orders.byExternal[external]
	if o == nil {
		return Estimate{}, false
	}
	return o.clone(), true
}

// SalesOrderCount is the number of sales orders stored.
func (s *Simulator) SalesOrderCount() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.orders.byID)
}
