package settlement

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// A Format is a file that an accounting system imports vouchers from.
type Format struct {
	Ending string // of the file's name
	write  func(*voucherWriter, []Voucher)
}

// Formats are the files by what they are called in a configuration.
func Formats() map[string]Format {
	return map[string]Format{
		"gbat10":        {"csv", (*voucherWriter).gbat10},
		"vismabusiness": {"txt", (*voucherWriter).vismaBusiness},
		"24sevenoffice": {"csv", (*voucherWriter).office24},
		"sie":           {"si", (*voucherWriter).sie},
	}
}

// About is what a file says besides its vouchers.
type About struct {
	Company string
	Created time.Time
	Rules   *Rules
}

// Write writes vouchers, each of which must balance.
func (f Format) Write(vouchers []Voucher, about About) ([]byte, error) {
	for _, v := range vouchers {
		var sum int64
		for _, l := range v.Lines {
			sum += l.Amount // of figures that were subtracted without overflow
		}
		if sum != 0 || len(v.Lines) < 2 {
			return nil, fmt.Errorf("voucher %d: its lines sum to %s", v.Number, decimal(sum))
		}
	}
	w := &voucherWriter{About: about}
	f.write(w, vouchers)
	return w.out.Bytes(), w.err
}

// A voucherWriter writes lines that end with CRLF.
type voucherWriter struct {
	About
	out bytes.Buffer
	err error
}

func (w *voucherWriter) line(text string) {
	w.out.WriteString(text)
	w.out.WriteString("\r\n")
}

const compactDate = "20060102"

// gbat10 is Mamut's journal as Tripletex reads it: 28 columns and a last semicolon, a point in
// amounts, UTF-8 without a byte order mark.
func (w *voucherWriter) gbat10(vouchers []Voucher) {
	for _, v := range vouchers {
		for _, l := range v.Lines {
			amount := decimal(l.Amount)
			columns := make([]string, 29)
			copy(columns, []string{"GBAT10", strconv.Itoa(v.Number), v.Day.Format(compactDate), w.Rules.Type, v.Day.Format("01"), v.Day.Format("2006"), l.Account, l.VATCode, amount})
			columns[20], columns[26], columns[27] = strings.ReplaceAll(v.Text, ";", " "), "T", amount
			w.line(strings.Join(columns, ";"))
		}
	}
}

// vismaBusiness is a batch file: amounts are positive, the side is the column that has the account.
// It is in the Windows code page.
func (w *voucherWriter) vismaBusiness(vouchers []Voucher) {
	w.line("@IMPORT_METHOD(3)")
	w.line("@WaBnd (ValDt)")
	w.line(w.valueDate(vouchers).Format(compactDate))
	w.line("@WaVo (VoNo, VoDt, ValDt, VoTp, Txt, DbAcCl, DbAcNo, DbTxCd, CrAcCl, CrAcNo, CrTxCd, Am)")
	const ledger = "3" // class of accounts
	for _, v := range vouchers {
		for _, l := range v.Lines {
			debit, credit, amount := []string{ledger, l.Account, l.VATCode}, []string{"", "", ""}, l.Amount
			if amount < 0 {
				debit, credit, amount = credit, debit, -amount
			}
			values := append([]string{strconv.Itoa(v.Number), v.Day.Format(compactDate), v.Day.Format(compactDate), w.Rules.Type, strings.ReplaceAll(v.Text, `"`, "'")}, debit...)
			values = append(append(values, credit...), decimal(amount))
			for i := range values {
				values[i] = quoted(values[i])
			}
			w.line(strings.Join(values, " "))
		}
	}
	w.encode(charmap.Windows1252)
}

// valueDate is that of a batch: the last of its vouchers.
func (w *voucherWriter) valueDate(vouchers []Voucher) (last time.Time) {
	for _, v := range vouchers {
		if v.Day.After(last) {
			last = v.Day
		}
	}
	return last
}

func quoted(s string) string { return `"` + s + `"` }

// office24 is 24SevenOffice's voucher journal: semicolons, a comma in amounts, credit with a minus.
func (w *voucherWriter) office24(vouchers []Voucher) {
	w.line("TransactionType;TransactionNo;Date;Account;Amount;VatCode;Comment")
	for _, v := range vouchers {
		for _, l := range v.Lines {
			text := strings.NewReplacer(";", " ", `"`, "'").Replace(v.Text)
			w.line(strings.Join([]string{w.Rules.Type, strconv.Itoa(v.Number), v.Day.Format("02.01.2006"), l.Account, strings.Replace(decimal(l.Amount), ".", ",", 1), l.VATCode, text}, ";"))
		}
	}
}

// sie is SIE 4i, in code page 437. Series and number are the receiver's to give.
func (w *voucherWriter) sie(vouchers []Voucher) {
	text := func(s string) string { return quoted(strings.NewReplacer(`"`, `\"`, `\`, "/").Replace(oneLine(s))) }
	for _, line := range []string{"#FLAGGA 0", `#PROGRAM "Rapport" 1.0`, "#FORMAT PC8", "#GEN " + w.Created.Format(compactDate), "#SIETYP 4", "#FNAMN " + text(w.Company)} {
		w.line(line)
	}
	for _, v := range vouchers {
		w.line(fmt.Sprintf(`#VER "" "" %s %s`, v.Day.Format(compactDate), text(v.Text)))
		w.line("{")
		for _, l := range v.Lines {
			w.line(fmt.Sprintf("#TRANS %s {} %s", l.Account, decimal(l.Amount)))
		}
		w.line("}")
	}
	w.encode(charmap.CodePage437)
}

// encode writes in a code page what was written; what that lacks is transliterated.
func (w *voucherWriter) encode(page *charmap.Charmap) {
	var out bytes.Buffer
	for _, r := range w.out.String() {
		for _, have := range transliterated(page, r) {
			b, ok := page.EncodeRune(have)
			if !ok && w.err == nil {
				w.err = errors.New("a letter has no place in " + page.String())
			}
			out.WriteByte(b)
		}
	}
	w.out = out
}

// transliterated is a rune in the letters of a code page: itself, or what is read in its place.
func transliterated(page *charmap.Charmap, r rune) string {
	if _, ok := page.EncodeRune(r); ok && r != encoding.ASCIISub {
		return string(r)
	}
	if other, ok := map[rune]string{
		'ø': "ö", 'Ø': "Ö", '–': "-", '—': "-", '−': "-", '’': "'", '‘': "'", '“': `'`, '”': `'`, '\u00a0': " ", '\u202f': " ", '€': "EUR", 'ß': "ss",
		'þ': "th", 'Þ': "Th", 'ð': "d", 'Ð': "D", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", '…': "...",
	}[r]; ok {
		for _, o := range other {
			if _, ok := page.EncodeRune(o); !ok {
				return "?"
			}
		}
		return other
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))) // without its accent
	if _, ok := page.EncodeRune(base); ok {
		return string(base)
	}
	return "?"
}
