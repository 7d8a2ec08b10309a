package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
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

// volunteer is a phone of the first demo account, over HTTP.
type volunteer struct {
	*phone.Phone
	token string
	made  int
}

func newVolunteer(t *testing.T, s *served) *volunteer {
	t.Helper()
	cat, err := app.Catalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &volunteer{Phone: phone.New(cat, demo.People()[0].ID, "e0000000000000000000000000000001")}
	v.login(t, s)
	return v
}

func (v *volunteer) login(t *testing.T, s *served) {
	t.Helper()
	body := fmt.Sprintf(`{"account":"%s","password":"%s","device":{"id":"d0000000000000000000000000000001","name":"test"}}`, demo.People()[0].Login, demo.Password)
	raw, err := post(s.address+"/api/v1/login", "application/json", "", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token string `json:"access"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %v %s", err, raw)
	}
	v.token = answer.Token
}

// record makes households and sends all that waits; the error is the network's or the server's.
func (v *volunteer) record(s *served, households int) error {
	for range households {
		v.made++
		if err := v.Create(record.Instant(1_790_000_000_000+v.made), phone.Draft{
			Type: record.Household, Entity: fmt.Sprintf("%032x", 0xf000+v.made), Unit: demo.Village,
			Fields: record.Content{"head": record.Text(fmt.Sprintf("测试户%d", v.made))},
		}); err != nil {
			return err
		}
	}
	for {
		head, lines := v.Request(phone.BatchChanges)
		text, err := json.Marshal(head)
		if err != nil {
			return err
		}
		body := bytes.Join(append([][]byte{text}, lines...), []byte("\n"))
		raw, err := post(s.address+"/api/v1/sync", "application/x-ndjson", v.token, body)
		if err != nil {
			return err
		}
		var answer struct {
			ServerEpoch string         `json:"server_epoch"`
			Push        change.Receipt `json:"push"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return err
		}
		for _, o := range answer.Push.Outcomes {
			if o.Outcome != change.Applied {
				return fmt.Errorf("%+v", o)
			}
		}
		if err := v.Receive(&change.Answer{Protocol: change.Protocol, ServerEpoch: answer.ServerEpoch, Push: answer.Push}); err != nil {
			return err
		}
		if v.Waiting() == 0 {
			return nil
		}
	}
}

func post(url, kind, token string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(raw)))
	}
	return raw, err
}
