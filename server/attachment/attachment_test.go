package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"niangjia/server/attachment"
	"niangjia/server/store/sqlite"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// records is a log in which everybody but "stranger" may write and read, and of which a test says what is named.
type records struct {
	kind    string
	unnamed map[string]bool
}

func (r *records) Attaching(_ context.Context, actor record.Actor, _, _ string) (string, string, error) {
	if actor.Account == "stranger" {
		return "", "", &record.Error{Code: record.NotAllowed}
	}
	return r.kind, "530923101201", nil
}

func (r *records) ReadsAttachment(_ context.Context, actor record.Actor, _ engine.Attached) error {
	if actor.Account == "stranger" {
		return &record.Error{Code: record.NotFound}
	}
	return nil
}

func (r *records) Unnamed(_ context.Context, list []engine.Attached) (out []engine.Attached, _ error) {
	for _, a := range list {
		if r.unnamed[a.ID] {
			out = append(out, a)
		}
	}
	return out, nil
}

type place struct {
	*attachment.Service
	t       *testing.T
	records *records
	store   *sqlite.Store
	now     time.Time
	dir     string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, records: &records{kind: catalogue.TypePhoto, unnamed: map[string]bool{}}, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), dir: t.TempDir()}
	store, err := sqlite.Open(t.Context(), filepath.Join(p.dir, "n.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	p.store = store
	p.again()
	return p
}

// again is the service after the server was killed: what it kept in memory is gone.
func (p *place) again() {
	p.Service = attachment.New(attachment.Options{Dir: filepath.Join(p.dir, "files"), Store: p.store.Attachments(), Records: p.records,
		Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler), AtOnce: 2})
}

func id(name string) string { return change.Hash([]byte(name))[:32] }

var her = record.Actor{Account: "her"}

func (p *place) begin(name string, content []byte) *attachment.Attachment {
	p.t.Helper()
	a, err := p.Begin(p.t.Context(), her, attachment.Begun{ID: id(name), Entity: id("entry"), Field: "photos", Length: int64(len(content))})
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

func (p *place) send(name string, content []byte) (*attachment.Attachment, error) {
	p.t.Helper()
	a := p.begin(name, content)
	return p.Write(p.t.Context(), her, a.ID, a.Received, bytes.NewReader(content[a.Received:]), nil)
}

func codeOf(err error) record.Code {
	var coded *record.Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	return ""
}

func wantCode(t *testing.T, err error, code record.Code) {
	t.Helper()
	if codeOf(err) != code {
		t.Fatalf("%v, want %s", err, code)
	}
}

// photo is a picture that compresses badly, as a photo does.
func photo(w, h int) []byte {
	rnd := rand.New(rand.NewPCG(1, uint64(w*h)))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(rnd.IntN(64)), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (p *place) open(name string, small bool) (image.Image, []byte) {
	p.t.Helper()
	f, a, err := p.Open(p.t.Context(), her, id(name), small)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f)
	if err != nil {
		p.t.Fatal(err)
	}
	m, kind, err := image.Decode(bytes.NewReader(raw))
	if err != nil || kind != "jpeg" || a.Type != "image/jpeg" {
		p.t.Fatalf("%s %s: %v", kind, a.Type, err)
	}
	return m, raw
}

// F1 F3: what was taken is written anew, not larger than 1,600 pixels, with a small picture beside it, and nothing of the
// file around its pixels.
func TestAPictureIsWrittenAnew(t *testing.T) {
	p := newPlace(t)
	sent := photo(2400, 900)
	secret := []byte("GPS 24.02,99.25")
	sent = slices.Concat(sent[:2], []byte{0xff, 0xe1, 0, byte(2 + len(secret))}, secret, sent[2:]) // as EXIF lies in a file
	a, err := p.send("a", sent)
	if err != nil || a.State != attachment.Ready || a.Received != a.Length {
		t.Fatalf("%+v %v", a, err)
	}
	whole, raw := p.open("a", false)
	if got := whole.Bounds().Size(); got != (image.Point{1600, 600}) {
		t.Errorf("kept with %v", got)
	}
	if bytes.Contains(raw, secret) {
		t.Error("what stood beside the pixels is still there")
	}
	small, _ := p.open("a", true)
	if got := small.Bounds().Size(); got != (image.Point{320, 120}) {
		t.Errorf("small with %v", got)
	}
	// A backup brings no small picture back.
	if err := os.Remove(attachment.Path(filepath.Join(p.dir, "files"), id("a")) + ".small"); err != nil {
		t.Fatal(err)
	}
	p.open("a", true)
	if left, _ := filepath.Glob(filepath.Join(p.dir, "files", "*", "*.part")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// Ink on nothing is black on white.
func TestASignatureIsInkOnWhite(t *testing.T) {
	p := newPlace(t)
	p.records.kind = catalogue.TypeSignature
	m := image.NewNRGBA(image.Rect(0, 0, 600, 300))
	for x := 100; x < 500; x++ {
		for y := 145; y < 155; y++ {
			m.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if _, err := p.send("s", b.Bytes()); err != nil {
		t.Fatal(err)
	}
	kept, _ := p.open("s", false)
	if r, _, _, _ := kept.At(20, 20).RGBA(); r < 0xf000 {
		t.Errorf("the paper is %x", r)
	}
	if r, _, _, _ := kept.At(300, 150).RGBA(); r > 0x1000 {
		t.Errorf("the ink is %x", r)
	}
}

// F4: broken off after any number of bytes, it goes on from what is safe.
func TestItGoesOnFromWhereverItBroke(t *testing.T) {
	content := photo(400, 300)
	for _, at := range []int{0, 1, 2, 100, 4095, 4096, 4097, len(content) / 2, len(content) - 1, len(content)} {
		p := newPlace(t)
		a := p.begin("a", content)
		broken := io.MultiReader(bytes.NewReader(content[:at]), &failing{})
		if at == len(content) {
			broken = bytes.NewReader(content)
		}
		a, err := p.Write(t.Context(), her, a.ID, 0, broken, nil)
		if at < len(content) && (err == nil || codeOf(err) != "" || a.Received != int64(at)) {
			t.Fatalf("broken off after %d: %+v %v", at, a, err)
		}
		p.again()
		a, err = p.Standing(t.Context(), her, id("a"))
		if err != nil || a.Received != int64(at) {
			t.Fatalf("after %d bytes it stands at %+v %v", at, a, err)
		}
		if at == len(content) {
			continue
		}
		_, err = p.Write(t.Context(), her, id("a"), int64(at)+1, bytes.NewReader(content), nil)
		wantCode(t, err, record.WrongOffset)
		if at > 0 {
			_, err = p.Write(t.Context(), her, id("a"), 0, bytes.NewReader(content), nil)
			wantCode(t, err, record.WrongOffset)
		}
		if a = p.begin("a", content); a.Received != int64(at) { // F1: begun again it is the same
			t.Fatalf("begun again it stands at %d", a.Received)
		}
		if a, err = p.Write(t.Context(), her, id("a"), int64(at), bytes.NewReader(content[at:]), nil); err != nil || a.State != attachment.Ready {
			t.Fatalf("%+v %v", a, err)
		}
		p.open("a", false)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("the line is dead") }

// F4: a server that is killed between bytes and row, between the last byte and the look at it, or between the kept file
// and its row, goes on as if nothing had been.
func TestKilledInBetween(t *testing.T) {
	content := photo(500, 400)
	half := len(content) / 2
	part := func(p *place) string { return attachment.Path(filepath.Join(p.dir, "files"), id("a")) + ".part" }
	t.Run("bytes that the row does not know", func(t *testing.T) {
		p := newPlace(t)
		p.begin("a", content)
		if _, err := p.Write(t.Context(), her, id("a"), 0, io.MultiReader(bytes.NewReader(content[:half]), &failing{}), nil); err == nil {
			t.Fatal("no error")
		}
		f, err := os.OpenFile(part(p), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("what a power cut left behind")
		}
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		p.again()
		if a, err := p.send("a", content); err != nil || a.State != attachment.Ready {
			t.Fatalf("%+v %v", a, err)
		}
	})
	t.Run("bytes that the disk lost", func(t *testing.T) {
		p := newPlace(t)
		p.begin("a", content)
		_, _ = p.Write(t.Context(), her, id("a"), 0, io.MultiReader(bytes.NewReader(content[:half]), &failing{}), nil)
		if err := os.Truncate(part(p), 10); err != nil {
			t.Fatal(err)
		}
		p.again()
		if a := p.begin("a", content); a.Received != 0 {
			t.Fatalf("stands at %d", a.Received)
		}
		if a, err := p.send("a", content); err != nil || a.State != attachment.Ready {
			t.Fatalf("%+v %v", a, err)
		}
	})
	for _, by := range []string{"its sender", "the server itself"} {
		t.Run("before the look, found by "+by, func(t *testing.T) {
			p := newPlace(t)
			a := p.begin("a", content)
			if err := os.MkdirAll(filepath.Dir(part(p)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(part(p), content, 0o600); err != nil {
				t.Fatal(err)
			}
			a.Received = a.Length
			if err := p.store.Attachments().SetAttachment(t.Context(), *a); err != nil {
				t.Fatal(err)
			}
			p.again()
			if by == "its sender" {
				if a, err := p.Standing(t.Context(), her, id("a")); err != nil || a.State != attachment.Ready {
					t.Fatalf("%+v %v", a, err)
				}
			} else if err := p.Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.open("a", false)
		})
	}
}

// F4: the request that hangs on a dead line lets go when the phone asks again.
func TestADeadLineDoesNotHoldItUp(t *testing.T) {
	p := newPlace(t)
	content := photo(400, 300)
	p.begin("a", content)
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := p.Write(context.Background(), her, id("a"), 0, in, func() { _ = in.CloseWithError(errors.New("stopped")) })
		ended <- err
	}()
	if _, err := out.Write(content[:1000]); err != nil {
		t.Fatal(err)
	}
	a, err := p.Standing(t.Context(), her, id("a"))
	if err != nil || a.Received != 1000 {
		t.Fatalf("%+v %v", a, err)
	}
	if err := <-ended; err == nil {
		t.Error("the request before went on")
	}
	if a, err := p.send("a", content); err != nil || a.State != attachment.Ready {
		t.Fatalf("%+v %v", a, err)
	}
}

// F2 F3: what is taken from whom, and how much.
func TestWhatIsNotTaken(t *testing.T) {
	p := newPlace(t)
	stranger, colleague := record.Actor{Account: "stranger"}, record.Actor{Account: "colleague"}
	b := attachment.Begun{ID: id("a"), Entity: id("entry"), Field: "photos", Length: 1000}
	_, err := p.Begin(t.Context(), stranger, b)
	wantCode(t, err, record.NotAllowed)
	p.begin("a", make([]byte, 1000))
	for _, who := range []record.Actor{stranger, colleague} {
		_, err = p.Begin(t.Context(), who, b)
		wantCode(t, err, record.Exists)
		_, err = p.Standing(t.Context(), who, id("a"))
		wantCode(t, err, record.NotFound)
		_, err = p.Write(t.Context(), who, id("a"), 0, bytes.NewReader([]byte("x")), nil)
		wantCode(t, err, record.NotFound)
	}
	other := b
	other.Length++
	_, err = p.Begin(t.Context(), her, other)
	wantCode(t, err, record.Exists)
	_, err = p.Write(t.Context(), her, id("a"), 0, bytes.NewReader(make([]byte, 1001)), nil)
	wantCode(t, err, record.TooLarge)
	if a, err := p.Standing(t.Context(), her, id("a")); err != nil || a.Received != 0 {
		t.Errorf("of too much something was kept: %+v %v", a, err)
	}
	p.records.kind = catalogue.TypeVoice
	_, err = p.Begin(t.Context(), her, attachment.Begun{ID: id("v"), Entity: id("entry"), Field: "voice", Length: attachment.MaxVoice + 1})
	wantCode(t, err, record.TooLarge)
	var last error
	for i := 0; i < 50 && last == nil; i++ {
		_, last = p.Begin(t.Context(), her, attachment.Begun{ID: id(fmt.Sprint("many", i)), Entity: id("entry"), Field: "photos", Length: 10})
	}
	wantCode(t, last, record.TooManyFiles)
	last = nil
	for i := 0; i < 70 && last == nil; i++ {
		_, last = p.Begin(t.Context(), her, attachment.Begun{ID: id(fmt.Sprint("spread", i)), Entity: id(fmt.Sprint("entry", i)), Field: "photos", Length: 10})
	}
	wantCode(t, last, record.RateLimited)
}

// F3: voice notes by their first bytes.
func TestVoiceNotesAreTakenByTheirFirstBytes(t *testing.T) {
	for want, first := range map[string]string{"audio/webm": "\x1a\x45\xdf\xa3", "audio/ogg": "OggS", "audio/mp4": "\x00\x00\x00\x20ftypM4A "} {
		p := newPlace(t)
		p.records.kind = catalogue.TypeVoice
		content := append([]byte(first), make([]byte, 500)...)
		if a, err := p.send("v", content); err != nil || a.Type != want || a.Thumbnail != 0 {
			t.Fatalf("%s: %+v %v", want, a, err)
		}
		f, _, err := p.Open(t.Context(), her, id("v"), false)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil || !bytes.Equal(raw, content) {
			t.Errorf("%s is not what was sent: %v", want, err)
		}
	}
	p := newPlace(t)
	p.records.kind = catalogue.TypeVoice
	_, err := p.send("v", photo(50, 50))
	wantCode(t, err, record.BadFile)
}

// F6: what nobody names goes after thirty days, and not while somebody does; what never came whole after a week.
func TestWhatNobodyNamesGoes(t *testing.T) {
	p := newPlace(t)
	content := photo(100, 100)
	for _, name := range []string{"named", "unnamed", "again"} {
		if _, err := p.send(name, content); err != nil {
			t.Fatal(err)
		}
	}
	p.begin("unended", content)
	p.records.unnamed = map[string]bool{id("unnamed"): true, id("again"): true}
	have := func(want ...string) {
		t.Helper()
		if err := p.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := p.store.Attachments().Attachments(t.Context(), "", 100)
		if err != nil {
			t.Fatal(err)
		}
		var got, ids []string
		for _, a := range list {
			got = append(got, a.ID)
		}
		for _, name := range want {
			ids = append(ids, id(name))
		}
		slices.Sort(ids)
		if !slices.Equal(got, ids) {
			t.Fatalf("%v are here, want %v", got, want)
		}
	}
	have("named", "unnamed", "again", "unended")
	p.now = p.now.Add(8 * 24 * time.Hour)
	have("named", "unnamed", "again")
	delete(p.records.unnamed, id("again"))
	p.now = p.now.Add(20 * 24 * time.Hour)
	have("named", "unnamed", "again")
	p.records.unnamed[id("again")] = true
	have("named", "unnamed", "again")
	p.now = p.now.Add(5 * 24 * time.Hour)
	have("named", "again")
	p.now = p.now.Add(30 * 24 * time.Hour)
	have("named")
	if left, _ := filepath.Glob(filepath.Join(p.dir, "files", "*", "*")); len(left) != 2 {
		t.Errorf("files: %v", left)
	}
}

// F7: a file that is lost, as after a restore without it, is taken once more from a phone that still has it.
func TestALostFileIsTakenOnceMore(t *testing.T) {
	p := newPlace(t)
	content := photo(300, 300)
	if _, err := p.send("a", content); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(p.dir, "files")); err != nil {
		t.Fatal(err)
	}
	_, _, err := p.Open(t.Context(), her, id("a"), false)
	wantCode(t, err, record.NotFound)
	if a, err := p.Standing(t.Context(), her, id("a")); err != nil || a.Received != 0 {
		t.Fatalf("%+v %v", a, err)
	}
	if a, err := p.send("a", content); err != nil || a.State != attachment.Ready {
		t.Fatalf("%+v %v", a, err)
	}
	p.open("a", false)
}
