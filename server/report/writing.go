package report

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"niangjia/sync/record"
	"niangjia/sync/report"
)

// maxReports is how many reports a unit has at most that are not signed.
const maxReports = 50

// Make takes the figures of this moment and writes a report from them. The caller makes the id: asked again it answers the
// same. Errors: forbidden; exists; too_many; those of engine.Report; no_template.
func (s *Service) Make(ctx context.Context, who record.Actor, id, unit, from, to string) (*report.Document, error) {
	if !record.ValidID(id) {
		return nil, &record.Error{Code: record.BadRequest, Field: "id"}
	}
	if _, known := s.Log.Places().Get(unit); !known {
		return nil, &record.Error{Code: record.NotFound, Field: "unit", Err: errors.New("no unit " + unit)}
	}
	if err := s.writes(who, unit); err != nil {
		return nil, err
	}
	if k, err := s.Store.Report(ctx, id); err != nil {
		return nil, err
	} else if k != nil {
		if k.Unit != unit || k.From != from || k.To != to {
			return nil, &record.Error{Code: record.Exists, Field: "id"}
		}
		_, d, err := s.One(ctx, who, id, 0)
		return d, err
	}
	list, err := s.Store.Reports(ctx, []string{unit})
	if err != nil {
		return nil, err
	}
	open := 0
	for _, k := range list {
		if !k.Signed {
			open++
		}
	}
	if open >= maxReports {
		return nil, &record.Error{Code: record.TooManyDrafts}
	}
	t, cat, err := s.template(ctx, unit)
	if err != nil {
		return nil, err
	}
	counts, err := s.Log.Report(ctx, unit, from, to)
	if err != nil {
		return nil, err
	}
	past, err := s.past(ctx, counts)
	if err != nil {
		return nil, err
	}
	d := report.Compose(t, cat, counts, past)
	d.ID, d.Version = id, 1
	now := s.Now()
	k := Kept{ID: id, Unit: unit, From: from, To: to, Title: d.Title, Version: 1, Account: who.Account, ChangedAt: now}
	if _, err := s.Store.PutVersion(ctx, k, Version{Report: id, N: 1, Account: who.Account, At: now, What: Made, Counted: 1, Document: d, Counts: counts}); err != nil {
		return nil, err
	}
	_, told, err := s.One(ctx, who, id, 0) // of two who made it at once both have the first
	return told, err
}

// next changes a report that is not signed, as it was shown in a version, into its next one.
func (s *Service) next(ctx context.Context, who record.Actor, id string, version int64, what string,
	change func(k *Kept, n *report.Numbers, d *report.Document) (*report.Document, *report.Counted, error),
) (*report.Document, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	switch {
	case s.writes(who, k.Unit) != nil:
		return nil, record.Errorf(record.Forbidden, "reports of %s", k.Unit)
	case k.Signed:
		return nil, &record.Error{Code: record.ReportSigned}
	case v.N != version:
		return nil, &record.Error{Code: record.ReportChanged}
	}
	numbers, _, err := s.numbers(ctx, k, v)
	if err != nil {
		return nil, err
	}
	d, counts, err := change(k, numbers, v.Document)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	d.Version = version + 1
	after := Version{Report: id, N: d.Version, Account: who.Account, At: now, What: what, Counted: v.Counted, Document: d, Counts: counts}
	if counts != nil {
		after.Counted = d.Version
	}
	k.Title, k.Version, k.ChangedAt = d.Title, d.Version, now
	put, err := s.Store.PutVersion(ctx, *k, after)
	if err != nil {
		return nil, err
	}
	if !put {
		return nil, &record.Error{Code: record.ReportChanged}
	}
	_, told, err := s.One(ctx, who, id, 0)
	return told, err
}

// Edit puts other words into a report. Errors: not_found, forbidden, report_changed, report_signed; those of report.Edit.
func (s *Service) Edit(ctx context.Context, who record.Actor, id string, version int64, title string, parts []report.Part) (*report.Document, error) {
	return s.next(ctx, who, id, version, Edited, func(_ *Kept, n *report.Numbers, d *report.Document) (*report.Document, *report.Counted, error) {
		first, err := s.Store.Version(ctx, id, 1)
		if err != nil {
			return nil, nil, err
		}
		var made *report.Document
		if first != nil {
			made = first.Document
		}
		out, bad := n.Edit(d, made, title, parts)
		if bad != nil {
			return nil, nil, bad
		}
		return out, nil, nil
	})
}

// Override puts a number in the place of a figure's, with the reason; nil takes it back. Errors as of Edit;
// missing_field without one.
func (s *Service) Override(ctx context.Context, who record.Actor, id string, version int64, figure string, value *int64, reason string) (*report.Document, error) {
	reason = strings.TrimSpace(reason)
	if value != nil && reason == "" {
		return nil, &record.Error{Code: record.MissingField, Field: "reason"}
	}
	if utf8.RuneCountInString(reason) > report.MaxReason {
		return nil, &record.Error{Code: record.TooLong, Field: "reason"}
	}
	return s.next(ctx, who, id, version, Overridden, func(_ *Kept, n *report.Numbers, d *report.Document) (*report.Document, *report.Counted, error) {
		var o *report.Override
		if value != nil {
			o = &report.Override{Value: *value, Reason: reason, By: who.Account, At: record.Instant(s.Now().UnixMilli())}
		}
		out, bad := n.Override(d, figure, o)
		if bad != nil {
			return nil, nil, bad
		}
		return out, nil, nil
	})
}

// Renew takes the figures anew, of this moment: words and overrides stay.
func (s *Service) Renew(ctx context.Context, who record.Actor, id string, version int64) (*report.Document, error) {
	return s.next(ctx, who, id, version, Renewed, func(k *Kept, _ *report.Numbers, d *report.Document) (*report.Document, *report.Counted, error) {
		t, cat, err := s.template(ctx, k.Unit)
		if err != nil {
			return nil, nil, err
		}
		counts, err := s.Log.Report(ctx, k.Unit, k.From, k.To)
		if err != nil {
			return nil, nil, err
		}
		past, err := s.past(ctx, counts)
		if err != nil {
			return nil, nil, err
		}
		return report.NumbersOf(t, cat, counts, past).Renew(d), counts, nil
	})
}

// Sign puts a report into the log, as it was shown in a version. Again it says the same.
func (s *Service) Sign(ctx context.Context, who record.Actor, id string, version int64) (*report.Document, error) {
	k, v, err := s.open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	switch {
	case s.writes(who, k.Unit) != nil:
		return nil, record.Errorf(record.Forbidden, "reports of %s", k.Unit)
	case v.N != version:
		return nil, &record.Error{Code: record.ReportChanged}
	case !k.Signed:
		if err := s.Log.SignReport(ctx, who, v.Document); err != nil {
			return nil, err
		}
		if err := s.Store.SetSigned(ctx, id); err != nil {
			return nil, err
		}
	}
	_, d, err := s.One(ctx, who, id, 0)
	return d, err
}

// Drop forgets a report that is not signed.
func (s *Service) Drop(ctx context.Context, who record.Actor, id string) error {
	k, _, err := s.open(ctx, who, id)
	if err != nil {
		return err
	}
	if s.writes(who, k.Unit) != nil {
		return record.Errorf(record.Forbidden, "reports of %s", k.Unit)
	}
	if k.Signed {
		return &record.Error{Code: record.ReportSigned}
	}
	return s.Store.DropReport(ctx, id)
}
