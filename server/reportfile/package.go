package reportfile

import (
	"archive/zip"
	"bytes"
	"strings"
)

// part is a file within the archive that a DOCX is.
type part struct {
	name string
	body string
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// pack writes the archive: in the order given, without times, so that the same parts are the same bytes.
func pack(parts []part) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(p.body)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func esc(s string) string { return xmlEscaper.Replace(s) }

// Namespaces and relationship types of ECMA-376, the transitional form that Word and WPS write.
const (
	nsW        = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsR        = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsStrictW  = "http://purl.oclc.org/ooxml/wordprocessingml/main"
	nsStrictR  = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	nsRels     = "http://schemas.openxmlformats.org/package/2006/relationships"
	nsTypes    = "http://schemas.openxmlformats.org/package/2006/content-types"
	nsProps    = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
	nsVT       = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
	nsItem     = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
	relBase    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relCore    = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
	typeWord   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	typeOffice = "application/vnd.openxmlformats-officedocument."
)

// relationships of a part, in the order in which they were asked for.
type relationships struct {
	ids  map[string]string
	body strings.Builder
	n    int
}

// add gives the id of a target; the same target twice has one.
func (r *relationships) add(kind, target string, external bool) string {
	if id, ok := r.ids[kind+" "+target]; ok {
		return id
	}
	r.n++
	id := "rId" + itoa(r.n)
	if r.ids == nil {
		r.ids = map[string]string{}
	}
	r.ids[kind+" "+target] = id
	if !strings.Contains(kind, ":") {
		kind = relBase + kind
	}
	r.body.WriteString(`<Relationship Id="` + id + `" Type="` + kind + `" Target="` + esc(target) + `"`)
	if external {
		r.body.WriteString(` TargetMode="External"`)
	}
	r.body.WriteString(`/>`)
	return id
}

func (r *relationships) xml() string {
	return xmlHead + `<Relationships xmlns="` + nsRels + `">` + r.body.String() + `</Relationships>`
}
