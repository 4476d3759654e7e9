package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"rapport/reportconfig"
)

// load reads a configuration file and writes its warnings to stderr.
func (p *program) load(path string) (*reportconfig.Config, error) {
	stateDir := p.stateDirectory()
	if stateDir == "" {
		dir, err := p.serviceDirectory(path)
		if err != nil {
			return nil, configFault(err)
		}
		if dir != "" {
			fmt.Fprintf(p.asides(), "rapport: %s: ledger and archive are the service's, in %s\n", path, dir)
		}
		stateDir = dir
	}
	config, err := reportconfig.Load(path, stateDir)
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w — whoever runs this must be able to read it: chgrp rapport and chmod 640 where that is the user rapport of the units", err)
	}
	if err != nil {
		return nil, configFault(err)
	}
	for _, w := range config.Warnings {
		fmt.Fprintln(p.asides(), "rapport: warning: "+w.String())
	}
	return config, nil
}

// loadAll reads all configuration files; a fault of any is a fault of all.
func (p *program) loadAll(paths []string) (configs []*reportconfig.Config, err error) {
	var faults []error
	for _, path := range paths {
		config, err := p.load(path)
		if err != nil {
			faults = append(faults, errors.Unwrap(err))
			continue
		}
		configs = append(configs, config)
	}
	if faults = append(faults, conflicts(configs)...); len(faults) > 0 {
		return nil, configFault(errors.Join(faults...))
	}
	return configs, nil
}

// conflicts names each report that another configuration would take for its own: one of the
// same id in the same archive, or of the same account and id in the same ledger.
func conflicts(configs []*reportconfig.Config) (faults []error) {
	type archived struct{ archive, report string }
	type delivered struct{ ledger, account, report string }
	archives, ledgers := map[archived]string{}, map[delivered]string{} // to the path of the configuration
	for _, config := range configs {
		archive, ledger := realPath(config.Archive), realPath(config.State)
		for _, r := range config.Reports {
			a, d := archived{archive, r.ID}, delivered{ledger, config.Account, r.ID}
			if other := archives[a]; other != "" && other != config.Path {
				faults = append(faults, fmt.Errorf("%s: report %s: %s has a report of this id in the same archive %s — "+
					"give one of them another id, or the file an archive of its own", config.Path, r.ID, other, config.Archive))
			} else if other := ledgers[d]; other != "" && other != config.Path {
				faults = append(faults, fmt.Errorf("%s: report %s: %s has a report of this id and account in the same ledger %s, where they count as one — "+
					"give one of them another id, or the file a ledger of its own", config.Path, r.ID, other, config.State))
			}
			archives[a], ledgers[d] = config.Path, config.Path
		}
	}
	return faults
}

// realPath is a path without symbolic links, whether or not there is something at it yet.
func realPath(path string) string {
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
	return filepath.Join(realPath(parent), filepath.Base(path))
}
