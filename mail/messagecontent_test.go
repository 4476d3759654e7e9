package mail_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/content"
	"rapport/mail"
)

// wholeContent has a value in every field.
func wholeContent() mail.Content {
	table := content.Table{Title: "Per dag", Head: []string{"Dag", "Netto"}, Right: []bool{false, true},
		Rows: [][]string{{"tor 19.11", "48 213,50"}, {"Sum", "48 213,50"}}, Total: true, Whole: true, Paper: true, Lead: 1, More: 4,
		Rank: []int{0}, Rest: [][][]string{nil, {{"og 4 til", "0,00"}}}, Left: 1}
	return mail.Content{
		Language: "no", Subject: "Dagsoppgjør: 48 213,50 kr", Organization: "Fjordfisk AS", Title: "Dagsoppgjør", Period: "torsdag 19. november 2026",
		Span: "19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)", Number: "Rapport nr. 12", Preview: "+12 % mot forrige torsdag", Lead: "Netto 48 213,50 kr.",
		Headlines: []content.Headline{{Label: "Netto", Amount: "48 213,50 kr", Change: "+12 %", Parts: []content.Part{{Label: "Innløst", Amount: "49 463,50", Count: "117 innløsninger"}}}},
		Check:     content.Check{State: content.Differs, Text: "Avviker fra Dintero", Details: []string{"19.11.: 70 her, 71 hos Dintero"}},
		Remarks:   []string{"Bergen: ingen salg <vanligvis 41>"}, Urgent: []content.Table{table}, Facts: []content.Fact{{Label: "Konto", Value: "T12345678"}},
		Charts: []content.Chart{{Title: "Netto per time (NOK)", Alone: true, Bars: []content.Bar{{Label: "08", Amount: "1,00", Minor: 100}}}},
		Tables: []content.Table{table, {Title: "Endringer"}}, Notes: []string{"Netto er før gebyrer."}, Footer: []string{"Sendt automatisk."},
	}
}

// TestContentKeepsItsJSON pins the form in which the ledger keeps contents: what an older
// version wrote must be read, and mailed, as it was.
func TestContentKeepsItsJSON(t *testing.T) {
	for name, want := range map[string]mail.Content{"content.json": wholeContent(), "content-empty.json": {}} {
		var got bytes.Buffer
		encoder := json.NewEncoder(&got)
		encoder.SetIndent("", "\t")
		if err := encoder.Encode(want); err != nil {
			t.Fatal(err)
		}
		golden(t, name, got.Bytes())
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var read mail.Content
		if err := json.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("%s is read as something else (-want +got):\n%s", name, diff)
		}
	}
}

// TestWholeContentIsWhole: a field that the sample lacks is not pinned.
func TestWholeContentIsWhole(t *testing.T) {
	var look func(path string, v reflect.Value)
	look = func(path string, v reflect.Value) {
		switch {
		case v.IsZero():
			t.Errorf("%s is empty in the sample", path)
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				look(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			look(path, v.Index(0))
		}
	}
	look("Content", reflect.ValueOf(wholeContent()))
}
