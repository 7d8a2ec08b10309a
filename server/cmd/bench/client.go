package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// client is a phone's connection to the server. It is as little as can be, since it works on the same processors as the
// server that is measured.
type client struct {
	address string
	token   string
	conn    net.Conn
	in      *bufio.Reader
	unzip   *gzip.Reader
	used    time.Time
}

func (c *client) dial(ctx context.Context) (err error) {
	if c.conn != nil && time.Since(c.used) > 5*time.Second {
		c.close() // the server may have closed it since
	}
	c.used = time.Now()
	if c.conn != nil {
		return nil
	}
	c.conn, err = new(net.Dialer).DialContext(ctx, "tcp", c.address)
	if err == nil {
		c.in = bufio.NewReaderSize(c.conn, 4096)
	}
	return err
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close() // nothing is under way
		c.conn = nil
	}
}

// call sends one request and gives the status and the whole unpacked answer.
func (c *client) call(ctx context.Context, method, path, header string, body ...[]byte) (int, []byte, error) {
	if err := c.dial(ctx); err != nil {
		return 0, nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n%s", method, path, header)
	if c.token != "" {
		b.WriteString("Authorization: Bearer " + c.token + "\r\n")
	}
	n := 0
	for _, part := range body {
		n += len(part)
	}
	if method != http.MethodGet {
		b.WriteString("Content-Length: " + strconv.Itoa(n) + "\r\n")
	}
	b.WriteString("\r\n")
	for _, part := range body {
		b.Write(part)
	}
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		return 0, nil, err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("no answer: %w", err)
	}
	text, err := c.read(answer)
	if err != nil {
		err = fmt.Errorf("answer %d of %d bytes, %d read, %v: %w", answer.StatusCode, answer.ContentLength, len(text), answer.Header, err)
	}
	return answer.StatusCode, text, errors.Join(err, answer.Body.Close())
}

func (c *client) read(answer *http.Response) ([]byte, error) {
	if answer.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(answer.Body)
	}
	var err error
	if c.unzip == nil {
		c.unzip, err = gzip.NewReader(answer.Body)
	} else {
		err = c.unzip.Reset(answer.Body)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(c.unzip)
}

func (c *client) json(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	status, text, err := c.call(ctx, method, path, "Content-Type: application/json\r\n", body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s", method, path, status, text)
	}
	return json.Unmarshal(text, out)
}

// signIn takes an access token for the session of a seat, and keeps what the server gave in its place.
func (c *client) signIn(ctx context.Context, s *seat) error {
	var out struct {
		Access  string `json:"access"`
		Refresh string `json:"refresh"`
	}
	err := c.json(ctx, http.MethodPost, "/api/v1/refresh", map[string]string{"refresh": s.Refresh, "device": s.Device}, &out)
	if err != nil {
		return err
	}
	c.token, s.Refresh = out.Access, out.Refresh
	return nil
}

// logIn signs in with a password.
func (c *client) logIn(ctx context.Context, login, password string) error {
	var out struct {
		Access string `json:"access"`
	}
	err := c.json(ctx, http.MethodPost, "/api/v1/login", map[string]any{"account": login, "password": password,
		"device": map[string]string{"id": id("device of", login), "name": "measurement"}}, &out)
	c.token = out.Access
	return err
}

const syncHeader = "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"

var applied = []byte(`"outcome":"applied"`)

// push sends changes and holds the server to having applied every one.
func (c *client) push(ctx context.Context, p push, cursors map[string]int64) ([]byte, error) {
	head, err := headLine(p.head, cursors)
	if err != nil {
		return nil, err
	}
	return c.send(ctx, p, head)
}

func (c *client) send(ctx context.Context, p push, head []byte) ([]byte, error) {
	status, text, err := c.call(ctx, http.MethodPost, "/api/v1/sync", syncHeader, head, p.body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("a push: %d %s", status, text)
	}
	if n := bytes.Count(text, applied); n != p.changes {
		return nil, fmt.Errorf("of %d changes %d were applied: %.600s", p.changes, n, text)
	}
	return text, nil
}
