package phone

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"niangjia/sync/change"
)

// ErrFork means that this log and the server's part after a number: the phone
// was cloned, or restored from an older copy, or the server lost what the phone
// no longer has. Fork goes on from there.
type ErrFork struct{ Common int64 }

func (e ErrFork) Error() string {
	return fmt.Sprintf("this log and the server's part after number %d", e.Common)
}

// Fork opens a new epoch, 32 random hex digits, that goes on after the last
// number which this log and the server's have in common; what comes after it is
// written anew there, under the same numbers (S17). Where the phone no longer
// has what the server lacks, the new log says what is missing.
func (p *Phone) Fork(common int64, epoch string) error {
	common = min(common, p.Last())
	from := max(common, p.pruned)
	prev, parent := p.prunedHash, p.prunedEpoch
	if l := p.at(from); l != nil {
		prev, parent = l.hash, l.change.Epoch
	}
	p.after = nil
	if from > 0 {
		p.after = &change.After{Epoch: parent, N: from}
		if common < from {
			p.after.Lost = common + 1
		}
	}
	fresh := make([]line, 0, p.Last()-from)
	for _, l := range p.log[from-p.pruned:] {
		c := *l.change
		c.Epoch, c.After, c.Prev = epoch, p.after, prev
		raw, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("a change that is no JSON: %w", err)
		}
		prev = change.Hash(raw)
		p.write()
		fresh = append(fresh, line{&c, raw, prev, l.trunk, 0})
		delete(p.outcomes, c.N)
	}
	p.write()
	p.log = append(p.log[:from-p.pruned:from-p.pruned], fresh...)
	p.epoch, p.last = epoch, prev
	p.through, p.settled, p.probe = from, min(p.settled, from), false
	return nil
}

// epochAt is the log of a number: of the newest where there is no such line yet.
func (p *Phone) epochAt(n int64) (epoch string, after *change.After) {
	if l := p.at(n); l != nil {
		return l.change.Epoch, l.change.After
	}
	if n > 0 && n == p.pruned {
		return p.prunedEpoch, nil
	}
	return p.epoch, p.after
}

// end is the last number of this phone's part of a log.
func (p *Phone) end(epoch string) int64 {
	if epoch == p.epoch {
		return p.Last()
	}
	for i := len(p.log) - 1; i >= 0; i-- {
		if p.log[i].change.Epoch == epoch {
			return p.log[i].change.N
		}
	}
	return p.pruned
}

// Copy is the phone as it is now: what a clone, or a backup of it, has.
func (p *Phone) Copy() *Phone {
	c := *p
	c.writes = nil
	c.log = slices.Clone(p.log)
	c.of, c.outcomes = make(map[string][]int64, len(p.of)), maps.Clone(p.outcomes)
	for entity, numbers := range p.of {
		c.of[entity] = slices.Clone(numbers)
	}
	c.cursors, c.names = maps.Clone(p.cursors), maps.Clone(p.names)
	c.feeds = make(map[string]map[string]*change.Row, len(p.feeds))
	for feed, rows := range p.feeds {
		c.feeds[feed] = maps.Clone(rows)
	}
	c.digests, c.bases, c.differs, c.mending = maps.Clone(p.digests), maps.Clone(p.bases), maps.Clone(p.differs), nil
	c.renewing = make(map[string]map[string]bool, len(p.renewing))
	for feed, came := range p.renewing {
		c.renewing[feed] = maps.Clone(came)
	}
	return &c
}
