package sqlite

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
)

// foresight is what readers have found of records that waiting updates are about to ask for: then the one goroutine that
// decides has neither to look for them nor to unpack them. It holds while the writer forgets no record: a record that was
// written since is among those that it holds, and is taken from there.
type foresight struct {
	age     atomic.Int64 // counts how often the writer has forgotten records, for which everything was committed or taken back
	records sync.Map     // *foreseen by id
	many    atomic.Int64 // records that are looked for or kept
}

// maxForeseen bounds them. Where more wait, the writer has enough to do, and what they would take is memory.
const maxForeseen = 1000

type foreseen struct {
	age  int64
	held *held
}

// take gives a record that was foreseen, once; nil where none was, or too early.
func (f *foresight) take(id string) *held {
	if x, there := f.records.LoadAndDelete(id); there && x.(*foreseen).age == f.age.Load() {
		return x.(*foreseen).held
	}
	return nil
}

// Foresee reads records that an update will ask for. done drops what was not asked for.
func (s *Store) Foresee(ctx context.Context, ids []string) (done func()) {
	n := int64(len(ids))
	if s.foresight.many.Add(n) > maxForeseen {
		s.foresight.many.Add(-n)
		return func() {}
	}
	// Before the snapshot: what is forgotten after it makes it worth nothing.
	age := s.foresight.age.Load()
	found := make(map[string]*foreseen, len(ids))
	for _, id := range ids {
		found[id] = &foreseen{age, &held{}}
	}
	if err := s.foresee(ctx, ids, found); err != nil {
		s.foresight.many.Add(-n)
		return func() {} // the writer looks for itself, and says what is wrong
	}
	for id, x := range found {
		s.foresight.records.Store(id, x)
	}
	return func() {
		for id, x := range found {
			s.foresight.records.CompareAndDelete(id, x)
		}
		s.foresight.many.Add(-n)
	}
}

func (s *Store) foresee(ctx context.Context, ids []string, found map[string]*foreseen) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.giveBack(c)
	return c.each("SELECT "+heldColumns+" FROM records WHERE id IN (SELECT value FROM json_each(?))", []any{string(list)}, func(scan func(...any) error) error {
		var row heldRow
		if err := scan(row.columns()...); err != nil {
			return err
		}
		h, err := row.decode()
		if err == nil {
			found[row.id].held = h
		}
		return err
	})
}
