package report

import (
	"context"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// Marked has the figures that the marks of a clerk's own file ask for, as the account may have them, of the report's newest
// version: one run for each mark, nil where nothing is called so; and what such a mark may have meant.
func (s *Service) Marked(ctx context.Context, who record.Actor, id string, marks []string) (*report.Document, []*report.Run, func(mark string) []string, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return nil, nil, nil, err
	}
	numbers, _, err := s.numbers(ctx, k, v)
	if err != nil {
		return nil, nil, nil, err
	}
	d := numbers.Told(numbers.Marked(v.Document, marks), report.SeatsOf(who, s.Log.Places(), k.Unit), access.SeesSmall(who, s.Log.Places(), k.Unit))
	return d, runsOf(d), numbers.Near, nil
}

// PreviewMarked is the same of this moment, for nobody in particular: whoever has the data folder asks.
func (s *Service) PreviewMarked(ctx context.Context, unit, from, to string, marks []string) (*report.Document, []*report.Run, func(mark string) []string, error) {
	t, cat, err := s.template(ctx, unit)
	if err != nil {
		return nil, nil, nil, err
	}
	counts, err := s.Log.Report(ctx, unit, from, to)
	if err != nil {
		return nil, nil, nil, err
	}
	past, err := s.past(ctx, counts)
	if err != nil {
		return nil, nil, nil, err
	}
	numbers := report.NumbersOf(t, cat, counts, past)
	d := numbers.Marked(report.Compose(t, cat, counts, past), marks)
	return d, runsOf(d), numbers.Near, nil
}

func runsOf(d *report.Document) (out []*report.Run) {
	for _, p := range d.Parts[0].Sections[0].Paragraphs {
		if len(p.Runs) == 0 {
			out = append(out, nil)
			continue
		}
		out = append(out, &p.Runs[0])
	}
	return out
}
