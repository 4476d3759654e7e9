package render

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"
)

// quarters is a picture wider than high, of four greys.
func quarters() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 160, 80))
	for i, c := range greys() {
		x, y := 80*(i%2), 40*(i/2)
		draw.Draw(img, image.Rect(x, y, x+80, y+40), image.NewUniform(color.Gray{c}), image.Point{}, draw.Src)
	}
	return img
}

// stored is the pixels of a picture as a camera stores them that notes an orientation of EXIF.
func stored(img *image.RGBA, orientation int) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation > 4 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			// where the pixel is seen, by what EXIF says that row 0 and column 0 are
			at := [...][2]int{{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y}, {y, x}, {w - 1 - y, x}, {w - 1 - y, h - 1 - x}, {y, h - 1 - x}}[orientation-1]
			out.Set(x, y, img.At(at[0], at[1]))
		}
	}
	return out
}

// exif is the TIFF of EXIF's first directory, with the orientation alone.
func exif(order binary.ByteOrder, orientation int) []byte {
	b := []byte("MM\x00*")
	if order == binary.LittleEndian {
		b = []byte("II*\x00")
	}
	add16 := func(n int) { b = append(b, 0, 0); order.PutUint16(b[len(b)-2:], uint16(n)) }
	add32 := func(n int) { b = append(b, 0, 0, 0, 0); order.PutUint32(b[len(b)-4:], uint32(n)) }
	add32(8)
	add16(2)
	add16(0x010f) // another tag before it
	add16(2)
	add32(4)
	add32(0)
	add16(0x0112)
	add16(3)
	add32(1)
	add16(orientation)
	add16(0)
	add32(0)
	return b
}

func TestALogoStandsUprightHoweverTheCameraWasHeld(t *testing.T) {
	for orientation := 1; orientation <= 8; orientation++ {
		pixels := stored(quarters(), orientation)
		var photo, drawing bytes.Buffer
		if err := jpeg.Encode(&photo, pixels, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(&drawing, pixels); err != nil {
			t.Fatal(err)
		}
		mark := func(order binary.ByteOrder) []byte {
			segment := append([]byte("Exif\x00\x00"), exif(order, orientation)...)
			head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(segment)+2))
			return append(append(head, segment...), photo.Bytes()[2:]...)
		}
		chunk := exif(binary.BigEndian, orientation)
		marked := append(bytes.Clone(drawing.Bytes()[:33]), binary.BigEndian.AppendUint32(nil, uint32(len(chunk)))...)
		body := append([]byte("eXIf"), chunk...)
		marked = binary.BigEndian.AppendUint32(append(marked, body...), crc32.ChecksumIEEE(body))
		marked = append(marked, drawing.Bytes()[33:]...)
		for name, logo := range map[string][]byte{"JPEG, MM": mark(binary.BigEndian), "JPEG, II": mark(binary.LittleEndian), "PNG": marked} {
			looksUpright(t, fmt.Sprintf("%s, %d", name, orientation), logo)
		}
	}
}

// looksUpright draws a document with a logo and looks at its quarters.
func looksUpright(t *testing.T, name string, logo []byte) {
	t.Helper()
	s := transactions(t, "no", 1, "NOK")
	s.document.Organization.Logo = logo
	var where drawnItem
	pdf := render(t, s, func(m drawnItem) {
		if m.shape == "picture" {
			where = m
		}
	})
	if ratio := where.width / where.size; ratio < 1.99 || ratio > 2.01 {
		t.Errorf("%s: %.1f wide, %.1f high", name, where.width, where.size)
		return
	}
	const dpi = 72
	img := picture(t, pdf, 1, dpi)
	for i, want := range greys() {
		x, y := where.x+where.width*(0.25+0.5*float64(i%2)), where.y+where.size*(0.25+0.5*float64(i/2))
		if got, _, _, _ := img.At(int(x), int(y)).RGBA(); got>>8+20 < uint32(want) || got>>8 > uint32(want)+20 {
			t.Errorf("%s: quarter %d is %d, not %d", name, i, got>>8, want)
		}
	}
}

func greys() []uint8 { return []uint8{30, 90, 150, 210} }

func TestAnyOrientationIsReadOrNone(t *testing.T) {
	whole := append([]byte("\xff\xd8\xff\xe1\x00\x2a"), append([]byte("Exif\x00\x00"), exif(binary.BigEndian, 6)...)...)
	for n := range len(whole) { // none of them is a picture, and none may panic
		if CheckLogo(whole[:n]) == nil {
			t.Errorf("%d bytes are a logo", n)
		}
	}
}
