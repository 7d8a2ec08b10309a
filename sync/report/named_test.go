package report_test

import (
	"slices"
	"strings"
	"testing"

	"niangjia/sync/report"
)

// A clerk writes what she says: 场次 for 活动场次, what stands in brackets in her order. The template names these; nothing is
// guessed, and of what is called otherwise she is told what it may be.
func TestASpokenNameIsTaken(t *testing.T) {
	for _, level := range []string{"city", "county", "township"} {
		c := small()
		c.Rows[0].Cells = []report.Cell{cell("activity_sessions", "", 9), cell("activity_sessions", "kind=job_fair", 2), cell("visits", "", 30),
			cell("honours_named", "title=beautiful_family", 5), cell("honours_named", "title=beautiful_family+level=city", 1)}
		tmpl, cat := template(t, level), built(t)
		numbers := report.NumbersOf(tmpl, cat, c, nil)
		said := func(mark string) string {
			d := numbers.Marked(report.Compose(tmpl, cat, c, nil), []string{mark})
			runs := d.Parts[0].Sections[0].Paragraphs[0].Runs
			if len(runs) == 0 {
				return ""
			}
			return runs[0].Figure.ID + " " + runs[0].Words()
		}
		for _, x := range []struct{ mark, want string }{
			{"场次", "activity_sessions 9场"},
			{"场次（招聘会）", "activity_sessions/kind=job_fair 2场"},
			{" 场次 ( 招聘会 ) | 约 ", "activity_sessions/kind=job_fair 2场"},
			{"招聘会场次", "activity_sessions/kind=job_fair 2场"},
			{"走访次数", "visits 30户次"},
			{"命名（最美家庭）", "honours_named/title=beautiful_family 5个"},
			{"命名数（市，最美家庭）", "honours_named/title=beautiful_family+level=city 1个"},
			{"命名（市，最美家庭）", "honours_named/title=beautiful_family+level=city 1个"},
			{"最美家庭", "best_named 5户"},
			// Nothing of these is guessed.
			{"最美家庭（市）", ""}, {"招聘会场次（线上）", ""}, {"场次（反家暴宣传）", ""}, {"走访", ""}, {"人次（招聘会）", ""}, {"（招聘会）", ""}, {"场次（）", ""},
		} {
			if got := said(x.mark); got != x.want {
				t.Errorf("%s: {{%s}} is %q, not %q", level, x.mark, got, x.want)
			}
		}
		if near := numbers.Near("人次（招聘会）"); !slices.Contains(near, "受众人次（招聘会）") {
			t.Errorf("near is %s", strings.Join(near, " "))
		}
	}
}
