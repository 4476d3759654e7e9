package statement_test

import (
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestStoresOfOneNameAreToldApart(t *testing.T) {
	a, b := shoptest.Sold(t, "a", "2026-11-19", "Torget", 1000), shoptest.Sold(t, "b", "2026-11-19", "Torget", 2000)
	a.Store.ID, b.Store.ID = "sc1", "sc2"
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{a, b, shoptest.Sold(t, "c", "2026-11-12", "Oslo", 1)}}, paymenttest.Mailed("a@x.no"))
	_, text := s.Read("2026-11-12", "2026-11-19")
	for _, want := range []string{"Torget (sc1)", "Torget (sc2)"} {
		if strings.Count(text, want) != 2 {
			t.Errorf("%q is not among the changes and the stores:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Oslo (") {
		t.Errorf("there is one Oslo:\n%s", text)
	}
}

func TestWhatIsComparedNamesItsCurrencyAsTheRestDoes(t *testing.T) {
	euro := shoptest.Sold(t, "e", "2026-11-19", "Oslo", 700)
	euro.Currency = "EUR"
	was, euroWas := shoptest.Sold(t, "o", "2026-11-12", "Oslo", 1), shoptest.Sold(t, "f", "2026-11-12", "Oslo", 1)
	euroWas.Currency = "EUR"
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{shoptest.Sold(t, "n", "2026-11-19", "Oslo", 900), euro, was, euroWas}}, paymenttest.Mailed("a@x.no"))
	if o := s.Run("2026-11-12"); o != (builder.Outcome{}) {
		t.Fatal(s.Said())
	}
	s.Letters()
	s.Run("2026-11-19")
	letter := s.Letters()[0]
	_, text := shoptest.SubjectAndText(t, letter)
	if !strings.Contains(text, "(forrige torsdag: NOK 0,01)") || strings.Contains(text, "0,01 kr") {
		t.Errorf("kroner by two names:\n%s", text)
	}
	_, preview, _ := strings.Cut(strings.ReplaceAll(string(letter.HTML), "\u00a0", " "), `class="preview"`)
	if preview, _, _ = strings.Cut(preview, "</div>"); !strings.Contains(preview, "EUR: Innløst 7,00 (1 innløsning)") || !strings.Contains(preview, "NOK: Innløst 9,00") {
		t.Errorf("amounts of several currencies in the preview are of none: %s", preview)
	}
}

func TestWhatIsAuthorisedAndThenCapturedIsNotSummed(t *testing.T) {
	o := paymenttest.Order(t, paymenttest.Operation(t, payment.Authorization, "a1", 5000), paymenttest.Operation(t, payment.Capture, "c1", 5000))
	rep := paymenttest.Mailed("a@x.no")
	rep.Data, rep.ContentTypes = reportconfig.Orders{}, []reportconfig.ContentType{reportconfig.CSV}
	s := shoptest.New(t, paymenttest.Source{OrderList: []payment.Order{o}}, rep)
	s.Run("2026-11-19")
	letter := s.Letters()[0]
	if html := strings.ReplaceAll(string(letter.HTML), "\u00a0", " "); !strings.Contains(html, "50,00") || strings.Contains(html, "100,00") || strings.Contains(html, ">Sum<") {
		t.Error("the same money is summed twice")
	}
}
