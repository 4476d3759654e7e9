package reportconfig

import (
	"net/mail"
	"net/netip"
	"strconv"
	"strings"

	"rapport/internal/yamltree"
)

// Mail says how reports are sent. Either SMTP or Outbox is set.
type Mail struct {
	From         *mail.Address
	ReplyTo      *mail.Address // nil when not given
	EnvelopeFrom string        // a bare address
	SMTP         *SMTP
	Outbox       string // absolute path of a directory
}

// SMTP is the relay that mail is handed to.
type SMTP struct {
	Host        string
	Port        int
	TLS         TLS
	Username    string // "" is no authentication
	Password    Secret
	Helo        string // "" is the name of this machine
	CA          string // absolute path of a PEM file; "" is the system's
	MaxMessage  int64  // bytes, used where the relay states no SIZE
	Connections int
}

// TLS is how the connection to a relay is protected.
type TLS string

// The ways to protect a connection. STARTTLS is required, never merely tried; NoTLS is for a relay on this machine.
const (
	STARTTLS    TLS = "starttls"
	ImplicitTLS TLS = "implicit"
	NoTLS       TLS = "none"
)

func readMail(v yamltree.Value) Mail {
	var out Mail
	m, ok := v.Mapping(section("mail"))
	if !ok {
		return out
	}
	if v, ok := m.Required("from", "the address that reports come from"); ok {
		out.From, _ = readAddress(v)
	}
	if out.From != nil {
		out.EnvelopeFrom = out.From.Address
	}
	if v, ok := m.Field("reply_to"); ok {
		out.ReplyTo, _ = readAddress(v)
	}
	if v, ok := m.Field("envelope_from"); ok {
		if a, ok := readAddress(v); ok && a.Name != "" {
			v.Fault("write "+a.Address, "is the address of an envelope and carries no name")
		} else if ok {
			out.EnvelopeFrom = a.Address
		}
	}
	m.ExactlyOne("smtp", "outbox")
	if v, ok := m.Field("smtp"); ok {
		out.SMTP = readSMTP(v)
	}
	if v, ok := m.Field("outbox"); ok {
		out.Outbox, _ = v.FilePath()
	}
	return out
}

func readSMTP(v yamltree.Value) *SMTP {
	s := &SMTP{TLS: STARTTLS, MaxMessage: 10 * 1000 * 1000, Connections: 4}
	m, ok := v.Mapping(section("smtp"))
	if !ok {
		return s
	}
	if v, ok := m.Required("host", "the name of the relay"); ok {
		s.Host = readRelayHost(v)
	}
	if _, ok := m.Field("tls"); ok {
		s.TLS = TLS(m.Choice("tls"))
	}
	s.Port = s.TLS.port()
	if v, ok := m.Field("port"); ok {
		n, _ := v.Number(1, 65535)
		s.Port = int(n)
	}
	s.readLogin(m)
	if v, ok := m.Field("helo"); ok {
		s.Helo = readHelo(v)
	}
	if v, ok := m.Field("ca"); ok {
		s.CA, _ = v.FilePath()
	}
	if v, ok := m.Field("max_message"); ok {
		s.MaxMessage = readSize(v)
	}
	if v, ok := m.Field("connections"); ok {
		n, _ := v.Number(1, 100)
		s.Connections = int(n)
	}
	return s
}

// readLogin reads who we are to the relay, and refuses to tell it over a connection others can read.
func (s *SMTP) readLogin(m yamltree.Mapping) {
	user, hasUser := m.Field("username")
	if hasUser {
		s.Username, _ = user.Text()
	}
	password, hasPassword := m.Field("password")
	if hasPassword {
		s.Password = readSecret(password)
	}
	switch {
	case hasUser && !hasPassword:
		m.Missing("password").Fault("a username needs one", "is missing")
	case hasPassword && !hasUser:
		m.Missing("username").Fault("a password needs one", "is missing")
	}
	tls, ok := m.Field("tls")
	if !ok || s.TLS != NoTLS {
		return
	}
	if s.Host != "" && !isLoopback(s.Host) {
		tls.Fault("use starttls or implicit; a private CA goes into ca", "none is only for a relay on this machine, %s is not", yamltree.Quote(s.Host))
	}
	if hasUser {
		tls.Fault("use starttls or implicit", "none would send the password in the clear")
	}
}

// port is where relays listen for this kind of connection.
func (t TLS) port() int {
	switch t {
	case ImplicitTLS:
		return 465
	case NoTLS:
		return 25
	}
	return 587
}

func readRelayHost(v yamltree.Value) string {
	s, ok := v.Text()
	if !ok {
		return ""
	}
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" || err != nil && isHostName(s) {
		return s
	}
	shown := yamltree.Quote(s)
	if strings.Contains(s, "@") {
		shown = "this (not shown, it may hold a password)"
	}
	v.Fault("a bare name like smtp.example.com, a non-ASCII one as xn--…; the port goes into port", "%s is not a host name", shown)
	return ""
}

// readHelo reads what we call ourselves: a host name, or an address in brackets.
func readHelo(v yamltree.Value) string {
	s, ok := v.Text()
	if !ok {
		return ""
	}
	inner, literal := strings.CutPrefix(s, "[")
	if literal && strings.HasSuffix(inner, "]") {
		inner = strings.TrimPrefix(strings.TrimSuffix(inner, "]"), "IPv6:")
		if ip, err := netip.ParseAddr(inner); err == nil && ip.Zone() == "" {
			return s
		}
	} else if isHostName(s) {
		return s
	}
	v.Fault("like rapport.example.com or [192.0.2.1]", "%s is not a host name", yamltree.Quote(s))
	return ""
}

// readSize reads a number of bytes with its unit, from 64 KB to 1 GB.
func readSize(v yamltree.Value) int64 {
	s, ok := v.StrWithHint("like 10MB, 512KB or 10MiB")
	if !ok {
		return 0
	}
	units := []struct {
		name  string
		bytes int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"KB", 1000}, {"MB", 1000 * 1000}}
	for _, u := range units {
		number, ok := strings.CutSuffix(s, u.name)
		number = strings.TrimSuffix(number, " ")
		if !ok || !isDigits(number) || number[0] == '0' {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 32)
		if bytes := n * u.bytes; err == nil && bytes >= 64*1000 && bytes <= 1000*1000*1000 {
			return bytes
		}
		v.Fault("", "must be from 64KB to 1000MB, is %s", yamltree.Quote(s))
		return 0
	}
	v.Fault("like 10MB, 512KB or 10MiB", "%s is not a size", yamltree.Quote(s))
	return 0
}
