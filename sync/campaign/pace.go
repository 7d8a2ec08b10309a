package campaign

import "time"

// Pace says whether a unit's part will be done in time.
type Pace string

// Paces. On what counts alone: what waits for a decision is no progress yet.
const (
	Untold   Pace = "untold"    // the numbers are not told
	NotBegun Pace = "not_begun" // its first day has not come
	Reached  Pace = "reached"
	Begun    Pace = "begun"    // today is its first day: there is no rate yet
	OnTrack  Pace = "on_track" // at the rate of the days before today it is reached by the deadline
	Behind   Pace = "behind"
	Missed   Pace = "missed" // the deadline has passed
)

// Pacing is a pace with what it comes from.
type Pacing struct {
	Pace
	Expected  int64 // how much it would have to be by the end of yesterday at an even rate, rounded up
	Projected int64 // what the rate so far comes to by the deadline, rounded down; 0 until a day is over
}

// PaceOf reckons the whole days before today: today may still bring something, and what it has brought is there already.
func PaceOf(p UnitProgress, start, deadline, today string) Pacing {
	all := daysTo(start, deadline)
	gone := min(max(daysTo(start, today)-1, 0), all)
	if all < 1 {
		return Pacing{Pace: Untold}
	}
	out := Pacing{Expected: (p.Target*gone + all - 1) / all}
	if gone > 0 && !p.Withheld {
		// An amount in fen times some thousand days stays far below 2^63.
		out.Projected = p.Approved * all / gone
	}
	switch {
	case p.Withheld || p.Target == 0:
		out.Pace = Untold
	case p.Approved >= p.Target:
		out.Pace = Reached
	case today > deadline:
		out.Pace = Missed
	case today < start:
		out.Pace = NotBegun
	case gone == 0:
		out.Pace = Begun
	case p.Approved*all >= p.Target*gone:
		out.Pace = OnTrack
	default:
		out.Pace = Behind
	}
	return out
}

// daysTo counts the days from one to another, both included.
func daysTo(from, to string) int64 {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int64(b.Sub(a)/(24*time.Hour)) + 1
}
