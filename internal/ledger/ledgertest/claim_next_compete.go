package ledgertest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger"
)

// A record is what workers note of what they do.
type record struct {
	*fixture
	at time.Time

	mu       sync.Mutex
	made     map[string][]string // names of periods by report, in their order
	sent     map[int64]int       // times, by delivery
	underWay map[string]bool     // reports
}

// work makes what is to be made next, and sends what is to be sent next.
func (r *record) work(l *ledger.Ledger) error {
	ctx := context.Background()
	batch, err := l.ClaimNextPeriods(ctx, everything(), 16, byPeriod)
	if err != nil {
		return err
	}
	r.begin(batch)
	for _, p := range batch {
		r.end(p)
		if err := l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: r.at, Deliveries: []ledger.NewDelivery{frozen(p.Report+p.Name, "a@x.no"), frozen(p.Report+p.Name, "b@x.no")}}); err != nil {
			return err
		}
	}
	d, found, err := l.ClaimNextDelivery(ctx, everything(), false)
	if err != nil || !found {
		return err
	}
	r.mu.Lock()
	r.sent[d.ID]++
	r.mu.Unlock()
	if err := l.MarkSending(ctx, d.Claim, r.at); err != nil {
		return err
	}
	return l.Finish(ctx, d.Claim, ledger.Result{At: r.at, State: ledger.Sent})
}

func (r *record) begin(batch []ledger.Period) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range batch {
		if r.underWay[p.Report] {
			r.Errorf("two periods of %s are under way", p.Report)
		}
		r.underWay[p.Report] = true
		r.made[p.Report] = append(r.made[p.Report], p.Name)
	}
}

func (r *record) end(p ledger.Period) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.underWay, p.Report)
}

// over tells whether so many messages were sent, or something went wrong.
func (r *record) over(messages int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sent) == messages || r.Failed()
}

// competing has workers of two processes make and send until nothing is left.
func competing(b *fixture) {
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	const days = 4
	var rows []ledger.Planned
	for day := range days {
		for report := range crowd / 40 {
			rows = append(rows, due(fmt.Sprintf("r%03d", report), day))
		}
	}
	b.plan(ledgers[0], rows...)
	r := &record{fixture: b, at: b.now(), made: map[string][]string{}, sent: map[int64]int{}, underWay: map[string]bool{}}
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for !r.over(2 * len(rows)) {
				if err := r.work(ledgers[w%len(ledgers)]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	workers.Wait()
	for report, names := range r.made {
		if !slices.IsSorted(names) || len(names) != days {
			b.Errorf("%s was made in the order %s", report, names)
		}
	}
	for id, n := range r.sent {
		equal(b, fmt.Sprint("times that ", id, " was sent"), n, 1)
	}
	stats, err := ledgers[0].Stats(context.Background(), account)
	b.must(err)
	equal(b, "numbers", words(stats.Owed, stats.Deliveries, stats.Attempts), words(0, map[ledger.DeliveryState]int{ledger.Sent: 2 * len(rows)}, 2*len(rows)))
}
