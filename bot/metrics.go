package bot

import (
	"net/http"
	"slices"
	"time"

	"github.com/infracloudio/msbotbuilder-go/schema"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"
)

type metrics struct {
	activities   *prometheus.CounterVec
	clicks       *prometheus.CounterVec
	unknown      *prometheus.CounterVec
	rejects      *prometheus.CounterVec
	seconds      *prometheus.HistogramVec
	clickSeconds *prometheus.HistogramVec

	searches      *prometheus.CounterVec
	searchSeconds *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	factory := promauto.With(reg)
	return &metrics{
		activities: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_bot_activities_total",
			Help: "Activities from Teams by type and outcome; ok is done, ignored is not for this bot.",
		}, []string{"type", "outcome"}),
		clicks: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_bot_clicks_total",
			Help: "Clicks on cards by what the button stands for and outcome.",
		}, []string{"verb", "outcome"}),
		unknown: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_bot_unknown_invokes_total",
			Help: "Invokes that this bot does not offer, by name.",
		}, []string{"name"}),
		rejects: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_bot_rejects_total",
			Help: "Callers turned away, by reason.",
		}, []string{"reason"}),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_bot_activity_seconds",
			Help:    "Time from an activity's arrival to the answer, by type.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}, []string{"type"}),
		clickSeconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_bot_click_seconds",
			Help:    "Time from a click's arrival to the answer. From 5 seconds on some clients give up, from 15 all.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}, []string{"verb"}),
		searches: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "radioquote_bot_searches_total",
			Help: "Searches of the compose box by what is searched for and outcome.",
		}, []string{"search", "outcome"}),
		searchSeconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "radioquote_bot_search_seconds",
			Help:    "Time from a search's arrival to the answer. After 5 seconds Teams shows none.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"search"}),
	}
}

// record counts a request and writes its line in the log: nothing of what was said, of
// who said it, or of the token.
func (b *Bot) record(r request, came result, o outcome) {
	took := time.Since(r.began)
	b.metrics.count(r, came, o, took)
	fields := []zap.Field{
		zap.String("correlation", r.correlation),
		zap.String("type", typeLabel(r.envelope.Type)),
		zap.String("outcome", o.label),
		zap.Duration("took", took),
	}
	if r.envelope.Type == schema.Invoke {
		fields = append(fields, zap.String("invoke", invokeLabel(r.envelope.Name)))
	}
	if r.button() || r.searching() {
		fields = append(fields, zap.String("verb", came.verb))
	}
	fields = append(fields, came.second.fields()...)
	if o.cause != nil {
		fields = append(fields, zap.Error(o.cause))
	}
	b.log.Log(o.level, "activity", fields...)
}

func (m *metrics) count(r request, came result, o outcome, took time.Duration) {
	kind := typeLabel(r.envelope.Type)
	m.activities.WithLabelValues(kind, o.label).Inc()
	switch {
	case r.button():
		m.clicks.WithLabelValues(came.verb, o.label).Inc()
		m.clickSeconds.WithLabelValues(came.verb).Observe(took.Seconds())
	case r.searching():
		m.searches.WithLabelValues(came.verb, o.label).Inc()
		m.searchSeconds.WithLabelValues(came.verb).Observe(took.Seconds())
	case r.admitted && r.envelope.Type == schema.Invoke:
		m.unknown.WithLabelValues(invokeLabel(r.envelope.Name)).Inc()
	case o.status == http.StatusUnauthorized || o.status == http.StatusForbidden:
		m.rejects.WithLabelValues(o.label).Inc()
	}
	if r.admitted {
		m.seconds.WithLabelValues(kind).Observe(took.Seconds())
	}
}

// other is the label of what is not known, so that nobody outside makes labels.
const other = "other"

// unread is the label of a type or a button that was not got to know.
const unread = "unread"

func typeLabel(t schema.ActivityTypes) string {
	switch t {
	case schema.Message, schema.Invoke, schema.ConversationUpdate, schema.InstallationUpdate, schema.MsgReaction,
		schema.MessageUpdate, schema.MessageDelete, schema.Typing, schema.Event:
		return string(t)
	case "":
		return unread
	default:
		return other
	}
}

// invokeNames are those that Teams' own SDKs know.
var invokeNames = []string{
	adaptiveCardAction, "actionableMessage/executeAction", "application/search", composeQuery, composeSelect,
	"composeExtension/submitAction", "composeExtension/fetchTask",
	"composeExtension/queryLink", "composeExtension/anonymousQueryLink", "composeExtension/querySettingUrl",
	"composeExtension/setting", "composeExtension/onCardButtonClicked",
	"config/fetch", "config/submit", "fileConsent/invoke", "handoff/action", "message/fetchTask", "message/submitAction",
	"signin/tokenExchange", "signin/verifyState", "signin/failure", "suggestedActions/submit",
	"tab/fetch", "tab/submit", "task/fetch", "task/submit",
}

func invokeLabel(name string) string {
	if slices.Contains(invokeNames, name) {
		return name
	}
	return other
}
