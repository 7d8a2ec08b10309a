package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// node is one JSON value with the line on which it begins. encoding/json alone forgets lines
// and takes duplicate and misspelt keys silently.
type node struct {
	line    int
	kind    string // "an object" "a list" "a text" "a number" "true or false" "null"
	members []member
	items   []*node
	value   any // string, json.Number or bool
}

type member struct {
	key  string
	line int
	node *node
}

// maxNesting bounds lists within lists: nobody writes so deep, and each costs a frame.
const maxNesting = 50

// scanner turns a file into nodes.
type scanner struct {
	depth  int
	source []byte
	dec    *json.Decoder
	at     int // offset up to which lines are counted
	line   int
}

var errTooDeep = errors.New("lists within lists without end")

// scan reads exactly one JSON value. The error is a problem without a file.
func scan(source []byte) (*node, *Problem) {
	s := &scanner{source: source, dec: json.NewDecoder(bytes.NewReader(source)), line: 1}
	s.dec.UseNumber()
	n, err := s.next()
	if err == nil {
		if _, tail := s.dec.Token(); !errors.Is(tail, io.EOF) {
			s.mark(s.dec.InputOffset())
			return nil, s.unread("more text after the end of the definition")
		}
		return n, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.mark(int64(len(bytes.TrimRight(source, " \t\r\n"))))
		return nil, s.unread("not JSON: the file ends too early")
	}
	at := s.dec.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	s.mark(at)
	return nil, s.unread("not JSON: %v", err)
}

func (s *scanner) unread(format string, args ...any) *Problem {
	p := problem("", 0, "", format, args...)
	p.Line = s.line
	return &p
}

// mark moves the line counter on; no token contains a line break, so its end tells its line.
func (s *scanner) mark(offset int64) {
	to := min(int(offset), len(s.source))
	if to > s.at {
		s.line += bytes.Count(s.source[s.at:to], []byte{'\n'})
		s.at = to
	}
}

func (s *scanner) token() (json.Token, error) {
	t, err := s.dec.Token()
	if err == nil {
		s.mark(s.dec.InputOffset())
	}
	return t, err
}

func (s *scanner) next() (*node, error) {
	t, err := s.token()
	if err != nil {
		return nil, err
	}
	n := &node{line: s.line}
	switch v := t.(type) {
	case json.Delim:
		if s.depth++; s.depth > maxNesting {
			return nil, errTooDeep
		}
		defer func() { s.depth-- }()
		if v == '[' {
			n.kind = "a list"
			return n, s.list(n)
		}
		n.kind = "an object"
		return n, s.object(n)
	case string:
		n.kind, n.value = "a text", v
	case json.Number:
		n.kind, n.value = "a number", v
	case bool:
		n.kind, n.value = "true or false", v
	default:
		n.kind = "null"
	}
	return n, nil
}

func (s *scanner) list(n *node) error {
	for s.dec.More() {
		item, err := s.next()
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := s.token()
	return err
}

func (s *scanner) object(n *node) error {
	for s.dec.More() {
		key, err := s.token()
		if err != nil {
			return err
		}
		line := s.line
		value, err := s.next()
		if err != nil {
			return err
		}
		n.members = append(n.members, member{key.(string), line, value})
	}
	_, err := s.token()
	return err
}
