package pdf

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// bookmark is an entry of the outline, which leads to a place on a page.
type bookmark struct {
	title       string
	level       int
	page        int
	top, height float64 // how far down the page of what height
}

// Bookmark adds a place on the current page to the outline: at level 0, or at level 1,
// below the last one of level 0. Top is its distance from the top of the page.
func (w *Writer) Bookmark(title string, level int, top float64) {
	w.bookmarks = append(w.bookmarks, bookmark{w.clusters.Source(title), level, w.pages, top, w.page.height})
}

// putBookmarks gives the outline to fpdf, which measures all places from the bottom of the
// last page.
func (w *Writer) putBookmarks() {
	for _, b := range w.bookmarks {
		w.pdf.SetPage(b.page)
		w.pdf.Bookmark(utf16BE(b.title), b.level, b.top+w.page.height-b.height)
	}
	w.pdf.SetPage(w.pages) // or fpdf leaves out the pages behind
}

// utf16BE is how a PDF writes texts that are not in its own alphabet.
func utf16BE(text string) string {
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}

// countBookmarks corrects what fpdf says of every entry of the outline: that none is below
// it. The entries come before the outline itself, the information and the catalog.
func countBookmarks(o *objects, bookmarks []bookmark) error {
	none := []byte("\n/Count 0>>\nendobj\n")
	first, top := len(o.list)-3-len(bookmarks), 0
	below := make([]int, len(bookmarks))
	for i, b := range bookmarks {
		if first < 1 || !bytes.HasSuffix(o.list[first+i], none) {
			return fmt.Errorf("%w: no outline", errObjects)
		}
		if b.level == 0 {
			top = i
		} else {
			below[top]++
		}
	}
	for i, n := range below {
		if n > 0 {
			entry := bytes.TrimSuffix(o.list[first+i], none)
			o.list[first+i] = fmt.Appendf(bytes.Clone(entry), "\n/Count %d>>\nendobj\n", -n)
		}
	}
	return nil
}
