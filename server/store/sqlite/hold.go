package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	fresh   bool // not in the file yet
	dirty   bool
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

// maxHeld bounds what the writer holds of each kind between transactions.
const maxHeld = 10_000

// maxFeeds is more, because they are small: each push asks for the heads of all feeds of its phone.
const maxFeeds = 10 * maxHeld

// hold is what the writer knows without asking the file: what it read or wrote before. It is true while nobody else
// writes; if somebody does, and where a transaction fails, it is forgotten.
type hold struct {
	seen    int64 // data_version: another when another connection has written
	records map[string]*held
	logs    map[string]engine.Log
	actors  map[string]record.Actor
	meta    map[string]string
	feeds   map[string]*feed
	last    int64 // the last num of records, 0: not known
	parked  *waiting
}

// waiting counts what is parked, by what it waits for and by record: mostly nothing is, and every change asks.
type waiting struct{ causes, entities map[string]int }

func newHold() *hold {
	h := &hold{}
	h.forget()
	return h
}

func (h *hold) forget() {
	*h = hold{seen: h.seen, records: map[string]*held{}, logs: map[string]engine.Log{}, actors: map[string]record.Actor{},
		meta: map[string]string{}, feeds: map[string]*feed{}}
}

// begin makes what is held true for a transaction that has just begun.
func (h *hold) begin(c *conn) error {
	var version int64
	if _, err := c.one("PRAGMA data_version", nil, &version); err != nil {
		return err
	}
	if version != h.seen || len(h.records) > maxHeld || len(h.logs) > maxHeld || len(h.feeds) > maxFeeds || len(h.actors) > maxHeld {
		h.forget()
		h.seen = version
	}
	return nil
}

// Of what is parked there may be so much one day that it is better counted by the file.
const maxParked = 20_000

// load reads what is parked, once.
func (h *hold) load(c *conn) error {
	if h.parked != nil {
		return nil
	}
	w := &waiting{map[string]int{}, map[string]int{}}
	err := c.each("SELECT waits_for, entity FROM parked LIMIT ?", []any{maxParked + 1}, func(scan func(...any) error) error {
		var cause, entity string
		if err := scan(&cause, &entity); err != nil {
			return err
		}
		w.causes[cause]++
		w.entities[entity]++
		return nil
	})
	h.parked = w
	return err
}

// none reports whether surely nothing is parked under a key.
func (w *waiting) none(counts map[string]int, key string) bool {
	return counts[key] == 0 && len(w.causes)+len(w.entities) <= maxParked
}

// record finds a record, in what is held or in the file.
func (h *hold) record(c *conn, id string) (*held, error) {
	if r, known := h.records[id]; known {
		return r, nil
	}
	r := &held{}
	var feeds, counted, body string
	found, err := c.one("SELECT num, feeds, counted, body FROM records WHERE id = ?", []any{id}, &r.num, &feeds, &counted, &body)
	if err != nil {
		return nil, err
	}
	if found {
		if r.record, err = decodeBody(body); err != nil {
			return nil, err
		}
		if r.feeds, err = decodePlaces(feeds); err != nil {
			return nil, err
		}
		if r.counted, err = decodeCounted(counted, r.record.Unit); err != nil {
			return nil, err
		}
	}
	h.records[id] = r
	return r, nil
}

func encodePlaces(list []feedPlace) string {
	b := make([]byte, 0, 24*len(list)+2)
	b = append(b, '[')
	for i, p := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '['), p.feed, 10)
		b = strconv.AppendInt(append(b, ','), p.seq, 10)
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

func decodePlaces(text string) (list []feedPlace, err error) {
	if text == "[]" {
		return nil, nil
	}
	// Nearly every record is in one feed.
	if one, only := strings.CutSuffix(strings.TrimPrefix(text, "[["), "]]"); only && strings.Count(one, ",") == 1 {
		feed, seq, _ := strings.Cut(one, ",")
		f, err1 := strconv.ParseInt(feed, 10, 64)
		q, err2 := strconv.ParseInt(seq, 10, 64)
		return []feedPlace{{f, q}}, errors.Join(err1, err2)
	}
	var pairs [][2]int64
	err = json.Unmarshal([]byte(text), &pairs)
	for _, p := range pairs {
		list = append(list, feedPlace{p[0], p[1]})
	}
	return list, err
}

// A record's contributions are all of its own unit.

func encodeCounted(list []totals.Contribution) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	rows := make([][5]any, len(list))
	for i, c := range list {
		rows[i] = [5]any{c.Indicator, c.Group, c.Day, c.Key, c.Value}
	}
	raw, err := json.Marshal(rows)
	return string(raw), err
}

func decodeCounted(text, unit string) (list []totals.Contribution, err error) {
	if text == "[]" {
		return nil, nil
	}
	var rows [][5]json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("contributions of a record: %w", err)
	}
	for _, r := range rows {
		c := totals.Contribution{Unit: unit}
		for i, to := range []any{&c.Indicator, &c.Group, &c.Day, &c.Key, &c.Value} {
			if err := json.Unmarshal(r[i], to); err != nil {
				return nil, fmt.Errorf("contributions of a record: %w", err)
			}
		}
		list = append(list, c)
	}
	return list, nil
}
