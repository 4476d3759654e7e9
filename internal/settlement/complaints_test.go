package settlement_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/settlement"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// What accountants and shops complain of in payout reports of others: a test for each that a program
// can decide, in the order of the list that they come from. The files are those of a shop at work.

// lacks names the texts that do not have all of what is wanted.
func lacks(t *testing.T, texts map[string]string, in string, want ...string) {
	t.Helper()
	for name := range strings.FieldsSeq(in) {
		for _, w := range want {
			if !strings.Contains(texts[name], w) {
				t.Errorf("%s lacks %q:\n%s", name, w, texts[name])
			}
		}
	}
}

const thursday = "2026-11-19"

// 1: the amount that is paid and the transactions that are listed differ, and nothing explains it.
func TestPaidAmountThatDiffersFromTheListedTransactionsIsUnexplainedToTheOre(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", thursday, 7755, 0)
	one.Amounts[0].Refund, one.Amounts[0].Amount = 1727, 6028
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "subject mail pdf xlsx", "uforklart 17,27 kr")
	lacks(t, texts, "bridge", "NOK;;vipps;77,55;0,00;0,00;0,00;60,28;17,27;0,00;0,00;17,27\r\n")
	lacks(t, texts, "mail pdf xlsx", "Vipps 2001: -17,27 kr står ikke på noen transaksjon")
}

// 2: the bank statement has an id that no report shows.
func TestTheIDOfTheBanksLineIsInEveryFile(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "0f43b5e7c2a94d16", thursday, 10000, 100)
	one.ProviderReference = "7700123"
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "csv pdf xlsx mail voucher", "7700123")
	lacks(t, texts, "csv pdf xlsx", "0f43b5e7c2a94d16")
}

// 3: fixed fees are deducted, and not itemised.
func TestAFixedFeeIsALineOfItsOwn(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", thursday, 100000, 1000)
	one.Amounts[0].Fee, one.Amounts[0].Amount = 1000+19900, 100000-1000-19900
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "mail pdf xlsx", "Vipps 2001: gebyr 199,00 kr står ikke på noen transaksjon")
	lacks(t, texts, "csv", ";1000,00;0,00;209,00;791,00;1000,00;0,00;10,00;-199,00;")
}

// 4: references are missing in the file, and there on the screen.
func TestReferencesAreAsManyInEveryFile(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	const n = 30
	for i := range n {
		one, _ := p.Pays(t, fmt.Sprintf("s%03d", i), thursday, 10000+int64(i), 100)
		one.ProviderReference = fmt.Sprintf("ref-%03d-x", i)
	}
	s.Run()
	texts := s.Texts(thursday)
	for name, want := range map[string]int{"csv": n, "mail": n, "xlsx": n, "pdf": 2 * n, "voucher": 3 * n} { // the PDF has them on page one, too
		if got := strings.Count(texts[name], "ref-"); got != want {
			t.Errorf("%s has %d references, want %d", name, got, want)
		}
	}
}

// 5: fees on the screen are others than in the file.
func TestFeesAndNetAreTheSameEverywhere(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 1000000, 17500)
	p.Pays(t, "2", thursday, 410000, 7186)
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "subject mail pdf", "13 853,14", "246,86")
	lacks(t, texts, "bridge", ";246,86;13853,14;")
	lacks(t, texts, "xlsx", "246.86 13853.14")
	bank, fee := int64(0), int64(0)
	for _, v := range read(t, "gbat10", []byte(texts["voucher"])) {
		for _, l := range v.lines {
			switch l.Account {
			case "1920":
				bank += l.Amount
			case "7770":
				fee += l.Amount
			}
		}
	}
	if bank != 1385314 || fee != 24686 {
		t.Errorf("the vouchers book %d and a fee of %d", bank, fee)
	}
}

// 7: a fee that is given back is called a negative withdrawal.
func TestAFeeGivenBackHasItsOwnWord(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, sale := p.Pays(t, "1", thursday, 10000, -50)
	one.Amounts[0] = payment.SettlementAmount{Currency: "NOK", Refund: 10000, Fee: -50, Amount: -9950}
	refund := &sale.Events[0]
	refund.Type, refund.Settlements[0].Refund, refund.Settlements[0].Capture = payment.EventRefund, refund.Settlements[0].Capture, nil
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "mail pdf xlsx", "Vipps 2001: 0,50 kr gebyr er godskrevet", "Vipps 2001: 99,50 kr skal betales tilbake")
	lacks(t, texts, "csv", ";0,00;-100,00;-0,50;-99,50;")
	lacks(t, texts, "voucher", ";1920;0;-99.50;", ";7770;0;-0.50;", ";1902;0;100.00;")
}

// 8: nobody says that a balance of zero or less stops payouts.
func TestAPostponedPayoutIsNamedWithAmountAndSinceWhen(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", thursday, 10000, 100)
	one.PaymentStatus = payment.StatusPostponed
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "mail pdf", "Utsatt, ikke utbetalt", "19.11.2026 Vipps 2001 99,00")
	lacks(t, texts, "xlsx", "Utsatt, ikke utbetalt", "Vipps 2001")
	lacks(t, texts, "csv", ";Utsatt;")
	lacks(t, texts, "subject", "1 utsatt")
	s.Days(1)
	s.Run()
	lacks(t, s.Texts("2026-11-20"), "mail pdf", "19.11.2026 Vipps 2001 99,00")
}

// 9: refunds are above zero in the file, and are counted as sales.
func TestTheSumOfAColumnIsThePrintedTotal(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 50000, 500)
	two, _ := p.Pays(t, "2", thursday, 20000, 200)
	two.Amounts[0].Refund, two.Amounts[0].Amount = 7000, 12800
	s.Run()
	texts := s.Texts(thursday)
	sums := map[string]int64{}
	for _, row := range paymenttest.RowsOf(t, texts["csv"]) {
		for _, column := range []string{"Innløst", "Refundert", "Gebyr", "Netto"} {
			sums[column] += minor(t, strings.Replace(row[column], ",", ".", 1))
		}
	}
	if sums["Innløst"]+sums["Refundert"]-sums["Gebyr"] != sums["Netto"] {
		t.Errorf("columns do not add up: %v", sums)
	}
	if got := fmt.Sprint(sums["Innløst"], sums["Refundert"], sums["Gebyr"], sums["Netto"]); got != "70000 -7000 700 62300" {
		t.Errorf("sums are %s", got)
	}
	lacks(t, texts, "pdf", "Sum 700,00 -70,00 7,00 623,00")
	lacks(t, texts, "mail", "Sum 623,00 Innløst 700,00 · Refundert -70,00 · Gebyr 7,00")
}

// 10: a column has another meaning in some rows.
func TestAColumnHasOneMeaningAndIsEmptyOtherwise(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "id-1", thursday, 10000, 100)
	two, _ := p.Pays(t, "id-2", thursday, 10000, 100)
	two.ProviderReference, two.StartAt, two.EndAt = "", two.StartAt.AddDate(-2, 0, 0), two.EndAt.AddDate(-2, 0, 0) // older than what is read
	s.Run()
	rows := paymenttest.RowsOf(t, s.Texts(thursday)["csv"])
	for i, row := range rows {
		if row["Oppgjørs-ID"] != fmt.Sprint("id-", i+1) {
			t.Errorf("id %q", row["Oppgjørs-ID"])
		}
		for column, want := range map[string]string{"Leverandørreferanse": []string{"200id-1", ""}[i], "Salgssted-ID": "", "Selger": "", "Differanse": []string{"0,00", ""}[i]} {
			if row[column] != want {
				t.Errorf("row %d: %s is %q, want %q", i+1, column, row[column], want)
			}
		}
	}
}

// 13: a refund after the settlement never appears.
func TestARefundAfterTheSettlementIsInTheNextBridge(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 10000, 100)
	s.Run()
	refund := paymenttest.Event(t, payment.EventRefund, "2026-11-20T12:00:00+01:00", 4000)
	p.Sales[0].Events = append(p.Sales[0].Events, refund)
	s.Days(1)
	s.Run()
	lacks(t, s.Texts("2026-11-20"), "bridge", "NOK;;vipps;0,00;0,00;-40,00;0,00;0,00;-40,00;-40,00;0,00;0,00\r\n")
}

// 14: the time of the ledger and that of the payment are mixed.
func TestTheTimeOfEventsAndTheDateOfSettlementAreColumnsOfTheirOwn(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", thursday, 10000, 100)
	one.StartAt = paymenttest.At(t, "2026-11-16T23:30:00Z")
	s.Run()
	row := paymenttest.RowsOf(t, s.Texts(thursday)["csv"])[0]
	for column, want := range map[string]string{"Oppgjørsdato": thursday, "Første hendelse": "2026-11-17 00:30:00", "Siste hendelse": "2026-11-18 09:00:00", "Lest": "2026-11-20 06:00:00"} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}
}

// 17: a bulk payout is closed by hand, payment by payment. The report of transactions says of each in
// which settlement it is; those of one come to what the settlement pays.
func TestTransactionsOfASettlementComeToItsPayout(t *testing.T) {
	s, p, rep := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", "2026-11-20", 10000, 100)
	_, second := p.Pays(t, "2", "2026-11-20", 20000, 200)
	second.Events[0].Settlements[0].ID = "1" // both are in the one
	one.Amounts[0] = payment.SettlementAmount{Currency: "NOK", Capture: 30000, Fee: 300, Amount: 29700}
	p.List = p.List[:1]
	rows := paymenttest.Report(reportconfig.Transactions{}, "no")
	rows.ID, rows.Emails = "transaksjoner", rep.Emails
	s.Reports = append(s.Reports, rows)
	s.Run()
	s.Days(1)
	s.Run()
	sum := int64(0)
	s.Reports[0] = rows // Archived reads the first
	data, err := os.ReadFile(s.Archived(thursday)["csv"])
	paymenttest.Must(t, err)
	for _, row := range paymenttest.RowsOf(t, string(data)) {
		if row["Oppgjørs-ID"] == "1" {
			sum += minor(t, strings.Replace(row["Netto"], ",", ".", 1)) - minor(t, strings.Replace(row["Gebyr"], ",", ".", 1))
		}
	}
	if sum != 29700 {
		t.Errorf("the transactions come to %d, the settlement pays 29700", sum)
	}
}

// 20: sums over currencies, and a rest of exchange that nobody shows.
func TestCurrenciesAreNeverOneSumAndOthersAreListedNotBooked(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 10000, 100)
	two, sale := p.Pays(t, "2", thursday, 777, 7)
	two.Amounts[0].Currency, sale.Currency = "EUR", "EUR"
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "bridge", "NOK;;vipps;100,00;0,00;0,00;1,00;99,00;0,00;0,00;0,00;0,00\r\n", "EUR;;vipps;7,77;0,00;0,00;0,07;7,70;0,00;0,00;0,00;0,00\r\n")
	lacks(t, texts, "mail pdf xlsx", "Vipps 2002")
	if got := strings.Count(texts["voucher"], "\r\n"); got != 3 || strings.Contains(texts["voucher"], "2002") {
		t.Errorf("vouchers:\n%s", texts["voucher"])
	}
	for name, text := range texts {
		for _, sum := range []string{"107,77", "106,70", "107.77", "106.70", "1,07", "1.07"} {
			if strings.Contains(text, sum) {
				t.Errorf("%s sums across currencies: %s", name, sum)
			}
		}
	}
}

// 22: a payout is matched to the sales of a day, which it never equals.
func TestABridgeGoesBySettlementAndNotByDate(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	b.sold("11-17 10:00", "payout", 3000, "s1") // of the day of the payout
	b.sold("11-16 11:00", "payout", 500, "")    // of the same day, and in no payout yet
	b.settles("s1", "11-17 09:00", "payout", 13000, 0, 130)
	o := b.expect("2026-11-17", "payout opening 10500 captured 3000 fees 130 paid 12870 closing 500 unsettled 500, 1 rows")
	if want := (settlement.Figures{Captured: 13000}); o.Rows[0].Events != want {
		t.Errorf("its events come to %+v", o.Rows[0].Events)
	}
}
