package reportconfig

import (
	"cmp"
	"path/filepath"
	"strings"

	"rapport/internal/yamltree"
)

// paths reads where the ledger and the rendered files are kept.
func (l *loader) paths(m yamltree.Mapping) {
	l.config.Archive = l.archivePath(m)
	l.config.State = l.ledgerPath(m)
	l.distinctPaths(m)
}

// archivePath is where the archive is, or, of one in a store, where this machine puts its trials.
func (l *loader) archivePath(m yamltree.Mapping) string {
	if v, ok := m.Field("archive"); ok {
		if l.config.ObjectStore = readObjectStore(v); l.config.ObjectStore != nil {
			return filepath.Join(cmp.Or(l.stateDir, m.Dir()), "archive")
		}
	}
	return l.keptPath(m, "archive", "archive", yamltree.Value.FilePath)
}

// ledgerPath is where the ledger is, or, of one in a database, what this machine keeps beside it.
func (l *loader) ledgerPath(m yamltree.Mapping) string {
	if v, ok := m.Field("state"); ok {
		if l.config.Database = readDatabase(v); l.config.Database != nil {
			return filepath.Join(cmp.Or(l.stateDir, m.Dir()), machineDir)
		}
	}
	return l.keptPath(m, "state", "rapport.db", readLedgerPath)
}

// keptPath is the absolute path of what a key names: beside the configuration, or in the directory that systemd gave.
func (l *loader) keptPath(m yamltree.Mapping, key, byDefault string, read func(yamltree.Value) string) string {
	base, written := cmp.Or(l.stateDir, m.Dir()), byDefault
	if v, ok := m.Field(key); ok {
		path := read(v)
		if path == "" || filepath.IsAbs(v.Raw()) {
			return path
		}
		written = v.Raw()
	}
	return filepath.Join(base, written)
}

// readLedgerPath reads the path of the ledger. What may be the address of another server is not repeated: such
// addresses hold passwords.
func readLedgerPath(v yamltree.Value) string {
	s := v.Text()
	if s == "" {
		return ""
	}
	last := filepath.ToSlash(s)
	last = last[strings.LastIndexByte(last, '/')+1:]
	switch {
	case strings.Contains(s, "://"):
		v.Fault("like rapport.db, or "+likeDatabase, "is an address (not shown, it may hold a password), not the path of a file")
		return ""
	case last == "" || last == "." || last == "..":
		v.Fault("add the name of the file, like rapport.db", "%s is a directory", yamltree.Quote(s))
		return ""
	}
	return v.FilePath()
}

// distinctPaths refuses a ledger that is a directory which is written to, or in the way of one.
func (l *loader) distinctPaths(m yamltree.Mapping) {
	c := l.config
	state, written := m.Field("state")
	if c.State == "" {
		return
	}
	if c.State == l.file {
		state.Fault("the ledger needs a file of its own", "is this configuration itself")
	}
	check := func(dir, name string, place yamltree.Value) {
		switch {
		case c.Database != nil && dir == c.State:
			place.Fault("give it another place", "is where this machine keeps what it knows of the ledger, %s", machineDir)
		case c.Database != nil:
		case dir != c.State && !strings.HasPrefix(dir, c.State+string(filepath.Separator)):
		case written:
			state.Fault("give each a place of its own", "the ledger is a file, and this is where %s is", name)
		default:
			place.Fault("give each a place of its own, or say with state where the ledger is", "is where the ledger is, rapport.db")
		}
	}
	archive, ok := m.Field("archive")
	if !ok {
		archive = m.Value
	}
	check(c.Archive, "archive", archive)
	if mail, ok := m.Field("mail"); ok && c.Mail.Outbox != "" {
		outbox, _ := mail.Child("outbox")
		check(c.Mail.Outbox, "mail.outbox", outbox)
	}
}
