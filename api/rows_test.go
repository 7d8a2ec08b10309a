package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"niangjia/api"
	"niangjia/server/app"
	"niangjia/sync/change"
	"niangjia/sync/engine"
)

// Most rows travel without their record being read. What a phone is sent is to the byte what it would be sent
// otherwise: of every kind of record that a city has, in every state.
func TestAPackedRowIsTheSameToTheByte(t *testing.T) {
	t.Parallel()
	config := app.Config{Data: t.TempDir()}
	if _, err := app.MakeDemo(t.Context(), config, app.DemoOptions{Entries: 300, Until: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	holders, err := a.Auth.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds, packed := map[string]int{}, 0
	for _, h := range holders {
		pull := func(packed bool, cursors map[string]int64) change.Page {
			answer, err := a.Engine.Sync(t.Context(), engine.Who{Account: h.ID, Device: "d", Packed: packed},
				change.Head{Protocol: change.Protocol, Epoch: id("phone"), From: 1, Cursors: cursors}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return answer.Pull
		}
		cursors := map[string]int64{}
		for more := true; more; {
			plain, fast := pull(false, cursors), pull(true, cursors)
			if len(plain.Rows) != len(fast.Rows) {
				t.Fatalf("%d rows, packed %d", len(plain.Rows), len(fast.Rows))
			}
			for i := range plain.Rows {
				var want, got bytes.Buffer
				if err := api.AppendRow(&want, plain.Rows[i]); err != nil {
					t.Fatal(err)
				}
				if err := api.AppendRow(&got, fast.Rows[i]); err != nil {
					t.Fatal(err)
				}
				if want.String() != got.String() {
					t.Fatalf("travels as\n%s\nand not as\n%s", got.String(), want.String())
				}
				kinds[string(plain.Rows[i].Type)+" "+string(plain.Rows[i].State)]++
				if fast.Rows[i].Packed != nil {
					packed++
				}
			}
			cursors, more = plain.Cursors, plain.More
		}
	}
	for _, kind := range []string{"entry submitted", "entry approved", "entry returned", "household active", "person active"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s among the rows: %v", kind, kinds)
		}
	}
	if packed == 0 {
		t.Errorf("no row of %v was packed", kinds)
	}
}

// stalled is a phone that takes nothing of what it is sent, as behind a bar of signal that comes and goes.
type stalled struct {
	*httptest.ResponseRecorder
	asked chan struct{} // closed with the first byte that it is offered
	until chan struct{}
}

func (s *stalled) Write(b []byte) (int, error) {
	close(s.asked)
	<-s.until
	return s.ResponseRecorder.Write(b)
}

// What a phone takes slowly is its answer as it travels and nothing else: however many do so, the next one is answered.
func TestSlowPhonesKeepNobodyWaiting(t *testing.T) {
	for _, accepts := range []string{"gzip", "identity"} {
		t.Run(accepts, func(t *testing.T) {
			c := newCity(t)
			p := c.join("cun", villager)
			var made []string
			for i := range 40 {
				made = append(made, p.line(p.home(fmt.Sprint("h", i))))
			}
			p.exchange(made...).want(200)
			ask := func() *http.Request {
				head := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":41,"server_epoch":"","cursors":{}}`, p.epoch)
				r := httptest.NewRequest(http.MethodPost, "/api/v1/sync", strings.NewReader(head))
				r.Header.Set("Content-Type", "application/x-ndjson")
				r.Header.Set("Accept-Encoding", accepts)
				r.Header.Set("Authorization", "Bearer "+p.access)
				return r
			}
			until := make(chan struct{})
			var slow sync.WaitGroup
			for range 2*runtime.GOMAXPROCS(0) + 1 {
				s := &stalled{httptest.NewRecorder(), make(chan struct{}), until}
				slow.Go(func() { c.server.ServeHTTP(s, ask()) })
				<-s.asked
			}
			if got := c.do(p, ask()).want(200).json["pull"].(map[string]any)["rows"].([]any); len(got) < 40 {
				t.Errorf("%d rows", len(got))
			}
			close(until)
			slow.Wait()
		})
	}
}
