package reportform

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// TestNoKeyIsLostInTheForm: whatever the schema has for a report is the same after it was shown and sent back.
func TestNoKeyIsLostInTheForm(t *testing.T) {
	data, err := os.ReadFile("../../reportconfig/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type property struct {
		Enum    []string
		Const   string
		Default any
	}
	var schema struct {
		Defs struct {
			Report struct {
				Properties map[string]property
				AllOf      []struct {
					If   struct{ Properties struct{ DataType property } }
					Then struct {
						Properties struct {
							Schedule      property
							ReportFilters struct {
								Items struct{ Properties struct{ Filter property } }
							}
						}
					}
				}
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	samples := map[string][]string{
		"was": {`"old"`}, "name": {`"Oslo"`}, "contentTypes": {`["text/csv","application/pdf"]`}, "emails": {`["a@shop.example","b@shop.example"]`, `["\"Olsen, Kari\" \u003ck@shop.example\u003e","\"a \\\"b\\\"; c\" \u003cb@shop.example\u003e"]`}, "at": {`"07:30"`}, "workday": {`3`, `-1`}, "day_starts": {`"04:00"`},
		"ping": {`"https://ping.example/x"`}, "voucher": {`{"accounts":{"fees":"7770"},"format":"gbat10"}`}, "addresses": {`"sellers.csv"`}, "paused": {`true`}, "reportFilters": {`[{"filter":"store_id","value":"t1"}]`, `[{"filter":"store_id","value":"a,b"},{"filter":"store_id","value":"c; \"d\\e"},{"filter":"store_id","value":"\"f\""}]`},
	}
	back := func(dataType, key, value string) {
		t.Helper()
		b := map[string]json.RawMessage{"dataType": json.RawMessage(`"` + dataType + `"`), "schedule": json.RawMessage(`"daily"`), "language": json.RawMessage(`"no"`)}
		b[key] = json.RawMessage(value)
		body, _ := json.Marshal(b) // of text
		again, _, err := Body(FormOf(body), KeptOf(body))
		if err != nil || string(again) != string(body) {
			t.Errorf("%s is %s after it was shown as a form: %v", body, again, err)
		}
	}
	for key, p := range schema.Defs.Report.Properties {
		if slices.Contains([]string{"id", "accountId", "created_at", "created_by"}, key) { // the server writes them
			continue
		}
		values := samples[key]
		for _, word := range p.Enum {
			if value, _ := json.Marshal(word); word != p.Default && !slices.ContainsFunc(Choices(), func(c Choice) bool { return c.Key == key && c.Words[0] == word }) {
				values = append(values, string(value))
			}
		}
		if len(values) == 0 {
			t.Errorf("%s has no sample", key)
		}
		for _, value := range values {
			back("checkout/transactions", key, value)
		}
	}
	for _, of := range schema.Defs.Report.AllOf {
		if dataType, filter := of.If.Properties.DataType.Const, of.Then.Properties.ReportFilters.Items.Properties.Filter; dataType != "" {
			for _, key := range append(filter.Enum, filter.Const) {
				if key != "" {
					back(dataType, "reportFilters", `[{"filter":"`+key+`","value":"x"}]`)
				}
			}
			for _, schedule := range of.Then.Properties.Schedule.Enum {
				if !slices.Contains(SchedulesOf(dataType), schedule) {
					t.Errorf("%s is not offered %s", dataType, schedule)
				}
			}
		}
	}
}
