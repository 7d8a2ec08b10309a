package attachment_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"niangjia/server/attachment"
	"niangjia/sync/record"
)

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf says that it is so large, and has so many bytes of nothing packed into its pixels.
func pngOf(t *testing.T, w, h uint32, depth, colour byte, nothing int64) []byte {
	t.Helper()
	var head bytes.Buffer
	_ = binary.Write(&head, binary.BigEndian, []uint32{w, h})
	head.Write([]byte{depth, colour, 0, 0, 0})
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	if _, err := io.CopyN(z, zeros{}, nothing); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head.Bytes()), chunk("IDAT", data.Bytes()), chunk("IEND", nil))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// jpegSaying is a picture whose head says that it is so large.
func jpegSaying(t *testing.T, w, h uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	at := bytes.Index(raw, []byte("\xff\xc0"))
	binary.BigEndian.PutUint16(raw[at+5:], h)
	binary.BigEndian.PutUint16(raw[at+7:], w)
	return raw
}

// manyScans is a progressive picture whose scans say nothing, thousands of times.
func manyScans(t *testing.T) []byte {
	t.Helper()
	raw := jpegSaying(t, 1600, 1600)
	at := bytes.Index(raw, []byte("\xff\xc0"))
	raw[at+1] = 0xc2
	scan := bytes.Index(raw, []byte("\xff\xda"))
	one := slices.Clone(raw[scan : len(raw)-2])
	return slices.Concat(raw[:scan], bytes.Repeat(one, 3000), []byte("\xff\xd9"))
}

// peak is by how much the memory in use grew while something was done, looked at again and again.
func peak(do func()) uint64 {
	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > most.Load() {
				most.Store(now.HeapAlloc)
			}
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	do()
	close(stop)
	<-stopped
	return most.Load() - min(before.HeapAlloc, most.Load())
}

// F3: whatever comes, one picture takes less than 50 MB to look at, and what is none is refused.
func TestBombsAreRefusedWithinLittleMemory(t *testing.T) {
	const most = 50 << 20
	program, err := os.ReadFile(os.Args[0]) // this test, as a phone would call it: photo.jpg
	if err != nil {
		t.Fatal(err)
	}
	program = program[:min(len(program), attachment.MaxPicture)]
	for name, content := range map[string][]byte{
		"65,000 x 65,000, PNG":               pngOf(t, 65000, 65000, 8, 2, 1<<20),
		"65,000 x 65,000, JPEG":              jpegSaying(t, 65000, 65000),
		"65,000 x 65,000, WebP":              append([]byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xe7\xfd\x00\xe7\xfd\x00"), make([]byte, 64)...),
		"a long strip":                       pngOf(t, 250_000, 10, 8, 2, 1<<20),
		"a quarter of a gigabyte of nothing": pngOf(t, 1600, 1600, 8, 2, 256<<20),
		"thousands of scans":                 manyScans(t),
		"a program by the name of photo":     program,
		"a page":                             []byte("<html><script>alert(1)</script></html>"),
		"a drawing with a script":            []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"an archive":                         append([]byte("PK\x03\x04"), make([]byte, 1000)...),
		"cut short":                          photo(800, 600)[:5000],
		"one byte":                           {0xff},
	} {
		if len(content) > attachment.MaxPicture {
			t.Fatalf("%s has %d bytes: it is not even taken", name, len(content))
		}
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			var got error
			if used := peak(func() { _, got = p.send("a", content) }); used > most {
				t.Errorf("%d MB", used>>20)
			}
			if name == "a quarter of a gigabyte of nothing" {
				// Its pixels are those that it says to have; what is packed behind them is never unpacked.
				if code := codeOf(got); got != nil && code != record.BadFile {
					t.Error(got)
				}
				return
			}
			wantCode(t, got, record.BadFile)
			_, _, err := p.Open(t.Context(), her, id("a"), false)
			wantCode(t, err, record.BadFile)
			_, err = p.Standing(t.Context(), her, id("a"))
			wantCode(t, err, record.BadFile)
		})
	}
	// The largest that is taken stays within the same bound, in the format that takes most.
	var deep bytes.Buffer
	if err := png.Encode(&deep, image.NewNRGBA64(image.Rect(0, 0, 1600, 1600))); err != nil {
		t.Fatal(err)
	}
	whole := deep.Bytes()
	lying := slices.Concat(whole[:33], chunk("eXIf", exif(binary.BigEndian, 6)), whole[33:])
	for name, content := range map[string][]byte{"the largest": whole, "the largest, lying on its side": lying} {
		p := newPlace(t)
		var got error
		if used := peak(func() { _, got = p.send("a", content) }); used > most || got != nil {
			t.Errorf("%s: %d MB, %v", name, used>>20, got)
		}
	}
}
