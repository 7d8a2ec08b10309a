package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"niangjia/sync/record"
)

// photoCity is a city whose visits take photos.
func photoCity(t testing.TB) *city {
	t.Helper()
	files := fstest.MapFS{}
	from := os.DirFS("../server/catalogue")
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		raw, err := fs.ReadFile(from, path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const visits = "forms/home_visit.json"
	var form map[string]any
	if err := json.Unmarshal(files[visits].Data, &form); err != nil {
		t.Fatal(err)
	}
	fields := form["fields"].([]any)
	if !slices.ContainsFunc(fields, func(f any) bool { return f.(map[string]any)["key"] == "photos" }) {
		form["version"] = form["version"].(float64) + 1
		form["fields"] = append(fields, map[string]any{"key": "photos", "type": "photo", "personal": true, "label": map[string]string{"zh": "照片", "en": "Photos"}})
	}
	raw, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	files[visits] = &fstest.MapFile{Data: raw}
	data := t.TempDir()
	cityFile(t, data)
	return openCityWith(t, data, files)
}

// picture is a photo of some kilobytes.
func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			m.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tus is a request of the upload protocol.
func (p *person) tus(method, path string, body []byte, headers ...string) *reply {
	p.c.t.Helper()
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return p.c.do(p, req)
}

func metadataOf(attachment, entity, field string) string {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return fmt.Sprintf("id %s,entity %s,field %s", b64(attachment), b64(entity), b64(field))
}

func (p *person) begin(attachment, entity, field string, length int) *reply {
	p.c.t.Helper()
	return p.tus("POST", "/api/v1/attachments", nil, "Upload-Length", fmt.Sprint(length), "Upload-Metadata", metadataOf(attachment, entity, field))
}

const tusType = "application/offset+octet-stream"

func (p *person) patch(attachment string, offset int, content []byte) *reply {
	p.c.t.Helper()
	return p.tus("PATCH", "/api/v1/attachments/"+attachment, content, "Content-Type", tusType, "Upload-Offset", fmt.Sprint(offset))
}

// attach sends a whole attachment.
func (p *person) attach(attachment, entity, field string, content []byte) {
	p.c.t.Helper()
	p.begin(attachment, entity, field, len(content)).want(201)
	r := p.patch(attachment, 0, content).want(204)
	if got := r.header.Get("Upload-Offset"); got != fmt.Sprint(len(content)) {
		p.c.t.Fatalf("after all bytes the offset is %s", got)
	}
}

// photographed is a visit that names photos.
func (p *person) photographed(name, unit string, photos []string, more map[string]any) string {
	form := p.c.app.Engine.Catalogue().Form("home_visit")
	fields := map[string]any{"household": id("household " + name), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20", "photos": photos}
	for k, v := range more {
		fields[k] = v
	}
	return p.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": unit, "form": "home_visit",
		"form_version": form.Version, "fields": fields, "event": "submit"})
}

func (p *person) visitWithPhotos(name, unit string, photos []string, more map[string]any) {
	p.c.t.Helper()
	r := p.exchange(p.line(map[string]any{"type": "household", "entity": id("household " + name), "kind": "create", "unit": unit,
		"fields": map[string]any{"head": headName}}), p.photographed(name, unit, photos, more)).want(200)
	if got := outcomes(r); strings.Join(got, ",") != "applied,applied" {
		p.c.t.Fatalf("%v: %s", got, r.body)
	}
}

// F1 F4: the protocol, in pieces and again.
func TestAnAttachmentComesInPieces(t *testing.T) {
	c := photoCity(t)
	p := c.join("cun", villager)
	photo, content := id("photo"), picture(t)
	p.begin(photo, id("visit"), "photos", len(content)).wantCode(404, record.MissingEntity)
	p.visitWithPhotos("visit", theVillage, []string{photo}, nil)
	for range 2 {
		r := p.begin(photo, id("visit"), "photos", len(content)).want(201)
		if r.header.Get("Location") != "/api/v1/attachments/"+photo || r.header.Get("Upload-Offset") != "0" || r.header.Get("Upload-Expires") == "" {
			t.Errorf("%v", r.header)
		}
	}
	c.get(p, "/api/v1/attachments/"+photo).wantCode(404, record.NotFound)
	half := len(content) / 2
	p.patch(photo, 0, content[:half]).want(204)
	p.patch(photo, 0, content[:half]).wantCode(409, record.WrongOffset)
	r := p.tus("HEAD", "/api/v1/attachments/"+photo, nil).want(200)
	if r.header.Get("Upload-Offset") != fmt.Sprint(half) || r.header.Get("Upload-Length") != fmt.Sprint(len(content)) || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", r.header)
	}
	p.patch(photo, half, content[half:]).want(204)
	p.patch(photo, len(content), nil).wantCode(409, record.WrongOffset) // it has come to its end
	p.begin(photo, id("visit"), "photos", len(content)).want(201)
	r = c.get(p, "/api/v1/attachments/"+photo).want(200)
	for name, want := range map[string]string{"Content-Type": "image/jpeg", "Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox",
		"X-Content-Type-Options": "nosniff", "Content-Disposition": `attachment; filename="` + photo[:8] + `.jpg"`} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := jpeg.Decode(bytes.NewReader(r.body)); err != nil {
		t.Error(err)
	}
	small := c.get(p, "/api/v1/attachments/"+photo+"?size=small").want(200)
	if m, err := jpeg.Decode(bytes.NewReader(small.body)); err != nil || m.Bounds().Dx() != 320 {
		t.Errorf("%v %v", m, err)
	}
	// A range comes as it lies there, also for who takes gzip.
	req := httptest.NewRequest("GET", "/api/v1/attachments/"+photo, nil)
	req.Header.Set("Range", "bytes=0-9")
	req.Header.Set("Accept-Encoding", "gzip")
	if part := c.do(p, req).want(206); len(part.body) != 10 || !bytes.Equal(part.body, r.body[:10]) {
		t.Errorf("%d bytes", len(part.body))
	}
}

// F1 to F3: what the protocol does not take.
func TestBadUploads(t *testing.T) {
	c := photoCity(t)
	p := c.join("cun", villager)
	other := c.join("other", record.Seat{Role: record.Volunteer, Unit: another})
	photo, content := id("photo"), picture(t)
	p.visitWithPhotos("visit", theVillage, []string{photo}, nil)
	said := metadataOf(photo, id("visit"), "photos")
	for name, one := range map[string]struct {
		headers []string
		status  int
		code    record.Code
	}{
		"another version":     {[]string{"Tus-Resumable", "0.2.2", "Upload-Length", "10", "Upload-Metadata", said}, 412, record.WrongProtocol},
		"no length":           {[]string{"Upload-Metadata", said}, 400, record.BadRequest},
		"nothing":             {[]string{"Upload-Length", "0", "Upload-Metadata", said}, 400, record.BadRequest},
		"less than nothing":   {[]string{"Upload-Length", "-1", "Upload-Metadata", said}, 400, record.BadRequest},
		"too much":            {[]string{"Upload-Length", "999999999999", "Upload-Metadata", said}, 413, record.TooLarge},
		"a length to be told": {[]string{"Upload-Defer-Length", "1", "Upload-Metadata", said}, 400, record.BadRequest},
		"no metadata":         {[]string{"Upload-Length", "10"}, 400, record.BadRequest},
		"no base64":           {[]string{"Upload-Length", "10", "Upload-Metadata", "id ***"}, 400, record.BadRequest},
		"long metadata":       {[]string{"Upload-Length", "10", "Upload-Metadata", said + ",x " + strings.Repeat("YWFh", 2000)}, 400, record.BadRequest},
		"an id that climbs":   {[]string{"Upload-Length", "10", "Upload-Metadata", metadataOf("../../../../etc/passwd", id("visit"), "photos")}, 400, record.BadRequest},
		"no such record":      {[]string{"Upload-Length", "10", "Upload-Metadata", metadataOf(photo, id("nothing"), "photos")}, 404, record.MissingEntity},
		"no such field":       {[]string{"Upload-Length", "10", "Upload-Metadata", metadataOf(photo, id("visit"), "nothing")}, 422, record.UnknownField},
		"a field of text":     {[]string{"Upload-Length", "10", "Upload-Metadata", metadataOf(photo, id("visit"), "text")}, 422, record.UnknownField},
	} {
		r := p.tus("POST", "/api/v1/attachments", nil, one.headers...)
		if r.status != one.status || r.json["code"] != string(one.code) {
			t.Errorf("%s: %d %v, want %d %s", name, r.status, r.json["code"], one.status, one.code)
		}
	}
	other.begin(photo, id("visit"), "photos", len(content)).wantCode(403, record.NotAllowed)
	p.begin(photo, id("visit"), "photos", len(content)).want(201)
	p.begin(photo, id("visit"), "photos", len(content)+1).wantCode(409, record.Exists)
	path := "/api/v1/attachments/" + photo
	other.tus("HEAD", path, nil).want(404)
	other.patch(photo, 0, content).wantCode(404, record.NotFound)
	p.tus("PATCH", path, content, "Upload-Offset", "0", "Content-Type", "image/jpeg").wantCode(415, record.Unsupported)
	p.tus("PATCH", path, content, "Upload-Offset", "0", "Content-Type", tusType, "Content-Encoding", "gzip").wantCode(415, record.Unsupported)
	p.tus("PATCH", path, content, "Content-Type", tusType).wantCode(400, record.BadRequest)
	p.tus("PATCH", path, content, "Upload-Offset", "x", "Content-Type", tusType).wantCode(400, record.BadRequest)
	p.patch(photo, 0, append(content, 0)).wantCode(413, record.TooLarge)
	p.patch(id("never begun"), 0, content).wantCode(404, record.NotFound)
	p.patch("..", 0, content).want(404)
	c.get(p, path+"?size=huge").wantCode(400, record.BadRequest)
	c.get(p, "/api/v1/attachments/x").wantCode(400, record.BadRequest)

	// All came, and it is a program.
	program := bytes.Repeat([]byte("MZ\x90\x00"), len(content)/4+1)[:len(content)]
	p.patch(photo, 0, program).wantCode(422, record.BadFile)
	p.tus("HEAD", path, nil).want(422)
	c.get(p, path).wantCode(422, record.BadFile)
}

// F5: an attachment is read where the record that names it is read with its personal fields, and nowhere else.
func TestOnlyWhatARecordNamesIsGiven(t *testing.T) {
	c := photoCity(t)
	p := c.join("cun", villager)
	colleague := c.join("colleague", villager)
	photo, dropped := id("photo"), id("dropped")
	p.visitWithPhotos("visit", theVillage, []string{photo}, nil)
	p.attach(photo, id("visit"), "photos", picture(t))
	p.attach(dropped, id("visit"), "photos", picture(t)) // taken away again before the entry was saved
	c.get(colleague, "/api/v1/attachments/"+photo).want(200)
	for _, who := range []*person{p, colleague} {
		c.get(who, "/api/v1/attachments/"+dropped).wantCode(404, record.NotFound)
	}
	// A colleague sends one for the same entry: she may change it too.
	hers := id("hers")
	colleague.attach(hers, id("visit"), "photos", picture(t))
	version := c.get(p, "/api/v1/entries/"+id("visit")).want(200).json["row"].(map[string]any)["version"]
	form := c.app.Engine.Catalogue().Form("home_visit")
	r := p.exchange(p.line(map[string]any{"type": "entry", "entity": id("visit"), "kind": "patch", "trunk": version, "form_version": form.Version,
		"fields": map[string]any{"photos": []string{hers}}})).want(200)
	if got := outcomes(r); got[0] != "applied" {
		t.Fatalf("%v", got)
	}
	c.get(p, "/api/v1/attachments/"+hers).want(200)
	c.get(p, "/api/v1/attachments/"+photo).wantCode(404, record.NotFound)
}

// F5 D1: what a sensitive entry names is read for a stated reason, by who stated it.
func TestAReasonOpensThePhotosToo(t *testing.T) {
	c := photoCity(t)
	p := c.join("cun", villager)
	photo := id("photo")
	p.visitWithPhotos("visit", theVillage, []string{photo}, map[string]any{"signs": []string{"domestic_violence"}})
	p.attach(photo, id("visit"), "photos", picture(t))
	chief := c.join("chief", record.Seat{Role: record.Manager, Unit: theCity})
	colleague := c.join("colleague", villager)
	path := "/api/v1/attachments/" + photo
	c.get(colleague, path).wantCode(404, record.NotFound)
	c.get(chief, path).wantCode(403, record.ReasonNeeded)
	c.post(chief, "/api/v1/entries/"+id("visit")+"/disclosure", map[string]string{"reason": "核实救助"}).want(204)
	c.get(chief, path).want(200)
}
