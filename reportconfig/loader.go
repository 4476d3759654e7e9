package reportconfig

import (
	"fmt"
	"time"
)

// loader fills one Config.
type loader struct {
	config   *Config
	file     string // absolute
	stateDir string
	found    *findings
	entries  []entry
}

// read reads the whole configuration, top level first, for the reports are checked against it.
func (l *loader) read(root value) {
	m, ok := root.mapping(fileSection())
	if !ok {
		return
	}
	c := l.config
	if v, ok := m.required("account", "T or P and eight digits, as in Dintero's Backoffice"); ok {
		c.Account = v.account()
	}
	c.Timezone = "Europe/Oslo"
	if v, ok := m.field("timezone"); ok {
		c.Timezone = v.zone()
	}
	if v, ok := m.field("organization"); ok {
		c.Organization = v.organization()
	}
	if v, ok := m.required("source", "say where payments come from: dintero, files or sandbox"); ok {
		c.Source = v.source(c.Account)
	}
	if v, ok := m.field("mail"); ok {
		c.Mail = v.mail()
	}
	if v, ok := m.field("operator"); ok {
		c.Operator, _ = v.address()
	}
	l.keeping(m)
	if v, ok := m.field("templates"); ok {
		c.Templates, _ = v.filePath()
	}
	if v, ok := m.field("lapse"); ok {
		c.Lapse = v.lapse()
	}
	c.Listen = defaultListen
	if v, ok := m.field("listen"); ok {
		c.Listen, c.ListenSet = v.listen(), true
	}
	c.Location, _ = time.LoadLocation(c.Timezone) // zone has reported what cannot be loaded
	l.reports(m)
}

func (v value) account() string {
	s, ok := v.strLike("T or P and eight digits, like T12345678")
	if !ok {
		return ""
	}
	if len(s) != 9 || s[0] != 'P' && s[0] != 'T' || !digits(s[1:]) {
		v.fault("T or P and eight digits, like T12345678", "%s is not an account ID", quote(s))
		return ""
	}
	return s
}

func (v value) organization() Organization {
	var o Organization
	m, ok := v.mapping(organizationSection())
	if !ok {
		return o
	}
	if v, ok := m.field("name"); ok {
		const longest = 175 // that of the register of Norwegian organizations
		o.Name = v.name(longest)
	}
	if v, ok := m.field("number"); ok {
		o.Number = v.organizationNumber()
	}
	if v, ok := m.field("logo"); ok {
		o.Logo, _ = v.filePath()
	}
	return o
}

func (v value) organizationNumber() string {
	s := v.node.Value
	if tag := v.node.ShortTag(); tag == "!!int" && digits(s) && s[0] != '0' {
		if len(s) == 9 {
			return s
		}
	} else if s, ok := v.strLike("nine digits without spaces"); !ok {
		return ""
	} else if len(s) == 9 && digits(s) {
		return s
	}
	v.fault("nine digits without spaces", "%s is not an organization number", quote(s))
	return ""
}

// name reads a text of at most limit characters.
func (v value) name(limit int) string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	if n := len([]rune(s)); n > limit {
		v.fault(fmt.Sprintf("at most %d", limit), "has %d characters", n)
		return ""
	}
	return s
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
