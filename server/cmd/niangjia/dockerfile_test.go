package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The Dockerfile copies what is there, and all that the program is made of.
func TestTheDockerfileCopiesWhatIsNeeded(t *testing.T) {
	const root = "../../.."
	raw, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "\\\n", " ")
	stages, copied := map[string]bool{}, map[string]bool{}
	last := ""
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch words[0] {
		case "FROM":
			last = words[1]
			if len(words) == 4 && words[2] == "AS" {
				last = words[3]
			}
			stages[last] = true
			if image, is := strings.CutPrefix(words[1], "golang:"); is {
				checkGoVersion(t, root, image)
			}
		case "COPY":
			if from, is := strings.CutPrefix(words[1], "--from="); is {
				if !stages[from] || from == last {
					t.Errorf("no stage before it: %s", line)
				}
				continue
			}
			for _, path := range words[1 : len(words)-1] {
				if _, err := os.Stat(filepath.Join(root, path)); err != nil {
					t.Errorf("%s: %v", strings.TrimSpace(line), err)
				}
				for not := range strings.Lines(string(ignored)) {
					if not = strings.TrimSpace(not); not != "" && (path == not || strings.HasPrefix(path, not+"/")) {
						t.Errorf(".dockerignore hides %s", path)
					}
				}
				if last == "program" {
					copied[path] = true
				}
			}
		}
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./server/cmd/niangjia")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.Lines(string(out)) {
		own, is := strings.CutPrefix(strings.TrimSpace(path), "niangjia/")
		if top, _, _ := strings.Cut(own, "/"); is && !copied[top] {
			t.Errorf("the program needs %s, which is not copied", own)
		}
	}
	for _, want := range []string{"FROM scratch", "USER 65532", "CGO_ENABLED=0", "HEALTHCHECK", `"healthcheck"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func checkGoVersion(t *testing.T, root, image string) {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version, _, _ := strings.Cut(image, "-")
	if !strings.Contains(string(mod), "\ngo "+version) {
		t.Errorf("the image has Go %s, go.mod wants another", version)
	}
}
