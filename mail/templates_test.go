package mail_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rapport/mail"
)

// directory is a new directory with these files.
func directory(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func loaded(t *testing.T, files map[string]string) *mail.Templates {
	t.Helper()
	look, err := mail.LoadTemplates(directory(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return look
}

func TestACopyOfOursLooksAsOurs(t *testing.T) {
	ours := map[string]string{}
	for _, name := range []string{"body.txt.tmpl", "body.html.tmpl"} {
		source, err := os.ReadFile(filepath.Join("..", "templates", name))
		if err != nil {
			t.Fatal(err)
		}
		ours[name] = strings.ReplaceAll(string(source), "\n", "\r\n") // as an editor on Windows keeps it
	}
	look := loaded(t, ours)
	for name, m := range everything(t) {
		want := compose(t, m)
		m.Templates = look
		if got := compose(t, m); !bytes.Equal(got.Bytes(), want.Bytes()) || got.TemplateError != nil {
			t.Errorf("%s differs, %v", name, got.TemplateError)
		}
	}
}

func TestOneTemplateAloneLeavesTheOtherAsOurs(t *testing.T) {
	m := daily()
	ours := parse(t, compose(t, m).Bytes())
	m.Templates = loaded(t, map[string]string{"body.txt.tmpl": "Hei! {{.Title}}\n"})
	if got := parse(t, compose(t, m).Bytes()); strings.TrimSpace(string(got.text)) != "Hei! Dagsoppgjør Oslo" || !bytes.Equal(got.html, ours.html) {
		t.Errorf("text %q, or the HTML is not ours", got.text)
	}
	m.Templates = loaded(t, map[string]string{"body.html.tmpl": "<p>{{.Title}}</p>"})
	if got := parse(t, compose(t, m).Bytes()); string(got.html) != "<p>Dagsoppgjør Oslo</p>" || !bytes.Equal(got.text, ours.text) {
		t.Errorf("HTML %q, or the text is not ours", got.html)
	}
}

func TestWhatATemplateShowsIsEscaped(t *testing.T) {
	m := kinds(t)["orders-en-hostile"]
	m.Templates = loaded(t, map[string]string{"body.html.tmpl": `<h1 title="{{.Title}}">{{.Organization}}</h1><style>p{color:{{.Title}}}</style>` +
		`<a href="{{.Title}}">{{range .Headlines}}{{.Label}}{{end}}</a><!-- {{.Title}} -->{{outlook 600}}{{.Check.Text}}{{endoutlook}}`})
	html := string(compose(t, m).HTML)
	for _, attack := range []string{"<script", "<img", `"'>`, "{{"} {
		if strings.Contains(strings.ReplaceAll(html, "{{.}}", ""), attack) {
			t.Errorf("%s is in %s", attack, html)
		}
	}
}

// What a sample did not show is found on a report that cannot wait.
func TestATemplateThatFailsOnAReportGivesWayToOurs(t *testing.T) {
	m := daily()
	want := compose(t, m)
	for name, source := range map[string]string{
		"a field":        `<p>{{if eq .Title "Dagsoppgjør Oslo"}}{{.Nothing}}{{end}}</p>`,
		"an index":       `<p>{{if .Facts}}{{if ne (len .Facts) 1}}{{index .Facts 99}}{{end}}{{end}}</p>`,
		"too long":       `<p>{{if eq .Title "Dagsoppgjør Oslo"}}{{range 1000000}}0123456789{{end}}{{end}}</p>`,
		"without an end": `<p>{{if eq .Title "Dagsoppgjør Oslo"}}{{template "p" .}}{{end}}</p>{{define "p"}}{{template "p" .}}{{end}}`,
	} {
		m.Templates = loaded(t, map[string]string{"body.html.tmpl": source})
		got := compose(t, m)
		if got.TemplateError == nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s: error %v, or the message is not as ours", name, got.TemplateError)
		}
	}
}

// A template with a picture in it is longer than Gmail shows: cutting tables is no help.
func TestALongTemplateCostsNoRows(t *testing.T) {
	m := monthly()
	m.Templates = loaded(t, map[string]string{"body.html.tmpl": strings.Repeat("<i></i>", 20_000) + "{{range .Tables}}{{range .Rows}}{{index . 0}} {{end}}{{end}}"})
	if got := parse(t, compose(t, m).Bytes()); !bytes.Contains(got.html, []byte("NOK SEK EUR JPY")) || bytes.Contains(got.text, []byte(" more")) {
		t.Errorf("rows are left out: %.500s", got.text)
	}
}

func TestWhatIsWrongWithATemplateIsToldBeforeAReportIsDue(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"body.txt.tmpl:2:3: {{.Tittel}}: can't evaluate field Tittel — there are": {"body.txt.tmpl": "a\n {{.Tittel}}"},
		"can't evaluate field Sum — there are Label, Amount, Change, Parts":       {"body.html.tmpl": "{{range .Headlines}}{{.Sum}}{{end}}"},
		"body.html.tmpl:1: unclosed action":                                       {"body.html.tmpl": "{{.Title"},
		`body.html.tmpl:1: function "readFile" not defined`:                       {"body.html.tmpl": `{{readFile "/etc/passwd"}}`},
		"error calling index: reflect: slice index out of range":                  {"body.txt.tmpl": "{{(index .Headlines 0).Amount}}"},
		"body.html.tmpl:1:8: {{if}} branches end in different contexts":           {"body.html.tmpl": `<p>{{if .Title}}<a href="{{else}}b{{end}}`},
		"body.html.tmpl: ends in a non-text context":                              {"body.html.tmpl": `<p title="{{.Title}}`},
		"body.txt.tmpl: writes nothing":                                           {"body.txt.tmpl": "{{if eq .Title \"x\"}}y{{end}} \n"},
		"body.txt.tmpl: is not text in UTF-8":                                     {"body.txt.tmpl": "Bl\xe5b\xe6r"},
		"body.txt.tmpl: is larger than 256 KiB":                                   {"body.txt.tmpl": strings.Repeat("x", 256<<10+1)},
		"writes more than 4 MiB":                                                  {"body.txt.tmpl": "{{range 1000000}}0123456789{{end}}"},
		"does not end, or takes far too long":                                     {"body.txt.tmpl": `{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`},
		`body.html.tmpl:1:10: {{"--><script>"}}: expected integer`:                {"body.html.tmpl": `{{outlook "--><script>"}}`},
		"has neither body.txt.tmpl nor body.html.tmpl":                            {"Body.txt.tmpl": "x", "body.html": "x"},
	} {
		_, err := mail.LoadTemplates(directory(t, files))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v:\n got %v\nwant %s", slices.Collect(maps.Keys(files)), err, want)
		}
	}
	if _, err := mail.LoadTemplates(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("a directory that is not there was read")
	}
}

func TestFilesThatAreNoTemplatesAreNamed(t *testing.T) {
	look := loaded(t, map[string]string{"body.txt.tmpl": "x", "body.txt.tmpl~": "", "README.md": "", ".git": ""})
	if want := []string{"README.md", "body.txt.tmpl~"}; !slices.Equal(look.Unknown, want) {
		t.Errorf("unknown files %q, want %q", look.Unknown, want)
	}
}
