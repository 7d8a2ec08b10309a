package memory

import (
	"slices"
	"sort"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

type reader struct{ d *data }

func (r reader) Meta(key string) (string, error)          { return r.d.meta[key], nil }
func (r reader) Divisions() ([]record.Division, error)    { return slices.Clone(r.d.divisions), nil }
func (r reader) Log(epoch string) (engine.Log, error)     { return r.d.logs[epoch], nil }
func (r reader) LastSeq() (int64, error)                  { return int64(len(r.d.ledger)), nil }
func (r reader) Record(id string) (*record.Record, error) { return r.d.records[id], nil }
func (r reader) FeedHead(feed string) (int64, error)      { return r.d.feeds[feed].Head, nil }
func (r reader) Uncounted(int) ([]string, error)          { return nil, nil } // all are counted from their first row
func (r reader) Version(id, v string) (record.Content, error) {
	return r.d.versions[versionOf{id, v}], nil
}
func (r reader) Contributions(id string) ([]totals.Contribution, error) {
	return slices.Clone(r.d.contributions[id]), nil
}

func (r reader) Feeds(ids []string) (map[string]engine.Feed, error) {
	out := map[string]engine.Feed{}
	for _, id := range ids {
		if f, ok := r.d.feeds[id]; ok {
			out[id] = f
		}
	}
	return out, nil
}

func (r reader) Marks(until record.Instant, limit int) ([]engine.Mark, error) {
	var out []engine.Mark
	for _, feed := range sortedKeys(r.d.marks) {
		for _, m := range r.d.marks[feed] {
			if m.At <= until {
				out = append(out, m)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At < out[j].At })
	return out[:min(limit, len(out))], nil
}

func (r reader) Actor(account string) (record.Actor, error) {
	if a, ok := r.d.actors[account]; ok {
		return a, nil
	}
	return record.Actor{Account: account}, nil
}

func (r reader) ReviewersAt(unit string) ([]string, error) {
	var out []string
	for _, account := range sortedKeys(r.d.actors) {
		if r.d.actors[account].Has(record.Reviewer, unit) {
			out = append(out, account)
		}
	}
	return out, nil
}

func (r reader) Line(epoch string, n int64) (*engine.Line, error) {
	i, ok := r.d.byNumber[number{epoch, n}]
	if !ok {
		return nil, nil
	}
	l := r.d.ledger[i]
	return &l, nil
}

func (r reader) LogsOf(prefix string) ([]engine.Log, error) {
	var out []engine.Log
	for _, epoch := range sortedKeys(r.d.logs) {
		if strings.HasPrefix(epoch, prefix) {
			out = append(out, r.d.logs[epoch])
		}
	}
	return out, nil
}

func (r reader) AllParked(limit int) ([]engine.Parked, error) {
	out := make([]engine.Parked, 0, len(r.d.parked))
	for _, p := range r.d.parked {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b engine.Parked) int { return int(b.Seq - a.Seq) })
	return out[:min(limit, len(out))], nil
}

func (r reader) Rejected(limit int) ([]engine.Line, error) {
	var out []engine.Line
	for i := len(r.d.ledger) - 1; i >= 0 && len(out) < limit; i-- {
		if l := r.d.ledger[i]; l.Account != "" && l.Outcome.Outcome == change.Rejected {
			out = append(out, l)
		}
	}
	return out, nil
}

func (r reader) Lines(f func(engine.Line) error) error {
	for _, l := range r.d.ledger {
		if err := f(l); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) LineAt(seq int64) (*engine.Line, error) {
	if seq < 1 || seq > int64(len(r.d.ledger)) {
		return nil, nil
	}
	l := r.d.ledger[seq-1]
	return &l, nil
}

func (r reader) History(entity string) ([]engine.Line, error) {
	var out []engine.Line
	if entity == "" {
		return nil, nil
	}
	for _, i := range r.d.byEntity[entity] {
		out = append(out, r.d.ledger[i])
	}
	return out, nil
}

func (r reader) Records(f func(*record.Record) error) error {
	for _, id := range sortedKeys(r.d.records) {
		if err := f(r.d.records[id]); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) EntriesOf(forms []string) (n int64, err error) {
	for _, rec := range r.d.records {
		if rec.Type == record.Entry && slices.Contains(forms, rec.Form) {
			n++
		}
	}
	return n, nil
}

func (r reader) Begun(after, upTo int64, forms []string, limit int) ([]engine.Begun, error) {
	var out []engine.Begun
	for i := int(after); i < int(min(upTo, int64(len(r.d.ledger)))) && len(out) < limit; i++ {
		id := r.d.ledger[i].Entity
		if id == "" || r.d.byEntity[id][0] != i {
			continue
		}
		if rec := r.d.records[id]; rec != nil && rec.Type == record.Entry && slices.Contains(forms, rec.Form) {
			out = append(out, engine.Begun{Seq: int64(i + 1), Entity: id})
		}
	}
	return out, nil
}

func (r reader) list(keep func(*record.Record) bool) []*record.Record {
	var out []*record.Record
	for _, id := range sortedKeys(r.d.records) {
		if rec := r.d.records[id]; keep(rec) {
			out = append(out, rec)
		}
	}
	return out
}

func (r reader) about(form, household string, keep func(*record.Record) bool) ([]*record.Record, error) {
	var out []*record.Record
	for _, id := range r.d.counting[about{form, household}] {
		if rec := r.d.records[id]; household != "" && keep(rec) {
			out = append(out, rec)
		}
	}
	return out, nil
}

func (r reader) Counting(form, household, from, to string) ([]*record.Record, error) {
	return r.about(form, household, func(rec *record.Record) bool {
		day := rec.Approved[catalogue.KeyOccurredOn].String()
		return day >= from && day <= to
	})
}

func (r reader) Due(form, household, from string) ([]*record.Record, error) {
	return r.about(form, household, func(rec *record.Record) bool { return rec.DueOn != "" && rec.DueOn >= from })
}

func (r reader) Following(id string) ([]*record.Record, error) {
	var out []*record.Record
	for _, follower := range slices.Sorted(slices.Values(r.d.following[id])) {
		out = append(out, r.d.records[follower])
	}
	return out, nil
}

func (r reader) Pressing() ([]*record.Record, error) {
	out := r.list(func(rec *record.Record) bool { return rec.Urgent && engine.Waits(rec.State) })
	sort.SliceStable(out, func(i, j int) bool { return out[i].Unit < out[j].Unit })
	return out, nil
}

func (r reader) Undecided(units []string) ([]*record.Record, error) {
	out := r.list(func(rec *record.Record) bool { return engine.Waits(rec.State) && slices.Contains(units, rec.Unit) })
	sort.SliceStable(out, func(i, j int) bool { return out[i].Unit < out[j].Unit })
	return out, nil
}

func (r reader) parked(numbers []number) ([]engine.Parked, error) {
	var out []engine.Parked
	for _, n := range numbers {
		out = append(out, r.d.parked[n])
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Seq < out[j].Seq })
	return out, nil
}

func (r reader) ParkedOn(cause string) ([]engine.Parked, error)  { return r.parked(r.d.waiting[cause]) }
func (r reader) ParkedOf(entity string) ([]engine.Parked, error) { return r.parked(r.d.held[entity]) }

func (r reader) FeedRows(feed string, after int64, limit int) ([]engine.FeedRow, error) {
	var out []engine.FeedRow
	places := r.d.places[feed]
	from := sort.Search(len(places), func(i int) bool { return places[i].seq > after })
	for _, p := range places[from:] {
		row := r.d.rows[inFeed{feed, p.entity}]
		if row.seq != p.seq { // it has moved on
			continue
		}
		if len(out) == limit {
			break
		}
		fr := engine.FeedRow{Seq: p.seq, Entity: p.entity, Type: row.typ, View: row.view}
		if row.view != engine.Gone {
			fr.Record = r.d.records[p.entity]
		}
		out = append(out, fr)
	}
	return out, nil
}

func (r reader) PackedRows(feed string, after int64, limit int) ([]engine.FeedRow, error) {
	return r.FeedRows(feed, after, limit)
}
