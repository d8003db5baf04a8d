package connector

import (
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics counts what the connector is asked and what comes of it.
type Metrics struct {
	calls     *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	throttles *prometheus.CounterVec
	breaker   *prometheus.GaugeVec
}

// NewMetrics registers the metrics with reg; with nil they are kept and shown nowhere.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	factory := promauto.With(reg)
	m := &Metrics{
		calls: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_connector_calls_total",
			Help: "Calls to the Bot Connector by method and outcome; ok is a success.",
		}, []string{"method", "outcome"}),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_connector_call_seconds",
			Help:    "Time of a call to the Bot Connector, with waiting and retries.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"method"}),
		throttles: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_connector_throttles_total",
			Help: "Calls put off by our limit for a conversation or the tenant, or by Teams.",
		}, []string{"by"}),
		breaker: factory.NewGaugeVec(prometheus.GaugeOpts{
			Name: "radioquote_connector_breaker",
			Help: "1 for the state that the circuit breaker is in.",
		}, []string{"state"}),
	}
	m.setBreaker(circuitbreaker.ClosedState)
	return m
}

func (m *Metrics) setBreaker(state circuitbreaker.State) {
	for _, s := range []circuitbreaker.State{circuitbreaker.ClosedState, circuitbreaker.HalfOpenState, circuitbreaker.OpenState} {
		value := 0.0
		if s == state {
			value = 1
		}
		m.breaker.WithLabelValues(s.String()).Set(value)
	}
}

func (m *Metrics) count(op string, failure *Error, took time.Duration) {
	outcome := Outcome("ok")
	if failure != nil {
		outcome = failure.Outcome
	}
	m.calls.WithLabelValues(op, string(outcome)).Inc()
	m.seconds.WithLabelValues(op).Observe(took.Seconds())
}
