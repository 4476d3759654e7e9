package reportconfig

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// entry is a report as it was read, with the places its faults are told at.
type entry struct {
	Report
	at       value // the whole entry
	id       value // its id, if it has one
	named    bool  // it has one
	dataType value
	emails   value // meaningful if there are Emails
}

// reports reads the entries of the file and of what it includes, and then looks at them together.
func (l *loader) reports(m mapping) {
	given := false
	if v, ok := m.field("reports"); ok {
		items, ok := v.list()
		given = !ok || len(items) > 0
		l.entries = slices.Grow(l.entries, len(items))
		for _, item := range items {
			l.report(item)
		}
	}
	if v, ok := m.field("include"); ok {
		given = l.include(v) || given
	}
	if !given {
		l.none(m)
	}
	l.together(m)
}

// none reports that there is no report, where one was most likely meant to come from.
func (l *loader) none(m mapping) {
	if v, ok := m.field("include"); ok && len(v.node.Content) > 0 {
		v.fault("is the directory right?", "there is no report: no file matches")
		return
	}
	at, ok := m.field("reports")
	if !ok {
		at = m.value
		at.path = "reports"
	}
	at.fault("put one under reports, or name its file under include", "there is no report")
}

// report reads one entry.
func (l *loader) report(v value) {
	if v.path == "" && v.node.Kind == yaml.SequenceNode {
		v.fault("give each report a file of its own", "must be one report, is a list")
		return
	}
	m, ok := v.mapping(reportSection())
	if !ok {
		return
	}
	e := entry{at: v, Report: Report{At: TimeOfDay{Hour: 6}}}
	var kind DataType
	if v, ok := m.required("dataType", oneOf(dataTypes())); ok {
		e.dataType = v
		kind, _ = choose(v, dataTypes(), nil)
	}
	offer := kind.offer()
	if v, ok := m.required("schedule", oneOf(offer.schedules)); ok {
		e.Schedule = v.schedule(kind, offer)
	}
	if v, ok := m.required("language", "no or en"); ok {
		e.Language = v.language()
	}
	e.ContentTypes = contentTypes(m, kind, offer)
	e.Data = data(m, kind)
	if v, ok := m.field("name"); ok {
		const longest = 64 // Dintero's limit
		e.Name = v.name(longest)
	}
	if v, ok := m.field("emails"); ok {
		e.emails, e.Emails = v, v.emails()
	}
	if v, ok := m.field("at"); ok {
		e.At = v.timeOfDay()
	}
	e.outcomes(m)
	e.forms(m, kind, offer)
	e.answers(m, kind)
	if v, ok := m.field("accountId"); ok {
		l.sameAccount(v)
	}
	e.id, e.named = m.field("id")
	if e.named {
		e.ID, _ = e.id.id()
	} else {
		e.ID = e.defaultID(m, kind)
	}
	l.entries = append(l.entries, e)
}

// outcomes reads what becomes of an empty period and of a mail whose fate is unknown, and who is told how it goes.
func (e *entry) outcomes(m mapping) {
	if v, ok := m.field("empty"); ok {
		s, _ := choose(v, []string{"send", "skip"}, nil)
		e.SkipEmpty = s == "skip"
	}
	if v, ok := m.field("uncertain"); ok {
		s, _ := choose(v, []string{"resend", "hold"}, nil)
		e.HoldUncertain = s == "hold"
	}
	if v, ok := m.field("ping"); ok {
		e.Ping = v.ping()
	}
}

// forms reads which CSV the report is written as, and which of its files a mail carries.
func (e *entry) forms(m mapping, kind DataType, offer offer) {
	if v, ok := m.field("csv"); ok {
		s, _ := choose(v, []string{"local", "machine"}, nil)
		e.MachineCSV = s == "machine"
	}
	v, ok := m.field("attach")
	if !ok {
		return
	}
	s, _ := choose(v, []string{"all", "voucher"}, nil)
	e.Voucher = s == "voucher"
	switch {
	case !e.Voucher:
	case !slices.Contains(offer.contentTypes, PDF):
		v.fault("leave it out", "a voucher is a PDF, and %s has none", kind)
	case len(e.ContentTypes) > 0 && !slices.Contains(e.ContentTypes, PDF): // none: they have faults of their own
		v.fault("add "+string(PDF)+" to contentTypes, or leave attach out", "a voucher is a PDF, and contentTypes has none")
	}
}

// answers reads what a mail says before it is opened, and what becomes of figures that are not Dintero's.
func (e *entry) answers(m mapping, kind DataType) {
	if v, ok := m.field("subject"); ok {
		s, _ := choose(v, []string{"answer", "plain"}, nil)
		e.PlainSubject = s == "plain"
	}
	e.Reconcile = ReconcileOff
	if kind == CheckoutTransactions {
		e.Reconcile = ReconcileWarn
	}
	v, ok := m.field("reconcile")
	if !ok {
		return
	}
	if v.node.ShortTag() == "!!bool" {
		v.fault(`write "off" in quotes`, "must be warn, hold or off, is the boolean %s: some YAML writers turn a plain off into false", escape(v.node.Value, maxShown))
		return
	}
	r, ok := choose(v, []Reconcile{ReconcileWarn, ReconcileHold, ReconcileOff}, nil)
	if ok && r != ReconcileOff && kind != CheckoutTransactions && kind != "" {
		v.fault("leave it out", "%s is not possible for %s: Dintero has no figures to compare with", r, kind)
		return
	}
	e.Reconcile = r
}

// defaultID is what an entry without an id is called: after its name, else after what it is and when it comes.
func (e entry) defaultID(m mapping, kind DataType) string {
	_, hasName := m.field("name")
	switch slug := Slug(e.Name); {
	case slug != "":
		return slug
	case hasName && e.Name == "", kind == "", e.Schedule == "":
		return "" // there is a fault already
	}
	return Slug(string(kind) + "-" + string(e.Schedule))
}

// sameAccount refuses an entry that was exported from another account.
func (l *loader) sameAccount(v value) {
	s, ok := v.str()
	if ok && l.config.Account != "" && s != l.config.Account {
		v.fault("one file holds the reports of one account", "%s is not the account of this configuration, %s", quote(s), l.config.Account)
	}
}

func (v value) schedule(kind DataType, offer offer) Schedule {
	everywhere := DataType("").offer().schedules
	if s := Schedule(v.node.Value); kind != "" && v.node.ShortTag() == "!!str" && slices.Contains(everywhere, s) && !slices.Contains(offer.schedules, s) {
		v.fault(oneOf(offer.schedules), "%s is not possible for %s", quote(string(s)), kind)
		return ""
	}
	s, _ := choose(v, offer.schedules, nil)
	return s
}

func (v value) language() Language {
	if v.node.ShortTag() == "!!bool" {
		v.fault(`write "no" in quotes`, "must be no or en, is the boolean %s: some YAML writers turn a plain no into false", escape(v.node.Value, maxShown))
		return ""
	}
	l, _ := choose(v, []Language{Norwegian, English}, func(s string) string {
		switch fold(s) {
		case "nb", "nbno", "nn", "nnno", "nor", "nob", "nno", "norsk", "bokmål", "norwegian", "nono":
			return "no"
		case "engb", "enus", "eng", "engelsk", "english":
			return "en"
		}
		return ""
	})
	return l
}

// contentTypes reads the forms of a report; without any it gets the first that its data type offers.
func contentTypes(m mapping, kind DataType, offer offer) []ContentType {
	byDefault := offer.contentTypes[:1]
	v, ok := m.field("contentTypes")
	if !ok {
		return byDefault
	}
	items, ok := v.list()
	if !ok || len(items) == 0 {
		return byDefault
	}
	var types []ContentType
	for _, item := range items {
		t, ok := choose(item, []ContentType{PDF, CSV}, nil)
		switch {
		case !ok:
		case !slices.Contains(offer.contentTypes, t):
			item.fault(oneOf(offer.contentTypes), "%s is not possible for %s", quote(string(t)), kind)
		case slices.Contains(types, t):
			item.fault("keep one of them", "%s is asked for twice", quote(string(t)))
		default:
			types = append(types, t)
		}
	}
	return types
}

// timeOfDay reads HH:MM.
func (v value) timeOfDay() TimeOfDay {
	s, ok := v.strLike(`like "06:30"`)
	if !ok {
		return TimeOfDay{}
	}
	hour, minute, _ := strings.Cut(s, ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	switch {
	case len(hour) != 2 || len(minute) != 2 || !digits(hour) || !digits(minute):
		v.fault(`hours and minutes in two digits each, like "06:30"`, "%s is not a time of day", quote(s))
	case h > 23 || m > 59:
		v.fault("from 00:00 to 23:59", "%s is not a time of day", quote(s))
	default:
		return TimeOfDay{Hour: h, Minute: m}
	}
	return TimeOfDay{}
}
