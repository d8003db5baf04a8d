package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// adminRoutes are the few switches that the demo's command line turns over HTTP. They are no part
// of NetSuite, and work during the outage that they start.
func (s *Simulator) adminRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sim/down", func(w http.ResponseWriter, _ *http.Request) {
		s.Drop(true)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sim/up", func(w http.ResponseWriter, _ *http.Request) {
		s.Drop(false)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sim/price", func(w http.ResponseWriter, r *http.Request) {
		if err := s.adminPrice(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func (s *Simulator) adminPrice(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	body, err := readJSON(r)
	if err != nil {
		return err
	}
	change := struct {
		SKU      string `json:"sku"`
		Level    string `json:"level"`
		Quantity int64  `json:"quantity"`
		Price    string `json:"price"`
	}{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&change); err != nil {
		return err
	}
	return s.SetPrice(change.SKU, change.Level, change.Quantity, change.Price)
}
