package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// A pipe takes statements from the goroutine that decides to the one that owns the writing connection, in order: while
// the rows of one change are written, the next one is decided. What fails there fails all that follows until reset.
type pipe struct {
	c      *conn
	in     chan *chunk
	ended  sync.WaitGroup
	chunk  *chunk                // being filled; the deciding goroutine's
	walked bool                  // the deciding goroutine walks rows of the connection: it sends nothing that it does not wait for
	failed atomic.Pointer[error] // for the deciding goroutine to hear of early

	// The writing goroutine's.
	err  error
	open bool // a transaction is
}

// chunk is some statements with their values, and what comes after them.
type chunk struct {
	ops    []op
	values []any
	after  func()
}

type op struct {
	query  string
	values int
	one    string // what is said where not exactly one row was changed; "" where any number may be
}

// A chunk costs one waking of the other goroutine; so many of them keep it busy while a group's totals are worked out.
const (
	chunkOps = 64
	chunks   = 64
)

var pool = sync.Pool{New: func() any { return &chunk{} }}

// errMoved says that another connection has written since what this transaction was decided on was read.
var errMoved = errors.New("another process has written to the database")

func newPipe(c *conn) *pipe {
	c.ctx = context.Background()
	p := &pipe{c: c, in: make(chan *chunk, chunks), chunk: pool.Get().(*chunk)}
	p.ended.Go(p.work)
	return p
}

// close ends the goroutine, and with it the connection.
func (p *pipe) close() error {
	close(p.in)
	p.ended.Wait()
	return p.c.Close()
}

func (p *pipe) work() {
	for k := range p.in {
		values := k.values
		for _, o := range k.ops {
			if p.err == nil {
				p.fail(p.do(o, values[:o.values]))
			}
			values = values[o.values:]
		}
		if k.after != nil {
			k.after()
		}
		clear(k.values)
		*k = chunk{ops: k.ops[:0], values: k.values[:0]}
		pool.Put(k)
	}
}

func (p *pipe) do(o op, values []any) error {
	res, err := p.c.run(o.query, values...)
	if err != nil || o.one == "" {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("%s %v: is not there", o.one, values)
}

func (p *pipe) fail(err error) {
	if err != nil && p.err == nil {
		p.err = err
		p.failed.Store(&err)
	}
}

// put hands a statement over. Its values must not change any more.
func (p *pipe) put(query string, args ...any) error {
	return p.add(op{query: query, values: len(args)}, args)
}

// gone hands over the deletion of one row, which must be there.
func (p *pipe) gone(what, query string, args ...any) error {
	return p.add(op{query: query, values: len(args), one: what}, args)
}

func (p *pipe) add(o op, args []any) error {
	k := p.chunk
	k.ops, k.values = append(k.ops, o), append(k.values, args...)
	if len(k.ops) >= chunkOps && !p.walked {
		p.send(nil)
	}
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (p *pipe) send(after func()) {
	k := p.chunk
	k.after = after
	p.chunk = pool.Get().(*chunk)
	p.in <- k
}

// wait gives the writing connection to the deciding goroutine, with everything written that was handed over: until it
// hands over more, nobody else uses it.
func (p *pipe) wait() error {
	done := make(chan error, 1)
	p.send(func() { done <- p.err })
	return <-done
}

// begin begins a transaction and tells the version of the data, which is another once another connection has written.
func (p *pipe) begin() (version int64, err error) {
	done := make(chan struct{})
	p.send(func() {
		version, err = p.start()
		close(done)
	})
	<-done
	return version, err
}

// beginOn begins a transaction as soon as the one before has ended. It fails if the data is of another version then.
func (p *pipe) beginOn(version int64) {
	p.send(func() {
		if p.err != nil {
			return
		}
		now, err := p.start()
		if err == nil && now != version {
			p.fail(errMoved)
		}
	})
}

func (p *pipe) start() (version int64, err error) {
	if p.err != nil {
		return 0, p.err
	}
	if err = p.c.exec("BEGIN IMMEDIATE"); err == nil {
		p.open = true
		_, err = p.c.one("PRAGMA data_version", nil, &version)
	}
	p.fail(err)
	return version, err
}

// commit ends the transaction; then is told what came of it, by the writing goroutine.
func (p *pipe) commit(then func(error)) {
	p.send(func() {
		if p.err == nil {
			p.fail(p.c.exec("COMMIT"))
			p.open = p.err != nil
		}
		then(p.err)
	})
}

// reset takes back what is not committed and makes the pipe as new.
func (p *pipe) reset() error {
	clear(p.chunk.values)
	p.chunk.ops, p.chunk.values = p.chunk.ops[:0], p.chunk.values[:0]
	var err error
	done := make(chan struct{})
	p.send(func() {
		defer close(done)
		if p.open {
			err = p.c.exec("ROLLBACK")
		}
		p.open, p.err, p.walked = false, nil, false
		p.failed.Store(nil)
	})
	<-done
	return err
}
