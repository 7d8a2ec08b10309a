package attachment

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
)

// A camera that is held upright writes its pixels lying and says beside them, in EXIF, how they are to be turned. What is
// kept has no EXIF (F3), so it is turned before: else a receipt would lie on its side before the reviewer for ever.

// turn is how the pixels that came lie: one of the eight values of EXIF's tag Orientation.
type turn uint16

const (
	upright   turn = 1
	transpose turn = 5 // from here on width and height change places
	last      turn = 8

	orientation = 0x0112 // the tag
	short       = 3      // the type of its value
)

// place says where a pixel of a picture of w by h belongs.
func (t turn) place(x, y, w, h int) (int, int) {
	switch t {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// strip is how many rows are turned together: a second picture of the whole would go beyond what one may take.
const strip = 16

// turned is a picture on white, as it is to be looked at.
func turned(picture image.Image, t turn) *image.RGBA {
	from := picture.Bounds()
	w, h := from.Dx(), from.Dy()
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if t >= transpose {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	rows := image.NewRGBA(image.Rect(0, 0, w, min(strip, h)))
	for top := 0; top < h; top += strip {
		n := min(strip, h-top)
		part := image.Rect(0, 0, w, n)
		draw.Draw(rows, part, image.White, image.Point{}, draw.Src)
		draw.Draw(rows, part, picture, from.Min.Add(image.Pt(0, top)), draw.Over)
		for y := range n {
			for x := range w {
				tx, ty := t.place(x, top+y, w, h)
				copy(to.Pix[to.PixOffset(tx, ty):][:4], rows.Pix[rows.PixOffset(x, y):][:4])
			}
		}
	}
	return to
}

// turnOf reads it from EXIF, the TIFF that a picture's file has beside its pixels. Whatever is no such thing, or wrong,
// turns nothing.
func turnOf(exif []byte) turn {
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(exif[:4]) {
	case "MM\x00*":
	case "II*\x00":
		order = binary.LittleEndian
	default:
		return upright
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return upright
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return upright
		}
		if order.Uint16(entries) == orientation {
			t := turn(order.Uint16(entries[8:]))
			if order.Uint16(entries[2:]) != short || t < upright || t > last {
				return upright
			}
			return t
		}
		entries = entries[12:]
	}
	return upright
}

// exifOfJPEG gives the first segment of EXIF before the pixels, nil where there is none.
func exifOfJPEG(raw []byte) []byte {
	for b := raw[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker := b[1]
		if marker == 0xff { // filled up
			b = b[1:]
			continue
		}
		n := int(binary.BigEndian.Uint16(b[2:]))
		if marker == 0xda || marker == 0xd9 || n < 2 || n+2 > len(b) {
			return nil
		}
		if segment := b[4 : n+2]; marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return segment
		}
		b = b[n+2:]
	}
	return nil
}

// exifOfPNG gives the chunk eXIf, wherever it stands.
func exifOfPNG(raw []byte) []byte {
	for b := raw[8:]; len(b) >= 12; {
		n := int64(binary.BigEndian.Uint32(b))
		if n+12 > int64(len(b)) {
			return nil
		}
		if string(b[4:8]) == "eXIf" {
			return b[8 : 8+n]
		}
		b = b[12+n:]
	}
	return nil
}

// exifOfWebP gives the chunk EXIF.
func exifOfWebP(raw []byte) []byte {
	for b := raw[12:]; len(b) >= 8; {
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if n+8 > int64(len(b)) {
			return nil
		}
		if string(b[:4]) == "EXIF" {
			return b[8 : 8+n]
		}
		b = b[min(8+n+n%2, int64(len(b))):]
	}
	return nil
}
