package reportconfig

import (
	"strings"

	"gopkg.in/yaml.v3"
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

const secretHint = "write {env: NAME}, {file: path} or {credential: name}"

// secretRef reads a reference to a secret. From here on nothing of v is shown: it may be the secret by mistake.
func (v value) secretRef() Secret {
	v.secret = true
	if v.node.Kind == yaml.ScalarNode && v.node.ShortTag() != "!!null" {
		v.fault(secretHint, "a secret does not belong into this file (it is not shown here)")
		return Secret{}
	}
	m, ok := v.mapping(secretSection())
	if !ok {
		return Secret{}
	}
	kind, given, ok := m.only("env", "file", "credential")
	if !ok {
		return Secret{}
	}
	if kind == "file" {
		path, _ := given.filePath()
		return Secret{File: path}
	}
	name, ok := given.text()
	switch {
	case !ok:
	case kind == "env" && variable(name):
		return Secret{Env: name}
	case kind == "env":
		given.fault("letters, digits and _, without $", "is not the name of an environment variable (it is not shown here)")
	case name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		given.fault("as in LoadCredential= of the systemd unit", "is not the name of a credential (it is not shown here)")
	default:
		return Secret{Credential: name}
	}
	return Secret{}
}

func variable(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && !alphanumeric(c) || i == 0 && c <= '9' {
			return false
		}
	}
	return true
}
