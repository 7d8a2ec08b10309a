package simtest

import (
	"context"
	"encoding/json"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
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
