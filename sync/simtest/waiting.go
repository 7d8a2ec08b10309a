package simtest

import (
	"context"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// waiting: what waits for its cause.
var waiting = []Scenario{
	{"S7 S8 what comes before its parent waits and is replayed by itself, and holds up no other", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		p.Sync("wu")
		// wu's phone knows li's household only by word of mouth: its id comes before it does.
		early := p.ID()
		id := p.Call("wu", Village, early, nil)
		p.Refused(p.Sync("wu"), record.MissingReference)
		p.Edit("wu", id, record.Content{"text": record.Text("后来")})
		p.Refused(p.Sync("wu"), record.MissingEntity)
		p.Call("wu", Village, h, nil)
		p.Want(p.Sync("wu"), change.Applied)
		p.Refused(p.raw("li", early, `"kind":"create","unit":"`+Village+`","fields":{"head":"迟"}`), "")
		if rec := p.Record(id); rec == nil || rec.Content["text"].String() != "后来" {
			p.Fatalf("%+v", rec)
		}
	}},
	{"S8 S14 an account that lost its unit: parked, and replayed when the seat comes back", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		id := p.Call("li", Village, h, nil)
		p.Seat("li", record.Volunteer, Next)
		p.Refused(p.Sync("li"), record.NoSeat)
		p.Edit("li", id, record.Content{"text": record.Text("补")})
		p.Sync("li")
		if p.Record(id) != nil {
			p.Fatal("applied without a seat")
		}
		p.Seat("li", record.Volunteer, Village)
		if rec := p.Record(id); rec == nil || rec.Content["text"].String() != "补" {
			p.Fatalf("%+v", rec)
		}
	}},
	{"S14 P13 an account is moved to another village with a full queue: nothing is lost, and all counts when the seat comes back", func(p *People) {
		h := p.Household("li", Village, "王甲")
		known := p.Approved(h, nil)
		p.Sync("li")
		mine := p.Phone("li")
		var queue []string
		for range 5 {
			queue = append(queue, p.Call("li", Village, h, nil))
		}
		p.Edit("li", known, record.Content{"text": record.Text("补")})
		p.Seat("li", record.Volunteer, Next)
		out := p.Sync("li")
		for _, o := range out {
			if o.Outcome != change.Parked || o.Code != record.NoSeat {
				p.Fatalf("%+v", o)
			}
		}
		if len(out) != 6 || mine.Waiting() != 0 {
			p.Fatalf("%d outcomes, %d wait", len(out), mine.Waiting())
		}
		// The village's rows have left the phone; what she recorded has not.
		if mine.Record(known) != nil || mine.Record(h) != nil {
			p.Fatal("a dropped feed's rows are still there")
		}
		for _, id := range queue {
			if r := mine.Record(id); r == nil || r.State != review.Submitted {
				p.Fatalf("%+v", r)
			}
		}
		// She works where she is now; what waits holds up nothing of it.
		there := p.Household("li", Next, "李乙")
		p.Call("li", Next, there, nil)
		p.Want(p.Sync("li"), change.Applied, change.Applied)
		p.Counts("calls", 1)
		mine.Prune(p.Now + 400*record.DayMS)
		told, _, err := p.Engine.Stuck(context.Background(), p.actor("town"))
		p.Do(err)
		if len(told) != 1 || told[0].Account != "li" || told[0].Unit != Village || told[0].Code != record.NoSeat || told[0].Records != 6 || told[0].Changes != 6 {
			p.Fatalf("%+v", told)
		}

		p.Do(p.Engine.SetSeats(context.Background(), "li", []record.Seat{{Role: record.Volunteer, Unit: Next}, {Role: record.Volunteer, Unit: Village}}))
		p.Now += 1000
		p.Sync("li")
		if told, _, err = p.Engine.Stuck(context.Background(), p.actor("town")); err != nil || len(told) != 0 {
			p.Fatalf("%+v %v", told, err)
		}
		if r := mine.Record(known); r == nil || r.State != review.Amended || r.Content["text"].String() != "补" {
			p.Fatalf("%+v", r)
		}
		p.Sync("town")
		p.Decide("town", queue[0], review.Approve, "")
		p.Sync("town")
		p.Sync("li")
		if r := mine.Record(queue[0]); r == nil || r.State != review.Approved {
			p.Fatalf("what she sent hides what became of it: %+v", r)
		}
		p.Counts("calls", 2)
		p.Verified()
	}},
	{"S14 a village's list is entered by those right above it and by nobody further up, and a unit where one never was is refused", func(p *People) {
		p.Seat("keeper", record.Manager, Town)
		adds := func(account, unit string, want record.Code) {
			p.Helper()
			p.Refused(p.raw(account, p.ID(), `"kind":"create","unit":"`+unit+`","fields":{"head":"王甲"}`), want)
		}
		for _, account := range []string{"li", "town", "keeper"} {
			adds(account, Village, "")
		}
		for _, account := range []string{"he", "town2", "county", "clerk", "chief", "auditor"} {
			adds(account, Village, record.ForeignUnit)
		}
		adds("clerk", Town, "")
		adds("li", "530923101299", record.ForeignUnit) // no such village
		adds("li", Next, record.ForeignUnit)
		p.Seat("li", record.Volunteer, Next)
		adds("li", Village, record.NoSeat) // she once worked there
	}},
	{"S13 S8 a refused create is corrected by a new one, and the patches of the old one do not come back", func(p *People) {
		id := p.ID()
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"address":"三组"}`), record.MissingField)
		p.Refused(p.raw("li", id, `"kind":"patch","fields":{"address":"四组"}`), record.MissingEntity)
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), "")
		if got := p.Record(id).Content["address"].String(); got != "五组" {
			p.Fatalf("address %s", got)
		}
		p.Want(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), change.Duplicate)
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王乙"}`), record.Exists)
		p.Refused(p.raw("wu", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), record.Exists)
	}},
	{"S8 what waits behind a parked change is decided once", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		late := p.ID()
		p.Edit("li", id, record.Content{"household": record.Text(late)})
		for _, text := range []string{"一", "二", "三", "四", "五"} {
			p.Edit("li", id, record.Content{"text": record.Text(text)})
		}
		p.Sync("li")
		before := p.feedHead("unit:" + Village)
		p.Refused(p.raw("wu", late, `"kind":"create","unit":"`+Village+`","fields":{"head":"迟"}`), "")
		if moved := p.feedHead("unit:"+Village) - before; moved != 7 {
			p.Fatalf("a household and six patches moved the feed by %d", moved)
		}
		if got := p.Record(id).Content["text"].String(); got != "五" {
			p.Fatalf("text %s", got)
		}
	}},
	{"S24 what a later app does waits for a program that knows it, and holds up nobody else's", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id, other := p.Call("li", Village, h, nil), p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("town")
		// A program of a time when nobody could approve, and there were no lists of people.
		p.Program("type:entry", "type:household", "kind:create", "kind:patch", "kind:transition", "event:submit", "event:withdraw", "event:return")
		p.Decide("town", id, review.Approve, "")
		p.Decide("town", other, review.Return, "写清楚")
		p.Want(p.Sync("town"), change.Parked, change.Applied)
		p.Edit("li", id, record.Content{"text": record.Text("等")})
		p.Refused(p.Sync("li"), record.BehindParked)
		person := p.ID()
		line := `"type":"person","kind":"create","unit":"` + Village + `","fields":{"name":"王乙"},"new_key":{"kept":true}`
		p.Refused(p.raw("li", person, line), record.UnknownKind)
		p.Refused(p.raw("li", person, line), record.UnknownKind)
		// Rubbish is no word, and nobody stops another's record by a word of her own.
		p.Refused(p.raw("li", id, `"kind":"DROP TABLE"`), record.WrongType)
		p.Refused(p.raw("far", other, `"kind":"comment"`), record.NotAllowed)
		p.Counts("calls", 0)
		p.Verified()

		p.Program()
		if r := p.Record(person); r == nil || r.Content["name"].String() != "王乙" {
			p.Fatalf("%+v", r)
		}
		if r := p.Record(id); r.State != review.Amended || r.Content["text"].String() != "等" {
			p.Fatalf("%+v", r)
		}
		p.Counts("calls", 1)
		p.Sync("town")
		p.Sync("li")
		told, _, err := p.Engine.Stuck(context.Background(), p.actor("town"))
		p.Do(err)
		for _, one := range told {
			if one.Outcome == change.Parked {
				p.Fatalf("%+v", one)
			}
		}
		p.Verified()
	}},
	{"S8 a household of a newer register waits for the register", func(p *People) {
		id := p.ID()
		p.Refused(p.raw("li", id, `"kind":"create","form_version":9,"unit":"`+Village+`","fields":{"head":"王甲"}`), record.UnknownForm)
		p.Reform("registers/household.json", `"version": 1`, `"version": 9`)
		if p.Record(id) == nil {
			p.Fatal("the register came and the household still waits")
		}
	}},
}

// actor is an account with its seats.
func (p *People) actor(account string) (a record.Actor) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
		a, err = r.Actor(account)
		return err
	}))
	return a
}
