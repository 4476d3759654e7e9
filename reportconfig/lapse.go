package reportconfig

import (
	"strings"

	"rapport/internal/yamltree"
)

// LapseLimit says how long an authorisation can be captured. Method is a payment_product_type, or how some begin:
// "vipps" is of "vipps" and "vipps.card".
type LapseLimit struct {
	Method string
	Days   int // 1 to 3650
}

// readLapse reads how long authorisations can be captured, by payment method, in the order of the file.
func readLapse(v yamltree.Value) []LapseLimit {
	m, ok := v.Mapping(yamltree.Section{KeyPattern: isPaymentMethod, KeyKind: "a payment_product_type or how one begins, like vipps or payex.creditcard"})
	if !ok {
		return nil
	}
	var limits []LapseLimit
	for _, method := range m.Keys() {
		v, _ := m.Field(method)
		const longest = 3650
		if d, ok := readDays(v, longest); ok {
			limits = append(limits, LapseLimit{Method: method, Days: int(d / oneDay)})
		}
	}
	return limits
}

// isPaymentMethod tells whether s is words of a payment_product_type, dots between them.
func isPaymentMethod(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if !consistsOf(word, lowerCase+digits+"_-") {
			return false
		}
	}
	const longest = 60
	return len(s) <= longest
}
