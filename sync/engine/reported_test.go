package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/simtest"
)

const reportCity, reportTown = "530900000000", "530923101000"

// reporting is a store with units and nothing else.
func reporting(t *testing.T, store *memory.Store) *engine.Engine {
	t.Helper()
	n := 0
	e, err := engine.Open(context.Background(), store, simtest.Catalogue(t), engine.Options{
		Now:   func() record.Instant { return 1_763_790_000_000 }, // 22 November 2025
		NewID: func() string { n++; return fmt.Sprintf("%032x", 0xe0+n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newReporting(t *testing.T) (*engine.Engine, *memory.Store) {
	t.Helper()
	store := memory.New()
	e := reporting(t, store)
	if err := e.SetDivisions(context.Background(), []record.Division{
		{Code: reportCity, Name: "市", Level: record.City}, {Code: "530923000000", Name: "县", Level: record.County, Parent: reportCity},
		{Code: reportTown, Name: "镇", Level: record.Township, Parent: "530923000000"}, {Code: "530923101201", Name: "村", Level: record.Village, Parent: reportTown},
	}); err != nil {
		t.Fatal(err)
	}
	return e, store
}

func coded(t *testing.T, err error, want record.Code) {
	t.Helper()
	var e *record.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func manager(unit string) record.Actor {
	return record.Actor{Account: "clerk", Seats: []record.Seat{{Role: record.Manager, Unit: unit}}}
}

// What a report cannot be made of is said by its code.
func TestReportsThatCannotBe(t *testing.T) {
	e, _ := newReporting(t)
	for _, x := range []struct {
		unit, from, to string
		want           record.Code
	}{
		{"530999000000", "2025-01-01", "2025-11-30", record.NotFound}, {"530923101201", "2025-01-01", "2025-11-30", record.BadLevel},
		{reportTown, "2025-01-01", "2025-12-31", record.PeriodFuture}, {reportTown, "2025-12-01", "2025-12-31", record.PeriodFuture},
		{reportTown, "2025-11-30", "2025-11-30", record.PeriodFuture}, {reportTown, "2025-06-01", "2025-05-31", record.BadRequest},
		{reportTown, "2025-02-30", "2025-05-31", record.BadRequest}, {reportTown, "", "2025-05-31", record.BadRequest},
	} {
		_, err := e.Report(context.Background(), x.unit, x.from, x.to)
		coded(t, err, x.want)
	}
	if _, err := e.Report(context.Background(), reportTown, "2025-01-01", "2025-11-30"); err != nil {
		t.Error(err)
	}
}

// Q5: a server is restored from a copy. A mark that lies in what both have is found; one behind it, whose place another line
// has now, and one of another server are not counted as if they were of this log.
func TestMarksAfterARestore(t *testing.T) {
	ctx := context.Background()
	e, store := newReporting(t)
	early, err := e.Report(ctx, reportCity, "2025-01-01", "2025-11-30")
	if err != nil {
		t.Fatal(err)
	}
	copied := store.Copy()
	if err := e.SetSeats(ctx, "a", []record.Seat{{Role: record.Volunteer, Unit: reportTown}}); err != nil {
		t.Fatal(err)
	}
	late, err := e.Report(ctx, reportCity, "2025-01-01", "2025-11-30")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Renew(ctx, copied, engine.Options{Now: func() record.Instant { return 1_763_800_000_000 }, NewID: func() string { return "ffffffffffffffffffffffffffffffff" }}); err != nil {
		t.Fatal(err)
	}
	again := func(store engine.Store, m report.Mark) error {
		then := memory.New()
		if err := engine.ReplayTo(ctx, store, then, m, nil, nil); err != nil {
			return err
		}
		_, err := engine.ReportedAgain(ctx, then, m, reportCity, "2025-01-01", "2025-11-30")
		return err
	}
	if err := again(store, late.Mark); err != nil {
		t.Error(err)
	}
	if err := again(copied, early.Mark); err != nil {
		t.Error(err)
	}
	coded(t, again(copied, late.Mark), record.MarkLost)
	foreign := early.Mark
	foreign.Server = "dddddddddddddddddddddddddddddddd"
	coded(t, again(store, foreign), record.MarkForeign)
	edited := early.Mark
	edited.Line = late.Mark.Line
	coded(t, again(store, edited), record.MarkForeign)
	edited = late.Mark
	edited.Seq += 3 // further than the log goes
	coded(t, again(store, edited), record.MarkForeign)
}

// Q7: a signed report stands in the log, whole and once; a replay of the log finds it too.
func TestASignedReport(t *testing.T) {
	ctx := context.Background()
	e, store := newReporting(t)
	c, err := e.Report(ctx, reportTown, "2025-01-01", "2025-11-30")
	if err != nil {
		t.Fatal(err)
	}
	n := int64(7)
	d := &report.Document{ID: "r1", Version: 3, Title: "报告", Unit: c.Unit, From: c.From, To: c.To, Mark: c.Mark, Tables: []report.Table{},
		Parts: []report.Part{{Key: report.PartReview, Sections: []report.Section{{Paragraphs: []report.Paragraph{{Runs: []report.Run{
			{Text: "走访"}, {Figure: &report.Figure{ID: "homes", Value: report.Value{N: &n}, Override: &report.Override{Value: 7, Reason: "补记", By: "clerk"}}}}}}}}}}}
	coded(t, e.SignReport(ctx, manager(reportCity), d), record.Forbidden) // it is the township's own
	lost := *d
	lost.Mark.Line = "0"
	coded(t, e.SignReport(ctx, manager(reportTown), &lost), record.MarkForeign)
	if got, err := e.SignedReport(ctx, "r1"); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
	if err := e.SignReport(ctx, manager(reportTown), d); err != nil {
		t.Fatal(err)
	}
	coded(t, e.SignReport(ctx, manager(reportTown), d), record.ReportSigned)
	got, err := reporting(t, store).SignedReport(ctx, "r1")
	if err != nil || got == nil || got.Signed == nil || got.Signed.By != "clerk" || got.Figures()[0].Override.Reason != "补记" {
		t.Errorf("%+v %v", got, err)
	}
	v, err := engine.Verify(ctx, store, memory.New(), nil)
	if err != nil || !v.Holds() {
		t.Errorf("%v %v", v, err)
	}
}
