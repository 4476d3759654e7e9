// Package expiring keeps values in memory for a while, each of an account and under a key that nobody
// guesses. It refuses to grow: the oldest go when there are too many, or they are too large together.
package expiring

import (
	"slices"
	"sync"
	"time"
)

// A Store keeps values. Its bounds are set before it is used.
type Store[T any] struct {
	Life  time.Duration
	Most  int // values, of all accounts
	Bytes int // of all of them together

	mu  sync.Mutex
	all []kept[T]
}

type kept[T any] struct {
	key, account string
	at           time.Time
	bytes        int
	value        T
}

// Keep keeps a value of so many bytes. The last one is kept however large it is.
func (s *Store[T]) Keep(account, key string, value T, bytes int, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, kept[T]{key, account, now, bytes, value})
	sum := 0
	for i, one := range slices.Backward(s.all) {
		if sum += one.bytes; i < len(s.all)-1 && (len(s.all)-i > s.Most || sum > s.Bytes || now.Sub(one.at) > s.Life) {
			s.all = slices.Clone(s.all[i+1:])
			return
		}
	}
}

// Find gives the value of a key, if it is the account's and its time is not over.
func (s *Store[T]) Find(account, key string, now time.Time) (value T, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.all {
		if one.key == key && one.account == account && now.Sub(one.at) < s.Life {
			return one.value, true
		}
	}
	return value, false
}
