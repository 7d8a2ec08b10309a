package engine

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/record"
)

// Kinds of lines of the server's own log.
const (
	kindCatalogue = "catalogue"
	kindRecount   = "recount"
)

// metaRecount has the counting anew that is under way, as JSON; nothing where none is.
const metaRecount = "recount"

// MetaRecount is the same, for who looks at a store without an engine.
const MetaRecount = metaRecount

// Pieces says how entries are counted anew after another catalogue was put in force (T15).
type Pieces struct {
	// AtOnce is how many lines the ledger may have for its entries to be counted with the line that puts the catalogue in
	// force: so a small city never sees figures of two definitions. Below nought none are.
	AtOnce int64
	// Entries and Lines bound a piece: the writer, for whom everybody waits, is held for some milliseconds.
	Entries, Lines int
}

// What is usual. An entry has two or three lines.
const (
	recountAtOnce  = 2000
	recountEntries = 200
	recountLines   = 2000
)

func (p Pieces) atOnce() int64 {
	switch {
	case p.AtOnce < 0:
		return 0
	case p.AtOnce == 0:
		return recountAtOnce
	}
	return p.AtOnce
}

func (p Pieces) entries() int {
	if p.Entries > 0 {
		return p.Entries
	}
	return recountEntries
}

func (p Pieces) lines() int64 {
	if p.Lines > 0 {
		return int64(p.Lines)
	}
	return recountLines
}

// recountOf is what a line that puts a catalogue in force says of counting anew; one of an older program says nothing,
// and all entries are counted with it. Later: by the lines "recount" that follow.
type recountOf struct {
	Forms      []string `json:"forms"`
	Indicators []string `json:"indicators"`
	Later      bool     `json:"later,omitempty"`
}

// Recount is a counting anew under way: of the ledger's lines up to All, those up to Done have been gone through. The
// figures of the indicators are made of both definitions until it ends.
type Recount struct {
	Done       int64    `json:"done"`
	All        int64    `json:"all"`
	Forms      []string `json:"forms"`
	Indicators []string `json:"indicators"`
}

// Recounting tells how far entries are counted anew; nil where none are.
func (e *Engine) Recounting(ctx context.Context) (c *Recount, err error) {
	err = e.view(ctx, func(r Reader, _ *world) (err error) {
		c, err = recounting(r)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return c, nil
}

func recounting(r Reader) (*Recount, error) {
	text, err := r.Meta(metaRecount)
	if err != nil || text == "" {
		return nil, err
	}
	c := &Recount{}
	return c, json.Unmarshal([]byte(text), c)
}

func putRecounting(tx Tx, c *Recount) error {
	if c == nil {
		return tx.SetMeta(metaRecount, "")
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return tx.SetMeta(metaRecount, string(raw))
}

// setCatalogue puts a catalogue in force: whatever is decided or approved from here on is by it. What was counted before
// is counted anew, at once or in pieces; what waited for one of its forms is replayed. seq is the line's place.
func (s *session) setCatalogue(line ownLine, seq int64) error {
	cat, err := s.read.parse(line.Catalogue)
	if err != nil {
		return err
	}
	next := *s.world
	next.catalogue = cat
	next.weigh()
	s.world = &next
	ids := slices.Sorted(maps.Keys(cat.Forms))
	known, err := s.tx.Meta(metaForms)
	if err != nil {
		return err
	}
	for _, set := range [][2]string{
		{metaCatalogue, cat.Hash}, {metaCatalogueJSON, string(line.Catalogue)}, {metaOwn, string(line.Own)},
		{metaForms, strings.Join(union(strings.Fields(known), ids), " ")},
	} {
		if err := s.tx.SetMeta(set[0], set[1]); err != nil {
			return err
		}
	}
	if known != "" { // the first is of the program's own start
		if err := s.keepPublication(line.Account); err != nil {
			return err
		}
	}
	todo := line.Recount
	if todo == nil {
		todo = &recountOf{Forms: ids, Indicators: cat.CountedFrom(ids)}
	}
	if err := s.beginRecount(todo, seq); err != nil {
		return err
	}
	ids = union(ids, slices.Collect(maps.Keys(cat.Registers)))
	for _, id := range ids {
		if err := s.release("form:" + id); err != nil {
			return err
		}
	}
	return nil
}

// beginRecount has the entries that began up to a place of the ledger counted anew, at once or by lines that follow.
func (s *session) beginRecount(todo *recountOf, seq int64) error {
	walk, err := recounting(s.tx)
	if err != nil {
		return err
	}
	if walk == nil {
		walk = &Recount{}
	}
	// What another catalogue has left to do is done by this one, from the beginning: its entries may count otherwise again.
	walk.Forms, walk.Indicators = union(walk.Forms, todo.Forms), union(walk.Indicators, todo.Indicators)
	walk.Done, walk.All = 0, seq
	if len(walk.Forms) == 0 {
		walk = nil
	}
	if err := putRecounting(s.tx, walk); err != nil {
		return err
	}
	if walk != nil && !todo.Later {
		return s.recountTo(seq)
	}
	return nil
}

// recountPage is how many entries are looked up together; each by itself is marked and counted.
const recountPage = 500

// recountTo marks and counts the entries that began after the place where the counting stands, up to another place, by
// the catalogue in force. Those that were written since it was put in force are right already, and stay as they are.
func (s *session) recountTo(through int64) error {
	walk, err := recounting(s.tx)
	if err != nil || walk == nil {
		return err
	}
	for through = min(through, walk.All); walk.Done < through; {
		list, page := s.begun, len(s.begun)+1 // all up to there
		if s.begun = nil; list == nil {
			page = recountPage
			if list, err = s.tx.Begun(walk.Done, through, walk.Forms, page); err != nil {
				return err
			}
		}
		for _, b := range list {
			if err := s.countAnew(b.Entity); err != nil {
				return err
			}
		}
		if walk.Done = through; len(list) == page {
			walk.Done = list[len(list)-1].Seq
		}
	}
	if walk.Done >= walk.All {
		walk = nil
	}
	return putRecounting(s.tx, walk)
}

func (s *session) countAnew(id string) error {
	r, err := s.tx.Record(id)
	if err != nil || r == nil {
		return err
	}
	if r, err = s.remark(r); err != nil || !r.Counts() {
		return err
	}
	return s.recount(r)
}

// remark says again what an entry's content means. What has become sensitive
// leaves the feeds of those who may not read it any more.
func (s *session) remark(r *record.Record) (*record.Record, error) {
	sheet := s.sheet(r.Type, r.Form)
	if sheet == nil {
		return r, nil
	}
	marked := *r
	if err := s.mark(sheet, &marked); err != nil {
		return nil, err
	}
	if marked.Sensitive == r.Sensitive && marked.Urgent == r.Urgent && marked.DueOn == r.DueOn && marked.Case == r.Case {
		return r, nil
	}
	if err := s.tx.PutRecord(&marked); err != nil {
		return nil, err
	}
	if err := s.countWork(r, &marked); err != nil {
		return nil, err
	}
	return &marked, s.publish(r, &marked)
}

// recountPiece does the next piece, and says so in the server's own log: a replay of it counts anew at the same places,
// between the same changes, and each of these is decided as it was (S12).
func (e *Engine) recountPiece(ctx context.Context) error {
	now := e.opt.Now()
	return e.store.Update(ctx, func(tx Tx) error {
		walk, err := recounting(tx)
		if err != nil || walk == nil {
			return err
		}
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		through, many := min(walk.Done+e.opt.Recount.lines(), walk.All), e.opt.Recount.entries()
		list, err := tx.Begun(walk.Done, through, walk.Forms, many)
		if err != nil {
			return err
		}
		if len(list) == many {
			through = list[many-1].Seq
		}
		s.begun = list
		return s.put(ownLine{Kind: kindRecount, Through: through})
	})
}

// union are the words of both lists, in order.
func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
