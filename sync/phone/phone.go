// Package phone is one installation's half of the protocol: the log that it
// writes, what it sends, and what it keeps of the answers. The app has its twin
// in TypeScript; the demo city, load tests and the simulation use this one, so
// that what they send is what phones send. It has no clock, no randomness and
// no network of its own.
package phone

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// Bounds of a batch (P6).
const (
	BatchChanges = 200
	BatchBytes   = 256 << 10
)

// keepSent is how long a change is kept after the server has it (P3). Where no copy off site is known to have it,
// keepMost of them are kept for as long as the phone is used (P12).
const (
	keepSent = 30 * record.DayMS
	keepMost = 20_000
)

// line is one change of the log with the exact bytes that its hash is of.
type line struct {
	change *change.Change
	bytes  []byte
	hash   string
	// trunk is the content that a patch was made on; the server knows it by its version alone.
	trunk record.Content
	acked record.Instant // server time of the answer that covered it, 0 before
}

// Phone is not safe for concurrent use: one tab leads (P5).
type Phone struct {
	account string
	epoch   string
	after   *change.After // where the newest log goes on from, nil where it is the first
	cat     *catalogue.Catalogue

	log     []line             // without the oldest, which Prune took
	of      map[string][]int64 // numbers of the lines of each record
	pruned  int64              // number of the last pruned line
	last    string             // hash of the newest line
	through int64              // last number that the server's ledger holds
	settled int64              // last number whose rows have come too (P3)
	asked   int64              // last number of the newest request
	durable int64              // last number that a copy off site has, 0 for none (P12)
	probe   bool               // the server did not know the log asked for: the one before it is asked next

	prunedHash, prunedEpoch string // of the last pruned line

	serverEpoch string
	cursors     map[string]int64
	feeds       map[string]map[string]*change.Row // feed, entity
	met         record.Instant                    // server time of the first answer of its epoch after another one
	seen        record.Instant                    // newest server time
	digests     map[string]change.Digest          // of each feed as it is stored (P10)
	bases       map[string]int64                  // heads of feeds when they were begun from nothing, until they are whole
	renewing    map[string]map[string]bool        // of feeds that are fetched anew, what has come
	differs     map[string]bool                   // feeds that are to be mended
	mending     *mending
	check       bool // the next exchange asks for all digests
	partial     bool // rows were forgotten
	outcomes    map[int64]change.Outcome
	names       map[string]string

	files bool             // feeds may come from files (W8)
	loads map[string]*load // those that do now, by feed
	lost  int              // files lost since one was stored

	writes func() // told before each thing that is written, nil for nobody
}

// Failing lets f be called before each thing that the phone writes: it may panic there, and the phone is then no more
// what it was. An app writes in a transaction instead. Simulations alone use it.
func (p *Phone) Failing(f func()) { p.writes = f }

// write comes before each thing that is to lie on the phone.
func (p *Phone) write() {
	if p.writes != nil {
		p.writes()
	}
}

// New is a freshly installed phone. epoch is 32 random hex digits.
func New(cat *catalogue.Catalogue, account, epoch string) *Phone {
	return &Phone{
		account: account, epoch: epoch, cat: cat,
		cursors: map[string]int64{}, feeds: map[string]map[string]*change.Row{},
		digests: map[string]change.Digest{}, bases: map[string]int64{}, renewing: map[string]map[string]bool{}, differs: map[string]bool{},
		outcomes: map[int64]change.Outcome{}, of: map[string][]int64{}, names: map[string]string{}, loads: map[string]*load{},
	}
}

// Account is whose log this is.
func (p *Phone) Account() string { return p.account }

// Epoch names the log.
func (p *Phone) Epoch() string { return p.epoch }

// Last is the number of the newest change, 0 for none.
func (p *Phone) Last() int64 { return p.pruned + int64(len(p.log)) }

// Durable is the number of the last change that a copy off site has, as the server last said.
func (p *Phone) Durable() int64 { return p.durable }

// Waiting is how many changes the server has not yet said to hold.
func (p *Phone) Waiting() int { return int(p.Last() - p.through) }

// Unsure reports whether the server did not know the log that was asked for, so that the next exchange asks which it
// knows: that one should come at once.
func (p *Phone) Unsure() bool { return p.probe }

// Draft is what a record is made of.
type Draft struct {
	Type   record.Type
	Entity string
	Unit   string
	Form   string // entries only
	Fields record.Content
	Submit bool
}

// Create appends a new record. The error is a *record.Error: unknown_form, or
// too_long for what no server would take.
func (p *Phone) Create(at record.Instant, d Draft) error {
	c := &change.Change{Type: d.Type, Entity: d.Entity, Kind: change.Create, Unit: d.Unit, Fields: d.Fields}
	if d.Type == record.Entry {
		form := p.cat.Form(d.Form)
		if form == nil {
			return record.Errorf(record.UnknownForm, "form %q", d.Form)
		}
		c.Form, c.FormVersion = form.ID, form.Version
	}
	if d.Submit {
		c.Event = review.Submit
	}
	return p.append(at, c, nil)
}

// Edit is what a patch brings.
type Edit struct {
	Fields  record.Content // an empty Value empties a field
	Submit  bool
	Resolve []string // conflicts that a reviewer decides (M7)
}

// Patch appends new values for a record that the phone shows. The error is a
// *record.Error: missing_entity for a record that it does not have.
func (p *Phone) Patch(at record.Instant, entity string, e Edit) error {
	shown := p.Record(entity)
	if shown == nil {
		return record.Errorf(record.MissingEntity, "record %s", entity)
	}
	c := &change.Change{Type: shown.Type, Entity: entity, Kind: change.Patch, Fields: e.Fields, Resolve: e.Resolve}
	if shown.Type == record.Entry {
		c.FormVersion = shown.FormVersion
	}
	if e.Submit {
		c.Event = review.Submit
	}
	var trunk record.Content
	if row := p.Row(entity); row != nil {
		c.Trunk, trunk = row.Version, row.Content
	}
	if len(e.Resolve) > 0 {
		c.Trunk = p.onScreen(shown)
	}
	return p.append(at, c, trunk)
}

// onScreen is the version of what a person decides on: the hash of the content
// that is shown, whatever its row calls itself (P14). Where the two are not the
// same storage has failed under it, and all that is stored is counted anew.
func (p *Phone) onScreen(shown *record.Record) string {
	if shown.Version == "" { // a stub, of which nothing is shown
		return ""
	}
	version := shown.Content.Version()
	if version != shown.Version {
		p.Recount()
	}
	return version
}

// Transition appends an event on the content that the screen shows (P14). The
// error is as of Patch.
func (p *Phone) Transition(at record.Instant, entity string, event review.Event, reason *change.Reason) error {
	shown := p.Record(entity)
	if shown == nil {
		return record.Errorf(record.MissingEntity, "record %s", entity)
	}
	return p.append(at, &change.Change{
		Type: shown.Type, Entity: entity, Kind: change.Transition, Event: event, Reason: reason, Trunk: p.onScreen(shown),
	}, nil)
}

// append numbers and chains a change and keeps its exact bytes (W2).
func (p *Phone) append(at record.Instant, c *change.Change, trunk record.Content) error {
	c.Epoch, c.After, c.N, c.Prev, c.At, c.Seen = p.epoch, p.after, p.Last()+1, p.last, at, p.seen
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("a change that is no JSON: %w", err)
	}
	if len(raw) > change.MaxLineBytes {
		return record.Errorf(record.TooLong, "change of %d bytes", len(raw))
	}
	p.write()
	p.last = change.Hash(raw)
	p.write()
	p.log = append(p.log, line{c, raw, p.last, trunk, 0})
	p.of[c.Entity] = append(p.of[c.Entity], c.N)
	return nil
}

// Request is the next exchange: the head, and the oldest unsent changes up to
// most (at least 1) and to the bounds of a batch (P6); they are of one log. The lines belong to the phone.
func (p *Phone) Request(most int) (change.Head, [][]byte) {
	epoch, _ := p.epochAt(p.through + 1)
	if p.probe {
		epoch, _ = p.epochAt(p.through)
		most = 0
	}
	head := change.Head{
		Protocol: change.Protocol, Epoch: epoch, From: p.through + 1,
		ServerEpoch: p.serverEpoch, Cursors: maps.Clone(p.cursors),
		Bases: maps.Clone(p.bases), Digests: p.check, Snapshots: p.files,
	}
	most = min(most, BatchChanges)
	var lines [][]byte
	size := 0
	for _, l := range p.log[p.through-p.pruned:] {
		size += len(l.bytes) + 1
		if len(lines) >= most || len(lines) > 0 && size > BatchBytes || l.change.Epoch != epoch {
			break
		}
		lines = append(lines, l.bytes)
	}
	p.asked = p.through + int64(len(lines))
	return head, lines
}

// at is a line by its number, nil where the phone has none.
func (p *Phone) at(n int64) *line {
	if i := n - p.pruned - 1; i >= 0 && i < int64(len(p.log)) {
		return &p.log[i]
	}
	return nil
}

// Prune forgets what the server has held for 30 days and a copy off site has too (P3); or, where none has it, what is
// beyond a bound (P12). now is the server's time. What is parked or was rejected stays. A server that came back from a copy
// may have had what that lacked from a request that was late, or from a clone: since when, nobody here knows, but no longer
// than it has been there.
func (p *Phone) Prune(now record.Instant) {
	n := 0
	for n < len(p.log) {
		c := p.log[n].change
		o, told := p.outcomes[c.N]
		safe := c.N <= p.durable || p.settled-c.N >= keepMost
		if c.N > p.settled || !safe || max(p.log[n].acked, p.met) > now-keepSent || told && (o.Outcome == change.Rejected || o.Outcome == change.Parked) {
			break
		}
		p.write()
		delete(p.outcomes, c.N)
		if p.of[c.Entity] = p.of[c.Entity][1:]; len(p.of[c.Entity]) == 0 {
			delete(p.of, c.Entity)
		}
		n++
	}
	if n > 0 {
		p.write()
		p.prunedHash, p.prunedEpoch = p.log[n-1].hash, p.log[n-1].change.Epoch
	}
	p.log, p.pruned = slices.Clone(p.log[n:]), p.pruned+int64(n)
}

// Lines gives every line that the phone keeps, in order, with its exact bytes.
func (p *Phone) Lines(f func(epoch string, n int64, bytes []byte) error) error {
	for _, l := range p.log {
		if err := f(l.change.Epoch, l.change.N, l.bytes); err != nil {
			return err
		}
	}
	return nil
}

// Use puts the catalogue in force that an answer has named (W3).
func (p *Phone) Use(cat *catalogue.Catalogue) { p.cat = cat }

// Each gives every row of the server that the phone keeps, in no order. The rows belong to the phone.
func (p *Phone) Each(f func(*change.Row)) {
	for _, rows := range p.feeds {
		for _, row := range rows {
			f(row)
		}
	}
}

// Empty reports whether the phone keeps no row of the server.
func (p *Phone) Empty() bool {
	for _, rows := range p.feeds {
		if len(rows) > 0 {
			return false
		}
	}
	return true
}

// Rows gives every row of the server that the phone keeps, by feed and entity.
func (p *Phone) Rows(f func(change.Row)) {
	for _, feed := range slices.Sorted(maps.Keys(p.feeds)) {
		for _, entity := range slices.Sorted(maps.Keys(p.feeds[feed])) {
			f(*p.feeds[feed][entity])
		}
	}
}
