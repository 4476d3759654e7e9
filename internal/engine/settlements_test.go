package engine_test

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// payouts are settlements with a file of each.
type payouts struct{ shoptest.Payouts }

func (p *payouts) Attachment(_ context.Context, id, file string) ([]byte, error) {
	return []byte("file " + file + " of " + id), nil
}

// pays adds a settlement of a sale the day before it, in øre.
func (p *payouts) pays(t *testing.T, id, day string, capture, fee int64) {
	one, _ := p.Pays(t, id, day, capture, fee)
	one.EndAt = time.Time{} // as some providers leave it out
	one.Attachments = []payment.Attachment{{ID: "f", Key: "settlement.xml", ContentType: "application/xml", Extension: "xml"}}
}

func payoutShop(t *testing.T) (*shoptest.Shop, *payouts, *reportconfig.Report) {
	s, _, rep := shoptest.PayoutShop(t)
	source := &payouts{}
	s.Source = source
	rep.ContentTypes, rep.Attachments = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}, true
	return s, source, rep
}

func archived(t *testing.T, s *shoptest.Shop, period, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Archive, "utbetalinger", period, file))
	paymenttest.Must(t, err)
	return strings.NewReplacer("\u00a0", " ", `"`, "").Replace(string(data))
}

// The first voucher column of GBAT10, each number once.
func numbers(file string) (all []string) {
	for line := range strings.Lines(file) {
		if n := strings.Split(line, ";")[1]; !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

func TestAReportOfSettlementsSaysWhatIsExpectedInTheBank(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 1000000, 17500)
	source.pays(t, "2", "2026-11-19", 410000, 7186)
	s.Run()
	letters := s.Letters()
	if len(letters) != 1 {
		t.Fatalf("%d mails", len(letters))
	}
	subject, text := shoptest.SubjectAndText(t, letters[0])
	subject, text = strings.ReplaceAll(subject, "\u00a0", " "), strings.ReplaceAll(text, "\u00a0", " ")
	if want := "Utbetalinger tor 19.11: Utbetalt 13 853,14 kr i 2 oppgjør, gebyr 246,86 kr – Fjordfisk AS 940155223, nr. 1"; subject != want {
		t.Errorf("subject %q\nwant %q", subject, want)
	}
	for _, want := range []string{"Broen går opp", "13 853,14", "2001", "bank 1920", "utbetalinger_2026-11-19_bridge.csv", "utbetalinger_2026-11-19_voucher.csv", "utbetalinger_2026-11-19_1_1.xml"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
	bridge := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19_bridge.csv")
	if want := "NOK;;vipps;14100,00;0,00;0,00;246,86;13853,14;0,00;0,00;0,00;0,00\r\n"; !strings.Contains(bridge, want) {
		t.Errorf("bridge:\n%s", bridge)
	}
	if got := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19_1_1.xml"); got != "file f of 1" {
		t.Errorf("the attachment is %q", got)
	}
	rows := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19.csv")
	if want := "2026-11-19;1;vipps;2001;Utbetalt;2026-11-18 09:00:00;;;;NOK;10000,00;0,00;175,00;9825,00;10000,00;0,00;175,00;0,00;2026-11-20 06:00:00\r\n"; !strings.Contains(rows, want) {
		t.Errorf("rows:\n%s", rows)
	}
	pdf := shoptest.PdfText(t, filepath.Join(s.Archive, "utbetalinger", "2026-11-19", "utbetalinger_2026-11-19.pdf"))
	for _, want := range []string{"Ventes i banken", "13 853,14", "Inngående", "246,86"} {
		if !strings.Contains(pdf, want) {
			t.Errorf("the PDF lacks %q:\n%s", want, pdf)
		}
	}
}

// A settlement is booked once: not by a later run, nor when the ledger is lost, nor by another
// report; the numbers go on.
func TestASettlementIsBookedOnce(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 10000, 100)
	s.Run()
	s.Run()
	s.Days(1)
	source.pays(t, "2", "2026-11-20", 20000, 200)
	s.Run()
	if got := numbers(archived(t, s, "2026-11-20", "utbetalinger_2026-11-20_voucher.csv")); !slices.Equal(got, []string{"2"}) {
		t.Errorf("the second day has vouchers %v", got)
	}
	s.Lose()
	s.Days(1)
	source.pays(t, "3", "2026-11-21", 30000, 300)
	s.Run()
	voucher := archived(t, s, "2026-11-21", "utbetalinger_2026-11-21_voucher.csv")
	if got := numbers(voucher); !slices.Equal(got, []string{"3"}) || !strings.Contains(voucher, "2003") {
		t.Errorf("after the ledger was lost:\n%s", voucher)
	}
	bridge := archived(t, s, "2026-11-21", "utbetalinger_2026-11-21_bridge.csv")
	if want := "NOK;;vipps;0,00;300,00;0,00;3,00;297,00;0,00;0,00;0,00;0,00\r\n"; !strings.Contains(bridge, want) {
		t.Errorf("the bridge does not go on:\n%s", bridge)
	}
}

// Several days at once go on from each other, the oldest first.
func TestDaysThatAreMadeTogetherGoOnFromEachOther(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 10000, 100)
	s.Run()
	source.pays(t, "2", "2026-11-20", 20000, 200)
	source.pays(t, "3", "2026-11-22", 30000, 300)
	s.Days(3)
	s.Run()
	for period, want := range map[string]string{"2026-11-20": "2", "2026-11-22": "3"} {
		if got := numbers(archived(t, s, period, "utbetalinger_"+period+"_voucher.csv")); !slices.Equal(got, []string{want}) {
			t.Errorf("%s has vouchers %v, want %s", period, got, want)
		}
	}
	if _, err := os.Stat(filepath.Join(s.Archive, "utbetalinger", "2026-11-21", "utbetalinger_2026-11-21_voucher.csv")); err == nil {
		t.Error("a day without payouts has a file of no vouchers")
	}
	bridge := archived(t, s, "2026-11-21", "utbetalinger_2026-11-21_bridge.csv")
	if want := "NOK;;vipps;0,00;300,00;0,00;0,00;0,00;300,00;300,00;0,00;0,00\r\n"; !strings.Contains(bridge, want) {
		t.Errorf("bridge of the 21st:\n%s", bridge)
	}
}

// GBAT10 has four digits: when they are used up the report waits, and the operator hears of it.
func TestNoVoucherHasANumberOfFiveDigits(t *testing.T) {
	t.Parallel()
	s, source, rep := payoutShop(t)
	rep.VoucherFile.FirstNumber = 9999
	source.pays(t, "1", "2026-11-19", 10000, 100)
	source.pays(t, "2", "2026-11-19", 20000, 200)
	if o := s.Run(); !o.Waiting || o.Failed {
		t.Errorf("%+v", o)
	}
	if got := s.Alarms(); !strings.Contains(got, "voucher: ") {
		t.Errorf("alarms: %s", got)
	}
	if got := s.Letters(); len(got) != 0 {
		t.Errorf("%d mails", len(got))
	}
	rep.VoucherFile.FirstNumber = 1
	s.Days(1)
	s.Run()
	if got := s.Alarms(); strings.Contains(got, "voucher: ") {
		t.Errorf("it is over, and the alarm stands: %s", got)
	}
}

// Postponed is told, and booked where it is paid.
func TestAPostponedSettlementIsBookedWhenItIsPaid(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 10000, 100)
	source.List[0].PaymentStatus = payment.StatusPostponed
	s.Run()
	_, text := shoptest.SubjectAndText(t, s.Letters()[0])
	for _, want := range []string{"Utsatt, ikke utbetalt", "2001"} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
	source.List[0].PaymentStatus = payment.StatusPaid
	s.Days(1)
	s.Run()
	if got := numbers(archived(t, s, "2026-11-20", "utbetalinger_2026-11-20_voucher.csv")); !slices.Equal(got, []string{"1"}) {
		t.Errorf("vouchers %v", got)
	}
}

// A VAT term is a period like others.
func TestAVATTermIsMadeWhenItIsOver(t *testing.T) {
	t.Parallel()
	s, source, rep := payoutShop(t)
	rep.Schedule = calendar.VATTerm
	source.pays(t, "1", "2026-10-30", 10000, 100)
	s.Run()
	if got := archived(t, s, "2026-T5", "utbetalinger_2026-T5.csv"); !strings.Contains(got, "2001") {
		t.Error(got)
	}
}

// What a settlement takes that no payment has is shown to the øre, with its name: in mail and PDF, and
// the subject says how much.
func TestWhatDoesNotAddUpIsNamed(t *testing.T) {
	t.Parallel()
	s, source, rep := payoutShop(t)
	rep.Language = "en"
	source.pays(t, "1", "2026-11-19", 10000, 100)
	source.pays(t, "2", "2026-11-19", 20000, 200)
	chargeback, fixedFee := &source.List[0].Amounts[0], &source.List[1].Amounts[0]
	chargeback.Refund, chargeback.Amount = 777, chargeback.Amount-777
	fixedFee.Fee, fixedFee.Amount = 19900+200, fixedFee.Amount-19900
	s.Run()
	subject, text := shoptest.SubjectAndText(t, s.Letters()[0])
	pdf := shoptest.PdfText(t, filepath.Join(s.Archive, "utbetalinger", "2026-11-19", "utbetalinger_2026-11-19.pdf"))
	for what, text := range map[string]string{"mail": text, "PDF": pdf} {
		text = strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "−", "-").Replace(text)), " ")
		for _, want := range []string{"unexplained NOK 7.77", "Vipps 2001: NOK -7.77 is on no transaction", "Vipps 2002: a fee of NOK 199.00 is on no transaction"} {
			if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
				t.Errorf("the %s lacks %q:\n%s", what, want, text)
			}
		}
	}
	if !strings.Contains(strings.ReplaceAll(subject, "\u00a0", " "), "unexplained NOK 7.77") {
		t.Errorf("subject: %s", subject)
	}
	rows := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19.csv")
	for _, want := range []string{",100.00,-7.77,1.00,91.23,100.00,0.00,1.00,-7.77,", ",200.00,0.00,201.00,-1.00,200.00,0.00,2.00,-199.00,"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the CSV lacks %q:\n%s", want, rows)
		}
	}
}

// A payout that goes the other way, and a fee that is given back, have words of their own.
func TestANegativePayoutHasAWordOfItsOwn(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 10000, -50)
	source.List[0].Amounts[0] = payment.SettlementAmount{Currency: "NOK", Refund: 10000, Fee: -50, Amount: -9950}
	refund := &source.Sales[0].Events[0]
	refund.Type, refund.Settlements[0].Refund, refund.Settlements[0].Capture = payment.EventRefund, refund.Settlements[0].Capture, nil
	s.Run()
	_, text := shoptest.SubjectAndText(t, s.Letters()[0])
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " ")
	for _, want := range []string{"Vipps 2001: 99,50 kr skal betales tilbake", "0,50 kr gebyr er godskrevet", "Broen går opp"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
	voucher := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19_voucher.csv")
	for _, want := range []string{";1920;0;-99.50;", ";7770;0;-0.50;", ";1902;0;100.00;"} {
		if !strings.Contains(voucher, want) {
			t.Errorf("the voucher lacks %q:\n%s", want, voucher)
		}
	}
}

// A file that Dintero has not, or does not give, holds nothing up and is named.
func TestAnAttachmentThatCannotBeHadIsNamed(t *testing.T) {
	t.Parallel()
	s, source, _ := payoutShop(t)
	source.pays(t, "1", "2026-11-19", 10000, 100)
	s.Source = withoutFiles{source}
	s.Run()
	_, text := shoptest.SubjectAndText(t, s.Letters()[0])
	if !strings.Contains(text, "settlement.xml") {
		t.Errorf("it is not named:\n%s", text)
	}
}

// withoutFiles is a source of settlements that has no files of them, as files have none.
type withoutFiles struct{ p *payouts }

func (w withoutFiles) Transactions(ctx context.Context, q payment.Query) iter.Seq2[payment.Transaction, error] {
	return w.p.Transactions(ctx, q)
}

func (w withoutFiles) Orders(ctx context.Context, q payment.Query) iter.Seq2[payment.Order, error] {
	return w.p.Orders(ctx, q)
}

func (w withoutFiles) Wallets(ctx context.Context, q payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return w.p.Wallets(ctx, q)
}

func (w withoutFiles) Settlements(ctx context.Context, q payment.SettlementQuery) iter.Seq2[payment.Settlement, error] {
	return w.p.Settlements(ctx, q)
}

// A seller's report has that one's payouts alone, and books them.
func TestASellersReportHasItsOwnPayouts(t *testing.T) {
	t.Parallel()
	s, source, rep := payoutShop(t)
	rep.Data = reportconfig.Settlements{Sellers: []string{"fisk"}}
	source.pays(t, "1", "2026-11-19", 10000, 100)
	source.pays(t, "2", "2026-11-19", 20000, 200)
	source.List[0].PayoutDestination = "fisk"
	s.Run()
	rows := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19.csv")
	if strings.Count(rows, "\r\n") != 2 || !strings.Contains(rows, ";fisk;NOK;100,00;") {
		t.Errorf("rows:\n%s", rows)
	}
	if voucher := archived(t, s, "2026-11-19", "utbetalinger_2026-11-19_voucher.csv"); !strings.Contains(voucher, ";1920;0;99.00;") || strings.Contains(voucher, "2002") {
		t.Errorf("voucher:\n%s", voucher)
	}
}
