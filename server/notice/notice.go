// Package notice tells people that something waits for them: an inbox that comes with every exchange and never fails,
// messages to units below, reminders of deadlines, and urgent cases. What leaves the server besides goes into an outbox
// in the same transaction. docs/decisions/0043-notices.md, SPEC N.
package notice

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// Kind of a notice.
type Kind string

const (
	Reminder Kind = "reminder" // of deadlines
	Sent     Kind = "message"
	Urgent   Kind = "urgent" // an urgent entry has come
	Raised   Kind = "raised" // and nobody has opened it
)

// Kinds are all there are: each has its template (server/push).
var Kinds = []Kind{Reminder, Sent, Urgent, Raised}

// Notice is a line of somebody's inbox.
type Notice struct {
	ID         string // 32 hex digits, of what makes it this one (N1)
	Account    string
	Num        int64 // its place in the inbox
	Kind       Kind
	At         time.Time
	Unit       string          // by which she was reached, "" for none
	Ref        string          // the message or the entry that it is about
	Params     json.RawMessage // by kind
	Expires    time.Time       // zero: never
	ReceivedAt time.Time       // zero: by none of her phones
	ReadAt     time.Time
}

// Mark says what was read, here or on another phone.
type Mark struct {
	ID  string
	Num int64
	At  time.Time
}

// Page is what has come into an inbox after a number.
type Page struct {
	Notices []Notice
	Reads   []Mark
	Through int64 // ask from here
	More    bool
	Reset   bool // the phone's number is beyond this inbox, of a server that was lost: this page begins it anew
}

// Telling is a notice with what is written beside it, or not at all.
type Telling struct {
	Notice
	// Keys are what it tells (N6). Of those that were told meanwhile, by another process, the notice must not speak: Build
	// is given the others. Without keys it is told once by its id.
	Keys  []string
	Build func(keys []string) (json.RawMessage, error)
	Out   *Out
}

// Out is what is to leave the server.
type Out struct {
	Due     time.Time // not before
	Expires time.Time // not after
	Night   bool      // also in quiet hours
}

// Case is an urgent entry.
type Case struct {
	Entity string
	Unit   string
	ToldAt time.Time
}

// Store keeps all of it. Writing is one transaction each.
type Store interface {
	// Head is the newest number of an inbox, 0 of an empty one.
	Head(ctx context.Context, account string) (int64, error)
	Inbox(ctx context.Context, account string, after int64, limit int) (*Page, error)
	// Receive notes that a phone has all up to a number.
	Receive(ctx context.Context, account string, through int64, now time.Time) error
	// Read notes what an account has read; what it had read before stays as it was.
	Read(ctx context.Context, account string, ids []string, now time.Time) error
	// Tell puts notices into inboxes, and what is to leave the server into the outbox; hook says that the webhook too is to
	// have them. It returns how many were new. c is the urgent case that they tell of, written with them; nil for none.
	Tell(ctx context.Context, list []Telling, c *Case, hook bool) (int, error)
	// Told gives those of the ids that were told.
	Told(ctx context.Context, ids []string) (map[string]bool, error)
	// People are the accounts that sign in, with their seats.
	People(ctx context.Context) ([]record.Actor, error)

	AddMessage(ctx context.Context, m Message, list []Telling, hook bool) error
	// Message is nil where there is none.
	Message(ctx context.Context, id string) (*Message, error)
	// Messages are an account's, newest first, with their counts.
	Messages(ctx context.Context, account string, since time.Time, limit int) ([]Message, error)
	// Reached counts by unit who has a message.
	Reached(ctx context.Context, message string) ([]Reach, error)

	// Untold are urgent entries that wait for a decision and of which nobody was told.
	Untold(ctx context.Context) ([]Case, error)
	// Unopened are those told before a time, or after now, that wait still and that nobody has opened.
	Unopened(ctx context.Context, before, now time.Time) ([]Case, error)
	// Retime says that a case was told at a time: it was told by a clock that was ahead.
	Retime(ctx context.Context, c Case) error
	// Open notes that somebody who was told has opened an urgent entry.
	Open(ctx context.Context, entity, account string, now time.Time) error
	// Raise tells the level above, once.
	Raise(ctx context.Context, c Case, list []Telling, now time.Time, hook bool) error

	// Beat writes what time it is by a process's clock, and gives those of all others.
	Beat(ctx context.Context, process string, now time.Time) ([]Clock, error)
	// Stopped forgets a process, unless it has moved since.
	Stopped(ctx context.Context, c Clock) error

	// Tidy removes what is older than a time.
	Tidy(ctx context.Context, before time.Time) error
}

// Campaigns are asked for their deadlines. Gaps are asked only of those that are due.
type Campaigns interface {
	// Open are the campaigns that run or have ended lately.
	Open(ctx context.Context, now time.Time) ([]remind.Campaign, error)
	Gaps(ctx context.Context, campaign string) ([]remind.Gap, error)
}

// Options are what the service needs.
type Options struct {
	Store     Store
	Places    func() *record.Places
	Campaigns Campaigns // nil: there are none to remind of
	Now       func() time.Time
	Zone      *time.Location
	Log       *slog.Logger
	// Hook: a webhook is to have what is told.
	Hook bool
	// Wake is called when something was put into the outbox; nil for nobody.
	Wake func()
}

// Service is safe for concurrent use, by several processes too.
type Service struct {
	opt     Options
	process string // its name among those that remind

	look      sync.Mutex         // guards others
	others    map[string]beating // clocks of other processes
	elsewhere atomic.Bool        // night by one of them
}

// New is a service over what is kept.
func New(o Options) *Service {
	return &Service{opt: o, process: rand.Text(), others: map[string]beating{}}
}

// pageMost is how many notices and marks one answer has.
const pageMost = 500

// Head is the number that an exchange tells (N1).
func (s *Service) Head(ctx context.Context, account string) (int64, error) {
	return s.opt.Store.Head(ctx, account)
}

// Inbox is what has come after a number. To ask from it says that all up to it has been received.
func (s *Service) Inbox(ctx context.Context, account string, after int64) (*Page, error) {
	if after < 0 {
		return nil, &record.Error{Code: record.BadRequest, Field: "after"}
	}
	page, err := s.opt.Store.Inbox(ctx, account, after, pageMost)
	if err != nil || page.Reset || after == 0 {
		return page, err
	}
	return page, s.opt.Store.Receive(ctx, account, after, s.opt.Now())
}

// readMost is how many marks come at once: a phone that was away for a year has no more.
const readMost = 500

// Read notes what was read. An id may be of a notice, or of what a phone has made itself of an entry.
func (s *Service) Read(ctx context.Context, account string, ids []string) error {
	if len(ids) == 0 || len(ids) > readMost {
		return &record.Error{Code: record.BadRequest, Field: "ids"}
	}
	for _, id := range ids {
		if !readable(id) {
			return &record.Error{Code: record.BadRequest, Field: "ids"}
		}
	}
	return s.opt.Store.Read(ctx, account, ids, s.opt.Now())
}

// tell puts notices into inboxes and has what they send sent.
func (s *Service) tell(ctx context.Context, list []Telling, c *Case) (int, error) {
	n, err := s.opt.Store.Tell(ctx, list, c, s.opt.Hook)
	if n > 0 {
		s.wake()
	}
	return n, err
}

func (s *Service) wake() {
	if s.opt.Wake != nil {
		s.opt.Wake()
	}
}
