package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPlanOfNotices(t *testing.T) {
	data := t.TempDir()
	want(t, 0, data, "divisions", "import", "../../demo/lincang-5309.csv")
	if out := want(t, 1, data, "notices", "plan", "none"); !strings.Contains(out, "campaign") {
		t.Error(out)
	}
	p := planned{Title: "冬季走访", Start: "2026-12-01", Deadline: "2026-12-31", Units: 3, Open: 1, Stages: []plannedStage{
		{Days: 7, At: "2026-12-24 08:00", Until: "2026-12-27", People: []plannedPerson{
			{Name: "合成甲", Told: true, Record: []plannedUnit{{"530923101201", "忙岗村", 3}}},
			{Name: "合成乙", Review: []plannedUnit{{"530923101202", "另一村", 2}}}}},
		{Days: 0, At: "2026-12-31 08:00", Until: "2026-12-31"}, {Days: -1, At: "2027-01-01 08:00", Until: "2027-01-07"},
	}}
	const text = `冬季走访, 2026-12-01 to 2026-12-31: 1 of 3 units have to record something still

2026-12-24 08:00 (7 days before; until 2026-12-27 if it is missed): 2 people
  合成甲 (told)
    530923101201 忙岗村: 3 to record
  合成乙
    530923101202 另一村: 2 to approve

2026-12-31 08:00 (on the day; until 2026-12-31 if it is missed): 0 people

2027-01-01 08:00 (1 days after; until 2027-01-07 if it is missed): 0 people`
	if got := p.text(); got != text {
		t.Errorf("it says\n%s", got)
	}
}

// How people are told outside their inbox is said once, and what makes no sense ends the server before it serves.
func TestSettingsOfTelling(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret of the test's own\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := telling{Webhook: "https://gate.example/x", WebhookFormat: "json", WebhookSecretFile: secret}.outside([]string{"niangjia.example"})
	if err != nil || got.PushContact != "https://niangjia.example" || string(got.Webhook.Secret) != "a secret of the test's own" {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := (telling{PushContact: "a@example.org"}).outside([]string{"niangjia.example"}); err != nil || got.PushContact != "a@example.org" || got.Webhook.URL != "" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := (telling{WebhookSecretFile: secret}).outside(nil); err == nil {
		t.Error("a secret without a webhook is taken")
	}
	data := t.TempDir()
	for _, args := range [][]string{{"--push-contact", "a@localhost"}, {"--webhook", "https://gate.example/?key=hidden"}, {"--webhook", "gopher://gate.example/?key=hidden", "--webhook-format", "wecom"}} {
		if out := want(t, 1, data, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...); strings.Contains(out, "hidden") {
			t.Errorf("%v: it says %s", args, out)
		}
	}
}
