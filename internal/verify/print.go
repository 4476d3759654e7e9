package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"rapport/internal/text"
)

// A Printer writes what is found, a line each.
type Printer struct {
	W      io.Writer
	JSON   bool
	Before func() // is called before each line
}

type faultLine struct {
	Type   string `json:"type"` // fault
	Kind   Kind   `json:"kind"`
	Report string `json:"report"`
	Period string `json:"period"`
	Number string `json:"number"`
	Path   string `json:"path"`
	Error  string `json:"error"`
}

type seriesLine struct {
	Type          string    `json:"type"` // series
	Report        string    `json:"report"`
	Reports       int64     `json:"reports"`
	From          time.Time `json:"from"`
	To            time.Time `json:"to"`
	First         string    `json:"first_number"`
	Last          string    `json:"last_number"`
	Digest        string    `json:"digest"`
	Removed       int64     `json:"removed"`
	Reconstructed int64     `json:"reconstructed"`
}

type summaryLine struct {
	Type    string `json:"type"` // verified
	Reports int64  `json:"reports"`
	Files   int64  `json:"files"`
	Bytes   int64  `json:"bytes"`
	Removed int64  `json:"removed"`
	Faults  int64  `json:"faults"`
}

func (p Printer) line(value any, words string) error {
	if p.Before != nil {
		p.Before()
	}
	if !p.JSON {
		_, err := fmt.Fprintln(p.W, words)
		return err
	}
	e := json.NewEncoder(p.W)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// Fault writes what is wrong.
func (p Printer) Fault(f Fault) error {
	words := string(f.Kind) + ":"
	for _, part := range []string{f.Report, f.Period, f.Path} {
		if part != "" {
			words += " " + text.PrintableLine(part)
		}
	}
	return p.line(faultLine{"fault", f.Kind, f.Report, f.Period, f.Number, f.Path, f.Text}, words+": "+text.PrintableLine(f.Text))
}

// Series writes what a series has.
func (p Printer) Series(s Series) error {
	facts := []string{fmt.Sprintf("%d reports", s.Reports)}
	if s.Reports == 1 {
		facts[0] = "1 report"
	}
	if s.Last != "" {
		facts = append(facts, "no. "+s.First+" to "+s.Last)
	}
	if s.Removed > 0 {
		facts = append(facts, fmt.Sprintf("%d of old removed by retention", s.Removed))
	}
	if s.Reconstructed > 0 {
		facts = append(facts, fmt.Sprintf("%d from before there were digests", s.Reconstructed))
	}
	return p.line(seriesLine{"series", s.Report, s.Reports, s.From, s.To, s.First, s.Last, s.Digest, s.Removed, s.Reconstructed},
		s.Report+": "+strings.Join(append(facts, "digest "+s.Digest), ", "))
}

// Summary writes what was looked at.
func (p Printer) Summary(s Summary) error {
	how := "whole and unaltered"
	switch s.Faults {
	case 0:
	case 1:
		how = "1 fault"
	default:
		how = fmt.Sprintf("%d faults", s.Faults)
	}
	return p.line(summaryLine{"verified", s.Reports, s.Files, s.Bytes, s.Removed, s.Faults}, fmt.Sprintf("%d reports, %d files: %s", s.Reports, s.Files, how))
}
