package engine

import (
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// naming gives the file of a feed, where there is one (S20); nil for a phone that cannot load files.
type naming func(id string, feed Feed) (change.Snapshot, bool)

// asking is what an exchange asks for beside the outcomes: how far its log has
// come, and what is new beyond its cursors.
type asking struct {
	Who
	head change.Head
}

// Cursor is how far a phone has come in a feed.
type Cursor struct {
	Feed  string
	After int64
}

// Glance is what most exchanges come down to, from one snapshot.
type Glance struct {
	Divisions string // Meta of the divisions in force
	Catalogue string // and of the catalogue: another process may have published one
	Campaigns string // and of the campaigns
	Log       Log
	Beyond    bool // at least one of the feeds goes beyond its cursor
	Apart     bool // at least one stands elsewhere than its cursor says
}

// answer fills in what there is to tell, from one snapshot. Most phones ask for
// news that are not there: then a glance is enough.
func (e *Engine) answer(ctx context.Context, ask asking, to *change.Answer, glance bool) error {
	if glance && ask.Actor != nil && !ask.head.Digests {
		w := e.world.Load()
		feeds := access.Feeds(*ask.Actor, w.places)
		g, err := e.store.Glance(ctx, ask.head.Epoch, ask.cursorsOf(feeds))
		if err != nil {
			return err
		}
		if g.Divisions == w.divisions && g.Catalogue == w.catalogue.Hash && g.Campaigns == w.stamp && !g.Beyond && !(g.Apart && ask.resets()) {
			ask.tell(to, g.Log, *ask.Actor, w)
			to.Pull = ask.nothing(feeds)
			return nil
		}
	}
	if ask.Turn != nil {
		if err := ask.Turn(ctx); err != nil {
			return err
		}
	}
	return e.view(ctx, func(r Reader, w *world) error {
		log, err := r.Log(ask.head.Epoch)
		if err != nil {
			return err
		}
		actor, err := r.Actor(ask.Account)
		if err != nil {
			return err
		}
		ask.tell(to, log, actor, w)
		to.Pull, err = ask.pull(r, actor, w.places, e.naming(ask.head))
		return err
	})
}

// unmoved answers where the lines were decided, if nothing is new for the phone
// there; it reports whether that is so. The writer has all of it at hand, and
// nobody is told before the commit.
func (ask asking) unmoved(r Reader, w *world, to *change.Answer) (bool, error) {
	log, err := r.Log(ask.head.Epoch)
	if err != nil {
		return false, err
	}
	actor, err := r.Actor(ask.Account)
	if err != nil {
		return false, err
	}
	if ask.head.Digests {
		return false, nil
	}
	feeds := access.Feeds(actor, w.places)
	for _, feed := range feeds {
		head, err := r.FeedHead(feed)
		if after := ask.head.Cursors[feed]; err != nil || head > after || head != after && ask.resets() {
			return false, err
		}
	}
	ask.tell(to, log, actor, w)
	to.Pull = ask.nothing(feeds)
	return true, nil
}

// resets reports whether the phone knows what to do about a cursor that is worth
// nothing. One that is where its feed ends is worth something (void).
func (ask asking) resets() bool { return ask.head.Bases != nil }

// tell says how far the log has come, and what the phone's copies of the rest should be.
func (ask asking) tell(to *change.Answer, log Log, actor record.Actor, w *world) {
	if log.Account == ask.Account {
		to.Push.Through, to.Push.Chain, to.Push.Durable = log.Through, log.Chain, log.Durable
	}
	to.Catalogue, to.Campaigns, to.Seats = w.catalogue.Hash, w.stamp, SeatsHash(actor)
}

func (ask asking) cursorsOf(feeds []string) []Cursor {
	out := make([]Cursor, len(feeds))
	for i, feed := range feeds {
		out[i] = Cursor{feed, ask.head.Cursors[feed]}
	}
	return out
}

// nothing is a page without a row.
func (ask asking) nothing(feeds []string) change.Page {
	page := change.Page{Rows: []change.Row{}, Cursors: make(map[string]int64, len(feeds))}
	for _, feed := range feeds {
		page.Cursors[feed] = ask.head.Cursors[feed]
	}
	for feed := range ask.head.Cursors {
		if _, hers := page.Cursors[feed]; !hers {
			page.Drop = append(page.Drop, feed)
		}
	}
	slices.Sort(page.Drop)
	return page
}

// pull gives one page over all feeds that the actor replicates (S11).
func (ask asking) pull(r Reader, actor record.Actor, places *record.Places, named naming) (change.Page, error) {
	ids := access.Feeds(actor, places)
	page := ask.nothing(ids)
	feeds, err := r.Feeds(ids)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		feed, after := feeds[id], ask.head.Cursors[id]
		if void(feed, after, ask.head.Bases, id) {
			page.Reset, after = append(page.Reset, id), 0
		}
		if after == 0 && feed.Head > 0 && named != nil {
			if s, ok := named(id, feed); ok { // its cursor is told by the file
				delete(page.Cursors, id)
				page.Snapshots = append(page.Snapshots, s)
				continue
			}
		}
		page.Cursors[id] = after
		fresh := feed.Head > after // most have nothing new
		if fresh {
			whole, err := ask.fillPage(r, &page, id, after)
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
		if feed.Counted && (fresh || ask.head.Digests) {
			if page.Digests == nil {
				page.Digests = map[string]change.Digest{}
			}
			page.Digests[id] = feed.Digest
		}
	}
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
func (ask asking) fillPage(r Reader, page *change.Page, feed string, after int64) (whole bool, err error) {
	room := change.MaxRows - len(page.Rows)
	if room <= 0 {
		return false, nil
	}
	read := r.FeedRows
	if ask.Packed {
		read = r.PackedRows
	}
	rows, err := read(feed, after, room+1)
	if err != nil {
		return false, err
	}
	whole = len(rows) <= room
	page.Rows = slices.Grow(page.Rows, min(len(rows), room))
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
	case fr.Packed != nil:
		row = change.Row{Type: fr.Type, Entity: fr.Entity, Author: fr.Author, ApprovedBy: fr.ApprovedBy, Packed: fr.Packed}
	case fr.View == Gone || fr.Record == nil:
	case fr.View == Stub:
		row = change.StubOf(fr.Record)
	default:
		row = change.RowOf(fr.Record)
	}
	row.Feed, row.Seq = feed, fr.Seq
	return row
}
