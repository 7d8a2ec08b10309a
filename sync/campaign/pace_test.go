package campaign

import "testing"

// T20: on a day of a campaign, of what counts.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		story            string
		target, approved int64
		today            string
		withheld         bool
		want             Pacing
	}{
		{"the first day, nothing yet", 10, 0, "2026-03-01", false, Pacing{Begun, 0, 0}},
		{"the first day, its share", 10, 1, "2026-03-01", false, Pacing{Begun, 0, 0}},
		{"the first day, all of it", 10, 10, "2026-03-01", false, Pacing{Reached, 0, 0}},
		{"the second day, the share of the first", 10, 1, "2026-03-02", false, Pacing{OnTrack, 1, 10}},
		{"the second day, nothing yet", 10, 0, "2026-03-02", false, Pacing{Behind, 1, 0}},
		{"the sixth day, half", 10, 5, "2026-03-06", false, Pacing{OnTrack, 5, 10}},
		{"the sixth day, not quite", 10, 4, "2026-03-06", false, Pacing{Behind, 5, 8}},
		{"an even rate is rounded up, what comes of it down", 7, 2, "2026-03-04", false, Pacing{Behind, 3, 6}},
		{"the last day, which may bring the last one", 10, 9, "2026-03-10", false, Pacing{OnTrack, 9, 10}},
		{"the last day, more than that missing", 10, 8, "2026-03-10", false, Pacing{Behind, 9, 8}},
		{"the day after", 10, 9, "2026-03-11", false, Pacing{Missed, 10, 9}},
		{"reached early", 10, 10, "2026-03-02", false, Pacing{Reached, 1, 100}},
		{"reached, and looked at later", 10, 12, "2027-03-02", false, Pacing{Reached, 10, 12}},
		{"before its first day", 10, 0, "2026-02-28", false, Pacing{NotBegun, 0, 0}},
		{"withheld", 10, 0, "2026-03-06", true, Pacing{Untold, 5, 0}},
		{"of nobody", 0, 3, "2026-03-06", false, Pacing{Untold, 0, 6}},
	} {
		p := UnitProgress{Target: c.target, Approved: c.approved, Withheld: c.withheld}
		if got := PaceOf(p, "2026-03-01", "2026-03-10", c.today); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.story, got, c.want)
		}
	}
	if got := PaceOf(UnitProgress{Target: 400_000_000_000, Approved: 399_999_999_999}, "2020-01-01", "2029-12-31", "2029-12-30"); got.Pace != OnTrack || got.Projected < 400_000_000_000 {
		t.Errorf("an amount of ten years: %+v", got)
	}
}
