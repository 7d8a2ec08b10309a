package engine

import (
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// judging decides what is withheld of units that lie side by side (T8). Their figures stand as numbers in the judge's
// order: a page of a month is judged by a hundred spans of its year.
type judging struct {
	*totals.Judge
	open   []bool // by unit, as all that follows
	years  []*numbers
	hidden [][]bool // what any span withholds

	units  []totals.Counts // those that are judged just now
	among  []bool
	listed []bool // among in any case
	given  []bool
}

// numbers are what a unit's figures of a year are made of, by the places of the figures.
type numbers struct {
	rows     []numberOf
	since    []numberOf // what must hold another day too
	steps    []numberOf
	standing map[int][]numberOf // at the end of each month that has begun
	today    int                // its month
}

// numberOf is what a figure has in a month; from is the month of the other day, or the one in which keys stood last.
type numberOf struct {
	figure, month, from int
	n, telltale         int64 // telltale is what who may not know the small counts is judged by
}

func (f figures) judging(units []string, years []*yearOf, given map[totals.Figure]bool) *judging {
	listed := f.choices()
	all := slices.Clone(listed)
	for at := range given {
		all = append(all, at)
	}
	for _, y := range years {
		all = y.figures(all)
	}
	j := &judging{Judge: totals.NewJudge(all, func(x totals.Figure) bool {
		ind := f.world.catalogue.Indicator(x.Indicator)
		return ind != nil && ind.IsSensitive(x.Group)
	}, access.SmallCount)}
	j.among, j.listed, j.given = make([]bool, len(j.Figures)), make([]bool, len(j.Figures)), make([]bool, len(j.Figures))
	for _, at := range listed {
		j.listed[j.Place(at)] = true
	}
	for at := range given {
		j.listed[j.Place(at)], j.given[j.Place(at)] = true, true
	}
	for i, unit := range units {
		j.open = append(j.open, access.SeesSmall(f.actor, f.world.places, unit))
		j.units = append(j.units, totals.Counts{N: make([]int64, len(j.Figures)), Open: j.open[i]})
		j.years = append(j.years, f.numbers(j.Judge, years[i]))
		j.hidden = append(j.hidden, make([]bool, len(j.Figures)))
	}
	return j
}

// judge withholds what one way of counting the units asks for: of tells the numbers of a unit.
func (j *judging) judge(of func(i int, add func(figure int, n int64))) {
	copy(j.among, j.listed)
	for i := range j.units {
		n := j.units[i].N
		clear(n)
		of(i, func(figure int, x int64) {
			n[figure] += x
			j.among[figure] = true
		})
	}
	for i, hidden := range j.Withhold(j.units, j.among, j.given) {
		for at, h := range hidden {
			j.hidden[i][at] = j.hidden[i][at] || h
		}
	}
}

// turns judges what the spans of a year tell beside their own numbers: of what must hold another day too each pair
// of months, for four spans give it away; of what stands how many more or fewer it is than a month before.
func (j *judging) turns(year totals.Period) {
	pairs := map[monthsAt][][]numberOf{} // by unit
	stands := false
	for i, y := range j.years {
		stands = stands || len(y.standing) > 0
		for _, x := range y.since {
			if x.from < year.From || x.from > year.To {
				continue
			}
			at := monthsAt{x.from, x.month}
			if pairs[at] == nil {
				pairs[at] = make([][]numberOf, len(j.years))
			}
			pairs[at][i] = append(pairs[at][i], x)
		}
	}
	for _, by := range pairs {
		j.judge(func(i int, add func(int, int64)) {
			for _, x := range by[i] {
				add(x.figure, x.told(j.open[i]))
			}
		})
	}
	for month := year.From + 1; stands && month <= year.To; month++ {
		j.judge(func(i int, add func(int, int64)) {
			was, now := j.years[i].standing[month-1], j.years[i].standing[month]
			if now == nil {
				return
			}
			turned := map[int]int64{}
			for _, x := range was {
				turned[x.figure] -= x.n
			}
			for _, x := range now {
				turned[x.figure] += x.n
			}
			for figure, d := range turned {
				add(figure, max(d, -d))
			}
		})
	}
}

func (x numberOf) told(open bool) int64 {
	if open {
		return x.n
	}
	return x.telltale
}

// counts are a unit's figures of a span as small counts are judged.
func (y *numbers) counts(s totals.Period, open bool, add func(figure int, n int64)) {
	for _, x := range y.rows {
		if s.From <= x.month && x.month <= s.To {
			add(x.figure, x.told(open))
		}
	}
	for _, x := range y.since {
		if s.From <= x.month && x.month <= s.To && s.From <= x.from && x.from <= s.To {
			add(x.figure, x.told(open))
		}
	}
	for _, x := range y.steps {
		if s.From <= x.month && x.month <= s.To && x.from < s.From {
			add(x.figure, x.n)
		}
	}
	for _, x := range y.standing[min(s.To, y.today)] {
		add(x.figure, x.n)
	}
}

func (f figures) numbers(j *totals.Judge, y *yearOf) *numbers {
	out := &numbers{standing: map[int][]numberOf{}, today: totals.MonthOf(f.today)}
	for _, m := range y.totals {
		group, key := totals.GroupOf(m.Group)
		x := numberOf{figure: j.Place(totals.Figure{Indicator: m.Indicator, Group: group}), month: m.Month, n: m.Value, telltale: m.Value}
		// Of a sum of a sensitive kind the entries behind it are judged, since an amount of money is as telling as the
		// count of those who got it; of a median those as well.
		if ind := f.world.catalogue.Indicator(m.Indicator); ind.Measure == catalogue.MeasureSum && ind.IsSensitive(group) {
			x.telltale = m.Entries
		}
		if totals.KindOf(key) != totals.Since {
			out.rows = append(out.rows, x)
			continue
		}
		x.from = totals.MonthOf(totals.SinceDay(key))
		out.since = append(out.since, x)
	}
	for _, m := range y.steps {
		out.steps = append(out.steps, numberOf{figure: j.Place(m.Figure), month: m.Month, from: m.Prev, n: m.N})
	}
	for month, standing := range y.standing {
		list := make([]numberOf, 0, len(standing))
		for at, n := range standing {
			list = append(list, numberOf{figure: j.Place(at), n: n})
		}
		out.standing[month] = list
	}
	return out
}

// yearOf are a unit's figures of the indicators that have anything sensitive, by
// month: what is withheld never reaches another indicator.
type yearOf struct {
	totals   []MonthTotal
	steps    []MonthStep
	standing map[int]map[totals.Figure]int64 // at the end of each month that has begun
}

type yearAt struct {
	unit  string
	from  int
	whole bool
}

// figures adds those that it has to a list.
func (y *yearOf) figures(list []totals.Figure) []totals.Figure {
	seen := map[totals.Figure]bool{}
	put := func(at totals.Figure) {
		if !seen[at] {
			seen[at] = true
			list = append(list, at)
		}
	}
	for _, m := range y.totals {
		group, _ := totals.GroupOf(m.Group)
		put(totals.Figure{Indicator: m.Indicator, Group: group})
	}
	for _, m := range y.steps {
		put(m.Figure)
	}
	for _, standing := range y.standing {
		for at := range standing {
			put(at)
		}
	}
	return list
}

// year reads it; whole is for who asks for the year alone: then its months are not read.
func (f figures) year(unit string, year totals.Period, whole bool) (*yearOf, error) {
	at := yearAt{unit, year.From, whole}
	if y, known := f.memo.years[at]; known {
		return y, nil
	}
	var ids []string
	stands := false
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Sensitive.Some() {
			ids = append(ids, ind.ID)
			stands = stands || ind.Measure == catalogue.MeasureStanding
		}
	}
	y := &yearOf{standing: map[int]map[totals.Figure]int64{}}
	var err error
	if whole {
		err = f.wholeYear(y, unit, year, ids)
	} else if y.totals, err = f.r.MonthTotals(unit, year.From, year.To, ids); err == nil {
		y.steps, err = f.r.MonthSteps(unit, year.From, year.To, ids)
	}
	if err != nil {
		return nil, err
	}
	last := min(year.To, totals.MonthOf(f.today))
	first := year.From
	if whole {
		first = last
	}
	f.parted = allParts // whatever the page shows
	for month := first; stands && month <= last; month++ {
		all := newCounted()
		if err := f.addStanding(all, unit, totals.MonthName(month)+"-31"); err != nil {
			return nil, err
		}
		for at := range all.n {
			if !f.world.catalogue.Indicator(at.Indicator).Sensitive.Some() {
				delete(all.n, at)
			}
		}
		y.standing[month] = all.n
	}
	f.memo.years[at] = y
	return y, nil
}

// wholeYear reads a year's figures as they stand beside its months, as if all were of its first month.
func (f figures) wholeYear(y *yearOf, unit string, year totals.Period, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	sums, err := f.r.Totals(unit, year.From, year.To, ids...)
	if err != nil {
		return err
	}
	for _, x := range sums {
		y.totals = append(y.totals, MonthTotal{Figure: totals.Figure{Indicator: x.Indicator, Group: x.Group}, Month: year.From, Value: x.Value, Entries: x.Entries})
	}
	keys, err := f.r.DistinctTotals(unit, year.From, year.To, ids...)
	for _, x := range keys {
		y.steps = append(y.steps, MonthStep{Figure: totals.Figure{Indicator: x.Indicator, Group: x.Group}, Month: year.From, N: x.Value})
	}
	return err
}
