package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"rapport/render"
	"rapport/reportconfig"
)

// A file is one that is written: its bytes and rows, and the SHA-256 of the bytes in hex.
type file struct {
	path, contentType, sha256 string
	size, rows                int64
}

// How many rows a PDF holds, and how many bytes of them; past that they are in the CSV only.
const (
	pdfRows  = 20_000
	pdfBytes = 16 << 20
)

// A keeper keeps the rows for the PDF, as what they are read from, until they are too many.
type keeper struct {
	wanted, left bool // left: they were too many, so they are in the CSV only
	kept         []string
	bytes        int
}

func (k *keeper) keep(raw string) {
	if !k.wanted || k.left {
		return
	}
	if k.bytes += len(raw); len(k.kept) == pdfRows || k.bytes > pdfBytes {
		k.left, k.kept = true, nil
		return
	}
	k.kept = append(k.kept, raw)
}

// writeCSV passes over all rows once: they go to the CSV, into the totals and to the keeper.
func (b *build) writeCSV(path string, rows *keeper) (file, error) {
	return written(path, string(reportconfig.CSV), func(w io.Writer) (int64, error) {
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
		begin := func() *lot { return &lot{form: form, speaker: b.figures.shape.speaker(b.csvWords), zone: b.rows.zone} }
		err = inLots(b.rows.sorted(), begin, func(l *lot) error {
			for i := range l.rows {
				b.figures.totals.rows++
				b.marks.note(&l.rows[i])
				if err := b.kind.count(b.figures.totals, &l.rows[i]); err != nil {
					return err
				}
				rows.keep(l.raw(i))
			}
			_, err := w.Write(l.lines)
			return err
		})
		return b.figures.totals.rows, err
	})
}

func (b *build) csvForm() (*render.CSVForm, error) {
	columns := b.figures.shape.titled(b.csvWords)
	if b.job.Report.MachineCSV {
		return render.MachineCSV(columns)
	}
	return render.LocalCSV(columns, b.csvWords), nil
}

func (r *Builder) writePDF(path string, b *build, kept []string) (file, error) {
	return written(path, string(reportconfig.PDF), func(w io.Writer) (int64, error) {
		pdf, err := render.NewPDF(w, r.document(b))
		if err != nil {
			return 0, err
		}
		speaker := b.figures.shape.speaker(b.figures.words)
		var one row
		for _, raw := range kept {
			if err := readRow(raw, r.Account.Location, &one); err != nil {
				return 0, err
			}
			if err := pdf.Row(speaker.say(one.cells)...); err != nil {
				return 0, err
			}
		}
		return int64(len(kept)), pdf.Close()
	})
}

// written writes a file and says what is in it.
func written(path, contentType string, write func(io.Writer) (rows int64, err error)) (file, error) {
	f := file{path: path, contentType: contentType}
	sum := summing{Hash: sha256.New()}
	err := writeFile(path, func(w io.Writer) (err error) {
		f.rows, err = write(io.MultiWriter(w, &sum))
		return err
	})
	f.size, f.sha256 = sum.size, hex.EncodeToString(sum.Sum(nil))
	return f, err
}

// summing is a hash that knows how much it was given.
type summing struct {
	hash.Hash
	size int64
}

func (s *summing) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.Hash.Write(p)
}
