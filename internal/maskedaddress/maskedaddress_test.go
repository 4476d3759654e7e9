package maskedaddress_test

import (
	"testing"

	"rapport/internal/maskedaddress"
)

func TestEachAddressOfATextIsHidden(t *testing.T) {
	for text, want := range map[string]string{
		"550 5.1.1 <per.olsen+x@shop.example>: No such user": "550 5.1.1 <p•••@shop.example>: No such user",
		`{"emails":["kari@shop.example","åse@bø.no"]}`:       `{"emails":["k•••@shop.example","å•••@bø.no"]}`,
		`to "per olsen"@[192.0.2.1].`:                        `to "•••@[192.0.2.1].`,
		"a@b, c@d":                                           "a•••@b, c•••@d",
		"at 12:00 @ the shop":                                "at 12:00 @ the shop",
		"no address":                                         "no address",
	} {
		got := maskedaddress.In(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := maskedaddress.In(got); again != got {
			t.Errorf("%q is hidden again: %q", got, again)
		}
	}
	for address, want := range map[string]string{"p@x.no": "p•••@x.no", "": "", "archive": "archive", "@x.no": "@x.no"} {
		if got := maskedaddress.Of(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
