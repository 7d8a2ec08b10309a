package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// conn is one connection with its prepared statements. It is used by one goroutine at a time. It is the driver's own,
// not a pool's: what a pool adds to each statement costs as much as a small row.
type conn struct {
	conn  driver.Conn
	ctx   context.Context // of the caller: a statement begins only while it lasts
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
}

func newConn(ctx context.Context, d driver.Driver, dsn string) (*conn, error) {
	c, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{conn: c, ctx: ctx, stmts: map[string]driver.Stmt{}}, nil
}

// Close closes the connection.
func (c *conn) Close() error {
	var err error
	for _, s := range c.stmts {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, c.conn.Close())
}

func (c *conn) stmt(query string) (driver.Stmt, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.conn.Prepare(query)
	if err == nil {
		c.stmts[query] = s
	}
	return s, err
}

// bind gives a statement's values as the driver takes them. They are used up before the next statement's.
func (c *conn) bind(args []any) ([]driver.NamedValue, error) {
	c.args = c.args[:0]
	for i, a := range args {
		n := driver.NamedValue{Ordinal: i + 1}
		switch v := a.(type) {
		case string, int64, []byte:
			n.Value = v
		case int:
			n.Value = int64(v)
		case *int64:
			if n.Value = nil; v != nil {
				n.Value = *v
			}
		case bool:
			n.Value = int64(0)
			if v {
				n.Value = int64(1)
			}
		default:
			return nil, fmt.Errorf("a statement's value of type %T", a)
		}
		c.args = append(c.args, n)
	}
	return c.args, nil
}

func (c *conn) run(query string, args ...any) (driver.Result, error) {
	s, err := c.stmt(query)
	if err != nil {
		return nil, err
	}
	values, err := c.bind(args)
	if err != nil {
		return nil, err
	}
	return s.(driver.StmtExecContext).ExecContext(context.Background(), values)
}

func (c *conn) exec(query string, args ...any) error {
	_, err := c.run(query, args...)
	return err
}

// one reads a single row; found is false where there is none.
func (c *conn) one(query string, args []any, to ...any) (found bool, err error) {
	err = c.each(query, args, func(scan func(...any) error) error {
		found = true
		if err := scan(to...); err != nil {
			return err
		}
		return io.EOF
	})
	return found, err
}

// each calls f for every row; f scans it. io.EOF from f ends the walk.
func (c *conn) each(query string, args []any, f func(scan func(...any) error) error) (err error) {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	values, err := c.bind(args)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), values)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	scan := func(to ...any) error {
		if len(to) != len(row) {
			return fmt.Errorf("%d columns for %d values", len(row), len(to))
		}
		for i, v := range row {
			if err := assign(to[i], v); err != nil {
				return fmt.Errorf("column %d: %w", i, err)
			}
		}
		return nil
	}
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := f(scan); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// assign puts a column's value where it is wanted.
func assign(to any, v driver.Value) error {
	switch d := to.(type) {
	case *string:
		if s, ok := v.(string); ok {
			*d = s
			return nil
		}
	case *int64:
		if n, ok := v.(int64); ok {
			*d = n
			return nil
		}
	case *int:
		if n, ok := v.(int64); ok {
			*d = int(n)
			return nil
		}
	case *bool:
		if n, ok := v.(int64); ok {
			*d = n != 0
			return nil
		}
	case *[]byte:
		if b, ok := v.([]byte); ok {
			*d = b
			return nil
		}
	case **int64:
		if v == nil {
			*d = nil
			return nil
		}
		if n, ok := v.(int64); ok {
			*d = &n
			return nil
		}
	case **string:
		if v == nil {
			*d = nil
			return nil
		}
		if s, ok := v.(string); ok {
			*d = &s
			return nil
		}
	default: // a named type of text or number
		at := reflect.ValueOf(to).Elem()
		if s, ok := v.(string); ok && at.Kind() == reflect.String {
			at.SetString(s)
			return nil
		}
		if n, ok := v.(int64); ok && at.CanInt() {
			at.SetInt(n)
			return nil
		}
	}
	return fmt.Errorf("a %T for a %T", v, to)
}
