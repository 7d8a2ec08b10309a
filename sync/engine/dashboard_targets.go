package engine

import (
	"cmp"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Target is a campaign as a dashboard tells it: what is asked of a unit and of those right below, how far they have come,
// and whether they will be done in time.
type Target struct {
	Campaign campaign.Campaign
	Kind     string // year, quarter, other: by its span
	Decimals int64
	Money    bool
	Gone     bool // what it counts is not in the catalogue any more: there are no numbers
	// Elsewhere: what is distinct, or a part, over days that are not whole months is counted from its entries, which takes
	// longer than a dashboard may; the campaign's own page does (T18).
	Elsewhere bool
	Units     []TargetUnit // the unit, then those right below with a target
}

// TargetUnit is one unit's part.
type TargetUnit struct {
	Division record.Division
	campaign.UnitProgress
	campaign.Pacing
	Untold bool // there are no numbers
	// Waiting is how many entries of its forms wait there that were done in the months of its span.
	Waiting int64
}

// maxTargets bounds how many a dashboard counts: those that end first.
const maxTargets = 60

// targets are those of campaigns that are asked of the unit and whose span meets the period.
func (d dashboarding) targets() (out []Target, err error) {
	var list []*campaign.Campaign
	for _, c := range d.world.campaigns {
		if c.Start <= d.span.LastDay() && c.Deadline >= d.span.FirstDay() && d.world.places.Within(d.unit, c.Unit) && c.TargetOf(d.world.places, d.unit) > 0 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *campaign.Campaign) int {
		return cmp.Or(strings.Compare(a.Deadline, b.Deadline), strings.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	for _, c := range list[:min(len(list), maxTargets)] {
		one, err := d.target(c, append([]string{d.unit}, d.children()...))
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// target counts for a unit, which comes first, and for others in it that have a target.
func (d dashboarding) target(c *campaign.Campaign, units []string) (Target, error) {
	out := Target{Campaign: *c, Kind: kindOf(c)}
	ind, bad := c.Indicator(d.world.catalogue)
	out.Gone = bad != nil
	span, err := totals.ParsePeriod(c.Period())
	if err != nil {
		return out, err
	}
	hidden := map[string]bool{}
	if !out.Gone {
		out.Decimals, out.Money = ind.Decimals(), ind.Money()
		out.Elsewhere = countedElsewhere(c, ind, span)
		g := gauge{r: d.r, world: d.world.alone(ind), c: c, ind: ind, span: span, today: d.today}
		if !out.Elsewhere {
			if hidden, err = g.hidden(d.actor, units); err != nil {
				return out, err
			}
		}
	}
	asked := c.Asked(d.world.places)
	for i, unit := range units {
		division, _ := d.world.places.Get(unit)
		one := TargetUnit{Division: division, UnitProgress: campaign.UnitProgress{Unit: unit, Target: asked(unit)}, Untold: out.Gone || out.Elsewhere}
		if one.Target == 0 && i > 0 {
			continue
		}
		if !one.Untold {
			one.Withheld = hidden[unit]
			one.Unsaid = one.Withheld || d.tells(ind) && !access.SeesSmall(d.actor, d.world.places, unit) // T18
			if !one.Withheld {
				if one.Approved, err = d.reached(c, ind, span, unit); err != nil {
					return out, err
				}
			}
			if !one.Unsaid {
				if one.Waiting, err = d.waitingFor(ind, span, unit); err != nil {
					return out, err
				}
			}
			one.Pacing = campaign.PaceOf(one.UnitProgress, c.Start, c.Deadline, d.today)
		} else {
			one.Pacing = campaign.Pacing{Pace: campaign.Untold}
		}
		out.Units = append(out.Units, one)
	}
	return out, nil
}

func kindOf(c *campaign.Campaign) string {
	span, err := totals.ParsePeriod(c.Period())
	switch {
	case err != nil || span.Days():
	case span.From%12 == 0 && span.To == span.From+11:
		return "year"
	case span.From%3 == 0 && span.To == span.From+2:
		return "quarter"
	}
	return "other"
}

// countedElsewhere reports whether it takes the entries themselves to count it. A count of a campaign's own is of its span's
// days alone, so that its months have nothing else.
func countedElsewhere(c *campaign.Campaign, ind *catalogue.Indicator, span totals.Period) bool {
	return !campaign.Own(ind.ID) && len(oddDays(span)) > 0 && (ind.Measure == catalogue.MeasureDistinct || c.Counts.Group != "" || bySince(ind))
}

// oddDays are those of a span that lie in none of its whole months.
func oddDays(span totals.Period) [][2]string {
	if !span.Days() {
		return nil
	}
	s := spanning{span: span}
	s.months, s.whole = span.Months()
	return s.otherDays()
}

// reached counts what was asked for in a unit, from what is kept.
func (d dashboarding) reached(c *campaign.Campaign, ind *catalogue.Indicator, span totals.Period, unit string) (int64, error) {
	f := d.figures
	at := totals.Figure{Indicator: ind.ID, Group: c.Counts.Group}
	months, whole := span.Months()
	if campaign.Own(ind.ID) {
		months, whole = totals.Period{From: span.From, To: span.To}, true
	}
	out := newCounted()
	if whole {
		if err := f.monthsOf(out, ind, c.Counts.Group, unit, months); err != nil {
			return 0, err
		}
	}
	n := out.n[at]
	if campaign.Own(ind.ID) {
		return n, nil
	}
	for _, days := range oddDays(span) {
		last := days[1]
		if datedApart(ind) { // T6
			last = min(last, d.today)
		}
		if days[0] > last {
			continue
		}
		odd, err := f.wholeOfDays(ind, unit, days[0], last)
		if err != nil {
			return 0, err
		}
		n += odd
	}
	return n, nil
}

// monthsOf counts one figure in whole months: its whole, and the part that is asked for.
func (f figures) monthsOf(out *counted, ind *catalogue.Indicator, part, unit string, months totals.Period) error {
	if ind.Measure == catalogue.MeasureDistinct {
		list, err := f.r.DistinctTotals(unit, months.From, months.To, ind.ID)
		for _, x := range list {
			out.n[totals.Figure{Indicator: x.Indicator, Group: x.Group}] = x.Value
		}
		if err != nil {
			return err
		}
	} else {
		list, err := f.r.Totals(unit, months.From, months.To, ind.ID)
		for _, x := range list {
			out.addTotal(x, months)
		}
		if err != nil {
			return err
		}
	}
	if !datedApart(ind) {
		return nil
	}
	if part != "" {
		f.parted = allParts
	}
	return f.takeLater(out, unit, months, func(i *catalogue.Indicator) bool { return i.ID == ind.ID })
}

// wholeOfDays is the whole of a count or a sum on some days: as it is kept, and of a village from its entries of these days.
func (f figures) wholeOfDays(ind *catalogue.Indicator, unit, first, last string) (n int64, err error) {
	if d, _ := f.world.places.Get(unit); d.Level == record.Village {
		err = f.r.DayRows([]totals.Figure{{Indicator: ind.ID}}, []string{unit}, first, last, func(row DayRow) error {
			n += row.Value
			return nil
		})
		return n, err
	}
	list, err := f.r.DayTotals(unit, first, last, ind.ID)
	for _, x := range list {
		n += x.Value
	}
	return n, err
}

func (d dashboarding) waitingFor(ind *catalogue.Indicator, span totals.Period, unit string) (n int64, err error) {
	at := waitAt{unit, span.From, span.To}
	forms, known := d.memo.forms[at]
	if !known {
		list, err := d.r.Totals(unit, span.From, span.To, "")
		if err != nil {
			return 0, err
		}
		forms = map[string]int64{}
		for _, x := range list {
			forms[x.Group] = x.Entries
		}
		d.memo.forms[at] = forms
	}
	for _, form := range campaign.Forms(ind) {
		n += forms[form]
	}
	return n, nil
}

// waitAt is where the entries that wait were counted by form.
type waitAt struct {
	unit     string
	from, to int
}
