package pipeline

import (
	"fmt"

	"rapport/internal/ledger"
)

// A queue is what waits for a worker. Busy is what waits or is under way; in a single
// run it stays there, so that everything is tried once.
type queue struct {
	makes [][]ledger.Period
	sends []ledger.Delivery
	busy  map[string]bool
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

func (q *queue) takeMake() []ledger.Period {
	batch := q.makes[0]
	q.makes = q.makes[1:]
	return batch
}

func (q *queue) takeSend() ledger.Delivery {
	row := q.sends[0]
	q.sends = q.sends[1:]
	return row
}

// clear forgets what waits, and gives the messages back.
func (q *queue) clear() (sends []ledger.Delivery) {
	for _, batch := range q.makes {
		for _, row := range batch {
			delete(q.busy, makeKey(row.ID))
		}
	}
	q.makes = nil
	return q.clearSends()
}

func (q *queue) clearSends() (sends []ledger.Delivery) {
	for _, row := range q.sends {
		delete(q.busy, sendKey(row.ID))
	}
	sends, q.sends = q.sends, nil
	return sends
}
