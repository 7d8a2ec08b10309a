package phone

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// State is all that a phone knows, in words that its twin in TypeScript uses
// too: two that heard the same say the same.
type State struct {
	Log      string           `json:"log"` // where it stands
	Lines    []string         `json:"lines"`
	Cursors  map[string]int64 `json:"cursors"`
	Rows     []change.Row     `json:"rows"`
	Shown    []string         `json:"shown"`
	Durable  int64            `json:"durable"`
	Seen     record.Instant   `json:"seen"`
	Outcomes []change.Outcome `json:"outcomes"`
}

// State says what the phone knows now.
func (p *Phone) State() State {
	after := ""
	if a := p.after; a != nil {
		after = fmt.Sprintf("%s %d %d", a.Epoch, a.N, a.Lost)
	}
	s := State{
		Log: fmt.Sprintf("%s after (%s) tail %d %s pruned %d %s %s through %d settled %d probe %t server %s", p.epoch, after, p.Last(), p.last,
			p.pruned, p.prunedHash, p.prunedEpoch, p.through, p.settled, p.probe, p.serverEpoch),
		Lines: make([]string, 0, len(p.log)), Cursors: p.cursors, Durable: p.durable, Seen: p.seen, Rows: []change.Row{}, Shown: []string{},
		Outcomes: []change.Outcome{},
	}
	for _, l := range p.log {
		s.Lines = append(s.Lines, fmt.Sprintf("%d %s %s %d", l.change.N, l.change.Epoch, l.hash, l.acked))
		if o, ok := p.outcomes[l.change.N]; ok {
			s.Outcomes = append(s.Outcomes, o)
		}
	}
	p.Rows(func(row change.Row) { s.Rows = append(s.Rows, row) })
	for _, id := range p.Entities() {
		if r := p.Record(id); r != nil {
			s.Shown = append(s.Shown, strings.Join(append([]string{id, string(r.State), r.Version, r.ApprovedVersion}, conflicts(r)...), " "))
		}
	}
	return s
}

func conflicts(r *record.Record) []string {
	list := map[string]bool{}
	for _, c := range r.Conflicts {
		list[c.Field+"="+string(c.Value)+","+c.By] = true
	}
	return slices.Sorted(maps.Keys(list))
}

// Written is the change that was written last, nil for none.
func (p *Phone) Written() *change.Change {
	if len(p.log) == 0 {
		return nil
	}
	return p.log[len(p.log)-1].change
}

// Newest is the line that was written last, with the content that a patch was made on.
func (p *Phone) Newest() (bytes []byte, trunk record.Content) {
	if len(p.log) == 0 {
		return nil, nil
	}
	l := p.log[len(p.log)-1]
	return l.bytes, l.trunk
}
