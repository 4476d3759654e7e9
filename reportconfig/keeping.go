package reportconfig

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// oneDay is a day of catchup and retention. Periods are never counted in it.
const oneDay = 24 * time.Hour

// keeping reads where the ledger and the rendered files are, and for how long.
func (l *loader) keeping(m mapping) {
	c := l.config
	c.Archive = l.kept(m, "archive", "archive", value.filePath)
	c.State = l.kept(m, "state", "rapport.db", value.ledgerFile)
	l.apart(m)
	c.Catchup, c.Retention = 35*oneDay, 400*oneDay
	catchup, fine := m.fields["catchup"]
	if fine {
		c.Catchup, fine = catchup.days(366)
	} else {
		fine = true
	}
	v, ok := m.field("retention")
	if !ok {
		return
	}
	if c.Retention, ok = v.days(3660); ok && fine && c.Retention < c.Catchup {
		v.fault("keep reports at least as long as missed ones are made", "%s is shorter than catchup, %s", quote(v.node.Value), inDays(c.Catchup))
	}
}

// kept is the absolute path of what a key names: beside the configuration, unless systemd gave a place to keep things.
func (l *loader) kept(m mapping, key, byDefault string, read func(value) (string, bool)) string {
	base, written := m.doc.dir, byDefault
	if l.stateDir != "" {
		base = l.stateDir
	}
	if v, ok := m.field(key); ok {
		path, ok := read(v)
		if !ok || filepath.IsAbs(v.node.Value) {
			return path
		}
		written = v.node.Value
	}
	return filepath.Join(base, written)
}

// ledgerFile reads the path of the ledger. What may be the address of a database server is not repeated: such
// addresses hold passwords.
func (v value) ledgerFile() (string, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	start := strings.ToLower(strings.TrimSpace(s))
	last := filepath.ToSlash(s)
	last = last[strings.LastIndexByte(last, '/')+1:]
	switch {
	case strings.HasPrefix(start, "postgres:"), strings.HasPrefix(start, "postgresql:"), strings.Contains(s, "password="):
		v.fault("use a file, like rapport.db", "PostgreSQL is not in this version")
		return "", false
	case strings.Contains(s, "://"):
		v.fault("like rapport.db", "is an address (not shown, it may hold a password), not the path of a file")
		return "", false
	case last == "" || last == "." || last == "..":
		v.fault("add the name of the file, like rapport.db", "%s is a directory", quote(s))
		return "", false
	}
	return v.filePath()
}

// apart keeps the ledger's file from being one of the directories that are written to, or from being in the way of one.
func (l *loader) apart(m mapping) {
	c := l.config
	state, written := m.field("state")
	if c.State == "" {
		return
	}
	if c.State == l.file {
		state.fault("the ledger needs a file of its own", "is this configuration itself")
	}
	for _, dir := range []struct {
		path, name string
		at         value
	}{
		{c.Archive, "archive", m.under("archive")},
		{c.Mail.Outbox, "mail.outbox", m.under("mail").under("outbox")},
	} {
		switch {
		case dir.path != c.State && !strings.HasPrefix(dir.path, c.State+string(filepath.Separator)):
		case written:
			state.fault("give each a place of its own", "the ledger is a file, and this is where %s is", dir.name)
		default:
			dir.at.fault("give each a place of its own, or say with state where the ledger is", "is where the ledger is, rapport.db")
		}
	}
}

// days reads a whole number of days or weeks, from one day to most.
func (v value) days(most int) (time.Duration, bool) {
	const hint = "days or weeks, like 35d or 5w"
	if tag := v.node.ShortTag(); digits(v.node.Value) && (tag == "!!int" || tag == "!!str") {
		meant := hint
		if n, err := strconv.Atoi(v.node.Value); err == nil && n >= 1 && n <= most {
			meant = "write " + inDays(time.Duration(n)*oneDay)
		}
		v.fault(meant, "must say days or weeks, is %s", v.described())
		return 0, false
	}
	s, ok := v.strLike(hint)
	if !ok {
		return 0, false
	}
	number, unit := strings.TrimSuffix(s, "d"), 1
	if number == s {
		number, unit = strings.TrimSuffix(s, "w"), 7
	}
	if number == s || !digits(number) || len(number) > 1 && number[0] == '0' {
		v.fault(hint, "%s is not a number of days or weeks", quote(s))
		return 0, false
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > most/unit {
		v.fault("", "must be from 1d to %dd, is %s", most, quote(s))
		return 0, false
	}
	return time.Duration(n*unit) * oneDay, true
}

func inDays(d time.Duration) string { return strconv.Itoa(int(d/oneDay)) + "d" }
