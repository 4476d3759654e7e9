package webservice

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"testing"
	"time"

	"rapport/internal/acmecert"
	"rapport/internal/acmecert/acmetest"
	"rapport/internal/ledger"
	"rapport/internal/ledgerpool"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/internal/webserver"
	"rapport/reportconfig"
)

// TestACertificateIsAskedForOnceByAllMachines, and not again by a reload: the ledger keeps it.
func TestACertificateIsAskedForOnceByAllMachines(t *testing.T) {
	const host = "rapport.fjordfisk.example"
	shop := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	authority := acmetest.New(t, time.Now)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	pool := &ledgerpool.Pool{
		Open: func(context.Context, *reportconfig.Config, bool) (*ledger.Ledger, error) { return shop.Open(), nil },
		Key:  func(*reportconfig.Config) string { return "" }, Name: func(*reportconfig.Config) string { return "" },
	}
	config := &reportconfig.Config{Path: "shop.yaml", Account: "T12345678", Archive: shop.Archive, Location: time.UTC, Web: &reportconfig.Web{Listen: "127.0.0.1:0", TLS: &reportconfig.WebTLS{ACME: host}}}
	machine := func() *Service {
		s := &Service{Server: &webserver.Server{Log: log}, Now: shop.Clock.Now, Random: func() []byte { return make([]byte, 32) }, Agent: "rapport/test", Log: log, Authority: acmecert.Config{Directory: authority.Directory}}
		t.Cleanup(s.Stop)
		return s
	}
	load := func(s *Service) *tls.Certificate {
		t.Helper()
		plan, err := s.Plan([]*reportconfig.Config{config}, func(*reportconfig.Config) func(reportconfig.Secret) (string, error) { return nil })
		paymenttest.Must(t, err)
		ledgers, err := pool.Acquire(t.Context(), []*reportconfig.Config{config})
		paymenttest.Must(t, err)
		t.Cleanup(func() { paymenttest.Must(t, ledgers[0].Release()) })
		paymenttest.Must(t, s.Serve(t.Context(), plan, []Worker{{Engine: shop.Engine(ledgers[0].Ledger, nil), Config: config, Ledger: ledgers[0]}}))
		address := plan.listeners[addressOf(config)].Addr()
		authority.Leads(address, "")
		conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: host, RootCAs: authority.Roots})
		paymenttest.Must(t, err)
		defer func() { _ = conn.Close() }()
		return &tls.Certificate{Leaf: conn.ConnectionState().PeerCertificates[0]}
	}
	one := machine()
	first := load(one)
	source := one.sources[sourceKey{"127.0.0.1:0", host, ""}]
	for what, again := range map[string]*tls.Certificate{"a reload": load(one), "another machine": load(machine())} {
		if !again.Leaf.Equal(first.Leaf) {
			t.Errorf("%s has another certificate", what)
		}
	}
	if _, orders := authority.Asked(); orders != 1 || source == nil || one.sources[sourceKey{"127.0.0.1:0", host, ""}] != source {
		t.Errorf("%d orders, the source of the reload is the same: %v", orders, source != nil)
	}
	if got := PublicURL(config.Web, "127.0.0.1:1"); got != "https://"+host {
		t.Errorf("it is reached at %s", got)
	}
	config.Web.TLS = nil
	plan, err := one.Plan([]*reportconfig.Config{config}, func(*reportconfig.Config) func(reportconfig.Secret) (string, error) { return nil })
	paymenttest.Must(t, err)
	paymenttest.Must(t, one.Serve(t.Context(), plan, nil))
	_, err = source.Certificate(&tls.ClientHelloInfo{ServerName: host}) // of a caller that takes RSA alone: there is no such certificate yet
	if _, orders := authority.Asked(); err == nil || orders != 1 || len(one.sources) != 0 {
		t.Errorf("what left the configuration asks on: %d orders", orders)
	}
}
