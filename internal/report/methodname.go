package report

import (
	"strings"

	"rapport/locales"
)

// MethodName is what people call a payment method of Dintero: what the customer used first,
// who handled it after it. "payex.creditcard" is "Kort · Swedbank Pay". A code of which any
// part is unknown stands as it is.
func MethodName(words *locales.Printer, code string) string {
	if words.Has("method." + code) {
		return words.Word("method." + code)
	}
	handler, kind, _ := strings.Cut(code, ".")
	by := words.WordOr("provider."+handler, "")
	used := words.WordOr("method.kind."+kind, "")
	switch {
	case by == "" || used == "" && kind != "" && kind != handler:
		return code
	case used == "" || used == by:
		return by
	}
	return used + " · " + by
}

// ReaderTranslator is the translator for documents that people read: these name payment
// methods, of which a CSV has the codes.
func (s Layout) ReaderTranslator(words *locales.Printer) *Translator {
	sp := s.Translator(words)
	for i, c := range s.Columns {
		if c.Key == "payment_method" {
			sp.wordings[i] = MethodName
		}
	}
	return sp
}
