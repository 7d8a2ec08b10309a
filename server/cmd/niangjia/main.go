// Command niangjia is the server and all tools of an installation.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"

	"niangjia/server/app"
)

// globals are the flags of every verb.
type globals struct {
	Data      string `help:"Folder of the data." default:"data" type:"path" env:"NIANGJIA_DATA" placeholder:"DIR"`
	Catalogue string `help:"Folder with forms, registers and indicators, instead of those that come with the program; serve alone puts it in force." type:"existingdir" env:"NIANGJIA_CATALOGUE" placeholder:"DIR"`
	JSON      bool   `help:"Answer in JSON, for machines." env:"NIANGJIA_JSON"`

	out io.Writer
}

type commands struct {
	globals

	Serve     serveCmd     `cmd:"" help:"Run the server."`
	Demo      demoCmd      `cmd:"" help:"Make a demo city to try the program in."`
	Doctor    doctorCmd    `cmd:"" help:"Say what is unsafe or wrong in this deployment."`
	Health    healthCmd    `cmd:"" name:"healthcheck" help:"Ask the running server whether it can answer; for containers and monitors."`
	Verify    verifyCmd    `cmd:"" help:"Recount everything from the log and compare."`
	Backup    backupCmd    `cmd:"" help:"Copy the data to a file, also while the server runs, and check the copy."`
	Restore   restoreCmd   `cmd:"" help:"Put a backup into a data folder that is not in use."`
	Divisions divisionsCmd `cmd:"" help:"Administrative divisions."`
	Accounts  accountsCmd  `cmd:"" help:"Accounts and their seats."`
	Forms     formsCmd     `cmd:"" help:"Forms, registers and indicators."`
	Campaigns campaignsCmd `cmd:"" help:"List campaigns, with how many units have finished."`
	Report    reportCmd    `cmd:"" help:"The report of a township, a county or the city."`
	Notices   noticesCmd   `cmd:"" help:"What people are told, and when."`
	Simulate  simulateCmd  `cmd:"" help:"Play a district through bad luck, and check what was promised."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does one verb: 0 only when what it says holds, 1 when it failed, 2 for a command line that makes no sense.
func run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	c := commands{globals: globals{out: out}}
	exited := -1
	parser, err := kong.New(&c, kong.Name("niangjia"), kong.Description("Niangjia (娘家): records, review and figures of a women's federation."),
		kong.Writers(out, errs), kong.Exit(func(n int) { exited = n }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c.globals))
	if err != nil {
		_, _ = fmt.Fprintln(errs, "niangjia:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help has been answered
		return exited
	}
	if err == nil {
		if err = k.Run(); err == nil {
			return 0
		}
		_, _ = fmt.Fprintln(errs, "niangjia:", err)
		return 1
	}
	_, _ = fmt.Fprintln(errs, "niangjia:", err)
	return 2
}

// catalogueFS is the folder asked for, nil for the built-in one.
func (g *globals) catalogueFS() fs.FS {
	if g.Catalogue == "" {
		return nil
	}
	return os.DirFS(g.Catalogue)
}

// with opens the data for one piece of work.
func (g *globals) with(ctx context.Context, do func(*app.App) error) (err error) {
	// A server may be at work on these data: its forms stay in force, whatever --catalogue this command was given.
	a, err := app.Open(ctx, app.Config{Data: g.Data, Catalogue: g.catalogueFS(), Keep: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() {
		if closing := a.Close(); err == nil {
			err = closing
		}
	}()
	return do(a)
}

// within is the same for data that are there already: a slip in --data is told, and makes no empty ones in another place.
func (g *globals) within(ctx context.Context, do func(*app.App) error) error {
	if _, err := os.Stat(filepath.Join(g.Data, app.DatabaseFile)); err != nil {
		return fmt.Errorf("no data in --data %s: %w", g.Data, err)
	}
	return g.with(ctx, do)
}

// say prints the value for machines, or the text for people.
func (g *globals) say(value any, format string, args ...any) error {
	if g.JSON {
		enc := json.NewEncoder(g.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(value)
	}
	_, err := fmt.Fprintf(g.out, format+"\n", args...)
	return err
}
