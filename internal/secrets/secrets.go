// Package secrets reads the secrets that a configuration names: from the environment, from files and
// from systemd's credentials. It refuses what no server would take for a password, shows nothing of it, and keeps none.
package secrets

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"rapport/internal/regularfile"
	"rapport/reportconfig"
)

// A Source is where secrets are looked up.
type Source struct {
	Getenv func(string) string
}

// Reader gives a function that reads the secret anew on each call, so that a rotated one is
// found.
func (s Source) Reader(secret reportconfig.Secret) func() (string, error) {
	return func() (string, error) { return s.Read(secret) }
}

// Read reads a secret.
func (s Source) Read(secret reportconfig.Secret) (string, error) {
	path := secret.File
	switch {
	case secret.Env != "":
		value := s.Getenv(secret.Env)
		if value == "" {
			return "", fmt.Errorf("the environment variable %s is not set", secret.Env)
		}
		return Checked("the environment variable "+secret.Env, value)
	case secret.Credential != "":
		dir := s.Getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return "", fmt.Errorf("credential %s: $CREDENTIALS_DIRECTORY is not set — is LoadCredential=%s in the unit?", secret.Credential, secret.Credential)
		}
		path = filepath.Join(dir, secret.Credential)
	}
	data, err := regularfile.Read(path, maxSecret)
	if err != nil {
		return "", err
	}
	return Checked(path, string(data))
}

// maxSecret is how many bytes of a file are read at most; more is not what it should be.
const maxSecret = 64 << 10

// Checked is a secret without the line ends that an editor leaves behind it. What no
// server would take for a password is a fault that names the place and shows nothing; a
// blank may well belong to it.
func Checked(place, text string) (string, error) {
	value, fault := strings.TrimRight(text, "\r\n"), ""
	switch {
	case strings.HasPrefix(value, "\ufeff"):
		fault = "begins with a byte order mark — save it as UTF-8 without BOM"
	case strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || strings.Contains(value, "\x00"):
		fault = "is UTF-16 or binary — save it as UTF-8 or ASCII"
	case strings.TrimSpace(value) == "":
		fault = "holds no secret"
	case strings.ContainsAny(value, "\r\n"):
		fault = "holds more than one line — leave the secret alone in it"
	case strings.ContainsFunc(value, unicode.IsControl):
		fault = "holds a control character"
	}
	if fault != "" {
		return "", fmt.Errorf("%s: %s", place, fault)
	}
	return value, nil
}
