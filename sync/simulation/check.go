package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"sort"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// maxRounds is how often everybody must exchange, on a line that works, until all agree.
const maxRounds = 3

// heal ends every fault, and lets all exchange until nothing moves any more.
func (w *world) heal() {
	w.faults, w.left, w.store.left = Faults{}, 0, nil
	home := w.now + 31*record.DayMS // late requests, lost seats and lost servers come home
	for _, d := range w.devices {
		home = max(home, d.silent) // who was away the longest too, with all that she recorded
	}
	w.run(home)
	w.words = nil
	w.reboot()
	for _, d := range w.devices {
		delete(w.unseated, d.account)
		w.seat(d.account)
	}
	w.healing = true
	w.insist(func() error { // what is left to be counted anew
		for {
			if more, err := w.engine.Tend(context.Background()); err != nil || !more {
				return err
			}
		}
	})
	for _, d := range w.devices { // as every app does once a day
		d.ph.Recount()
	}
	for w.report.Rounds = 0; w.report.Rounds < 20; w.report.Rounds++ {
		before := w.heads()
		for _, d := range w.devices {
			d.sync()
		}
		if w.heads() == before {
			break
		}
	}
	if w.report.Rounds > maxRounds {
		w.fail("%d rounds until nothing moved", w.report.Rounds)
	}
}

// heads is where every log, every cursor and the ledger stand. A phone that brings all its lines back to a server that
// was lost may end with its log and cursors where they stood: the ledger has grown, and others have not seen it.
func (w *world) heads() string {
	all := make([]any, 0, 1+3*len(w.devices))
	err := w.store.Store.View(context.Background(), func(r engine.Reader) error {
		seq, err := r.LastSeq()
		all = append(all, seq)
		return err
	})
	if err != nil {
		w.fail("%v", err)
	}
	for _, d := range w.devices {
		head, lines := d.ph.Request(1)
		all = append(all, head.From, len(lines), head.Cursors)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// check holds what must be true when all has healed.
func (w *world) check() error {
	err := w.store.Store.View(context.Background(), func(r engine.Reader) error {
		seq, err := r.LastSeq()
		if err != nil {
			return err
		}
		w.report.Lines = seq
		all, err := holdings(r)
		if err != nil {
			return err
		}
		if err := w.digests(r, all); err != nil {
			return err
		}
		for _, d := range w.devices {
			if err := d.delivered(r); err != nil {
				return err
			}
			if err := d.agrees(r, all); err != nil {
				return err
			}
		}
		if err := w.lines(r); err != nil {
			return err
		}
		if !w.cfg.State {
			return nil
		}
		w.report.State, err = state(r)
		return err
	})
	if err != nil {
		return err
	}
	v, err := engine.VerifyReading(context.Background(), w.store.Store, memory.New(), w.cfg.shelf.read, nil)
	if err != nil {
		return err
	}
	w.report.Records = v.Records
	if n := w.report.Counts["questions of what differs"]; n > 0 && w.cfg.Faults.Garble == 0 {
		w.fail("phones found %d times that a feed differs, and nothing was garbled", n)
	}
	w.differs("verify", v)
	w.tell("%d lines, %d records", v.Lines, v.Records) // how many totals depends on what clocks leave for a reviewer to see
	return nil
}

func (w *world) differs(who string, v *engine.Verification) {
	for _, d := range v.Differences {
		w.fail("%s: %s %s is %s and should be %s", who, d.What, d.Where, d.Stored, d.Right)
	}
}

// sampled is at most how many times a world's totals are counted again on the way.
const sampled = 5

// sample counts every total again after some of the commits.
func (w *world) sample() {
	w.commits++
	every := w.cfg.Recount
	if every == 0 {
		every = 1 + w.cfg.Days*(w.cfg.Phones+3)/sampled
	}
	if w.commits%every != 0 {
		return
	}
	w.report.Recounts++
	v, err := engine.CountAgain(context.Background(), w.store.Store, w.catalogue)
	if err != nil {
		w.fail("recount: %v", err)
		return
	}
	w.differs("recount", v)
}

// state is a hash of the records and totals, without what phones' clocks leave there for a reviewer to see (S9).
func state(r engine.Reader) (string, error) {
	sum := sha256.New()
	err := r.Records(func(rec *record.Record) error {
		one := *rec
		one.Flags = nil
		_, err := sum.Write([]byte(text(one)))
		return err
	})
	if err != nil {
		return "", err
	}
	var cells []string
	err = r.AllTotals(func(cell totals.Cell, month int, value, entries int64) error {
		if cell.Indicator != engine.WorkFlagged {
			cells = append(cells, fmt.Sprint(cell, month, value, entries))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	err = r.AllSteps(func(cell totals.Cell, month, prev int, n int64) error {
		cells = append(cells, fmt.Sprint("step ", cell, month, prev, n))
		return nil
	})
	if err != nil {
		return "", err
	}
	err = r.AllStandings(func(cell totals.Cell, month int, n int64) error {
		cells = append(cells, fmt.Sprint("stands ", cell, month, n))
		return nil
	})
	if err != nil {
		return "", err
	}
	err = r.AllDays(func(at engine.DayCell, value, entries int64) error {
		cells = append(cells, fmt.Sprint("day ", at, value, entries))
		return nil
	})
	if err != nil {
		return "", err
	}
	err = r.AllWorked(func(at engine.Worked) error {
		if at.Indicator != engine.WorkFlagged {
			cells = append(cells, fmt.Sprint("worked ", at))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	sort.Strings(cells)
	_, err = fmt.Fprint(sum, cells)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// same compares two rows. Of a nil and an empty list only the text is the same.
func same(a, b change.Row) bool {
	x, y := a, b
	for _, both := range [][2]*record.Content{{&x.Content, &y.Content}, {&x.Approved, &y.Approved}} { // most of a row
		if (*both[0] == nil) != (*both[1] == nil) || !maps.Equal(*both[0], *both[1]) {
			return text(a) == text(b)
		}
		*both[0], *both[1] = nil, nil
	}
	return reflect.DeepEqual(&x, &y) || text(a) == text(b)
}

func text(x any) string {
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(raw)
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
