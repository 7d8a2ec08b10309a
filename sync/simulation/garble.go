package simulation

import (
	"context"
	"errors"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// garble lets storage fail under a row of somebody's phone: it is lost, or is another one.
func (w *world) garble() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	var rows []change.Row
	d.ph.Rows(func(row change.Row) { rows = append(rows, row) })
	if len(rows) == 0 {
		return
	}
	w.strikes(garbled, 1)
	row := rows[w.rng.IntN(len(rows))]
	if d.garbled == 0 {
		d.garbled = w.now
	}
	switch other := row; w.rng.IntN(3) {
	case 0:
		d.ph.Damage(row.Feed, row.Entity, nil)
	case 1:
		other.Content = record.Content{"text": record.Text("\ufeff?")}
		d.ph.Damage(row.Feed, row.Entity, &other)
	default:
		other.State = review.Voided
		d.ph.Damage(row.Feed, row.Entity, &other)
	}
}

// reckon is what an app does when it starts, once a day: it counts anew what it has. It is spared here where nothing was
// garbled, for the sake of time; when all heals every phone does it.
func (d *device) reckon() {
	if d.garbled > 0 && d.w.now >= d.garbled+record.DayMS {
		d.garbled = 0
		d.ph.Recount()
	}
}

// mend asks about what differs until nothing does, over the same line as everything else.
func (d *device) mend() (ok bool) {
	w := d.w
	for range 1000 {
		q := d.ph.Question()
		if q == nil {
			return true
		}
		w.report.Counts["questions of what differs"]++
		if w.strikes(requestLost, w.faults.RequestLost) {
			return false
		}
		f, err := w.engine.Examine(context.Background(), d.account, *q)
		if err != nil {
			var refused *record.Error
			if w.store.dead {
				w.reboot()
			} else if errors.As(err, &refused) && refused.Code != record.Unavailable && refused.Code != record.Forbidden {
				w.fail("%s is refused: %v", d.account, err)
			}
			return false
		}
		w.leaks(d.account, f.Rows)
		if w.strikes(answerLost, w.faults.AnswerLost) {
			return false
		}
		n := 0
		if !d.save("mend", func() error {
			n = d.ph.Mend(q, f)
			return nil
		}) {
			return false
		}
		w.report.Counts["rows mended"] += n
		w.tell("%s mends %d in %s", d.account, n, q.Feed)
	}
	w.fail("%s: questions that never end", d.account)
	return false
}

// proves: the digests of the phone are those of the server, and nothing is left to be mended.
func (d *device) proves(r engine.Reader, ids []string) error {
	feeds, err := r.Feeds(ids)
	if err != nil {
		return err
	}
	if q := d.ph.Question(); q != nil {
		d.w.fail("%s: %s differs", d.account, q.Feed)
	}
	for _, id := range ids {
		if have, right := d.ph.Digest(id), feeds[id].Digest; have != right {
			d.w.fail("%s: digest of %s is %+v and should be %+v", d.account, id, have, right)
		}
	}
	return nil
}
