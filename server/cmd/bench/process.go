package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is the measured program, serving a database.
type process struct {
	cmd     *exec.Cmd
	address string
	ready   time.Duration // from the start of the process to its first answer
}

// serve starts the program on a free port of this machine.
func serve(ctx context.Context, program, dir string, more ...string) (*process, error) {
	free, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"serve", "--data", dir, "--listen", address, "--log", filepath.Join(dir, "server.log")}, more...)...)
	cmd.Stderr = os.Stderr
	p := &process{cmd: cmd, address: address}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for {
		c := client{address: address}
		status, _, err := c.call(ctx, http.MethodGet, "/readyz", "")
		c.close()
		if err == nil && status == http.StatusOK {
			p.ready = time.Since(began)
			return p, nil
		}
		if ctx.Err() != nil || time.Since(began) > time.Minute {
			return nil, errors.Join(fmt.Errorf("the server does not answer: %w", err), p.stop(syscall.SIGKILL))
		}
		time.Sleep(time.Millisecond)
	}
}

// stop ends the process and waits until it has ended.
func (p *process) stop(sig syscall.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil {
		return err
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && sig == syscall.SIGKILL {
		return nil
	}
	return err
}

// noted runs a program to its end, and gives the most memory that it held, in bytes. What the system notes of a process
// that has ended has the most of the one that started it in it.
func noted(cmd *exec.Cmd) (most int64, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	p, ended := &process{cmd: cmd}, make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			return most, err
		case <-time.After(time.Millisecond):
			if held, err := p.mostMemory(); err == nil { // it may just have ended
				most = max(most, held)
			}
		}
	}
}

// busy is the processor time that the process has used so far.
func (p *process) busy() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(raw), ") ") // the name may have spaces
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("stat of the process: %q", raw)
	}
	var ticks int64
	for _, f := range fields[11:13] { // in the program, and in the kernel for it
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil // Linux counts them in hundredths everywhere
}

// ownTime is the processor time that this process has used so far.
func ownTime() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}

// memory is the process's resident memory, in bytes; mostMemory the most that it has had.
func (p *process) memory() (int64, error)     { return p.status("VmRSS:") }
func (p *process) mostMemory() (int64, error) { return p.status("VmHWM:") }

func (p *process) status(field string) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if text, is := strings.CutPrefix(line, field); is {
			n, err := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("the process's status names no " + field)
}
