package engine

import (
	"context"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Preview is what a campaign would have counted in the month before this one.
type Preview struct {
	Month    string // "2026-10"
	Decimals int64
	Money    bool
	Units    []PreviewedUnit // the campaign's unit, and those right below it
}

// PreviewedUnit is one of them.
type PreviewedUnit struct {
	Unit     string
	N        int64
	Withheld bool
}

// Preview counts it. A figure of the catalogue is told as it is on the page of that month. An own count is told of those
// units alone of which this reader is told small counts, where its form's entries may be sensitive: it is not in the log,
// and could be asked again and again. Errors: forbidden; a *campaign.Problem.
func (e *Engine) Preview(ctx context.Context, actor record.Actor, c campaign.Campaign) (*Preview, error) {
	now := e.opt.Now()
	month := totals.MonthName(totals.MonthOf(Day(now)) - 1)
	span, err := totals.ParsePeriod(month)
	if err != nil {
		return nil, err
	}
	var table *TotalsTable
	if c.Counts.Form == "" {
		if table, err = e.Totals(ctx, actor, c.Unit, month); err != nil {
			return nil, err
		}
	}
	out := &Preview{Month: month}
	err = e.view(ctx, func(r Reader, w *world) error {
		if !access.RunsCampaigns(actor, w.places, c.Unit) {
			return record.Errorf(record.Forbidden, "campaigns of %s", c.Unit)
		}
		c.Start, c.Deadline = span.FirstDay(), span.LastDay()
		ind, bad := c.Indicator(w.catalogue)
		if bad != nil {
			return bad
		}
		out.Decimals, out.Money = ind.Decimals(), ind.Money()
		if table != nil {
			for _, row := range table.Rows {
				u := PreviewedUnit{Unit: row.Division.Code}
				for _, v := range row.Values {
					if v.Indicator != ind.ID || v.Group != c.Counts.Group {
						continue
					}
					if u.Withheld = v.Withheld; v.Value != nil {
						u.N = *v.Value
					}
				}
				out.Units = append(out.Units, u)
			}
			return nil
		}
		g := gauge{r: r, world: w.alone(ind), c: &c, ind: ind, span: span, today: Day(now),
			wanted: map[string]bool{}, approved: map[string]int64{}, keys: map[string]map[string]bool{}}
		units := append([]string{c.Unit}, w.places.Children(c.Unit)...)
		for _, unit := range units {
			g.wanted[unit] = true
		}
		err := r.CountedOn(c.Counts.Form, span.FirstDay(), span.LastDay(), func(rec *record.Record) error {
			for _, x := range g.contributions(rec) {
				for _, unit := range g.owners(rec.Unit) {
					if x.Kind() != totals.Distinct {
						g.approved[unit] += x.Value
					} else if g.note(unit, x.Key) {
						g.approved[unit]++
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		f := figures{world: g.world}
		for _, unit := range units {
			u := PreviewedUnit{Unit: unit, N: g.approved[unit]}
			if f.tells(ind) && !access.SeesSmall(actor, w.places, unit) {
				u.N, u.Withheld = 0, true
			}
			out.Units = append(out.Units, u)
		}
		return nil
	})
	if err != nil {
		return nil, campaignError(err)
	}
	return out, nil
}

// HouseholdsIn counts the households of the registers of some units, each with all in it.
func (e *Engine) HouseholdsIn(ctx context.Context, units []string) (out map[string]int64, err error) {
	err = e.view(ctx, func(r Reader, w *world) error {
		f := figures{world: w}
		all := map[string]bool{}
		for _, unit := range units {
			for _, code := range f.below(unit) {
				all[code] = true
			}
		}
		list := make([]string, 0, len(all))
		for code := range all {
			list = append(list, code)
		}
		counts, err := r.HouseholdsIn(list)
		if err != nil {
			return err
		}
		out = make(map[string]int64, len(units))
		for _, unit := range units {
			for _, code := range f.below(unit) {
				out[unit] += counts[code]
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}
