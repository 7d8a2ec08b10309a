package engine

import (
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// pull gives one page over all feeds that the actor replicates (S11).
func pull(r Reader, actor record.Actor, places *record.Places, cursors map[string]int64) (change.Page, error) {
	page := change.Page{Rows: []change.Row{}, Cursors: map[string]int64{}}
	feeds := access.Feeds(actor, places)
	heads, err := r.FeedHeads(feeds)
	if err != nil {
		return page, err
	}
	for _, feed := range feeds {
		after := cursors[feed]
		page.Cursors[feed] = after
		if heads[feed] <= after {
			continue // most have nothing new
		}
		room := change.MaxRows - len(page.Rows)
		if room <= 0 {
			page.More = true
			continue
		}
		rows, err := r.FeedRows(feed, after, room+1)
		if err != nil {
			return page, err
		}
		if len(rows) > room {
			page.More, rows = true, rows[:room]
		}
		for _, fr := range rows {
			row := change.Row{Type: fr.Type, Entity: fr.Entity, Gone: true}
			switch {
			case fr.View == Gone || fr.Record == nil:
			case fr.View == Stub:
				row = change.StubOf(fr.Record)
			default:
				row = change.RowOf(fr.Record)
			}
			row.Feed, row.Seq = feed, fr.Seq
			page.Rows = append(page.Rows, row)
			page.Cursors[feed] = fr.Seq
		}
	}
	for feed := range cursors {
		if !slices.Contains(feeds, feed) {
			page.Drop = append(page.Drop, feed)
		}
	}
	slices.Sort(page.Drop)
	return page, nil
}
