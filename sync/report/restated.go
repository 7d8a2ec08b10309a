package report

import (
	"strings"

	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Restatement is what has changed in a report's figures since its mark.
type Restatement struct {
	Then    *Counted  `json:"then"`
	Now     *Counted  `json:"now"`
	Entries []Changed `json:"entries"` // those that count otherwise, by id
	More    int64     `json:"more"`    // beyond the first MaxChanged
}

// MaxChanged bounds a restatement.
const MaxChanged = 20_000

// Changed is an entry that counts otherwise than it did.
type Changed struct {
	Entity  string      `json:"entity"`
	Unit    string      `json:"unit"`
	Form    string      `json:"form"`
	Day     string      `json:"day"`
	Figures []Differing `json:"figures"`
	Acts    []Act       `json:"acts"` // the oldest first
}

// Differing is what an entry took out of a figure and put into it. What it counts as before is in neither.
type Differing struct {
	Indicator string `json:"indicator"`
	Group     string `json:"group,omitempty"`
	Then      int64  `json:"then"`
	Now       int64  `json:"now"`
}

// Figure is the figure that it is of.
func (d Differing) Figure() totals.Figure {
	return totals.Figure{Indicator: d.Indicator, Group: d.Group}
}

// Act is what somebody did to an entry.
type Act struct {
	Account string         `json:"account,omitempty"`
	At      record.Instant `json:"at,omitempty"`
	Kind    string         `json:"kind"` // approve, void, reinstate, refuse, submit, patch, create, or one of those below
	Reason  string         `json:"reason,omitempty"`
}

// Acts of nobody.
const (
	ActElsewhere = "elsewhere"   // another entry was changed: what was due is done, a case has another beginning
	ActDefined   = "definitions" // forms, figures or divisions are others
)

// Shift is a figure of a report then and now.
type Shift struct {
	ID       string    `json:"id"`
	Unit     string    `json:"unit"`
	Name     string    `json:"name"`
	UnitWord string    `json:"unit_word,omitempty"`
	Then     Value     `json:"then"`
	Now      Value     `json:"now"`
	Written  [2]string `json:"written"` // then, now
}

// Shifts lists the figures that a document has and that are others now, leaving out what a reader may not be told of either
// moment.
func Shifts(d *Document, then, now *Numbers, seats []Seat) []Shift {
	out := []Shift{}
	hidden := [2]map[string]map[totals.Figure]bool{then.withheldOf(seats, false), now.withheldOf(seats, false)}
	seen := map[string]bool{}
	for _, f := range d.Figures() {
		name := nameOf(&f)
		if seen[f.ID] || !then.isCounted(&f) || then.any(hidden[0][f.Unit], name) || then.any(hidden[1][f.Unit], name) {
			continue
		}
		seen[f.ID] = true
		a, b := then.Figure(name, f.Unit, Plain), now.Figure(name, f.Unit, Plain)
		if a == nil || b == nil || a.Value.same(b.Value) {
			continue
		}
		out = append(out, Shift{ID: f.ID, Unit: f.Unit, Name: a.Name, UnitWord: a.UnitWord, Then: a.Value, Now: b.Value, Written: [2]string{a.Words(), b.Words()}})
	}
	return out
}

func (v Value) same(o Value) bool {
	eq := func(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return eq(v.N, o.N) && eq(v.Numerator, o.Numerator) && eq(v.Denominator, o.Denominator)
}

// Difference is a figure of a document that the log does not give.
type Difference struct {
	ID    string `json:"id"`
	Unit  string `json:"unit"`
	Name  string `json:"name"`
	Said  Value  `json:"said"`
	Right Value  `json:"right"`
}

// Differences compares the figures of a document with what was counted, an overridden one with the number before. What a
// document does not tell is not compared; what is no figure of these definitions any more is told with nothing beside it.
func (n *Numbers) Differences(d *Document) []Difference {
	out := []Difference{}
	for _, f := range d.Figures() {
		if f.Withheld || words[f.ID] || strings.HasPrefix(f.ID, "campaign:") {
			continue
		}
		said := f.Value
		if f.Override != nil {
			said = f.Override.Was
		}
		var right Value
		if n.isCounted(&f) {
			if fresh := n.Figure(nameOf(&f), f.Unit, Plain); fresh != nil {
				right = fresh.Value
			}
		}
		if !said.same(right) {
			out = append(out, Difference{ID: f.ID, Unit: f.Unit, Name: f.Name, Said: said, Right: right})
		}
	}
	return out
}
