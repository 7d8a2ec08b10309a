package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"niangjia/sync/engine"
)

// groupSize bounds how many waiting updates share one commit: enough to hide
// the cost of the sync, few enough that nobody waits long.
const groupSize = 64

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
	for u := range s.queue {
		group := []*update{u}
	fill:
		for len(group) < groupSize {
			select {
			case next, ok := <-s.queue:
				if !ok {
					break fill
				}
				group = append(group, next)
			default:
				break fill
			}
		}
		began := time.Now()
		err := transact(c, group)
		if err == nil {
			s.committed(len(group), began)
		}
		if err != nil && len(group) > 1 {
			// One of them failed, or all of them together: each gets its own try,
			// so that nobody pays for another's fault.
			for _, u := range group {
				began := time.Now()
				err := transact(c, []*update{u})
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

func transact(c *conn, group []*update) (err error) {
	c.ctx = context.Background()
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in an update: %v", p)
		}
		if err != nil {
			err = errors.Join(err, c.exec("ROLLBACK"))
		}
	}()
	t := newTx(c)
	for _, u := range group {
		if err := u.f(t); err != nil {
			return err
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	return c.exec("COMMIT")
}
