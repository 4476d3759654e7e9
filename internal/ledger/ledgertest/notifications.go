package ledgertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/notifications"
)

func signals() []part {
	return []part{
		{"a signal is given once, in order, and again if it was not heard", signalsInOrder},
		{"a start that was not heard gives way to what follows it", staleStart},
		{"an alarm is posted once when it is raised, when it lasts and when it is resolved", alarmsPosted},
		{"a signal whose giver died is given by another", signalOfTheDead},
		{"what was learned once is known to the next process", rememberedOnce},
	}
}

func signalsInOrder(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	queued := b.now()
	for _, signal := range []string{"start", "", "start"} {
		b.must(l.Notify(ctx, notifications.Notification{Account: account, Config: config, Kind: "ping", Target: "oslo", Body: signal, QueuedAt: queued}))
	}
	b.must(l.Notify(ctx, notifications.Notification{Account: account, Config: config, Kind: "ping", Target: "bergen", Body: "fail", QueuedAt: queued}))
	next := func(now time.Time) (string, ledger.Claim) {
		b.Helper()
		n, found, err := l.ClaimNextNotification(ctx, account, config, now)
		b.must(err)
		if !found {
			return "none", n.Claim
		}
		return fmt.Sprint(n.Target, " ", n.Body, " ", n.Attempts), n.Claim
	}
	first, claim := next(queued)
	equal(b, "the first", first, "oslo start 0")
	other, _ := next(queued)
	equal(b, "beside it", other, "bergen fail 0")
	none, _ := next(queued)
	equal(b, "while the first is given", none, "none")
	later := queued.Add(time.Minute)
	b.must(l.DeferNotification(ctx, claim, later, "503"))
	if err := l.EndNotification(ctx, claim); !errors.Is(err, ledger.ErrLost) {
		b.Errorf("a claim that was given back ended the signal: %v", err)
	}
	none, _ = next(queued)
	equal(b, "before its time", none, "none")
	for _, want := range []string{"oslo start 1", "oslo  0", "oslo start 0", "none"} {
		got, claim := next(later)
		equal(b, "in order", got, want)
		if want != "none" {
			b.must(l.EndNotification(ctx, claim))
		}
	}
}

func staleStart(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	ping := func(signal string) {
		b.must(l.Notify(ctx, notifications.Notification{Account: account, Config: config, Kind: notifications.Ping, Target: "oslo", Body: signal, QueuedAt: b.now()}))
	}
	ping(notifications.PingStart)
	n, _, err := l.ClaimNextNotification(ctx, account, config, b.now())
	b.must(err)
	b.must(l.DeferNotification(ctx, n.Claim, b.now().Add(time.Hour), "503"))
	ping("fail")
	ping("")
	for _, want := range []string{"fail", ""} {
		n, found, err := l.ClaimNextNotification(ctx, account, config, b.now())
		b.must(err)
		equal(b, "what is told", fmt.Sprint(n.Body, found), want+"true")
		b.must(l.EndNotification(ctx, n.Claim))
	}
}

func alarmsPosted(b *fixture) {
	l, ctx, now := b.ledger(), context.Background(), b.now()
	tell := func(delivered bool) {
		b.Helper()
		list, claim, err := l.ClaimAlarms(ctx, account, config, now, 10)
		b.must(err)
		switch {
		case len(list) == 0:
		case delivered:
			b.must(l.AlarmsNotified(ctx, claim, now))
		default:
			b.must(l.ReturnAlarms(ctx, claim))
		}
	}
	posted := func(what, want string) {
		b.Helper()
		got := ""
		for {
			n, found, err := l.ClaimNextNotification(ctx, account, config, now)
			b.must(err)
			if !found {
				break
			}
			var a ledger.Alarm
			b.must(json.Unmarshal([]byte(n.Body), &a))
			got += fmt.Sprintf("%s %s %v %t;", n.Kind, a.Kind, a.Args, a.Resolved.IsZero())
			b.must(l.EndNotification(ctx, n.Claim))
		}
		equal(b, what, got, want)
	}
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: ledger.AlarmRelay, Subject: "x", Text: "x", Args: []string{"535"}, Raised: now}))
	for range 3 { // the road of the mail is the one that is out
		tell(false)
	}
	posted("raised", "alarm relay [535] true;")
	tell(true)
	posted("told by mail", "")
	now = now.Add(25 * time.Hour)
	tell(true)
	posted("it lasts", "alarm relay [535] true;")
	b.must(l.Resolve(ctx, account, ledger.AlarmRelay, "x", now))
	tell(false)
	tell(true)
	posted("resolved", "alarm relay [535] false;")
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: ledger.AlarmRelay, Subject: "y", Text: "y", Raised: now}))
	tell(false)
	b.must(l.Resolve(ctx, account, ledger.AlarmRelay, "y", now))
	tell(true)
	posted("raised and resolved before a mail left", "alarm relay [] true;alarm relay [] false;")
}

func signalOfTheDead(b *fixture) {
	dying, l := b.ledger(), b.ledger()
	ctx := context.Background()
	b.must(l.Notify(ctx, notifications.Notification{Account: account, Config: config, Kind: "ping", Target: "oslo", Body: "fail", QueuedAt: b.now()}))
	if _, found, err := dying.ClaimNextNotification(ctx, account, config, b.now()); err != nil || !found {
		b.Fatal(found, err)
	}
	b.must(dying.Close())
	if _, found, err := l.ClaimNextNotification(ctx, account, config, b.now()); err != nil || found {
		b.Fatal("it was given before it was known that the other died", err)
	}
	_, err := l.Reap(ctx)
	b.must(err)
	if n, found, err := l.ClaimNextNotification(ctx, account, config, b.now()); err != nil || !found || n.Body != "fail" {
		b.Errorf("%+v, %v, %v", n, found, err)
	}
}

func rememberedOnce(b *fixture) {
	first := b.ledger()
	ctx := context.Background()
	at := b.now()
	b.must(first.Remember(ctx, account, "thorough", "x", at.Add(-time.Hour)))
	b.must(first.Remember(ctx, account, "thorough", "x", at))
	b.must(first.Close())
	l := b.ledger()
	for key, want := range map[string]time.Time{"x": at, "y": {}} {
		if got, err := l.Remembered(ctx, account, "thorough", key); err != nil || !got.Equal(want) {
			b.Errorf("%s: %v, %v, want %v", key, got, err, want)
		}
	}
	b.must(l.PurgeRemembered(ctx, account, at.Add(time.Second)))
	if got, err := l.Remembered(ctx, account, "thorough", "x"); err != nil || !got.IsZero() {
		b.Errorf("it is known still: %v, %v", got, err)
	}
}
