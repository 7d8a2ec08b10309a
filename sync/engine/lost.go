package engine

import (
	"slices"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

const versionCause = "version:"

// versionOf names the cause of what waits for a content of a record.
func versionOf(entity, version string) string { return versionCause + entity + ":" + version }

// holds reports whether what is parked holds up later changes of its record (S8). What waits for a version does not:
// the change that makes it may be among them (S23).
func (p Parked) holds() bool { return !strings.HasPrefix(p.WaitsFor, versionCause) }

// restored reports whether the server's log began with a restore, as each does that goes on after one.
func restored(r Reader, epoch string) (bool, error) {
	l, err := r.Line(epoch, 1)
	if err != nil || l == nil {
		return false, err
	}
	own, err := parseOwn(l.Bytes)
	return err == nil && own.Kind == kindRestored, err
}

// lost reports whether a decision is about a content that this server had and has no more, since it was restored from
// a copy: then the phone that wrote it sends it again (S23). What only the reviewer's own phone has ever shown, because
// her edit was merged into another content here, does not come back.
func (s *session) lost(actor record.Actor, c *change.Change, rec *record.Record) (bool, error) {
	if !s.restored || c.Trunk == "" || c.Trunk == rec.ApprovedVersion {
		return false, nil
	}
	known, err := s.tx.Version(rec.ID, c.Trunk)
	if err != nil || known != nil {
		return false, err
	}
	lines, err := s.tx.History(rec.ID)
	return !slices.ContainsFunc(lines, func(l Line) bool {
		if l.Account != actor.Account {
			return false
		}
		own, err := change.Decode(l.Bytes)
		return err == nil && own.Kind != change.Transition
	}), err
}
