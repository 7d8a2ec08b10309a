package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/record"
)

// T16: a file of figures that is taken while entries are counted anew says so in a line of its own, and names those of its
// figures that are not done; one that has none of them, and one of later, say nothing.
func TestAFileSaysWhatIsBeingCountedAnew(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 800)
	p := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	councils := map[string]any{"id": "councils", "order": 1801, "measure": "count", "groups": []string{},
		"name": map[string]string{"zh": "议事次数", "en": "Councils"}, "unit": map[string]string{"zh": "次", "en": "councils"},
		"definition": map[string]string{"zh": "有十位以上妇女到会的议事。", "en": "Councils of ten women or more."},
		"sources":    []any{map[string]any{"form": "council", "where": "women >= 10"}}}
	done := c.put(p, "/api/v1/catalogue/own", map[string]any{"own": map[string]any{"indicators": []any{councils}}, "against": c.app.Engine.Catalogue().Hash}).want(200)
	if done.json["recount"] == float64(0) {
		t.Fatalf("nothing is counted anew: %s", done.body)
	}
	notes := func(indicators, query string) map[string][]string {
		t.Helper()
		path := "/api/v1/totals/export?unit=" + theCity + "&period=2026&indicators=" + indicators + query
		return map[string][]string{
			"csv":  readCSV(t, c.get(p, path+"&format=csv").want(200).body).notes,
			"xlsx": readXLSX(t, c.get(p, path+"&format=xlsx").want(200).body).notes,
		}
	}
	says := func(indicators, query, want string) {
		t.Helper()
		for kind, lines := range notes(indicators, query) {
			if !slices.Contains(lines, want) {
				t.Errorf("%s%s as %s: no %q in %q", indicators, query, kind, want, lines)
			}
		}
	}
	silent := func(indicators string) {
		t.Helper()
		for kind, lines := range notes(indicators, "") {
			if said := strings.Join(lines, "\n"); strings.Contains(said, "重新统计") {
				t.Errorf("%s as %s: %q", indicators, kind, said)
			}
		}
	}
	const line = "正在按新口径重新统计（%d%%），还没有算完的数：议事次数。请等统计完再存一次。"
	says("visits,councils,mediations", "", fmt.Sprintf(line, 0))
	says("councils", "&by=month&lang=zh", fmt.Sprintf(line, 0))
	english := readCSV(t, c.get(p, "/api/v1/totals/export?unit="+theCity+"&period=2026&compare=1&lang=en&format=csv&indicators=councils,visits").want(200).body).notes
	if want := "The definitions have changed and entries are being counted anew (0%). Not done yet: Councils. Save the file again when it is."; !slices.Contains(english, want) {
		t.Errorf("in English: no %q in %q", want, english)
	}
	silent("visits,mediations")

	further := false
	for more := true; more; {
		var err error
		if more, err = c.app.Engine.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		walk, err := c.app.Engine.Recounting(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if walk == nil {
			break
		}
		if !further && walk.Done > 0 {
			further = true
			says("councils", "", fmt.Sprintf(line, 100*walk.Done/walk.All))
		}
	}
	silent("visits,councils,mediations")
}
