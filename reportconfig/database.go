package reportconfig

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"rapport/internal/hostname"
	"rapport/internal/yamltree"
)

// Database is the PostgreSQL server that holds the ledger, instead of a file.
type Database struct {
	URL      string // postgres://user@host/database?options, without a password
	Password Secret // zero: none
}

const (
	likeDatabase = "like postgres://rapport@db.fjordfisk.no/rapport"
	// machineDir is where a machine notes what it knows of a ledger that is not its own file.
	machineDir = "rapport.machine"
)

// readDatabase reads where a ledger is that is no file; nil when v names a file. Nothing of v is shown: it may hold a
// password by mistake.
func readDatabase(v yamltree.Value) *Database {
	if !v.IsScalar() {
		v = v.Secret()
		m, ok := v.Mapping(section("database"))
		if !ok {
			return &Database{}
		}
		d := &Database{}
		if url, ok := m.Required("url", likeDatabase); ok {
			d.URL = readDatabaseURL(url.Secret())
		}
		d.Password = optional(m, "password", Secret{}, readSecret)
		return d
	}
	start := strings.ToLower(strings.TrimSpace(v.Raw()))
	if strings.HasPrefix(start, "postgres:") || strings.HasPrefix(start, "postgresql:") || strings.Contains(start, "password=") {
		return &Database{URL: readDatabaseURL(v.Secret())}
	}
	return nil
}

// databaseOptions are those that an address may have. Others could be secrets, or lead elsewhere.
func databaseOptions() []string {
	return []string{"sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "search_path", "connect_timeout", "application_name", "target_session_attrs"}
}

func readDatabaseURL(v yamltree.Value) string {
	s := v.Text()
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Opaque != "" || u.Fragment != "" {
		v.Fault(likeDatabase, "is not the address of a database (not shown, it may hold a password)")
		return ""
	}
	options, err := url.ParseQuery(u.RawQuery)
	_, withPassword := u.User.Password()
	switch {
	case err != nil:
		v.Fault(likeDatabase, "has options after ? that cannot be read (not shown)")
	case withPassword || options.Has("password"):
		v.Fault("{url: postgres://…, password: {credential: NAME}}, or {env: NAME} or {file: path}", "a password does not belong into this file (it is not shown here)")
	case u.User.Username() == "" || len(u.Path) < 2 || strings.Contains(u.Path[1:], "/"):
		v.Fault(likeDatabase, "wants a user and a database")
	default:
		return checkedDatabaseURL(v, u, options)
	}
	return ""
}

// checkedDatabaseURL refuses what an address may not ask for, and asks for a certificate on the way to another machine.
func checkedDatabaseURL(v yamltree.Value, u *url.URL, options url.Values) string {
	for name, values := range options {
		switch {
		case !slices.Contains(databaseOptions(), name):
			v.Fault("possible are "+strings.Join(databaseOptions(), ", "), "has an option that is not possible here (not shown)")
			return ""
		case len(values) > 1:
			v.Fault("keep one of them", "says %s twice", name)
			return ""
		case strings.HasPrefix(name, "ssl") && name != "sslmode" && values[0] != "system" && !filepath.IsAbs(values[0]):
			v.Fault("begin it with /", "%s is not a whole path", name)
			return ""
		}
	}
	remote := false
	for _, host := range strings.Split(u.Hostname()+","+options.Get("host"), ",") {
		remote = remote || host != "" && !strings.HasPrefix(host, "/") && !hostname.IsLoopback(host)
	}
	if mode := options.Get("sslmode"); remote && mode == "" {
		options.Set("sslmode", "verify-full")
		u.RawQuery = options.Encode()
	} else if remote && mode != "verify-full" {
		v.Fault("sslmode=verify-full, and sslrootcert=/path of the authority where the machine does not know it", "sslmode=%s would show the ledger to whoever stands in between", yamltree.Quote(mode))
		return ""
	}
	return u.String()
}
