package reportconfig

import (
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Source is where payments come from. Exactly one of its fields is set.
type Source struct {
	Dintero *Dintero
	Files   *Files
	Sandbox *Sandbox
}

// Dintero is the account's access to Dintero's API. The URLs end without a slash.
type Dintero struct {
	ClientID            string
	ClientSecret        Secret
	APIURL, CheckoutURL string
	Audience            string
}

// Files are exports to read instead of the API, as absolute paths; "" is a file that is not there.
type Files struct{ Transactions, Orders, Wallets string }

// Sandbox is the simulated Dintero; equal seeds make equal payments.
type Sandbox struct{ Seed uint64 }

const (
	defaultAPI      = "https://api.dintero.com/v1"
	defaultCheckout = "https://checkout.dintero.com/v1"
)

func (v value) source(account string) Source {
	m, ok := v.mapping(sourceSection())
	if !ok {
		return Source{}
	}
	m.only("dintero", "files", "sandbox")
	var out Source
	if v, ok := m.field("dintero"); ok {
		out.Dintero = v.dintero(account)
	}
	if v, ok := m.field("files"); ok {
		out.Files = v.files()
	}
	if v, ok := m.field("sandbox"); ok {
		out.Sandbox = v.sandbox()
	}
	return out // with a fault if more than one is there, after the faults within each
}

func (v value) dintero(account string) *Dintero {
	d := &Dintero{APIURL: defaultAPI, CheckoutURL: defaultCheckout}
	m, ok := v.mapping(dinteroSection())
	if !ok {
		return d
	}
	if v, ok := m.required("client_id", "from Dintero's Backoffice, settings, API clients"); ok {
		d.ClientID, _ = v.text()
	}
	if v, ok := m.required("client_secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}"); ok {
		d.ClientSecret = v.secretRef()
	}
	api, hasAPI := m.field("api_url")
	if hasAPI {
		d.APIURL = api.httpURL()
	}
	if v, ok := m.field("checkout_url"); ok {
		d.CheckoutURL = v.httpURL()
	} else if hasAPI && d.APIURL != "" && d.APIURL != defaultAPI {
		api.warn("give checkout_url too", "is not Dintero's, but checkout_url is left at %s", defaultCheckout)
	}
	d.Audience = d.APIURL + "/accounts/" + account
	if v, ok := m.field("audience"); ok {
		d.Audience, _ = v.text()
	}
	return d
}

func (v value) files() *Files {
	f := &Files{}
	m, ok := v.mapping(filesSection())
	if !ok {
		return f
	}
	if len(m.node.Content) == 0 {
		v.fault("give transactions, orders or wallets", "names no file")
	}
	if v, ok := m.field("transactions"); ok {
		f.Transactions, _ = v.filePath()
	}
	if v, ok := m.field("orders"); ok {
		f.Orders, _ = v.filePath()
	}
	if v, ok := m.field("wallets"); ok {
		f.Wallets, _ = v.filePath()
	}
	return f
}

func (v value) sandbox() *Sandbox {
	s := &Sandbox{Seed: 1}
	if v.node.ShortTag() == "!!null" {
		v.fault("write sandbox: {}", "is empty")
		return s
	}
	m, ok := v.mapping(sandboxSection())
	if !ok {
		return s
	}
	if v, ok := m.field("seed"); ok {
		s.Seed, _ = v.number(0, math.MaxUint64)
	}
	return s
}

// httpURL reads the address of an API: https, or http to this machine, and nothing in it that could be a secret or
// send the bearer token elsewhere.
func (v value) httpURL() string {
	s, ok := v.text()
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		v.fault("like "+defaultAPI, "%s is not an https address", quote(s))
	case u.User != nil || strings.Contains(u.Host, "@"):
		v.fault("credentials go into client_id and client_secret", "has a user name or password in it (not shown)")
	case !hostAndPort(u):
		v.fault("like "+defaultAPI, "%s names no host that can be called", quote(s))
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		v.fault("end it with the path", "%s has a query or a fragment", quote(s))
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.fault("use https", "%s would send the access token in the clear", quote(s))
	default:
		return strings.TrimRight(u.String(), "/")
	}
	return ""
}

func hostAndPort(u *url.URL) bool {
	if u.Port() != "" {
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
			return false
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		// 169.254.169.254 and its like answer with a cloud machine's own credentials.
		return !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() && !ip.IsMulticast() && ip.Zone() == ""
	}
	return hostName(u.Hostname())
}

// loopback tells whether host is this machine, whatever a name server says.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() && ip.Zone() == ""
}

// hostName tells whether s is a host name in ASCII: labels of letters, digits, - and _, at most 63 each.
func hostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; c != '-' && c != '_' && !alphanumeric(c) {
				return false
			}
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
