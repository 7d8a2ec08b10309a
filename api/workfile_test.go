package api_test

import (
	"fmt"
	"strings"
	"testing"

	rules "niangjia/sync/campaign"
	"niangjia/sync/record"
)

// T22 T23: the entries behind a number of the work as a file: the lines of the page for the same reader, told alike what they
// are not told; of a sensitive entry that it is there.
func TestTheEntriesBehindANumberOfWorkAsAFile(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	author := &person{}
	*author = *c.join("other", record.Seat{Role: record.Volunteer, Unit: theTownship})
	const evil = "=HYPERLINK(\"http://198.51.100.1\")"
	visit := func(name, day, household string) string {
		return author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theTownship, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit",
			"fields": map[string]any{"household": id(household), "purposes": []string{"policy"}, "met": "met", "occurred_on": day}})
	}
	for _, o := range outcomes(author.exchange(
		author.line(map[string]any{"type": "household", "entity": id("evil"), "kind": "create", "unit": theTownship, "fields": map[string]any{"head": evil}}),
		visit("of tomorrow", "2026-11-24", "evil"), visit("sent back", "2026-11-21", "household"), visit("plain", "2026-11-21", "evil"),
		author.line(map[string]any{"type": "entry", "entity": id("a talk"), "kind": "create", "unit": theTownship, "form": "activity",
			"form_version": c.app.Engine.Catalogue().Form("activity").Version, "event": "submit",
			"fields": map[string]any{"part": "organised", "kind": "policy_talk", "mode": "on_site", "scale": "ordinary", "sessions": 1, "present": 30, "occurred_on": "2026-11-20"}}),
	).want(200)) {
		if o != "applied" {
			t.Fatal(o)
		}
	}
	reviewer := c.join("reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	reviewer.decide(id("sent back"), "return", map[string]any{"reason": map[string]any{"text": noteText}})
	peer, clerk := c.join("peer", record.Seat{Role: record.Reviewer, Unit: theTownship}), c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})

	runs := record.Actor{Account: id("account runs"), Seats: []record.Seat{{Role: record.Manager, Unit: theCounty}}}
	if err := c.app.Engine.PutCampaign(t.Context(), runs, rules.Campaign{ID: id("months"), Version: 1, Unit: theCounty, State: rules.Running, Title: "合成活动一个月",
		Counts: rules.Counts{Indicator: "visits"}, Start: "2026-11-01", Deadline: "2026-11-30", Targets: rules.Each([]string{theTownship}, 9)}); err != nil {
		t.Fatal(err)
	}

	states := map[string]string{"submitted": "待审核", "returned": "已退回", "approved": "已通过", "amended": "修订待审"}
	forms := map[string]string{"home_visit": "入户走访", "activity": "活动"}
	heads := map[string]string{id("of tomorrow"): evil, id("plain"): evil, id(ordinary): headName, id("sent back"): headName}
	listed, hidden, secret, odd := 0, 0, 0, 0
	for who, people := range map[string]*person{"reviewer": reviewer, "peer": peer, "clerk": clerk} {
		for _, of := range []string{"decided", "returned", "flagged", "waiting", "waiting&group=fresh", "waiting&group=overdue", "waiting&group=form:activity", "recorded",
			"counted", "waiting&group=form:home_visit", "waiting&group=target:" + id("months"), "waiting&group=progress:" + id("campaign")} {
			period := "2026"
			if of == "counted" {
				period = "2026-11-16--2026-11-22"
			}
			query := "?unit=" + theTownship + "&period=" + period + "&indicator=work:" + of
			page := c.get(people, "/api/v1/totals/entries"+query+"&limit=200")
			if page.status == 403 {
				if who != "clerk" {
					t.Errorf("%s is told nothing of %s", who, of)
				}
				c.get(people, "/api/v1/totals/entries/export"+query+"&format=csv").wantCode(403, record.Forbidden)
				hidden++
				continue
			}
			rows := page.want(200).json["rows"].([]any)
			for kind, f := range c.files(people, "/api/v1/totals/entries/export"+query) {
				var want [][]string
				for i, x := range rows {
					r := x.(map[string]any)
					entity := r["entry"].(string)
					day, _ := r["day"].(string)
					form, _ := r["form"].(string)
					row := []string{r["unit_name"].(string), r["unit"].(string), day, forms[form], states[r["state"].(string)], "", "", "", fmt.Sprint(r["value"])}
					if flags := list(r["flags"]); len(flags) > 0 {
						if row[7] = "日期不寻常"; fmt.Sprint(flags) != "[date_odd]" {
							t.Fatal(flags)
						}
						odd++
					}
					if r["stub"] == true || entity == id(sensitive) || entity == id(disclosed) {
						secret++
						row[3], row[6], row[7] = "", "敏感记录，内容请在系统里看", ""
					} else if form == "home_visit" {
						row[6] = "政策宣传"
						if who != "clerk" {
							row[5] = heads[entity]
						}
					} else {
						row[6] = f.rows[i+1][6]
						if !strings.Contains(row[6], "政策宣讲") {
							t.Errorf("%s: %q", of, row)
						}
					}
					want = append(want, row)
					listed++
				}
				sameRows(t, who+", "+of, kind, f, want)
				told := strings.Join(f.notes, " ")
				if n, some := page.json["hidden"].(float64); some != strings.Contains(told, "只计数") || some && !strings.Contains(told, fmt.Sprintf("另有 %v 只计数", n)) {
					t.Errorf("%s, %s, %s: %v are hidden, %q", who, of, kind, n, told)
				} else if some {
					hidden++
				}
				if (strings.Contains(of, "target") || strings.Contains(of, "progress")) && !strings.Contains(f.notes[0], "合成活动") {
					t.Errorf("%s, %s: %q", of, kind, f.notes)
				}
			}
		}
	}
	if listed == 0 || hidden == 0 || secret == 0 || odd == 0 {
		t.Errorf("%d listed, %d hidden, %d sensitive, %d odd: this says nothing", listed, hidden, secret, odd)
	}
	c.server.ListAtMost(1)
	for kind, f := range c.files(reviewer, "/api/v1/totals/entries/export?unit="+theTownship+"&period=2026&indicator=work:waiting") {
		if len(f.rows) != 2 || !strings.Contains(fmt.Sprint(f.notes), "只列出了前 1 行，还有 4 行没有列出") {
			t.Errorf("%s: %q", kind, f.notes)
		}
	}
	auditor := c.join("audits", record.Seat{Role: record.Auditor, Unit: theCounty})
	c.get(auditor, "/api/v1/totals/entries/export?format=csv&unit="+theTownship+"&period=2026&indicator=work:waiting").wantCode(403, record.Forbidden)
	stranger := c.join("stranger", record.Seat{Role: record.Reviewer, Unit: "530902000000"})
	for _, kind := range []string{"target:", "progress:"} {
		path := "?format=csv&unit=" + theTownship + "&period=2026&indicator=work:waiting&group=" + kind + id("campaign")
		c.get(stranger, "/api/v1/totals/entries"+path).wantCode(403, record.Forbidden)
		c.get(reviewer, "/api/v1/totals/entries/export"+strings.Replace(path, id("campaign"), id("none"), 1)).wantCode(404, record.NotFound)
	}
}
