package catalogue_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	built_in "niangjia/server/catalogue"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// Q3, Q4, Q6: a city with entries of all forms. Every figure of the city's, a county's and a township's report is what a
// count of the entries by hand gives at that moment; after many later changes the log gives the same to the byte; and what
// lies between the figures then and now is exactly what the entries of the restatement say.
func TestAReportStaysWhatItWas(t *testing.T) {
	w := newTown(t, 7)
	for _, form := range catalogue.Sorted(w.cat.Forms) {
		for n := range 14 {
			unit := w.units[w.dice.IntN(len(w.units))]
			for !form.RecordedAt(string(unit.Level)) {
				unit = w.units[w.dice.IntN(len(w.units))]
			}
			var aim *catalogue.Source
			if all := sources(w.cat, form.ID); n%2 == 1 {
				aim = all[n/2%len(all)]
			}
			w.enter(form, unit, "", aim)
		}
	}
	n := 0
	w.exchange(func(r *record.Record) review.Event {
		if n++; n%9 == 0 {
			return ""
		}
		return review.Approve
	})
	type taken struct {
		*report.Counted
		brute map[string]figure
	}
	var all []taken
	for _, unit := range []string{city, county, township} {
		for _, days := range [][2]string{{"2026-01-01", "2026-11-30"}, {"2026-03-05", "2026-06-20"}} {
			c, err := w.eng.Report(t.Context(), unit, days[0], days[1])
			w.must(err)
			all = append(all, taken{c, w.recounted(c)})
		}
	}
	for _, unit := range []string{city, county, township} {
		w.written(unit)
	}

	w.now += record.DayMS
	for i, r := range w.entries() {
		if i%3 == 0 && r.State == review.Approved {
			w.amend(r)
		}
	}
	for _, form := range catalogue.Sorted(w.cat.Forms) {
		unit := w.units[len(w.units)-1]
		if form.RecordedAt(string(unit.Level)) {
			w.enter(form, unit, "", nil)
		}
	}
	w.exchange(func(r *record.Record) review.Event {
		switch n++; {
		case r.State == review.Approved && n%5 == 0:
			return review.Void
		case r.State != review.Approved:
			return review.Approve
		}
		return ""
	})

	then := memory.New()
	w.must(engine.ReplayTo(t.Context(), w.store, then, all[0].Mark, nil, nil))
	for _, c := range all {
		again, err := engine.ReportedAgain(t.Context(), then, c.Mark, c.Unit.Code, c.From, c.To)
		w.must(err)
		if a, b := asJSON(t, c.Counted), asJSON(t, again); a != b {
			t.Fatalf("%s counted again is another:\n%s\n%s", c.Unit.Name, a, b)
		}
		r, err := w.eng.Restate(t.Context(), then, c.Mark, c.Unit.Code, c.From, c.To, nil)
		w.must(err)
		w.recounted(r.Now)
		w.restated(r)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// recounted compares every figure of every unit of a report with a count by hand, of this span and of the year before.
func (w *town) recounted(c *report.Counted) map[string]figure {
	w.t.Helper()
	b, out := w.brute(), map[string]figure{}
	before, err := totals.ParsePeriod(c.YearBefore)
	w.must(err)
	for i, rows := range [][]report.CountedRow{c.Rows, c.Before} {
		from, to := c.From, c.To
		if i == 1 {
			from, to = before.FirstDay(), before.LastDay()
		}
		for k, row := range rows {
			got := map[totals.Figure]totals.Reading{}
			for _, cell := range row.Cells {
				got[totals.Figure{Indicator: cell.Indicator, Group: cell.Group}] = totals.Reading{Value: cell.N, Numerator: cell.Numerator, Denominator: cell.Denominator}
			}
			for _, ind := range w.cat.Indicators {
				groups := []string{""} // of the units below wholes alone
				if k == 0 {
					groups = b.groups(ind)
				}
				for _, group := range groups {
					r, there := got[totals.Figure{Indicator: ind.ID, Group: group}]
					want := b.figure(ind, row.Unit.Code, from, to, group)
					if wrong := differs(r, there, want, ind); wrong != "" {
						w.t.Errorf("report of %s, %s %s of %s from %s to %s: %s", c.Unit.Name, ind.ID, group, row.Unit.Name, from, to, wrong)
					}
					if i == 0 && k == 0 {
						out[ind.ID+"/"+group] = want
					}
				}
			}
		}
	}
	return out
}

// restated holds the entries of a restatement to the figures: of what adds up they are the whole difference.
func (w *town) restated(r *report.Restatement) {
	w.t.Helper()
	sums, touched := map[totals.Figure]int64{}, map[totals.Figure]bool{}
	for _, e := range r.Entries {
		if len(e.Acts) == 0 {
			w.t.Errorf("entry %s counts otherwise, and nobody did anything", e.Entity)
		}
		for _, d := range e.Figures {
			sums[d.Figure()] += d.Now - d.Then
			touched[d.Figure()] = true
		}
	}
	cells := func(c *report.Counted) map[totals.Figure]int64 {
		out := map[totals.Figure]int64{}
		for _, cell := range c.Rows[0].Cells {
			if cell.N != nil {
				out[totals.Figure{Indicator: cell.Indicator, Group: cell.Group}] = *cell.N
			}
		}
		return out
	}
	then, now := cells(r.Then), cells(r.Now)
	changed := 0
	for _, ind := range w.cat.Indicators {
		for _, group := range w.brute().groups(ind)[:1] {
			f := totals.Figure{Indicator: ind.ID, Group: group}
			adds := ind.Measure == catalogue.MeasureCount || ind.Measure == catalogue.MeasureSum
			if adds && now[f]-then[f] != sums[f] {
				w.t.Errorf("%s of %s: %d then, %d now, the entries say %d more", ind.ID, r.Now.Unit.Name, then[f], now[f], sums[f])
			}
			if !ind.Quotient() && now[f] != then[f] {
				changed++
				if !touched[f] {
					w.t.Errorf("%s of %s: %d then, %d now, and no entry says why", ind.ID, r.Now.Unit.Name, then[f], now[f])
				}
			}
		}
	}
	if changed == 0 {
		w.t.Errorf("nothing has changed in the report of %s", r.Now.Unit.Name)
	}
}

// written composes a report and looks at what its sentences say.
func (w *town) written(unit string) {
	w.t.Helper()
	c, err := w.eng.Report(w.t.Context(), unit, "2026-01-01", "2026-11-30")
	w.must(err)
	name := "reports/" + string(c.Unit.Level) + ".json"
	source, err := fs.ReadFile(built_in.Reports(), name)
	w.must(err)
	tmpl, err := report.Parse(name, source, w.cat)
	w.must(err)
	d := report.Compose(tmpl, w.cat, c, nil)
	b := w.brute()
	figures := 0
	for _, f := range d.Figures() {
		if f.Indicator == "" || f.Value.N == nil || f.Style == report.Differ {
			continue
		}
		figures++
		ind := w.cat.Indicator(f.Indicator)
		want := b.figure(ind, f.Unit, "2026-01-01", "2026-11-30", f.Group)
		if wrong := differs(totals.Reading{Value: f.Value.N, Numerator: f.Value.Numerator, Denominator: f.Value.Denominator}, true, want, ind); wrong != "" {
			w.t.Errorf("the report of %s says %s for %s: %s", c.Unit.Name, f.Words(), f.ID, wrong)
		}
	}
	if figures < 40 {
		w.t.Errorf("the report of %s has %d figures", c.Unit.Name, figures)
	}
	text := ""
	for _, p := range d.Parts {
		text += p.Title + "\n"
		for _, s := range p.Sections {
			text += s.Title + "\n"
			for _, par := range s.Paragraphs {
				for _, run := range par.Runs {
					text += run.Words()
				}
				text += "\n"
			}
		}
	}
	for _, odd := range []string{"{", "}", "[", "]", "，，", "，。", "：，", "、。", "——"} {
		if at := strings.Index(text, odd); at >= 0 {
			w.t.Errorf("the report of %s has %q: %s", c.Unit.Name, odd, text)
		}
	}
	w.t.Log(text)
}
