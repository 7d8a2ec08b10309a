package simtest

import (
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// deciding: how edits merge and who decides.
var deciding = []Scenario{
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
		p.Edit("wu", id, record.Content{"amount": record.Int(5)})
		p.Sync("wu")
		p.Want(p.Sync("town"), change.Stale) // a choice on a version that is another by now
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
	{"R1 R2 R6 a decision is about the version that was seen and what can come of it; only an author submits, and only what is whole", func(p *People) {
		h := p.Household("li", Village, "王甲")
		says := func(account, id, event, trunk string) []change.Outcome {
			p.Helper()
			return p.raw(account, id, `"kind":"transition","event":"`+event+`","trunk":"`+trunk+`","reason":{"text":"看过"}`)
		}
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		for _, event := range []string{"approve", "return", "void"} {
			p.Want(says("town", id, event, h+h), change.Stale) // 64 digits that name nothing she can have seen
		}
		p.State(id, review.Submitted)
		seen := p.Record(id).Version
		p.Want(says("town", id, "refuse", seen), change.Stale) // nothing is approved that an amendment could leave
		p.Want(says("town", id, "approve", seen), change.Applied)
		p.Want(says("town", id, "return", seen), change.Stale)
		p.Refused(says("li", id, "withdraw", seen), record.IllegalTransition)
		p.Edit("li", id, record.Content{"amount": record.Int(5)})
		p.Sync("li")
		for _, event := range []string{"approve", "refuse", "void"} {
			p.Want(says("town", id, event, seen), change.Stale)
		}
		p.Want(says("town", id, "void", p.Record(id).Version), change.Applied)
		p.Want(says("town", id, "reinstate", seen), change.Stale)
		p.State(id, review.Voided)

		// Half a draft is taken as it is.
		draft := p.ID()
		p.Do(p.Phone("li").Create(p.Now, phone.Draft{Type: record.Entry, Entity: draft, Unit: Village, Form: "call", Fields: record.Content{"household": record.Text(h)}}))
		p.Want(p.Sync("li"), change.Applied)
		p.Refused(p.raw("li", draft, `"kind":"patch","form_version":2,"event":"submit","fields":{"met":"yes"}`), record.MissingField)
		p.State(draft, review.Draft)
		other := p.Call("li", Village, h, nil)
		p.Sync("li")
		p.Refused(p.raw("town", other, `"kind":"patch","event":"submit","fields":{"met":"no"}`), record.IllegalTransition)
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
	{"S26 R3 a township records for a village, says who did it, and another decides", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		p.Sync("town")
		p.Call("town", Village, h, nil)
		p.Refused(p.Sync("town"), record.MissingField)
		by := record.Content{"done_by": record.Text("李四")}
		id := p.Call("town", Village, h, by)
		p.Want(p.Sync("town"), change.Applied)
		p.Sync("li")
		if shown := p.Phone("li").Record(id); shown == nil || shown.Unit != Village || shown.Content["done_by"].String() != "李四" {
			p.Fatalf("the village has %+v", shown)
		}
		p.Refused(p.decideAs("town", id), record.OwnEntry)
		p.Want(p.decideAs("county", id), change.Applied)
		p.Counts("calls", 1)
		if n := p.Figure("city", Village, "2026-11", "calls", ""); n != 1 {
			p.Fatalf("the village counts %d", n)
		}
		p.Edit("li", id, record.Content{"done_by": ""})
		p.Refused(p.Sync("li"), record.MissingField)

		for _, who := range []string{"county", "town2", "he", "clerk", "city"} {
			p.Call(who, Village, h, by)
			p.Refused(p.Sync(who), record.ForeignUnit)
		}
		p.Call("county", Town, p.homeOf("town", Town), by)
		p.Refused(p.Sync("county"), record.ForeignUnit) // a township writes its own
	}},
	{"R4 W6 what has waited seven days is listed for the level above, which reads it whole until it is decided", func(p *People) {
		h := p.Household("li", Village, "王甲")
		secret := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"}), "text": record.Text("不可外传")})
		plain := p.Call("li", Village, h, record.Content{"text": record.Text("说明")})
		p.Sync("li")
		waiting := []string{secret, plain}
		p.overdue("county")
		p.unseen("county", secret)
		if v := p.entry("county", plain); v.Decide || v.Record.Content["text"].String() != "" {
			p.Fatalf("before its time the county sees %+v", v.Record)
		}
		if v := p.entry("town", plain); !v.Decide {
			p.Fatal("the right reviewer may not decide")
		}
		p.Now += 7*record.DayMS - 1
		p.overdue("county")
		p.Now++
		p.overdue("county", waiting...)
		for _, who := range []string{"li", "town", "clerk", "city", "chief", "auditor"} {
			p.overdue(who)
		}
		p.unseen("clerk", secret)
		p.unseen("city", secret)
		for _, id := range waiting {
			v := p.entry("county", id)
			if !v.Decide || len(v.Withheld) > 0 || v.Record.Content["text"].String() == "" || len(v.History) == 0 ||
				v.Named[h] == nil || v.Named[h].Content["head"].String() != "王甲" {
				p.Fatalf("she decides on %+v with %+v", v.Record, v.Named[h])
			}
		}
		p.Sync("county")
		if p.Phone("county").Record(secret) != nil || p.Phone("county").Record(plain) != nil {
			p.Fatal("it came to her phone")
		}
		p.Want(p.decideAs("county", secret), change.Applied)
		p.unseen("county", secret)
		p.overdue("county", plain)
		p.Refused(p.raw("county", plain, `"kind":"transition","event":"return","trunk":"`+p.Record(plain).Version+`","reason":{"text":"太简单"}`), "")
		p.State(plain, review.Returned)
		p.overdue("county")
		if v := p.entry("county", plain); v.Decide || v.Record.Content["text"].String() != "" {
			p.Fatalf("decided, the county still sees %+v", v.Record)
		}
	}},
	{"R3 R4 where the right unit has no reviewer but the writer, the level above need not wait, and never decides on her own", func(p *People) {
		own := p.Call("town", Town, p.homeOf("town", Town), nil)
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("town")
		p.Sync("li")
		p.overdue("county")
		p.Seat("town", record.Volunteer, Town)
		p.overdue("county", id)
		p.overdue("city")
		p.Now += 7 * record.DayMS
		p.overdue("city", own)
		p.Seat("town", record.Reviewer, City)
		p.overdue("town")
		p.overdue("city", own)
	}},
	{"M8 R5 an amendment that was voided with an open conflict comes back as an amendment", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"text": record.Text("旧")})
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", id, record.Content{"text": record.Text("李说")})
		p.Edit("wu", id, record.Content{"text": record.Text("吴说")})
		p.Sync("wu")
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Sync("town")
		p.Want(p.Sync("li"), change.Conflict)
		p.State(id, review.Amended)
		p.Sync("town")
		p.Decide("town", id, review.Void, "重复")
		p.Want(p.Sync("town"), change.Applied)
		p.Decide("town", id, review.Reinstate, "")
		p.Want(p.Sync("town"), change.Applied)
		p.State(id, review.Amended)
	}},
	{"W7 a reason is words, and at most 2,000 characters", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil)
		p.Sync("li")
		for text, want := range map[string]record.Code{"  ": record.MissingField, strings.Repeat("长", 2001): record.TooLong} {
			p.Refused(p.raw("town", id, `"kind":"transition","event":"return","trunk":"`+p.Record(id).Version+`","reason":{"text":"`+text+`"}`), want)
		}
	}},
}
