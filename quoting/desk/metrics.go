package desk

import "github.com/prometheus/client_golang/prometheus"

// metrics are the desk's counters.
type metrics struct {
	quotes       *prometheus.CounterVec // versions made, by what made them
	repeats      prometheus.Counter     // activities that were taken before
	disagreement prometheus.Counter     // quotes blocked because the engines disagree
	checks       *prometheus.CounterVec // live checks by result
	decisions    *prometheus.CounterVec
	estimates    *prometheus.CounterVec // by how they ended
	deliveries   *prometheus.CounterVec // messages by how they ended
	jobs         *prometheus.CounterVec
	jobTime      *prometheus.HistogramVec
	quoteTime    prometheus.Histogram
	pricesAt     prometheus.Gauge
	syncs        *prometheus.CounterVec // by result
	syncTime     prometheus.Histogram
	held         prometheus.Gauge
	drifts       *prometheus.CounterVec // by kind
	refusals     *prometheus.CounterVec // by reason
	cut          prometheus.Counter     // personal numbers
	unmanned     prometheus.Counter
	stepUps      *prometheus.CounterVec // by how they ended
	clocks       prometheus.Gauge
	clockLapses  prometheus.Counter
	nudges       *prometheus.CounterVec // by kind
}

func newMetrics(r prometheus.Registerer) metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "radioquote_" + name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	m := metrics{
		quotes:     counter("quote_versions_total", "Quote versions made.", "by"),
		checks:     counter("price_checks_total", "Live price checks by result.", "result"),
		decisions:  counter("decisions_total", "Decisions on quotes.", "action"),
		estimates:  counter("estimates_total", "NetSuite Estimates by how writing them ended.", "result"),
		syncs:      counter("syncs_total", "Syncs from NetSuite by result.", "result"),
		drifts:     counter("drifts_total", "Differences found between our records and NetSuite, by kind.", "kind"),
		deliveries: counter("deliveries_total", "Messages to Teams by how sending them ended.", "result"),
		jobs:       counter("jobs_total", "Jobs worked, by kind and outcome.", "kind", "outcome"),
		stepUps:    counter("step_ups_total", "Sign-ins that prove a large decision, by how they ended.", "result"),
		nudges:     counter("nudges_total", "Reminders and escalations of steps that wait, by kind.", "kind"),
		clockLapses: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_clock_lapses_total", Help: "Times that nobody looked at the clocks of approvals for too long."}),
		unmanned: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_unmanned_steps_total", Help: "Steps of approvals that nobody could take."}),
		clocks: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "radioquote_clocks_timestamp_seconds", Help: "When the clocks of approvals were last looked at."}),
		refusals: counter("refusals_total", "Commands that were not done, by reason: forbidden by the person's role, or a reason for which nobody may.", "reason"),
		cut: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_personal_numbers_cut_total", Help: "Card and social-security numbers cut out of what people wrote."}),
		repeats: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_repeated_activities_total", Help: "Activities that Teams sent again."}),
		disagreement: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "radioquote_engine_disagreements_total", Help: "Quotes blocked because the two pricing engines disagree."}),
		jobTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "radioquote_job_seconds", Help: "Time to work a job.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 15)}, []string{"kind"}),
		quoteTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "radioquote_turn_seconds", Help: "Time to take a message or a click, to the commit.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}),
		pricesAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "radioquote_prices_timestamp_seconds", Help: "When the prices in force were confirmed by NetSuite."}),
		held: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "radioquote_prices_held", Help: "Items whose new prices in NetSuite are not quoted from before an admin has looked."}),
		syncTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "radioquote_sync_seconds", Help: "Time of a sync from NetSuite.", Buckets: prometheus.ExponentialBuckets(0.25, 2, 15)}),
	}
	r.MustRegister(m.cut, m.repeats, m.disagreement, m.jobTime, m.quoteTime, m.pricesAt, m.held, m.syncTime, m.unmanned, m.clocks, m.clockLapses)
	return m
}
