package fetch

import "time"

// moment is a time of a transaction that a listing can be bounded by; its name is the
// parameter's.
type moment string

const (
	createdAt  moment = "created_at"
	capturedAt moment = "captured_at"
	refundedAt moment = "refunded_at"
)

// of adds the transaction's moments to all, in Unix seconds. There can be several or
// none. They serve to guess, never to leave a transaction out.
func (m moment) of(t *Transaction, all []int64) []int64 {
	kind := "CAPTURE"
	switch m {
	case createdAt:
		return append(all, t.CreatedAt.Unix())
	case refundedAt:
		kind = "REFUND"
	}
	for i := range t.Events {
		if e := &t.Events[i]; e.Type == kind && e.Success {
			all = append(all, e.CreatedAt.Unix())
		}
	}
	return all
}

// span is a stretch of time in Unix seconds; both ends belong to it.
type span struct{ from, to int64 }

func (s span) holds(at int64) bool { return s.from <= at && at <= s.to }

// at is Unix seconds as a query has them.
func at(seconds int64) string { return apiTime(time.Unix(seconds, 0)) }
