package simtest

import (
	"context"
	"encoding/json"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// restoring: a store that was restored from a copy goes on under a server epoch of its own.
var restoring = []Scenario{
	{"S15 after restores the phones fetch everything anew, and each server epoch has an own log from 1", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Approved(h, nil)
		epochs := []string{p.Engine.Epoch()}
		for range 2 {
			p.Restored()
			epochs = append(epochs, p.Engine.Epoch())
			p.Verified()
			// A restore is told by the server epoch alone; nothing is asked for twice that the copy has.
			p.Seat("wu", record.Volunteer, Village)
			if out := p.Sync("li"); len(out) != 0 {
				p.Fatalf("sent again what the copy has: %+v", out)
			}
			if p.Phone("li").Record(id) == nil {
				p.Fatal("the phone lost a record with its cursors")
			}
		}
		p.Call("li", Village, h, nil)
		p.Want(p.Sync("li"), change.Applied)
		p.Seat("he", record.Volunteer, Next)
		last := map[string]int64{}
		first := map[string]string{}
		p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
			return r.Lines(func(l engine.Line) error {
				if l.Account != "" {
					return nil
				}
				var own struct{ Kind, Before string }
				p.Do(json.Unmarshal(l.Bytes, &own))
				if last[l.Epoch]++; l.N != last[l.Epoch] {
					p.Fatalf("own line %d of %s at place %d", l.N, l.Epoch, last[l.Epoch])
				}
				if l.N == 1 {
					first[l.Epoch] = own.Kind + " " + own.Before
				}
				return nil
			})
		}))
		if len(last) != 3 || first[epochs[1]] != "restored "+epochs[0] || first[epochs[2]] != "restored "+epochs[1] {
			p.Fatalf("own logs %v, first lines %v", last, first)
		}
		for _, epoch := range epochs {
			line := []byte(`{"epoch":"` + epoch + `","n":99}`)
			_, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"},
				change.Head{Protocol: 1, Epoch: epoch, From: 1}, [][]byte{line})
			p.code(err, record.ForeignEpoch)
		}
	}},
	{"S23 a decision that comes back before the edit that it was about waits for it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		first, own, unknown := p.Call("li", Village, h, nil), p.Call("li", Village, h, nil), p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("town")
		// What the server had before it was lost: li's correction, and the town's word on it.
		edited := func(id, text string) string {
			c := p.Record(id).Content.Clone()
			c["text"] = record.Text(text)
			return c.Version()
		}
		approve := func(id, version string) []change.Outcome {
			return p.raw("town", id, `"kind":"transition","event":"approve","trunk":"`+version+`"`)
		}
		p.Want(approve(first, edited(first, "后来")), change.Stale) // no server that was never restored has lost anything
		p.Restored()
		p.Refused(approve(first, edited(first, "后来")), record.MissingVersion)
		p.State(first, review.Submitted)
		p.Edit("li", first, record.Content{"amount": "1"})
		p.Edit("li", first, record.Content{"amount": ""})
		p.Edit("li", first, record.Content{"text": record.Text("后来")})
		p.Want(p.Sync("li"), change.Applied, change.Applied, change.Applied) // it holds up nothing
		p.State(first, review.Approved)
		if r := p.Record(first); r.Approved["text"].String() != "后来" || r.ApprovedBy != "town" {
			p.Fatalf("%+v", r)
		}
		// What only the reviewer's own phone has shown does not come back.
		p.Edit("town", own, record.Content{"amount": "2"})
		p.Sync("town")
		p.Want(p.raw("town", own, `"kind":"transition","event":"return","reason":{"text":"再写清楚"},"trunk":"`+edited(own, "后来")+`"`), change.Stale)
		// One that waits, and whose version never comes, is in nobody's way: she decides on what there is.
		p.Refused(approve(unknown, edited(unknown, "后来")), record.MissingVersion)
		p.Sync("town")
		p.Decide("town", unknown, review.Return, "再写清楚")
		p.Want(p.Sync("town"), change.Applied)
		p.Edit("li", unknown, record.Content{"text": record.Text("后来")})
		p.Want(p.Sync("li"), change.Applied)
		p.State(unknown, review.Returned) // the word that waited is too late now
		p.Verified()
	}},
	{"S21 P12 a receipt names what a copy off site has, also in a log that goes on from another", func(p *People) {
		copied := func() { // a copy of this moment is seen off site
			var last int64
			p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
				last, err = r.LastSeq()
				return err
			}))
			p.Do(engine.Copied(context.Background(), p.Store, last))
		}
		want := func(n int64) {
			p.Helper()
			p.Sync("li")
			if got := p.Phone("li").Durable(); got != n {
				p.Fatalf("durable %d, want %d", got, n)
			}
		}
		h := p.Household("li", Village, "王甲")
		want(0)
		copied()
		p.Call("li", Village, h, nil)
		want(1)
		copied()
		p.Call("li", Village, h, nil)
		want(2)
		// A clone's log goes on from number 2: what was durable of it stays so.
		p.Do(p.Phone("li").Fork(2, p.ID()))
		want(2)
		p.Call("li", Village, h, nil)
		want(2)
		copied()
		want(4)
		p.Verified()
		// Of another's log nothing is told.
		head, _ := p.Phone("li").Request(1)
		head.Cursors = nil
		a, err := p.Engine.Sync(context.Background(), engine.Who{Account: "wu", Device: "dwu"}, head, nil)
		p.Do(err)
		if a.Push.Durable != nil || a.Push.Through != 0 {
			p.Fatalf("%+v", a.Push)
		}
	}},
}

// Restored gives the store a new server epoch, as a restore does, and opens it again.
func (p *People) Restored() {
	p.Helper()
	opt := engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID}
	epoch, err := engine.Renew(context.Background(), p.Store, opt)
	p.Do(err)
	p.Engine, err = engine.Open(context.Background(), p.Store, Catalogue(p.TB), opt)
	p.Do(err)
	if p.Engine.Epoch() != epoch {
		p.Fatalf("server epoch %s, want %s", p.Engine.Epoch(), epoch)
	}
}
