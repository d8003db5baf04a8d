package simulator

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wantsCreateForm reports that the request asks for a form: a record filled in and not saved.
func wantsCreateForm(r *http.Request) bool {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Accept"))
	return err == nil && media == "application/vnd.oracle.resource+json" && parameters["type"] == "create-form"
}

// acceptable refuses an Accept that names something else than a record.
func acceptable(r *http.Request) error {
	accept := r.Header.Get("Accept")
	media, parameters, err := mime.ParseMediaType(accept)
	known := media == "*/*" || media == "application/json" ||
		media == "application/vnd.oracle.resource+json" && (parameters["type"] == "" || parameters["type"] == "singular")
	if accept != "" && (err != nil || !known) {
		return refusef(http.StatusNotAcceptable, "INVALID_HEADER", "The media type in Accept is not supported here.")
	}
	return nil
}

// postEstimate answers POST /services/rest/record/v1/estimate.
func (s *Simulator) postEstimate(w http.ResponseWriter, r *http.Request) error {
	if wantsCreateForm(r) {
		return s.createForm(w, r)
	}
	if err := acceptable(r); err != nil {
		return err
	}
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	return s.write(w, r, "", func(d *draft) error {
		if d.ExternalID != "" && s.estimates.byExternal[d.ExternalID] != nil {
			return userError("externalId", "This record already exists.")
		}
		return nil
	})
}

// putEstimate answers PUT /services/rest/record/v1/estimate/eid:…, which creates or updates.
func (s *Simulator) putEstimate(w http.ResponseWriter, r *http.Request) error {
	external, ok := strings.CutPrefix(r.PathValue("id"), "eid:")
	if !ok || !validExternalID(external) {
		return refusef(http.StatusBadRequest, "INVALID_URL", "An external id of letters, digits, _ and - is required to upsert.")
	}
	if err := onlyParameters(r.URL.Query(), "replace"); err != nil {
		return err
	}
	return s.write(w, r, "eid:"+external, func(d *draft) error {
		if d.ExternalID == "" {
			d.ExternalID = external
		}
		if d.ExternalID != external {
			return invalidField("externalId", "externalId", d.ExternalID)
		}
		return nil
	})
}

// patchEstimate answers PATCH /services/rest/record/v1/estimate/….
func (s *Simulator) patchEstimate(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query(), "replace"); err != nil {
		return err
	}
	at := r.PathValue("id")
	return s.write(w, r, at, func(d *draft) error {
		before := s.estimates.find(at)
		if before == nil {
			return recordMissing()
		}
		if d.ExternalID != before.ExternalID && s.estimates.byExternal[d.ExternalID] != nil {
			return userError("externalId", "This record already exists.")
		}
		return nil
	})
}

// write applies a request to the estimate at a place, or to a new one where there is none, and
// stores the result if check and NetSuite's own rules agree.
func (s *Simulator) write(w http.ResponseWriter, r *http.Request, at string, check func(*draft) error) error {
	d, body, err := readDraft(r)
	if err != nil {
		return err
	}
	id, err := s.store(d, body, at, check)
	if err != nil {
		return err
	}
	d.warn(w)
	w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.URL(), pathEstimate, id))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// store applies the body and stores the result, or changes nothing.
func (s *Simulator) store(d *draft, body []byte, at string, check func(*draft) error) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.estimates.find(at); before != nil {
		d.Estimate = before.clone()
	}
	if err := d.apply(body); err != nil {
		return 0, err
	}
	if err := check(d); err != nil {
		return 0, err
	}
	if d.Status == "B" && len(d.touched) > 0 {
		return 0, userError("item", "This transaction has already been processed.")
	}
	if d.ExternalID != "" && !validExternalID(d.ExternalID) {
		return 0, invalidField("externalId", "externalId", d.ExternalID)
	}
	if err := s.settle(d); err != nil {
		return 0, err
	}
	if s.script != nil {
		e, err := s.changed(&d.Estimate, s.script)
		if err != nil {
			return 0, userError("", "%v", err)
		}
		d.Estimate = e
	}
	d.LastModified = s.stamp(d.LastModified)
	return s.estimates.put(d.Estimate).ID, nil
}

// createForm answers with the record that a request would create, and forgets it.
func (s *Simulator) createForm(w http.ResponseWriter, r *http.Request) error {
	expand, err := expanded(r)
	if err != nil {
		return err
	}
	d, body, err := readDraft(r)
	if err != nil {
		return err
	}
	d.form = true
	shown, err := s.fillIn(d, body, expand)
	if err != nil {
		return err
	}
	d.warn(w)
	writeJSON(w, http.StatusOK, mediaCreateForm, shown)
	return nil
}

func (s *Simulator) fillIn(d *draft, body []byte, expand bool) (shownEstimate, error) {
	if err := d.apply(body); err != nil {
		return shownEstimate{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.settle(d); err != nil {
		return shownEstimate{}, err
	}
	return s.show(d, expand), nil
}

// readDraft starts a draft from a request's headers, and reads its body.
func readDraft(r *http.Request) (*draft, []byte, error) {
	if prefer := r.Header.Get("Prefer"); prefer != "" && prefer != "respond-async" {
		return nil, nil, invalidHeader("Prefer", "The preference is not supported here.")
	}
	d := &draft{touched: make(map[int]*change)}
	modes := []string{"", "error", "warning", "ignore"}
	for _, name := range []string{"X-NetSuite-PropertyNameValidation", "X-NetSuite-PropertyValueValidation"} {
		mode := strings.ToLower(r.Header.Get(name))
		if !slices.Contains(modes, mode) {
			return nil, nil, invalidHeader(name, "Invalid value of the header '%s'.", name)
		}
		if name == "X-NetSuite-PropertyNameValidation" {
			d.refuseNames = mode == "error"
		}
	}
	if replace := r.URL.Query().Get("replace"); r.URL.Query().Has("replace") {
		if replace != "item" {
			return nil, nil, invalidParameter("replace", "There is no sublist '%s'.", replace)
		}
		d.replace = true
	}
	body, err := readJSON(r)
	return d, body, err
}

// warn names the properties that were ignored, as NetSuite does in a header nobody reads.
func (d *draft) warn(w http.ResponseWriter) {
	for _, name := range d.unknownNames {
		w.Header().Add("Warning", fmt.Sprintf("299 - %q", "Unknown property "+name))
	}
}

// getEstimate answers GET /services/rest/record/v1/estimate/….
func (s *Simulator) getEstimate(w http.ResponseWriter, r *http.Request) error {
	expand, err := expanded(r)
	if err != nil {
		return err
	}
	if err := acceptable(r); err != nil {
		return err
	}
	shown, found := s.readEstimate(r.PathValue("id"), expand)
	if !found {
		return recordMissing()
	}
	writeJSON(w, http.StatusOK, mediaSingular, shown)
	return nil
}

func (s *Simulator) readEstimate(id string, expand bool) (shownEstimate, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.estimates.find(id)
	if e == nil {
		return shownEstimate{}, false
	}
	return s.show(&draft{Estimate: *e}, expand), true
}

// deleteEstimate answers DELETE /services/rest/record/v1/estimate/….
func (s *Simulator) deleteEstimate(w http.ResponseWriter, r *http.Request) error {
	if err := onlyParameters(r.URL.Query()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.estimates.find(r.PathValue("id"))
	if e == nil {
		return recordMissing()
	}
	s.estimates.remove(e)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getCustomer answers GET /services/rest/record/v1/customer/….
func (s *Simulator) getCustomer(w http.ResponseWriter, r *http.Request) error {
	expand, err := expanded(r)
	if err != nil {
		return err
	}
	if err := acceptable(r); err != nil {
		return err
	}
	shown, found := s.readCustomer(r.PathValue("id"), expand)
	if !found {
		return recordMissing()
	}
	writeJSON(w, http.StatusOK, mediaSingular, shown)
	return nil
}

func (s *Simulator) readCustomer(id string, expand bool) (shownCustomer, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var customer *Customer
	if external, ok := strings.CutPrefix(id, "eid:"); ok {
		customer = s.company.customerByExternal(external)
	} else if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		customer = s.company.customer(n)
	}
	if customer == nil {
		return shownCustomer{}, false
	}
	return s.showCustomer(customer, expand), true
}

// expanded reads the one parameter of a read.
func expanded(r *http.Request) (bool, error) {
	parameters := r.URL.Query()
	if err := onlyParameters(parameters, "expandSubResources"); err != nil {
		return false, err
	}
	switch v := parameters.Get("expandSubResources"); v {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalidParameter("expandSubResources", "Invalid value '%s'.", v)
	}
}

// validExternalID reports that an external id has only what REST takes: letters, digits, _ and -.
func validExternalID(id string) bool {
	for i := range len(id) {
		if id[i] != '-' && !isWordByte(id[i]) {
			return false
		}
	}
	return id != ""
}

// stamp is the time of a change after an earlier one. Records show seconds, so each change takes
// the next second at least.
func (s *Simulator) stamp(before time.Time) time.Time {
	now := s.now().UTC().Truncate(time.Second)
	if !now.After(before) {
		return before.Add(time.Second)
	}
	return now
}
