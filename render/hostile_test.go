package render

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
)

// nasty are texts that have broken documents before.
var nasty = []string{
	"=cmd|' /C calc'!A0", "Åse Ødegård ÆØÅ æøå", "e\u0301te\u0301 NFD", "👩\u200d👩\u200d👧 familie", "tab\there\nnewline\r\nend", "\x00\x07\x1b[31mrød",
	"bad\xff\xfeutf8", "\u202egnp.exe", "שלום עולם", "Oslo שלום 42 ועוד", "مرحبا بالعالم", "中文商店", "(\\) /JS (alert) endobj", "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306alg\u0300\u0301\u0302o",
	strings.Repeat("W", 10000), strings.Repeat("i", 10000), strings.Repeat("ord ", 2500), "", " ", "€ − … – “ ” \u00a0\u202f", "\ufeffbom", "soft\u00adhyphen",
}

func hostile(t testing.TB) sample {
	s := transactions(t, "no", 50, "NOK")
	for i, row := range s.rows {
		for k := range row {
			if row[k].Kind == Text && k != 13 {
				row[k].Text = nasty[(i*7+k)%len(nasty)]
			}
		}
		row[16].Number = []int64{1, -1 << 63, 1<<63 - 1, 0}[i%4]
	}
	d := &s.document
	d.Title, d.Subtitle, d.Period = nasty[14], nasty[16], nasty[3]
	d.Organization = Organization{Name: nasty[9], Number: "=1+1", Logo: []byte("\x89PNG\r\n\x1a\nnot a picture")}
	d.Facts = append(d.Facts, Fact{nasty[14], nasty[15]}, Fact{nasty[4], nasty[5]}, Fact{"", ""})
	d.Tables = append(d.Tables, Table{}, Table{Title: nasty[14], Head: nasty, Rows: [][]string{nasty, nasty[:3], nil}, Total: true})
	d.Notes = append(d.Notes, nasty...)
	return s
}

func logoPNG(t testing.TB) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 420, 100))
	for y := range 100 {
		for x := range 420 {
			if dx, dy := x-50, y-50; dx*dx+dy*dy < 2300 || x > 120 && y > 30 && y < 70 && (x/14)%3 != 0 {
				img.Set(x, y, color.NRGBA{15, 76, 92, 255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func logoJPEG(t testing.TB) []byte {
	img, err := png.Decode(bytes.NewReader(logoPNG(t)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rgbJPEG is a JPEG whose Adobe segment says that its colours are RGB.
func rgbJPEG(t testing.TB) []byte {
	data := logoJPEG(t)
	return slices.Concat(data[:2], []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"), data[2:])
}
