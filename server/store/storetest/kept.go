package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// T19: what is kept by the day adds up over days, in a transaction and after it; nothing of a transaction that fails stays,
// and what has come back to nought is listed by no store.
func keptByDay(t *testing.T, s engine.Store) {
	ctx := context.Background()
	add := func(tx engine.Tx, sign int64) error {
		return errors.Join(
			tx.AddDay(engine.DayCell{Unit: "u", Day: "2026-03-05", Indicator: "calls"}, 3*sign, sign),
			tx.AddDay(engine.DayCell{Unit: "u", Day: "2026-03-07", Indicator: "calls"}, 4*sign, 2*sign),
			tx.AddDay(engine.DayCell{Unit: "u", Day: "2026-03-05"}, sign, sign),
			tx.AddDay(engine.DayCell{Unit: "v", Day: "2026-03-06"}, 0, sign),
			tx.AddDay(engine.DayCell{Unit: "v", Day: "2026-03-06", Indicator: engine.WorkWaiting}, 0, sign),
			tx.AddDay(engine.DayCell{Unit: "v", Day: "2026-03-04", Indicator: engine.WorkWaiting}, 0, 2*sign),
			tx.AddDay(engine.DayCell{Unit: "u", Day: "2026-03-09"}, sign, 0)) // counted, and of nobody's day
	}
	seen := func(r engine.Reader) string {
		all, e1 := r.DayTotals("u", "2026-03-05", "2026-03-06")
		calls, e2 := r.DayTotals("u", "2026-03-01", "2026-03-31", "calls")
		last, e3 := r.LastDays([]string{"u", "v", "w"}, "2026-03-31")
		early, e4 := r.LastDays([]string{"u", "v"}, "2026-03-05")
		waits, err := r.SentDays([]string{"v", "none"})
		must(t, err)
		sent := waits["v"]
		if len(waits) > 1 {
			t.Errorf("what waits elsewhere: %v", waits)
		}
		rows := 0
		e5 := r.AllDays(func(engine.DayCell, int64, int64) error { rows++; return nil })
		must(t, errors.Join(e1, e2, e3, e4, e5))
		return fmt.Sprint(all, calls, sent, last, early, rows)
	}
	read := func() (out string) {
		must(t, s.View(ctx, func(r engine.Reader) error { out = seen(r); return nil }))
		return out
	}
	nothing := "[] [] [] map[] map[] 0"
	if got := read(); got != nothing {
		t.Fatalf("an empty store: %s", got)
	}
	if err := s.Update(ctx, func(tx engine.Tx) error { return errors.Join(add(tx, 1), errors.New("no")) }); err == nil || read() != nothing {
		t.Errorf("a failed update left %s", read())
	}
	want := "[{{  u} 1 1} {{calls  u} 3 1}] [{{calls  u} 7 3}] [{2026-03-04 2} {2026-03-06 1}] map[u:2026-03-05 v:2026-03-06] map[u:2026-03-05] 7"
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, add(tx, 1))
		if got := seen(tx); got != want {
			t.Errorf("its own writes: %s, want %s", got, want)
		}
		return nil
	}))
	if got := read(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error { return add(tx, -1) }))
	if got := read(); got != nothing {
		t.Errorf("back to nought: %s", got)
	}
}

// T19: a backlog is counted, and what has waited for longest is found, as it is after each change.
func backlog(t *testing.T, s engine.Store) {
	ctx := context.Background()
	put := func(id, unit string, state review.State, at record.Instant) {
		must(t, s.Update(ctx, func(tx engine.Tx) error {
			return tx.PutRecord(&record.Record{Type: record.Entry, ID: id, Unit: unit, Form: "call", State: state, SubmittedAt: at, Content: record.Content{}})
		}))
	}
	is := func(want string, units ...string) {
		t.Helper()
		must(t, s.View(ctx, func(r engine.Reader) error {
			list, err := r.Longest(units, 2)
			must(t, err)
			var got []string
			for _, rec := range list {
				got = append(got, rec.ID)
			}
			if got := strings.Join(got, " "); got != want {
				t.Errorf("of %v: %s, want %s", units, got, want)
			}
			return nil
		}))
	}
	put("a", "u", review.Submitted, 25)
	put("b", "u", review.Submitted, 5)
	put("c", "v", review.Amended, 15)
	put("d", "v", review.Returned, 0)
	is("b c", "u", "v", "w")
	is("c", "v")
	put("b", "u", review.Approved, 0)
	put("d", "v", review.Submitted, 12)
	is("d c", "u", "v")
	is("", "w")
}

// T22: what a number of work counts is listed by month and id, of some forms or of all, page by page; what has come to nought
// is gone, and nothing of a transaction that fails stays.
func workedOn(t *testing.T, s engine.Store) {
	ctx := context.Background()
	at := func(unit string, month int, entity, form string, n int64) engine.Worked {
		return engine.Worked{Indicator: engine.WorkReturned, Unit: unit, Month: month, Entity: entity, Form: form, N: n}
	}
	add := func(tx engine.Tx, sign int64) error {
		return errors.Join(tx.AddWorked(at("u", 24302, "a", "call", sign)), tx.AddWorked(at("u", 24301, "c", "call", sign)), tx.AddWorked(at("u", 24301, "b", "loan", sign)),
			tx.AddWorked(at("u", 24301, "c", "call", sign)), tx.AddWorked(at("v", 24301, "d", "call", sign)), tx.AddWorked(engine.Worked{Indicator: engine.WorkConflicts, Unit: "u", Month: 24301, Entity: "a", Form: "call", N: sign}))
	}
	seen := func(r engine.Reader) string {
		out, rows := "", 0
		for _, q := range []struct {
			unit     string
			forms    []string
			from, to int
			after    engine.Worked
			limit    int
		}{
			{"u", nil, 24300, 24302, engine.Worked{}, 9}, {"u", nil, 24300, 24301, engine.Worked{}, 9}, {"u", []string{"call", "none"}, 24300, 24302, engine.Worked{}, 9},
			{"u", []string{}, 24300, 24302, engine.Worked{}, 9}, {"u", nil, 24300, 24302, at("u", 24301, "b", "", 0), 1}, {"w", nil, 0, 99999, engine.Worked{}, 9},
		} {
			list, err := r.Worked(engine.WorkReturned, q.unit, q.forms, q.from, q.to, q.after, q.limit)
			must(t, err)
			for _, w := range list {
				out += fmt.Sprint(w.Month, w.Entity, w.Form, w.N, " ")
			}
			out += "| "
		}
		must(t, r.AllWorked(func(engine.Worked) error { rows++; return nil }))
		return out + fmt.Sprint(rows)
	}
	read := func() (out string) {
		must(t, s.View(ctx, func(r engine.Reader) error { out = seen(r); return nil }))
		return out
	}
	nothing := "| | | | | | 0"
	if err := s.Update(ctx, func(tx engine.Tx) error { return errors.Join(add(tx, 1), errors.New("no")) }); err == nil || read() != nothing {
		t.Errorf("a failed update left %s", read())
	}
	want := "24301bloan1 24301ccall2 24302acall1 | 24301bloan1 24301ccall2 | 24301ccall2 24302acall1 | | 24301ccall2 | | 5"
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, add(tx, 1))
		if got := seen(tx); got != want {
			t.Errorf("its own writes: %s, want %s", got, want)
		}
		return nil
	}))
	if got := read(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error { return add(tx, -1) }))
	if got := read(); got != nothing {
		t.Errorf("back to nought: %s", got)
	}
}
