package report

import (
	"encoding/json"
	"strconv"

	"rapport/reportconfig"
)

// Facts are what a report was when a period of it was made: whoever lists its files says so,
// whatever became of the report since.
type Facts struct {
	DataType string   `json:"data_type"`
	Schedule string   `json:"schedule"`
	Language string   `json:"language"`
	Name     string   `json:"name,omitempty"` // "": that of its data type
	Filters  []Filter `json:"filters,omitempty"`
}

// A Filter is one of a report's, in Dintero's words.
type Filter struct {
	Filter string `json:"filter"`
	Value  string `json:"value"`
}

// FactsOf are a report's.
func FactsOf(entry *reportconfig.Report) Facts {
	f := Facts{Schedule: string(entry.Schedule), Language: string(entry.Language), Name: entry.Name}
	add := func(name string, values ...string) {
		for _, v := range values {
			f.Filters = append(f.Filters, Filter{name, v})
		}
	}
	if entry.Data != nil {
		f.DataType = string(entry.Data.DataType())
	}
	switch data := entry.Data.(type) {
	case reportconfig.Transactions:
		add("store_id", data.Stores...)
		add("payout_destination_id", data.Sellers...)
	case reportconfig.Open:
		add("store_id", data.Stores...)
		add("payout_destination_id", data.Sellers...)
		if data.OlderThanDays > 0 {
			add("older_than_days", strconv.Itoa(data.OlderThanDays))
		}
	case reportconfig.Orders:
		add("operation_payout_destination", data.Destinations...)
	case reportconfig.Settlements:
		add("payout_destination_id", data.Sellers...)
		add("payment_provider", data.Providers...)
	}
	return f
}

// JSON is how facts are kept.
func (f Facts) JSON() ([]byte, error) { return json.Marshal(f) }

// ReadFacts reads what JSON wrote.
func ReadFacts(data []byte) (f Facts, err error) { return f, json.Unmarshal(data, &f) }
