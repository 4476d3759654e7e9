package reportconfig

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/calendar"
	"rapport/internal/slug"
	"rapport/internal/yamltree"
)

// Entry is one report configuration as it was read, with the places where problems with it are told.
type Entry struct {
	Report
	place    yamltree.Value // the whole entry
	id       yamltree.Value // meaningful if it hasID
	hasID    bool
	was      yamltree.Value // meaningful if there is Was
	dataType yamltree.Value // meaningful if there is Data
	emails   yamltree.Value // meaningful if there are Emails
	voucher  yamltree.Value // meaningful if there is a VoucherFile
}

// ReadEntry reads one report configuration of an account: Dintero's own fields and ours. v is an entry of reports, or
// all of a file or a body that holds nothing else. Faults and warnings go to the findings of v's document, with their
// line, column and path. It returns false if v is no report configuration at all; else a faulty one may lack anything.
func ReadEntry(v yamltree.Value, account string) (Entry, bool) {
	if v.Path() == "" && v.IsList() {
		v.Fault("give each report a file of its own", "must be one report, is a list")
		return Entry{}, false
	}
	m, ok := v.Mapping(section("report"))
	if !ok {
		return Entry{}, false
	}
	e := Entry{place: v}
	var kind DataType
	if v, ok := m.Required("dataType", yamltree.OneOf(m.Enum("dataType"))); ok {
		e.dataType = v
		kind = DataType(m.Choice("dataType"))
	}
	offer := offerOf(kind)
	if v, ok := m.Required("schedule", yamltree.OneOf(offer.schedules)); ok {
		e.Schedule = readSchedule(v, kind, offer)
	}
	if v, ok := m.Required("language", "no or en"); ok {
		e.Language = readLanguage(v, m.Enum("language"))
	}
	e.ContentTypes = readContentTypes(m, kind, offer)
	e.Data = readData(m, kind)
	const longest = 64 // Dintero's limit
	e.Name = optional(m, "name", "", func(v yamltree.Value) string { return readName(v, longest) })
	e.emails, _ = m.Field("emails")
	e.Emails = optional(m, "emails", nil, readEmails)
	e.readOurs(m, kind, offer)
	if v, ok := m.Field("accountId"); ok {
		sameAccount(v, account)
	}
	e.id, e.hasID = m.Field("id")
	if e.hasID {
		e.ID = readID(e.id)
	} else {
		e.ID = e.defaultID(m, kind)
	}
	if e.was, ok = m.Field("was"); ok {
		e.Was = readID(e.was)
	}
	return e, true
}

// readOurs reads the keys that Dintero does not have.
func (e *Entry) readOurs(m yamltree.Mapping, kind DataType, offer offer) {
	e.At = optional(m, "at", calendar.TimeOfDay{Hour: 6}, readTimeOfDay)
	e.readTiming(m)
	e.Ping = optional(m, "ping", "", readPing)
	e.SkipEmpty = m.Choice("empty") == "skip"
	e.HoldUncertain = m.Choice("uncertain") == "hold"
	e.MachineCSV = m.Choice("csv") == "machine"
	e.PlainSubject = m.Choice("subject") == "plain"
	e.Paused = optional(m, "paused", false, yamltree.Bool)
	e.TotalsPDF = m.Choice("pdf") == "totals"
	if v, ok := m.Field("pdf"); ok && len(e.ContentTypes) > 0 && !slices.Contains(e.ContentTypes, PDF) {
		v.Fault("leave it out", "contentTypes has no PDF")
	}
	e.Voucher = m.Choice("attach") == "voucher"
	if v, ok := m.Field("attach"); ok && e.Voucher {
		switch {
		case !slices.Contains(offer.contentTypes, string(PDF)):
			v.Fault("leave it out", "a voucher is a PDF, and %s has none", kind)
		case len(e.ContentTypes) > 0 && !slices.Contains(e.ContentTypes, PDF): // none: they have faults of their own
			v.Fault("add "+string(PDF)+" to contentTypes, or leave attach out", "a voucher is a PDF, and contentTypes has none")
		}
	}
	e.Reconcile = readReconcile(m, kind)
	e.Corrections = readCorrections(m, kind)
	e.readMoney(m, kind)
	e.readSplit(m, kind)
}

// readCorrections reads who is told of closed periods that changed.
func readCorrections(m yamltree.Mapping, kind DataType) Corrections {
	byDefault := TellOperator
	if kind == OpenTransactions || kind == PayoutSettlements {
		byDefault = CorrectionsOff
	}
	v, ok := m.Field("corrections")
	if !ok || refuseBool(v, "recipients, operator or off", "off") {
		return byDefault
	}
	c := Corrections(m.Choice("corrections"))
	if c == "" || c == CorrectionsOff || byDefault == TellOperator {
		return cmp.Or(c, byDefault)
	}
	if kind == OpenTransactions {
		v.Warn("leave it out", "%s is a snapshot of what was open, and has no corrections", kind)
	} else {
		v.Warn("leave it out", "%s has no corrections: what comes late is in the next report", kind)
	}
	return byDefault
}

// readReconcile reads what becomes of figures that are not Dintero's.
func readReconcile(m yamltree.Mapping, kind DataType) Reconcile {
	byDefault := ReconcileOff
	if kind == CheckoutTransactions {
		byDefault = ReconcileWarn
	}
	v, ok := m.Field("reconcile")
	if !ok {
		return byDefault
	}
	if refuseBool(v, "warn, hold or off", "off") {
		return byDefault
	}
	r := Reconcile(m.Choice("reconcile"))
	if r != "" && r != ReconcileOff && kind != CheckoutTransactions && kind != "" {
		v.Fault("leave it out", "%s is not possible for %s: Dintero has no figures to compare with", r, kind)
	}
	return r
}

// refuseBool reports a boolean, which some YAML writers make of the word meant if it is not quoted, and tells whether v
// is one.
func refuseBool(v yamltree.Value, words, meant string) bool {
	if v.Tag() != "!!bool" {
		return false
	}
	v.Fault(`write "`+meant+`" in quotes`, "must be %s, is %s: some YAML writers turn a plain %s into false", words, v.Describe(), meant)
	return true
}

// defaultID is the ID of an entry without one: made of its name, else of its data type and schedule.
func (e Entry) defaultID(m yamltree.Mapping, kind DataType) string {
	_, hasName := m.Field("name")
	switch id := slug.Of(e.Name); {
	case id != "":
		return id
	case hasName && e.Name == "", kind == "", e.Schedule == "":
		return "" // there is a fault already
	}
	return slug.Of(string(kind) + "-" + string(e.Schedule))
}

// sameAccount refuses an entry that was exported from another account.
func sameAccount(v yamltree.Value, account string) {
	s, ok := v.Str()
	if ok && account != "" && s != account {
		v.Fault("one file holds the reports of one account", "%s is not the account of this configuration, %s", yamltree.Quote(s), account)
	}
}

func readSchedule(v yamltree.Value, kind DataType, offer offer) calendar.Schedule {
	s, anywhere := v.Raw(), offerOf("").schedules
	if kind != "" && v.Tag() == "!!str" && slices.Contains(anywhere, s) && !slices.Contains(offer.schedules, s) {
		v.Fault(yamltree.OneOf(offer.schedules), "%s is not possible for %s", yamltree.Quote(s), kind)
		return ""
	}
	return calendar.Schedule(v.Choose(offer.schedules, nil))
}

func readLanguage(v yamltree.Value, words []string) Language {
	if refuseBool(v, "no or en", "no") {
		return ""
	}
	return Language(v.Choose(words, func(s string) string {
		switch yamltree.Fold(s) {
		case "nb", "nbno", "nn", "nnno", "nor", "nob", "nno", "norsk", "bokmål", "norwegian", "nono":
			return "no"
		case "engb", "enus", "eng", "engelsk", "english":
			return "en"
		}
		return ""
	}))
}

// readContentTypes reads the forms of a report; without any it gets the first that its data type offers.
func readContentTypes(m yamltree.Mapping, kind DataType, offer offer) []ContentType {
	byDefault := []ContentType{ContentType(offer.contentTypes[0])}
	v, ok := m.Field("contentTypes")
	if !ok {
		return byDefault
	}
	items, ok := v.List()
	if !ok || len(items) == 0 {
		return byDefault
	}
	var types []ContentType
	for _, item := range items {
		t := item.Choose(m.Enum("contentTypes"), nil)
		if t == shortXLSX {
			t = string(XLSX)
		}
		switch {
		case t == "":
		case !slices.Contains(offer.contentTypes, t):
			item.Fault(yamltree.OneOf(short(offer.contentTypes)), "%s is not possible for %s", yamltree.Quote(t), kind)
		case !slices.Contains(types, ContentType(t)): // twice counts once
			types = append(types, ContentType(t))
		}
	}
	return types
}

// short is content types as people write them.
func short(types []string) []string {
	types = slices.Clone(types)
	if i := slices.Index(types, string(XLSX)); i >= 0 {
		types[i] = shortXLSX
	}
	return types
}

// readTimeOfDay reads HH:MM.
func readTimeOfDay(v yamltree.Value) calendar.TimeOfDay {
	s, ok := v.StrWithHint(`like "06:30"`)
	if !ok {
		return calendar.TimeOfDay{}
	}
	hour, minute, _ := strings.Cut(s, ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	switch {
	case len(hour) != 2 || len(minute) != 2 || !isDigits(hour) || !isDigits(minute):
		v.Fault(`hours and minutes in two digits each, like "06:30"`, "%s is not a time of day", yamltree.Quote(s))
	case h > 23 || m > 59:
		v.Fault("from 00:00 to 23:59", "%s is not a time of day", yamltree.Quote(s))
	default:
		return calendar.TimeOfDay{Hour: h, Minute: m}
	}
	return calendar.TimeOfDay{}
}
