package reportconfig

import (
	"strings"

	"rapport/internal/yamltree"
)

// Secret says where a secret is kept; it never holds the secret. One of its fields is set.
type Secret struct {
	Env        string // name of an environment variable
	File       string // absolute path
	Credential string // name of a systemd credential
}

// IsZero tells whether no secret is named.
func (s Secret) IsZero() bool { return s == Secret{} }

// String names the place, like "env DINTERO_CLIENT_SECRET". It is safe to log.
func (s Secret) String() string {
	switch {
	case s.Env != "":
		return "env " + s.Env
	case s.File != "":
		return "file " + s.File
	case s.Credential != "":
		return "credential " + s.Credential
	}
	return "none"
}

// readSecret reads where a secret is kept. Nothing of v is shown from here on: it may be the secret by mistake.
func readSecret(v yamltree.Value) Secret {
	v = v.Secret()
	if v.IsScalar() && v.Tag() != "!!null" {
		v.Fault("write {env: NAME}, {file: path} or {credential: name}", "a secret does not belong into this file (it is not shown here)")
		return Secret{}
	}
	m, ok := v.Mapping(section("secret"))
	if !ok {
		return Secret{}
	}
	kind, given, ok := m.ExactlyOne("env", "file", "credential")
	if !ok {
		return Secret{}
	}
	if kind == "file" {
		return Secret{File: given.FilePath()}
	}
	name := given.Text()
	switch {
	case name == "":
	case kind == "env" && isVariable(name):
		return Secret{Env: name}
	case kind == "env":
		given.Fault("letters, digits and _, without $", "is not the name of an environment variable (it is not shown here)")
	case name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		given.Fault("as in LoadCredential= of the systemd unit", "is not the name of a credential (it is not shown here)")
	default:
		return Secret{Credential: name}
	}
	return Secret{}
}

func isVariable(name string) bool { return consistsOf(name, alphanumeric+"_") && name[0] > '9' }
