package ledgertest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"rapport/internal/ledger"
)

func chance() []part {
	var parts []part
	for seed := range uint64(3) {
		parts = append(parts, part{fmt.Sprintf("whatever two processes do, promises are kept (%d)", seed), func(b *fixture) { keepsPromises(b, seed) }})
	}
	return parts
}

// keepsPromises lets two processes, of which one dies now and then, do anything to a few
// deliveries, and looks after each call whether a promise was broken.
func keepsPromises(b *fixture, seed uint64) {
	ctx := context.Background()
	dice := rand.New(rand.NewPCG(seed, 1))
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	var ids []int64
	for day := range 3 {
		for _, d := range b.made(ledgers[0], due("a", day), "a@x.no", "b@x.no") {
			ids = append(ids, d.ID)
		}
	}
	holder := map[int64]int{} // which process holds a delivery
	calls := []map[string]func(int64) error{deliveryCalls(b, ledgers[0]), deliveryCalls(b, ledgers[1])}
	names := slices.Sorted(maps.Keys(calls[0]))
	before := readAll(b, ledgers[0])
	var counted int64
	for step := range steps {
		who := dice.IntN(2)
		id, name := ids[dice.IntN(len(ids))], names[dice.IntN(len(names))]
		var err error
		if dice.IntN(40) == 0 {
			name = "death"
			b.must(ledgers[who].Close())
			_, err = ledgers[1-who].Reap(ctx)
			ledgers[who] = b.ledger()
			calls[who] = deliveryCalls(b, ledgers[who])
		} else {
			err = calls[who][name](id)
		}
		after := readAll(b, ledgers[1-who])
		what := fmt.Sprintf("step %d: %s of %d by %d (%v)", step, name, id, who, err)
		for _, row := range after {
			was := before[row.ID]
			if err != nil && row != was {
				b.Fatalf("%s was refused and changed %+v to %+v", what, was, row)
			}
			keeps(b, what, name, was, row)
			if owner, claimed := holder[row.ID]; name == "claim" && err == nil && row.ID == id && claimed {
				b.Fatalf("%s: %d held it", what, owner)
			}
			if !row.Claimed {
				delete(holder, row.ID)
			} else if !was.Claimed {
				holder[row.ID] = who
			}
		}
		equal(b, "deliveries", len(after), len(ids))
		stats, err := ledgers[who].Stats(ctx, account)
		b.must(err)
		if stats.Attempts < counted {
			b.Fatalf("%s: %d attempts, %d before", what, stats.Attempts, counted)
		}
		before, counted = after, stats.Attempts
	}
}

func readAll(b *fixture, l *ledger.Ledger) map[int64]ledger.Delivery {
	b.Helper()
	rows, err := l.Deliveries(context.Background(), ledger.Filter{})
	b.must(err)
	all := map[int64]ledger.Delivery{}
	identities := map[string]bool{}
	for _, d := range rows {
		identity := words(d.Account, d.Report, d.From, d.To, d.Recipient)
		if identities[identity] {
			b.Fatalf("two deliveries of %s", identity)
		}
		identities[identity] = true
		all[d.ID] = d
	}
	return all
}

// keeps looks at one delivery before and after a call.
func keeps(b *fixture, what, call string, was, is ledger.Delivery) {
	b.Helper()
	bytes := func(d ledger.Delivery) string { return words(d.MessageID, d.File, d.SHA256, d.Size) }
	finished := slices.Contains([]ledger.DeliveryState{ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed}, is.State)
	same := is.Revision == was.Revision
	for promise, broken := range map[string]bool{
		"only resend makes a revision":                    !same && (call != "resend" || is.Revision != was.Revision+1),
		"what was sent stays sent":                        same && was.State == ledger.Sent && is.State != ledger.Sent,
		"bytes that went out do not change":               same && was.Begun && bytes(is) != bytes(was),
		"bytes that may be there have gone out":           same && was.Begun && !is.Begun && is.Uncertain > 0,
		"tries are not forgotten":                         same && (is.Attempts < was.Attempts || is.Uncertain < was.Uncertain),
		"what is finished says since when, and only that": finished == is.FinishedAt.Equal(time.Time{}),
		"what is being sent is claimed and has begun":     is.State == ledger.Sending && !(is.Claimed && is.Begun),
		"what is finished is nobody's":                    finished && is.Claimed,
		"identity does not change":                        is.Recipient != was.Recipient || is.Key != was.Key || is.PeriodID != was.PeriodID,
	} {
		if broken {
			b.Fatalf("%s: %s: %+v, then %+v", what, promise, was, is)
		}
	}
}
