package webservice

import (
	"testing"

	"rapport/reportconfig"
)

// TestProvidersOfAnAddress: the same client of two configurations is one, and each has its own way back.
func TestProvidersOfAnAddress(t *testing.T) {
	worker := func(issuer string) Worker {
		c := &reportconfig.Config{Web: &reportconfig.Web{}}
		if issuer != "" {
			c.Web.OIDC = &reportconfig.OIDC{Issuer: issuer, ClientID: "rapport"}
		}
		return Worker{Config: c}
	}
	workers := []Worker{worker("https://a.example/"), worker(""), worker("https://a.example/"), worker("https://b.example")}
	p := Plan{secrets: map[*reportconfig.Config]Secrets{workers[0].Config: {OIDC: "first"}, workers[3].Config: {OIDC: "last"}}}
	all := (&Service{}).providers(t.Context(), p, workers, "https://rapport.example")
	if len(all) != 2 || all[0].Issuer != "https://a.example/" || all[0].Secret != "first" || all[1].Secret != "last" {
		t.Fatalf("%+v", all)
	}
	for i, want := range []string{"https://rapport.example/sign-in/oidc/0", "https://rapport.example/sign-in/oidc/1"} {
		if all[i].ReturnTo != want {
			t.Errorf("%s", all[i].ReturnTo)
		}
	}
}
