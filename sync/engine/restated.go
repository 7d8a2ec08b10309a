package engine

import (
	"cmp"
	"context"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

// Restate tells what has changed in a report's figures since its mark: the figures then and now, and every entry that counts
// otherwise, with who changed it and why. then holds the log up to the mark (ReplayTo); both are read in one snapshot each, so
// that the entries are exactly what lies between the figures.
func (e *Engine) Restate(ctx context.Context, then Store, m report.Mark, unit, from, to string, progress func(done, all int64)) (*report.Restatement, error) {
	before, err := ReportedAgain(ctx, then, m, unit, from, to)
	if err != nil {
		return nil, err
	}
	out := &report.Restatement{Then: before, Entries: []report.Changed{}}
	now := e.opt.Now()
	span, err := totals.ParsePeriod(from + "--" + to)
	if err != nil {
		return nil, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	err = e.view(ctx, func(r Reader, w *world) error {
		if out.Now, err = reported(r, w, e.epoch, unit, span, [2]string{from, to}, now); err != nil {
			return err
		}
		return then.View(ctx, func(old Reader) error {
			was, err := placesOf(old)
			if err != nil {
				return err
			}
			cat, err := e.catalogueOf(old, m.Definitions)
			if err != nil || cat == nil {
				return cmp.Or(err, error(errNotKept))
			}
			c := restating{
				then: side{old, cat, was, Day(m.At), span, unit}, now: side{r, w.catalogue, w.places, Day(now), span, unit},
				mark: m, out: out, defined: m.Definitions != w.catalogue.Hash || m.Divisions != w.divisions,
			}
			return c.walk(ctx, progress)
		})
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// side is a store at one of the two moments.
type side struct {
	r      Reader
	cat    *catalogue.Catalogue
	places *record.Places
	today  string
	span   totals.Period
	unit   string
}

// counts are what an entry adds to the report's figures at this side, without the days: one that is moved within the span
// changes no figure of it.
func (s side) counts(id string) ([]totals.Contribution, error) {
	list, err := s.r.Contributions(id)
	if err != nil {
		return nil, err
	}
	var out []totals.Contribution
	stands := map[totals.Contribution]int64{} // by indicator, group and key: what begins is one more, what ends one less
	for _, c := range list {
		ind := s.cat.Indicator(c.Indicator)
		if ind == nil || !s.places.Within(c.Unit, s.unit) {
			continue
		}
		day := c.Day
		c.Day = ""
		switch {
		case c.Kind() == totals.Standing:
			if day <= min(s.span.LastDay(), s.today) {
				one := c
				one.Value = 0
				stands[one] += c.Value
			}
		case day < s.span.FirstDay() || day > s.span.LastDay() || datedApart(ind) && day > s.today || !sinceIn(c.Key, s.span):
		case c.Kind() == totals.Since:
			c.Key = ""
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	for c, n := range stands {
		if n != 0 {
			c.Value = n
			out = append(out, c)
		}
	}
	return out, nil
}

type restating struct {
	then, now side
	mark      report.Mark
	out       *report.Restatement
	defined   bool // other definitions or divisions are in force
}

func (c restating) walk(ctx context.Context, progress func(done, all int64)) error {
	done := int64(0)
	return c.now.r.Records(func(rec *record.Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if done++; progress != nil && done%1000 == 0 {
			progress(done, 0)
		}
		if rec.Type != record.Entry {
			return nil
		}
		before, err := c.then.counts(rec.ID)
		if err != nil {
			return err
		}
		after, err := c.now.counts(rec.ID)
		if err != nil || slices.Equal(before, after) {
			return err
		}
		gone, come := totals.Difference(before, after)
		if len(gone)+len(come) == 0 {
			return nil
		}
		if len(c.out.Entries) >= report.MaxChanged {
			c.out.More++
			return nil
		}
		one := report.Changed{Entity: rec.ID, Unit: rec.Unit, Form: rec.Form, Day: rec.Content[catalogue.KeyOccurredOn].String(),
			Figures: differences(gone, come), Acts: []report.Act{}}
		if one.Acts, err = c.acts(rec.ID); err != nil {
			return err
		}
		c.out.Entries = append(c.out.Entries, one)
		return nil
	})
}

// differences adds up by figure what an entry counted and counts. Of a distinct count and of what stands these are its keys:
// others may hold the same.
func differences(gone, come []totals.Contribution) []report.Differing {
	of := map[totals.Figure]*report.Differing{}
	at := func(c totals.Contribution) *report.Differing {
		f := totals.Figure{Indicator: c.Indicator, Group: c.Group}
		if of[f] == nil {
			of[f] = &report.Differing{Indicator: f.Indicator, Group: f.Group}
		}
		return of[f]
	}
	for _, c := range gone {
		at(c).Then += c.Value
	}
	for _, c := range come {
		at(c).Now += c.Value
	}
	out := []report.Differing{}
	for _, d := range of {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b report.Differing) int { return a.Figure().Compare(b.Figure()) })
	return out
}

// acts are who did what to an entry since the mark. Of one that nobody touched it was another entry (a visit that was due is
// done, a case is another's), or the definitions.
func (c restating) acts(id string) ([]report.Act, error) {
	lines, err := c.now.r.History(id)
	if err != nil {
		return nil, err
	}
	out := []report.Act{}
	for _, l := range lines {
		if l.Seq <= c.mark.Seq || l.Account == "" || l.Outcome.Outcome == change.Rejected {
			continue
		}
		ch, err := change.Decode(l.Bytes)
		if err != nil {
			continue
		}
		act := report.Act{Account: l.Account, At: l.Received, Kind: string(ch.Kind)}
		if ch.Event != "" {
			act.Kind = string(ch.Event)
		}
		if ch.Reason != nil {
			act.Reason = ch.Reason.Text
		}
		out = append(out, act)
	}
	if len(out) == 0 {
		kind := report.ActElsewhere
		if c.defined {
			kind = report.ActDefined
		}
		out = append(out, report.Act{Kind: kind})
	}
	return out, nil
}
