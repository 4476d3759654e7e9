// Package templates renders a message from one text and one HTML template, executed on the
// same data, so that both say the same. The HTML holds in Outlook, Gmail and Apple Mail, at
// 320 pixels and in the dark: tables, inline styles, nothing remote. The package refuses
// to know what the words mean.
package templates

import (
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"io"
	"maps"
	"sync"
	text "text/template"
)

// The names of the templates, built-in and user's.
const (
	textFile = "body.txt.tmpl"
	htmlFile = "body.html.tmpl"
)

//go:embed body.txt.tmpl body.html.tmpl
var files embed.FS

// Data is what the templates are executed on: a value with these fields, all of them
// text where nothing else is said. Empty ones leave no trace.
//
//	Lang                            BCP 47 tag: "nb", "en"
//	Subject, Preview                Preview continues the subject in a list of mails
//	Organization, Number, Title
//	Period, Span                    the period in words, and its bounds
//	Lead                            the answer in a sentence
//	Headlines                       the answer in figures: of Label, Amount, Change, and Parts of Label, Amount, Count
//	Check                           of State ("agrees", "differs", "not checked" or ""), Text, and Details, a list
//	Remarks                         a list: what is missing or odd
//	Charts                          of Title, and Bars of Label, Amount, Line (both, in columns), Width (percent of the longest), Down (below zero), Short
//	Urgent, Tables                  of Title, Head, Right, Rows, Total, Lead; every row, and Right, as long as Head
//	Facts                           of Label, Value
//	Notes, Footer                   lists
//	FilesTitle, Files               the word for attachments, and a line for each
//
// Besides what Go's templates know, the text template has wrap (an indent and a text,
// in lines of 72 columns), fold (with an indent for the first line too), rule (a line
// under a heading), table (Head, Right, Rows, Total and, if one likes, Lead) and mark (the sign of a State).
// The HTML template has shape (list, table or wide: how a table fits a phone), side
// (left or right), last, lead (the column that a phone shows beside the first), large (the
// size of an Amount), mark, isDate (a date in digits, which no line breaks), hush, and outlook and endoutlook around what Outlook is to keep
// to a width.
type Data any

// Set is a text and an HTML template: the built-in ones, or the user's in their place.
// It never changes and may be shared.
type Set struct {
	Unknown []string // names of files in the user's directory that are no templates, sorted
	text    *text.Template
	html    *html.Template
	budget  *budget // of the user's; nil: both are ours
}

// BuiltIn returns the templates of this package.
func BuiltIn() (*Set, error) { return builtIn() }

var builtIn = sync.OnceValues(func() (*Set, error) {
	var s Set
	for _, name := range []string{textFile, htmlFile} {
		source, err := files.ReadFile(name)
		if err == nil {
			err = s.parse(name, name, string(source))
		}
		if err != nil {
			return nil, err
		}
	}
	return &s, nil
})

// parse makes source the template of a name; errors name it by its path.
func (s *Set) parse(name, path, source string) (err error) {
	if name == textFile {
		funcs := text.FuncMap{"wrap": wrap, "fold": fold, "table": textTable, "rule": rule, "mark": mark}
		s.text, err = text.New(path).Funcs(funcs).Funcs(s.limits()).Parse(source)
		if err != nil || s.budget == nil {
			return err
		}
		for _, t := range s.text.Templates() {
			err = errors.Join(err, meter(path, t.Tree))
		}
		return err
	}
	funcs := html.FuncMap{"shape": shape, "below": below, "side": side, "last": last, "lead": lead, "large": large, "mark": mark,
		"isDate": isDate, "hush": previewPadding, "outlook": outlook, "endoutlook": endOutlook}
	s.html, err = html.New(path).Funcs(funcs).Funcs(s.limits()).Parse(source)
	if err != nil || s.budget == nil {
		return err
	}
	for _, t := range s.html.Templates() {
		err = errors.Join(err, meter(path, t.Tree))
	}
	return err
}

// limits are what takes the place of functions in a template of the user's.
func (s *Set) limits() map[string]any {
	if s.budget == nil {
		return nil
	}
	funcs := s.budget.ours()
	maps.Copy(funcs, s.budget.funcs())
	return funcs
}

// Text writes the plain text of a message; the built-in one has lines of at most 72 columns.
func (s *Set) Text(w io.Writer, data Data) error {
	if err := s.execute(s.text, w, data); err != nil {
		return fmt.Errorf("text of the message: %w", err)
	}
	return nil
}

// HTML writes the HTML of a message, a whole document.
func (s *Set) HTML(w io.Writer, data Data) error {
	if err := s.execute(s.html, w, data); err != nil {
		return fmt.Errorf("html of the message: %w", err)
	}
	return nil
}

type executor interface {
	Name() string
	Execute(w io.Writer, data any) error
}

func (s *Set) execute(t executor, w io.Writer, data Data) error {
	if s.budget != nil {
		s.budget.mu.Lock()
		defer s.budget.mu.Unlock()
		s.budget.refill()
	}
	return exceeded(t.Name(), t.Execute(&limitedWriter{w, maxOutput}, data))
}

// maxOutput is how long a text or an HTML may be, in bytes. Mail programs cut far
// shorter ones; this keeps a template that repeats itself from filling the memory.
const maxOutput = 4 << 20

var errOutputTooLong = errors.New("writes more than 4 MiB")

// limitedWriter refuses what is longer than what is left.
type limitedWriter struct {
	w    io.Writer
	left int // bytes
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errOutputTooLong
	}
	return l.w.Write(p)
}
