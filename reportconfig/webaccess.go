package reportconfig

import (
	"slices"
	"strings"

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

// readUsers reads the people who sign in with a password.
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
		if name, ok := m.Required("name", "the name to sign in with"); ok {
			u.Name = readName(name, 64)
			if u.Name != "" && slices.ContainsFunc(list, func(other User) bool { return strings.EqualFold(other.Name, u.Name) }) {
				name.Fault("each person needs their own", "%s is another person's name already", yamltree.Quote(u.Name))
			}
		}
		if password, ok := m.Required("password", "its argon2id hash: rapport password makes one"); ok {
			u.Password, u.PasswordHash = readPassword(password)
		}
		if role, ok := m.Required("role", yamltree.OneOf(m.Enum("role"))); ok {
			u.Role = Role(role.Choose(m.Enum("role"), nil))
		}
		list = append(list, u)
	}
	return list
}

// readPassword reads the hash of a password, or where it is kept. What stands there may be the password by mistake: it is not shown.
func readPassword(v yamltree.Value) (Secret, string) {
	v = v.Secret()
	if !v.IsScalar() || v.Tag() == "!!null" {
		return readSecret(v), ""
	}
	s, ok := v.Str()
	switch {
	case !ok:
	case !strings.HasPrefix(s, "$argon2id$"):
		v.Fault("rapport password makes the hash of one", "is not the argon2id hash of a password (it is not shown here)")
	default:
		return Secret{}, s
	}
	return Secret{}, ""
}

func readOIDC(v yamltree.Value) *OIDC {
	o := &OIDC{}
	m, ok := v.Mapping(section("oidc"))
	if !ok {
		return o
	}
	if v, ok := m.Required("issuer", "like https://login.example.com"); ok {
		o.Issuer = readAPIURL(v)
	}
	if v, ok := m.Required("client_id", "as it was given by the issuer"); ok {
		o.ClientID = v.Text()
	}
	if v, ok := m.Required("client_secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}"); ok {
		o.ClientSecret = readSecret(v)
	}
	if v, ok := m.Required("allow", `who may sign in, like ["*@example.com"]`); ok {
		o.Allow = readRecipientPatterns(v)
	}
	if v, ok := m.Required("role", yamltree.OneOf(m.Enum("role"))); ok {
		o.Role = Role(v.Choose(m.Enum("role"), nil))
	}
	return o
}

// readHooks reads the URLs that are told of reports.
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
		h := Hook{Events: []HookEvent{ReportAdded}}
		if url, ok := m.Required("url", "where events are posted to"); ok {
			h.URL = readPing(url)
			if h.URL != "" && slices.ContainsFunc(list, func(other Hook) bool { return other.URL == h.URL }) {
				url.Fault("name all its events in one place", "is a hook already")
			}
		}
		if secret, ok := m.Required("secret", "it signs what is posted: {env: NAME}, {file: path} or {credential: name}"); ok {
			h.Secret = readSecret(secret)
		}
		if events, ok := m.Field("events"); ok {
			h.Events = readWords[HookEvent](events, m.Enum("events"))
		}
		list = append(list, h)
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
			if a := readAddress(item); a != nil && a.Name != "" {
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
