package netsuite

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are what an operator sees of the calls to NetSuite.
type Metrics struct {
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	open    prometheus.Gauge
	rows    *prometheus.CounterVec
	waiting *prometheus.GaugeVec
	blocked prometheus.Counter

	// Without labels, but vectors: what is not known is not there, and not 0.
	expires *prometheus.GaugeVec
	skew    *prometheus.GaugeVec
}

// NewMetrics registers the metrics; it panics where they are registered already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	f := promauto.With(reg)
	return &Metrics{
		calls: f.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_netsuite_calls_total",
			Help: "Calls to NetSuite, their repeats not counted, by kind of call and outcome.",
		}, []string{"call", "outcome"}),
		seconds: f.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_netsuite_call_seconds",
			Help:    "Time of a call to NetSuite, waiting and repeats included, by kind of call.",
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"call"}),
		open: f.NewGauge(prometheus.GaugeOpts{
			Name: "radioquote_netsuite_breaker_open",
			Help: "1 while calls to NetSuite are held back because it does not answer, else 0.",
		}),
		rows: f.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_netsuite_rows_total",
			Help: "Rows read from NetSuite by the price sync, by table.",
		}, []string{"table"}),
		waiting: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "radioquote_netsuite_requests_waiting",
			Help: "Requests that wait until fewer are under way, by who waits for them: a person or the sync.",
		}, []string{"for"}),
		blocked: f.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_netsuite_blocked_total",
			Help: "Requests, repeats included, that NetSuite blocked because the account had too many under way (429).",
		}),
		expires: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "radioquote_netsuite_certificate_expiry_timestamp_seconds",
			Help: "When the certificate expires that the service signs in to NetSuite with; absent where the key file does not hold it.",
		}, nil),
		skew: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "radioquote_netsuite_clock_skew_seconds",
			Help: "NetSuite's clock minus this machine's, as last measured; absent until it was.",
		}, nil),
	}
}

func (m *Metrics) observe(call string, took time.Duration, err error) {
	outcome := "done"
	if e, ok := errors.AsType[*Error](err); ok {
		outcome = e.Fault.Error()
	} else if err != nil {
		outcome = "internal"
	}
	m.calls.WithLabelValues(call, outcome).Inc()
	m.seconds.WithLabelValues(call).Observe(took.Seconds())
}
