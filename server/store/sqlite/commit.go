package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"niangjia/sync/engine"
)

// groupTime bounds how long updates that wait are taken into one commit: enough to hide the cost of the sync and to
// write each total once for many entries, little enough that nobody waits long.
const groupTime = 400 * time.Millisecond

type update struct {
	f    func(engine.Tx) error
	done chan error
}

// ErrClosed says that the store takes no more updates.
var ErrClosed = errors.New("the store is closed")

// Update queues f for the writing connection and waits for its commit. Once
// queued it is not given up: whether it was committed must be known.
func (s *Store) Update(ctx context.Context, f func(engine.Tx) error) error {
	u := &update{f: f, done: make(chan error, 1)}
	if err := s.enqueue(ctx, u); err != nil {
		return err
	}
	return <-u.done
}

func (s *Store) enqueue(ctx context.Context, u *update) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	select {
	case s.queue <- u:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writer is the one goroutine that decides. It runs ahead of what is written by one group at most: what it decides on
// is what it holds of its own writes, and else what is committed. docs/decisions/0016 says why that is the same as
// reading what it wrote.
type writer struct {
	store  *Store
	pipe   *pipe
	hold   *hold
	read   *conn  // reads what is committed
	behind *group // decided, and perhaps not yet written
}

// group is the updates that share a commit.
type group struct {
	began   time.Time
	updates []*update
	ahead   bool       // it was decided before the one before it was written
	written chan error // hears once, when it is or cannot be
	err     error
}

func (s *Store) commit(write, read *conn) {
	defer close(s.done)
	w := &writer{store: s, pipe: newPipe(write), hold: newHold(), read: read}
	read.ctx = context.Background()
	for u := w.next(); u != nil; u = w.next() {
		if w.hold.full() {
			w.finish()
			w.hold.forget()
		}
		w.together(u)
	}
	_, _ = read.Close(), w.pipe.close() // every update has been answered
}

// next waits for an update, nil once the store is closed and everything is written.
func (w *writer) next() *update {
	for w.behind != nil {
		select {
		case u := <-w.store.queue:
			if u != nil {
				return u
			}
			w.finish()
		case err := <-w.behind.written:
			w.behind.written <- err
			w.finish()
		}
	}
	return <-w.store.queue
}

// more gives a group another update: one that waits, or that comes while the group before is being written.
func (w *writer) more(g *group) *update {
	if time.Since(g.began) > groupTime {
		return nil
	}
	select {
	case u := <-w.store.queue: // nil once the queue is closed
		return u
	default:
	}
	if w.behind == nil {
		return nil
	}
	select {
	case u := <-w.store.queue:
		return u
	case err := <-w.behind.written:
		w.behind.written <- err
		return nil
	}
}

// together decides an update, and others that wait, and hands their commit over.
func (w *writer) together(first *update) {
	g := &group{updates: []*update{first}}
	err := w.decide(g, w.more)
	failed := w.settle()
	switch {
	case failed != nil: // what this one was decided on is not there
		w.undo()
		w.again(failed)
		g.err = errMoved
		w.again(g)
	case err != nil:
		w.undo()
		if g.err = err; g.ahead {
			g.err = errMoved // perhaps only because of what another process has written
		}
		w.again(g)
	default:
		w.send(g)
	}
}

// decide runs a group's updates in a transaction, and in the same one those that more gives until it gives none.
func (w *writer) decide(g *group, more func(*group) *update) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in an update: %v", p)
		}
	}()
	g.began, g.written, g.ahead = time.Now(), make(chan error, 1), w.behind != nil
	if g.ahead {
		w.pipe.beginOn(w.hold.seen)
	} else {
		version, err := w.pipe.begin()
		if err != nil {
			return err
		}
		if version != w.hold.seen {
			w.hold.forget()
			w.hold.seen = version
		}
	}
	t := newTx(w)
	for i := 0; i < len(g.updates); i++ {
		if err := g.updates[i].f(t); err != nil {
			return err
		}
		if err := t.putRecords(); err != nil {
			return err
		}
		if i == len(g.updates)-1 {
			if u := more(g); u != nil {
				g.updates = append(g.updates, u)
			}
		}
	}
	return t.flush()
}

// send hands a decided group's commit over. Whoever waits for it is answered as soon as it is written.
func (w *writer) send(g *group) {
	w.behind = g
	w.pipe.commit(func(err error) {
		if err == nil {
			w.store.committed(len(g.updates), g.began)
			for _, u := range g.updates {
				u.done <- nil
			}
		}
		g.written <- err
	})
}

// settle waits for the group before, and gives it back if it could not be written.
func (w *writer) settle() (failed *group) {
	g := w.behind
	if g == nil {
		return nil
	}
	w.behind = nil
	if g.err = <-g.written; g.err != nil {
		return g
	}
	return nil
}

// finish settles with nothing decided on top.
func (w *writer) finish() {
	if failed := w.settle(); failed != nil {
		w.undo()
		w.again(failed)
	}
}

// undo takes back what is not committed, and forgets it.
func (w *writer) undo() {
	w.hold.forget()
	if err := w.pipe.reset(); err != nil {
		w.hold.seen = -1 // SQLite has rolled back by itself where this fails; nothing is believed without asking
	}
}

// again decides the updates of a group that failed anew, with nothing else under way: together if it failed for what
// others did; else each gets its own try, so that nobody pays for another's fault. An update alone has its error.
func (w *writer) again(g *group) {
	if errors.Is(g.err, errMoved) {
		if g.err = w.alone(g); g.err == nil {
			return
		}
	}
	for _, u := range g.updates {
		err := g.err
		if len(g.updates) > 1 {
			err = w.alone(&group{updates: []*update{u}})
		}
		if err != nil {
			u.done <- err
		}
	}
}

// alone decides and writes a group that takes in nobody else. Where that succeeds, its updates have been answered.
func (w *writer) alone(g *group) error {
	err := w.decide(g, func(*group) *update { return nil })
	if err == nil {
		w.send(g)
		if failed := w.settle(); failed != nil {
			err = failed.err
		}
	}
	if err != nil {
		w.undo()
	}
	return err
}
