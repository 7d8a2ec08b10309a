package engine

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// WorkRecorded is no number: the last entries of one unit by itself that everybody may know of, for a village that is silent.
const WorkRecorded = "work:recorded"

// ofWork are the names under which numbers of work open to their entries.
var ofWork = []string{WorkCounted, WorkDecided, WorkReturned, WorkFlagged, WorkConflicts, WorkWaiting, WorkRecorded}

// IsWork reports whether a name is one of those that WorkEntries opens.
func IsWork(name string) bool { return slices.Contains(ofWork, name) }

// WorkEntries are the entries behind a number of work, as far as the reader is told of them (T22).
type WorkEntries struct {
	CountedEntries
	Count int64       // the number
	Units []WorkShare // the unit's own, where it has some, and those right below, where the number is not nought
}

// WorkShare is what a unit has of a number.
type WorkShare struct {
	Division record.Division
	Own      bool // what the unit has by itself
	Count    int64
}

// WorkEntries opens a number of work down to its entries: of a year or a quarter of it, what stands now whatever is asked, what
// counts of a week of days. Errors: not_found, forbidden, bad_request with a field.
func (e *Engine) WorkEntries(ctx context.Context, actor record.Actor, q EntriesQuery) (*WorkEntries, error) {
	if q.Limit <= 0 || q.Limit > maxEntries {
		q.Limit = maxEntries
	}
	return e.workEntries(ctx, actor, q, false)
}

// ListWork lists them from the first, for a file: all of one moment, with whom each is about.
func (e *Engine) ListWork(ctx context.Context, actor record.Actor, q EntriesQuery) (*WorkEntries, error) {
	if q.After = (Page{}); q.Limit <= 0 || q.Limit > MaxListed {
		q.Limit = MaxListed
	}
	return e.workEntries(ctx, actor, q, true)
}

func (e *Engine) workEntries(ctx context.Context, actor record.Actor, q EntriesQuery, list bool) (*WorkEntries, error) {
	if !IsWork(q.Indicator) {
		return nil, record.Errorf(record.NotFound, "number %s", q.Indicator)
	}
	n, err := readNumber(q)
	if err != nil {
		return nil, err
	}
	year, quarter, parted := strings.Cut(q.Period, "Q")
	if parted && quarter == "" {
		return nil, &record.Error{Code: record.BadRequest, Field: "period"}
	}
	if q.Indicator == WorkCounted || n.asked != "" {
		year, quarter = Day(e.opt.Now())[:4], ""
	}
	out := &WorkEntries{}
	err = e.dashboard(ctx, actor, q.Unit, year, quarter, func(d dashboarding) (err error) {
		out.AsOf = d.now
		if q.Indicator == WorkRecorded {
			return d.recorded(out, list)
		}
		if n.asked != "" {
			if err := d.ask(&n); err != nil {
				return err
			}
		}
		if !d.tellsNumber(n, q.Unit) {
			return record.Errorf(record.Forbidden, "number withheld")
		}
		if err := d.shares(n, out); err != nil {
			return err
		}
		return d.openWork(n, q, list, out)
	})
	if bad := (*record.Error)(nil); errors.As(err, &bad) && (bad.Field == "year" || bad.Field == "quarter") {
		return nil, &record.Error{Code: record.BadRequest, Field: "period"}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// numberOf reads a number of work of a unit with all below it.
func (d dashboarding) numberOf(of number, unit string) (n int64, err error) {
	switch of.indicator {
	case WorkWaiting:
		return d.waitingOf(of, unit)
	case WorkCounted:
		list, err := d.r.DayTotals(unit, of.first, of.last, "")
		for _, x := range list {
			n += x.Value
		}
		return n, err
	}
	from, to, kept := d.span.From, d.span.To, of.indicator
	switch of.indicator {
	case WorkReturned:
		kept = WorkDecided
	case WorkConflicts:
		from, to = 0, 0
	}
	list, err := d.r.Totals(unit, from, to, kept)
	for _, x := range list {
		if of.indicator == WorkReturned {
			n += x.Value
		} else {
			n += x.Entries
		}
	}
	return n, err
}

// shares reads the number, and what each unit has of it that this reader is told it of.
func (d dashboarding) shares(of number, out *WorkEntries) (err error) {
	if of.of != nil && of.of.gauge != nil { // the campaign's page has the units, and of what is distinct they do not add up
		out.Count = of.of.number()
		return nil
	}
	if out.Count, err = d.numberOf(of, d.unit); err != nil || out.Count == 0 {
		return err
	}
	below := d.world.places.Children(d.unit)
	own := out.Count
	for _, unit := range below {
		n, err := d.numberOf(of, unit)
		if err != nil {
			return err
		}
		own -= n
		if n > 0 && access.Scope(d.actor, d.world.places, unit) && d.tellsNumber(of, unit) {
			division, _ := d.world.places.Get(unit)
			out.Units = append(out.Units, WorkShare{Division: division, Count: n})
		}
	}
	if own > 0 && len(below) > 0 {
		out.Units = append([]WorkShare{{Division: d.division, Own: true, Count: own}}, out.Units...)
	}
	return nil
}

// listed says of which forms the entries of a unit are listed to this reader: all (nil) in units whose entries she decides on
// or works with, elsewhere those of forms none of whose entries can be sensitive (T22).
func (d dashboarding) listed(unit string) (forms []string, some bool) {
	rel := access.To(d.actor, d.world.places, unit, "")
	if rel >= access.Deciding {
		return nil, true
	}
	if access.May(access.Ordinary, rel) < access.Masked {
		return nil, false
	}
	forms = []string{}
	for _, f := range catalogue.Sorted(d.world.catalogue.Forms) {
		if f.Sensitive == nil {
			forms = append(forms, f.ID)
		}
	}
	return forms, true
}

// openWork lists a page of them, unit by unit. What is left of the number at the end is told as a number.
func (d dashboarding) openWork(of number, q EntriesQuery, list bool, out *WorkEntries) error {
	seen, all := q.After.Seen, out.Count
	if of.of != nil && of.of.gauge != nil {
		all = of.of.entries // what each of them would add is told with it, and what the others would is not
	}
	after := Worked{Entity: q.After.Entity}
	if q.After.Unit != "" {
		var err error
		if after.Month, err = strconv.Atoi(q.After.Day); err != nil || !slices.Contains(d.below(d.unit), q.After.Unit) {
			return &record.Error{Code: record.BadRequest, Field: "after"}
		}
	}
	skip := q.After.Unit != ""
	var last Worked
	for _, unit := range d.below(d.unit) {
		from := Worked{}
		if skip {
			if unit != q.After.Unit {
				continue
			}
			skip, from = false, after
		}
		forms, some := d.listed(unit)
		for some {
			rows, err := d.worked(of, unit, forms, from, q.Limit+1)
			if err != nil {
				return err
			}
			for _, w := range rows {
				from = w
				line, err := d.workLine(w, forms == nil, list)
				if err != nil {
					return err
				}
				if line == nil {
					continue
				}
				if len(out.List) == q.Limit && list {
					out.Left = all - seen
					return nil
				}
				if len(out.List) == q.Limit {
					out.Next = Page{Place{Unit: last.Unit, Day: strconv.Itoa(last.Month), Entity: last.Entity}, seen}
					return nil
				}
				seen, last = seen+w.N, w
				if of.of != nil && of.of.gauge != nil {
					line.Value = of.of.adds[w.Entity]
				}
				out.List = append(out.List, *line)
			}
			some = len(rows) > q.Limit
		}
	}
	out.Hidden = max(0, all-seen)
	return nil
}

// worked pages through what a number counts in a unit by itself. What waits goes by the day on which it was sent and what counts
// by that on which it was done, counted from 1970, in place of a month; but what is only known to exist comes at the end: its
// place among the others would tell its day.
func (d dashboarding) worked(of number, unit string, forms []string, after Worked, limit int) ([]Worked, error) {
	var list []*record.Record
	var err error
	day := func(rec *record.Record) string { return Day(rec.SubmittedAt) }
	switch of.indicator {
	case WorkWaiting:
		list, err = d.r.Undecided([]string{unit})
	case WorkCounted:
		list, err = d.r.DoneIn(unit, forms, of.first, of.last)
		day = func(rec *record.Record) string { return rec.Approved[catalogue.KeyOccurredOn].String() }
	case WorkConflicts:
		return d.r.Worked(of.indicator, unit, forms, 0, 0, after, limit)
	default:
		return d.r.Worked(of.indicator, unit, forms, d.span.From, d.span.To, after, limit)
	}
	if err != nil {
		return nil, err
	}
	var out []Worked
	for _, rec := range list {
		w := Worked{Indicator: of.indicator, Unit: unit, Month: int(beginOf(day(rec)) / record.Instant(record.DayMS)), Entity: rec.ID, Form: rec.Form, N: 1}
		if of.indicator == WorkWaiting && !of.has(rec, d.today) || forms != nil && !slices.Contains(forms, rec.Form) {
			continue
		}
		if access.Entry(d.actor, d.world.places, rec, d.now) == access.Exists {
			w.Month = math.MaxInt32
		}
		if compareWorked(w, after) > 0 {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, compareWorked)
	return out[:min(limit, len(out))], nil
}

func compareWorked(a, b Worked) int {
	return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Entity, b.Entity))
}

// workLine is one record of them as the reader may see it; nil where it is a number to her. hers says that she decides on the
// unit's entries or works with them: others are told nothing that is sensitive, not even that it exists.
func (d dashboarding) workLine(w Worked, hers, list bool) (*CountedEntry, error) {
	rec, err := d.r.Record(w.Entity)
	if err != nil || rec == nil {
		return nil, err
	}
	view := access.Entry(d.actor, d.world.places, rec, d.now)
	if view < access.Exists || !hers && (rec.Sensitive || view < access.Masked) {
		return nil, nil
	}
	line := CountedEntry{Counted: Counted{Entity: rec.ID}}
	line.Unit, line.Value = rec.Unit, w.N
	if view == access.Exists {
		line.Record = &record.Record{Type: rec.Type, ID: rec.ID, Unit: rec.Unit, State: rec.State}
		return &line, nil
	}
	line.Day = rec.Content[catalogue.KeyOccurredOn].String()
	if w.Indicator == WorkCounted { // a change that waits for approval says nothing yet
		line.Day = rec.Approved[catalogue.KeyOccurredOn].String()
	}
	line.Record, _ = masked(d.world, d.actor, rec, d.now)
	return &line, d.nameWhom(&line, rec, list, w.Indicator == WorkCounted)
}

// nameWhom adds whom an entry is about to a line of a file; who reads it masked has no names with it.
func (d dashboarding) nameWhom(line *CountedEntry, rec *record.Record, list, approved bool) (err error) {
	if list && line.Record == rec && rec.Type == record.Entry {
		says := rec.Content
		if approved {
			says = rec.Approved
		}
		line.Named, err = namedIn(d.r, d.world, d.actor, rec, says, d.now)
	}
	return err
}

// recordedShown is how many of a unit's last entries are listed.
const recordedShown = 50

// recorded lists the last entries of the unit by itself that are not sensitive: to readers of higher levels those that count,
// which the figures open to as well (T21: not what waits).
func (d dashboarding) recorded(out *WorkEntries, list bool) error {
	rel := access.To(d.actor, d.world.places, d.unit, "")
	if access.May(access.Ordinary, rel) < access.Masked {
		return nil
	}
	var last []*record.Record
	feed := access.UnitFeed(d.unit)
	for after := int64(0); ; {
		rows, err := d.r.FeedRows(feed, after, maxEntries)
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.Seq
			rec := row.Record
			if row.View != Whole || rec == nil || rec.Type != record.Entry || rec.Sensitive || access.Unsubmitted(rec) || !holds(rec.State) || rel < access.Deciding && !rec.Counts() {
				continue
			}
			last = append(last, rec)
		}
		if len(rows) < maxEntries {
			break
		}
	}
	slices.SortFunc(last, func(a, b *record.Record) int {
		return cmp.Or(cmp.Compare(b.Content[catalogue.KeyOccurredOn].String(), a.Content[catalogue.KeyOccurredOn].String()), cmp.Compare(a.ID, b.ID))
	})
	for _, rec := range last[:min(recordedShown, len(last))] {
		line := CountedEntry{Counted: Counted{Entity: rec.ID}}
		line.Unit, line.Day, line.Value = rec.Unit, rec.Content[catalogue.KeyOccurredOn].String(), 1
		line.Record, _ = masked(d.world, d.actor, rec, d.now)
		if err := d.nameWhom(&line, rec, list, false); err != nil {
			return err
		}
		out.List = append(out.List, line)
	}
	out.Count = int64(len(out.List))
	return nil
}
