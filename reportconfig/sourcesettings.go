package reportconfig

import (
	"math"

	"rapport/internal/netaddress"
	"rapport/internal/yamltree"
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
type Files struct{ Transactions, Orders, Wallets, Settlements string }

// Sandbox is the simulated Dintero; equal seeds make equal payments.
type Sandbox struct{ Seed uint64 }

const (
	defaultAPI      = "https://api.dintero.com/v1"
	defaultCheckout = "https://checkout.dintero.com/v1"
)

func readSource(v yamltree.Value, account string) Source {
	m, ok := v.Mapping(section("source"))
	if !ok {
		return Source{}
	}
	m.ExactlyOne("dintero", "files", "sandbox")
	return Source{ // with a fault if more than one is there, after the faults within each
		Dintero: optional(m, "dintero", nil, func(v yamltree.Value) *Dintero { return readDintero(v, account) }),
		Files:   optional(m, "files", nil, readFileSource),
		Sandbox: optional(m, "sandbox", nil, readSandbox),
	}
}

func readDintero(v yamltree.Value, account string) *Dintero {
	d := &Dintero{APIURL: defaultAPI, CheckoutURL: defaultCheckout}
	m, ok := v.Mapping(section("dintero"))
	if !ok {
		return d
	}
	if v, ok := m.Required("client_id", "from Dintero's Backoffice, settings, API clients"); ok {
		d.ClientID = v.Text()
	}
	if v, ok := m.Required("client_secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}"); ok {
		d.ClientSecret = readSecret(v)
	}
	d.APIURL = optional(m, "api_url", defaultAPI, netaddress.ReadAPI)
	d.CheckoutURL = optional(m, "checkout_url", defaultCheckout, netaddress.ReadAPI)
	_, hasCheckout := m.Field("checkout_url")
	if api, ok := m.Field("api_url"); ok && !hasCheckout && d.APIURL != "" && d.APIURL != defaultAPI {
		api.Warn("give checkout_url too", "is not Dintero's, but checkout_url is left at %s", defaultCheckout)
	}
	d.Audience = optional(m, "audience", d.APIURL+"/accounts/"+account, yamltree.Value.Text)
	return d
}

func readFileSource(v yamltree.Value) *Files {
	m, ok := v.Mapping(section("files"))
	if !ok {
		return &Files{}
	}
	if v.IsEmpty() {
		v.Fault("give transactions, orders, wallets or settlements", "names no file")
	}
	return &Files{
		Transactions: optional(m, "transactions", "", yamltree.Value.FilePath),
		Orders:       optional(m, "orders", "", yamltree.Value.FilePath),
		Wallets:      optional(m, "wallets", "", yamltree.Value.FilePath),
		Settlements:  optional(m, "settlements", "", yamltree.Value.FilePath),
	}
}

func readSandbox(v yamltree.Value) *Sandbox {
	if v.Tag() == "!!null" {
		v.Fault("write sandbox: {}", "is empty")
		return nil
	}
	m, ok := v.Mapping(section("sandbox"))
	if !ok {
		return nil
	}
	return &Sandbox{Seed: optional(m, "seed", 1, func(v yamltree.Value) uint64 { return v.Number(0, math.MaxUint64) })}
}
