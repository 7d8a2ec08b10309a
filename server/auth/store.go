// Package auth knows who calls: accounts with their seats, sessions on devices, access and refresh tokens.
// Clock and randomness are arguments; what is kept goes through Store.
package auth

import (
	"context"
	"time"

	"niangjia/sync/record"
)

// Account is a person who signs in.
type Account struct {
	ID         string // 32 hex digits
	Login      string // as typed, lower case
	Name       string // shown to colleagues
	Password   string // PHC string of argon2id
	Active     bool
	MustChange bool // somebody else set the password
}

// Session is one sign-in of an account on a device. Of its chain of refresh tokens only two are known, by hash:
// the one that was used last and the one that it was answered with.
type Session struct {
	ID         string
	Account    string
	Device     string // 32 hex digits, made by the phone
	DeviceName string
	Used       string // hash of the token used last, "" before the first refresh
	Next       string // hash of its successor
	CreatedAt  time.Time
	UsedAt     time.Time
	Ended      bool
}

// Store keeps accounts, sessions and the server's keys. A missing row is record.NotFound,
// an account whose login is taken record.Exists.
type Store interface {
	AccountByLogin(ctx context.Context, login string) (*Account, error)
	AccountByID(ctx context.Context, id string) (*Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	AddAccount(ctx context.Context, a Account) error
	// SetPassword also ends all sessions of the account when endSessions is set.
	SetPassword(ctx context.Context, id, password string, mustChange, endSessions bool) error
	// SetActive ends all sessions of an account that is switched off.
	SetActive(ctx context.Context, id string, active bool) error

	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, id string) (*Session, error)
	// Rotate moves a session on if next is still its Next; false where another request was first.
	Rotate(ctx context.Context, id, next, successor string, at time.Time) (bool, error)
	EndSession(ctx context.Context, id string) error

	// Secret returns the key kept under a name, keeping fresh there first if there is none.
	Secret(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Seats are kept by the log, not here: what an account may do decides what becomes of its changes, so a replay of the
// log must know it (SPEC S12). The engine is one.
type Seats interface {
	Actor(ctx context.Context, account string) (record.Actor, error)
	SetSeats(ctx context.Context, account string, seats []record.Seat) error
}
