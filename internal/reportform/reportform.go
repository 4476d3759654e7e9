// Package reportform turns the form of a report into its configuration and back: fields are named as
// the keys of the configuration. It refuses nothing by itself, as the validator has the last word, and
// it shows no secret.
package reportform

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"rapport/reportconfig"
)

// Filter is one entry of reportFilters.
type Filter struct {
	Filter string `json:"filter"`
	Value  string `json:"value"`
}

// FiltersOf are the filters of a report as it was written.
func FiltersOf(body []byte) []Filter {
	var b struct {
		Filters []Filter `json:"reportFilters"`
	}
	_ = json.Unmarshal(body, &b) // what is there is shown
	return b.Filters
}

// FilterKeys are what reports of a data type can be narrowed down by.
func FilterKeys(dataType string) []string {
	return map[string][]string{
		"checkout/transactions":      {"store_id", "payout_destination_id"},
		"checkout/transactions/open": {"store_id", "older_than_days"},
		"orders/orderoperations":     {"operation_payout_destination"},
		"settlements":                {"payout_destination_id", "payment_provider"},
	}[dataType]
}

// SchedulesOf are how often a report of a data type can be made; the validator has the last word.
func SchedulesOf(dataType string) []string {
	switch dataType {
	case "orders/orderoperations":
		return []string{"daily", "weekly", "twice-a-month"}
	case "settlements":
		return []string{"daily", "weekly", "monthly", "vat-term"}
	}
	return []string{"daily", "weekly", "monthly"}
}

// The content types, in Dintero's words.
const CSV, PDF = "text/csv", "application/pdf"

// FormsOf are the content types that a data type can be; the validator has the last word.
func FormsOf(dataType string) []string {
	all := []string{PDF, CSV, string(reportconfig.XLSX)}
	if dataType == "orders/orderoperations" {
		all = all[1:]
	}
	return all
}

// FormName is a content type as people call it.
func FormName(contentType string) string {
	return cmp.Or(map[string]string{PDF: "PDF", CSV: "CSV", string(reportconfig.XLSX): "Excel"}[contentType], contentType)
}

// A Choice is a key of ours that has one of a few words, the default first.
type Choice struct {
	Key   string
	Words []string
}

// Choices are those keys.
func Choices() []Choice {
	return []Choice{
		{"empty", []string{"send", "skip"}}, {"subject", []string{"answer", "plain"}}, {"attach", []string{"all", "voucher"}}, {"pdf", []string{"full", "totals"}},
		{"csv", []string{"local", "machine"}}, {"reconcile", []string{"warn", "hold", "off"}}, {"uncertain", []string{"resend", "hold"}},
	}
}

// Body makes the report of a form, key for key; what is left empty or as it is by itself is not said.
// Kept has those that the form does not ask for. The filters are in the order of places.
func Body(form url.Values, kept map[string]json.RawMessage) (body []byte, places []string, err error) {
	b := map[string]any{}
	for key, value := range kept {
		b[key] = value
	}
	value := func(key string) string { return strings.TrimSpace(form.Get(key)) }
	set := func(key, byDefault string) {
		if given := value(key); given != "" && given != byDefault {
			b[key] = given
		} else {
			delete(b, key)
		}
	}
	for _, key := range []string{"dataType", "schedule", "language", "name", "ping"} {
		set(key, "")
	}
	set("at", "06:00")
	set("day_starts", "00:00")
	for _, e := range Choices() {
		set(e.Key, e.Words[0])
	}
	for key, list := range map[string][]string{"emails": Split(form["emails"]), "contentTypes": form["contentTypes"]} {
		if delete(b, key); len(list) > 0 {
			b[key] = list
		}
	}
	filters := []Filter{}
	for _, key := range FilterKeys(value("dataType")) {
		for _, one := range Split(form["reportFilters."+key]) {
			filters, places = append(filters, Filter{key, unquoted(one)}), append(places, key)
		}
	}
	for _, line := range Split(form["reportFilters"]) {
		key, one, _ := strings.Cut(line, "=")
		filters, places = append(filters, Filter{strings.TrimSpace(key), strings.TrimSpace(one)}), append(places, strings.TrimSpace(key))
	}
	if delete(b, "reportFilters"); len(filters) > 0 {
		b["reportFilters"] = filters
	}
	delete(b, "paused")
	if paused := value("paused"); paused != "" && paused != "false" {
		b["paused"] = true
	}
	body, err = json.Marshal(b)
	return body, places, err
}

// Split cuts texts at commas, semicolons and lines, but for those between quotes.
func Split(texts []string) (all []string) {
	for _, t := range texts {
		quoted, escaped := false, false
		for _, one := range strings.FieldsFunc(t, func(r rune) bool {
			if r == '\n' || r == '\r' {
				quoted, escaped = false, false
				return true
			}
			if r == '"' && !escaped {
				quoted = !quoted
			}
			escaped = quoted && r == '\\' && !escaped
			return !quoted && (r == ',' || r == ';')
		}) {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// quoted is a value as Split leaves it whole, and unquoted takes that back.
func quoted(value string) string {
	if !strings.ContainsAny(value, `,;"`) {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

func unquoted(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(value[1 : len(value)-1])
}

// FormOf is the form of a report as it was written.
func FormOf(body []byte) url.Values {
	form, b := url.Values{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(CutSecrets(body), &b) // then it is empty
	for key, raw := range b {
		var one string
		var list []string
		switch {
		case json.Unmarshal(raw, &one) == nil:
			form.Set(key, one)
		case key == "emails" && json.Unmarshal(raw, &list) == nil:
			form.Set(key, strings.Join(list, ", "))
		case key == "contentTypes" && json.Unmarshal(raw, &list) == nil:
			form[key] = list
		case key == "paused" && string(raw) == "true":
			form.Set(key, "true")
		}
	}
	for _, f := range FiltersOf(body) {
		key := "reportFilters." + f.Filter
		form.Set(key, strings.TrimPrefix(form.Get(key)+", "+quoted(f.Value), ", "))
	}
	return form
}

// KeptOf are the keys of a report that Body goes on with: all but those that nobody writes. What the
// form asks for replaces them.
func KeptOf(body []byte) map[string]json.RawMessage {
	b := map[string]json.RawMessage{}
	_ = json.Unmarshal(body, &b) // then nothing is kept
	for _, key := range []string{"id", "accountId", "created_at", "created_by"} {
		delete(b, key)
	}
	return b
}

// FieldOf is the field of a path, as reportFilters[0].value or emails[2].
func FieldOf(path string, places []string) string {
	key, _, _ := strings.Cut(path, "[")
	key, _, _ = strings.Cut(key, ".")
	if key != "reportFilters" {
		return key
	}
	_, index, _ := strings.Cut(path, "[")
	for i, place := range places {
		if strings.HasPrefix(index, strconv.Itoa(i)+"]") {
			return key + "." + place
		}
	}
	return key
}

// CutSecrets hides the query of a ping, which is as good as a secret.
func CutSecrets(body []byte) []byte {
	var b struct {
		Ping string `json:"ping"`
	}
	if json.Unmarshal(body, &b) != nil || !strings.Contains(b.Ping, "?") {
		return body
	}
	shown, _, _ := strings.Cut(b.Ping, "?")
	whole, _ := json.Marshal(b.Ping) // a string always can be
	cut, _ := json.Marshal(shown)
	return bytes.Replace(bytes.Replace(body, whole, cut, 1), []byte(`"`+b.Ping+`"`), cut, 1)
}
