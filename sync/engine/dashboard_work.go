package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Ages are how long what waits has waited: up to two days, from three to six, and from seven on.
type Ages struct{ Fresh, Slow, Overdue int64 }

// WaitingIn is what waits in a unit. Oldest is a day, "" where nothing waits or this reader is not told it.
type WaitingIn struct {
	Division record.Division
	Count    int64
	Ages     Ages
	Oldest   string
}

// WaitingNow is what waits in the unit and below, in whatever period it was done. Of the units, its own entries come under
// its own name, and each unit right below has all in it; one where nothing waits is missing.
type WaitingNow struct {
	WaitingIn
	Forms []Waiting
	Units []WaitingIn
}

// waitingIn reads what waits in some units, each with all below it.
func (d dashboarding) waitingIn(units ...string) ([]WaitingIn, error) {
	sent, err := d.r.SentDays(units)
	out := make([]WaitingIn, len(units))
	for i, unit := range units {
		out[i] = d.waitingSince(unit, sent[unit])
	}
	return out, err
}

// waitingSince sorts what waits in a unit by the day on which it was sent.
func (d dashboarding) waitingSince(unit string, list []SentDay) WaitingIn {
	division, _ := d.world.places.Get(unit)
	w := WaitingIn{Division: division}
	overdue, slow := backTo(d.today, weekDays), backTo(d.today, slowDays)
	for _, n := range list {
		w.Count += n.Entries
		switch {
		case n.Day <= overdue:
			w.Ages.Overdue += n.Entries
		case n.Day <= slow:
			w.Ages.Slow += n.Entries
		default:
			w.Ages.Fresh += n.Entries
		}
	}
	if len(list) > 0 && access.SeesSmall(d.actor, d.world.places, unit) { // the day on which something was sent
		w.Oldest = list[0].Day
	}
	return w
}

func (d dashboarding) waiting() (WaitingNow, error) {
	list, err := d.waitingIn(append([]string{d.unit}, d.world.places.Children(d.unit)...)...)
	whole := list[0]
	out := WaitingNow{WaitingIn: whole}
	if err != nil || whole.Count == 0 {
		return out, err
	}
	own := whole // what is left when the units below are taken off
	own.Oldest = ""
	for _, in := range list[1:] {
		own.Count -= in.Count
		own.Ages = Ages{own.Ages.Fresh - in.Ages.Fresh, own.Ages.Slow - in.Ages.Slow, own.Ages.Overdue - in.Ages.Overdue}
		if in.Count > 0 && access.Scope(d.actor, d.world.places, in.Division.Code) {
			out.Units = append(out.Units, in)
		}
	}
	if own.Count > 0 {
		out.Units = append([]WaitingIn{own}, out.Units...)
	}
	forms, err := d.r.Totals(d.unit, 0, lastMonth, "")
	for _, x := range forms {
		if x.Entries > 0 {
			out.Forms = append(out.Forms, Waiting{Unit: d.unit, Form: x.Group, Count: x.Entries})
		}
	}
	slices.SortFunc(out.Forms, func(a, b Waiting) int { return strings.Compare(a.Form, b.Form) })
	out.Forms = d.toldPending(d.unit, out.Forms)
	return out, err
}

// lastMonth comes after every month of a day: a phone's clock may have said any.
const lastMonth = 10000 * 12

// Covered says how many villages of a unit have been silent.
type Covered struct {
	Division                record.Division
	Villages, Silent, Never int
}

// Coverage is the same of a unit and of those right below: silent are villages in which nothing was done on any of so many
// days, today included, that everybody may know of.
type Coverage struct {
	Covered
	Days  int
	Since string // the first of these days
	Units []Covered
	list  []Silence
}

// Silence is one village. Last is "" where there never was an entry.
type Silence struct {
	Division, Township record.Division
	Last               string
	Days               int64 // since then
}

// villages lists those of a unit.
func (f figures) villages(unit string) (out []string) {
	for _, code := range f.below(unit) {
		if d, _ := f.world.places.Get(code); d.Level == record.Village {
			out = append(out, code)
		}
	}
	return out
}

func (d dashboarding) coverage(days int) (Coverage, error) {
	out := Coverage{Covered: Covered{Division: d.division}, Days: days, Since: backTo(d.today, days-1)}
	last, err := d.r.LastDays(d.villages(d.unit), d.today)
	if err != nil {
		return out, err
	}
	note := func(c *Covered, village string) bool {
		c.Villages++
		if last[village] == "" {
			c.Never++
		}
		silent := last[village] < out.Since
		if silent {
			c.Silent++
		}
		return silent
	}
	for _, village := range d.villages(d.unit) {
		if !note(&out.Covered, village) || !access.Scope(d.actor, d.world.places, village) {
			continue
		}
		s := Silence{Last: last[village]}
		s.Division, _ = d.world.places.Get(village)
		s.Township, _ = d.world.places.Get(d.world.places.Parent(village))
		if s.Last != "" {
			s.Days = int64(beginOf(d.today)-beginOf(s.Last)) / int64(record.DayMS)
		}
		out.list = append(out.list, s)
	}
	for _, child := range d.children() {
		division, _ := d.world.places.Get(child)
		c := Covered{Division: division}
		for _, village := range d.villages(child) {
			note(&c, village)
		}
		if c.Villages > 0 {
			out.Units = append(out.Units, c)
		}
	}
	return out, nil
}

// SilentVillages lists the villages of a unit that have been silent, those that have been for longest first.
type SilentVillages struct {
	Coverage
	Unit string
	Rows []Silence
}

// Silent lists them. Errors: not_found, forbidden.
func (e *Engine) Silent(ctx context.Context, actor record.Actor, unit string, days int) (*SilentVillages, error) {
	out := &SilentVillages{Unit: unit}
	err := e.dashboard(ctx, actor, unit, Day(e.opt.Now())[:4], "", func(d dashboarding) (err error) {
		out.Coverage, err = d.coverage(days)
		out.Rows = out.list
		slices.SortFunc(out.Rows, func(a, b Silence) int {
			return cmp.Or(strings.Compare(a.Last, b.Last), strings.Compare(a.Division.Code, b.Division.Code))
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Quality says how entries of a unit and below were decided on: of those that arrived in the period decisions, and of these
// those that sent one back, and entries that say something odd; and the records with values that wait for somebody to choose.
type Quality struct {
	Division                              record.Division
	Decided, Returned, Flagged, Conflicts int64
}

func (d dashboarding) quality() (out []Quality, err error) {
	for _, unit := range append([]string{d.unit}, d.children()...) {
		division, _ := d.world.places.Get(unit)
		q := Quality{Division: division}
		list, err := d.r.Totals(unit, d.span.From, d.span.To, WorkDecided, WorkFlagged)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.Indicator == WorkDecided {
				q.Decided, q.Returned = x.Entries, x.Value
			} else {
				q.Flagged = x.Entries
			}
		}
		if list, err = d.r.Totals(unit, 0, 0, WorkConflicts); err != nil {
			return nil, err
		}
		for _, x := range list {
			q.Conflicts = x.Entries
		}
		out = append(out, q)
	}
	return out, nil
}

// WaitingList are the entries of a unit and below that wait, those sent first first. Hidden is how many of Count are in none
// of the units whose entries this reader knows of: of those she is told the number alone, since what waits there less what
// she could list would be what is sensitive.
type WaitingList struct {
	Count, Hidden int64
	Rows          []WaitingEntry
}

// waitingAmong counts what waits in some units by themselves: of each what is kept of it with all below it, less those below.
// Most of that is the same number put in and taken off: all units of a township are what is kept of the township.
func (d dashboarding) waitingAmong(units []string) (n int64, err error) {
	times := map[string]int64{}
	for _, unit := range units {
		times[unit]++
		for _, child := range d.world.places.Children(unit) {
			times[child]--
		}
	}
	maps.DeleteFunc(times, func(_ string, k int64) bool { return k == 0 })
	sent, err := d.r.SentDays(slices.Collect(maps.Keys(times)))
	for unit, days := range sent {
		for _, day := range days {
			n += times[unit] * day.Entries
		}
	}
	return n, err
}

// WaitingEntry is one of them, without its content. Of a stub she is told that it exists, and no more.
type WaitingEntry struct {
	*record.Record
	Stub bool
	Day  string // on which it was done
	Days int64  // since it was sent
}

// WaitingEntries lists up to limit of them. Errors: not_found, forbidden.
func (e *Engine) WaitingEntries(ctx context.Context, actor record.Actor, unit string, limit int) (*WaitingList, error) {
	out := &WaitingList{}
	err := e.dashboard(ctx, actor, unit, Day(e.opt.Now())[:4], "", func(d dashboarding) error {
		list, err := d.waitingIn(unit)
		if err != nil {
			return err
		}
		whole := list[0]
		hers := slices.DeleteFunc(d.below(unit), func(code string) bool { return access.To(actor, d.world.places, code, "") < access.Deciding })
		known, err := d.waitingAmong(hers)
		if err != nil {
			return err
		}
		out.Count, out.Hidden = whole.Count, whole.Count-known
		longest, err := d.r.Longest(hers, limit)
		for _, rec := range longest {
			view := access.Entry(actor, d.world.places, rec, d.now)
			if view < access.Exists {
				continue
			}
			row := WaitingEntry{Record: &record.Record{Type: rec.Type, ID: rec.ID, Unit: rec.Unit, State: rec.State}, Stub: view == access.Exists}
			if !row.Stub {
				row.Form, row.SubmittedAt = rec.Form, rec.SubmittedAt
				row.Day, row.Days = rec.Content[catalogue.KeyOccurredOn].String(), int64(beginOf(d.today)-beginOf(Day(rec.SubmittedAt)))/int64(record.DayMS)
			}
			out.Rows = append(out.Rows, row)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
