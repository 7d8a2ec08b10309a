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

// MissingHousehold is one that nobody has been to for a campaign.
type MissingHousehold struct {
	ID, Name, Where string // Where tells two of one name apart
	Submitted       bool   // somebody has, and it waits for a decision
}

// MissingHouseholds is a page of them, and how many there are.
type MissingHouseholds struct {
	List []MissingHousehold
	All  int
}

// maxMissing is the longest page of them.
const maxMissing = 500

// Missing lists the households of a unit that are missing in a campaign which counts households, from a place in the list
// on. Entries that the reader may not read are as if they were not there: else who has been to a house where a husband
// beats his wife would stand in what is left out. Errors: not_found; forbidden; bad_request of what counts something else.
func (e *Engine) Missing(ctx context.Context, actor record.Actor, id, unit string, from, limit int) (*MissingHouseholds, error) {
	if limit < 1 || limit > maxMissing {
		limit = maxMissing
	}
	return e.missing(ctx, actor, id, unit, from, limit, false)
}

// ListMissing is the list for a file, of one moment. A file goes from hand to hand: of who has been where it knows by the
// entries alone that are not sensitive, also for a reader who reads those whole.
func (e *Engine) ListMissing(ctx context.Context, actor record.Actor, id, unit string, limit int) (*MissingHouseholds, error) {
	if limit < 1 || limit > MaxListed {
		limit = MaxListed
	}
	return e.missing(ctx, actor, id, unit, 0, limit, true)
}

func (e *Engine) missing(ctx context.Context, actor record.Actor, id, unit string, from, limit int, ordinary bool) (*MissingHouseholds, error) {
	now := e.opt.Now()
	out := &MissingHouseholds{}
	err := e.view(ctx, func(r Reader, w *world) error {
		c := w.campaign(id)
		if c == nil || !w.places.Within(unit, c.Unit) {
			return record.Errorf(record.NotFound, "campaign %s of %s", id, unit)
		}
		if !access.Misses(actor, w.places, unit) {
			return record.Errorf(record.Forbidden, "households of %s", unit)
		}
		ind, bad := c.Indicator(w.catalogue)
		if bad != nil {
			return bad
		}
		if !campaign.OfHouseholds(w.catalogue, ind) {
			return &record.Error{Code: record.BadRequest, Field: "id"}
		}
		span, err := totals.ParsePeriod(c.Period())
		if err != nil {
			return err
		}
		g := gauge{r: r, world: w.alone(ind), c: c, ind: ind, span: span, today: Day(now)}
		reads := func(rec *record.Record) bool {
			return !(ordinary && rec.Sensitive) && access.Entry(actor, w.places, rec, now) >= access.Online
		}
		been, waits, err := g.visited(unit, reads)
		if err != nil {
			return err
		}
		list, err := r.Households(unit)
		if err != nil {
			return err
		}
		sheet := w.catalogue.Register(string(record.Household))
		for _, h := range list {
			if been[h.ID] {
				continue
			}
			if out.All++; out.All <= from || len(out.List) == limit {
				continue
			}
			m := MissingHousehold{ID: h.ID, Submitted: waits[h.ID]}
			m.Name, m.Where = headOf(sheet, h.Content)
			out.List = append(out.List, m)
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

func headOf(sheet *catalogue.Form, c record.Content) (name, where string) {
	if sheet == nil || len(sheet.Summary) == 0 {
		return "", ""
	}
	name = c[sheet.Summary[0]].String()
	if len(sheet.Summary) > 1 {
		where = c[sheet.Summary[1]].String()
	}
	return name, where
}

// visited are the households of a unit that count, and those that would, by the entries that a reader reads.
func (g *gauge) visited(unit string, reads func(*record.Record) bool) (been, waits map[string]bool, err error) {
	been, waits = map[string]bool{}, map[string]bool{}
	last := g.span.LastDay()
	if datedApart(g.ind) {
		last = min(last, g.today)
	}
	for after := (Place{}); ; {
		rows, err := g.r.Counted(g.ind.ID, g.c.Counts.Group, []string{unit}, g.span.FirstDay(), last, after, holdAtOnce)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range rows {
			after = placeOf(c)
			if been[c.Key] {
				continue
			}
			rec, err := g.r.Record(c.Entity)
			if err != nil {
				return nil, nil, err
			}
			if rec != nil && reads(rec) {
				been[c.Key] = true
			}
		}
		if len(rows) < holdAtOnce {
			break
		}
	}
	forms := campaign.Forms(g.ind)
	list, err := g.r.Undecided([]string{unit})
	if err != nil {
		return nil, nil, err
	}
	for _, rec := range list {
		if !slices.Contains(forms, rec.Form) || !reads(rec) {
			continue
		}
		for _, c := range g.contributions(ifApproved(rec)) {
			waits[c.Key] = true
		}
	}
	return been, waits, nil
}
