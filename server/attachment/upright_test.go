package attachment_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// exif says how the pixels lie, among other tags, as a camera writes it.
func exif(order binary.AppendByteOrder, lies uint16) []byte {
	tiff := []byte("MM")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		tiff = []byte("II")
	}
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, tag := range [][4]uint16{{0x0100, 3, 1, 1600}, {0x0112, 3, 1, lies}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, tag[0]), tag[1])
		tiff = order.AppendUint32(tiff, uint32(tag[2]))
		tiff = order.AppendUint16(order.AppendUint16(tiff, tag[3]), 0)
	}
	return order.AppendUint32(tiff, 0)
}

func segment(content []byte) []byte {
	content = append([]byte("Exif\x00\x00"), content...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(content))), content...)
}

// scene is a picture of which each corner has a colour of its own.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, corners[2*(2*y/h)+2*x/w])
		}
	}
	return m
}

var corners = []color.RGBA{{220, 20, 20, 255}, {20, 200, 20, 255}, {20, 20, 220, 255}, {230, 220, 20, 255}}

// lying is how a camera that is held in one of eight ways writes a scene: turned back by what the tag says.
func lying(m *image.RGBA, lies int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	sw, sh := w, h
	if lies >= 5 {
		sw, sh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, sw, sh))
	for y := range sh {
		for x := range sw {
			// By EXIF 2.3: where row 0 and column 0 of what is stored are in what is seen.
			at := map[int][2]int{
				1: {x, y},                 // top, left
				2: {w - 1 - x, y},         // top, right
				3: {w - 1 - x, h - 1 - y}, // bottom, right
				4: {x, h - 1 - y},         // bottom, left
				5: {y, x},                 // left, top
				6: {w - 1 - y, x},         // right, top
				7: {w - 1 - y, h - 1 - x}, // right, bottom
				8: {y, h - 1 - x},         // left, bottom
			}[lies]
			out.SetRGBA(x, y, m.RGBAAt(at[0], at[1]))
		}
	}
	return out
}

func near(a color.Color, b color.RGBA) bool {
	x, y, z, _ := a.RGBA()
	for _, d := range []int{int(x>>8) - int(b.R), int(y>>8) - int(b.G), int(z>>8) - int(b.B)} {
		if d < -30 || d > 30 {
			return false
		}
	}
	return true
}

// F3: however the camera was held, and whatever format came, what is kept stands upright, small too, and says nothing of it.
func TestAPictureStandsUpright(t *testing.T) {
	p := newPlace(t)
	for lies := range 10 { // 0 and 9 are no turn
		pixels := scene(90, 60)
		if lies >= 1 && lies <= 8 {
			pixels = lying(pixels, lies)
		}
		var asJPEG, asPNG bytes.Buffer
		if err := jpeg.Encode(&asJPEG, pixels, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(&asPNG, pixels); err != nil {
			t.Fatal(err)
		}
		raw, drawn := asJPEG.Bytes(), asPNG.Bytes()
		app0 := []byte("\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
		for name, sent := range map[string][]byte{
			"big endian":    slices.Concat(raw[:2], segment(exif(binary.BigEndian, uint16(lies))), raw[2:]),
			"little endian": slices.Concat(raw[:2], app0, []byte{0xff}, segment(exif(binary.LittleEndian, uint16(lies))), raw[2:]),
			"png":           slices.Concat(drawn[:33], chunk("eXIf", exif(binary.BigEndian, uint16(lies))), drawn[33:]),
		} {
			name = fmt.Sprint(name, " ", lies)
			if _, err := p.send(name, sent); err != nil {
				t.Fatal(name, err)
			}
			for _, small := range []bool{false, true} {
				m, kept := p.open(name, small)
				if m.Bounds().Size() != (image.Point{90, 60}) {
					t.Fatalf("%s is kept with %v", name, m.Bounds().Size())
				}
				for i, at := range []image.Point{{20, 15}, {70, 15}, {20, 45}, {70, 45}} {
					if !near(m.At(at.X, at.Y), corners[i]) {
						t.Errorf("%s: corner %d is %v", name, i, m.At(at.X, at.Y))
					}
				}
				if bytes.Contains(kept, []byte("Exif")) {
					t.Errorf("%s still has EXIF", name)
				}
			}
		}
	}
}

// F3: a picture in WebP lies as its chunk of EXIF says, in a file that has such chunks (VP8X); Go writes none, so the pixels,
// the scene of 90 by 60 that lies in the sixth way, were written by libwebp, without loss.
func TestAWebPStandsUpright(t *testing.T) {
	p := newPlace(t)
	pixels, err := base64.StdEncoding.DecodeString("VlA4TCcAAAAvO0AWACDItpGYP88hLjSBRSyYSMyfrDuOU3D3fwKG/Mk9icgo9yQA")
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string, content []byte) []byte {
		out := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content))), content...)
		return append(out, make([]byte, len(content)%2)...)
	}
	having := []byte{0x08, 0, 0, 0, 59, 0, 0, 89, 0, 0} // EXIF; width and height, less one
	file := func(lies uint16) []byte {
		parts := slices.Concat([]byte("WEBP"), part("VP8X", having), pixels, part("EXIF", exif(binary.LittleEndian, lies)))
		return part("RIFF", parts)
	}
	for lies, size := range map[uint16]image.Point{6: {90, 60}, 1: {60, 90}} {
		name := fmt.Sprint("webp ", lies)
		if _, err := p.send(name, file(lies)); err != nil {
			t.Fatal(err)
		}
		m, _ := p.open(name, false)
		if m.Bounds().Size() != size {
			t.Fatalf("%s is kept with %v", name, m.Bounds().Size())
		}
		if lies != 6 {
			continue
		}
		for i, at := range []image.Point{{20, 15}, {70, 15}, {20, 45}, {70, 45}} {
			if !near(m.At(at.X, at.Y), corners[i]) {
				t.Errorf("%s: corner %d is %v", name, i, m.At(at.X, at.Y))
			}
		}
	}
}

// F3: what is beside the pixels may say anything: it turns nothing, and the picture is taken.
func TestBadEXIFTurnsNothing(t *testing.T) {
	p := newPlace(t)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scene(90, 60), nil); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	good := exif(binary.BigEndian, 6)
	with := func(at int, bytes ...byte) []byte {
		out := slices.Clone(good)
		copy(out[at:], bytes)
		return out
	}
	for name, tiff := range map[string][]byte{
		"nothing":                {},
		"no TIFF":                []byte("no TIFF at all"),
		"no other number":        with(2, 0, 43),
		"a list beyond its end":  with(4, 0xff, 0xff, 0xff, 0xff),
		"more tags than it has":  append(with(8, 0xff, 0xff)[:22], 1, 2, 3),
		"the tag is cut off":     good[:24],
		"of another type":        with(24, 0, 2),
		"a number far too large": with(30, 0xff, 0xff),
	} {
		if _, err := p.send(name, slices.Concat(raw[:2], segment(tiff), raw[2:])); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m, _ := p.open(name, false); m.Bounds().Size() != (image.Point{90, 60}) || !near(m.At(20, 15), corners[0]) {
			t.Errorf("%s is turned", name)
		}
	}
}
