package reportfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What is put into a clerk's file besides its text: the links' addresses and the snapshot's mark.

// relationEdits are rows to be added to a part's relationships.
type relationEdits struct {
	part string
	base string // of the relations' types
	body string
}

// relationBase is that of the form of the standard in which the file is written.
func (t *template) relationBase() string {
	if t.parts[0].namespace(nsW, nsStrictW) == nsStrictW {
		return nsStrictR + "/"
	}
	return relBase
}

// add gives the id of a link's address.
func (e *relationEdits) add(target string, n int) string {
	id := "rIdNiangjia" + itoa(n)
	e.row(id, "hyperlink", target, ` TargetMode="External"`)
	return id
}

func (e *relationEdits) row(id, kind, target, mode string) {
	e.body += `<Relationship xmlns="` + nsRels + `" Id="` + id + `" Type="` + e.base + kind + `" Target="` + esc(target) + `"` + mode + `/>`
}

// current is a part as it is by now, "" for none.
func (t *template) current(name string) (string, *Fault) {
	if f := t.Part(name); f != nil {
		if body, ok := t.changed[f.Name]; ok {
			return body, nil
		}
		b, fault := t.bytes(name)
		return string(b), fault
	}
	if i := t.addedAt(name); i >= 0 {
		return t.added[i].body, nil
	}
	return "", nil
}

// replace changes a part, or adds it.
func (t *template) replace(name, body string) {
	if f := t.Part(name); f != nil {
		t.changed[f.Name] = body
	} else if i := t.addedAt(name); i >= 0 {
		t.added[i].body = body
	} else {
		t.added = append(t.added, part{name, body})
	}
}

func (t *template) addedAt(name string) int {
	return slices.IndexFunc(t.added, func(p part) bool { return p.name == name })
}

func (t *template) addRelations(e relationEdits) *Fault {
	dir, base := path.Split(e.part)
	name := dir + "_rels/" + base + ".rels"
	body, fault := t.current(name)
	if fault != nil {
		return fault
	}
	if body == "" {
		body = xmlHead + `<Relationships xmlns="` + nsRels + `"></Relationships>`
	}
	if body, fault = beforeEnd(body, e.body); fault != nil {
		return fault
	}
	t.replace(name, body)
	return nil
}

// beforeEnd puts XML at the end of the outermost element.
func beforeEnd(body, xmlText string) (string, *Fault) {
	d := xml.NewDecoder(strings.NewReader(body))
	depth, root := 0, ""
	for {
		from := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return "", &Fault{Code: Broken, Err: errors.New("no element to add to")}
		}
		if err != nil {
			return "", &Fault{Code: Broken, Err: err}
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 {
				root = body[from:d.InputOffset()]
			}
		case xml.EndElement:
			if depth--; depth > 0 {
				continue
			}
			if strings.HasSuffix(root, "/>") { // an empty one is opened
				open := strings.TrimSuffix(root, "/>")
				name, _, _ := strings.Cut(strings.TrimPrefix(open, "<"), " ")
				return strings.Replace(body, root, open+">"+xmlText+"</"+name+">", 1), nil
			}
			return body[:from] + xmlText + body[from:], nil
		}
	}
}

// keepRecord puts the snapshot's mark into the file, in the place of one that it has already.
func (t *template) keepRecord(r fileRecord) *Fault {
	text := t.parts[0].name
	rows, fault := t.relations(text)
	if fault != nil {
		return fault
	}
	var types string
	had := false
	for _, row := range rows {
		name := row.target(text)
		if row.kind() != "customXml" || !t.Has(name) {
			continue
		}
		b, fault := t.bytes(name)
		if fault != nil {
			return fault
		}
		if xml.Unmarshal(b, new(fileRecord)) == nil {
			t.replace(name, r.xml())
			had = true
		}
	}
	if !had {
		n := 1
		for t.Has(fmt.Sprintf("customXml/item%d.xml", n)) || t.Has(fmt.Sprintf("customXml/itemProps%d.xml", n)) {
			n++
		}
		item, props := fmt.Sprintf("customXml/item%d.xml", n), fmt.Sprintf("customXml/itemProps%d.xml", n)
		t.added = append(t.added, part{item, r.xml()}, part{props, itemProps(r)},
			part{fmt.Sprintf("customXml/_rels/item%d.xml.rels", n), strings.Replace(itemRels, "itemProps1", fmt.Sprintf("itemProps%d", n), 1)})
		types += override(item, "application/xml") + override(props, typeOffice+"customXmlProperties+xml")
		e := relationEdits{part: text, base: t.relationBase()}
		e.row("rIdNiangjiaMark", "customXml", "/"+item, "")
		if fault := t.addRelations(e); fault != nil {
			return fault
		}
	}
	more, fault := t.keepProperties(r)
	if fault != nil {
		return fault
	}
	if types += more; types == "" {
		return nil
	}
	body, fault := t.current("[Content_Types].xml")
	if fault != nil {
		return fault
	}
	if body, fault = beforeEnd(body, types); fault != nil {
		return fault
	}
	t.replace("[Content_Types].xml", body)
	return nil
}

func override(name, kind string) string {
	return `<Override xmlns="` + nsTypes + `" PartName="/` + name + `" ContentType="` + kind + `"/>`
}

// keepProperties puts the mark among the document's properties; what it gives are types to be added.
func (t *template) keepProperties(r fileRecord) (types string, fault *Fault) {
	name, fault := t.propertiesPart()
	if fault != nil {
		return "", fault
	}
	if name == "" {
		name = "docProps/custom.xml"
		if t.Has(name) { // there and belonging to nothing
			name = "docProps/niangjia.xml"
		}
		t.added = append(t.added, part{name, r.properties()})
		e := relationEdits{base: t.relationBase()}
		e.row("rIdNiangjiaProperties", "custom-properties", name, "")
		return override(name, typeOffice+"custom-properties+xml"), t.addRelations(e)
	}
	body, fault := t.current(name)
	if fault != nil {
		return "", fault
	}
	body, highest, fault := withoutOurs(body)
	if fault != nil {
		return "", fault
	}
	if body, fault = beforeEnd(body, r.propertyList(highest+1)); fault != nil {
		return "", fault
	}
	t.replace(name, body)
	return "", nil
}

// propertiesPart is the part with the document's own properties, "" for none.
func (c *container) propertiesPart() (string, *Fault) {
	rows, fault := c.relations("")
	if fault != nil {
		return "", fault
	}
	for _, r := range rows {
		if name := r.target(""); (r.kind() == "custom-properties" || r.kind() == "customProperties") && c.Has(name) {
			return c.Part(name).Name, nil
		}
	}
	return "", nil
}

// withoutOurs takes this program's properties out, and tells the highest number of those that are left.
func withoutOurs(body string) (out string, highest int, fault *Fault) {
	d := xml.NewDecoder(bytes.NewReader([]byte(body)))
	depth, from, at := 0, 0, 0
	ours, highest := false, 1
	var b strings.Builder
	for {
		before := int(d.InputOffset())
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", 0, &Fault{Code: Broken, Err: err}
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				from, ours = before, strings.HasPrefix(attr(x, "name"), propertyPrefix)
				if pid, err := strconv.Atoi(attr(x, "pid")); err == nil && !ours {
					highest = max(highest, min(pid, 1<<20))
				}
			}
		case xml.EndElement:
			if depth--; depth == 1 && ours {
				b.WriteString(body[at:from])
				at = int(d.InputOffset())
			}
		}
	}
	b.WriteString(body[at:])
	return b.String(), highest, nil
}
