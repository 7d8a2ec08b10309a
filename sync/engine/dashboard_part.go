package engine

import (
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// number is one of work, as it is opened: of what waits a part, of what counts some days.
type number struct {
	indicator   string
	age         string   // of WorkWaiting: "" for all
	forms       []string // of WorkWaiting: nil for all
	first, last string   // of WorkCounted
	asked       string   // of WorkWaiting: the group that names a campaign, "" for none
	of          *asked   // the same, once it is found
}

// What has waited, by age: of these days it is what came up in a week (recent), which is the first two together.
const (
	ageFresh   = "fresh"
	ageSlow    = "slow"
	ageOverdue = "overdue"
	ageRecent  = "recent"
)

// ofForms begins a group that names the forms of what waits.
const ofForms = "form:"

// readNumber reads which number is asked for. Errors: bad_request with group or period.
func readNumber(q EntriesQuery) (number, error) {
	n := number{indicator: q.Indicator}
	forms, some := strings.CutPrefix(q.Group, ofForms)
	switch {
	case q.Indicator == WorkWaiting && some:
		n.forms = strings.Split(forms, ",")
	case q.Indicator == WorkWaiting && (strings.HasPrefix(q.Group, ofTarget) || strings.HasPrefix(q.Group, ofProgress)):
		n.asked = q.Group
	case q.Group != "":
		if n.age = q.Group; q.Indicator != WorkWaiting || !slices.Contains([]string{ageFresh, ageSlow, ageOverdue, ageRecent}, n.age) {
			return n, &record.Error{Code: record.BadRequest, Field: "group"}
		}
	}
	if q.Indicator != WorkCounted {
		return n, nil
	}
	// The days of a dashboard's week: of many days there are many entries, and a list of them is a figure's.
	span, err := totals.ParsePeriod(q.Period)
	if err != nil || !span.Days() || backTo(span.Last, weekDays-1) > span.First {
		return n, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	n.first, n.last = span.First, span.Last
	return n, nil
}

// tellsNumber reports whether the reader is told it of a unit: what counts on some days (T14) and what waits of a form whose
// entries may be sensitive (T18) go with a unit's small counts.
func (d dashboarding) tellsNumber(of number, unit string) bool {
	if access.SeesSmall(d.actor, d.world.places, unit) {
		return true
	}
	if of.of != nil {
		return of.of.told(d, unit)
	}
	return of.indicator != WorkCounted && !slices.ContainsFunc(of.forms, func(id string) bool {
		form := d.world.catalogue.Form(id)
		return form == nil || form.Sensitive != nil
	})
}

// has reports whether an entry that waits is in the part.
func (n number) has(rec *record.Record, today string) bool {
	if n.of != nil {
		return n.of.has(rec)
	}
	return (n.forms == nil || slices.Contains(n.forms, rec.Form)) && n.hasAge(Day(rec.SubmittedAt), today)
}

func (n number) hasAge(sent, today string) bool {
	age := ageFresh
	if sent <= backTo(today, weekDays) {
		age = ageOverdue
	} else if sent <= backTo(today, slowDays) {
		age = ageSlow
	}
	return n.age == "" || n.age == age || n.age == ageRecent && age != ageOverdue
}

// waitingOf is how much of it waits in a unit with all below it.
func (d dashboarding) waitingOf(of number, unit string) (n int64, err error) {
	if of.of != nil {
		return d.waitingFor(of.of.ind, of.of.span, unit)
	}
	if of.forms != nil {
		list, err := d.r.Totals(unit, 0, lastMonth, "")
		for _, x := range list {
			if slices.Contains(of.forms, x.Group) {
				n += x.Entries
			}
		}
		return n, err
	}
	list, err := d.waitingIn(unit)
	w := list[0]
	switch of.age {
	case ageFresh:
		return w.Ages.Fresh, err
	case ageSlow:
		return w.Ages.Slow, err
	case ageOverdue:
		return w.Ages.Overdue, err
	case ageRecent:
		return w.Count - w.Ages.Overdue, err
	}
	return w.Count, err
}
