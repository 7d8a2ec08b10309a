// Package sqlite keeps the log, and all that follows from it, in one SQLite file.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"niangjia/migrations"
	"niangjia/sync/engine"
)

// readers is how many snapshots can be read at once beside the writer.
const readers = 4

// ErrNewer says that the file was written by a newer program, which alone knows what it means.
var ErrNewer = errors.New("the database is newer than this program: use the program that wrote it, or a newer one")

// Store is one SQLite file in WAL mode: one writing connection that groups
// waiting updates into one commit, and a pool of reading ones.
type Store struct {
	path              string
	onCommit          atomic.Pointer[func(int, time.Duration)]
	write, read, side *sql.DB
	readers           chan *conn
	standing          standing
	done              chan struct{}

	mu     sync.RWMutex // guards closed, and the queue against being sent to once closed
	closed bool
	queue  chan *update
}

var _ engine.Store = (*Store)(nil)

// What a connection may keep of the file in memory, in KiB. The writer touches the same pages again and again; the
// readers find theirs in the system's memory.
const (
	writerCache = 16 << 10
	readerCache = 2 << 10
	sideCache   = 1 << 10
	// One page is read, and that again and again.
	standingCache = 64
)

// dsn says how a connection opens the file. synchronous=FULL: what was acknowledged survives a power cut. The journal
// is put into the file rarely because that is the dearest step of a large database.
func dsn(path, synchronous string, cache int, more string) string {
	q := url.Values{}
	for _, p := range []string{
		"journal_mode(WAL)", "synchronous(" + synchronous + ")", "busy_timeout(10000)", "foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", cache), "temp_store(MEMORY)", "wal_autocheckpoint(10000)",
	} {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode() + more
}

// Open opens or makes the file and brings its schema up to this program's.
func Open(ctx context.Context, path string) (*Store, error) { return openWith(ctx, path, "FULL") }

// OpenScratch opens a file that nobody needs after a power cut, and does not wait for the disk.
func OpenScratch(ctx context.Context, path string) (*Store, error) { return openWith(ctx, path, "OFF") }

func openWith(ctx context.Context, path, synchronous string) (*Store, error) {
	s := &Store{path: path, queue: make(chan *update, 1024), done: make(chan struct{}), readers: make(chan *conn, readers)}
	if err := s.open(ctx, path, synchronous); err != nil {
		return nil, errors.Join(err, s.closePools())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path, synchronous string) (err error) {
	if err := roomForPages(); err != nil {
		return err
	}
	if s.write, err = sql.Open("sqlite", dsn(path, synchronous, writerCache, "&_txlock=immediate")); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	// Accounts and sessions are written beside the log by a connection of their
	// own: SQLite lets them wait for one another.
	if s.side, err = sql.Open("sqlite", dsn(path, synchronous, sideCache, "&_txlock=immediate")); err != nil {
		return err
	}
	s.side.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", dsn(path, synchronous, sideCache, "&_pragma=query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers) // to open one costs more than any question that is asked of it
	s.read.SetMaxIdleConns(readers)
	for range readers {
		c, err := newConn(ctx, s.read.Driver(), dsn(path, synchronous, readerCache, "&_pragma=query_only(1)"))
		if err != nil {
			return err
		}
		s.readers <- c
	}
	if s.standing.c, err = newConn(ctx, s.read.Driver(), dsn(path, synchronous, standingCache, "&_pragma=query_only(1)")); err != nil {
		return err
	}
	s.standing.c.ctx = context.Background() // what is asked is asked by many at once
	w, err := newConn(ctx, s.write.Driver(), dsn(path, synchronous, writerCache, ""))
	if err != nil {
		return err
	}
	r, err := newConn(ctx, s.read.Driver(), dsn(path, synchronous, readerCache, "&_pragma=query_only(1)"))
	if err != nil {
		return errors.Join(err, w.Close())
	}
	go s.commit(w, r)
	return nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.SQLite, "sqlite")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files)
}

func migrate(ctx context.Context, db *sql.DB) error {
	last, err := newest()
	if err != nil {
		return err
	}
	// As good as every start finds nothing to do, and goose takes a tenth of a restart to see that.
	var at int64
	if db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&at) == nil && at == last {
		return nil
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if version > last {
		return fmt.Errorf("schema %d: %w", version, ErrNewer)
	}
	_, err = p.Up(ctx)
	return err
}

// newest is the version of this program's schema.
func newest() (version int64, err error) {
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range files {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		version = max(version, n)
	}
	return version, nil
}

// Accounts is the part of the store that is not the log's.
func (s *Store) Accounts() *Accounts { return &Accounts{write: s.side, read: s.read, store: s} }

// Ready reports whether the store answers.
func (s *Store) Ready(ctx context.Context) error {
	return s.View(ctx, func(r engine.Reader) error {
		_, err := r.Meta("server_epoch")
		return err
	})
}

// Close lets waiting updates finish and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.queue)
	s.mu.Unlock()
	<-s.done
	// A pool closes only the connections that were given back. With the last one SQLite puts the journal into the
	// file, which is whole by itself then.
	var err error
	for range readers {
		err = errors.Join(err, (<-s.readers).Close())
	}
	close(s.readers)
	return errors.Join(err, s.standing.close(), s.closePools())
}

func (s *Store) closePools() error {
	var err error
	for _, db := range []*sql.DB{s.read, s.side, s.write} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// reader takes a connection out of the readers; giveBack puts it there again.
func (s *Store) reader(ctx context.Context) (*conn, error) {
	select {
	case c := <-s.readers:
		if c == nil {
			return nil, ErrClosed
		}
		c.ctx = ctx
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Store) giveBack(c *conn) { s.readers <- c }

// row reads one row of what is committed.
func (s *Store) row(ctx context.Context, query string, args []any, to ...any) (found bool, err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return false, err
	}
	defer s.giveBack(c)
	return c.one(query, args, to...)
}

// View runs f on one snapshot.
func (s *Store) View(ctx context.Context, f func(engine.Reader) error) (err error) {
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer s.giveBack(c)
	// The snapshot must begin and end even when the caller has gone: given up
	// half-way, this connection would be left in a transaction for ever.
	c.ctx = context.WithoutCancel(ctx)
	if err := c.exec("BEGIN"); err != nil {
		return err
	}
	c.ctx = ctx
	defer func() {
		c.ctx = context.WithoutCancel(ctx)
		err = errors.Join(err, c.exec("ROLLBACK"))
	}()
	return f(reader{c})
}
