package simtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// exchange: what an exchange takes and keeps.
var exchange = []Scenario{
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
	{"S22 another protocol's changes are taken, its app is given no rows; what nobody knows stays in the ledger", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		head, lines := p.Phone("li").Request(200)
		who := engine.Who{Account: "li", Device: "dli"}
		for _, strange := range []int{0, 2, 99} {
			head.Protocol = strange
			a, err := p.Engine.Sync(context.Background(), who, head, lines)
			p.Do(err)
			p.Want(a.Push.Outcomes, change.Applied, change.Applied)
			if a.Protocol != strange || a.Push.Through != 2 || len(a.Pull.Rows) != 0 || !a.Pull.More {
				p.Fatalf("%+v", a)
			}
			_, err = p.Engine.Sync(context.Background(), who, head, nil)
			p.code(err, record.UpgradeRequired)
		}
		p.Sync("li")
		// A field that the form had once: its value survives, and what an older app does not know it leaves alone.
		old := `"kind":"patch","form_version":1,"fields":{"mood":"好","text":"补"},"colour":{"of":"tomorrow"}`
		p.Refused(p.raw("li", id, old), "")
		c := p.Record(id).Content
		if c["mood"].String() != "好" || c["text"].String() != "补" {
			p.Fatalf("%s", c.Bytes())
		}
		p.Sync("li")
		p.Edit("li", id, record.Content{"text": record.Text("又补")})
		p.Sync("li")
		if c := p.Record(id).Content; c["mood"].String() != "好" || c["text"].String() != "又补" {
			p.Fatalf("%s", c.Bytes())
		}
		// Of the form's own version an unknown field is a fault; of a later one the change waits, whole.
		p.Refused(p.raw("li", id, `"kind":"patch","form_version":2,"fields":{"mood":"坏"}`), record.UnknownField)
		p.Refused(p.raw("li", id, `"kind":"patch","form_version":9,"fields":{"weather":"雨"}`), record.UnknownForm)
		kept := ""
		p.Do(p.Store.View(context.Background(), func(r engine.Reader) error {
			history, err := r.History(id)
			for _, l := range history {
				kept += string(l.Bytes)
			}
			return err
		}))
		for _, text := range []string{`"colour":{"of":"tomorrow"}`, `"weather":"雨"`} {
			if !strings.Contains(kept, text) {
				p.Fatalf("the ledger does not have %s", text)
			}
		}
		p.Verified()
	}},
	{"S2 S3 S5 a fork, a gap and a foreign epoch write nothing", func(p *People) {
		h := p.Household("li", Village, "王甲")
		head, lines := p.Phone("li").Request(200)
		p.Sync("li")
		who := engine.Who{Account: "li", Device: "dli"}
		other := [][]byte{[]byte(strings.Replace(string(lines[0]), "王甲", "王乙", 1))}
		_, err := p.Engine.Sync(context.Background(), who, head, other)
		p.code(err, record.Fork)
		for _, another := range []engine.Who{{Account: "wu", Device: "dwu"}, {Account: "li", Device: "her other phone"}} {
			_, err = p.Engine.Sync(context.Background(), another, head, lines)
			p.code(err, record.ForeignEpoch)
		}
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
	{"S2 S17 M3 P9 a phone that was restored goes on in a log of its own, and what it wrote before is still its own", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"text": record.Text("一")})
		p.Sync("li")
		old := p.Phone("li").Copy()
		p.Edit("li", id, record.Content{"text": record.Text("二")})
		p.Edit("li", id, record.Content{"amount": record.Int(5)})
		p.Sync("li")
		// The copy knows nothing of the two edits, and makes its own on what it has.
		p.phones["li"] = old
		p.Do(old.Patch(p.Now, id, phone.Edit{Fields: record.Content{"met": record.Text("no")}}))
		head, lines := old.Request(200)
		_, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"}, head, lines)
		var fork *change.Fork
		if p.code(err, record.Fork); !errors.As(err, &fork) || fork.Common != 2 {
			p.Fatalf("%+v", err)
		}
		p.Do(old.Fork(fork.Common, p.ID()))
		p.Want(p.Sync("li"), change.Merged)
		c := p.Record(id).Content
		if c["text"].String() != "二" || c["amount"] != "5" || c["met"].String() != "no" {
			p.Fatalf("%s", c.Bytes())
		}
		// What the part in common wrote is its own; what came after that is another's.
		p.Do(old.Patch(p.Now, id, phone.Edit{Fields: record.Content{"purposes": record.Set([]string{"greet"})}}))
		p.Want(p.Sync("li"), change.Applied)
		stale := `"after":{"epoch":"` + head.Epoch + `","n":2},"kind":"patch","fields":{"text":"三","occurred_on":"2026-11-20"}`
		line := fmt.Sprintf(`{"epoch":%q,"n":5,"prev":%q,"type":"entry","entity":%q,"at":%d,"seen":0,%s}`,
			old.Epoch(), p.chain(old.Epoch()), id, p.Now, stale)
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"},
			change.Head{Protocol: 1, Epoch: old.Epoch(), From: 5}, [][]byte{[]byte(line)})
		p.Do(err)
		p.Want(answer.Push.Outcomes, change.Conflict)
		rec := p.Record(id)
		if len(rec.Conflicts) != 1 || rec.Conflicts[0].Field != "text" || rec.Content["occurred_on"].String() != "2026-11-20" {
			p.Fatalf("%+v", rec)
		}
	}},
	{"S17 a log that continues what is not there leaves a gap, and one that says what is lost goes on", func(p *People) {
		line := func(epoch, after string, n int64, prev string) [][]byte {
			return [][]byte{[]byte(fmt.Sprintf(`{"epoch":%q,"n":%d,"prev":%q,"after":{%s},"type":"household","entity":%q,"kind":"create","unit":%q,"fields":{"head":"王甲"},"at":1,"seen":0}`,
				epoch, n, prev, after, p.ID(), Village))}
		}
		push := func(account, epoch string, from int64, lines [][]byte) change.Receipt {
			a, err := p.Engine.Sync(context.Background(), engine.Who{Account: account, Device: "d" + account}, change.Head{Protocol: 1, Epoch: epoch, From: from}, lines)
			p.Do(err)
			return a.Push
		}
		p.Household("li", Village, "王甲")
		p.Sync("li")
		first := p.Phone("li").Epoch()
		chain := p.chain(first)
		fresh := p.ID()
		for _, bad := range []struct {
			account, after, prev string
			n                    int64
		}{
			{"li", `"epoch":"` + first + `","n":1`, change.Hash([]byte("x")), 2},
			{"li", `"epoch":"` + first + `","n":2`, chain, 3},
			{"li", `"epoch":"` + p.ID() + `","n":1`, chain, 2},
			{"wu", `"epoch":"` + first + `","n":1`, chain, 2}, // another's log
		} {
			if got := push(bad.account, fresh, bad.n, line(fresh, bad.after, bad.n, bad.prev)); got.Through != 0 || len(got.Outcomes) != 0 {
				p.Fatalf("%+v: %+v", bad, got)
			}
		}
		got := push("li", fresh, 2, line(fresh, `"epoch":"`+first+`","n":1`, 2, chain))
		if got.Through != 2 || len(got.Outcomes) != 1 {
			p.Fatalf("%+v", got)
		}
		p.Want(got.Outcomes, change.Applied)
		other := p.ID()
		got = push("li", other, 9, line(other, `"epoch":"`+fresh+`","n":8,"lost":3`, 9, change.Hash([]byte("lost"))))
		if got.Through != 9 {
			p.Fatalf("%+v", got)
		}
		p.Want(got.Outcomes, change.Applied)
	}},
	{"S1 S4 S7 W7 bad lines get a clear outcome and the good ones beside them apply", func(p *People) {
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
		many := ""
		for i := range change.MaxFields + 1 {
			many += fmt.Sprintf(`"f%d":"a",`, i)
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
		add(head + `"entity":"` + p.ID() + `","fields":{` + strings.TrimSuffix(many, ",") + `}}`)
		good := p.ID()
		add(head + `"entity":"` + good + `","fields":{"head":"好"}}`)

		h := change.Head{Protocol: 1, Epoch: epoch, From: 1}
		answer, err := p.Engine.Sync(context.Background(), engine.Who{Account: "li", Device: "dli"}, h, send)
		p.Do(err)
		want := []record.Code{"", record.Unreadable, record.Unreadable, record.WrongType, record.WrongType, record.WrongType, record.WrongType,
			record.UnknownField, record.MissingField, record.TooLong, record.TooLong, record.WrongType,
			record.BadNumber, record.BadChain, record.UnknownKind, record.ForeignUnit, record.ForeignUnit, record.TooLarge, ""}
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
	{"W1 R6 S14 values are held to the form", func(p *People) {
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
		for days, want := range map[record.Instant]int{-400: 0, -401: 1, 0: 0, 1: 1} {
			id := p.Call("li", Village, h, record.Content{"occurred_on": record.Text(engine.Day(real + days*record.DayMS))})
			p.Sync("li")
			if f := p.Record(id).Flags; len(f) != want {
				p.Fatalf("%d days off: flags %v", days, f)
			}
		}
		// The phone's clock, at 1970 and about a day off.
		for clock, want := range map[record.Instant]int{5: 1, real - record.DayMS: 0, real - record.DayMS - 1: 1, real + record.DayMS + 1: 1} {
			p.Now = clock
			id := p.Call("li", Village, h, record.Content{"occurred_on": record.Text(engine.Day(real))})
			p.Now = real
			p.Sync("li")
			if f := p.Record(id).Flags; len(f) != want || want == 1 && f[0] != record.FlagClockOff {
				p.Fatalf("a clock at %d: flags %v", clock, f)
			}
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
}
