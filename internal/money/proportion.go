package money

import (
	"errors"
	"math/big"
	"slices"
)

// Share splits total in proportion to weights, which are not negative and not all
// zero. The parts always sum to total: what rounding leaves over goes one minor
// unit at a time to the largest remainders, the first of equals first. A negative
// total is shared as its positive twin.
func Share(total int64, weights []int64) ([]int64, error) {
	sum := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			return nil, errors.New("share by a negative weight")
		}
		sum.Add(sum, big.NewInt(w))
	}
	if sum.Sign() == 0 {
		return nil, errors.New("share by weights that sum to zero")
	}
	parts := make([]int64, len(weights))
	remainders := make([]*big.Int, len(weights))
	order := make([]int, len(weights))
	whole := new(big.Int).Abs(big.NewInt(total))
	left := new(big.Int).Set(whole)
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(whole, big.NewInt(w)), sum, new(big.Int))
		parts[i], remainders[i], order[i] = q.Int64(), r, i
		left.Sub(left, q)
	}
	slices.SortStableFunc(order, func(a, b int) int { return remainders[b].Cmp(remainders[a]) })
	for _, i := range order[:left.Int64()] {
		parts[i]++
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts, nil
}
