package api_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// badBook makes a spreadsheet by another program's hands; the rows are good ones.
func badBook(t testing.TB, opt excelize.Options, rows int, row func(n int) []any) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	for n := 0; n <= rows && err == nil; n++ {
		err = w.SetRow(fmt.Sprintf("A%d", n+1), row(n))
	}
	if err == nil {
		err = w.Flush()
	}
	var b bytes.Buffer
	if err := errors.Join(err, f.Write(&b, opt), f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withMacros is the same book with a program in it.
func withMacros(t testing.TB, book []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range r.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Create("xl/vbaProject.bin")
	if err == nil {
		_, err = io.WriteString(p, "Attribute VB_Name")
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is no plain table is refused at both doors, in words that name what is wrong, and of its good rows none is taken in,
// even if somebody goes on without a preview.
func TestBooksThatTakeNothingIn(t *testing.T) {
	c := newCity(t)
	her, town := c.join("cun", villager), townManager(c)
	home := func(n int) []any {
		if n == 0 {
			return []any{"户主", "住址"}
		}
		return []any{fmt.Sprint("户", n), "村东"}
	}
	somebody := func(n int) []any {
		if n == 0 {
			return headings
		}
		return []any{"忙岗村", fmt.Sprint("合成", n), "志愿者"}
	}
	for _, door := range []struct {
		name, preview, take string
		who                 *person
		row                 func(int) []any
	}{
		{"register", previewPath, importPath, her, home},
		{"roster", "/api/v1/accounts/import/preview", "/api/v1/accounts/import?state=", town, somebody},
	} {
		good := badBook(t, excelize.Options{}, 3, door.row)
		for code, file := range map[string][]byte{
			"sheet_macros":   withMacros(t, good),
			"sheet_password": badBook(t, excelize.Options{Password: "123456"}, 3, door.row),
			"sheet_too_many": badBook(t, excelize.Options{}, 100_000, door.row),
			"sheet_broken":   good[:len(good)*2/3],
		} {
			t.Run(door.name+" "+code, func(t *testing.T) {
				before := c.everything(her, town)
				r := c.upload(door.who, door.preview, file, "").want(200)
				faults, _ := r.json["faults"].([]any)
				if len(faults) != 1 {
					t.Fatalf("%s", r.body)
				}
				f := faults[0].(map[string]any)
				if f["code"] != code || len(fmt.Sprint(f["sentence"])) < 20 {
					t.Errorf("%v", f)
				}
				if code == "sheet_too_many" && !strings.HasPrefix(fmt.Sprint(f["sentence"]), "表“Sheet1”第 ") {
					t.Errorf("%v names no place", f)
				}
				for _, state := range []string{r.text("state"), strings.Repeat("0", 64)} {
					if state == "" {
						continue
					}
					if r := c.upload(door.who, door.take+state, file, ""); r.status < 400 || r.status >= 500 {
						t.Errorf("taken in: %d %s", r.status, r.body)
					}
				}
				if after := c.everything(her, town); after != before {
					t.Errorf("something was taken in:\n%s\nand before\n%s", after, before)
				}
			})
		}
		// The same rows in a plain book are taken: it was not they that were refused.
		plan := c.upload(door.who, door.preview, good, "").want(200)
		c.upload(door.who, door.take+plan.text("state"), good, "").want(200)
	}
	c.verify()
}

// everything is what both doors lead to: what a phone is given of the village, and the township's accounts.
func (c *city) everything(her, town *person) string {
	c.t.Helper()
	pull := her.exchange().want(200).json["pull"].(map[string]any)
	return fmt.Sprint(pull["rows"], pull["cursors"], c.get(town, "/api/v1/accounts?unit="+theTownship).want(200).json["accounts"])
}

// Days count from 1900 or, in books that began on a Mac, from 1904: a birthday is the same day in both.
func TestBirthdaysOfBothCalendars(t *testing.T) {
	for _, from1904 := range []bool{false, true} {
		t.Run(fmt.Sprint(from1904), func(t *testing.T) {
			c := newCity(t)
			her := c.join("cun", villager)
			f := excelize.NewFile()
			err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904})
			style, wrong := f.NewStyle(&excelize.Style{NumFmt: 14})
			err = errors.Join(err, wrong)
			set := func(cell string, v any) { err = errors.Join(err, f.SetCellValue("Sheet1", cell, v)) }
			for i, text := range []string{"户主", "住址", "姓名", "出生日期"} {
				set(string(rune('A'+i))+"1", text)
			}
			for i, birthday := range []string{"1985-01-01", "1983-12-31", "2000-02-29"} {
				row := fmt.Sprint(i + 2)
				day, wrong := time.Parse(time.DateOnly, birthday)
				err = errors.Join(err, wrong)
				set("A"+row, "合成户"+row)
				set("B"+row, "村东")
				set("C"+row, "合成人"+row)
				set("D"+row, day)
				err = errors.Join(err, f.SetCellStyle("Sheet1", "D"+row, "D"+row, style))
			}
			var b bytes.Buffer
			if err := errors.Join(err, f.Write(&b), f.Close()); err != nil {
				t.Fatal(err)
			}
			plan := c.upload(her, previewPath, b.Bytes(), "").want(200)
			c.upload(her, importPath+plan.text("state"), b.Bytes(), "").want(200)
			var years []string
			for _, x := range her.exchange().want(200).json["pull"].(map[string]any)["rows"].([]any) {
				if content := x.(map[string]any)["content"].(map[string]any); content["birth_year"] != nil {
					years = append(years, fmt.Sprintf("%v %v", content["name"], content["birth_year"]))
				}
			}
			slices.Sort(years)
			if got := strings.Join(years, ", "); got != "合成人2 1985, 合成人3 1983, 合成人4 2000" {
				t.Error(got)
			}
			c.verify()
		})
	}
}
