package catalogue_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	built_in "niangjia/server/catalogue"
	"niangjia/server/reportfile"
	"niangjia/server/store/sqlite"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// later is how many changes are made after the reports: NIANGJIA_LATER=10000 is the long form.
func later(t *testing.T) int64 {
	text := os.Getenv("NIANGJIA_LATER")
	if text == "" {
		return 1000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Q3, Q4, Q6: a city with entries of all forms. Every figure of the city's, a county's and a township's report is what a
// count of the entries by hand gives at that moment; after a thousand later changes the log gives the same to the byte, and the same Word file; and
// the restatement names every figure that is another and every entry that counts otherwise, with what it counts, and nothing else.
//
// Over both stores: what is kept by SQLite is read by other code than what lies in memory, and so is the log that is replayed.
func TestAReportStaysWhatItWas(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		staysWhatItWas(t, func() engine.Store { return memory.New() })
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		n := 0
		staysWhatItWas(t, func() engine.Store {
			n++
			s, err := sqlite.OpenScratch(t.Context(), filepath.Join(t.TempDir(), strconv.Itoa(n)+".db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			return s
		})
	})
}

func staysWhatItWas(t *testing.T, empty func() engine.Store) {
	w := newTownIn(t, 7, empty())
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
		parts counts
		file  []byte
	}
	var all []taken
	before := w.brute()
	for _, unit := range []string{city, county, township} {
		for _, days := range [][2]string{{"2026-01-01", "2026-11-30"}, {"2026-03-05", "2026-06-20"}} {
			c, err := w.eng.Report(t.Context(), unit, days[0], days[1])
			w.must(err)
			all = append(all, taken{c, w.recounted(c), before.counts(unit, days[0], days[1]), w.wordFile(c)})
		}
	}
	for _, unit := range []string{city, county, township} {
		w.written(unit)
	}

	// Days go by in which entries are amended, voided, reinstated and added.
	for round := 0; w.seq()-all[0].Mark.Seq < later(t); round++ {
		w.now += record.DayMS / 100
		for i, r := range w.entries() {
			if i%3 == round%3 && r.State == review.Approved {
				w.amend(r)
			}
		}
		for i, form := range catalogue.Sorted(w.cat.Forms) {
			unit := w.units[len(w.units)-1-round%2]
			if form.RecordedAt(string(unit.Level)) && (round == 0 || i%5 == round%5) {
				w.enter(form, unit, "", nil)
			}
		}
		w.exchange(func(r *record.Record) review.Event {
			switch n++; {
			case r.State == review.Approved && n%7 == 0:
				return review.Void
			case r.State == review.Voided && n%2 == 0:
				return review.Reinstate
			case r.State == review.Submitted || r.State == review.Amended:
				return review.Approve
			}
			return ""
		})
	}
	after := w.brute()

	then := empty()
	w.must(engine.ReplayTo(t.Context(), w.store, then, all[0].Mark, nil, nil))
	for _, c := range all {
		again, err := engine.ReportedAgain(t.Context(), then, c.Mark, c.Unit.Code, c.From, c.To)
		w.must(err)
		if a, b := asJSON(t, c.Counted), asJSON(t, again); a != b {
			t.Fatalf("%s counted again is another:\n%s\n%s", c.Unit.Name, a, b)
		}
		if !bytes.Equal(w.wordFile(again), c.file) {
			t.Errorf("%s from %s: the Word file made again is another", c.Unit.Name, c.From)
		}
		r, err := w.eng.Restate(t.Context(), then, c.Mark, c.Unit.Code, c.From, c.To, nil)
		w.must(err)
		now := w.recounted(r.Now)
		w.restated(r)
		w.exactly(r, c.parts, after.counts(c.Unit.Code, c.From, c.To))
		w.shifted(c.Counted, r, c.brute, now)
	}
	t.Logf("%d changes after the reports", w.seq()-all[0].Mark.Seq)
}

// seq is the last place of the log.
func (w *town) seq() (seq int64) {
	w.must(w.store.View(w.t.Context(), func(r engine.Reader) (err error) {
		seq, err = r.LastSeq()
		return err
	}))
	return seq
}

// counts is what each entry counts in a unit and a span, by figure: keys or values, each as often as it is there.
type counts map[string]map[totals.Figure]map[string]int64

// counts goes through all figures that are not made of others.
func (b *brute) counts(top, from, to string) counts {
	out := counts{}
	add := func(one counted, f totals.Figure, key string) {
		if out[one.ID] == nil {
			out[one.ID] = map[totals.Figure]map[string]int64{}
		}
		if out[one.ID][f] == nil {
			out[one.ID][f] = map[string]int64{}
		}
		out[one.ID][f][key]++
	}
	for _, ind := range b.cat.Indicators {
		if ind.Quotient() {
			continue
		}
		for _, group := range b.groups(ind) {
			f := totals.Figure{Indicator: ind.ID, Group: group}
			b.take(ind, top, from, to, group, func(s *catalogue.Source, one counted) {
				switch ind.Measure {
				case catalogue.MeasureCount:
					add(one, f, "1")
				case catalogue.MeasureSum:
					if n := value(s.Value, one.c); n != 0 {
						add(one, f, strconv.FormatInt(n, 10))
					}
				case catalogue.MeasureMedian:
					if len(s.Value.Days) == 0 {
						add(one, f, "of "+strconv.FormatInt(value(s.Value, one.c), 10))
					} else if n, ok := daysBetween(one.c, s.Value); ok {
						add(one, f, "of "+strconv.FormatInt(n, 10))
					}
				default:
					for _, key := range b.keys(s.Key, one) {
						add(one, f, "of "+key)
					}
				}
			})
		}
	}
	return out
}

// gone adds up what there is in one and not in the other: a key counts one, a number itself.
func gone(in, other map[string]int64) (n int64, some bool) {
	for key, times := range in {
		if left := times - other[key]; left > 0 {
			each := int64(1)
			if number, err := strconv.ParseInt(key, 10, 64); err == nil {
				each = number
			}
			n, some = n+left*each, true
		}
	}
	return n, some
}

// exactly holds the entries of a restatement to a count by hand: each that counts otherwise is there, with every figure of
// it that is another, and no other entry and no other figure.
func (w *town) exactly(r *report.Restatement, then, now counts) {
	w.t.Helper()
	type at struct {
		entry string
		totals.Figure
	}
	type moved struct{ then, now int64 }
	want, got := map[at]moved{}, map[at]moved{}
	for _, side := range []counts{then, now} {
		for id := range side {
			for _, figures := range []map[totals.Figure]map[string]int64{then[id], now[id]} {
				for f := range figures {
					a, was := gone(then[id][f], now[id][f])
					b, is := gone(now[id][f], then[id][f])
					if was || is {
						want[at{id, f}] = moved{a, b}
					}
				}
			}
		}
	}
	for _, e := range r.Entries {
		if len(e.Figures) == 0 {
			w.t.Errorf("entry %s is named, and no figure of it", e.Entity)
		}
		for _, d := range e.Figures {
			got[at{e.Entity, d.Figure()}] = moved{d.Then, d.Now}
		}
	}
	for k, m := range want {
		if got[k] != m {
			w.t.Errorf("restatement of %s: entry %s of %s %s counts %v, by hand %v", r.Now.Unit.Name, k.entry, k.Indicator, k.Group, got[k], m)
		}
	}
	for k, m := range got {
		if _, there := want[k]; !there {
			w.t.Errorf("restatement of %s: entry %s of %s %s is named with %v, and counts as before", r.Now.Unit.Name, k.entry, k.Indicator, k.Group, m)
		}
	}
	if len(want) < 50 {
		w.t.Errorf("only %d figures of entries have changed in the report of %s", len(want), r.Now.Unit.Name)
	}
}

// shifted holds the figures that a restatement says are others to those counts by hand that are.
func (w *town) shifted(c *report.Counted, r *report.Restatement, then, now map[string]figure) {
	w.t.Helper()
	name := "reports/" + string(c.Unit.Level) + ".json"
	source, err := fs.ReadFile(built_in.Reports(), name)
	w.must(err)
	tmpl, err := report.Parse(name, source, w.cat)
	w.must(err)
	d := report.Compose(tmpl, w.cat, c, nil)
	told := map[string]bool{}
	writes := []report.Seat{{Unit: c.Unit.Code, Decides: true}} // who is told all of her unit
	for _, s := range report.Shifts(d, report.NumbersOf(tmpl, w.cat, r.Then, nil), report.NumbersOf(tmpl, w.cat, r.Now, nil), writes) {
		told[s.ID] = true
	}
	changed := 0
	for _, f := range d.Figures() {
		a, known := then[f.Indicator+"/"+f.Group]
		b := now[f.Indicator+"/"+f.Group]
		if f.Indicator == "" || f.Unit != c.Unit.Code || f.Style != report.Plain || !known {
			continue
		}
		is := (a.value == nil) != (b.value == nil) || a.value != nil && a.value.Cmp(b.value) != 0 || a.num != b.num || a.den != b.den
		if is {
			changed++
		}
		if is != told[f.ID] {
			w.t.Errorf("report of %s: %s is another: %v, told: %v", c.Unit.Name, f.ID, is, told[f.ID])
		}
	}
	if changed == 0 {
		w.t.Errorf("no figure of the report of %s is another", c.Unit.Name)
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

// composed is the report that is written of what was counted.
func (w *town) composed(c *report.Counted) *report.Document {
	name := "reports/" + string(c.Unit.Level) + ".json"
	source, err := fs.ReadFile(built_in.Reports(), name)
	w.must(err)
	tmpl, err := report.Parse(name, source, w.cat)
	w.must(err)
	return report.Compose(tmpl, w.cat, c, nil)
}

// wordFile is the same as it is taken away.
func (w *town) wordFile(c *report.Counted) []byte {
	file, err := reportfile.DOCX(*w.composed(c), reportfile.Options{Base: "https://fulian.example.cn", Indicator: w.cat.Indicator})
	w.must(err)
	return file
}

// written composes a report and looks at what its sentences say.
func (w *town) written(unit string) {
	w.t.Helper()
	c, err := w.eng.Report(w.t.Context(), unit, "2026-01-01", "2026-11-30")
	w.must(err)
	d := w.composed(c)
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
