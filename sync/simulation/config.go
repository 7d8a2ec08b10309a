// Package simulation plays a district at work over any store: phones by the
// phone's own rules, the real engine, a line that loses and repeats, clocks that
// lie, a server that crashes. It is deterministic: one seed, one trace. After the
// last day everything heals, and the checker holds what the protocol promises.
package simulation

import (
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Config says what is played. The same Config gives the same Report.
type Config struct {
	Seed    uint64
	Phones  int // volunteers' phones; reviewers' come on top
	Days    int
	Entries int // that a volunteer records on a working day, on average
	Faults  Faults

	// Shift is by how much every phone's clock is off, beside its own fault: it must change nothing.
	Shift record.Instant

	Catalogue *catalogue.Catalogue
	Store     Store

	// hear is how a phone takes an answer; tests plant faults here.
	hear func(*device, *change.Answer) error
}

// Store is what the simulation runs on, and where a lost server comes back from.
type Store interface {
	engine.Store
	// Copy gives the store as it is now, nil where it cannot: then no server is lost.
	Copy() Store
}

// Faults are probabilities; the zero Faults are a perfect world.
type Faults struct {
	RequestLost float64 // of an exchange
	AnswerLost  float64
	Twice       float64 // the request arrives twice
	Late        float64 // the request arrives once more, hours after the phone gave it up
	Portal      float64 // a page that is not the protocol's comes instead of the answer
	Crash       float64 // of a transaction: the server dies before the commit, in the middle of it or after it
	Offline     float64 // of an evening: no signal for 1 to 180 days
	Clock       float64 // of a phone: a day off, five years off, at 1970; and that it jumps on a day
	Poison      float64 // of a working day: a line that no server can apply
	Seats       float64 // of a day: somebody loses her seat with a full queue, and gets it back later
	Clone       float64 // of a day: somebody's phone is copied to another one, and both go on
	Restore     float64 // of a day: somebody's phone goes back to a copy of itself
	Garble      float64 // of a day: storage fails under a row on somebody's phone
	Rewind      float64 // of a day: the server is lost and comes back from a copy 1 hour to 30 days old
}

// Usual is a year of bad luck in two months.
var Usual = Faults{
	RequestLost: 0.1, AnswerLost: 0.1, Twice: 0.05, Late: 0.03, Portal: 0.03, Crash: 0.02,
	Offline: 0.15, Clock: 0.2, Poison: 0.02, Seats: 0.02, Clone: 0.02, Restore: 0.03, Rewind: 0.03, Garble: 0.1,
}

// Report is what happened.
type Report struct {
	Seed     uint64         `json:"seed"`
	Trace    string         `json:"trace"` // SHA-256, hex, of all that happened, in order
	Lines    int64          `json:"lines"` // of the ledger
	Records  int            `json:"records"`
	Counts   map[string]int `json:"counts"` // faults that struck, and outcomes
	Rounds   int            `json:"rounds"` // of healing, until nothing moved any more
	Failures []string       `json:"failures"`
}

// Holds reports whether every promise was kept.
func (r *Report) Holds() bool { return len(r.Failures) == 0 }
