package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"rapport/internal/servicestate"
	"rapport/reportconfig"
)

// load reads a configuration file and writes its warnings to stderr.
func (p *program) load(path string) (*reportconfig.Config, error) {
	host := p.host()
	stateDir, err := host.Find(path)
	if err != nil {
		return nil, configFault(err)
	}
	if p.besideService = host.Own == "" && stateDir != ""; p.besideService {
		fmt.Fprintf(p.asides(slog.LevelInfo), "rapport: %s: ledger and archive are the service's, in %s\n", path, stateDir)
	}
	config, err := reportconfig.Load(path, stateDir)
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w — whoever runs this must be able to read it: chgrp rapport and chmod 640 where that is the user rapport of the units", err)
	}
	if err != nil {
		return nil, configFault(err)
	}
	for _, w := range config.Warnings {
		fmt.Fprintln(p.asides(slog.LevelWarn), "rapport: warning: "+w.String())
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
		archive, ledger := servicestate.RealPath(config.Archive), servicestate.RealPath(config.State)
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

// host is where the services of this machine keep their state, and this one, if it is one.
func (p *program) host() servicestate.Host {
	own, _, _ := strings.Cut(p.getenv("STATE_DIRECTORY"), ":")
	return servicestate.Host{Root: p.stateRoot, Own: own}
}

// claimState says of a configuration whose service this is.
func (p *program) claimState(config *reportconfig.Config) error {
	err := p.host().Claim(config.Path, config.State, config.Archive)
	var conflict *servicestate.ConflictError
	switch {
	case errors.As(err, &conflict):
		return configFault(err)
	case err != nil:
		return &exit{exitWaiting, err}
	}
	return nil
}

// handOver gives what root has made in the state of a service to its user.
func (p *program) handOver(config *reportconfig.Config, filesToo bool) error {
	if !p.besideService {
		return nil
	}
	var trees []string
	if filesToo {
		trees = append(trees, config.Archive)
		if config.Mail.Outbox != "" {
			trees = append(trees, config.Mail.Outbox)
		}
	}
	return servicestate.HandOver(config.State, trees...)
}

// environmentOf is the environment that a configuration's secrets are looked up in. In a shell the credentials are where
// the units take them from; so they are for a check by ExecReload=+, which cannot see those of the daemon.
func (p *program) environmentOf(config *reportconfig.Config) func(string) string {
	return func(name string) string {
		value := p.getenv(name)
		if name != "CREDENTIALS_DIRECTORY" {
			return value
		}
		if _, err := os.Stat(value); value != "" && err == nil {
			return value
		}
		return cmp.Or(servicestate.Credentials(config.Path), value)
	}
}
