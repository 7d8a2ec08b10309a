package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// A row has one of three shapes (W5): whole, a stub, or a tombstone.

type wireTombstone struct {
	Feed   string `json:"feed"`
	Seq    int64  `json:"seq"`
	Type   string `json:"type"`
	Entity string `json:"entity"`
	Gone   bool   `json:"gone"`
}

type wireStub struct {
	Feed   string `json:"feed"`
	Seq    int64  `json:"seq"`
	Type   string `json:"type"`
	Entity string `json:"entity"`
	Unit   string `json:"unit"`
	State  string `json:"state"`
	Stub   bool   `json:"stub"`
}

type wireReason struct {
	Event  string   `json:"event"`
	Text   string   `json:"text"`
	Fields []string `json:"fields,omitempty"`
	By     string   `json:"by"`
	At     int64    `json:"at"`
}

type wireRefused struct {
	Content record.Content `json:"content"`
	Reason  wireReason     `json:"reason"`
}

type wireConflict struct {
	Field string       `json:"field"`
	Value record.Value `json:"value"`
	By    string       `json:"by"`
	At    int64        `json:"at"`
}

// wireBody is what a whole row says of its record.
type wireBody struct {
	Type            string           `json:"type"`
	Entity          string           `json:"entity"`
	Unit            string           `json:"unit"`
	Form            string           `json:"form,omitempty"`
	FormVersion     int64            `json:"form_version,omitempty"`
	State           string           `json:"state"`
	Version         string           `json:"version"`
	Content         record.Content   `json:"content"`
	Author          string           `json:"author"`
	ApprovedVersion string           `json:"approved_version,omitempty"`
	Approved        record.Content   `json:"approved,omitempty"`
	ApprovedBy      string           `json:"approved_by,omitempty"`
	ApprovedAt      int64            `json:"approved_at,omitempty"`
	Conflicts       []wireConflict   `json:"conflicts,omitempty"`
	Reason          *wireReason      `json:"reason,omitempty"`
	Refused         *wireRefused     `json:"refused,omitempty"`
	Flags           []string         `json:"flags,omitempty"`
	Disclosures     []wireDisclosure `json:"disclosures,omitempty"`
	Case            string           `json:"case,omitempty"`
	Sensitive       bool             `json:"sensitive,omitempty"`
	Urgent          bool             `json:"urgent,omitempty"`
	SubmittedAt     int64            `json:"submitted_at,omitempty"`
	CreatedAt       int64            `json:"created_at"`
	UpdatedAt       int64            `json:"updated_at"`
}

type wireDisclosure struct {
	By     string `json:"by"`
	At     int64  `json:"at"`
	Reason string `json:"reason"`
}

type wireRow struct {
	Feed string `json:"feed"`
	Seq  int64  `json:"seq"`
	wireBody
}

func rowToWire(r change.Row) any {
	switch {
	case r.Gone:
		return wireTombstone{Feed: r.Feed, Seq: r.Seq, Type: string(r.Type), Entity: r.Entity, Gone: true}
	case r.Stub:
		return wireStub{Feed: r.Feed, Seq: r.Seq, Type: string(r.Type), Entity: r.Entity, Unit: r.Unit, State: string(r.State), Stub: true}
	}
	return wireRow{Feed: r.Feed, Seq: r.Seq, wireBody: bodyToWire(r)}
}

// appendRow writes a row as it travels. What comes packed is not read again.
func appendRow(b *bytes.Buffer, r change.Row) error {
	if r.Packed == nil {
		if err := writeJSON(b, rowToWire(r)); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the line break
		return nil
	}
	b.WriteString(`{"feed":"`) // ids of feeds are letters, digits and colons
	b.WriteString(r.Feed)
	b.WriteString(`","seq":`)
	b.Write(strconv.AppendInt(b.AvailableBuffer(), r.Seq, 10))
	b.WriteByte(',')
	b.Write(r.Packed)
	return nil
}

// pages are kept: a page of rows is half a megabyte.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// noRowsYet is where the rows of an answer go: no text can look like it, since a text's quotes are escaped.
var noRowsYet = []byte(`"pull":{"rows":[`)

// respondRows answers an exchange with its rows put where the answer has none yet.
func respondRows(c echo.Context, w wireAnswer, rows []change.Row) error {
	if len(rows) == 0 {
		return respond(c, w)
	}
	return respondFrame(c, w, noRowsYet, func(b *bytes.Buffer) error {
		for i, r := range rows {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := appendRow(b, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// respondFrame answers with what fill writes, put behind a place that the answer has once.
func respondFrame(c echo.Context, w any, place []byte, fill func(*bytes.Buffer) error) error {
	var frame bytes.Buffer
	if err := writeJSON(&frame, w); err != nil {
		return err
	}
	at := bytes.Index(frame.Bytes(), place)
	if at < 0 {
		return errors.New("an answer without a place for its rows")
	}
	at += len(place)
	b := pages.Get().(*bytes.Buffer)
	defer pages.Put(b)
	b.Reset()
	b.Write(frame.Bytes()[:at])
	if err := fill(b); err != nil {
		return err
	}
	b.Write(frame.Bytes()[at:])
	return respondBytes(c, b.Bytes())
}

func respondBytes(c echo.Context, text []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/json; charset=utf-8")
	h.Set(echo.HeaderCacheControl, "no-store")
	c.Response().WriteHeader(http.StatusOK)
	_, err := c.Response().Write(text)
	return err
}

func bodyToWire(r change.Row) wireBody {
	w := wireBody{
		Type: string(r.Type), Entity: r.Entity, Unit: r.Unit, Form: r.Form, FormVersion: r.FormVersion,
		State: string(r.State), Version: r.Version, Content: filled(r.Content), Author: r.Author,
		ApprovedVersion: r.ApprovedVersion, Approved: r.Approved, ApprovedBy: r.ApprovedBy, ApprovedAt: int64(r.ApprovedAt),
		Flags: r.Flags, Case: r.Case, Sensitive: r.Sensitive, Urgent: r.Urgent,
		SubmittedAt: int64(r.SubmittedAt), CreatedAt: int64(r.CreatedAt), UpdatedAt: int64(r.UpdatedAt),
	}
	for _, c := range r.Conflicts {
		w.Conflicts = append(w.Conflicts, wireConflict{Field: c.Field, Value: c.Value, By: c.By, At: int64(c.At)})
	}
	for _, d := range r.Disclosures {
		w.Disclosures = append(w.Disclosures, wireDisclosure{By: d.By, At: int64(d.At), Reason: d.Reason})
	}
	if r.Reason != nil {
		w.Reason = reasonToWire(*r.Reason)
	}
	if r.Refused != nil {
		w.Refused = &wireRefused{Content: filled(r.Refused.Content), Reason: *reasonToWire(r.Refused.Reason)}
	}
	return w
}

func reasonToWire(r record.Reason) *wireReason {
	return &wireReason{Event: string(r.Event), Text: r.Text, Fields: r.Fields, By: r.By, At: int64(r.At)}
}

// filled makes an empty content {} rather than null.
func filled(c record.Content) record.Content {
	if c == nil {
		return record.Content{}
	}
	return c
}
