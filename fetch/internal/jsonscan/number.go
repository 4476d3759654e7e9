package jsonscan

import (
	"strconv"
	"strings"
)

// parseDigits reads a positive integer of so few digits that it fits for sure.
func parseDigits(raw []byte) (n int64, ok bool) {
	for _, c := range raw {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(raw) <= 18
}

// maxDigits is how many digits a number may have that is written without its exponent.
const maxDigits = 40

// plainNumber writes a JSON number without exponent and without zeros that say nothing:
// 12.50 is "12.5", 1.2345e4 is "12345". False where that has too many digits.
func plainNumber(text string) (plain string, ok bool) {
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = "-", rest
	}
	exponent := 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		exponent, text = min(max(n, -2*maxDigits), 2*maxDigits), text[:i] // an n out of range is the nearest that is none
		if err != nil && n == 0 {
			return "", false
		}
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits, point := whole+fraction, len(whole)+exponent
	switch {
	case strings.Trim(digits, "0") == "":
		return "0", strings.Trim(digits, "0123456789") == "" && digits != ""
	case len(digits) > maxDigits:
		return "", false
	case point < 0:
		digits, point = strings.Repeat("0", -point)+digits, 0
	case point > len(digits):
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction, len(whole)+len(fraction) <= maxDigits
}

// wholeNumber is a whole number that is written with a fraction of zeros or an exponent, as
// JSON Schema allows; false where it is none, or past 64 bits.
func wholeNumber(text string) (int64, bool) {
	plain, ok := plainNumber(text)
	n, err := strconv.ParseInt(plain, 10, 64)
	if !ok || err != nil {
		return 0, false
	}
	return n, true
}
