package api_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"niangjia/sync/record"
)

// rosterFile makes a spreadsheet by another program's hands; the first row is the headings.
func rosterFile(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (c *city) previewRoster(by *person, rows ...[]any) *reply {
	c.t.Helper()
	return c.upload(by, "/api/v1/accounts/import/preview", rosterFile(c.t, rows...), "").want(200)
}

func kinds(r *reply) string {
	var out []string
	for _, x := range r.json["rows"].([]any) {
		m := x.(map[string]any)
		out = append(out, fmt.Sprintf("%v %v %v", m["row"], m["name"], m["kind"]))
	}
	return strings.Join(out, "; ")
}

func faultsOf(r *reply) []string {
	var out []string
	for _, x := range r.json["faults"].([]any) {
		m := x.(map[string]any)
		out = append(out, fmt.Sprintf("%v %v", m["cell"], m["code"]))
	}
	return out
}

var headings = []any{"单位", "姓名", "身份", "手机"}

func TestPeopleComeFromASpreadsheet(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	county := c.join("xian", record.Seat{Role: record.Manager, Unit: theCounty})
	old := c.join("cun", villager)
	if err := c.app.Auth.Rename(t.Context(), county.id, old.id, "合成旧人"); err != nil {
		t.Fatal(err)
	}
	rows := [][]any{headings,
		{"德党镇忙岗村", "合成甲", "志愿者", "13900000001"},
		{theTownship, "合成乙", "审核员、管理员"},
		{"德党镇", "合成乙", "监督员"},                 // the same person once more
		{"忙岗村民委员会", "合成旧人", "执委"},             // has it already
		{"忙岗", "合成旧人", "监督员"},                 // and one more
		{"530923102201", "合成旧人", "志愿者"},       // somebody of that name elsewhere
		{"德党镇 忙见田村委会", "合成丁", ""},             // in a village nothing written is the volunteer
		{"德党镇明朗村", "", "志愿者"},                 // a row of the template that was not filled in
		{"德党镇明朗村", "合成甲", "志愿者", 13900000001}, // the same telephone: one account with two villages
	}
	r := c.previewRoster(county, rows...)
	want := "2 合成甲 new; 3 合成乙 new; 5 合成旧人 seat; 7 合成旧人 doubtful; 8 合成丁 new"
	if got := kinds(r); got != want || len(faultsOf(r)) != 0 || r.json["nameless"] != float64(1) {
		t.Fatalf("%s; faults %v, nameless %v", got, faultsOf(r), r.json["nameless"])
	}
	before := len(c.get(county, "/api/v1/accounts?unit="+theCounty).want(200).json["accounts"].([]any))
	if before != 1 {
		t.Fatalf("%d accounts after a preview", before)
	}
	file := rosterFile(t, rows...)
	path := "/api/v1/accounts/import?state="
	c.upload(county, path+strings.Repeat("0", 64), file, "").wantCode(409, record.ImportChanged)
	done := c.upload(county, path+r.text("state"), file, "").want(200)
	if len(done.json["opened"].([]any)) != 4 {
		t.Errorf("%s", done.body)
	}
	seats := map[string]string{}
	for _, x := range c.get(county, "/api/v1/accounts?unit="+theCounty).want(200).json["accounts"].([]any) {
		m := x.(map[string]any)
		if m["state"] != "no_code" && m["login"] != "cun" {
			t.Errorf("%v", m)
		}
		seats[m["login"].(string)] = fmt.Sprint(len(m["seats"].([]any)))
	}
	if got := fmt.Sprint(seats); got != "map[13900000001:2 2310120201:1 2310101:3 2310220101:1 cun:2]" && len(seats) != 5 {
		t.Errorf("%s", got)
	}
	if seats["13900000001"] != "2" || seats["cun"] != "2" || seats["2310101"] != "3" {
		t.Errorf("%v", seats)
	}
	// Once more: all are there, and nothing is done twice.
	c.upload(county, path+r.text("state"), file, "").wantCode(409, record.ImportChanged)
	again := c.previewRoster(county, rows...)
	if got := kinds(again); strings.Contains(got, "new") || strings.Contains(got, "doubtful") || strings.Contains(got, "seat") {
		t.Errorf("%s", got)
	}
	c.verify()
}

func TestWrongRowsAreToldByCellAndNothingIsImported(t *testing.T) {
	c := newCity(t)
	town := townManager(c)
	c.account("13900000009", "合成别人", record.Seat{Role: record.Volunteer, Unit: "530923102201"})
	rows := [][]any{headings,
		{"忙岗村", "合成甲", "志愿者"},
		{"没有的村", "合成乙", "志愿者"},
		{"", "合成丙", "志愿者"},
		{"德党镇", "合成丁", "志愿者"},
		{"忙岗村", "合成戊", "村长"},
		{"忙岗村", "合成己", "审核员"},
		{"忙岗村", "合成庚", "志愿者", "1390000"},
		{"忙岗村", "合成辛", "志愿者", "13900000009"},
		{"忙岗村", strings.Repeat("长", 51), "志愿者"},
		{"忙岗村", "合成壬", "志愿者", "13900000002"},
		{"忙岗村", "合成癸", "志愿者", "13900000002"},
		{"530922101201", "合成子", "志愿者"},
	}
	r := c.previewRoster(town, rows...)
	want := []string{"A3 unit_unknown", "A4 unit_missing", "A5 unit_beyond", "C6 role_unknown", "C7 role_beyond", "D8 phone_wrong",
		"B10 name_too_long", "D12 phone_twice", "A13 unit_beyond", "D9 phone_taken"}
	if got := faultsOf(r); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if first := r.json["faults"].([]any)[0].(map[string]any)["sentence"]; first != "表“Sheet1”第 3 行 A3 格：没有叫“没有的村”的单位。请写全名，或者 12 位代码。" {
		t.Errorf("%v", first)
	}
	c.upload(town, "/api/v1/accounts/import?state="+r.text("state"), rosterFile(t, rows...), "").wantCode(422, record.ImportOpen)
	if n := len(c.get(town, "/api/v1/accounts?unit="+theTownship).want(200).json["accounts"].([]any)); n != 0 {
		t.Errorf("%d accounts were opened", n)
	}
}

func TestAFileThatIsNoTableOfPeople(t *testing.T) {
	c := newCity(t)
	town := townManager(c)
	for name, file := range map[string][]byte{
		"sheet_plain_text": []byte("单位,姓名\n忙岗村,合成甲\n"),
		"sheet_no_table":   rosterFile(t, []any{"户主", "住址"}, []any{"合成", "村东"}),
		"sheet_empty":      rosterFile(t, headings),
	} {
		r := c.upload(town, "/api/v1/accounts/import/preview", file, "").want(200)
		faults := r.json["faults"].([]any)
		if len(faults) != 1 || faults[0].(map[string]any)["code"] != name || faults[0].(map[string]any)["sentence"] == "" {
			t.Errorf("%s: %v", name, faults)
		}
		c.upload(town, "/api/v1/accounts/import?state="+strings.Repeat("0", 64), file, "").wantCode(422, record.ImportOpen)
	}
	var many [][]any
	many = append(many, headings)
	for i := range 3001 {
		many = append(many, []any{"忙岗村", fmt.Sprint("合成", i), "志愿者"})
	}
	r := c.previewRoster(town, many...)
	if got := faultsOf(r); len(got) != 1 || !strings.HasSuffix(got[0], "sheet_too_many") {
		t.Errorf("%v", got)
	}
	c.post(town, "/api/v1/accounts/import/preview", map[string]string{}).wantCode(415, record.Unsupported)
	c.upload(town, "/api/v1/accounts/import", rosterFile(t, headings), "").wantCode(400, record.BadRequest)
}

// What the template says is read back to the very units, in a whole city too.
func TestTheTemplateIsReadBack(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	top := c.join("shi", record.Seat{Role: record.Manager, Unit: theCity})
	c.join("cun", villager)
	template := c.get(top, "/api/v1/accounts/template?unit="+theCity).want(200)
	f, err := excelize.OpenReader(bytes.NewReader(template.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("人员")
	if err != nil {
		t.Fatal(err)
	}
	// All units but the city, which has its manager, and the village.
	if len(rows) != 1+8+84+955-1 {
		t.Fatalf("%d rows", len(rows))
	}
	for i := range rows[1:] {
		if err := f.SetCellStr("人员", fmt.Sprintf("B%d", i+2), fmt.Sprintf("合成%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	r := c.upload(top, "/api/v1/accounts/import/preview", b.Bytes(), "").want(200)
	units := map[string]bool{}
	for _, x := range r.json["rows"].([]any) {
		units[x.(map[string]any)["seats"].([]any)[0].(map[string]any)["unit"].(string)] = true
	}
	if len(faultsOf(r)) != 0 || len(units) != len(rows)-1 {
		t.Fatalf("%d units, faults %v", len(units), faultsOf(r))
	}
	done := c.upload(top, "/api/v1/accounts/import?state="+r.text("state"), b.Bytes(), "").want(200)
	ids := done.json["opened"].([]any)
	if len(ids) != len(rows)-1 {
		t.Errorf("%d opened", len(ids))
	}
	// Codes for nine hundred villages at once.
	codes := c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": ids[:955]}).want(200)
	if len(codes.json["codes"].([]any)) != 955 {
		t.Error("not all got a code")
	}
}
