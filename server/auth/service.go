package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"niangjia/sync/record"
)

// Service signs people in and tells who calls.
type Service struct {
	store   Store
	reads   ReadTokens
	seats   Seats
	now     func() time.Time
	random  io.Reader
	hasher  hasher
	signer  signer
	refresh []byte // key of refresh tokens' successors
	enrol   []byte // key of the hashes of six digits

	byLogin    *attempts
	byAddress  *attempts
	byEnroller *attempts
	byReader   *attempts  // wrong read tokens, by address
	byToken    *attempts  // reading, by read token
	guessing   sync.Mutex // one comparison of six digits at a time
	people     sync.Mutex // one manager's change at a time: what she may do is checked and done as one
	lately     *lately
	nobody     string // a hash to compare with where there is no such account, so that both take the same time
}

// Options are what the service takes from the outside.
type Options struct {
	Store  Store
	Reads  ReadTokens
	Seats  Seats
	Now    func() time.Time
	Random io.Reader // must be safe for use by many at once, as crypto/rand is
	AtOnce int       // password hashes computed at once
}

// idleLasts is how long a phone may stay away and still refresh. A volunteer works offline for weeks and must not meet a
// log-in page over unsent work.
const idleLasts = 180 * 24 * time.Hour

// Open reads the server's keys, making them the first time.
func Open(ctx context.Context, o Options) (*Service, error) {
	s := &Service{store: o.Store, reads: o.Reads, seats: o.Seats, now: o.Now, random: o.Random, hasher: newHasher(max(1, o.AtOnce)),
		// A person who mistypes gets eight tries and then one a minute. Whole townships share one address, so an
		// address gets many more.
		byLogin:   newAttempts(time.Minute, 8, 20_000),
		byAddress: newAttempts(time.Second, 120, 20_000),
		// Thirty people of a township enrol behind one address in half an hour, each with two requests. At two seconds a
		// try and five tries a code, all codes of a city can be guessed at for days with hardly a hit.
		byEnroller: newAttempts(2*time.Second, 60, 20_000),
		// A token has 256 bits: what is bounded here is the noise. Right ones take nothing of it.
		byReader: newAttempts(10*time.Second, 20, 20_000),
		// A dashboard that asks for every township of a city, once, and then for its page each second.
		byToken: newAttempts(time.Second, 120, 2_000),
		lately:  newLately(),
	}
	access, err := s.key(ctx, "access")
	if err != nil {
		return nil, err
	}
	s.signer = signer{key: access, now: o.Now}
	if s.refresh, err = s.key(ctx, "refresh"); err != nil {
		return nil, err
	}
	if s.enrol, err = s.key(ctx, "enrol"); err != nil {
		return nil, err
	}
	if s.nobody, err = decoy(s.random); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) key(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(s.random, fresh); err != nil {
		return nil, err
	}
	key, err := s.store.Secret(ctx, name, fresh)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", name, err)
	}
	return key, nil
}

func (s *Service) id() (string, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// Tokens are what a phone holds of its session.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration
}

// Limited says how long to wait before the next try. Its code is rate_limited.
type Limited struct{ Wait time.Duration }

func (l *Limited) Error() string { return fmt.Sprintf("too many tries, wait %s", l.Wait) }

// Login begins a session. Errors: *Limited, wrong_password (also for an unknown or closed account).
func (s *Service) Login(ctx context.Context, login, password, device, deviceName, address string) (*Account, *Tokens, error) {
	account, err := s.prove(ctx, login, password, address)
	if err != nil {
		return nil, nil, err
	}
	session, tokens, err := s.newSession(account.ID, device, deviceName)
	if err != nil {
		return nil, nil, err
	}
	if err := s.store.AddSession(ctx, *session); err != nil {
		return nil, nil, err
	}
	return account, tokens, nil
}

func (s *Service) newSession(account, device, deviceName string) (*Session, *Tokens, error) {
	id, err := s.id()
	if err != nil {
		return nil, nil, err
	}
	secret := make([]byte, 32)
	if _, err := io.ReadFull(s.random, secret); err != nil {
		return nil, nil, err
	}
	first, now := refreshToken(id, secret), s.now()
	access, err := s.signer.sign(account, id)
	if err != nil {
		return nil, nil, err
	}
	return &Session{ID: id, Account: account, Device: device, DeviceName: deviceName, Next: hashOf(first), CreatedAt: now, UsedAt: now},
		&Tokens{Access: access, Refresh: first, ExpiresIn: AccessLasts}, nil
}

func (s *Service) prove(ctx context.Context, login, password, address string) (*Account, error) {
	login, now := Normal(login), s.now()
	if wait, ok := s.byAddress.take(address, now); !ok {
		return nil, &Limited{wait}
	}
	if wait, ok := s.byLogin.take(login, now); !ok {
		return nil, &Limited{wait}
	}
	account, err := s.store.AccountByLogin(ctx, login)
	if err != nil && !is(err, record.NotFound) {
		return nil, err
	}
	stored := s.nobody
	invited := account != nil && account.Password == "" // has set none yet: takes as long as a wrong one
	if account != nil && !invited {
		stored = account.Password
	}
	right, err := s.hasher.verify(ctx, stored, password)
	if err != nil {
		return nil, err
	}
	if account == nil || invited || !account.Active || !right {
		return nil, &record.Error{Code: record.WrongPassword}
	}
	s.byLogin.reset(login)
	return account, nil
}

// ChangePassword lets a person set her own, and ends her sessions but those on the device that she holds: on her other
// phones, or on one that somebody else has, the new password is asked for.
func (s *Service) ChangePassword(ctx context.Context, login, password, fresh, device, address string) error {
	account, err := s.prove(ctx, login, password, address)
	if err != nil {
		return err
	}
	hash, err := s.HashPassword(ctx, fresh)
	if err != nil {
		return err
	}
	if account.MustChange && password == fresh {
		// Whoever set the old one knows it.
		return &record.Error{Code: record.BadRequest, Field: "new_password"}
	}
	return s.store.SetPassword(ctx, account.ID, hash, false, true, device, s.event(account.ID, account.ID, PasswordSet, EventDetail{Phone: device}))
}

// Refresh gives new tokens. The token used last gets the same answer again, until that answer is used; an older one, or
// one from another device, gets none. Error: session_ended.
func (s *Service) Refresh(ctx context.Context, token, device string) (*Tokens, error) {
	ended := &record.Error{Code: record.SessionEnded}
	for range 2 { // twice at most: a request beside this one may have rotated between reading and writing
		session, err := s.store.Session(ctx, sessionOf(token))
		if is(err, record.NotFound) {
			return nil, ended
		} else if err != nil {
			return nil, err
		}
		now := s.now()
		if session.Ended || session.Device != device || now.Sub(session.UsedAt) > idleLasts {
			return nil, ended
		}
		account, err := s.store.AccountByID(ctx, session.Account)
		if err != nil {
			return nil, err
		}
		if !account.Active {
			return nil, ended
		}
		next := successor(s.refresh, token)
		switch hashOf(token) {
		case session.Used:
		case session.Next:
			moved, err := s.store.Rotate(ctx, session.ID, session.Next, hashOf(next), now)
			if err != nil {
				return nil, err
			}
			if !moved {
				continue
			}
		default:
			// The session itself goes on: whoever knows its id could otherwise end it with any secret.
			return nil, ended
		}
		access, err := s.signer.sign(account.ID, session.ID)
		if err != nil {
			return nil, err
		}
		return &Tokens{Access: access, Refresh: next, ExpiresIn: AccessLasts}, nil
	}
	return nil, ended
}

// Logout ends the session of a token; an unknown token is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	session, err := s.store.Session(ctx, sessionOf(token))
	if is(err, record.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if h := hashOf(token); h != session.Used && h != session.Next {
		return nil
	}
	return s.store.EndSession(ctx, session.ID)
}

// Normal is the form in which logins are kept and compared.
func Normal(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func checkPassword(p string) error {
	if utf8.RuneCountInString(p) < 8 {
		return &record.Error{Code: record.BadRequest, Field: "password"}
	}
	if len(p) > 200 {
		return &record.Error{Code: record.TooLong, Field: "password"}
	}
	return nil
}

func is(err error, code record.Code) bool {
	var e *record.Error
	return errors.As(err, &e) && e.Code == code
}
