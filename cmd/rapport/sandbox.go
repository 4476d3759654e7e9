package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rapport/fetch/sandbox"
)

// sandboxFlags are the flags of rapport sandbox.
type sandboxFlags struct {
	listen, now string
	seed        uint64
	faults      []string
}

func sandboxCommand(p *program) *cobra.Command {
	var f sandboxFlags
	var faults strings.Builder
	for _, fault := range sandbox.Faults() {
		fmt.Fprintf(&faults, "  %-16s %s\n", fault.Name, fault.Does)
	}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serves a simulated Dintero and prints the source: block to use it",
		Long: `Serves a simulated Dintero over HTTP until it is stopped: token, transactions, key
figures, orders and gift cards. The payments follow from --seed and the day alone, so two
sandboxes of one seed hold the same; --now only hides what had not happened yet.

Faults, to see what Rapport does about them:
` + faults.String(),
		Example: `  rapport sandbox
  rapport sandbox --listen 127.0.0.1:8080 --seed 7 --fault rate-limit`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.sandbox(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:0", "`address` to listen on")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "what the payments follow from")
	cmd.Flags().StringVar(&f.now, "now", "", "stand still at this `time`, local in Oslo or RFC 3339; default: the clock")
	cmd.Flags().StringArrayVar(&f.faults, "fault", nil, "misbehave in this `way`; may be repeated")
	completeFlags(cmd, map[string]completer{"fault": completeFaults})
	return cmd
}

func (p *program) sandbox(ctx context.Context, f sandboxFlags) error {
	now := p.now
	if f.now != "" {
		oslo, err := time.LoadLocation("Europe/Oslo")
		if err != nil {
			return err
		}
		at, err := p.instant(f.now, oslo)
		if err != nil {
			return err
		}
		now = func() time.Time { return at }
	}
	simulated, err := sandbox.New(sandbox.Options{Seed: f.seed, Now: now, Faults: f.faults})
	if err != nil {
		return usage("sandbox: %v", err)
	}
	listener, err := net.Listen("tcp", f.listen)
	if errors.As(err, new(*net.AddrError)) {
		return usage("--listen %s: want host:port, like 127.0.0.1:8080: %v", f.listen, err)
	}
	if err != nil {
		return &exit{exitFailed, fmt.Errorf("sandbox: %w", err)}
	}
	server := &http.Server{Handler: simulated, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if _, err := fmt.Fprintf(p.stdout, sourceBlock, listener.Addr(), listener.Addr()); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return &exit{exitFailed, fmt.Errorf("sandbox: %w", err)}
	}
	return nil
}

// sourceBlock goes into a configuration file as it is.
const sourceBlock = `# A simulated Dintero. Any client id and secret will do: export DINTERO_CLIENT_SECRET=sandbox
source:
  dintero:
    client_id: sandbox
    client_secret: {env: DINTERO_CLIENT_SECRET}
    api_url: http://%s/v1
    checkout_url: http://%s/v1
`
