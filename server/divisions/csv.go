// Package divisions reads lists of administrative divisions from files.
package divisions

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"niangjia/sync/record"
)

// columns of the file's first line.
var columns = []string{"code", "name", "level", "parent"}

// maxFaults is how many faults of a file are told at once.
const maxFaults = 20

// Read reads a UTF-8 CSV file with the columns code, name, level and parent, in any order and with or without a byte
// order mark. All faults are told, each with its line, up to twenty.
func Read(r io.Reader) ([]record.Division, error) {
	buffered := bufio.NewReader(r)
	if bom, err := buffered.Peek(3); err == nil && string(bom) == "\ufeff" { // Excel writes one
		_, _ = buffered.Discard(3) // they were just peeked
	}
	in := csv.NewReader(buffered)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	} else if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("line 1: no column %q; the first line must be %s", name, strings.Join(columns, ","))
		}
	}
	var list []record.Division
	lines := map[string]int{} // by code
	var faults faults
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err // csv names the line itself
		}
		line, _ := in.FieldPos(0)
		cell := func(name string) string {
			if i := at[name]; i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		d := record.Division{Code: cell("code"), Name: cell("name"), Level: record.Level(cell("level")), Parent: cell("parent")}
		if err := check(d); err != nil {
			faults.add(line, "%v", err)
			continue
		}
		if first, twice := lines[d.Code]; twice {
			faults.add(line, "%s stands on line %d already", d.Code, first)
			continue
		}
		lines[d.Code] = line
		list = append(list, d)
	}
	for _, d := range list {
		if _, ok := lines[d.Parent]; d.Parent != "" && !ok {
			faults.add(lines[d.Code], "%s %s: its parent %s is not in the file", d.Code, d.Name, d.Parent)
		}
	}
	if len(list) == 0 && len(faults.list) == 0 {
		return nil, errors.New("the file has no divisions")
	}
	return list, faults.err()
}

// digits of a code that are significant at each level (GB/T 2260, GB/T 10114).
var digits = map[record.Level]int{record.Province: 2, record.City: 4, record.County: 6, record.Township: 9, record.Village: 12}

func check(d record.Division) error {
	n, known := digits[d.Level]
	switch {
	case len(d.Code) != 12 || strings.Trim(d.Code, "0123456789") != "":
		return fmt.Errorf("code %q is not 12 digits", d.Code)
	case !known:
		return fmt.Errorf("%s: level %q is none of province, city, county, township, village", d.Code, d.Level)
	case d.Name == "":
		return fmt.Errorf("%s has no name", d.Code)
	case strings.Trim(d.Code[n:], "0") != "":
		return fmt.Errorf("%s %s: a code of level %s ends in %d zeros", d.Code, d.Name, d.Level, 12-n)
	case d.Code == parent(d):
		return fmt.Errorf("%s %s: a code of level %s has other digits than zeros of its own", d.Code, d.Name, d.Level)
	case d.Parent != parent(d):
		return fmt.Errorf("%s %s: parent is %q and by its code should be %q", d.Code, d.Name, d.Parent, parent(d))
	}
	return nil
}

// parent follows from the code. A few cities have no counties: the county's digits are 00 there, and a township lies
// in the city itself.
func parent(d record.Division) string {
	pad := func(n int) string { return d.Code[:n] + strings.Repeat("0", 12-n) }
	switch d.Level {
	case record.City:
		return pad(2)
	case record.County:
		return pad(4)
	case record.Township:
		if d.Code[4:6] == "00" {
			return pad(4)
		}
		return pad(6)
	case record.Village:
		return pad(9)
	}
	return ""
}

type faults struct {
	list []error
	more int
}

func (f *faults) add(line int, format string, args ...any) {
	if len(f.list) == maxFaults {
		f.more++
		return
	}
	f.list = append(f.list, fmt.Errorf("line %d: "+format, append([]any{line}, args...)...))
}

func (f *faults) err() error {
	if f.more > 0 {
		return errors.Join(append(f.list, fmt.Errorf("and %d more", f.more))...)
	}
	return errors.Join(f.list...)
}

// Merge puts a file's divisions over those that are there. What the file does not name stays: units go by a merger,
// never by being left out of a list.
func Merge(have, file []record.Division) (all []record.Division, added, renamed int) {
	at := map[string]int{}
	all = append(all, have...)
	for i, d := range all {
		at[d.Code] = i
	}
	for _, d := range file {
		i, known := at[d.Code]
		switch {
		case !known:
			at[d.Code] = len(all)
			all = append(all, d)
			added++
		case all[i] != d:
			all[i] = d
			renamed++
		}
	}
	return all, added, renamed
}
