package engine

import (
	"context"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Examine tells a phone what one of its feeds is made of, so that it finds the
// rows that differ and takes them anew (S18). The error is a *record.Error:
// forbidden for a feed that is not hers, whether or not there is such a feed.
func (e *Engine) Examine(ctx context.Context, account string, q change.Question) (*change.Finding, error) {
	if err := checkQuestion(q); err != nil {
		return nil, err
	}
	select { // a walk takes one of the few readers: whoever repairs may wait, whoever works may not
	case e.walks <- struct{}{}:
		defer func() { <-e.walks }()
	case <-ctx.Done():
		return nil, &record.Error{Code: record.Unavailable, Err: ctx.Err()}
	}
	f := &change.Finding{ServerEpoch: e.epoch}
	var feed Feed
	var all change.Digest
	asked := map[string]bool{}
	for _, id := range q.Entities {
		asked[id] = true
	}
	err := e.view(ctx, func(r Reader, w *world) error {
		actor, err := r.Actor(account)
		if err != nil {
			return err
		}
		if !slices.Contains(access.Feeds(actor, w.places), q.Feed) {
			return record.Errorf(record.Forbidden, "feed %q", q.Feed)
		}
		feeds, err := r.Feeds([]string{q.Feed})
		if err != nil {
			return err
		}
		feed = feeds[q.Feed]
		f.Seq = feed.Head
		parts := make([]part, len(q.Prefixes))
		err = eachRow(ctx, r, q.Feed, func(row *change.Row, hash uint64) {
			all = all.Plus(change.Of(hash))
			if asked[row.Entity] {
				f.Rows = append(f.Rows, *row)
			}
			place := change.Hex(change.Place(row.Entity))
			for i, prefix := range q.Prefixes {
				if strings.HasPrefix(place, prefix) {
					parts[i].add(row.Entity, hash, place, len(prefix))
				}
			}
		})
		for i, prefix := range q.Prefixes {
			f.Parts = append(f.Parts, parts[i].told(prefix))
		}
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	if feed.Counted && feed.Digest != all { // its own, too, is mended
		return f, e.count(ctx, q.Feed)
	}
	return f, nil
}

func checkQuestion(q change.Question) error {
	switch {
	case len(q.Prefixes) > change.MaxParts:
		return &record.Error{Code: record.TooLarge, Field: "prefixes"}
	case len(q.Entities) > change.MaxAsked:
		return &record.Error{Code: record.TooLarge, Field: "entities"}
	case len(q.Prefixes)+len(q.Entities) == 0:
		return &record.Error{Code: record.BadRequest, Field: "prefixes"}
	}
	for _, p := range q.Prefixes {
		if len(p) >= change.PlaceDigits || strings.Trim(p, "0123456789abcdef") != "" {
			return &record.Error{Code: record.BadRequest, Field: "prefixes"}
		}
	}
	for _, id := range q.Entities {
		if !record.ValidID(id) {
			return &record.Error{Code: record.BadRequest, Field: "entities"}
		}
	}
	return nil
}

// part gathers the rows of one prefix.
type part struct {
	all   change.Digest
	split [16]change.Digest
	list  map[string]string
}

func (p *part) add(entity string, hash uint64, place string, depth int) {
	one := change.Of(hash)
	p.all = p.all.Plus(one)
	next := strings.IndexByte("0123456789abcdef", place[depth])
	p.split[next] = p.split[next].Plus(one)
	if p.all.Rows <= change.ListBelow {
		if p.list == nil {
			p.list = map[string]string{}
		}
		p.list[entity] = change.Hex(hash)
	}
}

func (p *part) told(prefix string) change.Part {
	out := change.Part{Prefix: prefix, Digest: p.all}
	if p.all.Rows <= change.ListBelow {
		out.List = p.list
	} else {
		out.Split = p.split[:]
	}
	return out
}

// eachRow walks a feed's rows that are no tombstones, with their hashes.
func eachRow(ctx context.Context, r Reader, feed string, f func(*change.Row, uint64)) error {
	for after := int64(0); ; {
		rows, err := r.FeedRows(feed, after, change.MaxRows)
		if err != nil {
			return err
		}
		for _, fr := range rows {
			after = fr.Seq
			if row := rowOf(feed, fr); !row.Gone {
				f(&row, row.Hash())
			}
		}
		if len(rows) < change.MaxRows {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// count says anew what a feed's digest is, from its rows. It walks through them
// beside the writer; if the feed has moved on meanwhile, nothing is said.
func (e *Engine) count(ctx context.Context, feed string) error {
	var head int64
	var all change.Digest
	err := e.store.View(ctx, func(r Reader) (err error) {
		if head, err = r.FeedHead(feed); err != nil {
			return err
		}
		return eachRow(ctx, r, feed, func(_ *change.Row, hash uint64) { all = all.Plus(change.Of(hash)) })
	})
	if err == nil {
		err = e.store.Update(ctx, func(tx Tx) error {
			if now, err := tx.FeedHead(feed); err != nil || now != head {
				return err
			}
			return tx.SetDigest(feed, all)
		})
	}
	if err != nil {
		return storeError(err)
	}
	return nil
}
