package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// A report that is signed off is a fact of the log: a line has it whole, words, numbers, overrides with their reasons.
// docs/decisions/0047-reports.md.

const kindReport = "report" // of a line of the server's own log

// metaReport is the key of Store.Meta under which stands where a signed report's line is.
func metaReport(id string) string { return "report:" + id }

// SignReport puts a report into the log. Errors: forbidden; report_signed where it is there; mark_foreign, mark_lost where
// its moment is none of this log.
func (e *Engine) SignReport(ctx context.Context, actor record.Actor, d *report.Document) error {
	now := e.opt.Now()
	err := e.store.Update(ctx, func(tx Tx) error {
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		if !access.WritesReports(actor, s.world.places, d.Unit.Code) {
			return record.Errorf(record.Forbidden, "reports of %s", d.Unit.Code)
		}
		if at, err := tx.Meta(metaReport(d.ID)); err != nil || at != "" {
			if err == nil {
				err = &record.Error{Code: record.ReportSigned}
			}
			return err
		}
		if err := Marked(tx, d.Mark); err != nil {
			return err
		}
		signed := *d
		signed.Signed = &report.Signed{By: actor.Account, At: now}
		return s.put(ownLine{Kind: kindReport, Account: actor.Account, Report: &signed})
	})
	if err != nil {
		return storeError(err)
	}
	return nil
}

// setReport notes where a signed report stands.
func (s *session) setReport(d *report.Document, n int64) error {
	if d == nil {
		return fmt.Errorf("line of a report without one")
	}
	return s.tx.SetMeta(metaReport(d.ID), s.epoch+" "+strconv.FormatInt(n, 10))
}

// SignedReport reads a report from the log, nil where it is not signed.
func (e *Engine) SignedReport(ctx context.Context, id string) (d *report.Document, err error) {
	err = e.view(ctx, func(r Reader, _ *world) error {
		d, err = signedReport(r, id)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return d, nil
}

func signedReport(r Reader, id string) (*report.Document, error) {
	at, err := r.Meta(metaReport(id))
	if err != nil || at == "" {
		return nil, err
	}
	epoch, number, _ := strings.Cut(at, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, err
	}
	l, err := r.Line(epoch, n)
	if err != nil || l == nil {
		return nil, err
	}
	own, err := parseOwn(l.Bytes)
	return own.Report, err
}
