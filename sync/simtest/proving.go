package simtest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// proving: that a phone has what the server has, and what is done where it does not.
var proving = []Scenario{
	{"S18 P10 rows that were garbled, lost and never there are put right, and nothing else is touched", func(p *People) {
		h := p.Household("li", Village, "王甲")
		var calls []string
		for range 200 {
			calls = append(calls, p.Call("li", Village, h, nil))
		}
		p.Sync("li")
		p.Sync("wu")
		waiting := p.Call("wu", Village, h, nil)
		ph, feed := p.Phone("wu"), "unit:"+Village
		before := rowsOf(ph)
		garbled := before[feed+" "+calls[0]]
		garbled.Content = garbled.Content.Clone()
		garbled.Content["met"] = record.Text("no") // its version is as it was
		ph.Damage(feed, calls[0], &garbled)
		other := before[feed+" "+calls[1]]
		other.State = review.Approved
		ph.Damage(feed, calls[1], &other)
		ph.Damage(feed, calls[2], nil)
		extra := before[feed+" "+calls[3]]
		extra.Entity = p.ID()
		ph.Damage(feed, extra.Entity, &extra)
		ph.Recount()
		head, lines := ph.Request(phone.BatchChanges)
		if !head.Digests || len(lines) != 1 {
			p.Fatalf("%+v with %d lines", head, len(lines))
		}
		head, _ = ph.Request(0) // a change of its own would move the feed
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "wu", Device: "dwu"}, head, nil)
		p.Do(err)
		p.Do(ph.Receive(answer))
		asked := 0
		if n := p.mend("wu", &asked); n != 4 || asked > 8 {
			p.Fatalf("%d rows mended with %d questions", n, asked)
		}
		if got := rowsOf(ph); fmt.Sprint(got) != fmt.Sprint(before) {
			p.Fatal("the phone does not have what it had")
		}
		if ph.Waiting() != 1 {
			p.Fatalf("%d changes wait", ph.Waiting())
		}
		p.Want(p.Sync("wu"), change.Applied)
		if p.Record(waiting) == nil {
			p.Fatal("what waited is lost")
		}
	}},
	{"S18 a page that reaches the head has the digest of what it brings, by the same count on both sides", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		ids := []string{p.Call("li", Village, h, nil), p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"})})}
		p.Sync("li")
		p.Sync("wu")
		p.Sync("town")
		p.Decide("town", ids[0], review.Approve, "")
		p.Sync("town")
		p.Edit("li", ids[0], record.Content{"met": record.Text("no")})
		p.Sync("li")
		p.Decide("li", p.Call("li", Village, h, nil), review.Withdraw, "")
		for range 2 {
			for _, account := range []string{"li", "wu", "town"} {
				p.Sync(account)
				p.agrees(account)
			}
		}
		if d := p.Phone("town").Digest("review:" + Village); d.Rows != 1 {
			p.Fatalf("%+v", d)
		}
	}},
	{"S18 of a feed that is not hers nobody is told anything, whether it is there or not", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		for _, feed := range []string{"review:" + Village, "own:li", "unit:" + Far, "unit:999999999999", "", "own:nobody", "x"} {
			_, err := p.Engine.Examine(context.Background(), "wu", change.Question{Feed: feed, Prefixes: []string{""}})
			p.code(err, record.Forbidden)
			_, err = p.Engine.Examine(context.Background(), "wu", change.Question{Feed: feed, Entities: []string{h}})
			p.code(err, record.Forbidden)
		}
		f, err := p.Engine.Examine(context.Background(), "wu", change.Question{Feed: "unit:" + Village, Prefixes: []string{""}, Entities: []string{h}})
		p.Do(err)
		if len(f.Parts) != 1 || len(f.Parts[0].List) != 2 || len(f.Rows) != 1 || f.Rows[0].Entity != h {
			p.Fatalf("%+v", f)
		}
	}},
	{"W7 S18 a question has bounds", func(p *People) {
		for _, one := range []struct {
			q    change.Question
			code record.Code
		}{
			{change.Question{}, record.BadRequest},
			{change.Question{Prefixes: make([]string, change.MaxParts+1)}, record.TooLarge},
			{change.Question{Prefixes: []string{"0123456789abcdef"}}, record.BadRequest},
			{change.Question{Prefixes: []string{"x"}}, record.BadRequest},
			{change.Question{Prefixes: []string{"A"}}, record.BadRequest},
			{change.Question{Entities: make([]string, change.MaxAsked+1)}, record.TooLarge},
			{change.Question{Entities: []string{"王"}}, record.BadRequest},
		} {
			one.q.Feed = "unit:" + Village
			_, err := p.Engine.Examine(context.Background(), "wu", one.q)
			p.code(err, one.code)
		}
	}},
	{"S18 a server that counted wrong, or has not counted yet, counts anew by itself", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		feed := "unit:" + Village
		p.Do(p.Store.Update(context.Background(), func(tx engine.Tx) error { return tx.SetDigest(feed, change.Digest{Rows: 3, Sum: 3}) }))
		v, err := engine.Verify(context.Background(), p.Store, memory.New(), nil)
		p.Do(err)
		if len(v.Differences) != 1 || v.Differences[0].What != "digest" {
			p.Fatalf("verify: %+v", v.Differences)
		}
		p.Call("li", Village, h, nil)
		p.Sync("li")
		asked := 0
		if n := p.mend("li", &asked); n != 0 {
			p.Fatalf("%d rows mended", n)
		}
		p.Phone("li").Recount()
		p.Sync("li")
		p.agrees("li")
	}},
	{"S19 what left a feed is remembered for 400 days; who was away longer begins that feed again and keeps her queue", func(p *People) {
		h := p.Household("li", Village, "王甲")
		kept := p.Call("li", Village, h, nil)
		gone := p.Call("li", Village, h, nil)
		later := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("wu")
		p.Sync("town")
		p.Decide("li", gone, review.Withdraw, "")
		p.Sync("li")
		p.tend()
		p.days(399)
		p.tend()
		p.Decide("li", later, review.Withdraw, "")
		p.Sync("li")
		if f := p.feed("unit:" + Village); f.Floor != 0 {
			p.Fatalf("taken away too early: %+v", f)
		}
		p.Sync("town") // hers goes on where it was
		p.days(30)
		p.tend()
		if f := p.feed("unit:" + Village); f.Floor == 0 || f.Floor >= f.Head {
			p.Fatalf("%+v", f)
		}
		p.Verified()
		p.Sync("town")
		p.agrees("town")
		ph := p.Phone("wu")
		mine := p.Call("wu", Village, h, nil)
		head, _ := ph.Request(0)
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "wu", Device: "dwu"}, head, nil)
		p.Do(err)
		if !slices.Equal(answer.Pull.Reset, []string{"unit:" + Village}) {
			p.Fatalf("reset %v", answer.Pull.Reset)
		}
		old := head
		old.Bases = nil
		if a, err := p.Engine.Sync(context.Background(), engine.Who{Account: "wu", Device: "dwu"}, old, nil); err != nil || len(a.Pull.Reset) > 0 {
			p.Fatalf("an app that knows no reset is told of %v, %v", a.Pull.Reset, err)
		}
		p.Want(p.Sync("wu"), change.Applied)
		p.agrees("wu")
		if ph.Record(gone) != nil || ph.Record(later) != nil || ph.Record(kept) == nil || p.Record(mine) == nil {
			p.Fatal("the feed did not begin again")
		}
	}},
	{"S19 P10 a cursor of another server, or of the future, begins again; what was there stays until all is here", func(p *People) {
		h := p.Household("li", Village, "王甲")
		for range change.MaxRows {
			p.Household("li", Village, "李乙")
		}
		p.Sync("li")
		p.Sync("wu")
		ph, feed := p.Phone("wu"), "unit:"+Village
		row := rowsOf(ph)[feed+" "+h]
		row.Entity = p.ID()
		who := engine.Who{Account: "wu", Device: "dwu"}
		head, _ := ph.Request(0)
		for _, cursor := range []int64{1 << 60, -1} {
			head.Cursors[feed] = cursor
			answer, err := p.Engine.Sync(context.Background(), who, head, nil)
			p.Do(err)
			if !slices.Equal(answer.Pull.Reset, []string{feed}) || !answer.Pull.More || answer.Pull.Bases[feed] != change.MaxRows+1 || answer.Pull.Digests[feed].Rows != 0 {
				p.Fatalf("%+v", answer.Pull)
			}
			ph.Damage(feed, row.Entity, &row) // of the other server
			p.Do(ph.Receive(answer))
			if n := len(rowsOf(ph)); n != change.MaxRows+2 {
				p.Fatalf("%d rows in between", n)
			}
			p.Sync("wu")
			if n := len(rowsOf(ph)); n != change.MaxRows+1 {
				p.Fatalf("%d rows in the end", n)
			}
			ph.Recount()
			p.Sync("wu")
			p.agrees("wu")
		}
	}},
	{"S19 who fetches from nothing across what was taken away is not sent back to the beginning", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		id := p.Call("li", Village, h, nil)
		for range change.MaxRows {
			p.Household("li", Village, "李乙")
		}
		p.Sync("li")
		p.Decide("li", id, review.Withdraw, "")
		p.Sync("li")
		p.tend()
		p.days(500)
		p.tend()
		if f := p.feed("unit:" + Village); f.Floor < change.MaxRows {
			p.Fatalf("%+v", f)
		}
		p.Sync("wu") // does not end if it is
		p.agrees("wu")
	}},
	{"P10 a feed in which much differs is fetched anew as a whole", func(p *People) {
		for range 2500 {
			p.Household("li", Village, "李乙")
		}
		p.Sync("li")
		p.Sync("wu")
		ph := p.Phone("wu")
		for _, row := range rowsOf(ph) {
			row.State = "garbled"
			ph.Damage(row.Feed, row.Entity, &row)
		}
		ph.Recount()
		p.Sync("wu")
		asked := 0
		p.mend("wu", &asked)
		p.Sync("wu")
		p.agrees("wu")
	}},
}

func rowsOf(ph *phone.Phone) map[string]change.Row {
	out := map[string]change.Row{}
	ph.Rows(func(row change.Row) { out[row.Feed+" "+row.Entity] = row })
	return out
}

// mend asks about what differs on a phone until nothing does, and tells how many rows were put right.
func (p *People) mend(account string, asked *int) (n int) {
	p.Helper()
	ph := p.Phone(account)
	for q := ph.Question(); q != nil; q = ph.Question() {
		f, err := p.Engine.Examine(context.Background(), account, *q)
		p.Do(err)
		n += ph.Mend(q, f)
		if *asked++; *asked > 1000 {
			p.Fatal("questions that never end")
		}
	}
	return n
}

// agrees holds that a phone's digests are the server's.
func (p *People) agrees(account string) {
	p.Helper()
	ph := p.Phone(account)
	if q := ph.Question(); q != nil {
		p.Fatalf("%s differs in %s", account, q.Feed)
	}
	head, _ := ph.Request(0)
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
		feeds, err := r.Feeds(slices.Collect(maps.Keys(head.Cursors)))
		for id := range head.Cursors {
			if f := feeds[id]; f.Digest != ph.Digest(id) || f.Head != head.Cursors[id] {
				p.Errorf("%s has of %s %+v at %d, the server %+v", account, id, ph.Digest(id), head.Cursors[id], f)
			}
		}
		return err
	}))
}

func (p *People) feed(id string) (f engine.Feed) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
		feeds, err := r.Feeds([]string{id})
		f = feeds[id]
		return err
	}))
	return f
}

func (p *People) days(n int) { p.Now += record.Instant(n) * record.DayMS }

// tend does all that the store needs done.
func (p *People) tend() {
	p.Helper()
	for range 1000 {
		more, err := p.Engine.Tend(context.Background())
		p.Do(err)
		if !more {
			return
		}
	}
	p.Fatal("tending never ends")
}
