package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// folder is the program's definitions as files, with something replaced in one of them; new "" takes the file away.
func folder(t *testing.T, name, old, new string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../catalogue")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if old == "" {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	raw, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(raw), old) {
		t.Fatalf("no %s in %s: %v", old, name, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(raw), old, new)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// S27: a program whose definitions do not go together with the city's own any more starts with those of before, and says so.
func TestAStartWithDefinitionsThatDoNotFit(t *testing.T) {
	w := healthy(t)
	var log bytes.Buffer
	start := func(dir string, do func(a *App)) string {
		t.Helper()
		c := Config{Data: w.data, Log: slog.New(slog.NewJSONHandler(&log, nil))}
		if dir != "" {
			c.Catalogue = os.DirFS(dir)
		}
		a, err := Open(t.Context(), c)
		w.must(err)
		if do != nil {
			do(a)
		}
		hash := a.Engine.Catalogue().Hash
		w.must(a.Close())
		return hash
	}
	misfits := func() int {
		t.Helper()
		d, err := Doctor(t.Context(), w.data, w.o)
		w.must(err)
		n := 0
		for _, f := range d.Findings {
			if f.Code == "catalogue_misfit" {
				n++
			}
		}
		return n
	}
	built := start("", nil)
	var published string
	start("", func(a *App) {
		own, err := catalogue.ParseOwn([]byte(`{"retouch": {"research": {"hidden": true}, "home_visit": {"fields": {"purposes": {"choices": [{"key": "tea_season", "label": {"zh": "茶季帮工"}}]}}}}}`))
		w.must(err)
		plan, err := a.Publishing.PublishOwn(t.Context(), record.Actor{}, own, built)
		w.must(err)
		published = plan.Next.Hash
	})
	if got := start("", nil); got != published || misfits() != 0 || log.Len() != 0 {
		t.Fatalf("the next start has %s, %d misfits: %s", got, misfits(), &log)
	}

	// A form is gone that the city has retouched; and, in a folder that was written for it, a choice that entries may have.
	for name, dir := range map[string]string{
		"a form":   folder(t, "forms/research.json", "", ""),
		"a choice": folder(t, "forms/council.json", `"topic"`, `"subject"`),
	} {
		if name == "a form" {
			w.must(os.Remove(filepath.Join(dir, "indicators", "research.json")))
		}
		log.Reset()
		if got := start(dir, nil); got != published || misfits() != 1 || !strings.Contains(log.String(), "do not go together") {
			t.Errorf("%s: started with %s, %d misfits: %s", name, got, misfits(), &log)
		}
		// Publishing over what does not fit is the way out of it.
		start(dir, func(a *App) { w.must(a.SameBase(t.Context())) })
	}
	if got := start("", nil); got != published || misfits() != 0 {
		t.Errorf("with those of before again: %s, %d misfits", got, misfits())
	}

	// One that fits lies beneath from its start on, and what was changed in it has a later version.
	better := folder(t, "forms/council.json", `妇女议事`, `妇女议事会`)
	start(better, func(a *App) {
		c := a.Engine.Catalogue()
		if c.Hash == published || c.Form("home_visit").Field("purposes").Choice("tea_season") == nil || !c.Form("research").Hidden {
			t.Error("the city's own is not over it")
		}
		before, err := catalogue.Parse(os.DirFS("../catalogue"))
		w.must(err)
		if c.Form("council").Version != before.Form("council").Version+1 || c.Form("petition").Version != before.Form("petition").Version {
			t.Errorf("council has version %d", c.Form("council").Version)
		}
	})
	if n := misfits(); n != 0 {
		t.Errorf("%d misfits", n)
	}
	v, err := Verify(t.Context(), w.data, nil)
	w.must(err)
	if !v.Holds() {
		t.Errorf("%+v", v.Differences)
	}
}
