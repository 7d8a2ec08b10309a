package simtest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// oneByOne counts anew an entry a piece, and nothing with the line that puts the catalogue in force.
var oneByOne = engine.Pieces{AtOnce: -1, Entries: 1}

// piece counts one piece anew.
func (p *People) piece() {
	p.Helper()
	_, err := p.Engine.Tend(context.Background())
	p.Do(err)
}

// walk tells how far entries are counted anew.
func (p *People) walk() *engine.Recount {
	p.Helper()
	c, err := p.Engine.Recounting(context.Background())
	p.Do(err)
	return c
}

// toEnd counts anew until nothing is left.
func (p *People) toEnd() {
	p.Helper()
	for range 1000 {
		if p.walk() == nil {
			return
		}
		p.piece()
	}
	p.Fatal("counting anew never ends")
}

// ownLines counts the lines of a kind in the server's own log.
func (p *People) ownLines(kind string) (n int) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
		return r.Lines(func(l engine.Line) error {
			if l.Account == "" && slices.Contains([]string{fmt.Sprintf(`{"kind":%q`, kind)}, string(l.Bytes[:min(len(l.Bytes), len(kind)+10)])) {
				n++
			}
			return nil
		})
	}))
	return n
}

// calls records and approves so many of them at Village.
func (p *People) calls(n int, h string, more record.Content) (ids []string) {
	p.Helper()
	for range n {
		ids = append(ids, p.Approved(h, more))
	}
	return ids
}

const (
	metOnly = `"measure": "count", "sources": [{"form": "call", "where": "met == 'yes'"}]`
	ofMoney = `"measure": "count", "sources": [{"form": "call", "where": "amount > 0"}]`
)

var recounting = []Scenario{
	{"T15 S12 another catalogue counts anew in pieces; everybody works between them, the server starts again, and a replay does the same", func(p *People) {
		h := p.Household("li", Village, "王甲")
		plain := p.calls(3, h, nil)
		paid := p.calls(3, h, record.Content{"amount": record.Int(500)})
		waiting := p.Call("li", Village, h, record.Content{"amount": record.Int(700)})
		p.Sync("li")
		p.Counts("calls", 6)
		p.Pieces = oneByOne
		p.Reform("indicators/call.json", metOnly, ofMoney)
		if c := p.walk(); c == nil || c.Done != 0 || !slices.Equal(c.Forms, []string{"call"}) || !slices.Equal(c.Indicators, []string{"calls"}) {
			p.Fatalf("%+v", c)
		}
		p.Counts("calls", 6) // nothing is counted anew yet
		p.Verified()
		p.piece()
		p.piece()
		p.Counts("calls", 4)
		p.Counts("money", 1500) // what is no other than before is right all the time
		p.Verified()
		// What is decided meanwhile is by the new one, whether its turn has come or not.
		p.Sync("town")
		p.Decide("town", waiting, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		p.Counts("calls", 5)
		p.Decide("town", paid[2], review.Void, "重复")
		p.Want(p.Sync("town"), change.Applied)
		p.Counts("calls", 4)
		p.Verified()
		p.Restart(p.Store)
		if p.walk() == nil {
			p.Fatal("a start forgets what is left")
		}
		p.Edit("li", plain[2], record.Content{"amount": record.Int(100)})
		p.approvedBy("town", plain[2], "li")
		p.Counts("calls", 4) // it counted before because somebody was met, and does now because of the money
		p.Verified()
		p.toEnd()
		p.Counts("calls", 4)
		p.Verified()
		if n := p.ownLines("recount"); n < 5 {
			p.Fatalf("%d pieces", n)
		}
	}},
	{"T15 another catalogue while entries are counted anew: its own and those that are left are counted by it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, nil)
		p.calls(3, h, record.Content{"amount": record.Int(500)})
		p.Pieces = oneByOne
		p.Reform("indicators/call.json", metOnly, ofMoney)
		p.piece()
		// Back to where it was, and households are counted otherwise: of calls those have to be put right that were counted.
		p.Reform("indicators/call.json", `"sources": [{"form": "call", "where": "met == 'yes'", "key": "household"}]`,
			`"sources": [{"form": "call", "where": "amount > 0", "key": "household"}]`)
		if c := p.walk(); c == nil || c.Done != 0 || !slices.Equal(c.Indicators, []string{"calls", "homes"}) {
			p.Fatalf("%+v", c)
		}
		p.piece()
		p.Verified()
		p.toEnd()
		p.Counts("calls", 5)
		p.Counts("homes", 1)
	}},
	{"T15 what says nothing else of any entry counts nothing anew", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, nil)
		p.Pieces = oneByOne
		p.Reform("indicators/call.json", `"zh": "探访次数"`, `"zh": "走访次数"`)
		p.Reform("forms/call.json", `{"key": "amount", "type": "money", "label"`, `{"key": "added", "type": "text", "label": {"zh": "新问", "en": "New"}}, {"key": "amount", "type": "money", "label"`)
		if c := p.walk(); c != nil {
			p.Fatalf("%+v", c)
		}
		p.piece()
		if n := p.ownLines("recount"); n != 0 {
			p.Fatalf("%d pieces", n)
		}
	}},
	{"T15 a small city is counted with the line that puts the catalogue in force", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, nil)
		p.Reform("indicators/call.json", metOnly, ofMoney)
		p.Counts("calls", 0)
		if c := p.walk(); c != nil || p.ownLines("recount") != 0 {
			p.Fatalf("%+v", c)
		}
	}},
	{"T15 S10 what becomes sensitive leaves the feeds with its piece, and what is recorded meanwhile is never in them", func(p *People) {
		h := p.Household("li", Village, "王甲")
		quarrel := record.Content{"signs": record.Set([]string{"quarrel"})}
		old := p.calls(2, h, quarrel)
		p.Sync("wu")
		p.Pieces = oneByOne
		p.Reform("forms/call.json", `"sensitive": "'violence' in signs"`,
			`"sensitive": "signs.exists(x, x in ['violence', 'quarrel'])"`)
		fresh := p.Call("li", Village, h, quarrel)
		p.Sync("li")
		p.piece()
		p.Sync("wu")
		for id, hidden := range map[string]bool{old[0]: true, old[1]: false, fresh: true} {
			if got := p.Phone("wu").Record(id); hidden != (got == nil || len(got.Content) == 0) {
				p.Errorf("%s: a colleague sees %+v", id, got)
			}
		}
		p.Verified()
		p.toEnd()
		p.Sync("wu")
		if got := p.Phone("wu").Record(old[1]); got != nil && len(got.Content) != 0 {
			p.Errorf("a colleague still sees %+v", got)
		}
		p.Rows("wu")
	}},
	{"T16 figures say that they are being counted anew, and which; afterwards they say nothing", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(3, h, record.Content{"again_on": record.Text("2026-11-25")})
		p.Pieces = oneByOne
		p.Reform("forms/call.json", `"where": "met == 'yes'"}`, `"where": "met == 'yes' && amount > 0"}`)
		actor, err := p.Engine.Actor(context.Background(), "city")
		p.Do(err)
		told := func() (page, months *engine.Recount) {
			table, err := p.Engine.Totals(context.Background(), actor, City, "2026")
			p.Do(err)
			line, err := p.Engine.Months(context.Background(), actor, City, "kept", table.Period)
			p.Do(err)
			return table.Recount, line.Recount
		}
		// A rate is not done while its parts are not.
		for _, c := range first(told()) {
			if c == nil || !slices.Contains(c.Indicators, "kept") || !slices.Contains(c.Indicators, "kept_rate") || c.Done != 0 || c.All == 0 {
				p.Fatalf("%+v", c)
			}
		}
		p.piece()
		if page, _ := told(); page == nil || page.Done == 0 || page.Done >= page.All {
			p.Fatalf("%+v", page)
		}
		p.toEnd()
		if page, months := told(); page != nil || months != nil {
			p.Fatalf("%+v %+v", page, months)
		}
	}},
	{"S12 T15 a catalogue that another process publishes is in force here with the next snapshot, and no older one is put over it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, nil)
		here, was := p.Engine, p.Engine.Catalogue()
		p.Reform("indicators/call.json", metOnly, ofMoney) // by another engine over the same store
		other := p.Engine.Catalogue()
		p.Engine = here
		p.Counts("calls", 0)
		if here.Catalogue().Hash != other.Hash {
			p.Fatal("the catalogue of before is still told")
		}
		actor := record.Actor{Account: "chief"}
		p.code(here.PublishOver(context.Background(), actor, was.Hash, was, nil), record.CatalogueChanged)
		p.Do(here.PublishOver(context.Background(), actor, other.Hash, was, []byte(`{"forms":[]}`)))
		p.Counts("calls", 2)
		// Who is told nothing of a catalogue goes on with the one in force, and a start keeps what is the city's own.
		none, err := engine.Open(context.Background(), p.Store, nil, engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID})
		p.Do(err)
		if none.Catalogue().Hash != was.Hash {
			p.Fatalf("%s is in force", none.Catalogue().Hash)
		}
		p.Reform("indicators/call.json", `"zh": "探访次数"`, `"zh": "走访次数"`)
		own, err := p.Engine.Own(context.Background())
		p.Do(err)
		if string(own) != `{"forms":[]}` {
			p.Fatalf("its own is %s", own)
		}
		lines := p.ownLines("catalogue")
		p.Do(p.Engine.Publish(context.Background(), actor, p.Engine.Catalogue(), own))
		if n := p.ownLines("catalogue"); n != lines {
			p.Fatal("the same again is written again")
		}
	}},
	// Found by a browser: what a phone with nothing new is told came of a glance at divisions and feeds alone, and on a
	// quiet day no phone heard that there was another form.
	{"S12 T15 a phone for which there is nothing new hears of another catalogue with its next exchange", func(p *People) {
		p.Household("li", Village, "王甲")
		p.Sync("li")
		here := p.Engine
		p.Reform("indicators/call.json", `"zh": "探访次数"`, `"zh": "走访次数"`) // by another engine over the same store
		other := p.Engine.Catalogue().Hash
		p.Engine = here
		head, lines := p.Phone("li").Request(phone.BatchChanges)
		var actor record.Actor
		p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
			actor, err = r.Actor("li")
			return err
		}))
		answer, err := here.Sync(context.Background(), engine.Who{Account: "li", Device: "dli", Actor: &actor, Packed: true}, head, lines)
		p.Do(err)
		if answer.Catalogue != other {
			p.Fatal("the catalogue of before is told")
		}
	}},
	{"S12 T15 who published is told, the newest first, and a replay of the log tells the same", func(p *People) {
		told := func() string {
			list, err := p.Engine.Publications(context.Background())
			p.Do(err)
			var out []string
			for _, one := range list {
				out = append(out, fmt.Sprint(one.Account, " ", one.At))
			}
			return strings.Join(out, ", ")
		}
		if told() != "" {
			p.Fatalf("of the first start: %s", told())
		}
		was := p.Engine.Catalogue()
		p.Reform("indicators/call.json", `"zh": "探访次数"`, `"zh": "走访次数"`) // by a start: nobody's account
		began := p.Now
		p.Now += 60_000
		p.Do(p.Engine.Publish(context.Background(), record.Actor{Account: "chief"}, was, nil))
		if want := fmt.Sprintf("chief %d,  %d", p.Now, began); told() != want {
			p.Fatalf("%q, not %q", told(), want)
		}
		for range 30 {
			p.Reform("indicators/call.json", `"zh": "探访次数"`, `"zh": "走访次数"`)
			p.Do(p.Engine.Publish(context.Background(), record.Actor{Account: "chief"}, was, nil))
		}
		if list, err := p.Engine.Publications(context.Background()); err != nil || len(list) != 20 {
			p.Fatalf("%d are kept, %v", len(list), err)
		}
	}},
}

func first(a, b *engine.Recount) []*engine.Recount { return []*engine.Recount{a, b} }
