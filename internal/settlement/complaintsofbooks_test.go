package settlement_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/settlement"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// 11: reports are cut in UTC without saying so, and the end of the year is wrong.
func TestAnEventLateOnNewYearsEveInUTCIsOfJanuaryInOslo(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	s.Clock.Time = paymenttest.At(t, "2027-01-01T06:00:00+01:00")
	one, sale := p.Pays(t, "1", "2027-01-02", 10000, 100)
	sale.Events[0].CreatedAt, one.StartAt = paymenttest.At(t, "2026-12-31T23:30:00Z"), paymenttest.At(t, "2026-12-31T23:30:00Z")
	s.Run()
	if texts := s.Texts("2026-12-31"); strings.Contains(texts["bridge"], "100,00") {
		t.Errorf("it is of the old year:\n%s", texts["bridge"])
	}
	s.Days(1)
	s.Run()
	texts := s.Texts("2027-01-01")
	lacks(t, texts, "bridge", "NOK;;vipps;0,00;100,00;0,00;0,00;0,00;100,00;100,00;0,00;0,00\r\n")
	lacks(t, texts, "mail pdf xlsx", "01.01.2027 00:00 – 02.01.2027 00:00 (Europe/Oslo)")
}

// 12: what is of the last second of a month is in no report, or in two.
func TestTheLastMillisecondOfAMonthIsInOneReport(t *testing.T) {
	b := newBooks(t)
	b.sold("11-30 23:59", "payout", 100, "")
	b.moves[0].At = b.moves[0].At.Add(59*time.Second + 999*time.Millisecond)
	b.sold("12-01 00:00", "payout", 1000, "")
	b.expect("2026-11", "payout captured 100 closing 100 unsettled 100, 0 rows")
	b.expect("2026-12", "payout opening 100 captured 1000 closing 1100 unsettled 1100, 0 rows")
}

// 15: one account for all providers, so that the bank never matches. Each may have its own; of one
// that has none nothing is booked, and that is said.
func TestEachProviderHasItsOwnAccountOrIsNotBooked(t *testing.T) {
	s, p, rep := shoptest.PayoutShop(t)
	rep.VoucherFile.Clearing = map[string]string{"vipps": "1902", "payex": "1903"}
	p.Pays(t, "1", thursday, 10000, 100)
	for id, provider := range map[string]string{"2": "payex", "3": "klarna"} {
		one, _ := p.Pays(t, id, thursday, 10000, 100)
		one.Provider = provider
	}
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "voucher", ";1902;0;-100.00;", ";1903;0;-100.00;")
	if strings.Contains(texts["voucher"], "2003") {
		t.Errorf("it is booked to an account that nobody named:\n%s", texts["voucher"])
	}
	lacks(t, texts, "mail pdf xlsx", "Klarna 2003", "ingen interimskonto for Klarna")
}

// 16: the fee must be typed in by hand.
func TestAVoucherHasTheLineOfTheFee(t *testing.T) {
	for format := range settlement.Formats() {
		vouchers, about := example(t, func(*settlement.Rules) {})
		data, err := settlement.Formats()[format].Write(vouchers, about)
		if err != nil {
			t.Fatal(err)
		}
		all := read(t, format, data)
		if len(all) != 1 || !strings.Contains(all[0].text(), "7770 24686 ") {
			t.Errorf("%s: %+v", format, all)
		}
	}
}

// 18: a voucher that was imported became an invoice, and revenue was doubled.
func TestNoVoucherTouchesAnAccountThatNobodyNamed(t *testing.T) {
	named := map[string]bool{"1920": true, "7770": true, "1902": true, "1579": true}
	for format := range settlement.Formats() {
		data, err := settlement.Formats()[format].Write(manyVouchers(t, 400), settlement.About{Rules: rules(nil)})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range read(t, format, data) {
			for _, l := range v.lines {
				if !named[l.Account] {
					t.Fatalf("%s: voucher %d has a line on %s", format, v.number, l.Account)
				}
			}
		}
	}
	path := t.TempDir() + "/shop.yaml"
	paymenttest.Must(t, os.WriteFile(path, []byte(`account: T12345678
source: {sandbox: {}}
mail: {from: a@x.no, outbox: outbox}
reports:
  - id: p
    dataType: settlements
    schedule: daily
    emails: [b@x.no]
    voucher: {format: gbat10, type: "30", accounts: {bank: "1920", fee: "7770", clearing: {default: "1500"}}}
`), 0o600))
	if _, err := reportconfig.Load(path, "test"); err == nil || !strings.Contains(err.Error(), "1500") {
		t.Errorf("account 1500 is taken: %v", err)
	}
}

// 19: a voucher that does not balance is refused by the books, or worse, is not.
func TestEveryVoucherSumsToZero(t *testing.T) {
	for _, v := range manyVouchers(t, 3000) {
		sum := int64(0)
		for _, l := range v.Lines {
			sum += l.Amount
		}
		if sum != 0 {
			t.Fatalf("voucher %d sums to %d", v.Number, sum)
		}
	}
}

// manyVouchers books settlements by chance, of refunds above sales and of fees that are given back too.
func manyVouchers(t *testing.T, n int) []settlement.Voucher {
	t.Helper()
	chance := rand.New(rand.NewPCG(3, 4))
	var rows []settlement.Row
	for i := range n {
		rows = append(rows, payout(fmt.Sprint(i), []string{"vipps", "payex"}[chance.IntN(2)], fmt.Sprint(chance.Uint64()), chance.Int64N(5e9), chance.Int64N(5e9), chance.Int64N(2e7)-1e6))
	}
	vouchers, _ := book(t, rules(nil), settlement.Numbers{}, rows...)
	return vouchers
}

// 21: the reference that links a payment to the bank's line is not shown with it.
func TestTheShopsReferenceAndTheSettlementsAreColumns(t *testing.T) {
	s, p, rep := shoptest.PayoutShop(t)
	_, sale := p.Pays(t, "1", "2026-11-20", 10000, 100)
	sale.Events[0].Reference = "capture-77"
	rows := paymenttest.Report(reportconfig.Transactions{}, "no")
	rows.ID, rows.Emails = "transaksjoner", rep.Emails
	s.Reports = append(s.Reports, rows)
	s.Run()
	s.Days(1)
	s.Run()
	if got := paymenttest.RowsOf(t, s.Texts("2026-11-20")["csv"])[0]["Leverandørreferanse"]; got != "2001" {
		t.Errorf("the settlement's reference is %q", got)
	}
	s.Reports[0] = rows
	data, err := os.ReadFile(s.Archived(thursday)["csv"])
	paymenttest.Must(t, err)
	row := paymenttest.RowsOf(t, string(data))[0]
	for column, want := range map[string]string{"Ordrereferanse": "ordre-1", "Hendelsesreferanse": "capture-77", "Oppgjørs-ID": "1"} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}
}

// A settlement that says nothing of its payment counts as paid, and the report says so.
func TestASettlementWithoutAPaymentStatusIsPaidAndSaid(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	one, _ := p.Pays(t, "1", thursday, 10000, 100)
	one.PaymentStatus = ""
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "mail pdf xlsx", "1 oppgjør oppgir ikke om det er utbetalt, og regnes som utbetalt")
	lacks(t, texts, "bridge", ";1,00;99,00;")
	if one.PaymentStatus != "" || !one.Paid() || one.PaymentStatus == payment.StatusPaid {
		t.Error("the settlement itself was changed")
	}
}

// A report that was renamed goes on with its old bridge and its vouchers, though the ledger is lost as well.
func TestARenamedReportGoesOnWithItsBridgeWhenTheLedgerIsLost(t *testing.T) {
	for _, archived := range []bool{true, false} {
		t.Run(fmt.Sprint(archived), func(t *testing.T) {
			s, p, rep := shoptest.PayoutShop(t)
			p.Pays(t, "1", thursday, 10000, 100)
			p.Sales = append(p.Sales, paymenttest.Captured(t, "waits", 777))
			s.Run()
			s.Letters()
			s.Lose()
			rep.ID, rep.Was = "oppgjor", "utbetalinger"
			if !archived {
				rep.Was = "aldri-laget"
			}
			s.Days(1)
			p.Pays(t, "2", "2026-11-20", 20000, 200)
			var log bytes.Buffer
			s.Log = &log
			s.Run("2026-11-20")
			texts := s.Texts("2026-11-20")
			want := map[bool][]string{ // 100 kr of settlement 2 were sold before
				true:  {"NOK;;vipps;7,77;200,00;0,00;2,00;198,00;7,77;7,77;0,00;0,00\r\n", "GBAT10;2;"},
				false: {"NOK;;vipps;207,77;0,00;0,00;2,00;198,00;7,77;7,77;0,00;0,00\r\n", "GBAT10;1;"},
			}[archived]
			lacks(t, texts, "bridge", want[0])
			lacks(t, texts, "voucher", want[1])
			if warned := strings.Contains(log.String(), "no bridge of aldri-laget"); warned == archived {
				t.Errorf("the operator hears: %s", log.String())
			}
		})
	}
}

// Of a settlement that is listed several times at one time of change, the last counts, once.
func TestOfEqualCopiesOfASettlementTheLastCountsOnce(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 10000, 100)
	first := p.List[0]
	first.Amounts = []payment.SettlementAmount{{Currency: "NOK", Capture: 500, Amount: 500}}
	p.List = append([]payment.Settlement{first, first}, p.List...)
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "bridge", ";1,00;99,00;0,00;0,00;0,00;0,00\r\n")
	if n := strings.Count(texts["csv"], "\n"); n != 2 {
		t.Errorf("%d lines:\n%s", n, texts["csv"])
	}
}

// A payment that is said to be settled in what nobody lists is not settled, and the settlement is named.
func TestASettlementThatIsNotFoundIsNamed(t *testing.T) {
	s, p, _ := shoptest.PayoutShop(t)
	p.Pays(t, "1", thursday, 10000, 100)
	p.List = nil
	s.Run()
	texts := s.Texts(thursday)
	lacks(t, texts, "mail pdf xlsx", "1 oppgjør som transaksjoner viser til, er ikke i Dinteros liste: 1.")
	lacks(t, texts, "bridge", ";100,00;100,00;0,00;0,00\r\n")
}
