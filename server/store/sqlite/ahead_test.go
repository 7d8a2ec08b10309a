package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

func opened(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "n.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pair lets a second update be decided while nothing of the first is written yet: the writing goroutine stands still
// until open is called. It gives what both came to.
func pair(t *testing.T, s *Store, first func(*tx) error, second func(t *tx, open func()) error) (err1, err2 error) {
	t.Helper()
	gate := make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	var wg sync.WaitGroup
	decided := make(chan *pipe, 2)
	wg.Go(func() {
		err1 = s.Update(context.Background(), func(e engine.Tx) error {
			x := e.(*tx)
			select {
			case <-gate: // it is done again
			default:
				x.pipe.send(func() { <-gate })
			}
			err := first(x)
			decided <- x.pipe
			return err
		})
	})
	for p := <-decided; len(p.in) == 0; { // until its commit has been handed over: another update would share it
		time.Sleep(time.Millisecond)
	}
	wg.Go(func() {
		err2 = s.Update(context.Background(), func(e engine.Tx) error { return second(e.(*tx), open) })
	})
	wg.Wait()
	return err1, err2
}

func household(id string) *record.Record {
	return &record.Record{Type: record.Household, ID: id, Unit: "v", Content: record.Content{}}
}

func visit(id, home, day, due string) *record.Record {
	c := record.Content{"household": record.Text(home), "occurred_on": record.Text(day)}
	return &record.Record{Type: record.Entry, ID: id, Unit: "v", Form: "call", State: review.Approved, Content: c, Approved: c,
		Case: id, DueOn: due, Version: "1", ApprovedVersion: "1", Writers: map[string]record.Writer{}}
}

// appoint writes what all is forgotten for, so that nothing is decided ahead of it.
func appoint(x engine.Tx) error {
	return errors.Join(x.SetDivisions([]record.Division{{Code: "v", Name: "village", Level: record.Village}}),
		x.SetActor(record.Actor{Account: "a", Seats: []record.Seat{{Role: record.Reviewer, Unit: "v"}}}))
}

// widened asks for a key of so many contributions that it is wide from then on.
func widened(x *tx, indicator, key string) error {
	_, err := x.KeyMonths(indicator, "", key, []string{"v"}, func(unit string) []string { return []string{unit} })
	return err
}

// writeAll writes something that each other way of reading can see.
func writeAll(x *tx) error {
	waits := visit("waits", "h", "2026-01-09", "")
	waits.Approved, waits.ApprovedVersion, waits.State, waits.Urgent = nil, "", review.Submitted, true
	waits.Content = record.Content{"follows": record.Text("c1"), "occurred_on": record.Text("2026-01-09")}
	_, err := x.AppendLine(engine.Line{Epoch: "e", N: 1, Bytes: []byte("line"), Entity: "c1", Received: 9})
	if err == nil {
		_, err = x.AppendLine(engine.Line{Epoch: "e", N: 2, Account: "a", Outcome: change.Outcome{N: 2, Outcome: change.Rejected}})
	}
	return errors.Join(err,
		x.SetMeta("k", "v"),
		x.PutCampaign(engine.CampaignRow{ID: "c", Unit: "v", State: "running", JSON: []byte("{}")}),
		x.PutLog(engine.Log{Epoch: "e", Account: "a", Device: "d", Through: 1, Chain: "c"}),
		x.PutRecord(household("h")), x.PutRecord(visit("c1", "h", "2026-01-02", "2026-02-01")), x.PutRecord(waits),
		x.PutVersion("c1", "0", record.Content{"a": `"b"`}),
		x.PutParked(engine.Parked{Seq: 1, Epoch: "e", N: 1, Entity: "c1", WaitsFor: "w"}),
		x.SetOutcome("e", 1, change.Outcome{N: 1, Outcome: change.Parked}),
		x.PutFeedRow("f", "h", record.Household, engine.Whole), x.PutFeedRow("f", "c1", record.Entry, engine.Whole),
		x.AddTotal(totals.Cell{Indicator: "calls", Unit: "v"}, 24313, 3, 2), x.AddStep(totals.Cell{Indicator: "homes", Unit: "v"}, 24313, 0, 1),
		x.AddTotal(totals.Cell{Indicator: "calls", Unit: "v"}, 24312, 3, 1), x.AddStanding(totals.Cell{Indicator: "kept", Unit: "v"}, 24312, 1),
		x.ChangeContributions("c1", nil, []totals.Contribution{
			{Indicator: "calls", Unit: "v", Day: "2026-01-02", Value: 3}, {Indicator: "homes", Unit: "v", Day: "2026-01-02", Value: 1, Key: "h"},
			{Indicator: "kept", Unit: "v", Day: "2026-01-02", Value: 1, Key: "@h"},
			{Indicator: "papers", Unit: "v", Day: "2026-01-02", Value: 1, Key: "p"}, {Indicator: "papers", Unit: "v", Day: "2026-02-02", Value: 1, Key: "p"},
			{Indicator: "papers", Unit: "v", Day: "2026-03-02", Value: 1, Key: "p"}}),
		widened(x, "papers", "p"),
		x.AddDay(engine.DayCell{Unit: "v", Day: "2026-01-02"}, 1, 1), x.AddDay(engine.DayCell{Unit: "v", Day: "2026-01-02", Indicator: "calls"}, 3, 1),
		x.AddDay(engine.DayCell{Unit: "v", Day: "2026-01-02", Indicator: engine.WorkWaiting}, 0, 1),
		x.AddWorked(engine.Worked{Indicator: engine.WorkFlagged, Unit: "v", Month: 24313, Entity: "c1", Form: "call", N: 1}),
		x.PutMarks(5, 4),
	)
}

// readings are all ways of reading; those that held names need no waiting for what is written.
func readings() (list map[string]func(engine.Reader) (any, error), held []string) {
	units := []string{"v"}
	walk := func(f func(add func(...any) error) error) (out []string, err error) {
		err = f(func(v ...any) error {
			out = append(out, fmt.Sprint(v...))
			return nil
		})
		slices.Sort(out)
		return out, err
	}
	day1, day9 := "2026-01-01", "2026-12-31"
	list = map[string]func(engine.Reader) (any, error){
		"Meta":        func(r engine.Reader) (any, error) { return r.Meta("k") },
		"Divisions":   func(r engine.Reader) (any, error) { return r.Divisions() },
		"Actor":       func(r engine.Reader) (any, error) { return r.Actor("a") },
		"ReviewersAt": func(r engine.Reader) (any, error) { return r.ReviewersAt("v") },
		"Log":         func(r engine.Reader) (any, error) { return r.Log("e") },
		"Line":        func(r engine.Reader) (any, error) { return r.Line("e", 1) },
		"Lines": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error { return r.Lines(func(l engine.Line) error { return add(l) }) })
		},
		"History": func(r engine.Reader) (any, error) { return r.History("c1") },
		"LastSeq": func(r engine.Reader) (any, error) { return r.LastSeq() },
		"Record":  func(r engine.Reader) (any, error) { return r.Record("c1") },
		"Records": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.Records(func(x *record.Record) error { return add(x.ID) })
			})
		},
		"Version":   func(r engine.Reader) (any, error) { return r.Version("c1", "0") },
		"ParkedOn":  func(r engine.Reader) (any, error) { return r.ParkedOn("w") },
		"ParkedOf":  func(r engine.Reader) (any, error) { return r.ParkedOf("c1") },
		"Counting":  func(r engine.Reader) (any, error) { return r.Counting("call", "h", day1, day9) },
		"Due":       func(r engine.Reader) (any, error) { return r.Due("call", "h", day1) },
		"Following": func(r engine.Reader) (any, error) { return r.Following("c1") },
		"Pressing":  func(r engine.Reader) (any, error) { return r.Pressing() },
		"Undecided": func(r engine.Reader) (any, error) { return r.Undecided(units) },
		"DayTotals": func(r engine.Reader) (any, error) { return r.DayTotals("v", day1, day9) },
		"LastDays":  func(r engine.Reader) (any, error) { return r.LastDays(units, day9) },
		"AllDays": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllDays(func(at engine.DayCell, value, entries int64) error { return add(at, value, entries) })
			})
		},
		"SentDays": func(r engine.Reader) (any, error) { return r.SentDays([]string{"v"}) },
		"Worked": func(r engine.Reader) (any, error) {
			return r.Worked(engine.WorkFlagged, "v", nil, 0, 99999, engine.Worked{}, 9)
		},
		"AllWorked": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllWorked(func(w engine.Worked) error { return add(w) })
			})
		},
		"Longest":    func(r engine.Reader) (any, error) { return r.Longest(units, 9) },
		"FeedRows":   func(r engine.Reader) (any, error) { return r.FeedRows("f", 0, 9) },
		"FeedHead":   func(r engine.Reader) (any, error) { return r.FeedHead("f") },
		"PackedRows": func(r engine.Reader) (any, error) { return r.PackedRows("f", 0, 9) },
		"Feeds":      func(r engine.Reader) (any, error) { return r.Feeds([]string{"f"}) },
		"Uncounted":  func(r engine.Reader) (any, error) { return r.Uncounted(9) },
		"Marks":      func(r engine.Reader) (any, error) { return r.Marks(9, 9) },
		"LogsOf":     func(r engine.Reader) (any, error) { return r.LogsOf("e") },
		"AllParked":  func(r engine.Reader) (any, error) { return r.AllParked(9) },
		"Rejected":   func(r engine.Reader) (any, error) { return r.Rejected(9) },
		"Begun":      func(r engine.Reader) (any, error) { return r.Begun(0, 99, []string{"call"}, 9) },
		"Contributions": func(r engine.Reader) (any, error) {
			return r.Contributions("c1")
		},
		"AllContributions": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllContributions(func(c engine.Counted) error { return add(c) })
			})
		},
		"Counted": func(r engine.Reader) (any, error) {
			return r.Counted("calls", "", units, day1, day9, engine.Place{}, 9)
		},
		"Totals": func(r engine.Reader) (any, error) { return r.Totals("v", 24312, 24323) },
		"DistinctTotals": func(r engine.Reader) (any, error) {
			return r.DistinctTotals("v", 24312, 24323)
		},
		"MonthTotals":         func(r engine.Reader) (any, error) { return r.MonthTotals("v", 24312, 24323, []string{"calls"}) },
		"MonthSteps":          func(r engine.Reader) (any, error) { return r.MonthSteps("v", 24312, 24323, []string{"homes"}) },
		"WholeTotals":         func(r engine.Reader) (any, error) { return r.WholeTotals("v", 24312, 24323) },
		"WholeDistinctTotals": func(r engine.Reader) (any, error) { return r.WholeDistinctTotals("v", 24312, 24323) },
		"LaterRows": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.LaterRows(units, day1, day9, func(d engine.DayRow) error { return add(d) })
			})
		},
		"CountedRows":   func(r engine.Reader) (any, error) { return r.CountedRows("calls", "", units, day1, day9, day9) },
		"WholeStanding": func(r engine.Reader) (any, error) { return r.WholeStanding("v", 24313) },
		"Campaigns":     func(r engine.Reader) (any, error) { return r.Campaigns() },
		"Households":    func(r engine.Reader) (any, error) { return r.Households("v") },
		"HouseholdsIn":  func(r engine.Reader) (any, error) { return r.HouseholdsIn(units) },
		"CountedOn": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.CountedOn("call", day1, day9, func(rec *record.Record) error { return add(rec.ID) })
			})
		},
		"DoneIn":    func(r engine.Reader) (any, error) { return r.DoneIn("v", []string{"call"}, day1, day9) },
		"LineAt":    func(r engine.Reader) (any, error) { return r.LineAt(2) },
		"EntriesOf": func(r engine.Reader) (any, error) { return r.EntriesOf([]string{"call"}) },
		"Standing":  func(r engine.Reader) (any, error) { return r.Standing("v", 24313) },
		"DayRows": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.DayRows(nil, units, "2026-01-01", "2026-02-28", func(d engine.DayRow) error { return add(d) })
			})
		},
		"KeyRows": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.KeyRows(totals.Figure{Indicator: "homes"}, []string{"h"}, day1, day9, func(key, unit string) error { return add(key, unit) })
			})
		},
		"StandingRows": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.StandingRows(day1, day9, func(c totals.Contribution) error { return add(c) })
			})
		},
		"AllTotals": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllTotals(func(c totals.Cell, m int, v, n int64) error { return add(c, m, v, n) })
			})
		},
		"AllSteps": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllSteps(func(c totals.Cell, m, p int, n int64) error { return add(c, m, p, n) })
			})
		},
		"WideMonths": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.WideMonths(func(c totals.Cell, key string, m int, n int64) error { return add(c, key, m, n) })
			})
		},
		"AllStandings": func(r engine.Reader) (any, error) {
			return walk(func(add func(...any) error) error {
				return r.AllStandings(func(c totals.Cell, m int, n int64) error { return add(c, m, n) })
			})
		},
	}
	return list, []string{"Meta", "Log", "Record", "Contributions", "ParkedOn", "ParkedOf", "FeedHead", "Counting", "Due", "LastSeq"}
}

func said(t *testing.T, r engine.Reader, names []string) map[string]string {
	t.Helper()
	list, _ := readings()
	out := map[string]string{}
	for _, name := range names {
		v, err := list[name](r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out[name] = shown(v)
	}
	return out
}

// shown is a value with what its pointers point to.
func shown(v any) string {
	x := reflect.ValueOf(v)
	switch {
	case !x.IsValid() || x.Kind() == reflect.Pointer && x.IsNil():
		return "nothing"
	case x.Kind() == reflect.Pointer:
		return shown(x.Elem().Interface())
	case x.Kind() == reflect.Slice && x.Type().Elem() != reflect.TypeFor[byte]():
		var parts []string
		for i := range x.Len() {
			parts = append(parts, shown(x.Index(i).Interface()))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case x.Kind() == reflect.Struct:
		var parts []string
		for i := range x.NumField() {
			parts = append(parts, x.Type().Field(i).Name+":"+shown(x.Field(i).Interface()))
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return fmt.Sprint(v)
}

// However something is read, a transaction sees what it wrote, and what another wrote that is not committed yet, as
// everybody sees it afterwards.
func TestEveryReadingSeesWhatIsNotCommitted(t *testing.T) {
	list, held := readings()
	all := slices.Sorted(maps.Keys(list))
	var methods []string
	for i := range reflect.TypeFor[engine.Reader]().NumMethod() {
		methods = append(methods, reflect.TypeFor[engine.Reader]().Method(i).Name)
	}
	if !slices.Equal(all, methods) {
		t.Fatalf("ways of reading %v, tested %v", methods, all)
	}
	s := opened(t)
	must(t, s.Update(context.Background(), appoint))
	var own, ahead map[string]string
	err1, err2 := pair(t, s, func(x *tx) error {
		if err := writeAll(x); err != nil {
			return err
		}
		own = said(t, x, held) // the gate is shut
		return nil
	}, func(x *tx, open func()) error {
		ahead = said(t, x, held)
		places, err := x.KeyPlaces("homes", "", "h")
		if err != nil || len(places) != 1 || places[0] != (totals.KeyPlace{Unit: "v", Month: 24312, N: 1}) {
			t.Errorf("where a key stands: %v %v", places, err)
		}
		open()
		maps.Copy(ahead, said(t, x, all))
		return nil
	})
	must(t, errors.Join(err1, err2))
	must(t, s.View(context.Background(), func(r engine.Reader) error {
		after := said(t, r, all)
		for _, name := range all {
			if got := ahead[name]; got != after[name] {
				t.Errorf("%s: ahead of the commit %s, after it %s", name, got, after[name])
			}
			if got, read := own[name]; read && got != after[name] {
				t.Errorf("%s: in the transaction %s, after it %s", name, got, after[name])
			}
			if name == "Uncounted" { // only of feeds that an older program wrote
				continue
			}
			if after[name] == "nothing" || after[name] == "[]" || after[name] == "" || after[name] == "0" || after[name] == "map[]" {
				t.Errorf("%s read nothing", name)
			}
		}
		return nil
	}))
	// All of it once more, read by the transaction that wrote it.
	s = opened(t)
	must(t, s.Update(context.Background(), func(e engine.Tx) error {
		if err := errors.Join(appoint(e), writeAll(e.(*tx))); err != nil {
			return err
		}
		for name, got := range said(t, e, all) {
			if got != ahead[name] {
				t.Errorf("%s: in the transaction %s, want %s", name, got, ahead[name])
			}
		}
		return nil
	}))
}

// What a record no longer says about a household is not found by what the file still says.
func TestMovedRecordsAreFoundWhereTheyAre(t *testing.T) {
	s := opened(t)
	must(t, s.Update(context.Background(), func(x engine.Tx) error {
		return errors.Join(x.PutRecord(visit("a", "h", "2026-01-02", "2026-02-01")), x.PutRecord(visit("b", "h", "2026-01-03", "2026-02-02")))
	}))
	ids := func(list []*record.Record, err error) (out string) {
		must(t, err)
		for _, r := range list {
			out += r.ID
		}
		return out
	}
	found := func(x *tx) string {
		return fmt.Sprint(ids(x.Counting("call", "h", "2026-01-01", "2026-12-31")), ids(x.Due("call", "h", "2026-01-01")),
			" ", ids(x.Counting("call", "other", "2026-01-01", "2026-12-31")), ids(x.Due("call", "other", "2026-02-01")))
	}
	err1, err2 := pair(t, s, func(x *tx) error {
		return errors.Join(x.PutRecord(visit("a", "other", "2026-01-02", "2026-02-01")), x.PutRecord(visit("c", "h", "2026-01-01", "")))
	}, func(x *tx, open func()) error {
		defer open()
		if got := found(x); got != "cbb aa" {
			t.Errorf("found %q", got)
		}
		must(t, x.PutRecord(visit("a", "h", "2026-01-09", "2026-02-09")))
		if got := found(x); got != "cbaba " {
			t.Errorf("moved back: %q", got)
		}
		return nil
	})
	must(t, errors.Join(err1, err2))
}

// An update that cannot be written fails; what was decided on top of it is decided again without it.
func TestWritingFails(t *testing.T) {
	s := opened(t)
	var saw []bool
	err1, err2 := pair(t, s, func(x *tx) error {
		return errors.Join(x.PutRecord(household("lost")), x.pipe.put("INSERT INTO nowhere VALUES (1)"))
	}, func(x *tx, open func()) error {
		r, err := x.Record("lost")
		saw = append(saw, r != nil)
		open()
		return errors.Join(err, x.PutRecord(household("kept")), x.PutFeedRow("f", "kept", record.Household, engine.Whole))
	})
	if err1 == nil || !strings.Contains(err1.Error(), "nowhere") || err2 != nil {
		t.Fatalf("%v, %v", err1, err2)
	}
	if !slices.Equal(saw, []bool{true, false}) {
		t.Errorf("the update on top saw the record: %v", saw)
	}
	remains(t, s, "kept", "lost")
}

// An update that fails takes nobody along, whether it shares a commit or was decided ahead of one.
func TestDecidingFails(t *testing.T) {
	for name, fault := range map[string]func(){"an error": nil, "a panic": func() { panic("a fault") }} {
		s := opened(t)
		boom := errors.New("boom")
		err1, err2 := pair(t, s, func(x *tx) error { return x.PutRecord(household("kept")) }, func(x *tx, open func()) error {
			open()
			if err := x.PutRecord(household("lost")); err != nil {
				return err
			}
			if fault != nil {
				fault()
			}
			return boom
		})
		if err1 != nil || err2 == nil || fault == nil && !errors.Is(err2, boom) {
			t.Fatalf("%s: %v, %v", name, err1, err2)
		}
		remains(t, s, "kept", "lost")
	}
}

// What another process writes between one commit and the beginning of the next transaction is not overlooked by what
// was decided before.
func TestAnotherWritesBetweenTwoGroups(t *testing.T) {
	s := opened(t)
	other, err := Open(context.Background(), s.path)
	must(t, err)
	t.Cleanup(func() { _ = other.Close() })
	var once sync.Once
	s.OnCommit(func(int, time.Duration) {
		once.Do(func() {
			must(t, other.Update(context.Background(), func(x engine.Tx) error { return x.PutRecord(visit("shared", "h2", "2026-01-05", "")) }))
		})
	})
	var saw []string
	err1, err2 := pair(t, s, func(x *tx) error { return x.PutRecord(visit("shared", "h1", "2026-01-05", "")) }, func(x *tx, open func()) error {
		open()
		r, err := x.Record("shared")
		if err != nil {
			return err
		}
		saw = append(saw, r.Content["household"].String())
		return x.PutRecord(visit("new", "h", "2026-01-01", ""))
	})
	must(t, errors.Join(err1, err2))
	if !slices.Equal(saw, []string{"h1", "h2"}) {
		t.Errorf("the update saw %v", saw)
	}
	remains(t, s, "new", "lost")
}

// With the disk full, updates fail, nothing of them remains, and what was there stays true; with room again all goes on.
func TestFullDisk(t *testing.T) {
	s := opened(t)
	limit := func(pages int) {
		must(t, s.Update(context.Background(), func(e engine.Tx) error {
			x := e.(*tx)
			if _, err := x.written(); err != nil {
				return err
			}
			var now int64
			if pages == 0 {
				if _, err := x.pipe.c.one("PRAGMA page_count", nil, &now); err != nil {
					return err
				}
				pages = int(now) + 8
			}
			_, err := x.pipe.c.one(fmt.Sprintf("PRAGMA max_page_count = %d", pages), nil, &now)
			return err
		}))
	}
	put := func(id string) error {
		return s.Update(context.Background(), func(x engine.Tx) error {
			r := household(id)
			r.Content["head"] = record.Text(strings.Repeat("x", 3000))
			return errors.Join(x.PutRecord(r), x.PutFeedRow("f", id, record.Household, engine.Whole))
		})
	}
	must(t, put("h0"))
	limit(0)
	there := []string{"h0"}
	full := 0
	for i := 1; i < 40; i++ {
		id := fmt.Sprint("h", i)
		if err := put(id); err == nil {
			there = append(there, id)
		} else if full++; !strings.Contains(err.Error(), "full") {
			t.Fatal(err)
		}
	}
	if full == 0 {
		t.Fatal("the disk was never full")
	}
	limit(1 << 30)
	must(t, put("last"))
	there = append(there, "last")
	must(t, s.View(context.Background(), func(r engine.Reader) error {
		rows, err := r.FeedRows("f", 0, 100)
		var got []string
		for i, row := range rows {
			got = append(got, row.Entity)
			if row.Seq != int64(i+1) {
				t.Errorf("%s is at %d", row.Entity, row.Seq)
			}
		}
		if !slices.Equal(got, there) {
			t.Errorf("there is %v, want %v", got, there)
		}
		return err
	}))
}

func remains(t *testing.T, s *Store, there, lost string) {
	t.Helper()
	look := func(r engine.Reader) error {
		a, err1 := r.Record(there)
		b, err2 := r.Record(lost)
		if a == nil || b != nil {
			t.Errorf("%s is there: %v; %s: %v", there, a != nil, lost, b != nil)
		}
		return errors.Join(err1, err2)
	}
	must(t, s.View(context.Background(), look))
	must(t, s.Update(context.Background(), func(x engine.Tx) error { return look(x) }))
}
