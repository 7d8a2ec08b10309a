package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestMain lets the test binary be the program itself, so that real processes can be started and killed.
func TestMain(m *testing.M) {
	if os.Getenv("NIANGJIA_TEST_AS_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is a process of this program, started and not waited for.
func program(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "NIANGJIA_TEST_AS_PROGRAM=1")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	t.Cleanup(func() {
		if cmd.Process != nil && cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd, &errs
}

// served is a running server.
type served struct {
	*exec.Cmd
	address string
}

func serveData(t *testing.T, data string, more ...string) *served {
	t.Helper()
	cmd, errs := program(t, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--json"}, more...)...)
	return listens(t, cmd, errs)
}

// listens starts a server and waits until it says where it is.
func listens(t *testing.T, cmd *exec.Cmd, errs *bytes.Buffer) *served {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the server says nothing: %v %s", err, errs)
	}
	var said struct{ Address string }
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatal(err)
	}
	return &served{cmd, said.Address}
}

func (s *served) stop(t *testing.T, with syscall.Signal) {
	t.Helper()
	if err := s.Process.Signal(with); err != nil {
		t.Fatal(err)
	}
	err := s.Wait()
	if with == syscall.SIGTERM && err != nil {
		t.Errorf("the server did not stop well: %v", err)
	}
}
