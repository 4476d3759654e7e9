package render

import (
	"rapport/internal/content"
	"rapport/locales"
	"rapport/render/internal/csv"
)

// CSVFormat is how rows are written as lines of CSV.
type CSVFormat = csv.Format

// LocalCSV is the format that people open, in the language of p.
func LocalCSV(columns []content.Column, p *locales.Printer) *CSVFormat { return csv.Local(columns, p) }

// MachineCSV is the format that programs read, the same whatever the report's language.
func MachineCSV(columns []content.Column) (*CSVFormat, error) { return csv.Machine(columns) }
