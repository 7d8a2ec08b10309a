package catalogue

import (
	"encoding/json"
	"os"
	"testing"
	"testing/fstest"

	"niangjia/sync/record"
)

// The same cases run in TypeScript: what a phone takes the server takes, and both write it alike.
func TestContentsAsOnThePhone(t *testing.T) {
	b, err := os.ReadFile("../testdata/contents.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Form  json.RawMessage `json:"form"`
		Cases []struct {
			Name      string                     `json:"name"`
			Fields    map[string]json.RawMessage `json:"fields"`
			Canonical string                     `json:"canonical"`
			Code      record.Code                `json:"code"`
			Field     string                     `json:"field"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	cat, err := Parse(fstest.MapFS{"forms/sample.json": {Data: cases.Form}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Cases {
		t.Run(c.Name, func(t *testing.T) {
			got, bad := normalised(cat.Form("sample"), c.Fields)
			switch {
			case c.Code == "" && bad != nil:
				t.Errorf("refused: %v", bad)
			case c.Code == "" && string(got.Bytes()) != c.Canonical:
				t.Errorf("got  %s\nwant %s", got.Bytes(), c.Canonical)
			case c.Code != "" && (bad == nil || bad.Code != c.Code || bad.Field != c.Field):
				t.Errorf("got %v, want %s at %s", bad, c.Code, c.Field)
			}
		})
	}
}

// normalised reads fields as the server reads those of a change.
func normalised(f *Form, fields map[string]json.RawMessage) (record.Content, *record.Error) {
	content := record.Content{}
	for key, raw := range fields {
		v, err := record.Canonical(raw)
		if err != nil {
			return nil, &record.Error{Code: record.WrongType, Field: key, Err: err}
		}
		content[key] = v
	}
	out, bad := f.Normalise(content)
	for key, v := range out {
		if v == "" {
			delete(out, key)
		}
	}
	return out, bad
}

// S25: a computed value is nobody's to send. What an older version of the form stored under its key is kept, or emptied.
func TestComputedValuesAreNotSent(t *testing.T) {
	cat, err := Parse(fstest.MapFS{"forms/sample.json": {Data: []byte(`{
		"id": "sample", "version": 2, "name": {"zh": "样", "en": "Sample"}, "action": {"zh": "记", "en": "Record"},
		"icon": "visit", "order": 1, "levels": ["village"], "summary": ["twice"],
		"fields": [
			{"key": "occurred_on", "type": "date", "label": {"zh": "日期", "en": "Date"}, "required": true},
			{"key": "cash", "type": "money", "label": {"zh": "现金", "en": "Cash"}},
			{"key": "read_me", "type": "note", "label": {"zh": "请看", "en": "Read"}},
			{"key": "twice", "type": "computed", "result": "money", "value": "cash * 2", "label": {"zh": "两倍", "en": "Twice"}}
		]}`)}})
	if err != nil {
		t.Fatal(err)
	}
	f := cat.Form("sample")
	for _, key := range []string{"twice", "read_me"} {
		sent := record.Content{key: "7"}
		if _, bad := f.Normalise(sent); bad == nil || bad.Code != record.UnknownField || bad.Field != key {
			t.Errorf("%s was taken: %v", key, bad)
		}
		if got, bad := f.NormaliseFrom(sent, 1); bad != nil || got[key] != "7" {
			t.Errorf("%s of an older version: %v %v", key, got, bad)
		}
		if got, bad := f.Normalise(record.Content{key: ""}); bad != nil || got[key] != "" {
			t.Errorf("%s emptied: %v %v", key, got, bad)
		}
	}
	if got := f.Derive(record.Content{"cash": "21", "twice": "7"}); got["twice"] != "42" {
		t.Errorf("derived %v", got)
	}
	if got := f.Derive(nil); got != nil {
		t.Errorf("of no content %v", got)
	}
	plain := record.Content{"a": "1"}
	if got := (*Form)(nil).Derive(plain); got["a"] != "1" {
		t.Error("a form that is not there changes nothing")
	}
}
