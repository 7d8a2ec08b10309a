package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const wellForm = `{
  "id": "well_check",
  "name": {"zh": "水井巡查", "en": "Well check"},
  "action": {"zh": "记水井巡查", "en": "Record a well check"},
  "icon": "note",
  "order": 95,
  "section": "family",
  "levels": ["village"],
  "summary": ["state"],
  "save": {"zh": "保存", "en": "Save"},
  "fields": [
    {"key": "occurred_on", "type": "date", "label": {"zh": "日期", "en": "Date"}, "required": true, "default": "today"},
    {"key": "state", "type": "one", "label": {"zh": "水质", "en": "Water"}, "required": true,
      "choices": [
        {"key": "clear", "label": {"zh": "清", "en": "Clear"}},
        {"key": "murky", "label": {"zh": "浑", "en": "Murky"}}
      ]},
    {"key": "depth", "type": "decimal", "scale": 1, "label": {"zh": "水深", "en": "Depth"}, "unit": {"zh": "米", "en": "m"}},
    {"key": "low", "type": "computed", "result": "yes_no", "label": {"zh": "水少", "en": "Low"}, "value": "depth < 1.5"},
    {"key": "cause", "type": "text", "label": {"zh": "原因", "en": "Cause"}, "visible": "state == 'murky'"}
  ]
}
`

const wellFigures = `[
  {
    "id": "well_checks", "order": 9500, "measure": "count",
    "name": {"zh": "水井巡查次数", "en": "Well checks"}, "unit": {"zh": "次", "en": "times"},
    "definition": {"zh": "已通过的水井巡查次数。", "en": "Approved well checks."},
    "sources": [{"form": "well_check", "where": "!low"}],
    "groups": ["state"]
  }
]
`

// S27: a city adds a form by file alone while the server runs; a broken file is told by file, line and reason, and what is
// in force goes on.
func TestACityAddsAFormByFileBesideItsServer(t *testing.T) {
	data, desk := t.TempDir(), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(desk, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want(t, 0, data, "demo", "--entries", "60", "--seed", "7", "--until", "2026-11-22")
	server := serveData(t, data)
	token := signIn(t, server.address)
	inForce := func() (hash, text string) {
		res, body := get(t, server.address+"/api/v1/catalogue?format=3", "Authorization", "Bearer "+token)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		var is struct{ Hash string }
		if err := json.Unmarshal([]byte(body), &is); err != nil {
			t.Fatal(err)
		}
		return is.Hash, body
	}
	before, _ := inForce()

	form, figures := file("well_check.json", wellForm), file("well_figures.json", wellFigures)
	broken := func(name, text, old, new, says string) {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("no %s", old)
		}
		bad := file(name, strings.Replace(text, old, new, 1))
		files := []string{"forms", "import", bad}
		if text == wellFigures {
			files = append(files, form)
		}
		for _, verb := range []string{"import", "check"} {
			files[1] = verb
			if out := want(t, 1, data, files...); !strings.Contains(out, bad+":"+says) {
				t.Errorf("%s: not told of %s:%s:\n%s", verb, name, says, out)
			}
		}
		if hash, _ := inForce(); hash != before {
			t.Fatalf("%s was put in force", name)
		}
	}
	broken("cut.json", wellForm, `{"key": "cause"`, `{"key": `, "20: not JSON")
	broken("circle.json", wellForm, "depth < 1.5", "low == true", `19: field "low" is computed from itself`)
	broken("gone.json", wellForm, "state == 'murky'", "colour == 'murky'", `20: form "well_check" has no field "colour"`)
	broken("choice.json", wellForm, "state == 'murky'", "state == 'green'", `20: field "state" has no choice "green"`)
	broken("endless.json", wellForm, "state == 'murky'", "cause.contains(cause + cause + cause + cause + cause) && "+strings.TrimSuffix(strings.Repeat("(cause + cause).contains(cause + cause) || ", 40), " || "), "20: ")
	broken("figure.json", wellFigures, "!low", "!lower", `6: form "well_check" has no field "lower"`)
	broken("group.json", wellFigures, `["state"]`, `["colour"]`, `7: group "colour" is not a one-of or many-of field`)

	if out := want(t, 0, data, "forms", "import", "--dry-run", form, figures); !strings.Contains(out, "would change: 2 changes") || !strings.Contains(out, "well_check") {
		t.Error(out)
	}
	if hash, _ := inForce(); hash != before {
		t.Error("looking at it put it in force")
	}
	var done struct {
		Hash string
		Done bool
	}
	if err := json.Unmarshal([]byte(want(t, 0, data, "--json", "forms", "import", form, figures)), &done); err != nil || !done.Done {
		t.Fatalf("%+v %v", done, err)
	}
	if hash, text := inForce(); hash != done.Hash || !strings.Contains(text, "水井巡查次数") {
		t.Fatal("the running server has other forms")
	}

	// A choice that phones may have taken goes no more, and another command leaves all as it is.
	bad := file("well_check.json", strings.Replace(wellForm, `{"key": "clear", "label": {"zh": "清", "en": "Clear"}},`, "", 1))
	if out := want(t, 1, data, "forms", "import", bad); !strings.Contains(out, bad+":14: choice \"Clear\" of \"Water\" may stand in entries: it cannot go, hide it") {
		t.Error(out)
	}
	want(t, 0, data, "accounts", "list")
	all, mine := filepath.Join(desk, "all.json"), filepath.Join(desk, "own.json")
	want(t, 0, data, "forms", "export", all)
	want(t, 0, data, "forms", "export", "--own", mine)
	if raw, err := os.ReadFile(all); err != nil || !strings.Contains(string(raw), done.Hash) {
		t.Errorf("exported: %v", err)
	}
	raw, err := os.ReadFile(mine)
	if err != nil || !strings.Contains(string(raw), "well_check") || strings.Contains(string(raw), "home_visit") {
		t.Errorf("exported: %v %s", err, raw)
	}
	if out := want(t, 0, data, "forms", "import", "--whole", mine); !strings.Contains(out, "published: 0 changes") {
		t.Error(out)
	}
	if hash, _ := inForce(); hash != done.Hash {
		t.Error("what was exported is another catalogue")
	}
	server.stop(t, syscall.SIGTERM)
	// The next start has it too, and the log gives the same.
	server = serveData(t, data)
	token = signIn(t, server.address)
	if hash, _ := inForce(); hash != done.Hash {
		t.Error("a restart has lost it")
	}
	server.stop(t, syscall.SIGTERM)
	if out := want(t, 0, data, "verify"); !strings.Contains(out, "0 differences") {
		t.Error(out)
	}
}

// signIn gives the access token of the demo's village.
func signIn(t *testing.T, address string) string {
	t.Helper()
	body := `{"account":"cun1","password":"niangjia","device":{"id":"0123456789abcdef0123456789abcdef","name":"x"}}`
	client := http.Client{Timeout: 10 * time.Second}
	res, err := client.Post(address+"/api/v1/login", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var said struct{ Access string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Access == "" {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	return said.Access
}
