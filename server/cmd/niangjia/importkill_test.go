package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/server/sheet"
)

// imported is a kind of file that is taken in as a whole.
type imported struct {
	preview, path string // the state goes behind the path
	page          func(batch int) sheet.Page
	counts        []string // queries of which each grows by the same for each file
	by            demo.Person
}

const importRows = 50

// S6: the real server dies at every stage of an import, and nothing is half imported: all of a file is there or
// nothing, and the same file sent again makes it whole without doubling anything.
func TestServerKilledDuringAnImport(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	people := demo.People()
	village := people[0].Seats[0].Unit
	count := func(of string) string { return "SELECT count(*) FROM " + of }
	for name, x := range map[string]imported{
		"register": {
			preview: "/api/v1/registers/import/preview?unit=" + village, path: "/api/v1/registers/import?unit=" + village + "&state=",
			by:     people[0],
			counts: []string{count("records WHERE type = 'household'"), count("records WHERE type = 'person'"), count("ledger WHERE account <> ''")},
			page: func(batch int) sheet.Page {
				p := sheet.Page{Name: "户", Headings: []sheet.Heading{{Text: "户主"}, {Text: "住址"}, {Text: "姓名"}}}
				for i := range importRows {
					p.Rows = append(p.Rows, []any{fmt.Sprintf("合成%d之%d", batch, i), fmt.Sprintf("%d组%d号", batch, i), fmt.Sprintf("合成人%d之%d", batch, i)})
				}
				return p
			},
		},
		"people": {
			preview: "/api/v1/accounts/import/preview", path: "/api/v1/accounts/import?state=",
			by:     people[3],
			counts: []string{count("accounts"), count("actors"), count("account_events WHERE what = 'opened'")},
			page: func(batch int) sheet.Page {
				p := sheet.Page{Name: "人员", Headings: []sheet.Heading{{Text: "单位"}, {Text: "姓名"}, {Text: "身份"}}}
				for i := range importRows {
					p.Rows = append(p.Rows, []any{village, fmt.Sprintf("合成员%d之%d", batch, i), "志愿者"})
				}
				return p
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			want(t, 0, data, "demo", "--entries", "0")
			s := serveData(t, data)
			h := newHandset(t, s, x.by, 1)
			took, cut, none, whole := time.Duration(0), 0, 0, 0
			const batches = 5
			for batch := range batches {
				file := formOf(t, x.page(batch))
				state := h.stateOf(t, s, x.preview, file)
				before := counted(t, data, x.counts)
				done := make(chan error, 1)
				begun := time.Now()
				go func() {
					_, err := post(s.address+x.path+state, file.kind, h.token, file.body)
					done <- err
				}()
				if batch == 0 { // the first is left alone: so long it takes
					if err := <-done; err != nil {
						t.Fatal(err)
					}
					took = time.Since(begun)
				} else {
					time.Sleep(took * time.Duration(batch-1) / (batches - 2))
					s.stop(t, syscall.SIGKILL)
					if <-done != nil {
						cut++
					}
					s = serveData(t, data)
					h.login(t, s)
				}
				after := counted(t, data, x.counts)
				for i := range after {
					if grown := after[i] - before[i]; grown != after[0]-before[0] && i < 2 || grown != 0 && grown < importRows {
						t.Errorf("batch %d: %v became %v", batch, before, after)
					}
				}
				switch after[0] - before[0] {
				case 0:
					none++
					state = h.stateOf(t, s, x.preview, file)
					if _, err := post(s.address+x.path+state, file.kind, h.token, file.body); err != nil {
						t.Fatal(err)
					}
				case importRows:
					whole++
				default:
					t.Errorf("batch %d: %d of %d rows are there", batch, after[0]-before[0], importRows)
				}
				if got := counted(t, data, x.counts); got[0] != before[0]+importRows || got[1] != before[1]+importRows {
					t.Errorf("batch %d: in the end %v, and it began at %v", batch, got, before)
				}
			}
			s.stop(t, syscall.SIGTERM)
			want(t, 0, data, "verify")
			if cut == 0 || none == 0 {
				t.Errorf("%d answers were cut, %d imports undone, %d whole: nothing was interrupted", cut, none, whole)
			}
		})
	}
}

// form is a file as a page sends it.
type form struct {
	kind string
	body []byte
}

func formOf(t *testing.T, p sheet.Page) form {
	t.Helper()
	var file, body bytes.Buffer
	if err := sheet.Write(&file, p); err != nil {
		t.Fatal(err)
	}
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "表.xlsx")
	if err == nil {
		_, err = part.Write(file.Bytes())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return form{w.FormDataContentType(), body.Bytes()}
}

// stateOf asks for the preview of a file, which names the state that it is imported into.
func (h *handset) stateOf(t *testing.T, s *served, path string, file form) string {
	t.Helper()
	raw, err := post(s.address+path, file.kind, h.token, file.body)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		State  string            `json:"state"`
		Faults []json.RawMessage `json:"faults"`
	}
	if err := json.Unmarshal(raw, &plan); err != nil || plan.State == "" || len(plan.Faults) > 0 {
		t.Fatalf("%v: state %q, faults %s", err, plan.State, plan.Faults)
	}
	return plan.State
}

// counted reads the database beside the server.
func counted(t *testing.T, data string, queries []string) []int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, app.DatabaseFile)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	out := make([]int, len(queries))
	for i, q := range queries {
		if err := db.QueryRow(q).Scan(&out[i]); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return out
}
