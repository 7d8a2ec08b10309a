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
const groupTime = 150 * time.Millisecond

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

// commit is the one goroutine that owns the writing connection.
func (s *Store) commit(c *conn) {
	defer close(s.done)
	defer func() { _ = c.Close() }() // every update has been answered
	h := newHold()
	for u := range s.queue {
		began := time.Now()
		group, err := transact(c, h, u, func() *update {
			if time.Since(began) > groupTime {
				return nil
			}
			select {
			case next := <-s.queue: // nil once the queue is closed
				return next
			default:
				return nil
			}
		})
		if err == nil {
			s.committed(len(group), began)
		}
		if err != nil && len(group) > 1 {
			// One of them failed, or all of them together: each gets its own try,
			// so that nobody pays for another's fault.
			for _, u := range group {
				began := time.Now()
				_, err := transact(c, h, u, func() *update { return nil })
				if err == nil {
					s.committed(1, began)
				}
				u.done <- err
			}
			continue
		}
		for _, u := range group {
			u.done <- err
		}
	}
}

// transact runs an update in a transaction, and in the same one those that next gives until it gives none. It tells
// which it took, whatever became of them.
func transact(c *conn, h *hold, first *update, next func() *update) (group []*update, err error) {
	group = []*update{first}
	c.ctx = context.Background()
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return group, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in an update: %v", p)
		}
		if err != nil {
			h.forget()
			err = errors.Join(err, c.exec("ROLLBACK"))
		}
	}()
	if err := h.begin(c); err != nil {
		return group, err
	}
	t := newTx(c, h)
	for u := first; u != nil; {
		if err := u.f(t); err != nil {
			return group, err
		}
		if u = next(); u != nil {
			group = append(group, u)
		}
	}
	if err := t.flush(); err != nil {
		return group, err
	}
	return group, c.exec("COMMIT")
}
