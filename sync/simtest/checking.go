package simtest

import (
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// checking: entries that do not keep a check of their form.
var checking = []Scenario{
	{"S25 what keeps no check of its form is refused, and flagged where its author's form had none", func(p *People) {
		h := p.Household("li", Village, "王甲")
		day := func(n int) record.Value { return record.Text(engine.Day(p.Now + record.Instant(n)*record.DayMS)) }
		flagged := func(id string, want bool) {
			p.Helper()
			if got := slices.Contains(p.Record(id).Flags, record.FlagCheckFailed); got != want {
				p.Fatalf("flags %v", p.Record(id).Flags)
			}
		}
		bad := record.Content{"occurred_on": day(-9), "again_on": day(-10)}
		before := p.Call("li", Village, h, bad)
		older := p.ID()
		p.Do(p.Phone("li").Create(p.Now, phone.Draft{Type: record.Entry, Entity: older, Unit: Village, Form: "call", Fields: record.Content{"household": record.Text(h),
			"purposes": record.Set([]string{"check"}), "met": record.Text("yes"), "occurred_on": day(-9), "again_on": day(-10)}}))
		p.Reform("forms/call.json", `"version": 2,`, `"version": 3, "checks": [{"rule": "again_on == '' || again_on >= occurred_on", "field": "again_on",
			"message": {"zh": "再访不能早于探访", "en": "Again on is before the call"}}],`)

		// Her phone had the form of before: she could not know.
		p.Want(p.Sync("li"), change.Applied, change.Applied, change.Applied)
		flagged(before, true)
		flagged(older, false)
		p.Decide("li", older, review.Submit, "") // by whichever app: it was made when there was no such check
		p.Want(p.Sync("li"), change.Applied)
		flagged(older, true)
		p.Sync("town")
		p.Decide("town", before, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)

		p.Phone("li").Use(p.Engine.Catalogue())
		p.Call("li", Village, h, bad)
		got := p.Sync("li")
		p.Refused(got, record.CheckFailed)
		if got[0].Field != "again_on" {
			p.Fatalf("at %q", got[0].Field)
		}

		// A draft may be as it is until it is submitted.
		draft := p.ID()
		fields := record.Content{"household": record.Text(h), "purposes": record.Set([]string{"check"}), "met": record.Text("yes")}
		for k, v := range bad {
			fields[k] = v
		}
		p.Do(p.Phone("li").Create(p.Now, phone.Draft{Type: record.Entry, Entity: draft, Unit: Village, Form: "call", Fields: fields}))
		p.Want(p.Sync("li"), change.Applied)
		flagged(draft, false)
		p.Decide("li", draft, review.Submit, "")
		p.Refused(p.Sync("li"), record.CheckFailed)
		p.Edit("li", draft, record.Content{"again_on": day(-8)})
		p.Decide("li", draft, review.Submit, "")
		p.Want(p.Sync("li"), change.Applied, change.Applied)

		// An edit is held to them too.
		p.Edit("li", draft, record.Content{"again_on": day(-12)})
		p.Refused(p.Sync("li"), record.CheckFailed)

		// Two edits of which each is right by itself: none of the two is refused for the other's.
		both := p.Call("li", Village, h, record.Content{"occurred_on": day(-9)})
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", both, record.Content{"again_on": day(-8)})
		p.Edit("wu", both, record.Content{"occurred_on": day(-2)})
		p.Want(p.Sync("li"), change.Applied)
		p.Want(p.Sync("wu"), change.Merged)
		flagged(both, true)
		p.Sync("li")
		p.Edit("li", both, record.Content{"again_on": day(-1)})
		p.Want(p.Sync("li"), change.Applied)
		flagged(both, false)

		// Of two values that were each right when they were written a reviewer chooses one, which is not any more.
		chosen := p.Call("li", Village, h, record.Content{"occurred_on": day(-9)})
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", chosen, record.Content{"again_on": day(-8)})
		p.Edit("wu", chosen, record.Content{"again_on": day(-7)})
		p.Sync("li")
		p.Want(p.Sync("wu"), change.Conflict)
		p.Edit("li", chosen, record.Content{"occurred_on": day(-5), "again_on": day(-1)})
		p.Want(p.Sync("li"), change.Applied)
		p.Sync("town")
		p.resolve("town", chosen, "again_on", day(-7))
		p.Want(p.Sync("town"), change.Applied)
		flagged(chosen, true)
	}}, {"S25 R6 what a form requires since is no reason to refuse what was recorded by the form of before", func(p *People) {
		h := p.Household("li", Village, "王甲")
		flagged := func(id string, want bool) {
			p.Helper()
			if got := slices.Contains(p.Record(id).Flags, record.FlagCheckFailed); got != want {
				p.Fatalf("flags %v", p.Record(id).Flags)
			}
		}
		old := p.Call("li", Village, h, nil)
		draft := p.ID()
		p.Do(p.Phone("li").Create(p.Now, phone.Draft{Type: record.Entry, Entity: draft, Unit: Village, Form: "call",
			Fields: record.Content{"household": record.Text(h), "purposes": record.Set([]string{"check"}), "met": record.Text("yes"), "occurred_on": record.Text(engine.Day(p.Now))}}))
		p.Reform("forms/call.json", `"version": 2,`, `"version": 3,`, `"fields": [`, `"fields": [
			{"key": "kind_of", "type": "text", "label": {"zh": "种类", "en": "Kind"}, "required": true, "hidden": true, "default": "call"},
			{"key": "since", "type": "text", "label": {"zh": "新问的", "en": "Asked since"}, "required": true},`)
		p.Want(p.Sync("li"), change.Applied, change.Applied, change.Applied)
		flagged(old, true)
		p.Decide("li", draft, review.Submit, "")
		p.Want(p.Sync("li"), change.Applied)
		flagged(draft, true)
		p.Sync("town")
		p.Decide("town", old, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)

		// By the form of now she fills in what it asks, of an entry of before too.
		p.Phone("li").Use(p.Engine.Catalogue())
		got := func(want record.Code, field string) {
			p.Helper()
			all := p.Sync("li")
			p.Refused(all, want)
			if all[0].Field != field {
				p.Fatalf("at %q", all[0].Field)
			}
		}
		p.Call("li", Village, h, nil)
		got(record.MissingField, "kind_of")
		p.Call("li", Village, h, record.Content{"kind_of": record.Text("call")})
		got(record.MissingField, "since")
		full := p.Call("li", Village, h, record.Content{"kind_of": record.Text("call"), "since": record.Text("有")})
		p.Want(p.Sync("li"), change.Applied)
		p.Edit("li", full, record.Content{"since": ""})
		got(record.MissingField, "since")
		p.Edit("li", old, record.Content{"text": record.Text("改"), "kind_of": record.Text("call"), "since": record.Text("有")})
		p.Want(p.Sync("li"), change.Applied)
		flagged(old, false)
		p.Sync("town")
		p.Decide("town", old, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
	}},
}
