package phone

import (
	"maps"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/merge"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// Row is the server's row of a record, nil where none has come; of two feeds a whole row wins over a stub (W6), and then
// the newer one. It belongs to the phone.
func (p *Phone) Row(entity string) *change.Row {
	var best *change.Row
	for _, feed := range p.feeds {
		if row, ok := feed[entity]; ok && (best == nil || better(row, best)) {
			best = row
		}
	}
	return best
}

func better(a, b *change.Row) bool {
	switch {
	case a.Stub != b.Stub:
		return b.Stub
	case a.UpdatedAt != b.UpdatedAt:
		return a.UpdatedAt > b.UpdatedAt
	}
	return a.Feed < b.Feed
}

// Entities lists the records that the phone shows, by id.
func (p *Phone) Entities() []string {
	ids := map[string]bool{}
	for _, feed := range p.feeds {
		for id := range feed {
			ids[id] = true
		}
	}
	for i := range p.log {
		if l := &p.log[i]; p.laid(l) {
			ids[l.change.Entity] = true
		}
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// laid reports whether a change of this log is still to be laid over the
// server's rows: the rows do not yet have it, or the server has put it aside
// and no newer row says that it has taken it since.
func (p *Phone) laid(l *line) bool {
	c := l.change
	o, told := p.outcomes[c.N]
	switch {
	case told && (o.Outcome == change.Rejected || o.Outcome == change.Stale):
		return false
	case c.N > p.settled:
		return true
	case !told || o.Outcome != change.Parked:
		return false
	}
	row := p.Row(c.Entity)
	return row == nil || c.Kind != change.Create && row.UpdatedAt <= l.acked
}

// Record is what the screen shows: the server's row with this phone's pending
// changes laid over it (P2); nil for what it does not have. A stub is shown
// without content.
func (p *Phone) Record(entity string) *record.Record {
	row := p.Row(entity)
	var shown *record.Record
	if row != nil {
		shown = fromRow(row)
	}
	stub := row != nil && row.Stub
	var own record.Content
	for _, n := range p.of[entity] {
		l := p.at(n)
		switch c := l.change; {
		case !p.laid(l):
		case c.Kind == change.Create:
			if row == nil || row.Stub { // what came back is what the create made, and what others did to it since
				shown, stub = p.made(c), false
				own = maps.Clone(shown.Content)
			}
		case shown == nil || stub: // nothing to lay it over
		case c.Kind == change.Patch:
			if own == nil {
				own = p.own(entity)
			}
			shown = p.edited(shown, l, own)
		default:
			shown = p.moved(shown, c)
		}
	}
	return shown
}

// own are the values that this phone's confirmed changes wrote last: a row does not say who wrote a field (M3).
func (p *Phone) own(entity string) record.Content {
	own := record.Content{}
	for _, n := range p.of[entity] {
		if n > p.through || p.outcomes[n].Outcome == change.Rejected {
			continue
		}
		for f, v := range p.at(n).change.Fields {
			own[f] = v
		}
	}
	return own
}

// said are the choices, or attachments, that this phone's log has put into a field since the version that came (M5).
func (p *Phone) said(c *change.Change, field string) []string {
	var out []string
	for _, n := range p.of[c.Entity] {
		before := p.at(n).change
		o := p.outcomes[n].Outcome
		if n < c.N && before.Kind != change.Transition && before.Trunk == c.Trunk && o != change.Rejected && o != change.Parked {
			out = append(out, before.Fields[field].Strings()...)
		}
	}
	return out
}

func fromRow(row *change.Row) *record.Record {
	r := &record.Record{
		Type: row.Type, ID: row.Entity, Unit: row.Unit, Author: row.Author, Form: row.Form, FormVersion: row.FormVersion,
		State: row.State, Content: row.Content, Version: row.Version, Writers: map[string]record.Writer{},
		Approved: row.Approved, ApprovedVersion: row.ApprovedVersion, ApprovedBy: row.ApprovedBy, ApprovedAt: row.ApprovedAt,
		Conflicts: row.Conflicts, Reason: row.Reason, Refused: row.Refused, Disclosures: row.Disclosures, Flags: row.Flags, Case: row.Case,
		Sensitive: row.Sensitive, Urgent: row.Urgent,
		SubmittedAt: row.SubmittedAt, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	if r.Approved == nil && row.ApprovedVersion != "" {
		r.Approved = row.Content // left out of the row because it is the same
	}
	return r
}

// moved lays an event over what is shown so far (R).
func (p *Phone) moved(shown *record.Record, c *change.Change) *record.Record {
	next := *shown
	if to, ok := review.Next(shown.State, c.Event, p.party(shown, c)); ok && (!c.Event.Decision() || c.Trunk == shown.Version) {
		next.State = to
		next.UpdatedAt = c.At
		if c.Event == review.Refuse {
			next.Content, next.Version, next.Conflicts = shown.Approved, shown.ApprovedVersion, nil
		}
		if c.Event == review.Approve {
			next.Approved, next.ApprovedVersion, next.ApprovedBy = shown.Content, shown.Version, p.account
		}
	}
	return &next
}

func (p *Phone) made(c *change.Change) *record.Record {
	r := &record.Record{
		Type: c.Type, ID: c.Entity, Unit: c.Unit, Author: p.account, Epoch: p.epoch, Form: c.Form, FormVersion: c.FormVersion,
		State: record.Active, Content: record.Content{}, Writers: map[string]record.Writer{}, CreatedAt: c.At, UpdatedAt: c.At,
	}
	for k, v := range c.Fields {
		if v != "" {
			r.Content[k] = v
			r.Writers[k] = record.Writer{Epoch: p.epoch, Account: p.account}
		}
	}
	r.Version = r.Content.Version()
	if c.Type == record.Entry {
		r.State = review.Draft
		if c.Event == review.Submit {
			r.State = review.Submitted
		}
		if form := p.cat.Form(c.Form); form != nil {
			r.Sensitive, r.Urgent = form.IsSensitive(r.Content), form.IsUrgent(r.Content)
		}
	}
	return r
}

// edited lays a patch over what is shown so far (M); one that the server would refuse changes nothing.
func (p *Phone) edited(shown *record.Record, l *line, own record.Content) *record.Record {
	c := l.change
	state, ok := shown.State, true
	if shown.Type == record.Entry {
		state, ok = review.Next(shown.State, review.Edit, review.ByAuthor)
	}
	if !ok || len(c.Resolve) > 0 && c.Trunk != shown.Version { // M7
		return shown
	}
	sheet := p.cat.Register(string(shown.Type))
	if shown.Type == record.Entry {
		sheet = p.cat.Form(shown.Form)
	}
	meets := func(string) merge.Shape { return merge.Shape{} }
	if sheet != nil {
		meets = sheet.Meets
	}
	current := *shown
	current.Writers = map[string]record.Writer{}
	for f, v := range own {
		if v == shown.Content[f] {
			current.Writers[f] = record.Writer{Epoch: p.epoch, Account: p.account}
		}
	}
	m := merge.Merge(&current, l.trunk, merge.Patch{
		Epoch: p.epoch, Account: p.account, At: c.At, Fields: c.Fields, Resolve: c.Resolve,
		Said: func(field string) []string { return p.said(c, field) },
	}, meets)
	for f := range c.Fields {
		if m.Content[f] != shown.Content[f] {
			own[f] = m.Content[f]
		}
	}
	next := *shown
	next.Content, next.Writers, next.Conflicts, next.Version = m.Content, m.Writers, m.Conflicts, m.Content.Version()
	next.UpdatedAt = c.At
	if shown.Type != record.Entry {
		return &next
	}
	if shown.State == review.Approved {
		if !m.Changed && !m.Conflict {
			return shown
		}
		next.Approved = shown.Content // it goes on counting
		if next.ApprovedVersion == "" {
			next.ApprovedVersion = shown.Version
		}
	}
	if next.State = state; state == review.Amended && next.Version == next.ApprovedVersion && len(next.Conflicts) == 0 {
		next.State = review.Approved // R5
	}
	if c.Event == review.Submit {
		if to, ok := review.Next(next.State, review.Submit, review.ByAuthor); ok {
			next.State = to
		}
	}
	return &next
}

// party is how this account stands to a record. The phone need not know its
// seats: what carries `submit` is an author's (R6), and so is what edits her own.
func (p *Phone) party(r *record.Record, c *change.Change) review.Party {
	if r.Author == p.account || c.Event == review.Submit || c.Event == review.Withdraw {
		return review.ByAuthor
	}
	return review.ByReviewer
}
