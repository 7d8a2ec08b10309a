package simulation

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

const (
	hour = 60 * 60 * record.Instant(1000)
	// begin is 2026-03-02 00:00 in Beijing, a Monday.
	begin = record.Instant(1772380800000)
)

// world is one run. now is the true time; what phones believe is theirs.
type world struct {
	cfg     Config
	rng     *rand.Rand
	now     record.Instant
	read    record.Instant // the latest that the server has read off it
	faults  Faults         // those of cfg until the healing begins
	store   *frail
	engine  *engine.Engine
	devices []*device

	catalogues map[string]*catalogue.Catalogue // all there have been, by hash
	catalogue  *catalogue.Catalogue            // the one that the server starts with
	divisions  []record.Division               // that are in force
	narrowed   map[string]string               // indicators that count less than they did: by which condition before
	seats      map[string]record.Seat          // that an account should hold
	unseated   map[string]bool
	rewinds    []past   // that have been
	words      []string // that the server's program knows; nil for all

	saved   map[saved]bool   // what phones have said to have saved, and what was not lost with them since
	lone    map[saved]bool   // of these, what is on the server alone
	healing bool             // nobody writes any more
	ledger  map[place]string // hashes of all that was acknowledged and that the server cannot have lost
	gone    map[place]bool   // what was on phones that were lost
	told    map[place]bool   // what phones were told that it was acknowledged
	through map[string]int64 // of each log, the last acknowledged number
	shown   map[sight]bool   // what reviewers decided on
	commits int
	left    int // writes of phones until one dies at it, 0 for none

	events  events
	planned int
	ids     int
	trace   hash.Hash
	report  *Report
}

// past is a server that went back at a time to a copy of another.
type past struct{ at, to record.Instant }

// place is where a line stands.
type place struct {
	epoch string
	n     int64
}

// sight is a content that somebody was shown.
type sight struct{ account, entity, version string }

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

// serverNow is the server's clock. It only goes on: a volunteer who walks takes her time, and nobody else's, or phones
// forget too early and nothing that is found means anything.
func (w *world) serverNow() record.Instant {
	if w.now < w.read {
		w.fail("the simulated server's clock went back by %d ms", w.read-w.now)
	}
	w.read = w.now
	return w.now
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
		catalogues: map[string]*catalogue.Catalogue{cfg.Catalogue.Hash: cfg.Catalogue}, catalogue: cfg.Catalogue,
		narrowed: map[string]string{}, seats: map[string]record.Seat{}, unseated: map[string]bool{}, saved: map[saved]bool{}, lone: map[saved]bool{}, ledger: map[place]string{}, gone: map[place]bool{}, told: map[place]bool{}, through: map[string]int64{}, shown: map[sight]bool{},
		trace:  sha256.New(),
		report: &Report{Seed: cfg.Seed, Counts: map[string]int{}, Failures: []string{}},
	}
	if w.cfg.shelf == nil {
		w.cfg.shelf = &shelf{}
	}
	if w.cfg.hear == nil {
		w.cfg.hear = func(d *device, a *change.Answer) error { return d.ph.Receive(a) }
	}
	if w.cfg.look == nil {
		w.cfg.look = func(d *device, id string) *record.Record { return d.ph.Record(id) }
	}
	if w.cfg.decide == nil {
		w.cfg.decide = func(d *device, id string, event review.Event, why *change.Reason) error {
			return d.ph.Transition(d.clock(), id, event, why)
		}
	}
	w.store = &frail{Store: cfg.Store, plan: sound}
	if err := w.settle(); err != nil {
		return nil, err
	}
	for day := range cfg.Days {
		w.planDay(begin + record.Instant(day)*record.DayMS)
		w.run(begin + record.Instant(day+1)*record.DayMS)
		select {
		case <-cfg.ended:
			return nil, context.Canceled
		default:
		}
	}
	if cfg.serverDies > 0 && w.cfg.serverDies <= 0 {
		w.report.Counts[serverAt]++
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
	w.divisions = list
	if err := w.engine.SetDivisions(context.Background(), list); err != nil {
		return err
	}
	for _, p := range posts {
		w.seats[p.name] = p.seat
		if err := w.engine.SetSeats(context.Background(), p.name, []record.Seat{p.seat}); err != nil {
			return err
		}
		d := &device{w: w, account: p.name, id: w.id(), seat: p.seat, cat: w.catalogue}
		d.ph = w.cfg.Trace.take(p.name, p.seat, d.cat, phone.New(d.cat, p.name, w.id()))
		switch {
		case !w.chance(w.faults.Clock):
		case w.strikes(clock1970, 0.3):
			d.skew = -w.now // a phone whose battery was out
		case w.strikes(clockWrong, 1) && w.chance(0.5):
			d.skew = record.Instant(1-2*w.rng.IntN(2)) * 5 * 365 * record.DayMS
		default:
			d.skew = record.Instant(1-2*w.rng.IntN(2)) * (record.DayMS + hour)
		}
		w.devices = append(w.devices, d)
	}
	w.store.plan = w.doom
	w.store.left, w.left, w.store.tried = &w.cfg.serverDies, w.cfg.phoneDies, w.cfg.tried
	return nil
}

// boot opens the engine over the store, as a start of the server does.
func (w *world) boot() (err error) {
	if s, mortal := w.store.Store.(Mortal); mortal && w.store.dead {
		w.report.Counts[FromDisk]++
		if w.store.Store, err = s.Killed(); err != nil {
			return err
		}
	}
	plan := w.store.plan
	w.store.plan, w.store.dead = sound, false
	w.engine, err = engine.Open(context.Background(), w.store, w.catalogue,
		engine.Options{Now: w.serverNow, NewID: w.id, Words: w.words, Recount: w.pieces(), Read: w.cfg.shelf.read})
	w.store.plan, w.store.committed = plan, w.sample
	return err
}

// doom is how the next transaction ends.
func (w *world) doom() ending {
	switch {
	case w.chance(w.faults.Crash):
		if w.strikes(crashAfter, 0.5) {
			return ending{how: diesAfter}
		}
		w.strikes(crashBefore, 1)
		return ending{dies, 1 + w.rng.IntN(30)}
	case w.strikes(diskFull, w.faults.Full):
		return ending{full, 1 + w.rng.IntN(30)}
	case w.strikes(storeBusy, w.faults.Busy):
		return ending{how: busy}
	}
	return ending{}
}

// reboot brings a crashed server back; it may crash while it starts.
func (w *world) reboot() {
	err := w.boot()
	for range 10 {
		if err == nil || !w.store.dead {
			break
		}
		err = w.boot()
	}
	if err != nil {
		w.fail("the server does not start again: %v", err)
	}
}

// insist does something to the server until it has said that it did.
func (w *world) insist(do func() error) {
	for range 100 {
		if do() == nil {
			return
		}
		if w.store.dead {
			w.reboot()
		}
	}
	w.fail("the server never does what it is told")
}

// planDay plans what happens on a day, from its midnight in Beijing.
func (w *world) planDay(midnight record.Instant) {
	for _, one := range []struct {
		rate     float64
		from, to int64
		strike   func()
	}{
		{w.faults.Rewind, 0, 24, w.backup},
		{w.faults.Clone, 0, 24, w.clone},
		{w.faults.Restore, 0, 24, w.restorePhone},
		{w.faults.Evict, 0, 24, w.evict},
		{w.faults.Garble, 0, 24, w.garble},
		{w.faults.Seats, 8, 18, w.unseat},
		{w.faults.Moves, 8, 18, w.move},
		{w.faults.Divisions, 8, 18, w.redivide},
		{w.faults.Forms, 8, 18, w.reform},
		{w.faults.Behind, 0, 24, w.fallBack},
		{w.faults.Campaigns, 8, 18, w.campaign},
	} {
		if w.chance(one.rate) {
			w.plan(midnight+w.during(one.from, one.to), one.strike)
		}
	}
	if w.chance(0.7) {
		w.plan(midnight+w.during(2, 4), w.copyOffSite)
	}
	for _, d := range w.devices {
		if w.chance(w.faults.Clock / 20) {
			w.plan(midnight+w.during(6, 20), func() {
				w.strikes(clockJumps, 1)
				d.jump()
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
				if w.strikes(offline, w.faults.Offline) {
					days := record.Instant(1 + w.rng.ExpFloat64()*6)
					if w.strikes(longOffline, 0.03) {
						days = record.Instant(31 + w.rng.IntN(150))
					}
					d.silent = w.now + min(days, 180)*record.DayMS
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

// dayAfter is a day n days later, "YYYY-MM-DD".
func dayAfter(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
