package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// load is one way in which phones push.
type load struct {
	name   string
	phones int // half record, half approve
	batch  int // changes a push
	pushes int // of each phone in a round
}

func (l load) changes() int { return l.phones * l.batch * l.pushes }

// push is one request, whole: what it takes to make is not the server's.
type push struct {
	phone   int // its place among the phones of the load
	who     engine.Who
	head    change.Head
	lines   [][]byte
	changes int
	body    []byte // gzip of the lines, without the head
}

// crowd are the phones of a load, with what they have made so far.
type crowd struct {
	load
	seats   []seat
	logs    []*writing
	units   []record.Division
	waiting [][]made // of each recording phone: entries of the round before, to be approved in this one
	author  *author
	homes   []int              // of each phone's village
	feeds   []map[string]int64 // cursors that ask for no rows
}

func newCrowd(l load, c *city, places *record.Places, cat *catalogue.Catalogue, seed uint64) (*crowd, error) {
	a, err := newAuthor(cat, seed)
	if err != nil {
		return nil, err
	}
	w := &crowd{load: l, author: a, waiting: make([][]made, l.phones/2)}
	for i := range l.phones / 2 {
		for _, s := range []seat{c.Recorders[i], c.Reviewers[i]} {
			d, _ := places.Get(s.Unit)
			w.seats, w.units, w.homes = append(w.seats, s), append(w.units, d), append(w.homes, c.Homes[i])
			w.logs = append(w.logs, newWriting(s, id("load", l.name, seed, len(w.logs))))
			w.feeds = append(w.feeds, noMore(record.Actor{Account: s.Account, Seats: []record.Seat{{Role: s.Role, Unit: s.Unit}}}, places))
		}
	}
	return w, nil
}

// noMore are cursors that ask for no rows.
func noMore(a record.Actor, places *record.Places) map[string]int64 {
	out := map[string]int64{}
	for _, feed := range access.Feeds(a, places) {
		out[feed] = noRows
	}
	return out
}

// round makes what the phones push in a round, in an order that any server could meet: each phone's own order, the
// phones in turn. Approvals are of entries of the round before, so that nobody waits for anybody.
func (w *crowd) round() ([]push, error) {
	now := time.Now()
	var out []push
	fresh := make([][]made, len(w.waiting))
	for turn := range w.pushes {
		for phone, log := range w.logs {
			pair := phone / 2
			for i := range w.batch {
				var err error
				if phone%2 == 0 {
					var m made
					if m, err = w.author.entry(log, w.units[phone], w.homes[phone], now); err == nil {
						fresh[pair] = append(fresh[pair], m)
					}
				} else if at := turn*w.batch + i; at < len(w.waiting[pair]) {
					err = approve(log, w.waiting[pair][at], now)
				}
				if err != nil {
					return nil, err
				}
			}
			if len(log.list) == 0 {
				continue // nothing to approve yet: the first round records alone
			}
			head, lines := log.take()
			head.Cursors = w.feeds[phone]
			body, err := packed(bytes.Join(lines, []byte("\n")))
			if err != nil {
				return nil, err
			}
			out = append(out, push{phone, log.who, head, lines, len(lines), body})
		}
	}
	w.waiting = fresh
	return out, nil
}

// packed is gzip as a browser's CompressionStream makes it.
func packed(text []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

// headLine is the head as it travels: with a line break, in a gzip member of its own.
func headLine(head change.Head, cursors map[string]int64) ([]byte, error) {
	head.Cursors = cursors
	raw, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	return packed(append(raw, '\n'))
}
