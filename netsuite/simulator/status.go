package simulator

import (
	"net/http"
	"strconv"
)

const pathStatus = "/services/rest/record/v1/customerStatus"

// RouteStatus is the reads of customer statuses.
const RouteStatus Route = "customer status"

// getStatuses answers GET /services/rest/record/v1/customerStatus: ids alone, as all
// collections of records do.
func (s *Simulator) getStatuses(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := paging(r.URL.Query()); err != nil {
		return err
	}
	type entry struct {
		Links []link `json:"links"`
		ID    string `json:"id"`
	}
	items := []entry{}
	for _, status := range s.company.statuses {
		items = append(items, entry{[]link{}, strconv.FormatInt(status.ID, 10)})
	}
	writeJSON(w, http.StatusOK, mediaCollection, struct {
		Links        []link  `json:"links"`
		Count        int     `json:"count"`
		HasMore      bool    `json:"hasMore"`
		Items        []entry `json:"items"`
		Offset       int     `json:"offset"`
		TotalResults int     `json:"totalResults"`
	}{[]link{}, len(items), false, items, 0, len(items)})
	return nil
}

// getStatus answers GET /services/rest/record/v1/customerStatus/….
func (s *Simulator) getStatus(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	for _, status := range s.company.statuses {
		if id := strconv.FormatInt(status.ID, 10); id == r.PathValue("id") {
			writeJSON(w, http.StatusOK, mediaSingular, struct {
				Links    []link `json:"links"`
				ID       string `json:"id"`
				Name     string `json:"name"`
				Inactive bool   `json:"inactive"`
			}{[]link{}, id, status.Name, status.Inactive})
			return nil
		}
	}
	return recordMissing()
}
