package engine

import (
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// pull gives one page over all feeds that the actor replicates (S11).
func pull(r Reader, actor record.Actor, places *record.Places, head change.Head) (change.Page, error) {
	page := change.Page{Rows: []change.Row{}, Cursors: map[string]int64{}}
	ids := access.Feeds(actor, places)
	feeds, err := r.Feeds(ids)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		feed, after := feeds[id], head.Cursors[id]
		if void(feed, after, head.Bases, id) {
			page.Reset, after = append(page.Reset, id), 0
		}
		page.Cursors[id] = after
		fresh := feed.Head > after // most have nothing new
		if fresh {
			whole, err := fillPage(r, &page, id, after)
			if err != nil {
				return page, err
			}
			if !whole {
				page.More = true
				if after == 0 {
					if page.Bases == nil {
						page.Bases = map[string]int64{}
					}
					page.Bases[id] = feed.Head
				}
				continue
			}
			page.Cursors[id] = feed.Head // beyond its last row, where that was a tombstone that is no longer kept
		}
		if feed.Counted && (fresh || head.Digests) {
			if page.Digests == nil {
				page.Digests = map[string]change.Digest{}
			}
			page.Digests[id] = feed.Digest
		}
	}
	for id := range head.Cursors {
		if !slices.Contains(ids, id) {
			page.Drop = append(page.Drop, id)
		}
	}
	slices.Sort(page.Drop)
	return page, nil
}

// void reports whether a cursor is worth nothing: it is from another server or
// from the future, or so old that a tombstone after it is no longer kept (S19).
// Who is fetching the feed from nothing needs only the tombstones of what has
// left it since she began.
func void(feed Feed, after int64, bases map[string]int64, id string) bool {
	if bases == nil {
		return false // it would not know what to do about it
	}
	return after < 0 || after > feed.Head || after > 0 && max(after, min(bases[id], feed.Head)) < feed.Floor
}

// fillPage puts what a feed has after a place into a page, as far as there is
// room, and reports whether that was all of it.
func fillPage(r Reader, page *change.Page, feed string, after int64) (whole bool, err error) {
	room := change.MaxRows - len(page.Rows)
	if room <= 0 {
		return false, nil
	}
	rows, err := r.FeedRows(feed, after, room+1)
	if err != nil {
		return false, err
	}
	whole = len(rows) <= room
	for _, fr := range rows[:min(len(rows), room)] {
		page.Rows = append(page.Rows, rowOf(feed, fr))
		page.Cursors[feed] = fr.Seq
	}
	return whole, nil
}

// rowOf is a feed's row as a phone is sent it.
func rowOf(feed string, fr FeedRow) change.Row {
	row := change.Row{Type: fr.Type, Entity: fr.Entity, Gone: true}
	switch {
	case fr.View == Gone || fr.Record == nil:
	case fr.View == Stub:
		row = change.StubOf(fr.Record)
	default:
		row = change.RowOf(fr.Record)
	}
	row.Feed, row.Seq = feed, fr.Seq
	return row
}
