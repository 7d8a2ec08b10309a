package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// pushes measures what phones push to a database of so many entries, beside the raw writer. Three copies of the database
// get the same pushes in the same order: one from the server, one from an engine whose rows are noted, and one from the
// raw writer, which puts those rows.
func pushes(ctx context.Context, s settings, r *report, entries int, work string) (err error) {
	c, from, err := template(ctx, s, entries)
	if err != nil {
		return err
	}
	names := [3]string{"served", "noted", "raw"}
	var dirs [3]string
	for i, name := range names {
		dirs[i] = filepath.Join(work, name)
		if err := copyCity(from, dirs[i]); err != nil {
			return err
		}
	}
	rec, err := openRecorder(ctx, dirs[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rec.close()) }()
	server, err := serve(ctx, s.server, dirs[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop(syscall.SIGTERM)) }()
	m := &meeting{settings: s, report: r, entries: entries, city: c, server: server, recorder: rec, rawDir: dirs[2],
		raw: rawSettings{2500, 256 << 10, 10_000}}
	if err := m.crowds(ctx); err != nil {
		return err
	}
	if s.tune && len(m.loads) > 0 {
		if err := m.tune(ctx); err != nil {
			return err
		}
	}
	for round := range s.rounds {
		for i := range m.loads {
			if err := m.round(ctx, &m.loads[i]); err != nil {
				return fmt.Errorf("%s: %w", m.loads[i].crowd.name, err)
			}
		}
		if m.only == "" || m.only == "pushes" {
			if err := m.counted(ctx); err != nil {
				return err
			}
		}
		say("pushes on %d entries: round %d of %d", entries, round+1, s.rounds)
	}
	if m.wanted(s.phones[0].name) {
		return m.memoryAlone(ctx)
	}
	return nil
}

// meeting is all that takes part in measuring pushes.
type meeting struct {
	settings
	report   *report
	entries  int
	city     *city
	server   *process
	recorder *recorder
	rawDir   string
	raw      rawSettings
	loads    []meter
	sessions map[string]*session // by account: what two loads share
}

func (m *meeting) wanted(load string) bool {
	return m.only == "" || m.only == "pushes" || strings.Contains(load, m.only)
}

// meter is a load with its connections. With rows, each phone also takes what is new for it with each answer.
type meter struct {
	crowd   *crowd
	clients []*client
	cursors []map[string]int64 // of each phone, where it takes rows; nil where not
	label   string
}

// crowds signs the phones in and lets them record for the first time, so that there is something to approve.
func (m *meeting) crowds(ctx context.Context) error {
	e := m.recorder.app.Engine
	for i, l := range m.phones {
		if !m.wanted(l.name) {
			continue
		}
		w, err := newCrowd(l, m.city, e.Places(), e.Catalogue(), uint64(1_000_000+i))
		if err != nil {
			return err
		}
		m.loads = append(m.loads, meter{crowd: w, label: l.name})
	}
	// The first load once more, in full: with the rows that come back.
	if full := m.phones[0].name + ", and each takes the rows that are new for it"; m.wanted(full) {
		w, err := newCrowd(m.phones[0], m.city, e.Places(), e.Catalogue(), 2_000_000)
		if err != nil {
			return err
		}
		m.loads = append(m.loads, meter{crowd: w, label: full, cursors: make([]map[string]int64, len(w.seats))})
	}
	m.sessions = map[string]*session{}
	for i := range m.loads {
		w := &m.loads[i]
		for range w.crowd.seats {
			w.clients = append(w.clients, &client{address: m.server.address})
		}
		if err := m.signIn(ctx, w); err != nil {
			return err
		}
		for j := range w.cursors {
			if err := w.catchUp(ctx, j); err != nil {
				return err
			}
		}
		if err := m.untimed(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// untimed lets a load push a round that is not measured.
func (m *meeting) untimed(ctx context.Context, w *meter) error {
	all, _, err := m.beside(ctx, w, m.raw)
	if err != nil {
		return err
	}
	return w.send(ctx, all)
}

// beside makes a round of a load, and has the raw writer put its rows.
func (m *meeting) beside(ctx context.Context, w *meter, s rawSettings) (all []push, p putting, err error) {
	if all, err = w.crowd.round(); err != nil {
		return nil, p, err
	}
	if err := m.signIn(ctx, w); err != nil {
		return nil, p, err
	}
	rows, err := m.note(ctx, all)
	if err != nil {
		return nil, p, err
	}
	p, err = m.put(ctx, all, rows, s)
	return all, p, err
}

// note gives the rows of each push.
func (m *meeting) note(ctx context.Context, all []push) ([][]row, error) {
	out := make([][]row, len(all))
	for i, p := range all {
		var err error
		if out[i], err = m.recorder.push(ctx, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// put has the raw writer put the rows, and tells what that came to.
func (m *meeting) put(ctx context.Context, all []push, rows [][]row, s rawSettings) (p putting, err error) {
	w, err := openRaw(ctx, m.rawDir, s)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	batches, count := w.batches(all, rows, s.changes)
	p.rows = count
	p.cpu, err = spent(ownTime, func() (err error) {
		p.took, err = w.run(ctx, batches)
		return err
	})
	return p, err
}

// spent tells by a clock of processor time what f took of it.
func spent(clock func() (time.Duration, error), f func() error) (time.Duration, error) {
	before, err := clock()
	if err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	after, err := clock()
	return after - before, err
}

type putting struct {
	took time.Duration
	cpu  time.Duration
	rows map[string]int
}

// tune looks for the raw writer's best settings, each with a round of the first load.
func (m *meeting) tune(ctx context.Context) error {
	best, shortest := m.raw, time.Duration(1<<62)
	for _, s := range []rawSettings{
		{500, 256 << 10, 10_000}, {2500, 256 << 10, 10_000}, {10_000, 256 << 10, 10_000},
		{2500, 64 << 10, 1000}, {2500, 256 << 10, 40_000}, {10_000, 512 << 10, 40_000},
	} {
		w := &m.loads[0]
		all, p, err := m.beside(ctx, w, s)
		if err != nil {
			return err
		}
		if err := w.send(ctx, all); err != nil {
			return err
		}
		say("raw writer with %s: %.0f changes/s", s, rate(all, p.took))
		if p.took < shortest {
			best, shortest = s, p.took
		}
	}
	m.raw = best
	m.report.note("The raw writer on %s entries: %s.", thousands(m.entries), best)
	return nil
}

func rate(all []push, took time.Duration) float64 {
	n := 0
	for _, p := range all {
		n += p.changes
	}
	return float64(n) / took.Seconds()
}

// round measures a load once, and the raw writer with the same rows.
func (m *meeting) round(ctx context.Context, w *meter) error {
	all, p, err := m.beside(ctx, w, m.raw)
	if err != nil {
		return err
	}
	phones, err := w.ready(ctx, all)
	if err != nil {
		return err
	}
	var took, own time.Duration
	busy, err := spent(m.server.busy, func() (err error) {
		own, err = spent(ownTime, func() (err error) {
			took, err = phones.send(ctx)
			return err
		})
		return err
	})
	if err != nil {
		return err
	}
	memory, err := m.server.memory()
	if err != nil {
		return err
	}
	n := float64(w.crowd.changes())
	g := m.report.pushes(m.entries, w.label)
	g.served.add(rate(all, took))
	g.raw.add(rate(all, p.took))
	g.ratio.add(rate(all, took) / rate(all, p.took) * 100)
	g.cpu.add(float64(busy.Microseconds()) / n)
	g.phonesCPU.add(float64(own.Microseconds()) / n)
	g.rawCPU.add(float64(p.cpu.Microseconds()) / n)
	g.memory.add(float64(memory) / (1 << 20))
	written := 0
	for table, k := range p.rows {
		written += k
		g.table(table).add(float64(k) / n)
	}
	g.rows.add(float64(written) / n)
	say("%s on %d: %.0f/s, raw %.0f/s; %.0f µs of processor a change, the phones %.0f µs", w.label, m.entries, rate(all, took), rate(all, p.took),
		g.cpu[len(g.cpu)-1], g.phonesCPU[len(g.phonesCPU)-1])
	return nil
}

// sending is what each phone of a load pushes next, over a connection that stands.
type sending struct {
	*meter
	queues [][]push
	heads  [][][]byte
}

// ready connects the phones and makes what does not belong to the time of a push.
func (w *meter) ready(ctx context.Context, all []push) (*sending, error) {
	s := &sending{w, make([][]push, len(w.clients)), make([][][]byte, len(w.clients))}
	for _, p := range all {
		s.queues[p.phone] = append(s.queues[p.phone], p)
		if w.cursors == nil {
			head, err := headLine(p.head, p.head.Cursors)
			if err != nil {
				return nil, err
			}
			s.heads[p.phone] = append(s.heads[p.phone], head)
		}
	}
	for i, c := range w.clients {
		c.close() // the server may have closed it since
		if len(s.queues[i]) > 0 {
			if err := c.dial(ctx); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// send lets every phone push what it has, each one push after the other, and gives the time until all are answered.
// Then they hang up: the next load meets a server with no other's connections.
func (s *sending) send(ctx context.Context) (time.Duration, error) {
	defer func() {
		for _, c := range s.clients {
			c.close()
		}
	}()
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	began := time.Now()
	for i, queue := range s.queues {
		wg.Go(func() {
			for k, p := range queue {
				var err error
				if s.cursors == nil {
					_, err = s.clients[i].send(ctx, p, s.heads[i][k])
				} else {
					err = s.exchange(ctx, i, p)
				}
				if err != nil || failed.Load() != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if err := failed.Load(); err != nil && *err != nil {
		return 0, *err
	}
	return took, nil
}

// send is both, where nothing is measured.
func (w *meter) send(ctx context.Context, all []push) error {
	s, err := w.ready(ctx, all)
	if err != nil {
		return err
	}
	_, err = s.send(ctx)
	return err
}

// catchUp takes what there is for a phone that has just been installed.
func (w *meter) catchUp(ctx context.Context, i int) error {
	for more := true; more; {
		head, err := headLine(w.crowd.logs[i].head, w.cursors[i])
		if err != nil {
			return err
		}
		status, text, err := w.clients[i].call(ctx, http.MethodPost, "/api/v1/sync", syncHeader, head)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("a pull: %d %s", status, text)
		}
		if more, err = w.came(i, text); err != nil {
			return err
		}
	}
	return nil
}

// came keeps the cursors of the rows that came.
func (w *meter) came(i int, text []byte) (more bool, err error) {
	var answer struct {
		Pull struct {
			Cursors map[string]int64 `json:"cursors"`
			More    bool             `json:"more"`
		} `json:"pull"`
	}
	err = json.Unmarshal(text, &answer)
	w.cursors[i] = answer.Pull.Cursors
	return answer.Pull.More, err
}

// exchange pushes and keeps the cursors of the rows that came.
func (w *meter) exchange(ctx context.Context, i int, p push) error {
	text, err := w.clients[i].push(ctx, p, w.cursors[i])
	if err != nil {
		return err
	}
	_, err = w.came(i, text)
	return err
}

// counted holds the server to its promise: with the answer to an approval, the entry is in the city's total.
func (m *meeting) counted(ctx context.Context) error {
	w := &m.loads[1]
	all, _, err := m.beside(ctx, w, m.raw)
	if err != nil {
		return err
	}
	boss := &client{address: m.server.address}
	defer boss.close()
	if err := boss.logIn(ctx, cityLogin, password); err != nil {
		return err
	}
	seen := 0
	for _, p := range all {
		before, err := cityTotal(ctx, boss)
		if err != nil {
			return err
		}
		if _, err := w.clients[p.phone].push(ctx, p, p.head.Cursors); err != nil {
			return err
		}
		after, err := cityTotal(ctx, boss)
		if err != nil {
			return err
		}
		if approves := p.phone%2 == 1; approves != (after > before) {
			return fmt.Errorf("a push of %d changes (approvals: %v) took the city's total from %d to %d", p.changes, approves, before, after)
		} else if approves {
			seen += p.changes
		}
	}
	m.report.counted += seen
	return nil
}
