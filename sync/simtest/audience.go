package simtest

import (
	"context"
	"fmt"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// audience: who is sent what.
var audience = []Scenario{
	{"W6 R8 who sees and changes what: drafts are the author's, of a sensitive entry the others see that it exists", func(p *People) {
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
	{"S10 what a new catalogue makes sensitive leaves the feeds of those who may not read it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		quarrel := record.Content{"signs": record.Set([]string{"quarrel"})}
		approved := p.Approved(h, quarrel)
		waiting := p.Call("li", Village, h, quarrel)
		p.Sync("li")
		p.Sync("wu")
		p.Reform("forms/call.json", `"sensitive": "'violence' in signs"`,
			`"sensitive": "signs.exists(x, x in ['violence', 'quarrel'])"`)
		p.Sync("wu")
		p.Sync("town")
		for _, id := range []string{approved, waiting} {
			if got := p.Phone("wu").Record(id); got != nil && len(got.Content) != 0 {
				p.Errorf("a colleague still sees %+v", got)
			}
			if got := p.Phone("town").Record(id); got == nil || len(got.Content) == 0 {
				p.Errorf("the reviewer sees %+v", got)
			}
		}
	}},
	{"W6 a reason's words are not for those from whom personal fields are withheld", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, nil) // without a text of its own
		p.Sync("li")
		p.Sync("town")
		p.Decide("town", id, review.Return, "王甲的电话写错了")
		p.Sync("town")
		actor, err := p.Engine.Actor(context.Background(), "county")
		p.Do(err)
		view, err := p.Engine.Entry(context.Background(), actor, id)
		p.Do(err)
		for _, e := range view.History {
			if e.Reason != "" {
				p.Fatalf("the county reads %q", e.Reason)
			}
		}
	}},
	{"W6 a list of what a figure counts names nothing that its reader may not see, and its pages end in nothing hidden", func(p *People) {
		h := p.Household("li", Village, "王甲")
		seen := []string{p.Approved(h, nil)}
		secret := p.Approved(h, record.Content{"signs": record.Set([]string{"violence"}), "amount": record.Int(5)})
		seen = append(seen, p.Approved(h, nil))
		for _, who := range []string{"wu", "county", "chief"} {
			actor, err := p.Engine.Actor(context.Background(), who)
			p.Do(err)
			var got []string
			var after engine.Page
			for hidden := int64(0); ; {
				page, err := p.Engine.TotalEntries(context.Background(), actor, engine.EntriesQuery{
					Unit: Village, Period: "2026", Indicator: "calls", Group: "purposes=check", Limit: 1, After: after})
				p.Do(err)
				for _, e := range page.List {
					got = append(got, e.Entity)
				}
				hidden += page.Hidden
				if after = page.Next; after == (engine.Page{}) {
					if hidden != 1 {
						p.Fatalf("%s is told of %d more", who, hidden)
					}
					break
				}
				if after.Entity == secret || page.Hidden != 0 {
					p.Fatalf("%s is led to %+v, %d hidden", who, after, page.Hidden)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(seen) {
				p.Fatalf("%s is shown %v, want %v", who, got, seen)
			}
		}
	}},
}
