// Package app wires the program: it is the one place that knows every part and picks the store.
package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"niangjia/api"
	"niangjia/server/attachment"
	"niangjia/server/auth"
	"niangjia/server/campaign"
	built_in "niangjia/server/catalogue"
	"niangjia/server/notice"
	"niangjia/server/publishing"
	"niangjia/server/push"
	"niangjia/server/registers"
	"niangjia/server/report"
	"niangjia/server/snapshots"
	"niangjia/server/store/sqlite"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Config is what differs from one installation to another.
type Config struct {
	Data      string // folder of the database; made if it is not there
	Catalogue fs.FS  // forms, registers and indicators; nil for those that come with the program
	Keep      bool   // leave the definitions in force as they are: a command beside the server is not to replace them
	Telling   Telling
	Log       *slog.Logger
	Now       func() time.Time // nil for the machine's clock
}

// App is the running program.
type App struct {
	Engine *engine.Engine
	Auth   *auth.Service
	// Registers takes households and persons from spreadsheets.
	Registers *registers.Service
	// Publishing changes forms and figures while everybody works.
	Publishing *publishing.Service
	// Campaigns runs campaigns and the targets of a year.
	Campaigns *campaign.Service
	// Reports writes those of townships, counties and the city.
	Reports *report.Service
	// Snapshots are files of large feeds, for phones that have nothing of them yet.
	Snapshots *snapshots.Service
	// Attachments are photos, signatures and voice notes.
	Attachments *attachment.Service
	// Notices tells people that something waits for them.
	Notices *notice.Service
	// Push carries it to browsers and to a webhook.
	Push *push.Service

	store  *sqlite.Store
	lock   *flock.Flock
	config Config
}

// SnapshotFolder is in the data folder. What is in it can be made again at any time, and is in no backup.
const SnapshotFolder = "snapshots"

// AttachmentFolder is in the data folder. A backup takes what is in it along, beside its file.
const AttachmentFolder = "attachments"

// DatabaseFile is the database's name in the data folder.
const DatabaseFile = "niangjia.db"

// Open opens the data, bringing its schema up to this program's. A database of a newer program is refused.
func Open(ctx context.Context, config Config) (*App, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	definitions, err := beginReading(config.Catalogue)
	if err != nil {
		return nil, err
	}
	// 0700: the database has names and telephone numbers in it.
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
		return nil, err
	}
	lock, err := share(config.Data)
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(config.Data, DatabaseFile))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), lock.Close())
	}
	a := &App{store: store, lock: lock, config: config}
	cat, err := definitions()
	if err == nil {
		err = a.wire(ctx, cat)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// beginReading reads definitions, and gives what gives them. Those that come with the program cannot be wrong, and are read
// while the database is opened: each takes about half of a restart. A folder's are checked before anything is touched.
func beginReading(fsys fs.FS) (func() (*catalogue.Catalogue, error), error) {
	if fsys == nil {
		read := sync.OnceValues(built_in.Built)
		go read()
		return read, nil
	}
	cat, err := catalogue.Parse(fsys)
	return func() (*catalogue.Catalogue, error) { return cat, nil }, err
}

func (a *App) wire(ctx context.Context, cat *catalogue.Catalogue) (err error) {
	a.Snapshots = snapshots.New(snapshots.Options{
		Dir: filepath.Join(a.config.Data, SnapshotFolder), Row: api.WireRow, Path: api.SnapshotPath, Now: a.config.Now, Log: a.config.Log,
	})
	err = a.begin(ctx, cat, engine.Options{
		Now:       func() record.Instant { return record.Instant(a.config.Now().UnixMilli()) },
		NewID:     newID,
		Snapshots: a.Snapshots,
	})
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	accounts := a.store.Accounts()
	a.Auth, err = auth.Open(ctx, auth.Options{
		Store: accounts, Reads: accounts, Seats: a.Engine, Now: a.config.Now, Random: rand.Reader, AtOnce: runtime.NumCPU(),
	})
	if err != nil {
		return fmt.Errorf("open the accounts: %w", err)
	}
	a.Publishing = a.publishing(cat)
	a.Campaigns = campaign.New(campaign.Options{Log: a.Engine, Store: a.store.Drafts(), Now: a.config.Now, NewID: newID})
	a.Attachments = attachment.New(attachment.Options{
		Dir: filepath.Join(a.config.Data, AttachmentFolder), Store: a.store.Attachments(), Records: a.Engine, Now: a.config.Now, Log: a.config.Log,
		AtOnce: 2, // each takes some 40 MB for a tenth of a second
	})
	a.reports(cat)
	if err := a.notices(ctx); err != nil {
		return err
	}
	a.Registers = registers.New(registers.Options{Log: a.Engine, Now: func() record.Instant { return record.Instant(a.config.Now().UnixMilli()) }, AtOnce: 1})
	return nil
}

// Catalogue reads a folder of definitions, or those that come with the program.
func Catalogue(fsys fs.FS) (*catalogue.Catalogue, error) {
	if fsys == nil {
		return built_in.Built()
	}
	return catalogue.Parse(fsys)
}

// Close closes the data.
func (a *App) Close() error {
	if a.Reports != nil {
		a.Reports.Close()
	}
	return errors.Join(a.store.Close(), a.lock.Close())
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program rather than give a weak number
	return hex.EncodeToString(b[:])
}
