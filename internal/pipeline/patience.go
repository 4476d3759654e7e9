package pipeline

import (
	"context"
	"errors"
	"time"
)

// backoff is how long to wait after so many tries: five minutes, doubling to an hour,
// give or take a tenth, so that what failed together does not come back together.
func backoff(tries int, id int64) time.Duration {
	wait := 5 * time.Minute << min(max(tries-1, 0), 10)
	wait = min(wait, time.Hour)
	jitter := (id*2654435761 + int64(tries)*40503) % 1000
	return wait - wait/10 + wait/5*time.Duration(max(jitter, -jitter))/1000
}

// knock is how long a source that refuses our credentials is left alone.
const knock = 15 * time.Minute

var errNotAsked = errors.New("not asked, as Dintero refused our credentials a moment ago")

// sourceRefuses postpones what waits to be made: all would hear the same.
func (d *Desk) sourceRefuses(ctx context.Context) {
	d.mu.Lock()
	batches := d.queue.clearMakes()
	if d.Poke == nil {
		for _, batch := range batches {
			d.queue.hold(makeKeys(batch)...) // not again in this run
		}
	}
	d.mu.Unlock()
	for _, batch := range batches {
		for _, row := range batch {
			if j, ok := d.job(row); ok {
				d.finished()
				if row, err := d.Ledger.ClaimPeriod(ctx, row.ID); err != nil {
					d.notOurs(j, err)
				} else {
					d.postpone(ctx, &making{row: row, assembly: assembly{job: j}}, errNotAsked)
				}
			}
		}
	}
}
