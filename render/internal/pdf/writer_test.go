package pdf

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// write is a document of some pages, each of which has an entry of the outline and two
// below it.
func write(t *testing.T, pages int) []byte {
	t.Helper()
	black := Color{}
	w := NewWriter(testFonts(t), Properties{Title: "Prøve", Language: "nb", Created: time.Unix(0, 0).UTC()})
	defer w.Close()
	for i := range pages {
		p := w.AddPage(i%2 == 1)
		p.Text(TextStyle{Bold: true, Size: 20, Color: black}, 50, 100, []byte("Åse (1) \\ 2"))
		p.Text(TextStyle{Size: 8, Color: black}, 50, 120, []byte("€ −1"))
		p.Rect(50, 130, 20, 20, black)
		p.HatchedRect(80, 130, 20, 20, black)
		p.Polygon(black, []float64{110, 130, 130, 130, 120, 150})
		p.Polyline(1, black, []float64{140, 130, 160, 150})
		p.Disk(170, 130, 20, black)
		p.HLines(50, 200, []float64{160, 170}, 0.4, black)
		for level, title := range []string{"Side", "Første", "Andre"} {
			w.Bookmark(title, min(level, 1), float64(100+10*level))
		}
	}
	var out bytes.Buffer
	if err := w.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestADocumentIsValidAndTheSameAgain(t *testing.T) {
	pdf := write(t, 7)
	api.DisableConfigDir() // or pdfcpu writes one into the home directory
	config := model.NewDefaultConfiguration()
	config.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(pdf), config); err != nil {
		t.Errorf("not a valid PDF: %v", err)
	}
	if !bytes.Equal(pdf, write(t, 7)) {
		t.Error("two documents of the same calls differ")
	}
}

func TestTheOutlineSaysHowManyEntriesAreBelow(t *testing.T) {
	pdf := write(t, 3)
	if n := bytes.Count(pdf, []byte("\n/Count -2>>\nendobj\n")); n != 3 {
		t.Errorf("%d entries have two below them, not 3", n)
	}
	if n := bytes.Count(pdf, []byte("\n/Count 0>>\nendobj\n")); n != 6 {
		t.Errorf("%d entries have none below them, not 6", n)
	}
	o := &objects{list: make([][]byte, 9)}
	if err := countBookmarks(o, make([]bookmark, 1)); !errors.Is(err, errObjects) {
		t.Errorf("an outline where none is: %v", err)
	}
}

func TestEachBookmarkLeadsToItsPage(t *testing.T) {
	pdf := write(t, 4)
	api.DisableConfigDir()
	bookmarks, err := api.Bookmarks(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range bookmarks {
		if b.PageFrom != i+1 || len(b.Kids) != 2 || b.Kids[1].PageFrom != i+1 {
			t.Errorf("entry %d leads to page %d, those below it are %v", i+1, b.PageFrom, b.Kids)
		}
	}
	for _, top := range []string{"741.89", "495.28"} { // 100 from the top of both orientations
		if !bytes.Contains(pdf, []byte("/XYZ 0 "+top+" null")) {
			t.Errorf("no entry leads to %s from the bottom", top)
		}
	}
}

func TestSeveralPicturesAreInOneDocument(t *testing.T) {
	w := NewWriter(testFonts(t), Properties{Created: time.Unix(0, 0).UTC()})
	defer w.Close()
	p := w.AddPage(false)
	for size := 1; size < 4; size++ {
		var data bytes.Buffer
		if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, size, 2))); err != nil {
			t.Fatal(err)
		}
		i, err := ReadImage(data.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if width, height := i.Fit(300, 20); width != float64(10*size) || height != 20 {
			t.Errorf("a picture of %d × 2 is drawn as %.1f × %.1f", size, width, height)
		}
		p.Image(i, 0, 0, 10, 10)
	}
	var out strings.Builder
	if err := w.Write(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "/Subtype /Image"); n != 3 {
		t.Errorf("the document has %d pictures, not 3", n)
	}
}

func TestADocumentNeedNotBeWritten(t *testing.T) {
	w := NewWriter(testFonts(t), Properties{})
	w.AddPage(false)
	w.AddPage(true)
	w.Close()
	w.Close()
}
