package webservice

import (
	"context"
	"crypto/tls"

	"rapport/internal/acmecert"
	"rapport/internal/ledger/served"
)

// A sourceKey is which certificate is asked for, and where it is shown.
type sourceKey struct{ listen, host, email string }

// sources are those of a reload until it is taken. One that was at work before goes on: it renews its certificate by itself.
type sources struct {
	service *Service
	used    map[sourceKey]*acmecert.Source
	caches  map[sourceKey]acmecert.Cache
}

func newSources(s *Service) sources {
	return sources{s, map[sourceKey]*acmecert.Source{}, map[sourceKey]acmecert.Cache{}}
}

// certificate is how an address proves who it is: by that of files, or by what an authority gives; nil without TLS.
// The ledger of the first configuration keeps what the authority gave, for all machines that share it.
func (n sources) certificate(w Worker, ofFiles *tls.Certificate) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t := w.Config.Web.TLS
	switch {
	case t == nil:
		return nil
	case t.ACME == "":
		return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return ofFiles, nil }
	}
	key := sourceKey{w.Config.Web.Listen, t.ACME, t.Email}
	source := n.service.sources[key]
	if source == nil {
		c := n.service.Authority
		c.Host, c.Email, c.Now, c.Log = t.ACME, t.Email, n.service.Now, n.service.Log
		source = acmecert.New(c)
	}
	n.used[key], n.caches[key] = source, certificateCache{w}
	return source.Certificate
}

// replace has those of now at work, and stops the others.
func (n sources) replace() {
	for key, source := range n.service.sources {
		if n.used[key] == nil {
			source.Use(nil)
		}
	}
	for key, source := range n.used {
		source.Use(n.caches[key])
	}
	n.service.sources = n.used
}

// certificateCache keeps certificates and their keys in a worker's ledger, beside the keys that sign.
type certificateCache struct{ w Worker }

func (c certificateCache) Certificate(ctx context.Context, name string) (data []byte, err error) {
	err = useOf(c.w)(func() error {
		data, err = served.Of(c.w.Ledger.Ledger).Certificate(ctx, name)
		return err
	})
	return data, err
}

func (c certificateCache) KeepCertificate(ctx context.Context, name string, data []byte) error {
	return useOf(c.w)(func() error { return served.Of(c.w.Ledger.Ledger).KeepCertificate(ctx, name, data) })
}
