package reportconfig_test

import (
	"testing"

	"rapport/reportconfig"
)

func TestSecretSaysWhereItIs(t *testing.T) {
	for want, s := range map[string]reportconfig.Secret{
		"env A": {Env: "A"}, "file /b": {File: "/b"}, "credential c": {Credential: "c"}, "none": {},
	} {
		if got := s.String(); got != want || s.IsZero() != (want == "none") {
			t.Errorf("%#v: %q, want %q", s, got, want)
		}
	}
}
