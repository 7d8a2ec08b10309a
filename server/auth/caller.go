package auth

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"niangjia/sync/record"
)

// Caller is who sent a request. It is shared by requests and never changed.
type Caller struct {
	Account *Account
	Session *Session
	Actor   record.Actor
}

// Authenticate tells who an access token speaks for, with the seats held now. Error: unauthenticated, session_ended.
func (s *Service) Authenticate(ctx context.Context, access string) (*Caller, error) {
	standing, err := s.store.Standing(ctx) // before all that is read: what changes meanwhile is read again next time
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte(access))
	if c := s.lately.caller(key, standing, s.now()); c != nil {
		return c, nil
	}
	c, err := s.signer.read(access)
	if err != nil {
		return nil, err
	}
	session, err := s.store.Session(ctx, c.Session)
	if is(err, record.NotFound) {
		return nil, &record.Error{Code: record.SessionEnded}
	} else if err != nil {
		return nil, err
	}
	if session.Ended || session.Account != c.Subject {
		return nil, &record.Error{Code: record.SessionEnded}
	}
	account, err := s.store.AccountByID(ctx, c.Subject)
	if err != nil {
		return nil, err
	}
	if !account.Active {
		return nil, &record.Error{Code: record.SessionEnded}
	}
	actor, err := s.seats.Actor(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	actor.Account = account.ID // an account without a seat is not in the log
	caller := &Caller{Account: account, Session: session, Actor: actor}
	s.lately.keep(key, knownCaller{caller, standing, c.ExpiresAt.Time})
	return caller, nil
}

// Names gives the display names of accounts; who is unknown is left out.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	standing, err := s.store.Standing(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range s.lately.names(ids, standing, names) {
		a, err := s.store.AccountByID(ctx, id)
		if is(err, record.NotFound) {
			continue // may be opened any time
		} else if err != nil {
			return nil, err
		}
		names[id] = a.Name
		s.lately.keepName(id, a.Name, standing)
	}
	return names, nil
}

// lately is what was read of those who called lately. It holds while the store's Standing stays the same.
type lately struct {
	mu sync.Mutex // guards all
	// By hash of the token: nothing in memory can be used to call. Two maps are as good as knowing who called last: when
	// the young one is full it becomes the old one, and what nobody asked for in all that time goes.
	young, old map[[sha256.Size]byte]knownCaller
	called     map[string]string // names by account
	standing   int64             // of called
}

type knownCaller struct {
	*Caller
	standing int64
	until    time.Time // when the token expires
}

// maxKnown bounds each map: a city has some three thousand accounts, and few of them call within ten minutes.
const maxKnown = 10_000

func newLately() *lately {
	return &lately{young: map[[sha256.Size]byte]knownCaller{}, called: map[string]string{}}
}

func (l *lately) caller(key [sha256.Size]byte, standing int64, now time.Time) *Caller {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, is := l.young[key]
	if !is {
		if c, is = l.old[key]; !is {
			return nil
		}
		l.put(key, c)
	}
	if c.standing != standing || !now.Before(c.until) {
		return nil
	}
	return c.Caller
}

func (l *lately) keep(key [sha256.Size]byte, c knownCaller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(key, c)
}

func (l *lately) put(key [sha256.Size]byte, c knownCaller) {
	if len(l.young) >= maxKnown {
		l.young, l.old = map[[sha256.Size]byte]knownCaller{}, l.young
	}
	l.young[key] = c
}

// names puts the names that are known into a map and lists whose are not.
func (l *lately) names(ids []string, standing int64, into map[string]string) (unknown []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.standing != standing || len(l.called) > maxKnown {
		l.standing = standing
		clear(l.called)
	}
	for _, id := range ids {
		if name, is := l.called[id]; is {
			into[id] = name
		} else {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

func (l *lately) keepName(id, name string, standing int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.standing == standing {
		l.called[id] = name
	}
}
