package csvlines

import (
	"rapport/internal/content"
	"rapport/internal/correction"
	"rapport/internal/report"
	"rapport/render"
)

// Sum names the rows that a report has collected, as a CSV of a form has them, and with split those
// of its parts. It writes none.
func Sum(rows *report.Collector, l report.Layout, f correction.Form, csv *render.CSVFormat, speaker *report.Translator, split bool) (string, error) {
	s := rowSummer{RowSum: correction.NewRowSum(f, l), form: csv, speaker: speaker}
	for raw, err := range rows.Sorted() {
		if err == nil {
			err = report.ReadRow(string(raw), rows.Zone, &s.row)
		}
		if err == nil {
			err = s.add()
		}
		if err != nil {
			return "", err
		}
	}
	state, err := s.State()
	if err != nil || !split {
		return state, err
	}
	values := rows.PartValues()
	s.RowSum = correction.NewRowSum(f, l)
	for row, err := range rows.PartRows() {
		if err == nil {
			err = row.Read(rows.Zone, &s.row)
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
