package engine

import (
	"cmp"
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Bounds of what is told of changes that took no effect.
const (
	stuckLines = 5000 // looked at, the newest
	stuckSince = 90 * record.DayMS
	stuckItems = 20 // told one by one in each group
)

// Stuck is what one account recorded for one unit and the ledger keeps without effect, for one cause: parked, or rejected.
type Stuck struct {
	Account string
	Unit    string
	Outcome change.Result
	Code    record.Code
	Changes int
	Records int
	Since   record.Instant
	Items   []StuckItem
}

// StuckItem is one record of them. What is sensitive, a draft, or cannot be judged bears its type alone.
type StuckItem struct {
	Entity string
	Type   record.Type
	Form   string
	Day    string // occurred_on
	Field  string // that the code is about
	At     record.Instant
	Stub   bool
	// Sensitive is one that the reader reads all the same.
	Sensitive bool
}

// Stuck lists what is parked (S8), and what was rejected in the last 90 days and not made good since, of the units of
// which a reviewer or manager is above, or at which she works. Higher levels are told counts. No value is ever told.
func (e *Engine) Stuck(ctx context.Context, actor record.Actor) (out []Stuck, more bool, err error) {
	err = e.view(ctx, func(r Reader, w *world) error {
		lines, cut, err := stuckIn(r, e.opt.Now())
		if err != nil {
			return err
		}
		more = cut
		g := gathering{r: r, w: w, actor: actor, groups: map[stuckAt]*stuckGroup{}, actors: map[string]record.Actor{}}
		for _, l := range lines {
			if err := g.take(l); err != nil {
				return err
			}
		}
		out = g.list()
		return nil
	})
	if err != nil {
		return nil, false, storeError(err)
	}
	return out, more, nil
}

// stuckIn gives the lines, oldest first.
func stuckIn(r Reader, now record.Instant) (lines []Line, cut bool, err error) {
	parked, err := r.AllParked(stuckLines)
	if err != nil {
		return nil, false, err
	}
	for _, p := range parked {
		l, err := r.Line(p.Epoch, p.N)
		if err != nil {
			return nil, false, err
		}
		if l != nil {
			lines = append(lines, *l)
		}
	}
	rejected, err := r.Rejected(stuckLines)
	if err != nil {
		return nil, false, err
	}
	for _, l := range rejected {
		if l.Received < now-stuckSince || l.Outcome.Code == record.Superseded {
			continue
		}
		good, err := madeGood(r, l)
		if err != nil {
			return nil, false, err
		}
		if !good {
			lines = append(lines, l)
		}
	}
	slices.SortFunc(lines, func(a, b Line) int { return cmp.Compare(a.Seq, b.Seq) })
	return lines, len(parked) == stuckLines || len(rejected) == stuckLines, nil
}

// madeGood reports whether the author of a rejected change has had a later one of the same record taken (P7).
func madeGood(r Reader, l Line) (bool, error) {
	history, err := r.History(l.Entity)
	return slices.ContainsFunc(history, func(h Line) bool {
		return h.Seq > l.Seq && h.Account == l.Account && h.Outcome.Outcome != change.Rejected && h.Outcome.Outcome != change.Parked &&
			h.Outcome.Outcome != change.Stale
	}), err
}

type stuckAt struct {
	account, unit string
	outcome       change.Result
	code          record.Code
}

type stuckGroup struct {
	Stuck
	seen map[string]bool
}

type gathering struct {
	r      Reader
	w      *world
	actor  record.Actor
	groups map[stuckAt]*stuckGroup
	order  []stuckAt
	actors map[string]record.Actor
}

func (g *gathering) take(l Line) error {
	c, err := change.Decode(l.Bytes)
	if err != nil {
		c = nil // unreadable: all that is known is whose it is
	}
	rec, unit, err := g.place(l, c)
	if err != nil {
		return err
	}
	rel := access.To(g.actor, g.w.places, unit, "")
	if rel < access.Higher {
		return nil
	}
	at := stuckAt{l.Account, unit, l.Outcome.Outcome, l.Outcome.Code}
	group := g.groups[at]
	if group == nil {
		group = &stuckGroup{Stuck{Account: at.account, Unit: at.unit, Outcome: at.outcome, Code: at.code, Since: l.Received}, map[string]bool{}}
		g.groups[at] = group
		g.order = append(g.order, at)
	}
	group.Changes++
	entity := l.Entity
	if entity == "" || group.seen[entity] {
		return nil
	}
	group.seen[entity] = true
	group.Records++
	if rel < access.Above || len(group.Items) == stuckItems {
		return nil // higher levels get their number
	}
	group.Items = append(group.Items, g.item(rel, l, c, rec))
	return nil
}

// place is the record that a line is about, nil where there is none, and the unit whose people should know: the record's,
// or the one that the line names if its author works or worked there, or else the author's own.
func (g *gathering) place(l Line, c *change.Change) (*record.Record, string, error) {
	author, known := g.actors[l.Account]
	if !known {
		var err error
		if author, err = g.r.Actor(l.Account); err != nil {
			return nil, "", err
		}
		g.actors[l.Account] = author
	}
	var rec *record.Record
	if l.Entity != "" {
		var err error
		if rec, err = g.r.Record(l.Entity); err != nil {
			return nil, "", err
		}
	}
	units := slices.Clone(author.Past)
	for i, s := range author.Seats {
		units = slices.Insert(units, i, s.Unit)
	}
	switch {
	case rec != nil && slices.Contains(units, rec.Unit):
		return rec, rec.Unit, nil
	case c != nil && slices.Contains(units, c.Unit):
		return rec, c.Unit, nil
	case len(units) > 0:
		return rec, units[0], nil
	}
	return rec, "", nil
}

func (g *gathering) item(rel access.Relation, l Line, c *change.Change, rec *record.Record) StuckItem {
	item := StuckItem{Entity: l.Entity, Field: l.Outcome.Field, At: l.Received, Stub: true}
	if c == nil {
		return item
	}
	item.Type = c.Type
	seen := rec
	if seen == nil { // a create that took no effect: what it would have made
		sheet := g.w.sheet(c.Type, c.Form)
		if sheet == nil || c.Kind != change.Create {
			return item
		}
		content := c.Fields.Clone()
		seen = &record.Record{Type: c.Type, ID: c.Entity, Unit: c.Unit, Form: c.Form, Content: content, Author: l.Account,
			State: "draft", Sensitive: c.Type == record.Entry && sheet.IsSensitive(content)}
		if c.Event != "" {
			seen.State = "submitted"
		}
	}
	if access.As(rel, seen) != access.Whole {
		item.Field = ""
		return item
	}
	item.Stub, item.Form, item.Day = false, seen.Form, seen.Content[catalogue.KeyOccurredOn].String()
	item.Sensitive = seen.Sensitive
	return item
}

func (g *gathering) list() []Stuck {
	out := make([]Stuck, 0, len(g.order))
	for _, at := range g.order {
		out = append(out, g.groups[at].Stuck)
	}
	return out
}
