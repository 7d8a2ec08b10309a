package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// Inspection is what can be told of a file without changing it. Where its schema is another than this program's, only
// the schema is told.
type Inspection struct {
	Schema, Newest int64 // of the file, of this program
	Meta           map[string]string
	Received       int64 // of the ledger's last line, UTC milliseconds; 0 without a line
	Parked         int64
	Units          int64
	Codes          []string           // of the units
	Accounts       []InspectedAccount // that are open
	Unserved       []Unserved
	OffSite        *MadeCopy // the confirmed copy that has most, nil without one
}

// InspectedAccount is an account that can sign in: one that was invited and has no password yet cannot.
type InspectedAccount struct{ ID, Login, Password string }

// Unserved is a unit where nobody with an open account has the seat that its work needs.
type Unserved struct{ Level, Role, Code, Name string }

// Inspect reads it.
func Inspect(ctx context.Context, path string) (i Inspection, err error) {
	if i.Schema, i.Newest, err = Schema(ctx, path); err != nil || i.Schema != i.Newest {
		return i, err
	}
	err = plainly(ctx, path, func(c *sql.Conn) error {
		i.Meta = map[string]string{}
		if err := each(ctx, c, "SELECT key, value FROM meta", func(scan func(...any) error) error {
			var key, value string
			err := scan(&key, &value)
			i.Meta[key] = value
			return err
		}); err != nil {
			return err
		}
		if err := c.QueryRowContext(ctx, `SELECT coalesce((SELECT received FROM ledger ORDER BY seq DESC LIMIT 1), 0),
			(SELECT count(*) FROM parked), (SELECT count(*) FROM divisions)`).Scan(&i.Received, &i.Parked, &i.Units); err != nil {
			return err
		}
		if err := each(ctx, c, "SELECT code FROM divisions", func(scan func(...any) error) error {
			var code string
			err := scan(&code)
			i.Codes = append(i.Codes, code)
			return err
		}); err != nil {
			return err
		}
		if err := each(ctx, c, "SELECT id, login, password FROM accounts WHERE active = 1 AND password <> '' ORDER BY login", func(scan func(...any) error) error {
			var a InspectedAccount
			err := scan(&a.ID, &a.Login, &a.Password)
			i.Accounts = append(i.Accounts, a)
			return err
		}); err != nil {
			return err
		}
		var err error
		if i.OffSite, err = scanCopy(c.QueryRowContext(ctx, copyColumns+" WHERE confirmed IS NOT NULL ORDER BY place DESC, at DESC LIMIT 1")); err != nil {
			return err
		}
		return each(ctx, c, `WITH needed (level, role) AS (VALUES ('city', 'reviewer'), ('county', 'reviewer'), ('township', 'reviewer'), ('village', 'volunteer'))
			SELECT d.level, n.role, d.code, d.name FROM divisions d JOIN needed n ON n.level = d.level
			WHERE NOT EXISTS (SELECT 1 FROM seats s JOIN accounts a ON a.id = s.account
				WHERE s.unit = d.code AND s.role = n.role AND a.active = 1)
			ORDER BY d.place`, func(scan func(...any) error) error {
			var u Unserved
			err := scan(&u.Level, &u.Role, &u.Code, &u.Name)
			i.Unserved = append(i.Unserved, u)
			return err
		})
	})
	return i, err
}

func each(ctx context.Context, c *sql.Conn, query string, f func(scan func(...any) error) error) (err error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
