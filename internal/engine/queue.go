package engine

import (
	"fmt"
	"slices"

	"rapport/internal/ledger"
)

// A queue is what waits for a worker. Busy is what waits or is under way; in a single
// run it stays there, so that everything is tried once.
type queue struct {
	makes  [][]ledger.Period
	sends  []ledger.Delivery
	busy   map[string]bool
	making map[string]bool // reports under way: their next period waits for it, so that the oldest comes first
}

func makeKey(id int64) string { return fmt.Sprint("period ", id) }

func sendKey(id int64) string { return fmt.Sprint("delivery ", id) }

func (q *queue) addSend(row ledger.Delivery) {
	if key := sendKey(row.ID); !q.busy[key] {
		q.busy[key] = true
		q.sends = append(q.sends, row)
	}
}

func (q *queue) addMake(batch []ledger.Period) {
	for _, row := range batch {
		q.busy[makeKey(row.ID)] = true
	}
	q.makes = append(q.makes, batch)
}

// takeMake takes the first batch that waits for none of its reports.
func (q *queue) takeMake() (batch []ledger.Period, found bool) {
	waits := func(row ledger.Period) bool { return q.making[row.Report] }
	for i, batch := range q.makes {
		if slices.ContainsFunc(batch, waits) {
			continue
		}
		q.makes = slices.Delete(q.makes, i, i+1)
		for _, row := range batch {
			q.making[row.Report] = true
		}
		return batch, true
	}
	return nil, false
}

// madeBatch lets the next periods of its reports go.
func (q *queue) madeBatch(batch []ledger.Period) {
	for _, row := range batch {
		delete(q.making, row.Report)
	}
}

func (q *queue) takeSend() ledger.Delivery {
	row := q.sends[0]
	q.sends = q.sends[1:]
	return row
}

// hold keeps things from being queued again.
func (q *queue) hold(keys ...string) {
	for _, key := range keys {
		q.busy[key] = true
	}
}

// clear forgets what waits.
func (q *queue) clear() {
	q.clearMakes()
	q.clearSends()
}

// clearMakes forgets the periods that wait, and gives them back.
func (q *queue) clearMakes() (batches [][]ledger.Period) {
	for _, batch := range q.makes {
		for _, row := range batch {
			delete(q.busy, makeKey(row.ID))
		}
	}
	batches, q.makes = q.makes, nil
	return batches
}

// clearSends forgets the messages that wait, and gives them back.
func (q *queue) clearSends() (sends []ledger.Delivery) {
	for _, row := range q.sends {
		delete(q.busy, sendKey(row.ID))
	}
	sends, q.sends = q.sends, nil
	return sends
}
