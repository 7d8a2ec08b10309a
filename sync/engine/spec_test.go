package engine_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	specPage = "../SPEC.md"
	appendix = "## Appendix: the tests that hold each rule\n"
	about    = "\n" + "For each rule those that hold what it says, chosen by hand; others may name it too. `TestEveryRuleIsNamed` (`sync/engine/spec_test.go`) wants each of them to be there and to name the\n" +
		"rule, in its title or in the comment right above it; `UPDATE=1 go test -run TestEveryRuleIsNamed ./sync/engine` takes out what is gone, and puts all that it finds at a rule that has none.\n" +
		"\n| rule | tests that hold it |\n| --- | --- |\n"
)

// Every rule of SPEC.md is named by a test or a scenario, and the tests of its appendix are there and name their rule.
func TestEveryRuleIsNamed(t *testing.T) {
	raw, err := os.ReadFile(specPage)
	if err != nil {
		t.Fatal(err)
	}
	update := os.Getenv("UPDATE") != ""
	body, table, _ := strings.Cut(string(raw), appendix)
	found := testsByRule(t, "../..")
	listed := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z]\d+) \| (.*) \|$`).FindAllStringSubmatch(table, -1) {
		listed[row[1]] = strings.Split(row[2], "<br>")
	}
	var rules []string
	for _, m := range regexp.MustCompile(`\*\*([WSMRDTPFNQ]\d+)\b`).FindAllStringSubmatch(body, -1) {
		rules = append(rules, m[1])
	}
	if len(rules) < 90 || len(slices.Compact(slices.Sorted(slices.Values(rules)))) != len(rules) {
		t.Fatalf("rules %v", rules)
	}
	page := body + appendix + about
	for _, rule := range rules {
		all := slices.Compact(slices.Sorted(slices.Values(found[rule])))
		if len(all) == 0 {
			t.Errorf("no test names rule %s", rule)
			continue
		}
		var kept []string
		for _, ref := range listed[rule] {
			if slices.Contains(all, ref) {
				kept = append(kept, ref)
			} else if !update {
				t.Errorf("%s: %s is no test that names it (UPDATE=1 takes it out)", rule, ref)
			}
		}
		if len(kept) == 0 {
			if kept = all; !update {
				t.Errorf("%s stands without a test in the appendix of %s (UPDATE=1 puts in %s)", rule, specPage, strings.Join(all, ", "))
			}
		}
		page += "| " + rule + " | " + strings.Join(kept, "<br>") + " |\n"
		delete(listed, rule)
	}
	switch {
	case t.Failed():
	case update:
		if err := os.WriteFile(specPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	case len(listed) > 0:
		t.Errorf("the appendix has rules that there are not: %v (UPDATE=1 takes them out)", slices.Sorted(maps.Keys(listed)))
	case page != string(raw):
		t.Errorf("the appendix of %s is not as it is written (UPDATE=1 writes it)", specPage)
	}
}

// What counts as naming a rule, and what does not: every place of a program once passed for it.
func TestWhatNamesARule(t *testing.T) {
	goFile := `package a
// S1 M1 to M3: a story.
func TestOne(t *testing.T) {
	// S2
	cell("D1") // and F4
	t.Run("S3 part", nil)
}
// S4
func helper() {}

var all = []Scenario{
	// S6: once it failed.
	{"S5 the name", func(p *People) { p.Do("S7") }},
}
`
	tsFile := `// S11
import { it } from 'vitest'
/**
 * S12
 */
story(
  'she does (S13, S14)',
  server, async () => expect('S15'),
)
// S16
it.each(cases)("S17 %s it's so", () => {
  // S18
})
describe('S19 all', () => {
  // S20

  test('plain', () => undefined)
})
`
	for name, c := range map[string]struct {
		titles []titled
		want   string
	}{
		"Go":         {goTitles(t, "a_test.go", goFile), "M1 TestOne, M2 TestOne, M3 TestOne, S1 TestOne, S3 S3 part, S5 S5 the name, S6 S5 the name"},
		"TypeScript": {tsTitles(tsFile), "S12 she does (S13, S14), S13 she does (S13, S14), S14 she does (S13, S14), S16 S17 %s it's so, S17 S17 %s it's so, S19 S19 all"},
	} {
		var got []string
		for _, one := range c.titles {
			for _, rule := range rulesIn(one.above + "\n" + one.name) {
				got = append(got, rule+" "+one.name)
			}
		}
		slices.Sort(got)
		if all := strings.Join(got, ", "); all != c.want {
			t.Errorf("%s: %s\nwant %s", name, all, c.want)
		}
	}
}
