package engine

import (
	"context"
	"fmt"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// state compares what decides and what is sent beside the records: divisions,
// seats, what is parked, earlier contents and every feed.
func (v *Verification) state(have, right Reader, w *world) error {
	a, err := have.Divisions()
	if err != nil {
		return err
	}
	b, err := right.Divisions()
	if err != nil {
		return err
	}
	if !slices.Equal(a, b) {
		v.differ("divisions", "all", text(a), text(b))
	}
	if err := v.same("campaigns", "all", func(r Reader) (any, error) { return campaignTexts(r) }, have, right); err != nil {
		return err
	}
	accounts, entities := map[string]bool{}, map[string]bool{}
	err = right.Lines(func(l Line) error {
		accounts[l.Account] = true
		if l.Entity != "" {
			entities[l.Entity] = true
		}
		if l.Outcome.Version != "" && l.Outcome.Outcome != change.Stale {
			return v.earlier(have, right, l.Entity, l.Outcome.Version)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id := range entities {
		if err := v.same("parked", id, func(r Reader) (any, error) { return r.ParkedOf(id) }, have, right); err != nil {
			return err
		}
	}
	var feeds []string
	for _, d := range w.places.All() {
		feeds = append(feeds, access.UnitFeed(d.Code), access.ReviewFeed(d.Code))
		err := v.same("reviewers", d.Code, func(r Reader) (any, error) { return r.ReviewersAt(d.Code) }, have, right)
		if err != nil {
			return err
		}
	}
	for account := range accounts {
		feeds = append(feeds, access.OwnFeed(account))
		if err := v.same("seats", account, func(r Reader) (any, error) { return r.Actor(account) }, have, right); err != nil {
			return err
		}
	}
	for _, feed := range feeds {
		if err := v.feed(feed, have, right); err != nil {
			return err
		}
	}
	return nil
}

func (v *Verification) same(what, where string, read func(Reader) (any, error), have, right Reader) error {
	a, err := read(have)
	if err != nil {
		return err
	}
	b, err := read(right)
	if err != nil {
		return err
	}
	if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
		v.differ(what, where, x, y)
	}
	return nil
}

// earlier compares a content that patches may name as the one they saw.
func (v *Verification) earlier(have, right Reader, id, version string) error {
	a, err := have.Version(id, version)
	if err != nil {
		return err
	}
	b, err := right.Version(id, version)
	if err != nil {
		return err
	}
	if x, y := string(a.Bytes()), string(b.Bytes()); x != y {
		v.differ("earlier content", id+" "+version, x, y)
	}
	return nil
}

// feed compares what a feed is made of, and its digest with a count of what it
// shows (S18). What was taken away because it is old is not in the ledger; the
// floor says how far that goes (S19).
func (v *Verification) feed(id string, have, right Reader) error {
	feeds, err := have.Feeds([]string{id})
	if err != nil {
		return err
	}
	f := feeds[id]
	if err := v.same("feed", id, func(r Reader) (any, error) { return feedOf(r, id, f.Floor) }, have, right); err != nil {
		return err
	}
	var all change.Digest
	err = eachRow(context.Background(), have, id, func(_ *change.Row, hash uint64) { all = all.Plus(change.Of(hash)) })
	if err == nil && f.Counted && f.Digest != all {
		v.differ("digest", id, text(f.Digest), text(all))
	}
	return err
}

type feedPlace struct {
	Seq    int64
	Entity string
	Type   record.Type
	View   View
}

// feedOf is a feed without its records, which are compared by themselves, and
// without the tombstones up to its floor.
func feedOf(r Reader, feed string, floor int64) (out []feedPlace, err error) {
	head, err := r.FeedHead(feed)
	if err != nil {
		return nil, err
	}
	for after := int64(0); ; {
		rows, err := r.FeedRows(feed, after, change.MaxRows)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.View != Gone || row.Seq > floor {
				out = append(out, feedPlace{row.Seq, row.Entity, row.Type, row.View})
			}
			after = row.Seq
		}
		if len(rows) < change.MaxRows {
			return append(out, feedPlace{Seq: head}), nil
		}
	}
}
