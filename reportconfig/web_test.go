package reportconfig_test

import (
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/reportconfig"
)

func TestLoadReadsWhereItIsServed(t *testing.T) {
	c, dir := load(t, "web.yaml", "")
	want := &reportconfig.Web{
		Listen: "0.0.0.0:443", URL: "https://rapport.fjordfisk.no",
		TLS:   &reportconfig.WebTLS{Cert: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem")},
		Proxy: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
		Clients: []reportconfig.Client{
			{ID: "72e024ca-2bb4", Secret: reportconfig.Secret{Credential: "bi-secret"}, Scopes: []reportconfig.Scope{reportconfig.ReadInsight, reportconfig.ReadReports}},
			{ID: "portal", Secret: reportconfig.Secret{File: filepath.Join(dir, "portal.secret")}, Scopes: []reportconfig.Scope{reportconfig.AdminInsight}},
		},
		Users: []reportconfig.User{
			{Name: "kari", Password: reportconfig.Secret{File: filepath.Join(dir, "kari.hash")}, Role: reportconfig.RoleOperator},
			{Name: "Ola Nordmann", Password: reportconfig.Secret{Credential: "ola"}, Role: reportconfig.RoleAdmin},
		},
		OIDC: &reportconfig.OIDC{
			Issuer: "https://login.example.com/", ClientID: "rapport", ClientSecret: reportconfig.Secret{File: filepath.Join(dir, "oidc.secret")},
			Allow: []string{"*@fjordfisk.no", "revisor@example.com"}, Role: reportconfig.RoleViewer,
		},
		TokenLife: 30 * time.Minute,
		Hooks: []reportconfig.Hook{
			{URL: "https://example.com/hook?key=1", Secret: reportconfig.Secret{Env: "HOOK"}, Events: []reportconfig.HookEvent{reportconfig.ReportAdd, reportconfig.DeliveryFailed}},
			{URL: "http://127.0.0.1:9000/", Secret: reportconfig.Secret{File: filepath.Join(dir, "hook.secret")}, Events: []reportconfig.HookEvent{reportconfig.ReportFailed}},
		},
		Recipients: []string{"*@fjordfisk.no", "revisor@example.com"},
	}
	if diff := cmp.Diff(want, c.Web, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("web (-want +got):\n%s", diff)
	}
	got := [2]string{c.Reports[0].Source, string(c.Reports[0].Written)}
	written := `{"dataType":"checkout/transactions","schedule":"daily","language":"no","name":"Dagsoppgjør","reportFilters":[{"filter":"store_id","value":"sc029"}],"paused":true}`
	if got != [2]string{"web.yaml:23", written} || !c.Reports[0].Paused || c.Reports[1].Paused {
		t.Errorf("the first report, as it was written: %q", got)
	}
}

func TestTheCertificateOfAnAuthorityIsForAName(t *testing.T) {
	c, _ := load(t, "web-acme.yaml", "")
	want := &reportconfig.WebTLS{ACME: "rapport.fjordfisk.no", Email: "drift@fjordfisk.no"}
	if diff := cmp.Diff(want, c.Web.TLS); diff != "" {
		t.Errorf("web.tls (-want +got):\n%s", diff)
	}
}

func TestWhomReportsOfTheAPIMayBeMailedTo(t *testing.T) {
	given, _ := load(t, "web.yaml", "")
	byDefault, err := reportconfig.Load("operator.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	anybody, err := reportconfig.Load("web-anybody.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config  *reportconfig.Config
		address string
		may     bool
	}{
		{given, "Kari@FJORDFISK.no", true},
		{given, "revisor@example.com", true},
		{given, "other@example.com", false},
		{given, "kari@sub.fjordfisk.no", false},
		{byDefault, "anybody@" + domainOf(byDefault.Mail.From.Address), true},
		{byDefault, "anybody@" + domainOf(byDefault.Operator.Address.Address), true},
		{byDefault, "kari@elsewhere.example", false},
		{anybody, "kari@elsewhere.example", true},
	} {
		if got := c.config.MayMail(c.address); got != c.may {
			t.Errorf("%s: %s: %t", c.config.Path, c.address, got)
		}
	}
}

func TestARoleMayWhatTheOnesBeforeItMay(t *testing.T) {
	order := []reportconfig.Role{reportconfig.RoleViewer, reportconfig.RoleOperator, reportconfig.RoleAdmin}
	for i, have := range order {
		for j, need := range order {
			if have.Includes(need) != (i >= j) {
				t.Errorf("%s includes %s: %t", have, need, have.Includes(need))
			}
		}
	}
	if reportconfig.Role("").Includes(reportconfig.RoleViewer) || reportconfig.Role("x").Includes(reportconfig.RoleViewer) {
		t.Error("no role includes one")
	}
}

func domainOf(address string) string {
	for i := range address {
		if address[i] == '@' {
			return address[i+1:]
		}
	}
	return ""
}
