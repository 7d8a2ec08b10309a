package main

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is the image's only user.
const nobody = 65532

// image is what the Dockerfile puts into its last stage: the program and two empty folders, in a root of their own.
type image struct {
	root string
	env  []string
}

// The program is built by the Dockerfile's own line and run as its user in a root that has nothing else: no C library, no
// shell, no time zones, and nothing that it may write to but /data and /tmp.
func TestTheImageRuns(t *testing.T) {
	if testing.Short() || os.Getuid() != 0 {
		t.Skip("only root may change the root")
	}
	i := newImage(t)
	if code, out := i.do(t, "healthcheck"); code != 1 {
		t.Errorf("nothing listens, and healthcheck ends with %d: %s", code, out)
	}
	i.wants(t, "demo", "--entries", "60", "--seed", "3")

	var said bytes.Buffer
	serve := i.command(t, "serve", "--json")
	out, err := serve.StdoutPipe()
	serve.Stderr = &said
	if err := errors.Join(err, serve.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Process.Kill() })
	var at struct{ Address string }
	if err := json.NewDecoder(out).Decode(&at); err != nil {
		t.Fatalf("the server says nothing: %v %s", err, &said)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", serve.Process.Pid))
	if err != nil || !strings.Contains(string(status), fmt.Sprintf("\nUid:\t%d\t%[1]d\t%[1]d\t%[1]d\n", nobody)) {
		t.Errorf("it does not run as %d: %v %s", nobody, err, status)
	}
	i.wants(t, "healthcheck")
	i.wants(t, "backup", "/data/today.db")
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("it did not stop well: %v %s", err, &said)
	}
	i.wants(t, "verify")
	if code, out := i.do(t, "healthcheck"); code != 1 {
		t.Errorf("it has stopped, and healthcheck ends with %d: %s", code, out)
	}
	i.untouched(t)
}

func newImage(t *testing.T) *image {
	t.Helper()
	const repository = "../../.."
	raw, err := os.ReadFile(filepath.Join(repository, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	i := &image{root: t.TempDir()}
	program := filepath.Join(i.root, "niangjia")
	for line := range strings.Lines(strings.ReplaceAll(string(raw), "\\\n", " ")) {
		switch words := strings.Fields(line); {
		case len(words) == 0:
		case words[0] == "ENV":
			i.env = append(i.env, strings.Split(strings.ReplaceAll(strings.Join(words[1:], "\n"), "0.0.0.0:8787", free), "\n")...)
		case words[0] == "RUN" && strings.Contains(line, " go build "):
			own, _, _ := strings.Cut(strings.TrimPrefix(strings.Join(words, " "), "RUN "), " && ")
			before, args, _ := strings.Cut(own, "go build ")
			args = strings.Replace(args, "/root-fs/niangjia", program, 1)
			build := exec.Command("go", append([]string{"build"}, strings.Fields(args)...)...)
			build.Dir, build.Env = repository, append(os.Environ(), strings.Fields(before)...)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v %s", own, err, out)
			}
		}
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the program wants a loader, which is not in the image")
		}
	}
	if libraries, _ := f.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("the program wants %v, which are not in the image", libraries)
	}
	for _, folder := range []string{"data", "tmp"} {
		path := filepath.Join(i.root, folder)
		if err := errors.Join(os.Mkdir(path, 0o700), os.Chown(path, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(i.root, 0o755); err != nil {
		t.Fatal(err)
	}
	return i
}

func (i *image) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "/niangjia", args...)
	cmd.Dir, cmd.Env = "/", i.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

func (i *image) do(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	raw, err := i.command(t, args...).CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if ended != nil {
		code = ended.ExitCode()
	}
	return code, string(raw)
}

func (i *image) wants(t *testing.T, args ...string) {
	t.Helper()
	if code, out := i.do(t, args...); code != 0 {
		t.Fatalf("%s ended with %d: %s", strings.Join(args, " "), code, out)
	}
}

// untouched: what the program made is in its two folders, into which nobody else may look.
func (i *image) untouched(t *testing.T) {
	t.Helper()
	made := 0
	err := filepath.WalkDir(i.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inside := strings.TrimPrefix(path, i.root)
		its := info.Sys().(*syscall.Stat_t).Uid == nobody
		folder := strings.HasPrefix(inside, "/data") || strings.HasPrefix(inside, "/tmp")
		if its != folder || its && d.IsDir() && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, of %d", inside, info.Mode(), info.Sys().(*syscall.Stat_t).Uid)
		}
		if its {
			made++
		}
		return nil
	})
	if err != nil || made < 4 {
		t.Errorf("%d files, %v", made, err)
	}
}
