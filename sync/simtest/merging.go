package simtest

import (
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// merging: what several phones, or one phone several times, changed in one field without having seen it all.
var merging = []Scenario{
	{"M5 what she ticked and takes out again before it was sent is out, and what another ticked stays", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"quarrel"})})
		p.Edit("li", id, record.Content{"signs": ""})
		p.choices(p.Phone("li").Record(id), "signs")
		p.Sync("li")
		p.choices(p.Record(id), "signs")
		p.Sync("wu")

		// Twice on what she saw last; a colleague in between.
		p.Edit("li", id, record.Content{"purposes": record.Set([]string{"check", "help"})})
		p.Edit("wu", id, record.Content{"purposes": record.Set([]string{"check", "greet"})})
		p.Sync("wu")
		p.Edit("li", id, record.Content{"purposes": record.Set([]string{"check"})})
		p.choices(p.Phone("li").Record(id), "purposes", "check")
		p.Sync("li")
		p.choices(p.Record(id), "purposes", "check", "greet")
		p.choices(p.Phone("li").Record(id), "purposes", "check", "greet")

		// What both have ticked is not hers alone to take out: she has not seen that it is the other's too.
		p.Sync("wu")
		p.Edit("li", id, record.Content{"purposes": record.Set([]string{"check", "greet", "help"})})
		p.Edit("wu", id, record.Content{"purposes": record.Set([]string{"check", "greet", "help"})})
		p.Edit("li", id, record.Content{"purposes": record.Set([]string{"check", "greet"})})
		p.Sync("wu")
		p.Sync("li")
		p.choices(p.Record(id), "purposes", "check", "greet", "help")
	}},
	{"M10 photos that two phones added are all there, in their order; more than the field takes is a conflict", func(p *People) {
		p.Reform("forms/call.json", `"fields": [`, `"fields": [{"key": "photos", "type": "photo", "max": 3, "label": {"zh": "照片", "en": "Photos"}, "personal": true},
			{"key": "signed", "type": "signature", "label": {"zh": "签名", "en": "Signature"}, "personal": true},`)
		for _, who := range []string{"li", "wu"} {
			p.Phone(who).Use(p.Engine.Catalogue())
		}
		photos := func(names string) record.Value {
			var ids []string
			for _, one := range names {
				ids = append(ids, strings.Repeat(string(one), 32))
			}
			return record.List(ids)
		}
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"photos": photos("b")})
		is := func(want string) {
			p.Helper()
			if got := p.Record(id).Content["photos"]; got != photos(want) {
				p.Fatalf("photos %s, want %s", string(got), want)
			}
		}
		p.Sync("li")
		p.Sync("wu")
		p.Edit("li", id, record.Content{"photos": photos("bd")})
		p.Edit("wu", id, record.Content{"photos": photos("ba")})
		p.Want(p.Sync("wu"), change.Applied)
		p.Want(p.Sync("li"), change.Merged)
		is("bad")
		p.Sync("wu")

		// One takes a photo out while the other takes two more: of three places there is one too few.
		p.Edit("wu", id, record.Content{"photos": photos("ad"), "signed": photos("e")})
		p.Edit("li", id, record.Content{"photos": photos("bdf"), "signed": photos("f")})
		p.Want(p.Sync("wu"), change.Applied)
		p.Want(p.Sync("li"), change.Conflict) // of the two signatures
		is("df")
		if rec := p.Record(id); len(rec.Conflicts) != 1 || rec.Conflicts[0].Field != "signed" || rec.Content["signed"] != photos("e") {
			p.Fatalf("%+v", rec.Conflicts)
		}
		p.Sync("wu")
		p.Edit("wu", id, record.Content{"photos": photos("dfa")})
		p.Edit("li", id, record.Content{"photos": photos("dfc")})
		p.Sync("wu")
		p.Want(p.Sync("li"), change.Conflict)
		is("dfa")

		// Her own, taken and thrown away before it was sent.
		other := p.Call("li", Village, h, record.Content{"photos": photos("12"), "signed": photos("3")})
		p.Edit("li", other, record.Content{"photos": photos("2"), "signed": photos("4")})
		p.Sync("li")
		if c := p.Record(other).Content; c["photos"] != photos("2") || c["signed"] != photos("4") {
			p.Fatalf("%s", c.Bytes())
		}
	}},
}

// choices holds what stands in a many-of field of a record.
func (p *People) choices(rec *record.Record, field string, want ...string) {
	p.Helper()
	if got := rec.Content[field]; got != record.Set(want) {
		p.Fatalf("%s: %s, want %v", field, string(got), want)
	}
}
