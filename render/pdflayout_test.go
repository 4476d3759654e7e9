package render

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/render/internal/pdf"
)

func TestTextsKeepToTheirColumnsAndThePage(t *testing.T) {
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			var marks []drawnItem
			render(t, s, func(m drawnItem) { marks = append(marks, m) })
			checkGeometry(t, marks)
		})
	}
}

// checkGeometry fails where a text is wider than its room, beyond the margins or over another.
func checkGeometry(t testing.TB, marks []drawnItem) {
	t.Helper()
	for _, m := range marks {
		height := m.pageHeight
		width := pdf.ShortSide + pdf.LongSide - height
		if m.shape != "" && (m.x < margin-bleed-0.1 || m.x+m.width > width-margin+bleed+0.1 || m.y < margin-1 || m.y+m.size > height-footerRoom+1) {
			t.Errorf("page %d: a %s is beyond the margins: %.1f to %.1f, %.1f to %.1f", m.page, m.shape, m.x, m.x+m.width, m.y, m.y+m.size)
		}
	}
	marks = slices.DeleteFunc(slices.Clone(marks), func(m drawnItem) bool { return m.shape != "" })
	for _, m := range marks {
		height := m.pageHeight
		width := pdf.ShortSide + pdf.LongSide - height
		switch {
		case m.x < m.cellX-0.02 || m.x+m.width > m.cellX+m.cellWidth+0.02:
			t.Errorf("page %d: %.40q is wider than its column: %.1f to %.1f in %.1f to %.1f", m.page, m.text, m.x, m.x+m.width, m.cellX, m.cellX+m.cellWidth)
		case m.x < margin-0.02 || m.x+m.width > width-margin+0.02:
			t.Errorf("page %d: %.40q is beyond the margin: %.1f to %.1f of %.1f", m.page, m.text, m.x, m.x+m.width, width)
		case m.y-m.size < margin/2 || m.y > height-margin/2:
			t.Errorf("page %d: %.40q is beyond the top or bottom: %.1f of %.1f", m.page, m.text, m.y, height)
		}
	}
	slices.SortFunc(marks, func(a, b drawnItem) int {
		return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
	})
	for i, a := range marks {
		for _, b := range marks[i+1:] {
			if b.page != a.page || b.y-b.size*0.72 >= a.y+0.02 {
				break
			}
			if a.x+a.width > b.x+0.02 && b.x+b.width > a.x+0.02 {
				t.Errorf("page %d: %.40q at %.1f and %.40q at %.1f overlap", a.page, a.text, a.y, b.text, b.y)
			}
		}
	}
}

// texts are the texts of a document in the order in which they are drawn.
func texts(t *testing.T, s sample) []string {
	var out []string
	render(t, s, func(m drawnItem) {
		if m.shape == "" {
			out = append(out, m.text)
		}
	})
	return out
}

func TestAmountsAndTimesAreNeverShortened(t *testing.T) {
	columns := []content.Column{{Title: "Tidspunkt", Kind: content.Time, Rank: 1}, {Title: "Tekst", Kind: content.Text, Rank: 1}}
	row := []content.Value{content.TimeOf(time.Date(2026, 11, 19, 14, 5, 9, 0, oslo)), content.TextOf(strings.Repeat("lang tekst ", 40))}
	for i := range 7 {
		columns = append(columns, content.Column{Title: fmt.Sprint("Beløp ", i), Kind: content.Money, Rank: 1})
		row = append(row, content.MoneyOf(-1<<63+int64(i)*100, "NOK"))
	}
	var marks []drawnItem
	render(t, sample{Document{Printer: printer(t, "no"), Columns: columns}, [][]content.Value{row, row}}, func(m drawnItem) { marks = append(marks, m) })
	checkGeometry(t, marks)
	var got []string
	for _, m := range marks {
		got = append(got, m.text)
	}
	for i := range 7 {
		want := fmt.Sprintf("−92\u00a0233\u00a0720\u00a0368\u00a0547\u00a0%d,08", 758-i)
		if !slices.Contains(got, want) {
			t.Errorf("%s is not in the document", want)
		}
	}
	if !slices.Contains(got, "19.11.2026 14:05") {
		t.Error("the time is not in the document")
	}
}

func TestColumnsAreChosenByRankAndContent(t *testing.T) {
	columns := []content.Column{
		{Title: "Aldri", Kind: content.Text}, {Title: "Tom", Kind: content.Text, Rank: 1}, {Title: "Lik", Kind: content.Text, Rank: 2},
		{Title: "Fast", Kind: content.Text, Rank: 1}, {Title: "Beløp", Kind: content.Money, Rank: 3}, {Title: "Ulik", Kind: content.Text, Rank: 4},
	}
	var rows [][]content.Value
	for i := range 3 {
		rows = append(rows, []content.Value{content.TextOf("skjult"), {}, content.TextOf("NOK"), content.TextOf("samme"), content.MoneyOf(100, "NOK"), content.TextOf(fmt.Sprint("u", i))})
	}
	d := Document{Printer: printer(t, "no"), Columns: columns}
	got := strings.Join(texts(t, sample{d, rows}), "|")
	if want := "|Lik NOK|Fast|Beløp|Ulik|samme|1,00|u0|samme|1,00|u1|samme|1,00|u2|"; !strings.Contains(got, want) {
		t.Errorf("the document holds %q, not %q", got, want)
	}
	got = strings.Join(texts(t, sample{d, rows[:1]}), "|")
	if want := "|Lik|Fast|Beløp|Ulik|NOK|samme|1,00|u0|"; !strings.Contains(got, want) {
		t.Errorf("with one row nothing is common to all: %q, not %q", got, want)
	}
	for i := range 40 {
		d.Columns = append(d.Columns, content.Column{Title: fmt.Sprint("Lang tittel ", i), Kind: content.Text, Rank: 50 - i})
		for k := range rows {
			rows[k] = append(rows[k], content.TextOf(fmt.Sprint("en lang tekst ", i, k)))
		}
	}
	all := texts(t, sample{d, rows})
	for title, want := range map[string]bool{"Fast": true, "Ulik": true, "Lang tittel 39": true, "Lang tittel 0": false} {
		if slices.Contains(all, title) != want {
			t.Errorf("column %q is shown: %t", title, !want)
		}
	}
}

func TestShortTablesStayWholeAndLongOnesRepeatTheirHeader(t *testing.T) {
	table := func(title string, rows int) content.Table {
		t := content.Table{Title: title, Head: []string{"head " + title, "n"}, Right: []bool{false, true}, Total: true}
		for i := range rows {
			t.Rows = append(t.Rows, []string{fmt.Sprint(title, " ", i), "1"})
		}
		return t
	}
	for landscape := range 2 {
		for before := range 40 {
			d := Document{Printer: printer(t, "no"), Title: "x", Tables: []content.Table{table("a", before%15), table("b", 10), table("c", 50+before), table("d", 3)}}
			if landscape == 1 {
				d.Tables = append(d.Tables, content.Table{Head: []string{strings.Repeat("bred ", 40)}})
			}
			pages, heads := map[string]map[int]int{}, map[int]int{}
			render(t, sample{document: d}, func(m drawnItem) {
				kind, _, found := strings.Cut(m.text, " ")
				if pages[kind] == nil {
					pages[kind] = map[int]int{}
				}
				if found {
					pages[kind][m.page]++
				}
				if m.text == "head c" {
					heads[m.page]++
				}
			})
			if len(pages["b"]) != 1 || len(pages["d"]) != 1 {
				t.Errorf("a short table is broken: %v", pages)
			}
			for page, rows := range pages["c"] {
				if heads[page] == 0 || rows < 2 {
					t.Errorf("page %d has %d rows of a long table under %d headers", page, rows, heads[page])
				}
			}
		}
	}
}

// A logo that cannot be read is the operator's matter, not the reader's.
func TestALogoThatCannotBeReadIsLeftOutAndCheckSaysWhy(t *testing.T) {
	good := logoPNG(t)
	interlaced := bytes.Clone(good)
	interlaced[28] = 1 // the checksum is wrong then, too
	huge := bytes.Clone(good)
	copy(huge[16:24], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
	without := transactions(t, "en", 1, "NOK")
	without.document.Organization.Logo = nil
	want := texts(t, without)
	for name, test := range map[string]struct {
		data []byte
		why  string
	}{
		"truncated": {good[:len(good)/2], "image: "}, "header only": {good[:40], "image: "}, "interlaced and broken": {interlaced, "image: "}, "huge": {huge, "image: "},
		"svg": {[]byte("<svg/>"), "is an SVG drawing"}, "svg after a prolog": {[]byte("<?xml version=\"1.0\"?>\n<svg/>"), "is an SVG drawing"}, "jpeg magic": {[]byte("\xff\xd8\xff\xe0"), "image: "},
		"webp": {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 xxxx"), "is a WebP picture"}, "heic": {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "is a HEIC or AVIF picture"}, "gif": {[]byte("GIF89a"), "is a GIF picture"}, "bmp": {[]byte("BM1234"), "is a BMP picture"},
		"tiff": {[]byte("II*\x00"), "is a TIFF picture"}, "pdf": {[]byte("%PDF-1.7"), "is a PDF"}, "html": {[]byte("<html>"), "is HTML or XML"}, "nothing": {nil, "is empty"}, "text": {[]byte("logo"), "image: "},
	} {
		s := transactions(t, "en", 1, "NOK")
		s.document.Organization.Logo = test.data
		if got := texts(t, s); !slices.Equal(want, got) {
			t.Errorf("%s: readers are told: %q", name, got)
		}
		if err := CheckLogo(test.data); err == nil || !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: got %v, want %s", name, err, test.why)
		}
	}
	for name, data := range map[string][]byte{"png": good, "jpeg": logoJPEG(t), "jpeg in RGB": rgbJPEG(t)} {
		s := transactions(t, "en", 1, "NOK")
		s.document.Organization.Logo = data
		if err := CheckLogo(data); err != nil {
			t.Errorf("%s: a good logo is refused: %v", name, err)
		}
		pdf := render(t, s, nil)
		if !bytes.Contains(pdf, []byte("/Subtype /Image")) {
			t.Errorf("%s: there is no picture", name)
		}
		validate(t, pdf)
	}
}
