package phone

import (
	"maps"
	"slices"
	"strings"

	"niangjia/sync/change"
)

// Of a feed that differs in more than this the phone fetches all anew.
const (
	maxMended = 2000
	maxParts  = 16 * change.MaxParts
)

// mending is the search for what differs in a feed, and what was found (P10).
type mending struct {
	feed     string
	prefixes []string // still to be asked about
	fetch    []string // rows to be taken anew; the first len(rows) of them were asked for
	asked    int      // how many of fetch were asked for
	remove   []string // rows that the server does not have
	rows     []change.Row
}

// compare holds what the phone has of a feed to what the server says of it.
func (p *Phone) compare(digests map[string]change.Digest) {
	for feed, d := range digests {
		switch {
		case p.renewing[feed] != nil || p.partial:
		case p.digests[feed] != d:
			p.differs[feed] = true
		default: // what differed has been put right by what came
			delete(p.differs, feed)
			if p.mending != nil && p.mending.feed == feed {
				p.mending = nil
			}
		}
	}
}

// Recount reckons every digest anew from what is stored, contents and all, and
// has the next exchange compare them: so is found what was garbled where it
// lies. An app does so when it starts, once a day. What was being asked about
// begins anew with it: parts that were found alike may not be any more.
func (p *Phone) Recount() {
	p.mending = nil
	for feed := range p.feeds {
		p.recount(feed)
	}
	p.check = true
}

func (p *Phone) recount(feed string) {
	var d change.Digest
	for _, row := range p.feeds[feed] {
		d = d.Plus(change.Of(row.Reckoned()))
	}
	p.digests[feed] = d
}

// Digest is what the phone has of a feed.
func (p *Phone) Digest(feed string) change.Digest { return p.digests[feed] }

// Question is what to ask the server next about a feed that differs, nil where
// none is known to. It may be asked again if the answer is lost.
func (p *Phone) Question() *change.Question {
	if p.mending == nil {
		if len(p.differs) == 0 {
			return nil
		}
		p.mending = &mending{feed: slices.Sorted(maps.Keys(p.differs))[0], prefixes: []string{""}}
	}
	m := p.mending
	q := &change.Question{ServerEpoch: p.serverEpoch, Feed: m.feed}
	if len(m.prefixes) > 0 {
		q.Prefixes = m.prefixes[:min(len(m.prefixes), change.MaxParts)]
	} else {
		q.Entities = m.fetch[m.asked:min(len(m.fetch), m.asked+change.MaxAsked)]
	}
	return q
}

// Mend takes the answer to the newest question, and tells how many rows were
// mended with it: those that differed are put right all at once, when all are
// here. What waits to be sent is not touched.
func (p *Phone) Mend(q *change.Question, f *change.Finding) int {
	m := p.mending
	if m == nil || q.Feed != m.feed {
		return 0
	}
	if f.ServerEpoch != p.serverEpoch || f.Seq != p.cursors[m.feed] || p.renewing[m.feed] != nil {
		// It has moved on: the pull that brings what is new compares again.
		p.mending = nil
		delete(p.differs, m.feed)
		return 0
	}
	if len(q.Prefixes) > 0 {
		m.prefixes = m.prefixes[len(q.Prefixes):]
		here := p.placed(m.feed)
		for _, part := range f.Parts {
			if slices.Contains(q.Prefixes, part.Prefix) {
				m.search(part, here)
			}
		}
	} else {
		m.asked += len(q.Entities)
		for _, row := range f.Rows {
			if row.Feed == m.feed && slices.Contains(q.Entities, row.Entity) {
				m.rows = append(m.rows, row)
			}
		}
	}
	switch {
	case len(m.fetch)+len(m.remove) > maxMended || len(m.prefixes) > maxParts:
		p.renew(m.feed)
		p.cursors[m.feed] = 0
		p.mending = nil
		delete(p.differs, m.feed)
		return 0
	case len(m.prefixes) > 0 || m.asked < len(m.fetch):
		return 0
	}
	for _, entity := range m.remove {
		p.write()
		delete(p.feeds[m.feed], entity)
	}
	for _, row := range m.rows {
		p.store(row)
	}
	p.write()
	p.recount(m.feed)
	p.mending = nil
	delete(p.differs, m.feed)
	return len(m.rows) + len(m.remove)
}

// placed is what is stored of a feed, by entity.
func (p *Phone) placed(feed string) map[string]placed {
	out := make(map[string]placed, len(p.feeds[feed]))
	for entity, row := range p.feeds[feed] {
		out[entity] = placed{change.Hex(change.Place(entity)), row.Reckoned()}
	}
	return out
}

type placed struct {
	place string
	hash  uint64
}

// search compares one part of a feed with what is stored.
func (m *mending) search(part change.Part, stored map[string]placed) {
	var split [16]change.Digest
	here := map[string]string{}
	for entity, at := range stored {
		if next := len(part.Prefix); strings.HasPrefix(at.place, part.Prefix) && next < len(at.place) {
			here[entity] = change.Hex(at.hash)
			digit := strings.IndexByte(hexDigits, at.place[next])
			split[digit] = split[digit].Plus(change.Of(at.hash))
		}
	}
	if len(part.Split) == len(split) {
		for i, d := range part.Split {
			if d != split[i] {
				m.prefixes = append(m.prefixes, part.Prefix+hexDigits[i:i+1])
			}
		}
		return
	}
	for _, entity := range slices.Sorted(maps.Keys(part.List)) {
		if here[entity] != part.List[entity] {
			m.fetch = append(m.fetch, entity)
		}
	}
	for _, entity := range slices.Sorted(maps.Keys(here)) {
		if _, there := part.List[entity]; !there {
			m.remove = append(m.remove, entity)
		}
	}
}

const hexDigits = "0123456789abcdef"

// renew begins a feed from nothing: what is here stays until all that comes
// instead is here, and goes then if it did not come again.
func (p *Phone) renew(feed string) {
	p.renewing[feed] = map[string]bool{}
	delete(p.bases, feed)
}

// renewed ends it.
func (p *Phone) renewed() {
	for feed := range p.renewing {
		p.whole(feed)
	}
}

func (p *Phone) whole(feed string) {
	came := p.renewing[feed]
	for entity, row := range p.feeds[feed] {
		if !came[entity] {
			p.write()
			p.digests[feed] = p.digests[feed].Minus(change.Of(row.Hash()))
			delete(p.feeds[feed], entity)
		}
	}
	delete(p.renewing, feed)
}

// Damage puts another row where one is stored, or nothing, without telling the
// digests: what failing storage does. Simulations alone use it.
func (p *Phone) Damage(feed, entity string, to *change.Row) {
	if to == nil {
		delete(p.feeds[feed], entity)
	} else if p.feeds[feed] != nil {
		p.feeds[feed][entity] = to
	}
}
