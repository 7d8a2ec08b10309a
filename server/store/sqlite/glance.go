package sqlite

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"

	"niangjia/sync/engine"
)

// What nearly every request asks takes one statement each, by itself a snapshot: signing in is checked by Standing, and
// an exchange that finds nothing new is answered by Glance.

// Glance reads of one snapshot what an exchange asks that finds nothing new.
func (s *Store) Glance(ctx context.Context, epoch string, cursors []engine.Cursor) (g engine.Glance, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return g, err
	}
	defer s.giveBack(c)
	const (
		divisions = iota
		log
		feeds
		forms
		campaigns
	)
	err = c.each(`SELECT 0, value, '', '', 0, NULL FROM meta WHERE key = '`+engine.MetaDivisions+`'
		UNION ALL SELECT 3, value, '', '', 0, NULL FROM meta WHERE key = '`+engine.MetaCatalogue+`'
		UNION ALL SELECT 4, value, '', '', 0, NULL FROM meta WHERE key = '`+engine.MetaCampaigns+`'
		UNION ALL SELECT 1, account, device, chain, through, durable FROM logs WHERE epoch = ?
		UNION ALL SELECT 2, '', '', '', coalesce(max((coalesce(f.head, 0) > j.value) + 2 * (coalesce(f.head, 0) <> j.value)), 0), NULL
			FROM json_each(?) j LEFT JOIN feeds f ON f.feed = j.key`,
		[]any{epoch, cursorsJSON(cursors)}, func(scan func(...any) error) error {
			var what int
			var text, device, chain string
			var number int64
			var durable *int64
			if err := scan(&what, &text, &device, &chain, &number, &durable); err != nil {
				return err
			}
			switch what {
			case divisions:
				g.Divisions = text
			case forms:
				g.Catalogue = text
			case campaigns:
				g.Campaigns = text
			case log:
				g.Log = engine.Log{Epoch: epoch, Account: text, Device: device, Through: number, Chain: chain, Durable: durable}
			case feeds: // of three ways to stand, beyond is the greatest
				g.Beyond, g.Apart = number == 3, number > 0
			}
			return nil
		})
	return g, err
}

// cursorsJSON hands cursors to a statement as one parameter. Ids of feeds are letters, digits and colons.
func cursorsJSON(cursors []engine.Cursor) string {
	b := make([]byte, 0, 32*len(cursors)+2)
	b = append(b, '{')
	for i, c := range cursors {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), c.Feed...), `":`...)
		b = strconv.AppendInt(b, c.After, 10)
	}
	return string(append(b, '}'))
}

// standing tells whether what is known of accounts, sessions and seats is still so. Many ask at once: a question is
// answered by the reading that began after it was asked, whoever began it.
type standing struct {
	arrived atomic.Int64
	mu      sync.Mutex // guards the rest
	c       *conn
	covered int64 // questions answered by the last reading
	n       int64
}

// Standing is another number once anything has changed by which it is decided who calls and what she may do, whichever
// program changed it: triggers of the database count.
func (s *Accounts) Standing(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return s.store.standing.read()
}

func (s *standing) read() (int64, error) {
	mine := s.arrived.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return 0, ErrClosed
	}
	if s.covered >= mine {
		return s.n, nil
	}
	covered := s.arrived.Load()
	if _, err := s.c.one("SELECT n FROM standing", nil, &s.n); err != nil {
		return 0, err
	}
	s.covered = covered
	return s.n, nil
}

func (s *standing) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return nil
	}
	c := s.c
	s.c = nil
	return c.Close()
}
