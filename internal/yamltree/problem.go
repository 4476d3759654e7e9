package yamltree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of a document, or one warning about it, with the place it stands at.
type Problem struct {
	File         string
	Line, Column int    // both from 1, a column counts characters; Column is 0 where only the line is known
	Path         string // like reports[0].reportFilters[1].value; "" for the document as a whole
	Message      string
	Hint         string // what to do about it; may be ""
}

// String is one line: file:line:column: path: what is wrong — hint.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(Escape(p.File, len(p.File)))
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Column > 0 {
		fmt.Fprintf(&b, ":%d", p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" — " + p.Hint)
	}
	return b.String()
}

// Problems are faults sorted by file, line and column. As an error it is all of them.
type Problems []Problem

// Error is one line for each fault.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// maxProblems bounds what a document full of mistakes can print.
const maxProblems = 500

// Findings collects the faults and warnings of documents that are read together. The zero value is empty.
type Findings struct {
	faults, warnings Problems
	more             int // faults beyond maxProblems
}

func (f *Findings) fault(p Problem) {
	if len(f.faults) == maxProblems {
		f.more++
		return
	}
	f.faults = append(f.faults, p)
}

func (f *Findings) warn(p Problem) {
	if len(f.warnings) < maxProblems {
		f.warnings = append(f.warnings, p)
	}
}

// Faults returns the faults in order, and says how many there was no room for.
func (f *Findings) Faults() Problems {
	ps := sorted(f.faults)
	if f.more > 0 {
		last := ps[len(ps)-1]
		ps = append(ps, Problem{File: last.File, Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("%d more faults are not shown", f.more)})
	}
	return ps
}

// Warnings returns the warnings in order.
func (f *Findings) Warnings() Problems { return sorted(f.warnings) }

func sorted(ps Problems) Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return ps
}
