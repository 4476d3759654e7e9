package reportconfig

import (
	"fmt"
	"time"

	"rapport/internal/yamltree"
)

// loader fills one Config.
type loader struct {
	config   *Config
	file     string // absolute
	stateDir string
	findings yamltree.Findings
	entries  []*Entry
	// incomplete: there may be reports that are not among the entries, or not by their IDs.
	incomplete bool
}

// fileHints are for what is no configuration, or, where it is included, no report.
func fileHints(included bool) yamltree.Hints {
	if included {
		return yamltree.Hints{Empty: "an included file is one report", TooLarge: "an included file is one report; is this the right file?", Second: "one file holds one report"}
	}
	return yamltree.Hints{
		Empty:    "a configuration needs account, source and reports at least",
		TooLarge: "a configuration is a few lines; is this the right file?",
		Second:   "one file holds one configuration; put more reports under reports, or into files of their own with include",
	}
}

// parse makes the tree of one file: the configuration itself or an included one.
func (l *loader) parse(name, dir string, data []byte, included bool) (yamltree.Value, bool) {
	doc := &yamltree.Document{Name: name, Dir: dir, Findings: &l.findings, Hints: fileHints(included)}
	root, ok := doc.Parse(data)
	l.incomplete = l.incomplete || !ok
	return root, ok
}

// read reads the whole configuration, top level first, because the reports are checked against it.
func (l *loader) read(root yamltree.Value) {
	m, ok := root.Mapping(section("configuration"))
	if !ok {
		l.incomplete = true
		return
	}
	c := l.config
	if v, ok := m.Required("account", "T or P and eight digits, as in Dintero's Backoffice"); ok {
		c.Account = readAccount(v)
	}
	c.Timezone = optional(m, "timezone", "Europe/Oslo", readTimezone)
	c.Organization = optional(m, "organization", Organization{}, readOrganization)
	if v, ok := m.Required("source", "say where payments come from: dintero, files or sandbox"); ok {
		c.Source = readSource(v, c.Account)
	}
	c.Mail = optional(m, "mail", Mail{}, readMail)
	c.Operator = optional(m, "operator", Operator{}, readOperator)
	c.Operator.AlarmURL = optional(m, "alarm", "", readAlarm)
	l.paths(m)
	c.Catchup, c.Retention = readKeepingTimes(m)
	c.Templates = optional(m, "templates", "", yamltree.Value.FilePath)
	c.Lapse = optional(m, "lapse", nil, readLapse)
	c.Listen = optional(m, "listen", defaultListen, readListen)
	_, c.ListenSet = m.Field("listen")
	c.Web = optional(m, "web", nil, func(v yamltree.Value) *Web { return readWeb(v, c.Listen) })
	c.Location, _ = time.LoadLocation(c.Timezone) // readTimezone has reported what cannot be loaded
	l.reports(m)
}

// optional reads the value of a key, if it is there.
func optional[T any](m yamltree.Mapping, key string, byDefault T, read func(yamltree.Value) T) T {
	if v, ok := m.Field(key); ok {
		return read(v)
	}
	return byDefault
}

// reports reads the entries of the file and of what it includes, and then checks them against each other.
func (l *loader) reports(m yamltree.Mapping) {
	given := false
	if v, ok := m.Field("reports"); ok {
		items, ok := v.List()
		given = !ok || len(items) > 0
		l.incomplete = l.incomplete || !ok
		for _, item := range items {
			l.add(item)
		}
	}
	if v, ok := m.Field("include"); ok {
		given = l.include(v) || given
	}
	if !given && l.config.Web == nil { // else they are made over HTTP
		noReports(m)
	}
	l.crossCheck(m)
	for _, e := range l.entries {
		l.config.Reports = append(l.config.Reports, e.Report)
	}
	switch o := &l.config.Operator; {
	case o.Language != "":
	case len(l.entries) > 0:
		o.Language = l.entries[0].Language
	case l.config.Web != nil:
		o.Language = Norwegian
	}
}

// add reads one entry of the configuration.
func (l *loader) add(v yamltree.Value) {
	e, ok := ReadEntry(v, l.config.Account)
	if ok {
		e.Written = yamltree.JSON(v)
		if l.config.Web != nil {
			e.Source = yamltree.Place(v)
		}
		l.entries = append(l.entries, &e)
	}
	l.incomplete = l.incomplete || !ok || e.ID == ""
}

// noReports reports that there is no report, where one was most likely meant to come from.
func noReports(m yamltree.Mapping) {
	if v, ok := m.Field("include"); ok && !v.IsEmpty() {
		v.Fault("is the directory right?", "there is no report: no file matches")
		return
	}
	at, ok := m.Field("reports")
	if !ok {
		at = m.Missing("reports")
	}
	at.Fault("put one under reports, or name its file under include", "there is no report")
}

func readAccount(v yamltree.Value) string {
	const form = "T or P and eight digits, like T12345678"
	s, ok := v.StrWithHint(form)
	if !ok {
		return ""
	}
	if len(s) != 9 || s[0] != 'P' && s[0] != 'T' || !isDigits(s[1:]) {
		v.Fault(form, "%s is not an account ID", yamltree.Quote(s))
		return ""
	}
	return s
}

func readOrganization(v yamltree.Value) Organization {
	m, ok := v.Mapping(section("organization"))
	if !ok {
		return Organization{}
	}
	const longest = 175 // the limit of the register of Norwegian organizations
	return Organization{
		Name:   optional(m, "name", "", func(v yamltree.Value) string { return readName(v, longest) }),
		Number: optional(m, "number", "", readOrganizationNumber),
		Logo:   optional(m, "logo", "", yamltree.Value.FilePath),
	}
}

func readOrganizationNumber(v yamltree.Value) string {
	s := v.Raw()
	if v.Tag() == "!!int" && isDigits(s) && s[0] != '0' {
		if len(s) == 9 {
			return s
		}
	} else if s, ok := v.StrWithHint("nine digits without spaces"); !ok {
		return ""
	} else if len(s) == 9 && isDigits(s) {
		return s
	}
	v.Fault("nine digits without spaces", "%s is not an organization number", yamltree.Quote(s))
	return ""
}

// readName reads a text of at most longest characters.
func readName(v yamltree.Value, longest int) string {
	s := v.Text()
	if n := len([]rune(s)); n > longest {
		v.Fault(fmt.Sprintf("at most %d", longest), "has %d characters", n)
		return ""
	}
	return s
}
