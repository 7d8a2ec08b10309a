package registers_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// edit changes cells of a file as somebody does at a desk: "表!A1" to its text.
func edit(t testing.TB, file []byte, cells map[string]string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for at, text := range cells {
		name, cell, _ := strings.Cut(at, "!")
		if err := f.SetCellStr(name, cell, text); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
