package settlement_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rapport/internal/payment"
	"rapport/internal/settlement"
)

func rules(change func(*settlement.Rules)) *settlement.Rules {
	r := &settlement.Rules{Base: "NOK", Bank: "1920", Fee: "7770", Clearing: map[string]string{"vipps": "1902", settlement.Others: "1579"}, FeeVATCode: "0", Type: "30", FirstNumber: 1, LastNumber: 9999}
	if change != nil {
		change(r)
	}
	return r
}

func day(month time.Month, dom int) time.Time {
	return time.Date(2026, month, dom, 0, 0, 0, 0, time.UTC)
}

// payout is a row of a settlement in kroner.
func payout(id, provider, reference string, capture, refund, fee int64) settlement.Row {
	a := payment.SettlementAmount{Currency: "NOK", Capture: capture, Refund: refund, Fee: fee, Amount: capture - refund - fee}
	return settlement.Row{Settlement: &payment.Settlement{ID: id, Provider: provider, ProviderReference: reference, PaymentStatus: payment.StatusPaid}, SettlementAmount: a, Day: day(time.November, 19)}
}

func book(t *testing.T, r *settlement.Rules, before settlement.Numbers, rows ...settlement.Row) ([]settlement.Voucher, []settlement.LeftOut) {
	t.Helper()
	o := &settlement.Outcome{Rows: rows}
	vouchers, left, err := o.Book(r, before, day(time.November, 20))
	if err != nil {
		t.Fatal(err)
	}
	return vouchers, left
}

// The worked example that accountants copy: 14,100.00 of Vipps, less 246.86, is 13,853.14.
func example(t *testing.T, change func(*settlement.Rules)) (vouchers []settlement.Voucher, about settlement.About) {
	t.Helper()
	r := rules(change)
	row := payout("s1", "vipps", "2000045", 1410000, 0, 24686)
	row.Currency = r.Base
	vouchers, left := book(t, r, settlement.Numbers{Last: 211, Report: 212}, row)
	if len(vouchers) != 1 || len(left) != 0 {
		t.Fatalf("%d vouchers, %d left out", len(vouchers), len(left))
	}
	return vouchers, settlement.About{Company: "Fjordfisk AS", Created: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), Rules: r}
}

func TestTheWorkedExampleByteForByte(t *testing.T) {
	swedish := func(r *settlement.Rules) {
		r.Base, r.Bank, r.Fee, r.Clearing, r.Type = "SEK", "1930", "6570", map[string]string{settlement.Others: "1580"}, ""
	}
	const text = "Oppgjør vipps 2000045, Rapport nr. 212"
	for format, want := range map[string]string{
		"gbat10": "GBAT10;212;20261119;30;11;2026;1920;0;13853.14;;;;;;;;;;;;" + text + ";;;;;;T;13853.14;\r\n" +
			"GBAT10;212;20261119;30;11;2026;7770;0;246.86;;;;;;;;;;;;" + text + ";;;;;;T;246.86;\r\n" +
			"GBAT10;212;20261119;30;11;2026;1902;0;-14100.00;;;;;;;;;;;;" + text + ";;;;;;T;-14100.00;\r\n",
		"24sevenoffice": "TransactionType;TransactionNo;Date;Account;Amount;VatCode;Comment\r\n" +
			"30;212;19.11.2026;1920;13853,14;0;" + text + "\r\n" +
			"30;212;19.11.2026;7770;246,86;0;" + text + "\r\n" +
			"30;212;19.11.2026;1902;-14100,00;0;" + text + "\r\n",
		"vismabusiness": "@IMPORT_METHOD(3)\r\n@WaBnd (ValDt)\r\n20261119\r\n@WaVo (VoNo, VoDt, ValDt, VoTp, Txt, DbAcCl, DbAcNo, DbTxCd, CrAcCl, CrAcNo, CrTxCd, Am)\r\n" +
			`"212" "20261119" "20261119" "30" "Oppgj` + "\xf8" + `r vipps 2000045, Rapport nr. 212" "3" "1920" "0" "" "" "" "13853.14"` + "\r\n" +
			`"212" "20261119" "20261119" "30" "Oppgj` + "\xf8" + `r vipps 2000045, Rapport nr. 212" "3" "7770" "0" "" "" "" "246.86"` + "\r\n" +
			`"212" "20261119" "20261119" "30" "Oppgj` + "\xf8" + `r vipps 2000045, Rapport nr. 212" "" "" "" "3" "1902" "0" "14100.00"` + "\r\n",
		"sie": "#FLAGGA 0\r\n#PROGRAM \"Rapport\" 1.0\r\n#FORMAT PC8\r\n#GEN 20261120\r\n#SIETYP 4\r\n#FNAMN \"Fjordfisk AS\"\r\n" +
			"#VER \"\" \"\" 20261119 \"Oppgj\x94r vipps 2000045, Rapport nr. 212\"\r\n{\r\n#TRANS 1930 {} 13853.14\r\n#TRANS 6570 {} 246.86\r\n#TRANS 1580 {} -14100.00\r\n}\r\n",
	} {
		change := func(*settlement.Rules) {}
		if format == "sie" {
			change = swedish
		}
		vouchers, about := example(t, change)
		got, err := settlement.Formats()[format].Write(vouchers, about)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s:\n%q\nwant\n%q", format, got, want)
		}
	}
}

func TestWhatIsNotBookedHasItsReason(t *testing.T) {
	postponed, foreign, unsound, seller := payout("a", "vipps", "1", 100, 0, 1), payout("b", "vipps", "2", 100, 0, 1), payout("c", "vipps", "3", 100, 0, 1), payout("d", "vipps", "4", 100, 0, 1)
	postponed.PaymentStatus, foreign.Currency, seller.PayoutDestination = payment.StatusPostponed, "EUR", "fisk"
	unsound.Amount--
	unknown := payout("h", "vipps", "8", 100, 0, 1)
	unknown.PaymentStatus = "on_hold"
	r := rules(func(r *settlement.Rules) { delete(r.Clearing, settlement.Others) })
	vouchers, left := book(t, r, settlement.Numbers{Booked: map[settlement.Key]int{settlement.KeyOf("e", "NOK"): 17}, Last: 17},
		postponed, foreign, unsound, seller, payout("e", "vipps", "5", 100, 0, 1), payout("f", "payex", "6", 100, 0, 1), payout("g", "vipps", "7", 100, 100, 0), unknown, payout("i", "VIPPS", "9", 100, 0, 1))
	var got []string
	for _, l := range left {
		got = append(got, fmt.Sprint(l.ID, " ", l.Reason, " ", l.Number))
	}
	if want := "a postponed 0, b currency 0, c unsound 0, d seller 0, e booked 17, f clearing 0, g nothing 0, h postponed 0"; strings.Join(got, ", ") != want {
		t.Errorf("left out: %s\nwant %s", strings.Join(got, ", "), want)
	}
	if len(vouchers) != 1 || vouchers[0].ID != "i" || vouchers[0].Number != 18 {
		t.Errorf("booked: %+v", vouchers)
	}
}

// A seller's settlement is booked by the report that is cut to sellers, in that one's books.
func TestASellersReportBooksItsOwn(t *testing.T) {
	row := payout("d", "vipps", "4", 100, 0, 1)
	row.PayoutDestination = "fisk"
	if vouchers, _ := book(t, rules(func(r *settlement.Rules) { r.Sellers = []string{"fisk"} }), settlement.Numbers{}, row); len(vouchers) != 1 {
		t.Error("it is left out")
	}
}

func TestNumbersRunOnWithoutHoles(t *testing.T) {
	postponed := payout("b", "vipps", "2", 100, 0, 1)
	postponed.PaymentStatus = payment.StatusPostponed
	vouchers, _ := book(t, rules(func(r *settlement.Rules) { r.FirstNumber = 500 }), settlement.Numbers{}, payout("a", "vipps", "1", 100, 0, 1), postponed, payout("c", "vipps", "3", 100, 0, 1))
	if vouchers[0].Number != 500 || vouchers[1].Number != 501 {
		t.Errorf("numbers %d, %d", vouchers[0].Number, vouchers[1].Number)
	}
	again := settlement.Numbers{Again: map[settlement.Key]int{settlement.KeyOf("a", "NOK"): 7}, Booked: map[settlement.Key]int{settlement.KeyOf("a", "NOK"): 7}, Last: 9}
	vouchers, left := book(t, rules(nil), again, payout("a", "vipps", "1", 100, 0, 1), payout("c", "vipps", "3", 100, 0, 1))
	if len(left) != 0 || vouchers[0].Number != 7 || vouchers[1].Number != 10 {
		t.Errorf("made again: %+v", vouchers)
	}
}

func TestNoNumberIsLeft(t *testing.T) {
	o := &settlement.Outcome{Rows: []settlement.Row{payout("a", "vipps", "1", 100, 0, 1)}}
	var used *settlement.NumbersUsedUpError
	if _, _, err := o.Book(rules(nil), settlement.Numbers{Last: 9999}, day(time.November, 20)); !errors.As(err, &used) {
		t.Errorf("%v", err)
	}
}

// A settlement dated in a VAT term whose return was due already is booked, and it is said.
func TestAVoucherOfAClosedTermIsTold(t *testing.T) {
	for when, want := range map[time.Time]int{day(time.October, 31): 0, day(time.August, 31): 4, day(time.November, 19): 0} {
		row := payout("a", "vipps", "1", 100, 0, 1)
		row.Day = when
		vouchers, _ := book(t, rules(nil), settlement.Numbers{}, row)
		if vouchers[0].Closed != want || vouchers[0].Day != when {
			t.Errorf("%s: closed term %d, want %d", when.Format(time.DateOnly), vouchers[0].Closed, want)
		}
	}
}

func TestANegativePayoutIsCreditedToTheBank(t *testing.T) {
	vouchers, _ := book(t, rules(nil), settlement.Numbers{}, payout("a", "vipps", "1", 1000, 5000, -25))
	if got, want := fmt.Sprint(vouchers[0].Lines), "[{1920 0 -3975} {7770 0 -25} {1902 0 4000}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for format, f := range settlement.Formats() {
		if _, err := f.Write(vouchers, settlement.About{Rules: rules(nil)}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	free, _ := book(t, rules(nil), settlement.Numbers{}, payout("b", "vipps", "1", 1000, 0, 0))
	if len(free[0].Lines) != 2 {
		t.Errorf("a fee of 0 has a line: %v", free[0].Lines)
	}
}

func TestAVoucherThatDoesNotBalanceIsNotWritten(t *testing.T) {
	v := settlement.Voucher{Number: 3, Lines: []settlement.VoucherLine{{Account: "1920", Amount: 100}, {Account: "1579", Amount: -99}}}
	for format, f := range settlement.Formats() {
		if data, err := f.Write([]settlement.Voucher{v}, settlement.About{Rules: rules(nil)}); err == nil {
			t.Errorf("%s: %q", format, data)
		}
	}
}

// A reference with the format's own signs, with letters that a code page lacks, or of any length.
func TestTextsCannotBreakAFile(t *testing.T) {
	for _, reference := range []string{`a;b"c` + "\r\nd", "Tromsø – Ålesund €", "漢字 \u202e łódź", strings.Repeat("0123456789", 20), "", "\x00", "ŠŸ", `C:\`} {
		vouchers, _ := book(t, rules(nil), settlement.Numbers{Report: 7}, payout("id-1", "payex", reference, 1000, 0, 10))
		if n := len([]rune(vouchers[0].Text)); n > 60 || !strings.HasSuffix(vouchers[0].Text, ", Rapport nr. 7") {
			t.Errorf("%q has %d letters", vouchers[0].Text, n)
		}
		about := settlement.About{Company: reference, Created: day(time.November, 20), Rules: rules(nil)}
		for format, f := range settlement.Formats() {
			data, err := f.Write(vouchers, about)
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, format, data)
			if len(got) != 1 || got[0].sum() != 0 || len(got[0].lines) != 3 {
				t.Errorf("%s of %q is read back as %+v:\n%q", format, reference, got, data)
			}
		}
	}
}

// Thousands of settlements: every file is read back as what was booked, and every voucher sums to 0.
func TestVouchersOfThousandsOfSettlementsBalance(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var rows []settlement.Row
	want := map[int]string{}
	for i := range 3000 {
		row := payout(strconv.Itoa(i), []string{"vipps", "payex", "payout"}[chance.IntN(3)], fmt.Sprint(chance.Uint64()), chance.Int64N(5e9), chance.Int64N(5e9), chance.Int64N(2e7)-1e6)
		row.Day = day(time.Month(1+chance.IntN(12)), 1+chance.IntN(28))
		rows = append(rows, row)
	}
	r := rules(nil)
	vouchers, left := book(t, r, settlement.Numbers{}, rows...)
	if len(left) > 0 {
		t.Errorf("%d are left out", len(left))
	}
	for _, v := range vouchers {
		sum := int64(0)
		for _, l := range v.Lines {
			sum += l.Amount
			want[v.Number] += fmt.Sprintf("%s %d ", l.Account, l.Amount)
		}
		if sum != 0 {
			t.Fatalf("voucher %d sums to %d", v.Number, sum)
		}
	}
	for format, f := range settlement.Formats() {
		data, err := f.Write(vouchers, settlement.About{Rules: r})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range read(t, format, data) {
			if format == "sie" {
				v.number = i + 1 // the receiver numbers
			}
			if got := v.text(); got != want[v.number] {
				t.Fatalf("%s: voucher %d is %s, want %s", format, v.number, got, want[v.number])
			}
		}
	}
}

// A posted is a voucher as an importing program reads it.
type posted struct {
	number int
	lines  []settlement.VoucherLine
}

func (p *posted) sum() (sum int64) {
	for _, l := range p.lines {
		sum += l.Amount
	}
	return sum
}

func (p *posted) text() (text string) {
	for _, l := range p.lines {
		text += fmt.Sprintf("%s %d ", l.Account, l.Amount)
	}
	return text
}

// read reads a file as each of the systems does.
func read(t *testing.T, format string, data []byte) (all []posted) {
	t.Helper()
	if !bytes.HasSuffix(data, []byte("\r\n")) || bytes.Contains(bytes.ReplaceAll(data, []byte("\r\n"), nil), []byte("\n")) {
		t.Fatalf("%s: lines do not end with CRLF", format)
	}
	post := func(number int, account string, amount int64) {
		if len(all) == 0 || all[len(all)-1].number != number {
			all = append(all, posted{number: number})
		}
		v := &all[len(all)-1]
		v.lines = append(v.lines, settlement.VoucherLine{Account: account, Amount: amount})
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
	switch format {
	case "gbat10":
		for _, line := range lines {
			f := strings.Split(line, ";")
			if len(f) != 29 || f[0] != "GBAT10" || f[8] != f[27] || f[26] != "T" || len(f[6]) != 4 || len([]rune(f[20])) > 100 {
				t.Fatalf("gbat10: %q", line)
			}
			post(number(t, f[1]), f[6], minor(t, f[8]))
		}
	case "24sevenoffice":
		for _, line := range lines[1:] {
			f := strings.Split(line, ";")
			if len(f) != 7 || strings.Contains(line, `"`) {
				t.Fatalf("24sevenoffice: %q", line)
			}
			post(number(t, f[1]), f[3], minor(t, strings.Replace(f[4], ",", ".", 1)))
		}
	case "vismabusiness":
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n")[4:] {
			f := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, `"`), `"`), `" "`)
			if len(f) != 12 || (f[6] == "") == (f[9] == "") || strings.HasPrefix(f[11], "-") {
				t.Fatalf("vismabusiness: %q has %d values", line, len(f))
			}
			if f[6] != "" {
				post(number(t, f[0]), f[6], minor(t, f[11]))
			} else {
				post(number(t, f[0]), f[9], -minor(t, f[11]))
			}
		}
	case "sie":
		return readSIE(t, lines)
	}
	return all
}

// readSIE reads SIE 4i: records of fields, in quotation marks where they have blanks, and vouchers
// in braces.
func readSIE(t *testing.T, lines []string) (all []posted) {
	t.Helper()
	open := false
	for _, line := range lines {
		f := sieFields(t, line)
		switch {
		case line == "{":
			open = true
		case line == "}":
			open = false
		case f[0] == "#VER":
			if len(f) != 5 || open {
				t.Fatalf("sie: %q", line)
			}
			all = append(all, posted{number: len(all) + 1})
		case f[0] == "#TRANS":
			if len(f) != 4 || !open {
				t.Fatalf("sie: %q", line)
			}
			v := &all[len(all)-1]
			v.lines = append(v.lines, settlement.VoucherLine{Account: f[1], Amount: minor(t, f[3])})
		}
	}
	if open {
		t.Fatal("sie: a voucher does not end")
	}
	return all
}

func sieFields(t *testing.T, line string) (fields []string) {
	t.Helper()
	for rest := line; rest != ""; {
		if rest[0] != '"' {
			field, after, _ := strings.Cut(rest, " ")
			fields, rest = append(fields, field), after
			continue
		}
		end := 1
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			t.Fatalf("sie: %q does not end", line)
		}
		fields, rest = append(fields, rest[1:end]), strings.TrimPrefix(rest[end+1:], " ")
	}
	return append(fields, make([]string, max(0, 1-len(fields)))...)
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// minor reads "-14100.00".
func minor(t *testing.T, text string) int64 {
	t.Helper()
	if len(text) < 4 || text[len(text)-3] != '.' {
		t.Fatalf("%q is no amount", text)
	}
	return int64(number(t, strings.Replace(text, ".", "", 1)))
}
