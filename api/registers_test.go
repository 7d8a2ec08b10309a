package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// upload sends a file as a form does.
func (c *city) upload(p *person, path string, file []byte, choices string) *reply {
	c.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", "户.xlsx")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil && choices != "" {
		err = form.WriteField("choices", choices)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, path, &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	return c.do(p, req)
}

// cellsOf are all cells of a file, by another reader than the product's.
func cellsOf(t testing.TB, file []byte) []string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			out = append(out, r...)
		}
	}
	return out
}

func listOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	p := sheet.Page{Name: "花名册", Headings: []sheet.Heading{{Text: "户主"}, {Text: "住址"}, {Text: "电话"}, {Text: "姓名"}, {Text: "身份证号"}}, Rows: rows}
	if err := sheet.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	previewPath = "/api/v1/registers/import/preview?unit=" + theVillage
	importPath  = "/api/v1/registers/import?unit=" + theVillage + "&state="
)

func TestARegisterIsImportedAndComesOutAgain(t *testing.T) {
	c := newCity(t)
	her := c.join("cun", villager)
	file := listOf(t, []any{"王小明", "1组12号", "13800000001", "王小红", "530923199001011228"}, []any{"李四", "2组3号", "", "", ""})
	plan := c.upload(her, previewPath, file, "").want(200)
	if plan.json["ready"] != true || plan.json["households"].(map[string]any)["new"] != 2.0 || plan.json["id_numbers"] != 1.0 || bytes.Contains(plan.body, []byte("530923199001011228")) {
		t.Fatalf("%s", plan.body)
	}
	state := plan.text("state")
	done := c.upload(her, importPath+state, file, "").want(200)
	if got := fmt.Sprint(done.json["households"], done.json["persons"], done.json["before"]); got != "map[added:2 changed:0] map[added:1 changed:0] <nil>" {
		t.Errorf("%s", got)
	}
	// After a lost answer the same is found done.
	if again := c.upload(her, importPath+state, file, "").want(200); again.json["before"] != true {
		t.Errorf("%s", again.body)
	}
	// It is on her phone, and on the reviewer's.
	for _, p := range []*person{her, c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})} {
		if r := p.exchange().want(200); !strings.Contains(string(r.body), `"head":"李四"`) || !strings.Contains(string(r.body), `"birth_year":1990,`) {
			t.Errorf("%s", r.body)
		}
	}
	out := c.get(her, "/api/v1/registers/export?unit="+theVillage).want(200)
	if got := strings.Join(cellsOf(t, out.body), "|"); !strings.Contains(got, "王小明|1组12号|王小红|女|1990|") || !strings.Contains(out.header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%s", got)
	}
	back := c.upload(her, previewPath, out.body, "").want(200)
	if n := back.json["households"].(map[string]any); back.json["ready"] != true || n["same"] != 2.0 || len(back.json["lines"].([]any)) != 0 {
		t.Errorf("%s", back.body)
	}
	// A value that the file has otherwise is taken where she says so.
	file = listOf(t, []any{"李四", "2组3号", "13900000009"})
	plan = c.upload(her, previewPath, file, "").want(200)
	line := plan.json["lines"].([]any)[0].(map[string]any)
	if line["what"] != "changed" {
		t.Fatalf("%s", plan.body)
	}
	choices := fmt.Sprintf(`{"take":{%q:["phone"]}}`, line["id"])
	done = c.upload(her, importPath+plan.text("state"), file, choices).want(200)
	if done.json["households"].(map[string]any)["changed"] != 1.0 {
		t.Errorf("%s", done.body)
	}
	c.upload(her, importPath+state, listOf(t, []any{"赵五"}), "").wantCode(409, record.ImportChanged)
}

func TestBadRegisterFiles(t *testing.T) {
	c := newCity(t)
	her := c.join("cun", villager)
	bad := listOf(t, []any{"王小明", "", "不知道", "王小明", "123"}, []any{"李四"})
	plan := c.upload(her, previewPath, bad, "").want(200)
	faults, _ := plan.json["faults"].([]any)
	if plan.json["ready"] != false || len(faults) != 2 {
		t.Fatalf("%s", plan.body)
	}
	if f := faults[0].(map[string]any); f["cell"] != "C2" || f["sheet"] != "花名册" || f["row"] != 2.0 || !strings.Contains(fmt.Sprint(f["sentence"]), "第 2 行 C2 格") {
		t.Errorf("%v", f)
	}
	c.upload(her, importPath+plan.text("state"), bad, "").wantCode(422, record.ImportOpen)
	if r := her.exchange().want(200); strings.Contains(string(r.body), "李四") {
		t.Error("half imported")
	}
	for what, file := range map[string][]byte{"": []byte("x"), "sheet_plain_text": []byte("户主,住址\n甲,乙"), "sheet_no_table": listOfOther(t)} {
		r := c.upload(her, previewPath, file, "").want(200)
		if f := r.json["faults"].([]any)[0].(map[string]any); what != "" && f["code"] != what {
			t.Errorf("%s: %v", what, f)
		}
	}
	c.upload(her, previewPath, make([]byte, sheet.MaxFile+1), "").wantCode(413, record.TooLarge)
	c.upload(her, previewPath, make([]byte, sheet.MaxFile+16<<20), "").wantCode(413, record.TooLarge)
	c.upload(her, previewPath, bad, "{").wantCode(400, record.BadRequest)
	c.upload(her, previewPath, bad, `{"same":5}`).wantCode(400, record.BadRequest)
	c.upload(her, "/api/v1/registers/import?unit="+theVillage, bad, "").wantCode(400, record.BadRequest)
	c.upload(her, "/api/v1/registers/import/preview?unit=000000000000", bad, "").wantCode(404, record.NotFound)
	c.upload(her, "/api/v1/registers/import/preview", bad, "").wantCode(404, record.NotFound)
	c.post(her, previewPath, map[string]any{}).wantCode(415, record.Unsupported)
	for _, body := range []string{"", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x--"} {
		req := httptest.NewRequest(http.MethodPost, previewPath, strings.NewReader(body))
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		c.do(her, req).wantCode(400, record.BadRequest)
	}
}

func listOfOther(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sheet.Write(&b, sheet.Page{Name: "账", Headings: []sheet.Heading{{Text: "金额"}}, Rows: [][]any{{1}}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
