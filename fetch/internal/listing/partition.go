package listing

import (
	"context"
	"errors"
	"iter"
	"time"

	"rapport/internal/payment"
)

const (
	minPages  = 3               // of a listing are read before it may be partitioned
	clockSkew = 5 * time.Minute // by how much the clocks here and there may differ
)

// openStartFor is how far back a listing without a lower bound is partitioned: no
// authorisation lives longer than half a year.
const openStartFor = 180 * 24 * time.Hour

// errForeignRows is a source that does not heed the bounds it was given.
var errForeignRows = errors.New("most rows of a partition lie outside of it")

// Partitioned reads a listing of transactions whole, in no order. A short one is read as
// [Pages] reads it, a long one in partitions of time, side by side. by is the time that it
// may be partitioned by, and since the listing's own lower bound of that; zero: none.
//
// Nothing is assumed of the order of a listing, nor of which capture of a transaction its
// captured_at is: partitions share their bounds, each is a listing that is read to its
// own end, and together they leave no instant out. What moves while they are read
// moves to the present, so the partition that is open towards it comes last. The rows of
// the first pages must come again in the partitions. Where one does not, the partitions
// are not trusted and the listing is read on from there as if there were none.
func (r *Reader) Partitioned(ctx context.Context, l Listing[payment.Transaction], by TimeField, since time.Time) iter.Seq2[[]payment.Transaction, error] {
	return func(yield func([]payment.Transaction, error) bool) {
		whole := r.whole(l, by, since)
		mustReappear, trusted := map[string]bool{}, true // ids
		for !whole.pager.over {
			rows, release, err := whole.read(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			more := len(rows) == 0 || yield(rows, nil)
			release()
			if !more {
				return
			}
			if whole.pager.read <= minPages {
				for i := range rows {
					mustReappear[rows[i].ID] = true
				}
			}
			if !trusted || r.InFlight < 2 || whole.pager.over || whole.pager.read < minPages || len(rows) < PageSize {
				continue
			}
			plan := newPlan(whole, whole.pager.read > minPages)
			if plan == nil {
				continue
			}
			for rows, err := range r.parts(ctx, plan) {
				if trusted = !errors.Is(err, errForeignRows); !trusted {
					break
				}
				if !yield(rows, err) || err != nil {
					return
				}
				for i := range rows {
					delete(mustReappear, rows[i].ID)
				}
			}
			if trusted && len(mustReappear) == 0 {
				return
			}
			r.Log.WarnContext(ctx, "the windows of a listing do not make it whole; reading it page by page", "request", l.Name, "missing", len(mustReappear))
			trusted = false
		}
	}
}

// parts reads the partitions of a plan, then what is later than all of them.
func (r *Reader) parts(ctx context.Context, p *plan) iter.Seq2[[]payment.Transaction, error] {
	return func(yield func([]payment.Transaction, error) bool) {
		for _, pages := range []iter.Seq2[[]payment.Transaction, error]{r.sideBySide(ctx, p), Pages(ctx, r, p.whole.since(p.whole.to))} {
			for rows, err := range pages {
				if !yield(rows, err) || err != nil {
					return
				}
			}
		}
	}
}

// whole is a listing before it is partitioned, with the interval that may be.
func (r *Reader) whole(l Listing[payment.Transaction], by TimeField, since time.Time) *partition {
	now := r.Now().Add(-clockSkew)
	p := &partition{listing: l, by: by, pager: newPager(r, l), openStart: since.IsZero()}
	p.interval = interval{since.Unix(), now.Unix()}
	if p.openStart {
		p.from = now.Add(-openStartFor).Unix()
	}
	return p
}
