package api_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"niangjia/server/demo"
	"niangjia/sync/record"
)

// Whatever comes as an exchange is answered with a named outcome or code (a 5xx fails in do, and so does an answer that
// the contract does not know), and the log goes on from where it was said to be.
func FuzzSync(f *testing.F) {
	c := newCity(f)
	her := c.join("cun", record.Seat{Role: record.Volunteer, Unit: demo.Village})
	head := `{"protocol":1,"epoch":"` + her.epoch + `","from":1,"server_epoch":"","cursors":{}}`
	create := her.line(map[string]any{"type": "household", "entity": id("home"), "kind": "create", "unit": demo.Village,
		"fields": map[string]any{"head": "合成"}})
	for _, seed := range []string{
		"", "{}", "null\n", head, head + "\n" + create, head + "\n" + create + "\n" + create, head + "\n\n\n", head + "\n{}\n[]\nx",
		`{"protocol":2,"epoch":"x","from":-1}`, `{"protocol":1,"epoch":"` + her.epoch + `","from":9007199254740993}`,
		`{"protocol":1,"epoch":"` + her.epoch + `","from":1,"cursors":{"unit:530923101201":-5,"unit:9":1e3,"":0}}`,
		"\x1f\x8b\x08\x00\x00\x00\x00\x00", head + "\n" + create[:len(create)/2],
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, zipped bool) {
		c.t = t
		req := httptest.NewRequest(http.MethodPost, "/api/v1/sync", bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/x-ndjson")
		if zipped {
			req.Header.Set("Content-Encoding", "gzip")
		}
		r := c.do(her, req)
		if r.status != http.StatusOK && r.text("code") == "" {
			t.Errorf("%d without a code: %s", r.status, r.body)
		}
		after := her.raw(head).want(http.StatusOK)
		push := after.json["push"].(map[string]any)
		if through, chain := push["through"].(float64), push["chain"].(string); (through > 0) != (chain != "") {
			t.Errorf("through %v with chain %q", through, chain)
		}
	})
}

// No JSON that a signed-in person sends to any route that takes some is answered by a 5xx or outside the contract.
func FuzzBodies(f *testing.F) {
	c := newCity(f)
	chief := c.join("shi", record.Seat{Role: record.Manager, Unit: demo.City}, record.Seat{Role: record.Reviewer, Unit: demo.City})
	var paths []string
	for path, item := range c.spec.Paths.Map() {
		if item.Post != nil && path != "/logout" && path != "/api/v1/logout" && path != "/api/v1/password" {
			paths = append(paths, path)
		}
	}
	if len(paths) < 10 {
		f.Fatalf("only %v", paths)
	}
	for i := range paths {
		for _, seed := range []string{"", "{}", "[]", "null", `{"account":1}`, `{"accounts":[{"login":"a","name":"b","seats":[{"role":"volunteer","unit":"530923101201"}]}]}`,
			`{"reason":"x","entries":["` + id("home") + `"]}`, `{"unit":"530900000000","period":"2026-11"}`} {
			f.Add(i, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		c.t = t
		path := paths[((which%len(paths))+len(paths))%len(paths)]
		req := httptest.NewRequest(http.MethodPost, replaceParameters(path), bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		if r := c.do(chief, req); r.status >= 400 && r.status != http.StatusNotFound && r.text("code") == "" {
			t.Errorf("%s: %d without a code: %s", path, r.status, r.body)
		}
	})
}

// replaceParameters fills a path's parameters with an id that is well formed.
func replaceParameters(path string) string {
	var out bytes.Buffer
	for i := 0; i < len(path); i++ {
		if path[i] != '{' {
			out.WriteByte(path[i])
			continue
		}
		out.WriteString(id("nobody"))
		for path[i] != '}' {
			i++
		}
	}
	return out.String()
}
