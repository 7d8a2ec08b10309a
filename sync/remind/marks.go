package remind

import (
	"cmp"
	"slices"
	"time"

	"niangjia/sync/record"
)

// late is for how many days a reminder after the deadline is made good.
const late = 7

// Stage is one mark of a campaign with the days on which it is told.
type Stage struct {
	Mark int
	From string // its own day
	To   string // the last day on which it is made good if it was missed
}

// Stages are a campaign's marks in their order. One whose day lay before the start is
// none: nobody is told on a Monday what a campaign that began on Tuesday wants (N2).
func (c Campaign) Stages() []Stage {
	marks := c.Marks
	if marks == nil {
		marks = Usual()
	}
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b int) int { return cmp.Compare(b, a) })
	var out []Stage
	for _, m := range slices.Compact(marks) {
		s := Stage{Mark: m, From: after(c.Deadline, -m), To: c.Deadline}
		if m < 0 {
			s.To = after(s.From, late-1)
		}
		if s.From == "" || s.From < c.Start {
			continue
		}
		if n := len(out); n > 0 {
			out[n-1].To = min(out[n-1].To, after(s.From, -1))
		}
		out = append(out, s)
	}
	return out
}

// Due is the mark that holds on a day: of several that a pause has missed the newest alone.
func (c Campaign) Due(today string) (mark int, due bool) {
	for _, s := range c.Stages() {
		if s.From <= today && today <= s.To {
			return s.Mark, true
		}
	}
	return 0, false
}

// Forecast is one stage of a plan with who would be told, were all to stay as it is.
type Forecast struct {
	Stage
	At    time.Time // the first moment of it
	Items map[string]*Item
}

// Forecasts is the whole plan of a campaign.
func (c Campaign) Forecasts(zone *time.Location, places *record.Places, people *People) []Forecast {
	var out []Forecast
	for _, s := range c.Stages() {
		day, err := time.ParseInLocation(time.DateOnly, s.From, zone)
		if err != nil { // Stages has left it out
			continue
		}
		out = append(out, Forecast{Stage: s, At: day.Add(wakes * time.Hour), Items: c.items(s.Mark, s.From, places, people)})
	}
	return out
}

// after is the day that lies n days after another, "" of what is none.
func after(day string, n int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// days is how many there are from one to another.
func days(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
