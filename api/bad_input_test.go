package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/record"
)

func zipped(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (p *person) sendBytes(body []byte, headers ...string) *reply {
	p.c.t.Helper()
	req := httptest.NewRequest("POST", "/api/v1/sync", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/x-ndjson")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return p.c.do(p, req)
}

const head = `{"protocol":1,"epoch":"000102030405060708090a0b0c0d0e0f","from":1,"server_epoch":"","cursors":{}}`

func TestAPushMayBeCompressed(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	line := p.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})
	body := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, p.epoch) + "\n" + line
	r := p.sendBytes(zipped(t, []byte(body)), "Content-Encoding", "gzip", "Accept-Encoding", "gzip").want(200)
	if got := outcomes(r); !slices.Equal(got, []string{"applied"}) {
		t.Errorf("%v", got)
	}
	if len(r.body) > 1024 && r.header.Get("Content-Encoding") != "gzip" {
		t.Error("a long answer was not compressed")
	}
}

// W7: a bomb is refused when it passes the bound, and nothing that came with it is applied.
func TestABodyIsBoundedAfterDecompressionToo(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	bomb := zipped(t, bytes.Repeat([]byte{'0'}, 12<<20))
	if len(bomb) > 1<<20 {
		t.Fatal("no bomb")
	}
	p.sendBytes(bomb, "Content-Encoding", "gzip").wantCode(413, record.TooLarge)
	p.sendBytes(bytes.Repeat([]byte{'0'}, 9<<20)).wantCode(413, record.TooLarge)
	// Of one that has good changes in front nothing is applied either.
	good := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, p.epoch) + "\n" + p.line(p.home("h")) + "\n"
	p.sendBytes(zipped(t, append([]byte(good), bytes.Repeat([]byte{'0'}, 12<<20)...)), "Content-Encoding", "gzip").wantCode(413, record.TooLarge)
	if got := p.through(); got != float64(0) {
		t.Errorf("%v changes of a body beyond its bound", got)
	}
	req := httptest.NewRequest("POST", "/api/v1/login", bytes.NewReader(zipped(t, bytes.Repeat([]byte{' '}, 1<<20))))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Content-Encoding", "gzip")
	c.do(nil, req).wantCode(413, record.TooLarge)
}

func TestBodiesThatAreNoExchange(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	for name, tc := range map[string]struct {
		body   string
		status int
		code   record.Code
	}{
		"nothing":            {"", 400, record.BadRequest},
		"no JSON":            {"hello", 400, record.BadRequest},
		"an array":           {"[]", 400, record.BadRequest},
		"half an object":     {`{"protocol":1`, 400, record.BadRequest},
		"binary":             {"\x00\xff\xfe", 400, record.BadRequest},
		"no protocol":        {"{}", 426, record.UpgradeRequired},
		"a later protocol":   {strings.Replace(head, `"protocol":1`, `"protocol":2`, 1), 426, record.UpgradeRequired},
		"protocol in words":  {strings.Replace(head, `"protocol":1`, `"protocol":"1"`, 1), 400, record.BadRequest},
		"no epoch":           {`{"protocol":1,"from":1}`, 400, record.BadRequest},
		"number 0":           {strings.Replace(head, `"from":1`, `"from":0`, 1), 400, record.BadRequest},
		"number -5":          {strings.Replace(head, `"from":1`, `"from":-5`, 1), 400, record.BadRequest},
		"number beyond 2^63": {strings.Replace(head, `"from":1`, `"from":99999999999999999999`, 1), 400, record.BadRequest},
		"cursors in words":   {strings.Replace(head, `{}`, `{"a":"b"}`, 1), 400, record.BadRequest},
	} {
		if r := p.raw(tc.body); r.status != tc.status || r.json["code"] != string(tc.code) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	p.sendBytes([]byte(head), "Content-Type", "text/plain").wantCode(415, record.Unsupported)
	p.sendBytes([]byte(head), "Content-Encoding", "br").wantCode(415, record.Unsupported)
	p.sendBytes([]byte(head), "Content-Encoding", "gzip").wantCode(400, record.BadRequest)
}

// S22: an app of another protocol is refused rows, never its changes.
func TestWhateverAppItIsItsChangesAreTaken(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	household := func(name string) string {
		return p.line(map[string]any{"type": "household", "entity": id(name), "kind": "create", "unit": villager.Unit, "fields": map[string]any{"head": headName}})
	}
	for from, head := range []string{
		1: `{"protocol":2,"epoch":%q,"from":%d,"server_epoch":"","cursors":{}}`,
		2: `{"protocol":7,"epoch":%q,"from":%d,"cursors":["of","another","kind"],"more":1}`,
		3: `{"epoch":%q,"from":%d}`,
	} {
		if head == "" {
			continue
		}
		head = fmt.Sprintf(head, p.epoch, from)
		r := p.raw(head + "\n" + household(head)).want(200)
		pull := r.json["pull"].(map[string]any)
		if got := outcomes(r); strings.Join(got, ",") != "applied" || len(pull["rows"].([]any)) != 0 || pull["more"] != true {
			t.Errorf("%s: %s", head, r.body)
		}
		if push := r.json["push"].(map[string]any); push["through"] != float64(from) || push["chain"] != p.prev {
			t.Errorf("%s: %s", head, r.body)
		}
		p.raw(head).wantCode(426, record.UpgradeRequired)
	}
	if rows := p.exchangeFrom(4).want(200).json["pull"].(map[string]any)["rows"].([]any); len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestABadLineHoldsUpNoOther(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	visit := func(name string, fields map[string]any) map[string]any {
		all := map[string]any{"household": id("h"), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20"}
		for k, v := range fields {
			all[k] = v
		}
		return map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theVillage, "form": "home_visit", "form_version": 2,
			"fields": all, "event": "submit"}
	}
	with := func(m map[string]any, key string, value any) map[string]any {
		m[key] = value
		return m
	}
	type tried struct {
		what string
		keys map[string]any
		want string
	}
	list := []tried{
		{"a household", map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}}, "applied"},
		{"a good visit", visit("good 1", nil), "applied"},
		{"a date in words", visit("e1", map[string]any{"occurred_on": "yesterday"}), "rejected bad_date"},
		{"no such day", visit("e2", map[string]any{"occurred_on": "2026-02-30"}), "rejected bad_date"},
		{"1970", visit("e3", map[string]any{"occurred_on": "1970-01-01"}), "applied"},
		{"2099", visit("e4", map[string]any{"occurred_on": "2099-12-31"}), "applied"},
		{"a number for a choice", visit("e5", map[string]any{"met": 5}), "rejected wrong_type"},
		{"an unknown choice", visit("e6", map[string]any{"met": "perhaps"}), "rejected unknown_choice"},
		{"an unknown field", visit("e7", map[string]any{"colour": "red"}), "rejected unknown_field"},
		{"a text of 3,000", visit("e8", map[string]any{"text": strings.Repeat("长", 3000)}), "rejected too_long"},
		{"an unknown form", with(visit("e9", nil), "form", "no_such_form"), "parked unknown_form"},
		{"a forged unit", with(visit("e10", nil), "unit", another), "rejected foreign_unit"},
		{"no unit", with(visit("e11", nil), "unit", "000000000000"), "rejected foreign_unit"},
		{"a household not there", visit("e12", map[string]any{"household": id("never")}), "parked missing_reference"},
		{"a kind of a later app", with(visit("e13", nil), "kind", "comment"), "parked unknown_kind"},
		{"a forged kind", with(visit("e16", nil), "kind", "../DROP TABLE"), "rejected wrong_type"},
		{"no kind", with(visit("e17", nil), "kind", ""), "rejected wrong_type"},
		{"a forged id", with(visit("e14", nil), "entity", "../../etc"), "rejected *"},
		{"negative money", map[string]any{"type": "entry", "entity": id("e15"), "kind": "create", "unit": theVillage, "form": "aid_distribution", "form_version": 2,
			"fields": map[string]any{"occurred_on": "2026-11-20", "cash": -100}}, "rejected out_of_range"},
		{"another good visit", visit("good 2", nil), "applied"},
	}
	var lines []string
	for _, x := range list {
		lines = append(lines, p.line(x.keys))
	}
	r := p.exchange(lines...).want(200)
	got := outcomes(r)
	if len(got) != len(list) {
		t.Fatalf("%d outcomes for %d changes", len(got), len(list))
	}
	for i, x := range list {
		if any, ok := strings.CutSuffix(x.want, "*"); got[i] != x.want && (!ok || !strings.HasPrefix(got[i], any)) {
			t.Errorf("%s: %s, want %s", x.what, got[i], x.want)
		}
	}
	if through := r.json["push"].(map[string]any)["through"]; through != float64(len(list)) {
		t.Errorf("through %v", through)
	}
}

// S1 S4: what cannot be read is in the ledger by its place, and the good line behind it applies.
func TestUnreadableLinesAreKeptAndTheGoodOnesApplied(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	bad := []string{"{", "null", "[]", "\x00\x01", "  ", `{"n":"x"}`, strings.Repeat("x", 100<<10), `{"a":"` + strings.Repeat("y", 1<<20) + `"}`}
	lines := slices.Clone(bad)
	for _, l := range bad {
		p.n++
		p.prev = changeHash(l)
	}
	lines = append(lines, p.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}}))
	got := outcomes(p.exchange(lines...).want(200))
	if len(got) != len(lines) || got[len(got)-1] != "applied" {
		t.Fatalf("%v", got)
	}
	for i := range bad {
		if !strings.HasPrefix(got[i], "rejected ") {
			t.Errorf("line %d: %s", i+1, got[i])
		}
	}
}

// W7: of more than 1,000 changes the first 1,000 are taken, and the phone goes on from there.
func TestTenThousandChangesInOnePush(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	var lines []string
	for i := range 10_000 {
		lines = append(lines, p.line(map[string]any{"type": "household", "entity": id(fmt.Sprint("h", i)), "kind": "create", "unit": theVillage,
			"fields": map[string]any{"head": "合成"}}))
	}
	r := p.exchange(lines...).want(200)
	push := r.json["push"].(map[string]any)
	if push["through"] != float64(1000) || len(outcomes(r)) != 1000 {
		t.Fatalf("through %v, %d outcomes", push["through"], len(outcomes(r)))
	}
	p.n = 2000
	r = p.exchange(lines[1000:2000]...).want(200)
	if r.json["push"].(map[string]any)["through"] != float64(2000) {
		t.Errorf("through %v", r.json["push"].(map[string]any)["through"])
	}
}

// S2: other bytes under a known number.
func TestAForkAnswersWhereTheLogsPart(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	keys := func(name string) map[string]any {
		return map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": name}}
	}
	first := p.line(keys("甲"))
	p.exchange(first).want(200)
	if got := outcomes(p.exchange(first).want(200)); !slices.Equal(got, []string{"applied"}) {
		t.Errorf("the same bytes again: %v", got)
	}
	other := keys("乙")
	other["entity"] = id("h2")
	p.exchange(p.line(other)).want(200)
	p.n, p.prev = 1, changeHash(first)
	other["fields"] = map[string]any{"head": "丁"}
	r := p.exchange(p.line(other)).wantCode(409, record.Fork)
	if r.json["through"] != float64(1) || r.json["chain"] != changeHash(first) {
		t.Errorf("%s", r.body)
	}
	// S5: the log is of this account and device.
	q := c.join("cun-b", villager)
	q.epoch = p.epoch
	q.exchange(q.line(keys("丙"))).wantCode(403, record.ForeignEpoch)
}

// S3 S4: after a gap nothing is written and the phone is told where to begin; a number or a hash that does not fit its place
// is that line's fault alone, and the chain goes on over its bytes.
func TestNumbersAndChainsThatDoNotFit(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	first := p.line(p.home("h1"))
	p.exchange(first).want(200)
	p.n, p.prev = 7, changeHash("what nobody has sent")
	r := p.exchange(p.line(p.home("h8"))).want(200)
	if push := r.json["push"].(map[string]any); push["through"] != float64(1) || push["chain"] != changeHash(first) || len(outcomes(r)) != 0 {
		t.Fatalf("after a gap: %s", r.body)
	}
	p.n, p.prev = 1, changeHash(first)
	number := p.home("h2")
	number["n"] = 9
	chain := p.home("h3")
	chain["prev"] = changeHash("another")
	lines := []string{p.line(number), p.line(chain), p.line(p.home("h4"))}
	want := []string{"rejected bad_number", "rejected bad_chain", "applied"}
	for range 2 { // asked again it is told the same
		r = p.exchangeFrom(2, lines...).want(200)
		if got := outcomes(r); !slices.Equal(got, want) || r.json["push"].(map[string]any)["through"] != float64(4) {
			t.Fatalf("%v: %s", got, r.body)
		}
	}
	rows := r.json["pull"].(map[string]any)["rows"].([]any)
	if len(rows) != 2 { // h1 and h4
		t.Errorf("%d rows", len(rows))
	}
}

func TestQueriesThatMakeNoSense(t *testing.T) {
	c := newCity(t)
	p := c.join("shi", record.Seat{Role: record.Manager, Unit: theCity})
	figure := "/api/v1/totals/entries?unit=" + theCity + "&period=2026&indicator=visits"
	for path, want := range map[string]struct {
		status int
		code   record.Code
	}{
		"/api/v1/totals":                                                    {404, record.NotFound},
		"/api/v1/totals?unit=x&period=2026":                                 {404, record.NotFound},
		"/api/v1/totals?unit=" + theCity:                                    {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=soon":                   {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=2026-13":                {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=2026H3":                 {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=2026-03-05--2026-03-04": {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=2026-02-30--2026-03-04": {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=1999-12-31--2001-03-04": {400, record.BadRequest},
		"/api/v1/totals?unit=" + theCity + "&period=2026-03-05":             {400, record.BadRequest},
		figure + "&limit=0":                                                 {400, record.BadRequest},
		figure + "&limit=9999":                                              {400, record.BadRequest},
		figure + "&after=%27%3B--":                                          {400, record.BadRequest},
		figure + "x":                                                        {404, record.NotFound},
		"/api/v1/entries/1":                                                 {400, record.BadRequest},
		"/api/v1/entries/" + id("never"):                                    {404, record.NotFound},
		"/api/v1/nothing":                                                   {404, record.NotFound},
		"/api/v2/me":                                                        {404, record.NotFound},
	} {
		if r := c.get(p, path); r.status != want.status || r.json["code"] != string(want.code) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	for _, path := range []string{"login", "refresh", "logout", "password"} {
		for _, body := range []string{"", "null", "[]", `"x"`, "{", `{"account":1,"refresh":2}`, `{} {}`} {
			req := httptest.NewRequest("POST", "/api/v1/"+path, strings.NewReader(body))
			req.Header.Set("Content-Type", "application/json")
			if r := c.do(nil, req); r.status != 400 {
				t.Errorf("%s %q: %d", path, body, r.status)
			}
		}
	}
}
