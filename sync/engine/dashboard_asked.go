package engine

import (
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Beside what counts of a campaign stands what waits. A dashboard tells how many entries of its forms do, done in the months
// of its span; the campaign's page, how much more it would be if all of them were approved. Both open to these entries (T22).

// What follows these words in a group is the campaign's id.
const (
	ofTarget   = "target:"   // as a dashboard tells it
	ofProgress = "progress:" // as the campaign's page does
)

// asked is what a campaign asks for, of which something waits.
type asked struct {
	unit    string
	ind     *catalogue.Indicator
	span    totals.Period
	gauge   *gauge // of ofProgress: what has been read for the unit
	entries int64  // of ofProgress: how many would count more, or less
	adds    map[string]int64
}

// ask finds the campaign that a part of what waits is of. Errors: not_found where it is none of hers, or has no such number;
// forbidden where she is not told it.
func (d dashboarding) ask(n *number) error {
	id, progress := strings.CutPrefix(n.asked, ofProgress)
	id = strings.TrimPrefix(id, ofTarget)
	c := d.world.campaign(id)
	if c == nil || !d.world.places.Within(d.unit, c.Unit) || !c.Concerns(d.world.places, unitsOf(d.actor)) {
		return record.Errorf(record.NotFound, "campaign %s", id)
	}
	ind, bad := c.Indicator(d.world.catalogue)
	if bad != nil {
		return record.Errorf(record.NotFound, "what campaign %s counts", id)
	}
	span, err := totals.ParsePeriod(c.Period())
	if err != nil {
		return err
	}
	if !progress && countedElsewhere(c, ind, span) {
		return record.Errorf(record.NotFound, "the number is not told")
	}
	n.of = &asked{unit: d.unit, ind: ind, span: span}
	g := &gauge{r: d.r, world: d.world.alone(ind), c: c, ind: ind, span: span, today: d.today}
	hidden, err := g.hidden(d.actor, []string{d.unit})
	if err != nil {
		return err
	}
	if hidden[d.unit] || !d.tellsNumber(*n, d.unit) {
		return record.Errorf(record.Forbidden, "number withheld")
	}
	if !progress {
		return nil
	}
	n.of.gauge, n.of.adds = g, map[string]int64{}
	if err := g.read([]string{d.unit}); err != nil {
		return err
	}
	list, err := d.r.Undecided(d.below(d.unit))
	for _, rec := range list {
		if adds, some := g.wouldAdd(rec); some {
			n.of.adds[rec.ID] = adds
			n.of.entries++
		}
	}
	return err
}

func unitsOf(a record.Actor) (out []string) {
	for _, seat := range a.Seats {
		out = append(out, seat.Unit)
	}
	return out
}

// wouldAdd is how much an entry that waits would add by itself, where it would change anything. Of what is distinct each of its
// keys counts, held by others or not: one that is missing would tell of an entry that the reader is told nothing of (T18).
func (g *gauge) wouldAdd(rec *record.Record) (n int64, some bool) {
	was := map[string]bool{}
	for _, c := range g.contributions(rec) {
		was[c.Key] = true
		if c.Kind() != totals.Distinct {
			n -= c.Value
		}
	}
	for _, c := range g.contributions(ifApproved(rec)) {
		if c.Kind() != totals.Distinct {
			n += c.Value
		} else if !was[c.Key] {
			was[c.Key] = true
			n++
		}
	}
	return n, n != 0
}

// has reports whether an entry that waits is in the part.
func (a *asked) has(rec *record.Record) bool {
	if a.gauge != nil {
		_, some := a.adds[rec.ID]
		return some
	}
	month := waitingMonth(rec)
	return month >= a.span.From && month <= a.span.To && slices.Contains(campaign.Forms(a.ind), rec.Form)
}

// told reports whether the reader is told of a unit how much of it waits: of forms whose entries may be sensitive, who is told
// the unit's small counts (T18).
func (a *asked) told(d dashboarding, unit string) bool {
	return access.SeesSmall(d.actor, d.world.places, unit) || !d.tells(a.ind)
}

// number is how much more it would be if all that waits were approved, as the campaign's page tells it.
func (a *asked) number() int64 { return max(0, a.gauge.submitted[a.unit]) }
