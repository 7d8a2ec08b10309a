package engine

import (
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Snapshots are files of feeds that somebody keeps outside (S20).
type Snapshots interface {
	// Newest names the file of a feed that stands so now, if there is one.
	Newest(id string, feed Feed) (change.Snapshot, bool)
}

func (e *Engine) naming(head change.Head) naming {
	if !head.Snapshots || e.opt.Snapshots == nil {
		return nil
	}
	return e.named
}

// named gives the file of a feed to who has nothing of it yet.
func (e *Engine) named(id string, feed Feed) (s change.Snapshot, ok bool) {
	if access.Shared(id) {
		s, ok = e.opt.Snapshots.Newest(id, feed)
	}
	return s, ok
}

// SharedFeeds are those that files may be made of, as they stand.
func (e *Engine) SharedFeeds(ctx context.Context) (feeds map[string]Feed, err error) {
	err = e.view(ctx, func(r Reader, w *world) (err error) {
		var ids []string
		for _, d := range w.places.All() {
			ids = append(ids, access.UnitFeed(d.Code))
		}
		feeds, err = r.Feeds(ids)
		return err
	})
	return feeds, err
}

// Snapshot walks what a shared feed shows at one moment, without what has left
// it, and tells the place that it stood at.
func (e *Engine) Snapshot(ctx context.Context, feed string, f func(change.Row) error) (seq int64, err error) {
	if !access.Shared(feed) {
		return 0, record.Errorf(record.Forbidden, "feed %s is not shared", feed)
	}
	err = e.store.View(ctx, func(r Reader) (err error) {
		if seq, err = r.FeedHead(feed); err != nil {
			return err
		}
		for after := int64(0); ; {
			if err := ctx.Err(); err != nil {
				return err
			}
			rows, err := r.FeedRows(feed, after, change.MaxRows)
			if err != nil {
				return err
			}
			for _, fr := range rows {
				after = fr.Seq
				if row := rowOf(feed, fr); !row.Gone {
					if err := f(row); err != nil {
						return err
					}
				}
			}
			if len(rows) < change.MaxRows {
				return nil
			}
		}
	})
	return seq, err
}

// MayLoad holds who asks for a feed's file to the same table as a pull (S20),
// and tells how the feed stands.
func (e *Engine) MayLoad(ctx context.Context, account, id string) (feed Feed, err error) {
	err = e.view(ctx, func(r Reader, w *world) error {
		actor, err := r.Actor(account)
		if err != nil {
			return err
		}
		if !access.Shared(id) || !slices.Contains(access.Feeds(actor, w.places), id) {
			return record.Errorf(record.Forbidden, "feed %s", id)
		}
		feeds, err := r.Feeds([]string{id})
		feed = feeds[id]
		return err
	})
	if err != nil {
		return Feed{}, storeError(err)
	}
	return feed, nil
}
