package auth

import (
	"context"
	"slices"
	"strings"

	"niangjia/sync/record"
)

// NewAccount is what opening an account takes.
type NewAccount struct {
	ID         string // "" to draw one
	Login      string
	Name       string
	Password   string
	Hash       string // instead of Password, of HashPassword: hundreds of demo accounts share one
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
func (s *Service) Add(ctx context.Context, n NewAccount) (*Account, error) {
	login := Normal(n.Login)
	switch {
	case login == "" || len(login) > 64 || strings.ContainsAny(login, " \t\r\n"):
		return nil, &record.Error{Code: record.BadRequest, Field: "login"}
	case strings.TrimSpace(n.Name) == "" || len(n.Name) > 200:
		return nil, &record.Error{Code: record.BadRequest, Field: "name"}
	}
	if err := checkSeats(n.Seats); err != nil {
		return nil, err
	}
	hash, id, err := n.Hash, n.ID, error(nil)
	if hash == "" {
		if hash, err = s.HashPassword(ctx, n.Password); err != nil {
			return nil, err
		}
	}
	if id == "" {
		if id, err = s.id(); err != nil {
			return nil, err
		}
	}
	// The log learns of the seats before the account can act on them; a taken login must leave no trace there.
	if _, err := s.store.AccountByLogin(ctx, login); err == nil {
		return nil, &record.Error{Code: record.Exists, Field: "login"}
	} else if !is(err, record.NotFound) {
		return nil, err
	}
	if err := s.seats.SetSeats(ctx, id, n.Seats); err != nil {
		return nil, err
	}
	a := Account{ID: id, Login: login, Name: strings.TrimSpace(n.Name), Password: hash, Active: true, MustChange: n.MustChange}
	if err := s.store.AddAccount(ctx, a); err != nil {
		return nil, err
	}
	return &a, nil
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
	return s.seats.SetSeats(ctx, account.ID, seats)
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
	return s.store.SetPassword(ctx, account.ID, hash, true, true)
}

// SetActive opens or closes an account; closing ends its sessions.
func (s *Service) SetActive(ctx context.Context, login string, active bool) error {
	account, err := s.store.AccountByLogin(ctx, Normal(login))
	if err != nil {
		return err
	}
	return s.store.SetActive(ctx, account.ID, active)
}

// Listed is an account with its seats, for lists.
type Listed struct {
	Account
	Seats []record.Seat
}

// List gives all accounts by login.
func (s *Service) List(ctx context.Context) ([]Listed, error) {
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, 0, len(accounts))
	for _, a := range accounts {
		actor, err := s.seats.Actor(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Listed{a, actor.Seats})
	}
	return out, nil
}

// Names gives the display names of accounts; who is unknown is left out.
func (s *Service) Names(ctx context.Context, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	for _, id := range ids {
		a, err := s.store.AccountByID(ctx, id)
		if is(err, record.NotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		names[id] = a.Name
	}
	return names, nil
}
