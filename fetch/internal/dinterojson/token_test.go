package dinterojson

import (
	"strings"
	"testing"
	"time"
)

func TestTheTokensAnswerIsReadWithCare(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"access_token":"t","token_type":"Bearer","expires_in":3600}`:   time.Hour,
		`{"access_token":"t","token_type":"bearer","expires_in":"3600"}`: time.Hour,
		`{"access_token":"t","expires_in":1000000000000}`:                24 * time.Hour,
		`{"access_token":"t","expires_in":"99999999999999999999"}`:       24 * time.Hour,
		`{"access_token":"t","expires_in":1e18}`:                         24 * time.Hour,
		`{"access_token":"t","expires_in":36e2}`:                         time.Hour,
		`{"access_token":"t","expires_in":1.5}`:                          time.Minute,
		`{"access_token":"t","token_type":null}`:                         time.Minute,
		`{"access_token":"t","expires_in":0}`:                            time.Minute,
		`{"access_token":"t","expires_in":-5}`:                           time.Minute,
		`{"access_token":"t","expires_in":{}}`:                           time.Minute,
	} {
		if token, life, err := Token(strings.NewReader(body)); err != nil || token != "t" || life != want {
			t.Errorf("%s: got %q, %s, %v, want a life of %s", body, token, life, err, want)
		}
	}
	for body, want := range map[string]string{
		`{"access_token":"t","token_type":"MAC"}`:                    "token_type: MAC is not Bearer",
		`{"access_token":"a\r\nX-Evil: 1"}`:                          "access_token: is not a token",
		`{"access_token":""}`:                                        "access_token: is not a token",
		`{"access_token":17}`:                                        "access_token: is not a token",
		`{"access_token":"` + strings.Repeat("x", maxToken+1) + `"}`: "access_token: is not a token",
		`{"access_token":"t"}{}`:                                     "something follows",
		`{"access_token":"t"`:                                        "ends before",
		`[]`:                                                         "is an array, not an object",
		`<html>`:                                                     "is HTML or XML",
	} {
		if _, _, err := Token(strings.NewReader(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %s", body, err, want)
		}
	}
}
