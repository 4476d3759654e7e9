package reportconfig

// section is one mapping of the file format: its keys. A new one needs a reader and a place in schema.json.
type section struct {
	keys []string
	own  func(name string) bool // keys that are the user's own words, instead of keys; their form
	like string                 // what such a key is
}

func fileSection() section {
	return section{
		keys: []string{"account", "timezone", "organization", "source", "mail", "operator", "state", "archive", "catchup",
			"retention", "listen", "templates", "lapse", "reports", "include"},
	}
}

func reportSection() section {
	return section{
		keys: []string{"id", "name", "dataType", "schedule", "language", "contentTypes", "reportFilters", "emails", "at",
			"empty", "uncertain", "ping", "csv", "attach", "subject", "reconcile", "accountId", "created_at", "created_by"},
	}
}

func filterSection() section {
	return section{keys: []string{"filter", "value"}}
}

func organizationSection() section {
	return section{keys: []string{"name", "number", "logo"}}
}

func sourceSection() section {
	return section{keys: []string{"dintero", "files", "sandbox"}}
}

func dinteroSection() section {
	return section{keys: []string{"client_id", "client_secret", "api_url", "checkout_url", "audience"}}
}

func filesSection() section {
	return section{keys: []string{"transactions", "orders", "wallets"}}
}

func sandboxSection() section {
	return section{keys: []string{"seed"}}
}

func mailSection() section {
	return section{keys: []string{"from", "reply_to", "envelope_from", "smtp", "outbox"}}
}

func smtpSection() section {
	return section{keys: []string{"host", "port", "tls", "username", "password", "helo", "ca", "max_message", "connections"}}
}

func secretSection() section {
	return section{keys: []string{"env", "file", "credential"}}
}
