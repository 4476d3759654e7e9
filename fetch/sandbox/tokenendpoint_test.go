package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokenEndpointChecksWhatItIsGiven(t *testing.T) {
	c := overHTTP(t, newServer(t, 1, noon()))
	for _, x := range []struct {
		path, audience, id, secret string
		want                       int
	}{
		{account, account, "id", "secret", 200},
		{"P87654321", "P87654321", "any", "thing", 200},
		{account, account, "", "", 401},
		{account, account, "id", "", 401},
		{account, "T00000000", "id", "secret", 400},
		{"X12345678", "X12345678", "id", "secret", 400},
		{"T1234567", "T1234567", "id", "secret", 400},
	} {
		res, body, err := c.auth(x.path, x.audience, x.id, x.secret)
		if err != nil || res.StatusCode != x.want {
			t.Errorf("%+v: %v %s", x, err, body)
		}
		if x.want != 200 {
			wantError(t, res, body)
		}
	}
	for _, body := range []string{"", "grant_type=client_credentials", `{"grant_type":"password","audience":"https://x/accounts/` + account + `"}`} {
		req, err := http.NewRequest(http.MethodPost, c.base+"/accounts/"+account+"/auth/token", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("id", "secret")
		res, answer, err := c.send(req)
		if err != nil || res.StatusCode != 400 {
			t.Errorf("%q: %v %s", body, err, answer)
		}
		wantError(t, res, answer)
	}
}

func wantError(t *testing.T, res *http.Response, body []byte) {
	t.Helper()
	var e struct {
		Error struct{ Code, Message string } `json:"error"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.Error.Message == "" || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d is not Dintero's error: %s", res.StatusCode, body)
	}
}

func TestTokenAnswer(t *testing.T) {
	c := overHTTP(t, newServer(t, 1, noon()))
	_, body, err := c.auth(account, account, "id", "secret")
	if err != nil {
		t.Fatal(err)
	}
	var token struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	c.decode(body, &token)
	if token.AccessToken == "" || token.TokenType != "Bearer" || token.ExpiresIn != 86400 {
		t.Errorf("%s", body)
	}
}

func TestBearerIsRequiredAndOfTheAccount(t *testing.T) {
	now := noon()
	s, err := New(Options{Seed: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	c := overHTTP(t, s).login()
	good := c.token
	other := inProcess(t, newServer(t, 2, noon())).login().token
	for name, x := range map[string]struct {
		token, path string
		want        int
	}{
		"good":            {good, "/transactions", 200},
		"good core":       {good, "/accounts/" + account + "/wallets/cards", 200},
		"none":            {"", "/transactions", 401},
		"bent":            {good[:len(good)-3] + "abc", "/transactions", 401},
		"other seed":      {other, "/transactions", 401},
		"other account":   {good, "/accounts/T00000000/wallets/cards", 403},
		"unknown path":    {good, "/nothing", 404},
		"unknown order":   {good, "/accounts/" + account + "/shopping/orders/FF1/captures", 404},
		"unknown card":    {good, "/accounts/" + account + "/wallets/cards/00/transactions", 404},
		"unknown, nobody": {"", "/nothing", 401},
	} {
		c.token = x.token
		res, body, err := c.try(x.path, nil)
		if err != nil || res.StatusCode != x.want {
			t.Errorf("%s: got %v %s, want %d", name, res.StatusCode, body, x.want)
		}
		if x.want != 200 {
			wantError(t, res, body)
		}
	}
	c.token, now = good, now.Add(25*time.Hour)
	if res, _, _ := c.try("/transactions", nil); res.StatusCode != 401 {
		t.Errorf("a token of yesterday: %d", res.StatusCode)
	}
}

func TestNewRefusesWhatItCannotDo(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("no Now passed")
	}
	if _, err := New(Options{Now: noon, Faults: []string{"rate-limit", "earthquake"}}); err == nil || !strings.Contains(err.Error(), "earthquake") || !strings.Contains(err.Error(), "reset") {
		t.Errorf("unknown fault: %v", err)
	}
}
