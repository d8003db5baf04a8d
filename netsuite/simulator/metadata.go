package simulator

import (
	"net/http"
	"reflect"
	"strings"
)

const (
	pathMetadata   = "/services/rest/record/v1/metadata-catalog"
	pathGovernance = "/services/rest/system/v1/governanceLimits"
)

// The routes of what an account says about itself.
const (
	RouteMetadata   Route = "metadata"
	RouteGovernance Route = "governance"
)

// recordNames are the records that the catalogue lists, whatever the role may see.
func recordNames() []string {
	return []string{"currency", "customer", "customerStatus", "discountItem", "estimate", "inventoryItem", "kitItem", "nonInventorySaleItem", "otherChargeSaleItem", "priceLevel", "pricingGroup", "salesOrder", "serviceSaleItem", "subsidiary"}
}

// getCatalogue answers GET /services/rest/record/v1/metadata-catalog.
// (Oracle help section_1540810174)
func (s *Simulator) getCatalogue(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query(), "select"); err != nil {
		return err
	}
	type entry struct {
		Name string `json:"name"`
	}
	var items []entry
	for _, name := range recordNames() {
		items = append(items, entry{name})
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]any{"items": items})
	return nil
}

// getSchema answers GET /services/rest/record/v1/metadata-catalog/estimate: the properties
// that can be written, and those that are only read.
func (s *Simulator) getSchema(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	if !strings.HasPrefix(r.Header.Get("Accept"), "application/schema+json") {
		return refusef(http.StatusNotAcceptable, "INVALID_HEADER", "The media type in Accept is not supported here.")
	}
	if r.PathValue("record") != "estimate" {
		return recordMissing()
	}
	properties := map[string]any{}
	for field := range reflect.TypeFor[shownEstimate]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		properties[name] = map[string]string{"title": field.Name}
	}
	properties["taxDetails"] = map[string]string{"title": "Tax Details"} // of SuiteTax
	writeJSON(w, http.StatusOK, "application/schema+json", map[string]any{"type": "object", "properties": properties})
	return nil
}

// getGovernance answers GET /services/rest/system/v1/governanceLimits.
// (Oracle help article_0625010817)
func (s *Simulator) getGovernance(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	limit := s.gate.slots
	writeJSON(w, http.StatusOK, mediaSingular, map[string]any{
		"accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit, "integrationConcurrencyLimit": limit, "integrationLimitType": "accountLimit",
	})
	return nil
}
