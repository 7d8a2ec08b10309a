package attachment

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// F3: no bytes make a decoder fall over or get beyond its bounds; what is kept of a picture is a JPEG of our own, and what
// is refused is refused by its code.
func FuzzLook(f *testing.F) {
	picture := image.NewNRGBA(image.Rect(0, 0, 9, 5))
	for i := range picture.Pix {
		picture.Pix[i] = byte(37 * i)
	}
	var asPNG, asJPEG, grey bytes.Buffer
	paletted := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.White, color.Transparent})
	if err := errors.Join(png.Encode(&asPNG, picture), jpeg.Encode(&asJPEG, picture, nil), png.Encode(&grey, paletted)); err != nil {
		f.Fatal(err)
	}
	lossless := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07"), 0)
	for _, raw := range [][]byte{nil, asPNG.Bytes(), asJPEG.Bytes(), grey.Bytes(), lossless, []byte("\x1a\x45\xdf\xa3"), []byte("OggS"), []byte("\x00\x00\x00\x18ftypmp42    ")} {
		f.Add(raw, false)
		f.Add(raw, true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, voice bool) {
		kind := catalogue.TypePhoto
		if voice {
			kind = catalogue.TypeVoice
		}
		got, err := looked(raw, kind)
		if err != nil {
			var refused *record.Error
			if !errors.As(err, &refused) || refused.Code != record.BadFile {
				t.Fatalf("%v", err)
			}
			return
		}
		if voice {
			if got.typ == "" || got.small != nil || !bytes.Equal(got.file, raw) {
				t.Fatalf("%q, %d bytes, a small one of %d", got.typ, len(got.file), len(got.small))
			}
			return
		}
		for most, file := range map[int][]byte{longest: got.file, smaller: got.small} {
			c, err := jpeg.DecodeConfig(bytes.NewReader(file))
			if err != nil || c.Width < 1 || c.Height < 1 || max(c.Width, c.Height) > most {
				t.Fatalf("kept: %d x %d of at most %d, %v", c.Width, c.Height, most, err)
			}
		}
		if again, err := looked(got.file, kind); err != nil || again.typ != "image/jpeg" {
			t.Fatalf("what was kept is not taken: %v", err)
		}
	})
}
