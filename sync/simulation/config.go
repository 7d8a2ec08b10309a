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
	"niangjia/sync/review"
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

	// Recount is after how many commits every total is counted again; 0 stands for a sample.
	Recount int
	// State asks for the Report's hash of the state.
	State bool

	Catalogue *catalogue.Catalogue
	Store     Store

	ended <-chan struct{} // nobody waits for the end any more; nil for never
	shelf *shelf          // that worlds share; nil for one of its own

	// Tests plant faults into the phone here: how it takes an answer, what it shows to a reviewer, what it writes of her decision.
	hear   func(*device, *change.Answer) error
	look   func(*device, string) *record.Record
	decide func(*device, string, review.Event, *change.Reason) error
	// And let the server, or a phone, die at its n-th write after the beginning; 0 for never.
	serverDies, phoneDies int
	tried                 func(write string) // told of each write of the server until then

	// Trace records what one phone does and hears, nil for none.
	Trace *Trace
}

// Store is what the simulation runs on, and where a lost server comes back from.
type Store interface {
	engine.Store
	// Copy gives the store as it is now, nil where it cannot: then no server is lost.
	Copy() Store
}

// Mortal is a store that knows what is left of it when its process dies. With one that does not, a server that comes back
// goes on with the store that it had, and what that remembers.
type Mortal interface {
	Store
	Killed() (Store, error)
}

// Faults are probabilities; the zero Faults are a perfect world.
type Faults struct {
	// Of an exchange.
	RequestLost float64
	RequestCut  float64 // it breaks off; what came whole is taken, and nobody is told
	AnswerLost  float64
	AnswerCut   float64
	Twice       float64 // the request arrives twice
	Late        float64 // the request arrives once more, hours after the phone gave it up and sent others
	Portal      float64 // a page that is not the protocol's comes instead of the answer
	Tabs        float64 // another tab of the app saves and wants to send meanwhile; or the one that leads is closed

	// Of a transaction of the server: it dies before a write, before the commit or after it; the disk is full at any of these; the database is locked.
	Crash float64
	Full  float64
	Busy  float64

	// Of something that a phone writes: the app dies before the commit; there is no room.
	PhoneCrash float64
	PhoneFull  float64

	Offline float64 // of an evening: no signal for 1 to 180 days
	Clock   float64 // of a phone: a day off, five years off, at 1970; a twentieth of it, of a day, that it jumps, and of a save, that it jumps in it
	Poison  float64 // of a working day: a line that no server can apply

	// Of a day, for one of all: she loses her seat with a full queue, and gets it back later; she moves to another
	// village; a village is renamed or put under another township; a form gets a new version.
	Seats     float64
	Moves     float64
	Divisions float64
	Forms     float64

	// Of a day: a campaign that counts by a condition of its own is published, or one of before extended. Not among what is
	// usual: each draw would make other worlds of the seeds that once failed.
	Campaigns float64

	// Of a day, for one phone of all: it is copied to another one, and both go on; it goes back to a copy of itself;
	// everything on it is gone.
	Clone   float64
	Restore float64
	Evict   float64

	Behind float64 // of a day: the server goes back a release, which does not know a word of what phones send, for some days

	Garble float64 // of a day: storage fails under a row on somebody's phone
	Rewind float64 // of a day: a copy of the server is made, to which it goes back 1 hour to 30 days later
}

// Usual is a year of bad luck in two months.
var Usual = Faults{
	RequestLost: 0.1, RequestCut: 0.02, AnswerLost: 0.1, AnswerCut: 0.02, Twice: 0.05, Late: 0.03, Portal: 0.03, Tabs: 0.03,
	Crash: 0.02, Full: 0.01, Busy: 0.01, PhoneCrash: 0.002, PhoneFull: 0.002,
	Offline: 0.15, Clock: 0.2, Poison: 0.02,
	Seats: 0.06, Moves: 0.03, Divisions: 0.03, Forms: 0.03,
	Clone: 0.03, Restore: 0.03, Evict: 0.02, Behind: 0.03, Garble: 0.1, Rewind: 0.03,
}

// The names under which Report.Counts has the faults that struck.
const (
	requestLost  = "request lost"
	requestCut   = "request cut off"
	answerLost   = "answer lost"
	answerCut    = "answer cut off"
	twice        = "request sent twice"
	late         = "request arrives late"
	portal       = "portal's page"
	leaseHeld    = "two tabs: the lease is held"
	leaderClosed = "two tabs: the leader is closed"
	serverAt     = "server dies at a write"
	crashBefore  = "server crashes before the commit"
	crashAfter   = "server crashes after the commit"
	diskFull     = "server's disk is full"
	storeBusy    = "server's database is busy"
	phoneAt      = "phone crashes at a write"
	phoneBefore  = "phone crashes before the commit"
	phoneAfter   = "phone crashes after the commit"
	phoneFull    = "phone is full"
	offline      = "offline for days"
	longOffline  = "offline for more than a month"
	clockWrong   = "clock a day or years off"
	clock1970    = "clock at 1970"
	clockJumps   = "clock jumps"
	clockInSave  = "clock jumps during a save"
	poison       = "poison change"
	seatLost     = "seat lost"
	seatQueue    = "seat lost with a queue"
	accountMoved = "account moved to another village"
	movedQueue   = "account moved with a queue"
	unitRenamed  = "village renamed"
	unitMoved    = "village moved to another township"
	unitQueue    = "village changed while a phone of it has a queue"
	behind       = "server a release behind"
	formChanged  = "form changed"

	figureChanged  = "figure counts otherwise"
	countedBetween = "entries counted anew between exchanges"
	diedCounting   = "server crashes while it counts anew"

	oldForm  = "change by an old form"
	cloned   = "phone cloned"
	restored = "phone restored"
	evicted  = "phone evicted"
	garbled  = "row on a phone garbled"
	rewound  = "server rewound"
)

// FromDisk counts the starts of a server from what its death left on a disk (Mortal). No fault of its own: a crash is.
const FromDisk = "server started from what was left on the disk"

// Kinds lists every kind of fault: a run of many seeds that leaves one out proves nothing about it.
func Kinds() []string {
	return []string{
		requestLost, requestCut, answerLost, answerCut, twice, late, portal, leaseHeld, leaderClosed,
		crashBefore, crashAfter, diskFull, storeBusy, phoneAt, phoneBefore, phoneAfter, phoneFull,
		offline, longOffline, clockWrong, clock1970, clockJumps, clockInSave, poison,
		seatLost, seatQueue, accountMoved, movedQueue, unitRenamed, unitMoved, unitQueue, behind, formChanged, oldForm,
		figureChanged, countedBetween, diedCounting,
		cloned, restored, evicted, garbled, rewound,
	}
}

// Report is what happened.
type Report struct {
	Seed     uint64         `json:"seed"`
	Trace    string         `json:"trace"`           // SHA-256, hex, of all that happened, in order
	State    string         `json:"state,omitempty"` // and of the records and totals at the end, without what clocks leave in them
	Lines    int64          `json:"lines"`           // of the ledger
	Records  int            `json:"records"`
	Recounts int            `json:"recounts"` // of all totals, on the way
	Counts   map[string]int `json:"counts"`   // faults that struck, and outcomes
	Rounds   int            `json:"rounds"`   // of healing, until nothing moved any more
	Failures []string       `json:"failures"`
}

// Holds reports whether every promise was kept.
func (r *Report) Holds() bool { return len(r.Failures) == 0 }
