package reportconfig

import (
	"math"

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
type Files struct{ Transactions, Orders, Wallets string }

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
	var out Source
	if v, ok := m.Field("dintero"); ok {
		out.Dintero = readDintero(v, account)
	}
	if v, ok := m.Field("files"); ok {
		out.Files = readFileSource(v)
	}
	if v, ok := m.Field("sandbox"); ok {
		out.Sandbox = readSandbox(v)
	}
	return out // with a fault if more than one is there, after the faults within each
}

func readDintero(v yamltree.Value, account string) *Dintero {
	d := &Dintero{APIURL: defaultAPI, CheckoutURL: defaultCheckout}
	m, ok := v.Mapping(section("dintero"))
	if !ok {
		return d
	}
	if v, ok := m.Required("client_id", "from Dintero's Backoffice, settings, API clients"); ok {
		d.ClientID, _ = v.Text()
	}
	if v, ok := m.Required("client_secret", "say where it is kept: {env: NAME}, {file: path} or {credential: name}"); ok {
		d.ClientSecret = readSecret(v)
	}
	api, hasAPI := m.Field("api_url")
	if hasAPI {
		d.APIURL = readAPIURL(api)
	}
	if v, ok := m.Field("checkout_url"); ok {
		d.CheckoutURL = readAPIURL(v)
	} else if hasAPI && d.APIURL != "" && d.APIURL != defaultAPI {
		api.Warn("give checkout_url too", "is not Dintero's, but checkout_url is left at %s", defaultCheckout)
	}
	d.Audience = d.APIURL + "/accounts/" + account
	if v, ok := m.Field("audience"); ok {
		d.Audience, _ = v.Text()
	}
	return d
}

func readFileSource(v yamltree.Value) *Files {
	f := &Files{}
	m, ok := v.Mapping(section("files"))
	if !ok {
		return f
	}
	if v.IsEmpty() {
		v.Fault("give transactions, orders or wallets", "names no file")
	}
	if v, ok := m.Field("transactions"); ok {
		f.Transactions, _ = v.FilePath()
	}
	if v, ok := m.Field("orders"); ok {
		f.Orders, _ = v.FilePath()
	}
	if v, ok := m.Field("wallets"); ok {
		f.Wallets, _ = v.FilePath()
	}
	return f
}

func readSandbox(v yamltree.Value) *Sandbox {
	s := &Sandbox{Seed: 1}
	if v.Tag() == "!!null" {
		v.Fault("write sandbox: {}", "is empty")
		return s
	}
	m, ok := v.Mapping(section("sandbox"))
	if !ok {
		return s
	}
	if v, ok := m.Field("seed"); ok {
		s.Seed, _ = v.Number(0, math.MaxUint64)
	}
	return s
}
