// Package templates is how a message looks: one text and one HTML template, executed
// on the same data, so that both say the same. The HTML holds in Outlook, Gmail and
// Apple Mail, at 320 pixels and in the dark: tables, inline styles, nothing remote.
// It refuses to know what the words mean.
package templates

import (
	"embed"
	"fmt"
	html "html/template"
	"io"
	"reflect"
	"sync"
	text "text/template"
)

// The names of the templates, ours and the user's.
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
//	Urgent, Tables                  of Title, Head, Right, Rows, Total; every row, and Right, as long as Head
//	Facts                           of Label, Value
//	Notes, Footer                   lists
//	FilesTitle, Files               the word for attachments, and a line for each
//
// Besides what Go's templates know, the text template has wrap (an indent and a text,
// in lines of 72 columns), fold (with an indent for the first line too), rule (a line
// under a heading), table (Head, Right, Rows, Total) and mark (the sign of a State).
// The HTML template has shape (list, table or wide: how a table fits a phone), side
// (left or right), last, large (the size of an Amount), mark, hush, and outlook and
// endoutlook around what Outlook is to keep to a width.
type Data any

// Set is a text and an HTML template: ours, or some of the user's in their place.
// It never changes and may be shared.
type Set struct {
	Unknown []string // files of the directory that are no templates of ours, sorted
	text    *text.Template
	html    *html.Template
}

// Ours are the templates of this package.
func Ours() (*Set, error) { return ours() }

var ours = sync.OnceValues(func() (*Set, error) {
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

// parse makes source the template of a file, which errors call by its path.
func (s *Set) parse(name, path, source string) (err error) {
	if name == textFile {
		funcs := text.FuncMap{"wrap": wrap, "fold": fold, "table": textTable, "rule": rule, "mark": mark}
		s.text, err = text.New(path).Funcs(funcs).Parse(source)
		return err
	}
	funcs := html.FuncMap{"shape": shape, "outlook": outlook, "endoutlook": endOutlook, "last": last, "side": side, "mark": mark, "large": large, "hush": hush}
	s.html, err = html.New(path).Funcs(funcs).Parse(source)
	return err
}

// Text writes the plain text of a message; ours has lines of at most 72 columns.
func (s *Set) Text(w io.Writer, data Data) error {
	if err := s.text.Execute(&bounded{w, maxOutput}, data); err != nil {
		return fmt.Errorf("text of the message: %w", err)
	}
	return nil
}

// HTML writes the HTML of a message, a whole document.
func (s *Set) HTML(w io.Writer, data Data) error {
	if err := s.html.Execute(&bounded{w, maxOutput}, data); err != nil {
		return fmt.Errorf("html of the message: %w", err)
	}
	return nil
}

// outlook begins a table of so many pixels that only Outlook on Windows reads, which
// knows no max-width; html/template drops comments that are written in the template
// itself. It takes no text: what it returns is not escaped.
func outlook(pixels int) html.HTML {
	return html.HTML(fmt.Sprintf(`<!--[if mso]><table role="presentation" width="%d" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, pixels)) //nolint:gosec // holds a number alone
}

func endOutlook() html.HTML { return "<!--[if mso]></td></tr></table><![endif]-->" }

// last tells whether i is the last index of a slice.
func last(i int, slice any) bool { return i == reflect.ValueOf(slice).Len()-1 }

// side is where the cells of a column stand.
func side(right []bool, i int) string {
	if right[i] {
		return "right"
	}
	return "left"
}

// mark is the sign of how a check ended, for those who see no colours.
func mark(state any) string {
	switch fmt.Sprint(state) {
	case "agrees":
		return "✓"
	case "differs":
		return "!"
	}
	return "–"
}

// hush is how often a preview is followed by what cannot be seen, so that a list of
// mails does not show the beginning of the message beside it.
func hush() [120]struct{} { return [120]struct{}{} }
