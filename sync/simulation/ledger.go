package simulation

import (
	"context"
	"slices"
	"sort"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// acknowledged notes what an answer says the ledger has, for ever; and holds it to that nothing of what was sent
// waits for what came before it (S7).
func (w *world) acknowledged(r request, answer *change.Answer) {
	if had := w.through[r.head.Epoch]; answer.Push.Through < had {
		w.fail("%s: %d changes were acknowledged, and now %d are", r.who.Account, had, answer.Push.Through)
	}
	w.through[r.head.Epoch] = answer.Push.Through
	for i, line := range r.lines {
		n := r.head.From + int64(i)
		if n > answer.Push.Through {
			if r.head.From <= answer.Push.Through+1 && i < change.MaxLines && !(i == 0 && r.parted(answer)) {
				w.fail("%s: change %d was sent, and what is acknowledged ends at %d", r.who.Account, n, answer.Push.Through)
			}
			return
		}
		w.ledger[place{r.head.Epoch, n}] = change.Hash(line)
	}
}

// parted: a server that was lost since has other lines before the first of these, and says where its own end (S2).
func (r request) parted(answer *change.Answer) bool {
	first, err := change.Decode(r.lines[0])
	return err == nil && r.head.ServerEpoch != answer.ServerEpoch && first.Prev != answer.Push.Chain
}

// delivered: what a phone keeps has reached the ledger, with its bytes.
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

// saved is a change, whatever log it stands in.
type saved struct {
	entity string
	kind   change.Kind
	event  review.Event
	at     record.Instant
	fields string
}

func savedOf(c *change.Change) saved {
	one := saved{c.Entity, c.Kind, c.Event, c.At, ""}
	if len(c.Fields) > 0 {
		var b strings.Builder
		for _, key := range sorted(c.Fields) { // a value has no line's end in it, and one that is empty tells too
			b.WriteString(key + "=" + string(c.Fields[key]) + "\n")
		}
		one.fields = b.String()
	}
	return one
}

// keeps notes that a phone has said to have saved a change.
func (w *world) keeps(c *change.Change) {
	if w.healing {
		w.fail("healing takes a new change of %s", c.Entity)
	}
	w.saved[savedOf(c)] = true
}

// lost: a phone is gone, or what it has but a copy of it. What the server did not have is gone with it; what it had is
// there alone from now on.
func (w *world) lost(p, copy *phone.Phone) {
	kept := map[saved]bool{}
	if copy != nil {
		_ = changes(copy, func(c *change.Change, _ string) error {
			kept[savedOf(c)] = true
			return nil
		})
	}
	err := w.store.Store.View(context.Background(), func(r engine.Reader) error {
		return changes(p, func(c *change.Change, hash string) error {
			one := savedOf(c)
			if kept[one] {
				return nil
			}
			l, err := r.Line(c.Epoch, c.N)
			if err == nil && (l == nil || l.Hash != hash) {
				delete(w.saved, one)
			} else {
				w.lone[one] = true
			}
			return err
		})
	})
	if err != nil {
		w.fail("%v", err)
	}
}

// changes are what a phone keeps, with the hashes of its lines.
func changes(p *phone.Phone, f func(c *change.Change, hash string) error) error {
	return p.Lines(func(_ string, _ int64, bytes []byte) error {
		c, err := change.Decode(bytes)
		if err != nil {
			return err
		}
		return f(c, change.Hash(bytes))
	})
}

// written is a line of somebody's log with what became of it.
type written struct {
	change  *change.Change
	account string
	outcome change.Outcome
}

// lines reads the ledger once, and holds what it must have.
func (w *world) lines(r engine.Reader) error {
	there := map[place]bool{}
	values := map[field][]written{}
	refused, parked := map[string]bool{}, map[string]bool{}
	come := map[saved]bool{}
	err := r.Lines(func(l engine.Line) error {
		at := place{l.Epoch, l.N}
		if there[at] {
			w.fail("number %d of %s stands twice in the ledger", l.N, l.Epoch)
		}
		there[at] = true
		if hash, told := w.ledger[at]; told && hash != l.Hash {
			w.fail("number %d of %s was acknowledged and is another one in the ledger", l.N, l.Epoch)
		}
		if l.Account == "" {
			return nil
		}
		c, err := change.Decode(l.Bytes)
		if err != nil {
			return nil //nolint:nilerr // an unreadable line has no values
		}
		come[savedOf(c)] = true
		one := written{c, l.Account, l.Outcome}
		switch l.Outcome.Outcome {
		case change.Parked:
			w.report.Counts["still parked"]++
			err := w.waits(r, one, parked[c.Entity])
			parked[c.Entity] = parked[c.Entity] || l.Outcome.Code != record.MissingVersion // which holds up nothing
			return err
		case change.Rejected, change.Stale:
			return nil
		}
		if c.Kind == change.Transition {
			refused[c.Entity] = refused[c.Entity] || c.Event == review.Refuse
			w.saw(one)
		}
		for key := range c.Fields {
			at := field{c.Entity, key}
			values[at] = append(values[at], one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	lost := 0
	for at := range w.ledger {
		if !there[at] {
			lost++
		}
	}
	if lost > 0 {
		w.fail("%d changes were acknowledged and are not in the ledger", lost)
	}
	for one := range w.saved {
		if !come[one] {
			w.fail("what was saved has not come: %s of %s, %s", one.kind, one.entity, one.fields)
		}
	}
	return w.fates(r, values, refused)
}

// saw: a decision that was applied is about what its reviewer was shown.
func (w *world) saw(one written) {
	c := one.change
	if one.outcome.Outcome != change.Applied || c.Event != review.Approve && c.Event != review.Return && c.Event != review.Refuse {
		return
	}
	if !w.shown[sight{one.account, c.Entity, c.Trunk}] {
		w.fail("%s decided on %s of %s, and was never shown it", one.account, c.Trunk, c.Entity)
	}
	if c.Event == review.Approve && one.outcome.Version != c.Trunk {
		w.fail("%s approved %s of %s, and %s counts", one.account, c.Trunk, c.Entity, one.outcome.Version)
	}
}

// waits: what is parked still has its cause.
func (w *world) waits(r engine.Reader, one written, behind bool) error {
	c := one.change
	rec, err := r.Record(c.Entity)
	if err != nil {
		return err
	}
	cause := true
	switch one.outcome.Code {
	case record.MissingEntity:
		cause = rec == nil
	case record.MissingVersion:
		known, err := r.Version(c.Entity, c.Trunk)
		if err != nil {
			return err
		}
		cause = known == nil && (rec == nil || rec.Version != c.Trunk)
	case record.MissingReference:
		id := c.Fields[one.outcome.Field].String()
		named, err := r.Record(id)
		if err != nil {
			return err
		}
		cause = named == nil
	case record.NoSeat:
		unit := c.Unit
		if rec != nil {
			unit = rec.Unit
		}
		cause = w.unseated[one.account] || w.seats[one.account].Unit != unit
	case record.BehindParked:
		cause = behind
	default:
		cause = false
	}
	if !cause {
		w.fail("change %d of %s by %s waits for %s, which is there", c.N, c.Entity, one.account, one.outcome.Code)
	}
	return nil
}

// field is a place of values.
type field struct{ entity, key string }

// fates: a value that was taken is current, waits in a conflict, or was replaced by somebody who knew of it.
func (w *world) fates(r engine.Reader, values map[field][]written, refused map[string]bool) error {
	keys := make([]field, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].entity < keys[j].entity || keys[i].entity == keys[j].entity && keys[i].key < keys[j].key
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
		for i, one := range values[k] {
			v := one.change.Fields[k.key]
			if rec.Content[k.key] == v || refused[k.entity] ||
				slices.ContainsFunc(rec.Conflicts, func(c record.Conflict) bool { return c.Field == k.key && c.Value == v }) {
				continue
			}
			known, err := w.replaced(r, rec, k.key, i, values[k])
			if err != nil {
				return err
			}
			if !known {
				w.fail("the value %s of %s in %s by %s has vanished", v, k.key, k.entity, one.account)
			}
		}
	}
	return nil
}

// replaced reports whether the i-th value of a field gave way to one whose author knew of it; a set, whether each of its
// choices is there or was taken out by such.
func (w *world) replaced(r engine.Reader, rec *record.Record, key string, i int, all []written) (bool, error) {
	v := all[i].change.Fields[key]
	set := len(v) > 0 && v[0] == '['
	var authors []string // a reviewer may have chosen what another wrote; that one may write on without having seen it
	for _, other := range all {
		if other.change.Fields[key] == v {
			authors = append(authors, other.account)
		}
	}
	for j, other := range all { // what was parked may stand before what it changed
		if i == j {
			continue
		}
		if j > i && (slices.Contains(authors, other.account) || slices.Contains(other.change.Resolve, key)) {
			return true, nil
		}
		trunk, err := r.Version(rec.ID, other.change.Trunk)
		if err != nil {
			return false, err
		}
		if trunk != nil && (trunk[key] == v || set && trunk[key] != "") {
			return true, nil
		}
	}
	if set {
		now := rec.Content[key].Strings()
		return !slices.ContainsFunc(v.Strings(), func(choice string) bool { return !slices.Contains(now, choice) }), nil
	}
	return false, nil
}
