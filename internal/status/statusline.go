package status

import (
	"fmt"
	"io"
	"net"
	"rapport/reportconfig"
	"time"
)

// A Line is how a configuration is, as --json shows it.
type Line struct {
	Type    string     `json:"type"` // status
	Config  string     `json:"config"`
	Version string     `json:"version"`
	Ledger  LedgerFile `json:"ledger"`
	Archive string     `json:"archive"`
	Source  string     `json:"source"`
	Relay   string     `json:"relay"`
	Daemon  DaemonSays `json:"daemon"`
	*Status
}

// A LedgerFile is where a ledger is.
type LedgerFile struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // bytes; 0: there is none yet
}

// Write is for a person, who knows the configuration by a name.
func (s Line) Write(w io.Writer, name string, config *reportconfig.Config) error {
	fmt.Fprintf(w, "%s: %s\n\n", name, s.Sentence)
	if err := s.Status.Write(w, config.Location); err != nil {
		return err
	}
	last := func(name string, at *time.Time) string {
		if at == nil || name == "" {
			return name
		}
		return name + ", last " + at.In(config.Location).Format("2006-01-02 15:04")
	}
	ledger := s.Ledger.Path + ", not there yet"
	if s.Ledger.Size > 0 {
		ledger = fmt.Sprintf("%s, %.1f MB", s.Ledger.Path, float64(s.Ledger.Size)/1e6)
	}
	fmt.Fprintln(w)
	for _, row := range [][2]string{
		{"source", last(s.Source, s.LastRead)}, {"mail", last(s.Relay, s.LastSent)}, {"ledger", ledger}, {"archive", s.Archive},
		{"daemon", s.Daemon.String()}, {"version", s.Version},
	} {
		if row[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "  %-8s %s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}

// SourceName is where payments come from.
func SourceName(config *reportconfig.Config) string {
	switch s := config.Source; {
	case s.Dintero != nil:
		return "Dintero, " + config.Account
	case s.Files != nil:
		return "files"
	}
	return "sandbox"
}

// RelayName is where mail goes.
func RelayName(config *reportconfig.Config) string {
	if smtp := config.Mail.SMTP; smtp != nil {
		return net.JoinHostPort(smtp.Host, fmt.Sprint(smtp.Port))
	}
	return config.Mail.Outbox
}
