// Package metrics counts what the server does, for Prometheus. Labels are routes, statuses and outcomes alone: no
// person, no unit, no id is in it.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// State is what is read from the data when somebody asks.
type State struct {
	Lines    int64 // of the ledger
	Parked   int64 // lines that wait for a cause
	Database int64 // bytes
	WAL      int64 // bytes of the journal
}

// Metrics is safe for use by many at once.
type Metrics struct {
	registry      *prometheus.Registry
	requests      *prometheus.CounterVec
	requestTime   *prometheus.HistogramVec
	pushes        prometheus.Counter
	changes       *prometheus.CounterVec
	questions     prometheus.Counter
	mended        prometheus.Counter
	resets        prometheus.Counter
	commitUpdates prometheus.Histogram
	commitTime    prometheus.Histogram
}

// New begins counting; state is asked at each reading.
func New(state func() (State, error)) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "niangjia_http_requests_total",
			Help: "Requests answered, by the route's pattern, method and status."}, []string{"route", "method", "status"}),
		requestTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "niangjia_http_request_seconds",
			Help:    "Time from a request's headers to the end of its answer; a slow network counts.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}}, []string{"route"}),
		pushes: prometheus.NewCounter(prometheus.CounterOpts{Name: "niangjia_pushes_total", Help: "Exchanges that brought changes."}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "niangjia_changes_total",
			Help: "Changes answered, by outcome; a repeated change is answered again."}, []string{"outcome"}),
		questions: prometheus.NewCounter(prometheus.CounterOpts{Name: "niangjia_digest_questions_total",
			Help: "Questions of phones of which a feed's digest differs; on a good day there is none."}),
		mended: prometheus.NewCounter(prometheus.CounterOpts{Name: "niangjia_mended_rows_total",
			Help: "Rows that phones took anew because theirs differed."}),
		resets: prometheus.NewCounter(prometheus.CounterOpts{Name: "niangjia_feed_resets_total",
			Help: "Feeds that a phone had to begin again: it was away for more than 400 days, or its cursor was another server's."}),
		commitUpdates: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "niangjia_commit_updates",
			Help: "Waiting updates that shared one commit.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64}}),
		commitTime: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "niangjia_commit_seconds",
			Help: "Time of one commit with all that is decided in it.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
	}
	m.registry.MustRegister(m.requests, m.requestTime, m.pushes, m.changes, m.questions, m.mended, m.resets, m.commitUpdates, m.commitTime, &stateCollector{state},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Request counts an answered request. A method outside the usual ones is no label: a caller could make up any number.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestTime.WithLabelValues(route).Observe(took.Seconds())
}

// Pushed counts the outcomes that an exchange answered.
func (m *Metrics) Pushed(outcomes []string) {
	if len(outcomes) == 0 {
		return
	}
	m.pushes.Inc()
	for _, o := range outcomes {
		m.changes.WithLabelValues(o).Inc()
	}
}

// Examined counts a question about what differs, and the rows that were taken anew with it.
func (m *Metrics) Examined(rows int) {
	m.questions.Inc()
	m.mended.Add(float64(rows))
}

// Reset counts feeds that begin again.
func (m *Metrics) Reset(feeds int) { m.resets.Add(float64(feeds)) }

// Committed counts a commit.
func (m *Metrics) Committed(updates int, took time.Duration) {
	m.commitUpdates.Observe(float64(updates))
	m.commitTime.Observe(took.Seconds())
}

type stateCollector struct{ read func() (State, error) }

var (
	linesDesc    = prometheus.NewDesc("niangjia_ledger_lines", "Lines in the ledger.", nil, nil)
	parkedDesc   = prometheus.NewDesc("niangjia_parked_changes", "Changes that wait for a cause, kept by the server.", nil, nil)
	databaseDesc = prometheus.NewDesc("niangjia_database_bytes", "Size of the database file.", nil, nil)
	walDesc      = prometheus.NewDesc("niangjia_wal_bytes", "Size of the database's journal.", nil, nil)
)

// Describe implements prometheus.Collector.
func (c *stateCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{linesDesc, parkedDesc, databaseDesc, walDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *stateCollector) Collect(to chan<- prometheus.Metric) {
	s, err := c.read()
	if err != nil {
		to <- prometheus.NewInvalidMetric(linesDesc, err)
		return
	}
	gauge := func(d *prometheus.Desc, v int64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	gauge(linesDesc, s.Lines)
	gauge(parkedDesc, s.Parked)
	gauge(databaseDesc, s.Database)
	gauge(walDesc, s.WAL)
}
