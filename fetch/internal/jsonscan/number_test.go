package jsonscan

import (
	"math/big"
	"strings"
	"testing"
)

func TestANumberInOtherSpellingIsThatNumber(t *testing.T) {
	for text, want := range map[string]string{
		"12345": "12345", "12345.0": "12345", "12345.00": "12345", "1.2345e4": "12345", "1.2345E+4": "12345", "123450e-1": "12345", "-12345.0": "-12345", "1E2": "100",
		"0": "0", "-0": "0", "0.0": "0", "0e999999999999": "0", "-0.000e-5": "0", "15.0": "15", "12.50": "12.5", "0.25": "0.25", "25e-2": "0.25", "2.5e-3": "0.0025", "1200e-2": "12",
		"9007199254740993.0": "9007199254740993", "922337203685477580.7e1": "9223372036854775807",
	} {
		if got, ok := plainNumber(text); got != want || !ok {
			t.Errorf("%s: got %q, %v, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"1e99", "1e-99", "1e99999999999999999999", "1e-99999999999999999999", strings.Repeat("9", 41), "0." + strings.Repeat("1", 41)} {
		if got, ok := plainNumber(text); ok {
			t.Errorf("%s: got %q", text, got)
		}
	}
	for text, want := range map[string]int64{"12345.0": 12345, "1e3": 1000, "-1.5e1": -15, "9223372036854775807.0": 1<<63 - 1} {
		if got, ok := wholeNumber(text); got != want || !ok {
			t.Errorf("%s: got %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"12345.5", "1e-1", "9223372036854775808.0", "1e19", "1e400"} {
		if got, ok := wholeNumber(text); ok {
			t.Errorf("%s: got %d", text, got)
		}
	}
}

func FuzzAPlainNumberIsTheSameNumber(f *testing.F) {
	for _, seed := range []string{"12.50", "-1e5", "0.1E-7", "100000000000000000000e-19"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if numberLength(text) != len(text) || text == "" {
			return
		}
		plain, ok := plainNumber(text)
		if !ok {
			return
		}
		want, fine := new(big.Rat).SetString(text)
		got, fine2 := new(big.Rat).SetString(plain)
		if !fine {
			return // an exponent that is too large for it
		}
		if !fine2 || want.Cmp(got) != 0 || strings.ContainsAny(plain, "eE") {
			t.Errorf("%s: got %s", text, plain)
		}
	})
}

// numberLength is the length of the JSON number that text begins with; 0 for none.
func numberLength(text string) int {
	if text == "" || text[0] != '-' && !isDigit(text[0]) || len(text) > 100 {
		return 0
	}
	return max(skipNumber([]byte(text), 0), 0)
}
