package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"

	"niangjia/server/app"
	"niangjia/server/auth"
	"niangjia/sync/record"
)

type accountsCmd struct {
	Add   accountsAddCmd   `cmd:"" help:"Open an account."`
	List  accountsListCmd  `cmd:"" help:"List accounts with their seats."`
	Reset accountsResetCmd `cmd:"" help:"Set a new password, which ends all sessions of the account."`
	Seats accountsSeatsCmd `cmd:"" help:"Replace the seats of an account."`
	Close accountsCloseCmd `cmd:"" help:"Close an account, or open it again."`
}

// password comes from the standard input where asked, never from the command line: that is seen by every process.
type password struct {
	PasswordStdin bool `help:"Read the password from the first line of the standard input instead of making one."`
}

func (p password) get() (text string, made bool, err error) {
	if !p.PasswordStdin {
		return strings.ToLower(rand.Text()[:12]), true, nil
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return "", false, err
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

type accountsAddCmd struct {
	password
	Login string   `arg:"" help:"Name to sign in with."`
	Name  string   `required:"" help:"Name shown to colleagues."`
	Seat  []string `required:"" help:"ROLE@UNIT, several times if needed: volunteer, reviewer, manager or auditor at a 12-digit code." placeholder:"ROLE@UNIT"`
}

type shownAccount struct {
	ID       string   `json:"id"`
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Active   bool     `json:"active"`
	Seats    []string `json:"seats"`
	Password string   `json:"password,omitempty"` // only where it was made just now
}

func (c *accountsAddCmd) Run(ctx context.Context, g *globals) error {
	text, made, err := c.get()
	if err != nil {
		return err
	}
	return g.within(ctx, func(a *app.App) error {
		seats, err := parseSeats(a, c.Seat)
		if err != nil {
			return err
		}
		account, err := a.Auth.Add(ctx, auth.NewAccount{Login: c.Login, Name: c.Name, Password: text, MustChange: true, Seats: seats})
		if err != nil {
			return err
		}
		shown := shownAccount{ID: account.ID, Login: account.Login, Name: account.Name, Active: true, Seats: c.Seat}
		if !made {
			return g.say(shown, "%s opened", account.Login)
		}
		shown.Password = text
		return g.say(shown, "%s opened, password %s", account.Login, text)
	})
}

func parseSeats(a *app.App, texts []string) ([]record.Seat, error) {
	var seats []record.Seat
	for _, text := range texts {
		role, unit, _ := strings.Cut(text, "@")
		if !record.Role(role).Valid() {
			return nil, fmt.Errorf("seat %q: the role is none of volunteer, reviewer, manager, auditor", text)
		}
		if _, ok := a.Engine.Places().Get(unit); !ok {
			return nil, fmt.Errorf("seat %q: there is no unit %s; import the divisions first", text, unit)
		}
		seats = append(seats, record.Seat{Role: record.Role(role), Unit: unit})
	}
	return seats, nil
}

func seatTexts(seats []record.Seat) []string {
	out := make([]string, 0, len(seats))
	for _, s := range seats {
		out = append(out, string(s.Role)+"@"+s.Unit)
	}
	return out
}

type accountsListCmd struct{}

func (accountsListCmd) Run(ctx context.Context, g *globals) error {
	return g.within(ctx, func(a *app.App) error {
		list, err := a.Auth.List(ctx)
		if err != nil {
			return err
		}
		shown := make([]shownAccount, 0, len(list))
		var text strings.Builder
		for _, l := range list {
			s := shownAccount{ID: l.ID, Login: l.Login, Name: l.Name, Active: l.Active, Seats: seatTexts(l.Seats)}
			shown = append(shown, s)
			closed := ""
			if !l.Active {
				closed = "  (closed)"
			}
			fmt.Fprintf(&text, "%-16s %s  %s%s\n", s.Login, s.Name, strings.Join(s.Seats, " "), closed)
		}
		return g.say(shown, "%s%d accounts", text.String(), len(list))
	})
}

type accountsResetCmd struct {
	password
	Login string `arg:""`
}

func (c *accountsResetCmd) Run(ctx context.Context, g *globals) error {
	text, made, err := c.get()
	if err != nil {
		return err
	}
	return g.within(ctx, func(a *app.App) error {
		if err := a.Auth.Reset(ctx, c.Login, text); err != nil {
			return err
		}
		if !made {
			return g.say(map[string]string{"login": c.Login}, "password of %s set", c.Login)
		}
		return g.say(map[string]string{"login": c.Login, "password": text}, "password of %s is now %s", c.Login, text)
	})
}

type accountsSeatsCmd struct {
	Login string   `arg:""`
	Seat  []string `help:"ROLE@UNIT; none takes all seats away." placeholder:"ROLE@UNIT"`
}

func (c *accountsSeatsCmd) Run(ctx context.Context, g *globals) error {
	return g.within(ctx, func(a *app.App) error {
		seats, err := parseSeats(a, c.Seat)
		if err != nil {
			return err
		}
		if err := a.Auth.SetSeats(ctx, c.Login, seats); err != nil {
			return err
		}
		return g.say(map[string]any{"login": c.Login, "seats": seatTexts(seats)}, "%s has %d seats", c.Login, len(seats))
	})
}

type accountsCloseCmd struct {
	Login string `arg:""`
	Undo  bool   `help:"Open it again."`
}

func (c *accountsCloseCmd) Run(ctx context.Context, g *globals) error {
	return g.within(ctx, func(a *app.App) error {
		if err := a.Auth.SetActive(ctx, c.Login, c.Undo); err != nil {
			return err
		}
		state := "closed"
		if c.Undo {
			state = "open"
		}
		return g.say(map[string]any{"login": c.Login, "active": c.Undo}, "%s is %s", c.Login, state)
	})
}
