package simtest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Scenario is a short story with the rules that it holds.
type Scenario struct {
	Name string // rules, then the story
	Play func(p *People)
}

// Run plays every scenario on a new store and verifies the store after it.
func Run(t *testing.T, open func(t *testing.T) engine.Store) {
	for _, s := range Scenarios {
		t.Run(s.Name, func(t *testing.T) {
			p := Settle(t, open(t))
			s.Play(p)
			p.Verified()
		})
	}
}

// Scenarios of the exchange, the merge, the review and the figures.
var Scenarios = slices.Concat(exchange, waiting, deciding, audience, disclosing, counting, restoring, proving, checking, recounting, merging, campaigning)

func (p *People) homeOf(account, unit string) string {
	p.Helper()
	return p.Household(account, unit, "单位")
}

// decideAs sends an approval that names the version the server has now,
// whether or not this account's phone has the entry.
func (p *People) decideAs(account, id string) []change.Outcome {
	p.Helper()
	return p.raw(account, id, `"kind":"transition","event":"approve","trunk":"`+p.Record(id).Version+`"`)
}

// raw appends a hand-written change to an account's second log.
func (p *People) raw(account, id, rest string) []change.Outcome {
	p.Helper()
	typ := "household"
	if rec := p.Record(id); rec != nil {
		typ = string(rec.Type)
	}
	epoch := fmt.Sprintf("%032x", 0xabc) + account
	epoch = fmt.Sprintf("%x", epoch)
	epoch = epoch[len(epoch)-32:]
	var log engine.Log
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
		log, err = r.Log(epoch)
		return err
	}))
	line := fmt.Sprintf(`{"epoch":%q,"n":%d,"prev":%q,"type":%q,"entity":%q,"at":%d,"seen":0,%s}`,
		epoch, log.Through+1, log.Chain, typ, id, p.Now, rest)
	answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: account, Device: "d2" + account},
		change.Head{Protocol: 1, Epoch: epoch, From: log.Through + 1}, [][]byte{[]byte(line)})
	p.Do(err)
	return answer.Push.Outcomes
}

// entry is one record as the server shows it to an account.
func (p *People) entry(account, id string) *engine.EntryView {
	p.Helper()
	actor, err := p.Engine.Actor(context.Background(), account)
	p.Do(err)
	v, err := p.Engine.Entry(context.Background(), actor, id)
	p.Do(err)
	return v
}

// unseen holds that an account must state a reason before it sees a record.
func (p *People) unseen(account, id string) {
	p.Helper()
	actor, err := p.Engine.Actor(context.Background(), account)
	p.Do(err)
	_, err = p.Engine.Entry(context.Background(), actor, id)
	p.code(err, record.ReasonNeeded)
}

// overdue says what an account is asked to decide on in another's stead; never with content.
func (p *People) overdue(account string, want ...string) {
	p.Helper()
	actor, err := p.Engine.Actor(context.Background(), account)
	p.Do(err)
	list, err := p.Engine.Overdue(context.Background(), actor)
	p.Do(err)
	got := []string{}
	for _, rec := range list {
		if len(rec.Content) > 0 {
			p.Fatalf("with content: %+v", rec)
		}
		got = append(got, rec.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.Fatalf("%s is asked to decide on %v, want %v", account, got, want)
	}
}

func (p *People) feedHead(feed string) (head int64) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
		head, err = r.FeedHead(feed)
		return err
	}))
	return head
}

func (p *People) resolve(account, id, field string, v record.Value) {
	p.Helper()
	p.Do(p.Phone(account).Patch(p.Now, id, editOf(field, v)))
}

func (p *People) code(err error, want record.Code) {
	p.Helper()
	if e, ok := err.(*record.Error); !ok || e.Code != want {
		p.Fatalf("got %v, want %s", err, want)
	}
}

func (p *People) count(typ record.Type) (n int) {
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
		return r.Records(func(rec *record.Record) error {
			if rec.Type == typ {
				n++
			}
			return nil
		})
	}))
	return n
}

// chain is the hash of a log's last line.
func (p *People) chain(epoch string) (hash string) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
		log, err := r.Log(epoch)
		hash = log.Chain
		return err
	}))
	return hash
}
