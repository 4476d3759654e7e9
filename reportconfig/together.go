package reportconfig

// together checks what no entry can know by itself, and moves the entries into the configuration.
func (l *loader) together(m mapping) {
	_, hasMail := m.field("mail")
	_, hasSource := m.field("source")
	first := map[string]entry{}
	if v, ok := m.field("operator"); ok && l.config.Operator != nil && !hasMail {
		hasMail = true // said once is enough
		m.lacksMail("operator at " + v.where() + " gets the alarms by mail")
	}
	for _, e := range l.entries {
		l.unique(e, first)
		if hasSource && e.Data != nil {
			l.hasFile(e)
		}
		if len(e.Emails) > 0 && !hasMail {
			hasMail = true
			m.lacksMail(e.at.called() + " at " + e.emails.where() + " has emails")
		}
		l.config.Reports = append(l.config.Reports, e.Report)
	}
}

func (m mapping) lacksMail(why string) {
	missing := m.value
	missing.path = "mail"
	missing.fault("say how to send: from, and smtp or outbox", "is missing, and %s", why)
}

// unique keeps IDs apart: they name directories, and what has been sent is remembered by them.
func (l *loader) unique(e entry, first map[string]entry) {
	switch before, twice := first[e.ID]; {
	case e.ID == "":
	case !e.named && reserved(e.ID):
		e.at.fault("give it an id", "the ID that follows from its name, %q, cannot be the name of a directory on Windows", e.ID)
	case !twice:
		first[e.ID] = e
	case e.named && before.named:
		e.id.fault("each report needs its own", "%q is already the ID of %s at %s", e.ID, before.at.called(), before.id.where())
	default:
		e.at.fault("give both an id", "has the same ID, %q, as %s at %s", e.ID, before.at.called(), before.at.where())
	}
}

// hasFile makes sure that a source of files has the one e is made from.
func (l *loader) hasFile(e entry) {
	files := l.config.Source.Files
	if files == nil || *files == (Files{}) {
		return
	}
	name, path := "transactions", files.Transactions
	switch e.Data.(type) {
	case Orders:
		name, path = "orders", files.Orders
	case Wallets:
		name, path = "wallets", files.Wallets
	}
	if path == "" {
		e.dataType.fault("add source.files."+name, "%s needs a file that the source does not name", e.Data.DataType())
	}
}

// called names an entry in the message of another.
func (v value) called() string {
	if v.path == "" {
		return "the report"
	}
	return v.path
}
