package engine

import (
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// EntriesQuery asks for the entries behind one figure.
type EntriesQuery struct {
	Unit, Period, Indicator, Group string
	After                          Page
	Limit                          int
}

// Page is where a list goes on: after the last entry that the reader was shown,
// and how many she was shown up to there. It names nothing else.
type Page struct {
	Place
	Seen int64
}

// CountedEntry is one line behind a figure: what it adds, and the entry as far
// as the reader may see it.
type CountedEntry struct {
	Counted
	Record *record.Record
	// Named are the households and persons that what counts of it names, by id,
	// as far as this reader may see them; of a list for a file alone.
	Named map[string]*record.Record
}

// CountedEntries is a page of them.
type CountedEntries struct {
	List []CountedEntry
	// Hidden is how many more the figure counts that this reader may not see.
	// It is told at the end of the list and of the whole figure, for between two
	// entries it would tell the day and the village of what lies there.
	Hidden int64
	// Left is, of a list for a file that ends before its end, how many more the
	// figure counts, whether this reader may see them or not.
	Left int64
	Next Page // the zero Page at the end
	AsOf record.Instant
}

// maxEntries is the longest page of entries behind a figure; MaxListed is how
// many a file of them has.
const (
	maxEntries = 200
	MaxListed  = 5000
)

// TotalEntries opens a figure down to its entries.
func (e *Engine) TotalEntries(ctx context.Context, actor record.Actor, q EntriesQuery) (*CountedEntries, error) {
	if q.Limit <= 0 || q.Limit > maxEntries {
		q.Limit = maxEntries
	}
	return e.entriesBehind(ctx, actor, q, false)
}

// ListEntries lists a figure's entries from the first, for a file: all of one
// moment, with whom each is about. What stands open to her for a reason is open
// for a day, and a file stays: it is counted among the hidden.
func (e *Engine) ListEntries(ctx context.Context, actor record.Actor, q EntriesQuery) (*CountedEntries, error) {
	if q.After = (Page{}); q.Limit <= 0 || q.Limit > MaxListed {
		q.Limit = MaxListed
	}
	return e.entriesBehind(ctx, actor, q, true)
}

func (e *Engine) entriesBehind(ctx context.Context, actor record.Actor, q EntriesQuery, list bool) (*CountedEntries, error) {
	span, err := e.mayOpen(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	now := e.opt.Now()
	page := &CountedEntries{AsOf: now}
	err = e.view(ctx, func(r Reader, w *world) error {
		ind := w.counts().Indicator(q.Indicator)
		f := figures{r: r, world: w.telling(ind), actor: actor, today: Day(now), top: q.Unit, memo: newMemo()}
		disclosed, err := e.disclosedTo(r, actor.Account)
		if err != nil {
			return err
		}
		open := f.open(ind, q.Group, q.Unit)
		units, err := f.withDisclosed(open, disclosed, q.Unit)
		if err != nil {
			return err
		}
		behind, err := f.behind(q, ind, span, q.Limit+1)
		if err != nil {
			return err
		}
		seen := q.After.Seen
		ended, err := behind.walk(units, q.After.Place, func(c Counted, rec *record.Record) (bool, error) {
			if list && access.Of(actor, w.places, rec, now) == access.Disclosed {
				return true, nil
			}
			if !disclosed[rec.ID] && !slices.Contains(open, rec.Unit) || access.Entry(actor, w.places, rec, now) < access.Masked {
				return true, nil
			}
			if len(page.List) == q.Limit {
				page.Next = Page{placeOf(page.List[q.Limit-1].Counted), seen}
				return false, nil
			}
			seen++
			line := CountedEntry{Counted: c}
			line.Record, _ = masked(w, actor, rec, now)
			if list && line.Record == rec { // who reads it masked has no names with it
				if line.Named, err = namedIn(r, w, actor, rec, rec.Approved, now); err != nil {
					return false, err
				}
			}
			page.List = append(page.List, line)
			return true, nil
		})
		if err != nil || !ended && !list {
			return err
		}
		all, err := behind.count()
		if ended {
			page.Hidden = max(0, all-seen)
		} else {
			page.Left = max(0, all-seen)
		}
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return page, nil
}

// namedIn is whom some content of an entry is about, as the entry's own page has it for this reader.
func namedIn(r Reader, w *world, actor record.Actor, rec *record.Record, says record.Content, now record.Instant) (map[string]*record.Record, error) {
	about := *rec
	about.Content = says
	view := &EntryView{Named: map[string]*record.Record{}}
	err := named(r, w, actor, &about, view, false, now)
	return view.Named, err
}

func placeOf(c Counted) Place { return Place{Unit: c.Unit, Day: c.Day, Entity: c.Entity, Key: c.Key} }

// open lists the units below of which this reader may see entries in a list. Of
// a sensitive figure those are only the units whose small counts she may see: a
// list by village would say how many each had.
func (f figures) open(ind *catalogue.Indicator, group, unit string) []string {
	return slices.DeleteFunc(f.below(unit), func(code string) bool {
		return access.May(access.Ordinary, access.To(f.actor, f.world.places, code, "")) < access.Masked ||
			ind.IsSensitive(group) && !access.SeesSmall(f.actor, f.world.places, code)
	})
}

// mayOpen is the span of a figure that this reader may open. A list of entries
// counts them: the figure must be one that she may see.
func (e *Engine) mayOpen(ctx context.Context, actor record.Actor, q EntriesQuery) (span totals.Period, err error) {
	w := e.world.Load()
	ind := w.counts().Indicator(q.Indicator)
	if _, ok := w.places.Get(q.Unit); !ok || ind == nil {
		return span, record.Errorf(record.NotFound, "figure %s of %s", q.Indicator, q.Unit)
	}
	if ind.Quotient() {
		return span, &record.Error{Code: record.BadRequest, Field: "indicator"}
	}
	if campaign.Own(q.Indicator) && !w.asks(q.Indicator, q.Period) {
		// Its entries are those of one span alone: of another it would tell days that are told of no figure (T14).
		return span, &record.Error{Code: record.BadRequest, Field: "period"}
	}
	if span, err = totals.ParsePeriod(q.Period); err == nil && span.Days() && access.Scope(actor, w.places, q.Unit) {
		// It is said without counting: these few rows of many days would be counted for each page of a list.
		f := figures{world: w}
		if f.tells(ind) && !access.SeesSmall(actor, w.places, q.Unit) {
			return span, record.Errorf(record.Forbidden, "figure withheld")
		}
		return span, nil
	}
	table, err := e.table(ctx, actor, q.Unit, q.Period, ownParts, q.Indicator)
	if err != nil {
		return span, err
	}
	for _, r := range table.Rows[0].Values {
		if r.Indicator == q.Indicator && r.Group == q.Group && r.Withheld {
			return span, record.Errorf(record.Forbidden, "figure withheld")
		}
	}
	return table.Period, nil
}

// withDisclosed adds the units of what stands open to this reader for a reason,
// in the order in which a list goes through units.
func (f figures) withDisclosed(open []string, disclosed map[string]bool, unit string) ([]string, error) {
	if len(disclosed) == 0 {
		return open, nil
	}
	units := map[string]bool{}
	for _, code := range open {
		units[code] = true
	}
	for id := range disclosed {
		rec, err := f.r.Record(id)
		if err != nil {
			return nil, err
		}
		if rec != nil {
			units[rec.Unit] = true
		}
	}
	return slices.DeleteFunc(f.below(unit), func(code string) bool { return !units[code] }), nil
}
