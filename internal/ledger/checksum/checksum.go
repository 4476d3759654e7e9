// Package checksum sums the values of a row, so that a bit which turned over on the disk is
// noticed when the row is read: a database may keep no checksums of its own. It refuses to know
// what a row means, and finds faults of a disk, not what somebody changed on purpose.
package checksum

import "fmt"

// FNV-1a: one byte that differs always makes another sum.
const (
	offset uint64 = 14695981039346656037
	prime  uint64 = 1099511628211
)

// Of is the sum of integers, booleans (as 0 and 1), texts and bytes, in their order; never 0.
func Of(values ...any) int64 {
	sum := offset
	for _, value := range values {
		switch v := value.(type) {
		case int64:
			sum = addInt(sum, v)
		case int:
			sum = addInt(sum, int64(v))
		case bool:
			n := int64(0)
			if v {
				n = 1
			}
			sum = addInt(sum, n)
		case string:
			sum = addText(sum, v)
		case []byte:
			sum = addText(sum, v)
		case nil:
			sum = (sum ^ 'n') * prime
		default:
			sum = addText(sum, fmt.Sprintf("%T %v", v, v))
		}
	}
	if sum == 0 {
		sum = 1
	}
	return int64(sum)
}

func addInt(sum uint64, n int64) uint64 {
	sum = (sum ^ 'i') * prime
	for range 8 {
		sum = (sum ^ uint64(n)&0xff) * prime
		n >>= 8
	}
	return sum
}

func addText[T string | []byte](sum uint64, s T) uint64 {
	sum = addInt(sum, int64(len(s)))
	for i := range len(s) {
		sum = (sum ^ uint64(s[i])) * prime
	}
	return sum
}
