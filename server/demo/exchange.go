package demo

import (
	"context"
	"fmt"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// How often what happens at a decision.
const (
	returnsOf  = 0.05
	leavesOf   = 0.02
	refusesOf  = 0.2
	voidsOf    = 0.003
	amendsOf   = 0.01
	correctsOf = 0.8
)

// sync exchanges until everything is sent and everything has come.
func (y *year) sync(ctx context.Context, w *worker) error {
	for {
		head, lines := w.phone.Request(phone.BatchChanges)
		answer, err := y.server.Sync(ctx, engine.Who{Account: w.person.ID, Device: w.device}, head, lines)
		if err != nil {
			return err
		}
		for _, o := range answer.Push.Outcomes {
			if o.Outcome != change.Applied && o.Outcome != change.Merged && o.Outcome != change.Duplicate {
				return fmt.Errorf("%s, change %d: %s %s %s", w.person.Login, o.N, o.Outcome, o.Code, o.Field)
			}
		}
		y.made.Changes += len(answer.Push.Outcomes)
		answer.Push.Durable = &answer.Push.Through // nobody asks a demo's phones again: they need not keep what they sent
		before := w.phone.Waiting()
		if err := w.phone.Receive(answer); err != nil {
			return err
		}
		if w.phone.Waiting() == 0 && !answer.Pull.More {
			w.phone.Prune(answer.ServerTime)
			return nil
		}
		if len(lines) > 0 && w.phone.Waiting() == before {
			return fmt.Errorf("%s: the server takes nothing", w.person.Login)
		}
	}
}

// send is a volunteer's evening: the outbox goes up, and what was decided comes down.
func (y *year) send(ctx context.Context, w *worker, day int) error {
	if err := y.sync(ctx, w); err != nil {
		return err
	}
	amended := false
	for _, id := range w.phone.Entities() {
		r := w.phone.Record(id)
		if r.Author != w.person.ID || r.Type != record.Entry {
			continue
		}
		switch {
		case r.State == review.Returned && w.fixed[id] != r.Version:
			w.toFix = append(w.toFix, id)
			w.fixed[id] = r.Version // one attempt: some entries stay returned
		case r.State == review.Approved && y.chance(amendsOf):
			form := y.server.Catalogue().Form(r.Form)
			if form.Field(catalogue.KeyText) == nil {
				continue
			}
			if err := y.patch(w, instant(y.opt.Clock.Now()), r, catalogue.KeyText, false); err != nil {
				return err
			}
			y.reviewerOf(r.Unit).came(day)
			amended = true
		}
	}
	if amended {
		if err := y.sync(ctx, w); err != nil {
			return err
		}
	}
	w.forget()
	return nil
}

// forget drops what the phone has no use for any more: one person may record and review.
func (w *worker) forget() {
	w.phone.Forget(func(row change.Row) bool {
		if row.Stub { // the same record came whole by another feed
			return true
		}
		if w.toChange[row.Entity] {
			return false
		}
		switch row.State {
		case review.Submitted, review.Amended:
			return row.Author == w.person.ID
		case review.Returned:
			return row.Author != w.person.ID
		}
		return true
	})
}

func (y *year) reviewerOf(code string) *worker {
	for _, u := range y.city.units {
		if u.Code == code {
			return u.reviewer
		}
	}
	return nil
}

// correct sends again what came back, at the field that the reviewer named.
func (y *year) correct(w *worker, at time.Time) error {
	fix := w.toFix
	w.toFix = nil
	for _, id := range fix {
		r := w.phone.Record(id)
		if r == nil || r.State != review.Returned || !y.chance(correctsOf) {
			continue
		}
		field := catalogue.KeyText
		if r.Reason != nil && len(r.Reason.Fields) > 0 {
			field = r.Reason.Fields[0]
		}
		if err := y.patch(w, instant(at), r, field, true); err != nil {
			return err
		}
		if reviewer := y.reviewerOf(r.Unit); reviewer != nil {
			reviewer.came(int(at.Sub(y.first) / (24 * time.Hour)))
		}
	}
	return nil
}

// patch gives a field of an entry a new value; one that is not asked for, or means another thing, stays as it is.
func (y *year) patch(w *worker, at record.Instant, r *record.Record, key string, submit bool) error {
	form := y.server.Catalogue().Form(r.Form)
	fields := record.Content{}
	if field := form.Field(key); field != nil && field.Shown(r.Content) && key != catalogue.KeyOccurredOn {
		f := y.filler(form, y.opt.Clock.Now(), func(bool) *home { return nil })
		if v := f.value(field, r.Content); v != "" {
			fields[key] = v
		}
	}
	return w.phone.Patch(at, r.ID, phone.Edit{Fields: fields, Submit: submit})
}

// review is a reviewer's morning: what waits is approved, most of it.
func (y *year) review(ctx context.Context, w *worker, day int) error {
	w.toCome = 0
	if err := y.sync(ctx, w); err != nil {
		return err
	}
	left := 0
	now := instant(y.opt.Clock.Now().Add(5 * time.Minute))
	for _, id := range w.phone.Entities() {
		r := w.phone.Record(id)
		if r.Type != record.Entry || r.Author == w.person.ID || r.State != review.Submitted && r.State != review.Amended {
			continue
		}
		event, reason := y.decision(r)
		if event == "" {
			left++
			continue
		}
		if err := w.phone.Transition(now, id, event, reason); err != nil {
			return err
		}
		switch event {
		case review.Approve:
			y.made.Approved++
		case review.Return:
			y.made.Returned++
		}
	}
	if err := y.sync(ctx, w); err != nil {
		return err
	}
	if err := y.void(ctx, w); err != nil {
		return err
	}
	w.forget()
	if left > 0 {
		w.toCome, w.since = left, day
	}
	return nil
}

// decision on one entry; "" leaves it for another day.
func (y *year) decision(r *record.Record) (review.Event, *change.Reason) {
	switch roll := y.Float64(); {
	case roll < leavesOf:
		return "", nil
	case r.State == review.Amended && roll < leavesOf+refusesOf:
		return review.Refuse, &change.Reason{Text: "原来的是对的"}
	case r.State == review.Submitted && roll < leavesOf+returnsOf:
		return review.Return, y.reason(r)
	}
	return review.Approve, nil
}

// reason is a ready one that fits the entry.
func (y *year) reason(r *record.Record) *change.Reason {
	form := y.server.Catalogue().Form(r.Form)
	for {
		pick := one(y.dice, y.weights.Reasons)
		field := form.Field(pick.Field)
		switch {
		case pick.Field == "":
			return &change.Reason{Text: pick.Text}
		case field != nil && field.Shown(r.Content) && (field.Required || r.Content[field.Key] != "" || field.Key == catalogue.KeyText):
			return &change.Reason{Text: pick.Text, Fields: []string{pick.Field}}
		}
	}
}

// void takes back the odd approval that turned out wrong.
func (y *year) void(ctx context.Context, w *worker) error {
	voided := false
	for _, id := range w.phone.Entities() {
		r := w.phone.Record(id)
		if r.Type != record.Entry || r.State != review.Approved || r.ApprovedBy != w.person.ID || !y.chance(voidsOf) {
			continue
		}
		voided = true
		if err := w.phone.Transition(instant(y.opt.Clock.Now()), id, review.Void, &change.Reason{Text: "重复上报"}); err != nil {
			return err
		}
		y.made.Approved--
	}
	if !voided {
		return nil
	}
	return y.sync(ctx, w)
}
