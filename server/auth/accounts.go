package auth

import (
	"context"
	"slices"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// What whoever keeps the machine does, by the command line; managers.go has what managers do.

// NewAccount is what opening an account takes.
type NewAccount struct {
	ID         string // "" to draw one
	Login      string // "" to make one of the first seat's unit
	Name       string
	Password   string
	Hash       string // instead of Password, of HashPassword: hundreds of demo accounts share one
	Invited    bool   // no password at all: a code will set it
	MustChange bool
	Seats      []record.Seat
}

// HashPassword gives what is stored of a password.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, s.random, password)
}

// Add opens an account with its seats. Errors: exists, bad_request with the field.
func (s *Service) Add(ctx context.Context, n NewAccount) (*Account, error) { return s.add(ctx, "", n) }

func (s *Service) add(ctx context.Context, by string, n NewAccount) (*Account, error) {
	a, err := s.prepare(ctx, n)
	if err != nil {
		return nil, err
	}
	// The log learns of the seats before the account can act on them; a taken login leaves no trace there.
	err = s.seats.Appoint(ctx, []record.Actor{{Account: a.ID, Seats: n.Seats}}, func(tx engine.Tx) error {
		return s.store.WriteBeside(tx, Beside{Accounts: []Account{*a}, Events: []Event{s.event(by, a.ID, Opened, EventDetail{Gave: n.Seats})}})
	})
	return a, err
}

func (s *Service) prepare(ctx context.Context, n NewAccount) (a *Account, err error) {
	if err := checkName(n.Name); err != nil {
		return nil, err
	}
	if err := checkSeats(n.Seats); err != nil {
		return nil, err
	}
	login := Normal(n.Login)
	if login == "" && len(n.Seats) > 0 {
		if login, err = s.freeLogin(ctx, n.Seats[0].Unit, nil); err != nil {
			return nil, err
		}
	}
	if err := checkLogin(login); err != nil {
		return nil, err
	}
	hash, id := n.Hash, n.ID
	if hash == "" && !n.Invited {
		if hash, err = s.HashPassword(ctx, n.Password); err != nil {
			return nil, err
		}
	}
	if id == "" {
		if id, err = s.id(); err != nil {
			return nil, err
		}
	}
	return &Account{ID: id, Login: login, Name: strings.TrimSpace(n.Name), Password: hash, Active: true, MustChange: n.MustChange}, nil
}

func checkLogin(login string) error {
	if login == "" || len(login) > 64 || strings.ContainsAny(login, " \t\r\n") {
		return &record.Error{Code: record.BadRequest, Field: "login"}
	}
	return nil
}

func checkName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > 200 || strings.ContainsAny(name, "\r\n") {
		return &record.Error{Code: record.BadRequest, Field: "name"}
	}
	return nil
}

// SetSeats replaces the seats of an account.
func (s *Service) SetSeats(ctx context.Context, login string, seats []record.Seat) error {
	account, err := s.store.AccountByLogin(ctx, Normal(login))
	if err != nil {
		return err
	}
	if err := checkSeats(seats); err != nil {
		return err
	}
	return s.appoint(ctx, "", account.ID, seats)
}

// appoint replaces seats and keeps what was changed by whom.
func (s *Service) appoint(ctx context.Context, by, id string, seats []record.Seat) error {
	before, err := s.seats.Actor(ctx, id)
	if err != nil {
		return err
	}
	gave, took := difference(before.Seats, seats)
	if len(gave) == 0 && len(took) == 0 {
		return nil
	}
	return s.seats.Appoint(ctx, []record.Actor{{Account: id, Seats: seats}}, func(tx engine.Tx) error {
		return s.store.WriteBeside(tx, Beside{Events: []Event{s.event(by, id, Seated, EventDetail{Gave: gave, Took: took})}})
	})
}

func checkSeats(seats []record.Seat) error {
	for i, seat := range seats {
		if !seat.Role.Valid() || slices.Contains(seats[:i], seat) {
			return &record.Error{Code: record.BadRequest, Field: "seats"}
		}
	}
	return nil
}

// Reset sets a password that its owner must change, and ends all her sessions.
func (s *Service) Reset(ctx context.Context, login, password string) error {
	account, err := s.store.AccountByLogin(ctx, Normal(login))
	if err != nil {
		return err
	}
	hash, err := s.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, account.ID, hash, true, true, "", s.event("", account.ID, WasReset, EventDetail{}))
}

// SetActive opens or closes an account; closing ends its sessions.
func (s *Service) SetActive(ctx context.Context, login string, active bool) error {
	account, err := s.store.AccountByLogin(ctx, Normal(login))
	if err != nil {
		return err
	}
	return s.store.SetActive(ctx, account.ID, active, s.event("", account.ID, whatOf(active), EventDetail{}))
}

func whatOf(active bool) What {
	if active {
		return Reopened
	}
	return Closed
}

// Holder is an account with its seats.
type Holder struct {
	Account
	Seats []record.Seat
}

// List gives all accounts by login.
func (s *Service) List(ctx context.Context) ([]Holder, error) {
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Holder, 0, len(accounts))
	for _, a := range accounts {
		actor, err := s.seats.Actor(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Holder{a, actor.Seats})
	}
	return out, nil
}
