package reportconfig

import (
	"strings"
	"time"
)

// longestLapse is how many days an authorisation can last, in whole days.
const longestLapse = 3650

func lapseSection() section {
	return section{own: paymentMethod, like: "a payment_product_type or how one begins, like vipps or payex.creditcard"}
}

// lapse reads how long authorisations can be captured, by payment method.
func (v value) lapse() []LapseLimit {
	m, ok := v.mapping(lapseSection())
	if !ok {
		return nil
	}
	var limits []LapseLimit
	for i := 0; i+1 < len(m.node.Content); i += 2 { // in the order of the file, which the map of fields forgets
		method := value{doc: v.doc, node: m.node.Content[i], at: m.node.Content[i]}.follow().node.Value
		days, ok := m.field(method)
		if !ok {
			continue
		}
		if d, ok := days.days(longestLapse); ok {
			limits = append(limits, LapseLimit{Method: method, Days: int(d / (24 * time.Hour))})
		}
	}
	return limits
}

// paymentMethod tells whether s is words of a payment_product_type, dots between them.
func paymentMethod(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			return false
		}
	}
	return len(s) <= maxShown
}
