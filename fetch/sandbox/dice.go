package sandbox

import (
	"fmt"
	"time"
)

// dice is a stream of numbers that depends on its seed alone: not on the machine,
// not on the Go release (splitmix64).
type dice struct{ state uint64 }

func roll(seeds ...uint64) *dice {
	var state uint64
	for _, s := range seeds {
		state = scramble(state + s + 0x9e3779b97f4a7c15)
	}
	return &dice{state}
}

func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return scramble(d.state)
}

// below is a number in [0, n).
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// between is a number in [lo, hi].
func (d *dice) between(lo, hi int) int { return lo + d.below(hi-lo+1) }

func (d *dice) chance(percent int) bool { return d.below(100) < percent }

// span is a duration in [lo, hi], whole milliseconds.
func (d *dice) span(lo, hi time.Duration) time.Duration {
	return lo.Truncate(time.Millisecond) + time.Duration(d.below(int((hi-lo)/time.Millisecond)+1))*time.Millisecond
}

// weighted is an index, each as likely as its weight.
func (d *dice) weighted(weights ...int) int {
	var sum int
	for _, w := range weights {
		sum += w
	}
	left := d.below(sum)
	for i, w := range weights {
		if left < w {
			return i
		}
		left -= w
	}
	return 0
}

func pick[T any](d *dice, from []T) T { return from[d.below(len(from))] }

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (d *dice) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[d.below(len(alphabet))]
	}
	return string(b)
}

func (d *dice) hex() string { return fmt.Sprintf("%016x%016x", d.next(), d.next()) }

func (d *dice) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + d.below(10))
	}
	return string(b)
}

func (d *dice) uuid() string {
	a, b := d.next(), d.next()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}
