package pipeline

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"rapport/locales"
	"rapport/render"
	"rapport/reportconfig"
)

// How many rows a PDF holds, and how many bytes of them; past that they are in the CSV only.
const (
	pdfRows  = 20_000
	pdfBytes = 16 << 20
)

// built is a report that is made: its files, and what mail and document say of it.
type built struct {
	words  *locales.Printer
	shape  shape
	files  []file
	tables []table
	totals *totals
	story  story

	rowsLeft bool // the PDF leaves the rows to the CSV
}

type file struct{ path, contentType string }

// build fetches, sorts, sums and writes a report's files into dir.
func (r *Runner) build(ctx context.Context, j Job, dir string) (_ *built, err error) {
	words, err := locales.For(string(j.Report.Language))
	if err != nil {
		return nil, err
	}
	k, err := kindOf(j.Report, j.Period, words)
	if err != nil {
		return nil, err
	}
	c := newCollector(dir, r.Location)
	defer func() { err = errors.Join(err, c.close()) }()
	if err := k.gather(ctx, r.watched(j, c), c); err != nil {
		return nil, err
	}
	b := &built{words: words, shape: k.shape(), totals: newTotals()}
	base := filepath.Join(dir, r.baseName(j))
	wantsPDF, wantsCSV := slices.Contains(j.Report.ContentTypes, reportconfig.PDF), slices.Contains(j.Report.ContentTypes, reportconfig.CSV)
	rows := keeper{wanted: wantsPDF}
	if err := b.writeCSV(base+".csv", k, c, &rows); err != nil {
		return nil, err
	}
	if b.tables, err = tables(b.totals, b.shape.measures, words, days(j.Period)); err != nil {
		return nil, err
	}
	b.story, b.rowsLeft = r.tell(j, b), rows.left
	if wantsPDF {
		if err := r.writePDF(base+".pdf", j, b, rows.kept); err != nil {
			return nil, err
		}
		b.files = append(b.files, file{base + ".pdf", string(reportconfig.PDF)})
	}
	if wantsCSV || rows.left {
		b.files = append(b.files, file{base + ".csv", string(reportconfig.CSV)})
		return b, nil
	}
	return b, os.Remove(base + ".csv")
}

// A keeper keeps the rows for the PDF, as the bytes they came from, until they are too many.
type keeper struct {
	wanted, left bool // left: they were too many, so they are in the CSV only
	kept         [][]byte
	bytes        int
}

func (k *keeper) keep(raw []byte) {
	if !k.wanted || k.left {
		return
	}
	if k.bytes += len(raw); len(k.kept) == pdfRows || k.bytes > pdfBytes {
		k.left, k.kept = true, nil
		return
	}
	k.kept = append(k.kept, slices.Clone(raw))
}

// writeCSV passes over all rows once: they go to the CSV, into the totals and to the keeper.
func (b *built) writeCSV(path string, k kind, c *collector, rows *keeper) error {
	return writeFile(path, func(w io.Writer) error {
		csv, err := render.NewCSV(w, b.columns(), b.words)
		if err != nil {
			return err
		}
		for row, err := range c.sorted() {
			if err != nil {
				return err
			}
			b.totals.rows++
			if err := k.count(b.totals, &row.row); err != nil {
				return err
			}
			if err := csv.Row(row.cells...); err != nil {
				return err
			}
			rows.keep(row.raw)
		}
		return csv.Close()
	})
}

func (r *Runner) writePDF(path string, j Job, b *built, kept [][]byte) error {
	return writeFile(path, func(w io.Writer) error {
		pdf, err := render.NewPDF(w, r.document(j, b))
		if err != nil {
			return err
		}
		var one row
		for _, raw := range kept {
			if err := readRow(raw, r.Location, &one); err != nil {
				return err
			}
			if err := pdf.Row(one.cells...); err != nil {
				return err
			}
		}
		return pdf.Close()
	})
}

func (b *built) columns() []render.Column {
	var columns []render.Column
	for _, c := range b.shape.columns {
		columns = append(columns, render.Column{Title: b.words.Word("column." + c.key), Kind: c.kind, Rank: c.rank})
	}
	return columns
}

// baseName is the file name without its ending: <slug of name>_<period>, the same in every language.
func (r *Runner) baseName(j Job) string {
	name := j.Report.Name
	if name == "" {
		if english, err := locales.For("en"); err == nil {
			name = english.Word("title." + string(j.Report.Data.DataType()))
		}
	}
	slug := reportconfig.Slug(name)
	if slug == "" {
		slug = j.Report.ID
	}
	return slug + "_" + j.Period.String()
}

// days is how many local days a period has.
func days(p reportconfig.Period) int {
	n := 0
	for d := p.From; d.Before(p.To); d = d.AddDate(0, 0, 1) {
		n++
	}
	return n
}
