package report

import (
	"testing"

	"rapport/reportconfig"
)

func TestAPaymentMethodsTimeIsTheNearestLimit(t *testing.T) {
	limits := append(limitsOf("vipps", 3, "klarna.invoice", 9), DefaultExpiry()...)
	for method, want := range map[string]int{
		"vipps": 3, "vipps.card": 3, "vippsy": 0, "klarna.invoice": 9, "klarna.klarna": 28, "payex.creditcard": 7, "payex": 0, "": 0, "swish.swish": 0, "collector.invoice": 90,
	} {
		if got := expiryDays(limits, method); got != want {
			t.Errorf("%s: %d days, want %d", method, got, want)
		}
	}
}

func limitsOf(first string, days int, second string, others int) []reportconfig.LapseLimit {
	return []reportconfig.LapseLimit{{Method: first, Days: days}, {Method: second, Days: others}}
}
