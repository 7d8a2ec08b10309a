package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/record"
)

// W7 S18: a question about a feed has bounds, and nobody is told of a feed that is not hers, whether there is one or not.
func TestQuestionsAboutFeedsThatMakeNoSense(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	hers := "unit:" + theVillage
	many := func(n int, one string) []string { return slices.Repeat([]string{one}, n) }
	for what, tc := range map[string]struct {
		body   map[string]any
		status int
		code   record.Code
	}{
		"nothing":                  {map[string]any{}, 400, record.BadRequest},
		"no part":                  {map[string]any{"feed": hers}, 400, record.BadRequest},
		"a feed in numbers":        {map[string]any{"feed": 5, "prefixes": []string{""}}, 400, record.BadRequest},
		"parts in words":           {map[string]any{"feed": hers, "prefixes": "all"}, 400, record.BadRequest},
		"no hex":                   {map[string]any{"feed": hers, "prefixes": []string{"xyz"}}, 400, record.BadRequest},
		"capitals":                 {map[string]any{"feed": hers, "prefixes": []string{"AB"}}, 400, record.BadRequest},
		"a part beyond the last":   {map[string]any{"feed": hers, "prefixes": []string{"0123456789abcdef"}}, 400, record.BadRequest},
		"65 parts":                 {map[string]any{"feed": hers, "prefixes": many(65, "a")}, 413, record.TooLarge},
		"thousands of parts":       {map[string]any{"feed": hers, "prefixes": many(5000, "abcdef")}, 413, record.TooLarge},
		"201 rows":                 {map[string]any{"feed": hers, "entities": many(201, id("x"))}, 413, record.TooLarge},
		"no id":                    {map[string]any{"feed": hers, "entities": []string{"' OR 1=1"}}, 400, record.BadRequest},
		"another village's":        {map[string]any{"feed": "unit:" + another, "prefixes": []string{""}}, 403, record.Forbidden},
		"no village's":             {map[string]any{"feed": "unit:000000000000", "prefixes": []string{""}}, 403, record.Forbidden},
		"somebody's drafts":        {map[string]any{"feed": "own:" + theAuthor, "prefixes": []string{""}}, 403, record.Forbidden},
		"nobody's drafts":          {map[string]any{"feed": "own:nobody", "entities": []string{id("x")}}, 403, record.Forbidden},
		"her village's sensitive":  {map[string]any{"feed": "review:" + theVillage, "prefixes": []string{""}}, 403, record.Forbidden},
		"a feed with no such name": {map[string]any{"feed": strings.Repeat("长", 2000), "prefixes": []string{""}}, 403, record.Forbidden},
	} {
		if r := c.post(p, "/api/v1/sync/digest", tc.body); r.status != tc.status || r.json["code"] != string(tc.code) {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	r := c.post(p, "/api/v1/sync/digest", map[string]any{"server_epoch": "another", "feed": hers, "prefixes": many(64, "0")}).want(200)
	if parts := r.json["parts"].([]any); len(parts) != 64 {
		t.Errorf("%d parts", len(parts))
	}
}

// S19: cursors of another server, or of the future, are answered with a reset; an app that knows none is served as before.
func TestCursorsThatAreWorthNothing(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	p.exchange(p.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})).want(200)
	for cursor, reset := range map[string]bool{"-1": true, "-9223372036854775808": true, "9223372036854775807": true, "2": true, "1": false, "0": false} {
		with := strings.Replace(head, `"cursors":{}`, fmt.Sprintf(`"cursors":{"unit:%s":%s,"unit:%s":3},"bases":{"unit:%s":-5,"x":7},"digests":true`, theVillage, cursor, another, theVillage), 1)
		pull := p.raw(with).want(200).json["pull"].(map[string]any)
		if (pull["reset"] != nil) != reset || fmt.Sprint(pull["drop"]) != "[unit:"+another+"]" {
			t.Errorf("cursor %s: %v", cursor, pull)
		}
		if rows := len(pull["rows"].([]any)); (rows == 1) != (reset || cursor == "0") {
			t.Errorf("cursor %s: %d rows", cursor, rows)
		}
		if fmt.Sprint(pull["digests"].(map[string]any)["unit:"+theVillage].(map[string]any)["rows"]) != "1" {
			t.Errorf("cursor %s: %v", cursor, pull["digests"])
		}
		old := strings.Replace(head, `"cursors":{}`, fmt.Sprintf(`"cursors":{"unit:%s":%s}`, theVillage, cursor), 1)
		if pull := p.raw(old).want(200).json["pull"].(map[string]any); pull["reset"] != nil || pull["digests"] != nil && cursor > "0" {
			t.Errorf("an old app at %s: %v", cursor, pull)
		}
	}
	p.raw(strings.Replace(head, `"cursors":{}`, `"cursors":{},"bases":[1]`, 1)).wantCode(400, record.BadRequest)
	p.raw(strings.Replace(head, `"cursors":{}`, `"cursors":{},"digests":"yes"`, 1)).wantCode(400, record.BadRequest)
}
