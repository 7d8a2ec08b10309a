package simtest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
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
var Scenarios = []Scenario{
	{"S6 T1 recorded without signal, approved in town, counted in the city", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"amount": record.Int(12345)})
		p.Counts("calls", 0)
		p.Want(p.Sync("li"), change.Applied, change.Applied)
		p.Counts("calls", 0)
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		for _, at := range []string{City, County, Town, Village} {
			for _, period := range []string{"2026", "2026H2", "2026Q4", "2026-11"} {
				if got := p.Figure("city", at, period, "calls", ""); got != 1 {
					p.Fatalf("%s %s: %d", at, period, got)
				}
				if got := p.Figure("city", at, period, "money", ""); got != 12345 {
					p.Fatalf("%s %s: %d fen", at, period, got)
				}
			}
		}
		if got := p.Figure("city", City, "2026-11", "calls", "purposes=check"); got != 1 {
			p.Fatalf("group: %d", got)
		}
		p.Sync("li")
		if got := p.Phone("li").Record(id).State; got != review.Approved {
			p.Fatalf("on the phone: %s", got)
		}
	}},
	{"S2 a retry after a lost answer creates nothing twice", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Call("li", Village, h, nil)
		head, lines := p.Phone("li").Request(200)
		who := engine.Who{Account: "li", Device: "dli"}
		first, err := p.Engine.Sync(context.Background(), who, head, lines)
		p.Do(err)
		// The answer is lost; the phone sends the same again, and one more.
		p.Call("li", Village, h, nil)
		second := p.Sync("li")
		p.Want(second, change.Applied, change.Applied, change.Applied)
		for i := range first.Push.Outcomes {
			if second[i] != first.Push.Outcomes[i] {
				p.Fatalf("another receipt: %+v, %+v", first.Push.Outcomes[i], second[i])
			}
		}
		if n := p.count(record.Entry); n != 2 {
			p.Fatalf("%d entries", n)
		}
	}},
	{"S2 S3 S5 a fork, a gap and a foreign epoch write nothing", func(p *People) {
		h := p.Household("li", Village, "王甲")
		head, lines := p.Phone("li").Request(200)
		p.Sync("li")
		who := engine.Who{Account: "li", Device: "dli"}
		other := [][]byte{[]byte(strings.Replace(string(lines[0]), "王甲", "王乙", 1))}
		_, err := p.Engine.Sync(context.Background(), who, head, other)
		p.code(err, record.Fork)
		_, err = p.Engine.Sync(context.Background(), engine.Who{Account: "wu", Device: "dwu"}, head, lines)
		p.code(err, record.ForeignEpoch)
		head.From = 7
		answer, err := p.Engine.Sync(context.Background(), who, head, lines)
		p.Do(err)
		if answer.Push.Through != 1 || len(answer.Push.Outcomes) != 0 {
			p.Fatalf("%+v", answer.Push)
		}
		if p.Record(h).Content["head"].String() != "王甲" {
			p.Fatal("the fork was applied")
		}
	}},
	{"S1 S4 S7 bad lines get a clear outcome and the good ones beside them apply", func(p *People) {
		p.Household("li", Village, "王甲")
		_, lines := p.Phone("li").Request(200)
		var epoch string
		{
			var c change.Change
			p.Do(json.Unmarshal(lines[0], &c))
			epoch = c.Epoch
		}
		send := [][]byte{lines[0]}
		prev := change.Hash(lines[0])
		add := func(text string) {
			text = strings.NewReplacer("EPOCH", epoch, "PREV", prev, "N#", fmt.Sprint(len(send)+1)).Replace(text)
			send = append(send, []byte(text))
			prev = change.Hash([]byte(text))
		}
		const head = `{"epoch":"EPOCH","n":N#,"prev":"PREV","type":"household","kind":"create","unit":"` + Village + `","at":1,"seen":0,`
		add(`{"epoch":`)
		add(``)
		add(`[]`)
		add(head + `"entity":"x","fields":{"head":"a"}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{"head":7}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{"head":1.5}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{"tail":"a"}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{"head":"` + strings.Repeat("长", 201) + `"}}`)
		add(head + `"entity":"` + p.ID() + `","fields":{"head":"` + strings.Repeat("x", 1<<20) + `"}}`)
		add(head + `"entity":"` + p.ID() + `","fields":"text"}`)
		add(`{"epoch":"EPOCH","n":99,"prev":"PREV","type":"household","kind":"create","entity":"` + p.ID() + `","unit":"` + Village + `","fields":{"head":"a"}}`)
		add(`{"epoch":"EPOCH","n":N#,"prev":"00","type":"household","kind":"create","entity":"` + p.ID() + `","unit":"` + Village + `","fields":{"head":"a"}}`)
		add(`{"epoch":"EPOCH","n":N#,"prev":"PREV","type":"robot","kind":"create","entity":"` + p.ID() + `","unit":"` + Village + `","fields":{"head":"a"}}`)
		add(strings.Replace(head, Village, "530923101299", 1) + `"entity":"` + p.ID() + `","fields":{"head":"a"}}`)
		add(strings.Replace(head, Village, Far, 1) + `"entity":"` + p.ID() + `","fields":{"head":"a"}}`)
		good := p.ID()
		add(head + `"entity":"` + good + `","fields":{"head":"好"}}`)

		h := change.Head{Protocol: 1, Epoch: epoch, From: 1}
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"}, h, send)
		p.Do(err)
		want := []record.Code{"", record.Unreadable, record.Unreadable, record.WrongType, record.WrongType, record.WrongType, record.WrongType,
			record.UnknownField, record.MissingField, record.TooLong, record.TooLong, record.WrongType,
			record.BadNumber, record.BadChain, record.WrongType, record.ForeignUnit, record.ForeignUnit, ""}
		for i, o := range answer.Push.Outcomes {
			if o.Code != want[i] {
				p.Errorf("line %d %.80s: %+v, want %q", i+1, send[i], o, want[i])
			}
		}
		if p.Record(good) == nil || answer.Push.Through != int64(len(send)) {
			p.Fatalf("the good line beside them: %+v", answer.Push)
		}
		// Every byte of them is in the ledger.
		p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
			for i := range send {
				l, err := r.Line(epoch, int64(i+1))
				if err != nil || l == nil || string(l.Bytes) != string(send[i]) {
					p.Errorf("line %d is not kept: %v", i+1, err)
				}
			}
			return nil
		}))
	}},
	{"W1 R6 values are held to the form", func(p *People) {
		h := p.Household("li", Village, "王甲")
		foreign := p.Household("yang", Far, "赵丙")
		p.Sync("yang")
		p.Sync("li")
		for _, c := range []struct {
			fields record.Content
			code   record.Code
		}{
			{record.Content{"amount": "-1"}, record.OutOfRange},
			{record.Content{"occurred_on": `"2026-02-30"`}, record.BadDate},
			{record.Content{"occurred_on": `20261122`}, record.WrongType},
			{record.Content{"met": `"perhaps"`}, record.UnknownChoice},
			{record.Content{"purposes": `"check"`}, record.WrongType},
			{record.Content{"purposes": ""}, record.MissingField},
			{record.Content{"people": `{"unnamed":-3}`}, record.OutOfRange},
			{record.Content{"people": `{"ghosts":1}`}, record.WrongType},
			{record.Content{"household": record.Text(foreign)}, record.ForeignHousehold},
			{record.Content{"household": record.Text(p.ID())}, record.MissingReference},
			{record.Content{"text": record.Text(strings.Repeat("长", 2001))}, record.TooLong},
		} {
			p.Call("li", Village, h, c.fields)
			p.Refused(p.Sync("li"), c.code)
		}
	}},
	{"S9 odd dates and clocks are flagged, not refused", func(p *People) {
		h := p.Household("li", Village, "王甲")
		for _, day := range []string{"1970-01-01", "2099-12-31"} {
			id := p.Call("li", Village, h, record.Content{"occurred_on": record.Text(day)})
			p.Sync("li")
			if f := p.Record(id).Flags; len(f) != 1 || f[0] != record.FlagDateOdd {
				p.Fatalf("flags %v", f)
			}
		}
		real := p.Now
		p.Now = 5 // the phone's clock is at 1970
		id := p.Call("li", Village, h, record.Content{"occurred_on": record.Text(engine.Day(real))})
		p.Now = real
		p.Sync("li")
		if f := p.Record(id).Flags; len(f) != 1 || f[0] != record.FlagClockOff {
			p.Fatalf("flags %v", f)
		}
	}},
	{"M2 M9 two phones edit different fields offline: both arrive", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"text": record.Text("旧")})
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", id, record.Content{"text": record.Text("新")})
		p.Edit("wu", id, record.Content{"amount": record.Int(500)})
		p.Want(p.Sync("wu"), change.Applied)
		p.Want(p.Sync("li"), change.Merged)
		c := p.Record(id).Content
		if c["text"].String() != "新" || c["amount"] != "500" {
			p.Fatalf("%s", c.Bytes())
		}
	}},
	{"M4 M7 M8 the same field keeps both values for the reviewer to decide", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"text": record.Text("旧")})
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", id, record.Content{"text": record.Text("李说")})
		p.Edit("wu", id, record.Content{"text": record.Text("吴说")})
		p.Want(p.Sync("wu"), change.Applied)
		p.Want(p.Sync("li"), change.Conflict)
		rec := p.Record(id)
		if rec.Content["text"].String() != "吴说" || len(rec.Conflicts) != 1 || rec.Conflicts[0].Value.String() != "李说" || rec.Conflicts[0].By != "li" {
			p.Fatalf("%+v", rec)
		}
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Refused(p.Sync("town"), record.OpenConflict)
		p.resolve("town", id, "text", record.Text("李说"))
		p.Want(p.Sync("town"), change.Applied)
		rec = p.Record(id)
		if rec.Content["text"].String() != "李说" || len(rec.Conflicts) != 0 {
			p.Fatalf("%+v", rec)
		}
		// She has chosen and not written, so she may approve (R3).
		p.Decide("town", id, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
	}},
	{"R3 who writes a third value into the entry cannot approve it, the level above can", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"text": record.Text("旧")})
		p.Sync("li")
		p.Sync("town")
		p.Edit("town", id, record.Content{"text": record.Text("镇里改的")})
		p.Want(p.Sync("town"), change.Applied)
		p.Decide("town", id, review.Approve, "")
		p.Refused(p.Sync("town"), record.OwnEntry)
		p.Want(p.decideAs("county", id), change.Applied)
	}},
	{"R5 T1 T2 an edit after the approval is an amendment; the approved content goes on counting", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Approved(h, record.Content{"amount": record.Int(100)})
		p.Counts("money", 100)
		p.Edit("li", id, record.Content{"amount": record.Int(900)})
		p.Want(p.Sync("li"), change.Applied)
		p.State(id, review.Amended)
		p.Counts("money", 100)
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Sync("town")
		p.State(id, review.Approved)
		p.Counts("money", 900)
		p.Counts("calls", 1)
	}},
	{"R5 refused, the old content stands and the refused one is kept; edited back it needs no approval", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Approved(h, record.Content{"amount": record.Int(100)})
		p.Edit("li", id, record.Content{"amount": record.Int(900)})
		p.Sync("li")
		p.Sync("town")
		p.Decide("town", id, review.Refuse, "收据上是一元")
		p.Want(p.Sync("town"), change.Applied)
		rec := p.Record(id)
		if rec.State != review.Approved || rec.Content["amount"] != "100" || rec.Refused.Content["amount"] != "900" || rec.Refused.Reason.Text == "" {
			p.Fatalf("%+v", rec)
		}
		p.Sync("li")
		p.Edit("li", id, record.Content{"amount": record.Int(700)})
		p.Edit("li", id, record.Content{"amount": record.Int(100)})
		p.Sync("li")
		p.State(id, review.Approved)
	}},
	{"R2 an offline edit that comes after the decision makes it an amendment, one that comes before makes the decision stale", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"amount": record.Int(100)})
		p.Sync("li")
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Edit("li", id, record.Content{"amount": record.Int(200)})
		p.Sync("li")
		p.Want(p.Sync("town"), change.Stale)
		p.State(id, review.Submitted)
		p.Counts("money", 0)
		p.Decide("town", id, review.Approve, "")
		p.Edit("li", id, record.Content{"amount": record.Int(300)})
		p.Want(p.Sync("town"), change.Applied)
		p.Sync("li")
		p.State(id, review.Amended)
		p.Counts("money", 200)
	}},
	{"R1 R7 returned with a reason, corrected, submitted again, approved", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("town")
		p.Decide("town", id, review.Return, "")
		p.Refused(p.Sync("town"), record.MissingField)
		p.Decide("town", id, review.Return, "说明太短")
		p.Want(p.Sync("town"), change.Applied)
		p.Sync("li")
		shown := p.Phone("li").Record(id)
		if shown.State != review.Returned || shown.Reason.Text != "说明太短" || shown.Reason.Fields[0] != "text" {
			p.Fatalf("%+v", shown)
		}
		p.Edit("li", id, record.Content{"text": record.Text("补充")})
		p.Decide("li", id, review.Submit, "")
		p.Want(p.Sync("li"), change.Applied, change.Applied)
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		p.Counts("calls", 1)
		// A second time there is nothing to do.
		p.Decide("town", id, review.Approve, "")
		p.Want(p.Sync("town"), change.Duplicate)
		p.Decide("town", id, review.Void, "重复")
		p.Sync("town")
		p.Counts("calls", 0)
		p.Edit("li", id, record.Content{"text": record.Text("再改")})
		p.Refused(p.Sync("li"), record.IllegalTransition) // R7
		p.Decide("town", id, review.Reinstate, "")
		p.Sync("town")
		p.Counts("calls", 1)
	}},
	{"R3 R4 nobody reviews her own, and who decides", func(p *People) {
		own := p.Call("town", Town, p.homeOf("town", Town), nil)
		p.Sync("town")
		p.Decide("town", own, review.Approve, "")
		p.Refused(p.Sync("town"), record.NotAllowed) // a township's entries are the county's to decide
		p.Sync("county")
		p.Decide("county", own, review.Approve, "")
		p.Want(p.Sync("county"), change.Applied)

		city := p.Call("city", City, p.homeOf("city", City), nil)
		p.Sync("city")
		p.Decide("city", city, review.Approve, "")
		p.Refused(p.Sync("city"), record.OwnEntry)
		p.Sync("city2")
		p.Decide("city2", city, review.Approve, "")
		p.Want(p.Sync("city2"), change.Applied)

		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Refused(p.decideAs("wu", id), record.NotAllowed)
		p.Refused(p.decideAs("town2", id), record.NotAllowed)
		p.Refused(p.decideAs("county", id), record.NotAllowed)
		p.Now += 7 * record.DayMS
		p.Want(p.decideAs("county", id), change.Applied)
		p.State(id, review.Approved)
	}},
	{"W6 who sees what: drafts are the author's, of a sensitive entry the others see that it exists", func(p *People) {
		h := p.Household("li", Village, "王甲")
		secret := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"}), "text": record.Text("不可外传")})
		p.Sync("li")
		p.Sync("wu")
		p.Sync("town")
		p.Sync("he")
		if got := p.Phone("wu").Record(secret); got == nil || len(got.Content) != 0 {
			p.Fatalf("a colleague sees %+v", got)
		}
		if got := p.Phone("he").Record(secret); got != nil {
			p.Fatalf("another village sees %+v", got)
		}
		if got := p.Phone("town").Record(secret); got.Content["text"].String() != "不可外传" {
			p.Fatalf("the reviewer sees %+v", got)
		}
		p.Refused(p.raw("wu", secret, `"kind":"patch","fields":{"text":"改"}`), record.NotAllowed)
		// A value that waits in a conflict makes it sensitive too.
		plain := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("wu")
		if got := p.Phone("wu").Record(plain); len(got.Content) == 0 {
			p.Fatal("an ordinary entry is hidden")
		}
		p.Edit("li", plain, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		p.Sync("wu")
		if got := p.Phone("wu").Record(plain); len(got.Content) != 0 {
			p.Fatalf("it became sensitive and a colleague still sees %+v", got)
		}
	}},
	{"S10 withdrawn, it leaves the others' feeds", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("town")
		if p.Phone("town").Record(id) == nil {
			p.Fatal("the reviewer does not have it")
		}
		p.Decide("li", id, review.Withdraw, "")
		p.Want(p.Sync("li"), change.Applied)
		p.Sync("town")
		if got := p.Phone("town").Record(id); got != nil {
			p.Fatalf("the reviewer still has %+v", got)
		}
		p.Sync("li")
		if got := p.Phone("li").Record(id); got == nil || got.State != review.Withdrawn {
			p.Fatalf("the author has %+v", got)
		}
	}},
	{"S11 W6 a feed that was taken away is named, and a page ends where the next begins", func(p *People) {
		for i := range change.MaxRows + 5 {
			p.Household("li", Village, fmt.Sprintf("户%d", i))
		}
		p.Sync("li")
		who := engine.Who{Account: "li", Device: "dli"}
		head := change.Head{Protocol: 1, Epoch: p.Phone("li").Epoch(), From: 1, Cursors: map[string]int64{"unit:" + Village: 0, "unit:" + Far: 3}}
		first, err := p.Engine.Sync(context.Background(), who, head, nil)
		p.Do(err)
		if len(first.Pull.Rows) != change.MaxRows || !first.Pull.More || len(first.Pull.Drop) != 1 || first.Pull.Drop[0] != "unit:"+Far {
			p.Fatalf("%d rows, more %v, drop %v", len(first.Pull.Rows), first.Pull.More, first.Pull.Drop)
		}
		head.Cursors = first.Pull.Cursors
		second, err := p.Engine.Sync(context.Background(), who, head, nil)
		p.Do(err)
		if len(second.Pull.Rows) != 5 || second.Pull.More {
			p.Fatalf("%d rows, more %v", len(second.Pull.Rows), second.Pull.More)
		}
	}},
	{"W7 of 10,000 changes in one push the first 1,000 are taken, and through says so", func(p *People) {
		for i := range 10_000 {
			p.Household("li", Village, fmt.Sprintf("户%d", i))
		}
		ph := p.Phone("li")
		var all [][]byte
		for range 50 {
			_, lines := ph.Request(200)
			all = append(all, lines...)
			_ = ph.Receive(&change.Answer{Protocol: 1, Push: change.Receipt{Through: int64(len(all))}})
		}
		head := change.Head{Protocol: 1, Epoch: ph.Epoch(), From: 1}
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"}, head, all)
		p.Do(err)
		if len(all) != 10_000 || answer.Push.Through != change.MaxLines || len(answer.Push.Outcomes) != change.MaxLines {
			p.Fatalf("of %d: %d outcomes, through %d", len(all), len(answer.Push.Outcomes), answer.Push.Through)
		}
	}},
	{"S12 R8 the server's own lines are in the ledger, and a colleague of the unit corrects as an author", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Sync("wu")
		p.Edit("wu", id, record.Content{"text": record.Text("一起去的")})
		p.Want(p.Sync("wu"), change.Applied)
		p.Refused(p.raw("he", id, `"kind":"patch","fields":{"text":"路过"}`), record.NotAllowed)
		p.Refused(p.raw("wu", id, `"kind":"transition","event":"submit"`), "") // R1: already so
		p.Refused(p.raw("wu", id, `"kind":"transition","event":"reinstate","trunk":"`+p.Record(id).Version+`"`), record.NotAllowed)
		p.Decide("li", id, review.Withdraw, "")
		p.Sync("li")
		p.Refused(p.raw("li", id, `"kind":"patch","event":"approve","fields":{"text":"x"}`), record.IllegalTransition)
		kinds := map[string]int{}
		p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
			return r.Lines(func(l engine.Line) error {
				var own struct{ Kind string }
				if l.Epoch == p.Engine.Epoch() {
					p.Do(json.Unmarshal(l.Bytes, &own))
					kinds[own.Kind]++
				}
				return nil
			})
		}))
		if kinds["catalogue"] != 1 || kinds["divisions"] != 1 || kinds["seats"] != 12 {
			p.Fatalf("%v", kinds)
		}
	}},
	{"S8 what comes before its parent waits and is replayed by itself", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		p.Sync("wu")
		// wu's phone knows li's household only by word of mouth: its id comes before it does.
		early := p.ID()
		id := p.Call("wu", Village, early, nil)
		p.Refused(p.Sync("wu"), record.MissingReference)
		p.Edit("wu", id, record.Content{"text": record.Text("后来")})
		p.Refused(p.Sync("wu"), record.MissingEntity)
		other := p.Call("wu", Village, h, nil)
		p.Want(p.Sync("wu"), change.Applied) // S7: it holds up no other
		p.Refused(p.raw("li", early, `"kind":"create","unit":"`+Village+`","fields":{"head":"迟"}`), "")
		if rec := p.Record(id); rec == nil || rec.Content["text"].String() != "后来" {
			p.Fatalf("%+v", rec)
		}
		_ = other
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
	{"S13 S8 a refused create is corrected by a new one, and the patches of the old one do not come back", func(p *People) {
		id := p.ID()
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"address":"三组"}`), record.MissingField)
		p.Refused(p.raw("li", id, `"kind":"patch","fields":{"address":"四组"}`), record.MissingEntity)
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), "")
		if got := p.Record(id).Content["address"].String(); got != "五组" {
			p.Fatalf("address %s", got)
		}
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), "")
		p.Refused(p.raw("li", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王乙"}`), record.Exists)
		p.Refused(p.raw("wu", id, `"kind":"create","unit":"`+Village+`","fields":{"head":"王甲","address":"五组"}`), record.Exists)
	}},
	{"T4 distinct over months: a household called on in two months is one in the quarter", func(p *People) {
		h, g := p.Household("li", Village, "王甲"), p.Household("li", Village, "李乙")
		day := func(d string) record.Content { return record.Content{"occurred_on": record.Text(d)} }
		p.Approved(h, day("2026-10-03"))
		mid := p.Approved(h, day("2026-11-05"))
		p.Approved(h, day("2026-12-07"))
		p.Approved(h, day("2026-11-06"))
		p.Approved(g, day("2026-12-07"))
		check := func(period string, want int64) {
			p.Helper()
			if got := p.Figure("city", City, period, "homes", ""); got != want {
				p.Fatalf("%s: %d, want %d", period, got, want)
			}
		}
		check("2026-10", 1)
		check("2026-11", 1)
		check("2026-12", 2)
		check("2026Q4", 2)
		check("2026Q3", 0)
		check("2026", 2)
		p.Sync("town")
		p.Decide("town", mid, review.Void, "重复")
		p.Sync("town")
		check("2026-11", 1) // the other one of that month still stands
		check("2026", 2)
	}},
	{"T5 T6 follow-ups kept in time, counted on the day they are due and not before", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-10"), "again_on": record.Text("2026-11-20")})
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-21"), "again_on": record.Text("2026-11-28")})
		p.Counts("due", 1)
		p.Counts("kept", 0)
		kept := p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-15")})
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-16"), "met": record.Text("no")})
		p.Counts("kept", 1)
		p.Counts("kept_rate", 10000)
		p.Now += 10 * record.DayMS
		p.Counts("due", 2)
		p.Counts("kept_rate", 5000)
		p.Sync("town")
		p.Decide("town", kept, review.Void, "重复")
		p.Sync("town")
		p.Counts("kept", 0)
	}},
	{"T3 a case is counted once, with what follows it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		violence := record.Set([]string{"violence"})
		first := p.Approved(h, record.Content{"signs": violence})
		p.Approved(h, record.Content{"signs": violence, "follows": record.Text(first)})
		p.Approved(h, record.Content{"signs": violence})
		if got := p.Figure("town", Village, "2026", "cases", ""); got != 2 {
			p.Fatalf("%d cases", got)
		}
		// The county is told no number below five of a village (DOMAIN, small counts).
		if got := p.Figure("county", Village, "2026", "cases", ""); got != -1 {
			p.Fatalf("the county sees %d", got)
		}
		if got := p.Figure("town", Town, "2026", "cases", ""); got != 2 {
			p.Fatalf("of itself the township sees %d", got)
		}
		if got := p.Figure("wu", Village, "2026", "cases", ""); got != -1 {
			p.Fatalf("a colleague in the village sees %d", got)
		}
		if got := p.Figure("county", Town, "2026", "cases", ""); got != 2 {
			p.Fatalf("of the township the county sees %d", got)
		}
		if got := p.Figure("auditor", City, "2026", "cases", ""); got != -1 {
			p.Fatalf("the auditor sees %d", got)
		}
	}},
}

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
