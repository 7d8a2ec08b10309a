package app

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Q1: a folder of definitions has a template with a figure that is not there: the server starts, says in which file and line,
// and whoever asks for a report by it is told the same; reports of other levels are written.
func TestATemplateThatDoesNotFit(t *testing.T) {
	dir := folder(t, "reports/county.json", "{talks_audience}", "{dances}")
	var said bytes.Buffer
	a, err := Open(t.Context(), Config{Data: t.TempDir(), Catalogue: os.DirFS(dir), Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	if text := said.String(); !strings.Contains(text, "reports/county.json:41: no figure") || strings.Contains(text, "city.json") {
		t.Errorf("the log says %s", text)
	}
	if err := a.Engine.SetDivisions(t.Context(), []record.Division{{Code: "530900000000", Name: "市", Level: record.City},
		{Code: "530923000000", Name: "县", Level: record.County, Parent: "530900000000"}, {Code: "530923101000", Name: "镇", Level: record.Township, Parent: "530923000000"}}); err != nil {
		t.Fatal(err)
	}
	_, err = a.WriteReport(t.Context(), "530923000000", "2026-01-01", "2026-01-31")
	var coded *record.Error
	var problems catalogue.Problems
	if !errors.As(err, &coded) || coded.Code != record.NoTemplate || !errors.As(err, &problems) || problems[0].Line != 41 {
		t.Errorf("%v", err)
	}
	if d, err := a.WriteReport(t.Context(), "530923101000", "2026-01-01", "2026-01-31"); err != nil || !strings.Contains(d.Title, "镇妇联") {
		t.Errorf("%v", err)
	}
}
