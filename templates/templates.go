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

//go:embed body.txt.tmpl body.html.tmpl
var files embed.FS

// Data is what the templates are executed on: a value with these fields.
//
//	Lang                                  BCP 47 tag: "nb", "en"
//	Subject, Organization, Title          text; empty ones leave no trace
//	Period, Span, Lead                    text
//	Facts                                 of Label, Value
//	Tables                                of Title, Head, Right, Rows, Total; every row as long as Head
//	Notes, Footer                         []string
//	FilesTitle, Files                     the word for attachments, and a line for each
type Data any

// Text writes the plain text of a message, in lines of at most 72 columns.
func Text(w io.Writer, data Data) error {
	t, err := parsedText()
	if err == nil {
		err = t.Execute(w, data)
	}
	if err != nil {
		return fmt.Errorf("text of the message: %w", err)
	}
	return nil
}

// HTML writes the HTML of a message, a whole document.
func HTML(w io.Writer, data Data) error {
	t, err := parsedHTML()
	if err == nil {
		err = t.Execute(w, data)
	}
	if err != nil {
		return fmt.Errorf("html of the message: %w", err)
	}
	return nil
}

var parsedText = sync.OnceValues(func() (*text.Template, error) {
	funcs := text.FuncMap{"wrap": wrap, "table": textTable, "rule": rule}
	return text.New("body.txt.tmpl").Funcs(funcs).ParseFS(files, "body.txt.tmpl")
})

var parsedHTML = sync.OnceValues(func() (*html.Template, error) {
	funcs := html.FuncMap{"shape": shape, "outlook": outlook, "last": last, "side": side}
	return html.New("body.html.tmpl").Funcs(funcs).ParseFS(files, "body.html.tmpl")
})

// outlook is a comment that only Outlook on Windows reads, which knows no max-width;
// html/template drops comments that are written in the template itself.
func outlook(markup string) html.HTML {
	return html.HTML("<!--[if mso]>" + markup + "<![endif]-->") //nolint:gosec // constant markup of the template
}

// last tells whether i is the last index of a slice.
func last(i int, slice any) bool { return i == reflect.ValueOf(slice).Len()-1 }

// side is where the cells of a column stand.
func side(right []bool, i int) string {
	if right[i] {
		return "right"
	}
	return "left"
}
