package engine

import (
	"context"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// Store keeps the log and all that follows from it. server/store/storetest is
// the contract that every store passes.
type Store interface {
	// Update runs f in the one writing transaction. If f or the commit fails,
	// nothing of it remains and the error comes back. f may be run again.
	Update(ctx context.Context, f func(Tx) error) error
	// View runs f on one snapshot.
	View(ctx context.Context, f func(Reader) error) error
	// Glance reads of one snapshot what an exchange asks that finds nothing new.
	Glance(ctx context.Context, epoch string, cursors []Cursor) (Glance, error)
}

// Log is what the server holds of one epoch. The zero Log is an unknown one.
type Log struct {
	Epoch   string
	Account string
	Device  string
	Through int64  // last number in the ledger
	Chain   string // hash of that line
	Durable *int64 // last number that a verified copy off site has (S21); nil where none has any
}

// Line is one row of the ledger.
type Line struct {
	Seq      int64 // place in the whole ledger
	Epoch    string
	N        int64
	Hash     string
	Bytes    []byte
	Entity   string // "" where it is about none, and for an unreadable line
	Account  string // "" for a line of the server's own log
	Received record.Instant
	Outcome  change.Outcome
}

// Parked is a ledger line that waits. WaitsFor names the cause: a record's id,
// "form:ID", "seat:ACCOUNT", "behind:ENTITY" or "version:ENTITY:VERSION". Seq is its place in the ledger.
type Parked struct {
	Seq      int64
	Epoch    string
	N        int64
	Entity   string
	WaitsFor string
}

// View of a record in a feed.
type View int

const (
	Whole View = iota
	Stub
	Gone
)

// FeedRow is a place in a feed with the record as it is now; Record is nil
// where View is Gone, and where the row is packed (change.Row).
type FeedRow struct {
	Seq    int64
	Entity string
	Type   record.Type
	View   View
	Record *record.Record

	Packed             []byte
	Author, ApprovedBy string // of a packed row
}

// Feed is a feed as a whole. Floor is the place of the newest tombstone that was
// taken away: who has not been beyond it may keep what is gone (S19).
type Feed struct {
	Head, Floor int64
	// Narrowed is the place where the last row stands that was whole in the feed and is so no more (S20).
	Narrowed int64
	Digest   change.Digest // of its rows that are no tombstones
	Counted  bool          // whether the digest is known
}

// Since is the place from which on a file of the feed may be given out: what
// was made before has what its readers may not have, or a cursor that is void.
func (f Feed) Since() int64 { return max(f.Narrowed, f.Floor) }

// Mark says how far a feed was at a time.
type Mark struct {
	Feed string
	At   record.Instant
	Seq  int64
}

// Figure is a stored total or distinct count.
type Figure struct {
	totals.Cell
	Value   int64
	Entries int64 // contributions that a total is made of; not told of distinct counts
}

// MonthTotal is a total in one month, MonthStep a step of a distinct count.
type MonthTotal struct {
	totals.Figure
	Month          int
	Value, Entries int64
}

// MonthStep says how many keys stand in a month and stood last in Prev before it.
type MonthStep struct {
	totals.Figure
	Month, Prev int
	N           int64
}

// DayRow is what contributions of a unit add up to over days: those of a figure that have the same key.
type DayRow struct {
	totals.Figure
	Unit, Key      string
	Value, Entries int64
}

// Waiting counts the entries of a unit and form that wait for a decision.
type Waiting struct {
	Unit, Form string
	Count      int64
}

// Counted is a contribution with the record that it came from.
type Counted struct {
	Entity string
	totals.Contribution
}

// Place is where a page of contributions goes on.
type Place struct{ Unit, Day, Entity, Key string }

// Begun is an entry and the place of the ledger's first line about it.
type Begun struct {
	Seq    int64
	Entity string
}

// CampaignRow is a campaign as a store keeps it: whole, and what it may be found by.
type CampaignRow struct {
	ID, Unit, State, Start, Deadline string
	JSON                             []byte
}

// Reader reads one snapshot. A thing that is not there is nil or zero, never an error.
type Reader interface {
	Meta(key string) (string, error)
	Divisions() ([]record.Division, error)
	Actor(account string) (record.Actor, error)
	ReviewersAt(unit string) ([]string, error)

	Log(epoch string) (Log, error)
	// LogsOf gives the logs whose epoch begins so, the server's own too.
	LogsOf(prefix string) ([]Log, error)
	Line(epoch string, n int64) (*Line, error)
	// Lines walks the whole ledger in order.
	Lines(f func(Line) error) error
	// History gives the lines of one record in order.
	History(entity string) ([]Line, error)
	// LineAt gives the line at a place of the ledger.
	LineAt(seq int64) (*Line, error)
	// LastSeq is the ledger's last place.
	LastSeq() (int64, error)

	Record(id string) (*record.Record, error)
	// Records walks all records.
	Records(f func(*record.Record) error) error
	// EntriesOf counts the entries of some forms.
	EntriesOf(forms []string) (int64, error)
	// Begun lists the entries of some forms whose first line lies after one place of the ledger and up to another, in
	// its order.
	Begun(after, upTo int64, forms []string, limit int) ([]Begun, error)
	Version(id, version string) (record.Content, error)
	// Campaigns gives all campaigns, by id.
	Campaigns() ([]CampaignRow, error)
	// CountedOn walks the counted entries of a form with an approved occurred_on in the span, both days included, in no order.
	CountedOn(form, from, to string, f func(*record.Record) error) error
	// DoneIn gives the counted entries of a unit by itself with an approved occurred_on in the span, both days included, by
	// id: of some forms, or of all where forms is nil.
	DoneIn(unit string, forms []string, from, to string) ([]*record.Record, error)
	// Households lists a unit's households by id, HouseholdsIn counts those of each of some units; one without any may be missing.
	Households(unit string) ([]*record.Record, error)
	HouseholdsIn(units []string) (map[string]int64, error)
	// ParkedOn and ParkedOf are in the ledger's order.
	ParkedOn(waitsFor string) ([]Parked, error)
	ParkedOf(entity string) ([]Parked, error)
	// AllParked gives all that is parked, and Rejected the accounts' lines that were rejected; of too many the newest, newest first.
	AllParked(limit int) ([]Parked, error)
	Rejected(limit int) ([]Line, error)
	// Counting gives the counted entries of a form about a household with an
	// approved occurred_on in the span, both days included.
	Counting(form, household, from, to string) ([]*record.Record, error)
	// Due gives the counted entries of a form about a household that ask for
	// another entry on the day or later.
	Due(form, household, from string) ([]*record.Record, error)
	// Following gives the entries that follow one, by id.
	Following(id string) ([]*record.Record, error)
	// Pressing lists urgent entries that wait for a decision.
	Pressing() ([]*record.Record, error)
	// Undecided lists the units' entries that wait for a decision.
	Undecided(units []string) ([]*record.Record, error)

	FeedRows(feed string, after int64, limit int) ([]FeedRow, error)
	// PackedRows gives the same; whole rows may be packed.
	PackedRows(feed string, after int64, limit int) ([]FeedRow, error)
	FeedHead(feed string) (int64, error)
	// Feeds gives several feeds; one that nothing was put into may be missing.
	Feeds(ids []string) (map[string]Feed, error)
	// Uncounted lists feeds whose digest is not kept yet, because an older program wrote them.
	Uncounted(limit int) ([]string, error)
	// Marks lists marks no younger than a time, oldest first.
	Marks(until record.Instant, limit int) ([]Mark, error)

	Contributions(entity string) ([]totals.Contribution, error)
	// AllContributions walks every contribution.
	AllContributions(f func(Counted) error) error
	// Counted pages through one figure's contributions, unit by unit in the order given, day by day.
	Counted(indicator, group string, units []string, fromDay, toDay string, after Place, limit int) ([]Counted, error)
	// Totals and DistinctTotals give a unit's figures for a span of months, both ends included. The group of a total is
	// the one that it is kept under (totals.GroupOf). Of some indicators, or of all where none is named.
	Totals(unit string, from, to int, of ...string) ([]Figure, error)
	DistinctTotals(unit string, from, to int, of ...string) ([]Figure, error)
	// WholeTotals and WholeDistinctTotals give the same of wholes alone: no part, but all that a whole is kept under.
	WholeTotals(unit string, from, to int, of ...string) ([]Figure, error)
	WholeDistinctTotals(unit string, from, to int, of ...string) ([]Figure, error)
	// Standing gives how many keys of each figure stand in a unit at the end of a month; a figure may come more than once,
	// and adds up.
	Standing(unit string, month int) ([]Figure, error)
	WholeStanding(unit string, month int, of ...string) ([]Figure, error)
	// MonthTotals and MonthSteps give what Totals and DistinctTotals are made of, for some indicators.
	MonthTotals(unit string, from, to int, indicators []string) ([]MonthTotal, error)
	MonthSteps(unit string, from, to int, indicators []string) ([]MonthStep, error)
	// DayRows walks what is counted in some units over days, by figure, unit and key, each in one row or in several that
	// add up: of some figures, or of all where none is named. What stands is not among it.
	DayRows(figures []totals.Figure, units []string, fromDay, toDay string, f func(DayRow) error) error
	// LaterRows walks the same of all figures, over days on which there is little: those after today.
	LaterRows(units []string, fromDay, toDay string, f func(DayRow) error) error
	// KeyRows walks where some keys of a distinct count stand over days: a unit may come more than once.
	KeyRows(figure totals.Figure, keys []string, fromDay, toDay string, f func(key, unit string) error) error
	// StandingRows walks all contributions up to a day of those keys that begin or cease to stand on some days up to it,
	// key by key.
	StandingRows(fromDay, toDay string, f func(totals.Contribution) error) error
	// CountedRows counts one figure's contributions over days: of those that count in spans that hold another day too,
	// where that day lies from the first of these days to sinceTo.
	CountedRows(indicator, group string, units []string, fromDay, toDay, sinceTo string) (int64, error)
	// AllTotals walks every total that is not nought, with its month, AllSteps, for distinct counts, every step, and
	// AllStandings by how many more keys stand at the end of each month than before it.
	AllTotals(f func(cell totals.Cell, month int, value, entries int64) error) error
	AllSteps(f func(cell totals.Cell, month, prev int, n int64) error) error
	// WideMonths walks what a store keeps of keys that stand in many places (totals.Store.AddKeyMonth).
	WideMonths(f func(cell totals.Cell, key string, month int, n int64) error) error
	AllStandings(f func(cell totals.Cell, month int, n int64) error) error

	// DayTotals adds up what is kept of a unit by the day, by indicator: of some, or of all where none is named.
	DayTotals(unit, fromDay, toDay string, of ...string) ([]Figure, error)
	// LastDays tells of some units the last day up to one on which something was done that everybody may know of
	// (DayCell.Entries of the unit by itself); one without any is missing.
	LastDays(units []string, upTo string) (map[string]string, error)
	// AllDays walks all that is kept by the day and is not nought.
	AllDays(f func(at DayCell, value, entries int64) error) error
	// SentDays lists, of some units each with all below it, how many of the entries that wait were sent on which day
	// (WorkWaiting), in the order of the days; a unit where nothing waits is missing.
	SentDays(units []string) (map[string][]SentDay, error)
	// Worked pages through the records that a number of work counts in a unit by itself, by month and then by id: of some
	// forms, or of all where forms is nil.
	Worked(indicator, unit string, forms []string, from, to int, after Worked, limit int) ([]Worked, error)
	// AllWorked walks all of them.
	AllWorked(f func(Worked) error) error
	// Longest lists what waits in some units, that which was sent first, and then by id.
	Longest(units []string, limit int) ([]*record.Record, error)
}

// Tx writes. It reads its own writes.
type Tx interface {
	Reader
	totals.Store

	SetMeta(key, value string) error
	PutCampaign(c CampaignRow) error
	SetDivisions(list []record.Division) error
	SetActor(a record.Actor) error

	// PutLog keeps what is durable of a log that is there already.
	PutLog(l Log) error
	// MarkDurable makes every log durable up to its last number at or before a place of the ledger (S21), and none
	// less durable than it is.
	MarkDurable(seq int64) error
	// AppendLine gives the line its place in the ledger and tells it.
	AppendLine(l Line) (seq int64, err error)
	SetOutcome(epoch string, n int64, o change.Outcome) error

	PutRecord(r *record.Record) error
	PutVersion(id, version string, c record.Content) error
	PutParked(p Parked) error
	DeleteParked(epoch string, n int64) error

	// PutFeedRow moves a record, which is there, to the feed's next place (S10).
	PutFeedRow(feed, entity string, typ record.Type, v View) error
	// AddDigest changes a feed's digest; that of an uncounted feed stays unknown (S18).
	AddDigest(feed string, d change.Digest) error
	// SetDigest says what a feed's digest is.
	SetDigest(feed string, d change.Digest) error
	// PutMarks marks where each feed stands that has moved since its newest mark, if that is no younger than a time.
	PutMarks(at, until record.Instant) error
	DropMark(m Mark) error
	// DropGone takes the oldest tombstones up to a place out of a feed, at most limit, and moves its floor to the last
	// of them. It tells how many they were (S19).
	DropGone(feed string, upTo int64, limit int) (int, error)
	// Narrow notes that a row which was whole in the feed is so no more: it is at the feed's last place now.
	Narrow(feed string) error
	// AddDay adds to what is kept at a cell by the day.
	AddDay(at DayCell, value, entries int64) error
	// AddWorked adds to how often a number of work counts a record; what comes to nought is gone.
	AddWorked(at Worked) error
	// ChangeContributions takes contributions of a record out and puts others in.
	ChangeContributions(entity string, out, in []totals.Contribution) error
}

// Follows is the entry that a record follows, "" for none; stores index by it.
// What is approved says it once there is such: a case is counted, and only
// approved content counts.
func Follows(r *record.Record) string {
	if r.Approved != nil {
		return r.Approved[catalogue.KeyFollows].String()
	}
	return r.Content[catalogue.KeyFollows].String()
}

// Waits reports whether a state waits for a reviewer; stores index by it.
func Waits(s review.State) bool { return s == review.Submitted || s == review.Amended }
