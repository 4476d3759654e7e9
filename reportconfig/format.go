package reportconfig

// section is one mapping of the file format: its keys, and those a later version brings. A key that moves from later
// to keys needs a reader and a place in schema.json.
type section struct{ keys, later []string }

func fileSection() section {
	return section{
		keys: []string{"account", "timezone", "organization", "source", "mail", "operator", "state", "archive", "catchup",
			"retention", "listen", "reports", "include"},
	}
}

func reportSection() section {
	return section{
		keys: []string{"id", "name", "dataType", "schedule", "language", "contentTypes", "reportFilters", "emails", "at",
			"empty", "uncertain", "ping", "csv", "attach", "accountId", "created_at", "created_by"},
		later: []string{"subject", "reconcile"},
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
