package engine

import (
	"context"
	"math"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

func hashOf(line []byte) string { return change.Hash(line) }

// Who pushes: the signed-in account, and the device it is signed in on. Actor
// is what the account may do as of this request, nil where that is not known yet.
// Packed takes rows as they travel (change.Row). Turn is waited for before rows
// are read, and nothing is waited for where it is nil: whoever answers many at
// once bounds by it how many pages there are at a time.
type Who struct {
	Account string
	Device  string
	Actor   *record.Actor
	Packed  bool
	Turn    func(context.Context) error
}

// prepared is a line with all that can be known of it outside the writer's lock.
type prepared struct {
	bytes  []byte
	hash   string
	change *change.Change
	err    *record.Error
	filled *filled // of a create whose form was known
}

// filled is a create's content as a form takes it.
type filled struct {
	sheet   *catalogue.Form
	content record.Content
	version string
	bad     *record.Error
}

func fill(sheet *catalogue.Form, c *change.Change) *filled {
	f := &filled{sheet: sheet}
	if f.content, f.bad = sheet.NormaliseFrom(c.Fields, c.FormVersion); f.bad != nil {
		return f
	}
	for k, v := range f.content {
		if v == "" {
			delete(f.content, k)
		}
	}
	f.version = f.content.Version()
	return f
}

func prepare(line []byte) prepared {
	p := prepared{bytes: line, hash: hashOf(line)}
	c, err := change.Decode(line)
	p.change = c
	if err != nil {
		e, ok := err.(*record.Error)
		if !ok {
			e = &record.Error{Code: record.Unreadable, Err: err}
		}
		p.err = e
	}
	return p
}

// Sync is one exchange (W3): it takes the changes of a push and answers with
// their outcomes and a page of what is new for this account. The error is a
// *record.Error for what the phone did wrong (fork, foreign_epoch, …).
func (e *Engine) Sync(ctx context.Context, who Who, head change.Head, lines [][]byte) (*change.Answer, error) {
	// S22: changes are taken from whatever app; what it does not understand is only withheld from it.
	strange := head.Protocol != change.Protocol
	if strange && len(lines) == 0 {
		return nil, record.Errorf(record.UpgradeRequired, "protocol %d", head.Protocol)
	}
	if len(lines) > 0 && (!record.ValidID(head.Epoch) || head.From < 1) {
		return nil, record.Errorf(record.BadRequest, "head without epoch or number")
	}
	if len(lines) > change.MaxLines {
		lines = lines[:change.MaxLines] // W7: `through` tells the phone to go on
	}
	ready := make([]prepared, len(lines))
	w := e.world.Load() // another may be in force when the lines are decided: then they are filled again
	for i, l := range lines {
		ready[i] = prepare(l)
		if c := ready[i].change; ready[i].err == nil && c.Kind == change.Create {
			if sheet := w.sheet(c.Type, c.Form); sheet != nil {
				ready[i].filled = fill(sheet, c)
			}
		}
	}
	now := e.opt.Now()

	answer := &change.Answer{Protocol: change.Protocol, ServerEpoch: e.epoch, ServerTime: now, Names: map[string]string{},
		Push: change.Receipt{Outcomes: []change.Outcome{}}}
	ask := asking{Who: who, head: head}
	if head.ServerEpoch != "" && head.ServerEpoch != e.epoch {
		ask.head.Cursors = nil
		if head.Bases != nil {
			ask.head.Bases = map[string]int64{}
		}
	}
	told := false
	if len(lines) > 0 {
		var refused error
		err := e.store.Update(ctx, func(tx Tx) error {
			s, err := e.session(tx, now)
			if err != nil {
				return err
			}
			if answer.Push.Outcomes, refused, err = s.push(who, head, ready); err != nil || refused != nil {
				return err
			}
			if strange {
				told = true
				return s.receipt(ask, answer)
			}
			told, err = ask.unmoved(tx, s.world, answer)
			return err
		})
		if err != nil {
			return nil, &record.Error{Code: record.Unavailable, Err: err}
		}
		if refused != nil {
			return nil, refused
		}
	}
	if told {
		return answer, nil
	}
	if err := e.answer(ctx, ask, answer, len(lines) == 0); err != nil {
		return nil, &record.Error{Code: record.Unavailable, Err: err}
	}
	return answer, nil
}

// push decides every line in order. refused is for the phone, and then nothing
// has been written; err is the store's and ends the transaction.
func (s *session) push(who Who, head change.Head, lines []prepared) (outcomes []change.Outcome, refused, err error) {
	outcomes = []change.Outcome{}
	log, err := s.tx.Log(head.Epoch)
	if err != nil {
		return nil, nil, err
	}
	if log.Epoch == "" && len(lines) > 0 {
		if log, err = s.begin(Log{Account: who.Account, Device: who.Device}, lines[0]); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case head.Epoch == s.epoch, log.Epoch != "" && (log.Account != who.Account || log.Device != who.Device):
		return nil, record.Errorf(record.ForeignEpoch, "epoch %s", head.Epoch), nil // S5
	case head.From > log.Through+1:
		return outcomes, nil, nil // S3
	}
	log.Epoch = head.Epoch

	// S2: what the ledger already has, before anything is written.
	known, common := 0, &change.Fork{Common: head.From - 1}
	if common.Common == log.Through {
		common.Chain = log.Chain
	} else if common.Common > 0 {
		if before, err := s.tx.Line(head.Epoch, common.Common); err != nil {
			return nil, nil, err
		} else if before != nil {
			common.Chain = before.Hash
		}
	}
	for known < len(lines) && head.From+int64(known) <= log.Through {
		line, err := s.tx.Line(head.Epoch, head.From+int64(known))
		if err != nil {
			return nil, nil, err
		}
		if line == nil || line.Hash != lines[known].hash {
			return nil, &record.Error{Code: record.Fork, Err: common}, nil
		}
		common.Common, common.Chain = line.N, line.Hash
		outcomes = append(outcomes, line.Outcome)
		known++
	}
	if known == len(lines) {
		return outcomes, nil, nil
	}

	// S2: where this server was lost, a clone may have come first, and this phone's line continues another than the one that
	// stands here. Nothing is taken yet: the phone sees by the chain of the answer whether its log is another one, and sends
	// what is to be compared. A line that is itself garbled comes again, and is taken and rejected then (S4).
	if known == 0 && head.From > 1 && head.ServerEpoch != s.epoch && lines[0].err == nil && lines[0].change.Prev != log.Chain {
		return outcomes, nil, nil
	}

	actor, err := s.tx.Actor(who.Account)
	if err != nil {
		return nil, nil, err
	}
	for i := known; i < len(lines); i++ {
		o, err := s.line(&log, actor, lines[i])
		if err != nil {
			return nil, nil, err
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil, s.tx.PutLog(log)
}

// line gives one line its place in the ledger and its outcome (S1, S4).
func (s *session) line(log *Log, actor record.Actor, p prepared) (change.Outcome, error) {
	n := log.Through + 1
	c := p.change
	bad := p.err
	switch {
	case bad != nil: // nothing else that it says can be relied on
	case c.Epoch != log.Epoch || c.N != n:
		bad = &record.Error{Code: record.BadNumber}
	case c.Prev != log.Chain:
		bad = &record.Error{Code: record.BadChain}
	}
	entity := ""
	if c != nil && record.ValidID(c.Entity) {
		entity = c.Entity
	}

	// The line takes its place first: a change that it releases comes after it.
	line := Line{Epoch: log.Epoch, N: n, Hash: p.hash, Bytes: p.bytes, Entity: entity, Account: actor.Account, Received: s.now}
	log.Through, log.Chain = n, p.hash
	var res result
	var err error
	if bad != nil {
		res = reject(bad.Code, bad.Field)
	} else if res, err = s.decide(actor, p, math.MaxInt64); err != nil {
		return change.Outcome{}, err
	}
	line.Outcome = res.outcome(n)
	seq, err := s.tx.AppendLine(line)
	if err != nil {
		return line.Outcome, err
	}
	if res.result == change.Parked {
		err = s.tx.PutParked(Parked{Seq: seq, Epoch: log.Epoch, N: n, Entity: entity, WaitsFor: res.waitsFor})
	} else {
		err = s.settle(c, res)
	}
	return line.Outcome, err
}

// settle writes what a change did, and then replays what waited for it (S8).
func (s *session) settle(c *change.Change, res result) error {
	if res.record == nil {
		return nil
	}
	if err := s.write(res.before, res.record); err != nil {
		return err
	}
	if c.Kind == change.Transition && decides(c.Event) {
		if err := s.countDecision(res.record, c.Event); err != nil {
			return err
		}
	}
	if s.restored && (res.before == nil || res.before.Version != res.record.Version) {
		if err := s.release(versionOf(res.record.ID, res.record.Version)); err != nil {
			return err
		}
	}
	if c.Kind != change.Create {
		return nil
	}
	// Changes of the same log that were made before this create belonged to a
	// create that was refused; the phone has put their values into this one.
	waiting, err := s.tx.ParkedOn(c.Entity)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if p.Entity == c.Entity && p.Epoch == c.Epoch && p.N < c.N {
			if err := s.tx.DeleteParked(p.Epoch, p.N); err != nil {
				return err
			}
			o := change.Outcome{N: p.N, Outcome: change.Rejected, Code: record.Superseded}
			if err := s.tx.SetOutcome(p.Epoch, p.N, o); err != nil {
				return err
			}
		}
	}
	return s.release(c.Entity)
}

// release decides again, in the log's order, what waited for a cause.
func (s *session) release(cause string) error {
	waiting, err := s.tx.ParkedOn(cause)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		line, err := s.tx.Line(p.Epoch, p.N)
		if err != nil {
			return err
		}
		if line == nil {
			continue
		}
		if err := s.tx.DeleteParked(p.Epoch, p.N); err != nil {
			return err
		}
		actor, err := s.tx.Actor(line.Account)
		if err != nil {
			return err
		}
		ready := prepare(line.Bytes)
		if ready.err != nil {
			continue
		}
		res, err := s.decide(actor, ready, p.Seq)
		if err != nil {
			return err
		}
		if err := s.tx.SetOutcome(p.Epoch, p.N, res.outcome(p.N)); err != nil {
			return err
		}
		if res.result == change.Parked {
			held := p.holds()
			p.WaitsFor = res.waitsFor
			if err := s.tx.PutParked(p); err != nil {
				return err
			}
			if !held || p.holds() {
				continue // else what waited behind it has nothing to wait for any more
			}
		} else if err := s.settle(ready.change, res); err != nil {
			return err
		}
		// What waits behind is this very list where that was the cause: it would
		// be decided once more for each change before it.
		if behind := "behind:" + p.Entity; behind != cause {
			if err := s.release(behind); err != nil {
				return err
			}
		}
	}
	return nil
}
