package auth

import (
	"context"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"niangjia/sync/record"
)

// A read token lets another program read the totals of a unit and of all below it: a province's, or a dashboard elsewhere.
// It is no account: it has no seat, opens no entry, and is told what somebody is told who may read none.

// ReadToken is one as it is kept: by its hash.
type ReadToken struct {
	ID        string // 32 hex digits, no part of the token
	Token     string // hash
	Unit      string
	Name      string // what it is for
	Account   string // who made it
	MadeAt    time.Time
	ExpiresAt time.Time
	EndedAt   time.Time // zero: not revoked
	UsedAt    time.Time // zero: never used
}

// Live reports whether it still opens anything.
func (t *ReadToken) Live(now time.Time) bool { return t.EndedAt.IsZero() && now.Before(t.ExpiresAt) }

// ReadTokens keeps them. A missing row is record.NotFound.
type ReadTokens interface {
	AddReadToken(ctx context.Context, t ReadToken, e Event) error
	ReadTokenByHash(ctx context.Context, hash string) (*ReadToken, error)
	ReadToken(ctx context.Context, id string) (*ReadToken, error)
	// ReadTokens lists all of them, the newest first.
	ReadTokens(ctx context.Context) ([]ReadToken, error)
	// EndReadToken is false where it has ended before.
	EndReadToken(ctx context.Context, id string, at time.Time, e Event) (bool, error)
	ReadTokenUsed(ctx context.Context, id string, at time.Time) error
}

const (
	// readTokenMark begins every token, so that one that lies where it should not is found by looking for it.
	readTokenMark   = "njr_"
	readTokenLength = len(readTokenMark) + 43 // and 32 bytes in base64
	// ReadTokenLasts is the longest that one may last: whoever needs it longer is asked once a year.
	ReadTokenLasts = 366
	// maxReadTokens bounds those of a unit that live at once: nobody looks after more.
	maxReadTokens = 20
	// usedEvery is how often it is written down that one was used. Each time is a write beside those of the phones.
	usedEvery = 10 * time.Minute
)

// mayShare reports whether an actor hands a unit's totals on. They are handed on by the managers of counties, the city and above, each of her own and below.
// A township's figures are her county's to hand on.
func mayShare(a record.Actor, p *record.Places, unit string) bool {
	if d, known := p.Get(unit); !known || d.Level.Rank() > record.County.Rank() {
		return false
	}
	return slices.ContainsFunc(a.Seats, func(seat record.Seat) bool {
		return seat.Role == record.Manager && p.Within(unit, seat.Unit)
	})
}

// NewReadToken is what is asked for.
type NewReadToken struct {
	Unit string
	Name string
	Days int // until it expires
}

// MakeReadToken makes one and returns it once, in the clear. Errors: forbidden, foreign_unit, too_many_tokens, exists for a
// name that a living one of the unit has.
func (s *Service) MakeReadToken(ctx context.Context, by string, n NewReadToken) (*ReadToken, string, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, "", err
	}
	n.Name = strings.TrimSpace(n.Name)
	switch {
	case !mayShare(m.Actor, m.places, n.Unit):
		return nil, "", &record.Error{Code: record.ForeignUnit, Field: "unit"}
	case n.Name == "":
		return nil, "", &record.Error{Code: record.BadRequest, Field: "name"}
	case utf8.RuneCountInString(n.Name) > 50:
		return nil, "", &record.Error{Code: record.TooLong, Field: "name"}
	case n.Days < 1 || n.Days > ReadTokenLasts:
		return nil, "", &record.Error{Code: record.BadRequest, Field: "days"}
	}
	all, err := s.reads.ReadTokens(ctx)
	if err != nil {
		return nil, "", err
	}
	now, living := s.now(), 0
	for _, t := range all {
		if t.Unit != n.Unit || !t.Live(now) {
			continue
		}
		if living++; t.Name == n.Name {
			return nil, "", &record.Error{Code: record.Exists, Field: "name"}
		}
	}
	if living >= maxReadTokens {
		return nil, "", &record.Error{Code: record.TooManyTokens}
	}
	id, err := s.id()
	if err != nil {
		return nil, "", err
	}
	secret := make([]byte, 32)
	if _, err := io.ReadFull(s.random, secret); err != nil {
		return nil, "", err
	}
	clear := readTokenMark + base64.RawURLEncoding.EncodeToString(secret)
	t := ReadToken{ID: id, Token: hashOf(clear), Unit: n.Unit, Name: n.Name, Account: by, MadeAt: now, ExpiresAt: now.AddDate(0, 0, n.Days)}
	if err := s.reads.AddReadToken(ctx, t, s.event(by, by, TokenMade, EventDetail{Unit: n.Unit, Token: id})); err != nil {
		return nil, "", err
	}
	return &t, clear, nil
}

// ReadTokensOf lists those of the units that a manager hands totals on of, the newest first, with the names of who made them.
func (s *Service) ReadTokensOf(ctx context.Context, by string) ([]ReadToken, map[string]string, error) {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.reads.ReadTokens(ctx)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	mine := slices.DeleteFunc(all, func(t ReadToken) bool { return !mayShare(m.Actor, m.places, t.Unit) })
	for _, t := range mine {
		ids = append(ids, t.Account)
	}
	names, err := s.Names(ctx, ids)
	return mine, names, err
}

// EndReadToken revokes one: the next request with it is refused. One that has ended already stays as it is.
func (s *Service) EndReadToken(ctx context.Context, by, id string) error {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	t, err := s.reads.ReadToken(ctx, id)
	if err != nil {
		return err
	}
	if !mayShare(m.Actor, m.places, t.Unit) {
		return &record.Error{Code: record.NotFound}
	}
	_, err = s.reads.EndReadToken(ctx, id, s.now(), s.event(by, by, TokenEnded, EventDetail{Unit: t.Unit, Token: id}))
	return err
}

// Reads tells of which unit a read token opens the totals. Errors: *Limited, bad_token for one that is none, token_ended for
// one that was revoked, has expired, or whose unit is gone.
func (s *Service) Reads(ctx context.Context, token, address string) (*ReadToken, error) {
	now := s.now()
	// Whoever has used up her wrong tries is not answered, right or wrong, or she could go on guessing.
	if wait, ok := s.byReader.left(address, now); !ok {
		return nil, &Limited{wait}
	}
	if len(token) != readTokenLength || !strings.HasPrefix(token, readTokenMark) { // no guess: nothing was ever written so
		return nil, &record.Error{Code: record.BadToken}
	}
	t, err := s.reads.ReadTokenByHash(ctx, hashOf(token))
	if is(err, record.NotFound) {
		s.byReader.take(address, now)
		return nil, &record.Error{Code: record.BadToken}
	} else if err != nil {
		return nil, err
	}
	if _, known := s.seats.Places().Get(t.Unit); !known || !t.Live(now) {
		return nil, &record.Error{Code: record.TokenEnded}
	}
	if wait, ok := s.byToken.take(t.ID, now); !ok {
		return nil, &Limited{wait}
	}
	if now.Sub(t.UsedAt) >= usedEvery {
		if err := s.reads.ReadTokenUsed(ctx, t.ID, now); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Reader is who a read token stands for where figures are read: somebody who may read no entry, and from the top, so that
// every token is told the same of a unit. What is withheld along with a small count depends on the highest unit that a reader
// may ask for (T8): two tokens of two units in one hand would else tell what neither does. Which units a token may ask for is
// for its Covers to say.
func (s *Service) Reader(t *ReadToken) record.Actor {
	top := t.Unit
	if up := s.seats.Places().Up(t.Unit); len(up) > 0 {
		top = up[len(up)-1]
	}
	return record.Actor{Seats: []record.Seat{{Role: record.Auditor, Unit: top}}}
}

// Covers reports whether a token may ask for a unit.
func (s *Service) Covers(t *ReadToken, unit string) bool {
	return s.seats.Places().Within(unit, t.Unit)
}
