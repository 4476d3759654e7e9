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

	"rapport/internal/content"
)

// nasty are texts that have broken documents before.
var nasty = []string{
	"=cmd|' /C calc'!A0", "Åse Ødegård ÆØÅ æøå", "e\u0301te\u0301 NFD", "👩\u200d👩\u200d👧 familie", "tab\there\nnewline\r\nend", "\x00\x07\x1b[31mrød",
	"bad\xff\xfeutf8", "\u202egnp.exe", "שלום עולם", "Oslo שלום 42 ועוד", "مرحبا بالعالم", "中文商店", "(\\) /JS (alert) endobj", "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306alg\u0300\u0301\u0302o",
	strings.Repeat("W", 10000), strings.Repeat("i", 10000), strings.Repeat("ord ", 2500), "", " ", "€ − … – “ ” \u00a0\u202f", "\ufeffbom", "soft\u00adhyphen",
}

func hostile(t testing.TB) sample { return spoil(transactions(t, "no", 50, "NOK")) }

// spoil makes the texts of a sample nasty and its amounts extreme.
func spoil(s sample) sample {
	for i, row := range s.rows {
		for k := range row {
			if row[k].Kind == content.Text && k != 13 {
				row[k].Text = nasty[(i*7+k)%len(nasty)]
			}
		}
		row[min(16, len(row)-1)].Number = []int64{1, -1 << 63, 1<<63 - 1, 0}[i%4]
	}
	d := &s.document
	d.Title, d.Subtitle, d.Period = nasty[14], nasty[16], nasty[3]
	d.Organization = content.Organization{Name: nasty[9], Number: "=1+1", Logo: []byte("\x89PNG\r\n\x1a\nnot a picture")}
	d.Number, d.Program = nasty[16], nasty[15]
	d.Facts = append(d.Facts, content.Fact{Label: nasty[14], Value: nasty[15]}, content.Fact{Label: nasty[4], Value: nasty[5]}, content.Fact{Label: "", Value: ""})
	d.Headlines = append(d.Headlines, content.Headline{Label: nasty[14], Amount: extreme, Change: nasty[16], Parts: []content.Part{{Label: nasty[15], Amount: extreme, Count: nasty[14]}, {Label: "", Amount: "", Count: ""}, {Label: nasty[3], Amount: "NOK\u00a0" + extreme, Count: "x"}}},
		content.Headline{Label: "Netto", Amount: "NOK\u00a0" + extreme, Change: "", Parts: []content.Part{{Label: "Innløst", Amount: extreme, Count: "1"}, {Label: "Refundert", Amount: extreme, Count: "2"}}})
	d.Check = content.Check{State: content.Differs, Text: nasty[16], Details: nasty}
	d.Remarks = nasty
	d.Urgent = append(d.Urgent, content.Table{}, content.Table{Title: nasty[14], Head: nasty[:4], Right: []bool{true, false, true}, Rows: [][]string{nasty[4:12], {extreme, extreme, extreme, extreme}}, Total: true})
	d.Charts = []content.Chart{
		{Title: nasty[14], Bars: []content.Bar{{Label: nasty[15], Amount: extreme, Minor: -1 << 63}, {Label: nasty[14], Amount: extreme, Minor: 1<<63 - 1}, {Label: "", Amount: "", Minor: 0}}},
		{Title: "", Bars: nil},
		{Title: "one", Bars: []content.Bar{{Label: "x", Amount: "1,00", Minor: 100}}},
		{Title: "none", Bars: []content.Bar{{Label: "a", Amount: "0,00", Minor: 0}, {Label: "b", Amount: "0,00", Minor: 0}}},
	}
	d.Tables = append(d.Tables, content.Table{}, content.Table{Title: nasty[14], Head: nasty, Rows: [][]string{nasty, nasty[:3], nil}, Total: true})
	d.Notes = append(d.Notes, nasty...)
	return s
}

const extreme = "−92\u00a0233\u00a0720\u00a0368\u00a0547\u00a0758,08"

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
