package simulation

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"
	"slices"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
)

const (
	hour = 60 * 60 * record.Instant(1000)
	// begin is 2026-03-02 00:00 in Beijing, a Monday.
	begin = record.Instant(1772380800000)
)

// world is one run. now is the true time; what phones believe is theirs.
type world struct {
	cfg      Config
	rng      *rand.Rand
	now      record.Instant
	faults   Faults // those of cfg until the healing begins
	store    *frail
	engine   *engine.Engine
	devices  []*device
	forms    []*catalogue.Form      // that a village records
	seats    map[string]record.Seat // that an account should hold
	unseated map[string]bool
	copies   []backup
	events   events
	planned  int
	ids      int
	trace    hash.Hash
	report   *Report
}

// backup is the store as it was.
type backup struct {
	at    record.Instant
	store Store
}

// event is something that happens at a time; events of one time happen in the order of planning.
type event struct {
	at record.Instant
	n  int
	do func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].n < e[j].n
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

func (w *world) plan(at record.Instant, do func()) {
	w.planned++
	heap.Push(&w.events, event{at, w.planned, do})
}

// run plays everything that is planned before a time.
func (w *world) run(until record.Instant) {
	for len(w.events) > 0 && w.events[0].at < until {
		e := heap.Pop(&w.events).(event)
		w.now = max(w.now, e.at)
		e.do()
	}
	w.now = until
}

func (w *world) chance(p float64) bool { return p > 0 && w.rng.Float64() < p }

// strikes reports whether a fault does, and counts it.
func (w *world) strikes(name string, p float64) bool {
	if !w.chance(p) {
		return false
	}
	w.report.Counts[name]++
	w.tell("fault %s", name)
	return true
}

func (w *world) tell(format string, args ...any) {
	fmt.Fprintf(w.trace, "%d ", w.now)
	fmt.Fprintf(w.trace, format+"\n", args...)
}

func (w *world) fail(format string, args ...any) {
	if len(w.report.Failures) < 50 {
		w.report.Failures = append(w.report.Failures, fmt.Sprintf("day %d: ", (w.now-begin)/record.DayMS)+fmt.Sprintf(format, args...))
	}
}

// id is 32 hex digits that no other id of the run has; random ones would do too, but tell less when they are read.
func (w *world) id() string {
	w.ids++
	return fmt.Sprintf("%016x%016x", w.cfg.Seed, w.ids)
}

// Run plays one world to its end and says what became of it. The error is that
// of a store which does not work at all.
func Run(cfg Config) (*Report, error) {
	w := &world{
		cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x6e69616e676a6961)), now: begin, faults: cfg.Faults,
		seats: map[string]record.Seat{}, unseated: map[string]bool{}, trace: sha256.New(),
		report: &Report{Seed: cfg.Seed, Counts: map[string]int{}, Failures: []string{}},
	}
	if w.cfg.hear == nil {
		w.cfg.hear = func(d *device, a *change.Answer) error { return d.ph.Receive(a) }
	}
	for _, id := range sorted(cfg.Catalogue.Forms) {
		if f := cfg.Catalogue.Form(id); f.RecordedAt(string(record.Village)) {
			w.forms = append(w.forms, f)
		}
	}
	w.store = &frail{Store: cfg.Store, plan: func() int { return 0 }}
	if err := w.settle(); err != nil {
		return nil, err
	}
	for day := range cfg.Days {
		w.planDay(begin + record.Instant(day)*record.DayMS)
		w.run(begin + record.Instant(day+1)*record.DayMS)
	}
	w.heal()
	if err := w.check(); err != nil {
		return nil, err
	}
	w.report.Trace = hex.EncodeToString(w.trace.Sum(nil))
	return w.report, nil
}

// settle builds the district: eight villages to a township, a phone or two to a
// village, a reviewer to a township and two to the county and the city.
func (w *world) settle() error {
	const city, county = "530900000000", "530923000000"
	list := []record.Division{
		{Code: "530000000000", Name: "省", Level: record.Province},
		{Code: city, Name: "市", Level: record.City, Parent: "530000000000"},
		{Code: county, Name: "县", Level: record.County, Parent: city},
	}
	type post struct {
		name string
		seat record.Seat
	}
	posts := []post{
		{"county", record.Seat{Role: record.Reviewer, Unit: county}}, {"city", record.Seat{Role: record.Reviewer, Unit: city}},
	}
	phones, village := 0, 0
	for phones < w.cfg.Phones {
		town := fmt.Sprintf("530923%03d000", 101+village/8)
		if village%8 == 0 {
			list = append(list, record.Division{Code: town, Name: "镇", Level: record.Township, Parent: county})
			posts = append(posts, post{"town" + town[6:9], record.Seat{Role: record.Reviewer, Unit: town}})
		}
		code := fmt.Sprintf("%s%03d", town[:9], 201+village%8)
		list = append(list, record.Division{Code: code, Name: "村", Level: record.Village, Parent: town})
		for range 1 + w.rng.IntN(2) {
			if phones < w.cfg.Phones {
				posts = append(posts, post{fmt.Sprintf("v%d", phones), record.Seat{Role: record.Volunteer, Unit: code}})
				phones++
			}
		}
		village++
	}
	if err := w.boot(); err != nil {
		return err
	}
	if err := w.engine.SetDivisions(context.Background(), list); err != nil {
		return err
	}
	for _, p := range posts {
		w.seats[p.name] = p.seat
		if err := w.engine.SetSeats(context.Background(), p.name, []record.Seat{p.seat}); err != nil {
			return err
		}
		d := &device{w: w, account: p.name, id: w.id(), seat: p.seat}
		d.ph = phone.New(w.cfg.Catalogue, p.name, w.id())
		switch {
		case !w.chance(w.faults.Clock):
		case w.chance(0.3):
			d.skew = -w.now // a phone whose battery was out: 1970
		case w.chance(0.5):
			d.skew = -5 * 365 * record.DayMS
		default:
			d.skew = record.DayMS + hour
		}
		w.devices = append(w.devices, d)
	}
	w.store.plan = w.doom
	return nil
}

// boot opens the engine over the store, as a start of the server does.
func (w *world) boot() (err error) {
	plan := w.store.plan
	w.store.plan, w.store.dead = func() int { return 0 }, false
	w.engine, err = engine.Open(context.Background(), w.store, w.cfg.Catalogue,
		engine.Options{Now: func() record.Instant { return w.now }, NewID: w.id})
	w.store.plan = plan
	return err
}

// doom is how the next transaction ends.
func (w *world) doom() int {
	if !w.chance(w.faults.Crash) {
		return 0
	}
	if w.strikes("crash after the commit", 0.5) {
		return -1
	}
	w.strikes("crash before the commit", 1)
	return 1 + w.rng.IntN(30)
}

// reboot brings a crashed server back.
func (w *world) reboot() {
	if err := w.boot(); err != nil {
		w.fail("the server does not start again: %v", err)
	}
}

// planDay plans what happens on a day, from its midnight in Beijing.
func (w *world) planDay(midnight record.Instant) {
	if w.chance(0.3) && w.faults.Rewind > 0 {
		w.plan(midnight+w.during(0, 24), w.keep)
	}
	if w.chance(w.faults.Rewind) {
		w.plan(midnight+w.during(0, 24), w.rewind)
	}
	if w.chance(w.faults.Clone) {
		w.plan(midnight+w.during(0, 24), w.clone)
	}
	if w.chance(w.faults.Restore) {
		w.plan(midnight+w.during(0, 24), w.restorePhone)
	}
	if w.chance(w.faults.Garble) {
		w.plan(midnight+w.during(0, 24), w.garble)
	}
	if w.chance(w.faults.Seats) {
		w.plan(midnight+w.during(8, 18), w.unseat)
	}
	for _, d := range w.devices {
		if w.chance(w.faults.Clock / 20) {
			w.plan(midnight+w.during(6, 20), func() {
				w.report.Counts["clock jumps"]++
				d.skew += record.Instant((w.rng.Int64N(3) - 1) * w.rng.Int64N(int64(400*record.DayMS)))
			})
		}
		if d.seat.Role == record.Volunteer {
			if weekday := (midnight-begin)/record.DayMS%7 + 1; weekday < 6 || w.chance(0.3) {
				w.plan(midnight+w.during(7, 12), d.walk)
			}
			if w.chance(0.5) { // a bar of signal on the way
				w.plan(midnight+w.during(9, 17), d.sync)
			}
			w.plan(midnight+w.during(18, 21), func() {
				if w.strikes("offline", w.faults.Offline) {
					d.silent = w.now + record.Instant(1+w.rng.ExpFloat64()*6)*record.DayMS
					d.silent = min(d.silent, w.now+180*record.DayMS)
				}
				d.sync()
			})
			continue
		}
		w.plan(midnight+w.during(8, 10), d.sync)
		w.plan(midnight+w.during(10, 12), d.review)
		w.plan(midnight+w.during(12, 18), d.sync)
	}
}

// during is a moment between two hours of a day.
func (w *world) during(from, to int64) record.Instant {
	return record.Instant(from)*hour + record.Instant(w.rng.Int64N((to-from)*int64(hour)))
}

// keep copies the store, as a backup does.
func (w *world) keep() {
	if c := w.store.Copy(); c != nil {
		w.copies = append(w.copies, backup{w.now, c})
	}
}

// rewind loses the server; it comes back from a copy.
func (w *world) rewind() {
	w.copies = slices.DeleteFunc(w.copies, func(b backup) bool { return b.at < w.now-30*record.DayMS })
	if len(w.copies) == 0 {
		return
	}
	w.strikes("rewind", 1)
	at := w.rng.IntN(len(w.copies))
	w.copies = w.copies[:at+1]
	w.store = &frail{Store: w.copies[at].store.Copy(), plan: func() int { return 0 }}
	opt := engine.Options{Now: func() record.Instant { return w.now }, NewID: w.id}
	if _, err := engine.Renew(context.Background(), w.store, opt); err != nil {
		w.fail("restore: %v", err)
	}
	w.reboot()
	w.store.plan = w.doom
	for _, d := range w.devices { // seats that were taken or given since
		w.seat(d.account)
	}
}

// clone copies somebody's phone to another one; both are used from now on.
func (w *world) clone() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	w.strikes("phone cloned", 1)
	c := *d
	c.ph, c.copy = d.ph.Copy(), nil
	c.homes, c.entries = slices.Clone(d.homes), slices.Clone(d.entries)
	w.devices = append(w.devices, &c)
}

// restorePhone copies a phone, and some days later sets it back to that.
func (w *world) restorePhone() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	if d.copy != nil {
		return
	}
	at := *d
	at.ph, at.homes, at.entries = d.ph.Copy(), slices.Clone(d.homes), slices.Clone(d.entries)
	d.copy = &at
	w.plan(w.now+record.Instant(1+w.rng.Int64N(20))*record.DayMS, func() {
		w.strikes("phone restored", 1)
		d.ph, d.homes, d.entries, d.copy = at.ph, at.homes, at.entries, nil
	})
}

// unseat takes a volunteer's seat for some days, whatever waits on her phone.
func (w *world) unseat() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	if d.seat.Role != record.Volunteer || w.unseated[d.account] {
		return
	}
	w.strikes("seat lost", 1)
	w.unseated[d.account] = true
	w.seat(d.account)
	w.plan(w.now+record.Instant(1+w.rng.Int64N(10))*record.DayMS, func() {
		delete(w.unseated, d.account)
		w.seat(d.account)
	})
}

// seat gives an account its seat or takes it, until the server has said that it did.
func (w *world) seat(account string) {
	var seats []record.Seat
	held := !w.unseated[account]
	if held {
		seats = []record.Seat{w.seats[account]}
	}
	for {
		err := w.engine.SetSeats(context.Background(), account, seats)
		if err == nil {
			w.tell("seat %s %v", account, held)
			return
		}
		w.reboot()
	}
}

// dayAfter is a day n days later, "YYYY-MM-DD".
func dayAfter(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
