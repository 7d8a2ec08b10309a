package phone

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/snapshot"
)

// maxLost is how many files in a row may be lost before feeds are pulled page by page instead.
const maxLost = 3

// load is a feed that comes from a file (P11). Its rows are here up to a part;
// its cursor is not, until the last is.
type load struct {
	change.Snapshot
	index *snapshot.Index // nil until it has come
	part  int             // how many parts of it are stored
	at    int64           // bytes of the file that are done with
}

// Piece is what a phone asks for next: a range of a file.
type Piece struct {
	Feed, Path  string
	Hash        string // of the file: its ETag
	From, Bytes int64
}

// Loads says that this phone can load files of feeds (W8). Who drives the phone then fetches what Wanted says.
func (p *Phone) Loads() { p.files = true }

// begin takes note of the files that an answer names. What is here of a feed
// that now comes another way, of another moment, stays until all of that has
// come; what is of a feed that the answer says nothing of is this account's no more.
func (p *Phone) begin(page *change.Page) {
	named := map[string]bool{}
	for _, s := range page.Snapshots {
		named[s.Feed] = true
		if p.loads[s.Feed] == nil {
			p.renew(s.Feed)
			delete(p.cursors, s.Feed)
			p.loads[s.Feed] = &load{Snapshot: s}
		}
	}
	for feed := range p.loads {
		if _, pulled := page.Cursors[feed]; pulled {
			p.renew(feed)
			delete(p.loads, feed)
		} else if !named[feed] {
			p.drop(feed)
		}
	}
}

// Wanted is the next piece of a file, if any is awaited; of several the same until it has come.
func (p *Phone) Wanted() (Piece, bool) {
	if len(p.loads) == 0 {
		return Piece{}, false
	}
	feed := slices.Min(slices.Collect(maps.Keys(p.loads)))
	l := p.loads[feed]
	piece := Piece{Feed: feed, Path: l.Path, Hash: l.Hash, From: l.at, Bytes: l.Index}
	if l.index != nil {
		piece.Bytes = l.index.Parts[l.part].Bytes
	}
	return piece, true
}

// Take stores a piece that Wanted named. With the last one the feed's cursor is
// set, and the next pull goes on from there. An error leaves the phone as it was.
func (p *Phone) Take(feed string, raw []byte) error {
	l := p.loads[feed]
	if l == nil {
		return errors.New("no file of this feed is awaited")
	}
	if l.index == nil {
		index, err := snapshot.OpenIndex(raw, l.Snapshot)
		if err != nil {
			return err
		}
		l.index, l.at = index, l.Index
	} else {
		part := l.index.Parts[l.part]
		rows, err := rowsOf(raw, part, l.Snapshot)
		if err != nil {
			return err
		}
		for _, row := range rows {
			p.store(row)
		}
		l.part, l.at = l.part+1, l.at+part.Bytes
	}
	if l.part == len(l.index.Parts) {
		p.write()
		p.cursors[feed], p.lost = l.Seq, 0
		p.whole(feed)
		delete(p.loads, feed)
	}
	return nil
}

// rowsOf reads a part; its rows are of the file's feed and moment.
func rowsOf(raw []byte, part snapshot.Part, s change.Snapshot) ([]change.Row, error) {
	plain, err := snapshot.Open(raw, part.Hash)
	if err != nil {
		return nil, err
	}
	rows := make([]change.Row, 0, part.Rows)
	for line := range bytes.Lines(plain) {
		var row change.Row
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, errors.Join(snapshot.ErrOther, err)
		}
		if row.Feed != s.Feed || row.Seq < 1 || row.Seq > s.Seq {
			return nil, snapshot.ErrOther
		}
		rows = append(rows, row)
	}
	if int64(len(rows)) != part.Rows {
		return nil, snapshot.ErrOther
	}
	return rows, nil
}

// Lost gives up a feed's file: it has been withdrawn, came garbled, or is not
// this account's any more. The next answer names another, or brings the rows themselves.
func (p *Phone) Lost(feed string) {
	p.drop(feed)
	if p.lost++; p.lost >= maxLost {
		p.files = false
	}
}
