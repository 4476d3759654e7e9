package reportconfig

import (
	"net"
	"net/netip"
	"time"

	"rapport/internal/hostname"
	"rapport/internal/netaddress"
	"rapport/internal/yamltree"
)

// Web is where the API and the pages are served, and to whom.
type Web struct {
	Listen     string         // host:port; port 0 is any free one
	URL        string         // the public address, without a slash at its end; "": that of TLS.ACME, else of Listen
	TLS        *WebTLS        // nil: plain HTTP
	Proxy      []netip.Prefix // whose X-Forwarded-For and -Proto are believed
	Clients    []Client
	Users      []User
	OIDC       *OIDC         // nil: nobody signs in by another's word
	TokenLife  time.Duration // of the clients' access tokens
	Hooks      []Hook
	Recipients []string // whom reports of the API may be mailed to: addresses, or *@domain
}

// WebTLS is how the listener protects its connections: by a certificate in files, or one that an authority gives by ACME.
type WebTLS struct {
	Cert, Key string // absolute paths of PEM files
	ACME      string // the name of the host, in lower case; "": files
	Email     string // whom the authority may write to; "": nobody
}

// Client is a program that uses the API.
type Client struct {
	ID     string
	Secret Secret
	Scopes []Scope // at least one, none twice
}

// Scope is a right of a client, in Dintero's words.
type Scope string

// The scopes.
const (
	ReadInsight  Scope = "read:insight"
	WriteInsight Scope = "write:insight"
	AdminInsight Scope = "admin:insight"
	ReadReports  Scope = "read:reports"
	AdminReports Scope = "admin:reports"
)

const (
	defaultWebListen = "127.0.0.1:9798"
	defaultTokenLife = time.Hour
)

// readWeb reads where the API and the pages are served. Health and metrics are at listen, and need an address of their own.
func readWeb(v yamltree.Value, listen string) *Web {
	w := &Web{Listen: defaultWebListen, TokenLife: defaultTokenLife}
	if v.Tag() == "!!null" {
		v.Fault("write web: {}", "is empty")
		return w
	}
	m, ok := v.Mapping(section("web"))
	if !ok {
		return w
	}
	w.Listen = optional(m, "listen", defaultWebListen, netaddress.ReadListen)
	w.TLS = optional(m, "tls", nil, readWebTLS)
	w.Proxy = optional(m, "proxy", nil, netaddress.ReadNetworks)
	w.URL = optional(m, "url", "", netaddress.ReadPublic)
	w.Clients = optional(m, "clients", nil, readClients)
	w.Users = optional(m, "users", nil, readUsers)
	w.OIDC = optional(m, "oidc", nil, readOIDC)
	w.Hooks = optional(m, "hooks", nil, readHooks)
	w.TokenLife = optional(m, "token_life", defaultTokenLife, readTokenLife)
	w.Recipients = optional(m, "recipients", nil, readRecipientPatterns)
	w.checkListen(m, listen)
	return w
}

// checkListen refuses an address that others can reach without anything that keeps what is said there secret.
func (w *Web) checkListen(m yamltree.Mapping, listen string) {
	at, written := m.Field("listen")
	if !written {
		at = m.Missing("listen")
	}
	host, port, err := net.SplitHostPort(w.Listen)
	_, hasTLS := m.Field("tls")
	_, hasProxy := m.Field("proxy")
	switch {
	case err != nil: // there is a fault already
	case w.Listen == listen && port != "0":
		at.Fault("give each an address of its own", "is where health and metrics are")
	case !hostname.IsLoopback(host) && !hasTLS && !hasProxy:
		at.Fault("add tls, or proxy where another program ends TLS; "+defaultWebListen+" keeps it to this machine", "others would reach it in the clear")
	}
	if _, hasURL := m.Field("url"); !hasURL && err == nil && (w.TLS == nil || w.TLS.ACME == "") && (host == "" || isUnspecified(host)) {
		m.Missing("url").Fault("like https://rapport.example.com", "is missing, and all addresses of this machine are listened at: say how this one is reached")
	}
}

func isUnspecified(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsUnspecified()
}

func readWebTLS(v yamltree.Value) *WebTLS {
	t := &WebTLS{}
	m, ok := v.Mapping(section("tls"))
	if !ok {
		return t
	}
	if acme, ok := m.Field("acme"); ok {
		t.ACME = netaddress.ReadCertified(acme)
		for _, key := range []string{"cert", "key"} {
			if file, ok := m.Field(key); ok {
				file.Fault("keep one of them", "is a file, and acme asks an authority for the certificate")
			}
		}
		if a := optional(m, "email", nil, ReadAddress); a != nil {
			t.Email = a.Address
		}
		return t
	}
	if email, ok := m.Field("email"); ok {
		email.Fault("add acme, or take it out", "is for the authority that acme asks")
	}
	if cert, ok := m.Required("cert", "the file of the certificate, with those of its issuers"); ok {
		t.Cert = cert.FilePath()
	}
	if key, ok := m.Required("key", "the file of the certificate's key"); ok {
		t.Key = key.FilePath()
	}
	return t
}

func readTokenLife(v yamltree.Value) time.Duration {
	const hint = "minutes or hours, like 30m or 1h"
	s, ok := v.StrWithHint(hint)
	if !ok {
		return 0
	}
	unit := s[max(0, len(s)-1):]
	life, err := time.ParseDuration(s)
	switch {
	case err != nil || unit != "m" && unit != "h" || !isDigits(s[:len(s)-1]) || s[0] == '0':
		v.Fault(hint, "%s is not a number of minutes or hours", yamltree.Quote(s))
	case life < 5*time.Minute || life > 24*time.Hour:
		v.Fault("", "must be from 5m to 24h, is %s", yamltree.Quote(s))
	default:
		return life
	}
	return 0
}
