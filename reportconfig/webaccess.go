package reportconfig

import (
	"slices"
	"strings"

	"rapport/internal/netaddress"
	"rapport/internal/yamltree"
)

// readClients reads the programs that use the API.
func readClients(v yamltree.Value) (list []Client) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	for _, item := range items {
		m, ok := item.Mapping(section("client"))
		if !ok {
			continue
		}
		var c Client
		if id, ok := m.Required("id", "the client_id that it names itself by"); ok {
			c.ID = id.Text()
			switch {
			case strings.ContainsAny(c.ID, ":. "):
				id.Fault("letters, digits, - and _", "%s cannot be a client's ID", yamltree.Quote(c.ID))
			case c.ID != "" && slices.ContainsFunc(list, func(other Client) bool { return other.ID == c.ID }):
				id.Fault("each client needs its own", "%s is another client's ID already", yamltree.Quote(c.ID))
			}
		}
		if secret, ok := m.Required("secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}; rapport client makes one"); ok {
			c.Secret = readSecret(secret)
		}
		if scopes, ok := m.Required("scopes", yamltree.OneOf(m.Enum("scopes"))); ok {
			c.Scopes = readWords[Scope](scopes, m.Enum("scopes"))
		}
		list = append(list, c)
	}
	return list
}

// readWords reads a list of at least one of the words; the same word twice counts once.
func readWords[T ~string](v yamltree.Value, words []string) (list []T) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	if len(items) == 0 {
		v.Fault(yamltree.OneOf(words), "is an empty list")
	}
	for _, item := range items {
		word := T(item.Choose(words, nil))
		if word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// readRecipientPatterns reads addresses and whole domains: a@example.com, *@example.com, or * for anybody.
func readRecipientPatterns(v yamltree.Value) (list []string) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	if len(items) == 0 {
		v.Fault(`like ["*@example.com"]`, "is an empty list")
	}
	for _, item := range items {
		s := item.Text()
		local, domain, _ := strings.Cut(s, "@")
		switch {
		case s == "":
		case s == "*":
			list = append(list, s)
		case local == "*" && domain != "":
			if wrong, hint := mailboxFault("a", domain); wrong != "" {
				item.Fault(hint, "%s %s", yamltree.Quote(s), wrong)
				continue
			}
			list = append(list, strings.ToLower(s))
		default:
			if a := ReadAddress(item); a != nil && a.Name != "" {
				item.Fault("write "+a.Address, "carries a name")
			} else if a != nil {
				list = append(list, strings.ToLower(a.Address))
			}
		}
	}
	return list
}

// MatchesAddress tells whether an address is one of the patterns'. The case of its letters makes no difference.
func MatchesAddress(patterns []string, address string) bool {
	address = strings.ToLower(address)
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(patterns, func(p string) bool { return p == "*" || p == address || p == "*@"+domain })
}

// User is a person who signs in to the pages with a password.
type User struct {
	Name     string
	Password Secret // of its hash, which rapport password makes
	Role     Role
}

// Role is what a person may do.
type Role string

// The roles, each with all that the one before it may.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
)

// Includes tells whether who has the role may do what another role may.
func (r Role) Includes(other Role) bool {
	order := []Role{RoleViewer, RoleOperator, RoleAdmin}
	return slices.Contains(order, r) && slices.Index(order, r) >= slices.Index(order, other)
}

// OIDC is a provider of OpenID Connect by whose word people sign in to the pages.
type OIDC struct {
	Issuer       string // to the letter, as the provider names itself
	ClientID     string
	ClientSecret Secret
	Allow        []string // verified addresses, or *@domain
	Role         Role     // of all of them
}

// Hook is who is told over HTTP of what happens to reports.
type Hook struct {
	URL    string // as good as a secret: its path may hold one
	Secret Secret // what the calls are signed with
	Events []HookEvent
}

// HookEvent is what a hook is told of.
type HookEvent string

// The events.
const (
	ReportAdd      HookEvent = "report_add"
	ReportFailed   HookEvent = "report_failed"
	DeliveryFailed HookEvent = "delivery_failed"
)

const longestUserName = 64 // characters

func readUsers(v yamltree.Value) (list []User) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	for _, item := range items {
		m, ok := item.Mapping(section("user"))
		if !ok {
			continue
		}
		var u User
		if name, ok := m.Required("name", "what the person signs in as"); ok {
			u.Name = name.Text()
			switch {
			case len([]rune(u.Name)) > longestUserName:
				name.Fault("", "is longer than %d characters", longestUserName)
			case u.Name != "" && slices.ContainsFunc(list, func(other User) bool { return other.Name == u.Name }):
				name.Fault("each user needs their own", "%s is another user's name already", yamltree.Quote(u.Name))
			}
		}
		if password, ok := m.Required("password", "say where its hash is kept: {file: path}, {credential: name} or {env: NAME}; rapport password makes one"); ok {
			u.Password = readSecret(password)
		}
		if _, ok := m.Required("role", yamltree.OneOf(m.Enum("role"))); ok {
			u.Role = Role(m.Choice("role"))
		}
		list = append(list, u)
	}
	return list
}

func readOIDC(v yamltree.Value) *OIDC {
	o := &OIDC{}
	m, ok := v.Mapping(section("oidc"))
	if !ok {
		return o
	}
	if issuer, ok := m.Required("issuer", "the provider's address, like https://login.example.com"); ok && netaddress.ReadAPI(issuer) != "" {
		o.Issuer = issuer.Text()
	}
	if id, ok := m.Required("client_id", "what the provider calls this program"); ok {
		o.ClientID = id.Text()
	}
	if secret, ok := m.Required("client_secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}"); ok {
		o.ClientSecret = readSecret(secret)
	}
	const like = `like ["*@example.com"]`
	if allow, ok := m.Required("allow", like); ok {
		if o.Allow = readRecipientPatterns(allow); slices.Contains(o.Allow, "*") {
			allow.Fault(like, "lets in whoever has an account at the provider")
		}
	}
	if _, ok := m.Required("role", yamltree.OneOf(m.Enum("role"))); ok {
		o.Role = Role(m.Choice("role"))
	}
	return o
}

func readHooks(v yamltree.Value) (list []Hook) {
	items, ok := v.List()
	if !ok {
		return nil
	}
	for _, item := range items {
		m, ok := item.Mapping(section("hook"))
		if !ok {
			continue
		}
		var h Hook
		const like = "like https://example.com/rapport"
		if url, ok := m.Required("url", like); ok {
			h.URL = netaddress.ReadSecret(url, like)
			if h.URL != "" && slices.ContainsFunc(list, func(other Hook) bool { return other.URL == h.URL }) {
				url.Secret().Fault("one hook can be told of several events", "is another hook's already (it is not shown here)")
			}
		}
		if secret, ok := m.Required("secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}; rapport client makes one"); ok {
			h.Secret = readSecret(secret)
		}
		if events, ok := m.Required("events", yamltree.OneOf(m.Enum("events"))); ok {
			h.Events = readWords[HookEvent](events, m.Enum("events"))
		}
		list = append(list, h)
	}
	return list
}
