package ledgertest

import (
	"context"
	"strings"

	"rapport/internal/ledger"
)

func moves() []part {
	return []part{
		{"a delivery allows what its state allows", deliveryMoves},
		{"a call for a delivery that is not there says so", noDelivery},
	}
}

// deliveryTable: what each call leads to, from each state. With a *: claimed by us, with
// a ~: by another process. A state is where the delivery is then, anything else the error.
const deliveryTable = `
                  queued    deferred  uncertain held      sent      refused   expired   cancelled closed    queued*   deferred* uncertain* sending*  queued~   sending~
claim             queued    deferred  uncertain over      over      over      over      over      over      locked    locked    locked     locked    locked    locked
mark-sending      lost      lost      lost      lost      lost      lost      lost      lost      lost      sending   sending   sending    over      lost      lost
finish-deferred   lost      lost      lost      lost      lost      lost      lost      lost      lost      deferred  deferred  deferred   deferred  lost      lost
finish-uncertain  lost      lost      lost      lost      lost      lost      lost      lost      lost      uncertain uncertain uncertain  uncertain lost      lost
finish-held       lost      lost      lost      lost      lost      lost      lost      lost      lost      held      held      held       held      lost      lost
finish-sent       lost      lost      lost      lost      lost      lost      lost      lost      lost      sent      sent      sent       sent      lost      lost
finish-refused    lost      lost      lost      lost      lost      lost      lost      lost      lost      refused   refused   refused    refused   lost      lost
finish-expired    lost      lost      lost      lost      lost      lost      lost      lost      lost      expired   expired   expired    expired   lost      lost
finish-cancelled  lost      lost      lost      lost      lost      lost      lost      lost      lost      cancelled cancelled cancelled  cancelled lost      lost
finish-closed     error     error     error     error     error     error     error     error     error     error     error     error      error     error     error
finish-sending    error     error     error     error     error     error     error     error     error     error     error     error      error     error     error
return            lost      lost      lost      lost      lost      lost      lost      lost      lost      queued    deferred  uncertain  over      lost      lost
refreeze          lost      lost      lost      lost      lost      lost      lost      lost      lost      queued    deferred  over       over      lost      lost
defer             deferred  deferred  uncertain held      sent      refused   expired   cancelled closed    queued    deferred  uncertain  sending   queued    sending
hold              forbidden forbidden held      forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden  forbidden forbidden forbidden
resend            forbidden forbidden queued    queued    queued    queued    queued    queued    queued    forbidden forbidden forbidden  forbidden forbidden forbidden
release           forbidden forbidden forbidden queued    forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden  forbidden forbidden forbidden
close             closed    closed    closed    closed    forbidden closed    closed    forbidden forbidden forbidden forbidden forbidden  forbidden forbidden forbidden
`

// deliveryCalls is everything that can be asked of a delivery.
func deliveryCalls(b *fixture, l *ledger.Ledger) map[string]func(id int64) error {
	ctx := context.Background()
	held := map[int64]ledger.Claim{} // the last of each
	claim := func(id int64) ledger.Claim {
		if c, ok := held[id]; ok {
			return c
		}
		return ledger.Claim{Row: id}
	}
	calls := map[string]func(id int64) error{
		"claim": func(id int64) error {
			d, err := l.ClaimDelivery(ctx, id)
			if err == nil {
				held[id] = d.Claim
			}
			return err
		},
		"mark-sending": func(id int64) error { return l.MarkSending(ctx, claim(id), b.now()) },
		"return":       func(id int64) error { return l.ReturnDelivery(ctx, claim(id)) },
		"refreeze": func(id int64) error {
			return l.Refreeze(ctx, claim(id), frozen(words("anew", b.now().Unix()), "a@x.no"))
		},
		"defer": func(id int64) error {
			return l.DeferDeliveries(ctx, []int64{id}, b.now().AddDate(0, 0, 1), "relay down")
		},
		"hold":    func(id int64) error { return l.Hold(ctx, id, "ask") },
		"resend":  func(id int64) error { _, err := l.Resend(ctx, id, b.now()); return err },
		"release": func(id int64) error { _, err := l.Release(ctx, id, b.now()); return err },
		"close":   func(id int64) error { _, err := l.CloseDelivery(ctx, id, b.now()); return err },
	}
	for _, end := range []ledger.DeliveryState{ledger.Deferred, ledger.Uncertain, ledger.Held, ledger.Sent, ledger.Refused, ledger.Expired, ledger.CancelledDelivery, ledger.Closed, ledger.Sending} {
		calls["finish-"+string(end)] = func(id int64) error {
			return l.Finish(ctx, claim(id), ledger.Result{At: b.now(), NextTry: b.now().AddDate(0, 0, 1), State: end, Answer: "250 ok"})
		}
	}
	return calls
}

func deliveryMoves(b *fixture) {
	ctx := context.Background()
	ours, theirs := b.ledger(), b.ledger()
	mine, others := deliveryCalls(b, ours), deliveryCalls(b, theirs)
	arrive := func(name string, row ledger.Planned) int64 {
		id := b.made(ours, row, "a@x.no")[0].ID
		state := strings.TrimRight(name, "*~")
		switch state {
		case "queued", "sending":
		case "deferred":
			b.must(mine["claim"](id))
			b.must(mine["finish-deferred"](id))
		case "closed":
			b.must(mine["close"](id))
		default:
			b.send(ours, id, ledger.Result{State: ledger.DeliveryState(state)})
		}
		who := map[string]map[string]func(int64) error{"*": mine, "~": others}[strings.TrimPrefix(name, state)]
		if who != nil {
			b.must(who["claim"](id))
			if state == "sending" {
				b.must(who["mark-sending"](id))
			}
		}
		return id
	}
	check(b, deliveryTable, mine, arrive, func(row ledger.Planned) (string, ledger.Delivery) {
		all, err := ours.Deliveries(ctx, ledger.Filter{Report: row.Report, Period: row.Name})
		b.must(err)
		return string(all[0].State), all[0]
	})
}

// check goes through a table: for each call and each state, it arrives there anew, makes
// the call, and looks. What was refused must have changed nothing.
func check[T comparable](b *fixture, table string, calls map[string]func(id int64) error, arrive func(string, ledger.Planned) int64, look func(ledger.Planned) (string, T)) {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	states := strings.Fields(lines[0])
	tried := map[string]bool{}
	for day, line := range lines[1:] {
		wants := strings.Fields(line)
		name := wants[0]
		tried[name] = true
		for i, state := range states {
			row := due(words("r", i), day)
			id := arrive(state, row)
			_, before := look(row)
			err := calls[name](id)
			got, after := look(row)
			if err != nil {
				got = errorName(err)
				if before != after {
					b.Errorf("%s of %s was refused, and changed\n%+v\nto\n%+v", name, state, before, after)
				}
			}
			if got != wants[i+1] {
				b.Errorf("%s of %s: got %s (%v), want %s", name, state, got, err, wants[i+1])
			}
		}
	}
	for name := range calls {
		if !tried[name] {
			b.Errorf("%s is not in the table", name)
		}
	}
}

func noDelivery(b *fixture) {
	l := b.ledger()
	b.made(l, due("a", 1), "a@x.no")
	calls := deliveryCalls(b, l)
	for name, want := range map[string]string{"claim": "none", "mark-sending": "none", "finish-sent": "none", "return": "none", "refreeze": "none",
		"defer": "", "hold": "none", "resend": "none", "release": "none", "close": "none"} {
		err := calls[name](999)
		if got := errorName(err); err == nil && want != "" || err != nil && got != want {
			b.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
