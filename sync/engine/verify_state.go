package engine

import (
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
		if err := v.same("feed", feed, func(r Reader) (any, error) { return feedOf(r, feed) }, have, right); err != nil {
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

type feedPlace struct {
	Seq    int64
	Entity string
	Type   record.Type
	View   View
}

// feedOf is a feed without its records, which are compared by themselves.
func feedOf(r Reader, feed string) (out []feedPlace, err error) {
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
			out = append(out, feedPlace{row.Seq, row.Entity, row.Type, row.View})
			after = row.Seq
		}
		if len(rows) < change.MaxRows {
			return append(out, feedPlace{Seq: head}), nil
		}
	}
}
