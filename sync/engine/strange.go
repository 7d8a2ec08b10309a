package engine

import (
	"maps"

	"niangjia/sync/change"
)

// receipt answers a push of another protocol (S22): what was taken, in the half of the answer that is the same for
// ever. It is given no rows, and is told that there are more: a phone that believed to have all of them would no longer
// show what it has just sent.
func (s *session) receipt(ask asking, to *change.Answer) error {
	log, err := s.tx.Log(ask.head.Epoch)
	if err != nil {
		return err
	}
	actor, err := s.tx.Actor(ask.Account)
	if err != nil {
		return err
	}
	ask.tell(to, log, actor, s.world)
	to.Protocol = ask.head.Protocol
	to.Pull = change.Page{Rows: []change.Row{}, Cursors: maps.Clone(ask.head.Cursors), More: true}
	return nil
}
