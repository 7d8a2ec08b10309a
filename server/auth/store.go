// Package auth knows who calls: accounts with their seats, sessions on devices, access and refresh tokens, and who may
// open, reset and close whose account. Clock and randomness are arguments; what is kept goes through Store.
package auth

import (
	"context"
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Account is a person who signs in.
type Account struct {
	ID         string // 32 hex digits
	Login      string // as typed, lower case
	Name       string // shown to colleagues
	Password   string // PHC string of argon2id; "" while nobody has set one, which matches nothing
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

// Phone is a device on which an account signed in.
type Phone struct {
	ID       string
	Name     string
	Since    time.Time
	LastSeen time.Time
	Live     bool // has a session that goes on
}

// Enrolment is a code given for an account, by hashes alone.
type Enrolment struct {
	Account    string
	Token      string
	Digits     string
	IssuedAt   time.Time
	ExpiresAt  time.Time
	Wrong      int
	UsedAt     time.Time // zero: not yet
	UsedDevice string
}

// Use is what using a code changes, in one transaction.
type Use struct {
	Account  string
	Token    string // its hash: a code that was replaced meanwhile is not used
	Password string
	Session  Session
	Event    Event
	// Again is since when the same device may use the code once more: its answer may have been lost.
	Again time.Time
}

// Invitee is an account of a list with what its password and code say.
type Invitee struct {
	Account
	CodeUntil time.Time // zero without a code that can be used
	LastSeen  time.Time // zero: never signed in
}

// Beside is what is written in the transaction of a line of the log.
type Beside struct {
	Accounts []Account
	Events   []Event
}

// Store keeps accounts, sessions and the server's keys. A missing row is record.NotFound,
// an account whose login is taken record.Exists.
type Store interface {
	AccountByLogin(ctx context.Context, login string) (*Account, error)
	AccountByID(ctx context.Context, id string) (*Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	// Invitees lists all accounts by login.
	Invitees(ctx context.Context, now time.Time) ([]Invitee, error)
	// LoginsLike lists the logins that begin so.
	LoginsLike(ctx context.Context, prefix string) ([]string, error)
	// WriteBeside opens accounts and keeps events in a transaction of the log.
	WriteBeside(tx engine.Tx, b Beside) error

	// SetPassword also ends the account's sessions but those on the device kept; keep "" ends all where end is set.
	SetPassword(ctx context.Context, id, password string, mustChange, end bool, keep string, e Event) error
	// SetActive ends all sessions of an account that is switched off.
	SetActive(ctx context.Context, id string, active bool, e Event) error
	SetName(ctx context.Context, id, name string, e Event) error

	// Standing is another number once a session, an account or a seat has changed, whichever program did it. What was
	// read after it holds until then.
	Standing(ctx context.Context) (int64, error)
	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, id string) (*Session, error)
	// Rotate moves a session on if next is still its Next; false where another request was first.
	Rotate(ctx context.Context, id, next, successor string, at time.Time) (bool, error)
	EndSession(ctx context.Context, id string) error
	// Phones lists an account's devices, the one seen last first.
	Phones(ctx context.Context, account string) ([]Phone, error)
	// EndPhone ends the account's sessions on a device.
	EndPhone(ctx context.Context, account, device string, e Event) error

	// PutEnrolments gives codes; where reset is set, passwords are emptied and sessions ended.
	PutEnrolments(ctx context.Context, list []Enrolment, reset bool, events []Event) error
	EnrolmentByToken(ctx context.Context, token string) (*Enrolment, error)
	EnrolmentOf(ctx context.Context, account string) (*Enrolment, error)
	// CountWrong adds a wrong try.
	CountWrong(ctx context.Context, account string) error
	// UseEnrolment is false where the code is used or was replaced.
	UseEnrolment(ctx context.Context, u Use) (bool, error)

	// Keep keeps an event that changes nothing.
	Keep(ctx context.Context, e Event) error
	// EventsOf lists what was done to an account, newest first.
	EventsOf(ctx context.Context, account string, most int) ([]Event, error)
	// EventsBefore lists what was done to any account before an event, 0: before none, newest first.
	EventsBefore(ctx context.Context, before int64, most int) ([]Event, error)

	// Secret returns the key kept under a name, keeping fresh there first if there is none.
	Secret(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Seats are kept by the log, not here: what an account may do decides what becomes of its changes, so a replay of the
// log must know it (SPEC S12). The engine is one.
type Seats interface {
	Places() *record.Places
	Actor(ctx context.Context, account string) (record.Actor, error)
	Held(ctx context.Context, accounts []string) ([]engine.Held, error)
	Appoint(ctx context.Context, actors []record.Actor, also func(engine.Tx) error) error
}
