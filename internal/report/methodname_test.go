package report

import (
	"testing"

	"rapport/locales"
)

func TestPaymentMethodsAreNamedAsPeopleDo(t *testing.T) {
	for code, want := range map[string][2]string{
		"payex.creditcard":       {"Kort · Swedbank Pay", "Card · Swedbank Pay"},
		"bambora.creditcard":     {"Kort · Bambora/Worldline", "Card · Bambora/Worldline"},
		"dintero_psp.creditcard": {"Kort · Dintero", "Card · Dintero"},
		"vipps":                  {"Vipps", "Vipps"},
		"payex.vipps":            {"Vipps · Swedbank Pay", "Vipps · Swedbank Pay"},
		"dintero_psp.vipps":      {"Vipps · Dintero", "Vipps · Dintero"},
		"swish.swish":            {"Swish", "Swish"},
		"klarna.klarna":          {"Klarna", "Klarna"},
		"klarna.billie":          {"Faktura · Billie", "Invoice · Billie"},
		"collector.invoice":      {"Faktura · Walley", "Invoice · Walley"},
		"collector.installment":  {"Delbetaling · Walley", "Instalments · Walley"},
		"collector.invoice_b2b":  {"Bedriftsfaktura · Walley", "Business invoice · Walley"},
		"seitatech.in_person":    {"Kortterminal", "Card terminal"},
		"dintero.wallets":        {"Gavekort", "Gift card"},
		"dintero.zero":           {"Nullbeløp", "Zero amount"},
		"dintero.external":       {"Utenfor Dintero", "Outside Dintero"},
		"payex.applepay":         {"Apple Pay · Swedbank Pay", "Apple Pay · Swedbank Pay"},
		"payex.teleport":         {"payex.teleport", "payex.teleport"},
		"nobody.creditcard":      {"nobody.creditcard", "nobody.creditcard"},
		"":                       {"", ""},
	} {
		for i, language := range []string{"no", "en"} {
			words, err := locales.For(language)
			if err != nil {
				t.Fatal(err)
			}
			if got := MethodName(words, code); got != want[i] {
				t.Errorf("%s, %s: %q, not %q", code, language, got, want[i])
			}
		}
	}
}
