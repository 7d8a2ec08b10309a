package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// settings are those of docs/operating.md, in the model's order: flag, environment variable, default, verbs.
func settings(t *testing.T) (rows []string, acts []string) {
	t.Helper()
	var c commands
	parser, err := kong.New(&c, kong.Name("niangjia"))
	if err != nil {
		t.Fatal(err)
	}
	verbs, flags, order := map[string][]string{}, map[string]*kong.Flag{}, []string{}
	add := func(verb string, list []*kong.Flag) {
		for _, f := range list {
			if f.Name == "help" {
				continue
			}
			if flags[f.Name] == nil {
				order = append(order, f.Name)
			}
			flags[f.Name] = f
			verbs[f.Name] = append(verbs[f.Name], verb)
		}
	}
	add("all", parser.Model.Flags)
	var walk func(n *kong.Node, path string)
	walk = func(n *kong.Node, path string) {
		for _, child := range n.Children {
			verb := strings.TrimSpace(path + " " + child.Name)
			add(verb, child.Flags)
			walk(child, verb)
		}
	}
	walk(parser.Model.Node, "")
	for _, name := range order {
		f := flags[name]
		if len(f.Envs) == 0 {
			acts = append(acts, name)
			continue
		}
		fallback := f.Default
		if fallback != "" {
			fallback = "`" + fallback + "`"
		}
		rows = append(rows, "| `--"+name+"` | `"+f.Envs[0]+"` | "+fallback+" | "+strings.Join(verbs[name], ", ")+" | "+f.Help+" |")
	}
	return rows, acts
}

// The table of settings in docs/operating.md is the program's own.
func TestTheTableOfSettingsIsTheProgramsOwn(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, acts := settings(t)
	var have []string
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "| `--") {
			have = append(have, strings.TrimSpace(line))
		}
	}
	for i, row := range rows {
		if !slices.Contains(have, row) {
			t.Errorf("docs/operating.md must have:\n%s", row)
		}
		env := strings.Split(row, "`")[3]
		if want := "NIANGJIA_" + strings.ToUpper(strings.ReplaceAll(strings.Split(row, "`")[1][2:], "-", "_")); env != want {
			t.Errorf("row %d: the variable is %s, want %s", i, env, want)
		}
	}
	for _, line := range have {
		if !slices.Contains(rows, line) {
			t.Errorf("docs/operating.md has, and the program has not:\n%s", line)
		}
	}
	// Every flag of the installation can come from the environment; what belongs to one act cannot.
	want := []string{"all", "days", "entries", "phones", "seed", "seeds", "until", "quick", "replace", "password-stdin", "name", "lies", "seat", "undo",
		"every-fault", "for", "recount", "store", "dry-run", "own", "whole",
		"unit", "period", "from", "to", "out", "template", "base"}
	slices.Sort(want)
	slices.Sort(acts)
	if !slices.Equal(acts, want) {
		t.Errorf("flags without a variable: %v, want %v", acts, want)
	}
}

// Every setting in the service file and the Dockerfile is one that the program knows.
func TestSettingsInOtherFilesAreKnown(t *testing.T) {
	rows, _ := settings(t)
	all := strings.Join(rows, "\n")
	for _, file := range []string{"../../../docs/niangjia.service", "../../../Dockerfile", "../../../docs/operating.md"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`NIANGJIA_[A-Z_]+`).FindAllString(string(raw), -1) {
			if !strings.Contains(all, "`"+name+"`") {
				t.Errorf("%s names %s", file, name)
			}
		}
	}
}
