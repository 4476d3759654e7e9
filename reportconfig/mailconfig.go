package reportconfig

import (
	"net/mail"
	"net/netip"
	"strconv"
	"strings"
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

func (v value) mail() Mail {
	var out Mail
	m, ok := v.mapping(mailSection())
	if !ok {
		return out
	}
	if v, ok := m.required("from", "the address that reports come from"); ok {
		out.From, _ = v.address()
	}
	if out.From != nil {
		out.EnvelopeFrom = out.From.Address
	}
	if v, ok := m.field("reply_to"); ok {
		out.ReplyTo, _ = v.address()
	}
	if v, ok := m.field("envelope_from"); ok {
		if a, ok := v.address(); ok && a.Name != "" {
			v.fault("write "+a.Address, "is the address of an envelope and carries no name")
		} else if ok {
			out.EnvelopeFrom = a.Address
		}
	}
	m.only("smtp", "outbox")
	if v, ok := m.field("smtp"); ok {
		out.SMTP = v.smtp()
	}
	if v, ok := m.field("outbox"); ok {
		out.Outbox, _ = v.filePath()
	}
	return out
}

func (v value) smtp() *SMTP {
	s := &SMTP{TLS: STARTTLS, MaxMessage: 10 * 1000 * 1000, Connections: 4}
	m, ok := v.mapping(smtpSection())
	if !ok {
		return s
	}
	if v, ok := m.required("host", "the name of the relay"); ok {
		s.Host = v.relayHost()
	}
	if v, ok := m.field("tls"); ok {
		s.TLS, _ = choose(v, []TLS{STARTTLS, ImplicitTLS, NoTLS}, nil)
	}
	s.Port = s.TLS.port()
	if v, ok := m.field("port"); ok {
		n, _ := v.number(1, 65535)
		s.Port = int(n)
	}
	s.login(m)
	if v, ok := m.field("helo"); ok {
		s.Helo = v.helo()
	}
	if v, ok := m.field("ca"); ok {
		s.CA, _ = v.filePath()
	}
	if v, ok := m.field("max_message"); ok {
		s.MaxMessage = v.size()
	}
	if v, ok := m.field("connections"); ok {
		n, _ := v.number(1, 100)
		s.Connections = int(n)
	}
	return s
}

// login reads who we are to the relay, and refuses to tell it over a connection others can read.
func (s *SMTP) login(m mapping) {
	user, hasUser := m.field("username")
	if hasUser {
		s.Username, _ = user.text()
	}
	password, hasPassword := m.field("password")
	if hasPassword {
		s.Password = password.secretRef()
	}
	switch {
	case hasUser && !hasPassword:
		m.lacks("password", "a username needs one")
	case hasPassword && !hasUser:
		m.lacks("username", "a password needs one")
	}
	tls, ok := m.field("tls")
	if !ok || s.TLS != NoTLS {
		return
	}
	if s.Host != "" && !loopback(s.Host) {
		tls.fault("use starttls or implicit; a private CA goes into ca", "none is only for a relay on this machine, %s is not", quote(s.Host))
	}
	if hasUser {
		tls.fault("use starttls or implicit", "none would send the password in the clear")
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

func (v value) relayHost() string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" || err != nil && hostName(s) {
		return s
	}
	shown := quote(s)
	if strings.Contains(s, "@") {
		shown = "this (not shown, it may hold a password)"
	}
	v.fault("a bare name like smtp.example.com, a non-ASCII one as xn--…; the port goes into port", "%s is not a host name", shown)
	return ""
}

// helo reads what we call ourselves: a host name, or an address in brackets.
func (v value) helo() string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	inner, literal := strings.CutPrefix(s, "[")
	if literal && strings.HasSuffix(inner, "]") {
		inner = strings.TrimPrefix(strings.TrimSuffix(inner, "]"), "IPv6:")
		if ip, err := netip.ParseAddr(inner); err == nil && ip.Zone() == "" {
			return s
		}
	} else if hostName(s) {
		return s
	}
	v.fault("like rapport.example.com or [192.0.2.1]", "%s is not a host name", quote(s))
	return ""
}

// size reads a number of bytes with its unit, from 64 KB to 1 GB.
func (v value) size() int64 {
	s, ok := v.strLike("like 10MB, 512KB or 10MiB")
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
		if !ok || !digits(number) || number[0] == '0' {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 32)
		if bytes := n * u.bytes; err == nil && bytes >= 64*1000 && bytes <= 1000*1000*1000 {
			return bytes
		}
		v.fault("", "must be from 64KB to 1000MB, is %s", quote(s))
		return 0
	}
	v.fault("like 10MB, 512KB or 10MiB", "%s is not a size", quote(s))
	return 0
}
