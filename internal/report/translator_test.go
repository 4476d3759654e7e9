package report

import (
	"slices"
	"testing"

	"rapport/internal/content"
	"rapport/internal/paymenttest"
	"rapport/locales"
)

// TestEveryWordingHasItsColumn: one under a wrong name would be no wording at all.
func TestEveryWordingHasItsColumn(t *testing.T) {
	for _, data := range paymenttest.EveryData {
		k, err := Define(paymenttest.Report(data, "en"), paymenttest.Period(t, "2026-11-19"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for key := range k.Layout().words {
			if !slices.ContainsFunc(k.Layout().Columns, func(c Column) bool { return c.Key == key }) {
				t.Errorf("%s: no column %s", data.DataType(), key)
			}
		}
	}
}

func TestAProviderIsNamedByItsFinerNameIfThatHasAWord(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ product, productType, want string }{
		{"bambora", "bambora.creditcard", "Bambora/Worldline"}, {"", "bambora.creditcard", "Bambora/Worldline"},
		{"klarna", "klarna.billie", "Billie"}, {"", "klarna.billie", "Billie"},
		{"novel", "novel.card", "novel"}, {"", "novel.card", "novel"}, {"vipps", "", "Vipps"}, {"", "", ""}, {"", ".card", ""},
	} {
		cell := providerNames(c.product, c.productType)
		got := ""
		if cell.Kind == content.Text {
			got = providerWord(words, cell.Text)
		}
		if got != c.want {
			t.Errorf("%q of %q is called %q, not %q", c.productType, c.product, got, c.want)
		}
	}
}
