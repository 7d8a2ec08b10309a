// Package attachment takes photos, signatures and voice notes in pieces, looks at what came before it keeps it, and gives
// it to those who may have it. The bytes lie in files beside the database; what is known of each is a row (Store).
// docs/decisions/0035-attachments.md.
package attachment

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// State of an attachment.
type State string

const (
	Coming State = "coming"
	Ready  State = "ready"
	Broken State = "broken" // all of it came, and it is not what it should be
)

// Attachment is what is known of one. Times are UTC.
type Attachment struct {
	ID        string // 32 hex digits, made by the phone
	Entity    string
	Field     string
	Kind      string // type of the field: photo, signature or voice
	Account   string // who sends it
	Unit      string
	Length    int64 // bytes that the phone sends
	Received  int64 // of them, safe on the disk
	State     State
	Type      string // media type of the file that is kept
	Size      int64  // its bytes
	Hash      string // its SHA-256, hex
	Thumbnail int64  // bytes of the small picture, 0 where there is none
	CreatedAt time.Time
	TouchedAt time.Time
	UnnamedAt time.Time // since when no record names it; zero while one does
}

// whole reports whether all bytes have come.
func (a *Attachment) whole() bool { return a.Received == a.Length }

// Counts are what quotas are held against.
type Counts struct {
	OfEntity  int // that the record has
	OfAccount int // that the account has begun since a time
	Coming    int // of the account, not at their end
}

// Store keeps the rows. A row that is not there is nil, never an error.
type Store interface {
	Attachment(ctx context.Context, id string) (*Attachment, error)
	// AddAttachment keeps a new row; where one of its id is there, nothing is done.
	AddAttachment(ctx context.Context, a Attachment) error
	// SetAttachment keeps all of a row that is there.
	SetAttachment(ctx context.Context, a Attachment) error
	DropAttachment(ctx context.Context, id string) error
	CountAttachments(ctx context.Context, entity, account string, since time.Time) (Counts, error)
	// Attachments lists rows in the order of their ids, after one.
	Attachments(ctx context.Context, after string, limit int) ([]Attachment, error)
}

// Records say whose a record is to change and to read. The engine is one.
type Records interface {
	Attaching(ctx context.Context, actor record.Actor, entity, field string) (kind, unit string, err error)
	ReadsAttachment(ctx context.Context, actor record.Actor, a engine.Attached) error
	Unnamed(ctx context.Context, list []engine.Attached) ([]engine.Attached, error)
}

// Bounds (F3). A phone reduces a photo to 1,600 pixels and some 300 KB before it sends it, and a minute of speech has
// some 250 KB: what is larger comes from no phone.
const (
	MaxPicture = 3 << 20
	MaxVoice   = 1 << 20
	// MaxLength is the most of any kind.
	MaxLength = MaxPicture

	ofEntity = 40  // a record's fields of all kinds take fewer; what was replaced counts for 30 days
	ofDay    = 400 // begun by one account in 24 hours
	unended  = 60  // begun and not ended
)

// How long things are kept.
const (
	// Unfinished is how long what has not come whole waits for its next bytes.
	Unfinished = 7 * 24 * time.Hour
	// Unwanted is how long what no record names is kept: a decision may bring the content back that named it.
	Unwanted = 30 * 24 * time.Hour
)

// Options are what the service needs.
type Options struct {
	Dir     string // made when it is needed; nothing else lies in it
	Store   Store
	Records Records
	Now     func() time.Time
	Log     *slog.Logger
	AtOnce  int // pictures that are looked at together
}

// Service keeps them. It is safe for concurrent use; one process at a time takes uploads.
type Service struct {
	Options
	looking chan struct{} // bounds how many pictures are in memory

	mu   sync.Mutex // guards busy
	busy map[string]*hold
}

// New is the service over a folder.
func New(o Options) *Service {
	return &Service{Options: o, looking: make(chan struct{}, max(1, o.AtOnce)), busy: map[string]*hold{}}
}

// hold is one request that works on an attachment.
type hold struct {
	done chan struct{}
	stop func() // lets go of a request whose line may have died; nil where it ends by itself
}

// taking is how long a request waits for another that works on the same attachment.
const taking = 10 * time.Second

// take makes the caller the only one who works on an attachment. A phone whose line broke asks again while the request
// before still waits for bytes that will never come: that one is told to stop, and what it has of it is kept.
func (s *Service) take(ctx context.Context, id string, stop func()) (release func(), err error) {
	patience := time.NewTimer(taking)
	defer patience.Stop()
	for {
		s.mu.Lock()
		before := s.busy[id]
		if before == nil {
			mine := &hold{done: make(chan struct{}), stop: stop}
			s.busy[id] = mine
			s.mu.Unlock()
			return func() {
				s.mu.Lock()
				delete(s.busy, id)
				s.mu.Unlock()
				close(mine.done)
			}, nil
		}
		s.mu.Unlock()
		if before.stop != nil {
			before.stop()
		}
		select {
		case <-before.done:
		case <-patience.C:
			return nil, record.Errorf(record.Unavailable, "attachment %s is worked on", id)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
