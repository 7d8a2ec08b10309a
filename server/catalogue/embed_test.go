package catalogue

import (
	"strings"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

func TestBuilt(t *testing.T) {
	if _, err := catalogue.Parse(files); err != nil {
		t.Fatal(err)
	}
	c, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Forms) == 0 || len(c.Registers) != 2 || len(c.Indicators) == 0 {
		t.Fatalf("%d forms, %d registers, %d indicators", len(c.Forms), len(c.Registers), len(c.Indicators))
	}
	again, err := catalogue.ParseJSON(c.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.JSON()) != string(c.JSON()) {
		t.Error("the catalogue does not come back from the ledger as it went in")
	}
}

// Violence is never in a success rate, whatever was recorded before the kind was changed.
func TestViolenceIsNeverMediated(t *testing.T) {
	c, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"mediations_succeeded", "mediations_concluded"} {
		for _, s := range c.Indicator(id).Sources {
			if s.Where.Match(values(map[string]string{"kind": "domestic_violence", "outcome": "succeeded"})) {
				t.Errorf("%s counts domestic violence", id)
			}
			if !s.Where.Match(values(map[string]string{"kind": "family", "outcome": "succeeded"})) {
				t.Errorf("%s does not count a settled family dispute", id)
			}
		}
	}
}

// A dispute of violence asks what was done for the victim and not how the mediation ended.
func TestViolenceAsksForProtection(t *testing.T) {
	c, err := Built()
	if err != nil {
		t.Fatal(err)
	}
	form := c.Form("dispute_mediation")
	ask := func(kind string) string {
		return strings.Join(form.Missing(values(map[string]string{"kind": kind, "household": "x", "occurred_on": "2026-11-22"})), " ")
	}
	if got := ask("domestic_violence"); got != "protection" {
		t.Errorf("violence: missing %q", got)
	}
	if got := ask("family"); got != "outcome" {
		t.Errorf("family: missing %q", got)
	}
	violence := values(map[string]string{"kind": "domestic_violence"})
	if !form.IsSensitive(violence) || !form.IsUrgent(violence) || form.IsSensitive(values(map[string]string{"kind": "family"})) {
		t.Error("violence is sensitive and urgent, a family dispute is neither")
	}
	// A grave incident of any kind is told at once; of what is neither violence nor harm to a child all may be read.
	incident := c.Form("incident")
	for content, want := range map[[2]string][2]bool{{"accident", "grave"}: {true, false}, {"accident", "major"}: {false, false}, {"violence", "ordinary"}: {true, true}} {
		v := values(map[string]string{"kind": content[0], "level": content[1]})
		if got := [2]bool{incident.IsUrgent(v), incident.IsSensitive(v)}; got != want {
			t.Errorf("%v: urgent and sensitive %v, want %v", content, got, want)
		}
	}
}

// values is a content of choices.
func values(of map[string]string) record.Content {
	content := record.Content{}
	for key, value := range of {
		content[key] = record.Text(value)
	}
	return content
}
