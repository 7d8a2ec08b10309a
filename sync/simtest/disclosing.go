package simtest

import (
	"context"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// disclosing: what a stated reason opens.
var disclosing = []Scenario{
	{"D1 D2 a higher level reads a sensitive entry for a reason and a day, and those whom it concerns are told", func(p *People) {
		h := p.Household("li", Village, "王甲")
		secret := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"}), "text": record.Text("不可外传")})
		plain := p.Call("li", Village, h, record.Content{"text": record.Text("说明")})
		draft := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		p.Decide("li", draft, review.Withdraw, "")
		p.Sync("li")
		p.Sync("wu")
		p.Sync("town")
		p.unseen("chief", secret)
		p.code(p.disclose("chief", secret, "  "), record.MissingField)
		p.code(p.disclose("chief", secret, strings.Repeat("长", 2001)), record.TooLong)
		for _, id := range []string{plain, draft, h, p.ID()} {
			p.code(p.disclose("chief", id, "核实"), record.NotFound)
		}
		for _, who := range []string{"li", "wu", "he", "town", "town2", "auditor"} { // hers already, or never
			p.code(p.disclose(who, secret, "核实"), record.NotFound)
		}
		lines := p.lines()
		p.Do(p.disclose("chief", secret, " 县里转来，核实 "))
		p.Do(p.disclose("chief", secret, "再点一次"))
		if n := p.lines() - lines; n != 1 {
			p.Fatalf("%d lines", n)
		}
		v := p.entry("chief", secret)
		if v.Record.Content["text"].String() != "不可外传" || len(v.Withheld) > 0 || v.Named[h] == nil || v.Named[h].Content["head"].String() != "王甲" {
			p.Fatalf("she sees %+v with %+v", v.Record, v.Named[h])
		}
		if v.Decide {
			p.Fatal("reading is not deciding")
		}
		p.unseen("city", secret)
		p.unseen("clerk", secret)
		p.Refused(p.decideAs("city", secret), record.NotAllowed)
		for _, who := range []string{"li", "town"} {
			p.Sync(who)
			told := p.Phone(who).Record(secret).Disclosures
			if len(told) != 1 || told[0].By != "chief" || told[0].Reason != "县里转来，核实" || told[0].At != p.Now {
				p.Fatalf("%s is told %+v", who, told)
			}
			history := p.entry(who, secret).History
			if last := history[len(history)-1]; last.Kind != engine.Disclosed || last.By != "chief" || last.Reason == "" {
				p.Fatalf("%s reads %+v", who, history)
			}
		}
		p.Sync("wu")
		if got := p.Phone("wu").Record(secret); got == nil || len(got.Content)+len(got.Disclosures) != 0 {
			p.Fatalf("a colleague sees %+v", got)
		}
		p.Sync("city")
		if p.Phone("city").Record(secret) != nil {
			p.Fatal("it came to a phone of the city")
		}
		// It says nothing about what she may decide, and the edit of what she reads goes on.
		p.Edit("li", secret, record.Content{"text": record.Text("补充")})
		p.Sync("li")
		if got := p.entry("chief", secret).Record.Content["text"].String(); got != "补充" {
			p.Fatalf("she sees %q", got)
		}
		p.Now += record.DayMS - 1
		p.entry("chief", secret)
		p.Now++
		p.unseen("chief", secret)
	}},
	{"D1 withdrawn, it is its author's alone again, reason or not", func(p *People) {
		h := p.Household("li", Village, "王甲")
		secret := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		p.Do(p.disclose("clerk", secret, "核实"))
		p.entry("clerk", secret)
		p.Decide("li", secret, review.Withdraw, "")
		p.Sync("li")
		actor, err := p.Engine.Actor(context.Background(), "clerk")
		p.Do(err)
		_, err = p.Engine.Entry(context.Background(), actor, secret)
		p.code(err, record.NotFound)
	}},
	{"D2 a record carries the latest twenty, its history all", func(p *People) {
		h := p.Household("li", Village, "王甲")
		secret := p.Call("li", Village, h, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		for range record.MaxDisclosures + 3 {
			p.Do(p.disclose("chief", secret, "核实"))
			p.Now += record.DayMS
		}
		kept := p.Record(secret).Disclosures
		if len(kept) != record.MaxDisclosures || kept[len(kept)-1].At != p.Now-record.DayMS {
			p.Fatalf("%d kept", len(kept))
		}
		all := 0
		for _, e := range p.entry("li", secret).History {
			if e.Kind == engine.Disclosed {
				all++
			}
		}
		if all != record.MaxDisclosures+3 {
			p.Fatalf("the history has %d", all)
		}
	}},
	{"D3 one reason opens the sensitive entries behind a figure, at most twenty", func(p *People) {
		h := p.Household("li", Village, "王甲")
		one := p.Approved(h, record.Content{"signs": record.Set([]string{"violence"}), "text": record.Text("不可外传")})
		p.Approved(h, nil)
		q := engine.EntriesQuery{Unit: City, Period: "2026", Indicator: "calls"}
		chief, err := p.Engine.Actor(context.Background(), "chief")
		p.Do(err)
		list := func() *engine.CountedEntries {
			page, err := p.Engine.TotalEntries(context.Background(), chief, q)
			p.Do(err)
			return page
		}
		if page := list(); len(page.List) != 1 || page.Hidden != 1 {
			p.Fatalf("before: %d shown, %d hidden", len(page.List), page.Hidden)
		}
		n, err := p.Engine.DiscloseFigure(context.Background(), chief, q, "核实")
		p.Do(err)
		if page := list(); n != 1 || len(page.List) != 2 || page.Hidden != 0 {
			p.Fatalf("%d opened: %d shown, %d hidden", n, len(page.List), page.Hidden)
		}
		p.entry("chief", one)
		// The sensitive kind itself is withheld as long as it is small, and then nothing is opened by it.
		_, err = p.Engine.DiscloseFigure(context.Background(), chief, engine.EntriesQuery{Unit: Village, Period: "2026", Indicator: "cases"}, "核实")
		p.code(err, record.Forbidden)
		for range engine.MaxDisclosed {
			p.Approved(h, record.Content{"signs": record.Set([]string{"violence"})})
		}
		lines := p.lines()
		_, err = p.Engine.DiscloseFigure(context.Background(), chief, q, "核实")
		p.code(err, record.TooMany)
		if p.lines() != lines {
			p.Fatal("too many, and some were opened")
		}
		if page := list(); len(page.List) != 2 || page.Hidden != engine.MaxDisclosed { // the one that stands open
			p.Fatalf("%d shown, %d hidden", len(page.List), page.Hidden)
		}
		p.Now += record.DayMS
		if page := list(); len(page.List) != 1 || page.Hidden != engine.MaxDisclosed+1 {
			p.Fatalf("a day later %d shown, %d hidden", len(page.List), page.Hidden)
		}
	}},
}

func (p *People) disclose(account, id, reason string) error {
	p.Helper()
	actor, err := p.Engine.Actor(context.Background(), account)
	p.Do(err)
	return p.Engine.Disclose(context.Background(), actor, id, reason)
}

// lines is how long the ledger is.
func (p *People) lines() (n int64) {
	p.Helper()
	p.Do(p.Store.View(context.Background(), func(r engine.Reader) (err error) {
		n, err = r.LastSeq()
		return err
	}))
	return n
}
