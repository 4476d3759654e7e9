package statement_test

import (
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// settled says that so much of a sale is settled, for a fee.
func settled(tx payment.Transaction, capture, fee int64) payment.Transaction {
	tx.Events[1].Settlements = []payment.EventSettlement{{ID: "s1", Capture: &capture, Fee: &fee}}
	return tx
}

// flatText is the mail's text with single spaces.
func flatText(t *testing.T, src paymenttest.Source, rep *reportconfig.Report) string {
	t.Helper()
	s := shoptest.New(t, src, rep)
	s.Run()
	_, text := shoptest.SubjectAndText(t, s.Letters()[0])
	return strings.Join(strings.Fields(text), " ")
}

func TestFeesAreThoseThatDinteroHasToldOf(t *testing.T) {
	euros := settled(shoptest.Sold(t, "e", "2026-11-19", "Oslo", 2000), 2000, 50)
	euros.Currency = "EUR"
	card := shoptest.Sold(t, "g", "2026-11-19", "Oslo", 700)
	card.Product, card.ProductType = "dintero", "dintero.wallets"
	src := paymenttest.Source{Sales: []payment.Transaction{
		settled(shoptest.Sold(t, "a", "2026-11-19", "Oslo", 10000), 10000, 250), settled(shoptest.Sold(t, "b", "2026-11-19", "Oslo", 5000), 2000, 70),
		shoptest.Sold(t, "c", "2026-11-19", "Oslo", 300), card, euros,
	}}
	text := flatText(t, src, paymenttest.Mailed("a@x.no"))
	for _, want := range []string{
		"Gebyrer så langt: 3,20 (2 oppgjort) Ikke oppgjort ennå: 33,00 (2 poster)", // the rest of b, and c; the gift card is nobody's to settle
		"Gebyrer så langt: 0,50 (1 oppgjort) Etter gebyrer: 19,50",                 // all euros are
		"Gebyrer så langt gjelder det som er oppgjort",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said: %s", want, text)
		}
	}
	if text := flatText(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no")); strings.Contains(text, "Gebyrer så langt:") || strings.Contains(text, "Etter gebyrer") || !strings.Contains(text, "Ikke oppgjort ennå") {
		t.Errorf("a fee is guessed: %s", text)
	}
	seller := paymenttest.Mailed("a@x.no")
	seller.Data = reportconfig.Transactions{Sellers: []string{"P1"}}
	src.Sales[0].PayoutDestination = "P1"
	if text := flatText(t, src, seller); strings.Contains(text, "Gebyrer så langt") || strings.Contains(text, "oppgjort ennå") {
		t.Errorf("the fee is that of the whole payment: %s", text)
	}
}

// TestWhatIsPaidBesidesTheBankIsSaid: gift cards, and what another took the money for.
func TestWhatIsPaidBesidesTheBankIsSaid(t *testing.T) {
	sold := func(id, method string, minor int64) payment.Transaction {
		tx := shoptest.Sold(t, id, "2026-11-19", "Oslo", minor)
		tx.Product, tx.ProductType = "dintero", method
		return tx
	}
	src := paymenttest.Source{Sales: []payment.Transaction{sold("a", "dintero.wallets", 700), sold("b", "dintero.external", 900), shoptest.Sold(t, "c", "2026-11-19", "Oslo", 100)}}
	_, text, found := strings.Cut(strings.ReplaceAll(flatText(t, src, paymenttest.Mailed("a@x.no")), "\u00a0", " "), "som Dintero ikke utbetaler til banken: ")
	if text, _, _ = strings.Cut(text, "."); !found || !strings.Contains(text, "NOK 7,00 · ") || !strings.HasSuffix(text, " NOK 9,00") {
		t.Errorf("said is %q", text)
	}
}

func TestVATIsSummedByTheRatesThatDinteroSays(t *testing.T) {
	vat := func(tx payment.Transaction, whole int64, lines ...payment.Line) payment.Transaction {
		tx.Events[1].VAT, tx.Events[1].Lines = &whole, lines
		return tx
	}
	sold := func(id string, minor int64) payment.Transaction {
		return shoptest.Sold(t, id, "2026-11-19", "Oslo", minor)
	}
	src := paymenttest.Source{Sales: []payment.Transaction{
		vat(sold("a", 24000), 3500, payment.Line{ID: "1", Amount: 12500, VATRate: "25.0", VAT: 2000}, payment.Line{ID: "2", Amount: 11500, VATRate: "15", VAT: 1500}),
		vat(sold("b", 12500), 2500, payment.Line{ID: "1", Amount: 12500, VATRate: "25", VAT: 2500}),
		vat(sold("c", 1000), 200, payment.Line{ID: "1", Amount: 900, VATRate: "25", VAT: 180}), // the lines are not all of it
		vat(sold("d", 2000), 400), sold("e", 500),
	}}
	text := flatText(t, src, paymenttest.Mailed("a@x.no"))
	_, text, _ = strings.Cut(text, "Mva. per sats (NOK)")
	if want := "25 % 250,00 45,00 15 % 115,00 15,00 Sats ikke oppgitt 30,00 6,00 Mva. ikke oppgitt 5,00 "; !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
		t.Errorf("%q is not said: %s", want, text)
	}
	if want := "Sum 400,00 66,00"; !strings.Contains(text, want) {
		t.Errorf("%q is not said: %s", want, text)
	}
}

func TestAPartOfAnAccountSaysNothingOfIt(t *testing.T) {
	sale := shoptest.Sold(t, "a", "2026-11-19", "Oslo", 10000)
	sale.Store.PayoutDestination = "P1"
	src := paymenttest.Source{Sales: []payment.Transaction{sale, shoptest.Sold(t, "b", "2026-11-19", "Bergen", 5000)}}
	for _, c := range []struct {
		data reportconfig.Transactions
		want []string
	}{
		{reportconfig.Transactions{Stores: []string{"oslo"}}, []string{"Filtre: Salgssted-ID: Oslo (oslo)"}},
		{reportconfig.Transactions{Sellers: []string{"P1"}}, []string{"Netto før gebyrer – ikke en utbetaling: 100,00 kr", "Filtre: Selger: Oslo (P1)"}},
	} {
		rep := paymenttest.Mailed("a@x.no")
		rep.Data = c.data
		s := shoptest.New(t, src, rep)
		s.Run()
		_, text := shoptest.SubjectAndText(t, s.Letters()[0])
		text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "\u00a0", " ")
		for _, want := range append(c.want, "Spørsmål til: Kari <kari@fjordfisk.no>") {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not said: %s", want, text)
			}
		}
		if strings.Contains(text, "T12345678") || strings.Contains(text, "150,00") || strings.Contains(text, "Bergen") {
			t.Errorf("it tells of others: %s", text)
		}
	}
}
