package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
	"time"

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
func (b *built) writeCSV(path string, a *assembly, rows *keeper) (file, error) {
	return written(path, reportconfig.CSV, func(w io.Writer) (int64, error) {
		csv, err := b.newCSV(w, a.job.Report.MachineCSV)
		if err != nil {
			return 0, err
		}
		wordings := b.wordings()
		var own []render.Value // the CSV's cells, where its language is not the report's
		for row, err := range a.rows.sorted() {
			if err != nil {
				return 0, err
			}
			b.totals.rows++
			cells := row.cells
			if b.csv != b.words {
				own = append(own[:0], row.cells...)
				cells = say(own, wordings, b.csv)
			}
			if err := a.kind.count(b.totals, &row.row); err != nil {
				return 0, err
			}
			say(row.cells, wordings, b.words)
			if err := csv.Row(cells...); err != nil {
				return 0, err
			}
			rows.keep(row.raw)
		}
		return b.totals.rows, csv.Close()
	})
}

func (b *built) newCSV(w io.Writer, machine bool) (render.Encoder, error) {
	if machine {
		return render.NewMachineCSV(w, b.columns(b.csv))
	}
	return render.NewCSV(w, b.columns(b.csv), b.csv)
}

func (r *Runner) writePDF(path string, j Job, b *built, now time.Time, kept [][]byte) (file, error) {
	return written(path, reportconfig.PDF, func(w io.Writer) (int64, error) {
		pdf, err := render.NewPDF(w, r.document(j, b, now))
		if err != nil {
			return 0, err
		}
		wordings := b.wordings()
		var one row
		for _, raw := range kept {
			if err := readRow(raw, r.Location, &one); err != nil {
				return 0, err
			}
			if err := pdf.Row(say(one.cells, wordings, b.words)...); err != nil {
				return 0, err
			}
		}
		return int64(len(kept)), pdf.Close()
	})
}

// written writes a file and says what is in it.
func written(path string, contentType reportconfig.ContentType, write func(io.Writer) (rows int64, err error)) (file, error) {
	f := file{path: path, contentType: string(contentType)}
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
