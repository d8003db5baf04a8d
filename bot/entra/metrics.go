package entra

import (
	"errors"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics counts what Entra and Graph are asked and what comes of it. What comes of a sign-in
// is counted by whoever asked for it.
type Metrics struct {
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	breaker *prometheus.GaugeVec
}

// NewMetrics registers the metrics with reg; with nil they are kept and shown nowhere.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	return &Metrics{
		calls: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_entra_calls_total",
			Help: "Calls to Microsoft Entra and Graph by operation and outcome; ok is a success.",
		}, []string{"op", "outcome"}),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_entra_call_seconds",
			Help:    "Time of a call to Microsoft Entra or Graph, with waiting and retries.",
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"op"}),
		breaker: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "radioquote_entra_breaker",
			Help: "1 for the state that the circuit breaker of a service is in.",
		}, []string{"service", "state"}),
	}
}

// watch shows the breaker of a service, which starts closed.
func (m *Metrics) watch(service string) func(circuitbreaker.State) {
	show := func(state circuitbreaker.State) {
		for _, s := range []circuitbreaker.State{circuitbreaker.ClosedState, circuitbreaker.HalfOpenState, circuitbreaker.OpenState} {
			value := 0.0
			if s == state {
				value = 1
			}
			m.breaker.WithLabelValues(service, s.String()).Set(value)
		}
	}
	show(circuitbreaker.ClosedState)
	return show
}

func (m *Metrics) count(op string, err error, took time.Duration) {
	m.calls.WithLabelValues(op, outcome(err)).Inc()
	m.seconds.WithLabelValues(op).Observe(took.Seconds())
}

// outcome is one word for an error, so that it can be a label.
func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, ErrUnavailable):
		return "unavailable"
	case errors.Is(err, ErrPermission):
		return "permission"
	case errors.Is(err, ErrNotFound):
		return "not_found"
	}
	return "refused"
}
