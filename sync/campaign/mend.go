package campaign

import (
	"maps"
	"slices"
	"strings"

	"niangjia/sync/record"
)

// Mending is what may be put right of a campaign that runs: how it is called and told of, what is asked of whom, and when
// is reminded. What it counts, from when and until when, is not.
type Mending struct {
	Title, Text string
	Targets     []Target
	Remind      []int
}

// Mended gives the campaign with what is put right; as it is where nothing is. Errors: campaign_closed.
func (c Campaign) Mended(m Mending) (Campaign, error) {
	if c.State == Closed {
		return c, &record.Error{Code: record.CampaignClosed}
	}
	next := c
	next.Title, next.Text, next.Targets, next.Remind = m.Title, m.Text, m.Targets, m.Remind
	next.Tidy()
	if !differs(&c, &next) {
		return c, nil
	}
	next.Version++
	return next, nil
}

// differs reports whether what one version tells and asks is another than the other's.
func differs(a, b *Campaign) bool {
	return a.Title != b.Title || a.Text != b.Text || !slices.Equal(a.Targets, b.Targets) || !slices.Equal(a.Remind, b.Remind)
}

// CheckNext says what is wrong with a version that follows another: with what it changes, for what it leaves was right when
// it was written, though its day may be past or its figure gone.
func CheckNext(old, c *Campaign, places *record.Places) []Problem {
	if !differs(old, c) {
		return nil
	}
	return slices.Concat(checkWords(c), checkTargets(c, places), checkRemind(c))
}

// Change is what one version of a campaign changed of the one before; of the first it says nothing but who published it.
type Change struct {
	Version int64          `json:"version"`
	At      record.Instant `json:"at"`
	Account string         `json:"account"`
	Closed  bool           `json:"closed,omitempty"`

	Title    *Words         `json:"title,omitempty"`
	Text     *Words         `json:"text,omitempty"`
	Deadline *Words         `json:"deadline,omitempty"`
	Remind   bool           `json:"remind,omitempty"`
	Targets  []TargetChange `json:"targets,omitempty"`
}

// Words are what something was and what it is.
type Words struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

// TargetChange is what was asked of a unit and what is; 0 stands for none.
type TargetChange struct {
	Unit string `json:"unit"`
	Was  int64  `json:"was"`
	Now  int64  `json:"now"`
}

// ChangeOf tells what a version changes; old is nil for the first.
func ChangeOf(old, c *Campaign, at record.Instant, account string) Change {
	out := Change{Version: c.Version, At: at, Account: account, Closed: c.State == Closed}
	if old == nil {
		return out
	}
	for _, x := range []struct {
		was, now string
		to       **Words
	}{{old.Title, c.Title, &out.Title}, {old.Text, c.Text, &out.Text}, {old.Deadline, c.Deadline, &out.Deadline}} {
		if x.was != x.now {
			*x.to = &Words{x.was, x.now}
		}
	}
	out.Remind = !slices.Equal(old.Remind, c.Remind)
	was, now := byUnit(old), byUnit(c)
	all := maps.Clone(was)
	maps.Copy(all, now)
	for unit := range all {
		if was[unit] != now[unit] {
			out.Targets = append(out.Targets, TargetChange{unit, was[unit], now[unit]})
		}
	}
	slices.SortFunc(out.Targets, func(a, b TargetChange) int { return strings.Compare(a.Unit, b.Unit) })
	return out
}

func byUnit(c *Campaign) map[string]int64 {
	out := make(map[string]int64, len(c.Targets))
	for _, t := range c.Targets {
		out[t.Unit] = t.N
	}
	return out
}

// For leaves out the targets of units that are none of some units' business, as Campaign.For does.
func (x Change) For(places *record.Places, units []string) Change {
	x.Targets = slices.DeleteFunc(slices.Clone(x.Targets), func(t TargetChange) bool {
		return !slices.ContainsFunc(units, func(unit string) bool { return places.Within(t.Unit, unit) || places.Within(unit, t.Unit) })
	})
	return x
}
