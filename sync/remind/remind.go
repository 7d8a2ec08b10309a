// Package remind plans who is reminded of a deadline, and when (SPEC N2 to N6). It
// reads no clock and keeps nothing: what was told already is asked of the caller,
// so that a plan made twice, by two processes or after a restart, tells nothing twice.
package remind

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"niangjia/sync/record"
)

// Gap is how far a unit is from its target.
type Gap struct {
	Unit      string
	Target    int64
	Approved  int64
	Submitted int64 // and not decided yet
}

// Missing is how much has still to be recorded.
func (g Gap) Missing() int64 { return max(0, g.Target-g.Approved-g.Submitted) }

// Waiting is how much of what was recorded has still to be approved for the target.
func (g Gap) Waiting() int64 { return max(0, g.Target-g.Approved) - g.Missing() }

// Campaign is what a plan needs of one. Days are local, "YYYY-MM-DD".
type Campaign struct {
	ID       string
	Title    string
	Unit     string // that runs it
	Start    string
	Deadline string // its last day
	Marks    []int  // days before the deadline, below 0 after it; nil for the usual ones, empty for none
	Gaps     []Gap
}

// Usual are the marks of a campaign that chose none of its own.
func Usual() []int { return []int{7, 3, 1, 0, -1} }

// Item is one campaign in a reminder.
type Item struct {
	Campaign string
	Title    string
	Deadline string
	Mark     int
	Left     int    // days to the deadline, 0 on it, below 0 after it
	Key      string // of campaign, deadline, mark and account: told once
	Record   []Gap  // units for which she has to record
	Review   []Gap  // units whose entries wait for her approval alone
}

// Reminder is all that one person is told of deadlines on one day (N4).
type Reminder struct {
	ID      string // of account and day: there is one
	Account string
	Day     string
	Until   time.Time // after which nobody is to be disturbed by it
	Items   []Item
}

// Quiet hours, local: from 21:00 to 08:00 nobody is reminded (N3).
const (
	wakes  = 8
	sleeps = 21
)

// Quiet reports whether nobody is to be disturbed.
func Quiet(now time.Time, zone *time.Location) bool {
	h := now.In(zone).Hour()
	return h < wakes || h >= sleeps
}

// Awake is the next moment at which somebody may be disturbed: now, or 08:00.
func Awake(now time.Time, zone *time.Location) time.Time {
	if !Quiet(now, zone) {
		return now
	}
	t := now.In(zone)
	day := t.Day()
	if t.Hour() >= sleeps {
		day++
	}
	return time.Date(t.Year(), t.Month(), day, wakes, 0, 0, 0, zone)
}

// Evening is when the day of a moment becomes quiet.
func Evening(now time.Time, zone *time.Location) time.Time {
	t := now.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), sleeps, 0, 0, 0, zone)
}

// Day is the local day of a moment.
func Day(now time.Time, zone *time.Location) string { return now.In(zone).Format(time.DateOnly) }

// Plan is what is to be told now, by account. told says of an id, of a day's reminder
// or of a key, whether it was told already.
func Plan(now time.Time, zone *time.Location, places *record.Places, people *People, campaigns []Campaign, told func(id string) bool) []Reminder {
	if Quiet(now, zone) {
		return nil
	}
	today, by := Day(now, zone), map[string]*Reminder{}
	for _, c := range campaigns {
		mark, due := c.Due(today)
		if !due {
			continue
		}
		for account, item := range c.items(mark, today, places, people) {
			id := Hash("reminder", account, today)
			if told(id) || told(item.Key) {
				continue
			}
			r := by[account]
			if r == nil {
				r = &Reminder{ID: id, Account: account, Day: today, Until: Evening(now, zone)}
				by[account] = r
			}
			r.Items = append(r.Items, *item)
		}
	}
	out := make([]Reminder, 0, len(by))
	for _, account := range slices.Sorted(maps.Keys(by)) {
		r := by[account]
		// What ends first is read first.
		slices.SortFunc(r.Items, func(a, b Item) int {
			return cmp.Or(cmp.Compare(a.Deadline, b.Deadline), cmp.Compare(a.Campaign, b.Campaign))
		})
		out = append(out, *r)
	}
	return out
}

// items says who is told at a mark, with what (N5).
func (c Campaign) items(mark int, today string, places *record.Places, people *People) map[string]*Item {
	out := map[string]*Item{}
	item := func(account string) *Item {
		i := out[account]
		if i == nil {
			i = &Item{Campaign: c.ID, Title: c.Title, Deadline: c.Deadline, Mark: mark, Left: days(today, c.Deadline),
				Key: Hash("mark", c.ID, c.Deadline, strconv.Itoa(mark), account)}
			out[account] = i
		}
		return i
	}
	for _, g := range c.Gaps {
		switch {
		case g.Missing() > 0:
			for _, account := range people.recording(places, g.Unit) {
				i := item(account)
				i.Record = append(i.Record, g)
			}
		case g.Waiting() > 0:
			for _, account := range people.approving(places, g.Unit) {
				i := item(account)
				i.Review = append(i.Review, g)
			}
		}
	}
	return out
}

// Hash names what its parts say, 32 hex digits.
func Hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
