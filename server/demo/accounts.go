// Package demo makes a city to try the program in: real villages, invented people.
package demo

import "niangjia/sync/record"

// Password of every demo account. It protects nothing.
const Password = "niangjia"

// Units that the demo accounts work for.
const (
	City     = "530900000000" // 临沧市
	County   = "530923000000" // 永德县
	Township = "530923101000" // 德党镇
	Village  = "530923101201" // 忙岗村
	Second   = "530923101202" // 忙见田村, in the same township
)

// Person is a demo account.
type Person struct {
	ID    string
	Login string
	Name  string // plainly invented
	What  string // who that is, for the list that is printed
	Seats []record.Seat
}

// People are the demo accounts; their ids are fixed, so that the demo city is the same every time.
func People() []Person {
	seat := func(role record.Role, unit string) record.Seat { return record.Seat{Role: role, Unit: unit} }
	return []Person{
		{"de000000000000000000000000000001", "cun1", "演示·村甲", "忙岗村志愿者", []record.Seat{seat(record.Volunteer, Village)}},
		{"de000000000000000000000000000002", "cun1b", "演示·村乙", "忙岗村另一位志愿者", []record.Seat{seat(record.Volunteer, Village)}},
		{"de000000000000000000000000000003", "cun2", "演示·村丙", "忙见田村志愿者（同一个镇）", []record.Seat{seat(record.Volunteer, Second)}},
		{"de000000000000000000000000000004", "zhen1", "演示·镇甲", "德党镇审核员、管理员", []record.Seat{seat(record.Reviewer, Township), seat(record.Manager, Township)}},
		{"de000000000000000000000000000005", "xian1", "演示·县甲", "永德县审核员、管理员", []record.Seat{seat(record.Reviewer, County), seat(record.Manager, County)}},
		{"de000000000000000000000000000006", "shi1", "演示·市甲", "临沧市管理员", []record.Seat{seat(record.Manager, City)}},
		{"de000000000000000000000000000007", "shi2", "演示·市乙", "临沧市审核员", []record.Seat{seat(record.Reviewer, City)}},
		{"de000000000000000000000000000008", "jiandu", "演示·监督", "临沧市监督员（只看数字）", []record.Seat{seat(record.Auditor, City)}},
	}
}
