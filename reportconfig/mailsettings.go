package reportconfig

import (
	"net/mail"
	"net/netip"
	"strconv"
	"strings"

	"rapport/internal/hostname"
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

// Contact is who answers the reader of a mail: the address for replies, else the sender's.
func (m Mail) Contact() string {
	to := m.ReplyTo
	if to == nil {
		to = m.From
	}
	switch {
	case to == nil:
		return ""
	case to.Name == "":
		return to.Address
	}
	return to.Name + " <" + to.Address + ">"
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
	Auth        Auth
}

// Auth is how we log in.
type Auth string

// AutoAuth is the best mechanism that works; each other value is one of SASL's.
const AutoAuth Auth = "auto"

// Mechanism is SASL's name, like SCRAM-SHA-256; "" is the best that works.
func (a Auth) Mechanism() string {
	if a == AutoAuth {
		return ""
	}
	return strings.ToUpper(string(a))
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
		out.From = ReadAddress(v)
	}
	if out.From != nil {
		out.EnvelopeFrom = out.From.Address
	}
	out.ReplyTo = optional(m, "reply_to", nil, ReadAddress)
	if v, ok := m.Field("envelope_from"); ok {
		if a := ReadAddress(v); a != nil && a.Name != "" {
			v.Fault("write "+a.Address, "is the address of an envelope and carries no name")
		} else if a != nil {
			out.EnvelopeFrom = a.Address
		}
	}
	m.ExactlyOne("smtp", "outbox")
	out.SMTP = optional(m, "smtp", nil, readSMTP)
	out.Outbox = optional(m, "outbox", "", yamltree.Value.FilePath)
	return out
}

func readSMTP(v yamltree.Value) *SMTP {
	s := &SMTP{TLS: STARTTLS, Auth: AutoAuth}
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
	s.Port = optional(m, "port", s.TLS.port(), func(v yamltree.Value) int { return int(v.Number(1, 65535)) })
	s.readLogin(m)
	s.Helo = optional(m, "helo", "", readHelo)
	s.CA = optional(m, "ca", "", yamltree.Value.FilePath)
	s.MaxMessage = optional(m, "max_message", 10*1000*1000, readSize)
	s.Connections = optional(m, "connections", 3, func(v yamltree.Value) int { return int(v.Number(1, 100)) })
	return s
}

// readLogin reads who we are to the relay, and refuses to tell it over a connection others can read.
func (s *SMTP) readLogin(m yamltree.Mapping) {
	s.Auth = optional(m, "auth", AutoAuth, func(yamltree.Value) Auth { return Auth(m.Choice("auth")) })
	s.Username = optional(m, "username", "", yamltree.Value.Text)
	s.Password = optional(m, "password", Secret{}, readSecret)
	_, hasUser := m.Field("username")
	if _, hasPassword := m.Field("password"); hasUser {
		m.Required("password", "a username needs one")
	} else if hasPassword {
		m.Required("username", "a password needs one")
	}
	if v, ok := m.Field("auth"); ok && !hasUser && s.Auth.Mechanism() != "" {
		v.Fault("give username and password, or leave auth out", "%s is a way to log in, and there is no username", s.Auth)
	}
	tls, ok := m.Field("tls")
	if !ok || s.TLS != NoTLS {
		return
	}
	if s.Host != "" && !hostname.IsLoopback(s.Host) {
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
	s := v.Text()
	if s == "" {
		return ""
	}
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" || err != nil && hostname.IsName(s) {
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
	s := v.Text()
	if s == "" {
		return ""
	}
	inner, literal := strings.CutPrefix(s, "[")
	if literal && strings.HasSuffix(inner, "]") {
		inner = strings.TrimPrefix(strings.TrimSuffix(inner, "]"), "IPv6:")
		if ip, err := netip.ParseAddr(inner); err == nil && ip.Zone() == "" {
			return s
		}
	} else if hostname.IsName(s) {
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
