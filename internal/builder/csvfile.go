package builder

import (
	"io"

	"rapport/internal/archive"
	"rapport/internal/csvlines"
	"rapport/render"
	"rapport/reportconfig"
)

// How many rows a PDF holds, and how many bytes of them; past that they are in the CSV only.
const (
	MaxPDFRows  = 20_000
	maxPDFBytes = 16 << 20
)

// A pdfRows keeps the rows for the PDF, as what they are read from, until they are too many.
type pdfRows struct {
	wanted, left bool // left: they were too many, so they are in the CSV only
	kept         []string
	bytes        int
}

func (k *pdfRows) keep(raw string) {
	if !k.wanted || k.left {
		return
	}
	if k.bytes += len(raw); len(k.kept) == MaxPDFRows || k.bytes > maxPDFBytes {
		k.left, k.kept = true, nil
		return
	}
	k.kept = append(k.kept, raw)
}

// writeCSV passes over all rows once: they go to the CSV, into the totals and to the keeper.
func (b *build) writeCSV(path string, rows *pdfRows) (archive.File, error) {
	return archive.Write(path, string(reportconfig.CSV), func(w io.Writer) (int64, error) {
		form, err := b.csvForm()
		if err != nil {
			return 0, err
		}
		head, err := form.AppendHead(nil)
		if err == nil {
			_, err = w.Write(head)
		}
		if err != nil {
			return 0, err
		}
		begin := func() *csvlines.Chunk {
			return &csvlines.Chunk{Form: form, Speaker: b.figures.Layout.Translator(b.csvWords), Zone: b.rows.Zone}
		}
		err = csvlines.InChunks(b.rows.Sorted(), Recover, begin, func(l *csvlines.Chunk) error {
			for i := range l.Rows {
				if l.Rows[i].IsUnknown() {
					if err := b.figures.Totals.AddUnknown(&l.Rows[i]); err != nil {
						return err
					}
					continue
				}
				if l.Rows[i].IsBeside() {
					if err := b.figures.Totals.AddCards(&l.Rows[i]); err != nil {
						return err
					}
					continue
				}
				b.figures.Totals.Rows++
				b.marks.Add(&l.Rows[i])
				if err := b.kind.Count(b.figures.Totals, &l.Rows[i]); err != nil {
					return err
				}
				rows.keep(l.Raw(i))
			}
			_, err := w.Write(l.Lines)
			if err == nil && b.rowSum != nil {
				_, err = b.rowSum.Write(l.Lines)
			}
			return err
		})
		return b.figures.Totals.Rows, err
	})
}

func (b *build) csvForm() (*render.CSVFormat, error) {
	columns := b.figures.Layout.Titled(b.csvWords)
	if b.job.Report.MachineCSV {
		return render.MachineCSV(columns)
	}
	return render.LocalCSV(columns, b.csvWords), nil
}
