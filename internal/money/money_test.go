package money

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestDecimalFollowsTheCurrency(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		currency Currency
		want     string
	}{
		{123450, "NOK", "1234,50"}, {-5, "NOK", "-0,05"}, {0, "NOK", "0,00"}, {0, "ISK", "0"}, {-1500, "ISK", "-1500"}, {1500, "JPY", "1500"},
		{1234, "BHD", "1,234"}, {1, "CLF", "0,0001"}, {700, "ZZZ", "7,00"}, {9, "nok", "0,09"},
		{math.MaxInt64, "NOK", "92233720368547758,07"}, {math.MinInt64, "NOK", "-92233720368547758,08"},
	} {
		if got := (Amount{c.minor, c.currency}).Decimal(","); got != c.want {
			t.Errorf("%d %s: got %s, want %s", c.minor, c.currency, got, c.want)
		}
	}
}

func TestUnknownCurrencySaysSo(t *testing.T) {
	for code, want := range map[Currency]bool{"NOK": true, "ISK": true, "TND": true, "ZZZ": false, "nok": false, "": false, "NO ": false, "K N": false, "NOKK": false} {
		if _, known := code.Decimals(); known != want {
			t.Errorf("%q known: got %v, want %v", code, known, want)
		}
	}
}

func TestAddRefusesOverflowAndOtherCurrency(t *testing.T) {
	if _, err := (Amount{1, "NOK"}).Add(Amount{1, "EUR"}); err == nil {
		t.Error("øre and cents were added")
	}
	for _, c := range [][2]int64{{math.MaxInt64, 1}, {math.MinInt64, -1}, {math.MinInt64, math.MinInt64}} {
		if sum, err := Add(c[0], c[1]); !errors.Is(err, ErrOverflow) {
			t.Errorf("%d + %d: got %d, want overflow", c[0], c[1], sum)
		}
	}
	for _, c := range [][3]int64{{math.MaxInt64, 0, math.MaxInt64}, {math.MinInt64, math.MaxInt64, -1}, {0, 0, 0}, {5, -7, -2}} {
		if sum, err := Add(c[0], c[1]); err != nil || sum != c[2] {
			t.Errorf("%d + %d: got %d, %v", c[0], c[1], sum, err)
		}
	}
	if _, err := Sub(0, math.MinInt64); !errors.Is(err, ErrOverflow) {
		t.Error("0 - min did not overflow")
	}
}

func TestRatioRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range [][4]int64{{5, 1, 2, 3}, {-5, 1, 2, -3}, {5, -1, 2, -3}, {1, 1, 3, 0}, {2, 1, 3, 1}, {100, 33, 100, 33}, {7, 0, 9, 0}, {-1, -1, -2, -1},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}} {
		if got, err := Ratio(c[0], c[1], c[2]); err != nil || got != c[3] {
			t.Errorf("%d × %d / %d: got %d, %v, want %d", c[0], c[1], c[2], got, err, c[3])
		}
	}
	if _, err := Ratio(math.MaxInt64, 2, 1); !errors.Is(err, ErrOverflow) {
		t.Error("overflow passed")
	}
	if got, err := Ratio(253921, 145295143558111, 2); !errors.Is(err, ErrOverflow) {
		t.Errorf("a quotient just past 64 bits: got %d, %v", got, err)
	}
	if _, err := Ratio(1, 1, 0); err == nil {
		t.Error("a ratio of nothing passed")
	}
}

func TestSharesSumToTheWholeAndAreFair(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		weights := make([]int64, 1+r.IntN(6))
		var sum int64
		for i := range weights {
			weights[i] = r.Int64N(1000)
			sum += weights[i]
		}
		if sum == 0 {
			continue
		}
		total := r.Int64N(1_000_000) - 500_000
		parts, err := Share(total, weights)
		if err != nil {
			t.Fatal(err)
		}
		var got int64
		for i, p := range parts {
			got += p
			// A fair part is the exact one, rounded down or up.
			exact := new(big.Rat).SetFrac64(total*weights[i], sum)
			diff, _ := new(big.Rat).Sub(new(big.Rat).SetInt64(p), exact).Float64()
			if math.Abs(diff) >= 1 {
				t.Fatalf("share %d of %v: part %d is %d, %v off", total, weights, i, p, diff)
			}
		}
		if got != total {
			t.Fatalf("share %d of %v: parts %v sum to %d", total, weights, parts, got)
		}
	}
}

func TestShareExamples(t *testing.T) {
	got, _ := Share(100, []int64{1, 1, 1})
	if got[0] != 34 || got[1] != 33 || got[2] != 33 {
		t.Errorf("1.00 over three: got %v", got)
	}
	got, _ = Share(math.MinInt64, []int64{1})
	if got[0] != math.MinInt64 {
		t.Errorf("smallest amount to one: got %v", got)
	}
	for _, bad := range [][]int64{nil, {0, 0}, {2, -1}} {
		if _, err := Share(1, bad); err == nil {
			t.Errorf("weights %v passed", bad)
		}
	}
}
