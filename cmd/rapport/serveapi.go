package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"rapport/internal/access"
	"rapport/internal/ledger/served"
	"rapport/internal/secrets"
	"rapport/internal/status"
	"rapport/internal/webpage"
	"rapport/internal/webservice"
)

// randomBytes are 32 that nobody can guess.
func randomBytes() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return b
}

func signInCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "sign-in CONFIG", Short: "Prints a link that signs in to the pages, once, within ten minutes", Args: oneConfig,
		Long: `Prints a link to the pages of a configuration with web:. Whoever opens it within ten minutes
is signed in, once. It needs the ledger, so it is made on the machine of the daemon.`,
		Example: `  rapport sign-in shop.yaml`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			config, err := p.load(args[0])
			if err != nil {
				return err
			}
			if config.Web == nil {
				return usage("sign-in: %s has no web: block, so there are no pages", config.Path)
			}
			if _, port, _ := net.SplitHostPort(config.Web.Listen); port == "0" && config.Web.URL == "" {
				return usage("sign-in: web.listen of %s is any free port, and there is no web.url: nobody knows where the pages are", config.Path)
			}
			l, err := p.openLedger(cmd.Context(), config, true)
			if errors.Is(err, fs.ErrNotExist) {
				return usage("sign-in: there is no ledger %s yet: start rapport serve first", ledgerName(config))
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close(), p.handOver(config, false)) }()
			by := served.Actor{Name: shellUser(p.getenv), Via: served.ViaShell}
			path, err := webpage.MakeLink(cmd.Context(), l, config.Account, by, randomBytes(), p.now())
			if err != nil {
				return ledgerFault(config, err)
			}
			_, err = fmt.Fprintln(p.stdout, webservice.PublicURL(config.Web, status.DialAddress(config.Web.Listen))+path)
			return err
		},
		ValidArgsFunction: completeConfigs,
	}
}

func clientCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "client", Short: "Makes a secret for a program that uses the API", Args: noArgs,
		Long: `Prints a secret that nobody can guess, for a client under web.clients: put it into a file
or a credential, and its place into the configuration. It is not kept anywhere else.`,
		Example: `  rapport client > bi.secret && chmod 600 bi.secret`,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, strings.TrimRight(base64.RawURLEncoding.EncodeToString(randomBytes()), "="))
			return err
		},
	}
}

func passwordCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "password", Short: "Makes the hash of a password for a person who uses the pages", Args: noArgs,
		Long: `Asks for a password, or reads it from standard input, and prints its hash (Argon2id), for
web.users: put it into a file or a credential, and its place into the configuration. Nothing
is kept of the password.`,
		Example: `  rapport password > kari.hash && chmod 600 kari.hash`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := access.ReadPassword(cmd.InOrStdin(), p.stderr)
			if err == nil {
				password, err = secrets.Checked("the password", password)
			}
			if err != nil {
				return usage("password: %w", err)
			}
			_, err = fmt.Fprintln(p.stdout, access.NewHash(password, randomBytes()))
			return err
		},
	}
}

func keysCommand(p *program) *cobra.Command {
	renew := false
	cmd := &cobra.Command{
		Use: "keys CONFIG --renew", Short: "Ends all access tokens and links to files that the API gave", Args: oneConfig,
		Long: `Forgets the keys that sign access tokens and links to files; new ones are made when they
are needed. A daemon at work uses the old ones until it reads its configuration again: send
it SIGHUP.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if !renew {
				return usage("keys: say --renew")
			}
			config, err := p.load(args[0])
			if err != nil {
				return err
			}
			l, err := p.openLedger(cmd.Context(), config, true)
			if errors.Is(err, fs.ErrNotExist) {
				return usage("keys: there is no ledger %s yet", ledgerName(config))
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close(), p.handOver(config, false)) }()
			act := served.Act{At: p.now(), Account: config.Account, Actor: served.Actor{Name: shellUser(p.getenv), Via: served.ViaShell}, Action: "renew", Object: "keys"}
			if err := served.Of(l).RenewKeys(cmd.Context(), act); err != nil {
				return ledgerFault(config, err)
			}
			_, err = fmt.Fprintln(p.stdout, "all access tokens and links to files have ended")
			return err
		},
		ValidArgsFunction: completeConfigs,
	}
	cmd.Flags().BoolVar(&renew, "renew", false, "make new keys")
	return cmd
}

// shellUser is who sits at the shell.
func shellUser(getenv func(string) string) string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if u := getenv(name); u != "" {
			return u
		}
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
