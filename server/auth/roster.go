package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"regexp"
	"slices"

	"niangjia/server/sheet"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// People from a spreadsheet: a row names a unit, a person and her roles. A plan says what importing it would do; the
// import makes the same plan again and does it in one transaction, or does nothing where the plan is another by then.

// FaultCode says what is wrong with a cell. The set is closed.
type FaultCode string

const (
	UnitMissing           = FaultCode(record.UnitMissing)
	UnitUnknown           = FaultCode(record.UnitUnknown)
	UnitSeveral           = FaultCode(record.UnitSeveral)
	UnitBeyond            = FaultCode(record.UnitBeyond)
	RoleMissing FaultCode = "role_missing"
	RoleUnknown FaultCode = "role_unknown"
	RoleBeyond  FaultCode = "role_beyond"
	NameTooLong FaultCode = "name_too_long"
	PhoneWrong  FaultCode = "phone_wrong"
	PhoneTaken  FaultCode = "phone_taken"
	PhoneTwice  FaultCode = "phone_twice"
)

var faultSentences = map[FaultCode]string{
	UnitMissing: "没有写单位。请写村或单位的名称，或者 12 位代码。",
	UnitUnknown: "没有叫“%s”的单位。请写全名，或者 12 位代码。",
	UnitSeveral: "有几个单位都叫“%s”。请在前面加上乡镇的名称，或者写 12 位代码。",
	UnitBeyond:  "“%s”不归您管。请删掉这一行，或者改成您下面的单位。",
	RoleMissing: "没有写身份。请写：志愿者、审核员、管理员、监督员。",
	RoleUnknown: "没有“%s”这种身份。请写：志愿者、审核员、管理员、监督员。",
	RoleBeyond:  "“%s”这个身份不能设在这个单位。",
	NameTooLong: "姓名太长了，最多 50 个字。",
	PhoneWrong:  "手机号“%s”不对，要 11 位数字。不想用手机号当账号，这一格可以空着。",
	PhoneTaken:  "手机号“%s”已经是别人的账号。请核对，或者空着这一格。",
	PhoneTwice:  "手机号“%s”在表里写给了两个姓名。请核对。",
}

// Fault is one thing that is wrong, and where.
type Fault struct {
	Code     string
	Sheet    string
	Row      int
	Cell     string
	Value    string
	Sentence string
}

// RowKind says what becomes of a row.
type RowKind string

const (
	RowNew      RowKind = "new"      // an account is opened
	RowSeat     RowKind = "seat"     // an account gets another seat
	RowExisting RowKind = "existing" // all is so already
	RowDoubtful RowKind = "doubtful" // an account is opened, and somebody of that name is known elsewhere
)

// PlanRow is a person of the sheet.
type PlanRow struct {
	Row   int
	Name  string
	Seats []record.Seat // that the row asks for
	Kind  RowKind
	Known string // the login of the account that is meant or is of the same name
}

// Plan is what importing a sheet would do.
type Plan struct {
	State    string // names this plan: the import asks for the same
	Sheet    string
	Columns  []string // headings used
	Ignored  []string
	Nameless int // rows with a unit and no name: a template that is not filled in everywhere
	Rows     []PlanRow
	Faults   []Fault

	open  []NewAccount
	seats []record.Actor // accounts that get seats, with all they have then
	gave  [][]record.Seat
}

const maxPeople = 3000

var want = sheet.Want{Rows: maxPeople, Columns: []sheet.Column{
	{Key: "unit", Headings: []string{"单位", "村", "村社区", "单位名称", "所在单位", "村名", "代码", "单位代码"}, Needed: true},
	{Key: "name", Headings: []string{"姓名", "名字", "人员"}, Needed: true},
	{Key: "role", Headings: []string{"身份", "角色", "职务"}},
	{Key: "phone", Headings: []string{"手机", "手机号", "手机号码", "电话", "联系电话"}},
}}

var roleNames = map[string]record.Role{
	"志愿者": record.Volunteer, "执委": record.Volunteer, "村妇联执委": record.Volunteer, "妇联执委": record.Volunteer,
	"审核员": record.Reviewer, "管理员": record.Manager, "监督员": record.Auditor,
	"volunteer": record.Volunteer, "reviewer": record.Reviewer, "manager": record.Manager, "auditor": record.Auditor,
}

var (
	between = regexp.MustCompile(`[、,，/;；\s]+`)
	mobile  = regexp.MustCompile(`^1[0-9]{10}$`)
)

// PlanRoster says what importing a file would do. Its error is a *sheet.Fault for a file that cannot be read.
func (s *Service) PlanRoster(ctx context.Context, by string, file []byte) (*Plan, error) {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, err
	}
	return s.plan(ctx, m, file)
}

func (s *Service) plan(ctx context.Context, m *manager, file []byte) (*Plan, error) {
	table, err := sheet.Read(file, want)
	if err != nil {
		return nil, err
	}
	people, err := s.known(ctx)
	if err != nil {
		return nil, err
	}
	r := &reading{service: s, m: m, table: table, known: people, plan: &Plan{Sheet: table.Sheet, Ignored: table.Ignored},
		units: record.NewUnitNames(m.places, func(unit string) bool { return reaches(m.Actor, m.places, unit) })}
	for _, c := range want.Columns {
		if heading, ok := table.Columns[c.Key]; ok {
			r.plan.Columns = append(r.plan.Columns, heading)
		}
	}
	for _, f := range table.Faults {
		r.plan.Faults = append(r.plan.Faults, Fault{string(f.Code), f.Sheet, f.Row, f.Cell, f.Value, f.Sentence()})
	}
	for _, row := range table.Rows {
		r.row(row)
	}
	if err := r.decide(ctx); err != nil {
		return nil, err
	}
	raw, err := json.Marshal([]any{r.plan.Rows, r.plan.Faults})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	r.plan.State = hex.EncodeToString(sum[:])
	return r.plan, nil
}

// holder is an account as the import meets it.
type holder struct {
	Account
	record.Actor
}

func (s *Service) known(ctx context.Context) ([]holder, error) {
	accounts, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	held, err := s.seats.Held(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]holder, len(accounts))
	for i, a := range accounts {
		out[i] = holder{a, held[i].Actor}
	}
	return out, nil
}

// ImportRoster does what the plan with this state said, in one transaction. Errors: import_open with faults,
// import_changed where the plan is another by now, *sheet.Fault for a file that cannot be read.
func (s *Service) ImportRoster(ctx context.Context, by, state string, file []byte) ([]Holder, *Plan, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	plan, err := s.plan(ctx, m, file)
	switch {
	case err != nil:
		return nil, nil, err
	case len(plan.Faults) > 0:
		return nil, nil, &record.Error{Code: record.ImportOpen}
	case plan.State != state:
		return nil, nil, &record.Error{Code: record.ImportChanged}
	}
	var b Beside
	actors := slices.Clone(plan.seats)
	for i, a := range plan.seats {
		b.Events = append(b.Events, s.event(by, a.Account, Seated, EventDetail{Gave: plan.gave[i]}))
	}
	opened := make([]Holder, 0, len(plan.open))
	for _, n := range plan.open {
		a, err := s.prepare(ctx, n)
		if err != nil {
			return nil, nil, err
		}
		actors = append(actors, record.Actor{Account: a.ID, Seats: n.Seats})
		opened, b.Accounts = append(opened, Holder{*a, n.Seats}), append(b.Accounts, *a)
		b.Events = append(b.Events, s.event(by, a.ID, Opened, EventDetail{Gave: n.Seats}))
	}
	if len(actors) == 0 {
		return opened, plan, nil
	}
	err = s.seats.Appoint(ctx, actors, func(tx engine.Tx) error { return s.store.WriteBeside(tx, b) })
	return opened, plan, err
}

// RosterTemplate writes a sheet with a row for each unit below the manager's that has nobody with an open account; what
// is to be filled in are the names.
func (s *Service) RosterTemplate(ctx context.Context, by, unit string, to io.Writer) error {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	people, err := s.known(ctx)
	if err != nil {
		return err
	}
	served := map[string]bool{}
	for _, h := range people {
		for _, seat := range h.Seats {
			served[seat.Unit] = served[seat.Unit] || h.Active
		}
	}
	page := sheet.Page{Name: "人员", Headings: []sheet.Heading{
		{Text: "单位", Width: 36}, {Text: "姓名", Width: 14}, {Text: "身份", Width: 14}, {Text: "手机", Width: 16, Literal: true},
	}}
	names := record.NewUnitNames(m.places, func(unit string) bool { return reaches(m.Actor, m.places, unit) })
	for _, d := range m.places.All() {
		if served[d.Code] || !m.places.Within(d.Code, unit) || !reaches(m.Actor, m.places, d.Code) {
			continue
		}
		role := "志愿者"
		if d.Level != record.Village {
			role = "审核员、管理员"
		}
		page.Rows = append(page.Rows, []any{names.Written(d.Code), "", role, ""})
	}
	return sheet.Write(to, page)
}
