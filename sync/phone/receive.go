package phone

import (
	"fmt"
	"maps"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Receive takes an answer: rows, cursors and what is acknowledged, all or
// nothing (P3). An error leaves the phone as it was.
func (p *Phone) Receive(a *change.Answer) error {
	if a.Protocol != change.Protocol {
		return fmt.Errorf("answer of protocol %d", a.Protocol) // P4
	}
	epoch, after := p.epochAt(p.through + 1)
	if p.probe {
		epoch, after = p.epochAt(p.through)
	}
	restarted := p.serverEpoch != "" && p.serverEpoch != a.ServerEpoch
	base := p.pruned // where what is kept of this log begins
	if after != nil {
		base = max(base, after.N)
	}
	through, probe := a.Push.Through, false
	switch end := p.end(epoch); {
	case through < p.pruned && (after == nil || after.N < p.pruned):
		return ErrFork{through}
	case after != nil && through < after.N: // a log that the server does not know: does it know the one before?
		through, probe = after.N, restarted || p.probe || len(a.Push.Outcomes) == 0 && p.asked > p.through
	case through > end && (p.probe || restarted && p.asked == p.through): // is it this phone's log that goes on there? The server compares, line by line
		through = base
	case through > end && p.asked < end:
		through = p.asked // what was not compared may be another's
	case through > end && epoch == p.epoch:
		return ErrFork{end} // all that this phone has is there, and more: it is an older copy
	case through > end: // a log that was left behind, and that a clone writes on
		through = end
	default:
		if l := p.at(through); l != nil && l.hash != a.Push.Chain { // a clone's log stands there since the server was lost
			if p.through < p.asked && p.asked < through {
				through = p.asked // so far it is this one, by the chain; what comes next is compared next
			} else {
				through = base
			}
		}
	}
	if restarted {
		// Another server state (a restore): what it sent before is void, the log is not.
		p.forgetServer()
		p.met = a.ServerTime
	}
	p.write()
	p.settled = min(p.settled, through)
	p.serverEpoch = a.ServerEpoch
	p.seen = max(p.seen, a.ServerTime)
	if through < p.through { // what is sent again has no outcome yet
		maps.DeleteFunc(p.outcomes, func(n int64, _ change.Outcome) bool { return n > through })
	}
	p.through, p.probe = through, probe
	p.acknowledge(a.ServerTime)
	p.durable = 0 // a server that was restored may know of less
	if a.Push.Durable != nil {
		p.durable = min(*a.Push.Durable, through)
	}
	for _, o := range a.Push.Outcomes {
		if o.Outcome != change.Retry && o.N <= through {
			p.write()
			p.outcomes[o.N] = o
		}
	}
	for _, feed := range a.Pull.Reset {
		p.renew(feed)
	}
	p.begin(&a.Pull)
	for _, row := range a.Pull.Rows {
		p.store(row)
	}
	p.write()
	maps.Copy(p.cursors, a.Pull.Cursors)
	maps.Copy(p.bases, a.Pull.Bases)
	maps.DeleteFunc(p.bases, func(feed string, base int64) bool { return p.cursors[feed] >= base })
	for _, feed := range a.Pull.Drop {
		p.drop(feed)
	}
	p.write()
	maps.Copy(p.names, a.Names)
	if !a.Pull.More && len(p.loads) == 0 {
		p.renewed()
		p.check = false
		p.write()
		// Only now has every row that an acknowledged change made come too.
		p.settled = p.through
	}
	p.compare(a.Pull.Digests) // what began again is whole with this page, or is not compared
	return nil
}

// acknowledge notes since when the server has what it has, by the server's clock. What it has lost since begins anew.
func (p *Phone) acknowledge(now record.Instant) {
	for i := len(p.log) - 1; i >= 0 && p.log[i].change.N > p.through; i-- {
		p.log[i].acked = 0
	}
	for n := p.through; n > p.pruned && p.at(n).acked == 0; n-- {
		p.write()
		p.at(n).acked = now
	}
}

// store puts a row where it came from. A tombstone removes what came by its feed alone (W6).
func (p *Phone) store(row change.Row) {
	p.write()
	feed := p.feeds[row.Feed]
	d := p.digests[row.Feed]
	if old := feed[row.Entity]; old != nil {
		d = d.Minus(change.Of(old.Hash()))
	}
	defer func() { p.digests[row.Feed] = d }()
	if row.Gone {
		delete(feed, row.Entity)
		return
	}
	if feed == nil {
		feed = map[string]*change.Row{}
		p.feeds[row.Feed] = feed
	}
	feed[row.Entity] = &row
	d = d.Plus(change.Of(row.Hash()))
	if came := p.renewing[row.Feed]; came != nil {
		came[row.Entity] = true
	}
}

// drop forgets a feed that is not this account's any more.
func (p *Phone) drop(feed string) {
	p.write()
	delete(p.feeds, feed)
	p.write()
	delete(p.cursors, feed)
	delete(p.digests, feed)
	delete(p.bases, feed)
	delete(p.renewing, feed)
	delete(p.differs, feed)
	delete(p.loads, feed)
	if p.mending != nil && p.mending.feed == feed {
		p.mending = nil
	}
}

// forgetServer forgets what came from a server that is no more.
func (p *Phone) forgetServer() {
	p.feeds, p.cursors = map[string]map[string]*change.Row{}, map[string]int64{}
	p.digests, p.bases = map[string]change.Digest{}, map[string]int64{}
	p.loads = map[string]*load{}
	p.renewing, p.differs, p.mending = map[string]map[string]bool{}, map[string]bool{}, nil
}

// Forget drops server rows that the caller no longer needs, so that a
// simulated year of many phones fits into memory. No app does this, and
// nothing is compared any more.
func (p *Phone) Forget(drop func(change.Row) bool) {
	p.partial = true
	for _, feed := range p.feeds {
		maps.DeleteFunc(feed, func(_ string, row *change.Row) bool { return drop(*row) })
	}
}

// Outcome is what became of a change, and whether the server has said so.
func (p *Phone) Outcome(n int64) (change.Outcome, bool) {
	o, ok := p.outcomes[n]
	return o, ok
}
