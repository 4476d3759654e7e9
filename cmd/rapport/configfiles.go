package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"rapport/internal/archivemarker"
	"rapport/internal/engine"
	"rapport/internal/secrets"
	"rapport/internal/servicestate"
	"rapport/internal/split"
	"rapport/internal/webservice"
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
		fmt.Fprintf(p.asides(slog.LevelInfo), "rapport: %s: ledger and archive are the service's, in %s\n", printable(path), stateDir)
	}
	config, err := reportconfig.Load(path, stateDir)
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w — whoever runs this must be able to read it: chgrp rapport and chmod 640 where that is the user rapport of the units", err)
	}
	if err != nil {
		if shown := printable(path); shown != path && !errors.As(err, new(reportconfig.Problems)) { // which show it so themselves
			err = errors.New(strings.ReplaceAll(err.Error(), path, shown))
		}
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
	faults = append(faults, conflicts(configs)...)
	if faults = append(faults, webservice.Conflicts(configs)...); len(faults) > 0 {
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
		archive, ledger := config.ArchiveName(), ledgerKey(config)
		if config.ObjectStore == nil {
			archive = servicestate.RealPath(archive)
		}
		for _, r := range config.Reports {
			a, d := archived{archive, r.ID}, delivered{ledger, config.Account, r.ID}
			if other := archives[a]; other != "" && other != config.Path {
				faults = append(faults, fmt.Errorf("%s: report %s: %s has a report of this id in the same archive %s — "+
					"give one of them another id, or the file an archive of its own", config.Path, r.ID, other, config.ArchiveName()))
			} else if other := ledgers[d]; other != "" && other != config.Path {
				faults = append(faults, fmt.Errorf("%s: report %s: %s has a report of this id and account in the same ledger %s, where they count as one — "+
					"give one of them another id, or the file a ledger of its own", config.Path, r.ID, other, ledgerName(config)))
			}
			archives[a], ledgers[d] = config.Path, config.Path
		}
	}
	return faults
}

// otherConfigs are what other configurations of a ledger have, as their files are now.
type otherConfigs struct {
	*program
	mu   sync.Mutex
	seen map[string]otherConfig // by path
}

type otherConfig struct {
	at     time.Time
	config *reportconfig.Config // nil: that is not known
}

// otherConfigLife is how long what was read of another file is believed: one look asks for each report.
const otherConfigLife = 2 * time.Second

// hasReport tells whether the file at a path has a report of the account of a configuration in its ledger. If the file
// cannot be read it may have.
func (o *otherConfigs) hasReport(ours *reportconfig.Config, path, id string) bool {
	theirs := o.read(path)
	if theirs == nil {
		return true
	}
	return theirs.Account == ours.Account && servicestate.RealPath(theirs.State) == servicestate.RealPath(ours.State) && split.Has(theirs.Reports, id)
}

func (o *otherConfigs) read(path string) *reportconfig.Config {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if known, ok := o.seen[path]; ok && now.Sub(known.at) < otherConfigLife {
		return known.config
	}
	var config *reportconfig.Config
	if stateDir, err := o.host().Find(path); err == nil {
		config, _ = reportconfig.Peek(path, stateDir) // nil with an error
	}
	if o.seen == nil {
		o.seen = map[string]otherConfig{}
	}
	o.seen[path] = otherConfig{now, config}
	return config
}

// host is where the services of this machine keep their state, and this one, if it is one.
func (p *program) host() servicestate.Host {
	own, _, _ := strings.Cut(p.getenv("STATE_DIRECTORY"), ":")
	return servicestate.Host{Root: p.stateRoot, Own: own}
}

// claimState says of a configuration whose service this is.
func (p *program) claimState(config *reportconfig.Config) error {
	if config.Database != nil { // what this machine keeps of it may be made anew anywhere: it is no ledger
		if err := os.MkdirAll(config.State, 0o700); err != nil {
			return &exit{exitWaiting, err}
		}
	}
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

// requireArchive refuses another archive than the ledger knows. One that cannot be looked at now
// makes its reports wait, and the operator hears.
func requireArchive(ctx context.Context, p *program, config *reportconfig.Config, c engine.Config) error {
	shared := config.Database != nil || c.Archive.Objects != nil
	fresh, err := archivemarker.Check{Ledger: c.Ledger, Archive: c.Archive, Account: config.Account, Config: c.Path, Shared: shared}.AtStart(ctx, c.Log)
	if err != nil {
		return configFault(fmt.Errorf("%s: %w", config.Path, err))
	}
	if fresh {
		return p.handOver(config, true)
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

// secretOf reads the secrets of configurations.
func secretOf(p *program) func(*reportconfig.Config) func(reportconfig.Secret) (string, error) {
	return func(config *reportconfig.Config) func(reportconfig.Secret) (string, error) {
		return secrets.Source{Getenv: p.environmentOf(config)}.Read
	}
}
