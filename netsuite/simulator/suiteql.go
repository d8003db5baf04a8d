package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const (
	maxPage = 1000    // rows of a page
	maxRows = 100_000 // rows that paging by offset reaches (Oracle help section_156414087576)
)

// pageEnvelope is a page of SuiteQL as it is sent.
type pageEnvelope struct {
	Links        []link          `json:"links"`
	Count        int             `json:"count"`
	HasMore      bool            `json:"hasMore"`
	Items        json.RawMessage `json:"items"`
	Offset       int             `json:"offset"`
	TotalResults int             `json:"totalResults"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

// statement is the body of a SuiteQL request.
type statement struct {
	Query  string   `json:"q"`
	Params []string `json:"params"`
}

func readStatement(body []byte) (*query, []string, error) {
	var s statement
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, nil, refusef(http.StatusBadRequest, "INVALID_CONTENT", "Invalid content in the request body: %v", err)
	}
	if decoder.More() {
		return nil, nil, refusef(http.StatusBadRequest, "INVALID_CONTENT", "Invalid content in the request body: more than one value")
	}
	q, err := parseQuery(s.Query)
	return q, s.Params, err
}

// suiteQL answers POST /services/rest/query/v1/suiteql.
func (s *Simulator) suiteQL(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Prefer") != "transient" {
		return invalidHeader("Prefer", "The required request header 'Prefer: transient' is missing.")
	}
	limit, offset, err := paging(r.URL.Query())
	if err != nil {
		return err
	}
	body, err := readJSON(r)
	if err != nil {
		return err
	}
	q, params, err := readStatement(body)
	if err != nil {
		return err
	}
	page, err := s.evaluate(q, params, limit, offset)
	if err != nil {
		return err
	}
	envelope := pageEnvelope{
		Links: []link{s.pageLink("self", limit, offset)}, Count: page.count, HasMore: offset+page.count < page.total,
		Items: page.items, Offset: offset, TotalResults: page.total,
	}
	if envelope.HasMore {
		envelope.Links = append(envelope.Links, s.pageLink("next", limit, offset+limit))
	}
	writeJSON(w, http.StatusOK, mediaCollection, envelope)
	return nil
}

func (s *Simulator) evaluate(q *query, params []string, limit, offset int) (answer, error) {
	order := shuffler(s.queries.Add(1))
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, err := s.table(q.table)
	if err != nil {
		return answer{}, err
	}
	e, err := q.bind(t, params, order, s.schema.dates)
	if err != nil {
		return answer{}, err
	}
	return e.page(limit, offset)
}

func (s *Simulator) pageLink(rel string, limit, offset int) link {
	return link{rel, fmt.Sprintf("%s%s?limit=%d&offset=%d", s.URL(), pathSuiteQL, limit, offset)}
}

// paging reads limit and offset by NetSuite's rules: limit from 1 to 1000, offset a multiple of
// it, and nothing beyond 100,000 rows.
func paging(parameters url.Values) (limit, offset int, err error) {
	if err := onlyParameters(parameters, "limit", "offset"); err != nil {
		return 0, 0, err
	}
	limit, offset = maxPage, 0
	for name, to := range map[string]*int{"limit": &limit, "offset": &offset} {
		if !parameters.Has(name) {
			continue
		}
		if *to, err = strconv.Atoi(parameters.Get(name)); err != nil {
			return 0, 0, invalidParameter(name, "Invalid value for the query parameter '%s'.", name)
		}
	}
	switch {
	case limit < 1 || limit > maxPage:
		return 0, 0, invalidParameter("limit", "Provided limit %d is not between 1 and %d.", limit, maxPage)
	case offset < 0 || offset%limit != 0:
		return 0, 0, invalidParameter("offset", "The offset %d is not divisible by the limit %d.", offset, limit)
	case offset+limit > maxRows:
		return 0, 0, invalidParameter("offset", "A query gives %d results at most.", maxRows)
	}
	return limit, offset, nil
}

// onlyParameters refuses a query parameter that is not listed, or given twice.
func onlyParameters(parameters url.Values, known ...string) error {
	for name, values := range parameters {
		if !slices.Contains(known, name) || len(values) != 1 {
			return invalidParameter(name, "Invalid query parameter '%s'.", name)
		}
	}
	return nil
}

// shuffler orders rows at random, the same way for the nth query of every run.
func shuffler(n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(1, n)) //nolint:gosec // no secret: the order is to be repeatable
}
