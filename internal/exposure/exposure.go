// Package exposure looks at which files of a configuration others than their owner can read or
// write. It only warns: it changes no right, and refuses to read what is in them.
package exposure

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"rapport/reportconfig"
)

// Warnings warns of each secret that others than its owner can read, and of a ledger and an
// archive that anybody can read or write. Windows has no such rights.
func Warnings(config *reportconfig.Config) (warnings []string) {
	if runtime.GOOS == "windows" {
		return nil
	}
	warn := func(path string, rights fs.FileMode, what, cure string) {
		info, err := os.Stat(path)
		if path != "" && err == nil && info.Mode().Perm()&rights != 0 {
			warnings = append(warnings, fmt.Sprintf("%s: others can %s %s — chmod %s %s", path, mayDo(info.Mode().Perm()&rights), what, cure, path))
		}
	}
	const anyRight, readOrWriteByAll = 0o077, 0o006
	if d := config.Source.Dintero; d != nil {
		warn(d.ClientSecret.File, anyRight, "this secret", "600")
	}
	if s := config.Mail.SMTP; s != nil {
		warn(s.Password.File, anyRight, "this secret", "600")
	}
	if w := config.Web; w != nil {
		for _, client := range w.Clients {
			warn(client.Secret.File, anyRight, "this secret", "600")
		}
		for _, user := range w.Users {
			warn(user.Password.File, anyRight, "this hash", "600")
		}
		if w.OIDC != nil {
			warn(w.OIDC.ClientSecret.File, anyRight, "this secret", "600")
		}
		for _, hook := range w.Hooks {
			warn(hook.Secret.File, anyRight, "this secret", "600")
		}
		if w.TLS != nil {
			warn(w.TLS.Key, anyRight, "this secret", "600")
		}
	}
	if s := config.ObjectStore; s != nil {
		warn(s.AccessKey.File, anyRight, "this secret", "600")
		warn(s.SecretKey.File, anyRight, "this secret", "600")
	}
	if d := config.Database; d != nil {
		warn(d.Password.File, anyRight, "this secret", "600")
	}
	warn(config.State, readOrWriteByAll, "the ledger", "o-rwx")
	warn(config.State+"-wal", readOrWriteByAll, "the ledger", "o-rwx")
	warn(config.Archive, readOrWriteByAll, "the archive", "o-rwx")
	return warnings
}

// mayDo says what rights allow.
func mayDo(rights fs.FileMode) string {
	switch {
	case rights&0o022 == 0:
		return "read"
	case rights&0o044 == 0:
		return "write"
	}
	return "read and write"
}
