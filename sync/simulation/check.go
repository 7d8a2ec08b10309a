package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// maxRounds is how often everybody must exchange, on a line that works, until all agree.
const maxRounds = 3

// heal ends every fault, and lets all exchange until nothing moves any more.
func (w *world) heal() {
	w.faults = Faults{}
	w.run(w.now + 30*record.DayMS) // late requests and lost seats come home
	for _, d := range w.devices {
		d.silent = 0
		delete(w.unseated, d.account)
		w.seat(d.account)
	}
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

// heads is where every log and cursor stands.
func (w *world) heads() string {
	all := make([]any, 0, 3*len(w.devices))
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
	err := w.store.View(context.Background(), func(r engine.Reader) error {
		seq, err := r.LastSeq()
		if err != nil {
			return err
		}
		w.report.Lines = seq
		for _, d := range w.devices {
			if err := d.delivered(r); err != nil {
				return err
			}
			if err := d.agrees(r); err != nil {
				return err
			}
		}
		return w.fates(r)
	})
	if err != nil {
		return err
	}
	v, err := engine.Verify(context.Background(), w.store, memory.New(), nil)
	if err != nil {
		return err
	}
	w.report.Records = v.Records
	if n := w.report.Counts["rows mended"]; n > 0 && w.cfg.Faults.Garble == 0 {
		w.fail("%d rows had to be mended, and nothing was garbled", n)
	}
	for _, d := range v.Differences {
		w.fail("verify: %s %s is %s and should be %s", d.What, d.Where, d.Stored, d.Right)
	}
	w.tell("%d lines, %d records, %d totals", v.Lines, v.Records, v.Totals)
	return nil
}

// delivered: saved means survives, and acknowledged means in the ledger, once.
func (d *device) delivered(r engine.Reader) error {
	if n := d.ph.Waiting(); n > 0 {
		d.w.fail("%s: %d changes do not go up", d.account, n)
	}
	return d.ph.Lines(func(epoch string, n int64, bytes []byte) error {
		l, err := r.Line(epoch, n)
		switch {
		case err != nil:
			return err
		case l == nil:
			d.w.fail("%s: change %d is not in the ledger", d.account, n)
		case l.Hash != change.Hash(bytes):
			d.w.fail("%s: change %d is another one in the ledger", d.account, n)
		}
		return nil
	})
}

// agrees: the phone has exactly what its feeds are by the rules, found without the feeds' tables.
func (d *device) agrees(r engine.Reader) error {
	actor, err := r.Actor(d.account)
	if err != nil {
		return err
	}
	feeds := access.Feeds(actor, d.w.engine.Places())
	want := map[string]string{}
	err = r.Records(func(rec *record.Record) error {
		for _, a := range access.Audiences(rec) {
			if slices.Contains(feeds, a.ID) {
				row := change.RowOf(rec)
				if a.Stub {
					row = change.StubOf(rec)
				}
				want[a.ID+" "+rec.ID] = text(row)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.ph.Rows(func(row change.Row) {
		at := row.Feed + " " + row.Entity
		row.Feed, row.Seq = "", 0
		if have := text(row); have != want[at] {
			d.w.fail("%s has of %s\n%s\nand should have\n%s", d.account, at, have, want[at])
		}
		delete(want, at)
	})
	for _, at := range sorted(want) {
		d.w.fail("%s does not have %s", d.account, at)
	}
	return d.proves(r, feeds)
}

// fates: a value that was taken is current, waits in a conflict, or was replaced by somebody who knew of it.
func (w *world) fates(r engine.Reader) error {
	type at struct{ entity, field string }
	type written struct {
		change  *change.Change
		account string
		outcome change.Outcome
	}
	patches := map[at][]written{}
	decided := map[string][]written{}
	err := r.Lines(func(l engine.Line) error {
		if l.Account == "" {
			return nil
		}
		c, err := change.Decode(l.Bytes)
		if err != nil || l.Outcome.Outcome == change.Rejected || l.Outcome.Outcome == change.Parked || l.Outcome.Outcome == change.Stale {
			if l.Outcome.Outcome == change.Parked {
				w.report.Counts["still parked"]++
			}
			return nil //nolint:nilerr // an unreadable line has no values
		}
		one := written{c, l.Account, l.Outcome}
		if c.Kind == change.Transition {
			decided[c.Entity] = append(decided[c.Entity], one)
		}
		for f := range c.Fields {
			patches[at{c.Entity, f}] = append(patches[at{c.Entity, f}], one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	keys := make([]at, 0, len(patches))
	for k := range patches {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].entity < keys[j].entity || keys[i].entity == keys[j].entity && keys[i].field < keys[j].field
	})
	for _, k := range keys {
		rec, err := r.Record(k.entity)
		if err != nil {
			return err
		}
		if rec == nil {
			w.fail("record %s is gone", k.entity)
			continue
		}
		refused := slices.ContainsFunc(decided[k.entity], func(o written) bool { return o.change.Event == review.Refuse })
	values:
		for i, one := range patches[k] {
			v := one.change.Fields[k.field]
			if rec.Content[k.field] == v || refused || len(v.Strings()) > 0 && v[0] == '[' { // a set is merged, not replaced
				continue
			}
			for _, c := range rec.Conflicts {
				if c.Field == k.field && c.Value == v {
					continue values
				}
			}
			for j, other := range patches[k] { // what was parked may stand before what it changed
				if i == j {
					continue
				}
				seen := j > i && (other.account == one.account || slices.Contains(other.change.Resolve, k.field))
				if !seen {
					trunk, err := r.Version(k.entity, other.change.Trunk)
					if err != nil {
						return err
					}
					seen = trunk != nil && trunk[k.field] == v
				}
				if seen {
					continue values
				}
			}
			w.fail("the value %s of %s in %s by %s has vanished", v, k.field, k.entity, one.account)
		}
	}
	return nil
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
