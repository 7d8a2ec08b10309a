package engine

import (
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// begin is a log of which the ledger has no line yet: it starts at 1, or after
// the line of the same account's other log that it continues (S17). One that
// continues what is not there starts at 1 too, and so leaves a gap (S3).
func (s *session) begin(log Log, first prepared) (Log, error) {
	if first.err != nil || first.change.After == nil {
		return log, nil
	}
	a := *first.change.After
	parent, err := s.tx.Log(a.Epoch)
	if err != nil || a.N < 1 || parent.Epoch != "" && parent.Account != log.Account {
		return log, err
	}
	if a.Lost > 0 { // neither has what lies between: the log goes on without it
		if a.Lost <= a.N {
			log.Through, log.Chain, log.Durable = a.N, first.change.Prev, inherit(parent.Durable, a.N)
		}
		return log, nil
	}
	line, err := s.tx.Line(a.Epoch, a.N)
	if err == nil && line != nil && line.Hash == first.change.Prev {
		log.Through, log.Chain, log.Durable = a.N, line.Hash, inherit(parent.Durable, a.N)
	}
	return log, err
}

// saw reports whether a change's author has seen what a writer wrote last in a
// field: her own log wrote it, or the part of another log that hers continues (M3).
func (s *session) saw(c *change.Change, field string, w record.Writer) (bool, error) {
	for after := c.After; after != nil; {
		if after.Epoch == w.Epoch {
			later, err := s.wroteAfter(c.Entity, field, after)
			return !later, err
		}
		line, err := s.tx.Line(after.Epoch, after.N)
		if err != nil || line == nil {
			return false, err
		}
		before, err := change.Decode(line.Bytes)
		if err != nil {
			return false, nil //nolint:nilerr // an unreadable line continues nothing
		}
		after = before.After
	}
	return false, nil
}

// wroteAfter reports whether a log wrote a field of a record after the number at which another log left it.
func (s *session) wroteAfter(entity, field string, left *change.After) (bool, error) {
	lines, err := s.tx.History(entity)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(lines, func(l Line) bool {
		if l.Epoch != left.Epoch || l.N <= left.N || l.Outcome.Outcome == change.Rejected || l.Outcome.Outcome == change.Parked {
			return false
		}
		c, err := change.Decode(l.Bytes)
		if err != nil {
			return false
		}
		_, named := c.Fields[field]
		return named
	}), nil
}

// said are the choices, or attachments, that a change's own log has put into a field of its record since the version that
// its author saw (M5): what stood on her screen, whether or not the server knew of it. What another log has put there
// too is that one's, which she may not have seen.
func (s *session) said(c *change.Change, field string) ([]string, error) {
	parts, err := s.parts(c)
	if err != nil {
		return nil, err
	}
	lines, err := s.tx.History(c.Entity)
	if err != nil {
		return nil, err
	}
	var out []string
	others := map[string]bool{}
	for _, l := range lines {
		if l.Outcome.Outcome == change.Rejected || l.Outcome.Outcome == change.Parked {
			continue
		}
		before, err := change.Decode(l.Bytes)
		if err != nil || before.Kind == change.Transition {
			continue
		}
		switch upTo, hers := parts[l.Epoch]; {
		case !hers:
			for _, x := range before.Fields[field].Strings() {
				others[x] = true
			}
		case l.N <= upTo && before.Trunk == c.Trunk:
			out = append(out, before.Fields[field].Strings()...)
		}
	}
	return slices.DeleteFunc(out, func(x string) bool { return others[x] }), nil
}

// parts are the epochs of a change's log with the last number of each that came before it.
func (s *session) parts(c *change.Change) (map[string]int64, error) {
	out := map[string]int64{c.Epoch: c.N - 1}
	for after := c.After; after != nil; {
		if _, known := out[after.Epoch]; known {
			break
		}
		out[after.Epoch] = after.N
		line, err := s.tx.Line(after.Epoch, after.N)
		if err != nil || line == nil {
			return out, err
		}
		before, err := change.Decode(line.Bytes)
		if err != nil {
			break // an unreadable line continues nothing
		}
		after = before.After
	}
	return out, nil
}
