package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A report of the demo city is written for machines, counted again from the log, and found out when somebody edits it.
func TestAReportIsWrittenAndCountedAgain(t *testing.T) {
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "120", "--until", "2026-11-22")
	file := filepath.Join(t.TempDir(), "county.json")
	if out := want(t, 0, data, "report", "--unit", "530923000000", "--from", "2026-01-01", "--to", "2026-10-31", "--out", file); !strings.Contains(out, "永德县妇联2026年1月至10月工作报告") {
		t.Error(out)
	}
	if out := want(t, 0, data, "report", "again", file); !strings.Contains(out, " 0 differences") {
		t.Error(out)
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, args := range [][]string{{"report", "--unit", "530923000000", "--period", "2026", "--out", file + ".pdf"}, {"report", "again", file}, {"accounts", "list"}} {
		if out := want(t, 1, nowhere, args...); !strings.Contains(out, "no data in --data") {
			t.Error(out)
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a slip in --data made a folder")
	}
	reportFiles(t, data)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := bytes.Replace(raw, []byte(`"n": 1`), []byte(`"n": 2`), 1)
	if bytes.Equal(raw, edited) {
		t.Fatal("there is no number to edit")
	}
	if err := os.WriteFile(file, edited, 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, 1, data, "report", "again", file)
	lost := bytes.Replace(raw, []byte(`"line": "`), []byte(`"line": "0`), 1)
	if err := os.WriteFile(file, lost, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := want(t, 1, data, "report", "again", file); !strings.Contains(out, "mark_foreign") {
		t.Error(out)
	}
	none := filepath.Join(t.TempDir(), "none.json")
	for place, args := range map[string][]string{
		"from 2099-01-01 to 2099-12-31: period_future": {"--unit", "530923000000", "--period", "2099"},
		"530923101201 from 2026-01-01":                 {"--unit", "530923101201", "--period", "2026Q1"},
		"no unit 999999999999":                         {"--unit", "999999999999", "--period", "2026Q1"},
		`period "soon"`:                                {"--unit", "530923000000", "--period", "soon"},
		"--period":                                     {"--unit", "530923000000"},
	} {
		if out := want(t, 1, data, append(append([]string{"report"}, args...), "--out", none)...); !strings.Contains(out, place) {
			t.Errorf("%v does not say where: %s", args, out)
		}
		if _, err := os.Stat(none); err == nil {
			t.Errorf("%v left a file", args)
		}
	}
}
