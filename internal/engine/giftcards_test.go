package engine_test

import (
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// Gift cards are a debt: what is owed at the period's beginning and end, with what came between them,
// of all movements of all cards; the CSV has those of the period alone.
func TestGiftCardsAreADebt(t *testing.T) {
	t.Parallel()
	move := func(card, id, kind, when, parent string, amount int64) payment.WalletTransaction {
		return payment.WalletTransaction{ID: id, CardID: card, Type: kind, ParentID: parent, Amount: amount, Currency: "NOK", CreatedAt: paymenttest.At(t, when)}
	}
	old := []payment.WalletTransaction{
		move("old", "1", payment.WalletFund, "2024-11-19T10:00:00+01:00", "", 50000),
		move("old", "2", payment.WalletDrawdown, "2025-02-01T10:00:00+01:00", "", 20000),
	}
	expiry := payment.GiftCard{ID: "old", ExpiresAt: paymenttest.At(t, "2026-11-19T12:00:00+01:00")}.Expiry(old)
	source := paymenttest.Source{Movements: append(append(old, expiry...),
		move("new", "3", payment.WalletFund, "2026-11-18T10:00:00+01:00", "", 100000),
		move("new", "4", payment.WalletReserved, "2026-11-18T11:00:00+01:00", "", 40000),
		move("new", "4", payment.WalletReserved, "2026-11-18T11:00:00+01:00", "", 40000), // once more on the next page
		move("new", "5", payment.WalletDrawdown, "2026-11-19T11:00:00+01:00", "4", 15000),
		move("new", "6", payment.WalletFund, "2026-11-19T13:00:00+01:00", "", 7000),
		move("new", "7", payment.WalletDrawdown, "2026-11-20T00:00:00+01:00", "", 1000), // of the next day
	)}
	rep := paymenttest.Report(reportconfig.Wallets{}, "no")
	rep.ContentTypes, rep.Emails = []reportconfig.ContentType{reportconfig.CSV, reportconfig.PDF}, paymenttest.Mailed("a@x.no").Emails
	s := shoptest.New(t, source, rep)
	s.Run()
	files := s.Archived("2026-11-19")
	if got := shoptest.SumOf(t, files["csv"], "Beløp"); got != "-80,00" {
		t.Errorf("the CSV has more than the period: %s", got)
	}
	_, text := shoptest.SubjectAndText(t, s.Letters()[0])
	for what, text := range map[string]string{"mail": text, "PDF": shoptest.PdfText(t, files["pdf"])} {
		lines := strings.Fields(strings.NewReplacer("−", "-", "1\u00a0300", "1300", "1 300", "1300").Replace(text))
		got := strings.Join(lines, " ")
		for _, want := range []string{"Gjeld ved periodens begynnelse 1300,00", "Påfyll 70,00", "Brukt -150,00", "Utløpt -300,00", "Gjeld ved periodens slutt 920,00", "Herav reservert 250,00"} {
			if !strings.Contains(got, want) {
				t.Errorf("the %s lacks %q:\n%s", what, want, text)
			}
		}
	}
}

// A movement from before the period that cannot be read makes no report wait, but what is owed is
// not known then, and that is said.
func TestWhatIsOwedIsNotGuessed(t *testing.T) {
	t.Parallel()
	odd := payment.WalletTransaction{ID: "odd", CardID: "c", Currency: "NOK", CreatedAt: paymenttest.At(t, "2026-11-01T10:00:00+01:00"), Fault: payment.Named("wallet transaction", "odd", errOdd{})}
	rep := paymenttest.Report(reportconfig.Wallets{}, "en")
	rep.Emails = paymenttest.Mailed("a@x.no").Emails
	fund := payment.WalletTransaction{ID: "1", CardID: "k", Type: payment.WalletFund, Amount: 100, Currency: "NOK", CreatedAt: odd.CreatedAt}
	never := payment.GiftCard{ID: "k", Fault: errOdd{}}.Expiry([]payment.WalletTransaction{fund})
	for want, moves := range map[string][]payment.WalletTransaction{"movement odd cannot be": {odd}, "movement k expires_at cannot be": append(never, fund)} {
		s := shoptest.New(t, paymenttest.Source{Movements: moves}, rep)
		s.Run()
		_, text := shoptest.SubjectAndText(t, s.Letters()[0])
		if text = strings.Join(strings.Fields(text), " "); !strings.Contains(text, want) || strings.Contains(text, "Owed at the") {
			t.Error(text)
		}
	}
}

type errOdd struct{}

func (errOdd) Error() string { return "amount: is a text" }
