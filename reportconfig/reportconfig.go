// Package reportconfig reads what a user writes: one YAML or JSON file for each account, which says where payments come
// from, who gets which report of them, and when. README shows such a file; schema.json lists every key, its default and
// the words it may say. Each entry of reports is Dintero's own report configuration with keys of ours.
//
// All faults are found in one go, each with its file, line, column and path. Unknown and duplicate keys, wrong types,
// merge keys and second documents are faults, and a secret is never repeated. The package refuses to read anything but
// configuration files: no secret, no logo, no payment.
package reportconfig

import (
	"fmt"
	"path/filepath"
	"time"

	"rapport/internal/yamltree"
)

// Config is one configuration, found to be without faults. All paths in it are absolute.
type Config struct {
	Path         string // as given to Load
	Account      string // P or T and eight digits
	Timezone     string // IANA name
	Location     *time.Location
	Organization Organization
	Source       Source
	Mail         Mail // zero if there is none, then no report has Emails
	Operator     Operator
	State        string        // the file of the ledger; with a Database a directory of this machine's own
	Database     *Database     // that holds the ledger; nil: a file does
	Archive      string        // a directory; with an ObjectStore that of trials alone
	ObjectStore  *ObjectStore  // that holds the archive; nil: a directory does
	Catchup      time.Duration // how far back missed periods are made, in whole days of 24 hours
	Retention    time.Duration // how long archive and ledger are kept, in whole days of 24 hours; never less than Catchup
	Listen       string        // host:port of health and metrics; an empty host is all addresses, port 0 any free one
	ListenSet    bool          // the file says Listen
	Web          *Web          // where the API and the pages are served; nil: nowhere
	Templates    string        // directory of mail templates that replace the built-in ones; "" when not given
	Lapse        []LapseLimit  // in the order of the file; they replace the defaults
	Reports      []Report      // those of the file first, then the included ones in the order they are named
	Warnings     Problems
}

// Organization is printed on every report. Each of its fields may be "".
type Organization struct{ Name, Number, Logo string }

// Problem is one fault of a configuration, or one warning about it, with the place it stands at.
type Problem = yamltree.Problem

// Problems are all faults of a configuration, sorted by file, line and column. It is the error of Load.
type Problems = yamltree.Problems

// Load reads the configuration at path and the files it includes. A relative archive or state is kept in stateDir, if
// that is not "". The error is Problems, or wraps that of the file system when path cannot be read.
func Load(path, stateDir string) (*Config, error) {
	l, err := load(path, stateDir)
	if err != nil {
		return nil, err
	}
	if faults := l.findings.Faults(); len(faults) > 0 {
		return nil, faults
	}
	l.config.Warnings = l.findings.Warnings()
	return l.config, nil
}

// Peek reads account, state and reports of a configuration that may have faults. An error says
// that it is not known which reports it has, or where.
func Peek(path, stateDir string) (*Config, error) {
	l, err := load(path, stateDir)
	if err == nil && (l.incomplete || l.config.Account == "" || l.config.State == "") {
		err = l.findings.Faults()
	}
	if err != nil {
		return nil, err
	}
	return l.config, nil
}

func load(path, stateDir string) (*loader, error) {
	data, err := yamltree.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if stateDir != "" {
		if stateDir, err = filepath.Abs(stateDir); err != nil {
			return nil, fmt.Errorf("state directory %s: %w", stateDir, err)
		}
	}
	l := &loader{config: &Config{Path: path}, file: abs, stateDir: stateDir}
	if root, ok := l.parse(path, filepath.Dir(abs), data, false); ok {
		l.read(root)
	}
	return l, nil
}
