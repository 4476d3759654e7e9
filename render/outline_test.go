package render

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// validate fails the test unless the document is a valid PDF.
func validate(t testing.TB, pdf []byte) {
	t.Helper()
	api.DisableConfigDir() // or pdfcpu writes one into the home directory
	config := model.NewDefaultConfiguration()
	config.ValidationMode = model.ValidationStrict
	if err := api.Validate(bytes.NewReader(pdf), config); err != nil {
		t.Fatalf("not a valid PDF: %v", err)
	}
}

func TestOutlineLeadsToTotalsAndRows(t *testing.T) {
	pdf := render(t, transactions(t, "no", 60, "NOK"), nil)
	api.DisableConfigDir()
	bookmarks, err := api.Bookmarks(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range bookmarks {
		got = append(got, fmt.Sprint(b.Title, " ", b.PageFrom))
	}
	want := []string{"Sammendrag 1", "Totalt 1", "Per betalingsmåte 1", "Per salgssted 1", "Detaljer 2"}
	if !slices.Equal(got, want) {
		t.Errorf("the outline is %q, not %q", got, want)
	}
}
