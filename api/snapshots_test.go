package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"niangjia/server/app"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/snapshot"
)

// large has a village with more records than one page of a pull holds, and a file of its feed.
func large(t *testing.T) (c *city, author *person) {
	t.Helper()
	c = newCity(t)
	author = c.join("cun", villager)
	for done := 0; done < 1100; done += 550 {
		var lines []string
		for i := range 550 {
			lines = append(lines, author.line(map[string]any{"type": "household", "entity": id(fmt.Sprint("h", done+i)), "kind": "create",
				"unit": theVillage, "fields": map[string]any{"head": fmt.Sprint("户", done+i)}}))
		}
		author.exchange(lines...).want(200)
	}
	c.made()
	return c, author
}

func (c *city) made() {
	c.t.Helper()
	if made, err := c.app.Snapshots.Build(c.t.Context(), "unit:"+theVillage); err != nil || !made {
		c.t.Fatalf("no file was made: %v", err)
	}
}

// first is a first exchange of a phone that can load files.
func (p *person) first() (*reply, change.Snapshot) {
	p.c.t.Helper()
	r := p.raw(fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{},"snapshots":true}`, p.epoch)).want(200)
	var answer struct {
		Pull struct{ Snapshots []change.Snapshot }
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		p.c.t.Fatal(err)
	}
	if len(answer.Pull.Snapshots) == 0 {
		return r, change.Snapshot{}
	}
	return r, answer.Pull.Snapshots[0]
}

// part asks for a range of a file.
func (p *person) part(path string, headers ...string) *reply {
	p.c.t.Helper()
	req := httptest.NewRequest("GET", path, nil)
	req.Header.Set("Accept-Encoding", "gzip") // as browsers do; the bytes must come as they lie there all the same
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return p.c.do(p, req)
}

// S20, W8: the answer names the file instead of the rows; what is in it are the rows of a pull, to the byte.
func TestAFileHasTheRowsOfAPull(t *testing.T) {
	t.Parallel()
	c, _ := large(t)
	p := c.join("cun-b", villager)
	r, s := p.first()
	if s.Rows != 1100 || s.Feed != "unit:"+theVillage {
		t.Fatalf("%s", r.body)
	}
	if rows := r.json["pull"].(map[string]any)["rows"].([]any); len(rows) != 0 {
		t.Errorf("%d rows beside the file", len(rows))
	}
	if names := r.json["names"].(map[string]any); len(names) != 1 {
		t.Errorf("the author of the file's rows is not named: %v", names)
	}
	whole := p.part(s.Path).want(200)
	if whole.header.Get("Content-Encoding") != "" || whole.header.Get("Cache-Control") != "no-store" || whole.header.Get("ETag") != `"`+s.Hash+`"` {
		t.Errorf("%v", whole.header)
	}
	index, err := snapshot.OpenIndex(whole.body[:s.Index], s)
	if err != nil {
		t.Fatal(err)
	}
	if len(index.Parts) != 2 || index.Parts[0].Rows != 1000 {
		t.Errorf("%+v", index)
	}
	// The whole file is gzip too, for who looks at it by hand.
	z, err := gzip.NewReader(bytes.NewReader(whole.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")[1:]
	pulled := p.raw(fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, p.epoch)).want(200)
	var answer struct {
		Pull struct{ Rows []json.RawMessage }
	}
	if err := json.Unmarshal(pulled.body, &answer); err != nil {
		t.Fatal(err)
	}
	for i, row := range answer.Pull.Rows {
		if string(row) != strings.TrimSpace(lines[i]) {
			t.Fatalf("row %d of the file\n%s\nof the pull\n%s", i, lines[i], row)
		}
	}
	if after := pulled.json["pull"].(map[string]any); after["snapshots"] != nil {
		t.Error("a file is named to who did not ask")
	}
	// From the file's place on, nothing is left to pull.
	rest := p.raw(fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{%q:%d},"snapshots":true}`, p.epoch, s.Feed, s.Seq)).want(200)
	if pull := rest.json["pull"].(map[string]any); len(pull["rows"].([]any)) != 0 || pull["snapshots"] != nil {
		t.Errorf("%s", rest.body)
	}
}

// W8: a cut is gone on from, by range; a range of another file, or beyond its end, is none.
func TestAFileGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	c, _ := large(t)
	p := c.join("cun-b", villager)
	_, s := p.first()
	tag := `"` + s.Hash + `"`
	whole := p.part(s.Path).want(200).body
	got := whole[:700]
	rest := p.part(s.Path, "Range", "bytes=700-", "If-Range", tag).want(206)
	if !bytes.Equal(append(bytes.Clone(got), rest.body...), whole) {
		t.Error("the two pieces are not the whole")
	}
	if want := fmt.Sprintf("bytes 700-%d/%d", s.Bytes-1, s.Bytes); rest.header.Get("Content-Range") != want || rest.header.Get("Content-Encoding") != "" {
		t.Errorf("%v", rest.header)
	}
	if r := p.part(s.Path, "Range", "bytes=700-", "If-Range", `"another"`).want(200); int64(len(r.body)) != s.Bytes {
		t.Error("a range of what is not this file")
	}
	p.part(s.Path, "If-None-Match", tag).want(304)
	p.part(s.Path, "Range", fmt.Sprintf("bytes=%d-", s.Bytes+5), "If-Range", tag).want(416)
	for _, bad := range []string{"bytes=x-y", "bytes=9-1", "lines=1-2", "bytes=-0"} {
		if r := p.part(s.Path, "Range", bad); r.status != 416 && r.status != 206 {
			t.Errorf("%s: %d", bad, r.status)
		}
	}
}

// S20: who may have the feed is asked at each request.
func TestWhoMayLoadAFile(t *testing.T) {
	t.Parallel()
	c, _ := large(t)
	p := c.join("cun-b", villager)
	_, s := p.first()
	p.part(s.Path, "Range", "bytes=0-99").want(206)
	c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship}).part(s.Path).want(200)
	c.join("lin", record.Seat{Role: record.Volunteer, Unit: another}).part(s.Path).wantCode(403, record.Forbidden)
	c.join("shi", record.Seat{Role: record.Reviewer, Unit: theCity}).part(s.Path).wantCode(403, record.Forbidden)
	c.join("xian", record.Seat{Role: record.Manager, Unit: theCounty}).part(s.Path).wantCode(403, record.Forbidden)
	if err := c.app.Engine.SetSeats(t.Context(), p.id, []record.Seat{{Role: record.Volunteer, Unit: another}}); err != nil {
		t.Fatal(err)
	}
	p.part(s.Path, "Range", "bytes=100-", "If-Range", `"`+s.Hash+`"`).wantCode(403, record.Forbidden)
	c.get(nil, s.Path).wantCode(401, record.Unauthenticated)
	for _, bad := range []string{"x", "..%2f..%2fniangjia.db", theVillage + "-1-1-1-" + strings.Repeat("g", 64), strings.Repeat("9", 120)} {
		c.get(p, "/api/v1/snapshots/"+bad).wantCode(404, record.NotFound)
	}
}

// S20: with the commit by which an entry becomes sensitive, the file that has it is given to nobody any more, and the next
// exchange brings the rows page by page.
func TestAFileIsWithdrawn(t *testing.T) {
	t.Parallel()
	c, author := large(t)
	entry := map[string]any{"type": "entry", "entity": id("visit"), "kind": "create", "unit": theVillage, "form": "home_visit", "form_version": 1,
		"fields": map[string]any{"household": id("h0"), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20", "text": noteText}, "event": "submit"}
	if got := outcomes(author.exchange(author.line(entry))); got[0] != "applied" {
		t.Fatalf("%v", got)
	}
	c.made()
	p := c.join("cun-b", villager)
	_, s := p.first()
	if s.Rows != 1101 {
		t.Fatalf("%+v", s)
	}
	patch := map[string]any{"type": "entry", "entity": id("visit"), "kind": "patch", "form_version": 1, "trunk": "",
		"fields": map[string]any{"signs": []string{"domestic_violence"}}}
	if got := outcomes(author.exchange(author.line(patch))); got[0] != "applied" {
		t.Fatalf("%v", got)
	}
	p.part(s.Path, "Range", "bytes=100-", "If-Range", `"`+s.Hash+`"`).wantCode(410, record.SnapshotGone)
	r, none := p.first()
	if none.Path != "" || len(r.json["pull"].(map[string]any)["rows"].([]any)) != 1000 {
		t.Error("neither a file nor rows")
	}
	c.made()
	_, next := p.first()
	z, err := gzip.NewReader(bytes.NewReader(p.part(next.Path).want(200).body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || strings.Contains(string(text), noteText) || !strings.Contains(string(text), id("visit")) {
		t.Errorf("the next file does not have the entry as a stub: %v", err)
	}
}

// S20: files are in no backup, and a half-made one that a killed server left is no file.
func TestFilesLieBesideTheDatabase(t *testing.T) {
	t.Parallel()
	c, _ := large(t)
	folder := filepath.Join(c.data, app.SnapshotFolder, c.app.Engine.Epoch())
	if err := os.WriteFile(filepath.Join(folder, "making-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := c.app.Server()
	if err != nil {
		t.Fatal(err)
	}
	c.server = server
	list, err := os.ReadDir(folder)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	info, err := list[0].Info()
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others on the machine may read it: %v %v", info.Mode(), err)
	}
	if _, s := c.join("cun-b", villager).first(); s.Rows != 1100 {
		t.Error("the file is not known after a start")
	}
}
