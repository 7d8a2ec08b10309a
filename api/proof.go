package api

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// wireStuck is what one account recorded and the server keeps without effect, for one cause.
type wireStuck struct {
	Account  string          `json:"account"`
	Name     string          `json:"name"`
	Unit     string          `json:"unit"`
	UnitName string          `json:"unit_name"`
	Outcome  string          `json:"outcome"`
	Code     string          `json:"code"`
	Changes  int             `json:"changes"`
	Records  int             `json:"records"`
	Since    int64           `json:"since"`
	Items    []wireStuckItem `json:"items"`
}

type wireStuckItem struct {
	Entity string `json:"entity,omitempty"`
	Type   string `json:"type,omitempty"`
	Form   string `json:"form,omitempty"`
	Day    string `json:"day,omitempty"`
	Field  string `json:"field,omitempty"`
	At     int64  `json:"at"`
	Stub   bool   `json:"stub,omitempty"`
}

func (s *Server) stuck(c echo.Context) error {
	ctx := c.Request().Context()
	list, more, err := s.Engine.Stuck(ctx, callerOf(c).Actor)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, one := range list {
		people[one.Account] = true
	}
	names, err := s.names(ctx, people)
	if err != nil {
		return err
	}
	places := s.Engine.Places()
	groups := make([]wireStuck, 0, len(list))
	for _, one := range list {
		unit, _ := places.Get(one.Unit)
		w := wireStuck{Account: one.Account, Name: names[one.Account], Unit: one.Unit, UnitName: unit.Name, Outcome: string(one.Outcome),
			Code: string(one.Code), Changes: one.Changes, Records: one.Records, Since: int64(one.Since), Items: make([]wireStuckItem, 0, len(one.Items))}
		for _, i := range one.Items {
			w.Items = append(w.Items, wireStuckItem{Entity: i.Entity, Type: string(i.Type), Form: i.Form, Day: i.Day, Field: i.Field, At: int64(i.At), Stub: i.Stub})
		}
		groups = append(groups, w)
	}
	return respond(c, map[string]any{"groups": groups, "more": more})
}

// receiptCode is a receipt's short form: the first digits of the log, the number, the first digits of the line's hash.
var receiptCode = regexp.MustCompile(`^([0-9a-f]{6,32})-([0-9]{1,15})-([0-9a-f]{8,64})$`)

type wireReceipt struct {
	Account  string            `json:"account"`
	Name     string            `json:"name"`
	Unit     string            `json:"unit"`
	UnitName string            `json:"unit_name"`
	Holds    bool              `json:"holds"`
	N        int64             `json:"n"`
	Through  int64             `json:"through"`
	Durable  *int64            `json:"durable"`
	Received int64             `json:"received,omitempty"`
	Records  int               `json:"records"`
	AtLeast  bool              `json:"at_least"`
	Latest   []wireReceiptLine `json:"latest"`
}

type wireReceiptLine struct {
	N       int64  `json:"n"`
	Entity  string `json:"entity,omitempty"`
	Type    string `json:"type,omitempty"`
	Form    string `json:"form,omitempty"`
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	At      int64  `json:"at"`
	Stub    bool   `json:"stub,omitempty"`
}

// receipt says whether the server has what a receipt says.
func (s *Server) receipt(c echo.Context) error {
	parts := receiptCode.FindStringSubmatch(strings.ToLower(c.Param("receipt")))
	if parts == nil {
		return &record.Error{Code: record.BadRequest, Field: "receipt"}
	}
	n, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || n < 1 {
		return &record.Error{Code: record.BadRequest, Field: "receipt"}
	}
	ctx := c.Request().Context()
	r, err := s.Engine.Receipt(ctx, callerOf(c).Actor, engine.ReceiptCode{Log: parts[1], N: n, Chain: parts[3]})
	if err != nil {
		return err
	}
	names, err := s.names(ctx, map[string]bool{r.Account: true})
	if err != nil {
		return err
	}
	unit, _ := s.Engine.Places().Get(r.Unit)
	w := wireReceipt{Account: r.Account, Name: names[r.Account], Unit: r.Unit, UnitName: unit.Name, Holds: r.Holds, N: r.N, Through: r.Through,
		Durable: r.Durable, Received: int64(r.Received), Records: r.Records, AtLeast: r.AtLeast, Latest: make([]wireReceiptLine, 0, len(r.Latest))}
	for _, l := range r.Latest {
		w.Latest = append(w.Latest, wireReceiptLine{N: l.N, Entity: l.Entity, Type: string(l.Type), Form: l.Form, Outcome: string(l.Outcome.Outcome),
			Code: string(l.Outcome.Code), At: int64(l.At), Stub: l.Stub})
	}
	return respond(c, w)
}
