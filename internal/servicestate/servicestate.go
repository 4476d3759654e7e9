// Package servicestate finds what a service under systemd keeps for a configuration: its
// ledger and archive, which a command in a shell would else begin anew and mail everything
// again. A service leaves a mark in its state directory that names its configurations. It
// refuses to guess where two services name one, and to begin a ledger beside another.
package servicestate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MarkName is the file in a state directory that names the configurations, one on a line.
const MarkName = "rapport.configurations"

// SystemRoot is where systemd makes the state directories of system services.
const SystemRoot = "/var/lib"

// A Host is where the services of this machine keep their state.
type Host struct {
	Root string // where their state directories are
	Own  string // that of this service; "" in a shell
}

// A ConflictError says that a ledger would be begun while there is another, or that it cannot be known which is meant.
type ConflictError struct{ text string }

func (e *ConflictError) Error() string { return e.text }

// Find gives the state directory that the configuration's relative paths are kept in: this service's own, in a shell that
// of the service which names the configuration; "" if there is none. One that may be it and cannot be read is an error.
func (h Host) Find(config string) (string, error) {
	if h.Own != "" {
		return h.Own, nil
	}
	found, hidden := h.marked(config)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", &ConflictError{fmt.Sprintf("%s: services keep its ledger in %s — say which: STATE_DIRECTORY=%s, and delete %s in the other",
			config, strings.Join(found, " and in "), found[0], MarkName)}
	case hidden != "" && !isMine(config):
		return "", &ConflictError{fmt.Sprintf("%s: the service of this file keeps its ledger in %s, which is not ours to read — run this as the user of the service: runuser -u rapport -- rapport …",
			config, hidden)}
	}
	return "", nil
}

// marked finds the state directories whose services name the configuration. Hidden is one that cannot be read and has the
// name that the unit of the configuration gives it.
func (h Host) marked(config string) (found []string, hidden string) {
	config = RealPath(config)
	for _, pattern := range []string{"rapport*", "rapport*/*", "private/rapport*", "private/rapport*/*"} {
		dirs, err := filepath.Glob(filepath.Join(h.Root, pattern))
		if err != nil {
			continue // the root has a character of patterns in it; services' have none
		}
		for _, dir := range dirs {
			text, err := os.ReadFile(filepath.Join(dir, MarkName))
			if errors.Is(err, fs.ErrPermission) && filepath.Base(dir) == unitName(config) {
				hidden = dir
			}
			dir = RealPath(dir)
			if err == nil && slices.Contains(strings.Split(string(text), "\n"), config) && !slices.Contains(found, dir) {
				found = append(found, dir)
			}
		}
	}
	return found, hidden
}

// unitName is the name that the units give to the configuration: shop of /etc/rapport/shop.yaml.
func unitName(config string) string {
	return strings.TrimSuffix(filepath.Base(config), filepath.Ext(config))
}

// Claim leaves the mark of a configuration that keeps its ledger or archive in this service's own state directory; others
// need none. It is a *ConflictError where a ledger would be begun there while the configuration has one elsewhere.
func (h Host) Claim(config, ledger, archive string) error {
	if h.Own == "" || !h.inside(ledger) && !h.inside(archive) {
		return nil
	}
	if _, err := os.Stat(ledger); errors.Is(err, fs.ErrNotExist) && h.inside(ledger) {
		if other := h.otherLedger(config, ledger); other != "" {
			return &ConflictError{fmt.Sprintf("%s: its ledger is %s, and a new one in %s would mail everything again — move ledger and archive there, with everything stopped, or give state: and archive: whole paths",
				config, other, h.Own)}
		}
	}
	return addLine(filepath.Join(h.Own, MarkName), RealPath(config))
}

func (h Host) inside(path string) bool {
	rel, err := filepath.Rel(h.Own, path)
	return err == nil && filepath.IsLocal(rel)
}

// otherLedger is one that the configuration has beside itself, or in the directory of another service; "" if there is none.
func (h Host) otherLedger(config, ledger string) string {
	rel, err := filepath.Rel(h.Own, ledger)
	if err != nil {
		return ""
	}
	dirs, _ := h.marked(config)
	for _, dir := range append(dirs, filepath.Dir(RealPath(config))) {
		other := filepath.Join(dir, rel)
		if _, err := os.Stat(other); err == nil && dir != RealPath(h.Own) {
			return other
		}
	}
	return ""
}

// addLine adds a line to a file, unless it has that.
func addLine(path, line string) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if slices.Contains(strings.Split(string(text), "\n"), line) {
		return nil
	}
	if err := os.WriteFile(path+".new", append(text, line+"\n"...), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Credentials is the directory that the units take the credentials of a configuration from: secrets/NAME beside NAME.yaml.
// "" if there is none.
func Credentials(config string) string {
	config = RealPath(config)
	dir := filepath.Join(filepath.Dir(config), "secrets", unitName(config))
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// RealPath is a path without symbolic links, whether or not there is something at it yet.
func RealPath(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(RealPath(parent), filepath.Base(path))
}
