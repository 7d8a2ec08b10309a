package report

import (
	"context"
	"encoding/json"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// Job is the counting of what has changed since a report's mark: the log is replayed up to it, which takes a minute for some
// hundred thousand lines.
type Job struct {
	Done, All int64 // lines of the log
	Err       error
	Over      bool
	of        int64 // the version
	// Holds reports whether the figures that are kept are still those that the log gives.
	Holds bool
	found *report.Restatement
}

// Restated is what has changed, as one reader is told it.
type Restated struct {
	Version int64
	Seq     int64 // of the ledger: what came later is not in it
	AsOf    record.Instant
	Holds   bool
	Figures []report.Shift
	Entries []report.Changed
	Hidden  int64 // entries that she may not see
	More    int64
}

// maxJobs is how many are remembered.
const maxJobs = 8

// Restate begins to count what has changed since a report's figures were taken; where that is under way it says how far it is.
func (s *Service) Restate(ctx context.Context, who record.Actor, id string) (Job, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return Job{}, err
	}
	counts, err := s.Store.Counts(ctx, id, v.Counted)
	if err != nil {
		return Job{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs[id]; j != nil && !j.Over {
		return *j, nil
	}
	for other, old := range s.jobs { // a found one may have some thousand entries
		if old.Over && len(s.jobs) >= maxJobs {
			delete(s.jobs, other)
		}
	}
	j := &Job{of: v.N, All: counts.Mark.Seq}
	s.jobs[id] = j
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		found, holds, err := s.restate(s.ends, k, counts, func(done, all int64) {
			s.mu.Lock()
			defer s.mu.Unlock()
			j.Done = max(j.Done, done)
		})
		s.mu.Lock()
		defer s.mu.Unlock()
		j.found, j.Holds, j.Err, j.Over = found, holds, err, true
	}()
	return *j, nil
}

// Close ends what is under way.
func (s *Service) Close() {
	s.end()
	s.wait.Wait()
}

func (s *Service) restate(ctx context.Context, k *Kept, counts *report.Counted, progress func(done, all int64)) (r *report.Restatement, holds bool, err error) {
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	then, done, err := s.Replay(ctx, counts.Mark, progress)
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if closing := done(); err == nil {
			err = closing
		}
	}()
	if r, err = s.Log.Restate(ctx, then, counts.Mark, k.Unit, k.From, k.To, nil); err != nil {
		return nil, false, err
	}
	a, err1 := json.Marshal(counts)
	b, err2 := json.Marshal(r.Then)
	return r, err1 == nil && err2 == nil && slices.Equal(a, b), nil
}

// RestatedOf tells what was counted, nil while it is under way or was never begun.
func (s *Service) RestatedOf(ctx context.Context, who record.Actor, id string) (Job, *Restated, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return Job{}, nil, err
	}
	s.mu.Lock()
	var j Job
	if known := s.jobs[id]; known != nil {
		j = *known
	}
	s.mu.Unlock()
	if j.Err != nil {
		return j, nil, j.Err
	}
	if j.found == nil || j.of != v.N {
		return j, nil, nil
	}
	t, cat, err := s.template(ctx, k.Unit)
	if err != nil {
		return j, nil, err
	}
	out := &Restated{Version: v.N, Seq: j.found.Now.Mark.Seq, AsOf: j.found.Now.Mark.At, Holds: j.Holds, More: j.found.More, Entries: []report.Changed{}}
	seats := report.SeatsOf(who, s.Log.Places(), k.Unit)
	out.Figures = report.Shifts(v.Document, report.NumbersOf(t, cat, j.found.Then, nil), report.NumbersOf(t, cat, j.found.Now, nil), seats)
	for _, e := range j.found.Entries {
		one, seen, err := s.told(ctx, who, e)
		if err != nil {
			return j, nil, err
		}
		if !seen {
			out.Hidden++
			continue
		}
		out.Entries = append(out.Entries, one)
	}
	return j, out, nil
}

// told is a changed entry as a reader may know of it: with the reasons, which may speak of people, where she may read all of
// it.
func (s *Service) told(ctx context.Context, who record.Actor, e report.Changed) (report.Changed, bool, error) {
	v, err := s.Log.Entry(ctx, who, e.Entity)
	if err != nil {
		if coded, is := err.(*record.Error); is && (coded.Code == record.NotFound || coded.Code == record.Forbidden) {
			return e, false, nil
		}
		return e, false, err
	}
	if v.View < access.Masked {
		return e, false, nil
	}
	if v.View < access.Online {
		e.Acts = slices.Clone(e.Acts)
		for i := range e.Acts {
			e.Acts[i].Reason = ""
		}
	}
	return e, true, nil
}

// Differences are the figures of a document that counts do not give.
func (s *Service) Differences(ctx context.Context, d *report.Document, counts *report.Counted) ([]report.Difference, error) {
	t, cat, err := s.template(ctx, d.Unit.Code)
	if err != nil {
		return nil, err
	}
	return report.NumbersOf(t, cat, counts, nil).Differences(d), nil
}
