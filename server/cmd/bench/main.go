// The program bench measures the server as phones meet it, beside a writer that does nothing but put the same rows, and
// prints figures and ratios. `make bench` runs it; docs/benchmarks.md says what each figure means.
//
// Everything happens on this machine: the server is the real program, a process of its own that listens on loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// settings of a run.
type settings struct {
	server string // path of the program that is measured
	data   string // folder for the databases; those of each size are kept in it for the next run
	rounds int
	sizes  []int // entries of the databases that pushes are measured on
	pages  []int // entries of the databases that pages of figures are measured on
	phones [3]load
	many   int  // requests of one kind measured in a round
	tune   bool // look for the raw writer's best settings rather than take the usual ones
	short  bool
	dense  bool // dashboards also on what ten times as many entries would leave
	out    string
	only   string
}

func main() {
	short := flag.Bool("short", false, "two small databases and less of everything: a minute or two")
	server := flag.String("server", "bin/niangjia", "the program to measure")
	data := flag.String("data", ".data/bench", "folder for the databases, which are kept for the next run")
	out := flag.String("out", "", "also write the tables, as Markdown, to this file")
	only := flag.String("only", "", "measure only what has this in its name: pushes, 100 phones, 2,000, reads, firstsync, notices …")
	rounds := flag.Int("rounds", 5, "rounds; a figure is the median of all")
	pages := flag.String("pages", "", "the same for pages of figures, pulls and restarts")
	sizes := flag.String("sizes", "", "entries of the databases that pushes are measured on, with commas, instead of the usual ones")
	tune := flag.Bool("tune", true, "look for the raw writer's best settings first; not in the short form")
	tenfold := flag.Bool("dense", true, "dashboards also on what ten times as many entries as the most would leave at most in what dashboards read; not in the short form")
	flag.Parse()

	s := settings{server: *server, data: *data, rounds: *rounds, out: *out, only: *only, many: 30, tune: *tune, dense: *tenfold,
		sizes: []int{0, 1_000_000}, pages: []int{10_000, 100_000, 1_000_000},
		phones: [3]load{{"100 phones, 50 changes a push", 100, 50, 4}, {"4 phones, 50 changes a push", 4, 50, 25}, {"2,000 phones, one change each", 2000, 1, 4}}}
	if s.short = *short; s.short {
		s.sizes, s.pages, s.many, s.tune, s.dense = []int{0, 10_000}, []int{1_000, 10_000}, 10, false, false
		s.phones[0].pushes, s.phones[1].pushes, s.phones[2].pushes = 2, 10, 1
	}
	for list, text := range map[*[]int]string{&s.sizes: *sizes, &s.pages: *pages} {
		if err := numbers(list, text); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Whatever goes wrong, nothing that this starts goes on for ever.
	ctx, cancel := context.WithTimeout(ctx, 90*time.Minute)
	defer cancel()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads a list with commas over what is there; "" leaves that.
func numbers(list *[]int, text string) error {
	if text == "" {
		return nil
	}
	*list = nil
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return err
		}
		*list = append(*list, n)
	}
	return nil
}

func run(ctx context.Context, s settings) (err error) {
	work := filepath.Join(s.data, "work")
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			err = os.RemoveAll(work)
		}
	}()
	listen()
	r := newReport(s)
	// What was measured before something went wrong is told all the same: it took an hour.
	return errors.Join(measure(ctx, s, r, work), r.print(os.Stdout))
}

// measure measures what is asked for, one part after the other.
func measure(ctx context.Context, s settings, r *report, work string) error {
	// First, since what this process holds is told of it.
	if s.only == "" || s.only == "notices" {
		if err := notices(ctx, r, filepath.Join(work, "notices")); err != nil {
			return fmt.Errorf("notices: %w", err)
		}
	}
	if s.only == "" || s.only == "firstsync" {
		if err := firstSync(ctx, s, r); err != nil {
			return fmt.Errorf("first sync: %w", err)
		}
	}
	if s.only == "firstsync" || s.only == "notices" {
		return nil
	}
	reading := strings.Contains("reads pages dashboard pulls restart recount reports", s.only) // all of them where nothing is named
	for _, n := range s.sizes {
		if s.only != "" && reading {
			break
		}
		if err := pushes(ctx, s, r, n, filepath.Join(work, fmt.Sprint("push", n))); err != nil {
			return fmt.Errorf("pushes on %d entries: %w", n, err)
		}
		if err := os.RemoveAll(work); err != nil {
			return err
		}
	}
	if reading {
		if err := reads(ctx, s, r, filepath.Join(work, "read")); err != nil {
			return fmt.Errorf("reads: %w", err)
		}
	}
	if err := sent(r); err != nil {
		return fmt.Errorf("bytes sent: %w", err)
	}
	return nil
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
