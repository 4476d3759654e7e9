package content

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kept is what a message in the ledger says, as it was written before these types were
// shared, and what it is.
var kept = []struct {
	text      string
	into, was any
}{
	{`{"Label":"Netto","Amount":"68,30 kr","Change":"+12 %","Parts":[{"Label":"Innløst","Amount":"72,20","Count":"2 innløsninger"}]}`,
		new(Headline), &Headline{"Netto", "68,30 kr", "+12 %", []Part{{"Innløst", "72,20", "2 innløsninger"}}}},
	{`{"Title":"Per dag","Head":["Dag","Netto"],"Right":[false,true],"Rows":[["1.","2,00"],["Sum","2,00"]],"Total":true}`,
		new(Table), &Table{Title: "Per dag", Head: []string{"Dag", "Netto"}, Right: []bool{false, true}, Rows: [][]string{{"1.", "2,00"}, {"Sum", "2,00"}}, Total: true}},
	{`{"Title":"","Head":null,"Right":null,"Rows":null,"Total":false,"More":3}`, new(Table), &Table{More: 3}},
	{`{"Label":"Konto","Value":"T12345678"}`, new(Fact), &Fact{"Konto", "T12345678"}},
	{`{"State":"","Text":"","Details":null}`, new(Check), &Check{}},
	{`{"State":"agrees","Text":"Avstemt","Details":null}`, new(Check), &Check{State: Agrees, Text: "Avstemt"}},
	{`{"State":"differs","Text":"Stemmer ikke","Details":["NOK"]}`, new(Check), &Check{Differs, "Stemmer ikke", []string{"NOK"}}},
	{`{"State":"not checked","Text":"Ikke kontrollert","Details":null}`, new(Check), &Check{State: NotChecked, Text: "Ikke kontrollert"}},
}

func TestContentThatTheLedgerKeepsStaysReadable(t *testing.T) {
	for _, k := range kept {
		if err := json.Unmarshal([]byte(k.text), k.into); err != nil {
			t.Errorf("%s: %v", k.text, err)
		}
		if diff := cmp.Diff(k.was, k.into); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k.text, diff)
		}
		if again, err := json.Marshal(k.was); err != nil || string(again) != k.text {
			t.Errorf("%s is written as %s, %v", k.text, again, err)
		}
	}
}
