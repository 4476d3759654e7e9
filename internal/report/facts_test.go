package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/calendar"
	"rapport/reportconfig"
)

func TestFactsAreWhatAReportWas(t *testing.T) {
	for _, c := range []struct {
		data reportconfig.Data
		want string
	}{
		{reportconfig.Transactions{Stores: []string{"b", "a"}, Sellers: []string{"s"}}, `{"data_type":"checkout/transactions","schedule":"weekly","language":"no","name":"Uke","filters":[{"filter":"store_id","value":"b"},{"filter":"store_id","value":"a"},{"filter":"payout_destination_id","value":"s"}]}`},
		{reportconfig.Open{OlderThanDays: 7}, `{"data_type":"checkout/transactions/open","schedule":"weekly","language":"no","name":"Uke","filters":[{"filter":"older_than_days","value":"7"}]}`},
		{reportconfig.Orders{Destinations: []string{"d"}}, `{"data_type":"orders/orderoperations","schedule":"weekly","language":"no","name":"Uke","filters":[{"filter":"operation_payout_destination","value":"d"}]}`},
		{reportconfig.Wallets{}, `{"data_type":"wallets/transactions","schedule":"weekly","language":"no","name":"Uke"}`},
	} {
		facts := FactsOf(&reportconfig.Report{Name: "Uke", Data: c.data, Schedule: calendar.Weekly, Language: reportconfig.Norwegian})
		text, err := facts.JSON()
		if err != nil || string(text) != c.want {
			t.Errorf("%s, %v", text, err)
		}
		if again, err := ReadFacts(text); err != nil || !cmp.Equal(facts, again) {
			t.Errorf("read again: %+v, %v", again, err)
		}
	}
}
