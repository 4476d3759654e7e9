package locales

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rapport/internal/money"
)

// Numbers writes numbers and money in one language.
type Numbers struct {
	language string
	style    numberStyle
}

// numberStyle is how a language writes numbers.
type numberStyle struct {
	thousands, decimal string // marks
	csvComma           rune
}

const minus = "\u2212"

var (
	norwegian = numberStyle{thousands: "\u00a0", decimal: ",", csvComma: ';'}
	english   = numberStyle{thousands: ",", decimal: ".", csvComma: ','}
)

// DecimalMark stands between whole and fraction, in documents and in CSV.
func (p *Numbers) DecimalMark() string { return p.style.decimal }

// CSVComma stands between the cells of a CSV that a spreadsheet of this language opens right.
func (p *Numbers) CSVComma() rune { return p.style.csvComma }

// Int writes a whole number for people: "1 234", with a real minus.
func (p *Numbers) Int(n int64) string { return p.group(strconv.FormatInt(n, 10)) }

// Number writes an amount for people, without its currency: "−1 234,50".
func (p *Numbers) Number(a money.Amount) string { return p.group(a.Decimal(p.style.decimal)) }

// Money writes an amount for people, with its currency: kroner as "1 234,50 kr" in
// Norwegian, all else by its code before the number, as it could be another krone.
func (p *Numbers) Money(a money.Amount) string {
	if p.language == "no" && a.Currency == "NOK" {
		return p.Number(a) + "\u00a0kr"
	}
	return p.MoneyByCode(a)
}

// MoneyByCode writes an amount after its currency's code, as one stands among other
// currencies: "NOK 1 234,50".
func (p *Numbers) MoneyByCode(a money.Amount) string {
	return string(a.Currency) + "\u00a0" + p.Number(a)
}

// Signed writes an amount as a change, without its currency: "+1 234,50", "−2,00", "0,00".
func (p *Numbers) Signed(a money.Amount) string {
	if a.Minor > 0 {
		return "+" + p.Number(a)
	}
	return p.Number(a)
}

// Percent writes a change in tenths of a percent: "+12 %", "−4,2 %"; whole from ten on.
func (p *Numbers) Percent(tenths int64) string {
	sign, unit := "+", "%"
	if tenths < 0 {
		sign, tenths = minus, -tenths
	}
	if p.language == "no" {
		unit = "\u00a0%"
	}
	if tenths >= 100 {
		return sign + p.Int((tenths+5)/10) + unit
	}
	return sign + p.Decimal(strconv.FormatInt(tenths/10, 10)+"."+strconv.FormatInt(tenths%10, 10)) + unit
}

// Capital is a phrase as the head of a column: "Forrige torsdag".
func (p *Printer) Capital(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	return string(unicode.ToUpper(first)) + phrase[size:]
}

// Decimal writes a decimal number that came as text, "12.50", with the decimal mark of
// the language and without superfluous zeros: "12,5".
func (p *Numbers) Decimal(text string) string {
	if strings.ContainsAny(text, "eE") {
		return text
	}
	whole, fraction, found := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if !found || fraction == "" {
		return whole
	}
	return whole + p.style.decimal + fraction
}

// group puts thousands marks into the whole part of a number without any: "-1234,50".
func (p *Numbers) group(plain string) string {
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign, plain = minus, plain[1:]
	}
	whole, fraction := plain, ""
	if i := strings.Index(plain, p.style.decimal); i >= 0 {
		whole, fraction = plain[:i], plain[i:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(p.style.thousands)
		}
		b.WriteRune(digit)
	}
	b.WriteString(fraction)
	return b.String()
}
