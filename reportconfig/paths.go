package reportconfig

import (
	"cmp"
	"path"
	"path/filepath"
	"strings"

	"rapport/internal/netaddress"
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

// ObjectStore is the S3-compatible store that holds the archive, instead of a directory.
type ObjectStore struct {
	Bucket    string
	Prefix    string // of every key, without a slash at its ends; "": none
	Region    string // "": as the machine says
	Endpoint  string // "": Amazon's
	AccessKey Secret // zero: with SecretKey as the machine says
	SecretKey Secret
}

// String is the address of a store, with a slash at its end.
func (s *ObjectStore) String() string {
	_, host, _ := strings.Cut(s.Endpoint, "://")
	return "s3://" + strings.TrimPrefix(path.Join(host, s.Bucket, s.Prefix), "/") + "/"
}

// ArchiveName is how the archive is told to people: a directory, or the address of a store.
func (c *Config) ArchiveName() string {
	if c.ObjectStore != nil {
		return c.ObjectStore.String()
	}
	return c.Archive
}

const likeBucket = "like rapport-fjordfisk"

// readObjectStore reads where the archive is that is no directory; nil when v names a directory.
func readObjectStore(v yamltree.Value) *ObjectStore {
	if v.IsScalar() {
		return nil
	}
	s := &ObjectStore{}
	outer, ok := v.Mapping(section("archive_store"))
	if !ok {
		return s
	}
	inner, ok := outer.Required("s3", "{bucket: …}")
	if !ok {
		return s
	}
	m, ok := inner.Mapping(section("s3"))
	if !ok {
		return s
	}
	if bucket, ok := m.Required("bucket", likeBucket); ok {
		s.Bucket = readWord(bucket, lowerCase+digits+".-", likeBucket, "the name of a bucket")
		if b := s.Bucket; b != "" && (len(b) < 3 || len(b) > 63 || strings.Trim(b, ".-") != b) {
			bucket.Fault(likeBucket, "%s is not the name of a bucket", yamltree.Quote(b))
		}
	}
	s.Prefix = optional(m, "prefix", "", readKeyPrefix)
	s.Region = optional(m, "region", "", func(v yamltree.Value) string {
		return readWord(v, lowerCase+digits+"-", "like eu-north-1", "a region")
	})
	s.Endpoint = optional(m, "endpoint", "", netaddress.ReadPublic)
	s.AccessKey = optional(m, "access_key", Secret{}, readSecret)
	s.SecretKey = optional(m, "secret_key", Secret{}, readSecret)
	_, access := m.Field("access_key")
	_, secret := m.Field("secret_key")
	if access != secret {
		m.Value.Fault("give both, or leave both out where the machine has a role", "has one of access_key and secret_key")
	}
	return s
}

func readWord(v yamltree.Value, letters, hint, what string) string {
	s := v.Text()
	if s != "" && !consistsOf(s, letters) {
		v.Fault(hint, "%s is not %s", yamltree.Quote(s), what)
		return ""
	}
	return s
}

func readKeyPrefix(v yamltree.Value) string {
	const like = "like rapport or shops/fjordfisk"
	s := strings.TrimSuffix(readWord(v, alphanumeric+"._-/", like, "the beginning of a key"), "/")
	for part := range strings.SplitSeq(s, "/") {
		if s != "" && (part == "" || part == "." || part == "..") {
			v.Fault(like, "%s is not the beginning of a key", yamltree.Quote(s))
			return ""
		}
	}
	return s
}

// ReportIDs are the ids of the file's reports, in its order.
func (c *Config) ReportIDs() (ids []string) {
	for i := range c.Reports {
		ids = append(ids, c.Reports[i].ID)
	}
	return ids
}
