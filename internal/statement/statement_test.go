package statement_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestTheSubjectHasTheAnswerAndTheChangeSinceTheSameWeekday(t *testing.T) {
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	subject, _ := s.Read("2026-10-29")
	if want := "Transaksjoner tor 29.10: 150,00 kr – Fjordfisk AS 940155223, nr. 1"; subject != want {
		t.Errorf("the first has nothing to compare with:\ngot  %s\nwant %s", subject, want)
	}
	subject, _ = s.Read("2026-11-05")
	if want := "Transaksjoner tor 05.11: 150,00 kr, uendret fra forrige torsdag – Fjordfisk AS 940155223, nr. 2"; subject != want {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	subject, text := s.Read("2026-11-12", "2026-11-19")
	if want := "Transaksjoner tor 19.11: 168,00 kr, +12 % mot forrige torsdag – Fjordfisk AS 940155223, nr. 4"; subject != want {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	for _, want := range []string{"+12 % mot forrige torsdag", "Bergen: ingen innløsninger, vanligvis 3", "Største endringer (NOK)", "+78,00", "-60,00", "Rapport nr. 4"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
}

func TestABaselineThatIsIncompleteIsNotGuessed(t *testing.T) {
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	if subject, text := s.Read("2026-10-29", "2026-11-05", "2026-11-19"); strings.Contains(subject+text, "forrige") || strings.Contains(text, "vanligvis") {
		t.Errorf("the week before was never made: %s\n%s", subject, text)
	}
	s = shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	if _, text := s.Read("2026-11-05", "2026-11-12", "2026-11-19"); strings.Contains(text, "vanligvis") {
		t.Errorf("two weeks are no habit:\n%s", text)
	}
	s = shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	s.Read("2026-11-12")
	s.Reports[0].Data = reportconfig.Transactions{Stores: []string{"oslo"}}
	if subject, text := s.Read("2026-11-19"); strings.Contains(subject+text, "forrige") {
		t.Errorf("the week before was of all stores: %s\n%s", subject, text)
	}
}

func TestAPlainSubjectSaysNoAmount(t *testing.T) {
	plain := paymenttest.Mailed("a@x.no")
	plain.PlainSubject = true
	s := shoptest.New(t, shoptest.FourThursdays(t), plain)
	s.Run("2026-11-19")
	letter := s.Letters()[0]
	subject, _ := shoptest.SubjectAndText(t, letter)
	if want := "Transaksjoner tor 19.11 – Fjordfisk AS 940155223, nr. 1"; subject != want {
		t.Errorf("got %s", subject)
	}
	if _, rest, _ := strings.Cut(string(letter.HTML), `class="preview"`); strings.Contains(rest[:strings.Index(rest, "</div>")], "168") {
		t.Error("the preview stands beside the subject, and says the amount")
	}
}

func TestNumbersGoOnBehindTheArchiveWhenTheLedgerIsLost(t *testing.T) {
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	s.Read("2026-11-17", "2026-11-18", "2026-11-19")
	s.Lose()
	s.Days(1)
	s.Run()
	letters := s.Letters()
	if len(letters) != 1 {
		t.Fatalf("%d messages: %s", len(letters), s.Said())
	}
	if subject, _ := shoptest.SubjectAndText(t, letters[0]); !strings.HasSuffix(subject, "nr. 4") {
		t.Errorf("three are in the archive: %s", subject)
	}
}

// TestOneFigureEverywhere: whoever reads only the subject, only the mail, only the PDF or
// only the CSV reads the same figure.
func TestOneFigureEverywhere(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	late := shoptest.Sold(t, "late", "2026-11-19", "Oslo", 123456)
	late.Events = append(late.Events, paymenttest.Event(t, payment.EventRefund, "12:30", 2345))
	open := paymenttest.Authorised(t, "AUTHORIZED")
	open.ID, open.Amount = "open", 765432
	src := paymenttest.Source{Sales: []payment.Transaction{late, shoptest.Sold(t, "s", "2026-11-19", "Bergen", 99), open}, Movements: []payment.WalletTransaction{
		{ID: "f", CardID: "c", Type: "fund", Amount: 500000, Currency: "NOK", CreatedAt: paymenttest.At(t, "12:00")},
		{ID: "d", CardID: "c", Type: "drawdown", Amount: 123, Currency: "NOK", CreatedAt: paymenttest.At(t, "13:00")},
	}}
	for _, c := range []struct {
		data        reportconfig.Data
		column, sum string
	}{
		{reportconfig.Transactions{}, "Netto", "1 212,10"},
		{reportconfig.Open{}, "Gjenstående", "7 654,32"},
		{reportconfig.Wallets{}, "Beløp", "4 998,77"},
	} {
		t.Run(string(c.data.DataType()), func(t *testing.T) {
			rep := paymenttest.Mailed("a@x.no")
			rep.Data, rep.ContentTypes = c.data, []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
			s := shoptest.New(t, src, rep)
			s.Run()
			letter := s.Letters()[0]
			subject, text := shoptest.SubjectAndText(t, letter)
			files := s.Archived("2026-11-19")
			for where, said := range map[string]string{
				"subject": subject, "text": text, "html": strings.ReplaceAll(string(letter.HTML), "\u00a0", " "), "pdf": shoptest.PdfText(t, files["pdf"]),
			} {
				if !strings.Contains(said, c.sum) {
					t.Errorf("the %s does not say %s:\n%s", where, c.sum, said)
				}
			}
			if got := shoptest.SumOf(t, files["csv"], c.column); got != strings.ReplaceAll(c.sum, " ", "") {
				t.Errorf("the CSV sums to %s, not to %s", got, c.sum)
			}
		})
	}
}

func TestMoneyAboutToLapseIsNamedFirst(t *testing.T) {
	aged := func(id, method string, age time.Duration, minor int64) payment.Transaction {
		tx := paymenttest.Authorised(t, "AUTHORIZED")
		tx.ID, tx.MerchantReference, tx.ProductType, tx.Amount = id, "order-"+id, method, minor
		tx.Events[0].CreatedAt = paymenttest.At(t, "2026-11-20T00:00:00+01:00").Add(-age)
		return tx
	}
	const day = 24 * time.Hour
	src := paymenttest.Source{Sales: []payment.Transaction{
		aged("5", "vipps", 5*day+23*time.Hour, 100), aged("6", "vipps", 6*day, 200), aged("7", "vipps", 7*day, 400),
		aged("ours", "vipps.card", 9*day, 800), aged("never", "swish", 300*day, 1600), aged("klarna", "klarna.invoice", 26*day, 3200),
	}}
	rep := paymenttest.Mailed("a@x.no")
	rep.Data = reportconfig.Open{}
	s := shoptest.New(t, src, rep)
	s.Lapse = []reportconfig.LapseLimit{{Method: "vipps.card", Days: 10}}
	s.Run()
	subject, text := shoptest.SubjectAndText(t, s.Letters()[0])
	if want := "Åpne transaksjoner tor 19.11: 63,00 kr, 42,00 kr går snart ut – "; !strings.HasPrefix(subject, want) {
		t.Errorf("got  %s\nwant %s", subject, want)
	}
	if want := "1 autorisasjon på 4,00 kr har passert fristen for innløsning"; !strings.Contains(text, want) {
		t.Errorf("%q is not said:\n%s", want, text)
	}
	_, table, _ := strings.Cut(text, "Dager igjen")
	table, lapsed, _ := strings.Cut(table, "Dager over")
	if got := orderReferences(table); got != "order-ours order-6 order-klarna" {
		t.Errorf("least time first, and of those the largest: %s\n%s", got, text)
	}
	if got := orderReferences(lapsed); got != "order-7" {
		t.Errorf("what is past its time is listed too: %s\n%s", got, text)
	}
}

// orderReferences are those that a text names.
func orderReferences(text string) string {
	var order []string
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(word, "order-") {
			order = append(order, word)
		}
	}
	return strings.Join(order, " ")
}
