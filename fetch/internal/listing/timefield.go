package listing

import (
	"time"

	"rapport/internal/payment"
)

// TimeField is a time of a transaction that a listing can be bounded by; its name is the
// parameter's.
type TimeField string

// The time fields of transactions.
const (
	CreatedAt  TimeField = "created_at"
	CapturedAt TimeField = "captured_at"
	RefundedAt TimeField = "refunded_at"
)

// appendTimes adds the transaction's times to all, in Unix seconds. There can be several
// or none. They serve to guess, never to leave a transaction out.
func (f TimeField) appendTimes(all []int64, t *payment.Transaction) []int64 {
	kind := payment.EventCapture
	switch f {
	case CreatedAt:
		return append(all, t.CreatedAt.Unix())
	case RefundedAt:
		kind = payment.EventRefund
	}
	for i := range t.Events {
		if e := &t.Events[i]; e.Type == kind && e.Success {
			all = append(all, e.CreatedAt.Unix())
		}
	}
	return all
}

// interval is a stretch of time in Unix seconds; both ends belong to it.
type interval struct{ from, to int64 }

func (i interval) contains(at int64) bool { return i.from <= at && at <= i.to }

// FormatTime writes an instant for a query: UTC, whole seconds, rounded down.
func FormatTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// formatUnix is Unix seconds as a query has them.
func formatUnix(seconds int64) string { return FormatTime(time.Unix(seconds, 0)) }
