package report_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	built_in "niangjia/server/catalogue"
	"niangjia/sync/catalogue"
	"niangjia/sync/report"
)

func built(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func template(t testing.TB, level string) *report.Template {
	t.Helper()
	name := "reports/" + level + ".json"
	source, err := fs.ReadFile(built_in.Reports(), name)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := report.Parse(name, source, built(t))
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// The templates that come with the program name figures that are there.
func TestBuiltTemplates(t *testing.T) {
	for _, level := range []string{"city", "county", "township"} {
		template(t, level)
	}
}

// Q1: what is wrong in a template is told with its file and line, all at once.
func TestWrongTemplates(t *testing.T) {
	cat := built(t)
	for _, x := range []struct{ source, want string }{
		{`{"id": "x", "levels": ["city"], "title": "报告", "parts": [
  {"key": "review", "title": "一", "sections": [{"key": "s", "title": "", "sentences": [
    {"key": "a", "text": "走访{visits}。"}]}]}]}`, ""},
		{`{"id": "x", "levels": ["city"], "title": "报告", "parts": [
  {"key": "review", "title": "一", "sections": [{"key": "s", "title": "", "sentences": [
    {"key": "a", "text": "走访{walks}。"},
    {"key": "b", "text": "走访{visits/purposes=dance}。"},
    {"key": "c", "text": "走访{visits/signs=debt}。"}]}]}]}`,
			"reports/x.json:3: no figure \"walks\"\nreports/x.json:4: figure \"visits\" has no filter \"purposes=dance\"\nreports/x.json:5: figure \"visits\" has no filter \"signs=debt\""},
		{`{"id": "x", "levels": ["city"], "title": "报告",
 "figures": [
  {"id": "a", "sum": ["b", "visits"]},
  {"id": "b", "sum": ["a", "loans"]},
  {"id": "c", "sum": ["households_visited", "households_checked"]},
  {"id": "d", "sum": ["visits", "aid_cash"]},
  {"id": "e", "less": ["visits"]}],
 "parts": [{"key": "review", "title": "一", "sections": []}]}`,
			"reports/x.json:3: figure \"a\" is made of itself\nreports/x.json:4: figure \"b\" is made of itself\n" +
				"reports/x.json:5: figure \"c\": \"households_visited\" does not add up with others\nreports/x.json:5: figure \"c\": \"households_checked\" does not add up with others\n" +
				"reports/x.json:6: figure \"d\": its parts are of different kinds\nreports/x.json:7: figure \"e\" is a sum, one less another, or one by another"},
		{`{"id": "x", "levels": ["village"], "title": "报告", "parts": [
  {"key": "more", "title": "一", "sections": [{"key": "s", "title": "", "sentences": [
    {"key": "a", "text": "走访[{visits}。"}, {"key": "a", "text": "走访{visits|loud}", "below": {"figure": "visits", "percent": 3}}]}]}]}`,
			"reports/x.json:1: a report is of a city, a county or a township, not of \"village\"\nreports/x.json:2: a part is review, lacking or next, not \"more\"\n" +
				"reports/x.json:3: \"]\" is missing\nreports/x.json:3: key \"a\" is missing or stands twice\nreports/x.json:3: \"visits\" is no rate\nreports/x.json:3: no way of writing \"loud\""},
		{"{\"id\": \"x\",\n\"levels\": [\"city\"], \"titel\": \"\"}", "reports/x.json:2: unknown key \"titel\""},
		{"{\"id\": \"x\",\n", "reports/x.json:1: not JSON: the file ends too early"},
		{`{"id": "x", "levels": ["city"], "title": "报告", "parts": [{"key": "next", "title": "", "sections": [{"key": "s", "title": "", "sentences": [
    {"key": "a", "text": "走访{visits}。", "lead": "明年："},
    {"key": "b", "text": "{campaign}；", "lead": "{target}", "each": "next"}]}]}]}`,
			"reports/x.json:2: only a sentence with each has a lead\nreports/x.json:3: no figure \"target\""},
		{`{"id": "x", "levels": ["city"], "title": "报告", "figures": [{"id": "f", "sum": ["visits", "visits/purposes=policy"]}],
 "parts": [{"key": "next", "title": "", "sections": [{"key": "s", "title": "", "sentences": [
    {"key": "a", "text": "走访{visits}。", "without": ["walks", "loans"]},
    {"key": "b", "text": "走访{visits}。", "without": ["f", "domestic_violence_cases"]}]}]}]}`,
			"reports/x.json:3: no figure \"walks\"\nreports/x.json:4: \"f\" is computed: name those that it is made of\n" +
				"reports/x.json:4: \"domestic_violence_cases\" is sensitive: that the sentence is said would tell that there is none"},
		{`{"id": "x", "levels": ["city"], "title": "报告", "spoken": {"次数": "walks"}, "parts": [{"key": "next", "title": "", "sections": []}]}`,
			"reports/x.json:1: no figure \"walks\""},
		{`{"id": "x", "levels": ["city"], "title": "报告", "spoken": {"贷款笔数": "visits", "走访户次": "visits", "单位": "visits", "家（一）": "visits"}, "parts": [{"key": "next", "title": "", "sections": []}]}`,
			"reports/x.json:1: \"单位\" is the name of another figure, or no name\nreports/x.json:1: \"家（一）\" is the name of another figure, or no name\nreports/x.json:1: \"贷款笔数\" is the name of another figure, or no name"},
		{`{"id": "y", "levels": ["city"], "title": "{campaign}", "parts": [{"key": "next", "title": "", "sections": []}]}`,
			"reports/x.json:1: id \"y\" is not the file's name\nreports/x.json:1: no figure \"campaign\""},
	} {
		got := ""
		if _, err := report.Parse("reports/x.json", []byte(x.source), cat); err != nil {
			var list catalogue.Problems
			if !errors.As(err, &list) {
				t.Fatalf("%v", err)
			}
			for _, p := range list {
				if p.ZH == "" {
					t.Errorf("%s is not told in Chinese", p)
				}
			}
			got = err.Error()
		}
		if strings.TrimSpace(got) != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.source, got, x.want)
		}
	}
}

// Q2: figures are written as reports write them, rounded down before 余.
func TestWritten(t *testing.T) {
	for _, x := range []struct {
		n     int64
		style report.Style
		want  string
	}{
		{0, report.Plain, "0"}, {9999, report.Plain, "9999"}, {10000, report.Plain, "1万"}, {56000, report.Plain, "5.6万"}, {56999, report.Plain, "5.6万余"},
		{10001, report.Plain, "1万余"}, {123_456_789, report.Plain, "1.2亿余"}, {100_000_000, report.Plain, "1亿"}, {99_999_999, report.Plain, "9999.9万余"},
		{1234, report.About, "1200余"}, {1200, report.About, "1200"}, {99, report.About, "99"}, {199, report.About, "190余"}, {-56999, report.Plain, "-5.6万余"},
	} {
		if got := report.Written(x.n, x.style); got != x.want {
			t.Errorf("%d: %s, want %s", x.n, got, x.want)
		}
	}
	for _, x := range []struct {
		fen   int64
		style report.Style
		want  string
	}{{850_000, report.Plain, "8500"}, {850_050, report.Plain, "8500.5"}, {850_005, report.Plain, "8500.05"}, {1_000_000, report.Plain, "1万"}, {1_000_001, report.Plain, "1万余"}, {12_345_678, report.Plain, "12.3万余"}, {123_456, report.About, "1200余"}} {
		if got := report.Money(x.fen, x.style); got != x.want {
			t.Errorf("%d fen: %s, want %s", x.fen, got, x.want)
		}
	}
}
