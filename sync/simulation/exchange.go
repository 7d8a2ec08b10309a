package simulation

import (
	"context"
	"encoding/json"
	"errors"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
)

// sync exchanges until nothing is left or the line fails. One tab at a time does (P5).
func (d *device) sync() {
	w := d.w
	if w.now < d.silent {
		return
	}
	if d.leads {
		w.strikes(leaseHeld, 1)
		return
	}
	d.leads = true
	defer func() { d.leads = false }()
	d.reckon()
	for range 100 {
		more, ok := d.exchange()
		if ok && !more {
			ok = d.mend()
		}
		if !ok || !more {
			return
		}
	}
	w.fail("%s: an exchange that never ends", d.account)
}

// request is what is under way to the server.
type request struct {
	who   engine.Who
	head  change.Head
	lines [][]byte
}

// exchange is one request and its answer, through what may happen to both.
func (d *device) exchange() (more, ok bool) {
	w := d.w
	head, lines := d.ph.Request(phone.BatchChanges)
	r := request{engine.Who{Account: d.account, Device: d.id, Packed: true}, head, lines}
	switch {
	case w.strikes(requestLost, w.faults.RequestLost):
		return false, false
	case w.strikes(requestCut, w.faults.RequestCut):
		r.lines = r.lines[:w.rng.IntN(len(r.lines)+1)]
		_, _ = w.serve(r)
		return false, false
	}
	if w.strikes(late, w.faults.Late) {
		w.plan(w.now+record.Instant(w.rng.Int64N(int64(48*hour))), func() { _, _ = w.serve(r) })
	}
	if w.strikes(twice, w.faults.Twice) {
		_, _ = w.serve(r)
	}
	answer, err := w.serve(r)
	if w.chance(w.faults.Tabs) && d.otherTab() {
		return true, true
	}
	var parted *change.Fork
	switch {
	case errors.As(err, &parted):
		return true, d.fork(parted.Common)
	case err != nil:
		return false, false
	case w.strikes(portal, w.faults.Portal):
		if d.ph.Receive(&change.Answer{}) == nil {
			w.fail("%s takes a portal's page for an answer", d.account)
		}
		return false, false
	case w.strikes(answerCut, w.faults.AnswerCut):
		d.cut(answer)
		return false, false
	case w.strikes(answerLost, w.faults.AnswerLost):
		return false, false
	}
	more, ok = d.receive(answer)
	if ok {
		for n := head.From; n <= min(answer.Push.Through, head.From+int64(len(lines))-1); n++ {
			w.told[place{head.Epoch, n}] = true
		}
	}
	return more, ok
}

// otherTab is a second tab of the same app, while an exchange is under way: something is saved in it, and it wants to
// send. It must not, unless the tab that led is gone with its exchange.
func (d *device) otherTab() (leads bool) {
	w := d.w
	if d.seat.Role == record.Volunteer && !w.unseated[d.account] {
		d.record(engine.Day(w.now))
	}
	if w.strikes(leaderClosed, 0.5) {
		return true
	}
	d.sync()
	return false
}

// cut breaks an answer off: no phone takes a part of it.
func (d *device) cut(answer *change.Answer) {
	raw, err := json.Marshal(answer)
	var part change.Answer
	if err == nil && json.Unmarshal(raw[:d.w.rng.IntN(len(raw))], &part) == nil {
		d.w.fail("%s reads an answer that was cut off", d.account)
	}
}

// receive stores an answer; the app may die over it, or find no room.
func (d *device) receive(answer *change.Answer) (more, ok bool) {
	w := d.w
	var ahead phone.ErrFork
	parted := false
	stored := d.save("receive", func() error {
		err := w.cfg.hear(d, answer)
		if parted = errors.As(err, &ahead); parted {
			return nil
		}
		if err == nil {
			d.ph.Prune(answer.ServerTime)
		}
		return err
	})
	switch {
	case !stored:
		return false, false
	case parted:
		return true, d.fork(ahead.Common)
	}
	if answer.Catalogue != d.cat.Hash && w.chance(0.7) {
		d.cat = w.catalogues[answer.Catalogue]
		d.ph.Use(d.cat)
	}
	return d.ph.Waiting() > 0 || answer.Pull.More || d.ph.Unsure(), true
}

// fork lets the phone's log go on after what it and the server's have in common.
func (d *device) fork(common int64) bool {
	d.w.report.Counts["fork"]++
	epoch := d.w.id()
	return d.save("fork", func() error { return d.ph.Fork(common, epoch) })
}

// serve is the server's side of an exchange.
func (w *world) serve(r request) (*change.Answer, error) {
	answer, err := w.engine.Sync(context.Background(), r.who, r.head, r.lines)
	if err == nil {
		err = answer.Pull.Unpack()
	}
	if err != nil {
		var refused *record.Error
		if w.store.dead {
			w.reboot()
		} else if errors.As(err, &refused) && refused.Code != record.Unavailable && refused.Code != record.Fork {
			w.fail("%s is refused: %v", r.who.Account, err)
		}
		return nil, err
	}
	w.tell("%s through %d of %d, %d rows", r.who.Account, answer.Push.Through, r.head.From+int64(len(r.lines))-1, len(answer.Pull.Rows))
	for _, o := range answer.Push.Outcomes {
		w.report.Counts["outcome "+string(o.Outcome)]++
		if o.Outcome == change.Parked {
			w.report.Counts["parked for "+string(o.Code)]++
		}
		w.tell("%d %s %s", o.N, o.Outcome, o.Code)
	}
	w.acknowledged(r, answer)
	w.leaks(r.who.Account, answer.Pull.Rows)
	w.countOn()
	return answer, nil
}
