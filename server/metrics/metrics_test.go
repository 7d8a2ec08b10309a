package metrics_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"niangjia/server/metrics"
)

func read(m *metrics.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestCounts(t *testing.T) {
	m := metrics.New(func() (metrics.State, error) {
		return metrics.State{Lines: 7, Parked: 2, Database: 4096, WAL: 32}, nil
	})
	m.Request("/api/v1/sync", "POST", 200, time.Millisecond)
	m.Request("/api/v1/sync", "POST", 200, time.Millisecond)
	m.Request("/api/v1/sync", "MADE-UP", 405, time.Millisecond)
	m.Request("", "GET", 404, time.Millisecond)
	m.Pushed(nil)
	m.Pushed([]string{"applied", "applied", "parked"})
	m.Examined(4)
	m.Examined(0)
	m.Reset(2)
	m.Committed(3, time.Millisecond)
	text := read(m)
	for _, line := range []string{
		`niangjia_http_requests_total{method="POST",route="/api/v1/sync",status="200"} 2`,
		`niangjia_http_requests_total{method="other",route="/api/v1/sync",status="405"} 1`,
		`niangjia_http_requests_total{method="GET",route="none",status="404"} 1`,
		`niangjia_pushes_total 1`, `niangjia_changes_total{outcome="applied"} 2`, `niangjia_changes_total{outcome="parked"} 1`,
		`niangjia_digest_questions_total 2`, `niangjia_mended_rows_total 4`, `niangjia_feed_resets_total 2`,
		`niangjia_commit_updates_sum 3`, `niangjia_ledger_lines 7`, `niangjia_parked_changes 2`,
		`niangjia_database_bytes 4096`, `niangjia_wal_bytes 32`, `go_goroutines `,
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("missing: %s", line)
		}
	}
}

func TestDataThatCannotBeReadHideNothingElse(t *testing.T) {
	m := metrics.New(func() (metrics.State, error) { return metrics.State{}, errors.New("closed") })
	if text := read(m); !strings.Contains(text, "\nniangjia_pushes_total 0") || strings.Contains(text, "\nniangjia_ledger_lines") {
		t.Error(text)
	}
}
