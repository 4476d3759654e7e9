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
