package api_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"niangjia/api"
	"niangjia/sync/record"
)

var param = regexp.MustCompile(`:(\w+)`)

func TestEveryRouteIsInTheContractAndNoOther(t *testing.T) {
	c := newCity(t)
	var have, want []string
	for _, r := range c.server.Routes() {
		have = append(have, param.ReplaceAllString(r, "{$1}"))
	}
	for path, item := range c.spec.Paths.Map() {
		for method := range item.Operations() {
			want = append(want, method+" "+path)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("routes\n%s\ncontract\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheContractSaysWhichRoutesNeedASession(t *testing.T) {
	c := newCity(t)
	for path, item := range c.spec.Paths.Map() {
		for method, op := range item.Operations() {
			open := op.Security != nil && len(*op.Security) == 0
			path := strings.ReplaceAll(path, "{id}", id("x"))
			var status int
			if method == "GET" {
				status = c.get(nil, path).status
			} else {
				status = c.send(method, nil, path, map[string]any{}).status
			}
			if closed := status == 401; closed == open {
				t.Errorf("%s %s: contract says open=%v, the server answers %d without a token", method, path, open, status)
			}
		}
	}
}

// The codes are a closed set: in Go, in the contract and in the table of answers.
func TestTheCodesAreTheSameEverywhere(t *testing.T) {
	var enum []string
	for _, v := range contract(t).Components.Schemas["Code"].Value.Enum {
		enum = append(enum, fmt.Sprint(v))
	}
	var table []string
	for code := range maps.Keys(api.Answers()) {
		table = append(table, string(code))
	}
	slices.Sort(enum)
	slices.Sort(table)
	if !slices.Equal(enum, table) {
		t.Errorf("contract %v\ntable %v", enum, table)
	}
}

func TestEveryCodeTellsTheUserWhatToDo(t *testing.T) {
	for code, a := range api.Answers() {
		if a.Status < 400 || a.Status > 599 {
			t.Errorf("%s has status %d", code, a.Status)
		}
		if code != record.Internal && a.Status == 500 {
			t.Errorf("%s is no internal error", code)
		}
		if !strings.HasSuffix(a.Sentence, "。") || strings.ContainsFunc(a.Sentence, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
			t.Errorf("%s: not a Chinese sentence: %s", code, a.Sentence)
		}
	}
}
