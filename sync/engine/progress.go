package engine

import (
	"context"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// CampaignProgress is how far a campaign has come at a moment: right with the commit that it was read after, since it is
// counted from the contributions themselves.
type CampaignProgress struct {
	Campaign   campaign.Campaign
	AsOf       record.Instant
	Seq        int64
	Recount    *Recount // of this figure; its numbers are not done until it is over (T16)
	Gone       bool     // what it counts is not in the catalogue any more: there are no numbers
	Households bool     // it counts households: those that are missing are known
	Decimals   int64    // of its numbers
	Money      bool     // in fen
	Units      []campaign.UnitProgress
}

// Progress reads how far some units have come in a campaign, as far as a reader may be told; nil stands for the server
// itself. of chooses the units, of which those outside her scope are left out. Errors: not_found.
func (e *Engine) Progress(ctx context.Context, actor *record.Actor, id string, of func(c *campaign.Campaign, p *record.Places) []string) (*CampaignProgress, error) {
	now := e.opt.Now()
	out := &CampaignProgress{AsOf: now}
	err := e.view(ctx, func(r Reader, w *world) (err error) {
		c := w.campaign(id)
		if c == nil {
			return record.Errorf(record.NotFound, "campaign %s", id)
		}
		out.Campaign = *c
		if out.Seq, err = r.LastSeq(); err != nil {
			return err
		}
		units := slices.DeleteFunc(of(c, w.places), func(unit string) bool {
			return !w.places.Within(unit, c.Unit) || actor != nil && !access.Scope(*actor, w.places, unit)
		})
		ind, bad := c.Indicator(w.catalogue)
		if bad != nil {
			out.Gone = true
			return nil
		}
		out.Households = campaign.OfHouseholds(w.catalogue, ind)
		out.Decimals, out.Money = ind.Decimals(), ind.Money()
		if out.Recount, err = recounting(r); err != nil {
			return err
		}
		if out.Recount != nil && !slices.Contains(out.Recount.Indicators, ind.ID) {
			out.Recount = nil
		}
		g := gauge{r: r, world: w.alone(ind), c: c, ind: ind, today: Day(now)}
		if g.span, err = totals.ParsePeriod(c.Period()); err != nil {
			return err
		}
		if err := g.read(units); err != nil {
			return err
		}
		out.Units, err = g.told(actor, units)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// gauge counts one figure for many units at once: a figure's contributions lie together by unit and day, so that one
// reading serves a city's thousand units, and what is distinct is exact at each level.
type gauge struct {
	r     Reader
	world *world // with this one figure
	c     *campaign.Campaign
	ind   *catalogue.Indicator
	span  totals.Period
	today string

	wanted    map[string]bool
	approved  map[string]int64
	submitted map[string]int64
	keys      map[string]map[string]bool // of what is distinct, by unit
}

func (g *gauge) figure() totals.Figure {
	return totals.Figure{Indicator: g.ind.ID, Group: g.c.Counts.Group}
}

// owners are the wanted units that a unit lies in.
func (g *gauge) owners(unit string) []string {
	return slices.DeleteFunc(slices.Clone(g.world.places.Up(unit)), func(up string) bool { return !g.wanted[up] })
}

// tops are the wanted units that lie in no other wanted one, and all units in them are below.
func (g *gauge) below(units []string) (all []string) {
	seen := map[string]bool{}
	f := figures{world: g.world}
	for _, unit := range units {
		inside := slices.ContainsFunc(g.world.places.Up(unit), func(up string) bool { return up != unit && g.wanted[up] })
		if !inside && !seen[unit] {
			seen[unit] = true
			all = append(all, f.below(unit)...)
		}
	}
	return all
}

func (g *gauge) read(units []string) error {
	g.wanted, g.approved, g.submitted, g.keys = map[string]bool{}, map[string]int64{}, map[string]int64{}, map[string]map[string]bool{}
	for _, unit := range units {
		g.wanted[unit] = true
	}
	all := g.below(units)
	if len(all) == 0 {
		return nil
	}
	days := [][2]string{{g.span.FirstDay(), g.span.LastDay()}}
	if datedApart(g.ind) { // T6
		days[0][1] = min(days[0][1], g.today)
	}
	months, whole := g.span.Months()
	if whole && g.ind.Measure != catalogue.MeasureDistinct && !datedApart(g.ind) && !bySince(g.ind) {
		days = nil
		if g.span.Days() {
			s := spanning{span: g.span, months: months, whole: true}
			days = s.otherDays()
		}
		if err := g.readMonths(months); err != nil {
			return err
		}
	}
	for _, d := range days {
		if err := g.readDays(all, d[0], d[1]); err != nil {
			return err
		}
	}
	return g.wait(all)
}

// readMonths takes the whole months of a count or a sum from what is kept of them, so that a year of a city is no more work
// than a month of it.
func (g *gauge) readMonths(months totals.Period) error {
	for unit := range g.wanted {
		list, err := g.r.MonthTotals(unit, months.From, months.To, []string{g.ind.ID})
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Group == g.c.Counts.Group {
				g.approved[unit] += x.Value
			}
		}
	}
	return nil
}

func (g *gauge) readDays(all []string, first, last string) error {
	return g.r.DayRows([]totals.Figure{g.figure()}, all, first, last, func(row DayRow) error {
		if !sinceIn(row.Key, g.span) {
			return nil
		}
		for _, unit := range g.owners(row.Unit) {
			if totals.KindOf(row.Key) != totals.Distinct {
				g.approved[unit] += row.Value
			} else if g.note(unit, row.Key) {
				g.approved[unit]++
			}
		}
		return nil
	})
}

// note remembers a key of a unit, and reports whether it was new there.
func (g *gauge) note(unit, key string) bool {
	if g.keys[unit] == nil {
		g.keys[unit] = map[string]bool{}
	}
	if g.keys[unit][key] {
		return false
	}
	g.keys[unit][strings.Clone(key)] = true
	return true
}

// wait adds what would count more if all that waits were approved. Of what is distinct an amendment that takes a key away
// is not looked at: others may hold it.
func (g *gauge) wait(units []string) error {
	forms := campaign.Forms(g.ind)
	list, err := g.r.Undecided(units)
	if err != nil {
		return err
	}
	for _, rec := range list {
		if !slices.Contains(forms, rec.Form) {
			continue
		}
		put := func(rec *record.Record, sign int64) {
			for _, c := range g.contributions(rec) {
				for _, unit := range g.owners(rec.Unit) {
					if c.Kind() != totals.Distinct {
						g.submitted[unit] += sign * c.Value
					} else if sign > 0 && g.note(unit, c.Key) {
						g.submitted[unit]++
					}
				}
			}
		}
		put(rec, -1) // what of it counts now
		put(ifApproved(rec), +1)
	}
	return nil
}

// ifApproved is a record as it would count with what waits in it.
func ifApproved(rec *record.Record) *record.Record {
	next := *rec
	next.State, next.Approved, next.ApprovedVersion = "approved", rec.Content, rec.Version
	return &next
}

// contributions are what a record adds to the figure within the span.
func (g *gauge) contributions(rec *record.Record) []totals.Contribution {
	list := totals.Of(g.world.catalogue, rec, totals.Elsewhere{Level: g.world.levelOf, Met: func(r *record.Record, due *catalogue.Due) bool {
		ok, err := met(g.r, r, due)
		return err == nil && ok
	}})
	return slices.DeleteFunc(list, func(c totals.Contribution) bool {
		return c.Group != g.c.Counts.Group || c.Day < g.span.FirstDay() || c.Day > g.span.LastDay() ||
			datedApart(g.ind) && c.Day > g.today || !sinceIn(c.Key, g.span)
	})
}

// told are the numbers of some units as a reader is told them: what is withheld of figures is withheld here (T8, T14).
func (g *gauge) told(actor *record.Actor, units []string) ([]campaign.UnitProgress, error) {
	asked := g.c.Asked(g.world.places)
	out := make([]campaign.UnitProgress, 0, len(units))
	hidden := map[string]bool{}
	if actor != nil {
		var err error
		if hidden, err = g.hidden(*actor, units); err != nil {
			return nil, err
		}
	}
	f := figures{world: g.world}
	for _, unit := range units {
		p := campaign.UnitProgress{Unit: unit, Target: asked(unit), Approved: g.approved[unit], Submitted: max(0, g.submitted[unit])}
		if actor != nil && f.tells(g.ind) && !access.SeesSmall(*actor, g.world.places, unit) {
			// What waits comes and goes within hours: it would tell when a sensitive entry was sent.
			p.Submitted, p.Unsaid = 0, true
		}
		if hidden[unit] {
			p.Approved, p.Submitted, p.Withheld, p.Unsaid = 0, 0, true, true
		}
		out = append(out, p)
	}
	return out, nil
}

// hidden are the units of which a reader is not told the figure.
func (g *gauge) hidden(actor record.Actor, units []string) (map[string]bool, error) {
	out := map[string]bool{}
	f := figures{r: g.r, world: g.world, actor: actor, today: g.today, parted: ownParts, memo: newMemo()}
	if g.span.Days() {
		for _, unit := range units {
			out[unit] = f.tells(g.ind) && !access.SeesSmall(actor, g.world.places, unit)
		}
		return out, nil
	}
	if !g.ind.Sensitive.Some() {
		return out, nil
	}
	above := map[string]bool{} // a unit is judged among those beside it, on the page of the one above
	for _, unit := range units {
		if up := g.world.places.Parent(unit); up != "" && access.Scope(actor, g.world.places, up) {
			unit = up
		}
		above[unit] = true
	}
	for _, unit := range slices.Sorted(maps.Keys(above)) {
		f.top = unit
		known, err := f.hiddenBelow(unit, g.span)
		if err != nil {
			return nil, err
		}
		for code, figures := range known {
			if figures[g.figure()] {
				out[code] = true
			}
		}
	}
	return out, nil
}
