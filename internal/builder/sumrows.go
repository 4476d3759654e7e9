package builder

import (
	"rapport/internal/content"
	"rapport/internal/correction"
	"rapport/internal/report"
	"rapport/render"
)

// sumRows names the rows of a report, and those of its parts, without writing any.
func (b *build) sumRows() (string, error) {
	form, err := b.csvForm()
	if err != nil {
		return "", err
	}
	s := rowSummer{RowSum: correction.NewRowSum(b.correct.Form, b.figures.Layout), form: form, speaker: b.figures.Layout.Translator(b.csvWords)}
	for raw, err := range b.rows.Sorted() {
		if err == nil {
			err = report.ReadRow(string(raw), b.rows.Zone, &s.row)
		}
		if err == nil {
			err = s.add()
		}
		if err != nil {
			return "", err
		}
	}
	state, err := s.State()
	if err != nil || b.job.Report.Split == "" {
		return state, err
	}
	values := b.rows.PartValues()
	s.RowSum = correction.NewRowSum(b.correct.Form, b.figures.Layout)
	for row, err := range b.rows.PartRows() {
		if err == nil {
			err = row.Read(b.rows.Zone, &s.row)
		}
		if err == nil {
			err = s.Of(values[row.Part])
		}
		if err == nil {
			err = s.add()
		}
		if err != nil {
			return "", err
		}
	}
	ofParts, err := s.State()
	return state + correction.PartsSum + ofParts, err
}

// A rowSummer sums rows as the CSV has them.
type rowSummer struct {
	*correction.RowSum
	form    *render.CSVFormat
	speaker *report.Translator
	row     report.Row
	cells   []content.Value
	line    []byte
}

// add takes its row, unless the CSV has it not.
func (s *rowSummer) add() (err error) {
	if s.row.IsBeside() {
		return nil
	}
	s.cells = append(s.cells[:0], s.row.Cells...)
	if s.line, err = s.form.AppendRow(s.line[:0], s.speaker.Translate(s.cells)); err == nil {
		_, err = s.Write(s.line)
	}
	return err
}
