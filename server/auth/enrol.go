package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"time"

	"niangjia/sync/record"
)

// A code enrols one account on one phone: as a link with 128 random bits in a QR code, or as six digits with the
// account's login. Digits can be guessed, so they die after a few wrong tries; the link cannot, and goes on.
const (
	CodeLasts  = 72 * time.Hour
	wrongTries = 5
	// lostAnswer is how long the phone that used a code may use it once more: on one bar of signal the answer may
	// have been lost, and she would stand there with a code that is used and a phone that is not enrolled.
	lostAnswer = 15 * time.Minute
)

// Code is what is handed to a person, once. It is kept nowhere.
type Code struct {
	Account Account
	Seats   []record.Seat
	Token   string // 22 characters of base64url
	Digits  string
	Until   time.Time
}

// Proof is what a person hands over: a token, or a login with digits.
type Proof struct {
	Token  string
	Login  string
	Digits string
}

func (s *Service) newCode(account Account, seats []record.Seat) (Code, Enrolment, error) {
	token := make([]byte, 16)
	if _, err := io.ReadFull(s.random, token); err != nil {
		return Code{}, Enrolment{}, err
	}
	n, err := rand.Int(s.random, big.NewInt(1_000_000))
	if err != nil {
		return Code{}, Enrolment{}, err
	}
	now := s.now()
	c := Code{Account: account, Seats: seats, Token: base64.RawURLEncoding.EncodeToString(token), Digits: fmt.Sprintf("%06d", n), Until: now.Add(CodeLasts)}
	return c, Enrolment{Account: account.ID, Token: hashOf(c.Token), Digits: s.digitsHash(account.ID, c.Digits), IssuedAt: now, ExpiresAt: c.Until}, nil
}

// digitsHash is keyed: a bare hash of six digits is no secret to who can read the table alone.
func (s *Service) digitsHash(account, digits string) string {
	mac := hmac.New(sha256.New, s.enrol)
	mac.Write([]byte(account + "\x00" + digits))
	return hex.EncodeToString(mac.Sum(nil))
}

// CheckCode tells whose a code is, so that she sees that it is hers before she uses it. Errors: *Limited, wrong_code,
// code_used, code_expired.
func (s *Service) CheckCode(ctx context.Context, p Proof, device, address string) (*Account, error) {
	account, _, err := s.proveCode(ctx, p, device, address)
	return account, err
}

// Enrol uses a code: sets the password, ends the account's other sessions and begins one on this phone.
func (s *Service) Enrol(ctx context.Context, p Proof, password, device, deviceName, address string) (*Account, *Tokens, error) {
	account, enrolment, err := s.proveCode(ctx, p, device, address)
	if err != nil {
		return nil, nil, err
	}
	hash, err := s.HashPassword(ctx, password) // before the code is used: a password too short must not cost it
	if err != nil {
		return nil, nil, err
	}
	session, tokens, err := s.newSession(account.ID, device, deviceName)
	if err != nil {
		return nil, nil, err
	}
	used, err := s.store.UseEnrolment(ctx, Use{Account: account.ID, Token: enrolment.Token, Password: hash, Session: *session,
		Event: s.event(account.ID, account.ID, Enrolled, EventDetail{Phone: device}), Again: s.now().Add(-lostAnswer)})
	if err != nil {
		return nil, nil, err
	}
	if !used {
		return nil, nil, &record.Error{Code: record.CodeUsed}
	}
	s.byLogin.reset(account.Login)
	s.byLogin.reset("code " + account.Login)
	account.Password, account.MustChange = hash, false
	return account, tokens, nil
}

func (s *Service) proveCode(ctx context.Context, p Proof, device, address string) (*Account, *Enrolment, error) {
	if wait, ok := s.byEnroller.take(address, s.now()); !ok {
		return nil, nil, &Limited{wait}
	}
	var e *Enrolment
	var err error
	if p.Token != "" {
		e, err = s.store.EnrolmentByToken(ctx, hashOf(p.Token))
		if is(err, record.NotFound) {
			err = &record.Error{Code: record.WrongCode}
		}
	} else {
		e, err = s.byDigits(ctx, Normal(p.Login), p.Digits)
	}
	if err != nil {
		return nil, nil, err
	}
	account, err := s.store.AccountByID(ctx, e.Account)
	if err != nil {
		return nil, nil, err
	}
	now := s.now()
	again := e.UsedDevice == device && now.Sub(e.UsedAt) < lostAnswer
	switch {
	case !account.Active:
		return nil, nil, &record.Error{Code: record.WrongCode}
	case !e.UsedAt.IsZero() && !again:
		return nil, nil, &record.Error{Code: record.CodeUsed}
	case now.After(e.ExpiresAt):
		return nil, nil, &record.Error{Code: record.CodeExpired}
	}
	return account, e, nil
}

// byDigits counts wrong tries. Whoever guesses is told the same for a login that is none, for wrong digits and for
// digits that have died; only right digits learn that they are used or expired.
func (s *Service) byDigits(ctx context.Context, login, digits string) (*Enrolment, error) {
	wrong := &record.Error{Code: record.WrongCode}
	// Apart from the tries at her password: whoever guesses digits must not keep her from signing in. No login has a space.
	if wait, ok := s.byLogin.take("code "+login, s.now()); !ok {
		return nil, &Limited{wait}
	}
	// One at a time, or tries sent together would all be compared before the first is counted.
	s.guessing.Lock()
	defer s.guessing.Unlock()
	account, err := s.store.AccountByLogin(ctx, login)
	if is(err, record.NotFound) {
		return nil, wrong
	} else if err != nil {
		return nil, err
	}
	e, err := s.store.EnrolmentOf(ctx, account.ID)
	if is(err, record.NotFound) {
		return nil, wrong
	} else if err != nil {
		return nil, err
	}
	if e.Wrong >= wrongTries {
		return nil, wrong
	}
	if subtle.ConstantTimeCompare([]byte(s.digitsHash(account.ID, digits)), []byte(e.Digits)) != 1 {
		if err := s.store.CountWrong(ctx, account.ID); err != nil {
			return nil, err
		}
		return nil, wrong
	}
	return e, nil
}
