package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// changed writes a Word file anew with another text.
func changed(t *testing.T, file string, change func(text string) string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "word/document.xml" {
			after := change(string(body))
			if after == string(body) {
				t.Fatal("nothing was changed")
			}
			body = []byte(after)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "changed.docx")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// reportFiles plays what a clerk does with the files of a report of the demo city's data.
func reportFiles(t *testing.T, data string) {
	t.Helper()
	dir := t.TempDir()
	write := func(code int, out string, more ...string) string {
		t.Helper()
		return want(t, code, data, append([]string{"report", "--unit", "530923000000", "--from", "2026-01-01", "--to", "2026-10-31", "--out", filepath.Join(dir, out)}, more...)...)
	}
	for name, begins := range map[string]string{"a.docx": "PK", "a.xlsx": "PK", "a.pdf": "%PDF-"} {
		write(0, name, "--base", "https://fulian.example.cn")
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.HasPrefix(b, []byte(begins)) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	write(1, "a.odt")
	write(1, "b.docx", "--base", "fulian.example.cn")
	word := filepath.Join(dir, "a.docx")
	if out := want(t, 0, data, "report", "check", word); !strings.Contains(out, " 0 changed by hand, 0 taken out, 0 that the log does not give") {
		t.Error(out)
	}
	figure := regexp.MustCompile(`(<w:tag w:val="niangjia:1"/>.*?<w:t xml:space="preserve">)[^<]*(</w:t>)`)
	edited := changed(t, word, func(s string) string { return figure.ReplaceAllString(s, "${1}987654${2}") })
	if out := want(t, 1, data, "report", "check", edited); !strings.Contains(out, "is 987654, in “") || !strings.Contains(out, " 1 changed by hand") {
		t.Error(out)
	}

	// Her own file: last year's report, its first figure taken out for a mark.
	template := changed(t, word, func(s string) string {
		return figure.ReplaceAllString(s, "${1}{{走访户次}} {{单位}} {{ 走访户次|约 }}${2}")
	})
	write(0, "filled.docx", "--template", template)
	if out := want(t, 0, data, "report", "check", filepath.Join(dir, "filled.docx")); !strings.Contains(out, " 0 changed by hand") {
		t.Error(out)
	}
	wrong := changed(t, word, func(s string) string { return figure.ReplaceAllString(s, "${1}{{没有这个数}}${2}") })
	if out := write(1, "none.docx", "--template", wrong); !strings.Contains(out, "没有叫“没有这个数”的数") {
		t.Error(out)
	}
	write(1, "none.docx", "--template", data+"/niangjia.db")
	if left, _ := filepath.Glob(filepath.Join(dir, "*none*")); len(left) > 0 {
		t.Errorf("written halfway: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".niangjia-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
