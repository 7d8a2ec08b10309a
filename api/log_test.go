package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"niangjia/sync/record"
)

func TestTheLogHasNoPersonalData(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	p := c.join("zhang-cuihua", record.Seat{Role: record.Manager, Unit: theCounty})
	c.get(p, "/api/v1/entries/"+id(ordinary)).want(200)
	c.get(p, "/api/v1/totals?unit="+theTownship+"&period=2026&q="+headName).want(200)
	c.get(p, "/households/"+headName)
	c.post(nil, "/api/v1/login", loginBody("zhang-cuihua", "a wrong secret")).want(401)
	c.post(nil, "/api/v1/login", loginBody(headName, "x")).want(401)
	p.raw(head + "\n" + `{"fields":{"phone":"13800000000"}`)
	p.access = "secret-token"
	c.get(p, "/api/v1/me").want(401)

	log := c.log.String()
	for _, never := range []string{headName, noteText, "zhang-cuihua", "合成", password, "wrong secret", "13800000000",
		p.refresh, "secret-token", "192.0.2.1" /* the address of httptest */, "domestic_violence", id(ordinary), "period="} {
		if strings.Contains(log, never) {
			t.Errorf("the log has %q in it", never)
		}
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if len(lines) < 10 {
		t.Fatalf("only %d lines", len(lines))
	}
	for _, l := range lines {
		var line map[string]any
		if err := json.Unmarshal([]byte(l), &line); err != nil {
			t.Fatal(err)
		}
		if line["msg"] == "request" && (line["request_id"] == "" || line["route"] == nil || line["status"] == nil) {
			t.Errorf("a line that says too little: %s", l)
		}
	}
}

func TestARequestIsNamedByTheServer(t *testing.T) {
	c := newCity(t)
	r := c.get(nil, "/api/v1/me").want(401)
	if r.text("request_id") == "" || r.text("request_id") != r.header.Get("X-Request-Id") || !strings.Contains(c.log.String(), r.text("request_id")) {
		t.Errorf("%s", r.body)
	}
}
