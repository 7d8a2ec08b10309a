package sqlite

import (
	"cmp"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// held is a record as the writer holds it, with what its next change must take out again.
type held struct {
	num     int64          // 0: not there
	record  *record.Record // never changed in place
	feeds   []feedPlace    // its rows in feed_rows
	counted []totals.Contribution
	columns columns // as last read or handed over
	fresh   bool    // not handed over yet
	redated bool    // it counts by another day than before: of what it counted then some may be apart from that day
	dirty   bool
}

// columns are what queries ask for of a record.
type columns struct {
	counting
	state, occurred, follows string
	urgent                   bool
	sent                     int64
}

func columnsOf(h *held) columns {
	r := h.record
	return columns{countingOf(r), string(r.State), r.Content[catalogue.KeyOccurredOn].String(), engine.Follows(r), r.Urgent, sentOf(r)}
}

type feedPlace struct {
	feed int64
	seq  int64
}

// feed is a feed as the writer holds it.
type feed struct {
	num   int64
	at    engine.Feed
	moved bool // not as it is in the file
}

// maxHeld bounds what the writer holds of each kind.
const maxHeld = 4_000

// maxFeeds is more, because they are small: each push asks for the heads of all feeds of its phone.
const maxFeeds = 25 * maxHeld

// hold is what the writer knows without asking the file: what it read or wrote before. Whatever it has written and that
// may not be committed yet is here, or else marked as written, so that it is not looked for among what is committed.
// It is true while nobody else writes; if somebody does, and where a transaction fails, it is forgotten. It is
// otherwise forgotten only when everything is committed.
type hold struct {
	seen    int64 // data_version: another when another connection has written
	records map[string]*held
	homes   map[string][]*held // records that were put, by the households that they counted for
	logs    map[string]engine.Log
	actors  map[string]record.Actor
	meta    map[string]string
	feeds   map[string]*feed
	keys    map[keyAt]narrow
	wide    map[keyAt]*wideKey // nil where it is not known which keys are
	parked  *waiting

	wideUnits int // places of months in wide

	// The last that were given out, 0 where not known.
	lastRecord, lastFeed, lastLine int64

	// What was written and is not held.
	lines    map[string]bool // epochs with new lines, or other outcomes of old ones
	versions map[string]bool // records with other versions
	apart    bool            // seats, divisions or what is durable of logs: then all is forgotten after the commit
}

type keyAt struct{ indicator, group, key string }

func newHold() *hold {
	h := &hold{}
	h.forget()
	return h
}

func (h *hold) forget() {
	*h = hold{seen: h.seen, records: map[string]*held{}, homes: map[string][]*held{}, logs: map[string]engine.Log{},
		actors: map[string]record.Actor{}, meta: map[string]string{}, feeds: map[string]*feed{},
		keys: map[keyAt]narrow{}, lines: map[string]bool{}, versions: map[string]bool{}}
}

// full reports whether it is time to forget.
func (h *hold) full() bool {
	return h.apart || len(h.feeds) > maxFeeds || max(len(h.records), len(h.logs), len(h.actors), len(h.keys), len(h.lines), h.wideUnits) > maxHeld
}

// record finds a record, in what is held or in the file.
func (h *hold) record(c *conn, id string) (*held, error) {
	if r, known := h.records[id]; known {
		return r, nil
	}
	var row heldRow
	found, err := c.one("SELECT "+heldColumns+" FROM records WHERE id = ?", []any{id}, row.columns()...)
	if err != nil {
		return nil, err
	}
	r := &held{}
	if found {
		if r, err = row.decode(); err != nil {
			return nil, err
		}
	}
	h.records[id] = r
	return r, nil
}

const heldColumns = "num, id, feeds, counted, body"

type heldRow struct {
	num                      int64
	id, feeds, counted, body string
}

func (r *heldRow) columns() []any { return []any{&r.num, &r.id, &r.feeds, &r.counted, &r.body} }

func (r *heldRow) decode() (*held, error) {
	h := &held{num: r.num}
	var err error
	if h.record, err = decodeBody(r.body); err != nil {
		return nil, err
	}
	if h.feeds, err = decodePlaces(r.feeds); err != nil {
		return nil, err
	}
	h.columns = columnsOf(h)
	h.counted, err = decodeCounted(r.counted, h.record.Unit)
	return h, err
}

// counting is where a record stands among those that count for a household: all "" where it does not.
type counting struct{ household, countedOn, dueOn string }

func countingOf(r *record.Record) counting {
	if !r.Counts() {
		return counting{}
	}
	return counting{r.Approved[catalogue.KeyHousehold].String(), r.Approved[catalogue.KeyOccurredOn].String(), r.DueOn}
}

// put notes a record that is written.
func (h *hold) put(r *held) {
	home := countingOf(r.record).household
	if home != "" && !slices.Contains(h.homes[home], r) {
		h.homes[home] = append(h.homes[home], r)
	}
}

// countedFor gives the records that count for a household, of those that a query of the file gives and those that were
// written since, as they are now. by tells the day of a record that is asked for, by which they are put in order.
func (h *hold) countedFor(c *conn, household string, by func(*record.Record, counting) (day string, asked bool), query string, args ...any) ([]*record.Record, error) {
	if household == "" {
		return nil, nil
	}
	type dated struct {
		day string
		r   *record.Record
	}
	var list []dated
	take := func(r *held) {
		at := countingOf(r.record)
		if day, asked := by(r.record, at); asked && at.household == household {
			list = append(list, dated{day, r.record})
		}
	}
	written := h.homes[household]
	err := c.each(query, args, func(scan func(...any) error) error {
		var row heldRow
		if err := scan(row.columns()...); err != nil {
			return err
		}
		r, known := h.records[row.id]
		if !known {
			var err error
			if r, err = row.decode(); err != nil {
				return err
			}
			h.records[row.id] = r
		}
		if !slices.Contains(written, r) {
			take(r)
		}
		return nil
	})
	for _, r := range written {
		take(r)
	}
	slices.SortFunc(list, func(a, b dated) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.r.ID, b.r.ID)) })
	out := make([]*record.Record, len(list))
	for i, d := range list {
		out[i] = d.r
	}
	return out, err
}
