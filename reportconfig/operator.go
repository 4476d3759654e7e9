package reportconfig

import (
	"net/mail"

	"rapport/internal/yamltree"
)

// Operator is whom the alarms are told.
type Operator struct {
	Address  *mail.Address // nil: nobody gets them by mail
	Language Language      // of the alarms; "" when there is nothing to take it from
	AlarmURL string        // told by another road than the relay; "" when not given. As good as a secret
}

// readOperator reads who gets the alarms: an address, or an object with a language too.
func readOperator(v yamltree.Value) (o Operator) {
	if v.Tag() != "!!map" {
		o.Address = ReadAddress(v)
		return o
	}
	m, ok := v.Mapping(section("operator"))
	if !ok {
		return o
	}
	if v, ok := m.Required("address", "who gets the alarms"); ok {
		o.Address = ReadAddress(v)
	}
	if v, ok := m.Field("language"); ok {
		o.Language = readLanguage(v, m.Enum("language"))
	}
	return o
}

// readAlarm reads the other road of the alarms.
func readAlarm(v yamltree.Value) string {
	m, ok := v.Mapping(section("alarm"))
	if !ok {
		return ""
	}
	if v, ok := m.Required("url", "where alarms are posted to"); ok {
		return readPing(v)
	}
	return ""
}
