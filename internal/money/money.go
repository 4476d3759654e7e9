// Package money is an amount: int64 minor units and a currency. It adds, shares
// and writes amounts exactly, and refuses three things: a float, a sum across
// currencies, and a result that does not fit.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// ErrOverflow is a result outside int64 minor units.
var ErrOverflow = errors.New("amount does not fit in 64 bits")

// Amount is money in minor units (øre, cent) of one currency.
type Amount struct {
	Minor    int64
	Currency Currency
}

// Add is a + b; øre plus cents is an error, and so is overflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("add %s to %s: different currencies", b.Currency, a.Currency)
	}
	sum, err := Add(a.Minor, b.Minor)
	return Amount{Minor: sum, Currency: a.Currency}, err
}

// Decimal writes the amount in major units with the currency's decimals and the
// given decimal mark, no thousands mark, ASCII minus: "-1234,50".
func (a Amount) Decimal(mark string) string {
	return string(a.AppendDecimal(nil, mark))
}

// AppendDecimal appends what Decimal returns.
func (a Amount) AppendDecimal(dst []byte, mark string) []byte {
	digits, _ := a.Currency.Decimals()
	u := uint64(a.Minor)
	if a.Minor < 0 {
		dst = append(dst, '-')
		u = -u // right for the smallest int64 too
	}
	var buf [20]byte
	b := strconv.AppendUint(buf[:0], u, 10)
	if len(b) <= digits {
		dst = append(dst, '0')
	} else {
		dst = append(dst, b[:len(b)-digits]...)
		b = b[len(b)-digits:]
	}
	if digits == 0 {
		return dst
	}
	dst = append(dst, mark...)
	for range digits - len(b) {
		dst = append(dst, '0')
	}
	return append(dst, b...)
}

// Add is a + b in minor units of one currency, or ErrOverflow.
func Add(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}

// Sub is a - b in minor units of one currency, or ErrOverflow.
func Sub(a, b int64) (int64, error) {
	if b == math.MinInt64 {
		return 0, ErrOverflow
	}
	return Add(a, -b)
}

// Ratio is amount × part / whole, rounded half away from zero.
func Ratio(amount, part, whole int64) (int64, error) {
	if whole == 0 {
		return 0, errors.New("ratio of nothing")
	}
	negative := (amount < 0) != (part < 0) != (whole < 0)
	hi, lo := bits.Mul64(abs(amount), abs(part))
	w := abs(whole)
	if hi >= w {
		return 0, ErrOverflow
	}
	q, rest := bits.Div64(hi, lo, w)
	if q <= math.MaxInt64 && rest >= w-rest {
		q++
	}
	if q > math.MaxInt64 {
		return 0, ErrOverflow
	}
	if negative {
		return -int64(q), nil
	}
	return int64(q), nil
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
