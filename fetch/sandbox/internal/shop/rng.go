package shop

import (
	"fmt"
	"time"
)

// RNG is a stream of numbers that depends on its seed alone: not on the machine,
// not on the Go release (splitmix64).
type RNG struct{ state uint64 }

// NewRNG makes a stream of its own for each list of seeds.
func NewRNG(seeds ...uint64) *RNG {
	var state uint64
	for _, s := range seeds {
		state = Mix(state + s + 0x9e3779b97f4a7c15)
	}
	return &RNG{state}
}

// Mix makes of a number another that does not look like it.
func Mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Next is the next number.
func (r *RNG) Next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return Mix(r.state)
}

// Below is a number in [0, n).
func (r *RNG) Below(n int) int { return int(r.Next() % uint64(n)) }

// between is a number in [lo, hi].
func (r *RNG) between(lo, hi int) int { return lo + r.Below(hi-lo+1) }

// Chance is true in so many of a hundred cases.
func (r *RNG) Chance(percent int) bool { return r.Below(100) < percent }

// Duration is a duration in [lo, hi], whole milliseconds.
func (r *RNG) Duration(lo, hi time.Duration) time.Duration {
	return lo.Truncate(time.Millisecond) + time.Duration(r.Below(int((hi-lo)/time.Millisecond)+1))*time.Millisecond
}

// weighted is an index, each as likely as its weight.
func (r *RNG) weighted(weights ...int) int {
	var sum int
	for _, w := range weights {
		sum += w
	}
	left := r.Below(sum)
	for i, w := range weights {
		if left < w {
			return i
		}
		left -= w
	}
	return 0
}

// Pick is one of several values, each as likely.
func Pick[T any](r *RNG, from []T) T { return from[r.Below(len(from))] }

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Letters is n digits and letters.
func (r *RNG) Letters(n int) string { return r.chars(alphabet, n) }

// Digits is n decimal digits.
func (r *RNG) Digits(n int) string { return r.chars(alphabet[:10], n) }

func (r *RNG) chars(from string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[r.Below(len(from))]
	}
	return string(b)
}

// Hex is 32 hexadecimal digits.
func (r *RNG) Hex() string { return fmt.Sprintf("%016x%016x", r.Next(), r.Next()) }

// UUID is a random UUID's text.
func (r *RNG) UUID() string {
	a, b := r.Next(), r.Next()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}
