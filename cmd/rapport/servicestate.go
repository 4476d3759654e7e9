package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rapport/reportconfig"
)

// A service keeps relative paths of state: and archive: in a directory that systemd gives it, see $STATE_DIRECTORY. It
// leaves a file there that names its configurations, by which a command in a shell finds the same ledger: a second one
// would mail everything again.
const markerName = "rapport.configurations"

// systemStateRoot is where systemd makes the state directories of system services.
const systemStateRoot = "/var/lib"

// stateDirectory is the one that systemd gave; "" in a shell.
func (p *program) stateDirectory() string {
	dir, _, _ := strings.Cut(p.getenv("STATE_DIRECTORY"), ":")
	return dir
}

// serviceDirectory finds the state directory of the service of a configuration, "" if there is none. One that may be it
// and cannot be read is an error.
func (p *program) serviceDirectory(path string) (string, error) {
	found, hidden := p.marked(path)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("%s: services keep its ledger in %s — say which: STATE_DIRECTORY=%s, and delete %s in the other",
			path, strings.Join(found, " and in "), found[0], markerName)
	case hidden != "" && !isMine(path):
		return "", fmt.Errorf("%s: the service of this file keeps its ledger in %s, which is not ours to read — run it as the user of the service: runuser -u rapport -- rapport …",
			path, hidden)
	}
	return "", nil
}

// marked finds the state directories whose services name the configuration. Hidden is one that cannot be read and has the
// name that the unit of the configuration gives it.
func (p *program) marked(path string) (found []string, hidden string) {
	config := realPath(path)
	name := strings.TrimSuffix(filepath.Base(config), filepath.Ext(config))
	for _, pattern := range []string{"rapport*", "rapport*/*", "private/rapport*", "private/rapport*/*"} {
		dirs, err := filepath.Glob(filepath.Join(p.stateRoot, pattern))
		if err != nil {
			continue // the pattern is a constant
		}
		for _, dir := range dirs {
			text, err := os.ReadFile(filepath.Join(dir, markerName))
			if errors.Is(err, fs.ErrPermission) && filepath.Base(dir) == name {
				hidden = dir
			}
			dir = realPath(dir)
			if err == nil && slices.Contains(strings.Split(string(text), "\n"), config) && !slices.Contains(found, dir) {
				found = append(found, dir)
			}
		}
	}
	return found, hidden
}

// claimState leaves the mark of the configuration in the state directory of this service. It refuses to begin a ledger
// there while the configuration has one elsewhere.
func (p *program) claimState(config *reportconfig.Config) error {
	dir := p.stateDirectory()
	inside := func(path string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	}
	if dir == "" || !inside(config.State) && !inside(config.Archive) {
		return nil
	}
	if _, err := os.Stat(config.State); errors.Is(err, fs.ErrNotExist) && inside(config.State) {
		if other := p.otherLedger(config, dir); other != "" {
			return configFault(fmt.Errorf("%s: its ledger is %s, and a new one in %s would mail everything again — move ledger and archive there, with everything stopped, or give state: and archive: whole paths",
				config.Path, other, dir))
		}
	}
	return addMark(filepath.Join(dir, markerName), realPath(config.Path))
}

// otherLedger is one that the configuration has beside itself, or in the directory of another service; "" if there is none.
func (p *program) otherLedger(config *reportconfig.Config, own string) string {
	rel, err := filepath.Rel(own, config.State)
	if err != nil {
		return ""
	}
	dirs, _ := p.marked(config.Path)
	dirs = append(dirs, filepath.Dir(realPath(config.Path)))
	for _, dir := range dirs {
		ledger := filepath.Join(dir, rel)
		if _, err := os.Stat(ledger); err == nil && dir != realPath(own) {
			return ledger
		}
	}
	return ""
}

// addMark adds a line to a file, unless it has that.
func addMark(path, line string) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &exit{exitWaiting, err}
	}
	if slices.Contains(strings.Split(string(text), "\n"), line) {
		return nil
	}
	var marked bytes.Buffer
	marked.Write(text)
	marked.WriteString(line + "\n")
	if err := os.WriteFile(path+".new", marked.Bytes(), 0o600); err != nil {
		return &exit{exitWaiting, err}
	}
	if err := os.Rename(path+".new", path); err != nil {
		return &exit{exitWaiting, err}
	}
	return nil
}

// environmentOf is the environment that a configuration's secrets are looked up in. In a shell the credentials are where
// the units take them from: in secrets/NAME beside NAME.yaml.
func (p *program) environmentOf(config *reportconfig.Config) func(string) string {
	return func(name string) string {
		value := p.getenv(name)
		if value != "" || name != "CREDENTIALS_DIRECTORY" {
			return value
		}
		path := realPath(config.Path)
		dir := filepath.Join(filepath.Dir(path), "secrets", strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return ""
		}
		return dir
	}
}
