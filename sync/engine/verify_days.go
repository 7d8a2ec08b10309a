package engine

import (
	"fmt"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// keptNumbers counts by brute force what is kept by the day and of the work itself (T19): from records and from the
// ledger's lines, each for every unit above.
type keptNumbers struct {
	days   counts[dayAt, sumOf]
	sums   counts[figureAt, sumOf]
	worked map[Worked]int64 // without N
	places *record.Places
}

type dayAt struct{ day, indicator string }

func whereDay(at dayAt, unit string) string { return fmt.Sprint(DayCell{unit, at.day, at.indicator}) }

func (k keptNumbers) day(unit, day, indicator string, value, entries int64) {
	addTo(k.days.of(dayAt{day, indicator}), unit, value, entries)
}

func (k keptNumbers) sum(unit, indicator string, month int, value int64) {
	addTo(k.sums.of(figureAt{totals.Figure{Indicator: indicator}, month}), unit, value, 1)
}

// decisions go by the lines: no record says how often it was sent back.
func (k keptNumbers) decisions(r Reader) error {
	type of struct{ back, all int64 }
	found := map[string]of{}
	err := r.Lines(func(l Line) error {
		if event := decisionIn(l); event != "" {
			was := found[l.Entity]
			found[l.Entity] = of{was.back + sentBack(event), was.all + 1}
		}
		return nil
	})
	for entity, n := range found {
		rec, e := r.Record(entity)
		if e != nil || rec == nil {
			return e
		}
		decided := k.sums.of(figureAt{totals.Figure{Indicator: WorkDecided}, totals.MonthOf(Day(rec.CreatedAt))})
		at := Worked{Indicator: WorkDecided, Unit: rec.Unit, Month: totals.MonthOf(Day(rec.CreatedAt)), Entity: rec.ID, Form: rec.Form}
		k.worked[at] = n.all
		if at.Indicator = WorkReturned; n.back > 0 {
			k.worked[at] = n.back
		}
		for _, unit := range k.places.Up(rec.Unit) {
			addTo(decided, unit, n.back, n.all)
		}
	}
	return err
}

func (k keptNumbers) note(r *record.Record) {
	sent := r.Type == record.Entry && (r.State == "submitted" || r.State == "returned" || r.State == "approved" || r.State == "amended")
	if sent && !r.Sensitive {
		k.day(r.Unit, r.Content[catalogue.KeyOccurredOn].String(), "", 0, 1)
	}
	if sent && len(r.Flags) > 0 {
		k.worked[Worked{Indicator: WorkFlagged, Unit: r.Unit, Month: totals.MonthOf(Day(r.CreatedAt)), Entity: r.ID, Form: r.Form}] = 1
	}
	if len(r.Conflicts) > 0 {
		form := ""
		if r.Type == record.Entry {
			form = r.Form
		}
		k.worked[Worked{Indicator: WorkConflicts, Unit: r.Unit, Entity: r.ID, Form: form}] = 1
	}
	for _, unit := range k.places.Up(r.Unit) {
		if r.Type == record.Entry && (r.State == "submitted" || r.State == "amended") {
			k.day(unit, Day(r.SubmittedAt), WorkWaiting, 0, 1)
		}
		if r.Type == record.Entry && r.Counts() {
			k.day(unit, r.Approved[catalogue.KeyOccurredOn].String(), "", 1, 0)
		}
		if sent && len(r.Flags) > 0 {
			k.sum(unit, WorkFlagged, totals.MonthOf(Day(r.CreatedAt)), 0)
		}
		if len(r.Conflicts) > 0 {
			k.sum(unit, WorkConflicts, 0, 0)
		}
	}
}

func (k keptNumbers) counted(c totals.Contribution) {
	if c.Key != "" || c.Group != "" {
		return
	}
	for _, unit := range k.places.Up(c.Unit) {
		if d, _ := k.places.Get(unit); d.Level != record.Village {
			k.day(unit, c.Day, c.Indicator, c.Value, 1)
		}
	}
}

// days compares what is kept by the day.
func (v *Verification) days(have Reader, right counts[dayAt, sumOf]) error {
	const what = "number of a day"
	err := have.AllDays(func(at DayCell, value, entries int64) error {
		v.Totals++
		right.compare(v, what, dayAt{at.Day, at.Indicator}, at.Unit, sumOf{value, entries}, whereDay)
		return nil
	})
	right.left(v, what, whereDay)
	return err
}

// worked compares which records the numbers of work open to.
func (v *Verification) worked(have Reader, right map[Worked]int64) error {
	err := have.AllWorked(func(at Worked) error {
		v.Totals++
		n := at.N
		at.N = 0
		if right[at] != n {
			v.differ("record behind a number of work", fmt.Sprint(at), n, right[at])
		}
		delete(right, at)
		return nil
	})
	for at, n := range right {
		v.differ("record behind a number of work", fmt.Sprint(at), 0, n)
	}
	return err
}
