package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"niangjia/server/registers"
	"niangjia/server/sheet"
	"niangjia/sync/record"
)

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	// maxChoices bounds what somebody can have decided about one file: ten thousand rows, some fields each.
	maxChoices = 4 << 20
)

type wireChoices struct {
	Same map[string]string   `json:"same"`
	Take map[string][]string `json:"take"`
}

// upload is a form with a file and perhaps choices. It is read part by part in memory: the usual reader of forms would
// put a large file, with its names and telephones, into the temporary folder.
func upload(c echo.Context) (file []byte, choices registers.Choices, err error) {
	req := c.Request()
	kind, params, err := mime.ParseMediaType(req.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEMultipartForm || params["boundary"] == "" {
		return nil, choices, &record.Error{Code: record.Unsupported, Field: "Content-Type"}
	}
	req.Body = http.MaxBytesReader(c.Response(), req.Body, sheet.MaxFile+maxChoices+maxForm)
	parts, err := req.MultipartReader()
	if err != nil {
		return nil, choices, bodyError(err)
	}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, choices, bodyError(err)
		}
		bound := int64(maxChoices)
		if part.FormName() == "file" {
			bound = sheet.MaxFile
		}
		text, err := io.ReadAll(io.LimitReader(part, bound+1))
		if err != nil {
			return nil, choices, bodyError(err)
		}
		if int64(len(text)) > bound {
			return nil, choices, &record.Error{Code: record.TooLarge, Field: part.FormName()}
		}
		switch part.FormName() {
		case "file":
			file = text
		case "choices":
			var w wireChoices
			if err := decode(text, &w); err != nil {
				return nil, choices, err
			}
			choices = registers.Choices{Same: w.Same, Take: w.Take}
		}
	}
	if file == nil {
		return nil, choices, &record.Error{Code: record.BadRequest, Field: "file"}
	}
	return file, choices, nil
}

func (s *Server) previewRegister(c echo.Context) error {
	unit := c.QueryParam("unit")
	// Who may not is told before eight megabytes are read.
	if err := s.Registers.May(callerOf(c).Actor, unit); err != nil {
		return err
	}
	file, choices, err := upload(c)
	if err != nil {
		return err
	}
	plan, err := s.Registers.Preview(c.Request().Context(), callerOf(c).Actor, unit, file, choices)
	if err != nil {
		return err
	}
	return respond(c, planToWire(plan))
}

type wireCount struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
}

type wireDone struct {
	Households wireCount `json:"households"`
	Persons    wireCount `json:"persons"`
	Before     bool      `json:"before,omitempty"`
}

func (s *Server) importRegister(c echo.Context) error {
	unit, state := c.QueryParam("unit"), c.QueryParam("state")
	who := callerOf(c)
	if err := s.Registers.May(who.Actor, unit); err != nil {
		return err
	}
	if state == "" {
		return &record.Error{Code: record.BadRequest, Field: "state"}
	}
	file, choices, err := upload(c)
	if err != nil {
		return err
	}
	done, err := s.Registers.Import(c.Request().Context(), who.Actor, who.Session.Device, unit, state, file, choices)
	if err != nil {
		return err
	}
	return respond(c, wireDone{Households: wireCount(done.Households), Persons: wireCount(done.Persons), Before: done.Before})
}

func (s *Server) exportRegister(c echo.Context) error {
	var b bytes.Buffer // whole before its first byte is sent: half a file would look like a file
	if err := s.Registers.Export(c.Request().Context(), callerOf(c).Actor, c.QueryParam("unit"), &b); err != nil {
		return err
	}
	return s.workbook(c, "登记册", b.Bytes())
}

func (s *Server) registerTemplate(c echo.Context) error {
	var b bytes.Buffer
	if err := s.Registers.Template(callerOf(c).Actor, c.QueryParam("unit"), &b); err != nil {
		return err
	}
	return s.workbook(c, "登记册模板", b.Bytes())
}

// workbook answers with a spreadsheet that bears its unit's name.
func (s *Server) workbook(c echo.Context, name string, file []byte) error {
	unit, _ := s.Engine.Places().Get(c.QueryParam("unit"))
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(unit.Name+name)+".xlsx")
	h.Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, xlsxType, file)
}
