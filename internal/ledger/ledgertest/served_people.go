package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

func acts(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := served.Of(l)
	first := b.now()
	for i := range 5 {
		a := served.Act{At: first.Add(time.Duration(i) * time.Minute), Account: account, Actor: served.Actor{Name: []string{"kari", "bi"}[i%2], Via: []string{served.ViaPage, served.ViaAPI}[i%2], Address: "192.0.2.1"},
			Action: "change", Object: fmt.Sprint("report ", i), Before: "a\x00", After: "b"}
		b.must(l.Write(ctx, a.WriteDown))
	}
	show := func(a served.Act) string { return fmt.Sprint(a.Object, " ", a.Name) }
	all, err := t.Acts(ctx, served.ActFilter{Account: account, Limit: 2})
	b.must(err)
	equal(b, "the newest", texts(all, show), "[report 4 kari report 3 bi]")
	equal(b, "one of them", fmt.Sprint(all[0].Before, all[0].After, all[0].Address, all[0].At.Equal(first.Add(4*time.Minute))), "a\uFFFDb192.0.2.1true")
	all, err = t.Acts(ctx, served.ActFilter{Account: account, Actor: "kari", Via: served.ViaPage, OlderThan: all[0].ID, Limit: 10})
	b.must(err)
	equal(b, "older ones of one", texts(all, show), "[report 2 kari report 0 kari]")
	if err := l.Write(ctx, served.Act{Account: account, Actor: served.Actor{Via: served.ViaAPI}}.WriteDown); err == nil {
		b.Error("an act without an instant was taken")
	}
	b.must(t.PurgeActs(ctx, account, first.Add(3*time.Minute)))
	all, err = t.Acts(ctx, served.ActFilter{Account: account, Limit: 10})
	b.must(err)
	equal(b, "after the older ones went", len(all), 2)
}

func decisionWithAct(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	sent := b.made(l, due("daily", 1), "kari@x.no")
	act := served.Act{At: b.now(), Account: account, Actor: served.Actor{Name: "ola", Via: served.ViaShell}, Action: "close", Object: "delivery"}
	_, err := l.CloseDelivery(ctx, sent[0].ID, b.now(), func(ledger.Tx) error { return errUndo })
	if !errors.Is(err, errUndo) {
		b.Error(err)
	}
	equal(b, "undone", b.delivery(l, sent[0].ID).State, ledger.Queued)
	_, err = l.CloseDelivery(ctx, sent[0].ID, b.now(), act.WriteDown)
	b.must(err)
	_, err = l.CloseDelivery(ctx, sent[0].ID, b.now(), act.WriteDown)
	var state *ledger.StateError
	if !errors.As(err, &state) {
		b.Error(err)
	}
	all, err := served.Of(l).Acts(ctx, served.ActFilter{Account: account, Limit: 10})
	b.must(err)
	equal(b, "acts", len(all), 1)
}

func signingKeys(b *fixture) {
	one, two, ctx := served.Of(b.ledger()), served.Of(b.ledger()), context.Background()
	key := func(t served.Tables, fresh string) string {
		k, err := t.SigningKey(ctx, served.KeyOfTokens, func() []byte { return []byte(fresh) }, b.now())
		b.must(err)
		return string(k)
	}
	equal(b, "the keys", words(key(one, "first"), key(two, "second"), key(one, "third")), "first first first")
	b.must(two.RenewKeys(ctx, served.Act{At: b.now(), Account: account, Actor: served.Actor{Via: served.ViaShell}, Action: "renew keys"}))
	equal(b, "renewed", key(one, "fourth"), "fourth")
	b.must(one.KeepCertificate(ctx, "a", []byte{1, 0}))
	b.must(one.KeepCertificate(ctx, "a", []byte{2, 0}))
	data, err := two.Certificate(ctx, "a")
	b.must(err)
	equal(b, "kept", bytes.Equal(data, []byte{2, 0}), true)
	b.must(one.KeepCertificate(ctx, "a", nil))
	data, err = two.Certificate(ctx, "a")
	b.must(err)
	equal(b, "removed", data == nil, true)
}

func sessions(b *fixture) {
	t, ctx := served.Of(b.ledger()), context.Background()
	at := b.now()
	for i, name := range []string{"kari", "ola"} {
		b.must(t.BeginSession(ctx, served.Session{ID: name + "-id", Name: name, Proof: "p", How: served.ByPassword, Created: at, Seen: at.Add(time.Duration(i) * time.Hour), Address: "192.0.2.1", Agent: "x"}))
	}
	b.must(t.SeeSession(ctx, "kari-id", at.Add(2*time.Hour), "nb"))
	all, err := t.Sessions(ctx)
	b.must(err)
	equal(b, "by when they were seen", texts(all, func(s served.Session) string { return s.Name + s.Settings }), "[karinb ola]")
	b.must(t.EndSession(ctx, "kari-id", served.Act{At: at, Account: account, Actor: served.Actor{Via: served.ViaPage}, Action: "sign out"}))
	_, found, err := t.Session(ctx, "kari-id")
	b.must(err)
	s, foundOther, err := t.Session(ctx, "ola-id")
	b.must(err)
	equal(b, "found", words(found, foundOther, s.Proof, s.How, s.Created.Equal(at)), "false true p password true")
	b.must(t.PurgeSessions(ctx, at.Add(-time.Hour), at.Add(90*time.Minute), at))
	_, found, err = t.Session(ctx, "ola-id")
	b.must(err)
	equal(b, "after it was idle for too long", found, false)
}

func links(b *fixture) {
	t, ctx, at := served.Of(b.ledger()), context.Background(), b.now()
	b.must(t.MakeLink(ctx, served.Link{ID: "x", Account: account, Role: "admin", MadeBy: "root", Expires: at.Add(10 * time.Minute)}))
	use := func(t served.Tables, now time.Time, id string) bool {
		used, err := t.UseLink(ctx, "x", now, func(l served.Link) (served.Session, served.Act) {
			return served.Session{ID: id, Name: l.MadeBy, Proof: l.Role, How: served.ByLink, Account: l.Account, Created: now, Seen: now},
				served.Act{At: now, Account: l.Account, Actor: served.Actor{Name: l.MadeBy, Via: served.ViaPage}, Action: "sign in"}
		})
		b.must(err)
		return used
	}
	equal(b, "when it is over", use(t, at.Add(10*time.Minute), "late"), false)
	var used [4]bool
	var wg sync.WaitGroup
	for i := range used {
		other := served.Of(b.ledger())
		wg.Go(func() { used[i] = use(other, at, fmt.Sprint("session-", i)) })
	}
	wg.Wait()
	n := 0
	for _, u := range used {
		if u {
			n++
		}
	}
	equal(b, "how often it was used", n, 1)
	all, err := t.Sessions(ctx)
	b.must(err)
	equal(b, "sessions", texts(all, func(s served.Session) string { return s.Name + s.Proof + s.Account }), "[rootadmin"+account+"]")
}
