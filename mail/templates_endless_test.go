package mail_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"rapport/mail"
)

// endless are templates that hang, or take all memory, in a library that nobody can stop.
func endless() map[string]string {
	nested := strings.Repeat("{{range .Facts}}", 40) + "x" + strings.Repeat("{{end}}", 40)
	return map[string]string{
		"a loop of nothing":       `x{{range 9223372036854775807}}{{end}}`,
		"its other branch":        `x{{range 9223372036854775807}}{{if false}}y{{else}}{{end}}{{end}}`,
		"loops in loops":          `x{{range 100000}}{{range 100000}}{{range 100000}}{{end}}{{end}}{{end}}`,
		"a loop in a branch":      `x{{with 1}}{{if 1}}{{range 9223372036854775807}}{{continue}}{{end}}{{end}}{{end}}`,
		"loops that double":       nested,
		"a template that doubles": `x{{define "a"}}{{template "a"}}{{template "a"}}{{end}}{{template "a"}}`,
		"a branch of templates":   `x{{define "a"}}{{if true}}{{template "b"}}{{template "b"}}{{end}}{{end}}{{define "b"}}{{template "a"}}{{end}}{{template "a"}}`,
		"a loop in a template":    `x{{define "a"}}{{range 9223372036854775807}}{{end}}{{end}}{{template "a"}}`,
		"a loop in a block":       `x{{block "a" .}}{{range 9223372036854775807}}{{end}}{{end}}`,
		"steps given back":        `x{{range 9223372036854775807}}{{$x := _step -1000}}{{end}}`,
		"doubled by printf":       `{{$x := "0123456789"}}{{range 60}}{{$x = printf "%s%s" $x $x}}{{end}}x`,
		"doubled by print":        `{{$x := "0123456789"}}{{range 60}}{{$x = print $x $x}}{{end}}x`,
		"doubled by println":      `{{$x := "0123456789"}}{{range 60}}{{$x = println $x $x}}{{end}}x`,
		"doubled by js":           `{{$x := "\\"}}{{range 60}}{{$x = js $x}}{{end}}x`,
		"doubled by quotes":       `{{$x := "\""}}{{range 60}}{{$x = printf "%q" $x}}{{end}}x`,
		"doubled by html":         `{{$x := "<"}}{{range 60}}{{$x = html $x $x}}{{end}}x`,
		"a wide verb":             `{{range 1000}}{{$x := printf "` + strings.Repeat("%999999d", 1000) + `" 1}}{{end}}x`,
		"a width as it comes":     `{{$x := printf "` + strings.Repeat("%[1]*[2]d", 1000) + `" 999999 1}}x`,
		"the same many times":     `{{$x := printf "%999s" "a"}}{{range 60}}{{$x = printf "` + strings.Repeat("%[1]s", 2000) + `" $x}}{{end}}x`,
		"many that stay":          manyVariables(),
		"all of it in words":      `{{range 1000000}}{{$x := print $}}{{end}}x`,
	}
}

// manyVariables keeps thousands of long texts at once.
func manyVariables() string {
	var b strings.Builder
	b.WriteString(`{{$x := "0123456789"}}{{range 12}}{{$x = print $x $x}}{{end}}`)
	for i := range 8000 {
		fmt.Fprintf(&b, "{{$v%d := print $x}}", i)
	}
	return b.String() + "x"
}

// TestATemplateWithoutAnEndHasOne: at check it is refused, and on a report it gives way to ours.
func TestATemplateWithoutAnEndHasOne(t *testing.T) {
	m := daily()
	want := compose(t, m)
	within := func(name string, do func()) {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ended := make(chan struct{})
		go func() { defer close(ended); do() }()
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s: does not end", name)
		}
		runtime.ReadMemStats(&after)
		if all := (after.TotalAlloc - before.TotalAlloc) >> 20; all > 1500 {
			t.Errorf("%s: %d MB were allocated", name, all)
		}
	}
	for name, source := range endless() {
		for _, file := range []string{"body.txt.tmpl", "body.html.tmpl"} {
			within(file+": "+name, func() {
				_, err := mail.LoadTemplates(directory(t, map[string]string{file: source}))
				if err == nil || !strings.Contains(err.Error(), file) || len(err.Error()) > 1000 {
					t.Errorf("%s: %s: %v", file, name, err)
				}
			})
			if strings.Contains(source, "{{define") || strings.Contains(source, "{{block") || strings.Count(source, "range") > 30 {
				continue // is refused wherever it stands
			}
			look := loaded(t, map[string]string{file: `x{{if eq .Title "Dagsoppgjør Oslo"}}` + source + `{{end}}`})
			within(file+" on a report: "+name, func() {
				m.Templates = look
				if got := compose(t, m); got.TemplateError == nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Errorf("%s: %s: error %v, or the message is not as ours", file, name, got.TemplateError)
				}
			})
		}
	}
}
